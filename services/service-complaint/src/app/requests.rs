//! Service requests: recorded, reviewed until they are answered, and taken for the complaint that they have become (1.3, 1.5, 2.3).

use chrono::{Datelike as _, NaiveDate};
use kit::Caller;
use kit::page::Page;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App, Intake, Position};
use crate::domain::complaint::{Channel, Complaint, Needs, Origin, ServiceUser};
use crate::domain::letter::Delivery;
use crate::domain::letter::plain::Checked;
use crate::domain::letter::request::{RequestLetter, compose};
use crate::domain::letter::text::{Text, plain_text};
use crate::domain::request::{RequestError, ServiceRequest, not_in_the_future};
use crate::error::Error;
use crate::events::{self, Announcement};
use crate::render;
use crate::store::HistoryRow;
use crate::store::requests::{
    self as store, NewRequestLetter, RequestDelivery, RequestFilter, WholeRequest,
};

/// A service request that came in.
#[derive(Debug, Clone)]
pub struct RequestIntake {
    /// The caller's id for this request.
    pub request_id: Uuid,
    /// Who asks.
    pub user: ServiceUser,
    /// How it came.
    pub channel: Channel,
    /// What is asked for.
    pub wanted: String,
    /// The date it was received.
    pub received_on: NaiveDate,
    /// The case that it is about, by reference; empty when it is about none.
    pub case_reference: String,
    /// The complaint that it was raised during (4.5).
    pub raised_during: Option<Uuid>,
}

/// An answer to a request.
#[derive(Debug, Clone)]
pub struct Answering {
    /// The date of the answer.
    pub on: NaiveDate,
    /// What was done, in words for the person.
    pub answer: String,
    /// Whether what is not plain English is sent all the same.
    pub findings_confirmed: bool,
}

/// What a person complains about who is dissatisfied with a request.
#[derive(Debug, Clone)]
pub struct Complaining {
    /// How the person complained.
    pub channel: Channel,
    /// What they are dissatisfied with.
    pub summary: String,
    /// When they complained.
    pub received_on: NaiveDate,
}

impl App {
    /// Records a request, once for each request id.
    pub async fn record_request(
        &self,
        caller: &Caller,
        intake: RequestIntake,
    ) -> Result<WholeRequest, Error> {
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let asked = (kit::id(), intake.clone());
        if let Some(request) = self.record_request_in(&mut tx, &actor, asked).await? {
            let whole = one(&mut tx, request.id).await?;
            tx.commit().await?;
            return Ok(whole);
        }
        // The number goes back with the transaction.
        tx.rollback().await?;
        let mut db = self.db.acquire().await?;
        let id = store::find_by_request(&mut *db, &actor.id, intake.request_id)
            .await?
            .ok_or(Error::NoSuchRequest)?;
        let recorded = one(&mut db, id).await?;
        let ServiceRequest {
            user,
            channel,
            wanted,
            received_on,
            case_reference,
            ..
        } = &recorded.request;
        let same = *user == intake.user
            && *channel == intake.channel
            && *wanted == intake.wanted
            && *received_on == intake.received_on
            && *case_reference == intake.case_reference;
        if same {
            Ok(recorded)
        } else {
            Err(Error::RequestIdReused)
        }
    }

    /// Records a request in a transaction under an id that is known already; `None` when the caller's request was carried out before.
    pub(super) async fn record_request_in(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        (id, intake): (Uuid, RequestIntake),
    ) -> Result<Option<ServiceRequest>, Error> {
        not_in_the_future(intake.received_on, self.today()).map_err(Error::RequestReceipt)?;
        let year = intake.received_on.year();
        let number = store::next_number(tx, year).await?;
        let request = ServiceRequest {
            id,
            reference: format!("SR{year}{number:05}"),
            user: intake.user,
            channel: intake.channel,
            wanted: intake.wanted,
            case_reference: intake.case_reference,
            received_on: intake.received_on,
            raised_during: intake.raised_during,
            handler: None,
            reviewed_on: None,
            answer: None,
            became: None,
            version: 1,
        };
        let due = request.review_due(&self.calendar)?;
        let asked = (actor.id.as_str(), intake.request_id);
        if !store::insert(tx, &request, due, asked).await? {
            return Ok(None);
        }
        let text = "Recorded the request";
        store::record_change(tx, self.clock.now(), actor, id, text).await?;
        self.write(tx, actor, &request, RequestLetter::Receipt)
            .await?;
        Ok(Some(request))
    }

