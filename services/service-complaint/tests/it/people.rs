//! Who is given complaints and actions, and who hears of it (1.8, 4.15, 4.28).

use outbox::testing::events;
use proto::access::v1::Role;
use proto::service_complaint::v1::{
    DeadlineEscalated, DeadlineFacts, DeadlineOverdue, HandlerAssigned,
};
use sqlx::PgPool;
use testkit::reason;
use tokio_util::sync::CancellationToken;

use crate::given::{World, a_world, announced};

async fn sweep(world: &World) {
    world.app.sweep(&CancellationToken::new()).await.unwrap();
}

/// Who heard that something is overdue, in order.
async fn overdue(db: &PgPool) -> Vec<String> {
    let events = events::<DeadlineOverdue>(db).await;
    let facts = events.into_iter().filter_map(|it| it.facts);
    facts.map(|it| it.owner_id).collect()
}

/// 1.8: Customer Insight is independent of casework, and nobody handles a complaint who is not there.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_a_complaint_goes_to_an_active_colleague_of_customer_insight_alone(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    let caseworker = testkit::a_caseworker();
    let gone = testkit::a(Role::ComplaintsInvestigator);
    let unknown = testkit::a(Role::ComplaintsInvestigator);
    let manager = testkit::a(Role::CustomerInsightManager).named("Max Manager");
    announced(&db, &world.app, &caseworker, true).await;
    announced(&db, &world.app, &gone, true).await;
    announced(&db, &world.app, &gone, false).await;
    announced(&db, &world.app, &manager, true).await;

    for wrong in [&caseworker, &world.senior, &gone, &unknown] {
        let refused = journey.assign(wrong).await.unwrap_err();
        assert_eq!(reason(&refused), "NO_SUCH_HANDLER");
    }
    journey.assign(&manager).await.unwrap();

    // The name is the account's, whatever the request says.
    let stage = journey.complaint.stage_1.clone().unwrap();
    assert_eq!(stage.handler_name, "Max Manager");
    let mut requested = world.requested().await;
    let refused = requested.accept("2025-06-10", &gone).await.unwrap_err();
    assert_eq!(reason(&refused), "NO_SUCH_HANDLER");
}

/// 4.28, 4.29: "assigned to the appropriate colleague", who is there to do it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_an_action_goes_to_an_active_member_of_staff_alone(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    let caseworker = testkit::a_caseworker();
    let gone = testkit::a_caseworker();
    let reviewer = testkit::a(Role::IndependentReviewer);
    for (member, active) in [(&caseworker, true), (&gone, false), (&reviewer, true)] {
        announced(&db, &world.app, member, active).await;
    }

    for wrong in [&gone, &reviewer, &testkit::a_caseworker()] {
        let refused = journey.promise(wrong, "2025-06-20", "").await.unwrap_err();
        assert_eq!(reason(&refused), "NO_SUCH_OWNER");
    }
    journey
        .promise(&caseworker, "2025-06-20", "")
        .await
        .unwrap();

    let owner = caseworker.caller().name().to_owned();
    assert_eq!(journey.complaint.actions[0].owner_name, owner);
}

/// 4.15, 4.28: An event may come late: what identity said last stands.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_what_identity_said_earlier_undoes_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    let person = world.reviewer.caller().person().unwrap().clone();
    let left = proto::identity::v1::StaffChanged {
        account_id: person.account_id.to_string(),
        name: person.name,
        team: String::new(),
        active: false,
        role: person.role.into(),
    };

    let late = outbox::testing::event(&left);
    outbox::deliver(&db, &world.app, &late).await.unwrap();

    journey.assign(&world.reviewer).await.unwrap();
}

/// 4.15, 4.28
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_whoever_is_given_a_stage_is_told_whichever_step_gave_it(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    journey.assign(&world.investigator).await.unwrap();
    journey.assign(&world.investigator).await.unwrap();
    world.reviewed().await;

    let told = events::<HandlerAssigned>(&db).await;

    let heard: Vec<_> = told
        .iter()
        .map(|it| (it.stage, it.handler_id.clone()))
        .collect();
    assert_eq!(
        heard,
        [
            (1, world.investigator.id().to_string()),
            (2, world.reviewer.id().to_string())
        ]
    );
    assert_eq!(told[0].assigned_by, world.investigator.id().to_string());
}

/// 4.30: what is overdue when it is handed over is told to whoever gets it, once, and the manager hears of a date once.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_the_new_handler_of_something_overdue_is_told_once(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    journey.assign(&world.investigator).await.unwrap();
    world.on("2025-06-16");
    sweep(&world).await;
    world.on("2025-06-17");
    sweep(&world).await;

    journey.assign(&world.reviewer).await.unwrap();
    sweep(&world).await;
    sweep(&world).await;

    assert_eq!(
        overdue(&db).await,
        [
            world.investigator.id().to_string(),
            world.reviewer.id().to_string()
        ]
    );
    let escalated = events::<DeadlineEscalated>(&db).await;
    let escalated: Vec<DeadlineFacts> = escalated.into_iter().filter_map(|it| it.facts).collect();
    assert_eq!(escalated.len(), 1);
    assert_eq!(escalated[0].owner_id, world.investigator.id().to_string());
}
