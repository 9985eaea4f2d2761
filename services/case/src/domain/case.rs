//! A case and what hangs on it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::{MoveNotAllowed, Outcome, Status, Team};

/// Kinds of case. The numbers are those of the database.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(i16)]
pub enum CaseType {
    /// Complaint about a member landlord.
    MemberLandlord = 1,
    /// Complaint about how a landlord handled a complaint.
    ComplaintHandling = 2,
    /// Enquiry about a landlord that may become a complaint.
    Enquiry = 3,
}

impl CaseType {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::MemberLandlord, Self::ComplaintHandling, Self::Enquiry];
}

/// A case as it is shown (CA-1).
#[expect(
    clippy::struct_field_names,
    reason = "a case type is what it is called, and `type` is a keyword"
)]
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Case {
    /// The case's id.
    pub id: Uuid,
    /// What people call it.
    pub reference: String,
    /// What kind of case it is.
    pub case_type: CaseType,
    /// The resident who complains.
    pub complainant: String,
    /// Who speaks for the resident; empty when nobody does.
    pub representative: String,
    /// The landlord complained about.
    pub landlord_id: Uuid,
    /// The landlord's name.
    pub landlord_name: String,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub status: Status,
    /// The team that has it.
    pub team: Team,
    /// The account of the owner.
    pub owner_account_id: Option<Uuid>,
    /// The owner's name.
    pub owner_name: Option<String>,
    /// The date it was opened.
    pub opened_on: NaiveDate,
    /// The date it was closed.
    pub closed_on: Option<NaiveDate>,
    /// The earliest due date of its open tasks.
    pub next_task_due_on: Option<NaiveDate>,
    /// What only staff see; absent once it was taken out for somebody else.
    pub staff_details: Option<Json<StaffDetails>>,
    /// Up to five open tasks, soonest due first (CA-6).
    pub upcoming_tasks: Json<Vec<UpcomingTask>>,
    /// Changes with every edit.
    pub version: i64,
    /// The latest decision.
    pub outcome: Option<Json<Outcome>>,
    /// The latest decision that the landlord may know.
    pub told_outcome: Option<Json<Outcome>>,
}

/// What only staff see of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffDetails {
    /// How to reach the complainant.
    pub contact: String,
    /// How the complainant prefers to be reached.
    pub communication_preference: String,
    /// Reasonable adjustments under the Equality Act.
    pub reasonable_adjustments: String,
    /// Vulnerabilities.
    pub vulnerabilities: String,
}

/// An open task on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpcomingTask {
    /// The task's id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// The date it was set.
    pub set_on: NaiveDate,
    /// The date it is due.
    pub due_on: NaiveDate,
}

/// A case to save for the first time.
#[derive(Clone, Debug, Serialize)]
pub struct NewCase {
    /// The id it will have.
    #[serde(skip)]
    pub id: Uuid,
    /// What kind of case it is.
    pub case_type: CaseType,
    /// The resident who complains.
    pub complainant: String,
    /// Who speaks for the resident; empty when nobody does.
    pub representative: String,
    /// The landlord complained about.
    pub landlord_id: Uuid,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub status: Status,
    /// The account of the owner.
    pub owner_account_id: Option<Uuid>,
    /// The date it was opened.
    pub opened_on: NaiveDate,
    /// The date it was closed.
    pub closed_on: Option<NaiveDate>,
    /// What only staff see.
    pub staff_details: StaffDetails,
}

impl NewCase {
    /// The team that gets it: the one whose stage it is (CA-3).
    #[must_use]
    pub fn team(&self) -> Team {
        self.status.team().unwrap_or(Team::FIRST)
    }

    /// Whether it waits to be given to an investigator (CA-9): whoever owns a case that was opened elsewhere was given it there.
    #[must_use]
    pub fn awaits_allocation(&self) -> bool {
        self.status == Status::AwaitingInvestigation && self.owner_account_id.is_none()
    }

    /// All that is said of it, for telling whether another one is the same.
    #[must_use]
    pub fn content(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a case is plain values")
    }

