//! Plumbing that no service should think about
