//! The rules of a complaint at stage 1: facts in, verdict out.

use calendar::{Calendar, Deadline, Event, LedgerError, Rule, Timescale};
use chrono::NaiveDate;
use uuid::Uuid;

/// Working days within which a complaint is acknowledged (4.1).
const ACKNOWLEDGEMENT: u32 = 5;
/// Working days within which stage 1 is answered, from the acknowledgement (4.3).
const RESPONSE: u32 = 10;

/// How a complaint came (1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Channel {
    /// The public webform.
    Webform,
    /// An email.
    Email,
    /// The telephone.
    Telephone,
    /// A letter.
    Letter,
    /// Any colleague.
    Colleague,
}

/// What was asked and answered about a person's needs (3.2). "None" is an answer, and nothing at all is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// How to reach the person.
    pub contact: String,
    /// How the person prefers to be reached.
    pub communication_preference: String,
    /// Reasonable adjustments under the Equality Act.
    pub reasonable_adjustments: String,
    /// Vulnerabilities and safeguarding.
    pub vulnerabilities: String,
}

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub reference: String,
    /// Who complains.
    pub service_user: String,
    /// How it came.
    pub channel: Channel,
    /// What was said.
    pub summary: String,
    /// What the acknowledgement sets out.
    pub definition: Definition,
    /// The date it was received.
    pub received_on: NaiveDate,
    /// Its deadlines.
    pub clocks: Clocks,
    /// Grows with every change.
    pub version: i64,
}

/// What must be known before a complaint is acknowledged (3.2, 4.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definition {
    /// The definition, element by element, since each gets a finding of its own (4.8).
    pub elements: Vec<String>,
    /// The outcome that is sought, as understood.
    pub desired_outcome: String,
    /// What was asked and answered about the person's needs.
    pub needs: Needs,
    /// What came of considering an early resolution.
    pub early_resolution: String,
}

impl Definition {
    /// What is missing, in words for a colleague (SC-2).
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let Self {
            elements,
            desired_outcome,
            needs:
                Needs {
                    contact,
                    communication_preference,
                    reasonable_adjustments,
                    vulnerabilities,
                },
            early_resolution,
        } = self;
        let no_elements = elements.iter().all(|it| it.trim().is_empty());
        [
            ("the definition", no_elements),
            ("the desired outcome", desired_outcome.trim().is_empty()),
            ("the contact", contact.trim().is_empty()),
            (
                "the communication preference",
                communication_preference.trim().is_empty(),
            ),
            (
                "the reasonable adjustments",
                reasonable_adjustments.trim().is_empty(),
            ),
            ("the vulnerabilities", vulnerabilities.trim().is_empty()),
            (
                "what came of an early resolution",
                early_resolution.trim().is_empty(),
            ),
        ]
        .into_iter()
        .filter_map(|(part, missing)| missing.then_some(part))
        .collect()
    }
}

/// The promises of stage 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocks {
    /// To acknowledge (4.1).
    pub acknowledgement: Deadline,
    /// To respond (4.3), from the acknowledgement on.
    pub response: Option<Deadline>,
}

impl Clocks {
    /// The deadline that comes next.
    #[must_use]
    pub fn next_due(&self) -> NaiveDate {
        self.response
            .as_ref()
            .unwrap_or(&self.acknowledgement)
            .due()
    }
}

