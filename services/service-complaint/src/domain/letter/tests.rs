//! Each kind of letter in each voice: whole when the complaint is, and refused by name when a part is missing.

use calendar::{Calendar, Extension, Length};
use chrono::NaiveDate;

use super::compose::{Making, compose};
use super::faults::{Fault, faults};
use super::plain::PlainEnglish;
use super::text::plain_text;
use super::{Block, Document, Kind, Part, Picked, Section, Words};
use crate::domain::complaint::tests::an_investigated_complaint;
use crate::domain::complaint::{
    Clocks, Complaint, Format, Offer, Promise, Raised, StageRecord, StageTwo, Standing,
};
use crate::domain::exclusion::Reason;
use crate::domain::finding::{Decision, Element, Finding, Standing as ElementStanding};
use crate::domain::monitoring;
use crate::domain::policy::Stage;
use crate::domain::procedure::{By, End, Ended, Escalation, receive};
use crate::domain::refusal::Ground;
use crate::domain::remedy::{Compensation, Level, Remedy};

const CONTACT: &str = "You can reply to this letter, or ask us to call you.";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn element(text: &str, standing: ElementStanding) -> Element {
    Element {
        id: kit::id(),
        text: text.to_owned(),
        standing,
    }
}

fn found(decision: Decision) -> ElementStanding {
    ElementStanding::Found(Finding {
        decision,
        reason: "Our record shows that nobody called you.".to_owned(),
    })
}

/// A complaint with all that any letter speaks of: both stages answered, a remedy, and an action that is open.
fn a_complaint(kind: Kind, format: Format) -> Complaint {
    let calendar = Calendar::england_and_wales();
    let by = By {
        actor: "account:test",
        today: day("2025-06-10"),
    };
    let mut complaint = an_investigated_complaint("2025-06-10");
    complaint.user.name = "Asha Verma".to_owned();
    complaint.user.email = "asha@example.org".to_owned();
    complaint.user.postal_address = "1 High Street\nLeeds\nLS1 1AA".to_owned();
    complaint.user.format = format;
    complaint.definition.desired_outcome = "You would like an apology.".to_owned();
    complaint.stage_one.handler = Some((kit::id(), "Ines Vestey".to_owned()));
    let one = element("The call was not made", found(Decision::Upheld));
    let two = element("The email was not answered", found(Decision::NotUpheld));
    complaint.elements = vec![
        (Stage::One, one, Raised::AtFirst),
        (Stage::Two, two, Raised::AtFirst),
    ];
    for stage in [Stage::One, Stage::Two] {
        let id = kit::id();
        complaint.offers.push(Offer {
            id,
            stage,
            remedy: Remedy::Compensation(
                Compensation::new(Level::ServiceFailure, 75, false).unwrap(),
            ),
            text: "This is for the wait.".to_owned(),
        });
        complaint.promises.push(promised("Pay you £75", Some(id)));
        keep(&mut complaint, by.today);
    }
    let call = promised("Call you about the repair", None);
    complaint.promises.push(call);
    if kind == Kind::Closing {
        keep(&mut complaint, by.today);
    }
    if matches!(kind, Kind::Extension | Kind::FurtherExtension) {
        extend(&mut complaint, &calendar, kind);
        return complaint;
    }
    if matches!(kind, Kind::Acknowledgement | Kind::ProgressUpdate) {
        return complaint;
    }
    let investigation = complaint.investigated().unwrap();
    let (answered, investigation) = investigation
        .answer(&calendar, Decision::Upheld, by.today, by)
        .unwrap();
    complaint.put_stage_one(investigation);
    complaint.stage_one.answer = Some((answered.on, answered.outcome));
    complaint.window = Some(answered.window);
    complaint.standing = Standing::Answered;
    if kind == Kind::StageOneResponse {
        return complaint;
    }
    let acknowledgement = receive(&calendar, by.today, by).unwrap().acknowledgement;
    complaint.stage_two = Some(StageTwo {
        record: StageRecord {
            handler: Some((kit::id(), "Ruth Weaver".to_owned())),
            clocks: Clocks {
                acknowledgement,
                response: complaint.stage_one.clocks.response.clone(),
            },
            answer: Some((by.today, Decision::NotUpheld)),
            updated_on: None,
        },
        request: Escalation {
            requested_on: by.today,
            reasons: "You did not look at my email.".to_owned(),
            new_evidence: String::new(),
            discretion: String::new(),
        },
        summary: String::new(),
    });
    complaint.standing = match kind {
        Kind::EscalationAccepted => Standing::Reviewed,
        _ => Standing::Ended(Ended {
            on: by.today,
            how: End::AtStageTwo(Decision::NotUpheld),
        }),
    };
    complaint
}

