//! The list of tasks: the one statement that is put together, because its filters and orders differ (TA-3).

use casefile::Visibility;
use sqlx::{PgExecutor, Postgres, QueryBuilder};

use crate::domain::{Filter, Key, Position, State, Task};

/// A page of the tasks that the caller may see (CA-4), after the position where the page before ended. Each state has an
/// index in its order, for a landlord, a case and everybody.
pub async fn list(
    db: impl PgExecutor<'_>,
    seen_by: &Visibility,
    filter: &Filter,
    after: Option<&Position>,
    limit: i64,
) -> sqlx::Result<Vec<Task>> {
    let order = match filter.state {
        State::Open | State::AwaitingAnswer => "due_on, id",
        State::Ended => "ended_at desc, id desc",
    };
    let mut query = QueryBuilder::new("with page as (select t.id from tasks t where ");
    conditions(&mut query, seen_by, filter);
    position(&mut query, after);
    query.push(format_args!(" order by {order} limit "));
    query.push_bind(limit);
    query.push(format_args!(
        ") select o.* from page join task_overviews o using (id) order by {order}"
    ));
    query.build_query_as().fetch_all(db).await
}

fn conditions(query: &mut QueryBuilder<Postgres>, seen_by: &Visibility, filter: &Filter) {
    query.push(match filter.state {
        State::Open => "t.ended_at is null",
        State::Ended => "t.ended_at is not null",
        State::AwaitingAnswer => "t.awaiting_answer",
    });
    if let Some(case_id) = filter.case_id {
        query.push(" and t.case_id = ").push_bind(case_id);
    }
    if let Some(landlord_id) = seen_by.landlord_id {
        query.push(" and t.landlord_id = ").push_bind(landlord_id);
        query.push(
            " and exists (select from case_files f where f.case_id = t.case_id and (f.closed_on is null or (f.closed_on >= ",
        );
        query.push_bind(seen_by.activated_on);
        query
            .push(" and f.closed_on >= ")
            .push_bind(seen_by.closed_since)
            .push(")))");
    }
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
