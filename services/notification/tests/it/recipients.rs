//! Who hears of a case, and who does not (NO-1, CA-4).

use outbox::Outcome;
use proto::case::v1::{CaseFacts, CaseImported, CaseOpened, Team};
use proto::document::v1::DocumentQuarantined;
use proto::identity::v1::LandlordActivated;
use proto::notification::v1::{DeliveryState, EmailRefused};
use proto::task::v1::{TaskEscalated, TaskSet, TaskUnableReported};
use sqlx::PgPool;
use testkit::{a_caseworker, a_landlord_administrator};

use crate::given::{TRIAGE, a_world, facts, now, task};

const LANDLORD: &str = "ada@landlord.example";
const OWNER: &str = "casey@ombudsman.example";

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_a_landlord_hears_of_a_new_case_and_not_of_an_imported_one(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;

    world
        .hear(&CaseImported {
            facts: Some(facts(landlord, None)),
        })
        .await;
    assert!(world.send().await.is_empty());

    let event = world.open(landlord).await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);
    let mails = world.send().await;
    assert_eq!(
        mails
            .iter()
            .map(|mail| mail.subject.as_str())
            .collect::<Vec<_>>(),
        ["New case: case 202512345"]
    );
    assert!(
        mails[0]
            .text
            .contains("https://portal.example/cases/202512345\r\n"),
        "{}",
        mails[0].text
    );
    assert_eq!(
        world.notices(&a_landlord_administrator(landlord)).await[0].text,
        "There is a new case"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn do_4_both_sides_are_told_of_an_infected_document_once_each(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account(OWNER);
    let case = world.a_case(landlord, Some(owner)).await;

    let event = world
        .hear(&DocumentQuarantined {
            case_id: case.to_string(),
            ..DocumentQuarantined::default()
        })
        .await;
    assert_eq!(world.deliver(&event).await.unwrap(), Outcome::Duplicate);

    let mut to: Vec<_> = world
        .send()
        .await
        .into_iter()
        .flat_map(|mail| mail.to)
        .collect();
    to.sort();
    assert_eq!(to, [LANDLORD, OWNER]);
    assert_eq!(
        world
            .notices(&a_landlord_administrator(landlord))
            .await
            .len(),
        1
    );
    assert_eq!(
        world
            .notices(&a_caseworker().with_account(owner))
            .await
            .len(),
        1
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_a_case_without_an_owner_is_told_to_the_team_at_its_shared_address(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;

    world
        .hear(&TaskUnableReported {
            facts: Some(task(case, true)),
            ..TaskUnableReported::default()
        })
        .await;
    world
        .hear(&TaskEscalated {
            facts: Some(task(case, true)),
        })
        .await;
    world.gathered();

    let mails = world.send().await;
    assert_eq!(
        mails
            .iter()
            .map(|mail| (mail.to[0].as_str(), mail.subject.as_str()))
            .collect::<Vec<_>>(),
        [(
            TRIAGE,
            "Unable to complete a task, Task still overdue: case 202512345"
        )],
        "as the owner and as the seniors it hears once of what is escalated"
    );
    assert!(mails[0].text.starts_with("Hello Triage team,"));
    let notices = world.notices(&a_caseworker()).await;
    assert_eq!(
        (notices.len(), notices[0].email_state()),
        (2, DeliveryState::Sent)
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_a_team_without_an_address_finds_its_news_in_the_portal(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    for team in [Team::Review, Team::Unspecified] {
        let facts = CaseFacts {
            team: team.into(),
            ..facts(landlord, None)
        };
        let case = facts.case_id.parse().unwrap();
        world.hear(&CaseImported { facts: Some(facts) }).await;

        world
            .hear(&TaskUnableReported {
                facts: Some(task(case, true)),
                ..TaskUnableReported::default()
            })
            .await;
    }

    assert!(world.send().await.is_empty());
    let notices = world.notices(&a_caseworker()).await;
    assert_eq!(
        (notices.len(), notices[0].email_state()),
        (2, DeliveryState::Unspecified)
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_a_case_that_moves_to_another_team_is_told_there(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let first = CaseFacts {
        team: Team::Review.into(),
        version: 2,
        ..facts(landlord, None)
    };
    let case = first.case_id.parse().unwrap();
    let earlier = CaseFacts {
        team: Team::DisputeSupport.into(),
        version: 1,
        ..first.clone()
    };
    let later = CaseFacts {
        team: Team::Triage.into(),
        version: 3,
        ..first.clone()
    };
    for facts in [first, later, earlier] {
        world.hear(&CaseImported { facts: Some(facts) }).await;
    }

    world
        .hear(&TaskUnableReported {
            facts: Some(task(case, true)),
            ..TaskUnableReported::default()
        })
        .await;

    assert!(world.send().await[0].is_to(TRIAGE));
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_3_a_teams_address_that_is_refused_is_reported(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let case = world.a_case(landlord, None).await;
    world.mailbox.refuse(TRIAGE);
    world
        .hear(&TaskUnableReported {
            facts: Some(task(case, true)),
            ..TaskUnableReported::default()
        })
        .await;

    assert!(world.send().await.is_empty());

    let refused = outbox::testing::events::<EmailRefused>(&db).await;
    assert_eq!((refused.len(), refused[0].account_id.as_str()), (1, ""));
    assert_eq!(
        world.notices(&a_caseworker()).await[0].text,
        "A mail server refused an email about this case"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn ca_4_a_landlord_whose_portal_is_not_in_use_gets_no_email(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.people.landlord(LANDLORD);
    let ada = a_landlord_administrator(landlord).activated_on(now().date_naive());

    world.open(landlord).await;
    assert!(world.send().await.is_empty());

    let activated_on = kit::time::iso(now().date_naive());
    world
        .hear(&LandlordActivated {
            landlord_id: landlord.to_string(),
            activated_on,
        })
        .await;
    world.open(landlord).await;
    assert_eq!(world.send().await.len(), 1);
    assert_eq!(
        world.notices(&ada).await.len(),
        2,
        "in the portal it sees what waited for it"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn an_event_that_comes_before_its_case_is_tried_again(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let facts = facts(landlord, None);
    let case = facts.case_id.parse().unwrap();
    let early = outbox::testing::event(&TaskSet {
        facts: Some(task(case, true)),
        ..TaskSet::default()
    });

    let retry = world.deliver(&early).await.unwrap_err();
    assert!(!retry.is_hopeless());

    world.hear(&CaseOpened { facts: Some(facts) }).await;
    assert_eq!(world.deliver(&early).await.unwrap(), Outcome::Handled);
    let mails = world.send().await;
    assert_eq!(mails[0].subject, "New task, New case: case 202512345");
}
