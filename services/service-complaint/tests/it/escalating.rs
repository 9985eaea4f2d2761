//! Stage 2 (4.10 to 4.20).

use proto::access::v1::Role;
use proto::service_complaint::v1::{
    ApprovalMatter, CheckPeriodReportRequest, ComplaintStep, Decision, EndingKind,
    EscalationAccepted, EscalationRequested, ExclusionReason, ListApprovalsRequest,
    ListFigureRowsRequest, RefusalGround, RequestEscalationRequest, RewordElementRequest, Standing,
};
use sqlx::PgPool;
use testkit::{reason, violations};

use crate::given::a_world;
use crate::journey::an_apology;

/// 4.12: within four weeks of the response, to the day.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_stage_2_is_asked_for_within_four_weeks_or_by_discretion(db: PgPool) {
    let world = a_world(&db).await;
    let mut in_time = world.answered().await;
    let mut late = world.answered().await;

    world.on("2025-07-08");
    in_time.ask_for_stage_2("2025-07-08", "").await.unwrap();
    world.on("2025-07-09");
    let refused = late.ask_for_stage_2("2025-07-09", "").await.unwrap_err();
    late.ask_for_stage_2("2025-07-09", "The person was in hospital")
        .await
        .unwrap();

    assert_eq!(reason(&refused), "WINDOW_CLOSED");
    let stage = late.complaint.stage_2.clone().unwrap();
    assert_eq!(stage.discretion, "The person was in hospital");
    assert_eq!(late.complaint.standing(), Standing::Requested);
    // 4.15: five working days from the request.
    let stage = in_time.complaint.stage_2.clone().unwrap();
    assert_eq!(stage.acknowledgement.unwrap().due_on, "2025-07-15");
    let announced = outbox::testing::events::<EscalationRequested>(&db).await;
    assert_eq!(announced.len(), 2);
}

/// 4.10, 4.12: with reasons, and with what was missed.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_a_request_for_stage_2_has_reasons_and_points(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    let request = RequestEscalationRequest {
        on: "2025-06-10".to_owned(),
        reasons: " ".to_owned(),
        elements: vec!["The second call".to_owned()],
        ..RequestEscalationRequest::default()
    };
    let pointless = RequestEscalationRequest {
        reasons: "It was not looked at".to_owned(),
        elements: Vec::new(),
        ..request.clone()
    };

    let silent = journey.request_escalation(request).await.unwrap_err();
    let pointless = journey.request_escalation(pointless).await.unwrap_err();

    assert_eq!(violations(&silent)[0].0, "reasons");
    assert_eq!(violations(&pointless)[0].0, "elements");
    journey.refresh().await;
    assert_eq!(journey.complaint.standing(), Standing::Answered);
}

/// 4.15: a colleague who had no part in stage 1, computed from who touched it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_stage_2_goes_to_nobody_who_had_a_part_in_stage_1(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.requested().await;

    let by_who_investigated = journey
        .accept("2025-06-10", &world.investigator)
        .await
        .unwrap_err();
    let assigned = journey.assign(&world.investigator).await.unwrap_err();
    journey.accept("2025-06-10", &world.reviewer).await.unwrap();
    let later = journey.assign(&world.investigator).await.unwrap_err();

    for refused in [by_who_investigated, assigned, later] {
        assert_eq!(reason(&refused), "INVOLVED_BEFORE");
    }
    assert_eq!(journey.complaint.standing(), Standing::Reviewed);
    let stage = journey.complaint.stage_2.clone().unwrap();
    assert_eq!(stage.handler_id, world.reviewer.id().to_string());
    // 4.16: twenty working days from the acknowledgement.
    assert_eq!(stage.response.unwrap().due_on, "2025-07-08");
    let announced = outbox::testing::events::<EscalationAccepted>(&db).await;
    assert_eq!(announced[0].response_due_on, "2025-07-08");
}

/// 4.13, 4.14
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_a_rejected_request_ends_the_procedure(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.requested().await;
    let mut journey = journey.seen_by(world.client(world.reviewer.clone()));

    let silent = journey.reject("2025-06-10", "").await.unwrap_err();
    journey
        .reject("2025-06-10", "It raises nothing that stage 1 left out.")
        .await
        .unwrap();
    let again = journey.ask_for_stage_2("2025-06-10", "").await.unwrap_err();

    assert_eq!(violations(&silent)[0].0, "reason");
    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::EscalationRejected);
    assert_eq!(reason(&again), "WRONG_STANDING");
}

