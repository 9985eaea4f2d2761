//! *Forgot your password?* (ID-3).

use chrono::Duration;
use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use sqlx::PgPool;

use crate::given::{self, Identity, PASSWORD};

const CASEY: &str = "casey@ombudsman.example";
const NEW: &str = "teapot saddle window";

async fn casey(db: &PgPool) -> Identity {
    let identity = given::identity(db).await;
    identity.staff(CASEY, Role::Caseworker).await;
    identity
}

async fn a_link(identity: &Identity) -> String {
    identity.forgot(CASEY, &given::an_address()).await.unwrap();
    identity.newest_link().await
}

async fn refusal(identity: &Identity, link: &str) -> String {
    testkit::reason(&identity.reset(link, NEW).await.unwrap_err())
}

async fn check(identity: &Identity, link: &str) -> Result<String, String> {
    let request = pb::CheckResetLinkRequest {
        reset_token: link.to_owned(),
    };
    let checked = identity.login().check_reset_link(request).await;
    checked
        .map(|it| it.into_inner().username)
        .map_err(|status| testkit::reason(&status))
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_a_link_sets_a_password_once_and_logs_nobody_in(db: PgPool) {
    let identity = casey(&db).await;
    let link = a_link(&identity).await;

    identity.reset(&link, NEW).await.unwrap();

    assert_eq!(refusal(&identity, &link).await, "LINK_REFUSED");
    assert_eq!(identity.refusal(CASEY, PASSWORD).await, "LOGIN_REFUSED");
    let login = identity.start(CASEY, NEW).await.unwrap().login_token;
    assert_eq!(
        identity.code_refusal(&login, "000000").await,
        "CODE_REFUSED"
    );
    let sessions: i64 = sqlx::query_scalar("select count(*) from sessions")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(sessions, 0);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_looking_at_a_link_twenty_times_does_not_use_it_up(db: PgPool) {
    let identity = casey(&db).await;
    let link = a_link(&identity).await;
    for _ in 0..20 {
        assert_eq!(check(&identity, &link).await.as_deref(), Ok(CASEY));
    }

    identity.reset(&link, NEW).await.unwrap();

    assert_eq!(
        check(&identity, &link).await,
        Err("LINK_REFUSED".to_owned())
    );
    assert_eq!(check(&identity, "").await, Err("LINK_REFUSED".to_owned()));
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_of_twenty_resets_at_once_one_works(db: PgPool) {
    let identity = casey(&db).await;
    let link = a_link(&identity).await;
    let passwords: Vec<String> = (0..20).map(|n| format!("{NEW} {n}")).collect();

    let all = futures::future::join_all(passwords.iter().map(|it| identity.reset(&link, it))).await;

    assert_eq!(all.iter().filter(|it| it.is_ok()).count(), 1);
    let winner = all.iter().position(Result::is_ok).unwrap();
    assert!(identity.start(CASEY, &passwords[winner]).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_a_link_works_for_an_hour(db: PgPool) {
    let identity = casey(&db).await;
    let link = a_link(&identity).await;
    identity
        .clock
        .advance(Duration::hours(1) + Duration::seconds(1));
    assert_eq!(refusal(&identity, &link).await, "LINK_REFUSED");

    let link = a_link(&identity).await;
    identity
        .clock
        .advance(Duration::hours(1) - Duration::seconds(1));
    assert!(identity.reset(&link, NEW).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_a_newer_link_ends_the_older_ones(db: PgPool) {
    let identity = casey(&db).await;
    let older = a_link(&identity).await;
    let newer = a_link(&identity).await;

    assert_eq!(refusal(&identity, &older).await, "LINK_REFUSED");
    assert!(identity.reset(&newer, NEW).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_a_redelivered_request_mints_another_link_and_the_newest_is_valid(db: PgPool) {
    let identity = casey(&db).await;
    let first = a_link(&identity).await;
    let second = identity.newest_link().await;

    assert_eq!(refusal(&identity, &first).await, "LINK_REFUSED");
    assert!(identity.reset(&second, NEW).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_an_unknown_and_an_inactive_username_get_the_same_answer_and_nothing_is_sent(
    db: PgPool,
) {
    let identity = casey(&db).await;
    identity
        .staff("gone@ombudsman.example", Role::Caseworker)
        .await;
    sqlx::query("update accounts set active = false where username like 'gone%'")
        .execute(&db)
        .await
        .unwrap();

    for username in ["nobody@ombudsman.example", "gone@ombudsman.example"] {
        let before = identity.events::<pb::PasswordResetRequested>().await.len();
        identity
            .forgot(username, &given::an_address())
            .await
            .unwrap();

        // The request is announced as any other: what happens next is not told to whoever asked.
        let asked = identity.events::<pb::PasswordResetRequested>().await;
        assert_eq!(asked.len(), before + 1);
        let refused = identity
            .mint_link(&asked.last().unwrap().reset_id)
            .await
            .unwrap_err();
        assert_eq!(testkit::reason(&refused), "NOTHING_TO_SEND");
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_requests_are_limited_alike_for_known_and_unknown_usernames(db: PgPool) {
    let identity = casey(&db).await;
    for username in [CASEY, "nobody@ombudsman.example"] {
        let address = given::an_address();
        let mut answered = 0;
        for _ in 0..7 {
            answered += i32::from(identity.forgot(username, &address).await.is_ok());
        }
        assert_eq!(answered, 5, "{username}");
        let refused = identity.forgot(username, &address).await.unwrap_err();
        assert_eq!(testkit::reason(&refused), "TOO_MANY_ATTEMPTS");
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_a_link_that_nobody_waits_for_any_more_is_not_minted(db: PgPool) {
    let identity = casey(&db).await;
    identity.forgot(CASEY, &given::an_address()).await.unwrap();
    let asked = identity
        .events::<pb::PasswordResetRequested>()
        .await
        .pop()
        .unwrap();

    identity.clock.advance(Duration::hours(1));

    let refused = identity.mint_link(&asked.reset_id).await.unwrap_err();
    assert_eq!(testkit::reason(&refused), "NOTHING_TO_SEND");
    let refused = identity
        .mint_link(&kit::id().to_string())
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "NOTHING_TO_SEND");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_a_new_account_gets_its_link_after_a_mail_server_was_down_for_a_day(db: PgPool) {
    let identity = given::identity(&db).await;
    let administrator = identity
        .an_administrator_session("ada@landlord.example")
        .await;
    identity
        .create_sub_account(&administrator, "sam@landlord.example")
        .await
        .unwrap();
    let asked = identity
        .events::<pb::PasswordResetRequested>()
        .await
        .pop()
        .unwrap();
    assert_eq!(asked.cause(), pb::ResetCause::NewAccount);

    identity.clock.advance(Duration::hours(23));
    let link = identity.mint_link(&asked.reset_id).await.unwrap();
    assert_eq!(link.recipient.unwrap().address, "sam@landlord.example");

    identity.clock.advance(Duration::minutes(59));
    assert!(identity.reset(&link.reset_token, NEW).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_a_reset_ends_all_sessions_and_log_ins_and_the_holder_is_told(db: PgPool) {
    let identity = casey(&db).await;
    let (one, other) = (identity.log_in(CASEY).await, identity.log_in(CASEY).await);
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let code = identity.code(&login).await;

    identity.set_password(CASEY, NEW).await;

    assert_eq!(identity.ended(&one.token).await, "SESSION_ENDED");
    assert_eq!(identity.ended(&other.token).await, "SESSION_ENDED");
    assert_eq!(identity.code_refusal(&login, &code).await, "LOGIN_EXPIRED");
    assert_eq!(
        identity.notices().await.last(),
        Some(&pb::SecurityNotice::PasswordChanged)
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_a_refused_password_leaves_the_link_for_another_try(db: PgPool) {
    let identity = casey(&db).await;
    let link = a_link(&identity).await;

    let refused = identity.reset(&link, "short").await.unwrap_err();

    assert_eq!(testkit::violations(&refused)[0].0, "new_password");
    assert!(identity.reset(&link, NEW).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_3_deactivation_ends_a_link(db: PgPool) {
    let identity = casey(&db).await;
    let link = a_link(&identity).await;
    sqlx::query("update accounts set active = false")
        .execute(&db)
        .await
        .unwrap();

    assert_eq!(refusal(&identity, &link).await, "LINK_REFUSED");
}
