//! What a complaint consists of, as its pages show it.

use chrono::NaiveDate;
use proto::identity::v1::Colleague;
use proto::service_complaint::v1::{
    ApprovalMatter, Complaint, Deadline, Decision, Element, Ending, Exclusion, LedgerEntry,
    StageRecord,
};

use super::super::Insight;
use super::super::step::{Step, is_open};
use super::super::words::{self as said, Due};
use crate::view::Status;
use crate::words;

/// Who complains, and what is known of their needs.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) email: String,
    pub(super) telephone: String,
    pub(super) postal_address: String,
    pub(super) format: &'static str,
    pub(super) contact: String,
    pub(super) communication_preference: String,
    pub(super) reasonable_adjustments: String,
    pub(super) vulnerabilities: String,
}

impl Person {
    pub(super) fn new(complaint: &Complaint) -> Self {
        let user = complaint.service_user.clone().unwrap_or_default();
        let needs = complaint.needs.clone().unwrap_or_default();
        Self {
            kind: said::user_kind(user.kind()),
            format: said::format(user.format()),
            name: user.name,
            email: user.email,
            telephone: user.telephone,
            postal_address: user.postal_address,
            contact: needs.contact,
            communication_preference: needs.communication_preference,
            reasonable_adjustments: needs.reasonable_adjustments,
            vulnerabilities: needs.vulnerabilities,
        }
    }
}

/// An element with its finding.
pub(super) struct ElementView {
    pub(super) text: String,
    pub(super) stage: i32,
    pub(super) additional: bool,
    pub(super) finding: Status,
    pub(super) reason: String,
    pub(super) exclusion: Option<ExclusionView>,
    /// Where it is decided and where it is taken out; empty when it can't be.
    pub(super) decide: String,
    pub(super) exclude: String,
}

/// Why something is not investigated.
pub(super) struct ExclusionView {
    pub(super) reason: &'static str,
    pub(super) paragraph: String,
    pub(super) explanation: String,
    pub(super) details: String,
    pub(super) signpost: String,
}

impl ExclusionView {
    fn new(exclusion: &Exclusion) -> Self {
        Self {
            reason: said::exclusion(exclusion.reason()),
            paragraph: exclusion.paragraph.clone(),
            explanation: exclusion.explanation.clone(),
            details: exclusion.details.clone(),
            signpost: exclusion.signpost.clone(),
        }
    }
}

/// The number of the stage that is worked on.
fn stage_underway(complaint: &Complaint) -> i32 {
    if Step::AnswerStage2.fits(complaint) {
        2
    } else {
        1
    }
}

impl ElementView {
    pub(super) fn all(complaint: &Complaint) -> Vec<Self> {
        complaint
            .elements
            .iter()
            .map(|it| Self::new(it, complaint))
            .collect()
    }

    fn new(element: &Element, complaint: &Complaint) -> Self {
        let finding = if element.exclusion.is_some() {
            Status {
                text: "Not investigated".to_owned(),
                colour: "grey",
            }
        } else {
            said::decision(element.decision())
        };
        let here = element.stage == stage_underway(complaint);
        let about = |step: Step| {
            if here && step.fits(complaint) {
                step.address_about(&complaint.reference, &element.id)
            } else {
                String::new()
            }
        };
        Self {
            text: element.text.clone(),
            stage: element.stage,
            additional: element.additional,
            finding,
            reason: element.reason.clone(),
            exclusion: element.exclusion.as_ref().map(ExclusionView::new),
            decide: about(Step::DecideElement),
            exclude: about(Step::ExcludeElement),
        }
    }
}

/// What a senior colleague was asked.
pub(super) struct ApprovalView {
    pub(super) matter: &'static str,
    pub(super) asked_by: String,
    pub(super) asked_at: String,
    pub(super) reason: String,
    pub(super) until: String,
    pub(super) verdict: Status,
    pub(super) decided_by: String,
    pub(super) comment: String,
    /// Where it is decided; empty when it is, or for somebody else to do.
    pub(super) decide: String,
}

impl ApprovalView {
    pub(super) fn all(complaint: &Complaint, session: &Insight) -> Vec<Self> {
        complaint
            .approvals
            .iter()
            .map(|it| {
                let (text, colour) = match (it.decided_at.is_some(), it.agreed) {
                    (false, _) => ("Waiting", "yellow"),
                    (true, true) => ("Agreed", "green"),
                    (true, false) => ("Not agreed", "red"),
                };
                let mine = it.asked_by_id == session.account.id;
                // Whether something is looked at is what a review decides (4.15).
                let of_the_review = it.matter() == ApprovalMatter::BehaviourExclusion;
                let kept_out = of_the_review && complaint.had_a_part;
                let decided = it.decided_at.is_some();
                let may_decide = session.decides() && !mine && !kept_out && !decided;
                Self {
                    matter: said::matter(it.matter()),
                    asked_by: it.asked_by.clone(),
                    asked_at: words::instant(it.asked_at.as_ref()),
                    reason: it.reason.clone(),
                    until: words::date(&it.until),
                    verdict: Status {
                        text: text.to_owned(),
                        colour,
                    },
                    decided_by: it.decided_by.clone(),
                    comment: it.comment.clone(),
                    decide: if may_decide {
                        Step::DecideApproval.address_about(&complaint.reference, &it.id)
                    } else {
                        String::new()
                    },
                }
            })
            .collect()
    }
}

