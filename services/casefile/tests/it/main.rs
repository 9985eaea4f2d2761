//! The facts of cases in a real database.

use chrono::NaiveDate;
use proto::case::v1::{CaseFacts, CaseImported, CaseMoved, CaseOpened, CaseOwnerAssigned, Status};
use proto::clock::v1::Minute;
use sqlx::PgPool;
use uuid::Uuid;

const CASE: Uuid = Uuid::from_u128(1);
const LANDLORD: Uuid = Uuid::from_u128(2);
const OWNER: Uuid = Uuid::from_u128(3);

async fn a_database(db: &PgPool) {
    sqlx::raw_sql(include_str!("../../schema.sql"))
        .execute(db)
        .await
        .unwrap();
}

fn facts(version: i64) -> CaseFacts {
    CaseFacts {
        case_id: CASE.to_string(),
        reference: "202312345".to_owned(),
        landlord_id: LANDLORD.to_string(),
        landlord_name: "TEST TEST Landlord".to_owned(),
        complainant: "Jo Resident".to_owned(),
        status: Status::InitialAssessment.into(),
        owner_account_id: String::new(),
        opened_on: "2025-06-01".to_owned(),
        closed_on: String::new(),
        version,
        ..CaseFacts::default()
    }
}

fn closed(version: i64) -> CaseFacts {
    CaseFacts {
        status: Status::Closed.into(),
        owner_account_id: OWNER.to_string(),
        closed_on: "2025-06-10".to_owned(),
        ..facts(version)
    }
}

async fn file(db: &PgPool) -> casefile::CaseFile {
    casefile::find(db, CASE).await.unwrap().unwrap()
}

#[sqlx::test(migrations = false)]
async fn a_case_is_unknown_until_it_is_heard_of(db: PgPool) {
    a_database(&db).await;
    assert_eq!(casefile::find(&db, CASE).await.unwrap(), None);
    let mut tx = db.begin().await.unwrap();

    casefile::apply(&mut tx, &facts(1)).await.unwrap();
    tx.commit().await.unwrap();

    let file = file(&db).await;
    assert_eq!(
        (file.reference.as_str(), file.complainant.as_str()),
        ("202312345", "Jo Resident")
    );
    assert_eq!((file.owner_account_id, file.closed_on), (None, None));
    assert_eq!(file.opened_on, NaiveDate::from_ymd_opt(2025, 6, 1).unwrap());
}

#[sqlx::test(migrations = false)]
async fn whatever_the_order_the_newest_facts_stay(db: PgPool) {
    a_database(&db).await;
    let versions = [
        facts(1),
        CaseFacts {
            complainant: "Jo New-Name".to_owned(),
            ..facts(2)
        },
        closed(3),
    ];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut tx = db.begin().await.unwrap();
        for version in order {
            casefile::apply(&mut tx, &versions[version]).await.unwrap();
            // Each twice: a redelivery changes nothing.
            casefile::apply(&mut tx, &versions[version]).await.unwrap();
        }
        let file = casefile::find(&mut *tx, CASE).await.unwrap().unwrap();
        assert_eq!(
            (file.version, file.status, file.owner_account_id),
            (3, Status::Closed.into(), Some(OWNER))
        );
        assert_eq!(file.closed_on, NaiveDate::from_ymd_opt(2025, 6, 10));
        tx.rollback().await.unwrap();
    }
}

#[sqlx::test(migrations = false)]
async fn every_event_that_carries_facts_is_taken_over_and_no_other(db: PgPool) {
    a_database(&db).await;
    let events = [
        outbox::testing::event(&CaseOpened {
            facts: Some(facts(1)),
        }),
        outbox::testing::event(&CaseOwnerAssigned {
            facts: Some(facts(2)),
        }),
        outbox::testing::event(&CaseMoved {
            facts: Some(closed(3)),
            ..CaseMoved::default()
        }),
        outbox::testing::event(&CaseImported {
            facts: Some(facts(4)),
        }),
    ];
    let mut tx = db.begin().await.unwrap();

    for (version, event) in (1..).zip(&events) {
        assert!(casefile::apply_event(&mut tx, event).await.unwrap());
        assert_eq!(
            casefile::find(&mut *tx, CASE)
                .await
                .unwrap()
                .unwrap()
                .version,
            version
        );
    }
    assert!(
        !casefile::apply_event(&mut tx, &outbox::testing::event(&Minute::default()))
            .await
            .unwrap()
    );

    let mut heard: Vec<_> = events.iter().map(|it| it.subject.clone()).collect();
    let mut subjects = casefile::subjects();
    heard.sort();
    subjects.sort();
    assert_eq!(heard, subjects);
}

