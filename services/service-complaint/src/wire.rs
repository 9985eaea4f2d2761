//! The wire's words for the domain's, and back.

pub mod oversight;
pub mod requests;

use calendar::{Calendar, Deadline, Entry, State, What};
use chrono::NaiveDate;
use proto::service_complaint::v1 as pb;

use crate::domain::approval::Matter;
use crate::domain::complaint::{
    Ask, Channel, Complaint, ComplaintType, Definition, Format, Needs, Offer, Origin, OutcomeReply,
    Promise, Raised, ServiceUser, StageRecord, StageTwo, Standing, UserKind,
};
use crate::domain::due::DueKind;
use crate::domain::exclusion::{Exclusion, Reason};
use crate::domain::finding::{Decision, Element, Finding, Standing as ElementStanding};
use crate::domain::lateness::{Cause, Lateness, Promise as LateWith};
use crate::domain::note::NoteKind;
use crate::domain::open::OpenStep;
use crate::domain::policy::Stage;
use crate::domain::procedure::{End, Ended, Escalation};
use crate::domain::progress::{self, Progress, Step, StepState};
use crate::domain::remedy::{ApologyForm, ApologyFrom, Level, Remedy};
use crate::domain::telling::{self, Telling};
use crate::store::NoteRow;

/// Pairs each value of an enum of the domain with its value on the wire, both ways; what the wire leaves unsaid is `None`.
macro_rules! same_words {
    ($domain:ty, $wire:ty, $($value:ident),* $(,)?) => {
        impl From<$domain> for $wire {
            fn from(value: $domain) -> Self {
                match value {
                    $(<$domain>::$value => Self::$value,)*
                }
            }
        }

        impl Said<$domain> for $wire {
            fn said(self) -> Option<$domain> {
                match self {
                    Self::Unspecified => None,
                    $(Self::$value => Some(<$domain>::$value),)*
                }
            }
        }
    };
}

pub(crate) use same_words;

/// A value of the wire that may be left unsaid.
pub trait Said<T> {
    /// What was said, if anything.
    fn said(self) -> Option<T>;
}

same_words!(
    Channel,
    pb::Channel,
    Webform,
    Email,
    Telephone,
    Letter,
    Colleague
);
same_words!(
    UserKind,
    pb::ServiceUserKind,
    Resident,
    Representative,
    Landlord,
    Other
);
same_words!(
    DueKind,
    pb::DeadlineKind,
    Acknowledgement,
    Response,
    Action,
    OutcomeReply,
    ProgressUpdate,
    Correspondence,
    Telling,
);
same_words!(
    telling::Kind,
    pb::TellingKind,
    LetterRefused,
    ActionDone,
    ElementExcluded
);
same_words!(
    OpenStep,
    pb::ComplaintStep,
    AssignHandler,
    Define,
    Acknowledge,
    RecordOutcomeReply,
    RecordPoint,
    DecideElement,
    ExcludeElement,
    ExtendResponse,
    RecordTold,
    RecordUpdate,
    RequestApproval,
    DecideApproval,
    Exclude,
    ResolveByTelephone,
    OfferRemedy,
    WithdrawRemedy,
    PromiseAction,
    CompleteAction,
    WithdrawAction,
    AnswerStage1,
    RequestEscalation,
    AcceptEscalation,
    RejectEscalation,
    TreatEscalationAsNew,
    AnswerStage2,
    RecordCorrespondence,
    RecordLateness,
    AddNote,
    RecordTelling,
);
same_words!(
    ComplaintType,
    pb::ComplaintType,
    Process,
    Conduct,
    NoService,
    Quality
);
same_words!(
    Cause,
    pb::LatenessCause,
    Workload,
    AwaitingColleague,
    AwaitingPerson,
    Complexity,
    Oversight,
    System,
    Other,
);
same_words!(LateWith, pb::Promise, Acknowledgement, Response);
same_words!(Format, pb::Format, Email, Letter, LargePrint, EasyRead);
same_words!(Decision, pb::Decision, Upheld, PartiallyUpheld, NotUpheld);
impl From<NoteKind> for pb::NoteKind {
    fn from(kind: NoteKind) -> Self {
        match kind {
            NoteKind::Note => Self::Note,
            NoteKind::Evidence => Self::Evidence,
            NoteKind::Contact => Self::Contact,
        }
    }
}