/// How a complaint ended.
pub(super) struct EndingView {
    pub(super) on: String,
    pub(super) how: &'static str,
    pub(super) exclusion: Option<ExclusionView>,
    /// On which ground stage 2 was refused; empty when it was not.
    pub(super) ground: String,
    pub(super) reason: String,
}

impl EndingView {
    pub(super) fn new(ending: &Ending) -> Self {
        Self {
            on: words::date(&ending.on),
            how: said::ending(ending.kind()),
            exclusion: ending.exclusion.as_ref().map(ExclusionView::new),
            ground: ending.refusal.as_ref().map_or_else(String::new, |it| {
                format!("{} (policy {})", it.label, it.paragraph)
            }),
            reason: ending.reason.clone(),
        }
    }
}

/// An interest that somebody declared (3.4).
pub(super) struct ConflictView {
    pub(super) by: String,
    pub(super) interest: &'static str,
    pub(super) reason: String,
    pub(super) at: String,
    /// Who said so for them; empty when they did so themselves.
    pub(super) recorded_by: String,
}

impl ConflictView {
    pub(super) fn all(complaint: &Complaint) -> Vec<Self> {
        let conflicts = complaint.conflicts.iter();
        conflicts
            .map(|it| Self {
                by: it.declared_by.clone(),
                interest: said::interest(it.interest()),
                reason: it.reason.clone(),
                at: words::instant(it.declared_at.as_ref()),
                recorded_by: it.recorded_by.clone(),
            })
            .collect()
    }
}

/// A clock with its ledger.
pub(super) struct Clock {
    pub(super) name: String,
    pub(super) due_on: String,
    pub(super) standing: Due,
    pub(super) untold: bool,
    /// Why it was late, and who said so; empty while nobody has.
    pub(super) lateness: String,
    pub(super) calendar: String,
    pub(super) entries: Vec<EntryView>,
}

/// A line of a ledger.
pub(super) struct EntryView {
    pub(super) on: String,
    pub(super) by: String,
    pub(super) text: String,
    pub(super) until: String,
}

impl Clock {
    pub(super) fn all(
        complaint: &Complaint,
        colleagues: &[Colleague],
        today: NaiveDate,
    ) -> Vec<Self> {
        let of_stage = |stage: &Option<StageRecord>, names: [&str; 2]| {
            let stage = stage.clone().unwrap_or_default();
            names
                .map(str::to_owned)
                .into_iter()
                .zip([stage.acknowledgement, stage.response])
                .collect::<Vec<_>>()
        };
        let first = [
            "Stage 1 acknowledgement (policy 4.1)",
            "Stage 1 response (policy 4.3)",
        ];
        let second = [
            "Stage 2 acknowledgement (policy 4.15)",
            "Stage 2 response (policy 4.16)",
        ];
        let window = (
            "Time to ask for stage 2 (policy 4.12)".to_owned(),
            complaint.escalation_window.clone(),
        );
        let actions = complaint
            .actions
            .iter()
            .map(|it| (format!("Action: {}", it.what), it.deadline.clone()));
        of_stage(&complaint.stage_1, first)
            .into_iter()
            .chain([window])
            .chain(of_stage(&complaint.stage_2, second))
            .chain(actions)
            .filter_map(|(name, deadline)| Some(Self::new(name, &deadline?, colleagues, today)))
            .collect()
    }

    fn new(name: String, deadline: &Deadline, colleagues: &[Colleague], today: NaiveDate) -> Self {
        Self {
            name,
            due_on: words::date(&deadline.due_on),
            standing: said::deadline(deadline, today),
            untold: deadline.untold,
            lateness: (deadline.lateness.as_ref())
                .map(|it| {
                    let cause = said::cause(it.cause());
                    format!("{cause}. {} Recorded by {}.", it.reason, it.recorded_by)
                })
                .unwrap_or_default(),
            calendar: deadline.calendar_version.clone(),
            entries: deadline
                .entries
                .iter()
                .map(|it| EntryView::new(it, colleagues))
                .collect(),
        }
    }
}

impl EntryView {
    fn new(entry: &LedgerEntry, colleagues: &[Colleague]) -> Self {
        let account = entry.by.strip_prefix("account:").unwrap_or(&entry.by);
        // Whoever has left is not among the colleagues any more, and the timeline has the name.
        let by = colleagues.iter().find(|it| account.contains(&it.id));
        Self {
            on: words::date(&entry.on),
            by: by.map_or_else(|| entry.by.clone(), |it| it.name.clone()),
            text: said::dated(&entry.text),
            until: words::date(&entry.until),
        }
    }
}

/// A stage with its findings.
pub(super) struct StageView {
    pub(super) number: i32,
    pub(super) handler: String,
    pub(super) outcome: Option<Status>,
    pub(super) answered_on: String,
    /// When the person was last told how it stands.
    pub(super) updated_on: String,
    pub(super) reasons: String,
    pub(super) new_evidence: String,
    pub(super) discretion: String,
    pub(super) summary: String,
    pub(super) elements: Vec<ElementView>,
}

