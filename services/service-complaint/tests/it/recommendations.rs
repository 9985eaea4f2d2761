//! Recommendations of the reviewer and of audits, followed until evidence shows that they were carried out (7.4).

use proto::service_complaint::v1::{
    Acceptance, CompleteRecommendationPartRequest, GetRecommendationRequest,
    ListRecommendationsRequest, PlannedPart, Recommendation, RecommendationSource,
    RecommendationStatus, RecordRecommendationRequest, RespondToRecommendationRequest,
};
use sqlx::PgPool;
use testkit::reason;
use tonic::Code;

use crate::desk::{Desk, Oversight};

fn numbered(number: &str) -> RecordRecommendationRequest {
    RecordRecommendationRequest {
        source: RecommendationSource::IndependentReviewer.into(),
        period_from: "2024-10-01".to_owned(),
        period_to: "2025-03-31".to_owned(),
        number: number.to_owned(),
        text: "Say that a call closes the complaint, and record it".to_owned(),
    }
}

fn part(text: &str, due_on: &str) -> PlannedPart {
    PlannedPart {
        text: text.to_owned(),
        responsible: "Customer Insight Manager".to_owned(),
        due_on: due_on.to_owned(),
    }
}

fn accepted(it: &Recommendation, parts: Vec<PlannedPart>) -> RespondToRecommendationRequest {
    RespondToRecommendationRequest {
        recommendation_id: it.id.clone(),
        version: it.version,
        acceptance: Acceptance::Accepted.into(),
        response: "Methods of closing will be reviewed".to_owned(),
        parts,
    }
}

pub fn completed(it: &Recommendation, part: usize, on: &str) -> CompleteRecommendationPartRequest {
    CompleteRecommendationPartRequest {
        recommendation_id: it.id.clone(),
        version: it.version,
        part_id: it.parts[part].id.clone(),
        on: on.to_owned(),
        evidence: "Minutes of the review".to_owned(),
    }
}

/// 37.1 of the report for October 2024 to March 2025, whose two parts have deadlines of their own.
pub async fn with_two_parts(client: &mut Oversight) -> Recommendation {
    let it = client
        .record_recommendation(numbered("37.1"))
        .await
        .unwrap()
        .into_inner();
    let parts = vec![
        part("Communications", "2025-12-31"),
        part("Recording", "2026-03-31"),
    ];
    let answer = client.respond_to_recommendation(accepted(&it, parts)).await;
    answer.unwrap().into_inner()
}

