//! Letters: drafted, checked, sent with their step, and kept as they were sent (SC-12).

mod again;
mod following;
mod keeping;

use proto::service_complaint::v1::letter_service_client::LetterServiceClient;
use proto::service_complaint::v1::{
    ActionPromised, ComplaintAcknowledged, ComplaintEnded, Delivery, DraftedLetter, EndingKind,
    ExclusionReason, FindingKind, Format, GetLetterDraftRequest, Letter, LetterDraft, LetterKind,
    LetterSent, LetterWords, RefusalGround, SaveLetterDraftRequest, SendLetterRequest, Standing,
};
use sqlx::PgPool;
use testkit::{Caller, reason, violations};
use tonic::{Code, Status};

use crate::given::{World, a_complaint, a_definition, a_world};
use crate::journey::Journey;

pub type Letters = LetterServiceClient<testkit::Channel>;

impl World {
    /// A client of letters, as the gateway uses it.
    pub fn letters(&self, caller: impl Into<Option<Caller>>) -> Letters {
        LetterServiceClient::new(self.served.client("gateway", caller))
    }

    /// A complaint of somebody who gets letters in a format.
    pub async fn recorded_for(&self, format: Format) -> Journey {
        let mut request = a_complaint();
        let user = request.service_user.as_mut().unwrap();
        user.format = format.into();
        "1 High Street\nLeeds\nLS1 1AA".clone_into(&mut user.postal_address);
        self.recorded_as(request).await
    }
}

pub async fn draft(
    letters: &mut Letters,
    journey: &Journey,
    kind: LetterKind,
    words: LetterWords,
) -> LetterDraft {
    let request = SaveLetterDraftRequest {
        draft_id: kit::id().to_string(),
        version: 0,
        complaint_id: journey.complaint.id.clone(),
        kind: kind.into(),
        words: Some(words),
    };
    letters
        .save_letter_draft(request)
        .await
        .unwrap()
        .into_inner()
}

pub async fn looked_at(letters: &mut Letters, draft: &LetterDraft) -> DraftedLetter {
    let request = GetLetterDraftRequest {
        draft_id: draft.id.clone(),
        as_pdf: false,
    };
    letters
        .get_letter_draft(request)
        .await
        .unwrap()
        .into_inner()
}

fn sending(draft: &LetterDraft, journey: &Journey) -> SendLetterRequest {
    SendLetterRequest {
        draft_id: draft.id.clone(),
        version: draft.version,
        complaint_version: journey.complaint.version,
        findings_confirmed: false,
    }
}

/// Drafts a letter and sends it at once.
pub async fn send(
    letters: &mut Letters,
    journey: &mut Journey,
    kind: LetterKind,
    words: LetterWords,
) -> Result<Letter, Status> {
    let draft = draft(letters, journey, kind, words).await;
    let sent = letters.send_letter(sending(&draft, journey)).await;
    journey.refresh().await;
    sent.map(tonic::Response::into_inner)
}

/// 4.1, 4.3: the letter is the acknowledgement, and its date is the letter's.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_4_1_sending_the_acknowledgement_acknowledges(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded().await;
    journey.define(a_definition()).await.unwrap();

    let words = LetterWords::default();
    let letter = send(
        &mut letters,
        &mut journey,
        LetterKind::Acknowledgement,
        words,
    )
    .await
    .unwrap();

    assert_eq!(journey.complaint.standing(), Standing::Investigated);
    let stage = journey.complaint.stage_1.clone().unwrap();
    assert_eq!(stage.acknowledgement.unwrap().met_on, "2025-06-10");
    assert_eq!(stage.response.unwrap().due_on, "2025-06-24");
    assert!(letter.text.contains("We will answer by: 24 June 2025"));
    assert!(
        letter
            .text
            .contains("- The call that was promised was not made")
    );
    assert_eq!(letter.delivery(), Delivery::Email);
    assert_eq!(letter.address, "asha@example.org");
    assert_eq!(letter.sent_by, "Ines Vestey");
    assert!(letter.pdf.is_empty());
    let acknowledged = outbox::testing::events::<ComplaintAcknowledged>(&db).await;
    assert_eq!(acknowledged.len(), 1);
    let sent = outbox::testing::events::<LetterSent>(&db).await;
    assert_eq!(sent[0].letter_id, letter.id);
    assert!(sent[0].by_email);
}

