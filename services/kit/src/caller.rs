//! Who calls: a person, a service client or another process, as proved by the internal token and the certificate.

use chrono::NaiveDate;
use proto::access::v1::Role;
use uuid::Uuid;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody in particular: a log-in, or a public page.
    Anonymous,
    /// A person who is logged in, or for whom a service client acts.
    Person(Person),
    /// Another internal system.
    Client(Client),
    /// A process of the portal, as itself.
    Process(String),
}

/// A person who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The person's account.
    pub account_id: Uuid,
    /// The person's name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The landlord the person works for; staff have none.
    pub landlord: Option<Seat>,
    /// A caseworker's team, such as `TEAM_TRIAGE`.
    pub team: Option<String>,
    /// The session; a person for whom a service client acts has none.
    pub session_id: Option<Uuid>,
    /// The service client that acts for the person.
    pub through: Option<String>,
}

/// A person's place at a landlord.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The landlord.
    pub landlord_id: Uuid,
    /// Its name.
    pub landlord_name: String,
    /// The date its portal was activated (CA-4).
    pub activated_on: Option<NaiveDate>,
}

/// Another internal system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The client's id.
    pub client_id: Uuid,
    /// Its name.
    pub name: String,
    /// What its token is for.
    pub scopes: Vec<String>,
}

impl Caller {
    /// Who made a request. The server put it there, after it had checked that the method may be called by them.
    #[must_use]
    pub fn of<T>(request: &tonic::Request<T>) -> Self {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or(Self::Anonymous)
    }

    /// The person, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Anonymous | Self::Client(_) | Self::Process(_) => None,
        }
    }

    /// The place at a landlord of a landlord's person.
    #[must_use]
    pub fn seat(&self) -> Option<&Seat> {
        self.person().and_then(|person| person.landlord.as_ref())
    }

    /// Whether the caller stands on the ombudsman's side: staff, or another internal system.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        match self {
            Self::Person(person) => {
                person.landlord.is_none()
                    && !matches!(
                        person.role,
                        Role::Unspecified | Role::LandlordAdministrator | Role::LandlordSubAccount
                    )
            }
            Self::Client(_) => true,
            Self::Anonymous | Self::Process(_) => false,
        }
    }

    /// Who it is, for the audit.
    #[must_use]
    pub fn actor(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::Person(Person {
                account_id,
                through: None,
                ..
            }) => format!("account:{account_id}"),
            Self::Person(Person {
                account_id,
                through: Some(client),
                ..
            }) => {
                format!("account:{account_id} through client:{client}")
            }
            Self::Client(client) => format!("client:{}", client.client_id),
            Self::Process(name) => format!("process:{name}"),
        }
    }

    /// Who it is, as shown to people.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Anonymous => "Nobody",
            Self::Person(person) => &person.name,
            Self::Client(client) => &client.name,
            Self::Process(name) => name,
        }
    }
}
