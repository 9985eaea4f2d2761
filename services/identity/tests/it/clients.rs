//! Service clients (ID-13).

use identity::MIGRATOR;
use kit::token::Verifier;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use secrecy::ExposeSecret as _;
use sqlx::PgPool;
use tonic::{Code, Request, Status};

use crate::given::{self, Identity};

async fn a_client(identity: &Identity, scopes: &[&str]) -> (String, String) {
    let name = format!("Intake {}", kit::id());
    let (id, secret) = identity::bootstrap::service_client(&identity.db, &name, scopes)
        .await
        .unwrap();
    (id.to_string(), secret.expose_secret().to_owned())
}

fn ask(
    client: &(String, String),
    scopes: &[&str],
    on_behalf_of: &str,
) -> pb::IssueClientTokenRequest {
    pb::IssueClientTokenRequest {
        client_id: client.0.clone(),
        client_secret: client.1.clone(),
        audience: "case".to_owned(),
        scopes: scopes.iter().map(|it| (*it).to_owned()).collect(),
        on_behalf_of: on_behalf_of.to_owned(),
    }
}

async fn issue(
    identity: &Identity,
    request: pb::IssueClientTokenRequest,
) -> Result<kit::Caller, Status> {
    let issued = identity
        .login()
        .issue_client_token(request)
        .await?
        .into_inner();
    let ends = kit::time::instant(issued.expires_at.as_ref()).unwrap();
    assert_eq!((ends - identity.now()).num_seconds(), 60);
    let verifier = Verifier::with_keys("case", identity.app.public_keys(), identity.clock.clone());
    Ok(verifier.verify(&issued.token).await.unwrap())
}

