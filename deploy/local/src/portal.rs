//! All services, the gateway and the inbox in one process: `local run`.

use std::io;

use anyhow::Context as _;
use futures::future::BoxFuture;
use kit::config::{LogFormat, TelemetryConfig};
use kit::{Clock, Running};
use mailbox::Mailbox;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::folder::Folder;
use crate::ports::loopback;
use crate::secrets::Secrets;
use crate::settings::Settings;
use crate::started::Started;

/// Runs the portal until the process is told to stop, or until a part of it fails.
pub async fn run(folder: &Folder) -> anyhow::Result<()> {
    let started =
        Started::read(folder)?.context("this portal was never started; begin with `local up`")?;
    let telemetry = kit::telemetry::start(
        "local",
        &TelemetryConfig {
            otlp_endpoint: started.otlp_endpoint.clone(),
            format: LogFormat::Text,
            ..TelemetryConfig::default()
        },
    )?;
    let stop = kit::process::stop_signal()?;
    let secrets = Secrets::of(folder.secrets());
    let settings = Settings {
        folder,
        ports: started.ports()?,
        secrets: &secrets,
        clamav: started.clamav.clone(),
    };

    let ended = Parts::start(&settings).await?.until(stop).await;
    telemetry.shutdown();
    ended
}

/// What runs. The edge stops first, so that no page is served without the services behind it; the inbox stops last, so that it takes
/// the last email.
struct Parts {
    inbox: BoxFuture<'static, io::Result<()>>,
    inbox_stop: CancellationToken,
    services: Vec<(&'static str, Running)>,
    gateway: Running,
}

impl Parts {
    async fn start(settings: &Settings<'_>) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let inbox_stop = CancellationToken::new();
        let inbox = inbox(settings, inbox_stop.clone()).await?;
        let services = vec![
            named(
                "identity",
                identity::serve(settings.identity()?, clock.clone()).await,
            )?,
            named("case", case::serve(settings.case()?, clock.clone()).await)?,
            named("task", task::serve(settings.task()?, clock.clone()).await)?,
            named(
                "messaging",
                messaging::serve(settings.messaging()?, clock.clone()).await,
            )?,
            named(
                "document",
                document::serve(settings.document()?, clock.clone()).await,
            )?,
            named(
                "service-complaint",
                service_complaint::serve(settings.service_complaint()?, clock.clone()).await,
            )?,
            named(
                "notification",
                notification::serve(settings.notification()?, clock.clone()).await,
            )?,
        ];
        let (_, gateway) = named(
            "the gateway",
            gateway::serve(settings.gateway(), clock).await,
        )?;
        Ok(Self {
            inbox,
            inbox_stop,
            services,
            gateway,
        })
    }

    async fn until(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self {
            inbox,
            inbox_stop,
            services,
            gateway,
        } = self;
        let (gateway_stop, services_stop) = (CancellationToken::new(), CancellationToken::new());
        let mut gateway = JoinSet::from_iter([part("the gateway", gateway, gateway_stop.clone())]);
        let mut services: JoinSet<_> = services
            .into_iter()
            .map(|(name, running)| part(name, running, services_stop.clone()))
            .collect();
        let mut inbox = JoinSet::from_iter([async { inbox.await.context("the inbox ended") }]);

        let ended = tokio::select! {
            () = stop.cancelled() => Ok(()),
            ended = next(&mut gateway) => ended,
            ended = next(&mut services) => ended,
            ended = next(&mut inbox) => ended,
        };

        gateway_stop.cancel();
        let gateway = all(gateway).await;
        services_stop.cancel();
        let services = all(services).await;
        inbox_stop.cancel();
        ended.and(gateway).and(services).and(all(inbox).await)
    }
}

fn named(
    name: &'static str,
    running: anyhow::Result<Running>,
) -> anyhow::Result<(&'static str, Running)> {
    let running = running.with_context(|| format!("{name} did not start"))?;
    Ok((name, running))
}

async fn part(name: &'static str, running: Running, stop: CancellationToken) -> anyhow::Result<()> {
    running
        .until(stop)
        .await
        .with_context(|| format!("{name} failed"))
}

/// Waits for the first part to end. None may before it is told to.
async fn next(parts: &mut JoinSet<anyhow::Result<()>>) -> anyhow::Result<()> {
    let ended = parts.join_next().await.context("there is no such part")?;
    ended.context("a part of the portal panicked").flatten()?;
    anyhow::bail!("a part of the portal ended by itself")
}

async fn all(mut parts: JoinSet<anyhow::Result<()>>) -> anyhow::Result<()> {
    let mut ended = Ok(());
    while let Some(part) = parts.join_next().await {
        ended = ended.and(part.context("a part of the portal panicked").flatten());
    }
    ended
}

async fn inbox(
    settings: &Settings<'_>,
    stop: CancellationToken,
) -> anyhow::Result<BoxFuture<'static, io::Result<()>>> {
    let mailbox = Mailbox::start(loopback(settings.ports.smtp())).await?;
    let address = loopback(settings.ports.inbox());
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("could not show the inbox on {address}"))?;
    let server = axum::serve(listener, mailbox::router(mailbox))
        .with_graceful_shutdown(stop.cancelled_owned());
    Ok(Box::pin(server.into_future()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn what_is_said_of(
        part: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) -> String {
        let mut parts = JoinSet::from_iter([part]);
        format!("{:#}", next(&mut parts).await.unwrap_err())
    }

    #[tokio::test]
    async fn no_part_may_end_before_it_is_told_to() {
        assert_eq!(
            what_is_said_of(async { Ok(()) }).await,
            "a part of the portal ended by itself"
        );
        assert_eq!(
            what_is_said_of(async { anyhow::bail!("the disk is full") }).await,
            "the disk is full"
        );
        let panicked = what_is_said_of(async { panic!("a bug") }).await;
        assert!(
            panicked.starts_with("a part of the portal panicked"),
            "{panicked}"
        );
    }

    #[tokio::test]
    async fn all_parts_are_waited_for_and_the_failure_of_one_is_told() {
        let (done, waits) = tokio::sync::oneshot::channel();
        let mut parts = JoinSet::<anyhow::Result<()>>::new();
        parts.spawn(async { anyhow::bail!("one failed") });
        parts.spawn(async move {
            tokio::task::yield_now().await;
            done.send(()).expect("the test waits");
            Ok(())
        });

        let ended = all(parts).await;

        assert_eq!(ended.unwrap_err().to_string(), "one failed");
        waits.await.unwrap();
    }
}
