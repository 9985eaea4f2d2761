//! The answers that are owed: what starts the wait, what ends it, who sees it (ME-5).

use calendar::Calendar;
use chrono::{Duration, NaiveDate};
use proto::access::v1::Role;
use proto::case::v1::{CaseFacts, Team};
use proto::messaging::v1::{
    DismissReplyRequest, ListMessagesRequest, ListRepliesOwedRequest, MessagePosted,
    PostMessageRequest, RecountRepliesRequest, RecountRepliesResponse, ReplyOutcome, ReplyOwed,
    ReplyRedated, ReplySettled, ReplyUrgency,
};
use sqlx::PgPool;
use testkit::{
    Caller, a, a_caseworker, a_client, a_landlord_administrator, a_senior_colleague, reason,
    violations,
};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::given::{self, World, a_post, a_world, a_world_by, closing, now};

/// What somebody sees of what is owed, page by page.
pub async fn owed(world: &World, caller: &Caller) -> Vec<ReplyOwed> {
    listed(world, caller, ListRepliesOwedRequest::default()).await
}

async fn listed(
    world: &World,
    caller: &Caller,
    mut request: ListRepliesOwedRequest,
) -> Vec<ReplyOwed> {
    let mut listed = Vec::new();
    request.page_size = 2;
    loop {
        let page = world
            .client(caller)
            .list_replies_owed(request.clone())
            .await
            .unwrap()
            .into_inner();
        listed.extend(page.replies);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return listed;
        }
    }
}

/// A conversation in which a landlord has asked something; gives the case and the landlord.
async fn a_question(world: &World) -> (Uuid, Uuid) {
    let landlord = kit::id();
    let (case, _) = world.a_conversation(landlord).await;
    world
        .post(&a_landlord_administrator(landlord), case, "When?")
        .await;
    (case, landlord)
}

fn a_technical_issue(case: Uuid) -> PostMessageRequest {
    PostMessageRequest {
        technical_issue: true,
        ..a_post(case, "The page is blank.")
    }
}

async fn dismiss(world: &World, caller: &Caller, reply: &ReplyOwed) -> Result<ReplyOwed, Status> {
    let request = DismissReplyRequest {
        reply_id: reply.id.clone(),
        version: reply.version,
        reason: "It is a thank-you.".to_owned(),
    };
    world
        .client(caller)
        .dismiss_reply(request)
        .await
        .map(tonic::Response::into_inner)
}

