//! Events of cases.

use document::consumers::CaseFiles;
use outbox::Outcome;
use proto::case::v1::{CaseFacts, CaseMoved, CaseOpened};
use sqlx::PgPool;
use testkit::a_landlord_administrator;
use tonic::Code;

use crate::given::{NOTE, a_note, a_world, facts};

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn an_event_that_comes_twice_has_its_effect_once(db: PgPool) {
    let event = outbox::testing::event(&CaseOpened {
        facts: Some(facts(kit::id())),
    });

    let first = outbox::deliver(&db, &CaseFiles, &event).await.unwrap();
    let second = outbox::deliver(&db, &CaseFiles, &event).await.unwrap();

    assert_eq!((first, second), (Outcome::Handled, Outcome::Duplicate));
}

#[sqlx::test(migrator = "document::MIGRATOR")]
async fn older_facts_that_come_later_do_not_open_a_case_to_a_landlord_again(db: PgPool) {
    let world = a_world(&db).await;
    let landlord_id = kit::id();
    let landlord = a_landlord_administrator(landlord_id);
    let open = facts(landlord_id);
    let case_id = open.case_id.parse().unwrap();
    let long_closed = CaseFacts {
        opened_on: "2018-01-01".to_owned(),
        closed_on: "2019-01-01".to_owned(),
        version: 2,
        ..open.clone()
    };

    world
        .hear(&CaseMoved {
            facts: Some(long_closed),
            ..CaseMoved::default()
        })
        .await;
    world.hear(&CaseOpened { facts: Some(open) }).await;

    let refused = world
        .upload(&landlord, a_note(case_id), NOTE)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
}
