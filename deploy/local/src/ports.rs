//! Which port everything listens on: all of them follow from the gateway's, and all are on loopback.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use crate::service::Service;

/// The ports of one portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    base: u16,
}

/// Where the services' ports begin, above the gateway's.
const GRPC: u16 = 11;
const HEALTH: u16 = 21;

/// Why a portal can't have its ports.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PortError {
    /// The gateway's port leaves no room for the others, or only root may have it.
    #[error(
        "--port must be from 1024 to {max}, because the ports up to {HIGHEST} above it are used too"
    )]
    OutOfRange {
        /// The highest that is possible.
        max: u16,
    },
    /// Somebody else listens there.
    #[error(
        "port {port} of 127.0.0.1, which the portal needs for {purpose}, is taken; free it or choose other ports with --port"
    )]
    Taken {
        /// What the port is for.
        purpose: String,
        /// The port.
        port: u16,
    },
}

/// How far the highest port is above the gateway's: the health of the last of the seven services.
const HIGHEST: u16 = HEALTH + 6;

impl Ports {
    /// All ports, from the gateway's.
    pub fn from_gateway(port: u16) -> Result<Self, PortError> {
        let max = u16::MAX - HIGHEST;
        if (1024..=max).contains(&port) {
            Ok(Self { base: port })
        } else {
            Err(PortError::OutOfRange { max })
        }
    }

    /// The portal's pages.
    #[must_use]
    pub const fn gateway(self) -> u16 {
        self.base
    }

    /// The inbox's pages.
    #[must_use]
    pub const fn inbox(self) -> u16 {
        self.base + 1
    }

    /// The mail server.
    #[must_use]
    pub const fn smtp(self) -> u16 {
        self.base + 2
    }

    /// PostgreSQL.
    #[must_use]
    pub const fn postgres(self) -> u16 {
        self.base + 3
    }

    /// NATS.
    #[must_use]
    pub const fn nats(self) -> u16 {
        self.base + 4
    }

    /// NATS's monitor, which tells whether it is healthy.
    #[must_use]
    pub const fn nats_monitor(self) -> u16 {
        self.base + 5
    }

    /// The gateway's health.
    #[must_use]
    pub const fn gateway_health(self) -> u16 {
        self.base + HEALTH - 1
    }

    /// A service's calls.
    #[must_use]
    pub fn grpc(self, service: Service) -> u16 {
        self.base + GRPC + place(service)
    }

    /// A service's health.
    #[must_use]
    pub fn health(self, service: Service) -> u16 {
        self.base + HEALTH + place(service)
    }

    /// The ports of the two servers that the portal stands on, with what they are for.
    #[must_use]
    pub fn of_servers(self) -> Vec<(String, u16)> {
        vec![
            ("PostgreSQL".to_owned(), self.postgres()),
            ("NATS".to_owned(), self.nats()),
            ("the monitor of NATS".to_owned(), self.nats_monitor()),
        ]
    }

    /// The ports of the portal's own process, with what they are for.
    #[must_use]
    pub fn of_portal(self) -> Vec<(String, u16)> {
        let edge = [
            ("the portal's pages".to_owned(), self.gateway()),
            ("the inbox".to_owned(), self.inbox()),
            ("the mail server".to_owned(), self.smtp()),
            (
                "the health of the gateway".to_owned(),
                self.gateway_health(),
            ),
        ];
        let services = Service::ALL.into_iter().flat_map(|service| {
            [
                (
                    format!("the {} service", service.name()),
                    self.grpc(service),
                ),
                (
                    format!("the health of the {} service", service.name()),
                    self.health(service),
                ),
            ]
        });
        edge.into_iter().chain(services).collect()
    }
}

fn place(service: Service) -> u16 {
    Service::ALL
        .into_iter()
        .zip(0..)
        .find_map(|(other, place)| (other == service).then_some(place))
        .expect("ALL holds every service")
}

/// An address on loopback. Nothing here listens anywhere else.
#[must_use]
pub fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Names the first of the ports that somebody listens on.
pub fn must_be_free(ports: Vec<(String, u16)>) -> Result<(), PortError> {
    for (purpose, port) in ports {
        if TcpListener::bind(loopback(port)).is_err() {
            return Err(PortError::Taken { purpose, port });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_port_has_one_purpose() {
        let ports = Ports::from_gateway(8080).unwrap();

        let all = [ports.of_servers(), ports.of_portal()].concat();
        let distinct: HashSet<u16> = all.iter().map(|(_, port)| *port).collect();
        assert_eq!(distinct.len(), 7 + 2 * Service::ALL.len());
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn the_ports_are_where_the_documents_say() {
        let ports = Ports::from_gateway(8080).unwrap();

        assert_eq!(
            (
                ports.gateway(),
                ports.inbox(),
                ports.smtp(),
                ports.postgres(),
                ports.nats(),
                ports.nats_monitor()
            ),
            (8080, 8081, 8082, 8083, 8084, 8085)
        );
        assert_eq!(
            Service::ALL.map(|service| ports.grpc(service)),
            [8091, 8092, 8093, 8094, 8095, 8096, 8097]
        );
        assert_eq!(ports.gateway_health(), 8100);
        assert_eq!(
            Service::ALL.map(|service| ports.health(service)),
            [8101, 8102, 8103, 8104, 8105, 8106, 8107]
        );
    }

    #[test]
    fn a_port_without_room_above_it_or_for_root_alone_is_refused() {
        let max = u16::MAX - HIGHEST;

        assert!(Ports::from_gateway(1024).is_ok());
        assert_eq!(
            Ports::from_gateway(max)
                .unwrap()
                .health(Service::Notification),
            u16::MAX
        );
        for port in [80, 1023, max + 1, u16::MAX] {
            assert_eq!(
                Ports::from_gateway(port),
                Err(PortError::OutOfRange { max })
            );
        }
    }

    #[test]
    fn a_taken_port_is_named_with_what_it_is_for() {
        let somebody = TcpListener::bind(loopback(0)).unwrap();
        let port = somebody.local_addr().unwrap().port();

        let refused = must_be_free(vec![("NATS".to_owned(), port)]).unwrap_err();

        assert_eq!(
            refused,
            PortError::Taken {
                purpose: "NATS".to_owned(),
                port
            }
        );
        assert!(refused.to_string().contains(&format!(
            "port {port} of 127.0.0.1, which the portal needs for NATS"
        )));
        drop(somebody);
        assert_eq!(must_be_free(vec![("NATS".to_owned(), port)]), Ok(()));
    }
}
