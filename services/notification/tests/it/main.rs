//! Emails and notices through the front door.