/// 4.7, and the reviewer’s 38 to 40: Nothing is lost by a refusal: the draft is there, and so is the complaint as it was.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_letter_that_lacks_a_part_stays_a_draft_and_the_error_names_each(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded_for(Format::Letter).await;
    let saved = draft(
        &mut letters,
        &journey,
        LetterKind::Acknowledgement,
        LetterWords {
            text: "I am sorry for {what went wrong}.".to_owned(),
            ..LetterWords::default()
        },
    )
    .await;

    let refused = letters
        .send_letter(sending(&saved, &journey))
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "LETTER_INCOMPLETE");
    let named = violations(&refused);
    assert!(named.iter().any(|it| it.0 == "words.text"), "{named:?}");
    let definition = refused
        .message()
        .contains("the definition of the complaint");
    assert!(definition, "{}", refused.message());
    let kept = looked_at(&mut letters, &saved).await;
    assert_eq!(kept.draft.unwrap(), saved);
    assert_eq!(kept.missing.len(), named.len());
    journey.refresh().await;
    assert_eq!(journey.complaint.standing(), Standing::Received);
    assert!(outbox::testing::events::<LetterSent>(&db).await.is_empty());
}

/// 4.7, and the reviewer’s 38 to 40: The sender sees what is not plain English, with where it is, and confirms it; that is kept with the letter.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_what_is_not_plain_english_is_confirmed_before_it_is_sent(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded().await;
    journey.define(a_definition()).await.unwrap();
    let words = LetterWords {
        text: "We are managing expectations here.".to_owned(),
        ..LetterWords::default()
    };
    let saved = draft(&mut letters, &journey, LetterKind::Acknowledgement, words).await;

    let seen = looked_at(&mut letters, &saved).await;
    let request = sending(&saved, &journey);
    let refused = letters.send_letter(request.clone()).await.unwrap_err();
    let sent = letters
        .send_letter(SendLetterRequest {
            findings_confirmed: true,
            ..request
        })
        .await
        .unwrap()
        .into_inner();

    let [finding] = &seen.findings[..] else {
        panic!("one finding: {:?}", seen.findings);
    };
    assert_eq!(finding.kind(), FindingKind::BannedWords);
    let start = usize::try_from(finding.start).unwrap();
    let length = usize::try_from(finding.end - finding.start).unwrap();
    let marked: String = seen.text.chars().skip(start).take(length).collect();
    assert_eq!(marked, "managing expectations");
    assert_eq!(reason(&refused), "NOT_PLAIN");
    assert_eq!(violations(&refused)[0].0, "findings_confirmed");
    assert_eq!(sent.findings, seen.findings);
    assert_eq!(sent.text, seen.text);
}

/// 4.7: what the response must hold comes from the complaint; the letter opens the four weeks.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_4_7_sending_the_response_answers_stage_1(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.investigated().await;
    let response = LetterKind::Stage1Response;

    let early = send(&mut letters, &mut journey, response, LetterWords::default())
        .await
        .unwrap_err();
    journey.uphold_all().await;
    journey.apologise().await.unwrap();
    let letter = send(&mut letters, &mut journey, response, LetterWords::default())
        .await
        .unwrap();

    assert!(
        early
            .message()
            .contains("a decision on “The call that was promised was not made”")
    );
    assert_eq!(journey.complaint.standing(), Standing::Answered);
    assert!(letter.text.contains("We are sorry that nobody called you."));
    assert!(
        letter
            .text
            .contains("again by 8 July 2025. We call this stage 2.")
    );
}

/// 4.3, 4.4, 4.9: the extension's letter tells the person; the update that it promises is followed until it is written.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_10_4_4_an_update_that_a_letter_promises_is_followed(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.investigated().await;
    journey
        .extend(10, "We wait for the notes of a call.")
        .await
        .unwrap();
    let untold = journey.complaint.stage_1.clone().unwrap().response.unwrap();

    let words = LetterWords {
        next_update_on: "2025-06-17".to_owned(),
        ..LetterWords::default()
    };
    let letter = send(&mut letters, &mut journey, LetterKind::Extension, words)
        .await
        .unwrap();
    let promised = journey.complaint.actions.clone();
    world.on("2025-06-17");
    let words = LetterWords {
        text: "We have the notes now.".to_owned(),
        next_update_on: "2025-06-24".to_owned(),
        ..LetterWords::default()
    };
    send(
        &mut letters,
        &mut journey,
        LetterKind::ProgressUpdate,
        words,
    )
    .await
    .unwrap();
    let updated = journey.complaint.clone();
    journey.uphold_all().await;
    journey.apologise().await.unwrap();
    let response = LetterKind::Stage1Response;
    send(&mut letters, &mut journey, response, LetterWords::default())
        .await
        .unwrap();

    assert!(untold.untold);
    assert!(
        letter
            .text
            .contains("We told you that we would answer your complaint by 24 June 2025.")
    );
    assert!(letter.text.contains("We will now answer by 8 July 2025."));
    assert_eq!(promised.len(), 1);
    assert_eq!(promised[0].owner_name, "Ines Vestey");
    assert_eq!(promised[0].deadline.clone().unwrap().due_on, "2025-06-17");
    assert_eq!(
        updated.actions[0].deadline.clone().unwrap().met_on,
        "2025-06-17"
    );
    assert_eq!(updated.stage_1.unwrap().updated_on, "2025-06-17");
    assert_eq!(
        journey.complaint.actions[1].withdrawn_because,
        "The response was sent"
    );
    let announced = outbox::testing::events::<ActionPromised>(&db).await;
    assert_eq!(announced.len(), 2);
}

