//! What each step asks, and what it says to whoever takes it.

mod exclusion;
mod point;
mod remedy;
mod senior;
pub(super) mod telephone;

use chrono::NaiveDate;
use proto::identity::v1::Colleague;
use proto::service_complaint::v1::{Complaint, Decision, NoteKind, OutcomeReply, Policy, Standing};

use super::super::words as said;
use super::{Answer, Field, Step};
use crate::view::Choice;
use crate::words;

/// What a form is made from.
pub(super) struct About<'a> {
    pub(super) complaint: &'a Complaint,
    pub(super) policy: &'a Policy,
    pub(super) colleagues: &'a [Colleague],
    pub(super) item: &'a str,
    pub(super) today: NaiveDate,
}

/// What a form asks.
#[derive(Default)]
pub(super) struct Asked {
    /// What is to be known before it is filled in.
    pub(super) intro: Vec<String>,
    /// What it is about: a name and words that stand in the complaint.
    pub(super) about: Vec<(String, String)>,
    pub(super) fields: Vec<Field>,
    /// What stands in the fields at first.
    pub(super) first: Vec<(&'static str, String)>,
}

impl Asked {
    fn new(intro: &[&str], fields: Vec<Field>) -> Self {
        Self {
            intro: intro.iter().map(|it| (*it).to_owned()).collect(),
            fields,
            ..Self::default()
        }
    }

    fn about(mut self, name: &str, words: impl Into<String>) -> Self {
        self.about.push((name.to_owned(), words.into()));
        self
    }

