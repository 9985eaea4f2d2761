//! SC-9: a fresh review of a case's risk, which a service complaint asks for (recommendation 37.4).

use outbox::Outcome;
use outbox::testing::{event, events};
use proto::case::v1::{
    AnswerRiskReviewRequest, Case, GetRiskReviewRequest, ListRiskAssessmentsRequest,
    ListRiskReviewsRequest, RiskFactors, RiskReview, RiskReviewAnswered, RiskReviewOpened,
    RiskReviewRefusal, RiskReviewRefused, Sensitivity, Status,
};
use proto::service_complaint::v1::{RiskReviewRequested, RiskReviewWithdrawn};
use sqlx::PgPool;
use testkit::{Caller, reason, violations};
use tonic::Code;

use crate::given::{Portal, a_portal, get, timeline};
use crate::risk::{assessed, grave};

const TOLD: &str = "The risk was assessed afresh and the case goes ahead of others.";

fn asked(case_reference: &str, due_on: &str) -> RiskReviewRequested {
    RiskReviewRequested {
        complaint_id: kit::id().to_string(),
        reference: "SC202500007".into(),
        action_id: kit::id().to_string(),
        case_reference: case_reference.into(),
        due_on: due_on.into(),
    }
}

fn answering(review: &RiskReview) -> AnswerRiskReviewRequest {
    AnswerRiskReviewRequest {
        review_id: review.id.clone(),
        version: review.case_version,
        factors: Some(RiskFactors {
            new_factors: "The resident's health is worse.".into(),
            ..grave()
        }),
        told: TOLD.into(),
    }
}

/// A case with a review that is due on 24 June 2025.
async fn a_case_to_review(portal: &Portal) -> (Case, RiskReviewRequested) {
    let case = portal.a_case().await;
    let asked = asked(&case.reference, "2025-06-24");
    portal.hears_at(&asked, portal.clock.now()).await;
    (case, asked)
}

async fn open_reviews(portal: &Portal, caller: &Caller, mine: bool) -> Vec<RiskReview> {
    let mut risks = portal.risks(caller);
    let mut reviews = Vec::new();
    let mut request = ListRiskReviewsRequest {
        page_size: 2,
        mine,
        ..ListRiskReviewsRequest::default()
    };
    loop {
        let page = risks.list_risk_reviews(request.clone()).await.unwrap();
        let page = page.into_inner();
        reviews.extend(page.reviews);
        if page.next_page_token.is_empty() {
            return reviews;
        }
        request.page_token = page.next_page_token;
    }
}