    /// One request, by id or by reference.
    pub async fn request(
        &self,
        caller: &Caller,
        id_or_reference: &str,
    ) -> Result<WholeRequest, Error> {
        let mut tx = self.db.begin().await?;
        let id = store::find_id(&mut *tx, id_or_reference)
            .await?
            .ok_or(Error::NoSuchRequest)?;
        let request = one(&mut tx, id).await?;
        let (now, actor) = (self.clock.now(), Actor::of(caller));
        store::record_reads(&mut tx, now, &actor, &[id]).await?;
        tx.commit().await?;
        Ok(request)
    }

    /// A page of requests, the next to review first.
    pub async fn requests(
        &self,
        caller: &Caller,
        filter: &RequestFilter,
        page: &Page<Position>,
    ) -> Result<(Vec<WholeRequest>, String), Error> {
        let mut tx = self.db.begin().await?;
        let mut places = store::page(&mut *tx, filter, page.after, page.fetch()).await?;
        let next = page.next(&mut places, |(id, due)| (*due, *id));
        let ids: Vec<Uuid> = places.into_iter().map(|(id, _)| id).collect();
        let requests = store::load(&mut *tx, &ids).await?;
        let (now, actor) = (self.clock.now(), Actor::of(caller));
        store::record_reads(&mut tx, now, &actor, &ids).await?;
        tx.commit().await?;
        Ok((requests, next))
    }

    /// What was done with a request, the newest first.
    pub async fn request_history(
        &self,
        id: Uuid,
        page: &Page<Uuid>,
    ) -> Result<(Vec<HistoryRow>, String), Error> {
        let mut rows = store::history(&self.db, id, page.after, page.fetch()).await?;
        let next = page.next(&mut rows, |it| it.id);
        Ok((rows, next))
    }

