//! Each rule of the two stages, and its refusal.

use calendar::{LedgerError, State};

use super::*;
use crate::domain::approval::Request;
use crate::domain::exclusion::Reason;
use crate::domain::refusal::Ground;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn by(today: &str) -> By<'static> {
    By {
        actor: "test",
        today: day(today),
    }
}

fn calendar() -> Calendar {
    Calendar::england_and_wales()
}

fn received(on: &str) -> Received {
    receive(&calendar(), day(on), by(on)).unwrap()
}

/// Received on Saturday 7 June 2025, acknowledged on Thursday 12 June; the response is due on Thursday 26 June.
fn investigated() -> Investigation<One> {
    received("2025-06-07")
        .acknowledge(&calendar(), Vec::new(), day("2025-06-12"), by("2025-06-12"))
        .unwrap()
}

/// Answered on 26 June 2025; stage 2 can be asked for until 24 July.
fn answered() -> Answered {
    let on = day("2025-06-26");
    let (answered, _) = investigated()
        .answer(&calendar(), Decision::Upheld, on, by("2025-06-26"))
        .unwrap();
    answered
}

fn escalation(on: &str) -> Escalation {
    Escalation {
        requested_on: day(on),
        reasons: "The answer leaves out the second call.".to_owned(),
        new_evidence: String::new(),
        discretion: String::new(),
    }
}

fn requested() -> Requested {
    answered()
        .request_escalation(&calendar(), escalation("2025-07-10"), by("2025-07-10"))
        .unwrap()
}

fn reviewed() -> Investigation<Two> {
    let on = day("2025-07-14");
    requested()
        .accept(&calendar(), kit::id(), &[kit::id()], on, by("2025-07-14"))
        .unwrap()
}

fn told(on: &str) -> Told {
    Told {
        on: day(on),
        proof: "letter".to_owned(),
    }
}

fn extending(days: u32) -> Extending {
    Extending {
        days,
        reason: "A colleague's note is awaited.".to_owned(),
        told: None,
    }
}

fn further(until: &str, told: Option<Told>) -> ExtendingFurther {
    ExtendingFurther {
        until: day(until),
        approval: approval(Matter::FurtherExtension),
        told,
    }
}

fn approval(matter: Matter) -> Approval {
    Approval {
        request: Request {
            id: kit::id(),
            matter,
            asked_by: kit::id(),
            reason: "The caseworker is on leave until August.".to_owned(),
        },
        approved_by: kit::id(),
    }
}

fn exclusion() -> Exclusion {
    Exclusion {
        reason: Reason::LegalProcess,
        details: "The tribunal hears it in August.".to_owned(),
        signpost: "The tribunal".to_owned(),
    }
}

#[test]
fn sc_4_4_1_received_on_a_saturday_it_is_acknowledged_by_friday() {
    assert_eq!(
        received("2025-06-07").acknowledgement.due(),
        day("2025-06-13")
    );
}

#[test]
fn sc_4_4_1_nothing_is_received_or_acknowledged_in_the_future_or_acknowledged_before_its_receipt() {
    let tomorrow = receive(&calendar(), day("2025-06-08"), by("2025-06-07"));
    assert_eq!(
        tomorrow.unwrap_err(),
        ProcedureError::InTheFuture(day("2025-06-08"))
    );

    for (on, refused) in [
        ("2025-06-13", ProcedureError::InTheFuture(day("2025-06-13"))),
        ("2025-06-06", ProcedureError::Before(day("2025-06-07"))),
    ] {
        let step =
            received("2025-06-07").acknowledge(&calendar(), Vec::new(), day(on), by("2025-06-12"));
        assert_eq!(step.unwrap_err(), refused);
    }
}

#[test]
fn sc_2_3_2_it_is_not_acknowledged_while_something_is_missing_and_the_error_names_it() {
    let refused = received("2025-06-07")
        .acknowledge(
            &calendar(),
            vec!["the vulnerabilities", "the desired outcome"],
            day("2025-06-09"),
            by("2025-06-09"),
        )
        .unwrap_err();

    assert_eq!(
        refused.to_string(),
        "it can't be acknowledged without the vulnerabilities, the desired outcome"
    );
}

#[test]
fn sc_4_4_3_the_response_is_due_ten_working_days_after_the_acknowledgement() {
    assert_eq!(investigated().response.due(), day("2025-06-26"));
}