fn reason(result: Result<kit::Caller, Status>) -> String {
    testkit::reason(&result.unwrap_err())
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_13_a_client_gets_a_token_for_its_scopes_or_for_some_of_them(db: PgPool) {
    let identity = given::identity(&db).await;
    let client = a_client(&identity, &["cases", "accounts"]).await;
    let scopes = |caller: kit::Caller| match caller {
        kit::Caller::Client(client) => client.scopes,
        other => panic!("{other:?}"),
    };

    assert_eq!(
        scopes(issue(&identity, ask(&client, &[], "")).await.unwrap()),
        ["cases", "accounts"]
    );
    assert_eq!(
        scopes(
            issue(&identity, ask(&client, &["cases"], ""))
                .await
                .unwrap()
        ),
        ["cases"]
    );
    let noted = identity.audit_of_kind("authn_token_created").await;
    let actor = format!("client:{}", client.0);
    let details: Vec<_> = noted
        .iter()
        .filter(|it| it.actor == actor)
        .map(|it| it.detail.as_str())
        .collect();
    assert_eq!(details, ["for case: cases accounts", "for case: cases"]);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_13_a_wrong_secret_an_unknown_and_an_inactive_client_are_one_refusal(db: PgPool) {
    let identity = given::identity(&db).await;
    let client = a_client(&identity, &["cases"]).await;
    let wrong = (client.0.clone(), "x".repeat(43));
    let unknown = (kit::id().to_string(), client.1.clone());
    let odd = ("7".to_owned(), client.1.clone());

    for client in [&wrong, &unknown, &odd] {
        assert_eq!(
            reason(issue(&identity, ask(client, &[], "")).await),
            "CLIENT_REFUSED"
        );
    }
    assert_eq!(identity.audit_of_kind("authn_login_fail").await.len(), 3);
    sqlx::query("update service_clients set active = false")
        .execute(&db)
        .await
        .unwrap();
    let refused = identity
        .login()
        .issue_client_token(ask(&client, &[], ""))
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "CLIENT_REFUSED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_13_a_scope_that_the_client_does_not_hold_is_refused_and_noted(db: PgPool) {
    let identity = given::identity(&db).await;
    identity
        .staff("casey@ombudsman.example", Role::Caseworker)
        .await;
    let client = a_client(&identity, &["cases"]).await;

    assert_eq!(
        reason(issue(&identity, ask(&client, &["cases", "accounts"], "")).await),
        "SCOPE_REFUSED"
    );
    let behalf = ask(&client, &[], "casey@ombudsman.example");
    assert_eq!(reason(issue(&identity, behalf).await), "SCOPE_REFUSED");
    assert_eq!(identity.audit_of_kind("authz_fail").await.len(), 2);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_13_a_client_acts_for_active_staff_with_their_rights_and_it_is_noted(db: PgPool) {
    let identity = given::identity(&db).await;
    let casey = identity
        .staff("casey@ombudsman.example", Role::Caseworker)
        .await;
    let client = a_client(&identity, &["on-behalf"]).await;

    let caller = issue(&identity, ask(&client, &[], "Casey@ombudsman.example"))
        .await
        .unwrap();

    let person = caller.person().unwrap();
    assert_eq!(
        (person.account_id.to_string(), person.role),
        (casey.id.clone(), Role::Caseworker)
    );
    assert_eq!(person.session_id, None);
    assert!(
        caller
            .actor()
            .starts_with(&format!("account:{} through client:Intake", casey.id)),
        "{}",
        caller.actor()
    );
    let noted = identity.audit(&casey.id).await;
    assert_eq!(noted.last().unwrap().kind, "authn_token_created");
    assert_eq!(noted.last().unwrap().actor, format!("client:{}", client.0));
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_13_nobody_acts_for_a_landlords_people_system_administrators_the_inactive_or_the_unknown(
    db: PgPool,
) {
    let identity = given::identity(&db).await;
    identity
        .staff("sydney@ombudsman.example", Role::SystemAdministrator)
        .await;
    identity.an_administrator("ada@landlord.example").await;
    identity
        .staff("gone@ombudsman.example", Role::Caseworker)
        .await;
    sqlx::query("update accounts set active = false where username like 'gone%'")
        .execute(&db)
        .await
        .unwrap();
    let client = a_client(&identity, &["on-behalf", "cases"]).await;

    for username in [
        "ada@landlord.example",
        "gone@ombudsman.example",
        "sydney@ombudsman.example",
        "nobody@ombudsman.example",
    ] {
        assert_eq!(
            reason(issue(&identity, ask(&client, &[], username)).await),
            "NO_SUCH_ACCOUNT",
            "{username}"
        );
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_13_a_client_is_registered_with_known_scopes_and_a_name_of_its_own(db: PgPool) {
    let identity = given::identity(&db).await;
    let register = |name: &str, scopes: &[&str]| {
        let request = pb::RegisterServiceClientRequest {
            name: name.to_owned(),
            scopes: scopes.iter().map(|it| (*it).to_owned()).collect(),
        };
        let identity = &identity;
        async move {
            let request = identity.operator(request).await;
            identity
                .administration()
                .register_service_client(request)
                .await
        }
    };

    let made = register("Telephony", &["cases", "cases"])
        .await
        .unwrap()
        .into_inner();
    let client = made.client.unwrap();
    assert_eq!(client.scopes, ["cases"]);
    let caller = issue(&identity, ask(&(client.id, made.client_secret), &[], ""))
        .await
        .unwrap();
    assert_eq!(caller.name(), "Telephony");

    let taken = register("Telephony", &["cases"]).await.unwrap_err();
    assert_eq!(testkit::reason(&taken), "NAME_TAKEN");
    for scopes in [&["everything"][..], &[]] {
        let refused = register("Other", scopes).await.unwrap_err();
        assert_eq!(testkit::reason(&refused), "NO_SUCH_SCOPE");
    }
}

fn telephony(scopes: &[&str]) -> pb::RegisterServiceClientRequest {
    pb::RegisterServiceClientRequest {
        name: format!("Telephony {}", kit::id()),
        scopes: scopes.iter().map(|it| (*it).to_owned()).collect(),
    }
}

/// A call to identity by a client that holds these scopes.
async fn with<T>(identity: &Identity, scopes: &[&str], message: T) -> Request<T> {
    let client = a_client(identity, scopes).await;
    let ask = pb::IssueClientTokenRequest {
        audience: "identity".to_owned(),
        ..ask(&client, &[], "")
    };
    let issued = identity.login().issue_client_token(ask).await.unwrap();
    kit::client::bearer(message, &issued.into_inner().token)
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_13_a_client_gives_another_no_scope_that_it_does_not_hold_and_it_is_noted(db: PgPool) {
    let identity = given::identity(&db).await;
    let holds = ["clients", "cases"];

    for scopes in [
        &["on-behalf"][..],
        &["cases", "operations"],
        &["import", "staff"],
    ] {
        let request = with(&identity, &holds, telephony(scopes)).await;
        let refused = identity
            .administration()
            .register_service_client(request)
            .await
            .unwrap_err();
        assert_eq!(testkit::reason(&refused), "SCOPE_REFUSED", "{scopes:?}");
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
    assert_eq!(identity.audit_of_kind("authz_fail").await.len(), 3);

    let request = with(&identity, &holds, telephony(&holds)).await;
    let made = identity
        .administration()
        .register_service_client(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(made.client.unwrap().scopes, ["cases", "clients"]);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_13_a_client_that_was_given_a_token_for_less_gives_no_more_than_that(db: PgPool) {
    let identity = given::identity(&db).await;
    let client = a_client(&identity, &["clients", "cases"]).await;
    let ask = pb::IssueClientTokenRequest {
        audience: "identity".to_owned(),
        ..ask(&client, &["clients"], "")
    };
    let issued = identity.login().issue_client_token(ask).await.unwrap();

    let request = kit::client::bearer(telephony(&["cases"]), &issued.into_inner().token);
    let refused = identity
        .administration()
        .register_service_client(request)
        .await
        .unwrap_err();

    assert_eq!(testkit::reason(&refused), "SCOPE_REFUSED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_13_a_system_administrator_gives_any_scope(db: PgPool) {
    let identity = given::identity(&db).await;
    let sydney = identity
        .staff_session("sydney@ombudsman.example", Role::SystemAdministrator)
        .await;

    let request = identity
        .signed(&sydney, telephony(&["on-behalf", "operations"]))
        .await;
    let made = identity
        .administration()
        .register_service_client(request)
        .await
        .unwrap()
        .into_inner();

    assert_eq!(made.client.unwrap().scopes, ["on-behalf", "operations"]);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_13_accounts_opens_neither_clients_nor_staff_nor_the_audit(db: PgPool) {
    let identity = given::identity(&db).await;
    let mut administration = identity.administration();
    let casey = identity
        .staff("casey@ombudsman.example", Role::Caseworker)
        .await;
    let landlord = identity.a_landlord("ada@landlord.example").await;
    let held = ["accounts"];
    let staff = pb::AddStaffRequest {
        request_id: kit::id().to_string(),
        name: "Mallory Quill".to_owned(),
        username: "mallory@ombudsman.example".to_owned(),
        role: Role::SystemAdministrator.into(),
        team: String::new(),
    };
    let address = |account_id: &str, username: &str| pb::ChangeUsernameRequest {
        account_id: account_id.to_owned(),
        username: username.to_owned(),
        version: 1,
    };

    let request = with(&identity, &held, telephony(&["accounts"])).await;
    let clients = administration.register_service_client(request).await;
    let request = with(&identity, &held, staff.clone()).await;
    let added = administration.add_staff(request).await;
    let request = with(&identity, &held, pb::SearchAuditRequest::default()).await;
    let searched = administration.search_audit(request).await;
    let request = with(&identity, &held, address(&casey.id, "mallory@evil.example")).await;
    let taken_over = administration.change_username(request).await;

    assert_eq!(testkit::reason(&clients.unwrap_err()), "ROLE_NOT_ALLOWED");
    assert_eq!(testkit::reason(&added.unwrap_err()), "ROLE_NOT_ALLOWED");
    assert_eq!(testkit::reason(&searched.unwrap_err()), "ROLE_NOT_ALLOWED");
    assert_eq!(testkit::reason(&taken_over.unwrap_err()), "SCOPE_REFUSED");
    let request = with(&identity, &["staff"], staff).await;
    administration.add_staff(request).await.unwrap();
    let moved = address(
        &landlord.administrator_account_id,
        "ada.finch@landlord.example",
    );
    let request = with(&identity, &held, moved).await;
    administration.change_username(request).await.unwrap();
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn the_first_client_needs_known_scopes_too(db: PgPool) {
    let refused = identity::bootstrap::service_client(&db, "casework", &["root"])
        .await
        .unwrap_err();

    assert!(
        refused
            .to_string()
            .starts_with("root is none of the scopes: "),
        "{refused}"
    );
}
