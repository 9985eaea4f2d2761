//! Landlords (ID-1, ID-2, ID-4).

use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use sqlx::PgPool;
use tonic::Status;

use crate::given::{self, Identity, Session};

async fn register(
    identity: &Identity,
    request: pb::RegisterLandlordRequest,
) -> Result<pb::Landlord, Status> {
    let request = identity.operator(request).await;
    Ok(identity
        .administration()
        .register_landlord(request)
        .await?
        .into_inner())
}

fn thornfield() -> pb::RegisterLandlordRequest {
    pb::RegisterLandlordRequest {
        request_id: kit::id().to_string(),
        name: "Thornfield Homes".to_owned(),
        administrator_name: "Ada Finch".to_owned(),
        administrator_username: "ada@thornfield.example".to_owned(),
    }
}

async fn set_delivery(
    identity: &Identity,
    by: &Session,
    choice: pb::CodeDelivery,
    version: i64,
) -> Result<pb::Landlord, Status> {
    let request = pb::SetCodeDeliveryRequest {
        code_delivery: choice.into(),
        version,
    };
    let request = identity.signed(by, request).await;
    Ok(identity
        .accounts()
        .set_code_delivery(request)
        .await?
        .into_inner())
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_2_a_landlord_is_registered_with_its_administrator_and_announced_once(db: PgPool) {
    let identity = given::identity(&db).await;
    let request = thornfield();

    let landlord = register(&identity, request.clone()).await.unwrap();
    let again = register(&identity, request.clone()).await.unwrap();

    assert_eq!(landlord, again);
    assert_eq!(
        (landlord.name.as_str(), landlord.activated_on.as_str()),
        ("Thornfield Homes", "")
    );
    assert_eq!(landlord.code_delivery(), pb::CodeDelivery::OwnAddress);
    let announced = identity.events::<pb::LandlordRegistered>().await;
    assert_eq!(announced.len(), 1);
    assert_eq!(
        announced[0].administrator_account_id,
        landlord.administrator_account_id
    );

    let other = pb::RegisterLandlordRequest {
        name: "Another".to_owned(),
        ..request
    };
    assert_eq!(
        testkit::reason(&register(&identity, other).await.unwrap_err()),
        "REQUEST_ID_REUSED"
    );
    let taken = register(&identity, thornfield()).await.unwrap_err();
    assert_eq!(testkit::reason(&taken), "USERNAME_TAKEN");
    let landlords: i64 = sqlx::query_scalar("select count(*) from landlords")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(landlords, 1);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_1_a_landlord_has_one_administrator_whatever_is_written(db: PgPool) {
    let identity = given::identity(&db).await;
    let landlord = identity.a_landlord("ada@landlord.example").await;

    let second = sqlx::query(
        "insert into accounts (id, request_id, landlord_id, username, name, role, created_at)
         values ($1, $1, $2, 'olu@landlord.example', 'Olu', 'landlord_administrator', now())",
    )
    .bind(kit::id())
    .bind(landlord.id.parse::<uuid::Uuid>().unwrap())
    .execute(&db)
    .await
    .unwrap_err();

    assert_eq!(
        second.as_database_error().unwrap().constraint(),
        Some("accounts_one_administrator")
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn landlords_are_found_by_a_part_of_the_name_in_pages_that_end(db: PgPool) {
    let identity = given::identity(&db).await;
    for n in 0..5 {
        identity
            .a_landlord(&format!("ada{n}@landlord.example"))
            .await;
    }
    identity.a_landlord("olu@other.example").await;
    let list = |name: &str, page_token: String| {
        let (identity, name) = (&identity, name.to_owned());
        async move {
            let request = identity
                .operator(pb::ListLandlordsRequest {
                    page_size: 3,
                    page_token,
                    name,
                })
                .await;
            identity.administration().list_landlords(request).await
        }
    };

    let first = list("LANDLORD OF ada", String::new())
        .await
        .unwrap()
        .into_inner();
    let last = list("LANDLORD OF ada", first.next_page_token.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (
            first.landlords.len(),
            last.landlords.len(),
            last.next_page_token.as_str()
        ),
        (3, 2, "")
    );
    assert!(
        list("100%", String::new())
            .await
            .unwrap()
            .into_inner()
            .landlords
            .is_empty()
    );

    let mixed_up = list("olu", first.next_page_token).await.unwrap_err();
    assert_eq!(testkit::reason(&mixed_up), "BAD_PAGE_TOKEN");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_4_where_codes_go_is_chosen_with_the_version_that_was_seen(db: PgPool) {
    let identity = given::identity(&db).await;
    let ada = identity
        .an_administrator_session("ada@landlord.example")
        .await;

    let chosen = set_delivery(&identity, &ada, pb::CodeDelivery::Administrator, 1)
        .await
        .unwrap();
    assert_eq!(
        (chosen.code_delivery(), chosen.version),
        (pb::CodeDelivery::Administrator, 2)
    );
    let stale = set_delivery(&identity, &ada, pb::CodeDelivery::OwnAddress, 1)
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&stale), "STALE");
    let unsaid = set_delivery(&identity, &ada, pb::CodeDelivery::Unspecified, 2)
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&unsaid), "REQUIRED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_4_a_sub_account_sees_its_landlord_and_does_not_choose_for_it(db: PgPool) {
    let identity = given::identity(&db).await;
    let ada = identity
        .an_administrator_session("ada@landlord.example")
        .await;
    identity.a_sub_account(&ada, "sam@landlord.example").await;
    let sam = identity.log_in("sam@landlord.example").await;

    let request = identity.signed(&sam, pb::GetMyLandlordRequest {}).await;
    let landlord = identity
        .accounts()
        .get_my_landlord(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(landlord.id, ada.account.landlord_id);
    assert_eq!(landlord.activated_on, "2026-03-02");

    let refused = set_delivery(
        &identity,
        &sam,
        pb::CodeDelivery::Administrator,
        landlord.version,
    )
    .await
    .unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn staff_who_are_not_system_administrators_register_nobody(db: PgPool) {
    let identity = given::identity(&db).await;
    let casey = identity
        .staff_session("casey@ombudsman.example", Role::Caseworker)
        .await;

    let request = identity.signed(&casey, thornfield()).await;
    let refused = identity
        .administration()
        .register_landlord(request)
        .await
        .unwrap_err();

    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
}
