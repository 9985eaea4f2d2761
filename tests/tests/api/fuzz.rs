//! Whatever the document allows, and much that it doesn't, sent to real objects: no answer is outside of the document, and none is a failure of ours.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Stdio;

use kit::token::Claims;
use kit::{Client, Clock};
use proto::access::v1::Role;
use proto::case::v1::Case;
use proto::identity::v1::AddStaffRequest;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use serde_json::{Value, json};
use testkit::eventually;
use tests::Portal;
use tests::colleague::{Colleague, an_upheld_complaint};
use tokio::process::Command;

use crate::document::tool;
use crate::given::{self, House, a_house};
use crate::program::{PASSWORD, Program};

/// What can't succeed here: it needs a secret that only an email or a person has.
const NEVER: [&str; 4] = [
    "changePassword",
    "checkResetLink",
    "resetPassword",
    "verifyCode",
];
/// How many cases are made up for an operation, beside those that its schema suggests.
const EXAMPLES: &str = "15";
/// What a line of what was seen ends with when somebody asked who may not.
const FORBIDDEN: &str = " forbidden";

/// A member of staff who is logged in.
async fn staff<'a>(portal: &'a Portal, role: Role, team: &str) -> Program<'a> {
    let client = Client {
        client_id: kit::id(),
        name: "Operators".to_owned(),
        scopes: vec!["staff".to_owned()],
    };
    let claims = Claims::client(&client, "identity", Clock::system().now());
    let username = format!("{}@ombudsman.example", role.as_str_name().to_lowercase());
    let request = AddStaffRequest {
        request_id: kit::id().to_string(),
        name: "Cas Worker".to_owned(),
        username: username.clone(),
        role: role.into(),
        team: team.to_owned(),
    };
    let request = kit::client::bearer(request, &portal.signer.sign(&claims).unwrap());
    let channel = portal.channel("identity", "casework").unwrap();
    AdministrationServiceClient::new(channel)
        .add_staff(request)
        .await
        .unwrap();
    // Its link comes by itself.
    let mut program = Program::new(portal);
    program.log_in_for_the_first_time(&username).await;
    program
}

/// What some operations end, which is of a case that nothing else is asked about: so each of them can succeed once.
struct Spare {
    case: Case,
    document: String,
    to_withdraw: String,
    to_redate: String,
    to_answer: String,
    reply: String,
    /// The versions that these have.
    versions: BTreeMap<String, Value>,
}

impl Spare {
    async fn make(portal: &Portal, house: &mut House<'_>, caseworker: &mut Program<'_>) -> Self {
        let case = given::open_case(portal, &house.landlord, "Spare").await;
        let task = || given::set_task(portal, &case, "Spare");
        let (to_withdraw, to_redate, to_answer) = (task().await, task().await, task().await);
        let document = given::add_document(portal, &case, "Spare").await.id;
        given::post_message(portal, &case, &[], "Spare").await;

        // The landlord can't do the one, and asks about another thing.
        let landlord = &mut house.administrator;
        let (_, task) = landlord.get(&format!("/api/v1/tasks/{to_answer}")).await;
        let unable = json!({"version": task["version"], "message": "They are lost"});
        let address = format!("/api/v1/tasks/{to_answer}:reportUnable");
        landlord.done(&address, unable).await;
        let message = json!({"requestId": kit::id().to_string(), "body": "When, please?"});
        let address = format!("/api/v1/cases/{}/messages", case.id);
        landlord.done(&address, message).await;

        let mut versions = BTreeMap::new();
        for id in [&to_withdraw, &to_redate, &to_answer] {
            let (_, task) = caseworker.get(&format!("/api/v1/tasks/{id}")).await;
            versions.insert(id.clone(), task["version"].clone());
        }
        let staff = tokio::sync::Mutex::new(caseworker);
        let owed = eventually("a reply to be owed", || async {
            let (_, owed) = staff.lock().await.get("/api/v1/repliesOwed").await;
            owed["replies"].as_array()?.first().cloned()
        })
        .await;
        let reply = owed["id"].as_str().unwrap().to_owned();
        versions.insert(reply.clone(), owed["version"].clone());
        Self {
            case,
            document,
            to_withdraw,
            to_redate,
            to_answer,
            reply,
            versions,
        }
    }
}

/// A review that a service complaint asks for, of a case that nothing else is asked about.
async fn a_risk_review(portal: &Portal, house: &House<'_>, caseworker: &mut Program<'_>) -> Value {
    let investigator = Colleague {
        portal,
        account_id: kit::id(),
        role: Role::ComplaintsInvestigator,
    };
    let case = given::open_case(portal, &house.landlord, "Reviewed").await;
    an_upheld_complaint(&investigator, &case.reference).await;
    let staff = tokio::sync::Mutex::new(caseworker);
    eventually("the review to stand on the case", || async {
        let (_, asked) = staff.lock().await.get("/api/v1/risk-reviews").await;
        asked["reviews"].as_array()?.first().cloned()
    })
    .await
}