async fn settled(db: &PgPool) -> Vec<ReplyOutcome> {
    outbox::testing::events::<ReplySettled>(db)
        .await
        .iter()
        .map(ReplySettled::outcome)
        .collect()
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_a_landlord_s_message_is_owed_an_answer_within_15_working_days(db: PgPool) {
    let world = a_world(&db).await;
    let (case, landlord) = a_question(&world).await;
    let ada = a_landlord_administrator(landlord);
    world.clock.advance(Duration::days(1));
    world.post(&ada, case, "And how?").await;

    let owed = owed(&world, &a_caseworker()).await;

    // Tuesday 10 June: day 15 is Tuesday 1 July. What joins the wait later changes nothing of that.
    assert_eq!(owed.len(), 1);
    assert_eq!(
        (owed[0].due_on.as_str(), owed[0].messages, owed[0].urgency()),
        ("2025-07-01", 2, ReplyUrgency::Pending)
    );
    assert_eq!(
        owed[0].awaited_since,
        Some(kit::time::timestamp(now() + Duration::microseconds(1))),
        "the landlord's came after the first message, in the same instant by the clock"
    );
    let thread = world
        .client(&ada)
        .list_messages(ListMessagesRequest {
            case_id: case.to_string(),
            ..ListMessagesRequest::default()
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(thread.reply_due_on, "2025-07-01");
    let told: Vec<_> = outbox::testing::events::<MessagePosted>(&db)
        .await
        .into_iter()
        .map(|it| it.reply_due_on)
        .collect();
    assert_eq!(told, ["", "2025-07-01", "2025-07-01"]);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_a_technical_issue_has_a_clock_of_its_own_of_5_working_days(db: PgPool) {
    let world = a_world(&db).await;
    let (case, landlord) = a_question(&world).await;
    let ada = a_landlord_administrator(landlord);
    for _ in 0..2 {
        world
            .client(&ada)
            .post_message(a_technical_issue(case))
            .await
            .unwrap();
        world.clock.advance(Duration::days(1));
    }

    let owed = owed(&world, &a_caseworker()).await;

    let waits: Vec<_> = owed
        .iter()
        .map(|it| (it.due_on.as_str(), it.technical_issue, it.messages))
        .collect();
    assert_eq!(waits, [("2025-06-17", true, 2), ("2025-07-01", false, 1)]);
    assert!(world.thread(&ada, case).await[0].technical_issue);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_staff_do_not_report_technical_issues(db: PgPool) {
    let world = a_world(&db).await;
    let case = world.a_case(kit::id()).await;

    let refused = world
        .client(&a_caseworker())
        .post_message(a_technical_issue(case))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "NOT_A_LANDLORDS")
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_what_staff_write_answers_everything_on_the_case(db: PgPool) {
    let world = a_world(&db).await;
    let (case, landlord) = a_question(&world).await;
    let ada = a_landlord_administrator(landlord);
    world
        .client(&ada)
        .post_message(a_technical_issue(case))
        .await
        .unwrap();
    a_question(&world).await;

    world.clock.advance(Duration::days(3));
    world
        .post(&a_caseworker().named("Casey"), case, "On Monday.")
        .await;

    assert_eq!(owed(&world, &a_caseworker()).await.len(), 1);
    assert_eq!(
        settled(&db).await,
        [ReplyOutcome::Answered, ReplyOutcome::Answered]
    );
    let event = outbox::testing::events::<ReplySettled>(&db).await.remove(0);
    assert_eq!(event.actor, "Casey");
    let ledger: Vec<String> = sqlx::query_scalar(
        "select entry ->> 'what' from reply_entries join reply_clocks on id = reply_id where case_id = $1 order by technical_issue, number",
    )
    .bind(case)
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(ledger, ["started", "met", "started", "met"]);

    // The next question starts anew.
    world.post(&ada, case, "Which Monday?").await;
    assert_eq!(owed(&world, &a_caseworker()).await[1].due_on, "2025-07-04");
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_what_is_owed_is_listed_soonest_first_to_the_last_page(db: PgPool) {
    let world = a_world(&db).await;
    let mut expected = Vec::new();
    for _ in 0..5 {
        let (case, _) = a_question(&world).await;
        expected.push(case.to_string());
        world.clock.advance(Duration::days(1));
    }

    let cases: Vec<_> = owed(&world, &a_caseworker())
        .await
        .into_iter()
        .map(|it| it.case_id)
        .collect();

    assert_eq!(cases, expected);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_caseworkers_see_their_own_their_team_s_and_all(db: PgPool) {
    let world = a_world(&db).await;
    let (casey, landlord) = (a_caseworker(), kit::id());
    let ada = a_landlord_administrator(landlord);
    let of = |team: Team, owner: &str| CaseFacts {
        team: team.into(),
        owner_account_id: owner.to_owned(),
        ..given::facts(landlord)
    };
    let own = world
        .a_case_of(of(Team::Triage, &casey.id().to_string()))
        .await;
    let team = world.a_case_of(of(Team::Triage, "")).await;
    let other = world.a_case_of(of(Team::Review, "")).await;
    for case in [own, team, other] {
        world.start(case).await;
        world.post(&ada, case, "When?").await;
    }
    let cases = async |request| -> Vec<String> {
        let replies = listed(&world, &casey, request).await;
        replies.into_iter().map(|it| it.case_id).collect()
    };

    let own_ones = cases(ListRepliesOwedRequest {
        owner_account_id: casey.id().to_string(),
        ..ListRepliesOwedRequest::default()
    })
    .await;
    let of_team = cases(ListRepliesOwedRequest {
        team: Team::Triage.into(),
        ..ListRepliesOwedRequest::default()
    })
    .await;
    let all = cases(ListRepliesOwedRequest::default()).await;
    let on_one = cases(ListRepliesOwedRequest {
        case_id: other.to_string(),
        ..ListRepliesOwedRequest::default()
    })
    .await;

    assert_eq!(own_ones, [own.to_string()]);
    assert_eq!(of_team, [own.to_string(), team.to_string()]);
    assert_eq!(all.len(), 3);
    assert_eq!(on_one, [other.to_string()]);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_late_ones_are_flagged_and_can_be_asked_for(db: PgPool) {
    let world = a_world(&db).await;
    let (late, _) = a_question(&world).await;
    world.clock.advance(Duration::days(19));
    a_question(&world).await;
    // Sunday 29 June: one working day is left of the first.
    let overdue = ListRepliesOwedRequest {
        overdue_only: true,
        ..ListRepliesOwedRequest::default()
    };
    assert_eq!(
        owed(&world, &a_caseworker()).await[0].urgency(),
        ReplyUrgency::Approaching
    );
    assert!(
        listed(&world, &a_caseworker(), overdue.clone())
            .await
            .is_empty()
    );

    // Wednesday 2 July.
    world.clock.advance(Duration::days(3));

    let found = listed(&world, &a_caseworker(), overdue).await;
    assert_eq!(
        (found.len(), found[0].case_id.as_str(), found[0].urgency()),
        (1, late.to_string().as_str(), ReplyUrgency::Overdue)
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_no_answer_needed_takes_a_reason_that_is_kept(db: PgPool) {
    let world = a_world(&db).await;
    let (case, landlord) = a_question(&world).await;
    let casey = a_caseworker().named("Casey");
    let reply = owed(&world, &casey).await.remove(0);

    let ended = dismiss(&world, &casey, &reply).await.unwrap();

    assert_eq!(
        (ended.outcome(), ended.reason.as_str()),
        (ReplyOutcome::NotNeeded, "It is a thank-you.")
    );
    assert!(owed(&world, &casey).await.is_empty());
    assert_eq!(settled(&db).await, [ReplyOutcome::NotNeeded]);
    let (actor, kept): (String, String) = sqlx::query_as(
        "select actor, details ->> 'reason' from changes where action = 'reply_dismissed'",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(
        (actor, kept.as_str()),
        (format!("account:{}", casey.id()), "It is a thank-you.")
    );
    // It ends this wait and not the next one.
    world
        .post(&a_landlord_administrator(landlord), case, "One more thing.")
        .await;
    assert_eq!(owed(&world, &casey).await[0].messages, 1);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_a_message_that_was_not_considered_is_not_dismissed(db: PgPool) {
    let world = a_world(&db).await;
    let (case, landlord) = a_question(&world).await;
    let seen = owed(&world, &a_caseworker()).await.remove(0);
    world
        .post(
            &a_landlord_administrator(landlord),
            case,
            "It is urgent now.",
        )
        .await;

    let refused = dismiss(&world, &a_caseworker(), &seen).await.unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "STALE")
    );
    assert_eq!(owed(&world, &a_caseworker()).await.len(), 1);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_what_has_ended_can_not_be_dismissed(db: PgPool) {
    let world = a_world(&db).await;
    let (case, _) = a_question(&world).await;
    let seen = owed(&world, &a_caseworker()).await.remove(0);
    world.post(&a_caseworker(), case, "Tomorrow.").await;
    let nowhere = ReplyOwed {
        id: kit::id().to_string(),
        ..seen.clone()
    };

    let ended = dismiss(&world, &a_caseworker(), &seen).await.unwrap_err();
    let missing = dismiss(&world, &a_caseworker(), &nowhere)
        .await
        .unwrap_err();

    assert_eq!(
        (ended.code(), reason(&ended).as_str()),
        (Code::FailedPrecondition, "REPLY_SETTLED")
    );
    assert_eq!(
        (missing.code(), reason(&missing).as_str()),
        (Code::NotFound, "NO_SUCH_REPLY")
    );
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_a_reason_is_needed(db: PgPool) {
    let world = a_world(&db).await;

    let refused = world
        .client(&a_senior_colleague())
        .dismiss_reply(DismissReplyRequest {
            reply_id: "7".to_owned(),
            version: 0,
            reason: " ".to_owned(),
        })
        .await
        .unwrap_err();

    let fields: Vec<_> = violations(&refused).into_iter().map(|it| it.0).collect();
    assert_eq!(fields, ["reply_id", "reason"]);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_the_wrong_person_sees_and_dismisses_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let (_, landlord) = a_question(&world).await;
    let reply = owed(&world, &a_caseworker()).await.remove(0);

    for caller in [
        a_landlord_administrator(landlord),
        a(Role::SystemAdministrator),
        a(Role::ComplaintsInvestigator),
        a(Role::CustomerInsightManager),
        a(Role::IndependentReviewer),
        a_client(&["tasks"]),
    ] {
        let list = world
            .client(&caller)
            .list_replies_owed(ListRepliesOwedRequest::default())
            .await
            .unwrap_err();
        let dismissed = dismiss(&world, &caller, &reply).await.unwrap_err();
        assert_eq!(
            (list.code(), dismissed.code()),
            (Code::PermissionDenied, Code::PermissionDenied),
            "{caller:?}"
        );
    }
    for caller in [a_landlord_administrator(landlord), a_caseworker()] {
        let refused = world
            .client(&caller)
            .recount_replies(RecountRepliesRequest {})
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_closing_the_case_ends_the_wait_once(db: PgPool) {
    let world = a_world(&db).await;
    let (case, landlord) = a_question(&world).await;
    a_question(&world).await;

    world
        .hear_twice(&closing(case, landlord, now().date_naive()))
        .await;

    let owed = owed(&world, &a_caseworker()).await;
    assert_eq!(owed.len(), 1);
    assert_ne!(owed[0].case_id, case.to_string());
    assert_eq!(settled(&db).await, [ReplyOutcome::CaseClosed]);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn me_5_an_answer_and_a_dismissal_at_once_end_the_wait_once(db: PgPool) {
    let world = a_world(&db).await;
    for _ in 0..5 {
        let (case, _) = a_question(&world).await;
        let seen = owed(&world, &a_caseworker()).await.remove(0);
        let casey = a_caseworker();

        let (_, dismissed) = futures::future::join(
            world.post(&casey, case, "Tomorrow."),
            dismiss(&world, &casey, &seen),
        )
        .await;

        if let Err(refused) = dismissed {
            assert_eq!(reason(&refused), "REPLY_SETTLED");
        }
        assert!(owed(&world, &casey).await.is_empty());
    }
    assert_eq!(settled(&db).await.len(), 5);
}

/// The bank holidays that are shipped, and some more.
fn with_more(dates: &[&str]) -> Calendar {
    let shipped = include_str!("../../../calendar/data/bank-holidays.json");
    let mut holidays: serde_json::Value = serde_json::from_str(shipped).unwrap();
    let events = holidays["england-and-wales"]["events"]
        .as_array_mut()
        .unwrap();
    events.extend(dates.iter().map(|date| {
        serde_json::json!({"title": "A day of rest", "date": date, "notes": "", "bunting": true})
    }));
    events.sort_by_key(|it| it["date"].as_str().unwrap().to_owned());
    Calendar::from_json(&holidays.to_string()).unwrap()
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn a_new_bank_holiday_moves_dates_only_when_they_are_counted_again(db: PgPool) {
    let world = a_world(&db).await;
    a_question(&world).await;
    let renewed = a_world_by(&db, with_more(&["2025-06-20"])).await;
    assert_eq!(
        owed(&renewed, &a_caseworker()).await[0].due_on,
        "2025-07-01"
    );
    let recount = async || {
        renewed
            .client(&a_senior_colleague())
            .recount_replies(RecountRepliesRequest {})
            .await
            .unwrap()
            .into_inner()
    };

    let first = recount().await;
    let second = recount().await;

    assert_eq!(
        first,
        RecountRepliesResponse {
            recounted: 1,
            redated: 1
        }
    );
    assert_eq!(second, RecountRepliesResponse::default());
    assert_eq!(
        owed(&renewed, &a_caseworker()).await[0].due_on,
        "2025-07-02"
    );
    let told = outbox::testing::events::<ReplyRedated>(&db).await;
    assert_eq!(
        (
            told.len(),
            told[0].previous_due_on.as_str(),
            told[0].facts.as_ref().unwrap().due_on.as_str()
        ),
        (1, "2025-07-01", "2025-07-02")
    );
    let audited: i64 =
        sqlx::query_scalar("select count(*) from changes where action = 'reply_redated'")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(audited, 1);
}

#[sqlx::test(migrator = "messaging::MIGRATOR")]
async fn a_message_is_taken_when_its_date_can_t_be_counted_and_the_wait_starts_once_it_can(
    db: PgPool,
) {
    let world = a_world(&db).await;
    world.clock.set("2028-12-20T10:00:00Z".parse().unwrap());
    a_question(&world).await;
    assert!(owed(&world, &a_caseworker()).await.is_empty());

    let of_2029 = [
        "2029-01-01",
        "2029-03-30",
        "2029-04-02",
        "2029-05-07",
        "2029-05-28",
        "2029-08-27",
        "2029-12-25",
        "2029-12-26",
    ];
    let renewed = a_world_by(&db, with_more(&of_2029)).await;
    renewed.clock.set("2028-12-21T10:00:00Z".parse().unwrap());
    let cancel = tokio_util::sync::CancellationToken::new();
    renewed.app.sweep(&cancel).await.unwrap();

    let due: NaiveDate = owed(&renewed, &a_caseworker()).await[0]
        .due_on
        .parse()
        .unwrap();
    assert_eq!(due, NaiveDate::from_ymd_opt(2029, 1, 15).unwrap());
}
