//! Why promises were missed, and how many enquiries were received.

use chrono::NaiveDate;
use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::{Actor, App, Done, Target};
use crate::domain::complaint::Complaint;
use crate::domain::lateness::{Cause, Lateness, Promise};
use crate::domain::policy::Stage;
use crate::domain::report::first_of_month;
use crate::error::Error;
use crate::store::oversight::{self, EnquiryCount};

impl App {
    /// Records why a promise is, or was, missed. It can be explained after the complaint was closed, too.
    pub async fn explain_lateness(
        &self,
        caller: &Caller,
        target: Target,
        (stage, promise): (Stage, Promise),
        (cause, reason): (Cause, String),
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let text = format!("Said why the {} is late: {reason}", promise.name());
            let lateness = Lateness {
                stage,
                promise,
                cause,
                reason,
                recorded_by: work.actor.name.clone(),
                recorded_at: work.now,
            };
            complaint.explain(lateness, work.today)?;
            Ok(Done::new("lateness_explained", text))
        })
        .await
    }

    /// Records how many enquiries and complaints were received in a month, or corrects that with a reason. The same count again changes nothing.
    pub async fn count_enquiries(
        &self,
        caller: &Caller,
        month: NaiveDate,
        received: i64,
        reason: String,
    ) -> Result<EnquiryCount, Error> {
        let actor = Actor::of(caller);
        if month > first_of_month(self.today()) {
            return Err(Error::MonthNotBegun);
        }
        let mut tx = self.db.begin().await?;
        let before = oversight::latest_count(&mut *tx, month).await?;
        let revision = match before {
            Some(before) if before.received == received => return Ok(before),
            Some(_) if reason.is_empty() => return Err(Error::CountedBefore),
            Some(before) => before.revision + 1,
            None => 1,
        };
        let count = EnquiryCount {
            month,
            revision,
            received,
            reason: if revision == 1 { String::new() } else { reason },
            recorded_by: actor.name.clone(),
            recorded_at: self.clock.now(),
        };
        if !oversight::add_count(&mut tx, &count).await? {
            return Err(Error::Stale);
        }
        let text = format!(
            "Counted {received} enquiries received in {}",
            month.format("%Y-%m")
        );
        oversight::record(&mut tx, self.clock.now(), &actor, Uuid::nil(), &text).await?;
        tx.commit().await?;
        Ok(count)
    }

    /// A page of the counts of enquiries with every correction.
    pub async fn enquiries(
        &self,
        page: &Page<(NaiveDate, i32)>,
    ) -> Result<(Vec<EnquiryCount>, String), Error> {
        let mut rows = oversight::counts_page(&self.db, page.after, page.fetch()).await?;
        let next = page.next(&mut rows, |row| (row.month, row.revision));
        Ok((rows, next))
    }
}
