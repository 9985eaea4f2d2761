//! Notices of what is due (4.4, 4.9, 4.30, 44.1).

use futures::future::join_all;
use outbox::testing::events;
use proto::service_complaint::v1::{
    ApprovalMatter, DeadlineApproaching, DeadlineEscalated, DeadlineFacts, DeadlineKind,
    DeadlineOverdue, LetterKind, LetterWords, OutcomeReply, PersonWrote, WrittenAbout,
};
use service_complaint::Swept;
use sqlx::PgPool;
use testkit::violations;
use tokio_util::sync::CancellationToken;

use crate::given::{World, a_world};
use crate::journey::Journey;
use crate::letters::send;

impl World {
    pub async fn sweep(&self) -> Swept {
        self.app.sweep(&CancellationToken::new()).await.unwrap()
    }
}

pub async fn approaching(db: &PgPool) -> Vec<DeadlineFacts> {
    let events = events::<DeadlineApproaching>(db).await;
    events.into_iter().filter_map(|it| it.facts).collect()
}

async fn counts(db: &PgPool) -> (usize, usize, usize) {
    (
        approaching(db).await.len(),
        events::<DeadlineOverdue>(db).await.len(),
        events::<DeadlineEscalated>(db).await.len(),
    )
}

/// 4.1: three working days before, the day after, and two working days after.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_each_step_is_told_once_however_often_is_swept(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    journey.assign(&world.investigator).await.unwrap();

    let mut seen = Vec::new();
    for day in [
        "2025-06-09",
        "2025-06-10",
        "2025-06-13",
        "2025-06-14",
        "2025-06-16",
        "2025-06-17",
        "2025-06-30",
    ] {
        world.on(day);
        world.sweep().await;
        world.sweep().await;
        seen.push(counts(&db).await);
    }

    assert_eq!(
        seen,
        [
            (0, 0, 0),
            (1, 0, 0),
            (1, 0, 0),
            (1, 1, 0),
            (1, 1, 0),
            (1, 1, 1),
            (1, 1, 1),
        ]
    );
    let facts = approaching(&db).await.remove(0);
    assert_eq!(facts.kind(), DeadlineKind::Acknowledgement);
    assert_eq!(facts.due_on, "2025-06-13");
    assert_eq!(facts.owner_id, world.investigator.id().to_string());
}

/// 4.9, 37.2
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_what_nobody_swept_for_days_is_told_once_of_its_furthest_step(db: PgPool) {
    let world = a_world(&db).await;
    world.recorded().await;

    world.on("2025-06-30");

    assert_eq!(
        world.sweep().await,
        Swept {
            escalated: 1,
            ..Swept::default()
        }
    );
    assert_eq!(world.sweep().await, Swept::default());
}

/// 4.9, 37.2
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_of_many_sweeps_at_once_one_tells(db: PgPool) {
    let world = a_world(&db).await;
    for _ in 0..20 {
        world.recorded().await;
    }
    world.on("2025-06-16");

    let swept = join_all((0..4).map(|_| world.sweep())).await;

    assert_eq!(swept.iter().map(|it| it.overdue).sum::<usize>(), 20);
    assert_eq!(counts(&db).await, (0, 20, 0));
}

/// 4.9: a promise is reminded of until it is kept, and a new date is a new promise.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_an_action_is_followed_until_it_is_done(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    journey
        .promise(&world.reviewer, "2025-06-20", "")
        .await
        .unwrap();
    let action = journey.complaint.actions[0].id.clone();

    world.on("2025-06-18");
    world.sweep().await;
    world.on("2025-06-23");
    world.sweep().await;
    journey
        .complete(&action, "2025-06-23", "The note of the call")
        .await
        .unwrap();
    let telling = journey.complaint.tellings[0].id.clone();
    journey
        .tell_of(&telling, "2025-06-23", "The same call")
        .await
        .unwrap();
    world.on("2025-07-23");
    world.sweep().await;

    // The action, and then the update about it.
    assert_eq!(counts(&db).await, (2, 1, 0));
    let facts = approaching(&db).await.remove(0);
    assert_eq!(facts.kind(), DeadlineKind::Action);
    assert_eq!(facts.action_id, action);
    assert_eq!(facts.owner_id, world.reviewer.id().to_string());
}