impl Said<NoteKind> for pb::NoteKind {
    /// Correspondence is nothing that a colleague writes down.
    fn said(self) -> Option<NoteKind> {
        match self {
            Self::Unspecified | Self::Correspondence => None,
            Self::Note => Some(NoteKind::Note),
            Self::Evidence => Some(NoteKind::Evidence),
            Self::Contact => Some(NoteKind::Contact),
        }
    }
}

same_words!(
    Matter,
    pb::ApprovalMatter,
    FurtherExtension,
    BehaviourExclusion
);
same_words!(
    Level,
    pb::CompensationLevel,
    ServiceFailure,
    SeriousServiceFailure,
    SignificantImpact,
);
same_words!(
    Reason,
    pb::ExclusionReason,
    ConcludedBefore,
    TooLongAgo,
    NotCommissioned,
    AnotherBody,
    Decision,
    LegalProcess,
    DataProtection,
    SubjectAccess,
    Employment,
    CorporateServices,
    Behaviour,
);

/// The reply about an outcome; on the wire, nothing yet is what is unspecified.
#[must_use]
pub fn outcome_reply(reply: pb::OutcomeReply) -> OutcomeReply {
    match reply {
        pb::OutcomeReply::Unspecified => OutcomeReply::None,
        pb::OutcomeReply::Confirmed => OutcomeReply::Confirmed,
        pb::OutcomeReply::Corrected => OutcomeReply::Corrected,
        pb::OutcomeReply::NoReply => OutcomeReply::NoReply,
    }
}

/// The standing's name in the database, for a filter.
#[must_use]
pub fn standing_filter(standing: pb::Standing) -> Option<&'static str> {
    match standing {
        pb::Standing::Unspecified => None,
        pb::Standing::Received => Some("received"),
        pb::Standing::Investigated => Some("investigated"),
        pb::Standing::Answered => Some("answered"),
        pb::Standing::Requested => Some("requested"),
        pb::Standing::Reviewed => Some("reviewed"),
        pb::Standing::Ended => Some("ended"),
    }
}

/// The number of a stage.
#[must_use]
pub fn stage(stage: Stage) -> i32 {
    match stage {
        Stage::One => 1,
        Stage::Two => 2,
    }
}

/// A decision, or none yet.
#[must_use]
pub fn decision(decision: Option<Decision>) -> pb::Decision {
    decision.map_or(pb::Decision::Unspecified, Into::into)
}

/// How it ended.
#[must_use]
pub fn ending_kind(how: &End) -> pb::EndingKind {
    match how {
        End::NotAccepted(_) => pb::EndingKind::NotAccepted,
        End::Informally => pb::EndingKind::Informally,
        End::EscalationRejected(_) => pb::EndingKind::EscalationRejected,
        End::AtStageTwo(_) => pb::EndingKind::AtStage2,
    }
}

/// The day that things are told on.
#[derive(Debug, Clone, Copy)]
pub struct Day<'a> {
    /// Which.
    pub today: NaiveDate,
    /// What counts the days.
    pub calendar: &'a Calendar,
}

impl Day<'_> {
    /// Working days until a date, negative once it has passed. `None` where the bank holidays are not known: the date itself is told anyway.
    fn working_days_left(self, due: NaiveDate) -> Option<i32> {
        let (from, to, sign) = if due < self.today {
            (due, self.today, -1)
        } else {
            (self.today, due, 1)
        };
        let days = self.calendar.working_days_until(from, to).ok()?;
        i32::try_from(days).ok().map(|days| sign * days)
    }
}

