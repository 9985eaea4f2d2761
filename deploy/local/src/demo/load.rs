//! Loads the caseload through the same calls that other systems use. Loading it again changes nothing.

use std::collections::HashMap;

use anyhow::Context as _;
use kit::Clock;
use kit::client::Channel;
use kit::config::{PeerConfig, TlsConfig};
use proto::case::v1::case_service_client::CaseServiceClient;
use proto::case::v1::{
    GetCaseRequest, ImportCasesRequest, ImportedCase, MoveCaseRequest, Status as CaseStatus,
};
use proto::document::v1::document_service_client::DocumentServiceClient;
use proto::document::v1::upload_document_request::Piece;
use proto::document::v1::{End, NewDocument, UploadDocumentRequest};
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::{AddStaffRequest, RegisterLandlordRequest};
use proto::messaging::v1::messaging_service_client::MessagingServiceClient;
use proto::messaging::v1::{ImportMessagesRequest, ImportedMessage};
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{ImportTasksRequest, ImportedTask};
use tonic::{Code, Status};

use super::import::{self, Taken, is_busy, patiently};
use super::{Case, Caseload, oversight, procedure, requests, timeframes};
use crate::operator::Credentials;
use crate::ports::Ports;
use crate::progress::Progress;
use crate::service::Service;
use crate::tokens::Tokens;

/// How much of a file goes in one piece.
const PIECE: usize = 64 * 1024;

/// Loads a caseload.
#[derive(Debug)]
pub struct Loader<'a> {
    caseload: &'a Caseload,
    tls: TlsConfig,
    ports: Ports,
    tokens: Tokens,
    progress: Progress,
}

impl<'a> Loader<'a> {
    /// Loads with the operators' rights.
    pub fn new(
        caseload: &'a Caseload,
        tls: TlsConfig,
        ports: Ports,
        credentials: Credentials,
        clock: Clock,
        progress: Progress,
    ) -> anyhow::Result<Self> {
        let identity = channel(&tls, ports, Service::Identity)?;
        Ok(Self {
            caseload,
            tls,
            ports,
            tokens: Tokens::new(identity, credentials, clock),
            progress,
        })
    }

    fn channel(&self, service: Service) -> anyhow::Result<Channel> {
        channel(&self.tls, self.ports, service)
    }

    /// Loads everything.
    pub async fn load(&mut self) -> anyhow::Result<()> {
        let landlords = self
            .landlords()
            .await
            .context("could not register the landlords")?;
        let staff = self.staff().await.context("could not add the staff")?;
        timeframes::load(self.channel(Service::Case)?, &mut self.tokens)
            .await
            .context("could not set the timeframes")?;
        let cases = self
            .cases(&landlords, &staff)
            .await
            .context("could not import the cases")?;
        self.tasks(&cases)
            .await
            .context("could not import the tasks")?;
        self.messages(&cases)
            .await
            .context("could not import the messages")?;
        self.documents(&cases)
            .await
            .context("could not upload the documents")?;
        self.close(&cases).await.context("could not close cases")?;
        self.complaints(&staff)
            .await
            .context("could not load the service complaints")?;
        self.requests(&staff)
            .await
            .context("could not load the service requests")?;
        oversight::load(self.channel(Service::ServiceComplaint)?, &mut self.tokens)
            .await
            .context("could not record the recommendations")
    }

    async fn complaints(&mut self, staff: &[String]) -> anyhow::Result<()> {
        let complaints = &self.caseload.complaints;
        let step = self
            .progress
            .count("recording service complaints", complaints.len());
        let channel = self.channel(Service::ServiceComplaint)?;
        let people = procedure::by_username(&self.caseload.staff, staff);
        for (place, complaint) in complaints.iter().enumerate() {
            let place = place.to_string();
            let notes: Vec<_> = (0..complaint.notes.len())
                .map(|note| self.id(&["note", &place, &note.to_string()]))
                .collect();
            let ids = (self.id(&["service complaint", &place]), notes.as_slice());
            let tokens = &mut self.tokens;
            procedure::load(channel.clone(), tokens, &people, complaint, ids).await?;
            step.advance(1);
        }
        step.done();
        Ok(())
    }

    async fn requests(&mut self, staff: &[String]) -> anyhow::Result<()> {
        let channel = self.channel(Service::ServiceComplaint)?;
        let people = procedure::by_username(&self.caseload.staff, staff);
        for (place, request) in self.caseload.requests.iter().enumerate() {
            let id = self.id(&["service request", &place.to_string()]);
            requests::load(channel.clone(), &mut self.tokens, &people, request, id).await?;
        }
        Ok(())
    }