/// What the requests are to be about, and who asks.
async fn things(portal: &Portal, house: &mut House<'_>) -> Value {
    let mut caseworker = staff(portal, Role::Caseworker, "TEAM_TRIAGE").await;
    let senior = staff(portal, Role::SeniorColleague, "").await;
    let spare = Spare::make(portal, house, &mut caseworker).await;
    let (_, account) = caseworker.get("/api/v1/account").await;
    // A case may be closed by being moved, and then nothing more is done on it.
    let moved = given::open_case(portal, &house.landlord, "Moved").await;
    let waiting = given::open_case(portal, &house.landlord, "Waiting").await;
    for (version, status) in [
        ("1", "STATUS_REFERRAL_ASSESSMENT"),
        ("2", "STATUS_AWAITING_INVESTIGATION"),
    ] {
        let address = format!("/api/v1/cases/{}:move", waiting.id);
        let move_to = json!({"version": version, "status": status});
        caseworker.done(&address, move_to).await;
    }
    let review = a_risk_review(portal, house, &mut caseworker).await;
    let address = format!("/api/v1/cases/{}:promiseCallback", house.things.case);
    let promised = json!({"requestId": kit::id().to_string(), "about": "What happens next"});
    let callback = caseworker.done(&address, promised).await;
    let mut versions = spare.versions;
    versions.insert(
        review["id"].as_str().unwrap().to_owned(),
        review["caseVersion"].clone(),
    );
    let mut halfway = Program::new(portal);
    let username = "colleague@quillfeather.example";
    let login = json!({"username": username, "password": PASSWORD});
    halfway.done("/api/v1/login", login.clone()).await;
    let spare_session = given::first(
        &mut house.sub_account,
        "/api/v1/account/sessions",
        "sessions",
    )
    .await;

    let it = &house.things;
    json!({
        "origin": portal.url,
        "landlordId": it.landlord,
        "sessions": {
            "ROLE_LANDLORD_ADMINISTRATOR": house.administrator.cookie_header(),
            "ROLE_CASEWORKER": caseworker.cookie_header(),
            "ROLE_SENIOR_COLLEAGUE": senior.cookie_header(),
        },
        "login": halfway.cookie_header(),
        // Nothing else is asked with this one, so that it can be ended.
        "spareSession": {"id": spare_session, "cookie": house.sub_account.cookie_header()},
        "versions": versions,
        "values": {
            "accountId": [it.sub_account],
            "caseId": [it.case],
            "getCase.caseId": [it.case, it.reference],
            "caseIds": [[it.case]],
            "contactId": [callback["id"]],
            "documentId": [it.document],
            "documentIds": [[it.document]],
            "landlordId": [it.landlord],
            "messageId": [it.message],
            "noticeId": [it.notice],
            "ownerAccountId": [account["id"]],
            "replyId": [spare.reply],
            "reviewId": [review["id"]],
            "taskId": [it.task],
            "allocateNext.caseType": ["CASE_TYPE_MEMBER_LANDLORD"],
            "assignOwner.caseId": [it.case],
            "moveCase.caseId": [moved.id],
            "recordOutcome.caseId": [spare.case.id],
            "answerUnable.taskId": [spare.to_answer],
            "redateTask.taskId": [spare.to_redate],
            "withdrawTask.taskId": [spare.to_withdraw],
            "withdrawDocument.documentId": [spare.document],
            "startLogin.username": [username],
            "startLogin.password": [PASSWORD],
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs `deploy/local/tools.sh schemathesis` and minutes; deploy/test.sh runs it"]
async fn wh_4_no_answer_is_a_failure_or_outside_of_the_document() {
    let portal = Portal::start().await.unwrap();
    let mut house = a_house(&portal, "Quillfeather").await;
    let things = things(&portal, &mut house).await;
    let document = given::document(&portal).await;
    let folder = tempfile::TempDir::new().unwrap();
    let seen = folder.path().join("seen");

    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/schemathesis");
    let verdict = Command::new(tool("schemathesis"))
        .args(["--config-file", &format!("{ours}/schemathesis.toml"), "run"])
        .arg(format!("{}/api/v1/openapi.json", portal.url))
        .args(["--max-examples", EXAMPLES])
        // What it remembers of its cases is for this run alone.
        .current_dir(folder.path())
        .env("PYTHONPATH", ours)
        .env("CASEWORK_THINGS", things.to_string())
        .env("CASEWORK_SEEN", &seen)
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();

    let said = String::from_utf8_lossy(&verdict.stdout).into_owned()
        + &String::from_utf8_lossy(&verdict.stderr);
    assert!(verdict.status.success(), "{said}");
    let seen = std::fs::read_to_string(&seen).unwrap();
    let (forbidden, allowed): (Vec<_>, Vec<_>) =
        seen.lines().partition(|it| it.ends_with(FORBIDDEN));
    let (summary, never) = tally(&document, &allowed);
    println!("{summary}{} of others who may not", forbidden.len());
    assert!(forbidden.len() > 100, "{}", forbidden.len());
    let let_through: Vec<_> = forbidden.iter().filter(|it| succeeded(it)).collect();
    assert!(let_through.is_empty(), "{let_through:?}");
    assert!(never.is_empty(), "never succeeded: {never:?}\n{summary}");
    portal.stop().await.unwrap();
}

fn succeeded(line: &str) -> bool {
    line.contains(" 2")
}

/// How often each status was seen of each operation, and the operations that never succeeded though they can.
fn tally(document: &Value, seen: &[&str]) -> (String, Vec<String>) {
    let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for line in seen {
        let (operation, status) = line.split_once(' ').unwrap();
        *counts
            .entry(operation)
            .or_default()
            .entry(status)
            .or_default() += 1;
    }
    let mut summary = String::new();
    for (operation, statuses) in &counts {
        writeln!(summary, "{operation}: {statuses:?}").unwrap();
    }
    let all = seen.len();
    let successes = seen.iter().filter(|it| succeeded(it)).count();
    writeln!(summary, "{successes} of {all} answers were 2xx").unwrap();

    let verbs = document["paths"].as_object().unwrap().values();
    let operations = verbs.flat_map(|it| it.as_object().unwrap().values());
    let never = operations
        .filter_map(|it| it["operationId"].as_str())
        .filter(|it| !NEVER.contains(it))
        .filter(|it| {
            let statuses = counts.get(it);
            !statuses.is_some_and(|it| it.keys().any(|status| status.starts_with('2')))
        });
    (summary, never.map(str::to_owned).collect())
}