async fn waiting(portal: &Portal) -> Vec<RiskReview> {
    open_reviews(portal, &testkit::a_caseworker(), false).await
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn sc_9_a_risk_review_stands_on_the_case_until_it_is_answered_and_its_answer_goes_back(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let (case, asked) = a_case_to_review(&portal).await;
    let open = portal.seen(&case).await.allocation.unwrap();
    let [review] = open.open_risk_reviews.as_slice() else {
        panic!("{open:?}");
    };
    assert_eq!(waiting(&portal).await, std::slice::from_ref(review));
    assert_eq!(review.complaint_reference, "SC202500007");
    assert_eq!(review.case_reference, case.reference);
    assert_eq!(
        (review.asked_on.as_str(), review.due_on.as_str()),
        ("2025-06-02", "2025-06-24")
    );

    let caller = testkit::a_caseworker();
    let answered = portal
        .risks(&caller)
        .answer_risk_review(answering(review))
        .await
        .unwrap()
        .into_inner();

    let answer = answered.answer.clone().unwrap();
    assert_eq!(answer.sensitivity_before(), Sensitivity::Unspecified);
    assert_eq!(answer.sensitivity(), Sensitivity::HighlySensitive);
    assert_eq!(answer.complaint_reference, "SC202500007");
    assert_eq!(waiting(&portal).await, []);
    let seen = portal
        .risks(&caller)
        .get_risk_review(GetRiskReviewRequest {
            review_id: review.id.clone(),
        })
        .await
        .unwrap();
    assert_eq!(seen.into_inner(), answered);
    let history = portal
        .risks(&caller)
        .list_risk_assessments(ListRiskAssessmentsRequest {
            case_id: case.id.clone(),
            ..ListRiskAssessmentsRequest::default()
        })
        .await
        .unwrap();
    assert_eq!(history.into_inner().assessments, [answer]);
    // What goes back is that it was answered, in the words that were written for that, and nothing of the case.
    assert_eq!(
        events::<RiskReviewAnswered>(&db).await,
        [RiskReviewAnswered {
            case_reference: case.reference.clone(),
            complaint_id: asked.complaint_id,
            action_id: asked.action_id,
            answered_on: "2025-06-02".into(),
            told: TOLD.into(),
            actor: format!("account:{}", caller.id()),
        }]
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn sc_9_a_review_that_is_not_asked_for_any_more_waits_for_nobody(db: PgPool) {
    let portal = a_portal(&db).await;
    let (case, asked) = a_case_to_review(&portal).await;
    let review = waiting(&portal).await.remove(0);
    let withdrawn = RiskReviewWithdrawn {
        complaint_id: asked.complaint_id,
        reference: asked.reference,
        action_id: asked.action_id,
        case_reference: asked.case_reference,
    };

    for _ in 0..2 {
        portal.hears_at(&withdrawn, portal.clock.now()).await;
    }

    assert_eq!(waiting(&portal).await, []);
    let caller = testkit::a_caseworker();
    let late = portal
        .risks(&caller)
        .answer_risk_review(answering(&review))
        .await;
    assert_eq!(reason(&late.unwrap_err()), "REVIEW_SETTLED");
    let told = portal.timeline(&case).await;
    let told = told
        .iter()
        .filter(|it| it.title == "Risk review no longer asked for");
    assert_eq!(told.count(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_1_a_landlord_sees_nothing_of_a_risk_review(db: PgPool) {
    let portal = a_portal(&db).await;
    let (case, _) = a_case_to_review(&portal).await;
    let review = waiting(&portal).await.remove(0);
    let mut risks = portal.risks(&testkit::a_caseworker());
    risks.answer_risk_review(answering(&review)).await.unwrap();

    let seen = portal.own().get_case(get(&case)).await.unwrap();
    let told = portal.own().list_timeline(timeline(&case)).await.unwrap();

    assert_eq!(seen.into_inner().allocation, None);
    let titles = told.into_inner().entries.into_iter().map(|it| it.title);
    assert_eq!(titles.collect::<Vec<_>>(), ["Case opened"]);
    let entries = portal.timeline(&case).await;
    let staff: Vec<_> = entries
        .iter()
        .filter(|it| it.staff_only)
        .map(|it| {
            (
                it.title.as_str(),
                it.actor.as_str(),
                it.description.as_str(),
            )
        })
        .collect();
    assert_eq!(
        staff,
        [
            (
                "Risk review answered",
                "Casey Caseworker",
                "For service complaint SC202500007. The case is highly sensitive, by its first assessment. There are new factors."
            ),
            (
                "Risk review asked for",
                "Customer Insight",
                "Service complaint SC202500007 asks for a fresh review of the risk assessment, by 24 June 2025."
            ),
        ]
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn no_3_a_review_that_is_asked_for_again_and_again_is_one_review(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let asked = asked(&case.reference, "2025-06-24");
    let delivered = event(&asked);

    for expected in [Outcome::Handled, Outcome::Duplicate] {
        let outcome = outbox::deliver(&db, &portal.app, &delivered).await.unwrap();
        assert_eq!(outcome, expected);
    }
    // A replay after the inbox has forgotten it comes like a new event.
    portal.hears(&asked).await;

    assert_eq!(waiting(&portal).await.len(), 1);
    assert_eq!(events::<RiskReviewOpened>(&db).await.len(), 1);
    let entries = portal.timeline(&case).await;
    let told = entries.iter().filter(|it| it.staff_only);
    assert_eq!(told.count(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn sc_9_a_review_of_a_case_that_is_not_there_is_refused_and_nothing_hangs(db: PgPool) {
    let portal = a_portal(&db).await;
    let unknown = asked("209912345", "2025-06-24");
    let nonsense = asked("the case about damp", "2025-06-24");

    portal.hears(&unknown).await;
    portal.hears(&nonsense).await;

    let refused = events::<RiskReviewRefused>(&db).await;
    let expected = [&unknown, &nonsense].map(|it| RiskReviewRefused {
        case_reference: it.case_reference.clone(),
        complaint_id: it.complaint_id.clone(),
        action_id: it.action_id.clone(),
        reason: RiskReviewRefusal::NoSuchCase.into(),
    });
    assert_eq!(refused, expected);
    assert_eq!(waiting(&portal).await, []);
}

/// 4.9: what was promised is Customer Insight's to settle; a case that is closed is not assessed, and says so.
#[sqlx::test(migrator = "case::MIGRATOR")]
async fn sc_9_a_case_is_closed_with_a_review_open_and_customer_insight_hears_why(db: PgPool) {
    let portal = a_portal(&db).await;
    let (case, asked) = a_case_to_review(&portal).await;
    let review = waiting(&portal).await.remove(0);

    portal.moved(&case, &[Status::Closed]).await;

    let closed = RiskReviewRefused {
        case_reference: case.reference.clone(),
        complaint_id: asked.complaint_id.clone(),
        action_id: asked.action_id.clone(),
        reason: RiskReviewRefusal::CaseClosed.into(),
    };
    assert_eq!(
        events::<RiskReviewRefused>(&db).await,
        std::slice::from_ref(&closed)
    );
    assert_eq!(waiting(&portal).await, []);
    let mut risks = portal.risks(&testkit::a_caseworker());
    let late = risks
        .answer_risk_review(answering(&review))
        .await
        .unwrap_err();
    assert_eq!(reason(&late), "REVIEW_SETTLED");

    // One that is asked of a closed case is refused at once.
    let again = RiskReviewRequested {
        action_id: kit::id().to_string(),
        ..asked
    };
    portal.hears(&again).await;
    let refused = events::<RiskReviewRefused>(&db).await;
    let expected = RiskReviewRefused {
        action_id: again.action_id,
        ..closed
    };
    assert_eq!(refused[1..], [expected]);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn sc_9_a_review_is_answered_once(db: PgPool) {
    let portal = a_portal(&db).await;
    a_case_to_review(&portal).await;
    let review = waiting(&portal).await.remove(0);
    let mut risks = portal.risks(&testkit::a_caseworker());
    let mut stale = answering(&review);
    stale.version -= 1;
    let mut silent = answering(&review);
    silent.told = " ".into();

    let stale = risks.answer_risk_review(stale).await.unwrap_err();
    let silent = risks.answer_risk_review(silent).await.unwrap_err();
    risks.answer_risk_review(answering(&review)).await.unwrap();
    let twice = risks
        .answer_risk_review(answering(&review))
        .await
        .unwrap_err();

    assert_eq!(
        (stale.code(), reason(&stale).as_str()),
        (Code::Aborted, "STALE")
    );
    assert_eq!(violations(&silent)[0].0, "told");
    assert_eq!(reason(&twice), "REVIEW_SETTLED");
    assert_eq!(events::<RiskReviewAnswered>(&db).await.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn sc_9_open_reviews_are_listed_soonest_due_first_to_the_last_page(db: PgPool) {
    let portal = a_portal(&db).await;
    let owner = testkit::a_caseworker();
    portal
        .hears_at(
            &crate::given::staff(owner.id(), "Casey", true),
            portal.clock.now(),
        )
        .await;
    for due in ["2025-06-30", "2025-06-03", "2025-06-16"] {
        let case = portal.a_case().await;
        portal.hears(&asked(&case.reference, due)).await;
    }
    let own = portal.a_case().await;
    let request = proto::case::v1::AssignOwnerRequest {
        case_id: own.id.clone(),
        version: own.version,
        owner_account_id: owner.id().to_string(),
    };
    portal.staff().assign_owner(request).await.unwrap();
    portal.hears(&asked(&own.reference, "2025-06-10")).await;
    portal.days_pass(2);

    let all = waiting(&portal).await;
    let mine = open_reviews(&portal, &owner, true).await;

    let due = all.iter().map(|it| (it.due_on.as_str(), it.overdue));
    assert_eq!(
        due.collect::<Vec<_>>(),
        [
            ("2025-06-03", true),
            ("2025-06-10", false),
            ("2025-06-16", false),
            ("2025-06-30", false),
        ]
    );
    let due: Vec<_> = mine.iter().map(|it| it.due_on.as_str()).collect();
    assert_eq!(due, ["2025-06-10"]);
    let nobodys = portal
        .risks(&owner)
        .get_risk_review(GetRiskReviewRequest {
            review_id: kit::id().to_string(),
        })
        .await
        .unwrap_err();
    assert_eq!(reason(&nobodys), "NO_SUCH_REVIEW");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_8_a_review_that_finds_nothing_new_says_so(db: PgPool) {
    let portal = a_portal(&db).await;
    let (case, _) = a_case_to_review(&portal).await;
    assessed(&portal, &case, grave()).await;
    let review = waiting(&portal).await.remove(0);
    let request = AnswerRiskReviewRequest {
        factors: Some(grave()),
        ..answering(&review)
    };

    portal
        .risks(&testkit::a_senior_colleague())
        .answer_risk_review(request)
        .await
        .unwrap();

    let answered = &portal.timeline(&case).await;
    let answered = answered
        .iter()
        .find(|it| it.title == "Risk review answered")
        .unwrap();
    assert_eq!(
        answered.description,
        "For service complaint SC202500007. The case is highly sensitive, as it was before. There are no new factors."
    );
}
