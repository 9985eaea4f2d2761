//! The published period, driven through the front door day by day: the report's figures are those of the independent reviewer's report.

mod plan;

use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate};
use futures::{StreamExt as _, stream};
use proto::service_complaint::v1::{
    ApprovalMatter, DecideApprovalRequest, Decision, DrawSampleRequest, ExcludeRequest,
    ExclusionReason, ExtendResponseRequest, Measure, PeriodReport, RecordEnquiriesRequest,
    RecordToldRequest, RefusalGround, RejectEscalationRequest, RequestApprovalRequest, Standing,
};
use sqlx::PgPool;

use self::plan::{FIRST, INFORMALLY, LAST, Plan, Step, UPHELD_BY_TELEPHONE, caseload, diary};
use crate::desk::{Complaints, Desk, Drive, Oversight, a_complaint, apology, morning};
use crate::journey::PROOF;
use crate::reports::{check, report, value};

/// How many complaints are worked on at once. The database's test pool has as many connections.
const AT_ONCE: usize = 5;

/// Who works on the caseload.
#[derive(Clone)]
struct Team {
    investigators: [(Complaints, Oversight); 2],
    reviewer: testkit::Caller,
    senior: Complaints,
}

impl Team {
    fn of(desk: &Desk) -> Self {
        let person = |caller: &testkit::Caller| {
            (
                desk.complaints(caller.clone()),
                desk.oversight(caller.clone()),
            )
        };
        Self {
            investigators: [
                person(&desk.investigators[0]),
                person(&desk.investigators[1]),
            ],
            reviewer: desk.investigators[1].clone(),
            senior: desk.complaints(desk.senior.clone()),
        }
    }
}

impl Drive {
    /// Gives it to whoever handles its present stage.
    fn handed_to(&mut self, team: &Team) {
        let reviewed = self.complaint.standing() == Standing::Reviewed;
        (self.client, self.oversight) = team.investigators[usize::from(reviewed)].clone();
    }
}

/// Does what is planned for a day with a complaint, and gives it back.
async fn work(plan: &Plan, drive: Option<Drive>, day: NaiveDate, team: Team) -> (usize, Drive) {
    let mut held = drive;
    for (_, step) in plan.steps.iter().filter(|(on, _)| *on == day) {
        held = Some(match held {
            None => {
                let (client, oversight) = team.investigators[0].clone();
                Drive::start(client, oversight, a_complaint(plan.channel(), day)).await
            }
            Some(mut drive) => {
                drive.handed_to(&team);
                take(&mut drive, plan, step, day, &team).await;
                drive
            }
        });
    }
    (
        plan.number,
        held.expect("every plan begins with the recording"),
    )
}

async fn take(drive: &mut Drive, plan: &Plan, step: &Step, day: NaiveDate, team: &Team) {
    match step {
        Step::Record => unreachable!("it is recorded once"),
        Step::Define => define(drive, plan).await,
        Step::DefineAndAcknowledge => {
            define(drive, plan).await;
            drive.acknowledge(day).await.unwrap();
        }
        Step::ConfirmOutcome => drive.confirm_outcome().await,
        Step::Extend => extend(drive, day).await,
        Step::ExtendFurther { until } => extend_further(drive, day, *until, &team.senior).await,
        Step::Explain { stage, promise } => drive.explain(*stage, *promise).await.unwrap(),
        Step::Decide(decisions) => decide(drive, decisions).await,
        Step::AnswerStage1(decisions) => {
            decide(drive, decisions).await;
            drive.answer_stage_1(day).await.unwrap();
        }
        Step::Telephone => drive.resolve_by_telephone(day).await.unwrap(),
        Step::NotAccept => not_accept(drive, day).await,
        Step::AskForStage2 => drive.ask_for_stage_2(day).await,
        Step::AcceptStage2 => {
            (drive.client, drive.oversight) = team.investigators[1].clone();
            drive.accept(day, &team.reviewer).await;
        }
        Step::RejectStage2 => {
            (drive.client, drive.oversight) = team.investigators[1].clone();
            reject(drive, day).await;
        }
        Step::AnswerStage2(decision) => {
            drive.decide_all(2, &[*decision]).await;
            if *decision != Decision::NotUpheld {
                drive.offer(apology()).await;
            }
            drive.answer_stage_2(day).await.unwrap();
        }
    }
}

