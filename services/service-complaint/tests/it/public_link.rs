//! Private links, and what a person does through them (SC-15).

use chrono::TimeDelta;
use proto::service_complaint::v1::resolve_file_access_request::Secret;
use proto::service_complaint::v1::{
    AskForLinkRequest, AskForStage2Request, EscalationRequested, Format, GetWebformRequest,
    LinkCause, LinkRequested, ListHistoryRequest, MintLinkRequest, MintLinkResponse,
    NoteFilesRequest, OutcomeReply, PersonWrote, Progress, ReplyToOutcomeRequest,
    ResolveFileAccessRequest, SendLinkRequest, Standing, StepState, TrackRequest,
    WriteAfterClosingRequest, WrittenAbout,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::{Code, Status};

use crate::given::{World, a_complaint, a_world};
use crate::journey::Journey;
use crate::public_form::{Form, answers};

/// A link to a complaint, as a colleague has it sent and notification puts it into an email.
async fn link_to(world: &World, db: &PgPool, journey: &Journey) -> String {
    let request = SendLinkRequest {
        complaint_id: journey.complaint.id.clone(),
    };
    let mut investigator = world.public_of(&world.investigator);
    investigator.send_link(request).await.unwrap();
    let asked = outbox::testing::events::<LinkRequested>(db).await;
    mint(world, &asked.last().unwrap().request_id)
        .await
        .unwrap()
        .link_token
}

async fn mint(world: &World, request_id: &str) -> Result<MintLinkResponse, Status> {
    let request = MintLinkRequest {
        request_id: request_id.to_owned(),
    };
    let mut notification = world.delivery("notification");
    Ok(notification.mint_link(request).await?.into_inner())
}

async fn track(world: &World, link: &str) -> Result<Progress, Status> {
    let request = TrackRequest {
        link_token: link.to_owned(),
    };
    Ok(world.public().track(request).await?.into_inner())
}

fn escalating(link: &str) -> AskForStage2Request {
    AskForStage2Request {
        link_token: link.to_owned(),
        reasons: "You did not look at the second call.".to_owned(),
        missed: vec!["The second call".to_owned(), " ".to_owned()],
        new_evidence: "A recording".to_owned(),
        circumstances: String::new(),
    }
}

/// 1.7, and audit recommendation 5: The event has no link, and no table has one: it is made when the email goes out.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_a_link_is_made_at_delivery_and_stands_in_no_table(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::filled(&world, answers()).await;
    form.send().await.unwrap();
    let asked = outbox::testing::events::<LinkRequested>(&db).await;

    let first = mint(&world, &asked[0].request_id).await.unwrap();
    let again = mint(&world, &asked[0].request_id).await.unwrap();

    assert_eq!(first.address, "asha@resident.example");
    assert_eq!(first.reference, "SC202500001");
    assert_eq!(first.acknowledgement_due_on, "2025-06-17");
    for link in [&first.link_token, &again.link_token] {
        assert_eq!(track(&world, link).await.unwrap().reference, "SC202500001");
    }
    for table in ["links", "link_requests", "outbox", "changes"] {
        let query =
            format!("select coalesce(string_agg(to_jsonb(t)::text, ' '), '') from {table} t");
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
            .fetch_one(&db)
            .await
            .unwrap();
        assert!(!rows.contains(&first.link_token), "{table}");
    }
}

/// 1.7, and audit recommendation 5
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_only_the_newest_few_links_work_and_none_for_ever(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.recorded().await;
    let mut links = Vec::new();
    for _ in 0..6 {
        links.push(link_to(&world, &db, &journey).await);
    }

    let oldest = track(&world, &links[0]).await.unwrap_err();
    assert_eq!(
        (oldest.code(), reason(&oldest).as_str()),
        (Code::NotFound, "NO_SUCH_LINK")
    );
    assert!(track(&world, &links[1]).await.is_ok());
    world.clock.advance(TimeDelta::days(180));

    let ended = track(&world, &links[5]).await.unwrap_err();
    assert_eq!(reason(&ended), "NO_SUCH_LINK");
    for made_up in ["", "made-up", &"x".repeat(65)] {
        let refused = track(&world, made_up).await.unwrap_err();
        assert_eq!(reason(&refused), "NO_SUCH_LINK");
    }
}

