//! The public form: no account, nothing kept before it is sent, and no programs.

use chrono::Duration;
use proto::service_complaint::v1::{
    BeginRequestFormRequest, Channel, Format, GetServiceRequestRequest, SendRequestFormRequest,
    ServiceUser, ServiceUserKind,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{World, a_world};

/// A form that was begun, and is filled in a minute later.
async fn a_form(world: &World) -> SendRequestFormRequest {
    let mut client = world.requests(None);
    let begun = client.begin_request_form(BeginRequestFormRequest {}).await;
    world.clock.set(world.clock.now() + Duration::minutes(1));
    SendRequestFormRequest {
        form_token: begun.unwrap().into_inner().form_token,
        service_user: Some(ServiceUser {
            name: "Asha Verma".to_owned(),
            kind: ServiceUserKind::Resident.into(),
            email: "asha@example.org".to_owned(),
            format: Format::Email.into(),
            ..ServiceUser::default()
        }),
        wanted: "Please call me about my case.".to_owned(),
        case_reference: String::new(),
        left_empty: String::new(),
        client_address: "203.0.113.7".to_owned(),
    }
}

/// 1.6: digital ways in, without an account.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_2_3_somebody_without_an_account_asks_for_something(db: PgPool) {
    let world = a_world(&db).await;
    let form = a_form(&world).await;

    let sent = world.requests(None).send_request_form(form).await.unwrap();
    let sent = sent.into_inner();

    assert_eq!(sent.reference, "SR202500001");
    assert!(sent.by_email);
    let request = GetServiceRequestRequest {
        service_request_id: sent.reference,
    };
    let mut client = world.requests(world.investigator.clone());
    let request = client.get_service_request(request).await.unwrap();
    let request = request.into_inner();
    assert_eq!(request.channel(), Channel::Webform);
    assert_eq!(request.received_on, "2025-06-10");
    assert_eq!(request.wanted, "Please call me about my case.");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_6_a_form_that_is_sent_twice_is_one_request(db: PgPool) {
    let world = a_world(&db).await;
    let form = a_form(&world).await;
    let mut client = world.requests(None);

    let first = client.send_request_form(form.clone()).await.unwrap();
    let second = client.send_request_form(form).await.unwrap();

    assert_eq!(first.into_inner(), second.into_inner());
    let requests: i64 = sqlx::query_scalar("select count(*) from service_requests")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(requests, 1);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_6_a_form_that_only_a_program_fills_in_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let trapped = SendRequestFormRequest {
        left_empty: "https://spam.example".to_owned(),
        ..a_form(&world).await
    };
    let mut client = world.requests(None);
    let begun = client.begin_request_form(BeginRequestFormRequest {}).await;
    let fast = SendRequestFormRequest {
        form_token: begun.unwrap().into_inner().form_token,
        left_empty: String::new(),
        ..trapped.clone()
    };

    for form in [trapped, fast] {
        let refused = client.send_request_form(form).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert_eq!(reason(&refused), "AUTOMATED");
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_6_a_form_that_was_not_begun_here_or_too_long_ago_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let form = a_form(&world).await;
    let (begun, signature) = form.form_token.rsplit_once('.').unwrap();
    let (id, at) = begun.split_once('.').unwrap();
    let earlier = at.parse::<i64>().unwrap() - 60_000;
    let forged = [
        String::new(),
        "x".repeat(1_000),
        format!("{id}.{earlier}.{signature}"),
        format!("{}.{at}.{signature}", kit::id()),
    ];
    let mut client = world.requests(None);

    for form_token in forged {
        let form = SendRequestFormRequest {
            form_token,
            ..form.clone()
        };
        let refused = client.send_request_form(form).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
        assert_eq!(reason(&refused), "NO_SUCH_FORM");
    }
    world.clock.set(world.clock.now() + Duration::hours(24));
    let refused = client.send_request_form(form).await.unwrap_err();
    assert_eq!(reason(&refused), "NO_SUCH_FORM");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_6_too_many_forms_from_one_address_are_refused_for_an_hour(db: PgPool) {
    let world = a_world(&db).await;
    let mut client = world.requests(None);
    for _ in 0..20 {
        client
            .send_request_form(a_form(&world).await)
            .await
            .unwrap();
    }
    let one_more = a_form(&world).await;
    let neighbour = SendRequestFormRequest {
        client_address: "203.0.113.8".to_owned(),
        ..a_form(&world).await
    };

    let refused = client.send_request_form(one_more.clone()).await;
    let refused = refused.unwrap_err();

    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(reason(&refused), "TOO_MANY_ATTEMPTS");
    client.send_request_form(neighbour).await.unwrap();
    world.clock.set(world.clock.now() + Duration::hours(1));
    client.send_request_form(one_more).await.unwrap();
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_6_what_is_missing_in_a_form_is_told_beside_its_fields(db: PgPool) {
    let world = a_world(&db).await;
    let empty = SendRequestFormRequest {
        service_user: None,
        wanted: String::new(),
        ..a_form(&world).await
    };

    let refused = world.requests(None).send_request_form(empty).await;

    let fields = violations(&refused.unwrap_err());
    let fields: Vec<_> = fields.into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        fields,
        ["service_user.name", "service_user.email", "wanted"]
    );
}
