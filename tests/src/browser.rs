//! A browser without a screen: it keeps its cookies, opens pages and fills in forms.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};

use crate::Portal;

/// How long an email may take.
const EMAIL: Duration = Duration::from_secs(30);

/// A browser that keeps its cookies itself: they want a secure origin, and the proxy that would be one is not there.
pub struct Browser<'a> {
    portal: &'a Portal,
    http: reqwest::Client,
    /// The cookies, by name.
    pub cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    /// A browser that nobody has used yet. It follows no redirects.
    pub fn new(portal: &'a Portal) -> anyhow::Result<Self> {
        Ok(Self {
            portal,
            http: reqwest::Client::builder()
                .redirect(Policy::none())
                .build()?,
            cookies: BTreeMap::new(),
        })
    }

    /// A request for a page, to be sent.
    pub fn get(&self, address: &str) -> RequestBuilder {
        self.http.get(format!("{}{address}", self.portal.url))
    }

    /// A request that changes something, to be sent.
    pub fn post(&self, address: &str) -> RequestBuilder {
        self.http.post(format!("{}{address}", self.portal.url))
    }

    /// Sends a request with the cookies, and keeps those of the answer.
    pub async fn send(&mut self, request: RequestBuilder) -> anyhow::Result<Response> {
        let pairs = self.cookies.iter().map(|(name, it)| format!("{name}={it}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let answer = request
            .header("cookie", cookies)
            .header("origin", &self.portal.url)
            .send()
            .await?;
        for cookie in answer.headers().get_all("set-cookie") {
            let (pair, attributes) = cookie
                .to_str()?
                .split_once(';')
                .context("cookies have attributes")?;
            let (name, value) = pair.split_once('=').context("cookies have values")?;
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    /// Opens a page.
    pub async fn open(&mut self, address: &str) -> anyhow::Result<Response> {
        self.send(self.get(address)).await
    }

    /// The token of the forms that it is shown.
    pub async fn token(&mut self) -> anyhow::Result<String> {
        let page = self.open("/login").await?.text().await?;
        let (_, rest) = page
            .split_once("name=\"csrf\" value=\"")
            .context("the page has a form")?;
        let (token, _) = rest.split_once('"').context("a value ends")?;
        Ok(token.to_owned())
    }

    /// Fills a form in, which must be taken.
    pub async fn fill_in(&mut self, address: &str, fields: &[(&str, &str)]) -> anyhow::Result<()> {
        let token = self.token().await?;
        let fields = [&[("csrf", token.as_str())], fields].concat();
        let answer = self.send(self.post(address).form(&fields)).await?;
        let status = answer.status();
        ensure!(
            status == StatusCode::SEE_OTHER,
            "{address} answered {status}: {}",
            answer.text().await?
        );
        Ok(())
    }

    /// Sets a password by an emailed link, and logs in with it and an emailed code.
    pub async fn log_in_for_the_first_time(
        &mut self,
        username: &str,
        password: &str,
    ) -> anyhow::Result<()> {
        self.fill_in("/forgot-password", &[("username", username)])
            .await?;
        let text = self.email(username, "/set-password/").await?;
        let token = text
            .split_once("/set-password/")
            .and_then(|(_, rest)| rest.split_whitespace().next())
            .context("the email has a link")?;
        let fields = [
            ("token", token),
            ("password", password),
            ("repeated", password),
        ];
        self.fill_in("/set-password", &fields).await?;

        let next = ("next", "");
        self.fill_in("/login", &[("username", username), next])
            .await?;
        self.fill_in("/login/password", &[("password", password), next])
            .await?;
        self.fill_in("/login/verification/send", &[]).await?;
        let text = self.email(username, "verification code").await?;
        let code = text
            .split_whitespace()
            .find(|it| it.len() == 6 && it.bytes().all(|it| it.is_ascii_digit()))
            .context("the email has a code")?;
        self.fill_in("/login/verification", &[("code", code)]).await
    }

    async fn email(&self, to: &str, says: &str) -> anyhow::Result<String> {
        let email = self
            .portal
            .mailbox
            .wait_for(|mail| mail.is_to(to) && mail.text.contains(says), EMAIL)
            .await;
        Ok(email
            .with_context(|| format!("{to} got no email with {says}"))?
            .text)
    }
}
