//! What a case must fulfil to be on a list, and which index tells that.

use casefile::Visibility;
use chrono::NaiveDate;
use sqlx::{Encode, Postgres, QueryBuilder, Type};
use uuid::Uuid;

use crate::domain::{CaseType, Filter, Order, Owner, State, Status, Team};

/// The next due date as the indexes have it: a row comparison can't cross nulls.
pub const DUE: &str = "coalesce(c.next_task_due_on, 'infinity'::date)";

/// Part of a list that one index serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Closed cases, or open ones.
    pub closed: bool,
    /// Those with a next due date, those without, or both.
    pub due: Option<bool>,
}

/// The stretches of a list.
pub fn stretches(filter: &Filter) -> Vec<Stretch> {
    let dated = filter.closed_from.is_some() || filter.closed_to.is_some();
    let closed: &[bool] = match filter.state {
        State::Any if dated => &[true],
        State::Any => &[false, true],
        State::Open => &[false],
        State::Closed => &[true],
    };
    let due: &[Option<bool>] = if filter.order == Order::NextDue && filter.descending {
        &[Some(true), Some(false)]
    } else {
        &[None]
    };
    let of = |closed| due.iter().map(move |due| Stretch { closed, due: *due });
    closed.iter().copied().flat_map(of).collect()
}

/// Something that a case must fulfil.
#[derive(Clone, Copy, Debug)]
pub enum Condition<'a> {
    /// To be this landlord's.
    Landlord(Uuid),
    /// To have been closed while the landlord may still see it (CA-4).
    Seen(NaiveDate),
    /// To have a reference that starts so.
    Reference(&'a str),
    /// To have a complainant in whose name this is.
    Complainant(&'a str),
    /// To be of this kind.
    CaseType(CaseType),
    /// To stand here.
    Status(Status),
    /// To be with this team.
    Team(Team),
    /// To be this owner's.
    Owner(Owner),
    /// To have been opened between these dates.
    Opened(Option<NaiveDate>, Option<NaiveDate>),
    /// To have been closed between these dates.
    Closed(Option<NaiveDate>, Option<NaiveDate>),
    /// To have its next task due between these dates.
    Due(Option<NaiveDate>, Option<NaiveDate>),
}

/// What a case of a stretch must fulfil.
pub fn conditions<'a>(
    filter: &'a Filter,
    seen_by: &Visibility,
    stretch: Stretch,
) -> Vec<Condition<'a>> {
    let some = |text: &'a str| Some(text).filter(|it| !it.is_empty());
    let window = |from: Option<NaiveDate>, to: Option<NaiveDate>| {
        (from.is_some() || to.is_some()).then_some((from, to))
    };
    let seen = (seen_by.landlord_id.is_some() && stretch.closed)
        .then(|| seen_by.activated_on.max(seen_by.closed_since));
    let all = [
        seen_by.landlord_id.map(Condition::Landlord),
        filter.landlord_id.map(Condition::Landlord),
        seen.map(Condition::Seen),
        some(&filter.reference).map(Condition::Reference),
        some(&filter.complainant).map(Condition::Complainant),
        filter.case_type.map(Condition::CaseType),
        filter.status.map(Condition::Status),
        filter.team.map(Condition::Team),
        filter.owner.map(Condition::Owner),
        window(filter.opened_from, filter.opened_to).map(|(from, to)| Condition::Opened(from, to)),
        window(filter.closed_from, filter.closed_to).map(|(from, to)| Condition::Closed(from, to)),
        window(filter.due_from, filter.due_to).map(|(from, to)| Condition::Due(from, to)),
    ];
    all.into_iter().flatten().collect()
}

