//! The receipt of a complaint about the ombudsman, and its private link (SC-1, SC-15).

use chrono::TimeDelta;
use outbox::Outcome;
use proto::service_complaint::v1::{LinkCause, LinkRequested};
use sqlx::PgPool;
use uuid::Uuid;

use crate::given::{a_world, now};
use crate::secrets::{dump, hex};

const ASHA: &str = "asha@resident.example";

fn link(request: Uuid, cause: LinkCause) -> LinkRequested {
    LinkRequested {
        complaint_id: kit::id().to_string(),
        request_id: request.to_string(),
        cause: cause.into(),
        expires_at: Some(kit::time::timestamp(now() + TimeDelta::days(2))),
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_1_a_receipt_goes_out_once_with_its_reference_dates_and_links(db: PgPool) {
    let world = a_world(&db).await;
    let request = world.people.begin(ASHA);

    let event = world.hear(&link(request, LinkCause::Receipt)).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    let mails = world.send().await;

    assert_eq!(mails.len(), 1);
    let (mail, token) = (&mails[0], &world.people.minted()[0]);
    assert_eq!(mail.to[0], ASHA);
    assert_eq!(mail.subject, "We have received your complaint SC202500001");
    for said in [
        format!("https://portal.example/complaint/{token}"),
        "https://portal.example/complain/factsheet".to_owned(),
        "10 June 2025".to_owned(),
        "By 17 June 2025".to_owned(),
    ] {
        let html = mail.html.as_ref().unwrap();
        assert!(mail.text.contains(&said) && html.contains(&said), "{said}");
    }
}

/// No address, no link and no name stays here.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_15_a_private_link_is_made_when_it_is_sent_and_stands_in_no_table(db: PgPool) {
    let world = a_world(&db).await;
    let request = world.people.begin(ASHA);
    world.hear(&link(request, LinkCause::Asked)).await;
    assert!(world.people.minted().is_empty());

    let mails = world.send().await;

    assert_eq!(mails[0].subject, "Your link to complaint SC202500001");
    let minted = world.people.minted();
    let dump = dump(&db).await;
    assert!(
        !dump.contains(&minted[0]) && !dump.contains(&hex(&minted[0])) && !dump.contains(ASHA),
        "{dump}"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_15_a_link_that_nobody_waits_for_or_that_is_too_late_is_not_sent(db: PgPool) {
    let world = a_world(&db).await;
    let gone = world.people.begin(ASHA);
    world.hear(&link(gone, LinkCause::Asked)).await;
    world.people.finish(gone);

    assert!(world.send().await.is_empty());
    assert_eq!(world.state().await, "lapsed");

    world.mailbox.set_down(true);
    let late = world.people.begin(ASHA);
    world.hear(&link(late, LinkCause::Asked)).await;
    world.send().await;
    world.mailbox.set_down(false);
    world.clock.advance(TimeDelta::days(2));
    assert!(world.send().await.is_empty());
}