fn promised(what: &str, remedy_id: Option<uuid::Uuid>) -> Promise {
    let calendar = Calendar::england_and_wales();
    let (due_on, today) = (day("2025-06-20"), day("2025-06-10"));
    let what = what.to_owned();
    let action = monitoring::promise(&calendar, what, kit::id(), due_on, "test", today);
    Promise {
        action: action.unwrap(),
        stage: Stage::One,
        owner_name: "Omar Lund".to_owned(),
        remedy_id,
        withdrawn_because: String::new(),
        hindrance: String::new(),
    }
}

/// Completes everything that was promised.
fn keep(complaint: &mut Complaint, today: NaiveDate) {
    for promise in &mut complaint.promises {
        if promise.action.is_open() {
            let action = promise.action.clone();
            let evidence = "The note of that day".to_owned();
            promise.action = monitoring::complete(action, evidence, today, "test", today).unwrap();
        }
    }
}

fn extend(complaint: &mut Complaint, calendar: &Calendar, kind: Kind) {
    let response = complaint.stage_one.clocks.response.as_mut().unwrap();
    let count = if kind == Kind::Extension { 1 } else { 2 };
    for _ in 0..count {
        let extension = Extension {
            length: Length::WorkingDays(5),
            approved_by: "test".to_owned(),
            reason: "We wait for the notes of a call.".to_owned(),
            told: None,
        };
        response
            .extend(calendar, extension, "test", day("2025-06-10"))
            .unwrap();
    }
}

/// All that a writer can give.
fn words() -> Words {
    Words {
        paragraphs: vec![Picked {
            paragraph_id: kit::id(),
            text: "We got your letter on {received_on}.".to_owned(),
        }],
        text: "We have read the notes of the calls.\n\nWe have talked to the team.".to_owned(),
        reason: "What you told us was part of our first answer.".to_owned(),
        signpost: "Citizens Advice can help you with your landlord.".to_owned(),
        exclusion: Some(Reason::Decision),
        ground: Some(Ground::NothingNew),
        happened_on: None,
        summary: "You told us that nobody called. You asked us to look at your email.".to_owned(),
        next_update_on: Some(day("2025-06-17")),
        call_on: Some(day("2025-06-10")),
        told_it_closes: true,
    }
}

fn making<'a>(complaint: &'a Complaint, kind: Kind, words: &'a Words) -> Making<'a> {
    Making {
        complaint,
        kind,
        words,
        on: day("2025-06-10"),
        writer: "Ines Vestey",
        contact: CONTACT,
        portal_url: "https://portal.example",
        news: &[],
    }
}

fn parts(faults: &[Fault]) -> Vec<&str> {
    faults.iter().map(|it| it.part.as_str()).collect()
}

const FORMATS: [Format; 4] = [
    Format::Email,
    Format::Letter,
    Format::LargePrint,
    Format::EasyRead,
];

#[test]
fn sc_12_every_kind_in_every_format_holds_what_it_must_and_is_plain_english() {
    let words = words();
    for kind in Kind::ALL {
        for format in FORMATS {
            let complaint = a_complaint(kind, format);

            let making = making(&complaint, kind, &words);
            let document = compose(&making);

            assert_eq!(faults(&making, &document, true), [], "{kind:?} {format:?}");
            let text = plain_text(&document);
            let checked = PlainEnglish::default().check(&text, complaint.user.format);
            assert_eq!(checked.findings, [], "{kind:?} {format:?}: {}", text.text);
            let open = text.text.contains(['{', '}']);
            assert!(!open, "a placeholder is left: {}", text.text);
        }
    }
}

/// A letter that lost a part could not be sent, whatever the complaint holds.
#[test]
fn sc_12_each_part_that_a_kind_requires_is_missed_when_it_is_not_there() {
    let words = words();
    for kind in Kind::ALL {
        for part in kind.requires() {
            let complaint = a_complaint(kind, Format::Letter);
            let making = making(&complaint, kind, &words);
            let mut document = compose(&making);
            let keep = |it: &Section| it.part != *part;
            document.sections.retain(keep);
            document.factsheet.retain(keep);

            let faults = faults(&making, &document, true);

            assert_eq!(parts(&faults), [part.missing().1], "{kind:?}");
        }
    }
}

