//! Who complains, how they are reached, and what they need.

use serde::{Deserialize, Serialize};

/// How a complaint came (1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Channel {
    /// The public webform.
    Webform,
    /// An email.
    Email,
    /// The telephone.
    Telephone,
    /// A letter.
    Letter,
    /// Any colleague.
    Colleague,
}

impl Channel {
    /// Its name, as it is stored and counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Webform => "webform",
            Self::Email => "email",
            Self::Telephone => "telephone",
            Self::Letter => "letter",
            Self::Colleague => "colleague",
        }
    }
}

/// What a service user is to the ombudsman (1.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum UserKind {
    /// A resident.
    Resident,
    /// Somebody who acts for a resident.
    Representative,
    /// A landlord, or somebody who acts for one.
    Landlord,
    /// Anybody else.
    #[default]
    Other,
}

/// How letters are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Format {
    /// By email.
    #[default]
    Email,
    /// On paper.
    Letter,
    /// In large print.
    LargePrint,
    /// In easy read.
    EasyRead,
}

/// Who complains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceUser {
    /// The name.
    pub name: String,
    /// What the person is to the ombudsman.
    pub kind: UserKind,
    /// The email address, if there is one.
    pub email: String,
    /// The telephone number, if there is one.
    pub telephone: String,
    /// The postal address, if there is one.
    pub postal_address: String,
    /// How letters are sent.
    pub format: Format,
}

/// What letters in the chosen format can't be sent without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// An email address.
    Email,
    /// A postal address.
    PostalAddress,
    /// One of both: easy read goes by email, or on paper.
    Either,
}

impl Format {
    /// What letters in this format can't be sent without, of what is there.
    #[must_use]
    pub fn lacks(self, email: &str, postal_address: &str) -> Option<Lack> {
        let (email, post) = (!email.trim().is_empty(), !postal_address.trim().is_empty());
        match self {
            Self::Email if !email => Some(Lack::Email),
            Self::Letter | Self::LargePrint if !post => Some(Lack::PostalAddress),
            Self::EasyRead if !email && !post => Some(Lack::Either),
            _ => None,
        }
    }
}

impl ServiceUser {
    /// Whether there is nothing but a telephone number.
    #[must_use]
    pub fn is_reached_by_telephone_alone(&self) -> bool {
        let [email, address, telephone] =
            [&self.email, &self.postal_address, &self.telephone].map(|it| !it.trim().is_empty());
        telephone && !email && !address
    }

    /// What letters in the chosen format can't be sent without.
    #[must_use]
    pub fn lacks(&self) -> Option<Lack> {
        self.format.lacks(&self.email, &self.postal_address)
    }
}

/// What was asked and answered about a person's needs (3.2). "None" is an answer, and nothing at all is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// How to reach the person.
    pub contact: String,
    /// How the person prefers to be reached.
    pub communication_preference: String,
    /// Reasonable adjustments under the Equality Act.
    pub reasonable_adjustments: String,
    /// Vulnerabilities and safeguarding.
    pub vulnerabilities: String,
}
