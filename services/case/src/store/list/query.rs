//! The statements of a list.

use casefile::Visibility;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::LOOKED_AT;
use super::conditions::{Condition, DUE, Stretch, conditions, stretches};
use crate::domain::{Filter, Key, Order, Position};

/// A list, as its statements are made from it.
#[derive(Clone, Debug)]
pub struct List<'a> {
    /// Its stretches.
    pub stretches: Vec<Stretch>,
    seen_by: &'a Visibility,
    filter: &'a Filter,
    after: Option<&'a Position>,
}

/// Where a page looks for its cases.
#[derive(Clone, Copy, Debug)]
pub enum Among<'a> {
    /// Along the index of the order.
    Walked,
    /// Among these.
    These(&'a [Uuid]),
}

impl<'a> List<'a> {
    /// A list from a position on.
    pub fn new(seen_by: &'a Visibility, filter: &'a Filter, after: Option<&'a Position>) -> Self {
        Self {
            stretches: stretches(filter),
            seen_by,
            filter,
            after,
        }
    }

    /// Whether it is of one landlord's cases.
    pub fn is_of_landlord(&self) -> bool {
        self.filter.landlord(self.seen_by).is_some()
    }

    /// What the index of the order tells of a stretch's cases, and what has to be looked at.
    pub fn conditions(&self, stretch: Stretch) -> (Vec<Condition<'a>>, Vec<Condition<'a>>) {
        let of_landlord = self.is_of_landlord();
        let order = self.filter.order;
        let (served, mut looked_at): (Vec<_>, Vec<_>) =
            conditions(self.filter, self.seen_by, stretch)
                .into_iter()
                .partition(|it| it.is_served(order, stretch, of_landlord));
        // A team's index is not an owner's: of two filters with an index of their own, one is walked and one looked at.
        let (mut own, served): (Vec<_>, Vec<_>) = served
            .into_iter()
            .partition(|it| matches!(it, Condition::Team(_) | Condition::Owner(_)));
        let walked = own.pop();
        looked_at.extend(own);
        (served.into_iter().chain(walked).collect(), looked_at)
    }

    /// Whether a page looks at cases that may not fit.
    pub fn is_walked(&self) -> bool {
        let looks = |stretch: &Stretch| !self.conditions(*stretch).1.is_empty();
        self.stretches.iter().any(looks)
    }

    /// The column before the key in the index that is walked, and the condition that gives its value.
    fn index_begins_with(&self, stretch: Stretch) -> Option<(&'static str, Condition<'a>)> {
        let mut served = self.conditions(stretch).0.into_iter();
        let first = |it: Condition<'a>| it.column_before_key().map(|column| (column, it));
        served.find_map(first)
    }

    /// What the indexes are on.
    const fn indexed_key(&self) -> &'static str {
        match self.filter.order {
            Order::NextDue => DUE,
            Order::Reference => "c.reference",
            Order::Complainant => "c.complainant",
            Order::Opened => "c.opened_on",
            Order::Status => "c.status",
            Order::CaseType => "c.case_type",
            Order::Landlord => "c.landlord_name",
            Order::Closed => "c.closed_on",
        }
    }

    /// What the stretches are merged by: a case without a due date is last whichever way the dates go.
    const fn merged_key(&self) -> &'static str {
        match self.filter.order {
            Order::NextDue if self.filter.descending => {
                "coalesce(c.next_task_due_on, '-infinity'::date)"
            }
            _ => self.indexed_key(),
        }
    }

    const fn direction(&self) -> &'static str {
        if self.filter.descending { " desc" } else { "" }
    }
}