/// 4.7, 4.8: the error names the element that is undecided, unreasoned or not put right.
#[test]
fn sc_6_4_7_what_a_response_lacks_is_named() {
    let words = words();
    let mut complaint = a_complaint(Kind::StageOneResponse, Format::Letter);
    complaint.offers.clear();
    let undecided = element("The door", ElementStanding::Undecided);
    complaint
        .elements
        .push((Stage::One, undecided, Raised::Meanwhile));
    let making = making(&complaint, Kind::StageOneResponse, &words);

    let faults = faults(&making, &compose(&making), false);

    assert_eq!(
        parts(&faults),
        ["a decision on “The door”", "how things are put right"]
    );
}

/// 4.1, 3.2
#[test]
fn sc_2_what_an_acknowledgement_lacks_is_named_once() {
    let words = Words::default();
    let mut complaint = a_complaint(Kind::Acknowledgement, Format::Letter);
    complaint.standing = Standing::Received;
    complaint.stage_one.clocks.response = None;
    complaint.elements.clear();
    complaint.definition.desired_outcome.clear();
    complaint.user.postal_address.clear();
    let making = making(&complaint, Kind::Acknowledgement, &words);

    let faults = faults(&making, &compose(&making), false);

    assert_eq!(
        parts(&faults),
        [
            "the definition of the complaint",
            "the outcome that the person wants",
            "the contact",
            "the communication preference",
            "the reasonable adjustments",
            "the vulnerabilities",
            "what came of an early resolution",
            "the person's postal address",
        ]
    );
}

/// The reviewer's paragraphs 25 to 28: no question keeps open what has ended.
#[test]
fn sc_12_4_14_a_letter_that_ends_the_matter_asks_nothing() {
    for kind in Kind::ALL {
        let words = Words {
            text: "We are sorry. Have you a letter from your doctor? Goodbye.".to_owned(),
            ..words()
        };
        let complaint = a_complaint(kind, Format::Letter);
        let making = making(&complaint, kind, &words);

        let faults = faults(&making, &compose(&making), true);

        if kind.ends_the_matter() {
            assert_eq!(faults.len(), 1, "{kind:?}");
            assert_eq!(faults[0].field, "text");
            assert!(
                faults[0]
                    .part
                    .contains("“Have you a letter from your doctor?”")
            );
        } else {
            assert_eq!(faults, [], "{kind:?}");
        }
    }
}

/// The same holds for the letters' own words, in both voices.
#[test]
fn sc_12_4_14_the_letters_own_words_ask_nothing_where_it_ends() {
    let words = words();
    for kind in Kind::ALL.into_iter().filter(|it| it.ends_the_matter()) {
        for format in FORMATS {
            let complaint = a_complaint(kind, format);

            let text = plain_text(&compose(&making(&complaint, kind, &words)));

            assert!(!text.text.contains('?'), "{kind:?}: {}", text.text);
        }
    }
}

#[test]
fn sc_12_a_placeholder_that_nobody_filled_keeps_the_letter_back() {
    let words = Words {
        text: "I am sorry for {what went wrong}.".to_owned(),
        ..words()
    };
    let complaint = a_complaint(Kind::StageOneResponse, Format::Email);
    let making = making(&complaint, Kind::StageOneResponse, &words);

    let faults = faults(&making, &compose(&making), true);

    assert_eq!(parts(&faults), ["words in the place of {what went wrong}"]);
    assert_eq!(faults[0].field, "text");
}

/// 37.1: a letter about a call is not sent unless the person was told that the call closes it.
#[test]
fn sc_7_37_1_a_call_closes_only_what_the_person_knows_it_closes() {
    let words = Words {
        told_it_closes: false,
        ..words()
    };
    let complaint = a_complaint(Kind::InformalResolution, Format::Email);
    let making = making(&complaint, Kind::InformalResolution, &words);

    let faults = faults(&making, &compose(&making), true);

    assert_eq!(faults[0].field, "told_it_closes");
}