/// 1.7, and audit recommendation 5: The secret says whose files they are, and until when they can be changed; nobody but document asks.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_a_secret_opens_the_files_of_its_own_complaint_alone(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::filled(&world, answers()).await;
    let other = Form::begin(&world).await;
    let by_form = |token: &str| Some(Secret::DraftToken(token.to_owned()));
    let by_link = |token: &str| Some(Secret::LinkToken(token.to_owned()));

    let before = files_of(&world, by_form(&form.token)).await.unwrap();
    let of_other = files_of(&world, by_form(&other.token)).await.unwrap();
    form.send().await.unwrap();
    let after = files_of(&world, by_form(&form.token)).await.unwrap();
    let asked = outbox::testing::events::<LinkRequested>(&db).await;
    let link = mint(&world, &asked[0].request_id).await.unwrap().link_token;
    let linked = files_of(&world, by_link(&link)).await.unwrap();

    assert_eq!(before, (form.draft.id.clone(), true, true));
    assert_eq!(of_other.0, other.draft.id);
    assert_eq!(after, (form.draft.id.clone(), false, false));
    assert_eq!(
        linked,
        (form.draft.id.clone(), true, false),
        "more can be sent, and nothing is taken back"
    );
    for (wrong, expected) in [
        (by_form(&link), "NO_SUCH_DRAFT"),
        (by_form(&form.draft.id), "NO_SUCH_DRAFT"),
        (by_form(""), "NO_SUCH_DRAFT"),
        (by_link(&form.token), "NO_SUCH_LINK"),
        (None, "NO_SUCH_DRAFT"),
    ] {
        let refused = files_of(&world, wrong).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::NotFound, expected)
        );
    }
    let edge = world
        .file_access("gateway")
        .resolve_file_access(ResolveFileAccessRequest {
            secret: by_form(&form.token),
        })
        .await;
    assert_eq!(edge.unwrap_err().code(), Code::PermissionDenied);
}

/// The complaint, and whether files can be added and taken back.
async fn files_of(world: &World, secret: Option<Secret>) -> Result<(String, bool, bool), Status> {
    let request = ResolveFileAccessRequest { secret };
    let mut document = world.file_access("document");
    let opened = document.resolve_file_access(request).await?.into_inner();
    Ok((opened.complaint_id, opened.can_change, opened.can_take_back))
}

/// 1.7, and audit recommendation 5: Nobody but notification makes a link, and nobody but Customer Insight has one sent.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_the_wrong_process_and_the_wrong_person_are_turned_away(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.recorded().await;
    let request = SendLinkRequest {
        complaint_id: journey.complaint.id.clone(),
    };

    let minted = world
        .delivery("gateway")
        .mint_link(MintLinkRequest::default())
        .await;
    let nobody = world.public().send_link(request.clone()).await;
    let caseworker = world
        .public_of(&testkit::a_caseworker())
        .send_link(request.clone())
        .await;
    let webform = world
        .public()
        .get_webform(GetWebformRequest {
            complaint_id: journey.complaint.id.clone(),
        })
        .await;

    assert_eq!(minted.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(nobody.unwrap_err().code(), Code::Unauthenticated);
    assert_eq!(caseworker.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(webform.unwrap_err().code(), Code::Unauthenticated);
}

/// 1.7, and audit recommendation 5
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_who_has_no_email_is_sent_no_link(db: PgPool) {
    let world = a_world(&db).await;
    let mut request = a_complaint();
    let user = request.service_user.as_mut().unwrap();
    user.email.clear();
    user.set_format(Format::Letter);
    "1 High Street\nLeeds".clone_into(&mut user.postal_address);
    let journey = world.recorded_as(request).await;

    let refused = world
        .public_of(&world.investigator)
        .send_link(SendLinkRequest {
            complaint_id: journey.complaint.id,
        })
        .await
        .unwrap_err();

    assert_eq!(reason(&refused), "NO_EMAIL");
}

/// 1.7, and audit recommendation 5: The answer is the same whether or not there is such a complaint, and nobody's mailbox is filled.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_a_new_link_is_asked_for_without_telling_what_there_is(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.recorded().await;
    let ask = |reference: &str, email: &str| AskForLinkRequest {
        reference: reference.to_owned(),
        email: email.to_owned(),
        client_address: "203.0.113.7".to_owned(),
    };
    let reference = journey.complaint.reference.to_lowercase();

    for request in [
        ask(&reference, "another@example.org"),
        ask("SC202599999", "asha@example.org"),
        ask(&reference, "ASHA@example.org"),
        ask(&reference, "asha@example.org"),
        ask(&reference, "asha@example.org"),
        ask(&reference, "asha@example.org"),
    ] {
        world.public().ask_for_link(request).await.unwrap();
    }

    let asked = outbox::testing::events::<LinkRequested>(&db).await;
    assert_eq!(asked.len(), 3, "three in an hour");
    assert!(asked.iter().all(|it| it.cause() == LinkCause::Asked));
    for _ in 0..4 {
        let request = ask(&reference, "asha@example.org");
        world.public().ask_for_link(request).await.unwrap();
    }
    let refused = world.public().ask_for_link(ask("SC1", "a@b.example")).await;
    assert_eq!(refused.unwrap_err().code(), Code::ResourceExhausted);
    let wrong = world.public().ask_for_link(ask("", "no address")).await;
    let fields: Vec<_> = violations(&wrong.unwrap_err())
        .into_iter()
        .map(|it| it.0)
        .collect();
    assert_eq!(fields, ["reference", "email"]);
}

