//! What counts as activity (ID-10): each route says whether it extends the session of whoever asks, and is held to it.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, header};
use futures::FutureExt as _;
use futures::future::{self, BoxFuture};
use kit::config::PeerConfig;
use proto::access::v1::Role;
use proto::identity::v1::login_service_server::LoginServiceServer;
use proto::identity::v1::{Account, CheckSessionRequest, CheckSessionResponse};
use tempfile::TempDir;
use testkit::Served;
use tonic::Status;
use tonic::server::{Grpc, NamedService};
use tonic_prost::ProstCodec;
use tower::{Service, ServiceExt as _, service_fn};

use super::{BROWSER, PORTAL, edge_before};
use crate::{cookies, csrf};

#[path = "../../../tests/it/routes.rs"]
mod routes;

/// Whoever asks for it did something.
const EXTENDS: bool = true;
/// Asking for it is nothing that a person did.
const LEAVES: bool = false;

/// Every route of the portal.
pub(super) const ROUTES: [(&str, &str, bool); 190] = [
    ("GET", "/", EXTENDS),
    ("GET", "/accessibility", EXTENDS),
    ("GET", "/account", EXTENDS),
    ("GET", "/account/password", EXTENDS),
    ("POST", "/account/password", EXTENDS),
    ("POST", "/account/sessions/{id}/end", EXTENDS),
    ("GET", "/cases/closed", EXTENDS),
    ("GET", "/cases/open", EXTENDS),
    ("GET", "/cases/{reference}", EXTENDS),
    ("GET", "/cases/{reference}/documents", EXTENDS),
    ("POST", "/cases/{reference}/documents", EXTENDS),
    ("GET", "/cases/{reference}/messages", EXTENDS),
    ("POST", "/cases/{reference}/messages", EXTENDS),
    ("POST", "/cases/{reference}/messages/read", EXTENDS),
    ("GET", "/cases/{reference}/tasks", EXTENDS),
    ("GET", "/complain", EXTENDS),
    ("GET", "/complain/check-your-answers", EXTENDS),
    ("POST", "/complain/check-your-answers", EXTENDS),
    ("GET", "/complain/factsheet", EXTENDS),
    ("GET", "/complain/policy", EXTENDS),
    ("GET", "/complain/factsheet.pdf", LEAVES),
    ("GET", "/complain/form/files", EXTENDS),
    ("POST", "/complain/form/files", EXTENDS),
    ("POST", "/complain/form/files/done", EXTENDS),
    ("POST", "/complain/form/files/{id}/remove", EXTENDS),
    ("GET", "/complain/form/{question}", EXTENDS),
    ("POST", "/complain/form/{question}", EXTENDS),
    ("GET", "/complain/landlord", EXTENDS),
    ("GET", "/complain/link", EXTENDS),
    ("POST", "/complain/link", EXTENDS),
    ("GET", "/complain/link/sent", EXTENDS),
    ("GET", "/complain/request", EXTENDS),
    ("POST", "/complain/request", EXTENDS),
    ("GET", "/complain/request/sent", EXTENDS),
    ("GET", "/complain/sent", EXTENDS),
    ("POST", "/complain/start", EXTENDS),
    ("POST", "/complain/start-again", EXTENDS),
    ("GET", "/complaint/{token}", EXTENDS),
    ("GET", "/complaint/{token}/files", EXTENDS),
    ("POST", "/complaint/{token}/files", EXTENDS),
    ("GET", "/complaint/{token}/message", EXTENDS),
    ("POST", "/complaint/{token}/message", EXTENDS),
    ("POST", "/complaint/{token}/outcome", EXTENDS),
    ("GET", "/complaint/{token}/stage-2", EXTENDS),
    ("POST", "/complaint/{token}/stage-2", EXTENDS),
    ("GET", "/cookies", EXTENDS),
    ("GET", "/documents/{id}", EXTENDS),
    ("GET", "/forgot-password", EXTENDS),
    ("POST", "/forgot-password", EXTENDS),
    ("GET", "/forgot-password/sent", EXTENDS),
    ("GET", "/login", EXTENDS),
    ("POST", "/login", EXTENDS),
    ("GET", "/login/password", EXTENDS),
    ("POST", "/login/password", EXTENDS),
    ("GET", "/login/verification", EXTENDS),
    ("POST", "/login/verification", EXTENDS),
    ("POST", "/login/verification/send", EXTENDS),
    ("POST", "/logout", EXTENDS),
    ("GET", "/messages", EXTENDS),
    ("GET", "/notifications", EXTENDS),
    ("POST", "/notifications/read", EXTENDS),
    ("POST", "/notifications/{id}/open", EXTENDS),
    ("GET", "/privacy", EXTENDS),
    ("GET", "/restricted", EXTENDS),
    ("GET", "/my-actions", EXTENDS),
    ("GET", "/my-actions/{id}/complete", EXTENDS),
    ("POST", "/my-actions/{id}/complete", EXTENDS),
    ("GET", "/my-actions/{id}/hindered", EXTENDS),
    ("POST", "/my-actions/{id}/hindered", EXTENDS),
    ("GET", "/record-service-complaint", EXTENDS),
    ("POST", "/record-service-complaint", EXTENDS),
    ("GET", "/record-service-complaint/done", EXTENDS),
    ("GET", "/allocation", EXTENDS),
    ("POST", "/allocation/next", EXTENDS),
    ("GET", "/allocation/{reference}/ahead", EXTENDS),
    ("POST", "/allocation/{reference}/ahead", EXTENDS),
    ("GET", "/allocation/{reference}/in-turn", EXTENDS),
    ("POST", "/allocation/{reference}/in-turn", EXTENDS),
    ("GET", "/cases/{reference}/risk", EXTENDS),
    ("POST", "/cases/{reference}/risk", EXTENDS),
    ("GET", "/risk-reviews", EXTENDS),
    ("GET", "/risk-reviews/{id}", EXTENDS),
    ("POST", "/risk-reviews/{id}", EXTENDS),
    ("GET", "/service-complaints", EXTENDS),
    ("GET", "/service-complaints/all", EXTENDS),
    ("GET", "/service-complaints/approvals", EXTENDS),
    ("GET", "/service-complaints/requests", EXTENDS),
    ("GET", "/service-complaints/requests/new", EXTENDS),
    ("POST", "/service-complaints/requests/new", EXTENDS),
    ("GET", "/service-complaints/requests/{request}", EXTENDS),
    (
        "GET",
        "/service-complaints/requests/{request}/steps/{dealing}",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/requests/{request}/steps/{dealing}",
        EXTENDS,
    ),
    ("GET", "/service-complaints/monitoring", EXTENDS),
    ("GET", "/service-complaints/dashboard", EXTENDS),
    ("GET", "/service-complaints/dashboard/{chart}", EXTENDS),
    ("GET", "/service-complaints/learning", EXTENDS),
    ("GET", "/service-complaints/learning/new", EXTENDS),
    ("POST", "/service-complaints/learning/new", EXTENDS),
    (
        "GET",
        "/service-complaints/learning/{lesson}/complete",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/learning/{lesson}/complete",
        EXTENDS,
    ),
    (
        "GET",
        "/service-complaints/learning/{lesson}/sign-off",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/learning/{lesson}/sign-off",
        EXTENDS,
    ),
    ("GET", "/service-complaints/recommendations", EXTENDS),
    ("GET", "/service-complaints/recommendations/new", EXTENDS),
    ("POST", "/service-complaints/recommendations/new", EXTENDS),
    (
        "GET",
        "/service-complaints/recommendations/{recommendation}/respond",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/recommendations/{recommendation}/respond",
        EXTENDS,
    ),
    (
        "GET",
        "/service-complaints/recommendations/{recommendation}/{part}/complete",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/recommendations/{recommendation}/{part}/complete",
        EXTENDS,
    ),
    ("GET", "/service-complaints/enquiries", EXTENDS),
    ("GET", "/service-complaints/enquiries/all.csv", EXTENDS),
    ("GET", "/service-complaints/enquiries/record", EXTENDS),
    ("POST", "/service-complaints/enquiries/record", EXTENDS),
    ("GET", "/service-complaints/samples", EXTENDS),
    ("GET", "/service-complaints/samples/new", EXTENDS),
    ("POST", "/service-complaints/samples/new", EXTENDS),
    ("GET", "/service-complaints/samples/{sample}", EXTENDS),
    (
        "GET",
        "/service-complaints/samples/{sample}/complaints.csv",
        EXTENDS,
    ),
    (
        "GET",
        "/service-complaints/samples/{sample}/files.zip",
        EXTENDS,
    ),
    ("GET", "/service-complaints/themes", EXTENDS),
    ("GET", "/service-complaints/themes/new", EXTENDS),
    ("POST", "/service-complaints/themes/new", EXTENDS),
    ("GET", "/service-complaints/themes/{theme}/retire", EXTENDS),
    ("POST", "/service-complaints/themes/{theme}/retire", EXTENDS),
    (
        "POST",
        "/service-complaints/themes/{theme}/restore",
        EXTENDS,
    ),
    ("GET", "/service-complaints/reports", EXTENDS),
    ("GET", "/service-complaints/reports/check", EXTENDS),
    ("GET", "/service-complaints/reports/commentary", EXTENDS),
    ("POST", "/service-complaints/reports/commentary", EXTENDS),
    ("GET", "/service-complaints/reports/figures.csv", EXTENDS),
    ("GET", "/service-complaints/reports/rows", EXTENDS),
    ("GET", "/service-complaints/reports/rows.csv", EXTENDS),
    ("GET", "/service-complaints/record", EXTENDS),
    ("POST", "/service-complaints/record", EXTENDS),
    ("GET", "/service-complaints/{reference}", EXTENDS),
    (
        "GET",
        "/service-complaints/{reference}/change/{what}",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/{reference}/change/{what}",
        EXTENDS,
    ),
    ("GET", "/service-complaints/{reference}/clocks", EXTENDS),
    ("GET", "/service-complaints/{reference}/files", EXTENDS),
    ("GET", "/service-complaints/{reference}/files/{id}", EXTENDS),
    ("GET", "/service-complaints/{reference}/findings", EXTENDS),
    ("GET", "/service-complaints/{reference}/notes", EXTENDS),
    ("GET", "/service-complaints/{reference}/remedies", EXTENDS),
    (
        "GET",
        "/service-complaints/{reference}/steps/{step}",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/{reference}/steps/{step}",
        EXTENDS,
    ),
    ("GET", "/service-complaints/letters", EXTENDS),
    ("GET", "/service-complaints/paragraphs", EXTENDS),
    ("GET", "/service-complaints/paragraphs/add", EXTENDS),
    ("POST", "/service-complaints/paragraphs/add", EXTENDS),
    ("GET", "/service-complaints/paragraphs/{id}", EXTENDS),
    ("POST", "/service-complaints/paragraphs/{id}", EXTENDS),
    (
        "POST",
        "/service-complaints/paragraphs/{id}/retire",
        EXTENDS,
    ),
    ("GET", "/service-complaints/{reference}/letters", EXTENDS),
    (
        "GET",
        "/service-complaints/{reference}/letters/write",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/{reference}/letters/write",
        EXTENDS,
    ),
    (
        "GET",
        "/service-complaints/{reference}/letters/drafts/{id}",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/{reference}/letters/drafts/{id}",
        EXTENDS,
    ),
    (
        "GET",
        "/service-complaints/{reference}/letters/drafts/{id}/pdf",
        EXTENDS,
    ),
    (
        "GET",
        "/service-complaints/{reference}/letters/drafts/{id}/edit",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/{reference}/letters/drafts/{id}/edit",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/{reference}/letters/drafts/{id}/discard",
        EXTENDS,
    ),
    (
        "GET",
        "/service-complaints/{reference}/letters/{id}",
        EXTENDS,
    ),
    (
        "GET",
        "/service-complaints/{reference}/letters/{id}/pdf",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/{reference}/letters/{id}/posted",
        EXTENDS,
    ),
    (
        "GET",
        "/service-complaints/{reference}/letters/{id}/again",
        EXTENDS,
    ),
    (
        "POST",
        "/service-complaints/{reference}/letters/{id}/again",
        EXTENDS,
    ),
    ("GET", "/service-complaints/{reference}/timeline", EXTENDS),
    ("GET", "/session-ended", LEAVES),
    ("POST", "/session/extend", EXTENDS),
    ("GET", "/session/remaining", LEAVES),
    ("POST", "/set-password", EXTENDS),
    ("GET", "/set-password/{token}", EXTENDS),
    ("GET", "/tasks", EXTENDS),
    ("GET", "/tasks/{id}", EXTENDS),
    ("GET", "/tasks/{id}/completed", EXTENDS),
    ("POST", "/tasks/{id}/completed", EXTENDS),
    ("POST", "/tasks/{id}/reopen", EXTENDS),
    ("GET", "/tasks/{id}/unable", EXTENDS),
    ("POST", "/tasks/{id}/unable", EXTENDS),
    ("GET", "/user-guide", EXTENDS),
    ("GET", "/users", EXTENDS),
    ("POST", "/users/codes", EXTENDS),
    ("GET", "/users/new", EXTENDS),
    ("POST", "/users/new", EXTENDS),
    ("GET", "/users/{id}/deactivate", EXTENDS),
    ("POST", "/users/{id}/deactivate", EXTENDS),
    ("GET", "/users/{id}/reactivate", EXTENDS),
    ("POST", "/users/{id}/reactivate", EXTENDS),
    ("GET", "/users/{id}/reset-password", EXTENDS),
    ("POST", "/users/{id}/reset-password", EXTENDS),
];

