//! `casework task`.

use clap::{Args, Subcommand, ValueEnum};
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{
    AnswerUnableRequest, GetTaskRequest, ListTaskHistoryRequest, ListTasksRequest,
    RedateTaskRequest, SetTaskRequest, Task, TaskKind, TaskState, TaskStatus, UnableDecision,
    UnableReport, WithdrawTaskRequest,
};

use crate::commands::{Limit, case, once_heard_of, pages};
use crate::failure::Failure;
use crate::output::{Output, instant};
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Set a task on a case; one for information is about a letter or email, a document of the case
    Set(Set),
    /// Show a task
    Show {
        /// The task's id
        task: String,
    },
    /// Tell what has happened to a task, newest first
    History {
        /// The task's id
        task: String,
        #[command(flatten)]
        limit: Limit,
    },
    /// List tasks: open ones soonest due first, ended ones latest first
    List(List),
    /// List the reports of landlords that await an answer, soonest due first
    Owed {
        /// Only on cases that the member of staff owns, who is named by --on-behalf-of
        #[arg(long)]
        mine: bool,
        #[command(flatten)]
        limit: Limit,
    },
    /// Answer a landlord who is unable to complete a task
    Answer {
        /// The task's id
        task: String,
        /// The decision
        decision: Decision,
        /// The new due date, such as 2026-03-15
        #[arg(long, required_if_eq("decision", "new-date"))]
        due: Option<String>,
        /// Words for the landlord
        #[arg(long, default_value = "")]
        words: String,
    },
    /// Give a task another due date; its reminders start again
    Redate {
        /// The task's id
        task: String,
        /// The new due date, such as 2026-03-15
        #[arg(long)]
        due: String,
        /// Why, in words for the landlord
        #[arg(long)]
        reason: String,
    },
    /// Withdraw a task
    Withdraw {
        /// The task's id
        task: String,
        /// Why, in words for the landlord
        #[arg(long)]
        reason: String,
    },
}

#[derive(Args)]
pub(crate) struct List {
    /// Only on this case, by reference
    #[arg(long)]
    case: Option<String>,
    /// Which tasks
    #[arg(long, default_value = "open")]
    state: State,
    /// Only open tasks that stand so today
    #[arg(long)]
    status: Option<Standing>,
    /// Only open tasks of this kind
    #[arg(long)]
    kind: Option<Kind>,
    /// Only open tasks that are due on this date or later, such as 2026-03-15
    #[arg(long, default_value = "")]
    due_from: String,
    /// Only open tasks that are due on this date or earlier
    #[arg(long, default_value = "")]
    due_to: String,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Args)]
pub(crate) struct Set {
    /// The reference of the case
    case: String,
    /// What is asked of the landlord
    #[arg(long)]
    kind: Kind,
    /// The title
    #[arg(long)]
    title: String,
    /// What to do
    #[arg(long, default_value = "")]
    instructions: String,
    /// The due date, such as 2026-03-15
    #[arg(long)]
    due: String,
    /// For a task for information: the id of the letter or email, as `casework document list` shows it
    #[arg(long, default_value = "", value_name = "DOCUMENT")]
    letter: String,
}

/// What is asked of a landlord.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    RecordComplaint,
    EscalateComplaint,
    ForInformation,
    RespondToRequest,
    ConfirmCompliance,
}

impl From<Kind> for TaskKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::RecordComplaint => Self::RecordComplaint,
            Kind::EscalateComplaint => Self::EscalateComplaint,
            Kind::ForInformation => Self::ForInformation,
            Kind::RespondToRequest => Self::RespondToRequest,
            Kind::ConfirmCompliance => Self::ConfirmCompliance,
        }
    }
}

/// Which tasks are listed.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum State {
    Open,
    Ended,
    AwaitingAnswer,
}

impl From<State> for TaskState {
    fn from(state: State) -> Self {
        match state {
            State::Open => Self::Open,
            State::Ended => Self::Ended,
            State::AwaitingAnswer => Self::AwaitingAnswer,
        }
    }
}