/// 1.7, and audit recommendation 5: Where it is, what happens next and by when, at every standing.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_the_link_tells_where_it_is_what_is_next_and_by_when(db: PgPool) {
    let world = a_world(&db).await;
    let standings = [
        (world.recorded().await, Standing::Received, "2025-06-13"),
        (
            world.investigated().await,
            Standing::Investigated,
            "2025-06-24",
        ),
        (world.answered().await, Standing::Answered, "2025-07-08"),
        (world.requested().await, Standing::Requested, "2025-06-17"),
        (world.reviewed().await, Standing::Reviewed, "2025-07-08"),
    ];

    for (journey, standing, next_on) in standings {
        let link = link_to(&world, &db, &journey).await;
        let progress = track(&world, &link).await.unwrap();

        assert_eq!(progress.standing(), standing);
        assert_eq!(progress.next_on, next_on, "{standing:?}");
        assert!(!progress.now.is_empty() && !progress.next.is_empty());
        let now: Vec<_> = progress
            .steps
            .iter()
            .filter(|it| it.state() == StepState::Now)
            .collect();
        assert_eq!(now.len(), 1, "{standing:?}: {:?}", progress.steps);
    }
}

/// 4.3: the person is told of more time, and of the reasons once a letter has told them.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_4_3_more_time_is_told_with_its_reason_once_the_person_heard_of_it(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    let link = link_to(&world, &db, &journey).await;

    journey.extend(5, "We wait for a recording").await.unwrap();
    let untold = track(&world, &link).await.unwrap();
    journey.tell("2025-06-10").await.unwrap();
    let told = track(&world, &link).await.unwrap();

    assert_eq!(
        (
            untold.more_time[0].until.as_str(),
            untold.more_time[0].reason.as_str()
        ),
        ("2025-07-01", "")
    );
    assert_eq!(told.more_time[0].reason, "We wait for a recording");
    assert_eq!(told.next_on, "2025-07-01");
    world.on("2025-07-02");
    let late = track(&world, &link).await.unwrap();
    assert!(
        late.next.contains("We are late, and we are sorry"),
        "{}",
        late.next
    );
}

/// 44.1: confirmed, or corrected, while it is investigated and not before.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_44_1_the_person_confirms_or_corrects_the_desired_outcome(db: PgPool) {
    let world = a_world(&db).await;
    let early = world.recorded().await;
    let early = link_to(&world, &db, &early).await;
    let mut journey = world.investigated().await;
    journey.assign(&world.investigator).await.unwrap();
    let link = link_to(&world, &db, &journey).await;
    let say = |link: &str, reply: OutcomeReply, outcome: &str| ReplyToOutcomeRequest {
        link_token: link.to_owned(),
        reply: reply.into(),
        desired_outcome: outcome.to_owned(),
    };
    let mut person = world.public();

    let too_early = person
        .reply_to_outcome(say(&early, OutcomeReply::Confirmed, ""))
        .await;
    let silent = person
        .reply_to_outcome(say(&link, OutcomeReply::NoReply, ""))
        .await;
    let empty = person
        .reply_to_outcome(say(&link, OutcomeReply::Corrected, " "))
        .await;
    let corrected = person
        .reply_to_outcome(say(&link, OutcomeReply::Corrected, "A call from a manager"))
        .await
        .unwrap()
        .into_inner();

    assert_eq!(reason(&too_early.unwrap_err()), "WRONG_STANDING");
    assert_eq!(violations(&silent.unwrap_err())[0].0, "reply");
    assert_eq!(violations(&empty.unwrap_err())[0].0, "desired_outcome");
    assert_eq!(corrected.desired_outcome, "A call from a manager");
    journey.refresh().await;
    assert_eq!(journey.complaint.outcome_reply(), OutcomeReply::Corrected);
    assert_eq!(journey.complaint.desired_outcome, "A call from a manager");
    let told = outbox::testing::events::<PersonWrote>(&db).await;
    assert_eq!(
        (told.len(), told[0].about(), told[0].owner_id.as_str()),
        (
            1,
            WrittenAbout::Outcome,
            world.investigator.id().to_string().as_str()
        ),
        "whoever handles it hears of the answer, and of no refused one"
    );
}

