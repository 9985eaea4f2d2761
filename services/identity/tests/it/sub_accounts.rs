//! *Manage your users* (ID-9).

use identity::MIGRATOR;
use proto::identity::v1 as pb;
use sqlx::PgPool;
use tonic::Status;

use crate::given::{self, Identity, PASSWORD, Session};

const ADA: &str = "ada@landlord.example";

async fn ada(db: &PgPool) -> (Identity, Session) {
    let identity = given::identity(db).await;
    let session = identity.an_administrator_session(ADA).await;
    (identity, session)
}

async fn deactivate(
    identity: &Identity,
    by: &Session,
    account: &pb::Account,
) -> Result<pb::Account, Status> {
    let request = pb::DeactivateSubAccountRequest {
        account_id: account.id.clone(),
        version: account.version,
    };
    let request = identity.signed(by, request).await;
    Ok(identity
        .accounts()
        .deactivate_sub_account(request)
        .await?
        .into_inner())
}

async fn reactivate(
    identity: &Identity,
    by: &Session,
    account: &pb::Account,
) -> Result<pb::Account, Status> {
    let request = pb::ReactivateSubAccountRequest {
        account_id: account.id.clone(),
        version: account.version,
    };
    let request = identity.signed(by, request).await;
    Ok(identity
        .accounts()
        .reactivate_sub_account(request)
        .await?
        .into_inner())
}

fn reason<T: std::fmt::Debug>(result: Result<T, Status>) -> String {
    testkit::reason(&result.unwrap_err())
}