/// 44.1, and paragraph 42 of the report: the investigator follows up when nobody answers.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_an_outcome_that_nobody_confirmed_is_followed_up_once(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    world.on("2025-06-17");
    world.sweep().await;
    let kinds: Vec<_> = approaching(&db)
        .await
        .iter()
        .map(DeadlineFacts::kind)
        .collect();
    journey
        .no_reply("2025-06-16", "A call that nobody took")
        .await
        .unwrap();
    world.on("2025-06-18");
    world.sweep().await;

    assert_eq!(kinds, [DeadlineKind::OutcomeReply]);
    assert!(events::<DeadlineOverdue>(&db).await.is_empty());
}

/// 4.4: "We will provide regular updates on the progress, as required."
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_while_a_response_takes_longer_the_person_is_told_how_it_stands(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey
        .reply_to_outcome(OutcomeReply::Confirmed, "")
        .await
        .unwrap();
    journey.extend(10, "Waiting for records").await.unwrap();
    journey
        .ask(
            ApprovalMatter::FurtherExtension,
            "Records are lost",
            "2025-08-29",
        )
        .await
        .unwrap();
    let approval = journey.complaint.approvals[0].id.clone();
    let mut senior = journey.seen_by(world.client(world.senior.clone()));
    senior.judge(&approval, true).await.unwrap();

    // Ten working days from 10 June.
    world.on("2025-06-24");
    world.sweep().await;
    let due = approaching(&db).await;
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].kind(), DeadlineKind::ProgressUpdate);
    assert_eq!(due[0].due_on, "2025-06-24");

    journey.refresh().await;
    let tomorrow = journey.update("2025-06-25", "Still searching").await;
    let before = journey.update("2025-06-09", "Still searching").await;
    journey
        .update("2025-06-24", "Still searching")
        .await
        .unwrap();
    world.on("2025-07-08");
    world.sweep().await;

    for refused in [tomorrow, before] {
        assert_eq!(violations(&refused.unwrap_err())[0].0, "on");
    }
    let due: Vec<String> = approaching(&db)
        .await
        .into_iter()
        .map(|it| it.due_on)
        .collect();
    assert_eq!(due, ["2025-06-24", "2025-07-08"]);
}

/// 3.4: "agree suitable timescales for keeping the service user updated, should the response fall outside the timescales", and 20.2 of the report.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_a_response_that_is_overdue_owes_the_person_an_update(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey
        .reply_to_outcome(OutcomeReply::Confirmed, "")
        .await
        .unwrap();
    let updates = async || {
        let mut dates = Vec::new();
        for facts in approaching(&db).await {
            if facts.kind() == DeadlineKind::ProgressUpdate {
                dates.push(facts.due_on);
            }
        }
        dates
    };
    let update_due = |journey: &Journey| {
        let stage = journey.complaint.stage_1.clone();
        stage.unwrap_or_default().update_due_on
    };

    // The response is due on this day: nothing is said of an update before it is missed.
    world.on("2025-06-24");
    world.sweep().await;
    let before = updates().await;
    journey.refresh().await;
    assert_eq!((before.len(), update_due(&journey).as_str()), (0, ""));
    world.on("2025-06-25");
    world.sweep().await;
    journey.refresh().await;
    assert_eq!(update_due(&journey), "2025-06-26");
    journey
        .update("2025-06-25", "We are still reading the records")
        .await
        .unwrap();

    assert_eq!(update_due(&journey), "2025-07-09");
    world.on("2025-07-09");
    world.sweep().await;
    assert_eq!(updates().await, ["2025-06-26", "2025-07-09"]);
}

