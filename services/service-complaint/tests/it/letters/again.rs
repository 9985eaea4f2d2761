//! A letter that did not reach the person goes out once more (SC-12).

use outbox::Outcome;
use outbox::testing::events;
use proto::access::v1::Role;
use proto::notification::v1::EmailRefused;
use proto::service_complaint::v1::{
    Delivery, Format, GetLetterRequest, Letter, LetterKind, LetterRefused, LetterSent, LetterWords,
    LinkRequested, ListLettersToPostRequest, SendLetterAgainRequest, TellingKind,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use super::{Letters, send};
use crate::given::{World, a_definition, a_world};
use crate::journey::Journey;

impl World {
    /// A complaint whose acknowledgement went by email on Tuesday 10 June 2025.
    async fn acknowledged_by_email(&self) -> (Journey, Letters, Letter) {
        let mut letters = self.letters(self.investigator.clone());
        let mut journey = self.recorded().await;
        journey.assign(&self.investigator).await.unwrap();
        journey.define(a_definition()).await.unwrap();
        let kind = LetterKind::Acknowledgement;
        let letter = send(&mut letters, &mut journey, kind, LetterWords::default())
            .await
            .unwrap();
        (journey, letters, letter)
    }

    /// A mail server refuses a letter.
    async fn refuse(&self, db: &PgPool, letter: &Letter) -> [Outcome; 2] {
        let event = outbox::testing::event_at(
            &EmailRefused {
                email_id: kit::id().to_string(),
                letter_id: letter.id.clone(),
                ..EmailRefused::default()
            },
            self.clock.now(),
        );
        [
            outbox::deliver(db, &self.app, &event).await.unwrap(),
            outbox::deliver(db, &self.app, &event).await.unwrap(),
        ]
    }
}

fn by_post(letter: &Letter) -> SendLetterAgainRequest {
    SendLetterAgainRequest {
        request_id: kit::id().to_string(),
        letter_id: letter.id.clone(),
        delivery: Delivery::Post.into(),
        address: "1 High Street\nLeeds\nLS1 1AA".to_owned(),
    }
}

/// 1.7, 3.4: The address did not exist: who handles it hears at once, and telling the person is due.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_refused_letter_is_announced_and_due_to_be_told_in_another_way(db: PgPool) {
    let world = a_world(&db).await;
    let (mut journey, _, letter) = world.acknowledged_by_email().await;

    let delivered = world.refuse(&db, &letter).await;
    journey.refresh().await;

    assert_eq!(delivered, [Outcome::Handled, Outcome::Duplicate]);
    let refused = events::<LetterRefused>(&db).await;
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].letter_id, letter.id);
    assert_eq!(refused[0].handler_id, world.investigator.id().to_string());
    assert_eq!(journey.complaint.tellings.len(), 1);
    let telling = &journey.complaint.tellings[0];
    assert_eq!(telling.kind(), TellingKind::LetterRefused);
    assert_eq!(telling.what, "the acknowledgement");
    assert_eq!(telling.due_on, "2025-06-12");
    // 4.1: that it was sent on the day stays as it was.
    let clock = journey.complaint.stage_1.clone().unwrap().acknowledgement;
    assert_eq!(clock.unwrap().met_on, "2025-06-10");
}

/// 1.7, 3.4: The same words go on paper: a letter of its own for the post, which settles what was due.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_refused_letter_goes_by_post_word_for_word(db: PgPool) {
    let world = a_world(&db).await;
    let (mut journey, mut letters, letter) = world.acknowledged_by_email().await;
    world.refuse(&db, &letter).await;
    world.on("2025-06-11");

    let again = letters
        .send_letter_again(by_post(&letter))
        .await
        .unwrap()
        .into_inner();
    journey.refresh().await;

    assert!(again.pdf.starts_with(b"%PDF-1.7"));
    assert_eq!(
        (again.delivery(), again.format()),
        (Delivery::Post, Format::Letter)
    );
    assert_eq!(again.repeats_id, letter.id);
    let why = "We sent you this letter on 10 June 2025. It did not reach you, so here it is again.";
    let before = format!("{why}\n\n");
    let address = "Asha Verma\n1 High Street\nLeeds\nLS1 1AA\n\n";
    assert!(again.text.starts_with(address), "{}", again.text);
    assert_eq!(
        again.text.replacen(&before, "", 1).replacen(address, "", 1),
        letter.text
    );
    let telling = &journey.complaint.tellings[0];
    assert_eq!(telling.told_on, "2025-06-11");
    assert_eq!(telling.proof, format!("letter {}", again.id));
    let to_post = letters
        .list_letters_to_post(ListLettersToPostRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(to_post.letters[0].id, again.id);
}

