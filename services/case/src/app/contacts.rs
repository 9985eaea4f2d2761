//! What complainants are owed, and what was done about it (CA-10).

use chrono::NaiveDate;
use kit::page::Page;
use kit::time::london_date;
use kit::{Caller, Invalid};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::risk::staff_entry;
use super::{Actor, App};
use crate::domain::{Call, Case, Change, Contact, ContactKind, ContactReason};
use crate::error::Error;
use crate::events;
use crate::store::{self, NewContact, Promise, Whose};

/// Whose contacts are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The caller's own.
    Mine,
    /// Those of some other choice.
    Of(Whose),
}

impl App {
    /// A page of what is owed, soonest due first.
    pub async fn contacts(
        &self,
        caller: &Caller,
        asked: Asked,
        page: &Page<(NaiveDate, Uuid)>,
    ) -> Result<(Vec<Contact>, String), Error> {
        // Who is no person owns no case: the nil account has none.
        let own = || {
            caller
                .person()
                .map_or(Uuid::nil(), |person| person.account_id)
        };
        let whose = match asked {
            Asked::Mine => Whose::Owner(own()),
            Asked::Of(whose) => whose,
        };
        let mut found = store::contacts(&self.db, whose, page.after, page.fetch()).await?;
        let next = page.next(&mut found, |last| (last.due_on, last.id));
        Ok((found, next))
    }

    /// Promises a complainant a call, once for each request id.
    pub async fn promise_callback(
        &self,
        caller: &Caller,
        (request_id, request): (Uuid, &[u8]),
        case_id: Uuid,
        about: String,
        due_on: Option<NaiveDate>,
    ) -> Result<Contact, Error> {
        let mut tx = self.db.begin().await?;
        if let Some(contact) = promised(&mut tx, request_id, request).await? {
            return Ok(contact);
        }
        let case = self.open_case(&mut tx, caller, case_id).await?;
        let today = self.clock.today();
        let latest = self
            .calendar
            .add_working_days(today, self.terms.callback_within)?;
        let due_on = due_on.unwrap_or(latest);
        if due_on < today || due_on > latest {
            let why = format!(
                "A callback must be promised for today or later, and no later than {}",
                latest.format("%-d %B %Y")
            );
            return Err(Invalid::field("due_on", why, "OUT_OF_RANGE").into());
        }
        let (actor, now) = (Actor::of(caller), self.clock.now());
        let promise = Promise {
            id: kit::id(),
            case_id,
            about,
            due_on,
        };
        if !store::add_promise(&mut tx, &promise, request_id, request, now).await? {
            drop(tx);
            let mut again = self.db.acquire().await?;
            let promised = promised(&mut again, request_id, request).await?;
            return promised.ok_or(Error::NoSuchContact);
        }
        let text = format!(
            "By {}, about: {}",
            due_on.format("%-d %B %Y"),
            promise.about
        );
        let entry = staff_entry(&case, &actor, now, "Callback promised", text);
        store::add_timeline(&mut tx, &[entry]).await?;
        let change = Change {
            case_id,
            action: "promise_callback",
            details: json!({ "contact": promise.id, "due_on": due_on }),
        };
        store::add_changes(&mut tx, &actor, now, &[change]).await?;
        let contact = store::contact(&mut *tx, promise.id).await?;
        tx.commit().await?;
        contact.ok_or(Error::NoSuchContact)
    }

