//! Sessions (ID-8, ID-10).

use chrono::Duration;
use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use sqlx::PgPool;

use crate::given::{self, Identity, Session};

const CASEY: &str = "casey@ombudsman.example";

async fn casey(db: &PgPool) -> (Identity, Session) {
    let identity = given::identity(db).await;
    let session = identity.staff_session(CASEY, Role::Caseworker).await;
    (identity, session)
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_10_a_session_that_is_only_looked_at_ends_after_thirty_minutes(db: PgPool) {
    let (identity, session) = casey(&db).await;
    for _ in 0..29 {
        identity.clock.advance(Duration::minutes(1));
        assert!(identity.check(&session.token, false).await.is_ok());
    }
    assert_eq!(
        identity
            .check(&session.token, false)
            .await
            .unwrap()
            .idle_seconds_left,
        60
    );

    identity.clock.advance(Duration::minutes(1));

    assert_eq!(identity.ended(&session.token).await, "SESSION_ENDED");
    assert!(
        identity.check(&session.token, true).await.is_err(),
        "activity does not revive it"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_10_activity_at_the_last_second_extends_a_session(db: PgPool) {
    let (identity, session) = casey(&db).await;
    identity.clock.advance(Duration::seconds(29 * 60 + 59));

    let extended = identity.check(&session.token, true).await.unwrap();
    identity.clock.advance(Duration::seconds(29 * 60 + 59));

    assert_eq!(extended.idle_seconds_left, 1800);
    assert_eq!(
        identity
            .check(&session.token, false)
            .await
            .unwrap()
            .idle_seconds_left,
        1
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_10_twelve_hours_end_a_session_whatever_its_holder_does(db: PgPool) {
    let (identity, session) = casey(&db).await;
    for _ in 0..35 {
        identity.clock.advance(Duration::minutes(20));
        identity.check(&session.token, true).await.unwrap();
    }
    let last = identity.check(&session.token, true).await.unwrap();
    assert_eq!(
        (last.idle_seconds_left, last.absolute_seconds_left),
        (1200, 1200)
    );

    identity.clock.advance(Duration::minutes(20));

    assert_eq!(identity.ended(&session.token).await, "SESSION_ENDED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_log_in_and_a_session_have_different_secrets(db: PgPool) {
    let (identity, session) = casey(&db).await;
    let login = identity
        .start(CASEY, given::PASSWORD)
        .await
        .unwrap()
        .login_token;

    assert_eq!(identity.ended(&login).await, "SESSION_ENDED");
    assert_eq!(
        identity.code_refusal(&session.token, "123456").await,
        "LOGIN_EXPIRED"
    );
    assert_eq!(identity.ended("").await, "SESSION_ENDED");
    assert_eq!(identity.ended(&session.device).await, "SESSION_ENDED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_token_is_for_one_service_and_for_a_minute(db: PgPool) {
    let (identity, session) = casey(&db).await;
    let checked = identity.check(&session.token, false).await.unwrap();
    assert_eq!(checked.tokens.len(), 2);
    let ask = |token: String| {
        let request = kit::client::bearer(pb::GetMyAccountRequest {}, &token);
        let mut accounts = identity.accounts();
        async move { accounts.get_my_account(request).await }
    };

    let mine = ask(checked.tokens["identity"].clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (mine.username.as_str(), mine.team.as_str()),
        (CASEY, "TEAM_TRIAGE")
    );
    assert_eq!(
        ask(checked.tokens["case"].clone())
            .await
            .unwrap_err()
            .code(),
        tonic::Code::Unauthenticated
    );

    identity.clock.advance(Duration::seconds(70));
    let late = ask(checked.tokens["identity"].clone()).await.unwrap_err();
    assert_eq!(late.code(), tonic::Code::Unauthenticated);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_token_for_a_service_that_there_is_not_is_refused(db: PgPool) {
    let (identity, session) = casey(&db).await;
    let request = pb::CheckSessionRequest {
        session_token: session.token,
        active: false,
        audiences: vec!["case".to_owned(), "payroll".to_owned()],
    };

    let refused = identity.login().check_session(request).await.unwrap_err();

    assert_eq!(testkit::reason(&refused), "NO_SUCH_AUDIENCE");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn other_services_check_tokens_by_the_published_keys(db: PgPool) {
    use base64::Engine as _;

    let next = kit::token::Signer::new("next", &given::a_key())
        .unwrap()
        .public_key();
    let encoded = base64::engine::general_purpose::STANDARD.encode(next);
    let identity =
        given::identity_with(&db, |config| config.other_public_keys = vec![encoded]).await;
    let session = identity.staff_session(CASEY, Role::Caseworker).await;

    let keys = identity
        .login()
        .get_signing_keys(pb::GetSigningKeysRequest {})
        .await
        .unwrap()
        .into_inner()
        .keys;
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[1].public_key, next);
    let known: Vec<(String, [u8; 32])> = keys
        .into_iter()
        .map(|key| (key.key_id, key.public_key.try_into().unwrap()))
        .collect();
    let verifier = kit::token::Verifier::with_keys("case", &known, identity.clock.clone());

    let token = identity.check(&session.token, false).await.unwrap().tokens["case"].clone();
    let caller = verifier.verify(&token).await.unwrap();
    let person = caller.person().unwrap();
    assert_eq!(person.account_id.to_string(), session.account.id);
    assert_eq!(
        (person.role, person.team.as_deref()),
        (Role::Caseworker, Some("TEAM_TRIAGE"))
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn logging_out_ends_a_session_and_a_second_time_is_no_error(db: PgPool) {
    let (identity, session) = casey(&db).await;
    let other = identity.log_in(CASEY).await;
    let out = || pb::EndSessionRequest {
        session_token: session.token.clone(),
    };

    identity.login().end_session(out()).await.unwrap();
    identity.login().end_session(out()).await.unwrap();

    assert_eq!(identity.ended(&session.token).await, "SESSION_ENDED");
    assert_eq!(identity.ended(&other.token).await, "");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_8_a_holder_sees_and_ends_their_own_sessions_and_nobody_elses(db: PgPool) {
    let (identity, session) = casey(&db).await;
    identity.clock.advance(Duration::minutes(1));
    let other = identity.log_in(CASEY).await;
    let stranger = identity
        .staff_session("riley@ombudsman.example", Role::Caseworker)
        .await;
    let list = |of: &Session| {
        let (identity, token) = (&identity, of.token.clone());
        async move {
            let tokens = identity.check(&token, false).await.unwrap().tokens;
            let request =
                kit::client::bearer(pb::ListSessionsRequest::default(), &tokens["identity"]);
            identity
                .accounts()
                .list_sessions(request)
                .await
                .unwrap()
                .into_inner()
                .sessions
        }
    };
    let mine = list(&session).await;
    assert_eq!(mine.len(), 2);
    assert_eq!(
        (mine[0].current, mine[1].current),
        (false, true),
        "the most recently active first"
    );
    assert_eq!(mine[0].user_agent, "Lynx/2.9");

    let end = |id: &str| pb::RevokeSessionRequest {
        session_id: id.to_owned(),
    };
    let request = identity.signed(&stranger, end(&mine[0].id)).await;
    let refused = identity
        .accounts()
        .revoke_session(request)
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "NO_SUCH_SESSION");

    let request = identity.signed(&session, end(&mine[0].id)).await;
    identity.accounts().revoke_session(request).await.unwrap();
    assert_eq!(identity.ended(&other.token).await, "SESSION_ENDED");
    assert_eq!(list(&session).await.len(), 1);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_8_the_pages_of_sessions_hold_each_once_and_the_last_has_no_next(db: PgPool) {
    let (identity, session) = casey(&db).await;
    for _ in 0..4 {
        identity.clock.advance(Duration::minutes(1));
        identity.log_in(CASEY).await;
    }
    let mut seen = Vec::new();
    let (mut pages, mut page_token) = (0, String::new());
    loop {
        let request = pb::ListSessionsRequest {
            page_size: 2,
            page_token,
        };
        let request = identity.signed(&session, request).await;
        let page = identity.accounts().list_sessions(request).await;
        let page = page.unwrap().into_inner();
        seen.extend(page.sessions);
        pages += 1;
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }

    assert_eq!(pages, 3);
    let ids: std::collections::HashSet<_> = seen.iter().map(|it| &it.id).collect();
    assert_eq!((seen.len(), ids.len()), (5, 5));
    assert!(seen[4].current, "the one that nobody used since comes last");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_log_in_from_a_new_device_is_told_but_for_the_first_and_from_a_known_one_is_not(
    db: PgPool,
) {
    let (identity, session) = casey(&db).await;
    let told = || async {
        identity
            .notices()
            .await
            .iter()
            .filter(|it| **it == pb::SecurityNotice::NewDevice)
            .count()
    };
    assert_eq!(told().await, 0);

    let second = identity
        .log_in_with(CASEY, given::PASSWORD, &session.device)
        .await;
    assert_eq!(told().await, 0);
    identity
        .log_in_with(CASEY, given::PASSWORD, &second.device)
        .await;
    assert_eq!(told().await, 0);

    identity.log_in(CASEY).await;
    assert_eq!(told().await, 1);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn every_minute_what_is_over_is_taken_away_and_nothing_else(db: PgPool) {
    let (identity, session) = casey(&db).await;
    let other = identity.log_in(CASEY).await;
    identity.fail(CASEY, 1).await;
    let rows = || async {
        let count: i64 = sqlx::query_scalar(
            "select (select count(*) from sessions) + (select count(*) from logins) + (select count(*) from throttles)
                  + (select count(*) from tried_pairs) + (select count(*) from resets)",
        )
        .fetch_one(&db)
        .await
        .unwrap();
        count
    };
    let tick = || async {
        let minute = outbox::ticks::minute(identity.now());
        outbox::deliver(&db, &identity.app, &minute).await.unwrap()
    };

    let before = rows().await;
    assert_eq!(tick().await, outbox::Outcome::Handled);
    assert_eq!(tick().await, outbox::Outcome::Duplicate);
    assert_eq!(rows().await, before);
    assert_eq!(identity.ended(&session.token).await, "");
    assert_eq!(identity.ended(&other.token).await, "");

    identity.clock.advance(Duration::days(8));
    tick().await;
    assert_eq!(rows().await, 0);
}

/// What ends a session ends it on every replica at the next call: none keeps an answer of its own (ID-10, ID-11).
#[sqlx::test(migrator = "MIGRATOR")]
async fn id_10_what_one_replica_ends_every_other_refuses_at_once(db: PgPool) {
    let one = given::identity(&db).await;
    let replicas = [one.replica().await, one.replica().await];
    for way in ["log-out", "deactivation", "password", "all-sessions"] {
        let username = format!("{way}@ombudsman.example");
        let session = one.staff_session(&username, Role::Caseworker).await;
        for replica in &replicas {
            assert_eq!(replica.ended(&session.token).await, "", "{way}");
        }
        let account_id = session.account.id.clone();
        match way {
            "log-out" => {
                let request = pb::EndSessionRequest {
                    session_token: session.token.clone(),
                };
                one.login().end_session(request).await.unwrap();
            }
            "deactivation" => {
                let request = pb::DeactivateAccountRequest {
                    account_id,
                    version: session.account.version,
                };
                let request = one.operator(request).await;
                let mut administration = one.administration();
                administration.deactivate_account(request).await.unwrap();
            }
            "password" => one.set_password(&username, "teapot saddle window").await,
            _ => {
                let request = pb::EndSessionsRequest { account_id };
                let request = one.operator(request).await;
                one.administration().end_sessions(request).await.unwrap();
            }
        }
        for replica in &replicas {
            let ended = replica.ended(&session.token).await;
            assert_eq!(ended, "SESSION_ENDED", "{way}");
        }
    }
}
