//! Somebody of the ombudsman's, and a service complaint that asks casework for a fresh review of a case's risk.

use kit::client::Channel;
use kit::token::Claims;
use kit::{Clock, Person};
use proto::access::v1::Role;
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::case::v1::risk_service_client::RiskServiceClient;
use proto::case::v1::{Case, GetCaseRequest};
use proto::identity::v1::StaffChanged;
use proto::service_complaint::v1::complaint_service_client::ComplaintServiceClient;
use proto::service_complaint::v1::{
    AcknowledgeRequest, AnswerStage1Request, Channel as Way, Complaint, ComplaintType,
    DecideElementRequest, Decision, DefineRequest, GetComplaintRequest, Needs, OfferRemedyRequest,
    PromiseActionRequest, RecordComplaintRequest, Remedy, RemedyKind, ServiceUser, ServiceUserKind,
};
use testkit::eventually;
use tonic::Request;
use uuid::Uuid;

use crate::Portal;

/// Somebody of the ombudsman's, as the gateway calls for them.
pub struct Colleague<'a> {
    /// Where.
    pub portal: &'a Portal,
    /// The account.
    pub account_id: Uuid,
    /// What the person may do.
    pub role: Role,
}

impl Colleague<'_> {
    /// A request with the token that the gateway would bring.
    pub fn to<T>(&self, service: &str, message: T) -> Request<T> {
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

    /// The client of service complaints.
    #[must_use]
    pub fn complaints(&self) -> ComplaintServiceClient<Channel> {
        ComplaintServiceClient::new(self.channel("service-complaint"))
    }

    /// The client of cases.
    #[must_use]
    pub fn cases(&self) -> CaseServiceClient<Channel> {
        CaseServiceClient::new(self.channel("case"))
    }

    /// The client of risk reviews.
    #[must_use]
    pub fn risks(&self) -> RiskServiceClient<Channel> {
        RiskServiceClient::new(self.channel("case"))
    }

    /// A case, as it is.
    pub async fn case(&self, case_id: &str) -> Case {
        let request = GetCaseRequest {
            case_id: case_id.to_owned(),
        };
        let found = self.cases().get_case(self.to("case", request)).await;
        found.unwrap().into_inner()
    }

    /// A complaint, as it is.
    pub async fn complaint(&self, id: &str) -> Complaint {
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

/// A complaint about a case, which is upheld and promises to look at the risk of the case again: casework hears of both.
pub async fn an_upheld_complaint(investigator: &Colleague<'_>, case_reference: &str) -> Complaint {
    let today = kit::time::iso(Clock::system().today());
    let request = RecordComplaintRequest {
        request_id: kit::id().to_string(),
        service_user: Some(ServiceUser {
            name: "Asha Verma".to_owned(),
            kind: ServiceUserKind::Resident.into(),
            email: "asha@example.org".to_owned(),
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
        AcknowledgeRequest {
            on: today.clone(),
            proof: "The letter of today, on file".to_owned(),
        }
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
    let due_on = Clock::system().today() + chrono::TimeDelta::days(14);
    announce(investigator).await;
    let promise = PromiseActionRequest {
        complaint_id: complaint.id.clone(),
        version: complaint.version,
        what: "Review the risk assessment of the case".to_owned(),
        owner_id: investigator.account_id.to_string(),
        owner_name: String::new(),
        due_on: kit::time::iso(due_on),
        remedy_id: complaint.remedies[0].id.clone(),
    };
    complaint = eventually("the service has heard of the investigator", async || {
        let request = investigator.to("service-complaint", promise.clone());
        match investigator.complaints().promise_action(request).await {
            Ok(promised) => Some(promised.into_inner()),
            Err(refused) => {
                assert_eq!(testkit::reason(&refused), "NO_SUCH_OWNER", "{refused}");
                None
            }
        }
    })
    .await;
    answered(investigator, &complaint.id, &today).await
}

/// The complaint, answered: what casework says about the promise changes it, too, and may come before the answer.
async fn answered(investigator: &Colleague<'_>, complaint_id: &str, today: &str) -> Complaint {
    eventually("the complaint to be answered", || async {
        let seen = investigator.complaint(complaint_id).await;
        let answer = AnswerStage1Request {
            complaint_id: seen.id,
            version: seen.version,
            on: today.to_owned(),
            proof: "The letter of today, on file".to_owned(),
        };
        let answer = investigator.to("service-complaint", answer);
        let answered = investigator.complaints().answer_stage1(answer).await;
        answered.ok().map(tonic::Response::into_inner)
    })
    .await
}

/// Identity announces a member of staff, as it does when a system administrator adds one.
async fn announce(colleague: &Colleague<'_>) {
    let identity = colleague.portal.database("identity").await.unwrap();
    let changed = StaffChanged {
        account_id: colleague.account_id.to_string(),
        name: "Robin Role".to_owned(),
        team: String::new(),
        active: true,
        role: colleague.role.into(),
    };
    let mut connection = identity.acquire().await.unwrap();
    outbox::publish(&mut connection, &changed).await.unwrap();
}
