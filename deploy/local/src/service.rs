//! The seven services, as everything here names them.

/// One of the portal's services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Accounts, log-ins and the internal token.
    Identity,
    /// Cases.
    Case,
    /// Tasks.
    Task,
    /// Conversations.
    Messaging,
    /// Files.
    Document,
    /// Complaints about the ombudsman itself.
    ServiceComplaint,
    /// Emails and notices.
    Notification,
}

impl Service {
    /// All of them. Their order is that of their ports, so a new one goes to the end.
    pub const ALL: [Self; 7] = [
        Self::Identity,
        Self::Case,
        Self::Task,
        Self::Messaging,
        Self::Document,
        Self::ServiceComplaint,
        Self::Notification,
    ];

    /// Its name, as in its certificate and its binary.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Case => "case",
            Self::Task => "task",
            Self::Messaging => "messaging",
            Self::Document => "document",
            Self::ServiceComplaint => "service-complaint",
            Self::Notification => "notification",
        }
    }

    /// What PostgreSQL's names of it begin with.
    #[must_use]
    pub fn sql_name(self) -> String {
        self.name().replace('-', "_")
    }
}

/// Every process that has a certificate of its own: the services, the edge, the broker, the operators' command and other systems.
pub fn processes() -> impl Iterator<Item = &'static str> {
    Service::ALL.into_iter().map(Service::name).chain([
        "gateway",
        crate::nats::PROCESS,
        crate::operator::PROCESS,
        "client",
    ])
}