    /// The first field by which a case is another one than this would be, of those that stay as they are.
    #[must_use]
    pub fn differs_for_good(&self, case: &Case) -> Option<&'static str> {
        first_unequal([
            ("landlord_id", self.landlord_id == case.landlord_id),
            ("case_type", self.case_type == case.case_type),
            ("complainant", self.complainant == case.complainant),
            ("representative", self.representative == case.representative),
            ("subject", self.subject == case.subject),
            ("opened_on", self.opened_on == case.opened_on),
        ])
    }

    /// The first field by which a case stands elsewhere than this would, of those that change with the work on it.
    #[must_use]
    pub fn has_moved_on(&self, case: &Case) -> Option<&'static str> {
        let details = case.staff_details.as_deref();
        first_unequal([
            ("status", self.status == case.status),
            ("closed_on", self.closed_on == case.closed_on),
            (
                "owner_account_id",
                self.owner_account_id == case.owner_account_id,
            ),
            (
                "staff_details",
                details.is_none_or(|details| *details == self.staff_details),
            ),
        ])
    }

    /// What does not hold together in the dates of a case that was opened elsewhere: the field, why, and a stable word.
    #[must_use]
    pub fn wrong_dates(&self, today: NaiveDate) -> Vec<(&'static str, &'static str, &'static str)> {
        let mut wrong = Vec::new();
        if self.opened_on > today {
            wrong.push((
                "opened_on",
                "The date it was opened must not be in the future",
                "IN_THE_FUTURE",
            ));
        }
        match (self.status, self.closed_on) {
            (Status::Closed, None) => {
                wrong.push((
                    "closed_on",
                    "Enter the date on which the case was closed",
                    "REQUIRED",
                ));
            }
            (Status::Closed, Some(closed_on)) if closed_on > today => {
                wrong.push((
                    "closed_on",
                    "The date it was closed must not be in the future",
                    "IN_THE_FUTURE",
                ));
            }
            (Status::Closed, Some(closed_on)) if closed_on < self.opened_on => {
                wrong.push((
                    "closed_on",
                    "A case can't be closed before it was opened",
                    "BEFORE_OPENING",
                ));
            }
            (_, Some(_)) if self.status != Status::Closed => {
                wrong.push((
                    "closed_on",
                    "Only a closed case has a date of closing",
                    "NOT_CLOSED",
                ));
            }
            _ => {}
        }
        wrong
    }
}

fn first_unequal<const N: usize>(fields: [(&'static str, bool); N]) -> Option<&'static str> {
    fields
        .into_iter()
        .find(|(_, equal)| !equal)
        .map(|(field, _)| field)
}

impl Case {
    /// Moves the case and hands it to the team whose stage it then is (CA-2, CA-3). It is closed on the day of its
    /// move to *Case closed*, and open again when it leaves it.
    pub fn moved(self, to: Status, today: NaiveDate) -> Result<Self, MoveNotAllowed> {
        let status = self.status.go(to)?;
        Ok(Self {
            status,
            team: status.team().unwrap_or(self.team),
            closed_on: (status == Status::Closed).then_some(today),
            ..self
        })
    }
}

/// What the task service says of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskFacts {
    /// The task.
    pub id: Uuid,
    /// The case it is on.
    pub case_id: Uuid,
    /// Its title.
    pub title: String,
    /// The date it was set.
    pub set_on: NaiveDate,
    /// The date it is due.
    pub due_on: NaiveDate,
    /// Whether it is still to be done.
    pub open: bool,
    /// Grows with every change.
    pub version: i64,
}

/// Something that happened on a case, in words for both sides (CA-6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// The entry's id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// A short heading.
    pub title: String,
    /// What happened, in a sentence.
    pub description: String,
    /// Who did it, as shown to a landlord.
    pub actor: String,
    /// Who did it, as the audit names them; empty when another service told of it.
    pub actor_id: String,
    /// Whether the landlord does not see it.
    pub staff_only: bool,
}

/// A row of the audit (WH-1).
#[derive(Clone, Debug)]
pub struct Change {
    /// The case.
    pub case_id: Uuid,
    /// What was done, such as `open` or `move`.
    pub action: &'static str,
    /// What was changed, before and after.
    pub details: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_case(status: Status, team: Team) -> Case {
        Case {
            id: Uuid::nil(),
            reference: "202300001".into(),
            case_type: CaseType::MemberLandlord,
            complainant: "Ada Resident".into(),
            representative: String::new(),
            landlord_id: Uuid::nil(),
            landlord_name: "Homes".into(),
            subject: "Damp".into(),
            status,
            team,
            owner_account_id: None,
            owner_name: None,
            opened_on: NaiveDate::MIN,
            closed_on: None,
            next_task_due_on: None,
            staff_details: None,
            upcoming_tasks: Json(vec![]),
            version: 1,
            outcome: None,
            told_outcome: None,
        }
    }

    #[test]
    fn ca_3_a_move_hands_the_case_to_the_team_whose_stage_it_is() {
        let today = NaiveDate::MAX;
        let case = a_case(Status::InternalProcedure, Team::DisputeSupport);

        let case = case.moved(Status::ReferralAssessment, today).unwrap();
        assert_eq!(case.team, Team::Triage);

        let case = case.moved(Status::FailureOrderIssued, today).unwrap();
        assert_eq!(case.team, Team::Triage, "a failure order is nobody's stage");
    }

    #[test]
    fn ca_2_a_case_is_closed_on_the_day_of_the_move_and_open_again_in_review() {
        let today = NaiveDate::MAX;

        let closed = a_case(Status::Determined, Team::DisputeResolution)
            .moved(Status::Closed, today)
            .unwrap();
        assert_eq!(closed.closed_on, Some(today));

        let reviewed = closed.moved(Status::Review, today).unwrap();
        assert_eq!(reviewed.closed_on, None);
        assert_eq!(reviewed.team, Team::Review);
    }
}