/// 4.13: a request that is a new complaint starts a clock of its own.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_a_request_can_be_a_new_complaint(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.requested().await;
    let mut journey = journey.seen_by(world.client(world.reviewer.clone()));

    let new = journey.treat_as_new("2025-06-10").await.unwrap();
    let again = journey.ask_for_stage_2("2025-06-10", "").await.unwrap_err();

    assert_eq!(journey.complaint.standing(), Standing::Answered);
    assert_eq!(new.standing(), Standing::Received);
    assert_eq!(new.summary, "The second call was not looked at");
    assert_ne!(new.reference, journey.complaint.reference);
    let clock = new.stage_1.unwrap().acknowledgement.unwrap();
    assert_eq!(clock.due_on, "2025-06-17");
    assert_eq!(reason(&again), "ASKED_BEFORE");
}

/// 3.4: "address any actual or perceived conflict of interest". A refusal is the end (4.14), so nobody refuses the review of their own work.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_3_4_whoever_had_a_part_in_stage_1_turns_no_request_down(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.requested().await;

    let rejected = journey.reject("2025-06-10", "It says nothing new").await;
    let taken_for_new = journey.treat_as_new("2025-06-10").await;

    assert_eq!(reason(&rejected.unwrap_err()), "INVOLVED_BEFORE");
    assert_eq!(reason(&taken_for_new.unwrap_err()), "INVOLVED_BEFORE");
    journey.refresh().await;
    assert_eq!(journey.complaint.standing(), Standing::Requested);
}

/// 4.15: whom stage 1 was given to has a part in it, also when somebody else had it in the end.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_4_15_a_handler_of_stage_1_who_was_replaced_does_not_review_it(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey.assign(&world.reviewer).await.unwrap();
    journey.assign(&world.investigator).await.unwrap();
    journey.uphold_all().await;
    journey.apologise().await.unwrap();
    journey.answer_stage_1("2025-06-10").await.unwrap();
    journey.ask_for_stage_2("2025-06-10", "").await.unwrap();

    let accepted = journey.accept("2025-06-10", &world.reviewer).await;
    let mut former = journey.seen_by(world.client(world.reviewer.clone()));
    let rejected = former.reject("2025-06-10", "It says nothing new").await;

    for refused in [accepted, rejected] {
        assert_eq!(reason(&refused.unwrap_err()), "INVOLVED_BEFORE");
    }
}

/// 4.16: once, by up to twenty working days.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_stage_2_is_extended_by_up_to_twenty_working_days(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.reviewed().await;
    let mut journey = journey.seen_by(world.client(world.reviewer.clone()));

    let too_long = journey.extend(21, "New evidence came").await.unwrap_err();
    journey.extend(20, "New evidence came").await.unwrap();

    assert_eq!(violations(&too_long)[0].0, "working_days");
    let stage = journey.complaint.stage_2.clone().unwrap();
    assert_eq!(stage.response.unwrap().due_on, "2025-08-05");
}

/// 4.18, 4.20: the response says all that it must, and is the end.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_the_stage_2_response_is_the_end(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.reviewed().await;
    let mut review = journey.seen_by(world.client(world.reviewer.clone()));

    let undecided = review
        .answer_stage_2("2025-06-10", "The call and the second call")
        .await
        .unwrap_err();
    let point = review.elements(2)[0].clone();
    review
        .decide(&point, Decision::Upheld, "No second call is recorded.")
        .await
        .unwrap();
    let unremedied = review
        .answer_stage_2("2025-06-10", "The call and the second call")
        .await
        .unwrap_err();
    review.offer(an_apology(), false).await.unwrap();
    let unsummed = review.answer_stage_2("2025-06-10", "").await.unwrap_err();
    review
        .answer_stage_2("2025-06-10", "The call and the second call")
        .await
        .unwrap();

    assert_eq!(reason(&undecided), "NOT_READY");
    assert_eq!(reason(&unremedied), "NOT_READY");
    assert_eq!(violations(&unsummed)[0].0, "summary");
    let ending = review.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::AtStage2);
    let outcome = review.complaint.stage_2.clone().unwrap().outcome();
    assert_eq!(outcome, Decision::Upheld);
    // What stage 1 found stays as it was found.
    assert_eq!(review.elements(1), journey.elements(1));
}

