//! A server on the mesh takes calls only from processes of the same authority, within their deadline, while it is not too busy.

use std::error::Error as _;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use kit::config::{PeerConfig, ServerConfig, TlsConfig};
use kit::token::{Claims, Signer, Verifier};
use kit::{Client, Clock, Server, client};
use proto::operations::v1::operations_service_client::OperationsServiceClient;
use proto::operations::v1::operations_service_server::{
    OperationsService, OperationsServiceServer,
};
use proto::operations::v1::{
    ListDeadLettersRequest, ListDeadLettersResponse, RedriveDeadLetterRequest,
    RedriveDeadLetterResponse, ReplayRequest, ReplayResponse,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};
use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;
use tokio::task::JoinSet;
use tonic::{Code, Request, Response, Status};
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_types::StatusExt as _;

/// Makes an authority in a folder and a certificate for each process.
fn authority(folder: &Path, processes: &[&str]) -> impl Fn(&str) -> TlsConfig {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let ca = params.self_signed(&key).unwrap();
    std::fs::write(folder.join("ca.pem"), ca.pem()).unwrap();
    let issuer = Issuer::new(params, key);
    for process in processes {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.subject_alt_names.push(SanType::URI(
            format!("spiffe://casework/{process}").try_into().unwrap(),
        ));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        std::fs::write(folder.join(format!("{process}.pem")), certificate.pem()).unwrap();
        std::fs::write(folder.join(format!("{process}.key")), key.serialize_pem()).unwrap();
    }
    let folder = folder.to_owned();
    move |process| TlsConfig {
        ca: folder.join("ca.pem"),
        certificate: folder.join(format!("{process}.pem")),
        key: folder.join(format!("{process}.key")),
    }
}

/// Never answers a list; the rest is not called here.
struct Slow;

#[tonic::async_trait]
impl OperationsService for Slow {
    async fn list_dead_letters(
        &self,
        _: Request<ListDeadLettersRequest>,
    ) -> Result<Response<ListDeadLettersResponse>, Status> {
        std::future::pending().await
    }

    async fn redrive_dead_letter(
        &self,
        _: Request<RedriveDeadLetterRequest>,
    ) -> Result<Response<RedriveDeadLetterResponse>, Status> {
        std::future::pending().await
    }

    async fn replay(&self, _: Request<ReplayRequest>) -> Result<Response<ReplayResponse>, Status> {
        std::future::pending().await
    }
}

static SIGNER: LazyLock<Signer> = LazyLock::new(|| {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    Signer::new("test", pkcs8.as_ref()).unwrap()
});

/// A list, asked for by a client that may.
fn a_list() -> Request<ListDeadLettersRequest> {
    let client = Client {
        client_id: kit::id(),
        name: "Operators".to_owned(),
        scopes: vec!["operations".to_owned()],
    };
    let token = SIGNER
        .sign(&Claims::client(&client, "case", Clock::system().now()))
        .unwrap();
    client::bearer(ListDeadLettersRequest::default(), &token)
}

async fn serve(tls: TlsConfig, max_in_flight: usize) -> kit::Running {
    serve_with(ServerConfig {
        tls,
        max_in_flight,
        drain_seconds: 1,
        ..ServerConfig::default()
    })
    .await
}

async fn serve_with(config: ServerConfig) -> kit::Running {
    let keys = [("test".to_owned(), SIGNER.public_key())];
    let verifier = Verifier::with_keys("case", &keys, Clock::system());
    Server::new("case", &config, &PeerConfig::default(), Clock::system())
        .verifier(verifier)
        .add_service(OperationsServiceServer::new(Slow))
        .start()
        .await
        .unwrap()
}

fn connect(running: &kit::Running, tls: &TlsConfig) -> OperationsServiceClient<client::Channel> {
    let peer = PeerConfig {
        url: format!("https://localhost:{}", running.addr.port()),
    };
    OperationsServiceClient::new(client::channel(&peer, tls).unwrap())
}

