//! What the workspace says, and what it offers.

use chrono::NaiveDate;
use proto::access::v1::Role;
use proto::service_complaint::v1::{
    Complaint, ComplaintStep, Deadline, DeadlineKind, Decision, Element, Exclusion, LetterDraft,
    LetterKind, MissingPart, NextDeadline, Remedy, StageRecord, Standing, Telling, TellingKind,
};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use super::complaint::next::{self, NextStep};
use super::step::{Field, Step, Typed, in_the_words_of, problems};
use super::words;
use super::{HOME, menu};
use crate::form::Errors;

fn today() -> NaiveDate {
    "2026-11-23".parse().unwrap()
}

fn next_in(due_on: &str, days: Option<i32>, late: bool) -> String {
    let next = NextDeadline {
        kind: DeadlineKind::Response.into(),
        due_on: due_on.to_owned(),
        late,
        working_days_left: days,
        what: String::new(),
    };
    words::next_due(Some(&next), today()).text
}

#[test]
fn sc_4_a_deadline_is_told_in_words() {
    assert_eq!(
        next_in("2026-11-23", Some(0), false),
        "Response due today, 23 November 2026"
    );
    assert_eq!(
        next_in("2026-11-24", Some(1), false),
        "Response due tomorrow, 24 November 2026"
    );
    assert_eq!(
        next_in("2026-11-27", Some(4), false),
        "Response due in 4 working days, 27 November 2026"
    );
    assert_eq!(
        next_in("2026-11-20", Some(-1), true),
        "Response 1 working day late, was due 20 November 2026"
    );
    assert_eq!(
        next_in("2026-11-22", Some(0), true),
        "Response late, was due 22 November 2026",
        "no working day has passed"
    );
    assert_eq!(
        next_in("2030-01-02", None, false),
        "Response due 2 January 2030",
        "nobody knows that year's bank holidays"
    );
    assert_eq!(words::next_due(None, today()).text, "");
}

#[test]
fn a_clock_that_was_met_says_whether_in_time() {
    let met = |late| Deadline {
        due_on: "2026-11-20".to_owned(),
        met_on: "2026-11-21".to_owned(),
        late,
        ..Deadline::default()
    };

    assert_eq!(
        words::deadline(&met(true), today()).text,
        "Done late, on 21 November 2026"
    );
    assert_eq!(
        words::deadline(&met(false), today()).text,
        "Done in time, on 21 November 2026"
    );
}

#[test]
fn what_a_service_says_becomes_a_sentence_of_the_page() {
    assert_eq!(
        words::sentence("it can't be before 2026-11-20"),
        "It can’t be before 20 November 2026"
    );
    assert_eq!(
        words::sentence("the 4 weeks ended on 2026-11-20; say why"),
        "The 4 weeks ended on 20 November 2026; say why"
    );
    assert_eq!(words::sentence(""), "");
    assert_eq!(
        words::dated("Done on 2026-11-20: call 'em back"),
        "Done on 20 November 2026: call 'em back",
        "what colleagues wrote stays as they wrote it"
    );
}

#[test]
fn everybody_has_the_menu_of_their_work() {
    let of = |role| menu(role).iter().map(|it| it.href).collect::<Vec<_>>();

    assert!(of(Role::ComplaintsInvestigator).contains(&HOME));
    assert!(of(Role::SeniorColleague).contains(&"/service-complaints/approvals"));
    assert!(!of(Role::ComplaintsInvestigator).contains(&"/service-complaints/approvals"));
    assert!(!of(Role::IndependentReviewer).contains(&"/service-complaints/record"));
    for nobodys in [Role::LandlordAdministrator, Role::LandlordSubAccount] {
        assert!(menu(nobodys).is_empty(), "{nobodys:?}");
    }
    // Any colleague records a complaint (1.6) and has actions of their own (4.29), and sees nothing else (1.8).
    for outside in [Role::Caseworker, Role::SystemAdministrator] {
        assert_eq!(of(outside), ["/record-service-complaint", "/my-actions"]);
    }
}