/// 4.13 to 4.15, 4.18, 4.20: stage 2 by letters alone.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_4_18_stage_2_is_acknowledged_and_answered_by_letters(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.requested().await;
    let mut letters = world.letters(world.reviewer.clone());
    let accepted = LetterKind::EscalationAccepted;

    let unassigned = send(&mut letters, &mut journey, accepted, LetterWords::default())
        .await
        .unwrap_err();
    let mut journey = journey.seen_by(world.client(world.reviewer.clone()));
    journey.assign(&world.reviewer).await.unwrap();
    let first = send(&mut letters, &mut journey, accepted, LetterWords::default())
        .await
        .unwrap();
    journey.uphold_all().await;
    journey.apologise().await.unwrap();
    let response = LetterKind::Stage2Response;
    let silent = send(&mut letters, &mut journey, response, LetterWords::default())
        .await
        .unwrap_err();
    let words = LetterWords {
        summary: "Nobody called you, and we did not look at the second call.".to_owned(),
        ..LetterWords::default()
    };
    let last = send(&mut letters, &mut journey, response, words)
        .await
        .unwrap();

    assert!(unassigned.message().contains("who reviews it at stage 2"));
    assert!(
        first
            .text
            .contains("Ruth Weaver had no part in our first answer.")
    );
    assert!(first.text.contains("We will answer by: 8 July 2025"));
    assert_eq!(violations(&silent)[0].0, "words.summary");
    assert!(
        last.text
            .contains("This is the end of our complaints process.")
    );
    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(ending.kind(), EndingKind::AtStage2);
}

/// 4.14 and the reviewer's paragraphs 25 to 28: the refusal asks for nothing, and ends it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_4_14_a_refusal_with_a_question_is_not_sent(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.reviewer.clone());
    let mut journey = world.requested().await;
    let kind = LetterKind::EscalationRefused;
    let reason_given = "What you told us was part of our first answer.".to_owned();
    let asking = LetterWords {
        reason: reason_given.clone(),
        ground: RefusalGround::NothingNew.into(),
        text: "Do you have medical evidence?".to_owned(),
        ..LetterWords::default()
    };

    let refused = send(&mut letters, &mut journey, kind, asking)
        .await
        .unwrap_err();
    let standing = journey.complaint.standing();
    let words = LetterWords {
        reason: reason_given,
        ground: RefusalGround::NothingNew.into(),
        ..LetterWords::default()
    };
    let letter = send(&mut letters, &mut journey, kind, words).await.unwrap();

    assert_eq!(violations(&refused)[0].0, "words.text");
    assert!(refused.message().contains("Do you have medical evidence?"));
    assert_eq!(standing, Standing::Requested);
    assert!(!letter.text.contains('?'), "{}", letter.text);
    let ended = outbox::testing::events::<ComplaintEnded>(&db).await;
    assert_eq!(ended[0].kind(), EndingKind::EscalationRejected);
}