    async fn landlords(&mut self) -> anyhow::Result<Vec<String>> {
        let step = self
            .progress
            .count("registering landlords", self.caseload.landlords.len());
        let mut administration = AdministrationServiceClient::new(self.channel(Service::Identity)?);
        let mut ids = vec![];
        for landlord in &self.caseload.landlords {
            let request = RegisterLandlordRequest {
                request_id: self.id(&["landlord", landlord.username]),
                name: landlord.name.to_owned(),
                administrator_name: landlord.administrator.to_owned(),
                administrator_username: landlord.username.to_owned(),
            };
            let registered = patiently(is_busy, async || {
                let request = self
                    .tokens
                    .bearer(request.clone(), Service::Identity, None)
                    .await?;
                administration.register_landlord(request).await
            });
            ids.push(registered.await?.into_inner().id);
            step.advance(1);
        }
        step.done();
        Ok(ids)
    }

    async fn staff(&mut self) -> anyhow::Result<Vec<String>> {
        let step = self
            .progress
            .count("adding staff", self.caseload.staff.len());
        let mut administration = AdministrationServiceClient::new(self.channel(Service::Identity)?);
        let mut ids = vec![];
        for person in &self.caseload.staff {
            let request = AddStaffRequest {
                request_id: self.id(&["staff", person.username]),
                name: person.name.to_owned(),
                username: person.username.to_owned(),
                role: person.role.into(),
                team: person
                    .team
                    .map(|team| team.as_str_name().to_owned())
                    .unwrap_or_default(),
            };
            let added = patiently(is_busy, async || {
                let request = self
                    .tokens
                    .bearer(request.clone(), Service::Identity, None)
                    .await?;
                administration.add_staff(request).await
            });
            ids.push(added.await?.into_inner().id);
            step.advance(1);
        }
        step.done();
        Ok(ids)
    }