impl StageView {
    pub(super) fn all(complaint: &Complaint) -> Vec<Self> {
        [&complaint.stage_1, &complaint.stage_2]
            .into_iter()
            .flatten()
            .map(|stage| Self::new(stage, complaint))
            .collect()
    }

    fn new(stage: &StageRecord, complaint: &Complaint) -> Self {
        let outcome = match stage.outcome() {
            Decision::Unspecified => None,
            outcome => Some(said::decision(outcome)),
        };
        let elements = ElementView::all(complaint);
        Self {
            number: stage.stage,
            handler: stage.handler_name.clone(),
            answered_on: stage
                .response
                .as_ref()
                .map(|it| words::date(&it.met_on))
                .unwrap_or_default(),
            updated_on: words::date(&stage.updated_on),
            outcome,
            reasons: stage.reasons.clone(),
            new_evidence: stage.new_evidence.clone(),
            discretion: stage.discretion.clone(),
            summary: stage.summary.clone(),
            elements: elements
                .into_iter()
                .filter(|it| it.stage == stage.stage)
                .collect(),
        }
    }
}

/// A remedy.
pub(super) struct RemedyView {
    pub(super) kind: &'static str,
    pub(super) stage: i32,
    pub(super) text: String,
    /// What an apology or compensation says besides.
    pub(super) more: String,
    /// Where it is taken back, and where an action is promised that delivers it; empty when they can't be.
    pub(super) withdraw: String,
    pub(super) promise: String,
}

impl RemedyView {
    pub(super) fn all(complaint: &Complaint) -> Vec<Self> {
        let reference = &complaint.reference;
        let underway = stage_underway(complaint);
        complaint
            .remedies
            .iter()
            .map(|it| {
                let withdraws = it.stage == underway && Step::WithdrawRemedy.fits(complaint);
                let promised = complaint
                    .actions
                    .iter()
                    .any(|action| action.remedy_id == it.id && action.withdrawn_because.is_empty());
                Self {
                    kind: said::remedy(it.kind()),
                    stage: it.stage,
                    text: it.text.clone(),
                    more: more_about(it),
                    withdraw: if withdraws && !promised {
                        Step::WithdrawRemedy.address_about(reference, &it.id)
                    } else {
                        String::new()
                    },
                    promise: if promised {
                        String::new()
                    } else {
                        Step::Promise.address_about(reference, &it.id)
                    },
                }
            })
            .collect()
    }
}

fn more_about(remedy: &proto::service_complaint::v1::Remedy) -> String {
    use proto::service_complaint::v1::RemedyKind::{Apology, Compensation};
    match remedy.kind() {
        Apology => {
            let how = if remedy.verbal {
                "Spoken"
            } else {
                "In writing"
            };
            let whose = if remedy.from_the_ombudsman {
                "from the Ombudsman"
            } else {
                "from the Service"
            };
            format!("{how}, {whose}")
        }
        Compensation => {
            let (level, _) = said::level(remedy.level());
            format!("£{}, {}", remedy.pounds, level.to_lowercase())
        }
        _ => String::new(),
    }
}

/// An action.
pub(super) struct ActionView {
    pub(super) what: String,
    pub(super) owner: String,
    pub(super) due: Due,
    pub(super) evidence: String,
    pub(super) withdrawn_because: String,
    /// What keeps whoever is accountable from it, while it is open.
    pub(super) hindrance: String,
    /// Where it is completed and withdrawn; empty when it is neither's time.
    pub(super) complete: String,
    pub(super) withdraw: String,
    /// Where it is given to somebody else.
    pub(super) give: String,
    /// Whether whoever is accountable has an interest in the complaint, so that it must be (3.4).
    pub(super) left: bool,
}

impl ActionView {
    pub(super) fn all(complaint: &Complaint, today: NaiveDate) -> Vec<Self> {
        let reference = &complaint.reference;
        complaint
            .actions
            .iter()
            .map(|it| {
                let about = |step: Step| {
                    if is_open(it) {
                        step.address_about(reference, &it.id)
                    } else {
                        String::new()
                    }
                };
                let withdrawn = !it.withdrawn_because.is_empty();
                let due = match &it.deadline {
                    _ if withdrawn => Due {
                        text: "Withdrawn".to_owned(),
                        colour: "grey",
                    },
                    Some(deadline) => said::deadline(deadline, today),
                    None => said::next_due(None, today),
                };
                Self {
                    due,
                    complete: about(Step::Complete),
                    withdraw: about(Step::Release),
                    give: about(Step::GiveAction),
                    left: it.to_be_handed_on,
                    what: it.what.clone(),
                    owner: it.owner_name.clone(),
                    evidence: it.evidence.clone(),
                    hindrance: if is_open(it) {
                        it.hindrance.clone()
                    } else {
                        String::new()
                    },
                    withdrawn_because: it.withdrawn_because.clone(),
                }
            })
            .collect()
    }
}
