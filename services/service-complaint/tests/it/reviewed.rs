//! The twelve complaints that the independent reviewer looked at, as far as the report tells of them: what happened where the report found a
//! fault, and what happens now. The numbers in brackets are paragraphs of the report.

mod later;

use proto::service_complaint::v1::oversight_service_client::OversightServiceClient;
use proto::service_complaint::v1::{
    DeadlineEscalated, DeadlineKind, Decision, DefineRequest, EndingKind, ExclusionReason,
    FindingKind, LatenessCause, LetterKind, LetterWords, Needs, Promise, RecordLatenessRequest,
    RefusalGround, Remedy, RemedyKind, RiskReviewRequested, SaveLetterDraftRequest, Standing,
};
use sqlx::PgPool;
use testkit::reason;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::given::{World, a_definition, a_world};
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

/// Case 1 (24 to 28): the investigator of stage 1 wrote the letter that refused stage 2, it asked for medical evidence, and the complaint went on for
/// months. Somebody who had no part in stage 1 refuses, in a letter that can ask nothing, and what comes after it is answered for four weeks and
/// then filed.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_case_1_a_refused_escalation_leaves_no_door_open(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.requested().await;
    let mut own = world.letters(world.investigator.clone());
    let mut letters = world.letters(world.reviewer.clone());
    let with = |text: &str| LetterWords {
        reason: "Your request raises nothing that our stage 1 answer left out.".to_owned(),
        ground: RefusalGround::NothingNew.into(),
        ..words(text)
    };

    let kind = LetterKind::EscalationRefused;
    let asking = with("Do you have medical evidence about your health?");
    let asked = send(&mut letters, &mut journey, kind, asking).await;
    let standing = journey.complaint.standing();
    let plain = with("We know that waiting is hard when you are not well. We are sorry.");
    let of_oneself = SaveLetterDraftRequest {
        draft_id: kit::id().to_string(),
        version: 0,
        complaint_id: journey.complaint.id.clone(),
        kind: kind.into(),
        words: Some(plain.clone()),
    };
    let of_oneself = own.save_letter_draft(of_oneself).await;
    let refusal = send(&mut letters, &mut journey, kind, plain).await.unwrap();

    assert_eq!(reason(&asked.unwrap_err()), "LETTER_INCOMPLETE");
    assert_eq!(reason(&of_oneself.unwrap_err()), "INVOLVED_BEFORE");
    assert_eq!(standing, Standing::Requested, "nothing ended by a refusal");
    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::EscalationRejected);
    assert_eq!(ending.refusal.unwrap().paragraph, "4.12");
    // The letter says on which ground, that this is the end, and until when letters are answered.
    for said in [
        "nothing new would change that answer",
        "the end of our",
        "8 July 2025",
    ] {
        assert!(refusal.text.contains(said), "{said}: {}", refusal.text);
    }
    // The medical report, which waited for two months, has a day by which it is answered, and one letter answers it.
    world.on("2025-07-07");
    assert!(journey.correspond("2025-07-07").await.unwrap());
    let next = journey.complaint.next_deadline.clone().unwrap();
    assert_eq!(next.kind(), DeadlineKind::Correspondence);
    assert_eq!(next.due_on, "2025-07-14");
    let answer = words("Your complaint is closed. We have put your letter with it.");
    send(&mut letters, &mut journey, LetterKind::AfterClosing, answer)
        .await
        .unwrap();
    assert_eq!(journey.complaint.next_deadline, None);
    world.on("2025-08-08");
    assert!(!journey.correspond("2025-08-08").await.unwrap());
    assert!(journey.complaint.finished);
}

