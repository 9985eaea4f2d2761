//! The list of tasks: the one statement that is put together, because its filters and orders differ (TA-3).

use casefile::Visibility;
use sqlx::{PgExecutor, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::domain::{Filter, Key, Kind, Position, State, Task, Window};

/// Which tasks are read, with every status turned into dates.
#[derive(Clone, Debug)]
pub struct Listing {
    /// What the caller may see (CA-4).
    pub seen_by: Visibility,
    /// Open, ended, or awaiting an answer.
    pub state: State,
    /// Only on this case.
    pub case_id: Option<Uuid>,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only due then.
    pub due: Window,
    /// Only on cases that this account owns.
    pub owner: Option<Uuid>,
    /// After the position where the page before ended.
    pub after: Option<Position>,
    /// So many at most.
    pub limit: i64,
}

impl Listing {
    /// The first page of a filter, for whoever sees so much.
    #[must_use]
    pub fn new(seen_by: Visibility, filter: &Filter, due: Window, limit: i64) -> Self {
        Self {
            seen_by,
            state: filter.state,
            case_id: filter.case_id,
            kind: filter.kind,
            due,
            owner: filter.owner,
            after: None,
            limit,
        }
    }
}

/// A page of tasks.
pub async fn list(db: impl PgExecutor<'_>, listing: &Listing) -> sqlx::Result<Vec<Task>> {
    let mut query = QueryBuilder::new("");
    push_list(&mut query, listing);
    query.build_query_as().fetch_all(db).await
}

/// Adds the statement to what stands there already: nothing to run it, or `explain` to see how it would be run. Each state has an
/// index in its order, for a landlord, a case and everybody; those of open tasks have one for each kind too.
pub fn push_list(query: &mut QueryBuilder<Postgres>, listing: &Listing) {
    let order = match listing.state {
        State::Open | State::AwaitingAnswer => "due_on, id",
        State::Ended => "ended_at desc, id desc",
    };
    query.push("with page as (select t.id from tasks t where ");
    conditions(query, listing);
    visible(query, &listing.seen_by);
    position(query, listing.after.as_ref());
    query.push(format_args!(" order by {order} limit "));
    query.push_bind(listing.limit);
    query.push(format_args!(
        ") select o.* from page join task_overviews o using (id) order by {order}"
    ));
}

fn conditions(query: &mut QueryBuilder<Postgres>, listing: &Listing) {
    query.push(match listing.state {
        State::Open => "t.ended_at is null",
        State::Ended => "t.ended_at is not null",
        State::AwaitingAnswer => "t.awaiting_answer",
    });
    if let Some(case_id) = listing.case_id {
        query.push(" and t.case_id = ").push_bind(case_id);
    }
    if let Some(kind) = listing.kind {
        query.push(" and t.kind = ").push_bind(kind as i16);
    }
    if let Some(from) = listing.due.from {
        query.push(" and t.due_on >= ").push_bind(from);
    }
    if let Some(to) = listing.due.to {
        query.push(" and t.due_on <= ").push_bind(to);
    }
    if let Some(owner) = listing.owner {
        // Few reports await an answer at a time: each one's case is looked up.
        query.push(
            " and (select f.owner_account_id from case_files f where f.case_id = t.case_id) = ",
        );
        query.push_bind(owner);
    }
}

/// What a landlord may see. A question for each row, and not a join: the page is short, while PostgreSQL might read every case of
/// the table to join it.
fn visible(query: &mut QueryBuilder<Postgres>, seen_by: &Visibility) {
    let Some(landlord_id) = seen_by.landlord_id else {
        return;
    };
    query.push(" and t.landlord_id = ").push_bind(landlord_id);
    query.push(" and (select f.closed_on is null or (f.closed_on >= ");
    query.push_bind(seen_by.activated_on);
    query.push(" and f.closed_on >= ");
    query.push_bind(seen_by.closed_since);
    query.push(") from case_files f where f.case_id = t.case_id)");
}

fn position(query: &mut QueryBuilder<Postgres>, after: Option<&Position>) {
    match after {
        None => {}
        Some((Key::Due(due_on), id)) => {
            query.push(" and (t.due_on, t.id) > (").push_bind(*due_on);
            query.push(", ").push_bind(*id).push(")");
        }
        Some((Key::Ended(ended_at), id)) => {
            query
                .push(" and (t.ended_at, t.id) < (")
                .push_bind(*ended_at);
            query.push(", ").push_bind(*id).push(")");
        }
    }
}
