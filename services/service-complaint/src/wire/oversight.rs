//! The wire's words for learning, recommendations, reports and samples.

use chrono::NaiveDate;
use proto::service_complaint::v1 as pb;

use super::Said;
use crate::app::{Figure, PeriodReport, Recount, Sample};
use crate::domain::commentary::Commentary;
use crate::domain::learning::{Lesson, LessonStatus};
use crate::domain::recommendation::{Acceptance, Part, Recommendation, Source, Status};
use crate::domain::report::{Definition, Difference};
use crate::domain::sample::ALGORITHM;
use crate::domain::theme::Theme;
use crate::store::learning::LearnedFrom;
use crate::store::oversight::EnquiryCount;
use crate::store::report::FigureRow;
use crate::store::samples::{SampleRow, Sampled};

/// The most subjects that a difference names.
const MOST_SUBJECTS: usize = 100;

super::same_words!(
    Source,
    pb::RecommendationSource,
    IndependentReviewer,
    InternalAudit
);
super::same_words!(
    Acceptance,
    pb::Acceptance,
    Accepted,
    PartiallyAccepted,
    NotAccepted
);
super::same_words!(
    LessonStatus,
    pb::LessonStatus,
    Open,
    Overdue,
    Done,
    SignedOff
);
super::same_words!(
    Status,
    pb::RecommendationStatus,
    AwaitingResponse,
    Open,
    Overdue,
    Complete,
    NotAccepted
);

/// The status that a list of lessons is filtered by.
pub fn lesson_status(status: pb::LessonStatus) -> Option<LessonStatus> {
    status.said()
}

/// The status that a list of recommendations is filtered by.
pub fn recommendation_status(status: pb::RecommendationStatus) -> Option<Status> {
    status.said()
}

/// A theme.
pub fn theme(theme: Theme) -> pb::Theme {
    let Theme {
        id,
        name,
        retired_on,
        merged_into,
        lessons,
    } = theme;
    pb::Theme {
        id,
        name,
        retired_on: retired_on.map(kit::time::iso).unwrap_or_default(),
        merged_into: merged_into.unwrap_or_default(),
        lessons,
    }
}

/// A lesson, as it stands today.
pub fn lesson(
    (lesson, its_theme, complaints): (Lesson, Theme, Vec<LearnedFrom>),
    today: NaiveDate,
) -> pb::Lesson {
    let status = lesson.status(today);
    let Lesson {
        id,
        theme: _,
        learned,
        owner,
        owner_name,
        action,
        due_on,
        recorded_on,
        recorded_by,
        done_on,
        done_by,
        evidence,
        signed_off: _,
        signed_off_name,
        signed_off_at,
        comment,
        version,
    } = lesson;
    pb::Lesson {
        id: id.to_string(),
        theme: Some(theme(its_theme)),
        learned,
        owner_id: owner.to_string(),
        done_by_id: done_by.map(|it| it.to_string()).unwrap_or_default(),
        owner_name,
        action,
        due_on: kit::time::iso(due_on),
        complaints: complaints
            .into_iter()
            .map(|it| pb::LessonComplaint {
                id: it.id.to_string(),
                reference: it.reference,
            })
            .collect(),
        recorded_on: kit::time::iso(recorded_on),
        recorded_by,
        done_on: kit::time::iso_opt(done_on),
        evidence,
        signed_off_by: signed_off_name,
        signed_off_at: signed_off_at.map(kit::time::timestamp),
        comment,
        status: pb::LessonStatus::from(status).into(),
        version,
    }
}

/// A recommendation, as it stands today.
pub fn recommendation(it: Recommendation, today: NaiveDate) -> pb::Recommendation {
    let (status, next_due_on) = (it.status(today), it.next_due_on());
    let Recommendation {
        id,
        source,
        period,
        number,
        text,
        acceptance,
        response,
        parts,
        version,
    } = it;
    let acceptance = acceptance.map_or(pb::Acceptance::Unspecified, Into::into);
    pb::Recommendation {
        id: id.to_string(),
        source: pb::RecommendationSource::from(source).into(),
        period_from: kit::time::iso(period.0),
        period_to: kit::time::iso(period.1),
        number,
        text,
        acceptance: acceptance.into(),
        response,
        parts: parts.into_iter().map(|it| part(it, today)).collect(),
        status: pb::RecommendationStatus::from(status).into(),
        next_due_on: kit::time::iso_opt(next_due_on),
        version,
    }
}

fn part(part: Part, today: NaiveDate) -> pb::RecommendationPart {
    let overdue = part.is_overdue(today);
    let Part {
        id,
        text,
        responsible,
        due_on,
        completed_on,
        evidence,
    } = part;
    pb::RecommendationPart {
        id: id.to_string(),
        text,
        responsible,
        due_on: kit::time::iso(due_on),
        completed_on: kit::time::iso_opt(completed_on),
        evidence,
        overdue,
    }
}