/// 4.10, 4.12: with reasons and points, once however often it is pressed, and by no colleague's hand.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_4_12_the_person_asks_for_stage_2_by_the_link(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    let link = link_to(&world, &db, &journey).await;
    let mut person = world.public();
    let silent = AskForStage2Request {
        reasons: " ".to_owned(),
        ..escalating(&link)
    };

    let silent = person.ask_for_stage2(silent).await.unwrap_err();
    let asked = person
        .ask_for_stage2(escalating(&link))
        .await
        .unwrap()
        .into_inner();
    let pressed_twice = person
        .ask_for_stage2(escalating(&link))
        .await
        .unwrap()
        .into_inner();

    assert_eq!(violations(&silent)[0].0, "reasons");
    assert_eq!(asked.standing(), Standing::Requested);
    assert_eq!(asked.next_on, "2025-06-17");
    assert_eq!(pressed_twice, asked);
    journey.refresh().await;
    let points: Vec<_> = journey.elements(2).into_iter().map(|it| it.text).collect();
    assert_eq!(points, ["The second call"]);
    let announced = outbox::testing::events::<EscalationRequested>(&db).await;
    assert_eq!(announced.len(), 1);
    let other = AskForStage2Request {
        reasons: "And another thing".to_owned(),
        ..escalating(&link)
    };
    let twice = person.ask_for_stage2(other).await.unwrap_err();
    assert_eq!(reason(&twice), "WRONG_STANDING");
    // 4.15: whoever asked is nobody who had a part in stage 1.
    journey.accept("2025-06-10", &world.reviewer).await.unwrap();
}

/// 4.14: a request that was refused is over. The same words sent once more are no request that we have.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_4_14_a_request_that_was_refused_is_not_taken_for_one_that_waits(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.answered().await;
    let link = link_to(&world, &db, &journey).await;
    let mut person = world.public();
    person.ask_for_stage2(escalating(&link)).await.unwrap();
    let mut journey = journey.seen_by(world.client(world.reviewer.clone()));
    journey.refresh().await;
    journey
        .reject("2025-06-10", "It says nothing new")
        .await
        .unwrap();

    let again = person.ask_for_stage2(escalating(&link)).await;

    assert_eq!(reason(&again.unwrap_err()), "WRONG_STANDING");
}

/// 4.13: the private page says where the request went.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_4_13_a_request_that_is_a_new_complaint_is_told_as_that(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.requested().await;
    let link = link_to(&world, &db, &journey).await;
    let mut journey = journey.seen_by(world.client(world.reviewer.clone()));
    journey.treat_as_new("2025-06-10").await.unwrap();

    let told = track(&world, &link).await.unwrap();

    assert!(
        told.next.contains(
            "On 10 June 2025 we told you that we treat what you wrote as a new complaint"
        ),
        "{}",
        told.next
    );
    assert!(!told.can_ask_for_stage_2);
}

/// 4.10: who names no point disagrees with all of stage 1.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_4_10_without_points_all_of_stage_1_is_reviewed(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    let link = link_to(&world, &db, &journey).await;
    let request = AskForStage2Request {
        missed: Vec::new(),
        ..escalating(&link)
    };

    world.public().ask_for_stage2(request).await.unwrap();

    journey.refresh().await;
    let texts = |stage| -> Vec<_> {
        journey
            .elements(stage)
            .into_iter()
            .map(|it| it.text)
            .collect()
    };
    assert_eq!(texts(2), texts(1));
}

/// 4.12: after the four weeks with the circumstances, by which a colleague decides.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_4_12_a_late_request_tells_its_circumstances(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    let link = link_to(&world, &db, &journey).await;
    world.on("2025-07-09");
    let mut person = world.public();
    assert!(track(&world, &link).await.unwrap().stage_2_late);
    let explained = AskForStage2Request {
        circumstances: "I was in hospital.".to_owned(),
        ..escalating(&link)
    };

    let refused = person.ask_for_stage2(escalating(&link)).await.unwrap_err();
    person.ask_for_stage2(explained).await.unwrap();

    assert_eq!(violations(&refused)[0].0, "circumstances");
    journey.refresh().await;
    let stage = journey.complaint.stage_2.clone().unwrap();
    assert_eq!(stage.discretion, "I was in hospital.");
}

