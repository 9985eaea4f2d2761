//! Who works with the demonstration caseload.

use proto::access::v1::Role;
use proto::case::v1::Team;

use super::{Colleague, Landlord};

/// The service complaints investigators, by username: two, since stage 2 goes to somebody who had no part in stage 1.
pub const INVESTIGATORS: [&str; 2] = [
    "mei.sutherby@ombudsman.example",
    "callum.wetherby@ombudsman.example",
];
/// The Customer Insight manager, by username.
pub const MANAGER: &str = "yusuf.garland@ombudsman.example";
/// The senior colleague, by username.
pub const SENIOR: &str = "helen.marchetti@ombudsman.example";

/// The landlords. The first is that of the landlord guide.
pub fn landlords() -> Vec<Landlord> {
    let landlord = |name, administrator, username| Landlord {
        name,
        administrator,
        username,
    };
    vec![
        landlord(
            "TEST TEST Landlord",
            "Dani Rawling",
            "landlord@test-landlord.example",
        ),
        landlord(
            "Brackenfold Homes",
            "Imogen Castellane",
            "complaints@brackenfold-homes.example",
        ),
        landlord(
            "Tarnholt Housing Association",
            "Owen Varga",
            "casework@tarnholt.example",
        ),
        landlord(
            "Wrenbridge Borough Housing",
            "Salma Quillon",
            "ombudsman@wrenbridge-housing.example",
        ),
    ]
}

/// The ombudsman's staff: two caseworkers for each team, two investigators of service complaints, and one person for every other role.
pub fn staff() -> Vec<Colleague> {
    let caseworker = |name, username, team| Colleague {
        name,
        username,
        role: Role::Caseworker,
        team: Some(team),
    };
    let colleague = |name, username, role| Colleague {
        name,
        username,
        role,
        team: None,
    };
    vec![
        caseworker(
            "Amara Feldon",
            "amara.feldon@ombudsman.example",
            Team::DisputeSupport,
        ),
        caseworker(
            "Lewis Trevanion",
            "lewis.trevanion@ombudsman.example",
            Team::DisputeSupport,
        ),
        caseworker(
            "Noor Ashdown",
            "noor.ashdown@ombudsman.example",
            Team::Triage,
        ),
        caseworker(
            "Piotr Hallam",
            "piotr.hallam@ombudsman.example",
            Team::Triage,
        ),
        caseworker(
            "Grace Okonjo",
            "grace.okonjo@ombudsman.example",
            Team::DisputeResolution,
        ),
        caseworker(
            "Rhys Merriden",
            "rhys.merriden@ombudsman.example",
            Team::DisputeResolution,
        ),
        caseworker(
            "Tamsin Velloor",
            "tamsin.velloor@ombudsman.example",
            Team::Review,
        ),
        caseworker(
            "Kofi Lindqvist",
            "kofi.lindqvist@ombudsman.example",
            Team::Review,
        ),
        colleague("Helen Marchetti", SENIOR, Role::SeniorColleague),
        colleague(
            "Arjun Penrose",
            "arjun.penrose@ombudsman.example",
            Role::SystemAdministrator,
        ),
        colleague(
            "Mei Sutherby",
            INVESTIGATORS[0],
            Role::ComplaintsInvestigator,
        ),
        colleague(
            "Callum Wetherby",
            INVESTIGATORS[1],
            Role::ComplaintsInvestigator,
        ),
        colleague("Yusuf Garland", MANAGER, Role::CustomerInsightManager),
        colleague(
            "Ruth Ellingham",
            "ruth.ellingham@reviewer.example",
            Role::IndependentReviewer,
        ),
    ]
}

/// The caseworkers of a team, as places in the list of staff.
pub fn of_team(staff: &[Colleague], team: Team) -> Vec<usize> {
    let members = staff
        .iter()
        .enumerate()
        .filter(|(_, person)| person.team == Some(team));
    members.map(|(place, _)| place).collect()
}
