//! The pages that are opened, and what each of them ran.

use ::tests::Browser;
use anyhow::{Context as _, ensure};
use reqwest::StatusCode;

use crate::plans::{Plan, Plans};

/// What is opened: its name in the report, its address, and how many pages further on.
const PAGES: [(&str, &str, u32); 16] = [
    ("home", "/", 0),
    ("home, page 4", "/", 3),
    ("open cases", "/cases/open", 0),
    ("open cases, page 4", "/cases/open", 3),
    (
        "open cases by complainant",
        "/cases/open?sort=complainant",
        0,
    ),
    ("open cases by status", "/cases/open?sort=status", 0),
    (
        "open cases of a complainant",
        "/cases/open?complainant=person%20aa",
        0,
    ),
    ("closed cases", "/cases/closed", 0),
    ("my tasks", "/tasks", 0),
    ("my tasks, page 4", "/tasks", 3),
    ("a case", "/cases/20200000000", 0),
    ("a long conversation", "/cases/20200000000/messages", 0),
    (
        "a long conversation, page 4",
        "/cases/20200000000/messages",
        3,
    ),
    ("messages on all cases", "/messages", 0),
    ("notices", "/notifications", 0),
    ("notices, page 4", "/notifications", 3),
];

/// A page is opened so many times: first to have everything in memory, then to be measured.
const WARM: u32 = 3;
const MEASURED: usize = 15;

/// A page, with every statement that it ran.
pub struct Visited {
    /// The page's name.
    pub name: &'static str,
    /// Each statement with its plan, and with the median of what it took.
    pub plans: Vec<Plan>,
}

impl Visited {
    /// What all its statements took in the databases.
    pub fn milliseconds(&self) -> f64 {
        self.plans.iter().map(|it| it.milliseconds).sum()
    }

    /// How many pages of 8 KiB they looked at.
    pub fn buffers(&self) -> u64 {
        self.plans.iter().map(|it| it.buffers).sum()
    }

    /// How many rows they read.
    pub fn rows(&self) -> u64 {
        self.plans.iter().map(|it| it.rows).sum()
    }
}

/// Opens every page.
pub async fn visit(plans: &Plans, browser: &mut Browser<'_>) -> anyhow::Result<Vec<Visited>> {
    let mut visited = Vec::new();
    for (name, address, further) in PAGES {
        let mut address = address.to_owned();
        for _ in 0..further {
            address = next(&open(browser, &address).await?)
                .with_context(|| format!("{address} has no next page"))?;
        }
        for _ in 0..WARM {
            open(browser, &address).await?;
        }
        let mut visits = Vec::new();
        for _ in 0..MEASURED {
            plans.take();
            open(browser, &address).await?;
            visits.push(plans.take());
        }
        visited.push(Visited {
            name,
            plans: common(&visits),
        });
    }
    Ok(visited)
}

async fn open(browser: &mut Browser<'_>, address: &str) -> anyhow::Result<String> {
    let answer = browser.open(address).await?;
    let status = answer.status();
    ensure!(status == StatusCode::OK, "{address} answered {status}");
    Ok(answer.text().await?)
}

/// The address of the page after this one: a link that says so, or the older part of a conversation.
fn next(page: &str) -> Option<String> {
    let links = page.split("<a ").skip(1).map(|it| it.split("</a>").next());
    let link = links
        .flatten()
        .find(|it| it.contains("rel=\"next\"") || it.contains("Show older messages"))?;
    let (_, address) = link.split_once("href=\"")?;
    let (address, _) = address.split_once('"')?;
    Some(address.replace("&amp;", "&").replace("&#38;", "&"))
}

/// What ran at every visit. The rest are sweeps and the like, which come when they come.
fn common(visits: &[Vec<Plan>]) -> Vec<Plan> {
    let mut common = Vec::new();
    let Some(last) = visits.last() else {
        return common;
    };
    for (at, plan) in last.iter().enumerate() {
        let earlier = last[..at]
            .iter()
            .filter(|it| it.statement == plan.statement)
            .count();
        let mut times: Vec<f64> = visits
            .iter()
            .filter_map(|visit| {
                let mut same = visit.iter().filter(|it| it.statement == plan.statement);
                same.nth(earlier).map(|it| it.milliseconds)
            })
            .collect();
        if times.len() < visits.len() {
            continue;
        }
        times.sort_by(f64::total_cmp);
        common.push(Plan {
            milliseconds: times[times.len() / 2],
            ..plan.clone()
        });
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(statement: &str, milliseconds: f64) -> Plan {
        Plan {
            statement: statement.to_owned(),
            text: String::new(),
            milliseconds,
            buffers: 1,
            rows: 1,
        }
    }

    #[test]
    fn what_ran_at_every_visit_is_the_page_s_with_its_median() {
        let visits = [
            vec![plan("list", 3.0), plan("list", 1.0), plan("sweep", 9.0)],
            vec![plan("list", 1.0), plan("list", 2.0)],
            vec![plan("list", 2.0), plan("relay", 1.0), plan("list", 6.0)],
        ];

        assert_eq!(common(&visits), [plan("list", 2.0), plan("list", 2.0)]);
    }

    #[test]
    fn the_next_page_is_found() {
        let page = r#"<a href="/x">x</a><a class="l" href="/tasks?page=a&amp;trail=b" rel="next">Next</a>"#;

        assert_eq!(next(page).as_deref(), Some("/tasks?page=a&trail=b"));
        assert_eq!(next("<a href=\"/x\">x</a>"), None);
    }
}