    fn first(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.first.push((name, value.into()));
        self
    }
}

/// What a step asks; `None` when it is about a part that the complaint does not have.
#[expect(
    clippy::too_many_lines,
    reason = "a list with an entry for each step, which a reader goes through as one"
)]
pub(super) fn asked(step: Step, about: &About<'_>) -> Option<Asked> {
    let today = about.today.format("%d/%m/%Y").to_string();
    let on = |label: &str, hint: &str| Field::past_date("on", label, about.today).hint(hint);
    let asked = match step {
        Step::Define => define(about),
        Step::Acknowledge => Asked::new(
            &[
                "The acknowledgement sets out the definition, the desired outcome as we understand it, and what happens next. It is sent within 5 working days of the complaint (policy 4.1).",
                "The response is due within 10 working days of the acknowledgement (policy 4.3).",
            ],
            vec![on("When was it sent?", "For example, 18/10/2024"), proof()],
        )
        .first("on", today),
        Step::ReplyToOutcome => reply(about.complaint),
        Step::AddElement => point::raised(about),
        Step::DecideElement => element(about)?,
        Step::ExcludeElement => exclusion::of_element(about)?,
        Step::Extend => extend(about),
        Step::TellOf => {
            let told_of = (about.complaint.tellings.iter())
                .find(|it| it.id == about.item && super::is_to_tell(it))?;
            Asked::new(
                &["Record it when the person was told in another way than by a letter that was sent here, such as on a call."],
                vec![
                    on("When was the person told?", "For example, 18/10/2024"),
                    Field::line("proof", "Where can it be seen?").missing("Enter where it can be seen that the person was told").hint("Such as a note of a call"),
                ],
            )
            .about(said::telling(told_of.kind()), told_of.what.as_str())
            .first("on", today)
        }
        Step::Tell => Asked::new(
            &[
                "A person is told the reason for an extension and the revised date (policy 4.3, 4.4). The response can’t be recorded before that.",
            ],
            vec![
                on("When was the person told?", "For example, 18/10/2024"),
                Field::line("proof", "Where can it be seen?").missing("Enter where it can be seen that the person was told")
                    .hint("Such as a letter, or a note of a call"),
            ],
        )
        .first("on", today),
        Step::Update => Asked::new(
            &[
                "While a response has more time than the ordinary extension, or is late, the person is told regularly how it stands (policy 3.4, 4.4, 4.17).",
            ],
            vec![
                on("When was the person told?", "For example, 18/10/2024"),
                Field::text("text", "What was the person told?", 2_000).missing("Enter the words"),
            ],
        )
        .first("on", today),
        Step::AskSenior => senior::ask(about.complaint),
        Step::Exclude => exclusion::of_complaint(about, today),
        Step::Telephone => telephone::closing(about, today),
        Step::OfferRemedy => remedy::offer(about),
        Step::WithdrawRemedy => {
            let remedy = (about.complaint.remedies.iter()).find(|it| it.id == about.item)?;
            Asked::new(
                &["The remedy will not be part of the response. If an action delivers it, withdraw that first."],
                Vec::new(),
            )
            .about(said::remedy(remedy.kind()), &remedy.text)
        }
        Step::Promise => remedy::promise(about),
        Step::Complete => remedy::action(about)?.with(vec![
            on("When was it done?", "For example, 18/10/2024"),
            Field::text("evidence", "What shows that it was done?", 2_000).missing("Enter what shows that it is done")
                .hint("Such as a letter, a note in the case, or a payment"),
        ]),
        Step::Release => remedy::action(about)?.with(vec![
            Field::text("reason", "Why is it no longer needed?", 1_000).missing("Enter a reason"),
        ]),
        Step::GiveAction => remedy::action(about)?.with(vec![Field::select(
            "owner_id",
            "Who is accountable for it from now on?",
            people(about.colleagues),
        )]),
        Step::AnswerStage1 => answer(
            about.complaint,
            1,
            "The response sets out the definition, the decision on each element, the remedies, and how to ask for stage 2 (policy 4.7).",
        )
        .with(vec![on("When was it sent?", "For example, 18/10/2024"), proof()])
        .first("on", today),
        Step::RequestStage2 => request_stage_2(about, today),
        Step::Accept => Asked::new(
            &[
                "The request is acknowledged within 5 working days. Stage 2 goes to a colleague who had no part in stage 1 (policy 4.15). The response is due within 20 working days of the acknowledgement (policy 4.16).",
            ],
            vec![
                on("When was it acknowledged?", "For example, 18/10/2024"),
                proof(),
                Field::select("handler_id", "Who reviews it?", people(about.colleagues)),
            ],
        )
        .first("on", today)
        .first("handler_id", handler(about.complaint)),
        Step::Reject => Asked::new(
            &[
                "This ends the procedure: the person has no further step with us (policy 4.14). Say why in words for the person.",
            ],
            vec![
                Field::radios("ground", "On which ground?", grounds(about.policy)),
                on("When was the person told?", "For example, 18/10/2024"),
                proof(),
                Field::text("reason", "Why is it rejected?", 5_000).missing("Enter a reason"),
            ]
            .into_iter()
            .chain(exclusion::of_request(about.policy))
            .collect(),
        )
        .first("on", today),
        Step::TreatAsNew => Asked::new(
            &[
                "What the person asks for is a new stage 1 complaint (policy 4.13). We record it, received on the day of the request. Stage 1 of this complaint stays answered as it was.",
            ],
            vec![
                on("When was the person told?", "For example, 18/10/2024"),
                proof(),
            ],
        )
        .first("on", today),
        Step::AnswerStage2 => answer(
            about.complaint,
            2,
            "The response sums up the complaint and why it was escalated, answers each element of the escalation, states the decisions and the remedies, and says that this is the end of the procedure (policy 4.18).",
        )
        .with(vec![
            on("When was it sent?", "For example, 18/10/2024"),
            proof(),
            Field::text(
                "summary",
                "The complaint and why it was escalated, in a summary",
                5_000,
            ).missing("Enter what it is about, in a few sentences"),
        ])
        .first("on", today),
        Step::Correspond => Asked::new(
            &[
                "For 4 weeks after the closing, and while an action is open, we acknowledge what a person writes and advise them (policy 4.21). After that it is filed and not answered (policy 4.22). We tell you which it is.",
            ],
            vec![
                on("When did it come?", "For example, 18/10/2024"),
                Field::text("text", "What does it say?", 10_000).missing("Enter the words"),
            ],
        )
        .first("on", today),
        Step::Assign => Asked::new(
            &[
                "Stage 2 goes to a colleague who had no part in stage 1 (policy 4.15): we refuse anyone who worked on it.",
            ],
            vec![Field::select("handler_id", "Who handles it?", people(about.colleagues))],
        )
        .first("handler_id", handler(about.complaint)),
        Step::SendLink => send_link(about.complaint),
        Step::DecideApproval => senior::decide(about)?,
        Step::Explain => explain(about.complaint),
        Step::Note => Asked::new(
            &["Notes stay as they were written. Whoever writes one has a part in the stage (policy 4.15)."],
            vec![
                Field::radios(
                    "kind",
                    "What are you writing down?",
                    [NoteKind::Note, NoteKind::Evidence, NoteKind::Contact]
                        .map(|it| Answer::new(it.as_str_name(), said::note(it)))
                        .into(),
                ),
                on("Which day is it about?", "For example, 18/10/2024"),
                Field::text("text", "What is to be kept?", 5_000).missing("Enter the words")
                    .hint("For evidence, say where it is kept"),
            ],
        )
        .first("on", today),
        Step::NoLesson => Asked::new(
            &[
                "The complaint was upheld, so something may be learned from it (policy 6.2). If there is a lesson, record that instead, under “Record a lesson”.",
            ],
            vec![
                Field::text("reason", "Why is there nothing to learn?", 1_000)
                    .missing("Enter a reason")
                    .hint("For example, that the same lesson is recorded already and its action is under way"),
            ],
        ),
        Step::Declare => declare(about),
    };
    Some(asked)
}

