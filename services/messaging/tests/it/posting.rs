//! Sending messages (ME-1 to ME-3).

use chrono::Duration;
use proto::document::v1::{DocumentQuarantined, DocumentWithdrawn};
use proto::messaging::v1::{
    AttachmentState, ListMessagesRequest, MessagePosted, PostMessageRequest, Side,
};
use sqlx::PgPool;
use testkit::{
    a_caseworker, a_client, a_landlord_administrator, a_senior_colleague, a_sub_account, reason,
    violations,
};
use tonic::Code;

use crate::given::{a_post, a_world, now};

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_1_staff_start_and_a_landlord_replies_any_number_of_times(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let case = world.a_case(landlord).await;
    let ada = a_landlord_administrator(landlord).named("Ada");

    world
        .post(&a_caseworker().named("Casey"), case, "Please tell us more.")
        .await;
    for reply in ["First.", "Second.", "Third."] {
        world.post(&ada, case, reply).await;
    }

    let thread = world.thread(&ada, case).await;
    let told: Vec<_> = thread
        .iter()
        .map(|it| (it.side(), it.author_name.as_str(), it.body.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Side::Landlord, "Ada", "Third."),
            (Side::Landlord, "Ada", "Second."),
            (Side::Landlord, "Ada", "First."),
            (Side::Ombudsman, "Casey", "Please tell us more."),
        ]
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_1_a_landlord_can_not_start(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let case = world.a_case(landlord).await;
    let mut client = world.client(&a_sub_account(landlord));

    let refused = client
        .post_message(a_post(case, "Hello?"))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "NO_CONVERSATION")
    );
    let list = ListMessagesRequest {
        case_id: case.to_string(),
        ..ListMessagesRequest::default()
    };
    assert!(
        !client
            .list_messages(list.clone())
            .await
            .unwrap()
            .into_inner()
            .can_post
    );
    assert!(
        outbox::testing::events::<MessagePosted>(&db)
            .await
            .is_empty()
    );

    world
        .post(&a_senior_colleague(), case, "Good morning.")
        .await;
    assert!(
        client
            .list_messages(list)
            .await
            .unwrap()
            .into_inner()
            .can_post
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_1_nobody_writes_on_a_closed_case(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (case, _) = world.a_conversation(landlord).await;
    world.close(case, landlord, now().date_naive()).await;

    for caller in [a_caseworker(), a_landlord_administrator(landlord)] {
        let mut client = world.client(&caller);
        let refused = client
            .post_message(a_post(case, "One more thing."))
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::FailedPrecondition, "CASE_CLOSED")
        );
        let list = ListMessagesRequest {
            case_id: case.to_string(),
            ..ListMessagesRequest::default()
        };
        let thread = client.list_messages(list).await.unwrap().into_inner();
        assert_eq!((thread.messages.len(), thread.can_post), (1, false));
    }
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_2_a_message_is_shown_as_typed(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;

    let message = world
        .post(
            &a_caseworker(),
            case,
            "  <b>Dear</b> all,\r\n\r\n\t👩‍👧 & more  ",
        )
        .await;

    assert_eq!(message.body, "  <b>Dear</b> all,\n\n\t👩‍👧 & more  ");
    assert_eq!(
        world.thread(&a_caseworker(), case).await[0].body,
        message.body
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_2_every_wrong_field_is_named_at_once(db: PgPool) {
    let world = a_world(&db).await;
    let mut client = world.client(&a_caseworker());

    let refused = client
        .post_message(PostMessageRequest {
            request_id: "mine".into(),
            case_id: String::new(),
            body: "a".repeat(2_001),
            document_ids: vec![String::new(); 21],
            technical_issue: false,
        })
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::InvalidArgument);
    let fields: Vec<_> = violations(&refused)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    for field in ["request_id", "case_id", "body", "document_ids"] {
        assert!(fields.iter().any(|it| it == field), "{field} in {fields:?}");
    }
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_2_an_empty_message_is_refused_in_words(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;

    let refused = world
        .client(&a_caseworker())
        .post_message(a_post(case, " \r\n "))
        .await
        .unwrap_err();

    assert_eq!(
        violations(&refused),
        [("body".to_owned(), "Enter a message".to_owned())]
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_3_attachments_are_kept_with_the_names_they_had(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let letter = world.documents.add(case, "letter.pdf");
    let photo = world.documents.add(case, "photo.jpg");
    let mut post = a_post(case, "Two files.");
    post.document_ids = vec![photo.to_string(), letter.to_string(), photo.to_string()];

    world
        .client(&a_caseworker())
        .post_message(post)
        .await
        .unwrap();
    world.documents.withdraw(letter);

    let thread = world.thread(&a_caseworker(), case).await;
    let names: Vec<_> = thread[0]
        .attachments
        .iter()
        .map(|it| (it.document_id.clone(), it.name.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            (photo.to_string(), "photo.jpg"),
            (letter.to_string(), "letter.pdf")
        ]
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_3_a_document_of_another_case_is_no_attachment(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let elsewhere = world
        .documents
        .add(world.a_case(kit::id()).await, "secret.pdf");
    let mut post = a_post(case, "See this.");
    post.document_ids = vec![elsewhere.to_string()];

    let refused = world
        .client(&a_caseworker())
        .post_message(post)
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "NO_SUCH_DOCUMENT")
    );
    assert!(world.thread(&a_caseworker(), case).await.is_empty());
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn a_request_sent_twice_sends_one_message(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (case, _) = world.a_conversation(landlord).await;
    let ada = a_landlord_administrator(landlord);
    let post = a_post(case, "Here you are.");
    let mut client = world.client(&ada);

    let first = client
        .post_message(post.clone())
        .await
        .unwrap()
        .into_inner();
    world.clock.advance(Duration::seconds(5));
    let second = client
        .post_message(post.clone())
        .await
        .unwrap()
        .into_inner();
    world.close(case, landlord, now().date_naive()).await;
    let third = client.post_message(post).await.unwrap().into_inner();

    assert_eq!((&first, &first), (&second, &third));
    assert_eq!(world.thread(&ada, case).await.len(), 2);
    assert_eq!(outbox::testing::events::<MessagePosted>(&db).await.len(), 2);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn a_request_repeated_at_the_same_time_sends_one_message(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let caller = a_caseworker();
    let post = a_post(case, "Once.");

    let sent = futures::future::join_all((0..10).map(|_| {
        let (mut client, post) = (world.client(&caller), post.clone());
        async move { client.post_message(post).await.unwrap().into_inner().id }
    }))
    .await;

    assert!(sent.iter().all(|id| *id == sent[0]), "{sent:?}");
    assert_eq!(world.thread(&caller, case).await.len(), 1);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn a_request_id_is_not_used_for_another_message(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let caller = a_caseworker();
    let post = a_post(case, "One.");
    world
        .client(&caller)
        .post_message(post.clone())
        .await
        .unwrap();

    let other = PostMessageRequest {
        body: "Two.".into(),
        ..post.clone()
    };
    let refused = world.client(&caller).post_message(other).await.unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::AlreadyExists, "REQUEST_ID_REUSED")
    );
    // It is its sender's: somebody else may come to the same one.
    world
        .client(&a_caseworker())
        .post_message(post)
        .await
        .unwrap();
    assert_eq!(world.thread(&caller, case).await.len(), 2);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn messages_of_one_case_get_instants_one_after_the_other(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let caller = a_caseworker();

    let sent = futures::future::join_all((0..20).map(|n| {
        let mut client = world.client(&caller);
        async move {
            client
                .post_message(a_post(case, &n.to_string()))
                .await
                .unwrap()
                .into_inner()
                .sent_at
                .unwrap()
        }
    }))
    .await;

    let mut instants: Vec<_> = sent
        .iter()
        .map(|at| kit::time::instant(Some(at)).unwrap())
        .collect();
    instants.sort_unstable();
    instants.dedup();
    assert_eq!(instants.len(), 20);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn a_message_is_announced_without_its_text(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = kit::id();
    let (case, first) = world.a_conversation(landlord).await;

    let reply = world
        .post(
            &a_landlord_administrator(landlord).named("Ada"),
            case,
            "canary-7f3a",
        )
        .await;

    let events = outbox::testing::events::<MessagePosted>(&db).await;
    assert_eq!(
        events
            .iter()
            .map(|it| it.message_id.clone())
            .collect::<Vec<_>>(),
        [first.id, reply.id.clone()]
    );
    assert_eq!(
        (events[1].side(), events[1].author_name.as_str()),
        (Side::Landlord, "Ada")
    );
    assert_eq!(
        (events[1].case_id.as_str(), events[1].sent_at),
        (case.to_string().as_str(), reply.sent_at)
    );
    let leaks: i64 = sqlx::query_scalar(
        "select count(*) from outbox where position('canary-7f3a'::bytea in payload) > 0",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(leaks, 0);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn wh_1_the_audit_says_who_wrote_and_on_whose_behalf(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let casey = a_caseworker().through("helpdesk");
    let client = a_client(&["messages"]);

    world.post(&casey, case, "One.").await;
    world.post(&client, case, "Two.").await;

    let actors: Vec<String> =
        sqlx::query_scalar("select actor from changes where action = 'posted' order by id")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(
        actors,
        [
            format!("account:{} through client:helpdesk", casey.id()),
            format!("client:{}", client.id())
        ]
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_2_a_person_s_characters_are_counted_and_line_breaks_of_forms_are_one_each(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let mut client = world.client(&a_caseworker());
    let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}";
    // 1,000 lines of a form: a character and a line break each.
    let lines = format!("{family}\r\n").repeat(999) + "e\u{301}";

    let kept = client
        .post_message(a_post(case, &(lines.clone() + "x")))
        .await
        .unwrap()
        .into_inner()
        .body;
    let refused = client
        .post_message(a_post(case, &(lines + "xy")))
        .await
        .unwrap_err();

    assert_eq!(kept, format!("{family}\n").repeat(999) + "e\u{301}x");
    assert_eq!(
        violations(&refused),
        [(
            "body".to_owned(),
            "Message must be 2,000 characters or fewer".to_owned()
        )]
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_2_blank_lines_and_leading_spaces_stay(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let typed = "\n\n   1. One\n\n\n\t<script>alert('x')</script> & \u{202e}more  \n\n";

    world.post(&a_caseworker(), case, typed).await;

    assert_eq!(world.thread(&a_caseworker(), case).await[0].body, typed);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_3_an_attachment_that_is_lost_later_says_so(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;
    let ids = ["kept.pdf", "withdrawn.pdf", "infected.pdf"].map(|name| {
        let id = world.documents.add(case, name);
        id.to_string()
    });
    let mut post = a_post(case, "Three files.");
    post.document_ids = ids.to_vec();
    world
        .client(&a_caseworker())
        .post_message(post)
        .await
        .unwrap();

    world
        .hear_twice(&DocumentWithdrawn {
            document_id: ids[1].clone(),
            case_id: case.to_string(),
            actor: String::new(),
        })
        .await;
    world
        .hear_twice(&DocumentQuarantined {
            document_id: ids[2].clone(),
            case_id: case.to_string(),
            from_ombudsman: true,
        })
        .await;
    // Staff may withdraw an infected one as well; that it is infected matters more.
    world
        .hear(&DocumentWithdrawn {
            document_id: ids[2].clone(),
            case_id: case.to_string(),
            actor: String::new(),
        })
        .await;

    let states: Vec<_> = world.thread(&a_caseworker(), case).await[0]
        .attachments
        .iter()
        .map(|it| (it.name.clone(), it.state()))
        .collect();
    assert_eq!(
        states,
        [
            ("kept.pdf".to_owned(), AttachmentState::Present),
            ("withdrawn.pdf".to_owned(), AttachmentState::Withdrawn),
            ("infected.pdf".to_owned(), AttachmentState::Quarantined),
        ]
    );
}
