//! What the demonstration caseload promises.

use std::collections::{HashMap, HashSet};

use calendar::Urgency;
use chrono::{Datelike as _, Days, Months};

use super::complaints::Doing;
use super::requests::Dealing;
use super::*;

/// A Sunday, so that counting in working days is tried.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn caseload() -> Caseload {
    Caseload::make(SEED, today()).unwrap()
}

fn all_days_of_a_year() -> impl Iterator<Item = (NaiveDate, Caseload)> {
    // A step that meets every weekday and the holidays around Christmas and Easter.
    (0..365).step_by(9).map(|days| {
        let day = today() + Days::new(days);
        (day, Caseload::make(SEED, day).unwrap())
    })
}

#[test]
fn equal_seeds_and_days_give_equal_caseloads_and_others_do_not() {
    assert_eq!(caseload(), caseload());
    assert_ne!(
        caseload().cases,
        Caseload::make(SEED + 1, today()).unwrap().cases
    );
}

#[test]
fn ids_are_stable_and_tell_things_apart() {
    let caseload = caseload();

    let id = caseload.id(&["task", "202312345", "0"]);
    assert_eq!(id, caseload.id(&["task", "202312345", "0"]));
    assert_eq!(id.get_version_num(), 8);
    assert_ne!(id, caseload.id(&["task", "202312345", "1"]));
    assert_ne!(caseload.id(&["a", "bc"]), caseload.id(&["ab", "c"]));
    assert_ne!(
        id,
        Caseload {
            seed: 1,
            ..caseload
        }
        .id(&["task", "202312345", "0"])
    );
}

#[test]
fn three_landlords_have_hundreds_of_cases_at_every_status() {
    let caseload = caseload();

    let mut statuses: HashMap<usize, HashSet<Status>> = HashMap::new();
    for case in &caseload.cases {
        statuses
            .entry(case.landlord)
            .or_default()
            .insert(case.status);
    }
    assert_eq!(caseload.landlords.len(), 4);
    assert!(caseload.cases.len() > 360);
    for landlord in 1..4 {
        assert_eq!(
            statuses[&landlord].len(),
            11,
            "{}",
            caseload.landlords[landlord].name
        );
    }
}

#[test]
fn all_case_types_task_kinds_teams_and_sides_occur() {
    let caseload = caseload();

    let types: HashSet<_> = caseload.cases.iter().map(|case| case.case_type).collect();
    let kinds: HashSet<_> = caseload
        .cases
        .iter()
        .flat_map(|case| &case.tasks)
        .map(|task| task.kind)
        .collect();
    let owners = caseload.cases.iter().filter_map(|case| case.owner);
    let teams: HashSet<_> = owners
        .filter_map(|owner| caseload.staff[owner].team)
        .collect();
    let sides: HashSet<_> = caseload
        .cases
        .iter()
        .flat_map(|case| &case.messages)
        .map(|it| it.side)
        .collect();
    assert_eq!(
        (types.len(), kinds.len(), teams.len(), sides.len()),
        (3, 5, 4, 2)
    );
    assert!(
        caseload
            .cases
            .iter()
            .map(|case| case.documents.len())
            .sum::<usize>()
            >= 8
    );
    assert!(caseload.cases.iter().any(|case| case.owner.is_none()));
}

#[test]
fn ta_2_every_landlord_has_tasks_of_all_three_colours_on_whatever_day_it_is() {
    let calendar = Calendar::england_and_wales();

    for (day, caseload) in all_days_of_a_year() {
        let mut colours: HashMap<usize, HashSet<Urgency>> = HashMap::new();
        for case in caseload.cases.iter().filter(|case| !case.closes) {
            for task in case.tasks.iter().filter(|task| task.completed_on.is_none()) {
                let urgency = calendar.urgency(task.due_on, day).unwrap();
                colours.entry(case.landlord).or_default().insert(urgency);
            }
        }
        for landlord in 0..caseload.landlords.len() {
            assert_eq!(
                colours[&landlord].len(),
                3,
                "{} on {day}",
                caseload.landlords[landlord].name
            );
        }
    }
}

