//! Lessons: recorded, done, signed off by somebody else, and listed (6.2, 6.3; internal audit, recommendation 7).

use proto::access::v1::Role;
use proto::service_complaint::v1::{
    AddThemeRequest, CompleteLessonRequest, Decision, GetLessonRequest, Interest, Lesson,
    LessonStatus, ListLessonsRequest, ListThemesRequest, RecordLessonRequest, SignOffLessonRequest,
};
use sqlx::PgPool;
use testkit::{Caller, reason, violations};
use tonic::{Code, Status};

use crate::desk::Desk;
use crate::given::a_world;

pub fn a_lesson(complaint_id: &str, owner: &Caller) -> RecordLessonRequest {
    RecordLessonRequest {
        request_id: kit::id().to_string(),
        complaint_ids: vec![complaint_id.to_owned()],
        theme_id: "delay".to_owned(),
        learned: "Calls are promised for days on which nobody calls".to_owned(),
        owner_id: owner.id().to_string(),
        owner_name: "Olu Owner".to_owned(),
        action: "Offer days on which somebody calls".to_owned(),
        due_on: "2025-07-01".to_owned(),
    }
}

pub fn done(lesson: &Lesson) -> CompleteLessonRequest {
    CompleteLessonRequest {
        lesson_id: lesson.id.clone(),
        version: lesson.version,
        on: "2025-06-10".to_owned(),
        evidence: "The new rota".to_owned(),
    }
}

fn signed(lesson: &Lesson) -> SignOffLessonRequest {
    SignOffLessonRequest {
        lesson_id: lesson.id.clone(),
        version: lesson.version,
        agreed: true,
        comment: String::new(),
    }
}

pub async fn recorded(desk: &Desk, owner: &Caller) -> Lesson {
    let complaint = desk.answered(Decision::Upheld).await.complaint;
    let mut client = desk.oversight(desk.investigators[0].clone());
    let request = a_lesson(&complaint.id, owner);
    client.record_lesson(request).await.unwrap().into_inner()
}

/// 6.2, and the reviewer's audit recommendation 7: responsibility for further actions and sign-off when they have been completed.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_a_lesson_is_recorded_done_and_signed_off_by_somebody_else(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut investigator = desk.oversight(desk.investigators[0].clone());
    let mut manager = desk.oversight(desk.manager.clone());

    let lesson = recorded(&desk, &desk.manager).await;
    assert_eq!(lesson.status(), LessonStatus::Open);
    assert_eq!(lesson.recorded_by, "Ines Vestey");
    assert_eq!(lesson.complaints.len(), 1);
    assert_eq!(lesson.theme.clone().unwrap().name, "Delays and timeliness");

    let early = manager.sign_off_lesson(signed(&lesson)).await;
    assert_eq!(reason(&early.unwrap_err()), "NOT_DONE");
    let lesson = investigator
        .complete_lesson(done(&lesson))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(lesson.status(), LessonStatus::Done);

    let by_owner = manager.sign_off_lesson(signed(&lesson)).await.unwrap_err();
    assert_eq!(by_owner.code(), Code::FailedPrecondition);
    assert_eq!(reason(&by_owner), "OWN_LESSON");
    let lesson = desk
        .oversight(desk.senior.clone())
        .sign_off_lesson(signed(&lesson))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(lesson.status(), LessonStatus::SignedOff);
    assert_eq!(lesson.signed_off_by, "Sean Orr");
    let changes: i64 =
        sqlx::query_scalar("select count(*) from oversight_changes where subject = $1::uuid")
            .bind(&lesson.id)
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(changes, 3);
}

/// 6.2, 6.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_nobody_signs_off_what_they_did_for_somebody_else(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut manager = desk.oversight(desk.manager.clone());
    let lesson = recorded(&desk, &desk.investigators[0]).await;
    let lesson = manager.complete_lesson(done(&lesson)).await.unwrap();
    let lesson = lesson.into_inner();

    let refused = manager.sign_off_lesson(signed(&lesson)).await.unwrap_err();
    let mut senior = desk.oversight(desk.senior.clone());
    let over = senior.sign_off_lesson(signed(&lesson)).await.unwrap();

    assert_eq!(reason(&refused), "OWN_LESSON");
    assert_eq!(over.into_inner().signed_off_by, "Sean Orr");
}