    /// Gives an open request to somebody.
    pub async fn assign_request(
        &self,
        caller: &Caller,
        target: (Uuid, i64),
        handler: Uuid,
    ) -> Result<WholeRequest, Error> {
        let handler = self.handler(handler).await?;
        let text = format!("Gave it to {}", handler.1);
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let mut request = unchanged(&mut tx, target).await?;
        let account_id = handler.0;
        let had = request.handler.as_ref().map(|(id, _)| *id);
        request.assign(handler).map_err(Error::Request)?;
        let whole = self.keep(&mut tx, &actor, &request, &text).await?;
        if had != Some(account_id) {
            let assigned = events::request_assigned(&request, account_id, &actor);
            Announcement::from(assigned).publish(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(whole)
    }

    /// Notes how far an open request is, after which it is to be reviewed again (2.3).
    pub async fn review_request(
        &self,
        caller: &Caller,
        target: (Uuid, i64),
        note: &str,
    ) -> Result<WholeRequest, Error> {
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let mut request = unchanged(&mut tx, target).await?;
        request.review(self.today()).map_err(Error::Request)?;
        let text = format!("Reviewed it: {note}");
        let whole = self.keep(&mut tx, &actor, &request, &text).await?;
        tx.commit().await?;
        Ok(whole)
    }

    /// Answers a request, which closes it, and tells the person and how to complain (1.5). What is not plain English is mended, or confirmed (SC-12).
    pub async fn answer_request(
        &self,
        caller: &Caller,
        target: (Uuid, i64),
        answering: Answering,
    ) -> Result<WholeRequest, Error> {
        let Answering {
            on,
            answer,
            findings_confirmed,
        } = answering;
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let mut request = unchanged(&mut tx, target).await?;
        let Checked { findings, .. } = self.check_answer(&request, &answer);
        let text = format!("Answered it: {answer}");
        request
            .answer(on, answer, self.today())
            .map_err(Error::Request)?;
        if !findings.is_empty() && !findings_confirmed {
            return Err(Error::NotPlain(findings));
        }
        let whole = self.keep(&mut tx, &actor, &request, &text).await?;
        self.write(&mut tx, &actor, &request, RequestLetter::Answer)
            .await?;
        tx.commit().await?;
        Ok(whole)
    }

    /// Records the complaint of somebody who is dissatisfied with a request; each then names the other (1.5).
    pub async fn turn_into_complaint(
        &self,
        caller: &Caller,
        target: (Uuid, i64),
        complaining: Complaining,
    ) -> Result<(WholeRequest, Complaint), Error> {
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let mut request = unchanged(&mut tx, target).await?;
        let Complaining {
            channel,
            summary,
            received_on,
        } = complaining;
        let id = kit::id();
        request
            .become_complaint(id, received_on, self.today())
            .map_err(|error| match error {
                RequestError::InTheFuture(_) | RequestError::Before(_) => {
                    Error::RequestReceipt(error)
                }
                error => Error::Request(error),
            })?;
        let intake = Intake {
            request_id: id,
            user: request.user.clone(),
            channel,
            summary,
            received_on,
            needs: Needs::default(),
            case_reference: request.case_reference.clone(),
            origin: Some(Origin::Request(request.id)),
        };
        let complaint = self
            .record_in(&mut tx, &actor, (id, intake))
            .await?
            .ok_or(Error::RequestIdReused)?;
        let text = format!("It became the complaint {}", complaint.reference);
        let whole = self.keep(&mut tx, &actor, &request, &text).await?;
        tx.commit().await?;
        Ok((whole, complaint))
    }

    /// What of an answer is not plain English, by the check of letters in the person's format: its own words, as the rest of the letter is the portal's.
    fn check_answer(&self, request: &ServiceRequest, answer: &str) -> Checked {
        let text = Text::of(answer);
        self.manner.plain_english.check(&text, request.user.format)
    }

    async fn keep(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        request: &ServiceRequest,
        text: &str,
    ) -> Result<WholeRequest, Error> {
        let due = request.review_due(&self.calendar)?;
        store::save(tx, request, due).await?.ok_or(Error::Stale)?;
        store::record_change(tx, self.clock.now(), actor, request.id, text).await?;
        one(tx, request.id).await
    }

    /// Writes to who is written to by email. Anybody else is told by whoever handles the request.
    async fn write(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        request: &ServiceRequest,
        kind: RequestLetter,
    ) -> Result<(), Error> {
        if !by_email(&request.user) {
            return Ok(());
        }
        // What a person asked for on a form is received by nobody in particular.
        let writer = actor.account_id.map_or("The team", |_| &actor.name);
        let contact = &self.manner.contact.0;
        let document = compose(request, kind, (writer, self.today()), contact);
        let html = render::html(&document, request.user.format)
            .map_err(|error| Error::Render(error.into()))?;
        let letter = NewRequestLetter {
            id: kit::id(),
            service_request_id: request.id,
            kind,
            subject: &document.subject,
            text: &plain_text(&document).text,
            html: &html,
            addressee: &request.user.name,
            address: &request.user.email,
        };
        let now = self.clock.now();
        store::insert_letter(tx, &letter, now).await?;
        let sentence = format!("Sent {} by email", kind.label());
        store::record_change(tx, now, actor, request.id, &sentence).await?;
        let sent = events::request_letter_sent(request.id, letter.id);
        Announcement::from(sent).publish(tx).await?;
        Ok(())
    }

    /// A letter about a request that is to be delivered by email now.
    pub async fn request_delivery(&self, id: Uuid) -> Result<RequestDelivery, Error> {
        store::delivery(&self.db, id)
            .await?
            .ok_or(Error::NoSuchLetter)
    }

    /// Notes that a mail server refused a letter about a request; does nothing when it is none.
    pub(super) async fn request_letter_refused(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: Uuid,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        if let Some((request, kind)) = store::record_refused(tx, id, now).await? {
            let text = format!(
                "The mail server refused {}; tell the person in another way",
                kind.label()
            );
            store::record_change(tx, now, actor, request, &text).await?;
        }
        Ok(())
    }
}

/// Whether a person is written to by email.
pub(super) fn by_email(user: &ServiceUser) -> bool {
    Delivery::to(user) == Delivery::Email && !user.email.is_empty()
}

pub(super) async fn one(tx: &mut PgConnection, id: Uuid) -> Result<WholeRequest, Error> {
    let request = store::load(tx, &[id]).await?.pop();
    request.ok_or(Error::NoSuchRequest)
}

/// A request as the caller saw it.
async fn unchanged(
    tx: &mut PgConnection,
    (id, version): (Uuid, i64),
) -> Result<ServiceRequest, Error> {
    let WholeRequest { request, .. } = one(tx, id).await?;
    if request.version != version {
        return Err(Error::Stale);
    }
    Ok(request)
}
