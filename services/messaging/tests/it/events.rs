//! Events of cases.

use proto::case::v1::{CaseFacts, CaseMoved, CaseOpened, Status};
use sqlx::PgPool;
use testkit::{a_caseworker, a_landlord_administrator};

use crate::given::a_world;

fn facts(case_id: &str, landlord_id: &str, version: i64) -> CaseFacts {
    CaseFacts {
        case_id: case_id.to_owned(),
        reference: format!("20251{version:04}"),
        landlord_id: landlord_id.to_owned(),
        status: Status::EvidenceGathering.into(),
        opened_on: "2025-01-02".to_owned(),
        version,
        ..CaseFacts::default()
    }
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn an_event_that_comes_twice_has_its_effect_once(db: PgPool) {
    let world = a_world(&db).await;
    let (case, landlord) = (kit::id(), kit::id());

    world
        .hear_twice(&CaseOpened {
            facts: Some(facts(&case.to_string(), &landlord.to_string(), 1)),
        })
        .await;

    assert_eq!(casefile::find(&db, case).await.unwrap().unwrap().version, 1);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn an_opening_that_comes_after_a_move_does_not_open_the_case_again(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (case, _) = world.a_conversation(landlord).await;
    let closed = CaseFacts {
        closed_on: "2025-06-09".to_owned(),
        ..facts(&case.to_string(), &landlord.to_string(), 3)
    };
    world
        .hear(&CaseMoved {
            facts: Some(closed),
            ..CaseMoved::default()
        })
        .await;

    world
        .hear(&CaseOpened {
            facts: Some(facts(&case.to_string(), &landlord.to_string(), 2)),
        })
        .await;

    for caller in [a_caseworker(), a_landlord_administrator(landlord)] {
        let refused = world
            .client(&caller)
            .post_message(crate::given::a_post(case, "?"))
            .await
            .unwrap_err();
        assert_eq!(testkit::reason(&refused), "CASE_CLOSED");
    }
}