/// What is asked for though no route is for it.
const ELSEWHERE: [(&str, &str, bool); 7] = [
    ("GET", "/static/p.css", LEAVES),
    ("GET", "/nothing-here", LEAVES),
    // What a person's program asks on their behalf is what they do; what is nobody's in particular is not.
    ("GET", "/api/v1/cases", EXTENDS),
    ("GET", "/api/v1/notices:countUnread", EXTENDS),
    ("GET", "/api/v1/workflow", LEAVES),
    ("GET", "/api/v1/openapi.json", LEAVES),
    ("GET", "/api/v1/nothing-here", LEAVES),
];

/// Stands in for identity: every session is alive, and it is written down which were extended.
#[derive(Clone, Default)]
struct Identity {
    role: Role,
    extended: Arc<Mutex<BTreeSet<String>>>,
}

impl Identity {
    fn check(&self, asked: CheckSessionRequest) -> CheckSessionResponse {
        if asked.active {
            self.extended.lock().unwrap().insert(asked.session_token);
        }
        CheckSessionResponse {
            account: Some(Account {
                role: self.role.into(),
                ..Account::default()
            }),
            idle_seconds_left: 900,
            absolute_seconds_left: 3_600,
            ..CheckSessionResponse::default()
        }
    }
}

impl NamedService for Identity {
    const NAME: &'static str = <LoginServiceServer<()> as NamedService>::NAME;
}

