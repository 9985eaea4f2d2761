//! The rows behind figures, in words; and the figures of what was promised and asked for (4.30, 1.3, 2.3).

use proto::service_complaint::v1::{
    AnswerServiceRequestRequest, Channel, CompensationLevel, ComplaintType, CompleteActionRequest,
    Decision, FigureRow, ListFigureRowsRequest, Promise, Remedy, RemedyKind, ServiceRequest,
    TurnIntoComplaintRequest, WithdrawActionRequest,
};
use sqlx::PgPool;

use crate::desk::{Desk, Drive, Oversight, apology};
use crate::learning::a_lesson;
use crate::period::{extend, extend_further};
use crate::reports::{check, report, value};
use crate::requests::a_request;

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

/// The rows behind a figure of June and July 2025.
async fn rows(client: &mut Oversight, figure: &str) -> Vec<FigureRow> {
    let request = ListFigureRowsRequest {
        from: "2025-06-01".to_owned(),
        to: "2025-07-31".to_owned(),
        figure: figure.to_owned(),
        ..ListFigureRowsRequest::default()
    };
    let listed = client.list_figure_rows(request).await.unwrap();
    listed.into_inner().rows
}

async fn words(client: &mut Oversight, figure: &str) -> Vec<String> {
    let rows = rows(client, figure).await.into_iter();
    rows.map(|it| it.about).collect()
}

fn compensation() -> Remedy {
    Remedy {
        kind: RemedyKind::Compensation.into(),
        text: "For the delay".to_owned(),
        level: CompensationLevel::ServiceFailure.into(),
        pounds: 75,
        ..Remedy::default()
    }
}

