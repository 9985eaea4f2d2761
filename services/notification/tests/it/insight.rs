//! What colleagues of Customer Insight are told by email and in the bell (SC-10, SC-11, SC-13, SC-16, NO-4).

use outbox::Outcome;
use proto::access::v1::Role;
use proto::service_complaint::v1::{
    ApprovalMatter, ApprovalRequested, DeadlineApproaching, DeadlineEscalated, DeadlineOverdue,
    EscalationRequested, FollowUpDue, FollowUpKind, FollowUpStep, PersonWrote, WrittenAbout,
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::complaints::deadline;
use crate::given::{GATHER, INSIGHT, World, a_world};

const INES: &str = "ines@ombudsman.example";

async fn sent(world: &World) -> Vec<(String, String)> {
    let mails = world.send().await;
    mails
        .into_iter()
        .map(|mail| (mail.to.join(" "), mail.subject))
        .collect()
}

fn to(address: &str, subject: &str) -> (String, String) {
    (address.to_owned(), subject.to_owned())
}

/// NO-4: what can wait waits for its burst, and a burst is one email, which names the complaint and leads to it.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_a_handler_is_told_by_email_once_for_each_burst(db: PgPool) {
    let world = a_world(&db).await;
    let handler = world.people.account(INES);
    let facts = deadline(Some(handler));
    world
        .hear(&DeadlineApproaching {
            facts: Some(facts.clone()),
        })
        .await;
    assert!(sent(&world).await.is_empty(), "it is gathered");
    let event = world
        .hear(&PersonWrote {
            complaint_id: facts.complaint_id.clone(),
            reference: facts.reference.clone(),
            owner_id: handler.to_string(),
            about: WrittenAbout::ClosedComplaint.into(),
            acknowledge_by: "2025-06-17".to_owned(),
        })
        .await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    world.clock.advance(GATHER);

    assert_eq!(
        sent(&world).await,
        [to(
            INES,
            "Due soon, The person wrote: complaint SC202500001"
        )]
    );
    let mail = world.arrived().remove(0);
    assert!(
        mail.text
            .contains("https://portal.example/service-complaints/SC202500001\r\n"),
        "{}",
        mail.text
    );
    let bell = testkit::a(Role::ComplaintsInvestigator).with_account(handler);
    assert_eq!(world.notices(&bell).await.len(), 2);
}

