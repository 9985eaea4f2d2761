//! Clocks that run are counted again after a bank holiday was added: explicitly, audited, and told.

use calendar::Calendar;
use outbox::testing::events;
use proto::access::v1::Role;
use proto::service_complaint::v1::{
    Complaint, DeadlineKind, DeadlineRedated, ListHistoryRequest, RecountDeadlinesRequest,
    RecountDeadlinesResponse,
};
use sqlx::PgPool;
use testkit::{Caller, reason};
use tonic::{Code, Status};

use crate::given::{World, a_world, a_world_by};

/// The bank holidays that are shipped, and some more.
fn with_more(dates: &[&str]) -> Calendar {
    let shipped = include_str!("../../../calendar/data/bank-holidays.json");
    let mut holidays: serde_json::Value = serde_json::from_str(shipped).unwrap();
    let events = holidays["england-and-wales"]["events"]
        .as_array_mut()
        .unwrap();
    events.extend(dates.iter().map(|date| {
        serde_json::json!({"title": "A day of rest", "date": date, "notes": "", "bunting": true})
    }));
    events.sort_by_key(|it| it["date"].as_str().unwrap().to_owned());
    Calendar::from_json(&holidays.to_string()).unwrap()
}

impl World {
    async fn recount(&self, by: &Caller) -> Result<RecountDeadlinesResponse, Status> {
        let request = RecountDeadlinesRequest {};
        let done = self.amendments(by).recount_deadlines(request).await?;
        Ok(done.into_inner())
    }
}

fn response(complaint: &Complaint) -> (String, bool) {
    let stage = complaint.stage_1.clone().unwrap();
    let response = stage.response.unwrap();
    (response.due_on, response.untold)
}

/// 4.1, 4.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_a_new_bank_holiday_moves_a_running_clock_when_it_is_counted_again(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey.assign(&world.investigator).await.unwrap();
    let answered = world.answered().await.complaint;
    let renewed = a_world_by(&db, with_more(&["2025-06-20"])).await;
    journey.client = renewed.client(world.investigator.clone());
    journey.refresh().await;
    assert_eq!(
        response(&journey.complaint),
        ("2025-06-24".to_owned(), false)
    );

    let manager = testkit::a(Role::CustomerInsightManager);
    let first = renewed.recount(&manager).await.unwrap();
    let second = renewed.recount(&manager).await.unwrap();
    journey.refresh().await;

    let counted = RecountDeadlinesResponse {
        recounted: 1,
        redated: 1,
        failed: 0,
    };
    assert_eq!(
        (first, second),
        (counted, RecountDeadlinesResponse::default())
    );
    // The person was told another date, and hears of this one before the response goes out (4.3).
    assert_eq!(
        response(&journey.complaint),
        ("2025-06-25".to_owned(), true)
    );
    journey.uphold_all().await;
    journey.apologise().await.unwrap();
    let untold = journey.answer_stage_1("2025-06-10").await.unwrap_err();
    assert_eq!(reason(&untold), "UNTOLD");
    journey.tell("2025-06-10").await.unwrap();
    journey.answer_stage_1("2025-06-10").await.unwrap();
    let told = events::<DeadlineRedated>(&db).await;
    let facts = told[0].facts.clone().unwrap();
    assert_eq!((told.len(), told[0].due_before.as_str()), (1, "2025-06-24"));
    assert_eq!(facts.kind(), DeadlineKind::Response);
    assert_eq!(facts.due_on, "2025-06-25");
    assert_eq!(facts.owner_id, world.investigator.id().to_string());
    let mut closed = world.investigator();
    let request = proto::service_complaint::v1::GetComplaintRequest {
        complaint_id: answered.id.clone(),
    };
    let closed = closed.get_complaint(request).await.unwrap().into_inner();
    assert_eq!(closed, answered);
}

/// WH-1: the history says both dates, and when the person was told the earlier one. Whoever has dates counted again has no part in a stage (4.15).
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_1_a_moved_date_stands_in_the_history_with_what_the_person_was_told(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    let renewed = a_world_by(&db, with_more(&["2025-06-20"])).await;
    let manager = testkit::a(Role::CustomerInsightManager).named("Max Manager");

    renewed.recount(&manager).await.unwrap();

    let request = ListHistoryRequest {
        complaint_id: journey.complaint.id.clone(),
        ..ListHistoryRequest::default()
    };
    let history = journey.client.list_history(request).await.unwrap();
    let change = history.into_inner().changes.remove(0);
    assert_eq!(change.by, "Max Manager");
    let words = "the response of stage 1 is due on 2025-06-25 instead of 2025-06-24; the person was last told a date on 2025-06-10";
    assert!(change.text.contains(words), "{}", change.text);
    let involved: i64 = sqlx::query_scalar("select count(*) from changes where account_id = $1")
        .bind(manager.id())
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(involved, 0);
}

/// 4.15: the clock of an acknowledgement moves like any other; one that no new day falls into stays, counted anew.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_each_clock_is_counted_by_itself(db: PgPool) {
    let world = a_world(&db).await;
    let recorded = world.recorded().await;
    world.investigated().await;
    let requested = world.requested().await;
    let renewed = a_world_by(&db, with_more(&["2025-06-12"])).await;

    let counted = renewed
        .recount(&testkit::a_senior_colleague())
        .await
        .unwrap();

    assert_eq!((counted.recounted, counted.redated), (3, 3));
    let mut due = Vec::new();
    for mut journey in [recorded, requested] {
        journey.refresh().await;
        let complaint = journey.complaint;
        let stage = complaint.stage_2.or(complaint.stage_1).unwrap();
        due.push(stage.acknowledgement.unwrap().due_on);
    }
    assert_eq!(due, ["2025-06-16", "2025-06-18"]);
    let far = a_world_by(&db, with_more(&["2025-06-12", "2025-12-12"])).await;
    let counted = far.recount(&testkit::a_senior_colleague()).await.unwrap();
    assert_eq!((counted.recounted, counted.redated), (3, 0));
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn id_12_investigators_and_casework_have_no_dates_counted_again(db: PgPool) {
    let world = a_world(&db).await;

    for wrong in [world.investigator.clone(), testkit::a_caseworker()] {
        let refused = world.recount(&wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
    world
        .recount(&testkit::a(Role::SystemAdministrator))
        .await
        .unwrap();
}
