//! One trace from the browser's request to the email (WH-5), as a collector receives it over OTLP.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use kit::config::{LogFormat, TelemetryConfig};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use proto::identity::v1::RegisterLandlordRequest;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use tests::Portal;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// A collector that keeps what it is sent.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let resources = request.into_inner().resource_spans.into_iter();
        let spans = resources
            .flat_map(|it| it.scope_spans)
            .flat_map(|it| it.spans);
        self.0.lock().unwrap().extend(spans);
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        _: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

impl Collector {
    /// Listens, and returns its address.
    async fn listen(&self) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = tonic::transport::Server::builder()
            .add_service(TraceServiceServer::new(self.clone()))
            .add_service(MetricsServiceServer::new(self.clone()))
            .serve_with_incoming(TcpIncoming::from(listener));
        tokio::spawn(server);
        address
    }

    /// The names of the spans from a span up to the root of its trace.
    fn path_to_root(&self, last: &str) -> Option<Vec<String>> {
        let spans = self.0.lock().unwrap();
        let by_id: HashMap<&[u8], &Span> =
            spans.iter().map(|it| (it.span_id.as_slice(), it)).collect();
        let mut span = *spans.iter().find(|it| it.name == last).as_ref()?;
        let mut names = vec![span.name.clone()];
        while let Some(parent) = by_id.get(span.parent_span_id.as_slice()) {
            assert_eq!(parent.trace_id, span.trace_id);
            span = parent;
            names.push(span.name.clone());
        }
        // A parent that has not arrived yet is not a root.
        span.parent_span_id.is_empty().then_some(names)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wh_5_one_trace_leads_from_the_browsers_request_to_the_email() {
    let collector = Collector::default();
    let telemetry = TelemetryConfig {
        otlp_endpoint: Some(collector.listen().await),
        log: "warn".to_owned(),
        format: LogFormat::Text,
    };
    let telemetry = kit::telemetry::start("portal", &telemetry).unwrap();
    let portal = Portal::start().await.unwrap();
    let username = "dani@landlord.example";
    register(&portal, username).await;

    ask_for_a_link(&portal, username).await;

    let arrived = portal
        .mailbox
        .wait_for(
            |mail| mail.is_to(username),
            std::time::Duration::from_secs(30),
        )
        .await;
    assert!(arrived.is_some(), "the email did not arrive");
    let names = testkit::eventually("the whole trace", || async {
        telemetry.flush().unwrap();
        collector.path_to_root("send email")
    })
    .await;
    assert_eq!(
        names.last().map(String::as_str),
        Some("POST /forgot-password"),
        "{names:?}"
    );
    for step in [
        "casework.identity.v1.LoginService/RequestPasswordReset",
        "casework.identity.v1.PasswordResetRequested",
    ] {
        assert!(
            names.iter().any(|name| name.contains(step)),
            "{step} is missing in {names:?}"
        );
    }
    portal.stop().await.unwrap();
    telemetry.shutdown();
}

async fn register(portal: &Portal, username: &str) {
    let client = kit::Client {
        client_id: kit::id(),
        name: "Operators".to_owned(),
        scopes: vec!["accounts".to_owned()],
    };
    let claims = kit::token::Claims::client(&client, "identity", kit::Clock::system().now());
    let request = RegisterLandlordRequest {
        request_id: kit::id().to_string(),
        name: "TEST TEST Landlord".to_owned(),
        administrator_name: "Dani Rawling".to_owned(),
        administrator_username: username.to_owned(),
    };
    let request = kit::client::bearer(request, &portal.signer.sign(&claims).unwrap());
    let mut identity =
        AdministrationServiceClient::new(portal.channel("identity", "casework").unwrap());
    identity.register_landlord(request).await.unwrap();
}

/// What a browser does: reads the page, keeps its cookie, and sends the form.
async fn ask_for_a_link(portal: &Portal, username: &str) {
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let address = format!("{}/forgot-password", portal.url);
    let page = browser.get(&address).send().await.unwrap();
    let cookie = page.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let html = page.text().await.unwrap();
    let csrf = html
        .split("name=\"csrf\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();

    let answer = browser
        .post(&address)
        .header("cookie", cookie)
        .header("origin", &portal.url)
        .form(&[("csrf", csrf.as_str()), ("username", username)])
        .send()
        .await
        .unwrap();

    assert_eq!(answer.status(), 303, "{:?}", answer.text().await);
}
