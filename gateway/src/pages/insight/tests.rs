//! What the workspace says.
