//! A session as a browser lives through it, before the real identity: what keeps it, what does not, and what gives it a new secret.

use kit::token::Claims;
use kit::{Clock, Person, Seat};
use proto::access::v1::Role;
use proto::identity::v1::account_service_client::AccountServiceClient;
use proto::identity::v1::{Landlord, ListSessionsRequest, Session};
use reqwest::StatusCode;
use tests::{Browser, Portal};

const USERNAME: &str = "dani@landlord.example";
const PASSWORD: &str = "walnut ladder teacup";
const NEW: &str = "marble orchid kettle";
const SESSION: &str = "__Host-session";
const BROWSER: &str = "__Host-browser";

/// How many seconds a browser's session has left.
async fn remaining(browser: &mut Browser<'_>) -> Result<u64, StatusCode> {
    let request = browser
        .get("/session/remaining")
        .header("accept", "application/json");
    let answer = browser.send(request).await.unwrap();
    if answer.status() != StatusCode::OK {
        return Err(answer.status());
    }
    let answer: serde_json::Value = answer.json().await.unwrap();
    Ok(answer["seconds"].as_u64().unwrap())
}

/// The one press that keeps a session.
async fn extend(browser: &mut Browser<'_>) {
    let token = browser.token().await.unwrap();
    let request = browser
        .post("/session/extend")
        .header("x-csrf-token", token);
    let answer = browser.send(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

async fn register(portal: &Portal) -> Landlord {
    portal
        .register_landlord("TEST TEST Landlord", "Dani Rawling", USERNAME)
        .await
        .unwrap()
}

/// The only session of a landlord's administrator, looked up without it.
async fn the_session(portal: &Portal, landlord: &Landlord) -> Session {
    let person = Person {
        account_id: landlord.administrator_account_id.parse().unwrap(),
        name: "Dani Rawling".to_owned(),
        role: Role::LandlordAdministrator,
        landlord: Some(Seat {
            landlord_id: landlord.id.parse().unwrap(),
            landlord_name: landlord.name.clone(),
            activated_on: None,
        }),
        team: None,
        session_id: None,
        through: None,
    };
    let claims = Claims::person(&person, "identity", Clock::system().now());
    let token = portal.signer.sign(&claims).unwrap();
    let channel = portal.channel("identity", "gateway").unwrap();
    let listed = AccountServiceClient::new(channel)
        .list_sessions(kit::client::bearer(ListSessionsRequest::default(), &token))
        .await;
    let [session] = <[Session; 1]>::try_from(listed.unwrap().into_inner().sessions).unwrap();
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn id_10_asking_how_long_is_left_extends_nothing_and_one_press_does() {
    let portal = Portal::start().await.unwrap();
    let landlord = register(&portal).await;
    let mut browser = Browser::new(&portal).unwrap();
    browser
        .log_in_for_the_first_time(USERNAME, PASSWORD)
        .await
        .unwrap();
    browser.open("/account").await.unwrap();
    let before = the_session(&portal, &landlord).await.last_active_at;

    let mut left = remaining(&mut browser).await.unwrap();
    for _ in 0..30 {
        let now = remaining(&mut browser).await.unwrap();
        assert!(now <= left, "it grew from {left} to {now}");
        left = now;
    }
    let told = browser.open("/session-ended").await.unwrap();

    assert_eq!(told.status(), StatusCode::OK);
    assert!(told.text().await.unwrap().contains("still logged in"));
    assert!(browser.cookies.contains_key(SESSION), "it lives");
    let after = the_session(&portal, &landlord).await.last_active_at;
    assert_eq!(after, before);

    extend(&mut browser).await;
    let extended = the_session(&portal, &landlord).await.last_active_at;
    let instant = |at: Option<_>| kit::time::instant(at.as_ref()).unwrap();
    assert!(instant(extended) > instant(before));
    portal.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn id_8_a_new_password_changes_the_cookies_and_the_former_ones_are_worth_nothing() {
    let portal = Portal::start().await.unwrap();
    register(&portal).await;
    let mut browser = Browser::new(&portal).unwrap();
    browser
        .log_in_for_the_first_time(USERNAME, PASSWORD)
        .await
        .unwrap();
    let mut thief = Browser::new(&portal).unwrap();
    thief.cookies = browser.cookies.clone();
    remaining(&mut thief).await.unwrap();

    let fields = [("current", PASSWORD), ("password", NEW), ("repeated", NEW)];
    browser.fill_in("/account/password", &fields).await.unwrap();

    for cookie in [SESSION, BROWSER] {
        assert_ne!(browser.cookies[cookie], thief.cookies[cookie], "{cookie}");
    }
    assert!(remaining(&mut browser).await.is_ok());
    assert_eq!(remaining(&mut thief).await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(
        thief.open("/account").await.unwrap().status(),
        StatusCode::SEE_OTHER
    );
    thief.open("/session-ended").await.unwrap();
    assert!(!thief.cookies.contains_key(SESSION), "it is over");
    portal.stop().await.unwrap();
}
