//! Which brokers will do.

/// The first version that knows every setting that consumers and the stream rely on.
const OLDEST: (u32, u32) = (2, 10);

/// A broker that is too old.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "nats-server {0} is too old: it ignores settings that events rely on, and 2.10 or newer is needed"
)]
pub struct UnsupportedServer(pub String);

/// Refuses a server that would drop a consumer's list of subjects without an error, and so deliver everything to everyone.
/// Debian 12 packages one, 2.9.10.
pub(crate) fn check(version: &str) -> Result<(), UnsupportedServer> {
    let mut numbers = version.split('.').map(|it| it.parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), Some(minor)) if (major, minor) >= OLDEST => Ok(()),
        _ => Err(UnsupportedServer(version.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_from_2_10_on_will_do() {
        for version in ["2.10.0", "2.10.0-RC.1", "2.12.3", "2.15.1", "3.0.0-beta.2"] {
            assert_eq!(check(version), Ok(()), "{version}");
        }
    }

    #[test]
    fn the_server_that_debian_packages_is_refused() {
        for version in ["2.9.10", "2.9.25", "1.4.1", "", "unknown", "2"] {
            assert_eq!(
                check(version),
                Err(UnsupportedServer(version.to_owned())),
                "{version}"
            );
        }
    }
}