/// How an open task stands today.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Standing {
    Pending,
    Approaching,
    Overdue,
}

impl From<Standing> for TaskStatus {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Pending => Self::Pending,
            Standing::Approaching => Self::Approaching,
            Standing::Overdue => Self::Overdue,
        }
    }
}

/// The answer to an *unable to complete*.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Decision {
    NewDate,
    Withdraw,
    Uphold,
}

impl From<Decision> for UnableDecision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::NewDate => Self::NewDate,
            Decision::Withdraw => Self::Withdrawn,
            Decision::Uphold => Self::Upheld,
        }
    }
}

async fn find(portal: &Portal, task_id: String) -> Result<Task, Failure> {
    let request = GetTaskRequest { task_id };
    Ok(call!(portal, "task", TaskServiceClient, get_task, request))
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Set(set) => self::set(portal, output, set).await,
        Command::Show { task } => show(output, &find(portal, task).await?),
        Command::History { task, limit } => history(portal, output, &task, &limit).await,
        Command::List(wanted) => list(portal, output, wanted).await,
        Command::Owed { mine, limit } => owed(portal, output, mine, &limit).await,
        Command::Answer {
            task,
            decision,
            due,
            words,
        } => {
            let task = find(portal, task).await?;
            let request = AnswerUnableRequest {
                version: task.version,
                task_id: task.id,
                decision: UnableDecision::from(decision).into(),
                due_on: due.unwrap_or_default(),
                answer: words,
            };
            let task = call!(portal, "task", TaskServiceClient, answer_unable, request);
            output.one(&task, &changed(&task))
        }
        Command::Redate { task, due, reason } => {
            let task = find(portal, task).await?;
            let request = RedateTaskRequest {
                version: task.version,
                task_id: task.id,
                due_on: due,
                reason,
            };
            let task = call!(portal, "task", TaskServiceClient, redate_task, request);
            output.one(&task, &changed(&task))
        }
        Command::Withdraw { task, reason } => {
            let task = find(portal, task).await?;
            let request = WithdrawTaskRequest {
                version: task.version,
                task_id: task.id,
                reason,
            };
            let task = call!(portal, "task", TaskServiceClient, withdraw_task, request);
            output.one(&task, &changed(&task))
        }
    }
}

async fn set(portal: &Portal, output: Output, set: Set) -> Result<(), Failure> {
    let request = SetTaskRequest {
        request_id: kit::id().to_string(),
        case_id: case::find(portal, &set.case).await?.id,
        kind: TaskKind::from(set.kind).into(),
        title: set.title,
        instructions: set.instructions,
        due_on: set.due,
        document_id: set.letter,
    };
    let task = once_heard_of(async || {
        Ok(call!(
            portal,
            "task",
            TaskServiceClient,
            set_task,
            request.clone()
        ))
    })
    .await?;
    let sentence = format!("Task {} is set, due {}.", task.id, task.due_on);
    output.one(&task, &sentence)
}

fn changed(task: &Task) -> String {
    format!(
        "{:?} is now {}, due {}. The landlord is told.",
        task.title, task.status_label, task.due_on
    )
}

fn show(output: Output, task: &Task) -> Result<(), Failure> {
    let report = task.unable.as_ref();
    let decision = match report.map(UnableReport::decision) {
        None => "",
        Some(UnableDecision::Unspecified) => "awaited",
        Some(UnableDecision::NewDate) => "a new due date",
        Some(UnableDecision::Withdrawn) => "withdrawn",
        Some(UnableDecision::Upheld) => "upheld",
    };
    let words = |of: fn(&UnableReport) -> &str| report.map_or("", of);
    output.facts(
        task,
        &[
            ("Id", &task.id),
            ("Case", &task.case_reference),
            ("Complainant", &task.complainant),
            ("Landlord", &task.landlord_name),
            ("Kind", &task.kind_label),
            ("Title", &task.title),
            ("Instructions", &task.instructions),
            ("Letter", &task.document_id),
            ("Status", &task.status_label),
            ("Set on", &task.set_on),
            ("Set by", &task.set_by),
            ("Due on", &task.due_on),
            ("Completed on", &task.completed_on),
            ("Reason", &task.ending_reason),
            ("Unable", words(|it| &it.message)),
            ("Reported by", words(|it| &it.reported_by)),
            ("Answer", decision),
            ("Answered", words(|it| &it.answer)),
        ],
    )
}

