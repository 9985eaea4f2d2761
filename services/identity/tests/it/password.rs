//! Passwords and *Edit password* (ID-7, ID-8).

use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use sqlx::PgPool;
use tonic::Status;

use crate::given::{self, Identity, PASSWORD, Session, WRONG};

const CASEY: &str = "casey@ombudsman.example";
const NEW: &str = "teapot saddle window";

async fn change(
    identity: &Identity,
    session: &Session,
    current: &str,
    new: &str,
) -> Result<pb::ChangePasswordResponse, Status> {
    let request = pb::ChangePasswordRequest {
        current_password: current.to_owned(),
        new_password: new.to_owned(),
    };
    let request = identity.signed(session, request).await;
    Ok(identity
        .accounts()
        .change_password(request)
        .await?
        .into_inner())
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_8_a_change_ends_all_other_sessions_and_the_holder_is_told(db: PgPool) {
    let identity = given::identity(&db).await;
    let session = identity.staff_session(CASEY, Role::Caseworker).await;
    let other = identity.log_in(CASEY).await;
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let code = identity.code(&login).await;

    let changed = change(&identity, &session, PASSWORD, NEW).await.unwrap();

    assert_eq!(identity.ended(&changed.session_token).await, "");
    assert_eq!(identity.ended(&other.token).await, "SESSION_ENDED");
    assert_eq!(identity.code_refusal(&login, &code).await, "LOGIN_EXPIRED");
    assert_eq!(
        identity.notices().await.last(),
        Some(&pb::SecurityNotice::PasswordChanged)
    );
    assert_eq!(identity.refusal(CASEY, PASSWORD).await, "LOGIN_REFUSED");
    assert!(identity.start(CASEY, NEW).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_8_a_change_gives_the_session_a_new_secret_and_the_former_one_is_refused(db: PgPool) {
    let identity = given::identity(&db).await;
    let session = identity.staff_session(CASEY, Role::Caseworker).await;
    let before = identity.check(&session.token, false).await.unwrap();

    let changed = change(&identity, &session, PASSWORD, NEW).await.unwrap();

    assert_eq!(identity.ended(&session.token).await, "SESSION_ENDED");
    let after = identity.check(&changed.session_token, false).await.unwrap();
    assert_eq!(
        after.session_id, before.session_id,
        "it is the same session"
    );
    assert_eq!(after.absolute_seconds_left, before.absolute_seconds_left);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_8_a_refused_change_leaves_the_session_its_secret(db: PgPool) {
    let identity = given::identity(&db).await;
    let session = identity.staff_session(CASEY, Role::Caseworker).await;

    change(&identity, &session, WRONG, NEW).await.unwrap_err();

    assert_eq!(identity.ended(&session.token).await, "");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_8_a_session_that_has_ended_changes_no_password_with_a_token_that_is_left(db: PgPool) {
    let identity = given::identity(&db).await;
    let session = identity.staff_session(CASEY, Role::Caseworker).await;
    let request = pb::ChangePasswordRequest {
        current_password: PASSWORD.to_owned(),
        new_password: NEW.to_owned(),
    };
    let request = identity.signed(&session, request).await;
    let end = pb::EndSessionRequest {
        session_token: session.token.clone(),
    };
    identity.login().end_session(end).await.unwrap();

    let refused = identity
        .accounts()
        .change_password(request)
        .await
        .unwrap_err();

    assert_eq!(testkit::reason(&refused), "SESSION_ENDED");
    assert!(identity.start(CASEY, PASSWORD).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_8_both_what_is_wrong_with_the_current_and_with_the_new_password_is_said(db: PgPool) {
    let identity = given::identity(&db).await;
    let session = identity.staff_session(CASEY, Role::Caseworker).await;

    let refused = change(&identity, &session, WRONG, "short")
        .await
        .unwrap_err();
    let fields: Vec<_> = testkit::violations(&refused)
        .into_iter()
        .map(|it| it.0)
        .collect();
    assert_eq!(fields, ["current_password", "new_password"]);

    let refused = change(&identity, &session, WRONG, NEW).await.unwrap_err();
    assert_eq!(testkit::reason(&refused), "WRONG_PASSWORD");
    assert!(identity.start(CASEY, PASSWORD).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_8_an_open_session_is_no_place_to_try_passwords(db: PgPool) {
    let identity = given::identity(&db).await;
    let session = identity.staff_session(CASEY, Role::Caseworker).await;
    for _ in 0..10 {
        let refused = change(&identity, &session, WRONG, NEW).await.unwrap_err();
        assert_eq!(testkit::reason(&refused), "WRONG_PASSWORD");
    }

    let refused = change(&identity, &session, PASSWORD, NEW)
        .await
        .unwrap_err();

    assert_eq!(testkit::reason(&refused), "TOO_MANY_ATTEMPTS");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_8_a_service_client_does_not_change_the_password_of_whom_it_acts_for(db: PgPool) {
    let identity = given::identity(&db).await;
    identity.staff(CASEY, Role::Caseworker).await;
    let (client_id, client_secret) = identity.operator_credentials();
    let issue = pb::IssueClientTokenRequest {
        client_id,
        client_secret,
        audience: "identity".to_owned(),
        scopes: vec![],
        on_behalf_of: CASEY.to_owned(),
    };
    let token = identity
        .login()
        .issue_client_token(issue)
        .await
        .unwrap()
        .into_inner()
        .token;
    let request = pb::ChangePasswordRequest {
        current_password: PASSWORD.to_owned(),
        new_password: NEW.to_owned(),
    };

    let request = kit::client::bearer(request, &token);
    let refused = identity
        .accounts()
        .change_password(request)
        .await
        .unwrap_err();

    assert_eq!(testkit::reason(&refused), "HOLDER_ONLY");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_7_first_password_changed_one_and_one_by_link_are_under_the_same_rule(db: PgPool) {
    let identity = given::identity(&db).await;
    let session = identity
        .an_administrator_session("ada.finch@thornfield.example")
        .await;
    identity.a_landlord("new.finch@thornfield.example").await;

    for (password, verdict) in [
        ("fourteen chars", "TOO_SHORT"),
        ("passwordpassword1", "TOO_COMMON"),
        ("thornfield-finch-2026", "TOO_COMMON"),
        ("casework-portal-2026", "TOO_COMMON"),
    ] {
        let changed = change(&identity, &session, PASSWORD, password)
            .await
            .unwrap_err();
        assert_eq!(testkit::reason(&changed), verdict, "{password}");
        for username in [
            "ada.finch@thornfield.example",
            "new.finch@thornfield.example",
        ] {
            identity
                .forgot(username, &given::an_address())
                .await
                .unwrap();
            let link = identity.newest_link().await;
            let reset = identity.reset(&link, password).await.unwrap_err();
            assert_eq!(testkit::reason(&reset), verdict, "{username} {password}");
        }
        // Ten tries in a quarter of an hour are allowed, and this is about another rule.
        identity.clock.advance(chrono::Duration::minutes(15));
        identity.check(&session.token, true).await.unwrap();
    }
}
