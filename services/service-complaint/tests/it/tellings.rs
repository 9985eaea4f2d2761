//! What the person is told besides the steps' own letters (4.6, 4.9, 4.19).

use proto::service_complaint::v1::{
    AcceptEscalationRequest, AcknowledgeRequest, AnswerStage1Request, AnswerStage2Request,
    DeadlineFacts, DeadlineKind, Decision, ExcludeRequest, ExclusionReason, LetterKind,
    LetterWords, PromiseActionRequest, RefusalGround, RejectEscalationRequest, TellingKind,
};
use sqlx::PgPool;
use testkit::{reason, violations};

use crate::given::{World, a_definition, a_world};
use crate::journey::{Journey, PROOF};
use crate::letters::send;
use crate::sweeping::approaching;

impl World {
    /// A complaint of two points, of which the second is excluded on Tuesday 10 June 2025.
    async fn partly_excluded(&self) -> Journey {
        let mut journey = self.recorded().await;
        let mut definition = a_definition();
        definition
            .elements
            .push("You decided against me".to_owned());
        journey.define(definition).await.unwrap();
        journey.acknowledge("2025-06-10").await.unwrap();
        let second = journey.elements(1)[1].clone();
        journey
            .exclude_element(&second, ExclusionReason::Decision)
            .await
            .unwrap();
        journey
    }

    /// A complaint that was answered on Tuesday 10 June 2025, with an action that is due ten days later.
    async fn followed(&self) -> Journey {
        let mut journey = self.answered().await;
        journey
            .promise(&self.reviewer, "2025-06-20", "")
            .await
            .unwrap();
        journey
    }
}

async fn kinds_due(db: &PgPool) -> Vec<DeadlineKind> {
    let due = approaching(db).await;
    due.iter().map(DeadlineFacts::kind).collect()
}

/// 4.6: "we will inform the service user of the decision and our reasons at the earliest opportunity".
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_4_6_that_a_point_is_not_investigated_is_due_to_be_told(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.partly_excluded().await;

    world.sweep().await;

    let telling = &journey.complaint.tellings[0];
    assert_eq!(telling.kind(), TellingKind::ElementExcluded);
    assert_eq!(telling.what, "You decided against me");
    assert_eq!(telling.due_on, "2025-06-12");
    assert_eq!(kinds_due(&db).await, [DeadlineKind::Telling]);
}

/// 4.6, 2.8: a progress update says it with the reason and where else to go, and needs no other words.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_4_6_a_progress_update_tells_of_the_exclusion_with_its_reason(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.partly_excluded().await;
    let mut letters = world.letters(world.investigator.clone());
    let words = LetterWords {
        next_update_on: "2025-06-20".to_owned(),
        ..LetterWords::default()
    };

    let kind = LetterKind::ProgressUpdate;
    let letter = send(&mut letters, &mut journey, kind, words).await.unwrap();

    for said in [
        "What we can’t look at",
        "You decided against me",
        "It is about the decision on your landlord.",
    ] {
        assert!(letter.text.contains(said), "{said}: {}", letter.text);
    }
    let telling = &journey.complaint.tellings[0];
    assert_eq!(telling.told_on, "2025-06-10");
    assert_eq!(telling.proof, format!("letter {}", letter.id));
}

/// 4.7: the response reviews each point, so that whoever has it was told.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_6_4_7_the_response_tells_of_what_was_excluded(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.partly_excluded().await;
    journey.uphold_all().await;
    journey.apologise().await.unwrap();

    journey.answer_stage_1("2025-06-10").await.unwrap();

    assert_eq!(journey.complaint.tellings[0].told_on, "2025-06-10");
}

/// 4.6, 4.9: A point that is looked at after all.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_of_a_point_that_is_decided_after_all_nothing_is_told(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.partly_excluded().await;
    let second = journey.elements(1)[1].clone();

    journey
        .decide(
            &second,
            Decision::NotUpheld,
            "The decision was yours to challenge.",
        )
        .await
        .unwrap();

    assert!(journey.complaint.tellings.is_empty());
}

/// 4.6, 4.9: A call counts, with what shows it, once, and not before it can have been.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_5_that_the_person_was_told_is_recorded_once_with_its_proof(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.partly_excluded().await;
    let id = journey.complaint.tellings[0].id.clone();

    let unproved = journey.tell_of(&id, "2025-06-10", " ").await.unwrap_err();
    let early = journey
        .tell_of(&id, "2025-06-09", "A call")
        .await
        .unwrap_err();
    let tomorrow = journey
        .tell_of(&id, "2025-06-11", "A call")
        .await
        .unwrap_err();
    let other = journey
        .tell_of(&kit::id().to_string(), "2025-06-10", "A call")
        .await
        .unwrap_err();
    journey.tell_of(&id, "2025-06-10", "A call").await.unwrap();
    let again = journey
        .tell_of(&id, "2025-06-10", "A call")
        .await
        .unwrap_err();

    assert_eq!(violations(&unproved)[0].0, "proof");
    assert_eq!(reason(&early), "TOO_EARLY");
    assert_eq!(reason(&tomorrow), "IN_THE_FUTURE");
    assert_eq!(reason(&other), "NO_SUCH_TELLING");
    assert_eq!(reason(&again), "TOLD_ALREADY");
    assert_eq!(journey.complaint.tellings[0].proof, "A call");
}

