//! Log-in: username, password, code, session (ID-1, ID-2, ID-4, ID-6).

use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use sqlx::PgPool;

use crate::given::{self, PASSWORD, WRONG, client};

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_4_a_password_and_then_an_emailed_code_log_in(db: PgPool) {
    let identity = given::identity(&db).await;
    identity
        .an_administrator("ada.finch@landlord.example")
        .await;

    let started = identity
        .start("ada.finch@landlord.example", PASSWORD)
        .await
        .unwrap();
    let sent = identity.send_code(&started.login_token).await.unwrap();
    let minted = identity.newest_code().await;
    let session = identity
        .verify(&started.login_token, &minted.code)
        .await
        .unwrap();

    assert_eq!(started.masked_address, "ad•••@landlord.example");
    assert_eq!(
        (sent.masked_address, sent.resends_left),
        (started.masked_address, 2)
    );
    assert_eq!(
        minted.recipient.unwrap().address,
        "ada.finch@landlord.example"
    );
    assert_eq!(session.account.role(), Role::LandlordAdministrator);
    assert_eq!(
        session.account.last_login_at,
        Some(kit::time::timestamp(identity.now()))
    );
    assert_eq!(
        identity
            .check(&session.token, false)
            .await
            .unwrap()
            .account
            .unwrap()
            .id,
        session.account.id
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_1_a_username_is_one_however_it_is_typed(db: PgPool) {
    let identity = given::identity(&db).await;
    identity
        .an_administrator("Ada.Finch@Landlord.Example")
        .await;

    assert!(
        identity
            .start(" ADA.finch@landlord.example ", PASSWORD)
            .await
            .is_ok()
    );

    let request = pb::RegisterLandlordRequest {
        request_id: kit::id().to_string(),
        name: "Another".to_owned(),
        administrator_name: "Ada".to_owned(),
        administrator_username: "ADA.FINCH@LANDLORD.EXAMPLE".to_owned(),
    };
    let request = identity.operator(request).await;
    let taken = identity
        .administration()
        .register_landlord(request)
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&taken), "USERNAME_TAKEN");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_2_a_new_administrator_has_no_password_and_sets_one_by_link(db: PgPool) {
    let identity = given::identity(&db).await;
    identity.a_landlord("ada@landlord.example").await;

    assert!(
        identity
            .events::<pb::PasswordResetRequested>()
            .await
            .is_empty()
    );
    assert_eq!(
        identity.refusal("ada@landlord.example", "").await,
        "LOGIN_REFUSED"
    );
    assert_eq!(
        identity.refusal("ada@landlord.example", PASSWORD).await,
        "LOGIN_REFUSED"
    );

    identity
        .set_password("ada@landlord.example", PASSWORD)
        .await;
    assert!(
        identity
            .start("ada@landlord.example", PASSWORD)
            .await
            .is_ok()
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_2_the_administrators_first_log_in_activates_the_portal_once(db: PgPool) {
    let identity = given::identity(&db).await;
    let landlord = identity.an_administrator("ada@landlord.example").await;
    assert_eq!(landlord.activated_on, "");
    // Half past eleven at night UTC is already the next day in London's summer.
    identity.clock.set("2026-06-30T23:30:00Z".parse().unwrap());

    let session = identity.log_in("ada@landlord.example").await;
    identity.clock.advance(chrono::Duration::days(3));
    identity.log_in("ada@landlord.example").await;

    let activated = identity.events::<pb::LandlordActivated>().await;
    assert_eq!(activated.len(), 1);
    assert_eq!(
        (
            activated[0].landlord_id.as_str(),
            activated[0].activated_on.as_str()
        ),
        (landlord.id.as_str(), "2026-07-01")
    );
    assert_eq!(session.account.landlord_id, landlord.id);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_2_the_log_in_of_a_sub_account_does_not_activate_the_portal(db: PgPool) {
    let identity = given::identity(&db).await;
    let administrator = identity
        .an_administrator_session("ada@landlord.example")
        .await;
    sqlx::query("update landlords set activated_on = null")
        .execute(&db)
        .await
        .unwrap();
    identity
        .a_sub_account(&administrator, "sam@landlord.example")
        .await;

    identity.log_in("sam@landlord.example").await;

    assert_eq!(identity.events::<pb::LandlordActivated>().await.len(), 1);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_unknown_wrong_locked_inactive_and_unset_are_one_answer_after_the_same_work(
    db: PgPool,
) {
    let identity = given::identity(&db).await;
    for name in ["known", "locked", "inactive"] {
        identity
            .staff(&format!("{name}@ombudsman.example"), Role::Caseworker)
            .await;
    }
    identity.a_landlord("unset@landlord.example").await;
    sqlx::query("update accounts set active = false where username like 'inactive%'")
        .execute(&db)
        .await
        .unwrap();
    identity.fail("locked@ombudsman.example", 5).await;

    let mut answers = Vec::new();
    for (username, password) in [
        ("unknown@ombudsman.example", WRONG),
        ("known@ombudsman.example", WRONG),
        ("locked@ombudsman.example", PASSWORD),
        ("inactive@ombudsman.example", PASSWORD),
        ("unset@landlord.example", PASSWORD),
    ] {
        let before = identity.app.hasher().done();
        let refused = identity.start(username, password).await.unwrap_err();
        assert_eq!(identity.app.hasher().done() - before, 1, "{username}");
        answers.push((
            refused.code(),
            refused.message().to_owned(),
            refused.details().to_vec(),
        ));
    }

    assert!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{answers:?}"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_6_an_unknown_username_is_counted_as_a_known_one_is(db: PgPool) {
    let identity = given::identity_with(&db, |config| config.limits.login_pair.attempts = 4).await;
    identity
        .staff("known@ombudsman.example", Role::Caseworker)
        .await;

    for username in ["known@ombudsman.example", "unknown@ombudsman.example"] {
        let address = given::an_address();
        let mut reasons = Vec::new();
        for _ in 0..6 {
            let refused = identity
                .start_from(username, WRONG, &address, "")
                .await
                .unwrap_err();
            reasons.push(testkit::reason(&refused));
        }
        let (refused, exhausted) = ("LOGIN_REFUSED", "TOO_MANY_ATTEMPTS");
        assert_eq!(
            reasons,
            [refused, refused, refused, refused, exhausted, exhausted],
            "{username}"
        );
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_log_in_without_an_address_is_refused_for_nothing_could_be_limited(db: PgPool) {
    let identity = given::identity(&db).await;

    for address in ["", "proxy", "203.0.113.7, 10.0.0.1"] {
        let refused = identity
            .start_from("ada@landlord.example", WRONG, address, "")
            .await
            .unwrap_err();
        assert_eq!(testkit::reason(&refused), "NOT_AN_ADDRESS");
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_7_a_body_of_a_hundred_thousand_characters_is_refused_before_it_is_hashed(db: PgPool) {
    let identity = given::identity(&db).await;

    let refused = identity
        .start("ada@landlord.example", &"x".repeat(100_000))
        .await
        .unwrap_err();

    assert_eq!(testkit::reason(&refused), "TOO_LONG");
    assert_eq!(identity.app.hasher().done(), 0);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_7_a_cheap_hash_is_made_anew_when_its_holder_logs_in(db: PgPool) {
    let cheap = given::identity(&db).await;
    cheap
        .staff("casey@ombudsman.example", Role::Caseworker)
        .await;
    let dearer = given::identity_with(&db, |config| config.passwords.iterations = 3).await;
    let hash = || async {
        let hash: String = sqlx::query_scalar("select password_hash from accounts")
            .fetch_one(&db)
            .await
            .unwrap();
        hash
    };
    assert!(hash().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));

    dearer.refusal("casey@ombudsman.example", WRONG).await;
    assert!(hash().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    dearer
        .start("casey@ombudsman.example", PASSWORD)
        .await
        .unwrap();

    assert!(hash().await.starts_with("$argon2id$v=19$m=19456,t=3,p=1$"));
    assert!(
        cheap
            .start("casey@ombudsman.example", PASSWORD)
            .await
            .is_ok()
    );
    assert!(hash().await.starts_with("$argon2id$v=19$m=19456,t=3,p=1$"));
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_surplus_of_log_ins_is_refused_at_once_and_costs_nobody_a_failure(db: PgPool) {
    let identity = given::identity_with(&db, |config| {
        config.passwords.workers = 1;
        config.passwords.queue = 1;
    })
    .await;
    let account = identity
        .staff("casey@ombudsman.example", Role::Caseworker)
        .await;

    let all = futures::future::join_all(
        (0..30).map(|_| identity.start("casey@ombudsman.example", PASSWORD)),
    )
    .await;

    let busy = all
        .iter()
        .filter_map(|it| it.as_ref().err())
        .filter(|it| testkit::reason(it) == "BUSY")
        .count();
    assert!(busy > 0, "nothing was surplus");
    let failures: i32 = sqlx::query_scalar("select failures from lockouts")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(failures, 0, "{}", account.id);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn only_notification_itself_may_have_a_secret_minted(db: PgPool) {
    let identity = given::identity(&db).await;
    let administrator = identity
        .staff_session("sydney@ombudsman.example", Role::SystemAdministrator)
        .await;
    let mut delivery =
        pb::delivery_service_client::DeliveryServiceClient::new(identity.channel_of("gateway"));

    let request = pb::MintLoginCodeRequest {
        login_id: kit::id().to_string(),
    };
    let refused = delivery
        .mint_login_code(identity.signed(&administrator, request).await)
        .await
        .unwrap_err();

    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_reset_without_an_address_is_refused(db: PgPool) {
    let identity = given::identity(&db).await;
    let request = pb::RequestPasswordResetRequest {
        username: "a@b.example".to_owned(),
        client: Some(client("nowhere")),
    };

    let refused = identity
        .login()
        .request_password_reset(request)
        .await
        .unwrap_err();

    assert_eq!(testkit::reason(&refused), "NOT_AN_ADDRESS");
}
