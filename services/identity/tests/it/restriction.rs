//! Restrictions because of unacceptable behaviour (ID-11).

use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use proto::identity::v1::restrict_request::Target;
use sqlx::PgPool;
use tonic::Status;

use crate::given::{self, Identity, Session};

async fn a_senior(identity: &Identity) -> Session {
    identity
        .staff_session("sage@ombudsman.example", Role::SeniorColleague)
        .await
}

async fn restrict(
    identity: &Identity,
    by: &Session,
    target: Target,
    review_on: &str,
) -> Result<(), Status> {
    let request = pb::RestrictRequest {
        target: Some(target),
        reason: "Abusive calls to our staff".to_owned(),
        review_on: review_on.to_owned(),
    };
    let request = identity.signed(by, request).await;
    identity
        .administration()
        .restrict(request)
        .await
        .map(|_| ())
}

async fn lift(identity: &Identity, by: &Session, account_id: &str) -> Result<(), Status> {
    use pb::lift_restriction_request::Target;

    let request = pb::LiftRestrictionRequest {
        target: Some(Target::AccountId(account_id.to_owned())),
    };
    let request = identity.signed(by, request).await;
    identity
        .administration()
        .lift_restriction(request)
        .await
        .map(|_| ())
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_11_a_restricted_holder_sees_why_and_gets_no_token(db: PgPool) {
    let identity = given::identity(&db).await;
    let senior = a_senior(&identity).await;
    let ada = identity
        .an_administrator_session("ada@landlord.example")
        .await;

    restrict(
        &identity,
        &senior,
        Target::AccountId(ada.account.id.clone()),
        "2026-06-01",
    )
    .await
    .unwrap();

    let checked = identity.check(&ada.token, false).await.unwrap();
    let restriction = checked.restriction.unwrap();
    assert_eq!(
        (restriction.reason.as_str(), restriction.review_on.as_str()),
        ("Abusive calls to our staff", "2026-06-01")
    );
    assert!(checked.tokens.is_empty());
    assert_eq!(
        identity.notices().await.last(),
        Some(&pb::SecurityNotice::Restricted)
    );
    let again = identity.log_in("ada@landlord.example").await;
    assert!(
        identity
            .check(&again.token, false)
            .await
            .unwrap()
            .tokens
            .is_empty()
    );

    lift(&identity, &senior, &ada.account.id).await.unwrap();
    let checked = identity.check(&ada.token, false).await.unwrap();
    assert_eq!((checked.restriction, checked.tokens.len()), (None, 2));
    assert_eq!(
        identity.notices().await.last(),
        Some(&pb::SecurityNotice::RestrictionLifted)
    );
    let refused = lift(&identity, &senior, &ada.account.id).await.unwrap_err();
    assert_eq!(testkit::reason(&refused), "NO_SUCH_RESTRICTION");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_11_a_restricted_landlord_restricts_all_its_people_and_nobody_elses(db: PgPool) {
    let identity = given::identity(&db).await;
    let senior = a_senior(&identity).await;
    let ada = identity
        .an_administrator_session("ada@landlord.example")
        .await;
    identity.a_sub_account(&ada, "sam@landlord.example").await;
    let sam = identity.log_in("sam@landlord.example").await;
    let other = identity.an_administrator_session("olu@other.example").await;

    let target = Target::LandlordId(ada.account.landlord_id.clone());
    restrict(&identity, &senior, target, "2026-06-01")
        .await
        .unwrap();

    for session in [&ada, &sam] {
        assert!(
            identity
                .check(&session.token, false)
                .await
                .unwrap()
                .tokens
                .is_empty()
        );
    }
    assert_eq!(
        identity
            .check(&other.token, false)
            .await
            .unwrap()
            .tokens
            .len(),
        2
    );
    let told = identity.notices().await;
    assert_eq!(
        told.iter()
            .filter(|it| **it == pb::SecurityNotice::Restricted)
            .count(),
        2
    );

    let landlords = identity.operator(pb::ListLandlordsRequest::default()).await;
    let landlords = identity
        .administration()
        .list_landlords(landlords)
        .await
        .unwrap()
        .into_inner()
        .landlords;
    assert_eq!(
        landlords
            .iter()
            .filter(|it| it.restriction.is_some())
            .count(),
        1
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_11_a_review_is_after_today_and_within_a_year(db: PgPool) {
    let identity = given::identity(&db).await;
    let senior = a_senior(&identity).await;
    let ada = identity
        .an_administrator("ada@landlord.example")
        .await
        .administrator_account_id;

    for (review_on, allowed) in [
        ("2026-03-02", false),
        ("2026-03-03", true),
        ("2027-03-02", true),
        ("2027-03-03", false),
        ("soon", false),
    ] {
        let restricted = restrict(
            &identity,
            &senior,
            Target::AccountId(ada.clone()),
            review_on,
        )
        .await;
        assert_eq!(restricted.is_ok(), allowed, "{review_on}");
        if let Err(refused) = restricted {
            assert_eq!(testkit::violations(&refused)[0].0, "review_on");
        }
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_11_only_a_senior_colleague_restricts_and_nobody_restricts_staff(db: PgPool) {
    let identity = given::identity(&db).await;
    let senior = a_senior(&identity).await;
    let casey = identity
        .staff_session("casey@ombudsman.example", Role::Caseworker)
        .await;
    let sydney = identity
        .staff_session("sydney@ombudsman.example", Role::SystemAdministrator)
        .await;
    let ada = identity
        .an_administrator("ada@landlord.example")
        .await
        .administrator_account_id;

    for session in [&casey, &sydney] {
        let refused = restrict(
            &identity,
            session,
            Target::AccountId(ada.clone()),
            "2026-06-01",
        )
        .await
        .unwrap_err();
        assert_eq!(refused.code(), tonic::Code::PermissionDenied);
    }
    let staff = Target::AccountId(sydney.account.id.clone());
    let refused = restrict(&identity, &senior, staff, "2026-06-01")
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "STAFF_NOT_RESTRICTED");
    let nobody = Target::LandlordId(kit::id().to_string());
    let refused = restrict(&identity, &senior, nobody, "2026-06-01")
        .await
        .unwrap_err();
    assert_eq!(testkit::reason(&refused), "NO_SUCH_LANDLORD");
}
