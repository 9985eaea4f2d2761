//! The whole system through its front doors