#[sqlx::test(migrations = false)]
async fn facts_that_make_no_sense_are_not_tried_again(db: PgPool) {
    a_database(&db).await;
    let wrong = [
        (
            "case_id",
            CaseFacts {
                case_id: "7".to_owned(),
                ..facts(1)
            },
        ),
        (
            "landlord_id",
            CaseFacts {
                landlord_id: String::new(),
                ..facts(1)
            },
        ),
        (
            "owner_account_id",
            CaseFacts {
                owner_account_id: "somebody".to_owned(),
                ..facts(1)
            },
        ),
        (
            "opened_on",
            CaseFacts {
                opened_on: "yesterday".to_owned(),
                ..facts(1)
            },
        ),
        (
            "closed_on",
            CaseFacts {
                closed_on: "2025-02-30".to_owned(),
                ..facts(1)
            },
        ),
    ];
    let mut tx = db.begin().await.unwrap();

    for (field, facts) in wrong {
        let refused = casefile::apply(&mut tx, &facts).await.unwrap_err();
        assert!(refused.is_hopeless());
        assert_eq!(
            refused.to_string(),
            format!("the facts of a case are wrong: {field}")
        );
    }
    let empty = outbox::testing::event(&CaseOpened { facts: None });
    assert!(
        casefile::apply_event(&mut tx, &empty)
            .await
            .unwrap_err()
            .is_hopeless()
    );
}

#[sqlx::test(migrations = false)]
async fn ca_4_a_file_is_visible_by_its_landlord_and_closing(db: PgPool) {
    a_database(&db).await;
    let mut tx = db.begin().await.unwrap();
    casefile::apply(&mut tx, &closed(1)).await.unwrap();
    tx.commit().await.unwrap();
    let file = file(&db).await;
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let own = testkit::a_landlord_administrator(LANDLORD);

    assert!(file.visible_to(&own.clone().caller(), day("2027-06-10")));
    assert!(!file.visible_to(&own.clone().caller(), day("2027-06-11")));
    assert!(!file.visible_to(
        &own.clone().activated_on(day("2025-06-11")).caller(),
        day("2025-06-11")
    ));
    assert!(!file.visible_to(&own.inactive_landlord().caller(), day("2025-06-11")));
    assert!(!file.visible_to(
        &testkit::a_sub_account(kit::id()).caller(),
        day("2025-06-11")
    ));
    assert!(file.visible_to(&testkit::a_caseworker().caller(), day("2035-01-01")));
}

/// The filter that lists put into their SQL must say the same as the rule in the code.
#[sqlx::test(migrations = false)]
async fn ca_4_the_filter_in_sql_agrees_with_the_rule(db: PgPool) {
    a_database(&db).await;
    let today = NaiveDate::from_ymd_opt(2025, 6, 10).unwrap();
    let mut tx = db.begin().await.unwrap();
    let closings = [
        "",
        "2023-06-09",
        "2023-06-10",
        "2023-06-11",
        "2024-02-29",
        "2024-03-01",
        "2025-06-10",
    ];
    for (number, closed_on) in (10..).zip(closings) {
        for landlord in [LANDLORD, OWNER] {
            let case_id = Uuid::from_u128(number * 10 + u128::from(landlord == LANDLORD));
            let facts = CaseFacts {
                case_id: case_id.to_string(),
                landlord_id: landlord.to_string(),
                opened_on: "2020-01-01".to_owned(),
                closed_on: closed_on.to_owned(),
                ..facts(1)
            };
            casefile::apply(&mut tx, &facts).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    let all: Vec<casefile::CaseFile> = {
        let mut all = Vec::new();
        for id in sqlx::query_scalar::<_, Uuid>("select case_id from case_files")
            .fetch_all(&db)
            .await
            .unwrap()
        {
            all.push(casefile::find(&db, id).await.unwrap().unwrap());
        }
        all
    };
    assert_eq!(all.len(), 14);

    let own = testkit::a_landlord_administrator(LANDLORD);
    let expected = [
        (own.clone(), 6),
        (own.clone().activated_on("2024-03-01".parse().unwrap()), 3),
        (own.inactive_landlord(), 0),
        (testkit::a_caseworker(), 14),
    ];
    for (caller, count) in expected {
        let caller = caller.caller();
        let visibility = casefile::Visibility::of(&caller, today);
        let mut listed: Vec<Uuid> = sqlx::query_scalar(
            "select case_id from case_files
             where ($1::uuid is null or landlord_id = $1)
               and ($1::uuid is null or closed_on is null or (closed_on >= $2 and closed_on >= $3))",
        )
        .bind(visibility.landlord_id)
        .bind(visibility.activated_on)
        .bind(visibility.closed_since)
        .fetch_all(&db)
        .await
        .unwrap();
        let mut seen: Vec<Uuid> = all
            .iter()
            .filter(|it| it.visible_to(&caller, today))
            .map(|it| it.case_id)
            .collect();
        listed.sort();
        seen.sort();
        assert_eq!(listed, seen, "{caller:?}");
        assert_eq!(seen.len(), count, "{caller:?}");
    }
}
