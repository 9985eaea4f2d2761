//! What a row of cases has, whatever its format.

use proto::case::v1::{CaseType, ImportedCase, StaffDetails};

use super::source::{BadRow, Place};
use crate::commands::case::parse_status;

/// The columns' names, in the order of the help.
pub(super) const COLUMNS: [&str; 14] = [
    "reference",
    "case_type",
    "complainant",
    "representative",
    "landlord_id",
    "subject",
    "status",
    "opened_on",
    "closed_on",
    "owner_account_id",
    "contact",
    "communication_preference",
    "reasonable_adjustments",
    "vulnerabilities",
];

/// Those that every file has; the others may be left out.
pub(super) const REQUIRED: [&str; 7] = [
    "reference",
    "case_type",
    "complainant",
    "landlord_id",
    "subject",
    "status",
    "opened_on",
];

pub(super) const HELP: &str = "\
A CSV file has a header that names its columns, in any order; an NDJSON file has a JSON object on each line, with the same names. \
Text is in UTF-8. What is optional may be empty, or left out altogether.

  reference                 the reference that the case has: a year and 5 to 9 digits, such as 202312345
  case_type                 member-landlord, complaint-handling or enquiry
  complainant               the resident who complains
  representative            who speaks for the resident (optional)
  landlord_id               the landlord's id, as `casework landlord list` shows it
  subject                   what the complaint is about
  status                    where the case stands, as `casework case statuses` lists them
  opened_on                 the date on which it was opened, such as 2023-04-05
  closed_on                 the date on which it was closed; for closed cases, and for no others
  owner_account_id          the owner's account, as `casework account list` shows it (optional)
  contact                   how to reach the resident (optional; only staff see it, as they do the next three)
  communication_preference  how the resident prefers to be reached (optional)
  reasonable_adjustments    reasonable adjustments (optional)
  vulnerabilities           vulnerabilities (optional)

The reference tells cases apart. A row whose case was made of the same row before is unchanged, so that an import which ended early \
is simply run again. A row that differs from the one its case was made of is refused: an import adds cases and never changes one.

A bad row stops no other. It is shown as FILE:LINE:COLUMN, with lines and columns (in characters) counted from 1 at the value that is \
wrong. The command fails when a row was refused. With --dry-run, every row is checked as if it came alone or in a batch of 500; \
two rows of one reference that lie farther apart are told apart only by the import itself.

Example:

  reference,case_type,complainant,landlord_id,subject,status,opened_on,closed_on
  202312345,member-landlord,Asha Verma,0198f1c2-7a50-7c3e-9d4b-3f6a1c2b5e70,\"Damp, and mould\",evidence-gathering,2023-04-05,";

/// A text and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) place: Place,
}

/// The values of a row by its columns; `None` for what the row does not have.
pub(super) type Values = [Option<Value>; COLUMNS.len()];

/// A row that can be sent.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) case: ImportedCase,
    start: Place,
    places: [Option<Place>; COLUMNS.len()],
}

/// The place of a column in the order of the help.
pub(super) fn column(name: &str) -> Option<usize> {
    COLUMNS.iter().position(|it| *it == name)
}

impl Row {
    /// Makes a case of a row's values. Only what has no words for the service is refused here; it checks the rest.
    pub(super) fn new(start: Place, mut values: Values) -> Result<Self, BadRow> {
        let places = std::array::from_fn(|at| values[at].as_ref().map(|it| it.place));
        let mut take = |name: &str| {
            let at = column(name).expect("the name is one of the columns");
            values[at].take().map(|it| it.text).unwrap_or_default()
        };
        let mut case = ImportedCase {
            reference: take("reference").trim().to_owned(),
            complainant: take("complainant"),
            representative: take("representative"),
            landlord_id: take("landlord_id").trim().to_owned(),
            subject: take("subject"),
            opened_on: take("opened_on").trim().to_owned(),
            closed_on: take("closed_on").trim().to_owned(),
            owner_account_id: take("owner_account_id").trim().to_owned(),
            staff_details: Some(StaffDetails {
                contact: take("contact"),
                communication_preference: take("communication_preference"),
                reasonable_adjustments: take("reasonable_adjustments"),
                vulnerabilities: take("vulnerabilities"),
            }),
            ..ImportedCase::default()
        };
        let (case_type, status) = (take("case_type"), take("status"));
        let known = parse_case_type(&case_type).map(i32::from);
        let stands = parse_status(&status).map(i32::from);
        case.case_type = *known.as_ref().unwrap_or(&0);
        case.status = *stands.as_ref().unwrap_or(&0);
        let row = Self {
            case,
            start,
            places,
        };
        match (known, stands) {
            (Err(problem), _) => Err(row.bad("case_type", problem)),
            (_, Err(problem)) => Err(row.bad("status", problem.to_string())),
            (Ok(_), Ok(_)) => Ok(row),
        }
    }

    /// This row as a bad one, by the field at fault.
    pub(super) fn bad(&self, field: &str, problem: String) -> BadRow {
        let field = field.trim_start_matches("staff_details.");
        let place = column(field).and_then(|at| self.places[at]);
        BadRow {
            place: place.unwrap_or(self.start),
            field: field.to_owned(),
            reference: self.case.reference.clone(),
            problem,
        }
    }
}

fn parse_case_type(typed: &str) -> Result<CaseType, String> {
    let name = format!(
        "CASE_TYPE_{}",
        typed.trim().to_uppercase().replace(['-', ' '], "_")
    );
    CaseType::from_str_name(&name)
        .filter(|it| *it != CaseType::Unspecified)
        .ok_or_else(|| {
            format!("{typed:?} is no kind of case: member-landlord, complaint-handling or enquiry")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        let mut values: Values = Default::default();
        for (place, (name, text)) in (1..).zip(pairs) {
            values[column(name).unwrap()] = Some(Value {
                text: (*text).to_owned(),
                place: Place {
                    line: 7,
                    column: place,
                },
            });
        }
        values
    }

    const START: Place = Place { line: 7, column: 1 };

    #[test]
    fn every_column_is_in_the_help_and_every_required_one_is_a_column() {
        assert!(
            COLUMNS
                .iter()
                .all(|it| HELP.contains(&format!("\n  {it} ")))
        );
        assert!(REQUIRED.iter().all(|it| column(it).is_some()));
    }

    #[test]
    fn a_row_is_bad_at_the_value_that_is_wrong() {
        let pairs = [
            ("reference", "202312345"),
            ("case_type", "enquiry"),
            ("status", "lost"),
        ];

        let bad = Row::new(START, values(&pairs)).unwrap_err();

        assert_eq!((bad.field.as_str(), bad.place.column), ("status", 3));
        assert_eq!(bad.reference, "202312345");
    }

    #[test]
    fn what_the_service_refuses_is_found_by_its_field() {
        let pairs = [
            ("case_type", "member-landlord"),
            ("status", "closed"),
            ("contact", "x"),
        ];
        let row = Row::new(START, values(&pairs)).unwrap();

        let named = row.bad("staff_details.contact", "too long".to_owned());
        let absent = row.bad("closed_on", "missing".to_owned());

        assert_eq!((named.field.as_str(), named.place.column), ("contact", 3));
        assert_eq!(absent.place, START);
    }
}
