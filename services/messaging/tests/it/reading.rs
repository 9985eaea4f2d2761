//! Reading: pages, marks, counts (ME-4).

use chrono::{Duration, NaiveDate};
use proto::case::v1::{CaseFacts, CaseMoved};
use proto::messaging::v1::{ListConversationsRequest, ListMessagesRequest, MarkReadRequest, Side};
use sqlx::PgPool;
use testkit::{Caller, a_caseworker, a_landlord_administrator, a_sub_account, reason};
use tonic::Code;
use uuid::Uuid;

use crate::given::{self, World, a_world, now};

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
async fn me_4_everybody_reads_for_themselves(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (ada, sol) = (a_landlord_administrator(landlord), a_sub_account(landlord));
    let (case, first) = world.a_conversation(landlord).await;
    let second = world.post(&a_caseworker(), case, "And another.").await;

    world.read(&ada, &second).await;
    world.read(&sol, &first).await;

    let none = (0, [].into());
    let one = (1, [(case.to_string(), 1)].into());
    assert_eq!(world.unread(&ada, &[case]).await, none);
    assert_eq!(world.unread(&sol, &[case]).await, one);
    let read: Vec<bool> = world
        .thread(&sol, case)
        .await
        .iter()
        .map(|it| it.read)
        .collect();
    assert_eq!(read, [false, true]);
    assert_eq!(
        world.unread(&a_caseworker(), &[case]).await,
        none,
        "their own side's messages are no news to staff"
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_what_a_colleague_answers_leaves_what_i_have_not_read_unread(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (ada, sol) = (a_landlord_administrator(landlord), a_sub_account(landlord));
    let (case, first) = world.a_conversation(landlord).await;
    world.read(&ada, &first).await;

    world.post(&ada, case, "Here you are.").await;

    assert_eq!(world.unread(&ada, &[case]).await.0, 0);
    assert_eq!(world.unread(&sol, &[case]).await.0, 1);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_staff_are_told_of_what_is_unread_on_the_open_cases_that_they_own(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (ada, casey) = (a_landlord_administrator(landlord), a_caseworker());
    let own = world.a_case_owned_by(landlord, &casey).await;
    let closed = world.a_case_owned_by(landlord, &casey).await;
    let other = world.a_case(landlord).await;
    for case in [own, closed, other] {
        world.start(case).await;
        world.post(&ada, case, "An answer.").await;
    }
    let closing = CaseMoved {
        facts: Some(CaseFacts {
            owner_account_id: casey.id().to_string(),
            ..given::closing(closed, landlord, now().date_naive())
                .facts
                .unwrap()
        }),
        ..CaseMoved::default()
    };
    world.hear(&closing).await;

    let (total, on) = world.unread(&casey, &[own, other]).await;

    assert_eq!(total, 1);
    assert_eq!(
        on,
        [(own.to_string(), 1), (other.to_string(), 1)].into(),
        "a case that is asked for counts, whoever owns it"
    );
    let listed = conversations(&world, &casey, true).await;
    assert_eq!(listed, [(own.to_string(), 1)]);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_the_two_sides_read_apart(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (ada, casey) = (a_landlord_administrator(landlord), a_caseworker());
    let (case, _) = world.a_conversation(landlord).await;
    let reply = world.post(&ada, case, "Here.").await;

    assert_eq!(
        world.unread(&casey, &[case]).await.1,
        [(case.to_string(), 1)].into()
    );
    world.read(&casey, &reply).await;

    assert!(world.unread(&casey, &[case]).await.1.is_empty());
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
    assert_eq!(
        world.unread(&casey, &[case]).await.1,
        [(case.to_string(), 5)].into()
    );
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
async fn me_4_what_is_unread_on_older_pages_is_told_apart(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let ada = a_landlord_administrator(landlord);
    let (case, first) = world.a_conversation(landlord).await;
    for n in 0..5 {
        world.post(&a_caseworker(), case, &n.to_string()).await;
    }
    world.read(&ada, &first).await;
    let page = async |page_token: String| {
        let request = ListMessagesRequest {
            case_id: case.to_string(),
            page_size: 2,
            page_token,
        };
        world
            .client(&ada)
            .list_messages(request)
            .await
            .unwrap()
            .into_inner()
    };

    let newest = page(String::new()).await;
    let middle = page(newest.next_page_token.clone()).await;
    let oldest = page(middle.next_page_token.clone()).await;

    let unread: Vec<_> = [&newest, &middle, &oldest]
        .iter()
        .map(|it| (it.unread, it.unread_older))
        .collect();
    assert_eq!(unread, [(5, 3), (5, 1), (5, 0)]);
    assert_eq!(oldest.next_page_token, "");
}

/// What somebody's list of conversations shows: each case with its count.
async fn conversations(world: &World, caller: &Caller, unread_only: bool) -> Vec<(String, i32)> {
    let mut listed = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListConversationsRequest {
            unread_only,
            page_size: 2,
            page_token,
        };
        let page = world
            .client(caller)
            .list_conversations(request)
            .await
            .unwrap()
            .into_inner();
        listed.extend(
            page.conversations
                .into_iter()
                .map(|it| (it.case_id, it.unread)),
        );
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return listed;
        }
    }
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_conversations_are_listed_newest_first_to_the_last_page(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let ada = a_landlord_administrator(landlord);
    let mut cases = Vec::new();
    for _ in 0..5 {
        let (case, first) = world.a_conversation(landlord).await;
        world.clock.advance(Duration::minutes(1));
        cases.push((case.to_string(), first));
    }
    world.a_conversation(kit::id()).await;
    world.read(&ada, &cases[1].1).await;
    // A colleague's word is no news, but it makes the conversation the newest.
    let written: Uuid = cases[0].0.parse().unwrap();
    world.post(&a_sub_account(landlord), written, "Here.").await;

    let all = conversations(&world, &ada, false).await;
    let unread = conversations(&world, &ada, true).await;

    let id = |n: usize| cases[n].0.clone();
    assert_eq!(
        all,
        [(id(0), 1), (id(4), 1), (id(3), 1), (id(2), 1), (id(1), 0)]
    );
    assert_eq!(unread, [(id(0), 1), (id(4), 1), (id(3), 1), (id(2), 1)]);
    let newest = world
        .client(&ada)
        .list_conversations(ListConversationsRequest::default())
        .await
        .unwrap()
        .into_inner()
        .conversations
        .remove(0);
    assert_eq!(
        (newest.last_side(), newest.case_reference.as_str()),
        (Side::Landlord, "202512345")
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn ca_4_conversations_out_of_sight_are_not_listed(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let ada = a_landlord_administrator(landlord);
    let (open, _) = world.a_conversation(landlord).await;
    let (closed, _) = world.a_conversation(landlord).await;
    world.close(closed, landlord, now().date_naive()).await;
    assert_eq!(conversations(&world, &ada, false).await.len(), 2);

    world.clock.advance(Duration::days(2 * 365 + 2));

    assert_eq!(
        conversations(&world, &ada, false).await,
        [(open.to_string(), 1)]
    );
    assert!(
        conversations(&world, &ada.inactive_landlord(), false)
            .await
            .is_empty()
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_4_a_token_of_the_unread_ones_is_no_token_of_all(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let mut client = world.client(&a_landlord_administrator(landlord));
    for _ in 0..2 {
        world.a_conversation(landlord).await;
    }
    let request = ListConversationsRequest {
        unread_only: true,
        page_size: 1,
        page_token: String::new(),
    };
    let page = client
        .list_conversations(request.clone())
        .await
        .unwrap()
        .into_inner();

    let refused = client
        .list_conversations(ListConversationsRequest {
            unread_only: false,
            page_token: page.next_page_token,
            ..request
        })
        .await
        .unwrap_err();

    assert_eq!(reason(&refused), "BAD_PAGE_TOKEN");
}