fn complaint(standing: Standing) -> Complaint {
    let clock = Deadline {
        due_on: "2026-11-24".to_owned(),
        working_days_left: Some(1),
        ..Deadline::default()
    };
    Complaint {
        reference: "SC202600001".to_owned(),
        standing: standing.into(),
        stage_1: Some(StageRecord {
            stage: 1,
            handler_id: "somebody".to_owned(),
            acknowledgement: Some(clock.clone()),
            response: Some(clock),
            ..StageRecord::default()
        }),
        ..Complaint::default()
    }
}

fn element(id: &str, decision: Decision) -> Element {
    Element {
        id: id.to_owned(),
        text: format!("Element {id}"),
        stage: 1,
        decision: decision.into(),
        ..Element::default()
    }
}

fn named<'a>(steps: &'a [NextStep], label: &str) -> &'a NextStep {
    let found = steps.iter().find(|it| it.label == label);
    found.unwrap_or_else(|| panic!("{label} is not to be done"))
}

#[test]
fn sc_2_3_2_what_is_missing_before_the_acknowledgement_leads_to_where_it_is_filled_in() {
    let mut received = complaint(Standing::Received);
    received.missing = vec![MissingPart {
        field: "needs.contact".to_owned(),
        what: "the contact".to_owned(),
    }];

    let steps = next::steps(&received, today());

    let contact = named(&steps, "Contact");
    assert_eq!(contact.status.text, "To do");
    assert_eq!(
        contact.href,
        "/service-complaints/SC202600001/steps/define#needs.contact"
    );
    assert_eq!(named(&steps, "Reasonable adjustments").status.text, "Done");
    let acknowledge = named(&steps, Step::Acknowledge.title());
    assert_eq!(acknowledge.status.text, "Cannot start yet");
    assert_eq!(acknowledge.href, "");

    received.missing.clear();
    let steps = next::steps(&received, today());
    let letter = named(&steps, "Write the letter: Acknowledgement");
    assert_eq!(letter.status.text, "To do");
    assert_eq!(
        letter.href,
        "/service-complaints/SC202600001/letters/write?kind=LETTER_KIND_ACKNOWLEDGEMENT"
    );
    assert_eq!(
        named(&steps, Step::Acknowledge.title()).status.text,
        "Or",
        "for an acknowledgement that went in another way"
    );
}

#[test]
fn sc_12_a_letter_that_is_begun_is_gone_on_with_and_not_begun_again() {
    let received = complaint(Standing::Received);
    let draft = |id: &str, kind: LetterKind| LetterDraft {
        id: id.to_owned(),
        kind: kind.into(),
        ..LetterDraft::default()
    };
    let drafts = [
        draft("d1", LetterKind::Acknowledgement),
        draft("d2", LetterKind::ProgressUpdate),
    ];

    let steps = next::steps(&received, today());
    let steps = next::with_drafts(steps, &received.reference, &drafts);

    assert!(
        !steps
            .iter()
            .any(|it| it.label.starts_with("Write the letter"))
    );
    assert_eq!(
        named(&steps, "Go on with the letter: Acknowledgement").href,
        "/service-complaints/SC202600001/letters/drafts/d1"
    );
    assert_eq!(steps[0].label, "Go on with the letter: Progress update");
}

#[test]
fn whoever_has_nothing_to_do_is_told_what_is_waited_for() {
    let mut answered = complaint(Standing::Answered);
    answered.escalation_window = Some(Deadline {
        due_on: "2026-12-21".to_owned(),
        ..Deadline::default()
    });
    let ended = |finished| Complaint {
        finished,
        ..complaint(Standing::Ended)
    };

    assert!(next::waits(&answered).contains("until 21 December 2026"));
    assert!(next::waits(&ended(true)).contains("no action is open"));
    assert!(next::waits(&ended(false)).contains("followed until it is done"));
    assert_eq!(next::waits(&complaint(Standing::Received)), "");
}

