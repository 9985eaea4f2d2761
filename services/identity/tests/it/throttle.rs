//! Limits per client address and per pair, with counters that every replica shares (ID-6).

use chrono::Duration;
use identity::{Limit, MIGRATOR};
use proto::access::v1::Role;
use sqlx::PgPool;

use crate::given::{self, Identity, PASSWORD, WRONG};

async fn reason(identity: &Identity, username: &str, password: &str, address: &str) -> String {
    let started = identity.start_from(username, password, address, "").await;
    started.map_or_else(|status| testkit::reason(&status), |_| String::new())
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_two_replicas_share_the_counters(db: PgPool) {
    let one =
        given::identity_with(&db, |config| config.limits.login_pair = Limit::new(6, 15)).await;
    let other = one.replica().await;
    let address = given::an_address();
    let mut looked_at = 0;
    for _ in 0..5 {
        for server in [&one, &other] {
            looked_at +=
                i32::from(reason(server, "a@b.example", WRONG, &address).await == "LOGIN_REFUSED");
        }
    }

    assert_eq!(looked_at, 6);
    let restarted = one.replica().await;
    assert_eq!(
        reason(&restarted, "a@b.example", WRONG, &address).await,
        "TOO_MANY_ATTEMPTS"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_a_limit_says_when_to_come_back_and_is_over_then(db: PgPool) {
    let identity =
        given::identity_with(&db, |config| config.limits.login_pair = Limit::new(1, 15)).await;
    let address = given::an_address();
    reason(&identity, "a@b.example", WRONG, &address).await;
    identity.clock.advance(Duration::minutes(5));

    let refused = identity
        .start_from("a@b.example", WRONG, &address, "")
        .await
        .unwrap_err();
    let retry = tonic_types::StatusExt::get_error_details(&refused)
        .retry_info()
        .unwrap()
        .retry_delay;
    assert_eq!(retry, Some(std::time::Duration::from_mins(10)));

    identity.clock.advance(Duration::minutes(10));
    assert_eq!(
        reason(&identity, "a@b.example", WRONG, &address).await,
        "LOGIN_REFUSED"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_one_address_does_not_use_up_what_is_for_another(db: PgPool) {
    let identity = given::identity_with(&db, |config| {
        config.limits.login_address = Limit::new(2, 15);
    })
    .await;
    let (one, other) = (given::an_address(), given::an_address());
    for _ in 0..4 {
        reason(&identity, "a@b.example", WRONG, &one).await;
    }

    assert_eq!(
        reason(&identity, "c@d.example", WRONG, &one).await,
        "TOO_MANY_ATTEMPTS"
    );
    assert_eq!(
        reason(&identity, "a@b.example", WRONG, &other).await,
        "LOGIN_REFUSED"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn stuffing_many_pairs_from_one_address_are_stopped_at_fifteen(db: PgPool) {
    let identity = given::identity(&db).await;
    let address = given::an_address();
    let before = identity.app.hasher().done();
    let guesses = (0..100).map(|n| {
        let (identity, address) = (&identity, &address);
        async move {
            reason(
                identity,
                &format!("user{n}@b.example"),
                &format!("password {n}"),
                address,
            )
            .await
        }
    });

    let reasons = futures::future::join_all(guesses).await;

    assert_eq!(
        reasons.iter().filter(|it| *it == "LOGIN_REFUSED").count(),
        15
    );
    assert_eq!(identity.app.hasher().done() - before, 15);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn stuffing_a_guess_that_was_turned_away_is_no_free_guess_later(db: PgPool) {
    let identity = given::identity(&db).await;
    let address = given::an_address();
    // Those that were turned away come first the second time, less than a window after their first.
    for order in [(0..40).collect::<Vec<_>>(), (0..40).rev().collect()] {
        let mut looked_at = 0;
        for n in order {
            let (username, guess) = (format!("user{n}@b.example"), format!("password {n}"));
            looked_at +=
                i32::from(reason(&identity, &username, &guess, &address).await == "LOGIN_REFUSED");
            identity.clock.advance(Duration::minutes(1));
        }
        assert_eq!(looked_at, 15);
        identity.clock.advance(Duration::minutes(20));
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn stuffing_the_same_wrong_pair_again_is_no_new_guess(db: PgPool) {
    let identity = given::identity(&db).await;
    let address = given::an_address();
    for _ in 0..19 {
        assert_eq!(
            reason(&identity, "a@b.example", WRONG, &address).await,
            "LOGIN_REFUSED"
        );
    }

    assert_eq!(
        reason(&identity, "c@d.example", WRONG, &address).await,
        "LOGIN_REFUSED"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn stuffing_from_the_neighbours_of_a_network_is_stopped_too(db: PgPool) {
    let identity = given::identity_with(&db, |config| {
        config.limits.stuffing_network = Limit::new(20, 60);
    })
    .await;
    let mut looked_at = 0;
    for n in 0..30 {
        let (username, address) = (format!("user{n}@b.example"), format!("203.0.113.{n}"));
        looked_at +=
            i32::from(reason(&identity, &username, WRONG, &address).await == "LOGIN_REFUSED");
    }

    assert_eq!(looked_at, 20);
    assert_eq!(
        reason(&identity, "a@b.example", WRONG, "203.0.114.1").await,
        "LOGIN_REFUSED"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn an_office_behind_one_address_is_not_kept_out_by_its_own_people(db: PgPool) {
    let identity = given::identity_with(&db, |config| {
        config.limits.login_address = Limit::new(10, 15);
        config.limits.stuffing_address = Limit::new(5, 60);
    })
    .await;
    for n in 0..4 {
        identity
            .staff(&format!("casey{n}@ombudsman.example"), Role::Caseworker)
            .await;
    }
    let address = given::an_address();

    for round in 0..10 {
        for n in 0..4 {
            let username = format!("casey{n}@ombudsman.example");
            assert_eq!(
                reason(&identity, &username, PASSWORD, &address).await,
                "",
                "round {round}"
            );
        }
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_known_device_is_let_in_from_an_address_that_is_used_up(db: PgPool) {
    let identity = given::identity_with(&db, |config| {
        config.limits.login_address = Limit::new(2, 15);
    })
    .await;
    identity
        .staff("casey@ombudsman.example", Role::Caseworker)
        .await;
    let device = identity.log_in("casey@ombudsman.example").await.device;
    let address = given::an_address();
    for _ in 0..3 {
        reason(&identity, "a@b.example", WRONG, &address).await;
    }

    assert!(
        identity
            .start_from("casey@ombudsman.example", PASSWORD, &address, &device)
            .await
            .is_ok()
    );
    assert_eq!(
        reason(&identity, "casey@ombudsman.example", PASSWORD, &address).await,
        "TOO_MANY_ATTEMPTS"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_limit_that_is_passed_is_noted_once(db: PgPool) {
    let identity =
        given::identity_with(&db, |config| config.limits.login_pair = Limit::new(2, 15)).await;
    let address = given::an_address();
    for _ in 0..8 {
        reason(&identity, "a@b.example", WRONG, &address).await;
    }

    let noted = identity.audit_of_kind("excess_rate_limit_exceeded").await;
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].client_address, address);
}
