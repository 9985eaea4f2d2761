//! The table `accounts`, and the former addresses beside it.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::domain::{Account, Restriction, Role};

/// One list of columns for every query that loads accounts.
macro_rules! accounts {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Account,
            r#"select a.id, a.username, a.name, a.role as "role: Role", a.team, a.active,
                      a.password_hash, a.reset_required, a.last_login_at, a.restricted_at,
                      a.restriction_reason, a.restriction_review_on, a.version, a.landlord_id,
                      l.name as "landlord_name?", l.activated_on as "landlord_activated_on?",
                      l.restricted_at as "landlord_restricted_at?",
                      l.restriction_reason as "landlord_restriction_reason?",
                      l.restriction_review_on as "landlord_restriction_review_on?"
               from accounts a left join landlords l on l.id = a.landlord_id "# + $rest,
            $($argument),*
        )
    };
}

/// The account with an id.
pub async fn find(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<Account>> {
    accounts!("where a.id = $1", id).fetch_optional(db).await
}

/// The account with a username, which must be folded.
pub async fn find_by_username(
    db: impl PgExecutor<'_>,
    username: &str,
) -> sqlx::Result<Option<Account>> {
    accounts!("where a.username = $1", username)
        .fetch_optional(db)
        .await
}

/// The account that a request made.
pub async fn find_by_request(
    db: impl PgExecutor<'_>,
    request_id: Uuid,
) -> sqlx::Result<Option<Account>> {
    accounts!("where a.request_id = $1", request_id)
        .fetch_optional(db)
        .await
}

/// The account with an id, which nobody else changes until the transaction ends.
pub async fn lock(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Account>> {
    accounts!("where a.id = $1 for no key update of a", id)
        .fetch_optional(tx)
        .await
}

/// The active accounts of a landlord.
pub async fn active_of_landlord(
    db: impl PgExecutor<'_>,
    landlord_id: Uuid,
) -> sqlx::Result<Vec<Account>> {
    accounts!(
        "where a.landlord_id = $1 and a.active order by a.id",
        landlord_id
    )
    .fetch_all(db)
    .await
}

/// A page of a landlord's sub-accounts, by name.
pub async fn sub_accounts(
    db: impl PgExecutor<'_>,
    landlord_id: Uuid,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Account>> {
    let (name, id) = after.unzip();
    accounts!(
        "where a.landlord_id = $1 and a.role = 'landlord_sub_account'
         and ($2::text is null or (a.name, a.id) > ($2, $3))
         order by a.name, a.id limit $4",
        landlord_id,
        name,
        id,
        limit,
    )
    .fetch_all(db)
    .await
}

/// A page of all accounts whose username begins with something, by username.
pub async fn page(
    db: impl PgExecutor<'_>,
    start: &str,
    after: Option<&str>,
    limit: i64,
) -> sqlx::Result<Vec<Account>> {
    let pattern = start
        .replace('\\', r"\\")
        .replace('%', r"\%")
        .replace('_', r"\_")
        + "%";
    accounts!(
        "where a.username like $1 and a.username > coalesce($2::text, '') order by a.username limit $3",
        pattern,
        after,
        limit,
    )
    .fetch_all(db)
    .await
}

/// A member of staff, as colleagues know each other.
#[derive(Debug)]
pub struct Colleague {
    /// The account.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
}

/// A page of the staff whose accounts are active, by name; of some roles, or all.
pub async fn colleagues(
    db: impl PgExecutor<'_>,
    roles: &[Role],
    after: Option<(String, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<Colleague>> {
    let (after_name, after_id) = after.unzip();
    sqlx::query_as!(
        Colleague,
        r#"select id, name, role as "role: Role" from accounts
           where active and landlord_id is null and (cardinality($1::text[]) = 0 or role = any($1))
             and ($2::text is null or (name, id) > ($2, $3::uuid))
           order by name, id limit $4"#,
        roles as &[Role],
        after_name,
        after_id,
        limit
    )
    .fetch_all(db)
    .await
}

/// How many sub-accounts of a landlord are active. The landlord's row must be locked for the number
/// to stay true.
pub async fn count_active_sub_accounts(
    db: impl PgExecutor<'_>,
    landlord_id: Uuid,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from accounts
         where landlord_id = $1 and role = 'landlord_sub_account' and active"#,
        landlord_id,
    )
    .fetch_one(db)
    .await
}

/// An account to make.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Its id.
    pub id: Uuid,
    /// The request that makes it.
    pub request_id: Uuid,
    /// The landlord, for a landlord's person.
    pub landlord_id: Option<Uuid>,
    /// The email address, folded.
    pub username: &'a str,
    /// The holder's name.
    pub name: &'a str,
    /// What the holder may do.
    pub role: Role,
    /// A caseworker's team.
    pub team: Option<&'a str>,
}

/// Makes an account without a password, and its row of failures.
pub async fn insert(
    tx: &mut PgConnection,
    new: &NewAccount<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "with account as (
             insert into accounts (id, request_id, landlord_id, username, name, role, team, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             returning id)
         insert into lockouts (account_id) select id from account",
        new.id,
        new.request_id,
        new.landlord_id,
        new.username,
        new.name,
        new.role as Role,
        new.team,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Deactivates or reactivates an account; `false` when somebody else changed it first.
pub async fn set_active(
    tx: &mut PgConnection,
    id: Uuid,
    version: i64,
    active: bool,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update accounts set active = $3, version = version + 1 where id = $1 and version = $2",
        id,
        version,
        active,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes the address of an account and keeps the former one; `None` when somebody else changed it
/// first.
pub async fn set_username(
    tx: &mut PgConnection,
    account: &Account,
    version: i64,
    username: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    let former = kit::id();
    let done = sqlx::query!(
        "with changed as (
             update accounts set username = $3, version = version + 1
              where id = $1 and version = $2
             returning id)
         insert into former_addresses (id, account_id, address, changed_at)
         select $4, id, $5, $6 from changed",
        account.id,
        version,
        username,
        former,
        account.username,
        now,
    )
    .execute(tx)
    .await?;
    Ok((done.rows_affected() == 1).then_some(former))
}

/// Sets a password, which is good from now on.
pub async fn set_password(tx: &mut PgConnection, id: Uuid, hash: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "update accounts set password_hash = $2, reset_required = false where id = $1",
        id,
        hash
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Makes the password good for nothing until it is reset by a link.
pub async fn require_reset(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "update accounts set reset_required = true where id = $1",
        id
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Remembers a log-in.
pub async fn set_last_login(
    tx: &mut PgConnection,
    id: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update accounts set last_login_at = $2 where id = $1",
        id,
        at
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Sets or lifts the restriction of an account.
pub async fn set_restriction(
    tx: &mut PgConnection,
    id: Uuid,
    restriction: Option<&Restriction>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update accounts set restricted_at = $2, restriction_reason = $3,
         restriction_review_on = $4, version = version + 1 where id = $1",
        id,
        restriction.map(|it| it.restricted_at),
        restriction.map(|it| it.reason.as_str()),
        restriction.map(|it| it.review_on),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whom an email goes to.
#[derive(Debug)]
pub struct Recipient {
    /// The account.
    pub account_id: Uuid,
    /// The name to greet.
    pub name: String,
    /// The email address.
    pub address: String,
    /// Whether the account can log in.
    pub active: bool,
}

/// The holder of an account.
pub async fn holder(db: impl PgExecutor<'_>, account_id: Uuid) -> sqlx::Result<Option<Recipient>> {
    sqlx::query_as!(
        Recipient,
        "select id as account_id, name, username as address, active from accounts where id = $1",
        account_id,
    )
    .fetch_optional(db)
    .await
}

/// The administrator of a landlord.
pub async fn administrator(
    db: impl PgExecutor<'_>,
    landlord_id: Uuid,
) -> sqlx::Result<Option<Recipient>> {
    sqlx::query_as!(
        Recipient,
        "select id as account_id, name, username as address, active from accounts
         where landlord_id = $1 and role = 'landlord_administrator'",
        landlord_id,
    )
    .fetch_optional(db)
    .await
}

/// The holder of an account at an address that it had before.
pub async fn former_holder(
    db: impl PgExecutor<'_>,
    former_address_id: Uuid,
) -> sqlx::Result<Option<Recipient>> {
    sqlx::query_as!(
        Recipient,
        "select a.id as account_id, a.name, f.address, a.active
         from former_addresses f join accounts a on a.id = f.account_id where f.id = $1",
        former_address_id,
    )
    .fetch_optional(db)
    .await
}

/// Whom the codes of an account go to: its holder, or the landlord's administrator where the
/// landlord chose so for its sub-accounts (ID-4).
pub async fn code_recipient(db: impl PgExecutor<'_>, account_id: Uuid) -> sqlx::Result<Recipient> {
    sqlx::query_as!(
        Recipient,
        "select r.id as account_id, r.name, r.username as address, r.active
         from accounts a
         left join landlords l on l.id = a.landlord_id
         join accounts r on case
             when a.role = 'landlord_sub_account' and l.code_delivery = 'administrator'
             then r.landlord_id = a.landlord_id and r.role = 'landlord_administrator'
             else r.id = a.id
         end
         where a.id = $1",
        account_id,
    )
    .fetch_one(db)
    .await
}