async fn define(drive: &mut Drive, plan: &Plan) {
    let elements = ["The first call", "The second call", "The letter"];
    drive
        .define(&elements[..plan.elements()], plan.complaint_type())
        .await;
}

async fn decide(drive: &mut Drive, decisions: &[Decision]) {
    drive.decide_all(1, decisions).await;
    if decisions.iter().any(|it| *it != Decision::NotUpheld) {
        drive.offer(apology()).await;
    }
}

pub async fn extend(drive: &mut Drive, day: NaiveDate) {
    let (complaint_id, version) = drive.target();
    let request = ExtendResponseRequest {
        complaint_id,
        version,
        working_days: 10,
        reason: "A colleague's account is awaited".to_owned(),
    };
    let done = drive.client.extend_response(request).await;
    drive.saw(done).unwrap();
    tell(drive, day).await;
}

async fn tell(drive: &mut Drive, day: NaiveDate) {
    let (complaint_id, version) = drive.target();
    let request = RecordToldRequest {
        complaint_id,
        version,
        on: day.to_string(),
        proof: "Letter of the same day".to_owned(),
    };
    let done = drive.client.record_told(request).await;
    drive.saw(done).unwrap();
}

pub async fn extend_further(
    drive: &mut Drive,
    day: NaiveDate,
    until: NaiveDate,
    senior: &Complaints,
) {
    let (complaint_id, version) = drive.target();
    let request = RequestApprovalRequest {
        complaint_id: complaint_id.clone(),
        version,
        matter: ApprovalMatter::FurtherExtension.into(),
        reason: "The caseworker is on leave".to_owned(),
        until: until.to_string(),
    };
    let asked = drive.client.request_approval(request).await;
    drive.saw(asked).unwrap();
    let request = DecideApprovalRequest {
        complaint_id,
        version: drive.complaint.version,
        approval_id: drive.complaint.approvals[0].id.clone(),
        agreed: true,
        comment: String::new(),
    };
    let decided = senior.clone().decide_approval(request).await;
    drive.saw(decided).unwrap();
    tell(drive, day).await;
}

async fn not_accept(drive: &mut Drive, day: NaiveDate) {
    let (complaint_id, version) = drive.target();
    let request = ExcludeRequest {
        complaint_id,
        version,
        reason: ExclusionReason::Decision.into(),
        details: "It is about the determination".to_owned(),
        on: day.to_string(),
        proof: PROOF.to_owned(),
        ..ExcludeRequest::default()
    };
    let done = drive.client.exclude(request).await;
    drive.saw(done).unwrap();
}

async fn reject(drive: &mut Drive, day: NaiveDate) {
    let (complaint_id, version) = drive.target();
    let request = RejectEscalationRequest {
        complaint_id,
        version,
        on: day.to_string(),
        reason: "It raises nothing that stage 1 did not cover".to_owned(),
        proof: PROOF.to_owned(),
        ground: RefusalGround::NothingNew.into(),
        ..RejectEscalationRequest::default()
    };
    let done = drive.client.reject_escalation(request).await;
    drive.saw(done).unwrap();
}

/// What the ombudsman received in each month, which is 10,511 in all. One month is corrected.
async fn count_enquiries(manager: &mut Oversight) {
    let counts = [
        ("2024-10", 1_752, ""),
        ("2024-11", 1_752, ""),
        ("2024-12", 1_571, ""),
        ("2024-12", 1_751, "Two digits were in the wrong order"),
        ("2025-01", 1_752, ""),
        ("2025-02", 1_752, ""),
        ("2025-03", 1_752, ""),
    ];
    for (month, received, reason) in counts {
        let request = RecordEnquiriesRequest {
            month: month.to_owned(),
            received,
            reason: reason.to_owned(),
        };
        manager.record_enquiries(request).await.unwrap();
    }
}

