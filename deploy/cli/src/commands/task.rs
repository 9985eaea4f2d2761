//! `casework task`.

use clap::{Args, Subcommand, ValueEnum};
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{
    AnswerUnableRequest, GetTaskRequest, ListTasksRequest, SetTaskRequest, Task, TaskKind,
    TaskState, UnableDecision, WithdrawTaskRequest,
};

use crate::commands::{Limit, case, once_heard_of, pages};
use crate::failure::Failure;
use crate::output::Output;
use crate::portal::{Portal, call};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Set a task on a case (TA-1)
    Set(Set),
    /// List tasks, soonest due first
    List {
        /// Only on this case, by reference
        #[arg(long)]
        case: Option<String>,
        /// Which tasks
        #[arg(long, default_value = "open")]
        state: State,
        #[command(flatten)]
        limit: Limit,
    },
    /// Answer an *unable to complete* (TA-5)
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
    /// Withdraw a task
    Withdraw {
        /// The task's id
        task: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
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
}

/// What is asked of a landlord (TA-1).
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

async fn version(portal: &Portal, task_id: &str) -> Result<i64, Failure> {
    let request = GetTaskRequest {
        task_id: task_id.to_owned(),
    };
    Ok(call!(portal, "task", TaskServiceClient, get_task, request).version)
}

pub(crate) async fn run(command: Command, portal: &Portal, output: Output) -> Result<(), Failure> {
    match command {
        Command::Set(set) => {
            let request = SetTaskRequest {
                request_id: kit::id().to_string(),
                case_id: case::find(portal, &set.case).await?.id,
                kind: TaskKind::from(set.kind).into(),
                title: set.title,
                instructions: set.instructions,
                due_on: set.due,
                document_id: String::new(),
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
            output.one(
                &task,
                &format!("Task {} is set, due {}.", task.id, task.due_on),
            )
        }
        Command::List { case, state, limit } => {
            list(portal, output, case.as_deref(), state, &limit).await
        }
        Command::Answer {
            task,
            decision,
            due,
            words,
        } => {
            let request = AnswerUnableRequest {
                version: version(portal, &task).await?,
                task_id: task,
                decision: UnableDecision::from(decision).into(),
                due_on: due.unwrap_or_default(),
                answer: words,
            };
            let task = call!(portal, "task", TaskServiceClient, answer_unable, request);
            output.one(&task, &ended(&task))
        }
        Command::Withdraw { task, reason } => {
            let request = WithdrawTaskRequest {
                version: version(portal, &task).await?,
                task_id: task,
                reason,
            };
            let task = call!(portal, "task", TaskServiceClient, withdraw_task, request);
            output.one(&task, &ended(&task))
        }
    }
}

fn ended(task: &Task) -> String {
    format!(
        "{:?} is now {}, due {}. The landlord is told.",
        task.title, task.status_label, task.due_on
    )
}

async fn list(
    portal: &Portal,
    output: Output,
    reference: Option<&str>,
    state: State,
    limit: &Limit,
) -> Result<(), Failure> {
    let case_id = match reference {
        Some(reference) => case::find(portal, reference).await?.id,
        None => String::new(),
    };
    let tasks = pages(limit, async |page_size, page_token| {
        let request = ListTasksRequest {
            page_size,
            page_token,
            case_id: case_id.clone(),
            state: TaskState::from(state).into(),
            ..ListTasksRequest::default()
        };
        let page = call!(portal, "task", TaskServiceClient, list_tasks, request);
        Ok((page.tasks, page.next_page_token))
    })
    .await?;
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