async fn active(db: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(*) from accounts where role = 'landlord_sub_account' and active",
    )
    .fetch_one(db)
    .await
    .unwrap()
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_a_new_sub_account_sets_its_password_by_link_and_logs_in(db: PgPool) {
    let (identity, administrator) = ada(&db).await;

    let account = identity
        .create_sub_account(&administrator, "Sam@Landlord.example")
        .await
        .unwrap();
    assert!(account.active && !account.password_set);
    assert_eq!(account.landlord_id, administrator.account.landlord_id);
    let link = identity.newest_link().await;
    identity.reset(&link, PASSWORD).await.unwrap();

    let session = identity.log_in("sam@landlord.example").await;
    assert_eq!(session.account.id, account.id);
    assert!(session.account.password_set);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_a_fourth_active_sub_account_is_refused(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    let mut accounts = Vec::new();
    for n in 0..3 {
        accounts.push(
            identity
                .create_sub_account(&administrator, &format!("s{n}@landlord.example"))
                .await
                .unwrap(),
        );
    }
    let fourth = identity
        .create_sub_account(&administrator, "s3@landlord.example")
        .await;
    assert_eq!(reason(fourth), "TOO_MANY_SUB_ACCOUNTS");

    let gone = deactivate(&identity, &administrator, &accounts[0])
        .await
        .unwrap();
    identity
        .create_sub_account(&administrator, "s3@landlord.example")
        .await
        .unwrap();
    assert_eq!(
        reason(reactivate(&identity, &administrator, &gone).await),
        "TOO_MANY_SUB_ACCOUNTS"
    );

    deactivate(&identity, &administrator, &accounts[1])
        .await
        .unwrap();
    assert!(
        reactivate(&identity, &administrator, &gone)
            .await
            .unwrap()
            .active
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_of_fifty_created_at_once_three_are(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    let names: Vec<String> = (0..50).map(|n| format!("s{n}@landlord.example")).collect();

    let all = futures::future::join_all(
        names
            .iter()
            .map(|it| identity.create_sub_account(&administrator, it)),
    )
    .await;

    assert_eq!(all.iter().filter(|it| it.is_ok()).count(), 3);
    assert_eq!(active(&db).await, 3);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_creating_and_reactivating_at_once_leave_no_more_than_three(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    let mut gone = Vec::new();
    for n in 0..6 {
        let account = identity
            .create_sub_account(&administrator, &format!("s{n}@landlord.example"))
            .await
            .unwrap();
        gone.push(
            deactivate(&identity, &administrator, &account)
                .await
                .unwrap(),
        );
    }

    let back = futures::future::join_all(
        gone.iter()
            .map(|it| reactivate(&identity, &administrator, it)),
    );
    let names: Vec<String> = (6..12).map(|n| format!("s{n}@landlord.example")).collect();
    let new = futures::future::join_all(
        names
            .iter()
            .map(|it| identity.create_sub_account(&administrator, it)),
    );
    futures::join!(back, new);

    assert_eq!(active(&db).await, 3);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_the_same_request_twice_creates_one_account(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    let request = pb::CreateSubAccountRequest {
        request_id: kit::id().to_string(),
        name: "Sam Lark".to_owned(),
        username: "sam@landlord.example".to_owned(),
    };
    let create = |request: pb::CreateSubAccountRequest| {
        let (identity, administrator) = (&identity, &administrator);
        async move {
            let request = identity.signed(administrator, request).await;
            identity
                .accounts()
                .create_sub_account(request)
                .await
                .map(|it| it.into_inner().id)
        }
    };

    let (one, two) = (
        create(request.clone()).await.unwrap(),
        create(request.clone()).await.unwrap(),
    );
    assert_eq!(one, two);
    assert_eq!(active(&db).await, 1);
    assert_eq!(
        identity.events::<pb::PasswordResetRequested>().await.len(),
        2,
        "the administrator's and one"
    );

    let other = pb::CreateSubAccountRequest {
        username: "lee@landlord.example".to_owned(),
        ..request
    };
    assert_eq!(reason(create(other).await), "REQUEST_ID_REUSED");
    let taken = identity
        .create_sub_account(&administrator, "sam@landlord.example")
        .await;
    assert_eq!(reason(taken), "USERNAME_TAKEN");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_deactivation_ends_sessions_log_ins_and_links_at_once(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    let account = identity
        .a_sub_account(&administrator, "sam@landlord.example")
        .await;
    let session = identity.log_in("sam@landlord.example").await;
    let login = identity
        .start("sam@landlord.example", PASSWORD)
        .await
        .unwrap()
        .login_token;
    let code = identity.code(&login).await;
    identity
        .forgot("sam@landlord.example", &given::an_address())
        .await
        .unwrap();
    let link = identity.newest_link().await;

    let gone = deactivate(&identity, &administrator, &account)
        .await
        .unwrap();

    assert!(!gone.active);
    assert_eq!(identity.ended(&session.token).await, "SESSION_ENDED");
    let other = identity.replica().await;
    assert_eq!(
        other.ended(&session.token).await,
        "SESSION_ENDED",
        "on every replica"
    );
    assert_eq!(identity.code_refusal(&login, &code).await, "LOGIN_EXPIRED");
    assert_eq!(
        reason(identity.reset(&link, PASSWORD).await),
        "LINK_REFUSED"
    );
    assert_eq!(
        identity.refusal("sam@landlord.example", PASSWORD).await,
        "LOGIN_REFUSED"
    );

    reactivate(&identity, &administrator, &gone).await.unwrap();
    assert!(
        identity
            .start("sam@landlord.example", PASSWORD)
            .await
            .is_ok()
    );
    assert_eq!(
        identity.code_refusal(&login, &code).await,
        "LOGIN_EXPIRED",
        "what was ended stays so"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_a_stale_version_is_refused_and_what_is_done_already_is_no_error(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    let account = identity
        .create_sub_account(&administrator, "sam@landlord.example")
        .await
        .unwrap();

    let gone = deactivate(&identity, &administrator, &account)
        .await
        .unwrap();
    assert_eq!(
        deactivate(&identity, &administrator, &account)
            .await
            .unwrap(),
        gone
    );
    assert_eq!(
        reason(reactivate(&identity, &administrator, &account).await),
        "STALE"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_a_password_reset_by_the_administrator_ends_the_old_one_and_the_sessions(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    let account = identity
        .a_sub_account(&administrator, "sam@landlord.example")
        .await;
    let session = identity.log_in("sam@landlord.example").await;
    let reset = || pb::ResetSubAccountPasswordRequest {
        account_id: account.id.clone(),
    };

    let request = identity.signed(&administrator, reset()).await;
    identity
        .accounts()
        .reset_sub_account_password(request)
        .await
        .unwrap();

    assert_eq!(identity.ended(&session.token).await, "SESSION_ENDED");
    assert_eq!(
        identity.refusal("sam@landlord.example", PASSWORD).await,
        "LOGIN_REFUSED"
    );
    let asked = identity
        .events::<pb::PasswordResetRequested>()
        .await
        .pop()
        .unwrap();
    assert_eq!(asked.cause(), pb::ResetCause::ByAdministrator);
    let link = identity.newest_link().await;
    identity.reset(&link, "teapot saddle window").await.unwrap();
    assert!(
        identity
            .start("sam@landlord.example", "teapot saddle window")
            .await
            .is_ok()
    );

    let gone = deactivate(&identity, &administrator, &account)
        .await
        .unwrap();
    let request = identity.signed(&administrator, reset()).await;
    let refused = identity
        .accounts()
        .reset_sub_account_password(request)
        .await;
    assert_eq!(reason(refused), "ACCOUNT_INACTIVE", "{}", gone.id);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_another_landlords_people_staff_and_the_administrator_are_out_of_reach(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    let other = identity.an_administrator_session("olu@other.example").await;
    let theirs = identity.a_sub_account(&other, "kit@other.example").await;
    let session = identity.log_in("kit@other.example").await;

    let unknown = pb::Account {
        id: kit::id().to_string(),
        ..theirs.clone()
    };
    for account in [&theirs, &administrator.account, &unknown] {
        assert_eq!(
            reason(deactivate(&identity, &administrator, account).await),
            "NO_SUCH_ACCOUNT"
        );
        assert_eq!(
            reason(reactivate(&identity, &administrator, account).await),
            "NO_SUCH_ACCOUNT"
        );
        let request = pb::ResetSubAccountPasswordRequest {
            account_id: account.id.clone(),
        };
        let request = identity.signed(&administrator, request).await;
        assert_eq!(
            reason(
                identity
                    .accounts()
                    .reset_sub_account_password(request)
                    .await
            ),
            "NO_SUCH_ACCOUNT"
        );
    }

    assert_eq!(identity.ended(&session.token).await, "");
    let noted = identity.audit(&theirs.id).await;
    assert_eq!(noted.iter().filter(|it| it.kind == "authz_fail").count(), 3);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_a_sub_account_manages_no_users(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    let account = identity
        .a_sub_account(&administrator, "sam@landlord.example")
        .await;
    let session = identity.log_in("sam@landlord.example").await;

    let refused = identity
        .create_sub_account(&session, "lee@landlord.example")
        .await
        .unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
    let refused = deactivate(&identity, &session, &account).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_the_list_is_by_name_ends_and_counts_the_active(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    for n in 0..3 {
        identity
            .create_sub_account(&administrator, &format!("s{n}@landlord.example"))
            .await
            .unwrap();
    }
    let other = identity.an_administrator_session("olu@other.example").await;
    identity
        .create_sub_account(&other, "kit@other.example")
        .await
        .unwrap();
    let list = |page_token: String| {
        let (identity, administrator) = (&identity, &administrator);
        async move {
            let request = pb::ListSubAccountsRequest {
                page_size: 2,
                page_token,
            };
            let request = identity.signed(administrator, request).await;
            identity
                .accounts()
                .list_sub_accounts(request)
                .await
                .unwrap()
                .into_inner()
        }
    };

    let first = list(String::new()).await;
    let last = list(first.next_page_token.clone()).await;

    assert_eq!((first.accounts.len(), first.active, first.limit), (2, 3, 3));
    assert_eq!(
        (last.accounts.len(), last.next_page_token.as_str()),
        (1, "")
    );
    assert!(!first.accounts.iter().any(|it| it.id == last.accounts[0].id));
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn a_name_and_an_address_are_asked_for_at_once(db: PgPool) {
    let (identity, administrator) = ada(&db).await;
    let request = pb::CreateSubAccountRequest {
        request_id: "1".to_owned(),
        name: " ".to_owned(),
        username: "sam".to_owned(),
    };
    let request = identity.signed(&administrator, request).await;

    let refused = identity
        .accounts()
        .create_sub_account(request)
        .await
        .unwrap_err();

    let fields: Vec<_> = testkit::violations(&refused)
        .into_iter()
        .map(|it| it.0)
        .collect();
    assert_eq!(fields, ["request_id", "name", "username"]);
}
