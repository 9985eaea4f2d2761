//! What is due about a complaint: the policy's own deadlines, the actions that were promised, and what the reviewer asks to be followed up.

use calendar::{Calendar, NotCovered, What};
use chrono::NaiveDate;
use uuid::Uuid;

use super::complaint::{Complaint, OutcomeReply, StageRecord, Standing};
use super::policy::{CORRESPONDENCE_DAYS, OUTCOME_REPLY_DAYS, Stage, UPDATE_EVERY};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum DueKind {
    /// To acknowledge the complaint, or the request for stage 2 (4.1, 4.15).
    Acknowledgement,
    /// To respond (4.3, 4.16).
    Response,
    /// To ask again which outcome the person seeks, as nothing was said to the one that the acknowledgement states (42, 44.1).
    OutcomeReply,
    /// To tell the person how it stands, while the response has more time than the ordinary extension (4.4, 4.17), or an action is open after it
    /// (4.9, 4.19).
    ProgressUpdate,
    /// To keep what was promised (4.9).
    Action,
    /// To tell the person of something besides the steps' own letters (4.6, 4.9).
    Telling,
    /// To acknowledge what the person wrote after the closing (4.21).
    Correspondence,
}

/// Something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub kind: DueKind,
    /// At which stage.
    pub stage: Stage,
    /// The action, when it is one.
    pub action_id: Option<Uuid>,
    /// By when.
    pub due_on: NaiveDate,
    /// Who has to see to it; `None` while nobody does.
    pub owner: Option<Uuid>,
}

impl Complaint {
    /// Everything that is due about it.
    pub fn dues(&self, calendar: &Calendar) -> Result<Vec<Due>, NotCovered> {
        let stage = self.stage();
        let record = self.present();
        let owner = record.handler.as_ref().map(|(id, _)| *id);
        let of_stage = |kind, due_on| Due {
            kind,
            stage,
            action_id: None,
            due_on,
            owner,
        };
        let clocks = &record.clocks;
        let acknowledgement = Some(&clocks.acknowledgement)
            .filter(|it| it.is_open())
            .map(|it| of_stage(DueKind::Acknowledgement, it.due()));
        let response = clocks
            .response
            .as_ref()
            .filter(|it| it.is_open())
            .map(|it| of_stage(DueKind::Response, it.due()));
        let outcome = self
            .outcome_reply_due(calendar)?
            .map(|due_on| of_stage(DueKind::OutcomeReply, due_on));
        let update = match progress_update_due(record, calendar)? {
            Some(due_on) => Some(due_on),
            None => self.follow_up_due(calendar)?,
        };
        let update = update.map(|due_on| of_stage(DueKind::ProgressUpdate, due_on));
        // One due for all that waits: whoever tells the person tells them of everything.
        let telling = self.to_tell().iter().map(|it| it.due_on).min();
        let telling = telling.map(|due_on| of_stage(DueKind::Telling, due_on));
        let correspondence = self
            .correspondence_due(calendar)?
            .map(|due_on| of_stage(DueKind::Correspondence, due_on));
        let actions = self.promises.iter().map(|it| &it.action);
        let actions = actions.filter(|it| it.is_open()).map(|action| Due {
            kind: DueKind::Action,
            stage,
            action_id: Some(action.id),
            due_on: action.deadline.due(),
            owner: Some(action.owner),
        });
        let of_stage = [
            acknowledgement,
            response,
            outcome,
            update,
            correspondence,
            telling,
        ];
        Ok(of_stage.into_iter().flatten().chain(actions).collect())
    }

    /// When the person last heard from us, once stage 1 was answered.
    #[must_use]
    pub fn heard_on(&self) -> Option<NaiveDate> {
        let one = &self.stage_one;
        let two = self.stage_two.as_ref().map(|it| &it.record);
        let answered = [Some(one), two].into_iter().flatten().flat_map(|it| {
            let answered = it.answer.map(|(on, _)| on);
            [answered, it.updated_on]
        });
        let accepted = two.and_then(|it| it.clocks.acknowledgement.met_on());
        answered.chain([accepted, self.closed_on()]).flatten().max()
    }