/// A complaint, as it stands today.
#[must_use]
pub fn complaint(complaint: Complaint, day: Day<'_>) -> pb::Complaint {
    let finished = complaint.is_finished(day.today);
    let next_deadline = next_deadline(&complaint, day);
    let missing = missing(&complaint);
    let remedies = complaint.offers.iter();
    let remedies = remedies
        .map(|it| remedy(it, complaint.is_to_be_promised(it)))
        .collect();
    let open_steps = complaint.open_steps(day.today).into_iter();
    let open_steps = open_steps.map(|it| pb::ComplaintStep::from(it).into());
    let open_steps = open_steps.collect();
    let tellings = tellings(&complaint, day);
    let Complaint {
        id,
        reference,
        user,
        channel,
        summary,
        definition:
            Definition {
                desired_outcome,
                outcome_reply,
                needs,
                early_resolution,
                complaint_type,
            },
        elements,
        case_reference,
        received_on,
        origin,
        standing,
        stage_one,
        window,
        stage_two,
        offers: _,
        promises,
        asks,
        points,
        latenesses,
        tellings: _,
        unanswered_since: _,
        version,
    } = complaint;
    let (follows_id, raised_during_id, service_request_id) = match origin {
        None => Default::default(),
        Some(Origin::Escalation(id)) => (id.to_string(), String::new(), String::new()),
        Some(Origin::Point(id)) => (String::new(), id.to_string(), String::new()),
        Some(Origin::Request(id)) => (String::new(), String::new(), id.to_string()),
    };
    let outcome_reply = match outcome_reply {
        OutcomeReply::None => pb::OutcomeReply::Unspecified,
        OutcomeReply::Confirmed => pb::OutcomeReply::Confirmed,
        OutcomeReply::Corrected => pb::OutcomeReply::Corrected,
        OutcomeReply::NoReply => pb::OutcomeReply::NoReply,
    };
    pb::Complaint {
        id: id.to_string(),
        reference,
        service_user: Some(service_user(user)),
        channel: pb::Channel::from(channel).into(),
        summary,
        elements: elements.into_iter().map(element).collect(),
        desired_outcome,
        outcome_reply: outcome_reply.into(),
        needs: Some(needs_of(needs)),
        early_resolution,
        case_reference,
        received_on: kit::time::iso(received_on),
        standing: standing_of(&standing).into(),
        stage_1: Some(record(stage_one, Stage::One, &latenesses, day)),
        stage_2: stage_two.map(|it| second(it, &latenesses, day)),
        escalation_window: window.as_ref().map(|it| deadline(it, day)),
        ending: ending(standing),
        remedies,
        actions: promises.into_iter().map(|it| action(it, day)).collect(),
        approvals: asks.into_iter().map(approval).collect(),
        finished,
        version,
        next_deadline,
        missing,
        follows_id,
        complaint_type: complaint_type
            .map_or(pb::ComplaintType::Unspecified, Into::into)
            .into(),
        open_steps,
        raised_during_id,
        service_request_id,
        points: points.into_iter().map(requests::point).collect(),
        tellings,
    }
}

/// What was told and what waits; what is not to be told any more is left out.
fn tellings(complaint: &Complaint, day: Day<'_>) -> Vec<pb::Telling> {
    let waiting = complaint.to_tell();
    let told_or_waits = |it: &&Telling| it.told.is_some() || waiting.contains(it);
    let tellings = complaint.tellings.iter().filter(told_or_waits);
    tellings
        .map(|it| pb::Telling {
            id: it.id.to_string(),
            kind: pb::TellingKind::from(it.kind).into(),
            what: it.what.clone(),
            subject_id: it.subject.to_string(),
            arose_on: kit::time::iso(it.arose_on),
            due_on: kit::time::iso(it.due_on),
            late: it.told.is_none() && it.due_on < day.today,
            told_on: kit::time::iso_opt(it.told.as_ref().map(|told| told.on)),
            proof: it
                .told
                .as_ref()
                .map(|told| told.proof.clone())
                .unwrap_or_default(),
        })
        .collect()
}

fn next_deadline(complaint: &Complaint, day: Day<'_>) -> Option<pb::NextDeadline> {
    let clocks = complaint
        .next_deadline()
        .map(|(kind, what, deadline)| (kind, what, deadline.due()));
    // Where the bank holidays are not known, its sweep says so.
    let correspondence = complaint.correspondence_due(day.calendar).ok().flatten();
    let correspondence = correspondence.map(|due| (DueKind::Correspondence, "", due));
    let (kind, what, due) = clocks
        .into_iter()
        .chain(correspondence)
        .min_by_key(|(.., due)| *due)?;
    Some(pb::NextDeadline {
        kind: pb::DeadlineKind::from(kind).into(),
        due_on: kit::time::iso(due),
        late: day.today > due,
        working_days_left: day.working_days_left(due),
        what: what.to_owned(),
    })
}

fn missing(complaint: &Complaint) -> Vec<pb::MissingPart> {
    if complaint.standing != Standing::Received {
        return Vec::new();
    }
    let part = |(field, what): (&str, &str)| pb::MissingPart {
        field: field.to_owned(),
        what: what.to_owned(),
    };
    complaint.missing_parts().into_iter().map(part).collect()
}

