//! What the binary of every service does: serve, migrate, or check its settings.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use sqlx::migrate::Migrator;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::{self, Settings};
use crate::server::Running;

#[derive(Parser)]
struct Arguments {
    /// A file with settings, in TOML; variables of the environment override it
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until told to stop
    Serve,
    /// Bring the database's tables up to date, and end
    Migrate,
    /// Check the settings, and end
    CheckConfig,
}

/// Runs the binary of a service. A wrong setting ends it at once, with the setting's name.
pub fn run<C, F, Fut>(name: &'static str, migrator: Option<&'static Migrator>, serve: F) -> ExitCode
where
    C: Settings,
    F: FnOnce(C, Clock) -> Fut,
    Fut: Future<Output = anyhow::Result<Running>>,
{
    let arguments = Arguments::parse();
    let load = match arguments.command {
        Command::Migrate => config::load_for_migration,
        Command::Serve | Command::CheckConfig => config::load,
    };
    let settings: C = match load(name, arguments.config.as_deref()) {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("{name}: {error}");
            return ExitCode::from(78); // EX_CONFIG of sysexits.h
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("the system has threads");
    let ended = runtime.block_on(async {
        match arguments.command {
            Command::Serve => serve_until_told(name, settings, serve).await,
            Command::Migrate => migrate(&settings, migrator).await,
            Command::CheckConfig => {
                for warning in settings.warnings() {
                    println!("{name}: {warning}");
                }
                println!("{name}: the settings are good");
                Ok(())
            }
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve_until_told<C, F, Fut>(name: &str, settings: C, serve: F) -> anyhow::Result<()>
where
    C: Settings,
    F: FnOnce(C, Clock) -> Fut,
    Fut: Future<Output = anyhow::Result<Running>>,
{
    let telemetry = crate::telemetry::start(name, settings.telemetry())?;
    let running = serve(settings, Clock::system()).await?;
    let ended = running.until(stop_signal()?).await;
    telemetry.shutdown();
    ended
}

async fn migrate<C: Settings>(
    settings: &C,
    migrator: Option<&'static Migrator>,
) -> anyhow::Result<()> {
    let (Some(migrator), Some(database)) = (migrator, settings.database()) else {
        println!("there is no database to migrate");
        return Ok(());
    };
    let db = crate::db::connect(database).await?;
    migrator
        .run(&db)
        .await
        .context("could not migrate the database")
}

/// Cancelled when the process is told to end.
pub fn stop_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        token.cancel();
    });
    Ok(stop)
}