impl Asked {
    fn with(mut self, fields: Vec<Field>) -> Self {
        self.fields.extend(fields);
        self
    }
}

/// An interest, one's own or, for those who decide, one that they see in a colleague (3.4).
fn declare(about: &About<'_>) -> Asked {
    let may_be_another = !about.colleagues.is_empty();
    let interests = said::INTERESTS.map(|(it, mine)| {
        let words = if may_be_another {
            said::interest(it)
        } else {
            mine
        };
        Answer::new(it.as_str_name(), words)
    });
    let mut fields = vec![
        Field::radios("interest", "What is the interest?", interests.into())
            .missing("Choose what the interest is"),
        Field::text("reason", "What should colleagues know about it?", 1_000)
            .missing("Enter what colleagues should know about it")
            .hint("In a sentence. Whoever deals with the complaint can read it"),
    ];
    if may_be_another {
        let mut people = people(about.colleagues);
        "It is mine".clone_into(&mut people[0].label);
        let whose = Field::select("account_id", "Whose interest is it?", people);
        let hint = "You can also say that a colleague has, or could seem to have, an interest";
        fields.insert(0, whose.hint(hint));
    }
    Asked::new(
        &[
            "Say so if you know the person or somebody whom the complaint is about, if it is about your own work, or if anything else could seem to sway you (policy 3.4).",
            "From then on whoever has the interest can’t see the complaint or do anything about it. If they handle it, or are to do something about it, that is to be given to a colleague. This can’t be taken back.",
        ],
        fields,
    )
}

/// The grounds to refuse stage 2, each with what the person is told (2.5, 4.12, 4.13).
fn grounds(policy: &Policy) -> Vec<Answer> {
    let answers = policy.refusals.iter().map(|terms| {
        let hint = format!("{} (policy {})", terms.explanation, terms.paragraph);
        Answer::new(terms.ground().as_str_name(), terms.label.as_str()).hint(hint)
    });
    answers.collect()
}

/// Where it can be seen that the person was told of a step that is recorded by hand. A letter that is written and sent here needs none.
fn proof() -> Field {
    Field::line("proof", "Where can it be seen?").missing("Enter where it can be seen that the person was told")
        .hint("Such as a letter on file. If you have not told the person yet, write the letter here instead: sending it takes this step")
}

/// The fields of the needs, which are asked at intake too.
pub(crate) fn needs() -> Vec<Field> {
    vec![
        Field::text("needs.contact", "How can the person be reached?", 2_000),
        Field::text(
            "needs.communication_preference",
            "How does the person prefer to be reached?",
            2_000,
        ),
        Field::text(
            "needs.reasonable_adjustments",
            "Reasonable adjustments",
            2_000,
        )
        .hint("Ask, and write “None” if there are none"),
        Field::text(
            "needs.vulnerabilities",
            "Vulnerabilities and safeguarding",
            2_000,
        )
        .hint("Ask, and write “None” if there are none"),
    ]
}

