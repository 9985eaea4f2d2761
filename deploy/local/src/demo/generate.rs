//! Makes cases by the hundred, spread over everything that a case can be.

use std::collections::HashMap;

use calendar::{Calendar, NotCovered, Urgency};
use chrono::{Datelike as _, Days, NaiveDate};
use proto::case::v1::{CaseType, StaffDetails, Status, Team};
use proto::document::v1::DocumentCategory;
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use super::messages::{conversation, yesterday};
use super::tasks;
use super::words::{
    ADJUSTMENTS, FIRST_NAMES, LAST_NAMES, PREFERENCES, ROOMS, SUBJECTS, TAILS, VULNERABILITIES,
};
use super::{Case, Colleague, Document, Landlord, Task, files, people};

/// How many cases of a landlord are at a status, how many days ago they were opened, and whose they are. Closed ones are counted back
/// from their closing.
struct Share {
    status: Status,
    cases: usize,
    days_ago: std::ops::RangeInclusive<u64>,
    team: Team,
}

const fn share(status: Status, cases: usize, from: u64, to: u64, team: Team) -> Share {
    Share {
        status,
        cases,
        days_ago: from..=to,
        team,
    }
}

/// 120 cases a landlord.
const SHARES: [Share; 11] = [
    share(Status::InitialAssessment, 12, 8, 45, Team::DisputeSupport),
    share(Status::InternalProcedure, 14, 20, 130, Team::DisputeSupport),
    share(Status::ReferralAssessment, 10, 60, 200, Team::Triage),
    share(Status::EvidenceGathering, 14, 90, 260, Team::Triage),
    share(
        Status::AwaitingInvestigation,
        10,
        150,
        400,
        Team::DisputeResolution,
    ),
    share(
        Status::UnderInvestigation,
        12,
        240,
        520,
        Team::DisputeResolution,
    ),
    share(Status::Determined, 6, 300, 600, Team::DisputeResolution),
    share(
        Status::AwaitingLandlordAction,
        10,
        320,
        640,
        Team::DisputeResolution,
    ),
    share(Status::Review, 4, 380, 720, Team::Review),
    share(Status::FailureOrderIssued, 3, 60, 300, Team::DisputeSupport),
    share(Status::Closed, 25, 80, 500, Team::DisputeResolution),
];

/// So many of the closed cases were closed in the last two years; the others before that.
const RECENTLY_CLOSED: usize = 15;
/// So many of the determined cases are closed once they have been taken over.
const CLOSED_AFTERWARDS: usize = 3;
/// So many cases of a landlord have letters.
const WITH_LETTERS: usize = 3;

/// The colours of open tasks, in turn: each landlord has some of each.
const COLOURS: [Urgency; 8] = [
    Urgency::Pending,
    Urgency::Approaching,
    Urgency::Overdue,
    Urgency::Pending,
    Urgency::Pending,
    Urgency::Approaching,
    Urgency::Pending,
    Urgency::Overdue,
];

/// Makes cases.
pub struct Maker<'a> {
    rng: StdRng,
    calendar: &'a Calendar,
    today: NaiveDate,
    landlords: &'a [Landlord],
    staff: &'a [Colleague],
    colours: std::iter::Cycle<std::slice::Iter<'static, Urgency>>,
    /// The last number given in each year.
    numbers: HashMap<i32, u32>,
}

impl<'a> Maker<'a> {
    pub fn new(
        rng: StdRng,
        calendar: &'a Calendar,
        today: NaiveDate,
        landlords: &'a [Landlord],
        staff: &'a [Colleague],
    ) -> Self {
        Self {
            rng,
            calendar,
            today,
            landlords,
            staff,
            colours: COLOURS.iter().cycle(),
            numbers: HashMap::new(),
        }
    }

    /// All cases of a landlord.
    pub fn cases(&mut self, landlord: usize) -> Result<Vec<Case>, NotCovered> {
        let mut cases = Vec::new();
        for share in &SHARES {
            for place in 0..share.cases {
                cases.push(self.case(landlord, share, place)?);
            }
        }
        Ok(cases)
    }

    fn case(&mut self, landlord: usize, share: &Share, place: usize) -> Result<Case, NotCovered> {
        let status = share.status;
        let closed_on = (status == Status::Closed).then(|| self.closed_on(place));
        let end = closed_on.unwrap_or(self.today);
        let opened_on = end - Days::new(self.rng.random_range(share.days_ago.clone()));
        let closes = status == Status::Determined && place < CLOSED_AFTERWARDS;
        // Of the newest some wait for an owner.
        let unowned = status == Status::InitialAssessment && place.is_multiple_of(3);
        let team = people::of_team(self.staff, share.team);
        let owner = if unowned {
            None
        } else {
            team.choose(&mut self.rng).copied()
        };
        let complainant = self.person();

        let mut case = Case {
            reference: self.reference(opened_on.year()),
            landlord,
            owner,
            case_type: self.case_type(status),
            representative: if self.rng.random_bool(0.15) {
                self.person()
            } else {
                String::new()
            },
            subject: self.subject(),
            status,
            opened_on,
            closed_on,
            staff_details: self.staff_details(&complainant),
            complainant,
            tasks: vec![],
            messages: vec![],
            documents: vec![],
            closes,
        };
        case.tasks = self.tasks(&case, end, place)?;
        if self.rng.random_bool(0.3) && opened_on < yesterday(end) {
            let caseworker = owner.map_or("Dispute Support", |owner| self.staff[owner].name);
            let landlord = self.landlords[landlord].administrator;
            let last = yesterday(end);
            case.messages = conversation(
                &mut self.rng,
                caseworker,
                landlord,
                &case.complainant,
                opened_on,
                last,
            );
        }
        if status == Status::EvidenceGathering && place < WITH_LETTERS {
            case.documents = letters(&case);
        }
        Ok(case)
    }

