//! The twelve complaints that the independent reviewer looked at, as far as the report tells of them: what happened where the report found a
//! fault, and what happens now. The numbers in brackets are paragraphs of the report.

use proto::service_complaint::v1::oversight_service_client::OversightServiceClient;
use proto::service_complaint::v1::{
    Complaint, DeadlineEscalated, DeadlineKind, Decision, DefineRequest, EndingKind,
    ExclusionReason, FindingKind, LatenessCause, LetterKind, LetterWords, Needs, OutcomeReply,
    Promise, RecordComplaintRequest, RecordLatenessRequest, Remedy, RemedyKind,
    RiskReviewRequested, Standing,
};
use sqlx::PgPool;
use testkit::reason;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::given::{World, a_complaint, a_definition, a_world};
use crate::journey::Journey;
use crate::letters::{draft, looked_at, send};

impl World {
    /// A complaint about delays, acknowledged on Tuesday 10 June 2025.
    async fn of_delays(&self, elements: &[&str]) -> Journey {
        let mut journey = self.recorded().await;
        journey.define(delays(elements)).await.unwrap();
        journey.acknowledge("2025-06-10").await.unwrap();
        journey
    }

    /// Says why a promise is late.
    async fn explain(
        &self,
        journey: &mut Journey,
        (stage, promise): (i32, Promise),
        why: &str,
    ) -> Result<(), Status> {
        let caller = self.investigator.clone();
        let mut oversight = OversightServiceClient::new(self.served.client("gateway", caller));
        let request = RecordLatenessRequest {
            complaint_id: journey.complaint.id.clone(),
            version: journey.complaint.version,
            stage,
            promise: promise.into(),
            cause: LatenessCause::Workload.into(),
            reason: why.to_owned(),
        };
        journey.complaint = oversight.record_lateness(request).await?.into_inner();
        Ok(())
    }
}

fn delays(elements: &[&str]) -> DefineRequest {
    DefineRequest {
        elements: elements.iter().map(|&it| it.to_owned()).collect(),
        desired_outcome: "My landlord complaint is looked at soon".to_owned(),
        ..a_definition()
    }
}

fn a_risk_review() -> Remedy {
    Remedy {
        kind: RemedyKind::RiskReview.into(),
        text: "Look at the risk again: the delay has made the resident's health worse".to_owned(),
        ..Remedy::default()
    }
}

fn an_action(what: &str) -> Remedy {
    Remedy {
        kind: RemedyKind::CaseworkAction.into(),
        text: what.to_owned(),
        ..Remedy::default()
    }
}

fn an_explanation() -> Remedy {
    Remedy {
        kind: RemedyKind::Explanation.into(),
        text: "We had more cases than people. We have now hired more caseworkers.".to_owned(),
        ..Remedy::default()
    }
}

fn words(text: &str) -> LetterWords {
    LetterWords {
        text: text.to_owned(),
        ..LetterWords::default()
    }
}

/// Case 1 (24 to 28): the request for stage 2 was refused in a letter that asked for medical evidence, and the complaint went on for months.
/// A letter that ends the procedure can ask nothing, and what comes after it is answered for four weeks and then filed.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn case_1_a_refused_escalation_leaves_no_door_open(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.requested().await;
    let mut letters = world.letters(world.investigator.clone());
    let refusal = |text: &str| LetterWords {
        reason: "Your request raises nothing that our stage 1 answer left out.".to_owned(),
        ..words(text)
    };

    let kind = LetterKind::EscalationRefused;
    let asking = refusal("Do you have medical evidence about your health?");
    let asked = send(&mut letters, &mut journey, kind, asking).await;
    let standing = journey.complaint.standing();
    let plain = refusal("We know that waiting is hard when you are not well. We are sorry.");
    send(&mut letters, &mut journey, kind, plain).await.unwrap();

    assert_eq!(reason(&asked.unwrap_err()), "LETTER_INCOMPLETE");
    assert_eq!(standing, Standing::Requested, "nothing ended by a refusal");
    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::EscalationRejected);
    world.on("2025-07-08");
    assert!(journey.correspond("2025-07-08").await.unwrap());
    world.on("2025-08-08");
    assert!(!journey.correspond("2025-08-08").await.unwrap());
    assert!(journey.complaint.finished);
}