/// 6.2, 6.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_a_lesson_goes_to_an_active_member_of_staff_alone(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let complaint = desk.answered(Decision::Upheld).await.complaint;
    let mut client = desk.oversight(desk.investigators[0].clone());

    let stranger = testkit::a(Role::ComplaintsInvestigator);
    let refused = client.record_lesson(a_lesson(&complaint.id, &stranger));

    assert_eq!(reason(&refused.await.unwrap_err()), "NO_SUCH_OWNER");
    // The name is the account's, whatever the request says.
    let lesson = recorded(&desk, &desk.manager).await;
    assert_eq!(lesson.owner_name, "Max Manager");
}

/// 6.2, 6.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_a_lesson_is_sent_back_and_done_again(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut investigator = desk.oversight(desk.investigators[0].clone());
    let lesson = recorded(&desk, &desk.investigators[0]).await;
    let lesson = investigator
        .complete_lesson(done(&lesson))
        .await
        .unwrap()
        .into_inner();
    let mut senior = desk.oversight(desk.senior.clone());
    let back = |comment: &str| SignOffLessonRequest {
        agreed: false,
        comment: comment.to_owned(),
        ..signed(&lesson)
    };

    let silent = senior.sign_off_lesson(back("")).await.unwrap_err();
    let returned = senior
        .sign_off_lesson(back("The rota has no Fridays"))
        .await
        .unwrap()
        .into_inner();

    assert_eq!(reason(&silent), "NO_COMMENT");
    assert_eq!(returned.status(), LessonStatus::Open);
    assert_eq!(returned.comment, "The rota has no Fridays");
    let stale = investigator.complete_lesson(done(&lesson)).await;
    assert_eq!(reason(&stale.unwrap_err()), "STALE");
}

/// 6.2, 6.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_a_request_twice_records_one_lesson_and_another_one_is_refused(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let complaint = desk.answered(Decision::Upheld).await.complaint;
    let mut client = desk.oversight(desk.investigators[0].clone());
    let request = a_lesson(&complaint.id, &desk.manager);

    let first = client.record_lesson(request.clone()).await.unwrap();
    let again = client.record_lesson(request.clone()).await.unwrap();
    let other = RecordLessonRequest {
        learned: "Something else".to_owned(),
        ..request
    };
    let refused = client.record_lesson(other).await.unwrap_err();

    assert_eq!(first.into_inner().id, again.into_inner().id);
    assert_eq!(reason(&refused), "REQUEST_ID_REUSED");
}

/// 6.2, 6.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_a_lesson_needs_a_theme_a_complaint_and_a_date_to_come(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let complaint = desk.answered(Decision::Upheld).await.complaint;
    let mut client = desk.oversight(desk.investigators[0].clone());
    let good = || a_lesson(&complaint.id, &desk.manager);
    let wrong = [
        (
            RecordLessonRequest {
                theme_id: "weather".to_owned(),
                ..good()
            },
            "NO_SUCH_THEME",
        ),
        (
            RecordLessonRequest {
                complaint_ids: vec![kit::id().to_string()],
                ..good()
            },
            "NO_SUCH_COMPLAINT",
        ),
        (
            RecordLessonRequest {
                complaint_ids: Vec::new(),
                ..good()
            },
            "complaint_ids",
        ),
        (
            RecordLessonRequest {
                due_on: "2025-06-09".to_owned(),
                ..good()
            },
            "IN_THE_PAST",
        ),
    ];

    for (request, expected) in wrong {
        let refused: Status = client.record_lesson(request).await.unwrap_err();
        let fields: Vec<String> = violations(&refused).into_iter().map(|it| it.0).collect();
        assert!(
            reason(&refused) == expected || fields == [expected],
            "{expected}: {refused:?}"
        );
    }
}