/// 4.9: "Service users will be kept informed of the progress of any outstanding actions."
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_4_9_while_an_action_is_open_the_person_hears_how_it_stands(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.followed().await;

    // Ten working days from the response, and ten from each update.
    let first = journey.complaint.follow_up_due_on.clone();
    world.on("2025-06-20");
    world.sweep().await;
    let early = journey
        .update("2025-06-09", "The call is planned")
        .await
        .unwrap_err();
    journey
        .update("2025-06-20", "The call is planned")
        .await
        .unwrap();
    let second = journey.complaint.follow_up_due_on.clone();
    world.on("2025-07-02");
    world.sweep().await;

    assert_eq!([first, second], ["2025-06-24", "2025-07-04"]);
    assert_eq!(violations(&early)[0].0, "on");
    let updates: Vec<String> = approaching(&db)
        .await
        .into_iter()
        .filter(|it| it.kind() == DeadlineKind::ProgressUpdate)
        .map(|it| it.due_on)
        .collect();
    assert_eq!(updates, ["2025-06-24", "2025-07-04"]);
}

/// 4.6, 4.9: Nobody is told how nothing stands.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_without_an_open_action_there_is_nothing_to_follow_up(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;

    world.on("2025-06-24");
    world.sweep().await;
    let refused = journey.update("2025-06-24", "All is done").await;

    assert_eq!(reason(&refused.unwrap_err()), "WRONG_STANDING");
    assert!(kinds_due(&db).await.is_empty());
}

/// 4.9: that it was done is part of how it stands; the letter says what and when, and needs no next one.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_4_9_when_an_action_is_done_the_person_is_told(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.followed().await;
    let action = journey.complaint.actions[0].id.clone();
    world.on("2025-06-16");
    journey
        .complete(&action, "2025-06-13", "The note of the call")
        .await
        .unwrap();
    let telling = journey.complaint.tellings[0].clone();
    world.sweep().await;

    let mut letters = world.letters(world.investigator.clone());
    let kind = LetterKind::ProgressUpdate;
    let letter = send(&mut letters, &mut journey, kind, LetterWords::default())
        .await
        .unwrap();

    assert_eq!(telling.kind(), TellingKind::ActionDone);
    assert_eq!(telling.subject_id, action);
    assert_eq!(telling.due_on, "2025-06-18");
    assert_eq!(kinds_due(&db).await, [DeadlineKind::Telling]);
    let said = "- Call the resident: done on 13 June 2025.";
    assert!(letter.text.contains(said), "{}", letter.text);
    assert_eq!(journey.complaint.tellings[0].told_on, "2025-06-16");
}

/// 4.6, 4.9: What is done before the response stands in it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_what_is_done_before_the_response_needs_no_letter_of_its_own(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    journey
        .promise(&world.reviewer, "2025-06-20", "")
        .await
        .unwrap();
    let action = journey.complaint.actions[0].id.clone();

    journey
        .complete(&action, "2025-06-10", "The note of the call")
        .await
        .unwrap();

    assert!(journey.complaint.tellings.is_empty());
}

/// 4.9, 4.18: What a review promises and does is told by its response, and not before.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_what_is_done_during_a_review_is_told_by_its_response(db: PgPool) {
    let world = a_world(&db).await;
    // Promised on the day on which the review was accepted, before it was and after.
    let mut journey = world.requested().await;
    journey
        .promise(&world.reviewer, "2025-06-20", "")
        .await
        .unwrap();
    journey.accept("2025-06-10", &world.reviewer).await.unwrap();
    let mut review = journey.seen_by(world.client(world.reviewer.clone()));
    review.uphold_all().await;
    review.apologise().await.unwrap();
    let of_stage_1 = review.complaint.actions[0].id.clone();
    let promise = PromiseActionRequest {
        complaint_id: review.complaint.id.clone(),
        version: review.complaint.version,
        what: "Correct the record of the second call".to_owned(),
        owner_id: world.reviewer.id().to_string(),
        due_on: "2025-06-20".to_owned(),
        ..PromiseActionRequest::default()
    };
    let promised = review.client.promise_action(promise).await.unwrap();
    review.complaint = promised.into_inner();
    let of_the_review = review.complaint.actions[1].id.clone();
    for action in [&of_stage_1, &of_the_review] {
        review
            .complete(action, "2025-06-10", "The note of the call")
            .await
            .unwrap();
    }
    let told = review.complaint.tellings.iter();
    let told: Vec<_> = told.map(|it| it.subject_id.clone()).collect();
    let mut letters = world.letters(world.reviewer.clone());
    let words = LetterWords {
        summary: "Nobody called you, and we did not look at the second call.".to_owned(),
        ..LetterWords::default()
    };

    let kind = LetterKind::Stage2Response;
    let response = send(&mut letters, &mut review, kind, words).await.unwrap();

    // What stage 1 promised is owed a word of its own as soon as it is done.
    assert_eq!(told, [of_stage_1]);
    for done in ["Call the resident", "Correct the record of the second call"] {
        assert!(response.text.contains(done), "{}", response.text);
    }
}