/// Case 2 (6, 7): the resident was no tenant of a member landlord. It was not upheld, and he was told why and where else to go.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn case_2_what_is_not_upheld_is_explained_and_signposted(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world
        .of_delays(&["How it was said that my landlord is no member"])
        .await;
    let element = journey.elements(1)[0].clone();
    let mut letters = world.letters(world.investigator.clone());

    journey
        .decide(
            &element,
            Decision::NotUpheld,
            "We told you on the day that we knew.",
        )
        .await
        .unwrap();
    journey.offer(an_explanation(), false).await.unwrap();
    let sorry = words("I am sorry that this was hard to hear. Citizens Advice can help you.");
    let letter = send(
        &mut letters,
        &mut journey,
        LetterKind::Stage1Response,
        sorry,
    )
    .await
    .unwrap();

    let stage = journey.complaint.stage_1.clone().unwrap();
    assert_eq!(stage.outcome(), Decision::NotUpheld);
    assert!(letter.text.contains("Citizens Advice"), "{}", letter.text);
    assert!(letter.text.contains("8 July 2025"), "until when stage 2");
}

/// Case 3 (16): nobody had contacted the resident. The answer explains, and puts it right.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn case_3_an_upheld_delay_is_answered_with_more_than_its_finding(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.of_delays(&["Nobody has contacted me"]).await;
    journey.uphold_all().await;

    let bare = journey.answer_stage_1("2025-06-10").await.unwrap_err();
    journey.apologise().await.unwrap();
    journey.offer(an_explanation(), false).await.unwrap();
    journey.answer_stage_1("2025-06-10").await.unwrap();

    assert_eq!(reason(&bare), "NOT_READY");
    assert_eq!(journey.complaint.remedies.len(), 2);
}

/// Case 4 (9, 23, 38): a language barrier, one try to call, an acknowledgement a day late, and a last email within the four weeks that nobody
/// answered. The need is asked for first, the day is counted and explained, and the email is to be acknowledged.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn case_4_a_missed_day_is_explained_and_the_last_email_is_answered(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    let needs = Needs {
        communication_preference: "By telephone, with an interpreter".to_owned(),
        ..a_definition().needs.unwrap()
    };
    let definition = DefineRequest {
        needs: Some(needs),
        ..a_definition()
    };
    journey.define(definition).await.unwrap();
    // Five working days after Saturday 7 June are over on Friday 13 June.
    world.on("2025-06-16");
    journey.acknowledge("2025-06-16").await.unwrap();
    journey.uphold_all().await;
    journey.apologise().await.unwrap();

    let unexplained = journey.answer_stage_1("2025-06-16").await.unwrap_err();
    let acknowledged = (1, Promise::Acknowledgement);
    world
        .explain(&mut journey, acknowledged, "No interpreter was free")
        .await
        .unwrap();
    journey.answer_stage_1("2025-06-16").await.unwrap();
    world.on("2025-07-11");
    let answered = journey.correspond("2025-07-11").await.unwrap();

    assert_eq!(reason(&unexplained), "LATENESS_UNEXPLAINED");
    let clock = journey.complaint.stage_1.clone().unwrap();
    let clock = clock.acknowledgement.unwrap();
    assert!(clock.late);
    assert_eq!(clock.lateness.unwrap().reason, "No interpreter was free");
    assert!(answered, "within the four weeks");
}

