//! Emails and in-portal notices