/// 6.2, 6.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_lessons_are_listed_soonest_due_first_down_to_the_last_page(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let complaint = desk.answered(Decision::Upheld).await.complaint;
    let mut client = desk.oversight(desk.investigators[0].clone());
    for due_on in ["2025-07-03", "2025-07-01", "2025-07-02"] {
        let request = RecordLessonRequest {
            due_on: due_on.to_owned(),
            ..a_lesson(&complaint.id, &desk.manager)
        };
        client.record_lesson(request).await.unwrap();
    }
    desk.on("2025-07-02");
    let list = |page_token: &str, status: LessonStatus| ListLessonsRequest {
        page_size: 2,
        page_token: page_token.to_owned(),
        status: status.into(),
        complaint_id: complaint.id.clone(),
        ..ListLessonsRequest::default()
    };

    let all = LessonStatus::Unspecified;
    let first = client
        .list_lessons(list("", all))
        .await
        .unwrap()
        .into_inner();
    let last = client.list_lessons(list(&first.next_page_token, all)).await;
    let overdue = client.list_lessons(list("", LessonStatus::Overdue)).await;

    let due = |lessons: &[Lesson]| -> Vec<String> {
        lessons.iter().map(|it| it.due_on.clone()).collect()
    };
    assert_eq!(due(&first.lessons), ["2025-07-01", "2025-07-02"]);
    let last = last.unwrap().into_inner();
    assert_eq!(due(&last.lessons), ["2025-07-03"]);
    assert_eq!(last.next_page_token, "");
    let overdue = overdue.unwrap().into_inner().lessons;
    assert_eq!(due(&overdue), ["2025-07-01"]);
    assert_eq!(overdue[0].status(), LessonStatus::Overdue);
    let mine = ListLessonsRequest {
        mine: true,
        ..ListLessonsRequest::default()
    };
    let mine = client.list_lessons(mine).await.unwrap().into_inner();
    assert_eq!(mine.lessons, [], "they are the manager's");
}

/// 6.2, 6.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_themes_are_data_that_the_manager_adds_to(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut manager = desk.oversight(desk.manager.clone());
    let weather = AddThemeRequest {
        id: "weather".to_owned(),
        name: "Weather".to_owned(),
    };

    let by_investigator = desk
        .oversight(desk.investigators[0].clone())
        .add_theme(weather.clone())
        .await;
    manager.add_theme(weather.clone()).await.unwrap();
    let twice = manager.add_theme(weather).await.unwrap_err();
    let ill_named = manager
        .add_theme(AddThemeRequest {
            id: "Wet Weather".to_owned(),
            name: "Weather".to_owned(),
        })
        .await
        .unwrap_err();
    let themes = manager.list_themes(ListThemesRequest {}).await.unwrap();

    assert_eq!(by_investigator.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(reason(&twice), "THEME_EXISTS");
    assert_eq!(violations(&ill_named)[0].0, "id");
    let last = themes.into_inner().themes.pop().unwrap();
    assert_eq!(last.name, "Wrong or unclear information");
}

/// 6.2, 6.3
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_the_reviewer_reads_lessons_and_changes_none(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let lesson = recorded(&desk, &desk.manager).await;
    let mut reviewer = desk.oversight(desk.reviewer.clone());
    let one = GetLessonRequest {
        lesson_id: lesson.id.clone(),
    };

    assert_eq!(
        reviewer.get_lesson(one.clone()).await.unwrap().into_inner(),
        lesson
    );
    let denied = [
        reviewer.complete_lesson(done(&lesson)).await,
        reviewer.sign_off_lesson(signed(&lesson)).await,
        reviewer
            .record_lesson(a_lesson(&lesson.complaints[0].id, &desk.manager))
            .await,
        desk.oversight(desk.investigators[0].clone())
            .sign_off_lesson(signed(&lesson))
            .await,
        desk.oversight(testkit::a(Role::Caseworker))
            .get_lesson(one)
            .await,
    ];
    for answer in denied {
        assert_eq!(answer.unwrap_err().code(), Code::PermissionDenied);
    }
    let unknown = GetLessonRequest {
        lesson_id: kit::id().to_string(),
    };
    let refused = reviewer.get_lesson(unknown).await.unwrap_err();
    assert_eq!(reason(&refused), "NO_SUCH_LESSON");
}

