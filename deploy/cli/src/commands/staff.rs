//! `casework staff`.

use clap::{Subcommand, ValueEnum};
use proto::access::v1::Role;
use proto::case::v1::Team;
use proto::identity::v1::AddStaffRequest;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;

use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add a member of staff, who then sets a password through *Forgot your password?*
    Add {
        /// The person's name
        name: String,
        /// The person's email address, which becomes the username
        #[arg(long)]
        username: String,
        /// What the person does
        #[arg(long)]
        role: StaffRole,
        /// The team of a caseworker
        #[arg(long, required_if_eq("role", "caseworker"))]
        team: Option<CaseworkTeam>,
    },
}

/// What a member of staff does.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum StaffRole {
    Caseworker,
    ComplaintsInvestigator,
    CustomerInsightManager,
    SeniorColleague,
    SystemAdministrator,
    IndependentReviewer,
}

impl From<StaffRole> for Role {
    fn from(role: StaffRole) -> Self {
        match role {
            StaffRole::Caseworker => Self::Caseworker,
            StaffRole::ComplaintsInvestigator => Self::ComplaintsInvestigator,
            StaffRole::CustomerInsightManager => Self::CustomerInsightManager,
            StaffRole::SeniorColleague => Self::SeniorColleague,
            StaffRole::SystemAdministrator => Self::SystemAdministrator,
            StaffRole::IndependentReviewer => Self::IndependentReviewer,
        }
    }
}

/// A casework team.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum CaseworkTeam {
    DisputeSupport,
    Triage,
    DisputeResolution,
    Review,
}

impl From<CaseworkTeam> for Team {
    fn from(team: CaseworkTeam) -> Self {
        match team {
            CaseworkTeam::DisputeSupport => Self::DisputeSupport,
            CaseworkTeam::Triage => Self::Triage,
            CaseworkTeam::DisputeResolution => Self::DisputeResolution,
            CaseworkTeam::Review => Self::Review,
        }
    }
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    let Command::Add {
        name,
        username,
        role,
        team,
    } = command;
    let request = AddStaffRequest {
        request_id: kit::id().to_string(),
        name,
        username,
        role: Role::from(role).into(),
        team: team
            .map(|it| Team::from(it).as_str_name().to_owned())
            .unwrap_or_default(),
    };
    let account = call!(
        portal,
        "identity",
        AdministrationServiceClient,
        add_staff,
        request
    );
    let sentence = format!(
        "{} is added as {}.\n{} has been emailed a link to set a password.",
        account.name, account.id, account.username
    );
    output.one(&account, &sentence)
}