fn define(about: &About<'_>) -> Asked {
    let Complaint {
        elements,
        desired_outcome,
        early_resolution,
        needs: known,
        summary,
        ..
    } = about.complaint;
    let known = known.clone().unwrap_or_default();
    let types = said::TYPES
        .map(|(it, words)| Answer::new(it.as_str_name(), words))
        .into();
    let texts: Vec<&str> = elements.iter().map(|it| it.text.as_str()).collect();
    let mut fields = vec![
        Field::text(
            "elements",
            "Definition: what is complained about",
            20_000,
        )
        .hint("Put each element on a line of its own: each is decided by itself (policy 4.8). Up to 20 elements of 1,000 characters."),
        Field::text("desired_outcome", "Desired outcome, as we understand it", 2_000)
            .hint("The acknowledgement states it, and the person confirms or corrects it"),
        Field::radios("complaint_type", "What is it about?", types),
        Field::text("early_resolution", "Early resolution", 2_000)
            .hint("Whether it was considered, and what came of it (policy 3.2)"),
        Field::heading("The person’s needs"),
    ];
    fields.extend(needs());
    Asked::new(
        &[
            "All of this must be known before the complaint is acknowledged (policy 3.2). You can save a part and come back.",
        ],
        fields,
    )
    .about("In the person’s words", summary)
    .first("elements", texts.join("\n"))
    .first("desired_outcome", desired_outcome)
    .first("early_resolution", early_resolution)
    .first("complaint_type", about.complaint.complaint_type().as_str_name())
    .first("needs.contact", known.contact)
    .first("needs.communication_preference", known.communication_preference)
    .first("needs.reasonable_adjustments", known.reasonable_adjustments)
    .first("needs.vulnerabilities", known.vulnerabilities)
}

fn reply(complaint: &Complaint) -> Asked {
    let answers = vec![
        Answer::new(OutcomeReply::Confirmed.as_str_name(), "It is right"),
        Answer::new(OutcomeReply::Corrected.as_str_name(), "It is another one")
            .hint("Write the outcome as the person put it below"),
        Answer::new(
            OutcomeReply::NoReply.as_str_name(),
            "No reply, though we asked again",
        )
        .hint("Say below when we asked again, and where that can be seen"),
    ];
    Asked::new(
        &["The acknowledgement states the desired outcome as we understand it. Ask again if the person has not answered, by a call or an email. Only when they don’t reply to that either, record that there was no reply."],
        vec![
            Field::radios("reply", "What did the person say?", answers),
            Field::text("desired_outcome", "The outcome as corrected", 2_000)
                .hint("Only if it is another one"),
            Field::date("asked_again_on", "When was the person asked again?")
                .hint("Only if there was no reply. A day after the acknowledgement, with time to reply. For example, 18/10/2024")
                .missing("Enter when the person was asked again"),
            Field::line("asked_again_proof", "Where can it be seen that they were asked again?")
                .hint("Only if there was no reply. Such as a note of a call")
                .missing("Enter where it can be seen that the person was asked again"),
        ],
    )
    .about("Desired outcome, as we understand it", &complaint.desired_outcome)
}

fn explain(complaint: &Complaint) -> Asked {
    let late = super::unexplained(complaint);
    let promises: Vec<Answer> = late
        .iter()
        .map(|(stage, promise, name)| {
            Answer::new(&format!("{stage} {}", promise.as_str_name()), name.as_str())
        })
        .collect();
    let only = match promises.as_slice() {
        [only] => only.value.clone(),
        _ => String::new(),
    };
    let causes = said::CAUSES
        .map(|(cause, words)| Answer::new(cause.as_str_name(), words))
        .into();
    Asked::new(
        &["We tell how timely we are, and why we were late when we were. A stage can’t be closed before that is known, and the reason stays as it was written."],
        vec![
            Field::radios("promise", "What is late?", promises),
            Field::radios("cause", "What was the cause?", causes),
            Field::text("reason", "The reason, in words", 2_000).missing("Enter a reason"),
        ],
    )
    .first("promise", only)
}

