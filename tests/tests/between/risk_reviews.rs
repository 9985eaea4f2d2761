//! A fresh review of a case's risk on its whole way: Customer Insight promises it, casework answers it, and the promise is kept
//! (recommendation 37.4). Each side sees of the other what it must, and no more (policy 1.8).

use proto::access::v1::Role;
use proto::case::v1::{
    AnswerRiskReviewRequest, Circumstances, GetCaseRequest, ListRiskReviewsRequest, RiskFactors,
    RiskReview, Severity,
};
use proto::service_complaint::v1::{Action, GetComplaintRequest};
use testkit::eventually;
use tests::Portal;
use tests::colleague::{Colleague, an_upheld_complaint};
use tonic::Code;

use crate::a_case;

const TOLD: &str = "The risk was assessed afresh, and the case goes ahead of others.";

fn met(action: &Action) -> bool {
    let deadline = action.deadline.as_ref();
    deadline.is_some_and(|it| !it.met_on.is_empty())
}

async fn answer(caseworker: &Colleague<'_>, review: &RiskReview) {
    let request = AnswerRiskReviewRequest {
        review_id: review.id.clone(),
        version: review.case_version,
        factors: Some(RiskFactors {
            severity: Severity::Severe.into(),
            going_on_since: "2025-01-15".to_owned(),
            circumstances: Circumstances::AtRisk.into(),
            new_factors: "The resident's health is worse.".to_owned(),
        }),
        told: TOLD.to_owned(),
    };
    let request = caseworker.to("case", request);
    let answered = caseworker.risks().answer_risk_review(request).await;
    answered.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_9_37_4_a_promised_risk_review_is_answered_by_casework_and_the_promise_is_kept() {
    let portal = Portal::start().await.unwrap();
    let colleague = |role| Colleague {
        portal: &portal,
        account_id: kit::id(),
        role,
    };
    let caseworker = colleague(Role::Caseworker);
    let investigator = colleague(Role::ComplaintsInvestigator);
    let case = a_case(&portal, &caseworker).await;

    let complaint = an_upheld_complaint(&investigator, &case.reference).await;

    let allocation = eventually(
        "the review and the upheld complaint stand on the case",
        || async {
            let allocation = caseworker.case(&case.id).await.allocation?;
            let heard = !allocation.open_risk_reviews.is_empty()
                && !allocation.upheld_complaints.is_empty();
            heard.then_some(allocation)
        },
    )
    .await;
    let review = &allocation.open_risk_reviews[0];
    assert_eq!(review.complaint_reference, complaint.reference);
    // 53.1
    assert_eq!(
        allocation.upheld_complaints[0].reference,
        complaint.reference
    );
    answer(&caseworker, review).await;

    let kept = eventually("the promise is kept", || async {
        let complaint = investigator.complaint(&complaint.id).await;
        met(&complaint.actions[0]).then_some(complaint)
    })
    .await;
    assert_eq!(kept.actions[0].evidence, TOLD);

    // Neither side gets any further into the other's.
    let case_id = case.id.clone();
    let request = investigator.to("case", GetCaseRequest { case_id });
    let refused = investigator.cases().get_case(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let request = investigator.to("case", ListRiskReviewsRequest::default());
    let refused = investigator.risks().list_risk_reviews(request).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    let complaint_id = complaint.id.clone();
    let request = caseworker.to("service-complaint", GetComplaintRequest { complaint_id });
    let refused = caseworker.complaints().get_complaint(request).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    portal.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_9_37_4_a_review_of_a_case_that_is_not_there_comes_back_and_nothing_hangs() {
    let portal = Portal::start().await.unwrap();
    let investigator = Colleague {
        portal: &portal,
        account_id: kit::id(),
        role: Role::ComplaintsInvestigator,
    };

    let complaint = an_upheld_complaint(&investigator, "209912345").await;

    let hindered = eventually("casework says that there is no such case", || async {
        let complaint = investigator.complaint(&complaint.id).await;
        let action = complaint.actions[0].clone();
        (!action.hindrance.is_empty()).then_some(action)
    })
    .await;
    assert_eq!(hindered.hindrance, "there is no case 209912345");
    assert!(!met(&hindered));
    portal.stop().await.unwrap();
}
