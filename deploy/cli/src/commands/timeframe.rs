//! `casework timeframe`.

use clap::Subcommand;
use proto::case::v1::timeframe_service_client::TimeframeServiceClient;
use proto::case::v1::{
    EndedStage, GetTimeframesReportRequest, ListEndedStagesRequest, ListTimeframesRequest,
    SetTimeframeRequest,
};

use crate::commands::case::{parse_status, word};
use crate::commands::{Limit, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List how long each stage is expected to take
    List,
    /// Set how long a stage is expected to take, for the cases that come to it from now on
    ///
    /// What people were told about cases that stand there already stays as it is.
    Set {
        /// The stage, such as evidence-gathering
        status: String,
        /// In working days; 0 when nothing is expected any more
        working_days: i32,
    },
    /// Set what people were told in a quarter against what the stages took
    Report {
        /// The quarter, such as 2026-Q3
        #[arg(long)]
        quarter: String,
    },
    /// List the stages that cases left in a quarter: the rows behind that report
    Rows {
        /// The quarter, such as 2026-Q3
        #[arg(long)]
        quarter: String,
        /// One stage alone, such as evidence-gathering
        #[arg(long)]
        status: Option<String>,
        /// How many of them
        #[command(flatten)]
        limit: Limit,
    },
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::List => list(portal, output).await,
        Command::Set {
            status,
            working_days,
        } => {
            let request = SetTimeframeRequest {
                status: parse_status(&status)?.into(),
                working_days,
            };
            let set = call!(
                portal,
                "case",
                TimeframeServiceClient,
                set_timeframe,
                request
            );
            let sentence = match set.working_days {
                0 => format!(
                    "“{}” has no expected timeframe from now on.",
                    set.status_label
                ),
                days => format!(
                    "“{}” is expected to take {days} working days from now on.",
                    set.status_label
                ),
            };
            output.one(&set, &sentence)
        }
        Command::Report { quarter } => report(portal, output, quarter).await,
        Command::Rows {
            quarter,
            status,
            limit,
        } => rows(portal, output, quarter, status, &limit).await,
    }
}

async fn report(portal: &Portal, output: Output, quarter: String) -> Result<(), Failure> {
    let request = GetTimeframesReportRequest { quarter };
    let found = call!(
        portal,
        "case",
        TimeframeServiceClient,
        get_timeframes_report,
        request
    );
    output.list(
        &found.stages,
        [
            "Stage",
            "Cases left",
            "Told a date",
            "Within it",
            "Days taken: median",
            "90th percentile",
            "Days told: median",
            "90th percentile",
        ],
        |it| {
            // Of nothing there is no median.
            let days = |days: i32| match it.told {
                0 => String::new(),
                _ => days.to_string(),
            };
            [
                it.status_label.clone(),
                it.left.to_string(),
                it.told.to_string(),
                it.within.to_string(),
                days(it.taken_median),
                days(it.taken_90th),
                days(it.told_median),
                days(it.told_90th),
            ]
        },
        "No stages.",
    )
}

async fn rows(
    portal: &Portal,
    output: Output,
    quarter: String,
    status: Option<String>,
    limit: &Limit,
) -> Result<(), Failure> {
    let status = status.map(|it| parse_status(&it)).transpose()?;
    let stages = pages(limit, async |page_size, page_token| {
        let request = ListEndedStagesRequest {
            quarter: quarter.clone(),
            status: status.unwrap_or_default().into(),
            page_size,
            page_token,
        };
        let page = call!(
            portal,
            "case",
            TimeframeServiceClient,
            list_ended_stages,
            request
        );
        Ok((page.stages, page.next_page_token))
    })
    .await?;
    output.list(
        &stages,
        [
            "Case",
            "Stage",
            "Began on",
            "Left on",
            "Told first",
            "Told last",
            "Days taken",
            "Days told",
            "Within",
        ],
        |it| {
            [
                it.case_reference.clone(),
                it.status_label.clone(),
                began(it),
                it.ended_on.clone(),
                it.first_expected_on.clone(),
                it.expected_on.clone(),
                it.days_taken.to_string(),
                it.days_told
                    .map(|days| days.to_string())
                    .unwrap_or_default(),
                within(it).to_owned(),
            ]
        },
        "No case left a stage.",
    )
}

/// Since when a case stood at a stage, as far as that is known.
fn began(stage: &EndedStage) -> String {
    if stage.began_known {
        stage.began_on.clone()
    } else {
        format!("before {}", stage.began_on)
    }
}

/// Whether what people were told was kept; nothing when they were told nothing, or when it is not known how long the stage took.
fn within(stage: &EndedStage) -> &'static str {
    match (stage.days_told, stage.began_known, stage.within) {
        (None, _, _) | (_, false, _) => "",
        (_, _, true) => "yes",
        (_, _, false) => "no",
    }
}

async fn list(portal: &Portal, output: Output) -> Result<(), Failure> {
    let request = ListTimeframesRequest {};
    let found = call!(
        portal,
        "case",
        TimeframeServiceClient,
        list_timeframes,
        request
    );
    output.list(
        &found.timeframes,
        ["Stage", "Label", "Working days", "Set at", "By"],
        |it| {
            let days = match it.working_days {
                0 => "none expected".to_owned(),
                days => days.to_string(),
            };
            [
                word(it.status()),
                it.status_label.clone(),
                days,
                instant(it.set_at.as_ref()),
                it.set_by.clone(),
            ]
        },
        "No stages.",
    )
}
