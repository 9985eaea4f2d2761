//! Whom work can be given to.

use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use sqlx::PgPool;

use crate::given;

#[sqlx::test(migrator = "MIGRATOR")]
async fn colleagues_are_staff_with_active_accounts_to_the_last_page(db: PgPool) {
    let identity = given::identity(&db).await;
    identity.an_administrator("ada@landlord.example").await;
    let investigator = identity
        .staff_session("ines@x.example", Role::ComplaintsInvestigator)
        .await;
    identity
        .staff("mara@x.example", Role::CustomerInsightManager)
        .await;
    identity.staff("cora@x.example", Role::Caseworker).await;
    let gone = identity.staff("gone@x.example", Role::Caseworker).await;
    let deactivate = pb::DeactivateAccountRequest {
        account_id: gone.id.clone(),
        version: gone.version,
    };
    let request = identity.operator(deactivate).await;
    identity
        .administration()
        .deactivate_account(request)
        .await
        .unwrap();
    let list = async |roles: &[Role], page_token: &str| {
        let request = pb::ListColleaguesRequest {
            page_size: 2,
            page_token: page_token.to_owned(),
            roles: roles.iter().map(|it| (*it).into()).collect(),
        };
        let request = identity.signed(&investigator, request).await;
        identity.accounts().list_colleagues(request).await
    };

    let first = list(&[], "").await.unwrap().into_inner();
    let last = list(&[], &first.next_page_token)
        .await
        .unwrap()
        .into_inner();

    assert_eq!((first.colleagues.len(), last.colleagues.len()), (2, 1));
    assert_eq!(last.next_page_token, "");
    let all: Vec<_> = first.colleagues.iter().chain(&last.colleagues).collect();
    assert!(all.iter().all(|it| it.id != gone.id), "{all:?}");
    let of_insight = [Role::ComplaintsInvestigator, Role::CustomerInsightManager];
    let some = list(&of_insight, "").await.unwrap().into_inner();
    assert_eq!(some.colleagues.len(), 2);
    assert!(
        some.colleagues
            .iter()
            .all(|it| of_insight.contains(&it.role()))
    );
    let refused = list(&[Role::LandlordAdministrator], "").await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::InvalidArgument);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_12_a_landlord_and_a_caseworker_are_told_of_no_colleague(db: PgPool) {
    let identity = given::identity(&db).await;
    let administrator = identity
        .an_administrator_session("ada@landlord.example")
        .await;
    let caseworker = identity
        .staff_session("cora@x.example", Role::Caseworker)
        .await;
    for session in [&administrator, &caseworker] {
        let request = pb::ListColleaguesRequest::default();
        let request = identity.signed(session, request).await;

        let refused = identity.accounts().list_colleagues(request).await;

        assert_eq!(refused.unwrap_err().code(), tonic::Code::PermissionDenied);
    }
}
