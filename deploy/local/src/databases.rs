//! A database for every service, with a role that owns it and a role that the service logs in as.
//!
//! The owner migrates. The service's own role can do what the migrations grant to the group `<service>_app`, and nothing else: it can
//! neither change a table nor rewrite an audit.

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};

use crate::secrets::Secrets;
use crate::service::Service;

/// The databases of a cluster.
#[derive(Debug)]
pub struct Databases<'a> {
    port: u16,
    secrets: &'a Secrets,
}

impl<'a> Databases<'a> {
    /// The databases of the cluster on a port.
    #[must_use]
    pub fn on(port: u16, secrets: &'a Secrets) -> Self {
        Self { port, secrets }
    }

    /// Makes what is missing, and sets the roles' passwords to those that are kept.
    pub async fn make(&self) -> anyhow::Result<()> {
        let password = self.secrets.random("postgres")?;
        let superuser = crate::postgres::superuser(self.port, &password);
        let mut connection = superuser
            .connect()
            .await
            .context("could not log in to the portal's PostgreSQL")?;
        for service in Service::ALL {
            self.make_one(&mut connection, service)
                .await
                .with_context(|| format!("could not make the database of {}", service.name()))?;
        }
        connection.close().await?;
        Ok(())
    }

    async fn make_one(&self, superuser: &mut PgConnection, service: Service) -> anyhow::Result<()> {
        let (owner, login, group, database) = (
            owner(service),
            login(service),
            group(service),
            database(service),
        );
        for role in [&owner, &login, &group] {
            if !exists(
                superuser,
                "select true from pg_roles where rolname = $1",
                role,
            )
            .await?
            {
                execute(
                    superuser,
                    "select format('create role %I nologin', $1)",
                    &[role],
                )
                .await?;
            }
        }
        for role in [&owner, &login] {
            let password = self.password(role)?;
            execute(
                superuser,
                "select format('alter role %I login password %L', $1, $2)",
                &[role, password.expose_secret()],
            )
            .await?;
        }
        execute(
            superuser,
            "select format('grant %I to %I', $1, $2)",
            &[&group, &login],
        )
        .await?;
        if !exists(
            superuser,
            "select true from pg_database where datname = $1",
            &database,
        )
        .await?
        {
            execute(
                superuser,
                "select format('create database %I owner %I', $1, $2)",
                &[&database, &owner],
            )
            .await?;
        }
        execute(
            superuser,
            "select format('revoke all on database %I from public', $1)",
            &[&database],
        )
        .await?;
        execute(
            superuser,
            "select format('grant connect on database %I to %I', $1, $2)",
            &[&database, &login],
        )
        .await
    }

    /// Brings a database's tables up to date, as its owner.
    pub async fn migrate(&self, service: Service, migrator: &Migrator) -> anyhow::Result<()> {
        let context = || {
            format!(
                "could not bring the database of {} up to date",
                service.name()
            )
        };
        let options: PgConnectOptions = self
            .url(service, &owner(service))?
            .expose_secret()
            .parse()?;
        let mut connection = options.connect().await.with_context(context)?;
        migrator.run(&mut connection).await.with_context(context)?;
        connection.close().await?;
        Ok(())
    }

    /// Where a service finds its database.
    pub fn login_url(&self, service: Service) -> anyhow::Result<SecretString> {
        self.url(service, &login(service))
    }

    fn url(&self, service: Service, role: &str) -> anyhow::Result<SecretString> {
        let password = self.password(role)?;
        let (port, database) = (self.port, database(service));
        // A password is base64 for addresses, so nothing in it needs to be escaped.
        Ok(format!(
            "postgres://{role}:{}@127.0.0.1:{port}/{database}?sslmode=disable",
            password.expose_secret()
        )
        .into())
    }

    fn password(&self, role: &str) -> anyhow::Result<SecretString> {
        self.secrets.random(&format!("postgres-{role}"))
    }
}

fn owner(service: Service) -> String {
    format!("{}_owner", service.sql_name())
}

fn login(service: Service) -> String {
    format!("{}_service", service.sql_name())
}

/// The group that migrations grant rights to. They make it when it is missing, but an owner may not make roles.
fn group(service: Service) -> String {
    format!("{}_app", service.sql_name())
}

fn database(service: Service) -> String {
    format!("casework_{}", service.sql_name())
}

async fn exists(
    superuser: &mut PgConnection,
    query: &'static str,
    name: &str,
) -> sqlx::Result<bool> {
    let found: Option<bool> = sqlx::query_scalar(query)
        .bind(name)
        .fetch_optional(superuser)
        .await?;
    Ok(found.is_some())
}

/// Runs a statement that takes no parameters. PostgreSQL itself writes it, and so quotes what stands in it.
async fn execute(
    superuser: &mut PgConnection,
    writer: &'static str,
    parts: &[&str],
) -> anyhow::Result<()> {
    let mut query = sqlx::query_scalar::<_, String>(writer);
    for part in parts {
        query = query.bind(*part);
    }
    let statement = query.fetch_one(&mut *superuser).await?;
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(superuser)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_of_one_service_each() {
        assert_eq!(
            database(Service::ServiceComplaint),
            "casework_service_complaint"
        );
        assert_eq!(login(Service::Case), "case_service");
        assert_eq!(group(Service::Case), "case_app");
        assert_eq!(owner(Service::Case), "case_owner");
    }

    #[test]
    fn a_service_logs_in_as_itself_and_not_as_the_owner() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = Secrets::of(directory.path().to_owned());
        let databases = Databases::on(8083, &secrets);

        let url = databases.login_url(Service::Task).unwrap();

        let options: PgConnectOptions = url.expose_secret().parse().unwrap();
        assert_eq!(
            (options.get_username(), options.get_port()),
            ("task_service", 8083)
        );
        assert_eq!(options.get_database(), Some("casework_task"));
        let owners = databases.password("task_owner").unwrap();
        assert!(!url.expose_secret().contains(owners.expose_secret()));
    }
}