#[test]
fn dates_make_sense_on_whatever_day_it_is() {
    for (day, caseload) in all_days_of_a_year() {
        for case in &caseload.cases {
            let end = case.closed_on.unwrap_or(day);
            assert!(case.opened_on <= end && end <= day, "{case:?}");
            assert_eq!(
                case.closed_on.is_some(),
                case.status == Status::Closed,
                "{case:?}"
            );
            for task in &case.tasks {
                assert!(
                    case.opened_on <= task.set_on
                        && task.set_on <= end
                        && task.set_on <= task.due_on,
                    "{task:?} of {case:?}"
                );
                assert!(
                    task.completed_on
                        .is_none_or(|on| task.set_on <= on && on <= end),
                    "{task:?} of {case:?}"
                );
                assert!(
                    case.closed_on.is_none() || task.completed_on.is_some(),
                    "{task:?} of {case:?}"
                );
            }
            for message in &case.messages {
                let sent_on = message.sent_at.date_naive();
                assert!(
                    case.opened_on <= sent_on && sent_on < day && sent_on <= end,
                    "{message:?} of {case:?}"
                );
            }
            assert!(
                case.messages.is_sorted_by_key(|message| message.sent_at),
                "{case:?}"
            );
        }
    }
}

#[test]
fn me_1_staff_start_every_conversation() {
    for case in caseload().cases {
        assert!(
            case.messages
                .first()
                .is_none_or(|message| message.side == Side::Ombudsman),
            "{case:?}"
        );
    }
}

#[test]
fn ca_1_references_are_a_year_and_five_digits_and_nobody_shares_one() {
    let caseload = caseload();

    let references: HashSet<_> = caseload
        .cases
        .iter()
        .map(|case| case.reference.clone())
        .collect();
    assert_eq!(references.len(), caseload.cases.len());
    for case in &caseload.cases {
        assert_eq!(case.reference.len(), 9, "{case:?}");
        assert!(
            case.reference
                .starts_with(&case.opened_on.year().to_string()),
            "{case:?}"
        );
    }
}

#[test]
fn ca_4_closed_cases_are_closed_within_two_years_and_before() {
    let two_years_ago = today() - Months::new(24);
    let caseload = caseload();

    for landlord in 1..4 {
        let cases = || {
            caseload
                .cases
                .iter()
                .filter(|case| case.landlord == landlord)
        };
        let (recent, old): (Vec<_>, Vec<_>) = cases()
            .filter_map(|case| case.closed_on)
            .partition(|closed_on| *closed_on >= two_years_ago);
        assert!(recent.len() >= 5 && old.len() >= 5, "{recent:?} {old:?}");
        assert!(cases().any(|case| case.closes));
    }
}

#[test]
fn what_closes_has_an_owner_who_can_close_it_and_nothing_left_to_do() {
    let caseload = caseload();

    for case in caseload.cases.iter().filter(|case| case.closes) {
        assert!(
            case.owner
                .is_some_and(|owner| caseload.staff[owner].role == Role::Caseworker),
            "{case:?}"
        );
        assert!(
            case.tasks.iter().all(|task| task.completed_on.is_some()),
            "{case:?}"
        );
    }
}

#[test]
fn the_guides_screens_are_there() {
    let caseload = caseload();
    let guide: Vec<_> = caseload
        .cases
        .iter()
        .filter(|case| case.landlord == 0)
        .collect();

    assert_eq!(caseload.landlords[0].name, "TEST TEST Landlord");
    assert_eq!(
        caseload.landlords[0].username,
        "landlord@test-landlord.example"
    );
    let titles: Vec<_> = guide
        .iter()
        .flat_map(|case| &case.tasks)
        .map(|task| task.title.as_str())
        .collect();
    for title in [
        "Test task to check receipt of email and notification",
        "Provide stage one response by 15 March",
        "Provide evidence by 25 November 2026",
        "Record complaint and update by 2 December 2026",
    ] {
        assert!(titles.contains(&title), "{title} is not in {titles:?}");
    }
    assert!(
        guide
            .iter()
            .any(|case| case.complainant == "TEST TEST TEST Rep")
    );
    let said = "To confirm, we have issued a stage one response to the resident on 3 May 2023.";
    assert!(
        guide
            .iter()
            .flat_map(|case| &case.messages)
            .any(|message| message.body.contains(said))
    );
}