/// 4.8: Case 2 (6, 7): the resident was no tenant of a member landlord. It was not upheld, and he was told why and where else to go.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_6_case_2_what_is_not_upheld_is_explained_and_signposted(db: PgPool) {
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
async fn sc_9_case_3_an_upheld_delay_is_answered_with_more_than_its_finding(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.of_delays(&["Nobody has contacted me"]).await;
    journey.uphold_all().await;

    let bare = journey.answer_stage_1("2025-06-10").await.unwrap_err();
    journey.apologise().await.unwrap();
    journey.offer(an_explanation(), false).await.unwrap();
    let contact = an_action("The caseworker calls and goes on with the case");
    journey.offer(contact, false).await.unwrap();
    let unpromised = journey.answer_stage_1("2025-06-10").await.unwrap_err();
    let remedy = journey.complaint.remedies[2].id.clone();
    journey
        .promise(&world.reviewer, "2025-06-17", &remedy)
        .await
        .unwrap();
    let mut letters = world.letters(world.investigator.clone());
    let sorry = words("We know that it was hard to wait for us as well.");
    let kind = LetterKind::Stage1Response;
    let letter = send(&mut letters, &mut journey, kind, sorry).await.unwrap();

    assert_eq!(reason(&bare), "NOT_READY");
    assert_eq!(reason(&unpromised), "NOT_READY", "nobody is to call");
    // It says sorry, explains, and says who gets in touch and how to go on.
    for said in [
        "We are sorry that nobody called you.",
        "We had more cases than people.",
        "The caseworker calls and goes on with the case",
        "stage 2",
    ] {
        assert!(letter.text.contains(said), "{said}: {}", letter.text);
    }
    // And that somebody does get in touch is followed.
    let next = journey.complaint.next_deadline.clone().unwrap();
    assert_eq!(next.kind(), DeadlineKind::Action);
    assert_eq!(next.due_on, "2025-06-17");
}

/// Case 4 (9, 23, 38): a language barrier, one try to call, an acknowledgement a day late, and a last email within the four weeks that nobody
/// answered. The need is asked for first, the day is counted and explained, and the email is to be acknowledged.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_11_case_4_a_missed_day_is_explained_and_the_last_email_is_answered(db: PgPool) {
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
    let waiting = journey.complaint.next_deadline.clone().unwrap();
    let mut letters = world.letters(world.investigator.clone());
    let kind = LetterKind::AfterClosing;
    let answer = words("Your complaint is closed. We can tell you about it on the telephone.");
    send(&mut letters, &mut journey, kind, answer)
        .await
        .unwrap();

    let needs = journey.complaint.needs.clone().unwrap();
    assert_eq!(
        needs.communication_preference, "By telephone, with an interpreter",
        "whoever calls sees it"
    );
    assert_eq!(waiting.kind(), DeadlineKind::Correspondence);
    assert_eq!(waiting.due_on, "2025-07-18");
    assert_eq!(journey.complaint.next_deadline, None, "it was answered");
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
async fn sc_9_case_5_a_second_complaint_reaches_the_case_and_not_only_the_resident(db: PgPool) {
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
/// close what was not told, nor drop what was offered while nobody sees to it, and the promise is followed until it is kept. It was upheld, and
/// counts as that.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_7_case_6_a_call_that_closes_says_so_and_what_it_promised_is_followed(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey.uphold_all().await;
    let callback = an_action("Your caseworker calls you");
    journey.offer(callback, false).await.unwrap();
    let mut letters = world.letters(world.investigator.clone());
    let letter = |told_it_closes| LetterWords {
        call_on: "2025-06-10".to_owned(),
        told_it_closes,
        ..words("I said sorry, and that your caseworker will call.")
    };
    let kind = LetterKind::InformalResolution;

    let dropped = journey.resolve_by_telephone(true, "2025-06-10").await;
    let unowned = send(&mut letters, &mut journey, kind, letter(true)).await;
    let remedy = journey.complaint.remedies[0].id.clone();
    journey
        .promise(&world.reviewer, "2025-06-13", &remedy)
        .await
        .unwrap();
    let action = journey.complaint.actions[0].id.clone();
    let untold = journey.resolve_by_telephone(false, "2025-06-10").await;
    let letter = send(&mut letters, &mut journey, kind, letter(true))
        .await
        .unwrap();
    let stage = journey.complaint.stage_1.clone().unwrap();
    world.on("2025-07-20");
    world.app.sweep(&CancellationToken::new()).await.unwrap();
    journey.refresh().await;

    let dropped = dropped.unwrap_err();
    assert_eq!(reason(&dropped), "NOT_READY");
    assert!(
        dropped.message().contains("“Your caseworker calls you”"),
        "{dropped}"
    );
    assert_eq!(reason(&unowned.unwrap_err()), "LETTER_INCOMPLETE");
    assert_eq!(reason(&untold.unwrap_err()), "NOT_TOLD_IT_CLOSES");
    assert_eq!(stage.outcome(), Decision::Upheld);
    for told in [
        "that call closed your complaint",
        "We uphold your complaint.",
        "Your caseworker calls you",
        "will see to this by 13 June 2025.",
    ] {
        assert!(letter.text.contains(told), "{told}: {}", letter.text);
    }
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