/// Why a complaint may not be recorded or acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StageError {
    /// Received on a day that has not come.
    #[error("the date of receipt is in the future")]
    ReceivedInTheFuture,
    /// Acknowledged on a day that has not come.
    #[error("the date of the acknowledgement is in the future")]
    AcknowledgedInTheFuture,
    /// Acknowledged before it was received.
    #[error("it was received on {0}, and can't have been acknowledged before")]
    BeforeReceipt(NaiveDate),
    /// A second acknowledgement.
    #[error("it was acknowledged on {0}")]
    AlreadyAcknowledged(NaiveDate),
    /// Parts that must be there are not (3.2).
    #[error("it can't be acknowledged without {}", .0.join(", "))]
    NotReady(Vec<&'static str>),
    /// A ledger refused an entry.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Starts the clock of the acknowledgement at the receipt (4.1).
pub fn receive(
    calendar: &Calendar,
    received_on: NaiveDate,
    by: &str,
    today: NaiveDate,
) -> Result<Clocks, StageError> {
    if received_on > today {
        return Err(StageError::ReceivedInTheFuture);
    }
    let acknowledgement = Deadline::start(
        calendar,
        Event {
            name: "complaint received".to_owned(),
            on: received_on,
        },
        Rule {
            id: "SC-4 acknowledgement (4.1)".to_owned(),
            timescale: Timescale::WorkingDays(ACKNOWLEDGEMENT),
        },
        by,
        today,
    )?;
    Ok(Clocks {
        acknowledgement,
        response: None,
    })
}

/// Meets the acknowledgement, and starts the clock of the response (4.1, 4.3).
pub fn acknowledge(
    calendar: &Calendar,
    complaint: &Complaint,
    definition: Definition,
    acknowledged_on: NaiveDate,
    by: &str,
    today: NaiveDate,
) -> Result<Complaint, StageError> {
    let mut clocks = complaint.clocks.clone();
    if let Some(met_on) = clocks.acknowledgement.met_on() {
        return Err(StageError::AlreadyAcknowledged(met_on));
    }
    if acknowledged_on > today {
        return Err(StageError::AcknowledgedInTheFuture);
    }
    if acknowledged_on < complaint.received_on {
        return Err(StageError::BeforeReceipt(complaint.received_on));
    }
    let missing = definition.missing();
    if !missing.is_empty() {
        return Err(StageError::NotReady(missing));
    }
    clocks.acknowledgement.meet(acknowledged_on, by, today)?;
    clocks.response = Some(Deadline::start(
        calendar,
        Event {
            name: "complaint acknowledged".to_owned(),
            on: acknowledged_on,
        },
        Rule {
            id: "SC-4 response (4.3)".to_owned(),
            timescale: Timescale::WorkingDays(RESPONSE),
        },
        by,
        today,
    )?);
    Ok(Complaint {
        definition,
        clocks,
        ..complaint.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn received(on: &str) -> Complaint {
        let clocks = receive(&Calendar::england_and_wales(), day(on), "test", day(on)).unwrap();
        Complaint {
            id: kit::id(),
            reference: "SC202500001".to_owned(),
            service_user: "Asha Verma".to_owned(),
            channel: Channel::Telephone,
            summary: "Nobody called me back.".to_owned(),
            definition: Definition::default(),
            received_on: day(on),
            clocks,
            version: 1,
        }
    }

    fn whole() -> Definition {
        Definition {
            elements: vec!["The call that was promised was not made".to_owned()],
            desired_outcome: "An apology".to_owned(),
            needs: Needs {
                contact: "020 7946 0000".to_owned(),
                communication_preference: "Telephone".to_owned(),
                reasonable_adjustments: "None".to_owned(),
                vulnerabilities: "None".to_owned(),
            },
            early_resolution: "A call was offered and declined".to_owned(),
        }
    }

    fn acknowledged(complaint: &Complaint, on: &str) -> Result<Complaint, StageError> {
        let calendar = Calendar::england_and_wales();
        acknowledge(&calendar, complaint, whole(), day(on), "test", day(on))
    }

    #[test]
    fn sc_4_1_received_on_a_saturday_it_is_acknowledged_by_friday() {
        assert_eq!(
            received("2025-06-07").clocks.acknowledgement.due(),
            day("2025-06-13")
        );
    }

    #[test]
    fn sc_4_3_the_response_is_due_ten_working_days_after_the_acknowledgement() {
        let complaint = acknowledged(&received("2025-06-07"), "2025-06-12").unwrap();

        assert_eq!(complaint.clocks.response.unwrap().due(), day("2025-06-26"));
    }

    #[test]
    fn sc_4_1_an_acknowledgement_a_day_late_is_kept_as_late() {
        let complaint = acknowledged(&received("2025-06-07"), "2025-06-16").unwrap();

        let state = complaint.clocks.acknowledgement.state_on(day("2025-06-16"));
        assert_eq!(
            state,
            calendar::State::Met {
                on: day("2025-06-16"),
                late: true
            }
        );
    }

    #[test]
    fn sc_2_every_part_that_is_missing_is_named() {
        let calendar = Calendar::england_and_wales();
        let definition = Definition {
            elements: vec!["  ".to_owned()],
            needs: Needs {
                vulnerabilities: String::new(),
                ..whole().needs
            },
            ..whole()
        };
        let on = day("2025-06-09");

        let refused = acknowledge(
            &calendar,
            &received("2025-06-07"),
            definition,
            on,
            "test",
            on,
        );

        assert_eq!(
            refused.unwrap_err().to_string(),
            "it can't be acknowledged without the definition, the vulnerabilities"
        );
    }

    #[test]
    fn sc_4_it_is_acknowledged_once_not_before_its_receipt_and_not_in_the_future() {
        let complaint = received("2025-06-07");
        let calendar = Calendar::england_and_wales();
        let today = day("2025-06-10");

        assert_eq!(
            acknowledged(&complaint, "2025-06-06"),
            Err(StageError::BeforeReceipt(day("2025-06-07")))
        );
        assert_eq!(
            acknowledge(
                &calendar,
                &complaint,
                whole(),
                day("2025-06-11"),
                "test",
                today
            ),
            Err(StageError::AcknowledgedInTheFuture)
        );
        let once = acknowledged(&complaint, "2025-06-10").unwrap();
        assert_eq!(
            acknowledged(&once, "2025-06-11"),
            Err(StageError::AlreadyAcknowledged(day("2025-06-10")))
        );
    }

    #[test]
    fn a_deadline_in_a_year_without_published_bank_holidays_is_refused() {
        let on = day("2099-06-07");

        let refused = receive(&Calendar::england_and_wales(), on, "test", on).unwrap_err();

        assert!(matches!(
            refused,
            StageError::Ledger(LedgerError::NotCovered(_))
        ));
    }
}
