//! Runs the whole portal on one machine.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use kit::Clock;
use local::folder::Folder;
use local::{down, portal, status, up};

/// The whole portal on one machine: its own PostgreSQL and NATS, an inbox, every service and the gateway
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start it, from nothing or from what is there
    Up(Up),
    /// Stop it; what it kept stays
    Down(Place),
    /// Stop it and delete what it kept
    Reset {
        #[command(flatten)]
        place: Place,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Tell what runs; fails unless all is well
    Status(Place),
    /// Be the portal's process; `up` starts it
    #[command(hide = true)]
    Run(Place),
}

#[derive(Debug, Args)]
struct Place {
    /// The folder that keeps everything
    #[arg(long, env = "CASEWORK_LOCAL_DIR", default_value = ".local")]
    dir: PathBuf,
}

#[derive(Debug, Args)]
struct Up {
    #[command(flatten)]
    place: Place,
    /// The port of the portal's pages, from which all other ports follow [default: that of last time, else 8080]
    #[arg(long, env = "CASEWORK_LOCAL_PORT")]
    port: Option<u16>,
    /// Leave the demonstration caseload out
    #[arg(long)]
    no_demo: bool,
    /// Send traces and metrics to this OTLP collector
    #[arg(
        long,
        env = "CASEWORK_LOCAL_OTLP_ENDPOINT",
        value_name = "http://127.0.0.1:4317"
    )]
    otlp_endpoint: Option<String>,
    /// Have documents scanned by this clamd, whose `StreamMaxLength` is 20M or more [default: they are not scanned]
    #[arg(long, env = "CASEWORK_LOCAL_CLAMAV", value_name = "127.0.0.1:3310")]
    clamav: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(run(Arguments::parse().command)).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let clock = Clock::system();
    match command {
        Command::Up(Up {
            place,
            port,
            no_demo,
            otlp_endpoint,
            clamav,
        }) => {
            let choices = up::Choices {
                port,
                demonstration: !no_demo,
                otlp_endpoint,
                clamav,
            };
            print!("{}", up::up(&place.folder()?, choices, clock).await?);
        }
        Command::Down(place) => down::down(&place.folder()?).await?,
        Command::Reset { place, yes } => down::reset(&place.folder()?, yes).await?,
        Command::Status(place) => {
            let (text, well) = status::status(&place.folder()?, &clock).await?;
            print!("{text}");
            return Ok(if well {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        Command::Run(place) => portal::run(&place.folder()?).await?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Place {
    fn folder(&self) -> anyhow::Result<Folder> {
        Folder::at(&self.dir)
    }
}
