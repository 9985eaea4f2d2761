//! The acknowledgement goes with the private link to see how the complaint stands (SC-15), and with the factsheet (1.7).

use outbox::testing::events;
use proto::service_complaint::v1::{
    Channel, Format, LetterKind, LetterWords, LinkCause, LinkRequested, MintLinkRequest,
};
use sqlx::PgPool;

use super::send;
use crate::given::{a_complaint, a_definition, a_world};

/// 1.7: Whoever did not use the form has no link before; it goes by email alone, whatever the format of the letters.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_the_acknowledgement_brings_the_private_link_of_who_complained_without_the_form(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    for format in [Format::Email, Format::Letter, Format::EasyRead] {
        let mut journey = world.recorded_for(format).await;
        journey.define(a_definition()).await.unwrap();

        let kind = LetterKind::Acknowledgement;
        let letter = send(&mut letters, &mut journey, kind, LetterWords::default())
            .await
            .unwrap();

        let requested = events::<LinkRequested>(&db).await.pop().unwrap();
        assert_eq!(requested.complaint_id, journey.complaint.id);
        assert_eq!(requested.cause(), LinkCause::Asked);
        let request = MintLinkRequest {
            request_id: requested.request_id,
        };
        let minted = world.delivery("notification").mint_link(request).await;
        let minted = minted.unwrap().into_inner();
        assert_eq!(minted.address, "asha@example.org");
        assert!(
            letter
                .text
                .contains("with a private link to your complaint")
        );
        assert!(letter.text.contains("https://portal.example/complain/link"));
        assert!(!letter.text.contains(&minted.link_token));
    }
}

/// 1.7: A recorded acknowledgement brings it as well.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_an_acknowledgement_that_is_recorded_brings_the_link_too(db: PgPool) {
    let world = a_world(&db).await;

    world.investigated().await;

    assert_eq!(events::<LinkRequested>(&db).await.len(), 1);
}

/// 1.7: However it came: the link of a receipt may be lost, and what a complaint came of brought none.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_who_used_the_form_gets_a_link_with_the_acknowledgement_as_well(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut request = a_complaint();
    request.set_channel(Channel::Webform);
    let mut journey = world.recorded_as(request).await;
    journey.define(a_definition()).await.unwrap();

    let kind = LetterKind::Acknowledgement;
    let letter = send(&mut letters, &mut journey, kind, LetterWords::default())
        .await
        .unwrap();

    assert_eq!(events::<LinkRequested>(&db).await.len(), 1);
    assert!(
        letter
            .text
            .contains("with a private link to your complaint")
    );
}

/// 1.7: Without an email address there is no link; the letter says so, and how to hear all the same.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_without_an_email_address_the_letter_says_how_to_get_a_link(db: PgPool) {
    let world = a_world(&db).await;
    let mut letters = world.letters(world.investigator.clone());
    let mut request = a_complaint();
    let user = request.service_user.as_mut().unwrap();
    user.email.clear();
    user.set_format(Format::Letter);
    "1 High Street\nLeeds".clone_into(&mut user.postal_address);
    let mut journey = world.recorded_as(request).await;
    journey.define(a_definition()).await.unwrap();

    let kind = LetterKind::Acknowledgement;
    let letter = send(&mut letters, &mut journey, kind, LetterWords::default())
        .await
        .unwrap();

    assert!(events::<LinkRequested>(&db).await.is_empty());
    assert!(
        letter
            .text
            .contains("We need an email address to send you the link.")
    );
    assert!(
        letter
            .text
            .contains("Factsheet: complaints about our service")
    );
}