/// 4.9: What stage 1 promised goes on while stage 2 is reviewed, and the person hears how it stands.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_4_9_what_stage_1_promised_is_followed_during_a_review(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.followed().await;
    journey.ask_for_stage_2("2025-06-10", "").await.unwrap();

    journey.accept("2025-06-10", &world.reviewer).await.unwrap();

    let due: Vec<chrono::NaiveDate> =
        sqlx::query_scalar("select due_on from dues where kind = 'progress_update'")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(due, ["2025-06-24".parse().unwrap()]);
}

/// 4.1, 4.7, 4.15, 4.18, 2.8, 4.14: what the person is told of is recorded only with where that can be seen; a letter that goes out from here is
/// its own proof.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_step_that_is_recorded_without_its_letter_says_how_the_person_was_told(db: PgPool) {
    let world = a_world(&db).await;
    let mut client = world.investigator();
    let mut defined = world.recorded().await;
    defined.define(a_definition()).await.unwrap();
    let requested = world.requested().await;
    let (id, version) = (defined.complaint.id.clone(), defined.complaint.version);
    let on = "2025-06-10".to_owned();

    let refused = [
        client
            .acknowledge(AcknowledgeRequest {
                complaint_id: id.clone(),
                version,
                on: on.clone(),
                proof: String::new(),
            })
            .await
            .unwrap_err(),
        client
            .exclude(ExcludeRequest {
                complaint_id: id.clone(),
                version,
                on: on.clone(),
                reason: ExclusionReason::Decision.into(),
                details: "It is about the decision on your landlord.".to_owned(),
                ..ExcludeRequest::default()
            })
            .await
            .unwrap_err(),
        client
            .answer_stage1(AnswerStage1Request {
                complaint_id: id.clone(),
                version,
                on: on.clone(),
                proof: " ".to_owned(),
            })
            .await
            .unwrap_err(),
        client
            .accept_escalation(AcceptEscalationRequest {
                complaint_id: requested.complaint.id.clone(),
                version: requested.complaint.version,
                on: on.clone(),
                handler_id: world.reviewer.id().to_string(),
                handler_name: "Ruth Weaver".to_owned(),
                proof: String::new(),
            })
            .await
            .unwrap_err(),
        client
            .reject_escalation(RejectEscalationRequest {
                complaint_id: requested.complaint.id.clone(),
                version: requested.complaint.version,
                on: on.clone(),
                reason: "It asks for nothing new.".to_owned(),
                proof: String::new(),
                ground: RefusalGround::NothingNew.into(),
                ..RejectEscalationRequest::default()
            })
            .await
            .unwrap_err(),
        client
            .answer_stage2(AnswerStage2Request {
                complaint_id: id,
                version,
                on,
                summary: "Two calls were not made.".to_owned(),
                proof: String::new(),
            })
            .await
            .unwrap_err(),
    ];

    for refused in refused {
        let fields: Vec<String> = violations(&refused).into_iter().map(|it| it.0).collect();
        assert_eq!(fields, ["proof"]);
    }
    defined.acknowledge("2025-06-10").await.unwrap();
    let kept: Vec<String> = sqlx::query_scalar(
        "select text from changes where action = 'acknowledged' and text like $1",
    )
    .bind(format!("%{PROOF}"))
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(kept.len(), 2, "of this complaint and of the other");
}

/// 4.9, 4.19: what is not done after all is told with its reason, and nobody waits in silence.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_4_9_that_an_action_is_withdrawn_is_told_with_the_reason(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.followed().await;
    let action = journey.complaint.actions.last().unwrap().id.clone();

    let because = "The landlord has done it already.";
    journey.withdraw_action(&action, because).await.unwrap();
    let telling = journey.complaint.tellings[0].clone();
    let mut letters = world.letters(world.investigator.clone());
    let kind = LetterKind::ProgressUpdate;
    let letter = send(&mut letters, &mut journey, kind, LetterWords::default())
        .await
        .unwrap();

    assert_eq!(telling.kind(), TellingKind::ActionWithdrawn);
    assert_eq!(telling.due_on, "2025-06-12");
    assert!(letter.text.contains(because), "{}", letter.text);
    assert_eq!(journey.complaint.tellings[0].told_on, "2025-06-10");
}
