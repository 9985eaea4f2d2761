//! Cases 7 to 12, and what is true of all of them.

use super::{a_risk_review, an_action, delays, words};
use proto::service_complaint::v1::{
    Complaint, ComplaintEnded, CorrectNeedsRequest, Decision, DefineRequest, EndingKind,
    LetterKind, LetterWords, ListHistoryRequest, Needs, OutcomeReply, Promise,
    RecordComplaintRequest, Standing,
};
use sqlx::PgPool;
use testkit::{reason, violations};

use crate::given::{a_complaint, a_definition, a_world};
use crate::letters::send;

/// Case 7 (31, 40): "not singular to your case", "customer journey". The check marks such words before the letter goes, with plainer ones.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_case_7_words_that_mean_little_are_marked_before_the_letter_goes(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world
        .of_delays(&["The eight months until it was accepted"])
        .await;
    journey.uphold_all().await;
    journey.apologise().await.unwrap();
    let mut letters = world.letters(world.investigator.clone());
    let kind = LetterKind::Stage1Response;

    let written = words("The delays are not singular to your case and hurt your customer journey.");
    let refused = send(&mut letters, &mut journey, kind, written).await;
    let plain = words("I know you have been waiting for a long time. I am sorry.");
    send(&mut letters, &mut journey, kind, plain).await.unwrap();

    assert_eq!(reason(&refused.unwrap_err()), "NOT_PLAIN");
    assert_eq!(journey.complaint.standing(), Standing::Answered);
}

/// Case 8 (43): serious needs stood in the notes, and the record said that there were none. Nothing is acknowledged before they were asked.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_case_8_vulnerabilities_are_asked_and_answered_before_anything_goes_out(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    let needs = a_definition().needs.unwrap();
    let unasked = DefineRequest {
        needs: Some(Needs {
            vulnerabilities: String::new(),
            ..needs.clone()
        }),
        ..a_definition()
    };
    let asked = DefineRequest {
        needs: Some(Needs {
            vulnerabilities: "Poor mental health; suicidal in the past, not at present".to_owned(),
            ..needs
        }),
        ..a_definition()
    };

    journey.define(unasked).await.unwrap();
    let refused = journey.acknowledge("2025-06-10").await.unwrap_err();
    journey.define(asked).await.unwrap();
    journey.acknowledge("2025-06-10").await.unwrap();

    assert!(
        refused.message().contains("the vulnerabilities"),
        "{}",
        refused.message()
    );
    // One record, which every colleague reads and nobody overwrites: what stood there before stays in the history.
    let corrected = Needs {
        vulnerabilities: "None".to_owned(),
        ..journey.complaint.needs.clone().unwrap()
    };
    let request = CorrectNeedsRequest {
        complaint_id: journey.complaint.id.clone(),
        version: journey.complaint.version,
        needs: Some(corrected),
        reason: "So it stands in the note of a call".to_owned(),
    };
    let mut amendments = world.amendments(&world.reviewer);
    amendments.correct_needs(request).await.unwrap();
    let history = ListHistoryRequest {
        complaint_id: journey.complaint.id.clone(),
        ..ListHistoryRequest::default()
    };
    let history = journey.client.list_history(history).await.unwrap();
    let changed = &history.into_inner().changes[0].text;
    assert!(changed.contains("suicidal in the past"), "{changed}");
    assert!(changed.contains("note of a call"), "{changed}");
}

/// Case 9 (2, 21, 38): a language barrier, upheld and ended by a call. The letter about it says that the call closed the complaint, and what was
/// found before; the case that it is about hears of it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_7_case_9_a_letter_confirms_what_a_call_has_closed(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey.uphold_all().await;
    journey.apologise().await.unwrap();
    let mut letters = world.letters(world.investigator.clone());

    let call = LetterWords {
        text: "We spoke about the call that was not made. I said sorry, and you were content."
            .to_owned(),
        call_on: "2025-06-10".to_owned(),
        told_it_closes: true,
        ..LetterWords::default()
    };
    let letter = send(
        &mut letters,
        &mut journey,
        LetterKind::InformalResolution,
        call,
    )
    .await
    .unwrap();

    assert!(letter.text.contains("closed"), "{}", letter.text);
    let sorry = "We are sorry that nobody called you.";
    assert!(letter.text.contains(sorry), "{}", letter.text);
    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::Informally);
    let told = &outbox::testing::events::<ComplaintEnded>(&db).await[0];
    assert_eq!(told.case_reference, "202312345");
    assert_eq!(told.outcome(), Decision::Upheld);
}