/// 2.8, 4.14: what the policy excludes is explained as any exclusion is, with where the person can go.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_4_14_a_request_that_is_excluded_is_told_where_to_go(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.reviewer.clone());
    let mut journey = world.requested().await;
    let kind = LetterKind::EscalationRefused;
    let reasonless = LetterWords {
        reason: "You told us about a new repair.".to_owned(),
        ground: RefusalGround::Excluded.into(),
        ..LetterWords::default()
    };
    let nowhere = LetterWords {
        exclusion: ExclusionReason::AnotherBody.into(),
        ..reasonless.clone()
    };
    let words = LetterWords {
        signpost: "Your council can help you with repairs.".to_owned(),
        ..nowhere.clone()
    };

    let reasonless = send(&mut letters, &mut journey, kind, reasonless).await;
    let nowhere = send(&mut letters, &mut journey, kind, nowhere).await;
    let letter = send(&mut letters, &mut journey, kind, words).await.unwrap();

    assert_eq!(violations(&reasonless.unwrap_err())[0].0, "words.exclusion");
    assert_eq!(violations(&nowhere.unwrap_err())[0].0, "words.signpost");
    for said in [
        "Another ombudsman or regulator is responsible for this.",
        "You told us about a new repair.",
        "Your council can help you with repairs.",
        "This is the end of our complaints process.",
    ] {
        assert!(letter.text.contains(said), "{said}: {}", letter.text);
    }
}

/// 2.8: with its reason, an explanation and where to go.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_2_8_a_complaint_that_is_not_accepted_gets_a_reason_and_a_signpost(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded().await;
    let kind = LetterKind::NotAccepted;

    let bare = send(&mut letters, &mut journey, kind, LetterWords::default())
        .await
        .unwrap_err();
    let elsewhere = LetterWords {
        exclusion: ExclusionReason::AnotherBody.into(),
        reason: "You wrote about your council.".to_owned(),
        ..LetterWords::default()
    };
    let nowhere = send(&mut letters, &mut journey, kind, elsewhere.clone())
        .await
        .unwrap_err();
    let words = LetterWords {
        signpost: "The Local Government and Social Care Ombudsman can look at it.".to_owned(),
        ..elsewhere
    };
    let letter = send(&mut letters, &mut journey, kind, words).await.unwrap();

    let fields: Vec<_> = violations(&bare).into_iter().map(|it| it.0).collect();
    assert_eq!(
        fields,
        ["words.exclusion", "words.reason", "words.signpost"]
    );
    assert_eq!(violations(&nowhere)[0].0, "words.signpost");
    assert!(
        letter
            .text
            .contains("Another ombudsman or regulator is responsible for this.")
    );
    assert!(
        letter
            .text
            .contains("The Local Government and Social Care Ombudsman")
    );
    assert_eq!(journey.complaint.standing(), Standing::Ended);
}

/// 37.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_7_37_1_the_letter_after_a_call_says_that_the_call_closed_it(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded().await;
    let kind = LetterKind::InformalResolution;
    let words = LetterWords {
        call_on: "2025-06-09".to_owned(),
        text: "We agreed that your caseworker writes to you once a month.".to_owned(),
        ..LetterWords::default()
    };

    let unasked = send(&mut letters, &mut journey, kind, words.clone())
        .await
        .unwrap_err();
    journey.define(a_definition()).await.unwrap();
    let untold = send(&mut letters, &mut journey, kind, words.clone())
        .await
        .unwrap_err();
    let words = LetterWords {
        told_it_closes: true,
        ..words
    };
    let letter = send(&mut letters, &mut journey, kind, words).await.unwrap();

    let missing: Vec<_> = violations(&unasked).into_iter().map(|it| it.1).collect();
    assert!(
        missing.contains(&"the vulnerabilities".to_owned()),
        "{missing:?}"
    );
    assert_eq!(violations(&untold)[0].0, "words.told_it_closes");
    assert!(
        letter
            .text
            .contains("As we told you on the telephone, that call closed your complaint.")
    );
    let ending = journey.complaint.ending.clone().unwrap();
    assert_eq!(
        (ending.on.as_str(), ending.kind()),
        ("2025-06-09", EndingKind::Informally)
    );
}

/// 4.7, and the reviewer’s 38 to 40: A letter that does not fit the standing is refused for that, and not for what it lacks.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_letter_of_another_standing_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut journey = world.recorded().await;

    for kind in [
        LetterKind::Extension,
        LetterKind::Stage1Response,
        LetterKind::EscalationAccepted,
        LetterKind::Stage2Response,
        LetterKind::Closing,
        LetterKind::AfterClosing,
        LetterKind::ProgressUpdate,
    ] {
        let refused = send(&mut letters, &mut journey, kind, LetterWords::default())
            .await
            .unwrap_err();
        assert_eq!(
            reason(&refused),
            "WRONG_STANDING",
            "{kind:?}: {}",
            refused.message()
        );
    }
    assert_eq!(journey.complaint.version, 1);
}