#[test]
fn sc_4_4_3_it_is_extended_once_by_up_to_ten_working_days_with_a_reason() {
    let on = by("2025-06-20");
    let mut investigation = investigated();

    let refused = investigation.extend(&calendar(), extending(11), on);
    assert_eq!(refused, Err(ProcedureError::TooLong(10)));
    let silent = Extending {
        reason: " ".to_owned(),
        ..extending(10)
    };
    assert_eq!(
        investigation.extend(&calendar(), silent, on),
        Err(ProcedureError::NoReason)
    );

    investigation
        .extend(&calendar(), extending(10), on)
        .unwrap();
    assert_eq!(investigation.response.due(), day("2025-07-10"));
    assert_eq!(
        investigation.extend(&calendar(), extending(1), on),
        Err(ProcedureError::ExtendedBefore)
    );
}

#[test]
fn sc_4_4_4_beyond_that_a_senior_colleague_s_approval_gives_a_revised_date() {
    let on = by("2025-06-20");
    let mut investigation = investigated();

    let early = investigation.extend_further(&calendar(), further("2025-07-18", None), on);
    assert_eq!(early, Err(ProcedureError::NotExtendedBefore(10)));
    investigation
        .extend(&calendar(), extending(10), on)
        .unwrap();
    let other = ExtendingFurther {
        approval: approval(Matter::BehaviourExclusion),
        ..further("2025-07-18", None)
    };
    assert_eq!(
        investigation.extend_further(&calendar(), other, on),
        Err(ProcedureError::OtherApproval)
    );
    investigation
        .extend_further(&calendar(), further("2025-07-18", None), on)
        .unwrap();

    assert_eq!(investigation.response.due(), day("2025-07-18"));
}

#[test]
fn sc_4_4_3_the_person_hears_of_an_extension_before_the_response_goes_out() {
    let mut investigation = investigated();
    investigation
        .extend(&calendar(), extending(5), by("2025-06-20"))
        .unwrap();
    let on = day("2025-07-01");

    let refused = investigation
        .clone()
        .answer(&calendar(), Decision::Upheld, on, by("2025-07-01"));
    assert_eq!(refused.unwrap_err(), ProcedureError::Untold);
    let letter = told("2025-06-20");
    investigation.tell(letter, by("2025-06-20")).unwrap();
    assert!(
        investigation
            .answer(&calendar(), Decision::Upheld, on, by("2025-07-01"))
            .is_ok()
    );
}

#[test]
fn sc_4_4_3_an_answer_a_day_late_stays_late() {
    let (_, stage) = investigated()
        .answer(
            &calendar(),
            Decision::NotUpheld,
            day("2025-06-27"),
            by("2025-06-27"),
        )
        .unwrap();

    assert_eq!(
        stage.response.state_on(day("2025-06-27")),
        State::Met {
            on: day("2025-06-27"),
            late: true
        }
    );
}

#[test]
fn sc_3_2_8_an_exclusion_ends_it_before_or_after_the_acknowledgement() {
    let on = by("2025-06-20");

    let unacknowledged = received("2025-06-18")
        .exclude(exclusion(), day("2025-06-20"), on)
        .unwrap();
    let underway = investigated()
        .exclude(exclusion(), day("2025-06-20"), on)
        .unwrap();

    assert_eq!(unacknowledged.ended.how, End::NotAccepted(exclusion()));
    assert_eq!(underway.ended.how, End::NotAccepted(exclusion()));
    assert!(!underway.response.unwrap().is_open());
}

#[test]
fn sc_7_37_1_a_call_closes_a_complaint_only_when_the_person_was_told_so() {
    let on = day("2025-06-13");

    assert_eq!(
        investigated().resolve_by_telephone(None, false, on, by("2025-06-13")),
        Err(ProcedureError::NotToldItCloses)
    );
    let closed = investigated()
        .resolve_by_telephone(Some(Decision::Upheld), true, on, by("2025-06-13"))
        .unwrap();
    assert_eq!(closed.ended.how, End::Informally(Some(Decision::Upheld)));
    assert_eq!(
        received("2025-06-12")
            .resolve_by_telephone(Vec::new(), false, on, by("2025-06-13"))
            .unwrap_err(),
        ProcedureError::NotToldItCloses
    );
}

#[test]
fn sc_7_3_2_a_call_closes_nothing_of_which_what_must_be_asked_was_not_asked() {
    let on = day("2025-06-13");
    let call =
        |missing| received("2025-06-12").resolve_by_telephone(missing, true, on, by("2025-06-13"));

    assert_eq!(
        call(vec!["the definition", "the vulnerabilities"])
            .unwrap_err()
            .to_string(),
        "a call can't close it without the definition, the vulnerabilities"
    );
    assert_eq!(
        call(Vec::new()).unwrap().ended.how,
        End::Informally(None),
        "nothing was found yet"
    );
}

