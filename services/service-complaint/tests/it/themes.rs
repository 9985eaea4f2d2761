//! Themes: kept short and in use by the manager, without losing a lesson (6.3).

use proto::service_complaint::v1::{
    AddThemeRequest, CompleteLessonRequest, GetLessonRequest, Lesson, ListThemesRequest,
    RestoreThemeRequest, RetireThemeRequest, Theme,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::desk::{Desk, Oversight};
use crate::learning::{a_lesson, recorded};
use crate::reports::{check, report, value};

fn retiring(theme: &str, into: &str) -> RetireThemeRequest {
    RetireThemeRequest {
        theme_id: theme.to_owned(),
        merge_into: into.to_owned(),
        reason: "Both say the same".to_owned(),
    }
}

fn restoring(theme: &str) -> RestoreThemeRequest {
    RestoreThemeRequest {
        theme_id: theme.to_owned(),
    }
}

async fn named(client: &mut Oversight, id: &str) -> Theme {
    let listed = client.list_themes(ListThemesRequest {}).await.unwrap();
    let mut themes = listed.into_inner().themes.into_iter();
    themes.find(|it| it.id == id).unwrap()
}

async fn lesson(client: &mut Oversight, lesson: &Lesson) -> Lesson {
    let request = GetLessonRequest {
        lesson_id: lesson.id.clone(),
    };
    client.get_lesson(request).await.unwrap().into_inner()
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_6_3_a_retired_theme_keeps_its_lessons_and_takes_no_new_one(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let before = recorded(&desk, &desk.manager).await;
    let mut manager = desk.oversight(desk.manager.clone());

    let retired = manager.retire_theme(retiring("delay", "")).await.unwrap();

    let retired = retired.into_inner();
    assert_eq!(retired.retired_on, "2025-06-10");
    assert_eq!((retired.lessons, retired.merged_into.as_str()), (1, ""));
    assert_eq!(lesson(&mut manager, &before).await, {
        let mut same = before.clone();
        same.theme = Some(Theme {
            lessons: 1,
            ..retired.clone()
        });
        same
    });
    let complaint = before.complaints[0].id.clone();
    let mut investigator = desk.oversight(desk.investigators[0].clone());
    let refused = investigator
        .record_lesson(a_lesson(&complaint, &desk.manager))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "THEME_RETIRED");
    let again = manager.retire_theme(retiring("delay", "")).await;
    assert_eq!(reason(&again.unwrap_err()), "THEME_RETIRED");

    let restored = manager.restore_theme(restoring("delay")).await.unwrap();
    assert_eq!(restored.into_inner().retired_on, "");
    let twice = manager.restore_theme(restoring("delay")).await;
    assert_eq!(reason(&twice.unwrap_err()), "THEME_IN_USE");
    investigator
        .record_lesson(a_lesson(&complaint, &desk.manager))
        .await
        .unwrap();
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_6_3_a_merged_theme_s_lessons_count_where_they_moved_and_the_recount_agrees(
    db: PgPool,
) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let before = recorded(&desk, &desk.manager).await;
    let mut manager = desk.oversight(desk.manager.clone());

    let merged = manager
        .retire_theme(retiring("delay", "communication"))
        .await
        .unwrap()
        .into_inner();

    assert_eq!(merged.merged_into, "communication");
    assert_eq!(named(&mut manager, "communication").await.lessons, 1);
    assert_eq!(named(&mut manager, "delay").await.lessons, 0);
    let june = report(&mut manager, "2025-06-01", "2025-06-30").await;
    assert_eq!(value(&june, "lesson.communication"), 1);
    assert_eq!(value(&june, "lesson.delay"), 0);
    let checked = check(&mut manager, "2025-06-01", "2025-06-30").await;
    assert_eq!(checked.differences, []);

    // Whoever had the lesson open is told that it was changed.
    let stale = CompleteLessonRequest {
        lesson_id: before.id.clone(),
        version: before.version,
        on: "2025-06-10".to_owned(),
        evidence: "The new rota".to_owned(),
    };
    let stale = manager.complete_lesson(stale).await.unwrap_err();
    assert_eq!(reason(&stale), "STALE");
    let told: String =
        sqlx::query_scalar("select text from oversight_changes where text like 'Merged%'")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(
        told,
        "Merged the theme delay into communication with its 1 lessons: Both say the same"
    );
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_6_3_lessons_move_only_to_another_theme_in_use_and_by_the_manager(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut manager = desk.oversight(desk.manager.clone());
    manager.retire_theme(retiring("conduct", "")).await.unwrap();

    for into in ["delay", "conduct", "weather"] {
        let refused = manager.retire_theme(retiring("delay", into)).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{into}");
        assert_eq!(violations(&refused)[0].0, "merge_into", "{into}");
    }
    let unknown = manager.retire_theme(retiring("weather", "")).await;
    assert_eq!(reason(&unknown.unwrap_err()), "NO_SUCH_THEME");
    let silent = RetireThemeRequest {
        reason: String::new(),
        ..retiring("delay", "")
    };
    let silent = manager.retire_theme(silent).await.unwrap_err();
    assert_eq!(violations(&silent)[0].0, "reason");
    for caller in [&desk.investigators[0], &desk.senior, &desk.reviewer] {
        let mut client = desk.oversight(caller.clone());
        let refused = client
            .retire_theme(retiring("delay", ""))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        let refused = client
            .restore_theme(restoring("conduct"))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_13_6_3_there_are_a_hundred_themes_at_the_most(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut manager = desk.oversight(desk.manager.clone());
    let there = manager.list_themes(ListThemesRequest {}).await.unwrap();
    let there = there.into_inner().themes.len();
    let theme = |number: usize| AddThemeRequest {
        id: format!("theme-{number}"),
        name: format!("Theme {number}"),
    };
    for number in there..100 {
        manager.add_theme(theme(number)).await.unwrap();
    }

    let refused = manager.add_theme(theme(100)).await.unwrap_err();

    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "TOO_MANY_THEMES");
}
