//! The report: a file for each page and size, and a table of all.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::caseload::Size;
use crate::pages::Visited;

/// A tenth more may be read before it counts as growth.
const ALLOWED: f64 = 1.1;

/// Writes everything, and gives the table.
pub fn write(folder: &Path, results: &[(Size, Vec<Visited>)]) -> anyhow::Result<String> {
    fs::create_dir_all(folder)?;
    for (size, pages) in results {
        for page in pages {
            let name = page.name.replace(", ", "-").replace(' ', "-");
            let file = folder.join(format!("{name}.{}.txt", size.cases));
            fs::write(file, plans(page))?;
        }
    }
    let summary = summary(results)?;
    fs::write(folder.join("summary.txt"), &summary)?;
    Ok(summary)
}

fn plans(page: &Visited) -> String {
    let statements = page.plans.iter().map(|it| {
        format!(
            "{}\n\n{}\n\n{:.3} ms, {} buffers, {} rows read\n",
            it.statement, it.text, it.milliseconds, it.buffers, it.rows
        )
    });
    statements
        .collect::<Vec<_>>()
        .join(&format!("\n{}\n\n", "-".repeat(100)))
}

/// A line for each page: what it read and took at each size, and by how much the largest exceeds the smallest.
fn summary(results: &[(Size, Vec<Visited>)]) -> anyhow::Result<String> {
    let mut table = String::new();
    write!(table, "{:30}", "page")?;
    for (size, _) in results {
        write!(table, " {:>29}", format!("{} cases", size.cases))?;
    }
    writeln!(table, " {:>20}", "growth")?;
    write!(table, "{:30}", "")?;
    for _ in results {
        write!(table, " {:>9} {:>9} {:>9}", "rows", "buffers", "ms")?;
    }
    writeln!(table, " {:>6} {:>6} {:>6}", "rows", "bufs", "ms")?;
    for (at, name) in names(results).enumerate() {
        write!(table, "{name:30}")?;
        for (_, pages) in results {
            let page = &pages[at];
            write!(
                table,
                " {:>9} {:>9} {:>9.3}",
                page.rows(),
                page.buffers(),
                page.milliseconds()
            )?;
        }
        let (smallest, largest) = ends(results, at);
        writeln!(
            table,
            " {:>6.2} {:>6.2} {:>6.2}",
            ratio(largest.rows(), smallest.rows()),
            ratio(largest.buffers(), smallest.buffers()),
            largest.milliseconds() / smallest.milliseconds()
        )?;
    }
    Ok(table)
}

/// The pages that read more rows as the caseload grows.
pub fn grown(results: &[(Size, Vec<Visited>)]) -> Vec<&'static str> {
    let grows = |at: usize| {
        let (smallest, largest) = ends(results, at);
        ratio(largest.rows(), smallest.rows()) > ALLOWED
    };
    names(results)
        .enumerate()
        .filter(|(at, _)| grows(*at))
        .map(|(_, name)| name)
        .collect()
}

fn names(results: &[(Size, Vec<Visited>)]) -> impl Iterator<Item = &'static str> {
    results
        .first()
        .into_iter()
        .flat_map(|(_, pages)| pages.iter().map(|it| it.name))
}

/// A page at the smallest size and at the largest.
fn ends(results: &[(Size, Vec<Visited>)], at: usize) -> (&Visited, &Visited) {
    (&results[0].1[at], &results[results.len() - 1].1[at])
}

fn ratio(largest: u64, smallest: u64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a page reads far fewer rows than a float counts"
    )]
    let ratio = largest as f64 / smallest.max(1) as f64;
    ratio
}
