//! What stages took, over the wire (CA-11).

use kit::Check;
use kit::time::{iso, iso_opt};
use proto::case::v1 as pb;

use crate::domain::{Quarter, Status, Words};
use crate::store::{LeftStage, StageFigures};
use crate::wire;

/// The quarter that is asked for.
pub(super) fn quarter(check: &mut Check, text: &str) -> Quarter {
    Quarter::parse(text).unwrap_or_else(|| {
        let form = "Enter a quarter of a year, such as 2026-Q3";
        check.refuse("quarter", form, "NOT_A_QUARTER");
        Quarter {
            from: chrono::NaiveDate::MIN,
            to: chrono::NaiveDate::MIN,
        }
    })
}

/// The report of a quarter, for the wire: every stage, left by cases or not.
pub(super) fn report(
    quarter: Quarter,
    taken: &[StageFigures],
    words: &Words,
) -> pb::TimeframesReport {
    let stages = Status::ALL.into_iter().filter(|it| it.is_stage());
    pb::TimeframesReport {
        from: iso(quarter.from),
        to: iso(quarter.to),
        stages: stages
            .map(|status| {
                let found = taken.iter().find(|it| it.status == status);
                stage(status, found, words)
            })
            .collect(),
    }
}

fn stage(status: Status, taken: Option<&StageFigures>, words: &Words) -> pb::StageReport {
    let empty = pb::StageReport {
        status: wire::status(status).into(),
        status_label: words.status(status).label.clone(),
        ..pb::StageReport::default()
    };
    let Some(&StageFigures {
        status: _,
        left,
        told,
        within,
        taken_median,
        taken_90th,
        told_median,
        told_90th,
    }) = taken
    else {
        return empty;
    };
    let count = |it| i32::try_from(it).unwrap_or(i32::MAX);
    pb::StageReport {
        left: count(left),
        told: count(told),
        within: count(within),
        taken_median,
        taken_90th,
        told_median,
        told_90th,
        ..empty
    }
}

/// A row of the report, for the wire.
pub(super) fn ended(it: LeftStage, words: &Words) -> pb::EndedStage {
    let LeftStage {
        id: _,
        reference,
        status,
        began_on,
        began_known,
        ended_on,
        first_expected_on,
        expected_on,
    } = it;
    let days =
        |until: chrono::NaiveDate| i32::try_from((until - began_on).num_days()).unwrap_or(i32::MAX);
    pb::EndedStage {
        case_reference: reference,
        status: wire::status(status).into(),
        status_label: words.status(status).label.clone(),
        began_on: iso(began_on),
        ended_on: iso(ended_on),
        first_expected_on: iso_opt(first_expected_on),
        expected_on: iso_opt(expected_on),
        days_taken: days(ended_on),
        days_told: first_expected_on.map(days),
        within: first_expected_on.is_some_and(|told| ended_on <= told),
        began_known,
    }
}
