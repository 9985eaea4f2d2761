//! `casework restriction`.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::{
    LiftRestrictionRequest, RestrictRequest, lift_restriction_request, restrict_request,
};

use crate::commands::account;
use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Restrict an account or a whole landlord; who logs in is shown the reason and how to appeal. Only for a senior colleague
    Set {
        #[command(flatten)]
        target: Target,
        /// Why, in words that the holder is shown
        #[arg(long)]
        reason: String,
        /// The date by which it is reviewed, such as 2026-12-18: after today and within a year
        #[arg(long)]
        review_on: NaiveDate,
    },
    /// Lift the restriction of an account or a landlord. Only for a senior colleague
    Lift {
        #[command(flatten)]
        target: Target,
    },
}

/// What is restricted.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Target {
    /// One account, by username
    #[arg(long)]
    username: Option<String>,
    /// A landlord with all its accounts, by id
    #[arg(long, value_name = "ID")]
    landlord: Option<String>,
}

/// A target whose account was found.
enum Found {
    Account(String),
    Landlord(String),
}

impl Target {
    async fn find(&self, portal: &Portal) -> Result<Found, Failure> {
        match (&self.username, &self.landlord) {
            (Some(username), _) => {
                let account = account::find(&portal.as_oneself(), username).await?;
                Ok(Found::Account(account.id))
            }
            (None, landlord) => Ok(Found::Landlord(landlord.clone().unwrap_or_default())),
        }
    }

    fn name(&self) -> String {
        match (&self.username, &self.landlord) {
            (Some(username), _) => username.clone(),
            (None, landlord) => format!("landlord {}", landlord.as_deref().unwrap_or_default()),
        }
    }
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Set {
            target,
            reason,
            review_on,
        } => {
            let request = RestrictRequest {
                target: Some(match target.find(portal).await? {
                    Found::Account(id) => restrict_request::Target::AccountId(id),
                    Found::Landlord(id) => restrict_request::Target::LandlordId(id),
                }),
                reason,
                review_on: kit::time::iso(review_on),
            };
            let set = call!(
                portal,
                "identity",
                AdministrationServiceClient,
                restrict,
                request
            );
            let sentence = format!(
                "{} is restricted, to be reviewed by {review_on}.",
                target.name()
            );
            output.one(&set, &sentence)
        }
        Command::Lift { target } => {
            let request = LiftRestrictionRequest {
                target: Some(match target.find(portal).await? {
                    Found::Account(id) => lift_restriction_request::Target::AccountId(id),
                    Found::Landlord(id) => lift_restriction_request::Target::LandlordId(id),
                }),
            };
            let lifted = call!(
                portal,
                "identity",
                AdministrationServiceClient,
                lift_restriction,
                request
            );
            output.one(
                &lifted,
                &format!("{} is restricted no longer.", target.name()),
            )
        }
    }
}
