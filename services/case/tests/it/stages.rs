//! CA-10: a case shows the expected timeframe of its present stage.

use proto::access::v1::Role;
use proto::case::v1::{ImportedCase, ListTimeframesRequest, SetTimeframeRequest, Stage, Status};
use sqlx::PgPool;
use testkit::reason;
use tonic::Code;

use crate::given::{Portal, a_move, a_portal, get};
use crate::importing::{import, row};

async fn set(portal: &Portal, status: Status, working_days: i32) {
    let request = SetTimeframeRequest {
        status: status.into(),
        working_days,
    };
    portal
        .timeframes(&testkit::a_senior_colleague())
        .set_timeframe(request)
        .await
        .unwrap();
}

async fn stage(portal: &Portal, case: &proto::case::v1::Case) -> Option<Stage> {
    portal.seen(case).await.stage
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_case_shows_what_is_expected_of_its_stage_to_both_sides(db: PgPool) {
    let portal = a_portal(&db).await;
    set(&portal, Status::InitialAssessment, 10).await;

    let case = portal.a_case().await;

    let expected = Stage {
        began_on: "2025-06-02".into(),
        expected_on: "2025-06-16".into(),
        told_on: "2025-06-02".into(),
        passed: false,
        words: "We expect to finish this stage by 16 June 2025.".into(),
        earlier: Vec::new(),
    };
    assert_eq!(case.stage, Some(expected.clone()));
    let own = portal.own().get_case(get(&case)).await.unwrap();
    assert_eq!(own.into_inner().stage, Some(expected));

    portal.days_pass(14);
    assert!(!stage(&portal, &case).await.unwrap().passed);
    portal.days_pass(1);
    let late = stage(&portal, &case).await.unwrap();
    assert!(late.passed);
    assert!(late.words.contains("has passed"), "{}", late.words);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_change_of_the_timeframes_rewrites_nothing_that_people_were_told(db: PgPool) {
    let portal = a_portal(&db).await;
    set(&portal, Status::InitialAssessment, 10).await;
    let case = portal.a_case().await;

    set(&portal, Status::InitialAssessment, 30).await;

    assert_eq!(
        stage(&portal, &case).await.unwrap().expected_on,
        "2025-06-16"
    );
    let next = portal.a_case().await;
    assert_eq!(next.stage.unwrap().expected_on, "2025-07-14");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_each_move_begins_a_stage_of_its_own_and_a_closing_ends_the_last(db: PgPool) {
    let portal = a_portal(&db).await;
    set(&portal, Status::InternalProcedure, 5).await;
    set(&portal, Status::InitialAssessment, 1).await;
    let case = portal.a_case().await;

    portal.days_pass(1);
    let moved = portal.moved(&case, &[Status::InternalProcedure]).await;
    let told = moved.stage.clone().unwrap();
    assert_eq!(
        (told.began_on.as_str(), told.expected_on.as_str()),
        ("2025-06-03", "2025-06-10")
    );

    let moved = portal.moved(&moved, &[Status::ReferralAssessment]).await;
    assert_eq!(
        moved.stage.clone().unwrap().words,
        "There is no expected timeframe for this stage."
    );

    let closed = portal.moved(&moved, &[Status::Closed]).await;
    assert_eq!(closed.stage, None);
    let ended: Vec<(i16, bool)> =
        sqlx::query_as("select status, ended_on is null from stages order by id")
            .fetch_all(&db)
            .await
            .unwrap();
    assert_eq!(ended, [(1, false), (2, false), (3, false)]);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_move_that_is_refused_begins_no_stage(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    let refused = portal
        .staff()
        .move_case(a_move(&case, Status::Determined))
        .await
        .unwrap_err();

    assert_eq!(reason(&refused), "MOVE_NOT_ALLOWED");
    let stages: i64 = sqlx::query_scalar("select count(*) from stages")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(stages, 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_nothing_is_expected_of_a_stage_that_a_case_came_to_elsewhere(db: PgPool) {
    let portal = a_portal(&db).await;
    set(&portal, Status::UnderInvestigation, 100).await;
    let open = row(&portal, "202400001");
    let closed = ImportedCase {
        status: Status::Closed.into(),
        closed_on: "2025-01-02".into(),
        ..row(&portal, "202400002")
    };

    import(&portal, vec![open.clone(), closed.clone()]).await;
    import(&portal, vec![open, closed]).await;

    let open = portal.find("202400001").await.stage.unwrap();
    assert_eq!((open.expected_on.as_str(), open.passed), ("", false));
    assert_eq!(portal.find("202400002").await.stage, None);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_the_timeframes_are_listed_for_every_stage_and_can_be_taken_back(db: PgPool) {
    let portal = a_portal(&db).await;
    set(&portal, Status::EvidenceGathering, 20).await;
    set(&portal, Status::Review, 30).await;
    set(&portal, Status::Review, 0).await;

    let listed = portal
        .timeframes(&testkit::a_caseworker())
        .list_timeframes(ListTimeframesRequest {})
        .await
        .unwrap()
        .into_inner()
        .timeframes;

    let days: Vec<_> = listed.iter().map(|it| it.working_days).collect();
    assert_eq!(days, [0, 0, 0, 20, 0, 0, 0, 0, 0, 0]);
    assert_eq!(listed[3].status_label, "Evidence gathering");
    assert!(listed[8].set_at.is_some() && listed[0].set_at.is_none());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_timeframe_out_of_range_or_of_no_stage_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let senior = testkit::a_senior_colleague();

    for (status, working_days) in [
        (Status::Closed, 5),
        (Status::Unspecified, 5),
        (Status::Review, -1),
        (Status::Review, 501),
    ] {
        let request = SetTimeframeRequest {
            status: status.into(),
            working_days,
        };
        let refused = portal.timeframes(&senior).set_timeframe(request).await;
        assert_eq!(
            refused.unwrap_err().code(),
            Code::InvalidArgument,
            "{status:?} {working_days}"
        );
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_neither_landlords_nor_customer_insight_see_or_set_timeframes(db: PgPool) {
    let portal = a_portal(&db).await;
    let request = SetTimeframeRequest {
        status: Status::Review.into(),
        working_days: 5,
    };

    for wrong in [
        portal.administrator(),
        testkit::a(Role::ComplaintsInvestigator),
        testkit::a_caseworker(),
    ] {
        let refused = portal.timeframes(&wrong).set_timeframe(request).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
    let refused = portal
        .timeframes(&portal.administrator())
        .list_timeframes(ListTimeframesRequest {})
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
}
