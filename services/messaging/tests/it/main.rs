//! Conversations through the front door.