    /// Records a call, once for each request id. One that nobody answered leaves it owed.
    pub async fn record_call(
        &self,
        caller: &Caller,
        as_asked: (Uuid, &[u8]),
        contact_id: Uuid,
        call: &Call,
    ) -> Result<Contact, Error> {
        let mut tx = self.db.begin().await?;
        if let Some(contact) = called(&mut tx, as_asked).await? {
            return Ok(contact);
        }
        let contact = store::contact(&mut *tx, contact_id)
            .await?
            .ok_or(Error::NoSuchContact)?;
        let kind = contact.kind;
        if kind == ContactKind::ProgressUpdate {
            return Err(Error::NotACall);
        }
        // As whoever moves, gives or closes the case does: it is not closed meanwhile, and nobody waits for the other.
        store::lock_case(&mut tx, contact.case_id).await?;
        let case = store::find(&mut *tx, contact.case_id, &self.visibility(caller)).await?;
        let case = case.ok_or(Error::NoSuchCase)?;
        if call.called_on < london_date(contact.raised_at) {
            let why = "The call must not be before the day on which it came to be owed";
            return Err(Invalid::field("called_on", why, "TOO_EARLY").into());
        }
        let (actor, now) = (Actor::of(caller), self.clock.now());
        let by = (actor.id.as_str(), actor.shown.as_str());
        if !store::add_call(&mut tx, contact_id, call, as_asked, by, now).await? {
            drop(tx);
            let mut again = self.db.acquire().await?;
            let recorded = called(&mut again, as_asked).await?;
            return recorded.ok_or(Error::NoSuchContact);
        }
        // Of two who record at once, the second is told so.
        let contact = store::contact(&mut *tx, contact_id).await?;
        if contact.is_none_or(|it| it.settled_at.is_some()) {
            return Err(Error::ContactSettled);
        }
        if call.answered {
            store::settle(&mut tx, contact_id, now).await?;
        }
        let on = call.called_on.format("%-d %B %Y");
        let (outcome, note) = (
            if call.answered {
                "made"
            } else {
                "not answered"
            },
            &call.note,
        );
        let title = format!("{} {outcome}", kind.label());
        let text = match note.as_str() {
            "" => format!("On {on}."),
            note => format!("On {on}. {note}"),
        };
        let entry = staff_entry(&case, &actor, now, &title, text);
        store::add_timeline(&mut tx, &[entry]).await?;
        let change = Change {
            case_id: case.id,
            action: "record_call",
            details: json!({ "contact": contact_id, "called_on": call.called_on, "answered": call.answered }),
        };
        store::add_changes(&mut tx, &actor, now, &[change]).await?;
        if call.answered {
            self.announce_settled(&mut tx, &[contact_id]).await?;
        }
        let contact = store::contact(&mut *tx, contact_id).await?;
        tx.commit().await?;
        contact.ok_or(Error::NoSuchContact)
    }

    /// Whoever a case is allocated to first introduces themselves to its complainant. Where the bank holidays of the year are not published yet, the
    /// case is allocated all the same.
    pub(super) async fn owe_introduction(
        &self,
        tx: &mut PgConnection,
        case_id: Uuid,
    ) -> Result<(), Error> {
        let within = self.terms.introduction_within;
        let due_on = match self.calendar.add_working_days(self.clock.today(), within) {
            Ok(due_on) => due_on,
            Err(error) => {
                tracing::error!(%case_id, %error, "no introduction call is owed");
                return Ok(());
            }
        };
        let introduction = NewContact {
            case_id,
            kind: ContactKind::IntroductionCall,
            reason: ContactReason::Allocated,
            due_on,
        };
        store::add_contacts(tx, &[introduction], self.clock.now()).await?;
        Ok(())
    }

    /// Ends what is owed on a case that is closed: there is nothing left to tell but that, and its closing is told.
    pub(super) async fn end_contacts(
        &self,
        tx: &mut PgConnection,
        case_id: Uuid,
    ) -> Result<(), Error> {
        let ended = store::end_contacts(tx, case_id, self.clock.now()).await?;
        self.announce_settled(tx, &ended).await
    }

    /// Tells that nothing of these is owed any more, so that reminders of them stop.
    pub(super) async fn announce_settled(
        &self,
        tx: &mut PgConnection,
        settled: &[Uuid],
    ) -> Result<(), Error> {
        for id in settled {
            if let Some(contact) = store::contact(&mut *tx, *id).await? {
                outbox::publish(tx, &events::contact_settled(&contact)).await?;
            }
        }
        Ok(())
    }

    /// A case that is not closed, which stays so until this transaction ends.
    pub(super) async fn open_case(
        &self,
        tx: &mut PgConnection,
        caller: &Caller,
        case_id: Uuid,
    ) -> Result<Case, Error> {
        store::lock_case(tx, case_id).await?;
        let case = store::find(&mut *tx, case_id, &self.visibility(caller)).await?;
        let case = case.ok_or(Error::NoSuchCase)?;
        if case.closed_on.is_some() {
            return Err(Error::CaseClosed);
        }
        Ok(case)
    }
}

/// What the same request has recorded a call for before.
async fn called(
    tx: &mut PgConnection,
    (request_id, request): (Uuid, &[u8]),
) -> Result<Option<Contact>, Error> {
    match store::called_by(&mut *tx, request_id, request).await? {
        None => Ok(None),
        Some((_, false)) => Err(Error::RequestIdReused),
        Some((id, true)) => Ok(store::contact(tx, id).await?),
    }
}

/// What the same request has promised before.
async fn promised(
    tx: &mut PgConnection,
    request_id: Uuid,
    request: &[u8],
) -> Result<Option<Contact>, Error> {
    match store::promised_by(&mut *tx, request_id, request).await? {
        None => Ok(None),
        Some((_, false)) => Err(Error::RequestIdReused),
        Some((id, true)) => Ok(store::contact(tx, id).await?),
    }
}