/// The report as it is read by people.
fn printed(report: &PeriodReport) -> String {
    let mut text = format!("Service complaints, {} to {}\n", report.from, report.to);
    let mut section = "";
    for figure in report.figures.iter().filter(|it| it.value != 0) {
        if figure.section != section {
            section = &figure.section;
            writeln!(text, "\n{section}").unwrap();
        }
        let pounds = if figure.measure() == Measure::Pounds {
            "£"
        } else {
            ""
        };
        let value = format!("{pounds}{}", figure.value);
        writeln!(text, "  {:<58}{value:>7}", figure.label).unwrap();
    }
    let share = report.closed_of_received.as_ref().unwrap();
    let (percent, tenths) = (share.tenths_of_percent / 10, share.tenths_of_percent % 10);
    let (part, whole) = (share.part, share.whole);
    writeln!(
        text,
        "\nClosed at both stages, as a share of what the Ombudsman received: {part} of {whole}, {percent}.{tenths} per cent"
    )
    .unwrap();
    text
}

/// How many plans have a step of a kind within the period.
fn planned(plans: &[Plan], wanted: impl Fn(&Step) -> bool) -> i64 {
    let period = FIRST.parse::<NaiveDate>().unwrap()..=LAST.parse().unwrap();
    let steps = plans.iter().flat_map(|it| &it.steps);
    let count = steps
        .filter(|(day, step)| period.contains(day) && wanted(step))
        .count();
    i64::try_from(count).unwrap()
}

/// 7.1, and the report of the independent reviewer for 1 October 2024 to 31 March 2025: 854 complaints closed at stage 1 and 9 at stage 2, 671
/// and 3 upheld or partially upheld, 8.2 per cent of the 10,511 enquiries and complaints received.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_the_report_of_the_published_period_has_the_published_figures(db: PgPool) {
    let plans = caseload();
    let diary = diary(&plans);
    let desk = Desk::open(&db, "2024-06-03").await;
    let mut team = Team::of(&desk);
    let mut drives: Vec<Option<Drive>> = plans.iter().map(|_| None).collect();

    for (day, numbers) in &diary {
        desk.clock.set(morning(*day));
        if day.day() <= 3 {
            // A server closes connections that grow old, and a busy machine takes minutes for a year.
            team = Team::of(&desk);
        }
        let due: Vec<_> = numbers
            .iter()
            .map(|number| (&plans[*number], drives[*number].take()))
            .collect();
        let worked: Vec<_> = stream::iter(due)
            .map(|(plan, drive)| work(plan, drive, *day, team.clone()))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for (number, drive) in worked {
            drives[number] = Some(drive);
        }
    }
    let mut manager = desk.oversight(desk.manager.clone());
    count_enquiries(&mut manager).await;
    let report = report(&mut manager, FIRST, LAST).await;
    println!("{}", printed(&report));

    for (key, published) in [
        ("closed.stage_one", 854),
        ("closed.stage_two", 9),
        ("upheld_or_partly.stage_one", 671),
        ("upheld_or_partly.stage_two", 3),
        ("enquiries", 10_511),
        ("not_accepted.decision", 20),
        ("escalation.rejected", 6),
        ("late.unexplained", 0),
        (
            "closed.informally",
            i64::try_from(INFORMALLY - UPHELD_BY_TELEPHONE).unwrap(),
        ),
    ] {
        assert_eq!(value(&report, key), published, "{key}");
    }
    let share = report.closed_of_received.clone().unwrap();
    assert_eq!((share.part, share.whole), (863, 10_511));
    assert_eq!(share.tenths_of_percent, 82);
    for (key, expected) in [
        (
            "extended.stage_one",
            planned(&plans, |it| matches!(it, Step::Extend)),
        ),
        (
            "extended_further.stage_one",
            planned(&plans, |it| matches!(it, Step::ExtendFurther { .. })),
        ),
        ("received", planned(&plans, |it| matches!(it, Step::Record))),
    ] {
        assert_eq!(value(&report, key), expected, "{key}");
        assert_ne!(expected, 0, "{key}");
    }
    let recount = check(&mut manager, FIRST, LAST).await;
    assert_eq!(recount.differences, []);
    let sample = DrawSampleRequest {
        from: FIRST.to_owned(),
        to: LAST.to_owned(),
        size: 12,
        seed: "4711".to_owned(),
        request_id: kit::id().to_string(),
    };
    let sample = manager.draw_sample(sample).await.unwrap().into_inner();
    assert_eq!((sample.complaints.len(), sample.population), (12, 858));
}