/// 7.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_16_a_recommendation_is_followed_part_by_part_until_evidence_completes_it(db: PgPool) {
    let desk = Desk::open(&db, "2025-10-01").await;
    let mut manager = desk.oversight(desk.manager.clone());

    let it = with_two_parts(&mut manager).await;
    assert_eq!(it.status(), RecommendationStatus::Open);
    assert_eq!(it.next_due_on, "2025-12-31");

    desk.on("2026-01-05");
    let request = GetRecommendationRequest {
        recommendation_id: it.id.clone(),
    };
    let late = manager
        .get_recommendation(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(late.status(), RecommendationStatus::Overdue);
    assert!(late.parts[0].overdue && !late.parts[1].overdue);

    let half = manager
        .complete_recommendation_part(completed(&late, 0, "2026-01-05"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(half.status(), RecommendationStatus::Open);
    let twice = manager
        .complete_recommendation_part(completed(&half, 0, "2026-01-05"))
        .await;
    assert_eq!(reason(&twice.unwrap_err()), "DONE_BEFORE");
    let ahead = manager
        .complete_recommendation_part(completed(&half, 1, "2026-01-06"))
        .await;
    assert_eq!(reason(&ahead.unwrap_err()), "IN_THE_FUTURE");
    let whole = manager
        .complete_recommendation_part(completed(&half, 1, "2026-01-05"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(whole.status(), RecommendationStatus::Complete);
    assert_eq!(whole.next_due_on, "");
}

/// 7.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_16_a_number_stands_once_in_a_report_and_is_responded_to_once(db: PgPool) {
    let desk = Desk::open(&db, "2025-10-01").await;
    let mut manager = desk.oversight(desk.manager.clone());
    let it = with_two_parts(&mut manager).await;

    let twice = manager.record_recommendation(numbered("37.1")).await;
    let again = accepted(&it, vec![part("More", "2026-01-01")]);
    let again = manager.respond_to_recommendation(again).await;
    let other = manager.record_recommendation(numbered("37.2")).await;
    let other = other.unwrap().into_inner();
    let nothing = manager
        .respond_to_recommendation(accepted(&other, Vec::new()))
        .await;
    let stale = RespondToRecommendationRequest {
        version: 7,
        ..accepted(&other, vec![part("More", "2026-01-01")])
    };
    let stale = manager.respond_to_recommendation(stale).await;

    assert_eq!(reason(&twice.unwrap_err()), "RECOMMENDATION_EXISTS");
    assert_eq!(reason(&again.unwrap_err()), "RESPONDED_BEFORE");
    assert_eq!(reason(&nothing.unwrap_err()), "NO_PARTS");
    assert_eq!(reason(&stale.unwrap_err()), "STALE");
}

/// 7.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_16_recommendations_are_listed_by_what_is_due_next_down_to_the_last_page(db: PgPool) {
    let desk = Desk::open(&db, "2025-10-01").await;
    let mut manager = desk.oversight(desk.manager.clone());
    for (number, due_on) in [("44", "2025-12-31"), ("53.1", "2025-11-30"), ("20.1", "")] {
        let it = manager.record_recommendation(numbered(number)).await;
        let it = it.unwrap().into_inner();
        if !due_on.is_empty() {
            let response = accepted(&it, vec![part("All of it", due_on)]);
            manager.respond_to_recommendation(response).await.unwrap();
        }
    }
    desk.on("2025-12-01");
    let list = |page_token: &str, status: RecommendationStatus| ListRecommendationsRequest {
        page_size: 2,
        page_token: page_token.to_owned(),
        status: status.into(),
        source: RecommendationSource::IndependentReviewer.into(),
    };
    let all = RecommendationStatus::Unspecified;

    let first = manager.list_recommendations(list("", all)).await;
    let first = first.unwrap().into_inner();
    let last = manager
        .list_recommendations(list(&first.next_page_token, all))
        .await
        .unwrap()
        .into_inner();

    let numbers = |them: &[Recommendation]| -> Vec<String> {
        them.iter().map(|it| it.number.clone()).collect()
    };
    assert_eq!(numbers(&first.recommendations), ["53.1", "44"]);
    assert_eq!(numbers(&last.recommendations), ["20.1"]);
    assert_eq!(last.next_page_token, "");
    for (status, expected) in [
        (RecommendationStatus::Overdue, "53.1"),
        (RecommendationStatus::Open, "44"),
        (RecommendationStatus::AwaitingResponse, "20.1"),
    ] {
        let only = manager.list_recommendations(list("", status)).await;
        assert_eq!(
            numbers(&only.unwrap().into_inner().recommendations),
            [expected]
        );
    }
}

/// 7.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_16_only_the_manager_writes_and_the_reviewer_reads(db: PgPool) {
    let desk = Desk::open(&db, "2025-10-01").await;
    let it = with_two_parts(&mut desk.oversight(desk.manager.clone())).await;
    let read = GetRecommendationRequest {
        recommendation_id: it.id.clone(),
    };

    for caller in [&desk.reviewer, &desk.investigators[0], &desk.senior] {
        let mut client = desk.oversight(caller.clone());
        client.get_recommendation(read.clone()).await.unwrap();
        let write = client.record_recommendation(numbered("37.3")).await;
        assert_eq!(write.unwrap_err().code(), Code::PermissionDenied);
        let complete = completed(&it, 0, "2025-10-01");
        let complete = client.complete_recommendation_part(complete).await;
        assert_eq!(complete.unwrap_err().code(), Code::PermissionDenied);
    }
}
