//! `casework`: what operators do to the portal from a terminal. Everything goes over gRPC, with the operator's own rights.

mod commands;
mod failure;
mod output;
mod portal;
mod profile;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::commands::{
    account, allocation, case, client, complaint, contact, dead_letter, document, email, import,
    landlord, lock, message, replay, report, restriction, risk, staff, task, template, timeframe,
};
use crate::failure::Failure;
use crate::output::Output;
use crate::portal::Portal;

/// What operators do to the portal: accounts, cases, tasks, messages, locks, and events that went wrong
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    /// Write JSON for programs instead of tables for people
    #[arg(long, global = true)]
    json: bool,
    /// The profile that says where the portal is and who calls [default: .local/operator.toml here or above]
    #[arg(long, global = true, env = "CASEWORK_PROFILE", value_name = "FILE")]
    profile: Option<PathBuf>,
    /// The member of staff to act for, by username; what is done is recorded as theirs, through you
    #[arg(long, global = true, value_name = "USERNAME")]
    on_behalf_of: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Landlords: onboard one, list them
    #[command(subcommand)]
    Landlord(landlord::Command),
    /// Staff: add a member
    #[command(subcommand)]
    Staff(staff::Command),
    /// Accounts: list, deactivate, reactivate, log out, change an address, read their security audit
    #[command(subcommand)]
    Account(account::Command),
    /// Restrictions after unacceptable behaviour: set, lift
    #[command(subcommand)]
    Restriction(restriction::Command),
    /// Other systems that call the services: register one
    #[command(subcommand)]
    Client(client::Command),
    /// Cases: open, show, list, move, assign, record an outcome
    #[command(subcommand)]
    Case(case::Command),
    /// The risk of cases: list the reviews that are asked for, answer one, assess a case, its history
    #[command(subcommand)]
    Risk(risk::Command),
    /// Cases that wait for an investigator: list them, give the next one out, move one ahead
    #[command(subcommand)]
    Allocation(allocation::Command),
    /// What complainants are owed: list it, promise and record calls, give progress updates, standard paragraphs
    #[command(subcommand)]
    Contact(contact::Command),
    /// How long the stages of cases are expected to take: list, set, and set against what they took
    #[command(subcommand)]
    Timeframe(timeframe::Command),
    /// Imports: take over cases from a file
    #[command(subcommand)]
    Import(import::Command),
    /// Tasks: set, list, answer, withdraw
    #[command(subcommand)]
    Task(task::Command),
    /// Messages: write one on a case, list a case's
    #[command(subcommand)]
    Message(message::Command),
    /// Documents: add files to a case, list, fetch and withdraw them
    #[command(subcommand)]
    Document(document::Command),
    /// Locks after wrong passwords: list, lift
    #[command(subcommand)]
    Lock(lock::Command),
    /// Events that a service could not handle: list, redrive
    #[command(subcommand)]
    DeadLetter(dead_letter::Command),
    /// Publish a service's events again, after a stream was lost
    Replay(replay::Replay),
    /// Emails that are not delivered: list, send again
    #[command(subcommand)]
    Email(email::Command),
    /// Service complaints: count their dates again after bank holidays were changed
    #[command(subcommand)]
    Complaint(complaint::Command),
    /// Service complaints: report a period, list the rows behind a figure, check every figure, draw a sample
    #[command(subcommand)]
    Report(report::Command),
    /// The words of emails: list, show, preview, edit, restore
    #[command(subcommand)]
    Template(template::Command),
    /// Print completions for a shell: `casework completions bash > ~/.local/share/bash-completion/completions/casework`
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("casework: {failure}");
            failure.exit_code()
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        json,
        profile,
        on_behalf_of,
        command,
    } = arguments;
    if let Command::Completions { shell } = command {
        clap_complete::generate(
            shell,
            &mut Arguments::command(),
            "casework",
            &mut std::io::stdout(),
        );
        return Ok(());
    }
    let portal = Portal::open(&profile::load(profile)?, on_behalf_of);
    let output = Output { json };
    match command {
        Command::Landlord(command) => landlord::run(command, &portal, output).await,
        Command::Staff(command) => staff::run(command, &portal, output).await,
        Command::Account(command) => account::run(command, &portal, output).await,
        Command::Restriction(command) => restriction::run(command, &portal, output).await,
        Command::Client(command) => client::run(command, &portal, output).await,
        Command::Case(command) => case::run(command, &portal, output).await,
        Command::Risk(command) => risk::run(command, &portal, output).await,
        Command::Allocation(command) => allocation::run(command, &portal, output).await,
        Command::Contact(command) => contact::run(command, &portal, output).await,
        Command::Timeframe(command) => timeframe::run(command, &portal, output).await,
        Command::Import(command) => import::run(command, &portal, output).await,
        Command::Task(command) => task::run(command, &portal, output).await,
        Command::Message(command) => message::run(command, &portal, output).await,
        Command::Document(command) => document::run(command, &portal, output).await,
        Command::Lock(command) => lock::run(command, &portal, output).await,
        Command::DeadLetter(command) => dead_letter::run(command, &portal, output).await,
        Command::Replay(command) => replay::run(command, &portal, output).await,
        Command::Email(command) => email::run(command, &portal, output).await,
        Command::Complaint(command) => complaint::run(command, &portal, output).await,
        Command::Report(command) => report::run(command, &portal, output).await,
        Command::Template(command) => template::run(command, &portal, output).await,
        Command::Completions { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_and_their_options_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