/// NO-4: nothing that is not urgent goes out at night.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_what_is_overdue_at_night_is_told_by_email_in_the_morning(db: PgPool) {
    let world = a_world(&db).await;
    let handler = world.people.account(INES);
    world.clock.set("2025-06-10T22:00:00Z".parse().unwrap());
    world
        .hear(&DeadlineOverdue {
            facts: Some(deadline(Some(handler))),
        })
        .await;
    assert!(sent(&world).await.is_empty());

    world.clock.set("2025-06-11T06:00:00Z".parse().unwrap());

    assert_eq!(
        sent(&world).await,
        [to(INES, "Overdue: complaint SC202500001")]
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_what_nobody_handles_and_what_is_asked_for_goes_to_the_shared_address(db: PgPool) {
    let world = a_world(&db).await;
    let handler = world.people.account(INES);
    let reference = || "SC202500001".to_owned();
    world
        .hear(&DeadlineOverdue {
            facts: Some(deadline(None)),
        })
        .await;
    world
        .hear(&DeadlineEscalated {
            facts: Some(deadline(Some(handler))),
        })
        .await;
    world
        .hear(&ApprovalRequested {
            complaint_id: kit::id().to_string(),
            reference: reference(),
            matter: ApprovalMatter::BehaviourExclusion.into(),
        })
        .await;
    world
        .hear(&EscalationRequested {
            complaint_id: kit::id().to_string(),
            reference: reference(),
            acknowledgement_due_on: "2025-06-17".to_owned(),
        })
        .await;

    let mut mails = sent(&world).await;
    mails.sort();

    assert_eq!(
        mails,
        [
            to(INES, "Overdue: complaint SC202500001"),
            to(INSIGHT, "Approval asked for: complaint SC202500001"),
            to(INSIGHT, "Overdue: complaint SC202500001"),
            to(INSIGHT, "Overdue: complaint SC202500001"),
            to(INSIGHT, "The person wrote: complaint SC202500001"),
        ]
    );
    let investigator = testkit::a(Role::ComplaintsInvestigator);
    let bell = world.notices(&investigator).await;
    assert_eq!(
        bell[0].text,
        "The person asked for stage 2. It is to be acknowledged by 17 June 2025"
    );
    assert!(world.notices(&testkit::a_caseworker()).await.is_empty());
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_the_work_of_who_has_left_is_told_to_customer_insight_before_and_after(db: PgPool) {
    let world = a_world(&db).await;
    let handler = world.people.account(INES);
    world.people.deactivate(handler);
    let overdue = DeadlineOverdue {
        facts: Some(deadline(Some(handler))),
    };
    let later = DeadlineOverdue {
        facts: Some(deadline(Some(handler))),
    };

    // Nobody has announced it yet.
    world.hear(&overdue).await;
    let first = sent(&world).await;
    world.staff(handler, false).await;
    world.hear(&later).await;
    let both = sent(&world).await;

    let told = to(INSIGHT, "Overdue: complaint SC202500001");
    assert_eq!(first, std::slice::from_ref(&told));
    assert_eq!(both, [told.clone(), told]);
    let colleague = testkit::a(Role::ComplaintsInvestigator);
    assert_eq!(world.notices(&colleague).await.len(), 2);
    assert!(world.notices(&testkit::a_caseworker()).await.is_empty());
}

/// 4.22: what is filed waits for nobody.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_11_what_is_filed_is_told_to_nobody_and_an_answer_about_the_outcome_to_the_handler(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let handler = world.people.account(INES);
    let wrote = |about: WrittenAbout| PersonWrote {
        complaint_id: kit::id().to_string(),
        reference: "SC202500001".to_owned(),
        owner_id: handler.to_string(),
        about: about.into(),
        acknowledge_by: String::new(),
    };
    world.hear(&wrote(WrittenAbout::ClosedComplaint)).await;
    world.hear(&wrote(WrittenAbout::Outcome)).await;

    let bell = testkit::a(Role::ComplaintsInvestigator).with_account(handler);
    let notices = world.notices(&bell).await;

    assert_eq!(sent(&world).await.len(), 1);
    assert_eq!(notices.len(), 1);
    assert_eq!(
        notices[0].text,
        "The person answered which outcome they seek"
    );
}

fn follow_up(kind: FollowUpKind, step: FollowUpStep, owner: Option<Uuid>) -> FollowUpDue {
    FollowUpDue {
        follow_up_id: kit::id().to_string(),
        kind: kind.into(),
        step: step.into(),
        due_on: "2025-06-09".to_owned(),
        owner_id: owner.map(|it| it.to_string()).unwrap_or_default(),
        number: "37.1".to_owned(),
    }
}

/// Three lessons of one person are one email, and what stays open is told to the managers.
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_13_the_owner_of_a_lesson_hears_that_it_is_due_and_the_managers_that_it_stays_open(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let owner = world.people.account(INES);
    for step in [
        FollowUpStep::Approaching,
        FollowUpStep::Overdue,
        FollowUpStep::Escalated,
    ] {
        world
            .hear(&follow_up(FollowUpKind::Lesson, step, Some(owner)))
            .await;
    }
    world.clock.advance(GATHER);

    let mut mails = sent(&world).await;
    mails.sort();

    let subject = "What a lesson asks for is due";
    assert_eq!(mails, [to(INES, subject), to(INSIGHT, subject)]);
    let bell = world
        .notices(&testkit::a_caseworker().with_account(owner))
        .await;
    assert_eq!(
        (bell.len(), bell[2].text.as_str(), bell[2].list.as_str()),
        (
            3,
            "What a lesson asks for is due on 9 June 2025",
            "learning"
        )
    );
    let manager = testkit::a(Role::CustomerInsightManager);
    assert_eq!(
        world.notices(&manager).await[0].text,
        "What a lesson asks for was due on 9 June 2025 and is still open"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_16_the_managers_hear_that_a_part_of_a_recommendation_is_overdue(db: PgPool) {
    let world = a_world(&db).await;
    world
        .hear(&follow_up(
            FollowUpKind::Recommendation,
            FollowUpStep::Overdue,
            None,
        ))
        .await;
    world.clock.advance(GATHER);

    assert_eq!(
        sent(&world).await,
        [to(INSIGHT, "A part of a recommendation is due")]
    );
    let bell = world
        .notices(&testkit::a(Role::CustomerInsightManager))
        .await;
    assert_eq!(
        (bell[0].text.as_str(), bell[0].list.as_str()),
        (
            "A part of recommendation 37.1 was due on 9 June 2025",
            "recommendations"
        )
    );
    assert!(
        world
            .notices(&testkit::a(Role::ComplaintsInvestigator))
            .await
            .is_empty()
    );
}

/// NO-3: a mail server that refuses a colleague's address is told to Customer Insight, and not to casework (1.8).
#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn sc_10_a_colleagues_address_that_is_refused_is_told_to_customer_insight(db: PgPool) {
    let world = a_world(&db).await;
    let handler = world.people.account(INES);
    world.mailbox.refuse(INES);
    world
        .hear(&DeadlineOverdue {
            facts: Some(deadline(Some(handler))),
        })
        .await;

    assert!(sent(&world).await.is_empty());

    let colleague = testkit::a(Role::ComplaintsInvestigator);
    let bell = world.notices(&colleague).await;
    assert_eq!(
        (bell[0].text.as_str(), bell[0].complaint_reference.as_str()),
        (
            "A mail server refused an email to a colleague",
            "SC202500001"
        )
    );
    assert!(world.notices(&testkit::a_caseworker()).await.is_empty());
}