#[test]
fn sc_8_4_12_the_last_day_of_the_four_weeks_is_in_time_and_the_next_needs_a_reason() {
    assert_eq!(answered().window.due(), day("2025-07-24"));
    let ask = |request: Escalation| {
        let on = request.requested_on.to_string();
        answered().request_escalation(&calendar(), request, by(&on))
    };

    assert!(ask(escalation("2025-07-24")).is_ok());
    assert_eq!(
        ask(escalation("2025-07-25")).unwrap_err(),
        ProcedureError::WindowClosed(day("2025-07-24"))
    );
    let late = Escalation {
        discretion: "In hospital from 10 to 24 July".to_owned(),
        ..escalation("2025-07-25")
    };
    assert!(ask(late).is_ok());
}

#[test]
fn sc_8_4_10_an_escalation_says_why() {
    let silent = Escalation {
        reasons: String::new(),
        ..escalation("2025-07-10")
    };

    let refused = answered().request_escalation(&calendar(), silent, by("2025-07-10"));

    assert_eq!(refused.unwrap_err(), ProcedureError::NoReasons);
}

#[test]
fn sc_8_4_15_the_request_is_acknowledged_within_five_working_days_of_it() {
    assert_eq!(requested().acknowledgement.due(), day("2025-07-17"));
}

#[test]
fn sc_8_4_15_nobody_with_a_part_in_stage_1_reviews_it() {
    let investigator = kit::id();
    let on = day("2025-07-14");

    let refused = requested().accept(
        &calendar(),
        investigator,
        &[kit::id(), investigator],
        on,
        by("2025-07-14"),
    );

    assert_eq!(refused.unwrap_err(), ProcedureError::InvolvedBefore);
}

#[test]
fn sc_8_4_16_stage_2_has_twenty_working_days_and_up_to_twenty_more() {
    let on = by("2025-07-20");
    let mut review = reviewed();
    assert_eq!(review.response.due(), day("2025-08-11"));

    assert_eq!(
        review.extend(&calendar(), extending(21), on),
        Err(ProcedureError::TooLong(20))
    );
    review.extend(&calendar(), extending(20), on).unwrap();

    // Monday 25 August is the bank holiday.
    assert_eq!(review.response.due(), day("2025-09-09"));
    assert_eq!(
        review.extend_further(
            &calendar(),
            further("2025-09-30", Some(told("2025-07-20"))),
            on
        ),
        Ok(())
    );
}

fn refused_with(words: &str) -> Refusal {
    Refusal {
        ground: Some(Ground::NothingNew),
        words: words.to_owned(),
        exclusion: None,
    }
}

#[test]
fn sc_8_4_14_a_rejected_request_ends_the_procedure_with_its_reason() {
    let on = day("2025-07-14");

    let closed = requested()
        .reject(refused_with("Nothing new is raised."), on, by("2025-07-14"))
        .unwrap();

    assert_eq!(
        closed.ended.how,
        End::EscalationRejected(refused_with("Nothing new is raised."))
    );
    assert_eq!(
        requested().reject(refused_with(" "), on, by("2025-07-14")),
        Err(ProcedureError::NoWords)
    );
}

#[test]
fn sc_8_4_13_a_new_complaint_leaves_the_answer_as_it_was() {
    let on = day("2025-07-14");

    let (answered, acknowledgement) = requested().treat_as_new(on, by("2025-07-14")).unwrap();

    assert_eq!(answered.outcome, Decision::Upheld);
    assert_eq!(acknowledgement.met_on(), Some(on));
}

#[test]
fn sc_8_4_20_the_answer_of_stage_2_is_the_end() {
    let closed = reviewed()
        .answer(Decision::NotUpheld, day("2025-08-08"), by("2025-08-08"))
        .unwrap();

    assert_eq!(closed.ended.how, End::AtStageTwo(Decision::NotUpheld));
}

#[test]
fn a_deadline_in_a_year_without_published_bank_holidays_is_refused() {
    let refused = receive(&calendar(), day("2099-06-07"), by("2099-06-07")).unwrap_err();

    assert!(matches!(
        refused,
        ProcedureError::Ledger(LedgerError::NotCovered(_))
    ));
}
