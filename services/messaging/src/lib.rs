//! The conversation of a case