/// Case 5 (18, 29, 30): a second complaint about the same case, answered with "there is very little our Service can do" and "we also managed
/// your expectations". What was answered before is left out, and a fresh look at the risk reaches the case.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn case_5_a_second_complaint_reaches_the_case_and_not_only_the_resident(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world
        .of_delays(&["The delay until January", "The delay since January"])
        .await;
    let before = journey.elements(1)[0].clone();
    let mut letters = world.letters(world.investigator.clone());

    journey
        .exclude_element(&before, ExclusionReason::ConcludedBefore)
        .await
        .unwrap();
    journey.uphold_all().await;
    journey.offer(a_risk_review(), false).await.unwrap();
    let remedy = journey.complaint.remedies[0].id.clone();
    journey
        .promise(&world.reviewer, "2025-06-24", &remedy)
        .await
        .unwrap();
    let defeatist = words("We also managed your expectations about the queue.");
    let kind = LetterKind::Stage1Response;
    let drafted = draft(&mut letters, &journey, kind, defeatist).await;
    let drafted = looked_at(&mut letters, &drafted).await;

    let asked = outbox::testing::events::<RiskReviewRequested>(&db).await;
    assert_eq!(asked[0].case_reference, "202312345");
    let banned = drafted.findings.iter();
    let banned: Vec<_> = banned
        .filter(|it| it.kind() == FindingKind::BannedWords)
        .map(|it| it.passage.to_lowercase())
        .collect();
    assert_eq!(banned, ["managed your expectations"]);
}

/// Case 6 (21, 22): the call closed the complaint and nobody said so; the caseworker was to call, did not, and nobody noticed. The call can't
/// close what was not told, and the promise is followed until it is kept.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn case_6_a_call_that_closes_says_so_and_what_it_promised_is_followed(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey
        .promise(&world.reviewer, "2025-06-13", "")
        .await
        .unwrap();
    let action = journey.complaint.actions[0].id.clone();

    let untold = journey.resolve_by_telephone(false, "2025-06-10").await;
    journey
        .resolve_by_telephone(true, "2025-06-10")
        .await
        .unwrap();
    world.on("2025-07-20");
    world.app.sweep(&CancellationToken::new()).await.unwrap();
    journey.refresh().await;

    assert_eq!(reason(&untold.unwrap_err()), "NOT_TOLD_IT_CLOSES");
    let escalated = outbox::testing::events::<DeadlineEscalated>(&db).await;
    let facts = escalated[0].facts.clone().unwrap();
    assert_eq!(facts.kind(), DeadlineKind::Action);
    assert_eq!(facts.action_id, action);
    assert!(!journey.complaint.finished, "the call was not made");
    journey
        .complete(&action, "2025-07-20", "The note of the call")
        .await
        .unwrap();
    assert!(journey.complaint.finished);
}

/// Case 7 (31, 40): "not singular to your case", "customer journey". The check marks such words before the letter goes, with plainer ones.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn case_7_words_that_mean_little_are_marked_before_the_letter_goes(db: PgPool) {
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
async fn case_8_vulnerabilities_are_asked_and_answered_before_anything_goes_out(db: PgPool) {
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
}

/// Case 9 (21, 38): a language barrier, ended by a call. The letter about it says that the call closed the complaint.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn case_9_a_letter_confirms_what_a_call_has_closed(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
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
    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::Informally);
}

/// Case 10 (13, 49): the call-back was missed, and the resident's health was suffering. Who calls and by when is on record, beside a fresh
/// look at the risk.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn case_10_a_missed_call_back_gets_an_owner_a_date_and_a_look_at_the_risk(db: PgPool) {
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
async fn case_11_an_extended_review_is_told_of_and_its_promise_outlives_it(db: PgPool) {
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
async fn case_12_each_stage_keeps_its_findings_and_a_late_day_its_reason(db: PgPool) {
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
async fn all_cases_the_desired_outcome_is_stated_and_what_is_said_to_it_recorded(db: PgPool) {
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
    journey
        .reply_to_outcome(OutcomeReply::NoReply, "")
        .await
        .unwrap();

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
