//! What the holder of an account is told (ID-1, ID-8).

use outbox::Outcome;
use proto::identity::v1::{SecurityNotice, SecurityNoticeRaised};
use sqlx::PgPool;
use testkit::a_caseworker;

use crate::given::{a_world, now};

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_8_a_holder_is_told_at_the_accounts_own_address(db: PgPool) {
    let world = a_world(&db).await;
    let account = world.people.account("sol@landlord.example");
    let raised = SecurityNoticeRaised {
        account_id: account.to_string(),
        notice: SecurityNotice::PasswordChanged.into(),
        occurred_at: Some(kit::time::timestamp(now())),
        former_address_id: String::new(),
    };

    let event = world.hear(&raised).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);

    let mails = world.send().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to[0].as_str(), mails[0].subject.as_str()),
        ("sol@landlord.example", "Your password was changed")
    );
    assert!(mails[0].text.contains("Hello Ada O'Neill,"));
    assert!(
        mails[0].text.contains("on 10 June 2025 at 9:30am UK time"),
        "{}",
        mails[0].text
    );
    assert_eq!(
        world.notices(&a_caseworker().with_account(account)).await[0].text,
        "Your password was changed"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_1_a_changed_address_is_told_to_both_addresses(db: PgPool) {
    let world = a_world(&db).await;
    let account = world.people.account("new@landlord.example");
    let former = world.people.former_address(account, "old@landlord.example");
    let raised = SecurityNoticeRaised {
        account_id: account.to_string(),
        notice: SecurityNotice::UsernameChanged.into(),
        occurred_at: Some(kit::time::timestamp(now())),
        former_address_id: former.to_string(),
    };

    let event = world.hear(&raised).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);

    let mut to: Vec<_> = world
        .send()
        .await
        .into_iter()
        .flat_map(|mail| mail.to)
        .collect();
    to.sort();
    assert_eq!(to, ["new@landlord.example", "old@landlord.example"]);
    assert_eq!(
        world
            .notices(&a_caseworker().with_account(account))
            .await
            .len(),
        1
    );
}
