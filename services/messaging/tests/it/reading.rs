//! Reading: pages, marks, counts (ME-4).

use chrono::{Duration, NaiveDate};
use proto::messaging::v1::{ListMessagesRequest, MarkReadRequest};
use sqlx::PgPool;
use testkit::{a_caseworker, a_landlord_administrator, a_sub_account, reason};
use tonic::Code;

use crate::given::{a_world, now};

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_pages_go_back_to_the_first_message_and_end_there(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let caller = a_caseworker();
    for n in 1..=5 {
        world.post(&caller, case, &n.to_string()).await;
    }

    let mut client = world.client(&caller);
    let mut request = ListMessagesRequest {
        case_id: case.to_string(),
        page_size: 2,
        page_token: String::new(),
    };
    let mut pages = Vec::new();
    loop {
        let page = client
            .list_messages(request.clone())
            .await
            .unwrap()
            .into_inner();
        pages.push(
            page.messages
                .into_iter()
                .map(|it| it.body)
                .collect::<Vec<_>>(),
        );
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert_eq!(pages, [vec!["5", "4"], vec!["3", "2"], vec!["1"]]);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_a_token_of_another_case_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let (case, other) = (world.a_case(kit::id()).await, world.a_case(kit::id()).await);
    let caller = a_caseworker();
    world.post(&caller, case, "1").await;
    world.post(&caller, case, "2").await;
    let mut client = world.client(&caller);
    let request = ListMessagesRequest {
        case_id: case.to_string(),
        page_size: 1,
        page_token: String::new(),
    };
    let page_token = client
        .list_messages(request.clone())
        .await
        .unwrap()
        .into_inner()
        .next_page_token;

    let refused = client
        .list_messages(ListMessagesRequest {
            case_id: other.to_string(),
            page_token,
            ..request
        })
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "BAD_PAGE_TOKEN")
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_what_one_account_reads_its_whole_side_has_read(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (ada, sol) = (a_landlord_administrator(landlord), a_sub_account(landlord));
    let (case, first) = world.a_conversation(landlord).await;
    world.post(&a_caseworker(), case, "And another.").await;
    assert_eq!(
        world.unread(&sol, &[case]).await,
        (2, [(case.to_string(), 2)].into())
    );

    world.read(&ada, &first).await;

    assert_eq!(
        world.unread(&sol, &[case]).await,
        (1, [(case.to_string(), 1)].into())
    );
    let read: Vec<bool> = world
        .thread(&sol, case)
        .await
        .iter()
        .map(|it| it.read)
        .collect();
    assert_eq!(read, [false, true]);
    assert_eq!(
        world.unread(&a_caseworker(), &[case]).await,
        (0, [].into()),
        "their own messages are no news to staff"
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_the_two_sides_read_apart(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (ada, casey) = (a_landlord_administrator(landlord), a_caseworker());
    let (case, _) = world.a_conversation(landlord).await;
    let reply = world.post(&ada, case, "Here.").await;

    assert_eq!(world.unread(&casey, &[case]).await.0, 1);
    world.read(&casey, &reply).await;

    assert_eq!(world.unread(&casey, &[case]).await.0, 0);
    assert_eq!(world.unread(&ada, &[case]).await.0, 1);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_a_mark_never_moves_back(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let ada = a_landlord_administrator(landlord);
    let (case, first) = world.a_conversation(landlord).await;
    let second = world.post(&a_caseworker(), case, "More.").await;

    world.read(&ada, &second).await;
    world.read(&ada, &first).await;

    assert_eq!(world.unread(&ada, &[case]).await.0, 0);
    let marks: i64 =
        sqlx::query_scalar("select count(*) from changes where action = 'marked_read'")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(marks, 1, "what changes nothing is not recorded");
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_counts_hold_while_both_sides_write_and_read_at_once(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (ada, casey) = (a_landlord_administrator(landlord), a_caseworker());
    let (case, first) = world.a_conversation(landlord).await;

    futures::future::join_all((0..15).map(|n| {
        let (world, ada, casey, first) = (&world, &ada, &casey, &first);
        async move {
            match n % 3 {
                0 => drop(world.post(casey, case, "from us").await),
                1 => drop(world.post(ada, case, "from them").await),
                _ => world.read(ada, first).await,
            }
        }
    }))
    .await;

    let thread = world.thread(&ada, case).await;
    let unread = i32::try_from(thread.iter().filter(|it| !it.read).count()).unwrap();
    assert_eq!((unread, thread.len()), (5, 11));
    assert_eq!(world.unread(&ada, &[case]).await.0, unread);
    world.read(&ada, &thread[0]).await;
    assert_eq!(world.unread(&ada, &[case]).await.0, 0);
    assert_eq!(world.unread(&casey, &[case]).await.0, 5);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_a_message_of_another_case_marks_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (case, _) = world.a_conversation(landlord).await;
    let (_, elsewhere) = world.a_conversation(landlord).await;
    let request = MarkReadRequest {
        case_id: case.to_string(),
        message_id: elsewhere.id,
    };

    let refused = world
        .client(&a_landlord_administrator(landlord))
        .mark_read(request)
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::NotFound, "NO_SUCH_MESSAGE")
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn ca_4_what_is_unread_on_a_case_that_is_out_of_sight_is_not_counted(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let ada = a_landlord_administrator(landlord);
    let (seen, _) = world.a_conversation(landlord).await;
    let (gone, _) = world.a_conversation(landlord).await;
    let (theirs, _) = world.a_conversation(kit::id()).await;
    world.close(gone, landlord, now().date_naive()).await;
    assert_eq!(world.unread(&ada, &[seen, gone, theirs]).await.0, 2);

    world.clock.advance(Duration::days(2 * 365 + 2));

    assert_eq!(
        world.unread(&ada, &[seen, gone, theirs]).await,
        (1, [(seen.to_string(), 1)].into())
    );
    let late = ada
        .clone()
        .activated_on(NaiveDate::from_ymd_opt(2025, 6, 11).unwrap());
    assert_eq!(world.unread(&late, &[gone]).await, (1, [].into()));
    assert_eq!(
        world.unread(&ada.inactive_landlord(), &[seen]).await,
        (0, [].into())
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_a_message_that_arrives_while_others_are_marked_stays_unread(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let ada = a_landlord_administrator(landlord);
    let (case, first) = world.a_conversation(landlord).await;
    // Another replica is about to commit a message.
    let mut replica = db.begin().await.unwrap();
    sqlx::raw_sql(
        "update conversations set last_sent_at = last_sent_at + interval '1 minute', unread_by_landlord = unread_by_landlord + 1;
         insert into messages
         select gen_random_uuid(), case_id, side, author_name, body, document_ids, document_names, sent_at + interval '1 minute', imported,
                requested_by, gen_random_uuid()
         from messages;",
    )
    .execute(&mut *replica)
    .await
    .unwrap();

    let commit = async {
        testkit::eventually("the mark to wait for the message", || async {
            sqlx::query_scalar::<_, i32>(
                "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
            )
            .fetch_optional(&db)
            .await
            .unwrap()
        })
        .await;
        replica.commit().await.unwrap();
    };
    futures::future::join(world.read(&ada, &first), commit).await;

    assert_eq!(world.unread(&ada, &[case]).await.0, 1);
}
