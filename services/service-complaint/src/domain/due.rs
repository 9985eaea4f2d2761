//! What is due about a complaint: the policy's own deadlines, the actions that were promised, and what the reviewer asks to be followed up.

use calendar::{Calendar, Deadline, NotCovered, What};
use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::complaint::{Clocks, Complaint, OutcomeReply, Standing};
use super::policy::{CORRESPONDENCE_DAYS, OUTCOME_REPLY_DAYS, Stage, TELL_WITHIN, UPDATE_EVERY};

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
    /// To tell the person how it stands, while the response has more time than the ordinary extension or is overdue (3.4, 4.4, 4.17), or an action is
    /// open after it (4.9, 4.19).
    ProgressUpdate,
    /// To keep what was promised (4.9).
    Action,
    /// To tell the person of an extension (4.3, 4.16), or of something besides the steps' own letters (4.6, 4.9).
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
    /// From which day it is due at all, when that is not from the start.
    pub begins_on: Option<NaiveDate>,
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
            begins_on: None,
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
        // What stage 1 promised is followed during a review, too.
        let update = [
            progress_update_due(clocks, record.updated_on, calendar)?,
            self.follow_up_due(calendar)?.map(UpdateDue::from),
        ];
        let update = update.into_iter().flatten().min_by_key(|it| it.due_on);
        let update = update.map(|it| Due {
            begins_on: it.begins_on,
            ..of_stage(DueKind::ProgressUpdate, it.due_on)
        });
        // One due for all that waits: whoever tells the person tells them of everything.
        let extension = match &clocks.response {
            Some(response) => tell_by(response, calendar)?,
            None => None,
        };
        let waiting = self.to_tell();
        let telling = waiting.iter().map(|it| it.due_on).chain(extension).min();
        let telling = telling.map(|due_on| of_stage(DueKind::Telling, due_on));
        let correspondence = self
            .correspondence_due(calendar)?
            .map(|due_on| of_stage(DueKind::Correspondence, due_on));
        let actions = self.promises.iter().map(|it| &it.action);
        let actions = actions.filter(|it| it.is_open()).map(|action| Due {
            kind: DueKind::Action,
            stage,
            action_id: Some(action.id),
            begins_on: None,
            due_on: action.deadline.due(),
            owner: Some(action.owner).filter(|_| !self.is_left(action)),
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
    pub fn follow_up_due(&self, calendar: &Calendar) -> Result<Option<NaiveDate>, NotCovered> {
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

/// When the person is to hear how it stands, and from which day that is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpdateDue {
    /// `None` from the start.
    pub begins_on: Option<NaiveDate>,
    /// By when.
    pub due_on: NaiveDate,
}

impl From<NaiveDate> for UpdateDue {
    fn from(due_on: NaiveDate) -> Self {
        Self {
            begins_on: None,
            due_on,
        }
    }
}

/// When the person is to hear how it stands while a response is open: regularly once a senior colleague gave it more time, and soon once it is overdue,
/// whether it has more time or not (3.4, 4.4, 4.17).
pub fn progress_update_due(
    clocks: &Clocks,
    updated_on: Option<NaiveDate>,
    calendar: &Calendar,
) -> Result<Option<UpdateDue>, NotCovered> {
    let Some(response) = clocks.response.as_ref().filter(|it| it.is_open()) else {
        return Ok(None);
    };
    let regular = regular_update_due(response, updated_on, calendar)?;
    let late = late_update_due(response.due(), updated_on, calendar);
    Ok(regular
        .map(UpdateDue::from)
        .into_iter()
        .chain([late])
        .min_by_key(|it| it.due_on))
}

/// While a senior colleague gave it more time (4.4, 4.17).
fn regular_update_due(
    response: &Deadline,
    updated_on: Option<NaiveDate>,
    calendar: &Calendar,
) -> Result<Option<NaiveDate>, NotCovered> {
    let Some(further) = response.extensions().nth(1) else {
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
    let heard_on = told.chain(updated_on).chain([further.on]).max();
    heard_on
        .map(|on| calendar.add_working_days(on, UPDATE_EVERY))
        .transpose()
}

/// From the day after the response was due: at once, and then regularly. Only an update that was given since then says that it is late.
fn late_update_due(
    response_due: NaiveDate,
    updated_on: Option<NaiveDate>,
    calendar: &Calendar,
) -> UpdateDue {
    let heard_on = updated_on.filter(|on| *on > response_due);
    let (from, days) = heard_on.map_or((response_due, TELL_WITHIN), |on| (on, UPDATE_EVERY));
    // In years whose bank holidays are not known every day counts: no step is refused for an update that may never be due.
    let due_on = calendar.add_working_days(from, days);
    UpdateDue {
        begins_on: response_due.succ_opt(),
        due_on: due_on.unwrap_or(from + Days::new(days.into())),
    }
}

/// By when the person is told of an extension that they have not heard of (4.3, 4.16).
pub fn tell_by(response: &Deadline, calendar: &Calendar) -> Result<Option<NaiveDate>, NotCovered> {
    let first = response
        .untold()
        .find(|it| matches!(it.what, What::Extended { .. }));
    first
        .filter(|_| response.is_open())
        .map(|it| calendar.add_working_days(it.on, TELL_WITHIN))
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
        assert_eq!(due_on(&complaint, DueKind::Telling), None);
    }

    fn response(complaint: &mut Complaint) -> &mut Deadline {
        complaint.stage_one.clocks.response.as_mut().unwrap()
    }

    #[test]
    fn sc_4_4_3_an_extension_is_due_to_be_told_until_the_person_knows() {
        let calendar = Calendar::england_and_wales();
        let mut complaint = an_investigated_complaint("2025-06-10");
        let extension = calendar::Extension {
            length: calendar::Length::WorkingDays(5),
            approved_by: "account:1".to_owned(),
            reason: "Records are awaited".to_owned(),
            told: None,
        };

        // A Friday.
        response(&mut complaint)
            .extend(&calendar, extension, "account:1", day("2025-06-13"))
            .unwrap();

        let waits = due_on(&complaint, DueKind::Telling);
        let told = calendar::Told {
            on: day("2025-06-16"),
            proof: "A call".to_owned(),
        };
        response(&mut complaint)
            .tell(told, "account:1", day("2025-06-16"))
            .unwrap();
        assert_eq!(waits, Some(day("2025-06-17")));
        assert_eq!(due_on(&complaint, DueKind::Telling), None);
    }

    #[test]
    fn sc_4_3_4_an_overdue_response_owes_an_update_soon_and_then_every_ten_working_days() {
        let mut complaint = an_investigated_complaint("2025-06-10");
        let update = |complaint: &Complaint| {
            let dues = complaint.dues(&Calendar::england_and_wales()).unwrap();
            let due = dues.iter().find(|it| it.kind == DueKind::ProgressUpdate);
            due.map(|it| (it.begins_on, it.due_on))
        };
        let begins_on = Some(day("2025-06-25"));

        assert_eq!(update(&complaint), Some((begins_on, day("2025-06-26"))));
        // An update before the date says nothing of its being missed.
        complaint.stage_one.updated_on = Some(day("2025-06-20"));
        assert_eq!(update(&complaint), Some((begins_on, day("2025-06-26"))));
        complaint.stage_one.updated_on = Some(day("2025-06-26"));
        assert_eq!(update(&complaint), Some((begins_on, day("2025-07-10"))));
        let by = "account:1";
        let today = day("2025-06-27");
        response(&mut complaint).meet(today, by, today).unwrap();
        assert_eq!(update(&complaint), None);
    }
}