/// A complaint that was acknowledged late, extended twice and upheld.
async fn an_eventful_complaint(desk: &Desk) -> Drive {
    desk.on("2025-06-02");
    let mut drive = desk.recorded().await;
    let elements = ["The call was not made"];
    drive.define(&elements, ComplaintType::NoService).await;
    desk.on("2025-06-10");
    drive.acknowledge(day("2025-06-10")).await.unwrap();
    drive.explain(1, Promise::Acknowledgement).await.unwrap();
    extend(&mut drive, day("2025-06-10")).await;
    let senior = desk.complaints(desk.senior.clone());
    extend_further(&mut drive, day("2025-06-10"), day("2025-07-18"), &senior).await;
    drive.decide_all(1, &[Decision::Upheld]).await;
    drive.offer(apology()).await;
    drive.offer(compensation()).await;
    drive.promise(&desk.manager, "2025-06-20").await;
    drive.answer_stage_1(day("2025-06-10")).await.unwrap();
    let lesson = a_lesson(&drive.complaint.id, &desk.manager);
    drive.oversight.record_lesson(lesson).await.unwrap();
    drive
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_7_1_each_row_behind_a_figure_says_in_words_what_it_is_about(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-02").await;
    let drive = Box::pin(an_eventful_complaint(&desk)).await;
    let mut reviewer = desk.oversight(desk.reviewer.clone());

    let element = words(&mut reviewer, "element.stage_one.upheld").await;
    assert!(
        element[0].starts_with("The call was not made"),
        "{element:?}"
    );
    for (figure, about) in [
        ("remedy.apology", "An apology for the delay"),
        ("remedy.compensation", "£75: For the delay"),
        ("compensation.service_failure", "£75: For the delay"),
        ("action.open", "For the delay. Owner: Max Manager"),
        (
            "lesson.delay",
            "Calls are promised for days on which nobody calls. Owner: Max Manager",
        ),
        (
            "extended.stage_one",
            "Until 8 July 2025, approved by Ines Vestey: A colleague's account is awaited",
        ),
        (
            "extended_further.stage_one",
            "Until 18 July 2025, approved by Sean Orr: The caseworker is on leave",
        ),
        (
            "late.workload",
            "Acknowledgement at stage 1, due on 9 June 2025: Two colleagues were ill",
        ),
        (
            "acknowledgement.stage_one.late",
            "Due on 9 June 2025: Two colleagues were ill",
        ),
        ("response.stage_one.in_time", "Due on 18 July 2025"),
        ("received", ""),
    ] {
        assert_eq!(words(&mut reviewer, figure).await, [about], "{figure}");
    }
    let closed = rows(&mut reviewer, "closed.stage_one").await;
    assert_eq!(closed[0].reference, drive.complaint.reference);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_7_1_a_late_row_without_a_reason_says_that_there_is_none(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-02").await;
    let mut drive = desk.recorded().await;
    drive.define(&["The call"], ComplaintType::NoService).await;
    desk.on("2025-06-10");
    drive.acknowledge(day("2025-06-10")).await.unwrap();

    let mut reviewer = desk.oversight(desk.reviewer.clone());

    assert_eq!(
        words(&mut reviewer, "late.unexplained").await,
        ["Acknowledgement at stage 1, due on 9 June 2025: no reason recorded"]
    );
}

/// An upheld complaint with an action for each of these dates.
async fn promised(desk: &Desk, due_on: &[&str]) -> Drive {
    let mut drive = desk.investigated().await;
    drive.decide_all(1, &[Decision::Upheld]).await;
    drive.offer(apology()).await;
    for due_on in due_on {
        drive.promise(&desk.manager, due_on).await;
    }
    drive.answer_stage_1(day("2025-06-10")).await.unwrap();
    drive
}

impl Drive {
    fn action_due(&self, due_on: &str) -> String {
        let actions = &mut self.complaint.actions.iter();
        let due = |it: &&proto::service_complaint::v1::Action| {
            it.deadline.as_ref().is_some_and(|it| it.due_on == due_on)
        };
        actions.find(due).unwrap().id.clone()
    }

    async fn complete(&mut self, due_on: &str, on: &str) {
        let (complaint_id, version) = self.target();
        let request = CompleteActionRequest {
            complaint_id,
            version,
            action_id: self.action_due(due_on),
            on: on.to_owned(),
            evidence: "The letter was sent".to_owned(),
        };
        let done = self.client.complete_action(request).await;
        self.saw(done).unwrap();
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_4_30_the_delivery_of_remedies_is_counted_by_due_date_and_agrees_with_the_ledgers(
    db: PgPool,
) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let due = [
        "2025-06-17",
        "2025-06-18",
        "2025-06-19",
        "2025-06-20",
        "2025-07-01",
    ];
    let mut drive = promised(&desk, &due).await;
    desk.on("2025-06-20");
    drive.complete("2025-06-17", "2025-06-17").await;
    drive.complete("2025-06-18", "2025-06-20").await;
    let (complaint_id, version) = drive.target();
    let withdraw = WithdrawActionRequest {
        complaint_id,
        version,
        action_id: drive.action_due("2025-06-19"),
        reason: "The person no longer wants it".to_owned(),
    };
    let withdrawn = drive.client.withdraw_action(withdraw).await;
    drive.saw(withdrawn).unwrap();
    desk.on("2025-07-03");
    drive.complete("2025-06-20", "2025-07-02").await;

    let mut reviewer = desk.oversight(desk.reviewer.clone());
    let june = report(&mut reviewer, "2025-06-01", "2025-06-30").await;
    let july = report(&mut reviewer, "2025-07-01", "2025-07-01").await;

    let counts = |report| {
        ["in_time", "late", "open", "open_before"].map(|it| value(report, &format!("action.{it}")))
    };
    assert_eq!(counts(&june), [1, 1, 1, 0]);
    assert_eq!(counts(&july), [0, 0, 1, 1]);
    // What June left open is told of where it was done.
    let after = report(&mut reviewer, "2025-07-02", "2025-07-03").await;
    assert_eq!(value(&after, "action.done_after"), 1);
    assert_eq!(counts(&after), [0, 0, 0, 1]);
    let late = words(&mut reviewer, "action.late").await;
    assert_eq!(
        late,
        [
            "An apology for the delay. Owner: Max Manager. Done on 20 June 2025",
            "An apology for the delay. Owner: Max Manager. Done on 2 July 2025",
        ]
    );
    for (from, to) in [
        ("2025-06-01", "2025-06-30"),
        ("2025-07-01", "2025-07-01"),
        ("2025-07-02", "2025-07-03"),
    ] {
        assert_eq!(check(&mut reviewer, from, to).await.differences, []);
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_4_30_an_action_with_another_due_date_than_its_ledger_is_no_figures_business(
    db: PgPool,
) {
    let desk = Desk::open(&db, "2025-06-10").await;
    promised(&desk, &["2025-06-20"]).await;
    sqlx::query("update actions set due_on = '2025-08-01'")
        .execute(&db)
        .await
        .unwrap();

    let mut reviewer = desk.oversight(desk.reviewer.clone());
    let june = report(&mut reviewer, "2025-06-01", "2025-06-30").await;

    assert_eq!(value(&june, "action.open"), 1, "the ledger alone says when");
}

async fn asked(desk: &Desk) -> ServiceRequest {
    let mut client = desk.requests(desk.investigators[0].clone());
    let recorded = client.record_service_request(a_request()).await;
    recorded.unwrap().into_inner()
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_2_3_service_requests_are_counted_until_they_are_answered_or_a_complaint(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let (answered, complained, open) = (asked(&desk).await, asked(&desk).await, asked(&desk).await);
    desk.on("2025-07-02");
    let mut client = desk.requests(desk.investigators[0].clone());
    let answer = AnswerServiceRequestRequest {
        service_request_id: answered.id,
        version: answered.version,
        on: "2025-06-12".to_owned(),
        answer: "We called.".to_owned(),
        findings_confirmed: false,
    };
    client.answer_service_request(answer).await.unwrap();
    let turn = TurnIntoComplaintRequest {
        service_request_id: complained.id,
        version: complained.version,
        channel: Channel::Email.into(),
        summary: "Nobody called.".to_owned(),
        received_on: "2025-07-01".to_owned(),
    };
    client.turn_into_complaint(turn).await.unwrap();

    let mut reviewer = desk.oversight(desk.reviewer.clone());
    let june = report(&mut reviewer, "2025-06-01", "2025-06-30").await;
    let july = report(&mut reviewer, "2025-07-01", "2025-07-31").await;

    let counts = |report| {
        ["received", "answered", "complaint", "open"]
            .map(|it| value(report, &format!("request.{it}")))
    };
    assert_eq!(counts(&june), [3, 1, 0, 2]);
    assert_eq!(counts(&july), [0, 0, 1, 1]);
    let left = rows(&mut reviewer, "request.open").await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].item, open.reference);
    assert_eq!(left[0].about, "Please call me about my case.");
    for (from, to) in [("2025-06-01", "2025-06-30"), ("2025-07-01", "2025-07-31")] {
        assert_eq!(check(&mut reviewer, from, to).await.differences, []);
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_2_3_a_request_that_is_counted_by_one_count_alone_is_named(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let request = asked(&desk).await;
    // A complaint of an earlier date than its own ledger closes the request too early.
    let mut client = desk.requests(desk.investigators[0].clone());
    let turn = TurnIntoComplaintRequest {
        service_request_id: request.id,
        version: request.version,
        channel: Channel::Email.into(),
        summary: "Nobody called.".to_owned(),
        received_on: "2025-06-10".to_owned(),
    };
    client.turn_into_complaint(turn).await.unwrap();
    sqlx::query("update complaints set received_on = '2025-05-31'")
        .execute(&db)
        .await
        .unwrap();

    let mut reviewer = desk.oversight(desk.reviewer.clone());
    let checked = check(&mut reviewer, "2025-06-01", "2025-06-30").await;

    let found = checked.differences.iter();
    let found = found.clone().find(|it| it.figure == "request.complaint");
    let found = found.unwrap();
    assert_eq!((found.reported, found.recounted), (0, 1));
    assert_eq!(found.subjects, [request.reference]);
}