/// 4.21, 4.22: answered for four weeks, filed after that; the same message twice is one.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_11_4_21_the_person_writes_about_a_closed_complaint(db: PgPool) {
    let world = a_world(&db).await;
    let open = world.investigated().await;
    let open = link_to(&world, &db, &open).await;
    let journey = world.answered().await;
    let link = link_to(&world, &db, &journey).await;
    let write = |link: &str, id: uuid::Uuid, text: &str| WriteAfterClosingRequest {
        link_token: link.to_owned(),
        request_id: id.to_string(),
        text: text.to_owned(),
    };
    let (first, second) = (kit::id(), kit::id());
    let mut person = world.public();

    let not_closed = person
        .write_after_closing(write(&open, first, "Hello"))
        .await;
    let empty = person.write_after_closing(write(&link, first, " ")).await;
    let answered = person
        .write_after_closing(write(&link, first, "Thank you"))
        .await;
    let again = person
        .write_after_closing(write(&link, first, "Thank you"))
        .await;
    world.on("2025-07-09");
    let filed = person
        .write_after_closing(write(&link, second, "One more thing"))
        .await;

    let told = outbox::testing::events::<PersonWrote>(&db).await;
    let waits: Vec<_> = told.iter().map(|it| it.acknowledge_by.as_str()).collect();
    assert_eq!(waits, ["2025-06-17", ""], "each is told once");
    assert_eq!(reason(&not_closed.unwrap_err()), "WRONG_STANDING");
    assert_eq!(violations(&empty.unwrap_err())[0].0, "text");
    assert!(answered.unwrap().into_inner().answered);
    assert!(again.unwrap().into_inner().answered);
    assert!(!filed.unwrap().into_inner().answered);
    let kept: i64 = sqlx::query_scalar("select count(*) from correspondence")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(kept, 2);
}

/// 4.2, 4.12: files are sent while it is looked at and once stage 2 is asked for; not before the request, and not after the end.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_4_12_files_go_with_a_complaint_that_is_looked_at_and_whoever_deals_with_it_sees_that(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let note = |link: &str, count| NoteFilesRequest {
        link_token: link.to_owned(),
        count,
    };
    let mut person = world.public();
    for (journey, takes) in [
        (world.recorded().await, true),
        (world.investigated().await, true),
        (world.answered().await, false),
        (world.requested().await, true),
        (world.reviewed().await, true),
    ] {
        let link = link_to(&world, &db, &journey).await;
        let before = track(&world, &link).await.unwrap();

        let noted = person.note_files(note(&link, 2)).await;

        assert_eq!(before.can_add_files, takes, "{:?}", before.standing());
        let opened = files_of(&world, Some(Secret::LinkToken(link.clone()))).await;
        let (id, can_add, can_take_back) = opened.unwrap();
        assert_eq!(id, journey.complaint.id);
        assert_eq!(can_add, takes, "{:?}", before.standing());
        assert!(!can_take_back, "what was sent is evidence");
        if takes {
            assert!(noted.unwrap().into_inner().can_add_files);
            let request = ListHistoryRequest {
                complaint_id: journey.complaint.id.clone(),
                ..ListHistoryRequest::default()
            };
            let history = world.investigator().list_history(request).await.unwrap();
            let newest = &history.into_inner().changes[0];
            assert_eq!(newest.text, "The person sent 2 files");
            assert_eq!(newest.by, "Asha Verma");
            let told = outbox::testing::events::<PersonWrote>(&db).await.pop();
            let told = told.unwrap();
            assert_eq!(told.about(), WrittenAbout::Files);
            assert_eq!(told.complaint_id, journey.complaint.id);
        } else {
            assert_eq!(reason(&noted.unwrap_err()), "WRONG_STANDING");
        }
    }
    let journey = world.requested().await;
    let link = link_to(&world, &db, &journey).await;
    for count in [0, 21] {
        let refused = person.note_files(note(&link, count)).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, "count");
    }
    let wrong = person.note_files(note("made-up", 1)).await.unwrap_err();
    assert_eq!(reason(&wrong), "NO_SUCH_LINK");
}
