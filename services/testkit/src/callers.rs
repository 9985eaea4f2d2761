//! Who calls: people and service clients whose tokens are signed with the key of this test process.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use kit::token::{Claims, Signer, Verifier};
use kit::{Clock, Seat};
use proto::access::v1::Role;
use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;
use uuid::Uuid;

static SIGNER: LazyLock<Signer> = LazyLock::new(|| {
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
        .expect("the system has random numbers");
    Signer::new("test", key.as_ref()).expect("the key was made here")
});

/// Checks the tokens of this module's callers.
#[must_use]
pub fn verifier(audience: &str, clock: Clock) -> Verifier {
    Verifier::with_keys(
        audience,
        &[(SIGNER.key_id().to_owned(), SIGNER.public_key())],
        clock,
    )
}

/// A person or a service client.
#[derive(Clone, Debug)]
pub struct Caller(kit::Caller);

impl Caller {
    /// As a service sees the caller.
    #[must_use]
    pub fn caller(&self) -> kit::Caller {
        self.0.clone()
    }

    /// The account of a person, or the id of a client.
    #[must_use]
    pub fn id(&self) -> Uuid {
        match &self.0 {
            kit::Caller::Person(person) => person.account_id,
            kit::Caller::Client(client) => client.client_id,
            kit::Caller::Anonymous | kit::Caller::Process(_) => {
                unreachable!("only people and clients are made here")
            }
        }
    }

    /// An internal token for a service, signed now.
    #[must_use]
    pub fn token(&self, audience: &str) -> String {
        self.token_at(audience, Clock::system().now())
    }

    /// An internal token, signed at an instant.
    #[must_use]
    pub fn token_at(&self, audience: &str, now: DateTime<Utc>) -> String {
        let claims = match &self.0 {
            kit::Caller::Person(person) => Claims::person(person, audience, now),
            kit::Caller::Client(client) => Claims::client(client, audience, now),
            kit::Caller::Anonymous | kit::Caller::Process(_) => {
                unreachable!("only people and clients are made here")
            }
        };
        SIGNER.sign(&claims).expect("claims are plain values")
    }

    /// The same with another account.
    #[must_use]
    pub fn with_account(self, account_id: Uuid) -> Self {
        self.person(|it| it.account_id = account_id)
    }

    /// The same under another name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        self.person(|it| name.clone_into(&mut it.name))
    }

    /// The same in a session.
    #[must_use]
    pub fn in_session(self, session_id: Uuid) -> Self {
        self.person(|it| it.session_id = Some(session_id))
    }

    /// The same in a casework team, such as `TEAM_TRIAGE`.
    #[must_use]
    pub fn in_team(self, team: &str) -> Self {
        self.person(|it| it.team = Some(team.to_owned()))
    }

    /// The same, for whom a service client acts.
    #[must_use]
    pub fn through(self, client: &str) -> Self {
        self.person(|it| it.through = Some(client.to_owned()))
    }

    /// The same at a landlord whose portal was activated on a date.
    #[must_use]
    pub fn activated_on(self, date: NaiveDate) -> Self {
        self.seat(|it| it.activated_on = Some(date))
    }

    /// The same at a landlord whose portal is not activated.
    #[must_use]
    pub fn inactive_landlord(self) -> Self {
        self.seat(|it| it.activated_on = None)
    }

    fn person(mut self, change: impl FnOnce(&mut kit::Person)) -> Self {
        match &mut self.0 {
            kit::Caller::Person(person) => change(person),
            other => panic!("{other:?} is not a person"),
        }
        self
    }

    fn seat(self, change: impl FnOnce(&mut Seat)) -> Self {
        self.person(|it| change(it.landlord.as_mut().expect("staff work for no landlord")))
    }
}

/// A landlord's administrator. The landlord's portal has been active since 2020.
#[must_use]
pub fn a_landlord_administrator(landlord_id: Uuid) -> Caller {
    person(
        Role::LandlordAdministrator,
        "Ada Administrator",
        Some(seat(landlord_id)),
    )
}

/// One of a landlord's sub-accounts.
#[must_use]
pub fn a_sub_account(landlord_id: Uuid) -> Caller {
    person(
        Role::LandlordSubAccount,
        "Sol Subaccount",
        Some(seat(landlord_id)),
    )
}

/// A caseworker of Dispute Resolution.
#[must_use]
pub fn a_caseworker() -> Caller {
    a(Role::Caseworker)
        .in_team("TEAM_DISPUTE_RESOLUTION")
        .named("Casey Caseworker")
}

/// A senior colleague.
#[must_use]
pub fn a_senior_colleague() -> Caller {
    a(Role::SeniorColleague).named("Sage Senior")
}

/// A system administrator.
#[must_use]
pub fn a_system_administrator() -> Caller {
    a(Role::SystemAdministrator).named("Sydney Systems")
}

/// Somebody with a role. A landlord's people work for a landlord of their own.
#[must_use]
pub fn a(role: Role) -> Caller {
    let landlord = matches!(role, Role::LandlordAdministrator | Role::LandlordSubAccount)
        .then(|| seat(kit::id()));
    person(role, "Robin Role", landlord)
}

/// A service client whose token is for these scopes.
#[must_use]
pub fn a_client(scopes: &[&str]) -> Caller {
    Caller(kit::Caller::Client(kit::Client {
        client_id: kit::id(),
        name: "Intake".to_owned(),
        scopes: scopes.iter().map(|&it| it.to_owned()).collect(),
    }))
}

fn person(role: Role, name: &str, landlord: Option<Seat>) -> Caller {
    Caller(kit::Caller::Person(kit::Person {
        account_id: kit::id(),
        name: name.to_owned(),
        role,
        landlord,
        team: None,
        session_id: None,
        through: None,
    }))
}

fn seat(landlord_id: Uuid) -> Seat {
    Seat {
        landlord_id,
        landlord_name: "TEST TEST Landlord".to_owned(),
        activated_on: Some(NaiveDate::from_ymd_opt(2020, 1, 1).expect("it is a date")),
    }
}
