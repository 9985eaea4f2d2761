//! Between the wire and the use cases; no decisions.

use calendar::{Deadline, State};
use chrono::NaiveDate;
use kit::page::Page;
use kit::{Caller, Check};
use proto::service_complaint::v1::complaint_service_server::ComplaintService;
use proto::service_complaint::v1::{self as pb};
use tonic::{Request, Response, Status};

use crate::app::{App, Intake, Position};
use crate::domain::{Channel, Complaint, Definition, Needs};

const MOST_ELEMENTS: usize = 20;

#[tonic::async_trait]
impl ComplaintService for App {
    async fn record_complaint(
        &self,
        request: Request<pb::RecordComplaintRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let intake = intake(request.into_inner()).map_err(kit::status)?;
        let complaint = self.record(&caller, intake).await.map_err(kit::status)?;
        Ok(Response::new(to_wire(complaint, self.today())))
    }

    async fn get_complaint(
        &self,
        request: Request<pb::GetComplaintRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let pb::GetComplaintRequest { complaint_id } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("complaint_id", &complaint_id);
        check.done().map_err(kit::status)?;
        let complaint = self.get(&caller, id).await.map_err(kit::status)?;
        Ok(Response::new(to_wire(complaint, self.today())))
    }

    async fn list_complaints(
        &self,
        request: Request<pb::ListComplaintsRequest>,
    ) -> Result<Response<pb::ListComplaintsResponse>, Status> {
        let caller = Caller::of(&request);
        let pb::ListComplaintsRequest {
            page_size,
            page_token,
        } = request.into_inner();
        let page = Page::<Position>::read(page_size, &page_token, &()).map_err(kit::status)?;
        let (complaints, next_page_token) = self.list(&caller, &page).await.map_err(kit::status)?;
        let today = self.today();
        Ok(Response::new(pb::ListComplaintsResponse {
            complaints: complaints
                .into_iter()
                .map(|it| to_wire(it, today))
                .collect(),
            next_page_token,
        }))
    }

    async fn acknowledge_complaint(
        &self,
        request: Request<pb::AcknowledgeComplaintRequest>,
    ) -> Result<Response<pb::Complaint>, Status> {
        let caller = Caller::of(&request);
        let pb::AcknowledgeComplaintRequest {
            complaint_id,
            version,
            elements,
            desired_outcome,
            needs: known,
            early_resolution,
            acknowledged_on,
        } = request.into_inner();
        let mut check = Check::new();
        let id = check.uuid("complaint_id", &complaint_id);
        let acknowledged_on = check.date("acknowledged_on", &acknowledged_on);
        if elements.len() > MOST_ELEMENTS {
            check.refuse("elements", "Set out 20 elements or fewer", "TOO_MANY");
        }
        let definition = Definition {
            elements: elements
                .iter()
                .map(|it| check.long_text("elements", it, 0..=1_000))
                .collect(),
            desired_outcome: check.long_text("desired_outcome", &desired_outcome, 0..=2_000),
            needs: needs(&mut check, known.unwrap_or_default()),
            early_resolution: check.long_text("early_resolution", &early_resolution, 0..=2_000),
        };
        check.done().map_err(kit::status)?;
        let complaint = self
            .acknowledge(&caller, id, version, definition, acknowledged_on)
            .await
            .map_err(kit::status)?;
        Ok(Response::new(to_wire(complaint, self.today())))
    }
}

fn intake(request: pb::RecordComplaintRequest) -> Result<Intake, kit::Invalid> {
    let channel = channel(request.channel());
    let pb::RecordComplaintRequest {
        request_id,
        service_user,
        channel: _,
        summary,
        received_on,
        needs: known,
    } = request;
    let mut check = Check::new();
    if channel.is_none() {
        check.refuse("channel", "Choose how the complaint came", "REQUIRED");
    }
    let intake = Intake {
        request_id: check.uuid("request_id", &request_id),
        service_user: check.text("service_user", &service_user, 1..=200),
        channel: channel.unwrap_or(Channel::Colleague),
        summary: check.long_text("summary", &summary, 1..=10_000),
        received_on: check.date("received_on", &received_on),
        needs: needs(&mut check, known.unwrap_or_default()),
    };
    check.done()?;
    Ok(intake)
}

fn needs(check: &mut Check, needs: pb::Needs) -> Needs {
    let pb::Needs {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    } = needs;
    let mut text = |field: &str, value: &str| check.long_text(field, value, 0..=2_000);
    Needs {
        contact: text("needs.contact", &contact),
        communication_preference: text("needs.communication_preference", &communication_preference),
        reasonable_adjustments: text("needs.reasonable_adjustments", &reasonable_adjustments),
        vulnerabilities: text("needs.vulnerabilities", &vulnerabilities),
    }
}

fn channel(channel: pb::Channel) -> Option<Channel> {
    match channel {
        pb::Channel::Unspecified => None,
        pb::Channel::Webform => Some(Channel::Webform),
        pb::Channel::Email => Some(Channel::Email),
        pb::Channel::Telephone => Some(Channel::Telephone),
        pb::Channel::Letter => Some(Channel::Letter),
        pb::Channel::Colleague => Some(Channel::Colleague),
    }
}

impl From<Channel> for pb::Channel {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Webform => Self::Webform,
            Channel::Email => Self::Email,
            Channel::Telephone => Self::Telephone,
            Channel::Letter => Self::Letter,
            Channel::Colleague => Self::Colleague,
        }
    }
}

fn to_wire(complaint: Complaint, today: NaiveDate) -> pb::Complaint {
    let Complaint {
        id,
        reference,
        service_user,
        channel,
        summary,
        definition:
            Definition {
                elements,
                desired_outcome,
                needs:
                    Needs {
                        contact,
                        communication_preference,
                        reasonable_adjustments,
                        vulnerabilities,
                    },
                early_resolution,
            },
        received_on,
        clocks,
        version,
    } = complaint;
    pb::Complaint {
        id: id.to_string(),
        reference,
        service_user,
        channel: pb::Channel::from(channel).into(),
        summary,
        elements,
        desired_outcome,
        needs: Some(pb::Needs {
            contact,
            communication_preference,
            reasonable_adjustments,
            vulnerabilities,
        }),
        early_resolution,
        received_on: kit::time::iso(received_on),
        acknowledgement: Some(deadline(&clocks.acknowledgement, today)),
        response: clocks.response.as_ref().map(|it| deadline(it, today)),
        version,
    }
}

fn deadline(deadline: &Deadline, today: NaiveDate) -> pb::Deadline {
    let (met_on, late) = match deadline.state_on(today) {
        State::Met { on, late } => (Some(on), late),
        State::Running | State::Paused | State::Withdrawn => (None, deadline.is_overdue(today)),
    };
    pb::Deadline {
        due_on: kit::time::iso(deadline.due()),
        met_on: kit::time::iso_opt(met_on),
        late,
        calendar_version: deadline.calendar().to_string(),
    }
}