#[test]
fn sc_6_4_7_a_response_waits_for_every_finding_and_for_what_puts_it_right() {
    let mut investigated = complaint(Standing::Investigated);
    investigated.elements = vec![
        element("a", Decision::Upheld),
        element("b", Decision::Unspecified),
    ];
    let status = |complaint: &Complaint| {
        let steps = next::steps(complaint, today());
        named(&steps, Step::AnswerStage1.title())
            .status
            .text
            .clone()
    };

    assert_eq!(status(&investigated), "Cannot start yet", "b is undecided");
    investigated.elements[1].exclusion = Some(Exclusion::default());
    assert_eq!(
        status(&investigated),
        "Cannot start yet",
        "nothing puts it right"
    );
    investigated.elements[0].decision = Decision::NotUpheld.into();
    assert_eq!(status(&investigated), "Or", "and the letter is to do");
    if let Some(response) = investigated
        .stage_1
        .as_mut()
        .and_then(|it| it.response.as_mut())
    {
        response.untold = true;
        response.tell_by = "2020-02-03".to_owned();
    }
    assert_eq!(
        status(&investigated),
        "Cannot start yet",
        "the person does not know the date"
    );
    let steps = next::steps(&investigated, today());
    let extension = named(&steps, "Write the letter: Extension");
    assert_eq!(extension.status.text, "To do");
    assert!(extension.hint.ends_with("It was due on 3 February 2020."));
}

#[test]
fn sc_4_3_4_a_late_response_brings_the_update_that_the_person_is_owed() {
    let mut investigated = complaint(Standing::Investigated);
    let letter = "Write the letter: Progress update";
    let label = |complaint: &Complaint| {
        let steps = next::steps(complaint, today());
        steps.iter().any(|it| it.label == letter)
    };
    assert!(!label(&investigated));

    let stage = investigated.stage_1.get_or_insert_default();
    stage.update_due_on = "2090-02-03".to_owned();

    let steps = next::steps(&investigated, today());
    let update = named(&steps, letter);
    assert_eq!(update.status.text, "To do");
    assert!(update.hint.ends_with("Due on 3 February 2090."));
    named(&steps, Step::Update.title());
}

#[test]
fn sc_8_4_13_a_request_for_stage_2_has_three_answers() {
    let requested = Complaint {
        stage_2: Some(StageRecord {
            stage: 2,
            ..StageRecord::default()
        }),
        ..complaint(Standing::Requested)
    };

    let steps = next::steps(&requested, today());

    for answer in [Step::Accept, Step::TreatAsNew, Step::Reject] {
        named(&steps, answer.title());
    }
    let accept = named(&steps, "Write the letter: Stage 2 acknowledgement");
    assert_eq!(accept.status.text, "Cannot start yet", "nobody reviews it");
}

#[test]
fn sc_4_3_4_a_request_that_was_given_up_is_answered_by_nobody_before_somebody_has_it() {
    let given_up = Complaint {
        stage_2: Some(StageRecord {
            stage: 2,
            ..StageRecord::default()
        }),
        to_be_handed_on: true,
        ..complaint(Standing::Requested)
    };

    let steps = next::steps(&given_up, today());

    let refuse = named(&steps, "Reject it, or treat it as a new complaint");
    assert_eq!(refuse.status.text, "Cannot start yet");
    assert_eq!(refuse.href, "");
    for answer in [Step::TreatAsNew, Step::Reject] {
        assert!(steps.iter().all(|it| it.label != answer.title()));
    }
}

#[test]
fn a_step_is_offered_only_where_the_service_says_so() {
    let open = [ComplaintStep::RecordCorrespondence, ComplaintStep::AddNote];
    let ended = Complaint {
        open_steps: open.map(i32::from).to_vec(),
        ..complaint(Standing::Ended)
    };

    assert!(Step::Correspond.fits(&ended));
    assert!(Step::Note.fits(&ended));
    for closed in [Step::Define, Step::AnswerStage1, Step::DecideApproval] {
        assert!(!closed.fits(&ended), "{closed:?}");
    }
}

#[test]
fn sc_10_4_28_a_remedy_that_nobody_has_promised_is_to_do() {
    let mut investigated = complaint(Standing::Investigated);
    investigated.elements = vec![element("a", Decision::Upheld)];
    investigated.remedies = vec![Remedy {
        stage: 1,
        text: "A call".to_owned(),
        to_be_promised: true,
        ..Remedy::default()
    }];

    let steps = next::steps(&investigated, today());

    assert!(
        named(&steps, Step::Promise.title())
            .hint
            .contains("“A call”")
    );
    let answer = named(&steps, Step::AnswerStage1.title());
    assert_eq!(answer.status.text, "Cannot start yet");
}

