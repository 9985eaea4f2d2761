//! The bell: lists, counts, marks, and who sees what (NO-2, CA-4).

use chrono::{NaiveDate, TimeDelta};
use proto::access::v1::Role;
use proto::messaging::v1::{MessagePosted, Side};
use proto::notification::v1::{ListNoticesRequest, MarkNoticesReadRequest, Notice};
use sqlx::PgPool;
use testkit::{Caller, a, a_caseworker, a_client, a_landlord_administrator, a_sub_account, reason};
use tonic::Code;
use uuid::Uuid;

use crate::given::{World, a_world, now};

async fn a_message(world: &World, case: Uuid, author: &str) {
    let posted = MessagePosted {
        case_id: case.to_string(),
        side: Side::Ombudsman.into(),
        author_name: author.to_owned(),
        ..MessagePosted::default()
    };
    world.hear(&posted).await;
}

async fn mark(world: &World, caller: &Caller, notice: &Notice, only_this: bool) {
    let request = MarkNoticesReadRequest {
        notice_id: notice.id.clone(),
        only_this,
    };
    world
        .client(caller)
        .mark_notices_read(request)
        .await
        .unwrap();
}

async fn read(world: &World, caller: &Caller) -> Vec<bool> {
    world
        .notices(caller)
        .await
        .into_iter()
        .map(|notice| notice.read)
        .collect()
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_2_pages_go_back_to_the_first_notice_and_end_there(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let case = world.a_case(landlord, None).await;
    for author in ["1", "2", "3", "4", "5"] {
        a_message(&world, case, author).await;
    }

    let mut client = world.client(&a_sub_account(landlord));
    let mut request = ListNoticesRequest {
        page_size: 2,
        page_token: String::new(),
    };
    let mut pages = Vec::new();
    loop {
        let page = client
            .list_notices(request.clone())
            .await
            .unwrap()
            .into_inner();
        pages.push(
            page.notices
                .into_iter()
                .map(|it| it.text)
                .collect::<Vec<_>>(),
        );
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert_eq!(
        pages,
        [
            vec!["New message from 5", "New message from 4"],
            vec!["New message from 3", "New message from 2"],
            vec!["New message from 1"],
        ]
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_2_each_account_reads_for_itself(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let case = world.a_case(landlord, None).await;
    let (ada, sol) = (a_landlord_administrator(landlord), a_sub_account(landlord));
    for author in ["1", "2", "3"] {
        a_message(&world, case, author).await;
    }
    assert_eq!((world.unread(&ada).await, world.unread(&sol).await), (3, 3));

    let second = &world.notices(&ada).await[1];
    mark(&world, &ada, second, false).await;

    assert_eq!((world.unread(&ada).await, world.unread(&sol).await), (1, 3));
    assert_eq!(read(&world, &ada).await, [false, true, true]);
    assert_eq!(read(&world, &sol).await, [false, false, false]);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_2_one_notice_can_be_read_and_the_older_ones_stay_unread(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let case = world.a_case(landlord, None).await;
    let ada = a_landlord_administrator(landlord);
    for author in ["1", "2", "3"] {
        a_message(&world, case, author).await;
    }
    let notices = world.notices(&ada).await;

    mark(&world, &ada, &notices[1], true).await;
    mark(&world, &ada, &notices[1], true).await;
    assert_eq!(
        (read(&world, &ada).await, world.unread(&ada).await),
        (vec![false, true, false], 2)
    );

    mark(&world, &ada, &notices[0], false).await;
    assert_eq!(
        (read(&world, &ada).await, world.unread(&ada).await),
        (vec![true, true, true], 0)
    );
    mark(&world, &ada, &notices[2], false).await;
    assert_eq!(world.unread(&ada).await, 0, "a mark never moves back");
    let singles: i64 = sqlx::query_scalar("select count(*) from single_reads")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(singles, 0, "the mark stands for them");
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_2_a_mark_covers_nothing_that_came_later(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let case = world.a_case(landlord, None).await;
    let ada = a_landlord_administrator(landlord);
    a_message(&world, case, "1").await;
    mark(&world, &ada, &world.notices(&ada).await[0], false).await;

    // The clock stands still, as that of a second replica may stand behind.
    world.clock.advance(TimeDelta::seconds(-5));
    a_message(&world, case, "2").await;

    assert_eq!(
        (read(&world, &ada).await, world.unread(&ada).await),
        (vec![false, true], 1)
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_2_unread_notices_are_counted_to_100(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let case = world.a_case(landlord, None).await;
    for _ in 0..103 {
        a_message(&world, case, "again").await;
    }

    assert_eq!(world.unread(&a_landlord_administrator(landlord)).await, 100);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn ca_4_another_landlord_sees_no_notice_and_marks_none(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let case = world.a_case(landlord, None).await;
    a_message(&world, case, "1").await;
    let notice = world
        .notices(&a_landlord_administrator(landlord))
        .await
        .remove(0);
    let stranger = a_landlord_administrator(kit::id());

    assert!(world.notices(&stranger).await.is_empty());
    assert_eq!(world.unread(&stranger).await, 0);
    for (notice_id, only_this) in [
        (notice.id.clone(), false),
        (notice.id, true),
        (kit::id().to_string(), false),
    ] {
        let request = MarkNoticesReadRequest {
            notice_id,
            only_this,
        };
        let refused = world
            .client(&stranger)
            .mark_notices_read(request)
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::NotFound, "NO_SUCH_NOTICE")
        );
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn ca_4_notices_follow_the_case_out_of_sight(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let ada = a_landlord_administrator(landlord);
    let (open, closed) = (
        world.a_case(landlord, None).await,
        world.a_case(landlord, None).await,
    );
    a_message(&world, open, "1").await;
    a_message(&world, closed, "2").await;
    world.close(closed, landlord, now().date_naive()).await;
    assert_eq!(
        (world.notices(&ada).await.len(), world.unread(&ada).await),
        (3, 3)
    );

    let later = ada
        .clone()
        .activated_on(NaiveDate::from_ymd_opt(2025, 6, 11).unwrap());
    assert_eq!(world.unread(&later.clone().inactive_landlord()).await, 0);
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(
        (
            world.notices(&later).await.len(),
            world.unread(&later).await
        ),
        (1, 1),
        "closed before activation"
    );

    world.clock.advance(TimeDelta::days(2 * 365 + 1));
    assert_eq!(
        (world.notices(&ada).await.len(), world.unread(&ada).await),
        (1, 1),
        "closed two years ago"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_12_customer_insight_hears_nothing_of_casework(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let case = world.a_case(landlord, None).await;
    let reply = MessagePosted {
        case_id: case.to_string(),
        side: Side::Landlord.into(),
        ..MessagePosted::default()
    };
    world.hear(&reply).await;

    assert_eq!(world.notices(&a_caseworker()).await.len(), 1);
    for role in [Role::ComplaintsInvestigator, Role::CustomerInsightManager] {
        assert_eq!(
            (
                world.notices(&a(role)).await.len(),
                world.unread(&a(role)).await
            ),
            (0, 0),
            "{role:?}"
        );
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn id_12_who_has_no_bell_is_refused(db: PgPool) {
    let world = a_world(&db).await;

    for caller in [
        a(Role::SystemAdministrator),
        a(Role::IndependentReviewer),
        a_client(&["messages", "operations"]),
    ] {
        let refused = world
            .client(&caller)
            .list_notices(ListNoticesRequest::default())
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{caller:?}");
    }
}
