//! A program of somebody's that speaks JSON with the portal and keeps its cookies.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tests::Portal;

pub const PASSWORD: &str = "walnut ladder teacup";
pub const SESSION: &str = "__Host-session";

pub struct Program<'a> {
    pub cookies: BTreeMap<String, String>,
    portal: &'a Portal,
    http: reqwest::Client,
}

impl<'a> Program<'a> {
    pub fn new(portal: &'a Portal) -> Self {
        Self {
            cookies: BTreeMap::new(),
            portal,
            http: reqwest::Client::builder()
                .redirect(Policy::none())
                .build()
                .unwrap(),
        }
    }

    /// A request with what the portal wants of a program.
    pub fn request(&self, method: Method, address: &str) -> RequestBuilder {
        let address = format!("{}{address}", self.portal.url);
        self.http
            .request(method, address)
            .header("origin", &self.portal.url)
            .header("x-requested-with", "a program")
            .header("cookie", self.cookie_header())
    }

    pub fn cookie_header(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, it)| format!("{name}={it}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Sends a request and keeps the cookies of its answer.
    pub async fn send(&mut self, request: RequestBuilder) -> Response {
        let answer = request.send().await.unwrap();
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

    pub async fn get(&mut self, address: &str) -> (StatusCode, Value) {
        let request = self.request(Method::GET, address);
        self.asked(request).await
    }

    pub async fn post(&mut self, address: &str, body: Value) -> (StatusCode, Value) {
        let request = self.request(Method::POST, address).json(&body);
        self.asked(request).await
    }

    pub async fn asked(&mut self, request: RequestBuilder) -> (StatusCode, Value) {
        let answer = self.send(request).await;
        let status = answer.status();
        (status, answer.json().await.unwrap())
    }

    /// Asks for what must be given.
    pub async fn done(&mut self, address: &str, body: Value) -> Value {
        let (status, answer) = self.post(address, body).await;
        assert_eq!(status, StatusCode::OK, "{address}: {answer}");
        answer
    }

    /// Asks for a link to set a password by.
    pub async fn forget_password(&mut self, username: &str) {
        let request = json!({"username": username});
        self.done("/api/v1/password:requestReset", request).await;
    }

    /// Sets a password by the link that was emailed, and logs in with it and an emailed code.
    pub async fn log_in_for_the_first_time(&mut self, username: &str) {
        let text = self.email(username, "/set-password/").await;
        let (_, token) = text.split_once("/set-password/").unwrap();
        let token = token.split_whitespace().next().unwrap();
        let link = json!({"resetToken": token});
        let checked = self.done("/api/v1/password:checkResetLink", link).await;
        assert_eq!(checked["username"], username);
        let set = json!({"resetToken": token, "newPassword": PASSWORD});
        self.done("/api/v1/password:reset", set).await;

        let login = json!({"username": username, "password": PASSWORD});
        self.done("/api/v1/login", login).await;
        self.done("/api/v1/login:sendCode", json!({})).await;
        let text = self.email(username, "verification code").await;
        let code = text
            .split_whitespace()
            .find(|it| it.len() == 6 && it.bytes().all(|it| it.is_ascii_digit()))
            .unwrap();
        let verified = self
            .done("/api/v1/login:verifyCode", json!({"code": code}))
            .await;
        assert_eq!(verified["account"]["username"], username);
        assert!(self.cookies.contains_key(SESSION));
    }

    async fn email(&self, to: &str, says: &str) -> String {
        let email = self
            .portal
            .mailbox
            .wait_for(
                |mail| mail.is_to(to) && mail.text.contains(says),
                Duration::from_secs(30),
            )
            .await;
        email.expect("the email arrives").text
    }
}