/// 4.11: A complaint in stage 1 can't be given what only stage 2 has.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_stage_1_has_no_step_of_stage_2(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    let asked = journey.ask_for_stage_2("2025-06-10", "").await.unwrap_err();
    let accepted = journey.accept("2025-06-10", &world.reviewer).await;
    let rejected = journey.reject("2025-06-10", "No").await;
    let answered = journey.answer_stage_2("2025-06-10", "A summary").await;

    assert_eq!(reason(&asked), "WRONG_STANDING");
    for refused in [accepted, rejected, answered] {
        assert_eq!(reason(&refused.unwrap_err()), "WRONG_STANDING");
    }
}

/// 4.12 to 4.14: a refusal stands on one of the policy's grounds, beside its words.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_4_14_a_refusal_of_stage_2_names_its_ground_with_the_paragraph(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.requested().await;
    let mut journey = journey.seen_by(world.client(world.reviewer.clone()));

    let groundless = journey
        .reject_on(RefusalGround::Unspecified, "2025-06-10")
        .await;
    let too_late = journey
        .reject_on(RefusalGround::TooLate, "2025-06-10")
        .await;
    journey
        .reject_on(RefusalGround::NoReview, "2025-06-10")
        .await
        .unwrap();

    assert_eq!(violations(&groundless.unwrap_err())[0].0, "ground");
    let too_late = too_late.unwrap_err();
    assert_eq!(reason(&too_late), "ASKED_IN_TIME");
    assert_eq!(violations(&too_late)[0].0, "ground");
    let refusal = journey.complaint.ending.clone().unwrap().refusal.unwrap();
    assert_eq!(refusal.ground(), RefusalGround::NoReview);
    assert_eq!(refusal.paragraph, "4.13");
    assert_eq!(refusal.label, "Not what a review looks at");
}

/// 3.4: whoever can't turn a request down is not offered it, and is told that they had a part.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_3_4_whoever_had_a_part_in_stage_1_is_not_offered_to_turn_the_review_down(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.requested().await;
    journey.refresh().await;
    let mut colleague = journey.seen_by(world.client(world.reviewer.clone()));
    colleague.refresh().await;

    for step in [
        ComplaintStep::RejectEscalation,
        ComplaintStep::TreatEscalationAsNew,
    ] {
        assert!(journey.complaint.open_steps().all(|it| it != step));
        assert!(colleague.complaint.open_steps().any(|it| it == step));
    }
    assert!(journey.complaint.had_a_part);
    assert!(!colleague.complaint.had_a_part);
}

/// 2.5 to 2.9: what the policy excludes is excluded for a reason of its own, with where else the person can go, at stage 2 as at any point.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_2_8_a_request_that_is_excluded_has_a_reason_and_a_signpost(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.requested().await;
    let mut journey = journey.seen_by(world.client(world.reviewer.clone()));

    let reasonless = journey
        .reject_as_excluded(ExclusionReason::Unspecified, "", "")
        .await;
    let nowhere = journey
        .reject_as_excluded(ExclusionReason::AnotherBody, "", "")
        .await;
    let recent = journey
        .reject_as_excluded(ExclusionReason::TooLongAgo, "", "2025-06-01")
        .await;
    let signpost = "The Regulator of Social Housing looks at this.";
    journey
        .reject_as_excluded(ExclusionReason::AnotherBody, signpost, "")
        .await
        .unwrap();

    let fields = [
        (reasonless, "exclusion"),
        (nowhere, "signpost"),
        (recent, "happened_on"),
    ];
    for (refused, field) in fields {
        assert_eq!(violations(&refused.unwrap_err())[0].0, field);
    }
    journey.refresh().await;
    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::EscalationRejected);
    assert_eq!(ending.refusal.unwrap().ground(), RefusalGround::Excluded);
    let exclusion = ending.exclusion.unwrap();
    assert_eq!(exclusion.reason(), ExclusionReason::AnotherBody);
    assert_eq!(exclusion.paragraph, "2.6");
    assert_eq!(exclusion.signpost, signpost);
}