/// A page. `explain` stands before the statement, so that tests see the plan of this very one.
pub fn page(
    explain: &str,
    list: &List<'_>,
    among: Among<'_>,
    up_to: Option<&Position>,
    limit: i64,
) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(format!("{explain}with page as ("));
    for (index, stretch) in list.stretches.iter().enumerate() {
        if index > 0 {
            query.push(" union all ");
        }
        query.push("(");
        match among {
            Among::Walked => walked(&mut query, list, *stretch, limit),
            Among::These(ids) => sorted(&mut query, list, *stretch, ids, limit),
        }
        query.push(")");
    }
    query.push(") select o.* from page join case_overviews o on o.id = page.id");
    if let Some((key, id)) = up_to {
        let until = if list.filter.descending { ">=" } else { "<=" };
        query.push(format_args!(" where (page.key, page.id) {until} ("));
        bind_key(&mut query, key, list.filter.descending);
        query.push(", ").push_bind(*id).push(")");
    }
    let direction = list.direction();
    query.push(format_args!(
        " order by page.key{direction}, page.id{direction} limit "
    ));
    query.push_bind(limit);
    query
}

/// Where the walk of a page ends that is not the whole of a stretch: the first such place.
pub fn end(explain: &str, list: &List<'_>) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(format!("{explain}with ends as ("));
    for (index, stretch) in list.stretches.iter().enumerate() {
        if index > 0 {
            query.push(" union all ");
        }
        query.push(format_args!(
            "(select c.id, {} as key from cases c where ",
            list.merged_key()
        ));
        along_the_index(&mut query, list, *stretch);
        query.push(" offset ").push_bind(LOOKED_AT - 1);
        query.push(" limit 1)");
    }
    let direction = list.direction();
    query.push(format_args!(
        ") select o.* from ends join case_overviews o on o.id = ends.id
         order by ends.key{direction}, ends.id{direction} limit 1"
    ));
    query
}

/// How many cases of a stretch are looked at, and how many of them fit.
pub fn count(explain: &str, list: &List<'_>, stretch: Stretch) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(format!(
        "{explain}select count(*), count(*) filter (where fits) from (select "
    ));
    fits(&mut query, &list.conditions(stretch).1);
    query.push(" as fits from cases c where ");
    along_the_index(&mut query, list, stretch);
    query
        .push(" limit ")
        .push_bind(LOOKED_AT + 1)
        .push(") walked");
    query
}

/// The cases of a stretch that fulfil one condition, over its index: one more than are few.
pub fn few(
    explain: &str,
    list: &List<'_>,
    stretch: Stretch,
    condition: Condition<'_>,
    order: &str,
) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(format!("{explain}select c.id from cases c where "));
    // Whether there is a due date is for the page to say: that index does not know, and would be read on and on for a few.
    scope(
        &mut query,
        Stretch {
            due: None,
            ..stretch
        },
    );
    for it in list.conditions(stretch).0 {
        if let Condition::Landlord(_) = it {
            query.push(" and ");
            it.push(&mut query);
        }
    }
    query.push(" and ");
    condition.push(&mut query);
    if !order.is_empty() {
        query.push(format_args!(" order by {order}"));
    }
    query.push(" limit ").push_bind(LOOKED_AT + 1);
    query
}

fn walked(query: &mut QueryBuilder<Postgres>, list: &List<'_>, stretch: Stretch, limit: i64) {
    let (_, looked_at) = list.conditions(stretch);
    let direction = list.direction();
    let key = list.merged_key();
    if looked_at.is_empty() {
        query.push(format_args!(
            "select c.id, {key} as key from cases c where "
        ));
        along_the_index(query, list, stretch);
    } else {
        // The limit inside is what the walk may cost; it also keeps the planner from any other way than the index.
        let place = list.indexed_key();
        query.push(format_args!(
            "select id, key from (select c.id, {key} as key, {place} as place, "
        ));
        fits(query, &looked_at);
        query.push(" as fits from cases c where ");
        along_the_index(query, list, stretch);
        query.push(" limit ").push_bind(LOOKED_AT);
        query.push(format_args!(
            ") walked where fits order by place{direction}, id{direction}"
        ));
    }
    query.push(" limit ").push_bind(limit);
}

