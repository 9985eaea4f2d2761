//! The edge for browsers: pages, cookies, limits; no rules, no tables
