//! What a system administrator does to accounts (ID-1, ID-6, ID-12), and whom notification writes to.

use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use proto::identity::v1::get_recipient_request::To;
use sqlx::PgPool;
use tonic::Status;

use crate::given::{self, Identity, PASSWORD, Session};

fn stella() -> pb::AddStaffRequest {
    pb::AddStaffRequest {
        request_id: kit::id().to_string(),
        name: "Stella Okoye".to_owned(),
        username: "stella@ombudsman.example".to_owned(),
        role: Role::Caseworker.into(),
        team: "TEAM_REVIEW".to_owned(),
    }
}

async fn add(identity: &Identity, request: pb::AddStaffRequest) -> Result<pb::Account, Status> {
    let request = identity.operator(request).await;
    Ok(identity
        .administration()
        .add_staff(request)
        .await?
        .into_inner())
}

async fn change_username(
    identity: &Identity,
    account_id: &str,
    username: &str,
    version: i64,
) -> Result<pb::Account, Status> {
    let request = pb::ChangeUsernameRequest {
        account_id: account_id.to_owned(),
        username: username.to_owned(),
        version,
    };
    let request = identity.operator(request).await;
    Ok(identity
        .administration()
        .change_username(request)
        .await?
        .into_inner())
}

async fn recipient(identity: &Identity, to: To) -> Result<pb::Recipient, Status> {
    Ok(identity
        .delivery()
        .get_recipient(pb::GetRecipientRequest { to: Some(to) })
        .await?
        .into_inner())
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_12_staff_are_added_once_with_a_role_and_a_link(db: PgPool) {
    let identity = given::identity(&db).await;
    let request = stella();

    let account = add(&identity, request.clone()).await.unwrap();
    let again = add(&identity, request).await.unwrap();

    assert_eq!(account, again);
    assert_eq!(
        (account.role(), account.team.as_str()),
        (Role::Caseworker, "TEAM_REVIEW")
    );
    assert_eq!(account.landlord_id, "");
    let announced = identity.events::<pb::StaffChanged>().await;
    assert_eq!((announced.len(), announced[0].active), (1, true));
    assert_eq!(announced[0].role(), Role::Caseworker);
    let links = identity.events::<pb::PasswordResetRequested>().await;
    assert_eq!(
        (links.len(), links[0].cause()),
        (1, pb::ResetCause::NewAccount)
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_12_a_role_that_is_not_staffs_and_a_team_that_does_not_fit_are_refused(db: PgPool) {
    let identity = given::identity(&db).await;
    let cases = [
        (Role::LandlordAdministrator, "", "NOT_A_STAFF_ROLE"),
        (Role::Unspecified, "TEAM_TRIAGE", "NOT_A_STAFF_ROLE"),
        (Role::Caseworker, "", "NO_SUCH_TEAM"),
        (Role::Caseworker, "TEAM_UNSPECIFIED", "NO_SUCH_TEAM"),
        (Role::SeniorColleague, "TEAM_TRIAGE", "NO_TEAM_FOR_ROLE"),
    ];
    for (role, team, reason) in cases {
        let request = pb::AddStaffRequest {
            role: role.into(),
            team: team.to_owned(),
            ..stella()
        };
        let refused = add(&identity, request).await.unwrap_err();
        let said = tonic_types::StatusExt::get_error_details(&refused);
        let reasons = &said.error_info().unwrap().metadata;
        assert!(
            reasons.values().any(|it| it == reason),
            "{role:?} {team}: {reasons:?}"
        );
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_12_every_role_of_staff_logs_in_the_same_way(db: PgPool) {
    let identity = given::identity(&db).await;
    for (n, role) in [
        Role::Caseworker,
        Role::ComplaintsInvestigator,
        Role::CustomerInsightManager,
        Role::SeniorColleague,
        Role::SystemAdministrator,
        Role::IndependentReviewer,
    ]
    .into_iter()
    .enumerate()
    {
        let session = identity
            .staff_session(&format!("s{n}@ombudsman.example"), role)
            .await;
        assert_eq!(session.account.role(), role);
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_1_an_address_is_changed_audited_and_told_to_both(db: PgPool) {
    let identity = given::identity(&db).await;
    let landlord = identity.an_administrator("ada@landlord.example").await;
    let session = identity.log_in("ada@landlord.example").await;
    identity
        .forgot("ada@landlord.example", &given::an_address())
        .await
        .unwrap();
    let link = identity.newest_link().await;
    let id = &landlord.administrator_account_id;

    let changed = change_username(
        &identity,
        id,
        "Olu@Landlord.example",
        session.account.version,
    )
    .await
    .unwrap();

    assert_eq!(changed.username, "olu@landlord.example");
    let notice = identity
        .events::<pb::SecurityNoticeRaised>()
        .await
        .pop()
        .unwrap();
    assert_eq!(notice.notice(), pb::SecurityNotice::UsernameChanged);
    let former = recipient(&identity, To::FormerAddressId(notice.former_address_id))
        .await
        .unwrap();
    let present = recipient(&identity, To::AccountId(notice.account_id))
        .await
        .unwrap();
    assert_eq!(
        (former.address.as_str(), present.address.as_str()),
        ("ada@landlord.example", "olu@landlord.example")
    );
    assert!(
        identity
            .audit(id)
            .await
            .iter()
            .any(|it| it.detail == "the address was changed to olu@landlord.example")
    );

    assert_eq!(identity.ended(&session.token).await, "SESSION_ENDED");
    assert_eq!(
        testkit::reason(&identity.reset(&link, PASSWORD).await.unwrap_err()),
        "LINK_REFUSED"
    );
    assert_eq!(
        identity.refusal("ada@landlord.example", PASSWORD).await,
        "LOGIN_REFUSED"
    );
    assert!(
        identity
            .start("olu@landlord.example", PASSWORD)
            .await
            .is_ok()
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_1_a_taken_address_a_stale_version_and_an_unknown_account_change_nothing(db: PgPool) {
    let identity = given::identity(&db).await;
    let ada = identity
        .an_administrator("ada@landlord.example")
        .await
        .administrator_account_id;
    identity.an_administrator("olu@other.example").await;

    let taken = change_username(&identity, &ada, "olu@other.example", 1)
        .await
        .unwrap_err();
    let stale = change_username(&identity, &ada, "new@landlord.example", 7)
        .await
        .unwrap_err();
    let unknown = change_username(&identity, &kit::id().to_string(), "n@l.example", 1)
        .await
        .unwrap_err();

    assert_eq!(testkit::reason(&taken), "USERNAME_TAKEN");
    assert_eq!(testkit::reason(&stale), "STALE");
    assert_eq!(testkit::reason(&unknown), "NO_SUCH_ACCOUNT");
    assert!(
        identity
            .start("ada@landlord.example", PASSWORD)
            .await
            .is_ok()
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_1_the_holder_does_not_change_the_address(db: PgPool) {
    let identity = given::identity(&db).await;
    let ada = identity
        .an_administrator_session("ada@landlord.example")
        .await;
    let request = pb::ChangeUsernameRequest {
        account_id: ada.account.id.clone(),
        username: "new@landlord.example".to_owned(),
        version: ada.account.version,
    };

    let request = identity.signed(&ada, request).await;
    let refused = identity
        .administration()
        .change_username(request)
        .await
        .unwrap_err();

    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn accounts_are_found_by_the_start_of_the_username_in_pages_that_end(db: PgPool) {
    let identity = given::identity(&db).await;
    for username in [
        "a_b@x.example",
        "a%b@x.example",
        "axb@x.example",
        "b@x.example",
    ] {
        add(
            &identity,
            pb::AddStaffRequest {
                username: username.to_owned(),
                ..stella()
            },
        )
        .await
        .unwrap();
    }
    let list = |username: &str, page_token: String| {
        let (identity, username) = (&identity, username.to_owned());
        async move {
            let request = identity
                .operator(pb::ListAccountsRequest {
                    page_size: 2,
                    page_token,
                    username,
                })
                .await;
            identity
                .administration()
                .list_accounts(request)
                .await
                .unwrap()
                .into_inner()
        }
    };

    let first = list("A", String::new()).await;
    let last = list("A", first.next_page_token.clone()).await;
    assert_eq!(
        (
            first.accounts.len(),
            last.accounts.len(),
            last.next_page_token.as_str()
        ),
        (2, 1, "")
    );
    assert_eq!(last.accounts[0].username, "axb@x.example");
    assert_eq!(list("a_", String::new()).await.accounts.len(), 1);
    assert_eq!(list("a%", String::new()).await.accounts.len(), 1);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn deactivated_staff_are_out_at_once_and_announced(db: PgPool) {
    let identity = given::identity(&db).await;
    let sydney = identity
        .staff_session("sydney@ombudsman.example", Role::SystemAdministrator)
        .await;
    let casey = identity
        .staff_session("casey@ombudsman.example", Role::Caseworker)
        .await;
    let deactivate = |session: &Session| pb::DeactivateAccountRequest {
        account_id: session.account.id.clone(),
        version: session.account.version,
    };

    let request = identity.signed(&sydney, deactivate(&casey)).await;
    let gone = identity
        .administration()
        .deactivate_account(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(identity.ended(&casey.token).await, "SESSION_ENDED");
    assert!(
        !identity
            .events::<pb::StaffChanged>()
            .await
            .last()
            .unwrap()
            .active
    );

    let request = pb::ReactivateAccountRequest {
        account_id: gone.id,
        version: gone.version,
    };
    let request = identity.signed(&sydney, request).await;
    identity
        .administration()
        .reactivate_account(request)
        .await
        .unwrap();
    assert!(
        identity
            .events::<pb::StaffChanged>()
            .await
            .last()
            .unwrap()
            .active
    );

    let request = identity.signed(&sydney, deactivate(&sydney)).await;
    let refused = identity
        .administration()
        .deactivate_account(request)
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "OWN_ACCOUNT");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_9_a_system_administrator_reactivates_no_fourth_sub_account_either(db: PgPool) {
    let identity = given::identity(&db).await;
    let ada = identity
        .an_administrator_session("ada@landlord.example")
        .await;
    let first = identity
        .create_sub_account(&ada, "s0@landlord.example")
        .await
        .unwrap();
    let request = pb::DeactivateAccountRequest {
        account_id: first.id,
        version: first.version,
    };
    let request = identity.operator(request).await;
    let gone = identity
        .administration()
        .deactivate_account(request)
        .await
        .unwrap()
        .into_inner();
    for n in 1..4 {
        identity
            .create_sub_account(&ada, &format!("s{n}@landlord.example"))
            .await
            .unwrap();
    }

    let request = pb::ReactivateAccountRequest {
        account_id: gone.id,
        version: gone.version,
    };
    let request = identity.operator(request).await;
    let refused = identity
        .administration()
        .reactivate_account(request)
        .await
        .unwrap_err();

    assert_eq!(testkit::reason(&refused), "TOO_MANY_SUB_ACCOUNTS");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn all_sessions_of_an_account_are_ended_and_counted(db: PgPool) {
    let identity = given::identity(&db).await;
    let casey = identity
        .staff_session("casey@ombudsman.example", Role::Caseworker)
        .await;
    identity.log_in("casey@ombudsman.example").await;

    let request = pb::EndSessionsRequest {
        account_id: casey.account.id.clone(),
    };
    let request = identity.operator(request).await;
    let ended = identity
        .administration()
        .end_sessions(request)
        .await
        .unwrap()
        .into_inner()
        .ended;

    assert_eq!(ended, 2);
    assert_eq!(identity.ended(&casey.token).await, "SESSION_ENDED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn no_1_a_landlords_emails_go_to_its_administrator(db: PgPool) {
    let identity = given::identity(&db).await;
    let landlord = identity.a_landlord("ada@landlord.example").await;

    let to = recipient(&identity, To::LandlordId(landlord.id))
        .await
        .unwrap();
    assert_eq!(
        (to.address.as_str(), to.name.as_str(), to.active),
        ("ada@landlord.example", "Ada Finch", true)
    );

    for to in [
        To::LandlordId(kit::id().to_string()),
        To::AccountId(kit::id().to_string()),
    ] {
        let refused = recipient(&identity, to).await.unwrap_err();
        assert_eq!(testkit::reason(&refused), "NO_SUCH_ACCOUNT");
    }
    let refused = identity
        .delivery()
        .get_recipient(pb::GetRecipientRequest { to: None })
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "REQUIRED");
}
