//! The schema that every service repeats.

use std::path::Path;

/// What PostgreSQL makes of a migration: its lines without those that are comments.
fn statements(migration: &str) -> Vec<&str> {
    migration
        .lines()
        .filter(|it| !it.trim_start().starts_with("--") && !it.trim().is_empty())
        .collect()
}

#[test]
fn every_service_repeats_the_schema() {
    let services = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let repeated: Vec<_> = std::fs::read_dir(services)
        .unwrap()
        .map(|it| it.unwrap().path().join("migrations/0001_outbox.sql"))
        .filter(|it| it.exists())
        .collect();

    assert!(!repeated.is_empty());
    for path in repeated {
        let migration = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            statements(&migration),
            statements(include_str!("../../schema.sql")),
            "{}",
            path.display()
        );
    }
}