/// 6.2: whoever closes an upheld complaint is asked for the lesson, until there is one or it is said why there is none.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_6_2_whoever_closes_an_upheld_complaint_is_asked_for_the_lesson(db: PgPool) {
    let world = a_world(&db).await;
    let mut upheld = world.answered().await;
    let mut learned = world.answered().await;
    let mut not_upheld = world.investigated().await;
    let element = not_upheld.elements(1)[0].clone();
    let why = "The call was made.";
    not_upheld
        .decide(&element, Decision::NotUpheld, why)
        .await
        .unwrap();
    not_upheld.answer_stage_1("2025-06-10").await.unwrap();
    assert!(upheld.complaint.waits_for_lesson);
    assert!(learned.complaint.waits_for_lesson);
    assert!(!not_upheld.complaint.waits_for_lesson);

    let wordless = upheld.learn_nothing("").await.unwrap_err();
    upheld
        .learn_nothing("The same lesson is under way")
        .await
        .unwrap();
    let again = upheld.learn_nothing("The same").await.unwrap_err();
    let mut oversight = world.oversight(&world.investigator);
    let lesson = a_lesson(&learned.complaint.id, &world.reviewer);
    oversight.record_lesson(lesson).await.unwrap();
    learned.refresh().await;
    let unasked = not_upheld.learn_nothing("Nothing failed").await;

    assert_eq!(violations(&wordless)[0].0, "reason");
    assert!(!upheld.complaint.waits_for_lesson);
    assert_eq!(upheld.complaint.no_lesson, "The same lesson is under way");
    assert_eq!(reason(&again), "NO_LESSON_ASKED");
    assert!(!learned.complaint.waits_for_lesson);
    assert_eq!(learned.complaint.no_lesson, "");
    assert_eq!(reason(&unasked.unwrap_err()), "NO_LESSON_ASKED");
}

/// 6.2: a review may teach something that its stage 1 did not.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_6_2_what_was_said_of_stage_1_says_nothing_of_its_review(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    journey
        .learn_nothing("It was learned before")
        .await
        .unwrap();
    journey.ask_for_stage_2("2025-06-10", "").await.unwrap();
    journey.accept("2025-06-10", &world.reviewer).await.unwrap();
    let mut review = journey.seen_by(world.client(world.reviewer.clone()));
    review.uphold_all().await;
    review.apologise().await.unwrap();
    review
        .answer_stage_2("2025-06-10", "The call, and the other")
        .await
        .unwrap();

    let asked = review.complaint.clone();
    review
        .learn_nothing("The second call was the same failure")
        .await
        .unwrap();

    assert!(asked.waits_for_lesson);
    assert_eq!(asked.no_lesson, "");
    assert!(!review.complaint.waits_for_lesson);
    assert_eq!(
        review.complaint.no_lesson,
        "The second call was the same failure"
    );
}

/// 3.4: whoever has an interest in a complaint sees to no lesson of it.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_3_4_a_lesson_goes_to_nobody_with_an_interest_in_its_complaint(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.answered().await;
    let mut theirs = journey.seen_by(world.client(world.reviewer.clone()));
    theirs.declare(Interest::KnowsPerson).await.unwrap();
    let mut oversight = world.oversight(&world.investigator);

    let lesson = a_lesson(&journey.complaint.id, &world.reviewer);
    let refused = oversight.record_lesson(lesson).await.unwrap_err();

    assert_eq!(reason(&refused), "CONFLICT_OF_COLLEAGUE");
}