fn service_user(user: ServiceUser) -> pb::ServiceUser {
    let ServiceUser {
        name,
        kind,
        email,
        telephone,
        postal_address,
        format,
    } = user;
    pb::ServiceUser {
        name,
        kind: pb::ServiceUserKind::from(kind).into(),
        email,
        telephone,
        postal_address,
        format: pb::Format::from(format).into(),
    }
}

fn needs_of(needs: Needs) -> pb::Needs {
    let Needs {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    } = needs;
    pb::Needs {
        contact,
        communication_preference,
        reasonable_adjustments,
        vulnerabilities,
    }
}

fn standing_of(standing: &Standing) -> pb::Standing {
    match standing {
        Standing::Received => pb::Standing::Received,
        Standing::Investigated => pb::Standing::Investigated,
        Standing::Answered => pb::Standing::Answered,
        Standing::Requested => pb::Standing::Requested,
        Standing::Reviewed => pb::Standing::Reviewed,
        Standing::Ended(_) => pb::Standing::Ended,
    }
}

fn ending(standing: Standing) -> Option<pb::Ending> {
    let Standing::Ended(Ended { on, how }) = standing else {
        return None;
    };
    let kind = ending_kind(&how);
    let (excluded, reason) = match how {
        End::NotAccepted(it) => (Some(exclusion(it)), String::new()),
        End::EscalationRejected(reason) => (None, reason),
        End::Informally | End::AtStageTwo(_) => (None, String::new()),
    };
    Some(pb::Ending {
        on: kit::time::iso(on),
        kind: kind.into(),
        exclusion: excluded,
        reason,
    })
}

fn exclusion(exclusion: Exclusion) -> pb::Exclusion {
    let Exclusion {
        reason,
        details,
        signpost,
    } = exclusion;
    pb::Exclusion {
        reason: pb::ExclusionReason::from(reason).into(),
        paragraph: reason.paragraph().to_owned(),
        explanation: reason.explanation().to_owned(),
        details,
        signpost,
    }
}

fn element((raised_at, element, raised): (Stage, Element, Raised)) -> pb::Element {
    let Element { id, text, standing } = element;
    let (found, reason, excluded) = match standing {
        ElementStanding::Undecided => (None, String::new(), None),
        ElementStanding::Found(Finding { decision, reason }) => (Some(decision), reason, None),
        ElementStanding::Excluded(it) => (None, String::new(), Some(exclusion(it))),
    };
    pb::Element {
        id: id.to_string(),
        text,
        stage: stage(raised_at),
        additional: raised == Raised::Meanwhile,
        decision: decision(found).into(),
        reason,
        exclusion: excluded,
    }
}

fn record(
    record: StageRecord,
    number: Stage,
    latenesses: &[Lateness],
    day: Day<'_>,
) -> pb::StageRecord {
    let StageRecord {
        handler,
        clocks,
        answer,
        updated_on,
    } = record;
    let (handler_id, handler_name) = handler
        .map(|(id, name)| (id.to_string(), name))
        .unwrap_or_default();
    let kept = |promise: LateWith, clock: &Deadline| pb::Deadline {
        lateness: latenesses
            .iter()
            .find(|it| (it.stage, it.promise) == (number, promise))
            .map(lateness),
        ..deadline(clock, day)
    };
    pb::StageRecord {
        stage: stage(number),
        handler_id,
        handler_name,
        acknowledgement: Some(kept(LateWith::Acknowledgement, &clocks.acknowledgement)),
        response: clocks
            .response
            .as_ref()
            .map(|it| kept(LateWith::Response, it)),
        outcome: decision(answer.map(|(_, outcome)| outcome)).into(),
        answered_on: kit::time::iso_opt(answer.map(|(on, _)| on)),
        updated_on: kit::time::iso_opt(updated_on),
        ..pb::StageRecord::default()
    }
}

fn second(two: StageTwo, latenesses: &[Lateness], day: Day<'_>) -> pb::StageRecord {
    let StageTwo {
        record: first,
        request:
            Escalation {
                requested_on,
                reasons,
                new_evidence,
                discretion,
            },
        summary,
    } = two;
    pb::StageRecord {
        requested_on: kit::time::iso(requested_on),
        summary,
        reasons,
        new_evidence,
        discretion,
        ..record(first, Stage::Two, latenesses, day)
    }
}