/// 4.3, 4.4: the first extension and a further one have letters of their own, and neither is sent without its extension.
#[test]
fn sc_4_4_4_an_extensions_letter_belongs_to_an_extension_that_is_untold() {
    let words = words();
    for (extended, kind) in [
        (Kind::Extension, Kind::FurtherExtension),
        (Kind::FurtherExtension, Kind::Extension),
        (Kind::ProgressUpdate, Kind::Extension),
    ] {
        let complaint = a_complaint(extended, Format::Email);
        let making = making(&complaint, kind, &words);

        let faults = faults(&making, &compose(&making), true);

        assert!(!faults.is_empty(), "{extended:?} {kind:?}");
    }
}

/// 4.9, 4.12, 4.22: while stage 2 can be asked for or something is still to be done, the complaint isn't told to be closed.
#[test]
fn sc_12_4_12_a_closing_letter_waits_for_the_end_of_the_four_weeks_and_of_every_action() {
    let words = words();
    let complaint = a_complaint(Kind::StageOneResponse, Format::Email);
    let early = making(&complaint, Kind::Closing, &words);
    let late = Making {
        on: day("2025-07-09"),
        ..early
    };
    let mut kept = complaint.clone();
    keep(&mut kept, day("2025-06-10"));
    let done = Making {
        complaint: &kept,
        ..late
    };

    let refused = faults(&early, &compose(&early), true);
    let unkept = faults(&late, &compose(&late), true);

    assert!(refused[0].part.contains("8 July 2025"), "{refused:?}");
    assert_eq!(
        parts(&unkept),
        ["the end of the action “Call you about the repair”"]
    );
    assert_eq!(faults(&done, &compose(&done), true), []);
}

/// 4.21, 4.22
#[test]
fn sc_11_4_22_after_four_weeks_nothing_is_answered_unless_an_action_is_open() {
    let words = words();
    let mut complaint = a_complaint(Kind::AfterClosing, Format::Email);
    let on = |date: &str, complaint: &Complaint| {
        let making = Making {
            on: day(date),
            ..making(complaint, Kind::AfterClosing, &words)
        };
        faults(&making, &compose(&making), true)
    };
    assert_eq!(on("2025-07-09", &complaint), []);

    complaint.promises.clear();

    assert_eq!(on("2025-07-08", &complaint), []);
    assert_eq!(on("2025-07-09", &complaint).len(), 1);

    // What came on the last day is answered in the days that every acknowledgement has.
    complaint.unanswered_since = Some(day("2025-07-08"));
    assert_eq!(on("2025-07-15", &complaint), []);
}

/// The reviewer's paragraph 40: "accepted as a stage one complaint" may be read as "upheld".
#[test]
fn sc_12_40_the_acknowledgement_says_that_we_can_look_at_it() {
    let words = words();
    let complaint = a_complaint(Kind::Acknowledgement, Format::Email);

    let text = plain_text(&compose(&making(&complaint, Kind::Acknowledgement, &words))).text;

    for said in [
        "We have decided we can look at your complaint about our service.",
        "- The call was not made",
        "We understand that this is the outcome you want:\n\n- You would like an apology.",
        "If you want something else, or if a point is wrong or missing, please tell us.",
        "We will answer by: 24 June 2025",
        "Factsheet: complaints about our service",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("accepted"), "{text}");
}

/// 4.7, 4.12, 4.21
#[test]
fn sc_6_4_7_a_response_says_how_to_escalate_and_until_when() {
    let words = words();
    let complaint = a_complaint(Kind::StageOneResponse, Format::Letter);

    let text = plain_text(&compose(&making(
        &complaint,
        Kind::StageOneResponse,
        &words,
    )))
    .text;

    for said in [
        "1 High Street",
        "The call was not made\n\nWe uphold this point.",
        "Our record shows that nobody called you.",
        "We will pay you £75. This is for the wait.",
        "Call you about the repair: Omar Lund will see to this by 20 June 2025.",
        "You can ask us to look at your complaint again by 8 July 2025.",
        "We got your letter on 10 June 2025.",
        "Until 8 July 2025, we will answer",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

/// Easy read has one idea in a line: what others wrote is broken up, too.
#[test]
fn sc_12_easy_read_gives_each_sentence_a_line_of_its_own() {
    let words = words();
    let complaint = a_complaint(Kind::StageTwoResponse, Format::EasyRead);

    let document: Document = compose(&making(&complaint, Kind::StageTwoResponse, &words));

    let summary = document.sections.iter().find(|it| it.part == Part::Summary);
    assert_eq!(
        summary.unwrap().blocks,
        [
            Block::p("You told us that nobody called."),
            Block::p("You asked us to look at your email.")
        ]
    );
}
