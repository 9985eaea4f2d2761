//! Lockout (ID-6).

use chrono::Duration;
use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use sqlx::PgPool;

use crate::given::{self, Identity, PASSWORD, WRONG};

const CASEY: &str = "casey@ombudsman.example";

async fn casey(db: &PgPool) -> Identity {
    let identity = given::identity(db).await;
    identity.staff(CASEY, Role::Caseworker).await;
    identity
}

async fn locks(identity: &Identity) -> Vec<pb::Lock> {
    let request = identity.operator(pb::ListLocksRequest::default()).await;
    identity
        .administration()
        .list_locks(request)
        .await
        .unwrap()
        .into_inner()
        .locks
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_five_failures_lock_for_thirty_seconds_and_the_next_for_a_minute(db: PgPool) {
    let identity = casey(&db).await;
    identity.fail(CASEY, 4).await;
    assert!(identity.start(CASEY, PASSWORD).await.is_ok());

    identity.fail(CASEY, 1).await;
    assert_eq!(identity.refusal(CASEY, PASSWORD).await, "LOGIN_REFUSED");

    identity.clock.advance(Duration::seconds(30));
    identity.fail(CASEY, 1).await;
    identity.clock.advance(Duration::seconds(59));
    assert_eq!(identity.refusal(CASEY, PASSWORD).await, "LOGIN_REFUSED");
    identity.clock.advance(Duration::seconds(1));
    assert!(identity.start(CASEY, PASSWORD).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_the_holder_is_told_once_of_each_lock(db: PgPool) {
    let identity = casey(&db).await;

    identity.fail(CASEY, 9).await;
    assert_eq!(locked_notices(&identity).await, 1);

    identity.clock.advance(Duration::minutes(1));
    identity.fail(CASEY, 3).await;
    assert_eq!(locked_notices(&identity).await, 2);
}

async fn locked_notices(identity: &Identity) -> usize {
    identity
        .notices()
        .await
        .iter()
        .filter(|it| **it == pb::SecurityNotice::Locked)
        .count()
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_a_log_in_clears_the_failures_and_five_of_them_are_told(db: PgPool) {
    let identity = casey(&db).await;
    identity.log_in(CASEY).await;
    identity.fail(CASEY, 5).await;
    identity.clock.advance(Duration::minutes(1));

    identity.log_in(CASEY).await;

    assert!(
        identity
            .notices()
            .await
            .contains(&pb::SecurityNotice::LoginAfterFailures)
    );
    identity.fail(CASEY, 4).await;
    assert!(identity.start(CASEY, PASSWORD).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_four_failures_before_a_log_in_are_not_worth_a_notice(db: PgPool) {
    let identity = casey(&db).await;
    identity.fail(CASEY, 4).await;

    identity.log_in(CASEY).await;

    assert!(
        !identity
            .notices()
            .await
            .contains(&pb::SecurityNotice::LoginAfterFailures)
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_a_right_password_alone_does_not_clear_the_failures(db: PgPool) {
    let identity = casey(&db).await;
    for _ in 0..2 {
        identity.fail(CASEY, 2).await;
        identity.start(CASEY, PASSWORD).await.unwrap();
    }

    identity.fail(CASEY, 1).await;

    assert_eq!(identity.refusal(CASEY, PASSWORD).await, "LOGIN_REFUSED");
    assert_eq!(locks(&identity).await[0].failures, 5);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_of_two_hundred_guesses_at_once_from_everywhere_five_are_looked_at(db: PgPool) {
    let identity = casey(&db).await;
    let other = identity.replica().await;

    let guesses = (0..200).map(|n| {
        let server = if n % 2 == 0 { &identity } else { &other };
        async move { server.start(CASEY, WRONG).await.is_err() }
    });
    let refused = futures::future::join_all(guesses).await;

    assert!(refused.iter().all(|it| *it));
    // Each attempt that is looked at has been counted before; the fifth locks.
    let failures: i32 = sqlx::query_scalar("select failures from lockouts")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(failures, 5);
    let looked_at =
        sqlx::query_scalar("select count(*) from security_events where detail = 'wrong password'");
    let looked_at: i64 = looked_at.fetch_one(&db).await.unwrap();
    assert!(looked_at <= 5, "{looked_at}");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_a_known_device_is_not_kept_out(db: PgPool) {
    let identity = casey(&db).await;
    let device = identity.log_in(CASEY).await.device;
    for _ in 0..20 {
        identity.fail(CASEY, 1).await;
        identity.clock.advance(Duration::seconds(61));
    }
    identity.fail(CASEY, 2).await;
    assert_eq!(identity.refusal(CASEY, PASSWORD).await, "LOGIN_REFUSED");

    let session = identity.log_in_with(CASEY, PASSWORD, &device).await;

    assert_eq!(identity.ended(&session.token).await, "");
    assert_ne!(
        session.device, device,
        "a device's secret is made anew at each log-in"
    );
    let stale = identity
        .start_from(CASEY, PASSWORD, &given::an_address(), &device)
        .await;
    assert!(stale.is_ok(), "without a lock no device is needed");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_the_device_of_another_account_or_of_half_a_year_ago_helps_nobody(db: PgPool) {
    let identity = casey(&db).await;
    identity
        .staff("riley@ombudsman.example", Role::Caseworker)
        .await;
    let others = identity.log_in("riley@ombudsman.example").await.device;
    let own = identity.log_in(CASEY).await.device;

    identity.fail(CASEY, 5).await;
    let refused = identity
        .start_from(CASEY, PASSWORD, &given::an_address(), &others)
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "LOGIN_REFUSED");

    identity.clock.advance(Duration::days(181));
    identity.fail(CASEY, 1).await;
    let refused = identity
        .start_from(CASEY, PASSWORD, &given::an_address(), &own)
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "LOGIN_REFUSED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_a_known_device_may_not_guess_at_will(db: PgPool) {
    let identity = casey(&db).await;
    let device = identity.log_in(CASEY).await.device;
    let mut reasons = Vec::new();
    for _ in 0..22 {
        let refused = identity
            .start_from(CASEY, WRONG, &given::an_address(), &device)
            .await
            .unwrap_err();
        reasons.push(testkit::reason(&refused));
    }

    assert_eq!(
        reasons.iter().filter(|it| *it == "LOGIN_REFUSED").count(),
        20
    );
    assert_eq!(reasons[20..], ["TOO_MANY_ATTEMPTS", "TOO_MANY_ATTEMPTS"]);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_a_reset_is_open_during_a_lock_and_lifts_it(db: PgPool) {
    let identity = casey(&db).await;
    identity.fail(CASEY, 5).await;

    identity.set_password(CASEY, "teapot saddle window").await;

    assert!(identity.start(CASEY, "teapot saddle window").await.is_ok());
    assert!(locks(&identity).await.is_empty());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_a_hundred_consecutive_failures_force_a_reset_whatever_their_pace(db: PgPool) {
    let identity = casey(&db).await;
    sqlx::query("update lockouts set failures = 98")
        .execute(&db)
        .await
        .unwrap();

    identity.fail(CASEY, 1).await;
    identity.clock.advance(Duration::minutes(15));
    assert!(
        !identity
            .notices()
            .await
            .contains(&pb::SecurityNotice::ForcedReset)
    );
    identity.fail(CASEY, 1).await;
    identity.clock.advance(Duration::days(7));

    assert!(
        identity
            .notices()
            .await
            .contains(&pb::SecurityNotice::ForcedReset)
    );
    assert_eq!(identity.refusal(CASEY, PASSWORD).await, "LOGIN_REFUSED");
    let links = identity.events::<pb::PasswordResetRequested>().await;
    assert_eq!(links.last().unwrap().cause(), pb::ResetCause::Forced);
    identity.set_password(CASEY, "teapot saddle window").await;
    assert!(identity.start(CASEY, "teapot saddle window").await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_a_system_administrator_sees_and_lifts_locks(db: PgPool) {
    let identity = casey(&db).await;
    let sydney = identity
        .staff_session("sydney@ombudsman.example", Role::SystemAdministrator)
        .await;
    for username in [CASEY, "sydney@ombudsman.example"] {
        identity.fail(username, 5).await;
        identity.clock.advance(Duration::seconds(1));
    }
    let account_id = locks(&identity).await[1].account_id.clone();
    assert_eq!(locks(&identity).await[1].username, CASEY);

    let first = identity
        .signed(
            &sydney,
            pb::ListLocksRequest {
                page_size: 1,
                ..Default::default()
            },
        )
        .await;
    let first = identity
        .administration()
        .list_locks(first)
        .await
        .unwrap()
        .into_inner();
    let rest = pb::ListLocksRequest {
        page_size: 1,
        page_token: first.next_page_token,
    };
    let rest = identity.signed(&sydney, rest).await;
    let rest = identity
        .administration()
        .list_locks(rest)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            rest.locks[0].username.as_str(),
            rest.next_page_token.as_str()
        ),
        (CASEY, "")
    );

    let lift = || pb::LiftLockRequest {
        account_id: account_id.clone(),
    };
    let request = identity.signed(&sydney, lift()).await;
    identity.administration().lift_lock(request).await.unwrap();
    assert!(identity.start(CASEY, PASSWORD).await.is_ok());

    let request = identity.signed(&sydney, lift()).await;
    let refused = identity
        .administration()
        .lift_lock(request)
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "NO_SUCH_LOCK");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_wrong_codes_lock_as_wrong_passwords_do(db: PgPool) {
    let identity = casey(&db).await;

    assert_eq!(identity.exhaust(CASEY).await, "LOGIN_EXPIRED");

    assert_eq!(identity.refusal(CASEY, PASSWORD).await, "LOGIN_REFUSED");
    assert_eq!(locked_notices(&identity).await, 1);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_an_hour_of_guesses_from_fifty_addresses_keeps_the_owner_out_at_no_time(db: PgPool) {
    let identity = casey(&db).await;
    let addresses: Vec<String> = (0..50).map(|_| given::an_address()).collect();
    let mut device = identity.log_in(CASEY).await.device;
    for (n, address) in addresses.iter().cycle().take(120).enumerate() {
        let guess = identity
            .start_from(CASEY, &format!("{WRONG} {n}"), address, "")
            .await;
        assert_eq!(testkit::reason(&guess.unwrap_err()), "LOGIN_REFUSED");
        identity.clock.advance(Duration::seconds(30));
        if n % 20 == 19 {
            device = identity.log_in_with(CASEY, PASSWORD, &device).await.device;
        }
    }

    identity.fail(CASEY, 5).await;
    identity.set_password(CASEY, "teapot saddle window").await;

    assert!(identity.start(CASEY, "teapot saddle window").await.is_ok());
}
