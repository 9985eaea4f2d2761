//! A fresh review of a case's risk on its whole way: Customer Insight promises it, casework answers it, and the promise is kept
//! (recommendation 37.4). Each side sees of the other what it must, and no more (policy 1.8).

use kit::client::Channel;
use kit::token::Claims;
use kit::{Clock, Person};
use proto::access::v1::Role;
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::case::v1::risk_service_client::RiskServiceClient;
use proto::case::v1::{
    AnswerRiskReviewRequest, Case, CaseType, Circumstances, GetCaseRequest, ListRiskReviewsRequest,
    OpenCaseRequest, RiskFactors, RiskReview, Severity,
};
use proto::service_complaint::v1::complaint_service_client::ComplaintServiceClient;
use proto::service_complaint::v1::{
    AcknowledgeRequest, Action, AnswerStage1Request, Channel as Way, Complaint, ComplaintType,
    DecideElementRequest, Decision, DefineRequest, GetComplaintRequest, Needs, OfferRemedyRequest,
    PromiseActionRequest, RecordComplaintRequest, Remedy, RemedyKind, ServiceUser, ServiceUserKind,
};
use testkit::eventually;
use tests::Portal;
use tonic::{Code, Request};
use uuid::Uuid;

const TOLD: &str = "The risk was assessed afresh, and the case goes ahead of others.";

/// Somebody of the ombudsman's, as the gateway calls for them.
struct Colleague<'a> {
    portal: &'a Portal,
    account_id: Uuid,
    role: Role,
}

impl Colleague<'_> {
    fn to<T>(&self, service: &str, message: T) -> Request<T> {
        let person = Person {
            account_id: self.account_id,
            name: "Robin Role".to_owned(),
            role: self.role,
            landlord: None,
            team: (self.role == Role::Caseworker).then(|| "TEAM_TRIAGE".to_owned()),
            session_id: Some(kit::id()),
            through: None,
        };
        let claims = Claims::person(&person, service, Clock::system().now());
        kit::client::bearer(message, &self.portal.signer.sign(&claims).unwrap())
    }

    fn channel(&self, service: &str) -> Channel {
        self.portal.channel(service, "gateway").unwrap()
    }

    fn complaints(&self) -> ComplaintServiceClient<Channel> {
        ComplaintServiceClient::new(self.channel("service-complaint"))
    }

    fn cases(&self) -> CaseServiceClient<Channel> {
        CaseServiceClient::new(self.channel("case"))
    }

    fn risks(&self) -> RiskServiceClient<Channel> {
        RiskServiceClient::new(self.channel("case"))
    }

    async fn case(&self, case_id: &str) -> Case {
        let request = GetCaseRequest {
            case_id: case_id.to_owned(),
        };
        let found = self.cases().get_case(self.to("case", request)).await;
        found.unwrap().into_inner()
    }

    async fn complaint(&self, id: &str) -> Complaint {
        let request = GetComplaintRequest {
            complaint_id: id.to_owned(),
        };
        let request = self.to("service-complaint", request);
        let found = self.complaints().get_complaint(request).await;
        found.unwrap().into_inner()
    }
}

/// Calls a method of service complaints, and takes the complaint as it is then.
macro_rules! step {
    ($colleague:expr, $complaint:ident, $method:ident, $request:ident { $($field:tt)* }) => {
        $complaint = {
            let request = $request {
                complaint_id: $complaint.id.clone(),
                version: $complaint.version,
                $($field)*
            };
            let request = $colleague.to("service-complaint", request);
            $colleague.complaints().$method(request).await.unwrap().into_inner()
        }
    };
}

async fn a_case(portal: &Portal, caseworker: &Colleague<'_>) -> Case {
    let landlord = portal
        .register_landlord(
            "TEST TEST Landlord",
            "Dani Rawling",
            "dani@landlord.example",
        )
        .await
        .unwrap();
    let request = OpenCaseRequest {
        request_id: kit::id().to_string(),
        case_type: CaseType::MemberLandlord.into(),
        complainant: "Asha Verma".to_owned(),
        landlord_id: landlord.id,
        subject: "Damp and mould in the bedroom".to_owned(),
        ..OpenCaseRequest::default()
    };
    eventually("the case service hears of the landlord", || async {
        let request = caseworker.to("case", request.clone());
        let opened = caseworker.cases().open_case(request).await;
        opened.ok().map(tonic::Response::into_inner)
    })
    .await
}

/// A complaint about a case, which is upheld and offers a review of the case's risk.
async fn an_upheld_complaint(investigator: &Colleague<'_>, case_reference: &str) -> Complaint {
    let today = kit::time::iso(Clock::system().today());
    let request = RecordComplaintRequest {
        request_id: kit::id().to_string(),
        service_user: Some(ServiceUser {
            name: "Asha Verma".to_owned(),
            kind: ServiceUserKind::Resident.into(),
            telephone: "020 7946 0000".to_owned(),
            ..ServiceUser::default()
        }),
        channel: Way::Telephone.into(),
        summary: "Nobody called me back.".to_owned(),
        received_on: today.clone(),
        case_reference: case_reference.to_owned(),
        ..RecordComplaintRequest::default()
    };
    let request = investigator.to("service-complaint", request);
    let recorded = investigator.complaints().record_complaint(request).await;
    let mut complaint = recorded.unwrap().into_inner();
    let none = || "None".to_owned();
    step!(
        investigator,
        complaint,
        define,
        DefineRequest {
            elements: vec!["The call that was promised was not made".to_owned()],
            desired_outcome: "An apology".to_owned(),
            needs: Some(Needs {
                contact: "020 7946 0000".to_owned(),
                communication_preference: "Telephone".to_owned(),
                reasonable_adjustments: none(),
                vulnerabilities: none(),
            }),
            early_resolution: none(),
            complaint_type: ComplaintType::NoService.into(),
        }
    );
    step!(
        investigator,
        complaint,
        acknowledge,
        AcknowledgeRequest { on: today.clone() }
    );
    step!(
        investigator,
        complaint,
        decide_element,
        DecideElementRequest {
            element_id: complaint.elements[0].id.clone(),
            decision: Decision::Upheld.into(),
            reason: "We did not call.".to_owned(),
        }
    );
    step!(
        investigator,
        complaint,
        offer_remedy,
        OfferRemedyRequest {
            remedy: Some(Remedy {
                kind: RemedyKind::RiskReview.into(),
                text: "Look at the risk assessment again".to_owned(),
                ..Remedy::default()
            }),
            affected_all: false,
        }
    );
    step!(
        investigator,
        complaint,
        answer_stage1,
        AnswerStage1Request { on: today }
    );
    complaint
}

async fn promised(investigator: &Colleague<'_>, complaint: Complaint) -> Complaint {
    let mut complaint = complaint;
    let due_on = Clock::system().today() + chrono::TimeDelta::days(14);
    step!(
        investigator,
        complaint,
        promise_action,
        PromiseActionRequest {
            what: "Review the risk assessment of the case".to_owned(),
            owner_id: investigator.account_id.to_string(),
            owner_name: "Robin Role".to_owned(),
            due_on: kit::time::iso(due_on),
            remedy_id: complaint.remedies[0].id.clone(),
        }
    );
    complaint
}

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
    let complaint = promised(&investigator, complaint).await;

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
    let complaint = promised(&investigator, complaint).await;

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