fn sorted(
    query: &mut QueryBuilder<Postgres>,
    list: &List<'_>,
    stretch: Stretch,
    ids: &[Uuid],
    limit: i64,
) {
    let (served, looked_at) = list.conditions(stretch);
    // The offset fences the cases off, so that they are fetched by their ids and in no other way.
    query.push(format_args!(
        "select c.id, {} as key from (select * from cases where id = any(",
        list.merged_key()
    ));
    query.push_bind(ids.to_vec()).push(") offset 0) c where ");
    scope(query, stretch);
    for condition in served.into_iter().chain(looked_at) {
        query.push(" and ");
        condition.push(query);
    }
    position(query, list, stretch);
    order(query, list);
    query.push(" limit ").push_bind(limit);
}

/// What the index of the order tells of a stretch, from the position on, in the order.
fn along_the_index(query: &mut QueryBuilder<Postgres>, list: &List<'_>, stretch: Stretch) {
    scope(query, stretch);
    for condition in list.conditions(stretch).0 {
        query.push(" and ");
        condition.push(query);
    }
    position(query, list, stretch);
    order(query, list);
}

/// Whether a case that is looked at fulfils the rest.
fn fits(query: &mut QueryBuilder<Postgres>, conditions: &[Condition<'_>]) {
    query.push("(true");
    for condition in conditions {
        query.push(" and ");
        condition.push(query);
    }
    query.push(")");
}

fn scope(query: &mut QueryBuilder<Postgres>, stretch: Stretch) {
    query.push(if stretch.closed {
        "c.closed_on is not null"
    } else {
        "c.closed_on is null"
    });
    match stretch.due {
        Some(true) => query.push(format_args!(" and {DUE} < 'infinity'")),
        // No date is later. An equality would let the planner walk the index of all ids (see `conditions::only`).
        Some(false) => query.push(format_args!(" and {DUE} >= 'infinity'")),
        None => query,
    };
}

fn order(query: &mut QueryBuilder<Postgres>, list: &List<'_>) {
    let (key, direction) = (list.indexed_key(), list.direction());
    query.push(format_args!(" order by {key}{direction}, c.id{direction}"));
}

fn position(query: &mut QueryBuilder<Postgres>, list: &List<'_>, stretch: Stretch) {
    let Some((key, id)) = list.after else { return };
    match (stretch.due, key) {
        // The page before ended among the cases with a due date: all those without are still to come.
        (Some(false), Key::Date(Some(_))) => return,
        // It ended among those without: none with a due date is left.
        (Some(true), Key::Date(None)) => {
            query.push(" and false");
            return;
        }
        _ => {}
    }
    let after = if list.filter.descending { "<" } else { ">" };
    let key_column = list.indexed_key();
    // Said with what the index begins with, although that is the same for all: the planner guesses from a first column alone
    // how much is left, and where few keys are shared by many cases it would take the index of everybody's cases to be as good.
    match list.index_begins_with(stretch) {
        Some(condition) => {
            query.push(format_args!(
                " and ({}, {key_column}, c.id) {after} (",
                condition.0
            ));
            condition.1.push_value(query);
            query.push(", ");
        }
        None => {
            query.push(format_args!(" and ({key_column}, c.id) {after} ("));
        }
    }
    bind_key(query, key, false);
    query.push(", ").push_bind(*id).push(")");
}

/// A key as the indexes have it, or as stretches are merged by it.
fn bind_key(query: &mut QueryBuilder<Postgres>, key: &Key, undated_first: bool) {
    match key {
        Key::Date(Some(date)) => query.push_bind(*date),
        Key::Date(None) if undated_first => query.push("'-infinity'::date"),
        Key::Date(None) => query.push("'infinity'::date"),
        Key::Text(text) => query.push_bind(text.clone()),
        Key::Number(number) => query.push_bind(*number),
    };
}
