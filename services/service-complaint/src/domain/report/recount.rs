//! The figures of a period counted in another way: from each complaint as the procedure itself sees it, without the database's arithmetic.

use std::collections::{BTreeMap, BTreeSet};

use calendar::{State, What};
use chrono::NaiveDate;

use super::catalogue::{UNRECORDED, not_accepted};
use super::{Period, delivery};
use crate::domain::complaint::{Complaint, ComplaintType, OutcomeReply, Standing};
use crate::domain::finding::{Decision, Standing as ElementStanding, outcome};
use crate::domain::lateness::Promise;
use crate::domain::policy::Stage;
use crate::domain::procedure::End;
use crate::domain::refusal::Ground;
use crate::domain::remedy::{Level, Remedy};

/// A row behind a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The figure's key.
    pub figure: String,
    /// The complaint's reference; empty for what belongs to no single complaint.
    pub reference: String,
    /// What of it is counted; empty when it is the complaint itself.
    pub item: String,
    /// The date that puts it into the period.
    pub on: NaiveDate,
    /// What it adds to the figure.
    pub amount: i64,
}

/// The lessons of a period, by id, with the theme and the date of each.
pub type Lessons = Vec<(uuid::Uuid, String, NaiveDate)>;

/// A figure of which two counts differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The figure.
    pub figure: String,
    /// What the report says.
    pub reported: i64,
    /// What the records say.
    pub recounted: i64,
    /// What is counted by one alone, by reference or item.
    pub subjects: BTreeSet<String>,
}

/// What differs between the rows of a report and those of a recount, figure by figure.
#[must_use]
pub fn compare(reported: &[Row], recounted: &[Row]) -> Vec<Difference> {
    let mut balance: BTreeMap<&Row, i64> = BTreeMap::new();
    for row in reported {
        *balance.entry(row).or_default() += 1;
    }
    for row in recounted {
        *balance.entry(row).or_default() -= 1;
    }
    let sum = |rows: &[Row], figure: &str| {
        rows.iter()
            .filter(|it| it.figure == figure)
            .map(|it| it.amount)
            .sum()
    };
    let mut differences: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (row, _) in balance.into_iter().filter(|(_, count)| *count != 0) {
        let subject = if row.reference.is_empty() {
            &row.item
        } else {
            &row.reference
        };
        differences
            .entry(&row.figure)
            .or_default()
            .insert(subject.clone());
    }
    differences
        .into_iter()
        .map(|(figure, subjects)| Difference {
            figure: figure.to_owned(),
            reported: sum(reported, figure),
            recounted: sum(recounted, figure),
            subjects,
        })
        .collect()
}

/// What a complaint adds to the figures of a period.
#[must_use]
pub fn recount(complaint: &Complaint, period: Period) -> Vec<Row> {
    let mut tally = Tally {
        complaint,
        period,
        rows: Vec::new(),
    };
    tally.received();
    for (stage, on, outcome) in closings(complaint) {
        if period.has(on) {
            tally.closed(stage, on, outcome);
        }
    }
    tally.ended();
    tally.escalated();
    tally.promises();
    tally.rows.extend(delivery::actions(complaint, period));
    tally.rows
}

/// The dates on which its stages were closed, with the outcome of each that has one. The date is the ledger's and the outcome the one that
/// follows from the elements, where the report goes by what was stored when the response was sent.
fn closings(complaint: &Complaint) -> Vec<(Stage, NaiveDate, Option<Decision>)> {
    let called = match &complaint.standing {
        Standing::Ended(ended) if matches!(ended.how, End::Informally(_)) => {
            Some(complaint.stage())
        }
        _ => None,
    };
    let stages = [
        (Stage::One, Some(&complaint.stage_one)),
        (
            Stage::Two,
            complaint.stage_two.as_ref().map(|it| &it.record),
        ),
    ];
    let mut closings: Vec<_> = stages
        .into_iter()
        .filter(|(stage, _)| called != Some(*stage))
        .filter_map(|(stage, record)| {
            let record = record.filter(|it| it.answer.is_some())?;
            let on = record.clocks.response.as_ref()?.met_on()?;
            Some((stage, on, outcome(&complaint.elements_of(stage)).ok()))
        })
        .collect();
    // A call has met the last of the clocks, and has an outcome when all was decided before it.
    if let Some(stage) = called {
        let clocks = &complaint.present().clocks;
        let met = clocks.response.as_ref().unwrap_or(&clocks.acknowledgement);
        let outcome = outcome(&complaint.elements_of(stage)).ok();
        closings.extend(met.met_on().map(|on| (stage, on, outcome)));
    }
    closings
}

fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::One => "one",
        Stage::Two => "two",
    }
}

fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Upheld => "upheld",
        Decision::PartiallyUpheld => "partially_upheld",
        Decision::NotUpheld => "not_upheld",
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ServiceFailure => "service_failure",
        Level::SeriousServiceFailure => "serious_service_failure",
        Level::SignificantImpact => "significant_impact",
    }
}

struct Tally<'a> {
    complaint: &'a Complaint,
    period: Period,
    rows: Vec<Row>,
}

impl Tally<'_> {
    fn add(&mut self, figure: impl Into<String>, on: NaiveDate) {
        self.add_item(figure, String::new(), on, 1);
    }

    fn add_item(&mut self, figure: impl Into<String>, item: String, on: NaiveDate, amount: i64) {
        self.rows.push(Row {
            figure: figure.into(),
            reference: self.complaint.reference.clone(),
            item,
            on,
            amount,
        });
    }

    fn received(&mut self) {
        let on = self.complaint.stage_one.clocks.acknowledgement.event().on;
        if !self.period.has(on) {
            return;
        }
        self.add("received", on);
        let channel = self.complaint.channel.name();
        self.add(format!("received.channel.{channel}"), on);
        let kind = self.complaint.definition.complaint_type;
        let kind = kind.map_or("unrecorded", ComplaintType::name);
        self.add(format!("received.type.{kind}"), on);
    }

    fn closed(&mut self, stage: Stage, on: NaiveDate, outcome: Option<Decision>) {
        let number = name(stage);
        self.add(format!("closed.stage_{number}"), on);
        match outcome {
            None => self.add("closed.informally", on),
            Some(outcome) => {
                let word = decision(outcome);
                self.add(format!("outcome.stage_{number}.{word}"), on);
                if outcome != Decision::NotUpheld {
                    self.add(format!("upheld_or_partly.stage_{number}"), on);
                }
            }
        }
        for element in self.complaint.elements_of(stage) {
            let found = match &element.standing {
                ElementStanding::Undecided => "undecided",
                ElementStanding::Excluded(_) => "excluded",
                ElementStanding::Found(finding) => decision(finding.decision),
            };
            let figure = format!("element.stage_{number}.{found}");
            self.add_item(figure, element.id.to_string(), on, 1);
        }
        self.remedies(stage, on);
        if stage == Stage::One {
            self.missing(on);
        }
    }

    fn remedies(&mut self, stage: Stage, on: NaiveDate) {
        let complaint = self.complaint;
        for offer in complaint.offers.iter().filter(|it| it.stage == stage) {
            let id = offer.id.to_string();
            let kind = offer.remedy.kind();
            self.add_item(format!("remedy.{kind}"), id.clone(), on, 1);
            if let Remedy::Compensation(sum) = &offer.remedy {
                let figure = format!("compensation.{}", level(sum.level()));
                self.add_item(figure, id, on, sum.pounds().into());
            }
        }
    }

    fn missing(&mut self, on: NaiveDate) {
        let definition = &self.complaint.definition;
        let parts = [
            ("contact", definition.needs.contact.is_empty()),
            (
                "communication_preference",
                definition.needs.communication_preference.is_empty(),
            ),
            (
                "reasonable_adjustments",
                definition.needs.reasonable_adjustments.is_empty(),
            ),
            (
                "vulnerabilities",
                definition.needs.vulnerabilities.is_empty(),
            ),
            ("desired_outcome", definition.desired_outcome.is_empty()),
            ("early_resolution", definition.early_resolution.is_empty()),
            (
                "outcome_reply",
                definition.outcome_reply == OutcomeReply::None,
            ),
            ("type", definition.complaint_type.is_none()),
        ];
        for (part, missing) in parts {
            if missing {
                self.add(format!("missing.{part}"), on);
            }
        }
    }

    fn ended(&mut self) {
        let Standing::Ended(ended) = &self.complaint.standing else {
            return;
        };
        if !self.period.has(ended.on) {
            return;
        }
        match &ended.how {
            End::NotAccepted(exclusion) => {
                let reason = not_accepted(exclusion.reason).0;
                self.add(format!("not_accepted.{reason}"), ended.on);
            }
            End::EscalationRejected(refusal) => {
                self.add("escalation.rejected", ended.on);
                let ground = refusal.ground.map_or(UNRECORDED, Ground::name);
                self.add(format!("escalation.rejected.{ground}"), ended.on);
            }
            End::Informally(_) | End::AtStageTwo(_) => {}
        }
    }

    fn escalated(&mut self) {
        let Some(two) = &self.complaint.stage_two else {
            return;
        };
        let requested_on = two.record.clocks.acknowledgement.event().on;
        if self.period.has(requested_on) {
            self.add("escalation.requested", requested_on);
        }
        let clocks = &two.record.clocks;
        if let (Some(on), Some(_)) = (clocks.acknowledgement.met_on(), &clocks.response)
            && self.period.has(on)
        {
            self.add("escalation.accepted", on);
        }
        if let Some(on) = (self.complaint.treated_as_new_on()).filter(|on| self.period.has(*on)) {
            self.add("escalation.treated_as_new", on);
        }
    }

    fn promises(&mut self) {
        let (complaint, period) = (self.complaint, self.period);
        for (stage, promise, clock) in complaint.promised() {
            let (number, what) = (name(stage), promise.name());
            if clock.is_overdue(period.last) {
                let figure = format!("overdue.{what}.stage_{number}");
                self.add(figure, clock.due_on(period.last));
            }
            if promise == Promise::Response {
                self.extensions(number, clock);
            }
            let Some(met_on) = clock.met_on().filter(|on| period.has(*on)) else {
                continue;
            };
            let late = clock.state_on(met_on)
                == State::Met {
                    on: met_on,
                    late: true,
                };
            let how = if late { "late" } else { "in_time" };
            self.add(format!("{what}.stage_{number}.{how}"), met_on);
            if late {
                let reason = complaint.lateness(stage, promise);
                let cause = reason.map_or("unexplained", |it| it.cause.name());
                let item = format!("{what} {number}");
                self.add_item(format!("late.{cause}"), item, met_on, 1);
            }
        }
    }

    fn extensions(&mut self, number: &str, clock: &calendar::Deadline) {
        for (position, entry) in clock.entries().iter().enumerate() {
            let What::Extended { working_days, .. } = &entry.what else {
                continue;
            };
            if self.period.has(entry.on) {
                let kind = match working_days {
                    Some(_) => "extended",
                    None => "extended_further",
                };
                let figure = format!("{kind}.stage_{number}");
                self.add_item(figure, position.to_string(), entry.on, 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(figure: &str, reference: &str, amount: i64) -> Row {
        Row {
            figure: figure.to_owned(),
            reference: reference.to_owned(),
            item: String::new(),
            on: "2025-01-02".parse().unwrap(),
            amount,
        }
    }

    #[test]
    fn sc_14_rows_that_one_count_alone_has_are_named_with_their_figure() {
        let reported = [row("closed", "SC1", 1), row("closed", "SC2", 1)];
        let recounted = [row("closed", "SC2", 1), row("pounds", "SC2", 75)];

        let differences = compare(&reported, &recounted);

        let [closed, pounds] = differences.as_slice() else {
            panic!("{differences:?}")
        };
        assert_eq!((closed.figure.as_str(), closed.reported), ("closed", 2));
        assert_eq!(closed.recounted, 1);
        assert_eq!(closed.subjects, BTreeSet::from(["SC1".to_owned()]));
        assert_eq!((pounds.reported, pounds.recounted), (0, 75));
    }

    #[test]
    fn sc_14_a_row_that_is_counted_twice_is_a_difference() {
        let once = [row("closed", "SC1", 1)];
        let twice = [row("closed", "SC1", 1), row("closed", "SC1", 1)];

        assert_eq!(compare(&once, &once), []);
        assert_eq!(compare(&twice, &once).len(), 1);
    }
}
