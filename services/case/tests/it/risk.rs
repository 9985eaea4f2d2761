//! CA-8: how sensitive a case is, and how it was found to be that.

use proto::access::v1::Role;
use proto::case::v1::{
    AnswerRiskReviewRequest, AssessRiskRequest, Case, Circumstances, GetRiskReviewRequest,
    ListRiskAssessmentsRequest, ListRiskReviewsRequest, RiskFactors, Sensitivity, Severity,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{Portal, a_portal, factors, get, timeline};

pub fn assessing(case: &Case, found: RiskFactors) -> AssessRiskRequest {
    AssessRiskRequest {
        case_id: case.id.clone(),
        version: case.version,
        factors: Some(found),
    }
}

/// A severe issue of somebody at risk.
pub fn grave() -> RiskFactors {
    factors(Severity::Severe, "2025-05-01", Circumstances::AtRisk)
}

pub async fn assessed(portal: &Portal, case: &Case, found: RiskFactors) -> Case {
    portal
        .risks(&testkit::a_caseworker())
        .assess_risk(assessing(case, found))
        .await
        .unwrap();
    portal.seen(case).await
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_8_a_risk_is_assessed_again_and_what_was_found_before_is_kept(db: PgPool) {
    let portal = a_portal(&db).await;
    let mut case = portal.a_case().await;
    let unassessed = portal.seen(&case).await.allocation.unwrap();
    for found in [
        factors(Severity::Minor, "", Circumstances::NoneKnown),
        factors(Severity::Serious, "2024-06-01", Circumstances::NoneKnown),
        grave(),
    ] {
        case = assessed(&portal, &case, found).await;
    }

    let mut risks = portal.risks(&testkit::a_caseworker());
    let mut found = Vec::new();
    let mut request = ListRiskAssessmentsRequest {
        case_id: case.id.clone(),
        page_size: 2,
        page_token: String::new(),
    };
    loop {
        let page = risks
            .list_risk_assessments(request.clone())
            .await
            .unwrap()
            .into_inner();
        found.extend(page.assessments);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert_eq!(unassessed.sensitivity(), Sensitivity::Unspecified);
    let history: Vec<_> = found
        .iter()
        .map(|it| (it.sensitivity_before(), it.sensitivity()))
        .collect();
    assert_eq!(
        history,
        [
            (Sensitivity::Sensitive, Sensitivity::HighlySensitive),
            (Sensitivity::Standard, Sensitivity::Sensitive),
            (Sensitivity::Unspecified, Sensitivity::Standard),
        ]
    );
    assert_eq!(found[0].factors, Some(grave()));
    assert_eq!(found[0].assessed_by, "Casey Caseworker");
    let allocation = case.allocation.unwrap();
    assert_eq!(allocation.sensitivity(), Sensitivity::HighlySensitive);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_1_a_landlord_sees_nothing_of_a_cases_risk(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = assessed(&portal, &portal.a_case().await, grave()).await;

    let seen = portal.own().get_case(get(&case)).await.unwrap();
    let told = portal.own().list_timeline(timeline(&case)).await.unwrap();

    assert_eq!(seen.into_inner().allocation, None);
    let titles = told.into_inner().entries.into_iter().map(|it| it.title);
    assert_eq!(titles.collect::<Vec<_>>(), ["Case opened"]);
    let entry = &portal.timeline(&case).await[0];
    assert!(entry.staff_only);
    assert_eq!(
        entry.description,
        "The case is highly sensitive, by its first assessment. There are no new factors."
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_8_every_wrong_field_of_an_assessment_is_named(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mut risks = portal.risks(&testkit::a_caseworker());
    let wrong = RiskFactors {
        severity: 9,
        going_on_since: "2025-06-03".into(),
        circumstances: 0,
        new_factors: "x".repeat(2_001),
    };

    let refused = risks
        .assess_risk(assessing(&case, wrong))
        .await
        .unwrap_err();

    let fields: Vec<_> = violations(&refused).into_iter().map(|it| it.0).collect();
    assert_eq!(
        fields,
        [
            "factors.severity",
            "factors.circumstances",
            "factors.going_on_since",
            "factors.new_factors"
        ]
    );
    let allocation = portal.seen(&case).await.allocation.unwrap();
    assert_eq!(allocation.sensitivity(), Sensitivity::Unspecified);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_2_of_two_who_assess_at_once_one_looks_again(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    assessed(&portal, &case, grave()).await;

    let mut risks = portal.risks(&testkit::a_caseworker());
    let refused = risks
        .assess_risk(assessing(&case, grave()))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "STALE")
    );
}

/// 1.8: Customer Insight is independent of casework. Landlords see nothing of it either (CA-1), and nor does whoever administers the system.
#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_8_nobody_but_casework_comes_to_the_risk_of_a_case(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mut strangers: Vec<_> = [
        Role::ComplaintsInvestigator,
        Role::CustomerInsightManager,
        Role::IndependentReviewer,
        Role::SystemAdministrator,
    ]
    .map(testkit::a)
    .into();
    strangers.push(portal.administrator());
    strangers.push(testkit::a_client(&["cases"]));

    for caller in &strangers {
        let mut risks = portal.risks(caller);
        let assessment = risks.assess_risk(assessing(&case, grave())).await;
        let history = risks
            .list_risk_assessments(ListRiskAssessmentsRequest {
                case_id: case.id.clone(),
                ..ListRiskAssessmentsRequest::default()
            })
            .await;
        let reviews = risks
            .list_risk_reviews(ListRiskReviewsRequest::default())
            .await;
        let review = risks
            .get_risk_review(GetRiskReviewRequest {
                review_id: kit::id().to_string(),
            })
            .await;
        let answer = risks
            .answer_risk_review(AnswerRiskReviewRequest {
                review_id: kit::id().to_string(),
                ..AnswerRiskReviewRequest::default()
            })
            .await;
        let refused = [
            assessment.unwrap_err(),
            history.unwrap_err(),
            reviews.unwrap_err(),
            review.unwrap_err(),
            answer.unwrap_err(),
        ];
        for refused in refused {
            assert_eq!(refused.code(), Code::PermissionDenied, "{caller:?}");
        }
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_1_an_assessment_is_in_the_audit_and_stays_as_it_was_written(db: PgPool) {
    let portal = a_portal(&db).await;
    let found = RiskFactors {
        new_factors: "The resident is pregnant".into(),
        ..grave()
    };
    assessed(&portal, &portal.a_case().await, found).await;

    let (actor, details): (String, serde_json::Value) =
        sqlx::query_as("select actor, details from changes where action = 'assess_risk'")
            .fetch_one(&db)
            .await
            .unwrap();
    assert!(actor.starts_with("account:"), "{actor}");
    assert_eq!(details["sensitivity"]["to"], "HIGHLY_SENSITIVE");
    assert_eq!(details["new_factors"], true);
    assert!(!details.to_string().contains("pregnant"), "{details}");

    for table in ["risk_assessments", "ahead_decisions", "allocations"] {
        for statement in [
            format!("update {table} set case_id = case_id"),
            format!("delete from {table}"),
        ] {
            let mut tx = db.begin().await.unwrap();
            sqlx::query("set local role case_app")
                .execute(&mut *tx)
                .await
                .unwrap();
            let refused = sqlx::query(sqlx::AssertSqlSafe(statement.clone()))
                .execute(&mut *tx)
                .await
                .unwrap_err();
            let code = refused
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code);
            assert_eq!(code.as_deref(), Some("42501"), "{statement}");
        }
    }
}