impl Service<http::Request<tonic::body::Body>> for Identity {
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let identity = self.clone();
        async move {
            if !request.uri().path().ends_with("/CheckSession") {
                return Ok(Status::unimplemented("nothing stands in for this").into_http());
            }
            let check = service_fn(|asked: tonic::Request<CheckSessionRequest>| {
                let answer = identity.check(asked.into_inner());
                future::ready(Ok::<_, Status>(tonic::Response::new(answer)))
            });
            Ok(Grpc::new(ProstCodec::default()).unary(check, request).await)
        }
        .boxed()
    }
}

/// The edge before an identity for which every session lives.
pub(super) struct Portal {
    identity: Identity,
    router: Router,
    _folder: TempDir,
    _served: Served,
}

impl Portal {
    async fn start() -> Self {
        Self::start_for(Role::Unspecified).await
    }

    /// One in which everybody has a role.
    pub(super) async fn start_for(role: Role) -> Self {
        let identity = Identity {
            role,
            ..Identity::default()
        };
        let served = testkit::serve("identity", |it| it.add_service(identity.clone())).await;
        let (router, folder) = edge_before(PeerConfig { url: served.url() });
        Self {
            identity,
            router,
            _folder: folder,
            _served: served,
        }
    }

    /// Asks as a person in a session would: every form is of our own page.
    pub(super) async fn ask(
        &self,
        method: &str,
        address: &str,
        session: &str,
    ) -> Response<axum::body::Body> {
        let token = csrf::token(BROWSER);
        let cookies = format!(
            "{}={BROWSER}; {}={session}",
            cookies::BROWSER,
            cookies::SESSION
        );
        let request = Request::builder()
            .method(method)
            .uri(filled_in(address))
            .header(header::COOKIE, cookies)
            .header(header::ORIGIN, PORTAL)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-csrf-token", &token)
            .body(Body::from(format!("csrf={token}")))
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    fn extended(&self, session: &str) -> bool {
        self.identity.extended.lock().unwrap().contains(session)
    }
}

/// An address with its placeholders filled in, as the list of routes has them.
fn filled_in(address: &str) -> String {
    address
        .replace("{reference}", "202312345")
        .replace("{step}", "acknowledge")
        .replace("{what}", "person")
        .replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057")
        .replace("{token}", "made-up")
        .replace("{chart}", "months.csv")
        .replace("{lesson}", "01890a5d-ac96-774b-bcce-b302099a8058")
        .replace("{request}", "SR202600001")
        .replace("{dealing}", "review")
        .replace("{recommendation}", "01890a5d-ac96-774b-bcce-b302099a8059")
        .replace("{part}", "01890a5d-ac96-774b-bcce-b302099a805a")
        .replace("{question}", "your-name")
        .replace("{sample}", "01890a5d-ac96-774b-bcce-b302099a805b")
        .replace("{theme}", "delay")
}

#[test]
fn every_route_says_whether_it_extends_the_session() {
    let mut routes = BTreeSet::new();
    for route in routes::all() {
        for (method, answered) in [(Method::GET, route.gets), (Method::POST, route.posts)] {
            if answered {
                routes.insert((method.to_string(), route.address.clone()));
            }
        }
    }
    let said: BTreeSet<_> = ROUTES
        .iter()
        .map(|(method, address, _)| ((*method).to_owned(), filled_in(address)))
        .collect();

    let differ: Vec<_> = routes.symmetric_difference(&said).collect();
    assert!(differ.is_empty(), "not in both lists: {differ:?}");
}

#[tokio::test]
async fn id_10_only_what_a_person_does_extends_the_session() {
    let portal = Portal::start().await;

    for (method, address, extends) in ROUTES.into_iter().chain(ELSEWHERE) {
        let session = kit::id().to_string();
        portal.ask(method, address, &session).await;

        assert_eq!(portal.extended(&session), extends, "{method} {address}");
    }
}

#[tokio::test]
async fn id_10_a_living_session_is_not_taken_away_where_an_ended_one_is_told_of() {
    let portal = Portal::start().await;

    let answer = portal
        .ask("GET", "/session-ended?next=%2Ftasks", "lives")
        .await;

    let taken = |it: &header::HeaderValue| it.to_str().unwrap().starts_with(cookies::SESSION);
    let set = answer.headers().get_all(header::SET_COOKIE);
    assert!(!set.iter().any(taken), "{set:?}");
    let page = axum::body::to_bytes(answer.into_body(), 1 << 20).await;
    let page = String::from_utf8(page.unwrap().to_vec()).unwrap();
    assert!(page.contains("You are still logged in"), "{page}");
    assert!(page.contains(r#"href="/tasks""#), "{page}");
}
