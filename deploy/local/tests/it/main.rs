//! The portal's own PostgreSQL, for real.

use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;

use futures::FutureExt as _;
use local::databases::Databases;
use local::postgres::{Cluster, superuser};
use local::secrets::Secrets;
use local::service::Service;
use secrecy::ExposeSecret as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

/// Runs a test on a cluster of its own and stops the cluster, however the test ended.
async fn on_a_cluster(test: impl AsyncFnOnce(u16, Secrets)) {
    let directory = tempfile::tempdir().unwrap();
    let secrets = Secrets::of(directory.path().to_owned());
    let cluster = Cluster::in_folder(directory.path().join("pg"))
        .await
        .unwrap();
    assert!(!cluster.exists());
    cluster
        .make(&secrets.random("postgres").unwrap())
        .await
        .unwrap();
    assert!(cluster.exists());
    assert_eq!(cluster.port().await.unwrap(), None);
    let port = free_port();
    cluster.start(port).await.unwrap();

    let ended = AssertUnwindSafe(test(port, secrets)).catch_unwind().await;

    assert_eq!(cluster.port().await.unwrap(), Some(port));
    assert!(cluster.stop().await.unwrap());
    assert!(!cluster.stop().await.unwrap());
    assert!(!directory.path().join("pg/password").exists());
    if let Err(panic) = ended {
        resume_unwind(panic);
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

async fn log_in(databases: &Databases<'_>, service: Service) -> PgConnection {
    options(databases, service).connect().await.unwrap()
}

fn options(databases: &Databases<'_>, service: Service) -> PgConnectOptions {
    let url = databases.login_url(service).unwrap();
    url.expose_secret().parse().unwrap()
}

async fn error_code(connection: &mut PgConnection, statement: &'static str) -> Option<String> {
    let refused = sqlx::raw_sql(statement)
        .execute(connection)
        .await
        .unwrap_err();
    Some(refused.as_database_error()?.code()?.into_owned())
}

const INSUFFICIENT_PRIVILEGE: &str = "42501";

#[tokio::test]
async fn the_cluster_keeps_what_it_is_given_and_services_have_no_more_than_their_own() {
    on_a_cluster(async |port, secrets| {
        let databases = Databases::on(port, &secrets);
        databases.make().await.unwrap();
        // A second start finds everything there.
        databases.make().await.unwrap();

        let mut root = superuser(port, &secrets.random("postgres").unwrap())
            .connect()
            .await
            .unwrap();
        for setting in [
            "show fsync",
            "show synchronous_commit",
            "show full_page_writes",
        ] {
            let on: String = sqlx::query_scalar(setting)
                .fetch_one(&mut root)
                .await
                .unwrap();
            assert_eq!(on, "on", "{setting}");
        }

        let mut case = log_in(&databases, Service::Case).await;
        assert_eq!(
            error_code(&mut case, "create table public.mine (id int)").await,
            Some(INSUFFICIENT_PRIVILEGE.to_owned())
        );
        assert_eq!(
            error_code(&mut case, "create role friend").await,
            Some(INSUFFICIENT_PRIVILEGE.to_owned())
        );
        let elsewhere = options(&databases, Service::Case).database("casework_identity");
        let refused = elsewhere.connect().await.unwrap_err();
        assert_eq!(
            refused.as_database_error().unwrap().code().as_deref(),
            Some(INSUFFICIENT_PRIVILEGE)
        );
        let stranger = options(&databases, Service::Case).password("guess");
        assert!(stranger.connect().await.is_err());
        case.close().await.unwrap();
        root.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_services_migrations_run_as_the_owner_and_its_grants_reach_the_service() {
    on_a_cluster(async |port, secrets| {
        let databases = Databases::on(port, &secrets);
        databases.make().await.unwrap();

        databases
            .migrate(Service::Identity, &identity::MIGRATOR)
            .await
            .unwrap();

        let mut service = log_in(&databases, Service::Identity).await;
        let accounts: i64 = sqlx::query_scalar("select count(*) from accounts")
            .fetch_one(&mut service)
            .await
            .unwrap();
        assert_eq!(accounts, 0);
        for forbidden in ["delete from security_events", "drop table accounts"] {
            assert_eq!(
                error_code(&mut service, forbidden).await,
                Some(INSUFFICIENT_PRIVILEGE.to_owned()),
                "{forbidden}"
            );
        }
        service.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_cluster_that_was_half_made_is_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("pg");
    std::fs::create_dir_all(folder.join("data.part/base")).unwrap();
    std::fs::write(folder.join("data.part/PG_VERSION"), "15").unwrap();
    let cluster = Cluster::in_folder(folder.clone()).await.unwrap();
    assert!(!cluster.exists());

    cluster.make(&"secret".into()).await.unwrap();

    assert!(cluster.exists());
    assert!(!Path::new(&folder).join("data.part").exists());
}