async fn history(
    portal: &Portal,
    output: Output,
    task_id: &str,
    limit: &Limit,
) -> Result<(), Failure> {
    let entries = pages(limit, async |page_size, page_token| {
        let request = ListTaskHistoryRequest {
            task_id: task_id.to_owned(),
            page_size,
            page_token,
        };
        let page = call!(
            portal,
            "task",
            TaskServiceClient,
            list_task_history,
            request
        );
        Ok((page.entries, page.next_page_token))
    })
    .await?;
    output.list(
        &entries,
        ["When", "What", "Who", "Details"],
        |it| {
            [
                instant(it.occurred_at.as_ref()),
                it.title.clone(),
                it.actor.clone(),
                it.description.clone(),
            ]
        },
        "Nothing has happened.",
    )
}

/// The tasks that a request asks for, page after page.
async fn all(
    portal: &Portal,
    limit: &Limit,
    wanted: &ListTasksRequest,
) -> Result<Vec<Task>, Failure> {
    pages(limit, async |page_size, page_token| {
        let request = ListTasksRequest {
            page_size,
            page_token,
            ..wanted.clone()
        };
        let page = call!(portal, "task", TaskServiceClient, list_tasks, request);
        Ok((page.tasks, page.next_page_token))
    })
    .await
}

async fn list(portal: &Portal, output: Output, wanted: List) -> Result<(), Failure> {
    let case_id = match &wanted.case {
        Some(reference) => case::find(portal, reference).await?.id,
        None => String::new(),
    };
    let request = ListTasksRequest {
        case_id,
        state: TaskState::from(wanted.state).into(),
        status: wanted
            .status
            .map_or(TaskStatus::Unspecified, TaskStatus::from)
            .into(),
        kind: wanted
            .kind
            .map_or(TaskKind::Unspecified, TaskKind::from)
            .into(),
        due_from: wanted.due_from,
        due_to: wanted.due_to,
        ..ListTasksRequest::default()
    };
    let tasks = all(portal, &wanted.limit, &request).await?;
    output.list(
        &tasks,
        ["Id", "Case", "Landlord", "Title", "Due", "Status", "Unable"],
        |it| {
            [
                it.id.clone(),
                it.case_reference.clone(),
                it.landlord_name.clone(),
                it.title.clone(),
                it.due_on.clone(),
                it.status_label.clone(),
                it.unable
                    .as_ref()
                    .map(|it| it.message.clone())
                    .unwrap_or_default(),
            ]
        },
        "No tasks.",
    )
}

async fn owed(portal: &Portal, output: Output, mine: bool, limit: &Limit) -> Result<(), Failure> {
    let request = ListTasksRequest {
        state: TaskState::AwaitingAnswer.into(),
        on_own_cases: mine,
        ..ListTasksRequest::default()
    };
    let tasks = all(portal, limit, &request).await?;
    output.list(
        &tasks,
        [
            "Id", "Case", "Landlord", "Title", "Due", "Reported", "Why not",
        ],
        |it| {
            let report = it.unable.clone().unwrap_or_default();
            [
                it.id.clone(),
                it.case_reference.clone(),
                it.landlord_name.clone(),
                it.title.clone(),
                it.due_on.clone(),
                instant(report.reported_at.as_ref()),
                report.message,
            ]
        },
        "No report awaits an answer.",
    )
}
