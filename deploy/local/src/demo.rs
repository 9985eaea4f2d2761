//! The demonstration caseload: the landlord guide's own screens, and three landlords with work in every state. All of it is invented,
//! and follows from a seed and a day.

pub mod complaints;
pub mod files;
mod generate;
mod guide;
mod import;
pub mod load;
mod messages;
mod oversight;
mod people;
mod procedure;
pub mod requests;
mod stories;
mod tasks;
mod telling;
#[cfg(test)]
mod tests;
mod timeframes;
mod words;

use calendar::{Calendar, NotCovered};
use chrono::{DateTime, NaiveDate, Utc};
use proto::access::v1::Role;
use proto::case::v1::{CaseType, StaffDetails, Status, Team};
use proto::document::v1::DocumentCategory;
use proto::messaging::v1::Side;
use proto::task::v1::TaskKind;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use uuid::Uuid;

use self::complaints::ServiceComplaint;

/// The seed of the caseload that everybody gets.
pub const SEED: u64 = 2024;

/// A whole caseload. Equal seeds and days give equal ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Caseload {
    /// What every id in it follows from.
    pub seed: u64,
    /// The landlords; the guide's own is the first.
    pub landlords: Vec<Landlord>,
    /// The ombudsman's staff.
    pub staff: Vec<Colleague>,
    /// The cases of all landlords.
    pub cases: Vec<Case>,
    /// The complaints about the ombudsman itself.
    pub complaints: Vec<ServiceComplaint>,
    /// What people ask the ombudsman for.
    pub requests: Vec<requests::Request>,
}

/// A landlord and its administrator.
#[derive(Debug, Clone, PartialEq)]
pub struct Landlord {
    /// The landlord's name.
    pub name: &'static str,
    /// The administrator's name.
    pub administrator: &'static str,
    /// The administrator's address, which is the username.
    pub username: &'static str,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq)]
pub struct Colleague {
    /// The name.
    pub name: &'static str,
    /// The address, which is the username.
    pub username: &'static str,
    /// What the person may do.
    pub role: Role,
    /// The casework team, for a caseworker.
    pub team: Option<Team>,
}

/// A case and all that lies in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What people call it.
    pub reference: String,
    /// Which of the landlords it is about.
    pub landlord: usize,
    /// Which of the staff owns it.
    pub owner: Option<usize>,
    /// What kind it is.
    pub case_type: CaseType,
    /// The resident who complains.
    pub complainant: String,
    /// Who speaks for the resident; empty when nobody does.
    pub representative: String,
    /// What it is about.
    pub subject: String,
    /// Where it stands when it is taken over.
    pub status: Status,
    /// The date it was opened.
    pub opened_on: NaiveDate,
    /// The date it was closed.
    pub closed_on: Option<NaiveDate>,
    /// What only staff see.
    pub staff_details: StaffDetails,
    /// What the landlord was asked to do.
    pub tasks: Vec<Task>,
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// Letters of the ombudsman.
    pub documents: Vec<Document>,
    /// Whether it is closed once it has been taken over, so that there are closed cases to see: a landlord sees none that was closed
    /// before its portal was activated (CA-4).
    pub closes: bool,
}

/// A task.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// What kind it is.
    pub kind: TaskKind,
    /// The title.
    pub title: String,
    /// What to do.
    pub instructions: String,
    /// The date it was set.
    pub set_on: NaiveDate,
    /// The date it is due.
    pub due_on: NaiveDate,
    /// The date it was completed.
    pub completed_on: Option<NaiveDate>,
}

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Which side wrote it.
    pub side: Side,
    /// Who wrote it.
    pub author: String,
    /// The text.
    pub body: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
}

/// A file.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub category: DocumentCategory,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl Caseload {
    /// Makes a caseload for a day. It is refused near the end of the calendar, which has no working days to count to.
    pub fn make(seed: u64, today: NaiveDate) -> Result<Self, NotCovered> {
        let calendar = Calendar::england_and_wales();
        let landlords = people::landlords();
        let staff = people::staff();
        let mut cases = guide::cases(&calendar, today, &staff)?;
        let mut maker = generate::Maker::new(
            StdRng::seed_from_u64(seed),
            &calendar,
            today,
            &landlords,
            &staff,
        );
        for landlord in 1..landlords.len() {
            cases.extend(maker.cases(landlord)?);
        }
        // Numbers of their own: what is invented about cases stays the same whatever is invented here.
        let rng = StdRng::seed_from_u64(seed.wrapping_add(1));
        let complaints = complaints::Maker::new(rng, &calendar, today, &cases).complaints()?;
        let requests = requests::make(&calendar, today)?;
        Ok(Self {
            seed,
            landlords,
            staff,
            cases,
            complaints,
            requests,
        })
    }

    /// The id of a thing in the caseload, the same at every attempt to load it.
    #[must_use]
    pub fn id(&self, of: &[&str]) -> Uuid {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        context.update(&self.seed.to_be_bytes());
        for part in of {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let digest = context.finish();
        let bytes = digest.as_ref()[..16]
            .try_into()
            .expect("SHA-256 has 32 bytes");
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}
