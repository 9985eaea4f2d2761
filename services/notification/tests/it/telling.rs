//! Every event of the table is told, once, to whom it concerns (NO-1 to NO-3).

mod contacts;

use std::collections::{BTreeSet, HashSet};

use chrono::TimeDelta;
use notification::domain::table::{TABLE, Told};
use outbox::testing::event_at;
use outbox::{Event, Outcome};
use proto::case::v1::{CaseFacts, CaseMoved, CaseOpened, CaseOutcomeRecorded, RiskReviewOpened};
use proto::document::v1::{DocumentAdded, DocumentQuarantined};
use proto::identity::v1::{
    LoginCodeRequested, PasswordResetRequested, ResetCause, SecurityNotice, SecurityNoticeRaised,
};
use proto::messaging::v1::{
    MessagePosted, ReplyApproaching, ReplyFacts, ReplyOverdue, ReplyRedated, Side,
};
use proto::task::v1::{
    TaskApproaching, TaskChanged, TaskCompleted, TaskEscalated, TaskFinalReminder, TaskOverdue,
    TaskReopened, TaskSet, TaskUnableAnswered, TaskUnableReported, UnableDecision,
};
use sqlx::PgPool;
use testkit::{Caller, a_caseworker, a_landlord_administrator, a_senior_colleague};
use uuid::Uuid;

use crate::given::{TRIAGE, World, a_world, facts, now, task};

const LANDLORD: &str = "ada@landlord.example";
const OWNER: &str = "casey@ombudsman.example";
const HOLDER: &str = "sol@landlord.example";