/// Case 10 (13, 49): the call-back was missed, and the resident's health was suffering. Who calls and by when is on record, beside a fresh
/// look at the risk.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_case_10_a_missed_call_back_gets_an_owner_a_date_and_a_look_at_the_risk(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.of_delays(&["The call-back was missed"]).await;
    journey.uphold_all().await;

    for remedy in [an_action("The caseworker calls"), a_risk_review()] {
        journey.offer(remedy, false).await.unwrap();
    }
    for remedy in journey.complaint.remedies.clone() {
        journey
            .promise(&world.reviewer, "2025-06-17", &remedy.id)
            .await
            .unwrap();
    }
    journey.answer_stage_1("2025-06-10").await.unwrap();

    assert_eq!(journey.complaint.actions.len(), 2);
    for action in &journey.complaint.actions {
        assert_eq!(action.deadline.clone().unwrap().due_on, "2025-06-17");
    }
    assert!(!journey.complaint.finished);
}

/// Case 11 (9, 33): the most complex one; its time was extended, and at stage 2 the caseworker was asked to write to the resident. The person
/// is told of the extension before the answer, and the writing is a promise of its own.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_case_11_an_extended_review_is_told_of_and_its_promise_outlives_it(db: PgPool) {
    let world = a_world(&db).await;
    let mut review = world
        .reviewed()
        .await
        .seen_by(world.client(world.reviewer.clone()));
    review
        .extend(20, "Ten orders have to be checked")
        .await
        .unwrap();
    review.uphold_all().await;
    review
        .offer(an_action("The caseworker writes about the orders"), false)
        .await
        .unwrap();
    let remedy = review.complaint.remedies.last().unwrap().id.clone();
    review
        .promise(&world.senior, "2025-06-24", &remedy)
        .await
        .unwrap();

    let summary = "What stage 1 found about the orders, and why you disagree";
    let untold = review.answer_stage_2("2025-06-10", summary).await;
    review.tell("2025-06-10").await.unwrap();
    review.answer_stage_2("2025-06-10", summary).await.unwrap();

    assert_eq!(reason(&untold.unwrap_err()), "UNTOLD");
    let ending = review.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::AtStage2);
    world.on("2025-09-01");
    review.refresh().await;
    assert!(!review.complaint.finished, "the letter is still owed");
}

/// Case 12 (2, 9): upheld at stage 1 and not at stage 2, its acknowledgement of stage 2 a day late. Each stage keeps its own findings, and the
/// day is on record with its reason.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_case_12_each_stage_keeps_its_findings_and_a_late_day_its_reason(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.requested().await;
    // Five working days after Tuesday 10 June are over on Tuesday 17 June.
    world.on("2025-06-18");
    journey.accept("2025-06-18", &world.reviewer).await.unwrap();
    let mut review = journey.seen_by(world.client(world.reviewer.clone()));
    let point = review.elements(2)[0].clone();
    review
        .decide(&point, Decision::NotUpheld, "The second call was made.")
        .await
        .unwrap();

    let summary = "The call, and the second call";
    let unexplained = review.answer_stage_2("2025-06-18", summary).await;
    let late = (2, Promise::Acknowledgement);
    world
        .explain(&mut review, late, "The reviewer was away")
        .await
        .unwrap();
    review.answer_stage_2("2025-06-18", summary).await.unwrap();

    assert_eq!(reason(&unexplained.unwrap_err()), "LATENESS_UNEXPLAINED");
    let Complaint {
        stage_1, stage_2, ..
    } = review.complaint.clone();
    assert_eq!(stage_1.unwrap().outcome(), Decision::Upheld);
    let two = stage_2.unwrap();
    assert_eq!(two.outcome(), Decision::NotUpheld);
    assert!(two.acknowledgement.unwrap().late);
}

/// Paragraph 42: the desired outcome was asked for, mostly not answered, and not followed up. It is stated as understood, and asked again.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_all_cases_the_desired_outcome_is_stated_and_what_is_said_to_it_recorded(db: PgPool) {
    let world = a_world(&db).await;
    let request = RecordComplaintRequest {
        received_on: "2025-06-10".to_owned(),
        ..a_complaint()
    };
    let mut journey = world.recorded_as(request).await;
    journey.define(delays(&["The delay"])).await.unwrap();
    let mut letters = world.letters(world.investigator.clone());

    let kind = LetterKind::Acknowledgement;
    let letter = send(&mut letters, &mut journey, kind, LetterWords::default()).await;
    world.on("2025-06-17");
    let unasked = journey.reply_to_outcome(OutcomeReply::NoReply, "").await;
    world.on("2025-06-18");
    journey
        .no_reply("2025-06-17", "The email of that day")
        .await
        .unwrap();

    assert_eq!(
        violations(&unasked.unwrap_err())[0].0,
        "asked_again_on",
        "nobody is given up on unasked"
    );
    let letter = letter.unwrap();
    assert!(
        letter
            .text
            .contains("My landlord complaint is looked at soon"),
        "{}",
        letter.text
    );
    assert_eq!(journey.complaint.outcome_reply(), OutcomeReply::NoReply);
}
