//! The security audit (ID-14).

use chrono::Duration;
use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use sqlx::{Executor as _, PgPool};

use crate::given;

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_14_what_happens_to_an_account_is_noted_in_order(db: PgPool) {
    let identity = given::identity(&db).await;
    let casey = identity
        .staff_session("casey@ombudsman.example", Role::Caseworker)
        .await;
    identity.fail("casey@ombudsman.example", 5).await;
    let lift = identity
        .operator(pb::LiftLockRequest {
            account_id: casey.account.id.clone(),
        })
        .await;
    identity.administration().lift_lock(lift).await.unwrap();
    let out = pb::EndSessionRequest {
        session_token: casey.token,
    };
    identity.login().end_session(out).await.unwrap();

    let events = identity.audit(&casey.account.id).await;

    let kinds: Vec<&str> = events.iter().map(|it| it.kind.as_str()).collect();
    let begun = [
        "user_created",
        "authn_password_reset",
        "authn_password_change",
        "authn_login_success",
        "session_created",
    ];
    assert_eq!(kinds[..5], begun);
    assert_eq!(kinds[5..10], ["authn_login_fail"; 5]);
    assert_eq!(
        kinds[10..],
        ["authn_login_lock", "authn_login_unlock", "session_ended"]
    );
    assert!(
        events
            .iter()
            .all(|it| it.username == "casey@ombudsman.example")
    );
    assert!(events[5].client_address.starts_with("10."));
    assert!(events[11].actor.starts_with("client:"));
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_14_the_audit_is_searched_by_account_and_time_in_pages_that_end(db: PgPool) {
    let identity = given::identity(&db).await;
    let casey = identity
        .staff("casey@ombudsman.example", Role::Caseworker)
        .await;
    identity
        .staff("riley@ombudsman.example", Role::Caseworker)
        .await;
    let from = identity.now() + Duration::minutes(10);
    for _ in 0..3 {
        identity.clock.advance(Duration::minutes(10));
        identity.fail("casey@ombudsman.example", 1).await;
        identity.fail("riley@ombudsman.example", 1).await;
    }
    let search = |page_token: String| {
        let request = pb::SearchAuditRequest {
            page_size: 1,
            page_token,
            account_id: casey.id.clone(),
            from: Some(kit::time::timestamp(from)),
            to: Some(kit::time::timestamp(from + Duration::minutes(20))),
        };
        let identity = &identity;
        async move {
            let request = identity.operator(request).await;
            identity
                .administration()
                .search_audit(request)
                .await
                .unwrap()
                .into_inner()
        }
    };

    let first = search(String::new()).await;
    let last = search(first.next_page_token.clone()).await;

    assert_eq!(
        (
            first.events.len(),
            last.events.len(),
            last.next_page_token.as_str()
        ),
        (1, 1, "")
    );
    assert!(
        first.events[0].occurred_at.unwrap().seconds > last.events[0].occurred_at.unwrap().seconds
    );
    assert_eq!(last.events[0].occurred_at, Some(kit::time::timestamp(from)));
    assert!(
        [&first, &last]
            .iter()
            .all(|it| it.events[0].account_id == casey.id)
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_14_an_unknown_username_is_not_written_down_for_it_may_be_a_password(db: PgPool) {
    let identity = given::identity(&db).await;
    identity
        .refusal("walnut ladder teacup", "ada@landlord.example")
        .await;

    let noted = identity.audit_of_kind("authn_login_fail").await;

    assert_eq!(
        (noted[0].account_id.as_str(), noted[0].username.as_str()),
        ("", "")
    );
    assert!(!format!("{noted:?}").contains("walnut"));
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_14_only_system_administrators_search_the_audit(db: PgPool) {
    let identity = given::identity(&db).await;
    let senior = identity
        .staff_session("sage@ombudsman.example", Role::SeniorColleague)
        .await;
    let sydney = identity
        .staff_session("sydney@ombudsman.example", Role::SystemAdministrator)
        .await;

    let request = identity
        .signed(&senior, pb::SearchAuditRequest::default())
        .await;
    let refused = identity
        .administration()
        .search_audit(request)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);

    let request = identity
        .signed(&sydney, pb::SearchAuditRequest::default())
        .await;
    assert!(
        identity
            .administration()
            .search_audit(request)
            .await
            .is_ok()
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_14_the_services_role_can_write_the_audit_and_not_change_it(db: PgPool) {
    let identity = given::identity(&db).await;
    identity.fail("nobody@landlord.example", 1).await;
    let mut service = db.acquire().await.unwrap();
    service.execute("set role identity_app").await.unwrap();

    let written =
        "insert into security_events (id, occurred_at, kind, actor, client_address, detail)
                   values (gen_random_uuid(), now(), 'authn_login_fail', 'identity', '', '')";
    service.execute(written).await.unwrap();
    let events: i64 = sqlx::query_scalar("select count(*) from security_events")
        .fetch_one(&mut *service)
        .await
        .unwrap();
    assert!(events >= 2);

    for refused in [
        "update security_events set detail = ''",
        "delete from security_events",
        "truncate security_events",
    ] {
        let error = service.execute(refused).await.unwrap_err();
        // insufficient_privilege
        assert_eq!(
            error.as_database_error().unwrap().code().as_deref(),
            Some("42501"),
            "{refused}"
        );
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn the_services_role_has_the_rights_that_its_work_needs(db: PgPool) {
    // The pool's connections run as the service's role, as they do where it is deployed.
    let options = (*db.connect_options())
        .clone()
        .options([("role", "identity_app")]);
    let service = PgPool::connect_with(options).await.unwrap();
    let role: String = sqlx::query_scalar("select current_user::text")
        .fetch_one(&service)
        .await
        .unwrap();
    assert_eq!(role, "identity_app");

    let identity = given::identity(&service).await;
    let ada = identity
        .an_administrator_session("ada@landlord.example")
        .await;
    let sam = identity.a_sub_account(&ada, "sam@landlord.example").await;
    identity.fail("sam@landlord.example", 5).await;
    let lift = identity
        .operator(pb::LiftLockRequest { account_id: sam.id })
        .await;
    identity.administration().lift_lock(lift).await.unwrap();
    let tick = outbox::ticks::minute(identity.now());
    outbox::deliver(&service, &identity.app, &tick)
        .await
        .unwrap();
}
