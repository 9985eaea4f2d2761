//! The document is one of its standard, as somebody else's validator sees it.

use std::path::PathBuf;

use tests::Portal;
use tokio::process::Command;

use crate::given;

/// A program of `deploy/local/tools.sh schemathesis`.
#[expect(
    clippy::disallowed_methods,
    reason = "where the tools of this checkout are, as deploy/local/env.sh names it"
)]
pub fn tool(name: &str) -> PathBuf {
    let local = std::env::var("CASEWORK_LOCAL_DIR").map_or_else(
        |_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.local")),
        PathBuf::from,
    );
    local.join("venv/bin").join(name)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs `deploy/local/tools.sh schemathesis`; deploy/test.sh runs it"]
async fn wh_4_the_document_passes_a_validator() {
    let portal = Portal::start().await.unwrap();
    let document = given::document(&portal).await;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, document.to_string()).unwrap();

    let verdict = Command::new(tool("openapi-spec-validator"))
        .arg(&path)
        .output()
        .await
        .unwrap();

    let said = String::from_utf8_lossy(&verdict.stdout).into_owned()
        + &String::from_utf8_lossy(&verdict.stderr);
    assert!(verdict.status.success(), "{said}");
    portal.stop().await.unwrap();
}
