//! The plans of the lists' own statements at a million cases (CA-5): what a page costs must not grow with their number.

use casefile::Visibility;
use chrono::NaiveDate;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

use super::conditions::Stretch;
use super::query::{self, Among, List};
use super::{LOOKED_AT, list, narrow, walk_indexes};
use crate::domain::{CaseType, Filter, Order, Owner, Position, State, Status, Team};

/// A page of 25, and one row more that tells whether there is another.
const LIMIT: i64 = 26;
/// The largest of the landlords, whose cases alone are more than a page looks at.
const LARGEST: Uuid = Uuid::from_u128(1);
/// One of the others, with some 500 cases.
const USUAL: Uuid = Uuid::from_u128(1_001);
const OWNER: Uuid = Uuid::from_u128(2_000_007);

const ORDERS: [Order; 8] = [
    Order::NextDue,
    Order::Reference,
    Order::Complainant,
    Order::Opened,
    Order::Status,
    Order::CaseType,
    Order::Landlord,
    Order::Closed,
];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn staff() -> Visibility {
    Visibility {
        landlord_id: None,
        ..landlord(USUAL)
    }
}

fn landlord(id: Uuid) -> Visibility {
    Visibility {
        landlord_id: Some(id),
        activated_on: day("2020-01-01"),
        closed_since: day("2024-06-01"),
    }
}

/// A million cases: three in ten open, of 2,000 landlords of whom one has 20,000, with 500 owners and names of which some are
/// common and some rare. The indexes are made once the rows are there, which is how a database is loaded that is in a hurry.
async fn a_million_cases(db: &PgPool) {
    let mut connection = db.acquire().await.unwrap();
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "select indexname::text, indexdef from pg_indexes
         where schemaname = 'public' and tablename = 'cases'
           and indexname not in (select conname from pg_constraint where conrelid = 'cases'::regclass)",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    for (name, _) in &indexes {
        run(&mut connection, format!("drop index {name}")).await;
    }
    run(&mut connection, include_str!("plans/caseload.sql").into()).await;
    drop(connection);

    // Two at a time: that is how many processors a small machine has.
    let (first, second) = indexes.split_at(indexes.len() / 2);
    let make = async |indexes: &[(String, String)]| {
        let mut connection = db.acquire().await.unwrap();
        run(&mut connection, "set maintenance_work_mem = '128MB'".into()).await;
        for (_, definition) in indexes {
            run(&mut connection, definition.clone()).await;
        }
    };
    tokio::join!(make(first), make(second));
    db.execute("vacuum analyze cases").await.unwrap();
}

async fn run(connection: &mut PgConnection, statements: String) {
    connection.execute(AssertSqlSafe(statements)).await.unwrap();
}

/// What a statement did, summed over its plan.
#[derive(Debug, Default)]
struct Cost {
    /// Whether the cases were read from end to end.
    reads_all: bool,
    /// How many cases were fetched or passed over, the most of any step.
    looked_at: i64,
    /// How many rows were sorted, the most of any step.
    sorted: i64,
}

impl Cost {
    fn add(&mut self, node: &Value) {
        let number = |name: &str| node[name].as_f64().unwrap_or_default();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a plan counts rows in whole numbers"
        )]
        let rows = |rows: f64| (rows * number("Actual Loops")) as i64;
        let of_cases = node["Relation Name"] == "cases";
        let kind = node["Node Type"].as_str().unwrap();
        self.reads_all |= of_cases && kind == "Seq Scan";
        if of_cases {
            let removed =
                number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
            self.looked_at = self.looked_at.max(rows(number("Actual Rows") + removed));
        }
        let below = node["Plans"].as_array().cloned().unwrap_or_default();
        if kind.contains("Sort") {
            let input = &below[0];
            let rows =
                input["Actual Rows"].as_f64().unwrap() * input["Actual Loops"].as_f64().unwrap();
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a plan counts rows in whole numbers"
            )]
            let rows = rows as i64;
            self.sorted = self.sorted.max(rows);
        }
        for node in &below {
            self.add(node);
        }
    }
}

const EXPLAIN: &str = "explain (analyze, timing off, format json) ";

async fn cost(db: &PgPool, mut query: QueryBuilder<Postgres>) -> Cost {
    let mut tx = db.begin().await.unwrap();
    walk_indexes(&mut tx).await.unwrap();
    cost_within(&mut tx, &mut query).await
}

async fn cost_within(tx: &mut PgConnection, query: &mut QueryBuilder<Postgres>) -> Cost {
    let plan: Value = query
        .build_query_scalar()
        .persistent(false)
        .fetch_one(tx)
        .await
        .unwrap();
    let mut cost = Cost::default();
    cost.add(&plan[0]["Plan"]);
    cost
}

