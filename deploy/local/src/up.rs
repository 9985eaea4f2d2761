//! `local up`: from nothing, or from what is there, to a portal that answers.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Context as _;
use kit::Clock;
use serde::{Deserialize, Serialize};

use crate::daemon::{Daemon, Standing};
use crate::databases::Databases;
use crate::demo::load::Loader;
use crate::demo::{self, Caseload};
use crate::folder::{Folder, write_private};
use crate::operator::Credentials;
use crate::ports::{Ports, must_be_free};
use crate::postgres::Cluster;
use crate::progress::Progress;
use crate::secrets::Secrets;
use crate::service::Service;
use crate::settings::{Settings, health_urls, inbox_url, public_url};
use crate::started::{Started, USUAL_PORT, portal};
use crate::{certificates, nats, operator, probe};

/// How long NATS may take to be ready.
const NATS_PATIENCE: Duration = Duration::from_secs(20);
/// How long the services may take, on a machine that is busy compiling.
const PORTAL_PATIENCE: Duration = Duration::from_mins(2);

/// What the person chose.
#[derive(Debug, Clone)]
pub struct Choices {
    /// The gateway's port; else the one of last time.
    pub port: Option<u16>,
    /// Whether the demonstration caseload is loaded.
    pub demonstration: bool,
    /// Where telemetry goes.
    pub otlp_endpoint: Option<String>,
    /// The clamd that scans documents.
    pub clamav: Option<String>,
}

/// Brings the portal up. Gives what is to be told to the person.
pub async fn up(folder: &Folder, choices: Choices, clock: Clock) -> anyhow::Result<String> {
    let _lock = folder.lock()?;
    folder.make()?;
    let progress = Progress::new();
    let before = Started::read(folder)?;
    let port = choices
        .port
        .or(before.as_ref().map(|it| it.port))
        .unwrap_or(USUAL_PORT);
    let ports = Ports::from_gateway(port)?;
    let secrets = Secrets::of(folder.secrets());
    let portal = portal(folder)?;

    if let Standing::Running { .. } = portal.standing()? {
        let running = before.map_or(port, |it| it.port);
        anyhow::ensure!(
            running == port,
            "the portal runs on port {running}; stop it first to have it on another one"
        );
        must_be_ready(ports, &portal).await?;
        progress.say("the portal is running already");
    } else {
        must_be_free(ports.of_portal())?;
        start_servers(folder, ports, &secrets, &clock, progress).await?;
        prepare(folder, ports, &secrets, progress).await?;
        Started {
            port,
            otlp_endpoint: choices.otlp_endpoint,
            clamav: choices.clamav,
        }
        .write(folder)?;
        start_portal(&portal, ports, progress).await?;
    }

    let mut demonstration = None;
    if choices.demonstration {
        let loaded = load_demonstration(folder, ports, &secrets, clock, progress).await;
        demonstration = Some(loaded.with_context(|| {
            let url = public_url(ports);
            format!("the portal is up at {url}, but its demonstration is not whole; the next `up` goes on with it")
        })?);
    }
    Ok(welcome(folder, ports, demonstration.as_ref()))
}

async fn must_be_ready(ports: Ports, portal: &Daemon) -> anyhow::Result<()> {
    let client = probe::client()?;
    for (part, url) in health_urls(ports) {
        anyhow::ensure!(
            probe::is_well(&client, &url).await,
            "the portal runs, but its part {part} is not ready; {}",
            portal.last_words()
        );
    }
    Ok(())
}

