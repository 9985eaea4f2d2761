//! Cases, their statuses, teams and owners