    fn closed_on(&mut self, place: usize) -> NaiveDate {
        let days_ago = if place < RECENTLY_CLOSED {
            1..=700
        } else {
            740..=1500
        };
        self.today - Days::new(self.rng.random_range(days_ago))
    }

    fn tasks(
        &mut self,
        case: &Case,
        end: NaiveDate,
        place: usize,
    ) -> Result<Vec<Task>, NotCovered> {
        let mut tasks = Vec::new();
        if self.rng.random_bool(0.4) {
            tasks.push(tasks::done(
                &mut self.rng,
                self.calendar,
                case.status,
                case.opened_on,
                end,
            )?);
        }
        // One case in four has nothing to do at present, and one in seven has two things.
        let open = match place {
            _ if case.closed_on.is_some() || case.closes => 0,
            place if place % 4 == 3 => 0,
            place if place % 7 == 5 => 2,
            _ => 1,
        };
        for _ in 0..open {
            let urgency = *self.colours.next().expect("a cycle has no end");
            tasks.push(tasks::open(
                &mut self.rng,
                self.calendar,
                case.status,
                urgency,
                case.opened_on,
                self.today,
            )?);
        }
        Ok(tasks)
    }

    fn case_type(&mut self, status: Status) -> CaseType {
        // An enquiry becomes a complaint before it goes on.
        let early = matches!(
            status,
            Status::InitialAssessment | Status::InternalProcedure
        );
        match self.rng.random_range(0..10) {
            0 | 1 if early => CaseType::Enquiry,
            2 => CaseType::ComplaintHandling,
            _ => CaseType::MemberLandlord,
        }
    }

    fn reference(&mut self, year: i32) -> String {
        // Above the numbers of the guide's own cases, with gaps, as where other landlords' cases lie between.
        let number = self.numbers.entry(year).or_insert(20_000);
        *number += self.rng.random_range(1..=60);
        format!("{year}{number:05}")
    }

    fn person(&mut self) -> String {
        let first = FIRST_NAMES.choose(&mut self.rng).expect("there are names");
        let last = LAST_NAMES.choose(&mut self.rng).expect("there are names");
        format!("{first} {last}")
    }

    fn subject(&mut self) -> String {
        let room = ROOMS.choose(&mut self.rng).expect("there are rooms");
        let subject = SUBJECTS
            .choose(&mut self.rng)
            .expect("there are subjects")
            .replace("{room}", room);
        let tail = TAILS.choose(&mut self.rng).expect("there are tails");
        format!("{subject}{tail}")
    }

    fn staff_details(&mut self, complainant: &str) -> StaffDetails {
        let choose = |rng: &mut StdRng, words: &[&str]| {
            (*words.choose(rng).expect("there are words")).to_owned()
        };
        // Telephone numbers that Ofcom keeps for fiction.
        let number = self.rng.random_range(0..1000);
        let address = complainant.to_lowercase().replace(' ', ".");
        StaffDetails {
            contact: format!("{address}@residents.example, 07700 900{number:03}"),
            communication_preference: choose(&mut self.rng, &PREFERENCES),
            reasonable_adjustments: choose(&mut self.rng, &ADJUSTMENTS),
            vulnerabilities: choose(&mut self.rng, &VULNERABILITIES),
        }
    }
}

fn letters(case: &Case) -> Vec<Document> {
    let reference = &case.reference;
    let about = format!("Case {reference}, {}", case.complainant);
    let lines = [
        "Housing Ombudsman Service",
        "",
        &about,
        "",
        "Please send us the records that the list with this letter names.",
        "Add them to the case under Documents, and choose the category",
        "that fits each best.",
    ];
    let list = [
        ["Record", "From", "To"],
        ["Repair log", "2021", "today"],
        ["Complaint correspondence", "first report", "today"],
        ["Inspection reports", "2021", "today"],
    ];
    vec![
        Document {
            name: format!("Evidence request {reference}.pdf"),
            category: DocumentCategory::ComplaintCorrespondence,
            content: files::pdf(&lines),
        },
        Document {
            name: format!("Records to send {reference}.csv"),
            category: DocumentCategory::Evidence,
            content: files::csv(&list),
        },
    ]
}
