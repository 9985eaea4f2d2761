//! The receipt of a complaint about the ombudsman, and its private link (SC-1, SC-15).

use chrono::TimeDelta;
use outbox::Outcome;
use proto::access::v1::Role;
use proto::notification::v1::Notice;
use proto::service_complaint::v1::{
    ActionPromised, ApprovalDecided, ApprovalMatter, ApprovalRequested, DeadlineApproaching,
    DeadlineEscalated, DeadlineFacts, DeadlineKind, DeadlineOverdue, LetterRefused, LinkCause,
    LinkRequested,
};
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
    assert_eq!(mail.header("Reply-To"), None, "it says not to reply");
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

pub fn deadline(owner: Option<Uuid>) -> DeadlineFacts {
    DeadlineFacts {
        complaint_id: kit::id().to_string(),
        reference: "SC202500001".to_owned(),
        kind: DeadlineKind::Response.into(),
        stage: 1,
        due_on: "2025-06-24".to_owned(),
        owner_id: owner.map(|it| it.to_string()).unwrap_or_default(),
        action_id: String::new(),
        own_task: None,
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_whoever_handles_a_complaint_is_told_in_the_portal_what_is_due(db: PgPool) {
    let world = a_world(&db).await;
    let handler = testkit::a(Role::ComplaintsInvestigator);
    let colleague = testkit::a(Role::ComplaintsInvestigator);
    let event = DeadlineApproaching {
        facts: Some(deadline(Some(handler.id()))),
    };

    let heard = world.hear(&event).await;
    let again = world.deliver(&heard).await.unwrap();

    let notices = world.notices(&handler).await;
    assert_eq!(again, Outcome::Duplicate);
    assert_eq!(notices.len(), 1);
    assert_eq!(
        notices[0].text,
        "The response of stage 1 is due on 24 June 2025"
    );
    assert_eq!(notices[0].complaint_reference, "SC202500001");
    assert!(world.notices(&colleague).await.is_empty());
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_what_nobody_handles_is_told_to_customer_insight_and_what_is_escalated_to_the_manager(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let investigator = testkit::a(Role::ComplaintsInvestigator);
    let manager = testkit::a(Role::CustomerInsightManager);

    world
        .hear(&DeadlineOverdue {
            facts: Some(deadline(None)),
        })
        .await;
    world
        .hear(&DeadlineEscalated {
            facts: Some(deadline(Some(investigator.id()))),
        })
        .await;

    let texts =
        |notices: Vec<Notice>| -> Vec<String> { notices.into_iter().map(|it| it.text).collect() };
    let overdue = "The response of stage 1 was due on 24 June 2025";
    let escalated = "The response of stage 1 was due on 24 June 2025 and is still open";
    assert_eq!(
        texts(world.notices(&investigator).await),
        [escalated, overdue]
    );
    assert_eq!(texts(world.notices(&manager).await), [escalated, overdue]);
    // Customer Insight is independent of casework, and the other way round (1.8).
    assert!(world.notices(&testkit::a_caseworker()).await.is_empty());
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_4_who_may_approve_hears_of_a_request_and_who_asked_of_the_decision(db: PgPool) {
    let world = a_world(&db).await;
    let investigator = testkit::a(Role::ComplaintsInvestigator);
    let matter = ApprovalMatter::FurtherExtension.into();

    world
        .hear(&ApprovalRequested {
            complaint_id: kit::id().to_string(),
            reference: "SC202500001".to_owned(),
            matter,
        })
        .await;
    let asked = world.notices(&testkit::a_senior_colleague()).await;
    world
        .hear(&ApprovalDecided {
            complaint_id: kit::id().to_string(),
            reference: "SC202500001".to_owned(),
            matter,
            agreed: false,
            asked_by: investigator.id().to_string(),
        })
        .await;

    assert_eq!(
        asked[0].text,
        "You are asked to approve more time for a response"
    );
    let decided = world.notices(&investigator).await;
    assert_eq!(
        decided[0].text,
        "A senior colleague did not agree to more time for a response"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_who_is_accountable_for_an_action_hears_of_it(db: PgPool) {
    let world = a_world(&db).await;
    let owner = testkit::a(Role::ComplaintsInvestigator);

    world
        .hear(&ActionPromised {
            complaint_id: kit::id().to_string(),
            reference: "SC202500001".to_owned(),
            action_id: kit::id().to_string(),
            owner_id: owner.id().to_string(),
            due_on: "2025-06-20".to_owned(),
            own_task: None,
        })
        .await;

    assert_eq!(
        world.notices(&owner).await[0].text,
        "You are accountable for an action that is due on 20 June 2025"
    );
}

/// A letter that did not arrive is work for whoever handles the complaint; while nobody does, for the team.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_12_who_handles_a_complaint_hears_that_a_letter_did_not_arrive(db: PgPool) {
    let world = a_world(&db).await;
    let handler = testkit::a(Role::ComplaintsInvestigator);
    let colleague = testkit::a(Role::ComplaintsInvestigator);
    let refused = |handler_id: String| LetterRefused {
        complaint_id: kit::id().to_string(),
        reference: "SC202500001".to_owned(),
        letter_id: kit::id().to_string(),
        handler_id,
    };

    let heard = world.hear(&refused(handler.id().to_string())).await;
    let again = world.deliver(&heard).await.unwrap();

    assert_eq!(again, Outcome::Duplicate);
    let notices = world.notices(&handler).await;
    assert_eq!(notices.len(), 1);
    assert!(
        notices[0]
            .text
            .starts_with("A letter did not reach the person")
    );
    assert!(world.notices(&colleague).await.is_empty());
    world.hear(&refused(String::new())).await;
    assert_eq!(world.notices(&colleague).await.len(), 1);
    assert!(world.notices(&testkit::a_caseworker()).await.is_empty());
}
