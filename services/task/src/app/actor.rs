//! Who does something, for the audit and for people.

use kit::Caller;

/// What people are told of the ombudsman's systems, whose names mean nothing to a landlord.
const SYSTEM: &str = "The ombudsman";

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// For the audit, such as `account:…`.
    pub id: String,
    /// On whose behalf, when that is somebody else: a landlord's person acts for the landlord.
    pub on_behalf_of: Option<String>,
    /// As shown to people.
    pub shown: String,
}

impl Actor {
    /// The caller as an actor.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        Self {
            id: caller.actor(),
            on_behalf_of: caller
                .seat()
                .map(|seat| format!("landlord:{}", seat.landlord_id)),
            shown: match caller {
                Caller::Person(person) => person.name.clone(),
                Caller::Client(_) | Caller::Process(_) | Caller::Anonymous => SYSTEM.to_owned(),
            },
        }
    }

    /// This service itself, when it acts because of what somebody did elsewhere.
    #[must_use]
    pub fn because_of(name: &str) -> Self {
        let name = if name.is_empty() { SYSTEM } else { name };
        Self {
            id: "process:task".to_owned(),
            on_behalf_of: Some(name.to_owned()),
            shown: name.to_owned(),
        }
    }
}
