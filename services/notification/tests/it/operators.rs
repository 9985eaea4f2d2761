//! What operators see of deliveries and do about them (NO-4).

use chrono::TimeDelta;
use proto::access::v1::Role;
use proto::identity::v1::{LoginCodeRequested, SecurityNotice, SecurityNoticeRaised};
use proto::notification::v1::{DeliveryState, Email, ListUndeliveredRequest, SendAgainRequest};
use sqlx::PgPool;
use testkit::{
    Caller, a, a_caseworker, a_client, a_landlord_administrator, a_senior_colleague,
    a_system_administrator, reason,
};
use tonic::{Code, Status};

use crate::given::{World, a_world};

async fn undelivered(world: &World) -> Vec<Email> {
    let client = world
        .client(&a_system_administrator())
        .list_undelivered(ListUndeliveredRequest::default())
        .await;
    client.unwrap().into_inner().emails
}

async fn send_again(world: &World, caller: &Caller, email_id: &str) -> Result<Email, Status> {
    let request = SendAgainRequest {
        email_id: email_id.to_owned(),
    };
    Ok(world.client(caller).send_again(request).await?.into_inner())
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_a_refused_email_is_sent_again_to_the_address_that_was_put_right(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("adda@landlord.example").await;
    world.mailbox.refuse("adda@landlord.example");
    world.open(landlord).await;
    world.send().await;
    let refused = undelivered(&world).await.remove(0);
    assert_eq!(
        (refused.state(), refused.template.as_str(), refused.tries),
        (DeliveryState::Refused, "case_opened", 1)
    );
    assert_eq!(refused.last_error, "the mail server answered 550");

    world.people.readdress(landlord, "ada@landlord.example");
    let administrator = a_system_administrator();
    let queued = send_again(&world, &administrator, &refused.id)
        .await
        .unwrap();
    assert_eq!(queued.state(), DeliveryState::Queued);

    let mails = world.send().await;
    assert_eq!(
        mails
            .iter()
            .map(|mail| mail.to[0].as_str())
            .collect::<Vec<_>>(),
        ["ada@landlord.example"]
    );
    assert!(undelivered(&world).await.is_empty());
    assert_eq!(
        world.notices(&a_landlord_administrator(landlord)).await[0].email_state(),
        DeliveryState::Sent
    );
    let actors: Vec<String> = sqlx::query_scalar("select actor from changes")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(actors, [format!("account:{}", administrator.id())]);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_only_a_refused_email_is_sent_again(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    world.open(landlord).await;
    let queued = undelivered(&world).await.remove(0);

    let waiting = send_again(&world, &a_system_administrator(), &queued.id)
        .await
        .unwrap_err();
    world.send().await;
    let sent = send_again(&world, &a_system_administrator(), &queued.id)
        .await
        .unwrap_err();
    let unknown = send_again(&world, &a_system_administrator(), &kit::id().to_string())
        .await
        .unwrap_err();

    for refused in [waiting, sent] {
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::FailedPrecondition, "NOT_REFUSED")
        );
    }
    assert_eq!(
        (unknown.code(), reason(&unknown).as_str()),
        (Code::NotFound, "NO_SUCH_EMAIL")
    );
    assert_eq!(world.send().await.len(), 1);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_undelivered_emails_come_oldest_first_and_the_last_page_ends(db: PgPool) {
    let world = a_world(&db).await;
    let mut landlords = Vec::new();
    for n in 0..5 {
        let landlord = world.a_landlord(&format!("ada-{n}@landlord.example")).await;
        world.open(landlord).await;
        landlords.push(landlord);
        world.clock.advance(TimeDelta::seconds(1));
    }
    let expected: Vec<String> =
        sqlx::query_scalar("select id::text from emails order by queued_at")
            .fetch_all(&db)
            .await
            .unwrap();

    let mut client = world.client(&a_client(&["operations"]));
    let mut request = ListUndeliveredRequest {
        page_size: 2,
        ..ListUndeliveredRequest::default()
    };
    let mut pages = Vec::new();
    loop {
        let page = client
            .list_undelivered(request.clone())
            .await
            .unwrap()
            .into_inner();
        pages.push(page.emails.into_iter().map(|it| it.id).collect::<Vec<_>>());
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(pages.concat(), expected);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_undelivered_emails_are_listed_by_how_they_fare(db: PgPool) {
    let world = a_world(&db).await;
    let operator = a_system_administrator();
    let addresses = ["refused", "held", "queued", "unknown"];
    world.clock.set("2025-06-10T19:59:00Z".parse().unwrap());
    for name in addresses {
        let landlord = world.a_landlord(&format!("{name}@landlord.example")).await;
        if name == "refused" {
            world.mailbox.refuse("refused@landlord.example");
            world.open(landlord).await;
            world.send().await;
            world.mailbox.set_down(true);
        } else if name == "held" {
            world.clock.set("2025-06-10T21:00:00Z".parse().unwrap());
            world.open(landlord).await;
        } else {
            // What else waits in the night was asked for in the night.
            let login_id = world.people.begin(&format!("{name}@landlord.example"));
            let expires_at = world.clock.now() + TimeDelta::minutes(10);
            world
                .hear(&LoginCodeRequested {
                    login_id: login_id.to_string(),
                    expires_at: Some(kit::time::timestamp(expires_at)),
                })
                .await;
        }
        world.clock.advance(TimeDelta::seconds(1));
    }
    sqlx::query(
        "update emails set uncertain = true where queued_at = (select max(queued_at) from emails)",
    )
    .execute(&db)
    .await
    .unwrap();

    let all = undelivered(&world).await;
    let states: Vec<_> = all.iter().map(Email::state).collect();
    assert_eq!(
        states,
        [
            DeliveryState::Refused,
            DeliveryState::Held,
            DeliveryState::Queued,
            DeliveryState::Unknown
        ]
    );
    for (state, email) in states.iter().zip(&all) {
        let request = ListUndeliveredRequest {
            state: (*state).into(),
            ..ListUndeliveredRequest::default()
        };
        let of_state = world
            .client(&operator)
            .list_undelivered(request)
            .await
            .unwrap()
            .into_inner()
            .emails;
        assert_eq!(of_state, std::slice::from_ref(email), "{state:?}");
    }
    for wrong in [DeliveryState::Sent.into(), DeliveryState::Lapsed.into(), 99] {
        let request = ListUndeliveredRequest {
            state: wrong,
            ..ListUndeliveredRequest::default()
        };
        let refused = world
            .client(&operator)
            .list_undelivered(request)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_a_code_that_has_ended_is_not_sent_again(db: PgPool) {
    let world = a_world(&db).await;
    world.mailbox.refuse("sol@landlord.example");
    let expires_at = world.clock.now() + TimeDelta::minutes(10);
    world
        .hear(&LoginCodeRequested {
            login_id: world.people.begin("sol@landlord.example").to_string(),
            expires_at: Some(kit::time::timestamp(expires_at)),
        })
        .await;
    world.send().await;
    let refused = undelivered(&world).await.remove(0);
    assert_eq!(refused.state(), DeliveryState::Refused);

    world.clock.set(expires_at);
    let spent = send_again(&world, &a_system_administrator(), &refused.id)
        .await
        .unwrap_err();

    assert_eq!(
        (spent.code(), reason(&spent).as_str()),
        (Code::FailedPrecondition, "SECRET_SPENT")
    );
    assert_eq!(world.sender.once().await.unwrap(), 0);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_what_is_sent_again_at_night_waits_for_the_morning(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    world.mailbox.refuse("ada@landlord.example");
    world.open(landlord).await;
    world.send().await;
    world.people.readdress(landlord, "bea@landlord.example");
    world.clock.set("2025-06-10T21:00:00Z".parse().unwrap());

    let refused = undelivered(&world).await.remove(0);
    let again = send_again(&world, &a_system_administrator(), &refused.id)
        .await
        .unwrap();

    assert_eq!(again.state(), DeliveryState::Held);
    assert!(world.send().await.is_empty());
    world.clock.set("2025-06-11T06:00:00Z".parse().unwrap());
    assert!(world.send().await[0].is_to("bea@landlord.example"));
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_12_casework_sees_and_sends_again_emails_about_cases_and_no_others(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let holder = world.people.account("sol@landlord.example");
    for address in ["ada@landlord.example", "sol@landlord.example"] {
        world.mailbox.refuse(address);
    }
    world.open(landlord).await;
    world
        .hear(&SecurityNoticeRaised {
            account_id: holder.to_string(),
            notice: SecurityNotice::Locked.into(),
            ..SecurityNoticeRaised::default()
        })
        .await;
    world.send().await;
    let all = undelivered(&world).await;
    assert_eq!(all.len(), 2);
    let (about_case, about_account): (Vec<_>, Vec<_>) =
        all.iter().partition(|it| !it.case_reference.is_empty());

    for caller in [a_caseworker(), a_senior_colleague()] {
        let seen = world
            .client(&caller)
            .list_undelivered(ListUndeliveredRequest::default())
            .await
            .unwrap()
            .into_inner()
            .emails;
        assert_eq!(seen, [about_case[0].clone()]);
        let hidden = send_again(&world, &caller, &about_account[0].id)
            .await
            .unwrap_err();
        assert_eq!(
            (hidden.code(), reason(&hidden).as_str()),
            (Code::NotFound, "NO_SUCH_EMAIL")
        );
    }
    let again = send_again(&world, &a_caseworker(), &about_case[0].id)
        .await
        .unwrap();
    assert_eq!(
        (again.state(), again.case_reference.as_str()),
        (DeliveryState::Queued, "202512345")
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_12_landlords_and_customer_insight_see_no_deliveries(db: PgPool) {
    let world = a_world(&db).await;

    for role in [
        Role::LandlordAdministrator,
        Role::LandlordSubAccount,
        Role::ComplaintsInvestigator,
        Role::CustomerInsightManager,
        Role::IndependentReviewer,
    ] {
        let caller = a(role);
        let list = world
            .client(&caller)
            .list_undelivered(ListUndeliveredRequest::default())
            .await
            .unwrap_err();
        let again = send_again(&world, &caller, &kit::id().to_string())
            .await
            .unwrap_err();
        assert_eq!(
            (list.code(), again.code()),
            (Code::PermissionDenied, Code::PermissionDenied),
            "{role:?}"
        );
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_4_the_age_of_the_oldest_email_is_that_of_one_that_should_have_left(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let oldest = async || world.sender.oldest_unsent().await.unwrap();
    world.clock.set("2025-06-10T21:00:00Z".parse().unwrap());
    world.open(landlord).await;

    world.clock.set("2025-06-11T05:59:59Z".parse().unwrap());
    assert_eq!(
        oldest().await,
        TimeDelta::zero(),
        "what waits for the morning is not late"
    );
    world.mailbox.set_down(true);
    world.clock.set("2025-06-11T06:00:00Z".parse().unwrap());
    for minutes in [0, 5, 10] {
        assert_eq!(oldest().await, TimeDelta::minutes(minutes));
        assert_eq!(world.sender.once().await.unwrap(), 1);
        world.clock.advance(TimeDelta::minutes(5));
    }
    world.mailbox.set_down(false);
    world.send().await;
    assert_eq!(oldest().await, TimeDelta::zero());
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn wh_1_the_audit_can_not_be_changed_by_the_service(db: PgPool) {
    let mut service = db.acquire().await.unwrap();
    sqlx::query("set role notification_app")
        .execute(&mut *service)
        .await
        .unwrap();

    for forbidden in [
        "update changes set actor = 'x'",
        "delete from changes",
        "truncate changes",
        "delete from emails",
        "delete from notices",
    ] {
        let refused = sqlx::query(forbidden)
            .execute(&mut *service)
            .await
            .unwrap_err();
        assert_eq!(
            refused.as_database_error().unwrap().code().unwrap(),
            "42501",
            "{forbidden}"
        );
    }
}
