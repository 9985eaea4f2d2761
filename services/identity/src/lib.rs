//! Accounts, log-in, sessions and the internal token
