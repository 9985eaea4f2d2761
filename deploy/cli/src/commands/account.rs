//! `casework account`.

use anyhow::Context as _;
use clap::Subcommand;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::{
    Account, ChangeUsernameRequest, DeactivateAccountRequest, EndSessionsRequest,
    ListAccountsRequest, ReactivateAccountRequest, SearchAuditRequest,
};

use crate::commands::{Limit, Moment, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List accounts by username
    List {
        /// Only those whose username starts with this
        #[arg(long, default_value = "")]
        username: String,
        #[command(flatten)]
        limit: Limit,
    },
    /// Keep an account from logging in, and log it out everywhere at once
    Deactivate {
        /// The username
        username: String,
    },
    /// Let an account log in again
    Reactivate {
        /// The username
        username: String,
    },
    /// Log an account out everywhere
    LogOut {
        /// The username
        username: String,
    },
    /// Change the address of an account; both addresses are told
    ChangeUsername {
        /// The username it has
        username: String,
        /// The address it gets
        new_username: String,
    },
    /// Read the security audit, newest first
    Audit {
        /// Only of this account, by username
        #[arg(long)]
        username: Option<String>,
        /// Only from here on: a day in London, such as 2026-11-22, or an instant, such as 2026-11-22T09:00:00Z
        #[arg(long)]
        from: Option<Moment>,
        /// Only before this, a day or an instant
        #[arg(long)]
        to: Option<Moment>,
        #[command(flatten)]
        limit: Limit,
    },
}

/// Finds an account by its whole username.
pub(crate) async fn find(portal: &Portal, username: &str) -> Result<Account, Failure> {
    let request = ListAccountsRequest {
        page_size: 1,
        page_token: String::new(),
        username: username.to_lowercase(),
    };
    let page = call!(
        portal,
        "identity",
        AdministrationServiceClient,
        list_accounts,
        request
    );
    let found = page
        .accounts
        .into_iter()
        .find(|it| it.username.eq_ignore_ascii_case(username));
    Ok(found.with_context(|| format!("nobody has the username {username}"))?)
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::List { username, limit } => list(portal, output, &username, &limit).await,
        Command::Deactivate { username } => {
            let Account {
                id: account_id,
                version,
                ..
            } = find(portal, &username).await?;
            let request = DeactivateAccountRequest {
                account_id,
                version,
            };
            let account = call!(
                portal,
                "identity",
                AdministrationServiceClient,
                deactivate_account,
                request
            );
            output.one(
                &account,
                &format!("{username} is deactivated and logged out everywhere."),
            )
        }
        Command::Reactivate { username } => {
            let Account {
                id: account_id,
                version,
                ..
            } = find(portal, &username).await?;
            let request = ReactivateAccountRequest {
                account_id,
                version,
            };
            let account = call!(
                portal,
                "identity",
                AdministrationServiceClient,
                reactivate_account,
                request
            );
            output.one(&account, &format!("{username} can log in again."))
        }
        Command::LogOut { username } => {
            let account_id = find(portal, &username).await?.id;
            let request = EndSessionsRequest { account_id };
            let ended = call!(
                portal,
                "identity",
                AdministrationServiceClient,
                end_sessions,
                request
            );
            output.one(
                &ended,
                &format!("{} session(s) of {username} have ended.", ended.ended),
            )
        }
        Command::ChangeUsername {
            username,
            new_username,
        } => change_username(portal, output, &username, new_username).await,
        Command::Audit {
            username,
            from,
            to,
            limit,
        } => {
            let account_id = match username {
                Some(username) => find(portal, &username).await?.id,
                None => String::new(),
            };
            let wanted = SearchAuditRequest {
                account_id,
                from: from.map(Moment::timestamp),
                to: to.map(Moment::timestamp),
                ..SearchAuditRequest::default()
            };
            audit(portal, output, &wanted, &limit).await
        }
    }
}

async fn change_username(
    portal: &Portal,
    output: Output,
    username: &str,
    new_username: String,
) -> Result<(), Failure> {
    let Account {
        id: account_id,
        version,
        ..
    } = find(portal, username).await?;
    let request = ChangeUsernameRequest {
        account_id,
        username: new_username,
        version,
    };
    let account = call!(
        portal,
        "identity",
        AdministrationServiceClient,
        change_username,
        request
    );
    let sentence = format!(
        "{username} is now {}. Both addresses are told.",
        account.username
    );
    output.one(&account, &sentence)
}

async fn list(
    portal: &Portal,
    output: Output,
    username: &str,
    limit: &Limit,
) -> Result<(), Failure> {
    let accounts = pages(limit, async |page_size, page_token| {
        let request = ListAccountsRequest {
            page_size,
            page_token,
            username: username.to_owned(),
        };
        let page = call!(
            portal,
            "identity",
            AdministrationServiceClient,
            list_accounts,
            request
        );
        Ok((page.accounts, page.next_page_token))
    })
    .await?;
    output.list(
        &accounts,
        [
            "Username",
            "Name",
            "Role",
            "Landlord",
            "Active",
            "Last log-in",
        ],
        |it| {
            [
                it.username.clone(),
                it.name.clone(),
                it.role()
                    .as_str_name()
                    .trim_start_matches("ROLE_")
                    .to_lowercase()
                    .replace('_', " "),
                it.landlord_name.clone(),
                if it.active { "yes" } else { "no" }.to_owned(),
                instant(it.last_login_at.as_ref()),
            ]
        },
        "No accounts.",
    )
}

async fn audit(
    portal: &Portal,
    output: Output,
    wanted: &SearchAuditRequest,
    limit: &Limit,
) -> Result<(), Failure> {
    let events = pages(limit, async |page_size, page_token| {
        let request = SearchAuditRequest {
            page_size,
            page_token,
            ..wanted.clone()
        };
        let page = call!(
            portal,
            "identity",
            AdministrationServiceClient,
            search_audit,
            request
        );
        Ok((page.events, page.next_page_token))
    })
    .await?;
    output.list(
        &events,
        ["When", "What", "Account", "By", "From", "Detail"],
        |it| {
            [
                instant(it.occurred_at.as_ref()),
                it.kind.clone(),
                it.username.clone(),
                it.actor.clone(),
                it.client_address.clone(),
                it.detail.clone(),
            ]
        },
        "Nothing has happened.",
    )
}
