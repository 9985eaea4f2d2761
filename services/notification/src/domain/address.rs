//! Who is told, as references: no address and no name stands here.

use std::fmt;
use std::str::FromStr;

use kit::Caller;
use proto::access::v1::Role;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};
use uuid::Uuid;

use super::Team;

/// Who sees a notice in the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// All accounts of a landlord.
    Landlord(Uuid),
    /// The holder of one account.
    Account(Uuid),
    /// Everyone in casework: for a case that nobody owns.
    Casework,
    /// The senior colleagues: for what has to be taken up with the team.
    Seniors,
    /// Everyone in Customer Insight: for a service complaint that nobody handles.
    Insight,
    /// The managers of Customer Insight: for what is overdue, and what only they and the senior colleagues decide.
    InsightManagers,
}

impl Audience {
    /// The audiences that a caller belongs to.
    #[must_use]
    pub fn of(caller: &Caller) -> Vec<Self> {
        let Some(person) = caller.person() else {
            return Vec::new();
        };
        let own = Self::Account(person.account_id);
        match (&person.landlord, person.role) {
            (Some(seat), _) => vec![own, Self::Landlord(seat.landlord_id)],
            // Customer Insight is independent of casework (ID-12).
            (None, Role::Caseworker) => vec![own, Self::Casework],
            (None, Role::SeniorColleague) => vec![own, Self::Casework, Self::Seniors],
            (None, Role::ComplaintsInvestigator) => vec![own, Self::Insight],
            (None, Role::CustomerInsightManager) => {
                vec![own, Self::Insight, Self::InsightManagers]
            }
            (None, _) => vec![own],
        }
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Landlord(id) => write!(f, "landlord:{id}"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Casework => f.write_str("casework"),
            Self::Seniors => f.write_str("seniors"),
            Self::Insight => f.write_str("insight"),
            Self::InsightManagers => f.write_str("insight-managers"),
        }
    }
}

/// Whom an email goes to. The service that knows turns it into an address when the email is sent: identity those of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// Whoever is logging in.
    Login(Uuid),
    /// Whoever a password reset is for.
    Reset(Uuid),
    /// The holder of an account.
    Account(Uuid),
    /// The administrator of a landlord (NO-1).
    Landlord(Uuid),
    /// A former address of an account (ID-1).
    FormerAddress(Uuid),
    /// Whoever makes a complaint about the ombudsman, by what asked for a private link. Service-complaint knows the address, and not identity.
    ComplaintLink(Uuid),
    /// The address that a team shares, for what nobody owns. The only one that the settings know.
    Team(Team),
    /// Whom a letter about a service complaint is to; the service-complaint service has its address and its words (SC-12).
    Letter(Uuid),
    /// The complainant of a case, by the progress update that they are given; case has its address and its words (CA-10).
    Update(Uuid),
}

impl Recipient {
    /// What it is, without whose: for logs.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Login(_) => "login",
            Self::Reset(_) => "reset",
            Self::Account(_) => "account",
            Self::Landlord(_) => "landlord",
            Self::FormerAddress(_) => "former-address",
            Self::ComplaintLink(_) => "complaint-link",
            Self::Team(_) => "team",
            Self::Letter(_) => "letter",
            Self::Update(_) => "update",
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::Team(team) => write!(f, "{kind}:{team}"),
            Self::Login(id)
            | Self::Reset(id)
            | Self::Account(id)
            | Self::Landlord(id)
            | Self::FormerAddress(id)
            | Self::ComplaintLink(id)
            | Self::Letter(id)
            | Self::Update(id) => write!(f, "{kind}:{id}"),
        }
    }
}

/// What news is about. News of one thing to one recipient is gathered (NO-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic<'a> {
    /// An account, or a letter: never gathered.
    Account,
    /// A case.
    Case(Uuid),
    /// A service complaint.
    Complaint {
        /// Its id.
        id: Uuid,
        /// Its reference.
        reference: &'a str,
    },
    /// All that is followed up of one kind, by an id of our own: somebody with three overdue lessons gets one email.
    List(Uuid),
}

impl Topic<'_> {
    /// The case.
    #[must_use]
    pub fn case_id(&self) -> Option<Uuid> {
        match self {
            Self::Case(id) => Some(*id),
            _ => None,
        }
    }

    /// What else it is gathered by.
    #[must_use]
    pub fn about_id(&self) -> Option<Uuid> {
        match self {
            Self::Complaint { id, .. } | Self::List(id) => Some(*id),
            Self::Account | Self::Case(_) => None,
        }
    }

    /// The reference of the service complaint; empty when it is about none.
    #[must_use]
    pub fn complaint_reference(&self) -> &str {
        match self {
            Self::Complaint { reference, .. } => reference,
            _ => "",
        }
    }
}

/// A recipient that this version doesn't know.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no recipient")]
pub struct UnknownRecipient(String);

impl FromStr for Recipient {
    type Err = UnknownRecipient;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownRecipient(text.to_owned());
        let (kind, id) = text.split_once(':').ok_or_else(unknown)?;
        if kind == "team" {
            return id.parse().map(Self::Team).map_err(|_| unknown());
        }
        let id = id.parse().map_err(|_| unknown())?;
        match kind {
            "login" => Ok(Self::Login(id)),
            "reset" => Ok(Self::Reset(id)),
            "account" => Ok(Self::Account(id)),
            "landlord" => Ok(Self::Landlord(id)),
            "former-address" => Ok(Self::FormerAddress(id)),
            "letter" => Ok(Self::Letter(id)),
            "update" => Ok(Self::Update(id)),
            "complaint-link" => Ok(Self::ComplaintLink(id)),
            _ => Err(unknown()),
        }
    }
}

impl Type<Postgres> for Recipient {
    fn type_info() -> PgTypeInfo {
        <str as Type<Postgres>>::type_info()
    }
}

impl<'r> Decode<'r, Postgres> for Recipient {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(<&str as Decode<Postgres>>::decode(value)?.parse()?)
    }
}

impl Encode<'_, Postgres> for Recipient {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.to_string(), buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_reads_back_as_it_was_written() {
        let id = kit::id();
        for recipient in [
            Recipient::Login(id),
            Recipient::Reset(id),
            Recipient::Account(id),
            Recipient::Landlord(id),
            Recipient::FormerAddress(id),
            Recipient::ComplaintLink(id),
            Recipient::Letter(id),
            Recipient::Update(id),
            Recipient::Team(Team::Triage),
            Recipient::Team(Team::CustomerInsight),
        ] {
            assert_eq!(recipient.to_string().parse(), Ok(recipient));
        }
    }

    #[test]
    fn what_is_no_recipient_is_refused() {
        for text in [
            "",
            "landlord",
            "landlord:",
            "landlord:7",
            "team:",
            "team:casework",
            "nobody:0190b6a5-6f1d-7c3e-8f00-000000000000",
        ] {
            assert!(text.parse::<Recipient>().is_err(), "{text:?}");
        }
    }
}
