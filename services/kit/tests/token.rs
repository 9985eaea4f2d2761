//! The internal token is believed by one service, for a minute, when identity signed it.

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kit::token::{Claims, Refusal, Signer, Verifier};
use kit::{Caller, Clock, Person, Seat};
use proto::access::v1::Role;
use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;

struct World {
    signer: Signer,
    verifier: Verifier,
    clock: Clock,
    person: Person,
}

fn signer(id: &str) -> Signer {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    Signer::new(id, pkcs8.as_ref()).unwrap()
}

fn world() -> World {
    let now: DateTime<Utc> = "2026-03-02T09:00:00Z".parse().unwrap();
    let clock = Clock::fixed(now);
    let signer = signer("spring");
    let verifier = Verifier::with_keys(
        "case",
        &[("spring".to_owned(), signer.public_key())],
        clock.clone(),
    );
    let person = Person {
        account_id: kit::id(),
        name: "Dani Rawling".to_owned(),
        role: Role::LandlordAdministrator,
        landlord: Some(Seat {
            landlord_id: kit::id(),
            landlord_name: "TEST TEST Landlord".to_owned(),
            activated_on: Some(clock.today()),
        }),
        team: None,
        session_id: Some(kit::id()),
        through: None,
    };
    World {
        signer,
        verifier,
        clock,
        person,
    }
}

#[tokio::test]
async fn a_fresh_token_tells_who_it_is() {
    let World {
        signer,
        verifier,
        clock,
        person,
    } = world();

    let token = signer
        .sign(&Claims::person(&person, "case", clock.now()))
        .unwrap();

    assert_eq!(verifier.verify(&token).await, Ok(Caller::Person(person)));
}

#[tokio::test]
async fn a_token_ends_after_a_minute() {
    let World {
        signer,
        verifier,
        clock,
        person,
    } = world();
    let token = signer
        .sign(&Claims::person(&person, "case", clock.now()))
        .unwrap();

    clock.advance(Duration::seconds(60));
    assert!(
        verifier.verify(&token).await.is_ok(),
        "within the leeway between two machines"
    );
    clock.advance(Duration::seconds(6));

    assert_eq!(verifier.verify(&token).await, Err(Refusal::Ended));
}

#[tokio::test]
async fn a_token_that_gives_itself_more_than_a_minute_is_refused() {
    let World {
        signer,
        verifier,
        clock,
        person,
    } = world();
    let mut claims = Claims::person(&person, "case", clock.now());
    claims.exp += 3600;

    assert_eq!(
        verifier.verify(&signer.sign(&claims).unwrap()).await,
        Err(Refusal::Ended)
    );
}

#[tokio::test]
async fn a_token_for_another_service_is_refused() {
    let World {
        signer,
        verifier,
        clock,
        person,
    } = world();
    let token = signer
        .sign(&Claims::person(&person, "task", clock.now()))
        .unwrap();

    assert_eq!(verifier.verify(&token).await, Err(Refusal::Forged));
}

#[tokio::test]
async fn a_token_of_another_key_is_refused_even_under_our_keys_name() {
    let World {
        verifier,
        clock,
        person,
        ..
    } = world();
    let claims = Claims::person(&person, "case", clock.now());

    assert_eq!(
        verifier
            .verify(&signer("autumn").sign(&claims).unwrap())
            .await,
        Err(Refusal::UnknownKey)
    );
    assert_eq!(
        verifier
            .verify(&signer("spring").sign(&claims).unwrap())
            .await,
        Err(Refusal::Forged)
    );
}

#[tokio::test]
async fn another_algorithm_is_refused_even_with_the_public_key_as_its_secret() {
    let World {
        signer,
        verifier,
        clock,
        person,
    } = world();
    let claims = Claims::person(&person, "case", clock.now());
    let header = Header {
        kid: Some("spring".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let confused = jsonwebtoken::encode(
        &header,
        &claims,
        &EncodingKey::from_secret(&signer.public_key()),
    )
    .unwrap();

    assert_eq!(verifier.verify(&confused).await, Err(Refusal::Malformed));
    // {"alg":"none","kid":"spring"}.{} without a signature
    assert_eq!(
        verifier
            .verify("eyJhbGciOiJub25lIiwia2lkIjoic3ByaW5nIn0.e30.")
            .await,
        Err(Refusal::Malformed)
    );
    assert_eq!(verifier.verify("").await, Err(Refusal::Malformed));
}

#[tokio::test]
async fn a_changed_token_is_refused() {
    let World {
        signer,
        verifier,
        clock,
        person,
    } = world();
    let token = signer
        .sign(&Claims::person(&person, "case", clock.now()))
        .unwrap();
    let other = signer
        .sign(&Claims::person(
            &Person {
                name: "Mallory".to_owned(),
                ..person
            },
            "case",
            clock.now(),
        ))
        .unwrap();
    let (head, _) = other.rsplit_once('.').unwrap();
    let (_, signature) = token.rsplit_once('.').unwrap();

    assert_eq!(
        verifier.verify(&format!("{head}.{signature}")).await,
        Err(Refusal::Forged)
    );
}

#[tokio::test]
async fn a_landlords_role_without_a_landlord_is_refused() {
    let World {
        signer,
        verifier,
        clock,
        person,
    } = world();
    let claims = Claims::person(
        &Person {
            landlord: None,
            ..person
        },
        "case",
        clock.now(),
    );

    assert_eq!(
        verifier.verify(&signer.sign(&claims).unwrap()).await,
        Err(Refusal::Senseless)
    );
}
