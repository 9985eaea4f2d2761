//! A caseload, made in the databases by SQL.

use std::time::Instant;

use anyhow::Context as _;
use proto::identity::v1::Landlord;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tests::Portal;

/// Every landlord has so many cases, however many landlords there are: what is looked at is how a page of one landlord fares as others come.
const CASES_OF_A_LANDLORD: u32 = 500;

/// The service, what its database is filled with, and the tables in which rows stand afterwards.
const DATABASES: [(&str, &str, &[&str]); 4] = [
    ("case", include_str!("case.sql"), &["cases", "tasks"]),
    ("task", include_str!("task.sql"), &["case_files", "tasks"]),
    (
        "messaging",
        include_str!("messaging.sql"),
        &["case_files", "conversations", "messages", "read_marks"],
    ),
    (
        "notification",
        include_str!("notification.sql"),
        &["case_files", "notices", "read_marks", "single_reads"],
    ),
];

/// How large the caseload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Cases; each has five tasks, three messages and two notices.
    pub cases: u32,
}

impl Size {
    fn landlords(self) -> u32 {
        self.cases / CASES_OF_A_LANDLORD
    }
}

/// Fills the databases of a portal, whose one landlord becomes the first of many.
pub async fn fill(portal: &Portal, size: Size, landlord: &Landlord) -> anyhow::Result<()> {
    for (service, statements, tables) in DATABASES {
        let began = Instant::now();
        let mut connection = connect(portal, service).await?;
        for (name, value) in [
            ("explain.cases", size.cases.to_string()),
            ("explain.landlords", size.landlords().to_string()),
            ("explain.landlord", landlord.id.clone()),
            ("explain.account", landlord.administrator_account_id.clone()),
        ] {
            sqlx::query("select set_config($1, $2, false)")
                .bind(name)
                .bind(value)
                .execute(&mut connection)
                .await?;
        }
        let indexes = indexes(&mut connection, tables).await?;
        for (name, _) in &indexes {
            run(&mut connection, format!("drop index {name}")).await?;
        }
        run(&mut connection, HELPERS.to_owned()).await?;
        run(&mut connection, statements.to_owned()).await?;
        eprintln!("  {service}: rows are there ({:.0?})", began.elapsed());

        // Made once the rows are there: that is how a database is loaded that is in a hurry.
        for (_, definition) in &indexes {
            run(&mut connection, definition.clone()).await?;
        }
        for table in tables {
            run(&mut connection, format!("vacuum (analyze) {table}")).await?;
        }
        eprintln!(
            "  {service}: {} indexes are there ({:.0?})",
            indexes.len(),
            began.elapsed()
        );
    }
    Ok(())
}

/// Has the landlord's portal be in use for years, so that it sees its closed cases (CA-4).
pub async fn activate_long_ago(portal: &Portal) -> anyhow::Result<()> {
    let mut identity = connect(portal, "identity").await?;
    let statement = "update landlords set activated_on = current_date - 2000";
    run(&mut identity, statement.to_owned()).await
}

/// A connection by itself, which keeps its settings.
pub async fn connect(portal: &Portal, service: &str) -> anyhow::Result<PgConnection> {
    let options = portal.database(service).await?.connect_options();
    Ok(PgConnection::connect_with(&options).await?)
}

/// The indexes of some tables that no constraint needs, with their definitions.
async fn indexes(
    connection: &mut PgConnection,
    tables: &[&str],
) -> anyhow::Result<Vec<(String, String)>> {
    let tables: Vec<String> = tables.iter().map(|it| (*it).to_owned()).collect();
    sqlx::query_as(
        "select indexname::text, indexdef from pg_indexes
         where schemaname = 'public' and tablename = any($1) and indexname not in (select conname from pg_constraint)",
    )
    .bind(tables)
    .fetch_all(connection)
    .await
    .context("the indexes can't be listed")
}

async fn run(connection: &mut PgConnection, statements: String) -> anyhow::Result<()> {
    connection.execute(AssertSqlSafe(statements)).await?;
    Ok(())
}

/// What the databases agree on: the ids of things, and how a landlord's cases stand. Ids grow with time, as the services' do.
const HELPERS: &str = include_str!("helpers.sql");