    /// When the person is to hear how the open actions stand, once it was answered (4.9, 4.19). Where a day was promised for the next letter, that
    /// promise is due instead.
    fn follow_up_due(&self, calendar: &Calendar) -> Result<Option<NaiveDate>, NotCovered> {
        let promised = self.open_actions() > self.still_to_do().count();
        if !self.was_answered() || promised || self.still_to_do().next().is_none() {
            return Ok(None);
        }
        self.heard_on()
            .map(|on| calendar.add_working_days(on, UPDATE_EVERY))
            .transpose()
    }

    /// By when what the person wrote after the closing is acknowledged (4.21).
    pub fn correspondence_due(&self, calendar: &Calendar) -> Result<Option<NaiveDate>, NotCovered> {
        self.unanswered_since
            .map(|since| calendar.add_working_days(since, CORRESPONDENCE_DAYS))
            .transpose()
    }

    /// When the person is asked again about the outcome, while stage 1 is investigated and nothing was said to it (44.1).
    fn outcome_reply_due(&self, calendar: &Calendar) -> Result<Option<NaiveDate>, NotCovered> {
        if self.standing != Standing::Investigated
            || self.definition.outcome_reply != OutcomeReply::None
        {
            return Ok(None);
        }
        let acknowledged_on = self.stage_one.clocks.acknowledgement.met_on();
        acknowledged_on
            .map(|on| calendar.add_working_days(on, OUTCOME_REPLY_DAYS))
            .transpose()
    }
}

/// When the person is to hear how it stands, while a response that a senior colleague gave more time is open (4.4, 4.17).
fn progress_update_due(
    record: &StageRecord,
    calendar: &Calendar,
) -> Result<Option<NaiveDate>, NotCovered> {
    let response = record.clocks.response.as_ref().filter(|it| it.is_open());
    let further = response.and_then(|it| it.extensions().nth(1));
    let Some((response, further)) = response.zip(further) else {
        return Ok(None);
    };
    let told = response
        .entries()
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Extended {
                told: Some(told), ..
            }
            | What::Told(told) => Some(told.on),
            _ => None,
        });
    let heard_on = told.chain(record.updated_on).chain([further.on]).max();
    heard_on
        .map(|on| calendar.add_working_days(on, UPDATE_EVERY))
        .transpose()
}

/// How far a due date has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[repr(i16)]
pub enum Threshold {
    /// It is near: whoever sees to it is reminded.
    Approaching = 1,
    /// It has passed.
    Overdue = 2,
    /// It passed some working days ago: the Customer Insight manager is told.
    Escalated = 3,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::complaint::tests::an_investigated_complaint;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn due_on(complaint: &Complaint, kind: DueKind) -> Option<NaiveDate> {
        let dues = complaint.dues(&Calendar::england_and_wales()).unwrap();
        dues.iter().find(|it| it.kind == kind).map(|it| it.due_on)
    }

    #[test]
    fn sc_2_44_1_an_outcome_that_nobody_confirmed_is_followed_up() {
        let mut complaint = an_investigated_complaint("2025-06-10");

        assert_eq!(
            due_on(&complaint, DueKind::OutcomeReply),
            Some(day("2025-06-17"))
        );
        complaint.definition.outcome_reply = OutcomeReply::Confirmed;
        assert_eq!(due_on(&complaint, DueKind::OutcomeReply), None);
    }

    #[test]
    fn sc_11_4_21_what_came_after_the_closing_is_due_five_working_days_later() {
        let mut complaint = an_investigated_complaint("2025-06-10");
        assert_eq!(due_on(&complaint, DueKind::Correspondence), None);

        complaint.unanswered_since = Some(day("2025-06-20"));

        assert_eq!(
            due_on(&complaint, DueKind::Correspondence),
            Some(day("2025-06-27"))
        );
    }

    #[test]
    fn sc_4_4_3_an_open_response_is_due_and_a_met_acknowledgement_is_not() {
        let complaint = an_investigated_complaint("2025-06-10");

        assert_eq!(
            due_on(&complaint, DueKind::Response),
            Some(day("2025-06-24"))
        );
        assert_eq!(due_on(&complaint, DueKind::Acknowledgement), None);
        assert_eq!(due_on(&complaint, DueKind::ProgressUpdate), None);
    }
}