/// Filters that many cases pass, that few pass, and that few pass only together.
fn filters() -> Vec<Filter> {
    let any = Filter::default();
    vec![
        any.clone(),
        Filter {
            reference: "2024".into(),
            ..any.clone()
        },
        Filter {
            reference: "20230123".into(),
            ..any.clone()
        },
        Filter {
            complainant: "smith".into(),
            ..any.clone()
        },
        Filter {
            complainant: "quillfeather".into(),
            ..any.clone()
        },
        Filter {
            complainant: "q".into(),
            ..any.clone()
        },
        Filter {
            case_type: Some(CaseType::Enquiry),
            ..any.clone()
        },
        Filter {
            status: Some(Status::FailureOrderIssued),
            ..any.clone()
        },
        Filter {
            status: Some(Status::EvidenceGathering),
            ..any.clone()
        },
        Filter {
            team: Some(Team::Review),
            ..any.clone()
        },
        Filter {
            owner: Some(Owner::Is(OWNER)),
            ..any.clone()
        },
        Filter {
            owner: Some(Owner::Nobody),
            ..any.clone()
        },
        Filter {
            owner: Some(Owner::Is(OWNER)),
            team: Some(Team::Triage),
            ..any.clone()
        },
        Filter {
            opened_from: Some(day("2023-03-01")),
            opened_to: Some(day("2023-03-02")),
            ..any.clone()
        },
        Filter {
            closed_from: Some(day("2024-12-24")),
            closed_to: Some(day("2024-12-24")),
            ..any.clone()
        },
        Filter {
            due_from: Some(day("2026-05-01")),
            due_to: Some(day("2026-05-02")),
            ..any.clone()
        },
        Filter {
            case_type: Some(CaseType::Enquiry),
            team: Some(Team::Review),
            opened_from: Some(day("2016-01-01")),
            opened_to: Some(day("2019-12-31")),
            due_from: Some(day("2025-01-01")),
            ..any
        },
    ]
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn ca_5_no_page_of_a_million_cases_reads_or_sorts_more_than_it_is_allowed_to(db: PgPool) {
    a_million_cases(&db).await;

    let tried = everything_that_is_tried();
    assert!(tried.len() > 800, "{}", tried.len());
    let check = async |tried: &[(&'static str, Visibility, Filter)]| {
        for (who, seen_by, filter) in tried {
            let what = format!("{who}: {filter:?}");
            check_statements(&db, seen_by, filter, &what).await;
            check_later_page(&db, seen_by, filter, &what).await;
        }
    };
    // Two at a time, as the indexes were made.
    let (first, second) = tried.split_at(tried.len() / 2);
    tokio::join!(check(first), check(second));
    check_what_is_found(&db).await;
}

/// Each kind of person with each filter in each order.
fn everything_that_is_tried() -> Vec<(&'static str, Visibility, Filter)> {
    let mut all = Vec::new();
    for (who, seen_by) in [
        ("staff", staff()),
        ("the largest landlord", landlord(LARGEST)),
        ("a landlord", landlord(USUAL)),
    ] {
        for (place, filter) in filters().into_iter().enumerate() {
            for order in ORDERS {
                // The other directions walk the same indexes the other way; they are tried without a filter and with one.
                let every = [
                    (State::Open, false),
                    (State::Closed, true),
                    (State::Open, true),
                    (State::Closed, false),
                    (State::Any, true),
                ];
                let tried = if place < 2 { &every } else { &every[..2] };
                for (state, descending) in tried.iter().copied() {
                    if order == Order::Closed && state != State::Closed {
                        continue;
                    }
                    let filter = Filter {
                        state,
                        order,
                        descending,
                        ..filter.clone()
                    }
                    .in_order(&seen_by);
                    all.push((who, seen_by, filter));
                }
            }
        }
    }
    all
}

async fn check_statements(db: &PgPool, seen_by: &Visibility, filter: &Filter, what: &str) {
    let first = List::new(seen_by, filter, None);
    let stretches = i64::try_from(first.stretches.len()).unwrap();
    check_walk(db, &first, what).await;
    // The other statements run when the walk was not enough to fill the page.
    if !first.is_walked() {
        return;
    }
    let end = cost(db, query::end(EXPLAIN, &first)).await;
    assert!(
        !end.reads_all && end.looked_at <= LOOKED_AT,
        "{what}: {end:?}"
    );
    assert!(end.sorted <= stretches, "{what}: {end:?}");
    for stretch in &first.stretches {
        let count = cost(db, query::count(EXPLAIN, &first, *stretch)).await;
        assert!(!count.reads_all, "{what}: {count:?}");
        assert!(count.looked_at <= LOOKED_AT + 1, "{what}: {count:?}");
        assert_eq!(count.sorted, 0, "{what}");
        check_narrow(db, &first, *stretch, what).await;
    }
}

/// A page that goes on from another one costs no more than the first.
async fn check_later_page(db: &PgPool, seen_by: &Visibility, filter: &Filter, what: &str) {
    let page = list(db, seen_by, filter, None, LIMIT).await.unwrap();
    let last = page.cases.last().map(|it| (filter.order.key(it), it.id));
    let Some(after) = page.go_on.or(last) else {
        return;
    };
    let later = format!("{what} after {after:?}");
    check_walk(db, &List::new(seen_by, filter, Some(&after)), &later).await;
}

async fn check_walk(db: &PgPool, list: &List<'_>, what: &str) {
    let stretches = i64::try_from(list.stretches.len()).unwrap();
    let cost = cost(db, query::page(EXPLAIN, list, Among::Walked, None, LIMIT)).await;
    assert!(!cost.reads_all, "{what}: {cost:?}");
    assert!(cost.looked_at <= LOOKED_AT, "{what}: {cost:?}");
    // Only the ends of the stretches, merged.
    assert!(cost.sorted <= LIMIT * stretches, "{what}: {cost:?}");
    if !list.is_walked() {
        assert!(cost.looked_at <= LIMIT * stretches, "{what}: {cost:?}");
    }
}

/// The statements that look for the few cases that one filter lets through, as they are run: without reading all of them.
async fn check_narrow(db: &PgPool, list: &List<'_>, stretch: Stretch, what: &str) {
    for condition in list.conditions(stretch).1 {
        let Some(order) = condition.fetched_by(stretch, list.is_of_landlord()) else {
            continue;
        };
        let mut tx = db.begin().await.unwrap();
        walk_indexes(&mut tx).await.unwrap();
        narrow::gather(&mut tx, order.is_empty()).await.unwrap();
        let mut query = query::few(EXPLAIN, list, stretch, condition, order);
        let cost = cost_within(&mut tx, &mut query).await;
        assert!(!cost.reads_all, "{what}: {condition:?}");
        assert_eq!(cost.sorted, 0, "{what}: {condition:?}");
        // A name's trigrams may be in some names that it is not in.
        assert!(
            cost.looked_at <= 2 * LOOKED_AT,
            "{what}: {condition:?} {cost:?}"
        );
    }
}

/// That what costs little is right as well, where the caseload says what is to be found.
async fn check_what_is_found(db: &PgPool) {
    let rare = Filter {
        complainant: "QUILLfeather".into(),
        order: Order::Reference,
        descending: true,
        ..Filter::default()
    };
    let found = all(db, &staff(), &rare).await;
    assert_eq!(found.len(), 40);
    assert!(found.iter().rev().is_sorted());
    let ids = list(db, &staff(), &rare, None, 50).await.unwrap();
    assert!(ids.go_on.is_none(), "few cases are found in one page");
    let plan = few_cost(db, &rare).await;
    assert!(!plan.reads_all && plan.looked_at <= LOOKED_AT, "{plan:?}");
    assert!(plan.sorted <= LOOKED_AT, "{plan:?}");

    let together = Filter {
        state: State::Open,
        order: Order::Reference,
        case_type: Some(CaseType::Enquiry),
        team: Some(Team::Review),
        status: Some(Status::Review),
        opened_from: Some(day("2016-01-01")),
        opened_to: Some(day("2017-12-31")),
        ..Filter::default()
    };
    let found = all(db, &staff(), &together).await;
    let expected: Vec<String> = sqlx::query_scalar(
        "select reference from cases where closed_on is null and case_type = 3 and team = 4 and status = 9
           and opened_on between '2016-01-01' and '2017-12-31' order by reference",
    )
    .fetch_all(db)
    .await
    .unwrap();
    assert!(!expected.is_empty());
    assert_eq!(found, expected, "pages that end early lose nothing");
}

/// What it costs to sort the few cases that a filter lets through.
async fn few_cost(db: &PgPool, filter: &Filter) -> Cost {
    let seen_by = staff();
    let list = List::new(&seen_by, filter, None);
    let mut tx = db.begin().await.unwrap();
    walk_indexes(&mut tx).await.unwrap();
    let ids = narrow::few(&mut tx, &list)
        .await
        .unwrap()
        .expect("the filter lets few cases through");
    cost(
        db,
        query::page(EXPLAIN, &list, Among::These(&ids), None, LIMIT),
    )
    .await
}

/// The references of a whole list, page by page.
async fn all(db: &PgPool, seen_by: &Visibility, filter: &Filter) -> Vec<String> {
    let mut found = Vec::new();
    let mut after: Option<Position> = None;
    loop {
        let mut page = list(db, seen_by, filter, after.as_ref(), LIMIT)
            .await
            .unwrap();
        let full = page.cases.len() == usize::try_from(LIMIT).unwrap();
        if full {
            page.cases.pop();
        }
        let last = page.cases.last().map(|it| (filter.order.key(it), it.id));
        found.extend(page.cases.into_iter().map(|it| it.reference));
        after = page.go_on.or(if full { last } else { None });
        if after.is_none() {
            return found;
        }
    }
}
