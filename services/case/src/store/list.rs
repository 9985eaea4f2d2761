//! The list of cases: the one statement that is put together, because its filters and orders are many (CA-5).
//!
//! A page is fetched from one or more *stretches*, each of which one index serves in the order asked for: open cases and
//! closed ones, and, when the latest due date comes first, those with a due date before those without. Each stretch is
//! cut at the page's size before they are merged, so that a page costs the same however many cases there are.

use casefile::Visibility;
use sqlx::{PgExecutor, Postgres, QueryBuilder};

use crate::domain::{Case, Filter, Key, Order, Position, State};

/// Part of a list that one index serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    /// Closed cases, or open ones.
    closed: bool,
    /// Those with a next due date, those without, or both.
    due: Option<bool>,
}

/// A page of the cases that the caller may see (CA-4), after the position where the page before ended.
pub async fn list(
    db: impl PgExecutor<'_>,
    seen_by: &Visibility,
    filter: &Filter,
    after: Option<&Position>,
    limit: i64,
) -> sqlx::Result<Vec<Case>> {
    let mut query = QueryBuilder::new("with page as (");
    for (index, stretch) in stretches(filter).into_iter().enumerate() {
        if index > 0 {
            query.push(" union all ");
        }
        query.push("(select c.id, ");
        query.push(merged_key(filter));
        query.push(" as key from cases c where ");
        conditions(&mut query, stretch, seen_by, filter);
        position(&mut query, stretch, filter, after);
        query.push(" order by ");
        order(&mut query, indexed_key(filter.order), filter.descending);
        query.push(" limit ").push_bind(limit).push(")");
    }
    query.push(") select o.* from page join case_overviews o on o.id = page.id order by ");
    let direction = if filter.descending { " desc" } else { "" };
    query.push(format_args!(
        "page.key{direction}, page.id{direction} limit "
    ));
    query.push_bind(limit);
    query.build_query_as().fetch_all(db).await
}

fn stretches(filter: &Filter) -> Vec<Stretch> {
    let closed: &[bool] = match filter.state {
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

/// What the indexes are on.
const fn indexed_key(order: Order) -> &'static str {
    match order {
        Order::NextDue => "coalesce(c.next_task_due_on, 'infinity'::date)",
        Order::Reference => "c.reference",
        Order::Complainant => "c.complainant",
        Order::Opened => "c.opened_on",
        Order::Status => "c.status",
    }
}

/// What the stretches are merged by: a case without a due date is last whichever way the dates go.
const fn merged_key(filter: &Filter) -> &'static str {
    match filter.order {
        Order::NextDue if filter.descending => "coalesce(c.next_task_due_on, '-infinity'::date)",
        order => indexed_key(order),
    }
}

fn order(query: &mut QueryBuilder<Postgres>, key: &str, descending: bool) {
    let direction = if descending { " desc" } else { "" };
    query.push(format_args!("{key}{direction}, c.id{direction}"));
}

fn conditions(
    query: &mut QueryBuilder<Postgres>,
    stretch: Stretch,
    seen_by: &Visibility,
    filter: &Filter,
) {
    query.push(if stretch.closed {
        "c.closed_on is not null"
    } else {
        "c.closed_on is null"
    });
    match stretch.due {
        Some(true) => {
            query.push(" and coalesce(c.next_task_due_on, 'infinity'::date) < 'infinity'")
        }
        Some(false) => {
            query.push(" and coalesce(c.next_task_due_on, 'infinity'::date) = 'infinity'")
        }
        None => query,
    };
    if let Some(landlord_id) = seen_by.landlord_id {
        query.push(" and c.landlord_id = ").push_bind(landlord_id);
        if stretch.closed {
            query
                .push(" and c.closed_on >= ")
                .push_bind(seen_by.activated_on);
            query
                .push(" and c.closed_on >= ")
                .push_bind(seen_by.closed_since);
        }
    }
    filtered(query, filter);
}

fn filtered(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    if let Some(landlord_id) = filter.landlord_id {
        query.push(" and c.landlord_id = ").push_bind(landlord_id);
    }
    if !filter.reference.is_empty() {
        // A range and not a pattern: an index serves it whatever the value is. A colon follows the digits.
        query
            .push(" and c.reference >= ")
            .push_bind(filter.reference.clone());
        query
            .push(" and c.reference < ")
            .push_bind(format!("{}:", filter.reference));
    }
    if !filter.complainant.is_empty() {
        query
            .push(" and lower(c.complainant) like lower(")
            .push_bind(containing(&filter.complainant));
        query.push(r#"::text collate "und-x-icu")"#);
    }
    if let Some(case_type) = filter.case_type {
        query.push(" and c.case_type = ").push_bind(case_type);
    }
    if let Some(status) = filter.status {
        query.push(" and c.status = ").push_bind(status);
    }
    if let Some(team) = filter.team {
        query.push(" and c.team = ").push_bind(team);
    }
    if let Some(from) = filter.opened_from {
        query.push(" and c.opened_on >= ").push_bind(from);
    }
    if let Some(to) = filter.opened_to {
        query.push(" and c.opened_on <= ").push_bind(to);
    }
    if filter.due_from.is_some() || filter.due_to.is_some() {
        query.push(" and exists (select from tasks t where t.case_id = c.id and t.open");
        if let Some(from) = filter.due_from {
            query.push(" and t.due_on >= ").push_bind(from);
        }
        if let Some(to) = filter.due_to {
            query.push(" and t.due_on <= ").push_bind(to);
        }
        query.push(")");
    }
    if let Some(to) = filter.due_to {
        // It follows from the condition above, and lets the index of due dates end the search there.
        query
            .push(" and coalesce(c.next_task_due_on, 'infinity'::date) <= ")
            .push_bind(to);
    }
}

/// A pattern for text that contains this, whatever characters are in it.
fn containing(text: &str) -> String {
    let literal = text
        .replace('\\', r"\\")
        .replace('%', r"\%")
        .replace('_', r"\_");
    format!("%{literal}%")
}

fn position(
    query: &mut QueryBuilder<Postgres>,
    stretch: Stretch,
    filter: &Filter,
    after: Option<&Position>,
) {
    let Some((key, id)) = after else { return };
    let key = match (stretch.due, key) {
        // The page before ended among the cases with a due date: all those without are still to come.
        (Some(false), Key::Date(Some(_))) => return,
        // It ended among those without: none with a due date is left.
        (Some(true), Key::Date(None)) => {
            query.push(" and false");
            return;
        }
        _ => key,
    };
    let after = if filter.descending { "<" } else { ">" };
    query.push(format_args!(
        " and ({}, c.id) {after} (",
        indexed_key(filter.order)
    ));
    match key {
        Key::Date(Some(date)) => query.push_bind(*date),
        Key::Date(None) => query.push("'infinity'::date"),
        Key::Text(text) => query.push_bind(text.clone()),
        Key::Number(number) => query.push_bind(*number),
    };
    query.push(", ").push_bind(*id).push(")");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_is_taken_literally() {
        assert_eq!(containing(r"50%_\"), r"%50\%\_\\%");
    }

    #[test]
    fn ca_5_only_the_latest_due_date_first_needs_the_cases_without_one_apart() {
        let mut filter = Filter {
            state: State::Open,
            ..Filter::default()
        };
        assert_eq!(
            stretches(&filter),
            [Stretch {
                closed: false,
                due: None
            }]
        );

        filter.descending = true;
        assert_eq!(stretches(&filter).len(), 2);

        filter.order = Order::Reference;
        filter.state = State::Any;
        assert_eq!(stretches(&filter).len(), 2);
    }
}