/// 2.9, 4.15: only with a senior colleague, and with one who had no part in stage 1.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_2_9_a_request_is_excluded_for_behaviour_with_a_senior_colleague_of_no_part_alone(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let manager = testkit::a(Role::CustomerInsightManager).named("Max Manager");
    let answered = world.answered().await;
    let mut managed = answered.seen_by(world.client(manager.clone()));
    managed
        .promise(&world.investigator, "2025-06-20", "")
        .await
        .unwrap();
    let mut journey = managed.seen_by(world.client(world.reviewer.clone()));
    journey.ask_for_stage_2("2025-06-10", "").await.unwrap();
    let behaviour = ExclusionReason::Behaviour;

    let unapproved = journey.reject_as_excluded(behaviour, "", "").await;
    let matter = ApprovalMatter::BehaviourExclusion;
    journey
        .ask(matter, "Threats on every call", "")
        .await
        .unwrap();
    let asked = journey.complaint.approvals[0].id.clone();
    let mut managed = journey.seen_by(world.client(manager));
    managed.refresh().await;
    let by_who_managed_stage_1 = managed.judge(&asked, true).await;
    let mut senior = journey.seen_by(world.client(world.senior.clone()));
    senior.refresh().await;
    let mut offered = Vec::new();
    for colleague in [&mut managed, &mut senior] {
        let mut steps = colleague.complaint.open_steps();
        let step = steps.any(|it| it == ComplaintStep::DecideApproval);
        let waiting = ListApprovalsRequest::default();
        let waiting = colleague.client.list_approvals(waiting).await.unwrap();
        offered.push((step, waiting.into_inner().approvals.len()));
    }
    senior.judge(&asked, true).await.unwrap();
    journey.complaint = senior.complaint;
    journey.reject_as_excluded(behaviour, "", "").await.unwrap();

    let unapproved = unapproved.unwrap_err();
    assert_eq!(reason(&unapproved), "NEEDS_APPROVAL");
    assert_eq!(violations(&unapproved)[0].0, "exclusion");
    // It is not offered to who would be refused.
    assert_eq!(offered, [(false, 0), (true, 1)]);
    assert_eq!(
        reason(&by_who_managed_stage_1.unwrap_err()),
        "INVOLVED_BEFORE"
    );
    let ending = journey.complaint.ending.unwrap();
    assert_eq!(ending.exclusion.unwrap().paragraph, "2.9");
}

/// 4.11, 4.15: nor do they take up or word anew what is reviewed.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_4_15_whoever_had_a_part_in_stage_1_words_no_point_of_its_review(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.reviewed().await;
    journey.refresh().await;
    let element = journey.elements(2)[0].clone();
    let reworded = RewordElementRequest {
        complaint_id: journey.complaint.id.clone(),
        version: journey.complaint.version,
        element_id: element.id,
        text: "The second call was made late".to_owned(),
        reason: "She said so".to_owned(),
    };

    let refused = world
        .amendments(&world.investigator)
        .reword_element(reworded.clone())
        .await
        .unwrap_err();
    let mut amendments = world.amendments(&world.reviewer);
    let by_the_reviewer = amendments.reword_element(reworded).await;

    assert_eq!(reason(&refused), "INVOLVED_BEFORE");
    assert!(by_the_reviewer.is_ok());
}

/// What was refused before grounds were recorded has none, and is counted so by both counts, whatever is saved about it later.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_4_14_a_refusal_from_before_there_were_grounds_is_counted_as_one(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.requested().await;
    let mut journey = journey.seen_by(world.client(world.reviewer.clone()));
    journey
        .reject_on(RefusalGround::NoReview, "2025-06-10")
        .await
        .unwrap();
    sqlx::query("update complaints set ended_ground_known = false")
        .execute(&db)
        .await
        .unwrap();
    journey.refresh().await;

    journey.correspond("2025-06-10").await.unwrap();

    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::EscalationRejected);
    assert_eq!(ending.refusal, None);
    let mut oversight = world.oversight(&world.reviewer);
    let rows = ListFigureRowsRequest {
        from: "2025-06-01".to_owned(),
        to: "2025-06-30".to_owned(),
        figure: "escalation.rejected.unrecorded".to_owned(),
        ..ListFigureRowsRequest::default()
    };
    let rows = oversight.list_figure_rows(rows).await.unwrap().into_inner();
    assert_eq!(rows.rows[0].reference, journey.complaint.reference);
    let check = CheckPeriodReportRequest {
        from: "2025-06-01".to_owned(),
        to: "2025-06-30".to_owned(),
    };
    let checked = oversight.check_period_report(check).await.unwrap();
    assert_eq!(checked.into_inner().differences, []);
}