/// 4.3: "We will inform the service user of the extension", and 4.16 "at the earliest opportunity": within two working days.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_4_3_an_extension_is_reminded_of_until_the_person_knows(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    let mut told = world.investigated().await;
    let tell_by = |journey: &Journey| {
        let stage = journey.complaint.stage_1.clone();
        stage.and_then(|it| it.response).unwrap_or_default().tell_by
    };

    journey.extend(5, "Waiting for records").await.unwrap();
    told.extend(5, "Waiting for records").await.unwrap();
    assert_eq!(tell_by(&journey), "2025-06-12");
    told.tell("2025-06-10").await.unwrap();
    assert_eq!(tell_by(&told), "");
    world.sweep().await;
    world.on("2025-06-13");
    world.sweep().await;

    let facts = approaching(&db).await;
    let facts: Vec<_> = facts
        .iter()
        .filter(|it| it.kind() == DeadlineKind::Telling)
        .map(|it| (it.complaint_id.as_str(), it.due_on.as_str()))
        .collect();
    assert_eq!(facts, [(journey.complaint.id.as_str(), "2025-06-12")]);
    let overdue = events::<DeadlineOverdue>(&db).await;
    assert_eq!(overdue.len(), 1, "nobody told the person of one");
}

/// 4.4, 4.17: more time that a senior colleague gives is to be told as soon.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_4_4_more_time_that_a_senior_colleague_gives_is_due_to_be_told(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey.extend(10, "Waiting for records").await.unwrap();
    journey.tell("2025-06-10").await.unwrap();
    let matter = ApprovalMatter::FurtherExtension;
    journey
        .ask(matter, "Records are lost", "2025-08-29")
        .await
        .unwrap();
    let approval = journey.complaint.approvals[0].id.clone();
    let mut senior = journey.seen_by(world.client(world.senior.clone()));

    world.on("2025-06-13");
    senior.judge(&approval, true).await.unwrap();

    let response = senior.complaint.stage_1.unwrap().response.unwrap();
    assert_eq!(response.tell_by, "2025-06-17");
}

/// 4.21: "we acknowledge the correspondence and give relevant advice and guidance", in the time of every other acknowledgement.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_11_what_came_after_the_closing_is_reminded_of_until_it_is_answered(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    world.on("2025-07-07");
    journey.correspond("2025-07-02").await.unwrap();
    journey.correspond("2025-07-07").await.unwrap();
    let told = events::<PersonWrote>(&db).await;
    assert_eq!(
        (told.len(), told[0].about(), told[0].acknowledge_by.as_str()),
        (2, WrittenAbout::ClosedComplaint, "2025-07-09"),
        "counted from the first"
    );
    assert_eq!(told[1].acknowledge_by, "2025-07-09");
    assert_eq!(told[0].owner_id, "", "nobody handles it");

    world.sweep().await;
    world.on("2025-07-10");
    world.sweep().await;
    let facts = approaching(&db).await.remove(0);
    assert_eq!(counts(&db).await, (1, 1, 0));
    assert_eq!(
        (facts.kind(), facts.due_on.as_str()),
        (DeadlineKind::Correspondence, "2025-07-09")
    );

    // The four weeks are over by now, and what came within them is answered all the same.
    let mut letters = world.letters(world.investigator.clone());
    let words = LetterWords::default();
    send(&mut letters, &mut journey, LetterKind::AfterClosing, words)
        .await
        .unwrap();
    let late = journey.correspond("2025-07-10").await.unwrap();
    world.on("2025-07-31");
    world.sweep().await;

    assert!(!late, "it is filed");
    assert_eq!(counts(&db).await, (1, 1, 0));
    let last = events::<PersonWrote>(&db).await.remove(2);
    assert_eq!(last.acknowledge_by, "", "nobody waits for it");
}

/// 4.15: whoever asks for stage 2 is answered by its acknowledgement.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_11_a_request_for_stage_2_takes_the_place_of_what_was_written(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    journey.correspond("2025-06-10").await.unwrap();
    journey.ask_for_stage_2("2025-06-10", "").await.unwrap();

    world.on("2025-06-17");
    world.sweep().await;

    let kinds: Vec<_> = approaching(&db)
        .await
        .iter()
        .map(DeadlineFacts::kind)
        .collect();
    assert_eq!(kinds, [DeadlineKind::Acknowledgement]);
}
