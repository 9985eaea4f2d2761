//! A session as a browser lives through it, before the real identity: what keeps it, what does not, and what gives it a new secret.

use std::collections::BTreeMap;
use std::time::Duration;

use kit::token::Claims;
use kit::{Clock, Person, Seat};
use proto::access::v1::Role;
use proto::identity::v1::account_service_client::AccountServiceClient;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::{Landlord, ListSessionsRequest, RegisterLandlordRequest, Session};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use tests::Portal;

const USERNAME: &str = "dani@landlord.example";
const PASSWORD: &str = "walnut ladder teacup";
const NEW: &str = "marble orchid kettle";
const SESSION: &str = "__Host-session";
const BROWSER: &str = "__Host-browser";

/// A browser that keeps its cookies itself: they want a secure origin, and the proxy that would be one is not there.
struct Browser<'a> {
    portal: &'a Portal,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    fn new(portal: &'a Portal) -> Self {
        Self {
            portal,
            http: reqwest::Client::builder()
                .redirect(Policy::none())
                .build()
                .unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    async fn send(&mut self, request: RequestBuilder) -> Response {
        let pairs = self.cookies.iter().map(|(name, it)| format!("{name}={it}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let answer = request
            .header("cookie", cookies)
            .header("origin", &self.portal.url)
            .send()
            .await
            .unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    async fn open(&mut self, address: &str) -> Response {
        let request = self.http.get(format!("{}{address}", self.portal.url));
        self.send(request).await
    }

    /// The token of the forms that it is shown.
    async fn token(&mut self) -> String {
        let page = self.open("/login").await.text().await.unwrap();
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// Fills a form in, which is taken.
    async fn fill_in(&mut self, address: &str, fields: &[(&str, &str)]) {
        let token = self.token().await;
        let fields = [&[("csrf", token.as_str())], fields].concat();
        let request = self.http.post(format!("{}{address}", self.portal.url));
        let answer = self.send(request.form(&fields)).await;
        assert_eq!(
            answer.status(),
            StatusCode::SEE_OTHER,
            "{address}: {}",
            answer.text().await.unwrap()
        );
    }

    /// How many seconds the session has left.
    async fn remaining(&mut self) -> Result<u64, StatusCode> {
        let address = format!("{}/session/remaining", self.portal.url);
        let request = self.http.get(address).header("accept", "application/json");
        let answer = self.send(request).await;
        if answer.status() != StatusCode::OK {
            return Err(answer.status());
        }
        let answer: serde_json::Value = answer.json().await.unwrap();
        Ok(answer["seconds"].as_u64().unwrap())
    }

    /// The one press that keeps a session.
    async fn extend(&mut self) {
        let token = self.token().await;
        let address = format!("{}/session/extend", self.portal.url);
        let request = self.http.post(address).header("x-csrf-token", token);
        assert_eq!(self.send(request).await.status(), StatusCode::OK);
    }

    /// Sets a password by an emailed link, and logs in with it and an emailed code.
    async fn log_in_for_the_first_time(&mut self) {
        self.fill_in("/forgot-password", &[("username", USERNAME)])
            .await;
        let text = self.email("/set-password/").await;
        let (_, token) = text.split_once("/set-password/").unwrap();
        let token = token.split_whitespace().next().unwrap();
        let fields = [
            ("token", token),
            ("password", PASSWORD),
            ("repeated", PASSWORD),
        ];
        self.fill_in("/set-password", &fields).await;

        let next = ("next", "");
        self.fill_in("/login", &[("username", USERNAME), next])
            .await;
        self.fill_in("/login/password", &[("password", PASSWORD), next])
            .await;
        self.fill_in("/login/verification/send", &[]).await;
        let text = self.email("verification code").await;
        let code = text
            .split_whitespace()
            .find(|it| it.len() == 6 && it.bytes().all(|it| it.is_ascii_digit()))
            .unwrap();
        self.fill_in("/login/verification", &[("code", code)]).await;
        assert!(self.cookies.contains_key(SESSION));
    }

    async fn email(&self, says: &str) -> String {
        let email = self
            .portal
            .mailbox
            .wait_for(
                |mail| mail.is_to(USERNAME) && mail.text.contains(says),
                Duration::from_secs(30),
            )
            .await;
        email.expect("the email arrives").text
    }
}

async fn register(portal: &Portal) -> Landlord {
    let client = kit::Client {
        client_id: kit::id(),
        name: "Operators".to_owned(),
        scopes: vec!["accounts".to_owned()],
    };
    let claims = Claims::client(&client, "identity", Clock::system().now());
    let request = RegisterLandlordRequest {
        request_id: kit::id().to_string(),
        name: "TEST TEST Landlord".to_owned(),
        administrator_name: "Dani Rawling".to_owned(),
        administrator_username: USERNAME.to_owned(),
    };
    let request = kit::client::bearer(request, &portal.signer.sign(&claims).unwrap());
    let channel = portal.channel("identity", "casework").unwrap();
    let registered = AdministrationServiceClient::new(channel)
        .register_landlord(request)
        .await;
    registered.unwrap().into_inner()
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
        .list_sessions(kit::client::bearer(ListSessionsRequest {}, &token))
        .await;
    let [session] = <[Session; 1]>::try_from(listed.unwrap().into_inner().sessions).unwrap();
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn id_10_asking_how_long_is_left_extends_nothing_and_one_press_does() {
    let portal = Portal::start().await.unwrap();
    let landlord = register(&portal).await;
    let mut browser = Browser::new(&portal);
    browser.log_in_for_the_first_time().await;
    browser.open("/account").await;
    let before = the_session(&portal, &landlord).await.last_active_at;

    let mut left = browser.remaining().await.unwrap();
    for _ in 0..30 {
        let now = browser.remaining().await.unwrap();
        assert!(now <= left, "it grew from {left} to {now}");
        left = now;
    }
    let told = browser.open("/session-ended").await;

    assert_eq!(told.status(), StatusCode::OK);
    assert!(told.text().await.unwrap().contains("still logged in"));
    assert!(browser.cookies.contains_key(SESSION), "it lives");
    let after = the_session(&portal, &landlord).await.last_active_at;
    assert_eq!(after, before);

    browser.extend().await;
    let extended = the_session(&portal, &landlord).await.last_active_at;
    let instant = |at: Option<_>| kit::time::instant(at.as_ref()).unwrap();
    assert!(instant(extended) > instant(before));
    portal.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn id_8_a_new_password_changes_the_cookies_and_the_former_ones_are_worth_nothing() {
    let portal = Portal::start().await.unwrap();
    register(&portal).await;
    let mut browser = Browser::new(&portal);
    browser.log_in_for_the_first_time().await;
    let mut thief = Browser::new(&portal);
    thief.cookies = browser.cookies.clone();
    thief.remaining().await.unwrap();

    let fields = [("current", PASSWORD), ("password", NEW), ("repeated", NEW)];
    browser.fill_in("/account/password", &fields).await;

    for cookie in [SESSION, BROWSER] {
        assert_ne!(browser.cookies[cookie], thief.cookies[cookie], "{cookie}");
    }
    assert!(browser.remaining().await.is_ok());
    assert_eq!(thief.remaining().await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(thief.open("/account").await.status(), StatusCode::SEE_OTHER);
    thief.open("/session-ended").await;
    assert!(!thief.cookies.contains_key(SESSION), "it is over");
    portal.stop().await.unwrap();
}
