//! A server in front of the mesh serves whoever asks, whatever others do with their connections.

use std::convert::Infallible;
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::routing::get;
use kit::Running;
use kit::config::ServerConfig;
use kit::server::serve_http;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

async fn serve(config: ServerConfig, router: Router) -> Running {
    serve_http("gateway", &config, router).await.unwrap()
}

/// A server that tells callers their own address.
async fn mirror(config: ServerConfig) -> Running {
    let router = Router::new().route(
        "/",
        get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()),
    );
    serve(config, router).await
}

async fn send(running: &Running, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(running.addr).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// Sends a request that asks for no other after it.
async fn ask(running: &Running) -> TcpStream {
    send(
        running,
        "GET / HTTP/1.1\r\nhost: portal\r\nconnection: close\r\n\r\n",
    )
    .await
}

/// All that comes until the other end closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn half_a_head_is_closed_and_others_are_served_meanwhile() {
    let running = mirror(ServerConfig {
        head_timeout_seconds: 1,
        ..ServerConfig::default()
    })
    .await;
    let half = send(&running, "GET / HTTP/1.1\r\nhost: por").await;
    let silent = send(&running, "").await;

    let stream = ask(&running).await;
    let own = stream.local_addr().unwrap();
    let answer = rest(stream).await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with(&format!("\r\n\r\n{own}")), "{answer}");
    assert_eq!(rest(half).await, "");
    assert_eq!(rest(silent).await, "");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn beyond_the_last_connection_callers_wait_for_one_to_end() {
    let running = mirror(ServerConfig {
        head_timeout_seconds: 1,
        max_connections: 1,
        ..ServerConfig::default()
    })
    .await;
    let first = send(&running, "GET / HTTP/1.1\r\nhost: por").await;

    let answer = rest(ask(&running).await).await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    // That it was closed before is what the second waited for.
    assert_eq!(first.into_std().unwrap().read(&mut [0]).unwrap(), 0);
    running.stop().await.unwrap();
}

/// Tells when it is dropped.
struct Dropped(Arc<Notify>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_broken_off() {
    let ended = Arc::new(Notify::new());
    let tell = ended.clone();
    let router = Router::new().route(
        "/",
        get(async move || {
            let dropped = Dropped(tell);
            Body::from_stream(futures::stream::repeat_with(move || {
                let _held = &dropped;
                Ok::<_, Infallible>(Bytes::from_static(&[0; 16 * 1024]))
            }))
        }),
    );
    let config = ServerConfig {
        write_timeout_seconds: 1,
        ..ServerConfig::default()
    };
    let running = serve(config, router).await;
    let mut stream = ask(&running).await;
    stream.read_exact(&mut [0; 1024]).await.unwrap();

    ended.notified().await;

    drop(stream);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_request_under_way_ends_well_when_the_server_stops_and_an_idle_connection_at_once() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (begun.clone(), go_on.clone());
    let router = Router::new().route(
        "/",
        get(async move || {
            tell.notify_one();
            wait.notified().await;
            "done"
        }),
    );
    let running = serve(ServerConfig::default(), router).await;
    let idle = send(&running, "").await;
    let busy = ask(&running).await;
    begun.notified().await;

    let stopping = tokio::spawn(running.stop());
    assert_eq!(rest(idle).await, "");
    go_on.notify_one();

    assert!(rest(busy).await.ends_with("\r\n\r\ndone"));
    stopping.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_does_not_end_is_broken_off_when_the_drain_is_over() {
    let begun = Arc::new(Notify::new());
    let tell = begun.clone();
    let router = Router::new().route(
        "/",
        get(async move || {
            tell.notify_one();
            std::future::pending::<()>().await;
        }),
    );
    let config = ServerConfig {
        drain_seconds: 0,
        ..ServerConfig::default()
    };
    let running = serve(config, router).await;
    let busy = ask(&running).await;
    begun.notified().await;

    running.stop().await.unwrap();

    assert_eq!(rest(busy).await, "");
}