fn element(about: &About<'_>) -> Option<Asked> {
    let element = about
        .complaint
        .elements
        .iter()
        .find(|it| it.id == about.item)?;
    let decisions = [
        (Decision::Upheld, "Our service failed."),
        (Decision::PartiallyUpheld, "Our service failed in part."),
        (Decision::NotUpheld, "Our service did not fail."),
    ];
    let answers = decisions.map(|(decision, hint)| {
        Answer::new(decision.as_str_name(), said::decision(decision).text).hint(hint)
    });
    let asked = Asked::new(
        &["Each element is decided by itself, and the outcome follows from all of them (policy 4.8)."],
        vec![
            Field::radios("decision", "What is the decision?", answers.into()),
            Field::text("reason", "Why, in words for the person", 5_000).missing("Enter a reason"),
        ],
    )
    .about("Element", &element.text)
    .first("decision", match element.decision() {
        Decision::Unspecified => String::new(),
        decided => decided.as_str_name().to_owned(),
    })
    .first("reason", &element.reason);
    Some(asked)
}

fn extend(about: &About<'_>) -> Asked {
    let (longest, paragraph) = if about.complaint.standing() == Standing::Reviewed {
        (about.policy.longest_extension_2, "4.16")
    } else {
        (about.policy.longest_extension_1, "4.3")
    };
    let intro = format!(
        "You can extend the response once, by up to {longest} working days (policy {paragraph}). Anything beyond that is for a senior colleague to agree. The person is told the reason and the new date."
    );
    let fields = vec![
        Field::number("working_days", "By how many working days?").hint(format!("1 to {longest}")),
        Field::text("reason", "Why is more time needed?", 1_000).missing("Enter a reason"),
    ];
    Asked::new(&[&intro], fields)
}

fn answer(complaint: &Complaint, stage: i32, intro: &str) -> Asked {
    let mut asked = Asked::new(&[intro], Vec::new());
    for element in complaint.elements.iter().filter(|it| it.stage == stage) {
        let decided = match (&element.exclusion, element.decision()) {
            (Some(_), _) => "Not investigated".to_owned(),
            (None, decision) => said::decision(decision).text,
        };
        asked = asked.about(&element.text, decided);
    }
    for remedy in complaint.remedies.iter().filter(|it| it.stage == stage) {
        asked = asked.about(said::remedy(remedy.kind()), &remedy.text);
    }
    asked
}

fn request_stage_2(about: &About<'_>, today: String) -> Asked {
    let window = about
        .complaint
        .escalation_window
        .as_ref()
        .map(|it| words::date(&it.due_on))
        .unwrap_or_default();
    let intro = format!(
        "A person can ask for stage 2 within 4 weeks of the stage 1 response, here until {window}. A later request is considered for good reasons, which you record (policy 4.12)."
    );
    let fields = vec![
        Field::past_date("on", "When did the request come?", about.today)
            .hint("For example, 18/10/2024"),
        Field::text("reasons", "Why does the person disagree?", 10_000).hint("Policy 4.10"),
        Field::text("elements", "What was not covered, or missed?", 20_000)
            .hint("Put each point on a line of its own: each is answered by itself. Up to 20 points of 1,000 characters."),
        Field::text("new_evidence", "What is new?", 10_000)
            .hint("New, relevant information that would change the response; leave it empty if there is none"),
        Field::text("discretion", "Why is a late request considered all the same?", 2_000)
            .hint(format!("Only after {window}")),
    ];
    Asked::new(&[&intro], fields).first("on", today)
}

fn send_link(complaint: &Complaint) -> Asked {
    let user = complaint.service_user.clone().unwrap_or_default();
    Asked::new(
        &["We email the person a new link to the page that shows where their complaint is. Check the address first: whoever has the link can see that page."],
        Vec::new(),
    )
    .about("Name", user.name)
    .about("Email address", user.email)
}

/// Whose the present stage is; empty while it is nobody's.
fn handler(complaint: &Complaint) -> String {
    super::present_stage(complaint)
        .map(|it| it.handler_id.clone())
        .unwrap_or_default()
}

/// People to choose from, with nobody chosen at first.
fn people(colleagues: &[Colleague]) -> Vec<Choice> {
    let choose = Choice {
        value: String::new(),
        label: "Choose a colleague".to_owned(),
    };
    let each = colleagues.iter().map(|it| Choice {
        value: it.id.clone(),
        label: it.name.clone(),
    });
    std::iter::once(choose).chain(each).collect()
}