#[tokio::test]
async fn a_process_of_another_authority_gets_no_connection() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (our, their) = (
        authority(ours.path(), &["case"]),
        authority(theirs.path(), &["gateway"]),
    );
    let running = serve(our("case"), 8).await;
    // It trusts our authority, so that only the server's own check is left to refuse it.
    let mixed = TlsConfig {
        ca: our("case").ca,
        ..their("gateway")
    };

    let refused = connect(&running, &mixed)
        .list_dead_letters(ListDeadLettersRequest::default())
        .await
        .unwrap_err();

    // The connection breaks in the handshake, before anything is answered.
    assert!(
        matches!(refused.code(), Code::Unavailable | Code::Unknown),
        "{refused:?}"
    );
    assert!(refused.source().is_some(), "{refused:?}");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_is_let_in_without_a_caller_and_a_forged_token_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let tls = authority(folder.path(), &["case", "gateway"]);
    let running = serve(tls("case"), 8).await;
    let mut client = connect(&running, &tls("gateway"));

    let nobody = client
        .list_dead_letters(ListDeadLettersRequest::default())
        .await
        .unwrap_err();
    let forged = client
        .list_dead_letters(client::bearer(ListDeadLettersRequest::default(), "a.b.c"))
        .await
        .unwrap_err();

    assert_eq!(nobody.code(), Code::Unauthenticated);
    assert_eq!(forged.code(), Code::Unauthenticated);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_is_told_to_log_in_again_while_the_keys_can_not_be_had() {
    let folder = tempfile::tempdir().unwrap();
    let tls = authority(folder.path(), &["case", "gateway"]);
    let config = ServerConfig {
        tls: tls("case"),
        ..ServerConfig::default()
    };
    let identity = PeerConfig {
        url: "https://localhost:1".to_owned(),
    };
    let running = Server::new("case", &config, &identity, Clock::system())
        .add_service(OperationsServiceServer::new(Slow))
        .start()
        .await
        .unwrap();
    let mut client = connect(&running, &tls("gateway"));

    let refused = client.list_dead_letters(a_list()).await.unwrap_err();

    assert_eq!(refused.code(), Code::Unavailable);
    let details = refused.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "NO_KEYS");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_service_that_is_told_to_stop_is_not_ready_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let tls = authority(folder.path(), &["case"]);
    let running = serve(tls("case"), 8).await;
    let addr = running.addr;

    running.stop().await.unwrap();

    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn a_wrong_certificate_path_is_named_at_the_start() {
    let config = ServerConfig {
        tls: TlsConfig {
            certificate: "/nowhere/case.pem".into(),
            ..TlsConfig::default()
        },
        ..ServerConfig::default()
    };

    let error = Server::new("case", &config, &PeerConfig::default(), Clock::system())
        .start()
        .await
        .err()
        .unwrap();

    assert!(
        format!("{error:#}").contains("tls.certificate"),
        "{error:#}"
    );
    assert!(
        format!("{error:#}").contains("/nowhere/case.pem"),
        "{error:#}"
    );
}

#[tokio::test]
async fn a_deadline_is_kept_and_nothing_is_sent_without_time() {
    let folder = tempfile::tempdir().unwrap();
    let tls = authority(folder.path(), &["case", "gateway"]);
    let running = serve(tls("case"), 8).await;
    let mut client = connect(&running, &tls("gateway"));

    let over = client::DEADLINE
        .scope(Instant::now(), client.list_dead_letters(a_list()))
        .await
        .unwrap_err();
    assert_eq!(over.message(), "no time is left for this call");

    // The raw header keeps our own end from giving up first, so that it is the server that answers.
    let mut request = a_list();
    request
        .metadata_mut()
        .insert("grpc-timeout", "50m".parse().unwrap());
    let late = client.list_dead_letters(request).await.unwrap_err();
    assert!(
        matches!(late.code(), Code::DeadlineExceeded | Code::Cancelled),
        "{late:?}"
    );
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_call_beyond_the_limit_is_refused_at_once_and_told_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let tls = authority(folder.path(), &["case", "gateway"]);
    let running = serve(tls("case"), 1).await;
    let client = connect(&running, &tls("gateway"));

    // Neither is ever answered by the handler: one holds the only place, the other is turned away.
    let mut calls = JoinSet::new();
    for _ in 0..2 {
        let mut client = client.clone();
        calls.spawn(async move { client.list_dead_letters(a_list()).await.unwrap_err() });
    }
    let refused = calls.join_next().await.unwrap().unwrap();

    let details = refused.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "OVERLOADED");
    assert_eq!(
        details.retry_info().unwrap().retry_delay,
        Some(Duration::from_secs(1))
    );
    calls.shutdown().await;
    running.stop().await.unwrap();
}

/// How a server answers somebody who asks which methods it has.
async fn reflected(tls: &impl Fn(&str) -> TlsConfig, reflection: bool) -> Result<(), Status> {
    let running = serve_with(ServerConfig {
        tls: tls("case"),
        reflection,
        ..ServerConfig::default()
    })
    .await;
    let peer = PeerConfig {
        url: format!("https://localhost:{}", running.addr.port()),
    };
    let question = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(client::channel(&peer, &tls("gateway")).unwrap());

    let answered = client
        .server_reflection_info(tokio_stream::once(question))
        .await;
    let answered = match answered {
        Ok(answers) => answers.into_inner().message().await.map(|_| ()),
        Err(status) => Err(status),
    };
    drop(client);
    running.stop().await.unwrap();
    answered
}

#[tokio::test]
async fn reflection_is_answered_unless_it_is_switched_off() {
    let folder = tempfile::tempdir().unwrap();
    let tls = authority(folder.path(), &["case", "gateway"]);

    reflected(&tls, true).await.unwrap();
    let off = reflected(&tls, false).await.unwrap_err();

    assert_eq!(off.code(), Code::Unimplemented);
}