/// PostgreSQL and NATS, with the keys that they and everything else need.
async fn start_servers(
    folder: &Folder,
    ports: Ports,
    secrets: &Secrets,
    clock: &Clock,
    progress: Progress,
) -> anyhow::Result<()> {
    let step = progress.step("making keys and certificates");
    certificates::make(&folder.tls(), clock.today())?;
    step.done();

    let cluster = Cluster::in_folder(folder.postgres()).await?;
    if !cluster.exists() {
        let step = progress.step("making a PostgreSQL cluster");
        cluster.make(&secrets.random("postgres")?).await?;
        step.done();
    }
    // Both may still run when only the portal itself ended, maybe on other ports.
    if cluster
        .port()
        .await?
        .is_some_and(|port| port != ports.postgres())
    {
        cluster.stop().await?;
    }
    let nats = nats::daemon(folder, nats::program(folder).await?);
    nats.stop(NATS_PATIENCE).await?;
    let runs = cluster.port().await?.is_some();
    let needed = ports.of_servers().into_iter();
    must_be_free(
        needed
            .filter(|(_, port)| !(runs && *port == ports.postgres()))
            .collect(),
    )?;

    let step = progress.step("starting PostgreSQL");
    if !runs {
        cluster.start(ports.postgres()).await?;
    }
    step.done();

    let step = progress.step("starting NATS");
    nats::configure(folder, ports)?;
    let mut child = nats.start()?;
    let health = [nats::health_url(ports)];
    probe::until_well(&health, &nats, &mut child, NATS_PATIENCE)
        .await
        .context("NATS did not start")?;
    step.done();
    Ok(())
}

/// Databases, tables and the operators' client.
async fn prepare(
    folder: &Folder,
    ports: Ports,
    secrets: &Secrets,
    progress: Progress,
) -> anyhow::Result<()> {
    let step = progress.count("preparing the databases", Service::ALL.len());
    let databases = Databases::on(ports.postgres(), secrets);
    databases.make().await?;
    for service in Service::ALL {
        let migrator = match service {
            Service::Identity => &identity::MIGRATOR,
            Service::Case => &case::MIGRATOR,
            Service::Task => &task::MIGRATOR,
            Service::Messaging => &messaging::MIGRATOR,
            Service::Document => &document::MIGRATOR,
            Service::ServiceComplaint => &service_complaint::MIGRATOR,
            Service::Notification => &notification::MIGRATOR,
        };
        databases.migrate(service, migrator).await?;
        step.advance(1);
    }
    step.done();

    let credentials = match operator::credentials(secrets)? {
        Some(credentials) => credentials,
        None => register_operators(folder, ports, secrets)
            .await
            .context("could not register the operators' client")?,
    };
    operator::write_profile(folder, secrets, ports, &credentials)
}

async fn register_operators(
    folder: &Folder,
    ports: Ports,
    secrets: &Secrets,
) -> anyhow::Result<Credentials> {
    let settings = Settings {
        folder,
        ports,
        secrets,
        clamav: None,
    };
    let db = kit::db::connect(&settings.database(Service::Identity)?).await?;
    let (client_id, client_secret) =
        identity::bootstrap::service_client(&db, "Operators", &operator::SCOPES).await?;
    db.close().await;
    let credentials = Credentials {
        client_id,
        client_secret,
    };
    operator::keep(secrets, &credentials)?;
    Ok(credentials)
}

async fn start_portal(portal: &Daemon, ports: Ports, progress: Progress) -> anyhow::Result<()> {
    let step = progress.step("starting the services and the gateway");
    let urls: Vec<String> = health_urls(ports).into_iter().map(|(_, url)| url).collect();
    let mut child = portal.start()?;
    probe::until_well(&urls, portal, &mut child, PORTAL_PATIENCE)
        .await
        .context("the portal did not start")?;
    step.done();
    Ok(())
}

/// What is known of the demonstration caseload. It is written before anything is loaded, so that an interrupted load goes on with the
/// same rows even on another day.
#[derive(Debug, Serialize, Deserialize)]
struct Demonstration {
    seed: u64,
    today: chrono::NaiveDate,
    loaded: bool,
}

impl Demonstration {
    fn write(&self, folder: &Folder) -> anyhow::Result<()> {
        let json = serde_json::to_vec_pretty(self).expect("a number and a date are JSON");
        write_private(&folder.demonstration(), &json)
    }
}