/// Everyone who may hear of something, by the name that the expectations give them.
struct Ears {
    bells: Vec<(&'static str, Caller)>,
    heard: HashSet<String>,
}

impl Ears {
    /// Delivers an event three times, lets its burst pass and tells what came of it.
    async fn hear(&mut self, world: &World, event: &Event) -> Vec<String> {
        let mails = world.arrived().len();

        assert_eq!(world.deliver(event).await.unwrap(), Outcome::Handled);
        assert_eq!(world.deliver(event).await.unwrap(), Outcome::Duplicate);
        world.gathered();
        let arrived = world.send().await;
        assert_eq!(world.deliver(event).await.unwrap(), Outcome::Duplicate);
        assert_eq!(world.send().await.len(), arrived.len());

        let mut told: Vec<String> = arrived[mails..]
            .iter()
            .map(|mail| format!("{}: {}", mail.to[0], mail.subject))
            .collect();
        told.sort();
        for (name, caller) in &self.bells {
            for notice in world.notices(caller).await {
                if self.heard.insert(notice.id) {
                    told.push(format!("{name}’s bell: {}", notice.text));
                }
            }
        }
        told
    }
}

type Expected = (Event, Vec<String>);

/// What is to be told of an event: emails first, by address, then notices.
fn told(event: Event, told: &[(&str, String)]) -> Expected {
    let told = told.iter().map(|(to, what)| format!("{to}{what}"));
    (event, told.collect())
}

fn email(subject: &str) -> String {
    format!(": {subject}: case 202512345")
}

fn bell(text: &str) -> String {
    format!("’s bell: {text}")
}

/// What the tasks are called.
const TITLE: &str = "Provide stage one response";

fn of_cases(it: &Known) -> Vec<Expected> {
    let facts_of = || CaseFacts {
        case_id: it.case.to_string(),
        version: 2,
        ..facts(it.landlord, Some(it.owner))
    };
    let opened = CaseOpened {
        facts: Some(facts(it.landlord, None)),
    };
    let decided = |told| CaseOutcomeRecorded {
        facts: Some(facts_of()),
        finding_label: "Maladministration".into(),
        told,
        ..CaseOutcomeRecorded::default()
    };
    vec![
        told(
            event(&opened),
            &[
                (LANDLORD, email("New case")),
                ("landlord", bell("There is a new case")),
            ],
        ),
        told(
            event(&CaseMoved {
                facts: Some(facts_of()),
                status_label: "Under investigation".into(),
                ..CaseMoved::default()
            }),
            &[
                (LANDLORD, email("Case status changed")),
                ("landlord", bell("Status changed to ‘Under investigation’")),
            ],
        ),
        // What the landlord is not to see yet.
        told(event(&decided(false)), &[]),
        told(
            event(&decided(true)),
            &[
                (LANDLORD, email("Outcome of the case")),
                ("landlord", bell("Decision on the case: Maladministration")),
            ],
        ),
        // Casework alone hears of it (CA-1).
        told(
            event(&RiskReviewOpened {
                case_id: it.case.to_string(),
                due_on: "2025-06-24".into(),
                ..RiskReviewOpened::default()
            }),
            &[
                (OWNER, email("Risk review")),
                (
                    "owner",
                    bell("A fresh review of the risk assessment is asked for by 24 June 2025"),
                ),
            ],
        ),
    ]
}

fn of_messages_and_documents(it: &Known) -> Vec<Expected> {
    let posted = |side: Side| MessagePosted {
        case_id: it.case.to_string(),
        side: side.into(),
        author_name: "Pat".into(),
        ..MessagePosted::default()
    };
    let added = |from_ombudsman| DocumentAdded {
        case_id: it.case.to_string(),
        from_ombudsman,
        ..DocumentAdded::default()
    };
    let infected = "A document holds malware and was put away";
    vec![
        told(
            event(&posted(Side::Ombudsman)),
            &[
                (LANDLORD, email("New message")),
                ("landlord", bell("New message from Pat")),
            ],
        ),
        told(
            event(&posted(Side::Landlord)),
            &[
                (OWNER, email("New message")),
                ("owner", bell("New message from Pat")),
            ],
        ),
        told(
            event(&added(true)),
            &[
                (LANDLORD, email("New documents")),
                ("landlord", bell("A document was added")),
            ],
        ),
        told(
            event(&added(false)),
            &[
                (OWNER, email("New documents")),
                ("owner", bell("A document was added")),
            ],
        ),
        told(
            event(&DocumentQuarantined {
                case_id: it.case.to_string(),
                ..DocumentQuarantined::default()
            }),
            &[
                (LANDLORD, email("Document put away")),
                (OWNER, email("Document put away")),
                ("landlord", bell(infected)),
                ("owner", bell(infected)),
            ],
        ),
    ]
}

fn of_tasks(it: &Known) -> Vec<Expected> {
    vec![
        told(
            event(&TaskSet {
                facts: Some(task(it.case, true)),
                ..TaskSet::default()
            }),
            &[
                (LANDLORD, email("New task")),
                (
                    "landlord",
                    bell(&format!("New task: {TITLE}, due 13 June 2025")),
                ),
            ],
        ),
        told(
            event(&TaskUnableAnswered {
                facts: Some(task(it.case, true)),
                decision: UnableDecision::NewDate.into(),
                ..TaskUnableAnswered::default()
            }),
            &[
                (LANDLORD, email("Answer about a task")),
                (
                    "landlord",
                    bell(&format!(
                        "Task has a new due date: {TITLE}, now due 13 June 2025"
                    )),
                ),
            ],
        ),
        told(
            event(&TaskChanged {
                facts: Some(task(it.case, false)),
                ..TaskChanged::default()
            }),
            &[
                (LANDLORD, email("Task changed")),
                ("landlord", bell(&format!("Task withdrawn: {TITLE}"))),
            ],
        ),
        told(
            event(&TaskCompleted {
                facts: Some(task(it.case, false)),
                ..TaskCompleted::default()
            }),
            &[
                (OWNER, email("Task completed")),
                ("owner", bell(&format!("Task completed: {TITLE}"))),
            ],
        ),
        told(
            event(&TaskReopened {
                facts: Some(task(it.case, true)),
                ..TaskReopened::default()
            }),
            &[
                (OWNER, email("Task open again")),
                (
                    "owner",
                    bell(&format!(
                        "Task open again: {TITLE}. The landlord took back that it was completed"
                    )),
                ),
            ],
        ),
        told(
            event(&TaskUnableReported {
                facts: Some(task(it.case, true)),
                ..TaskUnableReported::default()
            }),
            &[
                (OWNER, email("Unable to complete a task")),
                (
                    "owner",
                    bell(&format!(
                        "Unable to complete: {TITLE}. The landlord awaits an answer"
                    )),
                ),
            ],
        ),
    ]
}

fn of_late_tasks(it: &Known) -> Vec<Expected> {
    let escalated =
        format!("Task still overdue after the final reminder: {TITLE}, was due 13 June 2025");
    vec![
        told(
            event(&TaskApproaching {
                facts: Some(task(it.case, true)),
            }),
            &[
                (LANDLORD, email("Task due soon")),
                (
                    "landlord",
                    bell(&format!("Task due soon: {TITLE}, due 13 June 2025")),
                ),
            ],
        ),
        told(
            event(&TaskOverdue {
                facts: Some(task(it.case, true)),
            }),
            &[
                (LANDLORD, email("Task overdue")),
                (
                    "landlord",
                    bell(&format!("Task overdue: {TITLE}, was due 13 June 2025")),
                ),
            ],
        ),
        told(
            event(&TaskFinalReminder {
                facts: Some(task(it.case, true)),
            }),
            &[
                (LANDLORD, email("Task overdue, final reminder")),
                (
                    "landlord",
                    bell(&format!("Final reminder: {TITLE}, was due 13 June 2025")),
                ),
            ],
        ),
        told(
            event(&TaskEscalated {
                facts: Some(task(it.case, true)),
            }),
            &[
                (OWNER, email("Task still overdue")),
                (TRIAGE, email("Task still overdue")),
                ("owner", bell(&escalated)),
                ("senior", bell(&escalated)),
            ],
        ),
    ]
}

fn of_owed_answers(it: &Known) -> Vec<Expected> {
    let owed = || {
        Some(ReplyFacts {
            reply_id: kit::id().to_string(),
            case_id: it.case.to_string(),
            due_on: "2025-06-13".to_owned(),
            ..ReplyFacts::default()
        })
    };
    vec![
        told(
            event(&ReplyApproaching { facts: owed() }),
            &[
                (OWNER, email("Answer due soon")),
                (
                    "owner",
                    bell("An answer to the landlord is due soon, on 13 June 2025"),
                ),
            ],
        ),
        told(
            event(&ReplyOverdue { facts: owed() }),
            &[
                (OWNER, email("Answer overdue")),
                (
                    "owner",
                    bell("An answer to the landlord is overdue: it was due 13 June 2025"),
                ),
            ],
        ),
        told(
            event(&ReplyRedated {
                facts: owed(),
                ..ReplyRedated::default()
            }),
            &[
                (OWNER, email("Answer due on another date")),
                (
                    "owner",
                    bell("An answer to the landlord is now due 13 June 2025"),
                ),
            ],
        ),
    ]
}

fn of_accounts(it: &Known) -> Vec<Expected> {
    let soon = Some(kit::time::timestamp(now() + TimeDelta::hours(6)));
    let email = |subject: &str| format!(": {subject}");
    vec![
        told(
            event(&LoginCodeRequested {
                login_id: it.login.to_string(),
                expires_at: soon,
            }),
            &[(HOLDER, email("Your verification code"))],
        ),
        told(
            event(&PasswordResetRequested {
                reset_id: it.reset.to_string(),
                cause: ResetCause::Forgotten.into(),
                expires_at: soon,
            }),
            &[(HOLDER, email("Set a new password"))],
        ),
        told(
            event(&SecurityNoticeRaised {
                account_id: it.holder.to_string(),
                notice: SecurityNotice::PasswordChanged.into(),
                ..SecurityNoticeRaised::default()
            }),
            &[
                (HOLDER, email("Your password was changed")),
                ("holder", bell("Your password was changed")),
            ],
        ),
    ]
}

/// What the events are about.
struct Known {
    case: Uuid,
    landlord: Uuid,
    owner: Uuid,
    holder: Uuid,
    login: Uuid,
    reset: Uuid,
}

fn event<E: prost::Message + prost::Name>(message: &E) -> Event {
    event_at(message, now())
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_1_each_event_is_told_once_to_whom_it_concerns(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord(LANDLORD).await;
    let owner = world.people.account(OWNER);
    let known = Known {
        case: world.a_case(landlord, Some(owner)).await,
        landlord,
        owner,
        holder: world.people.account(HOLDER),
        login: world.people.begin(HOLDER),
        reset: world.people.begin(HOLDER),
    };
    let mut ears = Ears {
        bells: vec![
            ("landlord", a_landlord_administrator(landlord)),
            ("owner", a_caseworker().with_account(owner)),
            ("senior", a_senior_colleague()),
            ("holder", a_caseworker().with_account(known.holder)),
        ],
        heard: HashSet::new(),
    };

    let expectations = [
        of_cases(&known),
        contacts::of_contacts(&known),
        of_messages_and_documents(&known),
        of_tasks(&known),
        of_late_tasks(&known),
        of_owed_answers(&known),
        of_accounts(&known),
    ];
    let mut told = BTreeSet::new();
    for (event, expected) in expectations.concat() {
        assert_eq!(
            ears.hear(&world, &event).await,
            expected,
            "{}",
            event.subject
        );
        told.insert(event.subject);
    }

    let by_table: BTreeSet<String> = TABLE
        .iter()
        .filter(|row| matches!(row.told, Told::Of(_)))
        .map(|row| row.event.to_owned())
        // Of its own making, in the transaction of a refusal: see `sending`.
        .filter(|event| event != "casework.notification.v1.EmailRefused")
        // Of people without an account and of Customer Insight, who have no case: see `complaints` and `letters`.
        .filter(|event| !event.starts_with("casework.service_complaint."))
        // Of complainants, who have no account either: see `updates`.
        .filter(|event| event != "casework.case.v1.ProgressUpdateGiven")
        .collect();
    assert_eq!(told, by_table, "every row of the table was tried");
    let mails = world.arrived();
    assert!(mails.len() > 25);
    for content in [TITLE, "Pat", "Maladministration"] {
        assert!(
            mails
                .iter()
                .all(|mail| !format!("{mail:?}").contains(content)),
            "case content stays in the portal: {content}"
        );
    }
}

#[test]
fn no_1_every_event_that_is_told_is_heard() {
    let subjects = <notification::app::App as outbox::Handler>::subjects();

    for row in TABLE {
        let own = row.event == "casework.notification.v1.EmailRefused";
        if matches!(row.told, Told::Of(_)) && !own {
            assert!(subjects.contains(&row.event.to_owned()), "{}", row.event);
        }
    }
}
