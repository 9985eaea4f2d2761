//! Random samples of closed complaints for the independent reviewer (7.4).

use proto::service_complaint::v1::{
    Decision, DrawSampleRequest, GetComplaintRequest, GetSampleRequest, ListSamplesRequest, Sample,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::desk::Desk;

fn a_draw(size: i32, seed: &str) -> DrawSampleRequest {
    DrawSampleRequest {
        from: "2025-06-01".to_owned(),
        to: "2025-06-30".to_owned(),
        size,
        seed: seed.to_owned(),
        request_id: kit::id().to_string(),
    }
}

fn references(sample: &Sample) -> Vec<String> {
    let complaints = sample.complaints.iter();
    complaints.map(|it| it.reference.clone()).collect()
}

/// 7.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_a_seed_draws_the_same_closed_complaints_again_and_the_reviewer_reads_their_files(
    db: PgPool,
) {
    let desk = Desk::open(&db, "2025-06-10").await;
    for _ in 0..6 {
        desk.answered(Decision::NotUpheld).await;
    }
    let open = desk.investigated().await.complaint.reference;
    let mut reviewer = desk.oversight(desk.reviewer.clone());

    let drawn = reviewer
        .draw_sample(a_draw(3, "4711"))
        .await
        .unwrap()
        .into_inner();
    let again = reviewer
        .draw_sample(a_draw(3, "4711"))
        .await
        .unwrap()
        .into_inner();
    let all = reviewer
        .draw_sample(a_draw(200, "4712"))
        .await
        .unwrap()
        .into_inner();

    assert_eq!(references(&drawn).len(), 3);
    assert_eq!(references(&drawn), references(&again));
    assert_ne!(drawn.id, again.id, "each drawing is recorded");
    assert_eq!(
        (drawn.population, drawn.drawn_by.as_str()),
        (6, "Rae Viewer")
    );
    assert_eq!(references(&all).len(), 6);
    assert!(!references(&all).contains(&open));
    let kept = reviewer
        .get_sample(GetSampleRequest {
            sample_id: drawn.id.clone(),
        })
        .await
        .unwrap();
    assert_eq!(kept.into_inner(), drawn);
    let mut files = desk.complaints(desk.reviewer.clone());
    for it in &drawn.complaints {
        let complaint_id = it.complaint_id.clone();
        let file = files
            .get_complaint(GetComplaintRequest { complaint_id })
            .await;
        assert_eq!(file.unwrap().into_inner().reference, it.reference);
    }
}

/// 7.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_drawings_are_listed_newest_first_so_that_nobody_draws_until_it_pleases(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut manager = desk.oversight(desk.manager.clone());
    for seed in ["1", "2", "3"] {
        manager.draw_sample(a_draw(2, seed)).await.unwrap();
    }
    let list = |page_token: String| ListSamplesRequest {
        page_size: 2,
        page_token,
    };

    let first = manager
        .list_samples(list(String::new()))
        .await
        .unwrap()
        .into_inner();
    let last = manager
        .list_samples(list(first.next_page_token.clone()))
        .await;

    let seeds =
        |samples: &[Sample]| -> Vec<String> { samples.iter().map(|it| it.seed.clone()).collect() };
    assert_eq!(seeds(&first.samples), ["3", "2"]);
    let last = last.unwrap().into_inner();
    assert_eq!(seeds(&last.samples), ["1"]);
    assert_eq!(last.next_page_token, "");
}

/// 7.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_a_drawing_that_is_asked_for_twice_is_recorded_once(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    desk.answered(Decision::NotUpheld).await;
    let mut manager = desk.oversight(desk.manager.clone());
    let request = a_draw(3, "4711");

    let first = manager.draw_sample(request.clone()).await.unwrap();
    let second = manager.draw_sample(request.clone()).await.unwrap();
    let other = DrawSampleRequest {
        seed: "4712".to_owned(),
        ..request
    };
    let other = manager.draw_sample(other).await.unwrap_err();

    assert_eq!(first.into_inner(), second.into_inner());
    assert_eq!(reason(&other), "REQUEST_ID_REUSED");
    let drawn: i64 = sqlx::query_scalar("select count(*) from samples")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(drawn, 1);
}

/// 7.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_14_investigators_draw_no_sample_and_a_sample_has_a_size_and_a_seed(db: PgPool) {
    let desk = Desk::open(&db, "2025-06-10").await;
    let mut investigator = desk.oversight(desk.investigators[0].clone());
    let mut manager = desk.oversight(desk.manager.clone());

    let denied = investigator.draw_sample(a_draw(3, "1")).await.unwrap_err();
    let none = manager.draw_sample(a_draw(0, "")).await.unwrap_err();
    let unknown = GetSampleRequest {
        sample_id: kit::id().to_string(),
    };
    let unknown = manager.get_sample(unknown).await.unwrap_err();

    assert_eq!(denied.code(), Code::PermissionDenied);
    let fields: Vec<String> = violations(&none).into_iter().map(|it| it.0).collect();
    assert_eq!(fields, ["size", "seed"]);
    assert_eq!(reason(&unknown), "NO_SUCH_SAMPLE");
}