#[test]
fn every_address_belongs_to_one_person_and_to_no_real_domain() {
    let caseload = caseload();

    let staff = caseload.staff.iter().map(|person| person.username);
    let all: Vec<_> = caseload
        .landlords
        .iter()
        .map(|landlord| landlord.username)
        .chain(staff)
        .collect();
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
    assert!(
        all.iter().all(|address| address.ends_with(".example")),
        "{all:?}"
    );
}

#[test]
fn texts_fit_where_they_go() {
    for case in caseload().cases {
        assert!((1..=200).contains(&case.complainant.chars().count()));
        assert!((1..=1000).contains(&case.subject.chars().count()));
        assert!(
            case.tasks
                .iter()
                .all(|task| (1..=200).contains(&task.title.chars().count()))
        );
        assert!(
            case.messages
                .iter()
                .all(|message| (1..=2000).contains(&message.body.chars().count()))
        );
    }
}

#[test]
fn past_the_calendars_end_there_is_no_caseload() {
    let last_days = NaiveDate::from_ymd_opt(2028, 12, 30).unwrap();

    assert!(Caseload::make(SEED, last_days).is_err());
}

#[test]
fn sc_1_service_complaints_are_in_every_standing_and_the_same_for_one_seed() {
    let complaints = caseload().complaints;

    assert_eq!(complaints, caseload().complaints);
    assert!(complaints.len() >= 40);
    let last_steps: HashSet<_> = complaints
        .iter()
        .map(|it| {
            it.steps
                .last()
                .map(|(_, doing)| std::mem::discriminant(doing))
        })
        .collect();
    assert!(last_steps.len() >= 10, "{} kinds", last_steps.len());
}

#[test]
fn sc_8_4_15_in_the_demonstration_too_stage_2_goes_to_somebody_else() {
    for complaint in caseload().complaints {
        for (by, doing) in &complaint.steps {
            if let Doing::Accept { to, .. } = doing {
                assert_eq!(by, to);
                assert_ne!(*to, complaint.by);
            }
        }
    }
}

#[test]
fn nothing_about_a_service_complaint_is_recorded_before_it_came_or_before_it_happened() {
    let days = all_days_of_a_year();
    for (today, complaint) in
        days.flat_map(|(today, it)| it.complaints.into_iter().map(move |it| (today, it)))
    {
        let received_on: NaiveDate = complaint.intake.received_on.parse().unwrap();
        let mut last = received_on;
        for (_, doing) in &complaint.steps {
            let (Doing::Acknowledge { on }
            | Doing::AnswerStage1 { on }
            | Doing::RequestStage2 { on, .. }
            | Doing::Accept { on, .. }
            | Doing::Reject { on, .. }
            | Doing::AnswerStage2 { on, .. }
            | Doing::Exclude { on, .. }
            | Doing::Telephone { on, .. }) = doing
            else {
                continue;
            };
            assert!(last <= *on && *on <= today, "{doing:?} after {last}");
            last = *on;
        }
    }
}

#[test]
fn sc_1_service_requests_are_open_late_answered_and_complained_of() {
    let requests = caseload().requests;

    assert_eq!(requests, caseload().requests);
    assert_eq!(requests.len(), 12);
    let done = |it: fn(&Dealing) -> bool| {
        let last = requests.iter().filter_map(|request| request.steps.last());
        last.filter(|dealing| it(dealing)).count()
    };
    assert!(requests.iter().any(|it| it.steps.is_empty()));
    assert_eq!(done(|it| matches!(it, Dealing::Answered(..))), 3);
    assert_eq!(done(|it| matches!(it, Dealing::Complained(..))), 1);
}
