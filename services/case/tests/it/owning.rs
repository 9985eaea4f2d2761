//! CA-3: the owner of a case.

use outbox::testing::events;
use proto::case::v1::{AssignOwnerRequest, Case, CaseOwnerAssigned};
use sqlx::PgPool;
use testkit::reason;
use tonic::Code;
use uuid::Uuid;

use crate::given::{a_portal, staff};

fn assigning(case: &Case, owner: Uuid) -> AssignOwnerRequest {
    AssignOwnerRequest {
        case_id: case.id.clone(),
        version: case.version,
        owner_account_id: owner.to_string(),
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_3_a_member_of_staff_becomes_the_owner_and_both_sides_see_it(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let owner = portal.a_member_of_staff("Dani Owner").await;

    let owned = portal
        .staff()
        .assign_owner(assigning(&case, owner))
        .await
        .unwrap()
        .into_inner();

    assert_eq!(owned.owner_account_id, owner.to_string());
    assert_eq!(
        (owned.owner_name.as_str(), owned.version),
        ("Dani Owner", 2)
    );
    assert_eq!(portal.seen(&case).await, owned);
    let facts = events::<CaseOwnerAssigned>(&db).await[0]
        .facts
        .clone()
        .unwrap();
    assert_eq!(
        (facts.owner_account_id, facts.version),
        (owner.to_string(), 2)
    );
    assert_eq!(
        portal.timeline(&case).await[0].description,
        "Dani Owner is the case owner."
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_3_an_unknown_or_inactive_account_owns_nothing(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let left = portal.a_member_of_staff("Lee Leaver").await;
    portal.days_pass(1);
    portal
        .hears_at(&staff(left, "Lee Leaver", false), portal.clock.now())
        .await;

    for (nobody, why) in [(kit::id(), "NO_SUCH_STAFF"), (left, "STAFF_INACTIVE")] {
        let refused = portal
            .staff()
            .assign_owner(assigning(&case, nobody))
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::FailedPrecondition, why)
        );
    }
    assert!(events::<CaseOwnerAssigned>(&db).await.is_empty());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_2_an_owner_for_a_case_that_was_changed_meanwhile_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let owner = portal.a_member_of_staff("Dani Owner").await;
    portal
        .staff()
        .assign_owner(assigning(&case, owner))
        .await
        .unwrap();

    let refused = portal
        .staff()
        .assign_owner(assigning(&case, owner))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "STALE")
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_3_what_identity_said_earlier_and_arrives_later_is_ignored(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let owner = portal.a_member_of_staff("Dani Newname").await;
    let owned = portal
        .staff()
        .assign_owner(assigning(&case, owner))
        .await
        .unwrap()
        .into_inner();

    let yesterday = portal.clock.now() - chrono::TimeDelta::days(1);
    portal
        .hears_at(&staff(owner, "Dani Oldname", false), yesterday)
        .await;
    assert_eq!(portal.seen(&case).await.owner_name, "Dani Newname");

    let tomorrow = portal.clock.now() + chrono::TimeDelta::days(1);
    portal
        .hears_at(&staff(owner, "Dani Married", true), tomorrow)
        .await;
    assert_eq!(portal.seen(&owned).await.owner_name, "Dani Married");
}