/// 4.6, 4.9: what the person has not heard leads to the letter that tells it, or to where another way of telling is recorded.
#[test]
fn sc_10_what_the_person_has_not_heard_is_to_be_told() {
    let telling = |kind: TellingKind, what: &str| Telling {
        id: "told".to_owned(),
        kind: kind.into(),
        what: what.to_owned(),
        subject_id: "letter".to_owned(),
        due_on: "2026-11-24".to_owned(),
        ..Telling::default()
    };
    let waiting = Complaint {
        tellings: vec![
            telling(TellingKind::LetterRefused, "the acknowledgement"),
            telling(TellingKind::ActionDone, "Call the resident"),
        ],
        open_steps: vec![ComplaintStep::RecordTelling.into()],
        ..complaint(Standing::Answered)
    };

    let steps = next::steps(&waiting, today());

    let again = named(&steps, "Send it again: the acknowledgement");
    assert!(again.href.ends_with("/letters/letter/again"));
    named(&steps, "Tell the person that it is done: Call the resident");
    let recorded = named(&steps, "Record how the person was told: Call the resident");
    assert!(recorded.href.ends_with("/steps/told-of?item=told"));
    assert!(Step::TellOf.fits(&waiting));
    assert!(!Step::TellOf.fits(&complaint(Standing::Answered)));
}

#[test]
fn a_refusal_stands_beside_its_field_in_words() {
    let violation = FieldViolation::new("on", "it can't be before 2026-11-20");
    let details = ErrorDetails::with_bad_request(vec![
        violation,
        FieldViolation::new("handler_id", "not an id"),
        FieldViolation::new("handler_name", "too short"),
    ]);
    let refused = tonic::Status::with_error_details(tonic::Code::InvalidArgument, "no", details);

    let errors = problems(refused).unwrap();

    assert_eq!(errors.of("on"), "It can’t be before 20 November 2026");
    assert_eq!(errors.of("handler_id"), "Choose a colleague");
    assert_eq!(errors.all().len(), 2);
}

#[test]
fn mistakes_are_told_in_the_order_and_the_words_of_the_form() {
    let fields = [
        Field::date("on", "When was it done?"),
        Field::line("email", "Email address"),
        Field::text("evidence", "What shows that it was done?", 2_000)
            .missing("Enter what shows that it is done"),
    ];
    let mut errors = Errors::none();
    for (field, message) in [
        ("evidence", "Enter the evidence"),
        ("email", "Enter the email"),
        ("", "Read what changed"),
        ("on", "Enter the on"),
    ] {
        errors.add(field, message);
    }

    let said: Vec<_> = in_the_words_of(&fields, &errors)
        .all()
        .iter()
        .map(|it| it.message.clone())
        .collect();

    assert_eq!(
        said,
        [
            "Read what changed",
            "Enter a date",
            "Enter the email",
            "Enter what shows that it is done"
        ]
    );
    let long = Errors::one("evidence", "It is too long");
    assert_eq!(
        in_the_words_of(&fields, &long).of("evidence"),
        "It is too long"
    );
    let nowhere = Errors::one("handler_id", "You had a part in it");
    assert_eq!(
        in_the_words_of(&fields, &nowhere).of(""),
        "You had a part in it",
        "no link leads to a field that this form does not have"
    );
}

#[test]
fn sc_8_4_15_who_was_involved_before_is_told_beside_the_choice() {
    let details = ErrorDetails::with_error_info("INVOLVED_BEFORE", "service-complaint", []);
    let said = "stage 2 goes to a colleague who had no part in stage 1";
    let refused = tonic::Status::with_error_details(tonic::Code::FailedPrecondition, said, details);

    let errors = problems(refused).unwrap();

    assert_eq!(
        errors.of("handler_id"),
        "Stage 2 goes to a colleague who had no part in stage 1"
    );
}

#[test]
fn elements_are_what_stands_on_each_line() {
    let typed: Typed = [("elements", "One\r\n\r\n  Two  \r\n".to_owned())]
        .into_iter()
        .collect();

    assert_eq!(typed.lines("elements"), ["One", "Two"]);
    assert_eq!(typed.lines("nothing"), Vec::<String>::new());
}