/// 1.7, 3.4: To another address by email, announced as any letter; refused as well, it is due anew.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_letter_sent_again_by_email_can_be_refused_again(db: PgPool) {
    let world = a_world(&db).await;
    let (mut journey, mut letters, letter) = world.acknowledged_by_email().await;
    world.refuse(&db, &letter).await;
    let request = SendLetterAgainRequest {
        delivery: Delivery::Email.into(),
        address: "asha.verma@example.org".to_owned(),
        ..by_post(&letter)
    };

    let again = letters
        .send_letter_again(request)
        .await
        .unwrap()
        .into_inner();
    let sent = events::<LetterSent>(&db).await;
    world.refuse(&db, &again).await;
    journey.refresh().await;

    let last = sent.last().unwrap();
    assert_eq!((&last.letter_id, last.by_email), (&again.id, true));
    // SC-15: whoever reads the other mailbox gets no way to the complaint's page.
    let links = events::<LinkRequested>(&db).await;
    assert_eq!(links.len(), 1, "the first letter's alone");
    let open: Vec<_> = journey
        .complaint
        .tellings
        .iter()
        .filter(|it| it.told_on.is_empty())
        .collect();
    assert_eq!(open.len(), 1);
    assert_eq!(
        open[0].subject_id, letter.id,
        "the letter as it was first sent"
    );
    letters.send_letter_again(by_post(&again)).await.unwrap();
    journey.refresh().await;
    assert!(
        journey
            .complaint
            .tellings
            .iter()
            .all(|it| !it.told_on.is_empty())
    );
}

/// 1.7, 3.4: Pressed twice it is sent once; the same id for something else is told.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_a_letter_is_sent_again_once_for_each_request(db: PgPool) {
    let world = a_world(&db).await;
    let (_, mut letters, letter) = world.acknowledged_by_email().await;
    let request = by_post(&letter);

    let first = letters.send_letter_again(request.clone()).await.unwrap();
    let second = letters.send_letter_again(request.clone()).await.unwrap();
    let elsewhere = SendLetterAgainRequest {
        address: "2 High Street".to_owned(),
        ..request
    };
    let other = letters.send_letter_again(elsewhere).await.unwrap_err();

    assert_eq!(first.into_inner(), second.into_inner());
    assert_eq!(reason(&other), "REQUEST_ID_REUSED");
    assert_eq!(events::<LetterSent>(&db).await.len(), 2);
}

/// 1.7, 3.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_what_can_not_be_delivered_is_not_sent_again(db: PgPool) {
    let world = a_world(&db).await;
    let (_, mut letters, letter) = world.acknowledged_by_email().await;
    let bad = |delivery: Delivery, address: &str| SendLetterAgainRequest {
        delivery: delivery.into(),
        address: address.to_owned(),
        ..by_post(&letter)
    };

    for (delivery, address, field) in [
        (Delivery::Unspecified, "1 High Street", "delivery"),
        (Delivery::Post, " ", "address"),
        (Delivery::Email, "1 High Street", "address"),
    ] {
        let refused = letters.send_letter_again(bad(delivery, address)).await;
        assert_eq!(violations(&refused.unwrap_err())[0].0, field);
    }
    let unprintable = bad(Delivery::Post, "1 High Street \u{1F3E0}");
    let refused = letters.send_letter_again(unprintable).await.unwrap_err();
    assert_eq!(reason(&refused), "LETTER_INCOMPLETE");
    let nothing = SendLetterAgainRequest {
        letter_id: kit::id().to_string(),
        ..by_post(&letter)
    };
    let refused = letters.send_letter_again(nothing).await.unwrap_err();
    assert_eq!(reason(&refused), "NO_SUCH_LETTER");
    let mut reader = world.letters(testkit::a(Role::IndependentReviewer));
    let refused = reader
        .send_letter_again(by_post(&letter))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let request = GetLetterRequest {
        letter_id: letter.id,
    };
    reader.get_letter(request).await.unwrap();
}
