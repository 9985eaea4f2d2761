//! The report of a period, the rows behind its figures, and the count that proves them (7.1).

use proto::service_complaint::v1::{
    Channel, CheckPeriodReportRequest, CheckPeriodReportResponse, CompensationLevel, ComplaintType,
    Decision, FigureRow, GetPeriodReportRequest, ListEnquiriesRequest, ListFigureRowsRequest,
    PeriodReport, Promise, RecordEnquiriesRequest, RecordLatenessRequest, Remedy, RemedyKind,
    TreatEscalationAsNewRequest,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::{Code, Status};

use crate::desk::{Desk, Drive, Oversight, a_complaint, apology};
use crate::journey::PROOF;

pub fn value(report: &PeriodReport, key: &str) -> i64 {
    let figure = report.figures.iter().find(|it| it.key == key);
    figure.unwrap_or_else(|| panic!("no figure {key}")).value
}

pub async fn report(client: &mut Oversight, from: &str, to: &str) -> PeriodReport {
    let request = GetPeriodReportRequest {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    client
        .get_period_report(request)
        .await
        .unwrap()
        .into_inner()
}

pub async fn check(client: &mut Oversight, from: &str, to: &str) -> CheckPeriodReportResponse {
    let request = CheckPeriodReportRequest {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    client
        .check_period_report(request)
        .await
        .unwrap()
        .into_inner()
}

async fn june(client: &mut Oversight) -> PeriodReport {
    report(client, "2025-06-01", "2025-06-30").await
}

fn enquiries(month: &str, received: i64, reason: &str) -> RecordEnquiriesRequest {
    RecordEnquiriesRequest {
        month: month.to_owned(),
        received,
        reason: reason.to_owned(),
    }
}

fn rows_of(figure: &str, page_token: &str) -> ListFigureRowsRequest {
    ListFigureRowsRequest {
        from: "2025-06-01".to_owned(),
        to: "2025-06-30".to_owned(),
        figure: figure.to_owned(),
        page_size: 2,
        page_token: page_token.to_owned(),
    }
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

/// A complaint of 2 June 2025 that was acknowledged a day late, on 10 June.
async fn acknowledged_late(desk: &Desk) -> Drive {
    desk.on("2025-06-02");
    let mut drive = desk.recorded().await;
    drive.define(&["The call"], ComplaintType::NoService).await;
    desk.on("2025-06-10");
    drive.acknowledge(day("2025-06-10")).await.unwrap();
    drive
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_a_stage_is_not_closed_while_a_late_promise_of_it_has_no_reason(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-02").await;
    let mut drive = acknowledged_late(&desk).await;
    drive.decide_all(1, &[Decision::NotUpheld]).await;

    let refused = drive.answer_stage_1(day("2025-06-10")).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "LATENESS_UNEXPLAINED");
    assert!(
        refused.message().contains("stage 1 acknowledgement"),
        "{refused}"
    );
    let call = drive
        .resolve_by_telephone(day("2025-06-10"))
        .await
        .unwrap_err();
    assert_eq!(reason(&call), "LATENESS_UNEXPLAINED");

    drive.explain(1, Promise::Acknowledgement).await.unwrap();
    drive.answer_stage_1(day("2025-06-10")).await.unwrap();

    let stage = drive.complaint.stage_1.clone().unwrap();
    let lateness = stage.acknowledgement.unwrap().lateness.unwrap();
    assert_eq!(lateness.reason, "Two colleagues were ill");
    assert_eq!(lateness.recorded_by, "Ines Vestey");
    let report = june(&mut drive.oversight).await;
    assert_eq!(value(&report, "acknowledgement.stage_one.late"), 1);
    assert_eq!(value(&report, "response.stage_one.in_time"), 1);
    assert_eq!(value(&report, "late.workload"), 1);
    assert_eq!(value(&report, "late.unexplained"), 0);
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_only_what_is_late_is_explained_and_only_once(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-02").await;
    let mut drive = acknowledged_late(&desk).await;

    let in_time = drive.explain(1, Promise::Response).await.unwrap_err();
    let no_stage_2 = drive.explain(2, Promise::Response).await.unwrap_err();
    drive.explain(1, Promise::Acknowledgement).await.unwrap();
    let twice = drive
        .explain(1, Promise::Acknowledgement)
        .await
        .unwrap_err();
    let (complaint_id, version) = drive.target();
    let nothing = RecordLatenessRequest {
        complaint_id,
        version,
        ..RecordLatenessRequest::default()
    };
    let nothing = drive.oversight.record_lateness(nothing).await.unwrap_err();

    assert_eq!(reason(&in_time), "NOT_LATE");
    assert_eq!(reason(&no_stage_2), "NOT_LATE");
    assert_eq!(reason(&twice), "EXPLAINED_BEFORE");
    let fields: Vec<String> = violations(&nothing).into_iter().map(|it| it.0).collect();
    assert_eq!(fields, ["stage", "promise", "cause", "reason"]);
}

/// A caseload of June 2025 in which most figures are not nought.
pub async fn a_caseload(desk: &Desk) {
    let mut upheld = desk.investigated().await;
    upheld.decide_all(1, &[Decision::Upheld]).await;
    upheld.offer(apology()).await;
    upheld
        .offer(Remedy {
            kind: RemedyKind::Compensation.into(),
            text: "£75 for the delay".to_owned(),
            level: CompensationLevel::ServiceFailure.into(),
            pounds: 75,
            ..Remedy::default()
        })
        .await;
    upheld.promise(&desk.manager, "2025-06-20").await;
    upheld.answer_stage_1(day("2025-06-10")).await.unwrap();

    let mut second = desk.answered(Decision::NotUpheld).await;
    second.ask_for_stage_2(day("2025-06-10")).await;
    second.client = desk.complaints(desk.investigators[1].clone());
    second
        .accept(day("2025-06-10"), &desk.investigators[1])
        .await;
    second.decide_all(2, &[Decision::PartiallyUpheld]).await;
    second.offer(apology()).await;
    second.answer_stage_2(day("2025-06-10")).await.unwrap();

    let mut call = desk.recorded().await;
    call.define(&["The call was not made"], ComplaintType::Unspecified)
        .await;
    call.resolve_by_telephone(day("2025-06-10")).await.unwrap();
    desk.investigated().await;
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_the_report_counts_what_was_closed_found_and_offered(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    Box::pin(a_caseload(&desk)).await;

    let report = june(&mut desk.oversight(desk.reviewer.clone())).await;

    let expected = [
        ("received", 4),
        ("received.channel.telephone", 4),
        ("received.channel.email", 0),
        ("received.type.no_service", 3),
        ("received.type.unrecorded", 1),
        ("closed.stage_one", 3),
        ("closed.stage_two", 1),
        ("closed.informally", 1),
        ("upheld_or_partly.stage_one", 1),
        ("upheld_or_partly.stage_two", 1),
        ("outcome.stage_one.not_upheld", 1),
        ("outcome.stage_two.partially_upheld", 1),
        ("element.stage_one.upheld", 1),
        ("element.stage_two.partially_upheld", 1),
        ("escalation.requested", 1),
        ("escalation.accepted", 1),
        ("escalation.rejected", 0),
        ("acknowledgement.stage_one.in_time", 4),
        ("response.stage_two.in_time", 1),
        ("remedy.apology", 2),
        ("remedy.compensation", 1),
        ("compensation.service_failure", 75),
        ("missing.outcome_reply", 3),
        ("element.stage_one.undecided", 1),
        ("missing.contact", 0),
        ("missing.type", 1),
    ];
    for (key, count) in expected {
        assert_eq!(value(&report, key), count, "{key}");
    }
    assert_eq!(report.months, ["2025-06"]);
    let closed = report
        .figures
        .iter()
        .find(|it| it.key == "closed.stage_one");
    assert_eq!(closed.unwrap().by_month, [3]);
    let next = &mut desk.oversight(desk.manager.clone());
    let july = self::report(next, "2025-07-01", "2025-07-31").await;
    assert_eq!(value(&july, "closed.stage_one"), 0);
    assert_eq!(value(&july, "overdue.response.stage_one"), 1);
}

/// 4.8, and the reviewer's cases 6 and 9: closed by a call, and upheld.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_4_8_a_call_that_follows_the_findings_counts_with_its_outcome(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let today = day("2025-06-10");
    for decision in [Decision::Upheld, Decision::NotUpheld] {
        let mut call = desk.investigated().await;
        call.decide_all(1, &[decision]).await;
        call.offer(apology()).await;
        call.resolve_by_telephone(today).await.unwrap();
    }
    desk.investigated()
        .await
        .resolve_by_telephone(today)
        .await
        .unwrap();
    for decided in [true, false] {
        let mut second = desk.answered(Decision::NotUpheld).await;
        second.ask_for_stage_2(today).await;
        second.client = desk.complaints(desk.investigators[1].clone());
        second.accept(today, &desk.investigators[1]).await;
        if decided {
            second.decide_all(2, &[Decision::PartiallyUpheld]).await;
            second.offer(apology()).await;
        }
        second.resolve_by_telephone(today).await.unwrap();
    }

    let mut reviewer = desk.oversight(desk.reviewer.clone());
    let report = june(&mut reviewer).await;

    for (key, count) in [
        ("closed.stage_one", 5),
        ("closed.stage_two", 2),
        ("closed.informally", 2),
        ("upheld_or_partly.stage_one", 1),
        ("upheld_or_partly.stage_two", 1),
        ("outcome.stage_one.upheld", 1),
        ("outcome.stage_one.not_upheld", 3),
        ("outcome.stage_two.partially_upheld", 1),
        ("element.stage_one.undecided", 1),
        ("element.stage_two.undecided", 1),
    ] {
        assert_eq!(value(&report, key), count, "{key}");
    }
    let checked = check(&mut reviewer, "2025-06-01", "2025-06-30").await;
    assert_eq!(checked.differences, []);
    // An outcome that is lost from the record is found by what was decided.
    sqlx::query(
        "update stages set outcome = null, answered_on = null where stage = 'one' and outcome = 'upheld'",
    )
    .execute(&db)
    .await
    .unwrap();
    let lost = check(&mut reviewer, "2025-06-01", "2025-06-30").await;
    let lost = lost.differences.iter().map(|it| it.figure.as_str());
    assert_eq!(
        lost.collect::<Vec<_>>(),
        [
            "closed.informally",
            "outcome.stage_one.upheld",
            "upheld_or_partly.stage_one"
        ]
    );
}

/// 4.13.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_a_request_for_stage_2_that_is_a_new_complaint_is_counted_as_that(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut drive = desk.answered(Decision::NotUpheld).await;
    drive.ask_for_stage_2(day("2025-06-10")).await;
    let (complaint_id, version) = drive.target();
    let request = TreatEscalationAsNewRequest {
        complaint_id,
        version,
        on: "2025-06-10".to_owned(),
        proof: PROOF.to_owned(),
    };
    let mut colleague = desk.complaints(desk.investigators[1].clone());
    colleague.treat_escalation_as_new(request).await.unwrap();

    let mut reviewer = desk.oversight(desk.reviewer.clone());
    let report = june(&mut reviewer).await;

    assert_eq!(value(&report, "escalation.requested"), 1);
    assert_eq!(value(&report, "escalation.treated_as_new"), 1);
    assert_eq!(value(&report, "escalation.accepted"), 0);
    assert_eq!(value(&report, "escalation.rejected"), 0);
    assert_eq!(value(&report, "received"), 2);
    let checked = check(&mut reviewer, "2025-06-01", "2025-06-30").await;
    assert_eq!(checked.differences, []);
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_each_figure_is_reconciled_to_the_rows_behind_it(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    Box::pin(a_caseload(&desk)).await;
    let mut client = desk.oversight(desk.reviewer.clone());

    for figure in june(&mut client).await.figures {
        let mut rows: Vec<FigureRow> = Vec::new();
        let mut token = String::new();
        loop {
            let page = client.list_figure_rows(rows_of(&figure.key, &token)).await;
            let mut page = page.unwrap().into_inner();
            rows.append(&mut page.rows);
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(
            i64::try_from(rows.len()).unwrap(),
            figure.rows,
            "{}",
            figure.key
        );
        let sum: i64 = rows.iter().map(|it| it.amount).sum();
        assert_eq!(sum, figure.value, "{}", figure.key);
        assert!(
            rows.iter().all(|it| !it.reference.is_empty()),
            "{}",
            figure.key
        );
    }
    let unknown = client.list_figure_rows(rows_of("weather", "")).await;
    assert_eq!(reason(&unknown.unwrap_err()), "NO_SUCH_FIGURE");
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_a_difference_that_was_planted_in_the_records_is_found_and_named(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    Box::pin(a_caseload(&desk)).await;
    let mut client = desk.oversight(desk.reviewer.clone());
    let clean = check(&mut client, "2025-06-01", "2025-06-30").await;
    assert_eq!(clean.differences, []);
    assert_eq!(clean.complaints, 4);
    assert!(clean.figures > 90, "{}", clean.figures);

    let reference: String = sqlx::query_scalar(
        "with planted as (
             update stages set outcome = 'not_upheld' where stage = 'one' and outcome = 'upheld' returning complaint_id)
         select reference from complaints c join planted p on p.complaint_id = c.id",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    let found = check(&mut client, "2025-06-01", "2025-06-30")
        .await
        .differences;

    let named: Vec<(&str, i64, i64)> = found
        .iter()
        .map(|it| (it.figure.as_str(), it.reported, it.recounted))
        .collect();
    assert_eq!(
        named,
        [
            ("outcome.stage_one.not_upheld", 2, 1),
            ("outcome.stage_one.upheld", 0, 1),
            ("upheld_or_partly.stage_one", 0, 1),
        ]
    );
    assert!(found.iter().all(|it| it.subjects == [reference.clone()]));
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_a_response_with_another_date_than_its_ledger_is_found(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    Box::pin(a_caseload(&desk)).await;
    sqlx::query("update stages set answered_on = '2025-05-31' where stage = 'two'")
        .execute(&db)
        .await
        .unwrap();

    let mut client = desk.oversight(desk.reviewer.clone());
    let found = check(&mut client, "2025-06-01", "2025-06-30")
        .await
        .differences;

    let closed = found.iter().find(|it| it.figure == "closed.stage_two");
    let closed = closed.unwrap();
    assert_eq!((closed.reported, closed.recounted), (0, 1));
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_enquiries_are_counted_by_month_and_corrected_with_a_reason_never_silently(
    db: PgPool,
) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut manager = desk.oversight(desk.manager.clone());

    let first = manager
        .record_enquiries(enquiries("2025-05", 1_700, ""))
        .await;
    assert_eq!(first.unwrap().into_inner().revision, 1);
    let same = manager
        .record_enquiries(enquiries("2025-05", 1_700, ""))
        .await;
    assert_eq!(same.unwrap().into_inner().revision, 1);
    let silent = manager
        .record_enquiries(enquiries("2025-05", 1_752, ""))
        .await;
    assert_eq!(reason(&silent.unwrap_err()), "COUNTED_BEFORE");
    let why = "Letters were left out";
    let corrected = manager
        .record_enquiries(enquiries("2025-05", 1_752, why))
        .await;
    assert_eq!(corrected.unwrap().into_inner().revision, 2);
    let ahead = manager.record_enquiries(enquiries("2025-07", 1, "")).await;
    assert_eq!(reason(&ahead.unwrap_err()), "IN_THE_FUTURE");

    let page = |page_token: String| ListEnquiriesRequest {
        page_size: 1,
        page_token,
    };
    let newest = manager
        .list_enquiries(page(String::new()))
        .await
        .unwrap()
        .into_inner();
    let oldest = manager.list_enquiries(page(newest.next_page_token)).await;
    let oldest = oldest.unwrap().into_inner();
    assert_eq!(newest.counts[0].reason, why);
    assert_eq!(
        (oldest.counts[0].received, oldest.next_page_token.as_str()),
        (1_700, "")
    );
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_there_is_no_share_of_enquiries_that_were_not_counted(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    Box::pin(a_caseload(&desk)).await;
    let mut manager = desk.oversight(desk.manager.clone());

    let uncounted = june(&mut manager).await.closed_of_received.unwrap();
    assert_eq!(uncounted.missing_months, ["2025-06"]);
    assert_ne!(uncounted.note, "");
    manager
        .record_enquiries(enquiries("2025-06", 50, ""))
        .await
        .unwrap();
    let counted = june(&mut manager).await.closed_of_received.unwrap();
    assert_eq!(
        (counted.part, counted.whole, counted.tenths_of_percent),
        (4, 50, 80)
    );
    assert_eq!(counted.note, "");
    let cut_short = report(&mut manager, "2025-06-01", "2025-06-29").await;
    assert_ne!(cut_short.closed_of_received.unwrap().note, "");
    let recount = check(&mut manager, "2025-06-01", "2025-06-29").await;
    assert_eq!(recount.differences, []);
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_a_program_counts_enquiries_and_reads_no_report(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut program = desk.oversight(testkit::a_client(&["service-complaints"]));
    let mut investigator = desk.oversight(desk.investigators[0].clone());
    let request = GetPeriodReportRequest {
        from: "2025-06-01".to_owned(),
        to: "2025-06-30".to_owned(),
    };

    program
        .record_enquiries(enquiries("2025-05", 1_700, ""))
        .await
        .unwrap();
    let report = program
        .get_period_report(request.clone())
        .await
        .unwrap_err();
    let count = investigator
        .record_enquiries(enquiries("2025-05", 1, "x"))
        .await
        .unwrap_err();
    let caseworker = desk
        .oversight(testkit::a_caseworker())
        .get_period_report(request)
        .await;

    for refused in [report, count, caseworker.unwrap_err()] {
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_a_period_is_in_order_and_of_up_to_three_years(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut client = desk.oversight(desk.reviewer.clone());
    let mut ask = async |from: &str, to: &str| -> Status {
        let request = GetPeriodReportRequest {
            from: from.to_owned(),
            to: to.to_owned(),
        };
        client.get_period_report(request).await.unwrap_err()
    };

    assert_eq!(reason(&ask("2025-06-02", "2025-06-01").await), "BACKWARDS");
    assert_eq!(reason(&ask("2020-01-01", "2025-06-01").await), "TOO_LONG");
    assert_eq!(violations(&ask("June", "").await).len(), 2);
}

/// 7.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_the_type_is_kept_when_a_definition_does_not_speak_of_it(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let client = desk.complaints(desk.investigators[0].clone());
    let oversight = desk.oversight(desk.investigators[0].clone());
    let request = a_complaint(Channel::Email, day("2025-06-09"));
    let mut drive = Drive::start(client, oversight, request).await;

    drive
        .define(&["The tone of a call"], ComplaintType::Conduct)
        .await;
    drive
        .define(&["The tone of a call"], ComplaintType::Unspecified)
        .await;

    assert_eq!(drive.complaint.complaint_type(), ComplaintType::Conduct);
}
