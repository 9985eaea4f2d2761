//! TA-3: every list is read along an index, however many tasks there are.

use casefile::Visibility;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgPool, QueryBuilder};
use task::{Filter, Key, Kind, Listing, Position, State, Window, push_list};

use crate::given::day;

/// An open case of the large landlord: `md5('case 2')`.
const CASE: &str = "8c0cb928-820c-2c7e-1c32-6ec16673dd27";

/// A landlord with half of all cases, and one of a hundred that share the other half: `md5('landlord 0')` and `md5('landlord 7')`.
const LANDLORDS: [&str; 2] = [
    "d48c8442-a9d5-1a3f-52b5-1b18fe9e4318",
    "b482c31b-aa6a-6781-2503-7f072594bd07",
];

/// So many rows a page fetches.
const PAGE: i64 = 26;

/// 40,000 cases; 200,000 tasks on them, three in ten open, and 20,000 reports.
const FILL: &str = "
    insert into case_files (case_id, reference, landlord_id, landlord_name, complainant, status, owner_account_id, opened_on, closed_on, version)
    select md5('case ' || n)::uuid, (202500000 + n)::text,
        md5('landlord ' || case when n % 2 = 0 then 0 else n % 200 end)::uuid, 'Landlord', 'Resident',
        case when n % 3 = 0 then 11 else 4 end, md5('owner ' || n % 50)::uuid, '2024-01-01',
        case when n % 3 = 0 then date '2025-01-01' + n % 100 end, 1
    from generate_series(1, 40000) as n;

    insert into tasks (id, case_id, landlord_id, kind, title, instructions, set_on, set_by, due_on, completed_on, ended_at,
        awaiting_answer, request_id, request_digest)
    select md5('task ' || n)::uuid, f.case_id, f.landlord_id, 1 + n % 5, 'Provide evidence', '', '2025-01-01', 'Casey',
        date '2025-02-01' + n % 300,
        case when not open then date '2025-02-01' end,
        case when not open then timestamptz '2025-02-01T09:00:00Z' + n * interval '1 minute' end,
        open and n % 37 = 0, md5('request ' || n)::uuid, ''
    from (
        select n, f.*, f.closed_on is null and n % 20 < 9 as open
        from generate_series(1, 200000) as n join case_files f on f.case_id = md5('case ' || (1 + n % 40000))::uuid
    ) as f;

    insert into unable_reports (id, task_id, message, reported_at, reported_by, decision, answered_at)
    select md5('report ' || n)::uuid, md5('task ' || n * 10)::uuid, 'The contractor is ill', '2025-02-01T09:00:00Z', 'Ada', 3,
        '2025-02-02T09:00:00Z'
    from generate_series(1, 20000) as n;

    analyze";

/// How PostgreSQL would read a list.
async fn plan(db: &PgPool, listing: &Listing) -> Value {
    let mut query = QueryBuilder::new("explain (format json) ");
    push_list(&mut query, listing);
    let Json(plan): Json<Value> = query.build_query_scalar().fetch_one(db).await.unwrap();
    plan[0]["Plan"].clone()
}

/// Every step of a plan.
fn steps(plan: &Value) -> Vec<&Value> {
    let below = plan["Plans"].as_array().into_iter().flatten();
    std::iter::once(plan).chain(below.flat_map(steps)).collect()
}

/// The home page and the lists of tasks, as each kind of person asks for them.
fn lists() -> Vec<Filter> {
    let open = Filter::default;
    let june = Window::between(day("2025-06-01"), day("2025-06-30"));
    let case_id = CASE.parse().unwrap();
    vec![
        open(),
        Filter {
            due: Window::until(day("2025-06-01")),
            ..open()
        },
        Filter {
            due: june,
            ..open()
        },
        Filter {
            due: Window::from(day("2025-06-10")),
            ..open()
        },
        Filter {
            kind: Some(Kind::ConfirmCompliance),
            ..open()
        },
        Filter {
            kind: Some(Kind::RecordComplaint),
            due: june,
            ..open()
        },
        Filter {
            case_id: Some(case_id),
            ..open()
        },
        Filter {
            case_id: Some(case_id),
            state: State::Ended,
            ..open()
        },
        Filter {
            state: State::Ended,
            ..open()
        },
        Filter {
            state: State::AwaitingAnswer,
            ..open()
        },
        Filter {
            state: State::AwaitingAnswer,
            owner: Some(kit::id()),
            ..open()
        },
    ]
}

/// Those of the middle of a list as well as its beginning.
fn positions(state: State) -> [Option<Position>; 2] {
    let id = CASE.parse().unwrap();
    let key = match state {
        State::Ended => Key::Ended("2025-04-01T09:00:00Z".parse::<DateTime<Utc>>().unwrap()),
        State::Open | State::AwaitingAnswer => Key::Due(day("2025-06-05")),
    };
    [None, Some((key, id))]
}

#[sqlx::test(migrator = "task::MIGRATOR")]
async fn ta_3_no_list_of_200_000_tasks_reads_a_table_through_or_sorts_more_than_a_page(db: PgPool) {
    sqlx::raw_sql(FILL).execute(&db).await.unwrap();
    let today: NaiveDate = day("2025-06-02");
    let landlords = LANDLORDS
        .map(|it| Visibility::of_landlord(it.parse().unwrap(), Some(day("2024-01-01")), today));
    let staff = Visibility::of(&staff(), today);

    for seen_by in landlords.into_iter().chain([staff]) {
        for filter in lists() {
            for after in positions(filter.state) {
                let listing = Listing {
                    after,
                    ..Listing::new(seen_by, &filter, filter.due, PAGE)
                };
                let plan = plan(&db, &listing).await;
                for step in steps(&plan) {
                    let kind = step["Node Type"].as_str().unwrap();
                    let rows = step["Plan Rows"].as_i64().unwrap();
                    assert_ne!(kind, "Seq Scan", "{listing:?}\n{plan:#}");
                    assert!(
                        !kind.contains("Sort") || rows <= 2 * PAGE,
                        "{listing:?}\n{plan:#}"
                    );
                }
            }
        }
    }
}

/// Sees everything.
fn staff() -> kit::Caller {
    kit::Caller::Client(kit::Client {
        client_id: kit::id(),
        name: "Intake".to_owned(),
        scopes: vec!["tasks".to_owned()],
    })
}
