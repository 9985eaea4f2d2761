//! Our words and those of the wire: the one place that knows both.

use proto::case::v1 as pb;

use crate::domain::{
    CaseType, Channel, Circumstances, ContactKind, ContactReason, Finding, Sensitivity, Severity,
    Status, Team,
};

/// The status that a number of the wire stands for.
pub fn status_from(number: i32) -> Option<Status> {
    Status::ALL
        .into_iter()
        .find(|it| status(*it) as i32 == number)
}

/// The team that a number of the wire stands for.
pub fn team_from(number: i32) -> Option<Team> {
    Team::ALL.into_iter().find(|it| team(*it) as i32 == number)
}

/// The kind of case that a number of the wire stands for.
pub fn case_type_from(number: i32) -> Option<CaseType> {
    CaseType::ALL
        .into_iter()
        .find(|it| case_type(*it) as i32 == number)
}

/// The finding that a number of the wire stands for.
pub fn finding_from(number: i32) -> Option<Finding> {
    Finding::ALL
        .into_iter()
        .find(|it| finding(*it) as i32 == number)
}

/// The severity that a number of the wire stands for.
pub fn severity_from(number: i32) -> Option<Severity> {
    Severity::ALL
        .into_iter()
        .find(|it| severity(*it) as i32 == number)
}

/// The circumstances that a number of the wire stands for.
pub fn circumstances_from(number: i32) -> Option<Circumstances> {
    Circumstances::ALL
        .into_iter()
        .find(|it| circumstances(*it) as i32 == number)
}

/// A status for the wire.
pub fn status(status: Status) -> pb::Status {
    match status {
        Status::InitialAssessment => pb::Status::InitialAssessment,
        Status::InternalProcedure => pb::Status::InternalProcedure,
        Status::ReferralAssessment => pb::Status::ReferralAssessment,
        Status::EvidenceGathering => pb::Status::EvidenceGathering,
        Status::AwaitingInvestigation => pb::Status::AwaitingInvestigation,
        Status::UnderInvestigation => pb::Status::UnderInvestigation,
        Status::Determined => pb::Status::Determined,
        Status::AwaitingLandlordAction => pb::Status::AwaitingLandlordAction,
        Status::Review => pb::Status::Review,
        Status::FailureOrderIssued => pb::Status::FailureOrderIssued,
        Status::Closed => pb::Status::Closed,
    }
}

/// A team for the wire.
pub fn team(team: Team) -> pb::Team {
    match team {
        Team::DisputeSupport => pb::Team::DisputeSupport,
        Team::Triage => pb::Team::Triage,
        Team::DisputeResolution => pb::Team::DisputeResolution,
        Team::Review => pb::Team::Review,
    }
}

/// A kind of case for the wire.
pub fn case_type(case_type: CaseType) -> pb::CaseType {
    match case_type {
        CaseType::MemberLandlord => pb::CaseType::MemberLandlord,
        CaseType::ComplaintHandling => pb::CaseType::ComplaintHandling,
        CaseType::Enquiry => pb::CaseType::Enquiry,
    }
}

/// A finding for the wire.
pub fn finding(finding: Finding) -> pb::Finding {
    match finding {
        Finding::SevereMaladministration => pb::Finding::SevereMaladministration,
        Finding::Maladministration => pb::Finding::Maladministration,
        Finding::ServiceFailure => pb::Finding::ServiceFailure,
        Finding::ReasonableRedress => pb::Finding::ReasonableRedress,
        Finding::NoMaladministration => pb::Finding::NoMaladministration,
        Finding::Resolved => pb::Finding::Resolved,
        Finding::OutsideJurisdiction => pb::Finding::OutsideJurisdiction,
        Finding::Withdrawn => pb::Finding::Withdrawn,
    }
}

/// A severity for the wire.
pub fn severity(severity: Severity) -> pb::Severity {
    match severity {
        Severity::Minor => pb::Severity::Minor,
        Severity::Serious => pb::Severity::Serious,
        Severity::Severe => pb::Severity::Severe,
    }
}

/// Circumstances for the wire.
pub fn circumstances(circumstances: Circumstances) -> pb::Circumstances {
    match circumstances {
        Circumstances::NoneKnown => pb::Circumstances::NoneKnown,
        Circumstances::Vulnerable => pb::Circumstances::Vulnerable,
        Circumstances::AtRisk => pb::Circumstances::AtRisk,
    }
}

/// A sensitivity for the wire.
pub fn sensitivity(sensitivity: Option<Sensitivity>) -> pb::Sensitivity {
    match sensitivity {
        None => pb::Sensitivity::Unspecified,
        Some(Sensitivity::Standard) => pb::Sensitivity::Standard,
        Some(Sensitivity::Sensitive) => pb::Sensitivity::Sensitive,
        Some(Sensitivity::HighlySensitive) => pb::Sensitivity::HighlySensitive,
    }
}

/// What a complainant can be owed, for the wire.
pub fn contact_kind(kind: ContactKind) -> pb::ContactKind {
    match kind {
        ContactKind::ProgressUpdate => pb::ContactKind::ProgressUpdate,
        ContactKind::IntroductionCall => pb::ContactKind::IntroductionCall,
        ContactKind::Callback => pb::ContactKind::Callback,
    }
}

/// Why it is owed, for the wire.
pub fn contact_reason(reason: ContactReason) -> pb::ContactReason {
    match reason {
        ContactReason::Timeframe => pb::ContactReason::Timeframe,
        ContactReason::Quiet => pb::ContactReason::Quiet,
        ContactReason::Allocated => pb::ContactReason::Allocated,
        ContactReason::Promised => pb::ContactReason::Promised,
        ContactReason::Refused => pb::ContactReason::Refused,
    }
}

/// How something was given, for the wire.
pub fn channel(channel: Channel) -> pb::Channel {
    match channel {
        Channel::Post => pb::Channel::Post,
        Channel::Telephone => pb::Channel::Telephone,
        Channel::Email => pb::Channel::Email,
        Channel::Portal => pb::Channel::Portal,
    }
}

/// The way of giving something that a number of the wire stands for.
pub fn channel_from(number: i32) -> Option<Channel> {
    [
        Channel::Post,
        Channel::Telephone,
        Channel::Email,
        Channel::Portal,
    ]
    .into_iter()
    .find(|it| channel(*it) as i32 == number)
}
