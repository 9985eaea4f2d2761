//! Events out of, and into, a database
