//! `casework report` as an operator runs it, on a whole portal (7.1): what it prints, and that a figure that does not agree with the records
//! is an exit code that a script sees.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use kit::token::Claims;
use kit::{Client, Clock, Person};
use proto::access::v1::Role;
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::{AddStaffRequest, RegisterServiceClientRequest};
use proto::service_complaint::v1::complaint_service_client::ComplaintServiceClient;
use proto::service_complaint::v1::{Channel, RecordComplaintRequest, ServiceUser, ServiceUserKind};
use tempfile::TempDir;
use tests::Portal;

const MANAGER: &str = "yusuf.garland@ombudsman.example";

/// A portal with a complaint of today, and an operator who acts for the manager.
struct Ground {
    portal: Portal,
    folder: TempDir,
    complaint: String,
}

async fn ground() -> Ground {
    let portal = Portal::start().await.unwrap();
    let client = Client {
        client_id: kit::id(),
        name: "Tests".to_owned(),
        scopes: ["clients", "staff", "accounts", "on-behalf"]
            .map(String::from)
            .to_vec(),
    };
    let claims = Claims::client(&client, "identity", Clock::system().now());
    let token = portal.signer.sign(&claims).unwrap();
    let channel = portal.channel("identity", "casework").unwrap();
    let mut identity = AdministrationServiceClient::new(channel);
    let manager = AddStaffRequest {
        request_id: kit::id().to_string(),
        name: "Yusuf Garland".to_owned(),
        username: MANAGER.to_owned(),
        role: Role::CustomerInsightManager.into(),
        team: String::new(),
    };
    identity
        .add_staff(kit::client::bearer(manager, &token))
        .await
        .unwrap();
    let operator = RegisterServiceClientRequest {
        name: "Operator".to_owned(),
        scopes: ["accounts", "on-behalf"].map(String::from).to_vec(),
    };
    let operator = identity
        .register_service_client(kit::client::bearer(operator, &token))
        .await
        .unwrap()
        .into_inner();

    let folder = TempDir::new().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, operator.client_secret).unwrap();
    std::fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    let tls = testkit::tls("casework");
    let profile = format!(
        "ca = '{}'\ncertificate = '{}'\nkey = '{}'\nclient_id = {:?}\nclient_secret_file = 'secret'\n[services]\nidentity = {:?}\nservice-complaint = {:?}\n",
        tls.ca.display(),
        tls.certificate.display(),
        tls.key.display(),
        operator.client.unwrap().id,
        portal.address("identity"),
        portal.address("service-complaint"),
    );
    std::fs::write(folder.path().join("operator.toml"), profile).unwrap();
    let complaint = a_complaint(&portal).await;
    Ground {
        portal,
        folder,
        complaint,
    }
}

fn today() -> String {
    kit::time::iso(Clock::system().today())
}

async fn a_complaint(portal: &Portal) -> String {
    let investigator = Person {
        account_id: kit::id(),
        name: "Mei Sutherby".to_owned(),
        role: Role::ComplaintsInvestigator,
        landlord: None,
        team: None,
        session_id: Some(kit::id()),
        through: None,
    };
    let now = Clock::system().now();
    let claims = Claims::person(&investigator, "service-complaint", now);
    let token = portal.signer.sign(&claims).unwrap();
    let request = RecordComplaintRequest {
        request_id: kit::id().to_string(),
        service_user: Some(ServiceUser {
            name: "Asha Verma".to_owned(),
            kind: ServiceUserKind::Resident.into(),
            email: "asha@example.org".to_owned(),
            telephone: "020 7946 0000".to_owned(),
            ..ServiceUser::default()
        }),
        channel: Channel::Telephone.into(),
        summary: "Nobody called me back.".to_owned(),
        received_on: today(),
        ..RecordComplaintRequest::default()
    };
    let channel = portal.channel("service-complaint", "gateway").unwrap();
    let recorded = ComplaintServiceClient::new(channel)
        .record_complaint(kit::client::bearer(request, &token))
        .await;
    recorded.unwrap().into_inner().reference
}

impl Ground {
    fn report(&self, options: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casework"));
        command
            .arg("--profile")
            .arg(self.folder.path().join("operator.toml"))
            .args(["--on-behalf-of", MANAGER])
            .args(options);
        command.output().unwrap()
    }

    fn of_today(&self, options: &[&str]) -> Output {
        let today = today();
        let period = ["--from", &today, "--to", &today];
        self.report(&[options, &period].concat())
    }
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_14_7_1_a_figure_that_differs_from_the_records_is_exit_code_1_with_the_complaints_named()
{
    let ground = ground().await;
    let period = ground.of_today(&["report", "period"]);
    assert!(period.status.success(), "{}", said(&period.stderr));
    assert!(said(&period.stdout).contains("no share of what was received"));
    let rows = ground.of_today(&["report", "rows", "received"]);
    assert!(said(&rows.stdout).contains(&ground.complaint));
    let agreed = ground.of_today(&["report", "check"]);
    assert_eq!(agreed.status.code(), Some(0), "{}", said(&agreed.stderr));
    let sentence = said(&agreed.stdout);
    assert!(
        sentence.contains("figures agree with the records of 1 complaints"),
        "{sentence}"
    );

    // The column that the report counts by says another day than the ledger.
    let database = ground.portal.database("service-complaint").await.unwrap();
    sqlx::query("update complaints set received_on = received_on - 1")
        .execute(&database)
        .await
        .unwrap();
    let differs = ground.of_today(&["report", "check"]);
    let for_programs = ground.of_today(&["--json", "report", "check"]);

    assert_eq!(differs.status.code(), Some(1));
    let table = said(&differs.stdout);
    assert!(table.contains("received.channel.telephone"), "{table}");
    assert!(table.contains(&ground.complaint), "{table}");
    let error = said(&differs.stderr);
    assert!(error.contains("figures differ from the records"), "{error}");
    assert_eq!(for_programs.status.code(), Some(1));
    let first = said(&for_programs.stdout);
    let first: serde_json::Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    assert_eq!(first["subjects"][0], ground.complaint);
    assert_eq!(
        (&first["reported"], &first["recounted"]),
        (&serde_json::Value::Null, &"1".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sc_14_7_1_what_is_asked_wrongly_is_told_in_words_and_help_names_what_there_is() {
    let ground = ground().await;

    let backwards = [
        "report",
        "period",
        "--from",
        "2025-03-31",
        "--to",
        "2024-10-01",
    ];
    let backwards = ground.report(&backwards);
    let no_date = [
        "report",
        "check",
        "--from",
        "2025-02-30",
        "--to",
        "2025-03-31",
    ];
    let no_date = ground.report(&no_date);
    let no_figure = ground.of_today(&["report", "rows", "no.such.figure"]);
    let recounted = ["report", "enquiries", &today()[..7], "12"];
    assert!(ground.report(&recounted).status.success());
    let uncorrected = ["report", "enquiries", &today()[..7], "13"];
    let uncorrected = ground.report(&uncorrected);
    let help = ground.report(&["report", "--help"]);

    for (wrong, words) in [
        (backwards, "the last date is before the first"),
        (no_date, "from must be a real date"),
        (no_figure, "there is no such figure"),
        (uncorrected, "say why the count is corrected"),
    ] {
        assert_eq!(wrong.status.code(), Some(1), "{words}");
        let error = said(&wrong.stderr);
        assert!(error.to_lowercase().contains(words), "{error}");
    }
    let help = said(&help.stdout);
    for command in ["period", "rows", "check", "sample", "enquiries"] {
        assert!(help.contains(command), "{help}");
    }
}