fn lateness(lateness: &Lateness) -> pb::Lateness {
    pb::Lateness {
        cause: pb::LatenessCause::from(lateness.cause).into(),
        reason: lateness.reason.clone(),
        recorded_by: lateness.recorded_by.clone(),
        recorded_at: Some(kit::time::timestamp(lateness.recorded_at)),
    }
}

fn remedy(offer: &Offer, to_be_promised: bool) -> pb::Remedy {
    let Offer {
        id,
        stage: offered_at,
        remedy,
        text,
    } = offer;
    let kind = match remedy {
        Remedy::Apology { .. } => pb::RemedyKind::Apology,
        Remedy::CaseworkAction => pb::RemedyKind::CaseworkAction,
        Remedy::Correction => pb::RemedyKind::Correction,
        Remedy::Explanation => pb::RemedyKind::Explanation,
        Remedy::Improvement => pb::RemedyKind::Improvement,
        Remedy::SharedLearning => pb::RemedyKind::SharedLearning,
        Remedy::Compensation(_) => pb::RemedyKind::Compensation,
        Remedy::RiskReview => pb::RemedyKind::RiskReview,
    };
    let (verbal, from_the_ombudsman) = match remedy {
        Remedy::Apology { form, from } => (
            *form == ApologyForm::Verbal,
            *from == ApologyFrom::Ombudsman,
        ),
        _ => (false, false),
    };
    let (level, pounds) = match &remedy {
        Remedy::Compensation(sum) => (
            pb::CompensationLevel::from(sum.level()),
            i32::try_from(sum.pounds()).expect("a band ends at £500"),
        ),
        _ => (pb::CompensationLevel::Unspecified, 0),
    };
    pb::Remedy {
        id: id.to_string(),
        stage: stage(*offered_at),
        kind: kind.into(),
        text: text.clone(),
        verbal,
        from_the_ombudsman,
        level: level.into(),
        pounds,
        to_be_promised,
    }
}

/// A promise, as it stands today.
#[must_use]
pub fn action(promise: Promise, day: Day<'_>) -> pb::Action {
    let Promise {
        action,
        owner_name,
        remedy_id,
        withdrawn_because,
        hindrance,
    } = promise;
    pb::Action {
        id: action.id.to_string(),
        what: action.what,
        owner_id: action.owner.to_string(),
        owner_name,
        remedy_id: remedy_id.map(|it| it.to_string()).unwrap_or_default(),
        deadline: Some(deadline(&action.deadline, day)),
        evidence: action.evidence,
        withdrawn_because,
        hindrance,
    }
}

fn approval(ask: Ask) -> pb::Approval {
    let Ask {
        request,
        stage: _,
        asked_name,
        until,
        asked_at,
        verdict,
    } = ask;
    let mut approval = pb::Approval {
        id: request.id.to_string(),
        matter: pb::ApprovalMatter::from(request.matter).into(),
        asked_by: asked_name,
        asked_by_id: request.asked_by.to_string(),
        reason: request.reason,
        until: kit::time::iso_opt(until),
        asked_at: Some(kit::time::timestamp(asked_at)),
        ..pb::Approval::default()
    };
    if let Some(verdict) = verdict {
        approval.decided_by = verdict.name;
        approval.decided_at = Some(kit::time::timestamp(verdict.at));
        approval.agreed = verdict.agreed;
        approval.comment = verdict.comment;
    }
    approval
}

/// A deadline, as it stands today.
#[must_use]
pub fn deadline(deadline: &Deadline, day: Day<'_>) -> pb::Deadline {
    let (met_on, late) = match deadline.state_on(day.today) {
        State::Met { on, late } => (Some(on), late),
        State::Running | State::Paused | State::Withdrawn => (None, deadline.is_overdue(day.today)),
    };
    pb::Deadline {
        due_on: kit::time::iso(deadline.due()),
        met_on: kit::time::iso_opt(met_on),
        late,
        calendar_version: deadline.calendar().to_string(),
        untold: deadline.untold().next().is_some(),
        entries: deadline.entries().iter().map(ledger_entry).collect(),
        working_days_left: deadline
            .is_open()
            .then(|| day.working_days_left(deadline.due()))
            .flatten(),
        lateness: None,
    }
}

