//! How the pages' statements fare as the caseload grows: writes the plans of everything that a landlord's pages run in the databases, at 20,000
//! cases and at 1,000,000, to `target/explain`, and compares them.
//!
//!   explain [cases…]
//!
//! It starts a whole portal with databases of its own on the server that `DATABASE_URL` names, fills them, logs a landlord in, opens the pages, and
//! drops the databases. What it writes is what the services really ran: the server itself reports each statement with its plan. It fails when a
//! page of the largest caseload reads over a tenth more rows than the same page of the smallest.

mod caseload;
mod pages;
mod plans;
mod report;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use tests::{Browser, Portal};

use crate::caseload::Size;
use crate::pages::Visited;
use crate::plans::Plans;

const USERNAME: &str = "dani@landlord.example";
const PASSWORD: &str = "walnut ladder teacup";
/// What is compared, unless other sizes are named.
const SIZES: [u32; 2] = [20_000, 1_000_000];
/// Landlords have 500 cases each, and there is more than one of them.
const SMALLEST: u32 = 1_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let named = std::env::args()
        .skip(1)
        .map(|it| {
            it.parse()
                .with_context(|| format!("{it} is no number of cases"))
        })
        .collect::<anyhow::Result<Vec<u32>>>()?;
    let mut sizes = if named.is_empty() {
        SIZES.to_vec()
    } else {
        named
    };
    sizes.sort_unstable();
    ensure!(
        sizes.iter().all(|it| *it >= SMALLEST),
        "a caseload has {SMALLEST} cases at least"
    );

    let plans = Plans::listen()?;
    let mut results = Vec::new();
    for cases in sizes {
        let size = Size { cases };
        results.push((size, explain(&plans, size).await?));
    }
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/explain"));
    let summary = report::write(folder, &results)?;
    println!("{summary}");
    println!("The plans are in target/explain.");
    let grown = report::grown(&results);
    if !grown.is_empty() {
        bail!(
            "these pages read over a tenth more rows: {}",
            grown.join(", ")
        );
    }
    Ok(())
}

/// Opens the pages of a landlord before a caseload of a size.
async fn explain(plans: &Plans, size: Size) -> anyhow::Result<Vec<Visited>> {
    let began = Instant::now();
    eprintln!("{} cases:", size.cases);
    let portal = Portal::start().await?;
    let visited = visit(plans, &portal, size).await;
    // The databases go whatever became of the visit.
    portal.stop().await?;
    eprintln!(
        "  the databases are dropped ({:.0?} in all)",
        began.elapsed()
    );
    visited
}

async fn visit(plans: &Plans, portal: &Portal, size: Size) -> anyhow::Result<Vec<Visited>> {
    let landlord = portal
        .register_landlord("TEST TEST Landlord", "Dani Rawling", USERNAME)
        .await?;
    caseload::fill(portal, size, &landlord).await?;
    let mut browser = Browser::new(portal)?;
    browser
        .log_in_for_the_first_time(USERNAME, PASSWORD)
        .await?;
    // The log-in was the landlord's first, from which on it would see cases; here it has been seeing them for years.
    caseload::activate_long_ago(portal).await?;
    plans::switch_on(portal).await?;
    let visited = pages::visit(plans, &mut browser).await?;
    eprintln!("  {} pages are explained", visited.len());
    Ok(visited)
}