    async fn cases(
        &mut self,
        landlords: &[String],
        staff: &[String],
    ) -> anyhow::Result<CaseIds<'a>> {
        let rows: Vec<_> = self
            .caseload
            .cases
            .iter()
            .map(|case| imported_case(case, landlords, staff))
            .collect();
        let step = self.progress.count("importing cases", rows.len());
        let mut client = CaseServiceClient::new(self.channel(Service::Case)?);
        let tokens = &mut self.tokens;
        let ids = import::all(&rows, &step, async |cases| {
            let request = ImportCasesRequest {
                cases,
                validate_only: false,
            };
            let request = tokens.bearer(request, Service::Case, None).await?;
            let results = client.import_cases(request).await?.into_inner().results;
            Ok(results
                .into_iter()
                .map(|it| Taken {
                    id: it.case_id,
                    error: it.error,
                    field: it.field,
                })
                .collect())
        })
        .await?;
        step.done();
        Ok(self
            .caseload
            .cases
            .iter()
            .map(|case| case.reference.as_str())
            .zip(ids)
            .collect())
    }

    async fn tasks(&mut self, ids: &CaseIds<'_>) -> anyhow::Result<()> {
        let mut rows = vec![];
        for case in &self.caseload.cases {
            for (place, task) in case.tasks.iter().enumerate() {
                rows.push(ImportedTask {
                    request_id: self.id(&["task", &case.reference, &place.to_string()]),
                    case_id: ids[case.reference.as_str()].clone(),
                    kind: task.kind.into(),
                    title: task.title.clone(),
                    instructions: task.instructions.clone(),
                    set_on: kit::time::iso(task.set_on),
                    due_on: kit::time::iso(task.due_on),
                    completed_on: kit::time::iso_opt(task.completed_on),
                });
            }
        }
        let step = self.progress.count("importing tasks", rows.len());
        let mut client = TaskServiceClient::new(self.channel(Service::Task)?);
        let tokens = &mut self.tokens;
        import::all(&rows, &step, async |tasks| {
            let request = tokens
                .bearer(ImportTasksRequest { tasks }, Service::Task, None)
                .await?;
            let results = client.import_tasks(request).await?.into_inner().results;
            Ok(results
                .into_iter()
                .map(|it| Taken {
                    id: it.task_id,
                    error: it.error,
                    field: it.field,
                })
                .collect())
        })
        .await?;
        step.done();
        Ok(())
    }

    async fn messages(&mut self, ids: &CaseIds<'_>) -> anyhow::Result<()> {
        let mut rows = vec![];
        for case in &self.caseload.cases {
            for (place, message) in case.messages.iter().enumerate() {
                rows.push(ImportedMessage {
                    request_id: self.id(&["message", &case.reference, &place.to_string()]),
                    case_id: ids[case.reference.as_str()].clone(),
                    side: message.side.into(),
                    author_name: message.author.clone(),
                    body: message.body.clone(),
                    sent_at: Some(kit::time::timestamp(message.sent_at)),
                });
            }
        }
        let step = self.progress.count("importing messages", rows.len());
        let mut client = MessagingServiceClient::new(self.channel(Service::Messaging)?);
        let tokens = &mut self.tokens;
        import::all(&rows, &step, async |messages| {
            let request = tokens
                .bearer(ImportMessagesRequest { messages }, Service::Messaging, None)
                .await?;
            let results = client.import_messages(request).await?.into_inner().results;
            Ok(results
                .into_iter()
                .map(|it| Taken {
                    id: it.message_id,
                    error: it.error,
                    field: it.field,
                })
                .collect())
        })
        .await?;
        step.done();
        Ok(())
    }

    async fn documents(&mut self, ids: &CaseIds<'_>) -> anyhow::Result<()> {
        let count = self
            .caseload
            .cases
            .iter()
            .map(|case| case.documents.len())
            .sum();
        let step = self.progress.count("uploading documents", count);
        let mut client = DocumentServiceClient::new(self.channel(Service::Document)?);
        for case in &self.caseload.cases {
            for document in &case.documents {
                let description = NewDocument {
                    request_id: self.id(&["document", &case.reference, &document.name]),
                    case_id: ids[case.reference.as_str()].clone(),
                    name: document.name.clone(),
                    category: document.category.into(),
                    may_be_chosen_again: false,
                };
                let mut pieces = vec![piece(Piece::Document(description))];
                pieces.extend(
                    document
                        .content
                        .chunks(PIECE)
                        .map(|bytes| piece(Piece::Content(bytes.to_vec()))),
                );
                let size = i64::try_from(document.content.len())?;
                pieces.push(piece(Piece::End(End { size })));
                let author = self.owner(case);
                // The service may not have heard of the case yet.
                let passes = |status: &Status| status.code() == Code::NotFound || is_busy(status);
                let uploaded = patiently(passes, async || {
                    let stream = tokio_stream::iter(pieces.clone());
                    let request = self
                        .tokens
                        .bearer(stream, Service::Document, author)
                        .await?;
                    client.upload_document(request).await
                });
                uploaded.await.with_context(|| document.name.clone())?;
                step.advance(1);
            }
        }
        step.done();
        Ok(())
    }

    async fn close(&mut self, ids: &CaseIds<'_>) -> anyhow::Result<()> {
        let closing: Vec<_> = self
            .caseload
            .cases
            .iter()
            .filter(|case| case.closes)
            .collect();
        let step = self.progress.count("closing cases", closing.len());
        let mut client = CaseServiceClient::new(self.channel(Service::Case)?);
        for case in closing {
            let case_id = ids[case.reference.as_str()].clone();
            let owner = self.owner(case);
            let closed = patiently(is_busy, async || {
                let get = GetCaseRequest {
                    case_id: case_id.clone(),
                };
                let request = self.tokens.bearer(get, Service::Case, owner).await?;
                let found = client.get_case(request).await?.into_inner();
                // It was closed when an earlier load got this far.
                if found.status() == CaseStatus::Closed {
                    return Ok(());
                }
                let close = MoveCaseRequest {
                    case_id: found.id,
                    version: found.version,
                    status: CaseStatus::Closed.into(),
                };
                let request = self.tokens.bearer(close, Service::Case, owner).await?;
                client.move_case(request).await.map(|_| ())
            });
            closed.await.with_context(|| case.reference.clone())?;
            step.advance(1);
        }
        step.done();
        Ok(())
    }

    fn id(&self, of: &[&str]) -> String {
        self.caseload.id(of).to_string()
    }

    fn owner(&self, case: &Case) -> Option<&'static str> {
        case.owner.map(|owner| self.caseload.staff[owner].username)
    }
}

/// The ids of cases by their references.
type CaseIds<'a> = HashMap<&'a str, String>;

fn channel(tls: &TlsConfig, ports: Ports, service: Service) -> anyhow::Result<Channel> {
    kit::client::channel(
        &PeerConfig {
            url: crate::operator::url(ports, service),
        },
        tls,
    )
}

fn piece(piece: Piece) -> UploadDocumentRequest {
    UploadDocumentRequest { piece: Some(piece) }
}

fn imported_case(case: &Case, landlords: &[String], staff: &[String]) -> ImportedCase {
    ImportedCase {
        reference: case.reference.clone(),
        case_type: case.case_type.into(),
        complainant: case.complainant.clone(),
        representative: case.representative.clone(),
        landlord_id: landlords[case.landlord].clone(),
        subject: case.subject.clone(),
        status: case.status.into(),
        opened_on: kit::time::iso(case.opened_on),
        closed_on: kit::time::iso_opt(case.closed_on),
        owner_account_id: case
            .owner
            .map(|owner| staff[owner].clone())
            .unwrap_or_default(),
        staff_details: Some(case.staff_details.clone()),
    }
}