fn month(month: NaiveDate) -> String {
    month.format("%Y-%m").to_string()
}

/// A month's count of enquiries.
pub fn enquiry_count(count: EnquiryCount) -> pb::EnquiryCount {
    let EnquiryCount {
        month: first,
        revision,
        received,
        reason,
        recorded_by,
        recorded_at,
    } = count;
    pb::EnquiryCount {
        month: month(first),
        received,
        revision,
        reason,
        recorded_by,
        recorded_at: Some(kit::time::timestamp(recorded_at)),
    }
}

/// The report of a period.
pub fn report(report: PeriodReport) -> pb::PeriodReport {
    let share = report.share();
    let PeriodReport {
        period,
        figures,
        closed,
        received,
        uncounted,
        commentaries,
    } = report;
    let note = match share {
        Some(_) => "",
        None if !period.is_whole_months() => {
            "the period does not consist of whole months, by which enquiries are counted"
        }
        None if uncounted.is_empty() => "nothing was received",
        None => "the enquiries of some months are not counted yet",
    };
    pb::PeriodReport {
        from: kit::time::iso(period.first),
        to: kit::time::iso(period.last),
        figures: figures.into_iter().map(figure).collect(),
        months: period.months().map(month).collect(),
        closed_of_received: Some(pb::Share {
            part: closed,
            whole: received,
            tenths_of_percent: share.unwrap_or_default(),
            missing_months: uncounted.into_iter().map(month).collect(),
            note: note.to_owned(),
        }),
        commentaries: commentaries.into_iter().map(commentary).collect(),
    }
}

/// What the manager says of a period.
pub fn commentary(commentary: Commentary) -> pb::Commentary {
    let Commentary {
        revision,
        text,
        written_by,
        written_at,
    } = commentary;
    pb::Commentary {
        revision,
        text,
        written_by,
        written_at: Some(kit::time::timestamp(written_at)),
    }
}

fn figure(figure: Figure) -> pb::Figure {
    let measure = if figure.is_money() {
        pb::Measure::Pounds
    } else {
        pb::Measure::Count
    };
    let Figure {
        definition:
            Definition {
                key,
                section,
                label,
                definition,
                measure: _,
            },
        value,
        rows,
        by_month,
    } = figure;
    pb::Figure {
        key,
        section: section.to_owned(),
        label,
        definition: definition.to_owned(),
        value,
        measure: measure.into(),
        rows,
        by_month,
    }
}

/// A row behind a figure.
pub fn figure_row(row: FigureRow) -> pb::FigureRow {
    let FigureRow {
        complaint_id,
        reference,
        item,
        about,
        happened_on,
        amount,
    } = row;
    pb::FigureRow {
        complaint_id: complaint_id.map(|it| it.to_string()).unwrap_or_default(),
        reference,
        item,
        about,
        on: kit::time::iso(happened_on),
        amount,
    }
}

/// How a recount came out.
pub fn recount(recount: Recount) -> pb::CheckPeriodReportResponse {
    let Recount {
        figures,
        complaints,
        differences,
    } = recount;
    pb::CheckPeriodReportResponse {
        figures: i32::try_from(figures).unwrap_or(i32::MAX),
        complaints: i32::try_from(complaints).unwrap_or(i32::MAX),
        differences: differences.into_iter().map(difference).collect(),
    }
}

fn difference(difference: Difference) -> pb::FigureDifference {
    let Difference {
        figure,
        reported,
        recounted,
        subjects,
    } = difference;
    pb::FigureDifference {
        figure,
        reported,
        recounted,
        subjects: subjects.into_iter().take(MOST_SUBJECTS).collect(),
    }
}

/// A sample with its complaints.
pub fn sample((sample, complaints): Sample) -> pb::Sample {
    let SampleRow {
        id,
        first_day,
        last_day,
        seed,
        population,
        drawn_by,
        drawn_at,
    } = sample;
    pb::Sample {
        id: id.to_string(),
        from: kit::time::iso(first_day),
        to: kit::time::iso(last_day),
        seed,
        algorithm: ALGORITHM.to_owned(),
        population,
        drawn_by,
        drawn_at: Some(kit::time::timestamp(drawn_at)),
        complaints: complaints
            .into_iter()
            .map(|it| {
                let Sampled {
                    id,
                    reference,
                    received_on,
                    closed_on,
                } = it;
                pb::SampledComplaint {
                    complaint_id: id.to_string(),
                    reference,
                    received_on: kit::time::iso(received_on),
                    closed_on: kit::time::iso(closed_on),
                }
            })
            .collect(),
    }
}