impl Condition<'_> {
    /// Whether the index of an order tells it too, so that the walk meets no case that does not fulfil it.
    pub fn is_served(self, order: Order, stretch: Stretch, of_landlord: bool) -> bool {
        match self {
            Self::Landlord(_) => true,
            Self::Seen(_) | Self::Closed(..) => order == Order::Closed,
            Self::Reference(_) => order == Order::Reference,
            Self::CaseType(_) => order == Order::CaseType,
            Self::Status(_) => order == Order::Status,
            Self::Opened(..) => order == Order::Opened,
            Self::Due(..) => order == Order::NextDue,
            // Of everybody's open cases, a team's and an owner's have indexes of their own; a landlord's cases are few.
            Self::Team(_) | Self::Owner(_) => {
                order == Order::NextDue && !stretch.closed && !of_landlord
            }
            Self::Complainant(_) => false,
        }
    }

    /// The order of the index by which the cases that fulfil it can be fetched; `None` when there is none, or when it lets
    /// too many through to be worth a try. A name is found by its parts, in no order.
    pub fn fetched_by(self, stretch: Stretch, of_landlord: bool) -> Option<&'static str> {
        match self {
            Self::Reference(_) => Some("c.reference"),
            Self::Complainant(text) if has_trigram(text) && !of_landlord => Some(""),
            Self::CaseType(_) => Some("c.case_type, c.id"),
            Self::Status(_) => Some("c.status, c.id"),
            Self::Opened(..) => Some("c.opened_on, c.id"),
            Self::Seen(_) | Self::Closed(..) if stretch.closed => Some("c.closed_on, c.id"),
            Self::Due(..) => Some(DUE),
            Self::Owner(_) if !stretch.closed && !of_landlord => Some(DUE),
            Self::Owner(Owner::Is(_)) if !of_landlord => Some("c.id"),
            _ => None,
        }
    }

    /// The column that an index has before the key of its order, for those conditions that an index begins with.
    pub const fn column_before_key(self) -> Option<&'static str> {
        match self {
            Self::Landlord(_) => Some("c.landlord_id"),
            Self::Team(_) => Some("c.team"),
            Self::Owner(Owner::Is(_)) => Some("c.owner_account_id"),
            _ => None,
        }
    }

    /// Adds the value of that column to a statement.
    pub fn push_value(self, query: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Landlord(id) | Self::Owner(Owner::Is(id)) => query.push_bind(id),
            Self::Team(team) => query.push_bind(team),
            _ => query.push("null"),
        };
    }

    /// Adds it to a statement.
    pub fn push(self, query: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Landlord(id) => {
                query.push("c.landlord_id = ").push_bind(id);
            }
            Self::Seen(from) => {
                query.push("c.closed_on >= ").push_bind(from);
            }
            Self::Reference(start) => {
                // A range and not a pattern: an index serves it whatever the value is. A colon follows the digits.
                query.push("c.reference >= ").push_bind(start.to_owned());
                query
                    .push(" and c.reference < ")
                    .push_bind(format!("{start}:"));
            }
            Self::Complainant(part) => {
                query
                    .push("lower(c.complainant) like lower(")
                    .push_bind(containing(part));
                query.push(r#"::text collate "und-x-icu")"#);
            }
            Self::CaseType(case_type) => only(query, "c.case_type", case_type),
            Self::Status(status) => only(query, "c.status", status),
            Self::Team(team) => {
                query.push("c.team = ").push_bind(team);
            }
            Self::Owner(Owner::Is(id)) => {
                query.push("c.owner_account_id = ").push_bind(id);
            }
            Self::Owner(Owner::Nobody) => {
                query.push("c.owner_account_id is null");
            }
            Self::Opened(from, to) => between(query, "c.opened_on", from, to),
            Self::Closed(from, to) => between(query, "c.closed_on", from, to),
            Self::Due(from, to) => {
                between(query, DUE, from, to);
                query.push(format_args!(" and {DUE} < 'infinity'"));
            }
        }
    }
}

/// A column has this value, said as a range. Of an equality the planner infers that an order by the column and the id is one by the id alone.
/// Ids grow with time, as rows on disk do, and so it walks the index of all ids, past all cases of other values.
fn only<T>(query: &mut QueryBuilder<Postgres>, column: &str, value: T)
where
    T: for<'q> Encode<'q, Postgres> + Type<Postgres> + Copy + 'static,
{
    query.push(format_args!("{column} >= ")).push_bind(value);
    query
        .push(format_args!(" and {column} <= "))
        .push_bind(value);
}

fn between(
    query: &mut QueryBuilder<Postgres>,
    date: &str,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) {
    if let Some(from) = from {
        query.push(format_args!("{date} >= ")).push_bind(from);
    }
    if from.is_some() && to.is_some() {
        query.push(" and ");
    }
    if let Some(to) = to {
        query.push(format_args!("{date} <= ")).push_bind(to);
    }
}

/// Whether a text has a trigram to look for. Without one, the index of names would be read from end to end.
fn has_trigram(text: &str) -> bool {
    text.split(|it: char| !it.is_alphanumeric())
        .any(|word| word.chars().count() >= 3)
}

/// A pattern for text that contains this, whatever characters are in it.
fn containing(text: &str) -> String {
    let literal = text
        .replace('\\', r"\\")
        .replace('%', r"\%")
        .replace('_', r"\_");
    format!("%{literal}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_is_taken_literally() {
        assert_eq!(containing(r"50%_\"), r"%50\%\_\\%");
    }

    #[test]
    fn only_three_letters_in_a_row_are_looked_up() {
        assert!(has_trigram("o'hara"));
        assert!(has_trigram("zoë"));
        assert!(!has_trigram("o' ha"));
        assert!(!has_trigram("%%%%"));
    }

    #[test]
    fn ca_5_only_the_latest_due_date_first_needs_the_cases_without_one_apart() {
        let mut filter = Filter {
            state: State::Open,
            ..Filter::default()
        };
        let open = Stretch {
            closed: false,
            due: None,
        };
        assert_eq!(stretches(&filter), [open]);

        filter.descending = true;
        assert_eq!(stretches(&filter).len(), 2);

        filter.order = Order::Reference;
        filter.state = State::Any;
        assert_eq!(stretches(&filter).len(), 2);
    }

    #[test]
    fn ca_5_an_open_case_was_not_closed_in_any_time() {
        let filter = Filter {
            closed_to: Some(NaiveDate::MAX),
            ..Filter::default()
        };

        assert!(stretches(&filter).iter().all(|it| it.closed));
    }
}
