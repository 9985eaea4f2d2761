//! Clocks that run are counted again after bank holidays were changed: an explicit step that the people concerned are told of, and the only one by
//! which a calendar moves a date.

use calendar::{Calendar, Deadline, LedgerError, What};
use chrono::NaiveDate;

use super::complaint::{Channel, Complaint, StageRecord};
use super::due::DueKind;
use super::policy::Stage;

/// A clock that was counted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recounted {
    /// What it is for.
    pub kind: DueKind,
    /// At which stage.
    pub stage: Stage,
    /// The date that it had.
    pub from: NaiveDate,
    /// The date that it has.
    pub to: NaiveDate,
    /// When the person was last told a date, as far as it was by letter or receipt.
    pub told_on: Option<NaiveDate>,
}

impl Recounted {
    /// Whether its date moved.
    #[must_use]
    pub fn moved(&self) -> bool {
        self.from != self.to
    }

    /// In a clause for the history.
    #[must_use]
    pub fn clause(&self) -> String {
        let what = match (self.kind, self.stage) {
            (DueKind::Response, Stage::One) => "the response of stage 1",
            (DueKind::Response, Stage::Two) => "the response of stage 2",
            (_, Stage::One) => "the acknowledgement",
            (_, Stage::Two) => "the acknowledgement of stage 2",
        };
        if !self.moved() {
            return format!("{what} stays due on {}", self.to);
        }
        let told = match self.told_on {
            Some(on) => format!("the person was last told a date on {on}"),
            None => "the person was told no date".to_owned(),
        };
        format!(
            "{what} is due on {} instead of {}; {told}",
            self.to, self.from
        )
    }
}

impl Complaint {
    /// Counts the clocks of the present stage that run by another calendar again, and says which. What was promised for a day, and the four weeks of stage
    /// 2, are days of the calendar that no bank holiday moves.
    pub fn recount(
        &mut self,
        calendar: &Calendar,
        by: &str,
        today: NaiveDate,
    ) -> Result<Vec<Recounted>, LedgerError> {
        let stage = self.stage();
        let receipt =
            (stage == Stage::One && self.channel == Channel::Webform).then_some(self.received_on);
        let record = match (&mut self.stage_two, stage) {
            (Some(two), Stage::Two) => &mut two.record,
            _ => &mut self.stage_one,
        };
        let told_on = told_of_response(record);
        let clocks = &mut record.clocks;
        let acknowledgement = (
            DueKind::Acknowledgement,
            receipt,
            &mut clocks.acknowledgement,
        );
        let response = clocks.response.as_mut();
        let response = response.map(|it| (DueKind::Response, told_on, it));
        let mut recounted = Vec::new();
        for (kind, told_on, deadline) in [Some(acknowledgement), response].into_iter().flatten() {
            if let Some((from, to)) = again(deadline, calendar, by, today)? {
                recounted.push(Recounted {
                    kind,
                    stage,
                    from,
                    to,
                    told_on,
                });
            }
        }
        Ok(recounted)
    }
}

/// Counts a clock again, if it runs by another calendar: the date before, and after.
fn again(
    deadline: &mut Deadline,
    calendar: &Calendar,
    by: &str,
    today: NaiveDate,
) -> Result<Option<(NaiveDate, NaiveDate)>, LedgerError> {
    if !deadline.is_open() || deadline.calendar() == calendar.version() {
        return Ok(None);
    }
    let from = deadline.due();
    // Another replica's clock may be past midnight already.
    let last = deadline.entries().last().map_or(today, |entry| entry.on);
    deadline.redate(calendar, by, today.max(last))?;
    Ok(Some((from, deadline.due())))
}

/// When the person was last told by when the response comes: by the acknowledgement (4.1), or by the letter of an extension (4.3, 4.4).
fn told_of_response(record: &StageRecord) -> Option<NaiveDate> {
    let entries = record.clocks.response.as_ref()?.entries();
    let told = entries.iter().filter_map(|entry| match &entry.what {
        What::Extended {
            told: Some(told), ..
        }
        | What::Told(told) => Some(told.on),
        _ => None,
    });
    told.chain(record.clocks.acknowledgement.met_on()).max()
}