async fn load_demonstration(
    folder: &Folder,
    ports: Ports,
    secrets: &Secrets,
    clock: Clock,
    progress: Progress,
) -> anyhow::Result<Caseload> {
    let mut demonstration = if folder.demonstration().exists() {
        serde_json::from_slice(&std::fs::read(folder.demonstration())?)
            .with_context(|| format!("{} can't be read", folder.demonstration().display()))?
    } else {
        Demonstration {
            seed: demo::SEED,
            today: clock.today(),
            loaded: false,
        }
    };
    let caseload = Caseload::make(demonstration.seed, demonstration.today)?;
    if !demonstration.loaded {
        demonstration.write(folder)?;
        let credentials =
            operator::credentials(secrets)?.context("the operators' client is not registered")?;
        let tls = certificates::of(&folder.tls(), operator::PROCESS);
        Loader::new(&caseload, tls, ports, credentials, clock, progress)?
            .load()
            .await?;
        demonstration.loaded = true;
        demonstration.write(folder)?;
    }
    Ok(caseload)
}

fn welcome(folder: &Folder, ports: Ports, demonstration: Option<&Caseload>) -> String {
    let mut text = String::new();
    let mut line =
        |line: &str| writeln!(text, "{line}").expect("a string takes all that is written");
    line("");
    line("The portal is up.");
    line("");
    line(&format!("  Portal  {}", public_url(ports)));
    line(&format!(
        "  Inbox   {}   every email that the portal sends",
        inbox_url(ports)
    ));
    line("");
    if let Some(caseload) = demonstration {
        line("Log in as the administrator of one of the demonstration's landlords:");
        line("");
        for landlord in &caseload.landlords {
            line(&format!(
                "  {:<40} {}, {}",
                landlord.username, landlord.administrator, landlord.name
            ));
        }
        line("");
        line("or as staff:");
        line("");
        for person in &caseload.staff {
            line(&format!(
                "  {:<40} {}, {}",
                person.username,
                person.name,
                words(person)
            ));
        }
    } else {
        line(
            "Nobody has an account yet. The `casework` command registers landlords and adds staff.",
        );
    }
    line("");
    line(
        "No account has a password at first. Enter the username, choose \"Forgot your password?\", and follow the link that",
    );
    line("arrives in the inbox. Every log-in then asks for a code, which arrives there too.");
    line("");
    line(&format!(
        "  Operators  the `casework` command reads {}",
        folder.profile().display()
    ));
    line(&format!("  Log        {}", folder.portal_log().display()));
    line("  Stop       make down");
    line("  Forget     make reset");
    text
}

/// A person's place in the ombudsman's service, in words: `caseworker, triage`.
fn words(person: &demo::Colleague) -> String {
    let plain = |name: &str, prefix: &str| {
        name.trim_start_matches(prefix)
            .to_lowercase()
            .replace('_', " ")
    };
    let role = plain(person.role.as_str_name(), "ROLE_");
    match person.team {
        Some(team) => format!("{role}, {}", plain(team.as_str_name(), "TEAM_")),
        None => role,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_person_is_told_where_to_go_and_as_whom() {
        let folder = Folder::at(Path::new("/x/.local")).unwrap();
        let caseload = Caseload::make(demo::SEED, "2026-11-22".parse().unwrap()).unwrap();

        let text = welcome(&folder, Ports::from_gateway(8080).unwrap(), Some(&caseload));

        for said in [
            "http://localhost:8080",
            "http://localhost:8081",
            "landlord@test-landlord.example",
            "Dani Rawling, TEST TEST Landlord",
            "Noor Ashdown, caseworker, triage",
            "Arjun Penrose, system administrator",
            "Forgot your password?",
            "/x/.local/operator.toml",
        ] {
            assert!(text.contains(said), "{said} is not in {text}");
        }
    }

    #[test]
    fn without_the_demonstration_nobody_is_named() {
        let folder = Folder::at(Path::new("/x/.local")).unwrap();

        let text = welcome(&folder, Ports::from_gateway(8080).unwrap(), None);

        assert!(text.contains("Nobody has an account yet"));
        assert!(!text.contains(".example"));
    }
}
