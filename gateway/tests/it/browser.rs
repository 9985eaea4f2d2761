//! A browser, as far as the gateway can tell. Its portal is reached without the proxy that ends TLS, so it keeps its cookies itself.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use http::{Method, StatusCode, header};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};

use crate::given::PORTAL;

/// A browser with its cookies. It follows no redirects.
pub struct Browser {
    /// Every cookie that was ever set, as it was written.
    pub set: Vec<String>,
    cookies: BTreeMap<String, String>,
    http: Client,
    gateway: SocketAddr,
}

impl Browser {
    pub fn new(gateway: SocketAddr) -> Self {
        kit::tls::install_provider();
        Self {
            set: Vec::new(),
            cookies: BTreeMap::new(),
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
            gateway,
        }
    }

    /// Where the gateway listens.
    pub fn gateway(&self) -> SocketAddr {
        self.gateway
    }

    /// Keeps a cookie.
    pub fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// A cookie that it keeps.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// All of its cookies, as a header.
    pub fn cookies(&self) -> String {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// A request with its cookies and nothing else.
    pub fn request(&self, method: Method, address: &str) -> RequestBuilder {
        self.http
            .request(method, format!("http://{}{address}", self.gateway))
            .header(header::COOKIE, self.cookies())
    }

    /// Sends a request, and keeps the cookies of its answer.
    pub async fn send(&mut self, request: RequestBuilder) -> Response {
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.keep(name, value);
            }
            self.set.push(cookie.to_owned());
        }
        answer
    }

    /// Opens a page.
    pub async fn get(&mut self, address: &str) -> Response {
        self.send(self.request(Method::GET, address)).await
    }

    /// The token of the forms that it is shown.
    pub async fn token(&mut self) -> String {
        let page = self.get("/login").await.text().await.unwrap();
        let (_, rest) = page.split_once(r#"name="csrf" value=""#).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// Fills a form of a page in and sends it; tells where it goes from there.
    pub async fn fill_in(&mut self, address: &str, fields: &[(&str, &str)]) -> String {
        let token = self.token().await;
        let request = self
            .request(Method::POST, address)
            .header(header::ORIGIN, PORTAL)
            .form(&[&[("csrf", token.as_str())], fields].concat());
        let answer = self.send(request).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{address}");
        let next = &answer.headers()[header::LOCATION];
        next.to_str().unwrap().to_owned()
    }
}