fn ledger_entry(entry: &Entry) -> pb::LedgerEntry {
    let text = match &entry.what {
        What::Started(started) => format!("Started: {}", started.event.name),
        What::Extended { reason, .. } => format!("Extended: {reason}"),
        What::Told(told) => format!("The person was told: {}", told.proof),
        What::Paused { reason } => format!("Paused: {reason}"),
        What::Resumed { .. } => "Resumed".to_owned(),
        What::Redated { .. } => "Counted again with new bank holidays".to_owned(),
        What::Met { on } => format!("Done on {on}"),
        What::Withdrawn { reason } => format!("Withdrawn: {reason}"),
    };
    pb::LedgerEntry {
        on: kit::time::iso(entry.on),
        by: entry.by.clone(),
        text,
        until: kit::time::iso_opt(entry.what.until()),
    }
}

/// A note.
#[must_use]
pub fn note(row: NoteRow) -> pb::Note {
    let NoteRow {
        id,
        kind,
        on,
        text,
        by,
        at,
        acknowledged,
    } = row;
    pb::Note {
        id: id.to_string(),
        kind: kind.map_or(pb::NoteKind::Correspondence, Into::into).into(),
        on: kit::time::iso(on),
        text,
        by,
        at: at.map(kit::time::timestamp),
        acknowledged,
    }
}

/// The policy's words and numbers.
#[must_use]
pub fn policy() -> pb::Policy {
    let days = |stage: Stage| i32::try_from(stage.longest_extension()).unwrap_or(i32::MAX);
    let pounds = |sum: u32| i32::try_from(sum).expect("a band ends at £500");
    pb::Policy {
        exclusions: Reason::ALL
            .into_iter()
            .map(|reason| pb::ExclusionTerms {
                reason: pb::ExclusionReason::from(reason).into(),
                paragraph: reason.paragraph().to_owned(),
                explanation: reason.explanation().to_owned(),
                signpost: reason.signpost().unwrap_or_default().to_owned(),
            })
            .collect(),
        bands: Level::ALL
            .into_iter()
            .map(|level| pb::CompensationBand {
                level: pb::CompensationLevel::from(level).into(),
                from_pounds: pounds(*level.band().start()),
                to_pounds: pounds(*level.band().end()),
            })
            .collect(),
        longest_extension_1: days(Stage::One),
        longest_extension_2: days(Stage::Two),
    }
}

/// Where a complaint is today, in words for whoever complains.
#[must_use]
pub fn progress(complaint: &Complaint, today: NaiveDate) -> pb::Progress {
    let Progress {
        now,
        next,
        next_on,
        steps,
        more_time,
        can_reply_to_outcome,
        can_ask_for_stage_two,
        stage_two_until,
        stage_two_late,
        answered_until,
        can_add_files,
    } = progress::progress(complaint, today);
    let reply = match complaint.definition.outcome_reply {
        OutcomeReply::None => pb::OutcomeReply::Unspecified,
        OutcomeReply::Confirmed => pb::OutcomeReply::Confirmed,
        OutcomeReply::Corrected => pb::OutcomeReply::Corrected,
        OutcomeReply::NoReply => pb::OutcomeReply::NoReply,
    };
    pb::Progress {
        reference: complaint.reference.clone(),
        received_on: kit::time::iso(complaint.received_on),
        standing: standing_of(&complaint.standing).into(),
        now,
        next,
        next_on: kit::time::iso_opt(next_on),
        steps: steps.into_iter().map(progress_step).collect(),
        more_time: more_time
            .into_iter()
            .map(|it| pb::MoreTime {
                stage: stage(it.stage),
                until: kit::time::iso(it.until),
                reason: it.reason,
            })
            .collect(),
        desired_outcome: complaint.definition.desired_outcome.clone(),
        outcome_reply: reply.into(),
        can_reply_to_outcome,
        can_ask_for_stage_2: can_ask_for_stage_two,
        stage_2_until: kit::time::iso_opt(stage_two_until),
        stage_2_late: stage_two_late,
        can_write: answered_until.is_some(),
        answered_until: kit::time::iso_opt(answered_until),
        can_add_files,
    }
}

fn progress_step(step: Step) -> pb::ProgressStep {
    let Step {
        title,
        text,
        state,
        on,
    } = step;
    let state = match state {
        StepState::Done => pb::StepState::Done,
        StepState::Now => pb::StepState::Now,
        StepState::Later => pb::StepState::Later,
    };
    pb::ProgressStep {
        title: title.to_owned(),
        text,
        state: state.into(),
        on: kit::time::iso_opt(on),
    }
}
