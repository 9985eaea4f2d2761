//! Seeing cases. Every way in goes by the same rule of who may see what (CA-4).

use std::collections::HashMap;

use casefile::Visibility;
use chrono::{DateTime, Utc};
use kit::Caller;
use kit::page::Page;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Actor, App, Seen, SeenReview};
use crate::domain::{Case, Filter, Position, TimelineEntry};
use crate::error::Error;
use crate::store;

/// How a case is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// By its id, as other services know it.
    Id(Uuid),
    /// By its reference, as people write it: an imported one may have more zeros than those given here.
    Reference(String),
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The cases.
    pub cases: Vec<Seen>,
    /// Where the next page starts; empty on the last.
    pub next_page_token: String,
    /// How many cases fit, if that was asked for and can be told.
    pub total: Option<i32>,
}

impl App {
    /// One case. The read is recorded (WH-1).
    pub async fn get(&self, caller: &Caller, name: Name) -> Result<Seen, Error> {
        let id = match name {
            Name::Id(id) => id,
            Name::Reference(reference) => store::id_of(&self.db, &reference)
                .await?
                .ok_or(Error::NoSuchCase)?,
        };
        let case = store::find(&self.db, id, &self.visibility(caller))
            .await?
            .ok_or(Error::NoSuchCase)?;
        store::add_read(&self.db, &Actor::of(caller), self.clock.now(), id, "case").await?;
        let mut connection = self.db.acquire().await?;
        self.seen_whole(&mut connection, caller, case).await
    }

    /// A page of the cases that the caller may see (CA-5), and where the next one starts.
    pub async fn list(
        &self,
        caller: &Caller,
        filter: Filter,
        page: &Page<Position>,
        count: bool,
    ) -> Result<Listed, Error> {
        let seen_by = self.visibility(caller);
        let filter = filter.in_order(&seen_by);
        let after = page.after.as_ref();
        let store::Found { mut cases, go_on } =
            store::list(&self.db, &seen_by, &filter, after, page.fetch()).await?;
        let total = if count {
            store::count(&self.db, &seen_by, &filter).await?
        } else {
            None
        };
        let next_page_token = match go_on {
            Some(position) => page.token(position),
            None => page.next(&mut cases, |last| (filter.order.key(last), last.id)),
        };
        let cases = cases.into_iter().map(|case| self.seen(caller, case));
        Ok(Listed {
            cases: cases.collect::<Result<_, _>>()?,
            next_page_token,
            total,
        })
    }

    /// A page of what has happened on a case, newest first (CA-6). The read is recorded (WH-1).
    pub async fn timeline(
        &self,
        caller: &Caller,
        id: Uuid,
        page: &Page<(DateTime<Utc>, Uuid)>,
    ) -> Result<(Vec<TimelineEntry>, String), Error> {
        if !store::is_visible(&self.db, id, &self.visibility(caller)).await? {
            return Err(Error::NoSuchCase);
        }
        let mut entries =
            store::timeline(&self.db, id, caller.is_staff(), page.after, page.fetch()).await?;
        store::add_read(
            &self.db,
            &Actor::of(caller),
            self.clock.now(),
            id,
            "timeline",
        )
        .await?;
        let next = page.next(&mut entries, |last| (last.occurred_at, last.id));
        if !caller.is_staff() {
            for entry in &mut entries {
                entry.actor_id.clear();
            }
        }
        Ok((entries, next))
    }

    pub(super) fn visibility(&self, caller: &Caller) -> Visibility {
        Visibility::of(caller, self.clock.today())
    }

    /// The case as the caller may see it, with how close its tasks' due dates are today.
    pub(super) fn seen(&self, caller: &Caller, mut case: Case) -> Result<Seen, Error> {
        if !caller.is_staff() {
            case.staff_details = None;
            case.outcome = case.told_outcome.take();
        }
        let today = self.clock.today();
        let urgencies = case
            .upcoming_tasks
            .iter()
            .map(|task| self.calendar.urgency(task.due_on, today))
            .collect::<Result<_, _>>()?;
        Ok(Seen {
            case,
            urgencies,
            allocation: None,
            reviews: Vec::new(),
            stage: None,
        })
    }

    /// The case as the caller may see it, with what is expected of its stage, and for staff with what bears on its allocation.
    pub(super) async fn seen_whole(
        &self,
        connection: &mut PgConnection,
        caller: &Caller,
        case: Case,
    ) -> Result<Seen, Error> {
        if !caller.is_staff() {
            let stage = self.stages_of(connection, caller, &[case.id]).await?;
            let seen = self.seen(caller, case)?;
            return Ok(Seen {
                stage: stage.into_values().next(),
                ..seen
            });
        }
        let seen = self.seen_by_staff(connection, caller, vec![case]).await?;
        seen.into_iter().next().ok_or(Error::NoSuchCase)
    }

    /// Cases with what is expected of their stages and bears on their allocation, for those of the callers who are staff.
    pub(super) async fn seen_by_staff(
        &self,
        connection: &mut PgConnection,
        caller: &Caller,
        cases: Vec<Case>,
    ) -> Result<Vec<Seen>, Error> {
        let ids: Vec<Uuid> = cases.iter().map(|it| it.id).collect();
        let mut allocations = store::allocations_of(connection, &ids).await?;
        let mut reviews: HashMap<Uuid, Vec<SeenReview>> = HashMap::new();
        for review in store::open_reviews_of(&mut *connection, &ids).await? {
            let of_case = reviews.entry(review.case_id).or_default();
            of_case.push(self.seen_review(review, None));
        }
        let mut stages = self.stages_of(connection, caller, &ids).await?;
        cases
            .into_iter()
            .map(|case| {
                let allocation = allocations.remove(&case.id);
                let reviews = reviews.remove(&case.id).unwrap_or_default();
                let stage = stages.remove(&case.id);
                let seen = self.seen(caller, case)?;
                Ok(Seen {
                    allocation,
                    reviews,
                    stage,
                    ..seen
                })
            })
            .collect()
    }
}
