//! `casework import` as an operator runs it, on a whole portal (CA-7).

use std::fmt::Write as _;
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use kit::token::Claims;
use kit::{Client, Clock};
use proto::identity::v1::administration_service_client::AdministrationServiceClient;
use proto::identity::v1::{RegisterLandlordRequest, RegisterServiceClientRequest};
use tempfile::TempDir;
use tests::Portal;

/// A portal with a landlord, and an operator who may import.
struct Ground {
    portal: Portal,
    folder: TempDir,
    landlord: String,
}

async fn ground() -> Ground {
    let portal = Portal::start().await.unwrap();
    let client = Client {
        client_id: kit::id(),
        name: "Tests".to_owned(),
        scopes: ["accounts", "clients", "cases", "import"]
            .map(String::from)
            .to_vec(),
    };
    let claims = Claims::client(&client, "identity", Clock::system().now());
    let token = portal.signer.sign(&claims).unwrap();
    let channel = portal.channel("identity", "casework").unwrap();
    let mut identity = AdministrationServiceClient::new(channel);
    let landlord = RegisterLandlordRequest {
        request_id: kit::id().to_string(),
        name: "TEST TEST Landlord".to_owned(),
        administrator_name: "Dani Rawling".to_owned(),
        administrator_username: "dani@landlord.example".to_owned(),
    };
    let landlord = identity
        .register_landlord(kit::client::bearer(landlord, &token))
        .await
        .unwrap()
        .into_inner()
        .id;
    let operator = RegisterServiceClientRequest {
        name: "Operator".to_owned(),
        scopes: ["cases", "import"].map(String::from).to_vec(),
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
        "ca = '{}'\ncertificate = '{}'\nkey = '{}'\nclient_id = {:?}\nclient_secret_file = 'secret'\n[services]\nidentity = {:?}\ncase = {:?}\n",
        tls.ca.display(),
        tls.certificate.display(),
        tls.key.display(),
        operator.client.unwrap().id,
        portal.address("identity"),
        portal.address("case"),
    );
    std::fs::write(folder.path().join("operator.toml"), profile).unwrap();

    let cases = portal.database("case").await.unwrap();
    testkit::eventually("the landlord is known", async || {
        sqlx::query_scalar::<_, i64>("select 1::bigint from landlords where name is not null")
            .fetch_optional(&cases)
            .await
            .unwrap()
    })
    .await;
    Ground {
        portal,
        folder,
        landlord,
    }
}

impl Ground {
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casework"));
        command
            .arg("--profile")
            .arg(self.folder.path().join("operator.toml"));
        command
    }

    fn import(&self, file: &Path, options: &[&str]) -> Output {
        let mut command = self.command();
        command.args(["import", "cases"]).arg(file).args(options);
        command.output().unwrap()
    }

    /// An example of the documentation, about this portal's landlord.
    fn example(&self, name: &str) -> PathBuf {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples")
            .join(name);
        let text = std::fs::read_to_string(path).unwrap();
        self.file(
            name,
            &text.replace("0198f1c2-7a50-7c3e-9d4b-3f6a1c2b5e70", &self.landlord),
        )
    }
}

const HEADER: &str = "reference,complainant,case_type,landlord_id,status,opened_on,subject\n";

fn row(number: usize, landlord: &str) -> String {
    format!(
        "2019{number:06},\"Resident, {number}\",enquiry,{landlord},evidence-gathering,2019-04-05,Repairs\n"
    )
}

/// The same row as an object of NDJSON.
fn object(number: usize, landlord: &str) -> String {
    let row = serde_json::json!({
        "reference": format!("2019{number:06}"),
        "complainant": format!("Resident, {number}"),
        "case_type": "enquiry",
        "landlord_id": landlord,
        "status": "evidence-gathering",
        "opened_on": "2019-04-05",
        "subject": "Repairs",
    });
    format!("{row}\n")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The end of an import, as it is said.
fn end(output: &Output) -> String {
    text(&output.stdout)
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn ca_7_a_file_is_taken_over_once_and_its_bad_rows_are_told_with_their_places() {
    let ground = ground().await;
    let mut rows = HEADER.to_owned();
    for number in 1..=1_200 {
        rows.push_str(&row(number, &ground.landlord));
    }
    writeln!(
        rows,
        "2019-1,\"Resident\",enquiry,{},evidence-gathering,2019-04-05,Repairs",
        ground.landlord
    )
    .unwrap();
    writeln!(
        rows,
        "2019002000,\"A, B\",enquiry,{},closed,2019-04-05,\"one\ntwo\"",
        ground.landlord
    )
    .unwrap();
    writeln!(
        rows,
        "2019002001,\"A, B\",enquiry,{},evidence-gathering,soon,Repairs",
        ground.landlord
    )
    .unwrap();
    writeln!(rows, "2019002002,short").unwrap();
    rows.push_str(&row(1_201, &ground.landlord));
    let file = ground.file("cases.csv", &rows);
    let report = ground.folder.path().join("bad.csv");

    let trial = ground.import(&file, &["--dry-run"]);
    let first = ground.import(&file, &["--report", report.to_str().unwrap()]);
    let again = ground.import(&file, &[]);

    assert_eq!(
        end(&trial),
        "Nothing was taken. It would be: 1,201 added, 0 unchanged, 4 refused, of 1,205 rows."
    );
    assert_eq!(
        end(&first),
        "1,201 added, 0 unchanged, 4 refused, of 1,205 rows."
    );
    assert_eq!(first.status.code(), Some(1));
    assert_eq!(text(&first.stderr), "casework: 4 rows were refused\n");
    assert_eq!(
        end(&again),
        "0 added, 1,201 unchanged, 4 refused, of 1,205 rows."
    );
    let uuid = ground.landlord.len();
    let told: Vec<String> = text(&std::fs::read(&report).unwrap())
        .lines()
        .map(String::from)
        .collect();
    assert_eq!(told.len(), 5);
    assert_eq!(told[0], "line,column,field,reference,problem");
    // What can't be sent is told when it is read; the rest, when the service has answered for its batch.
    assert!(
        told.contains(
            &"1206,1,,2019002002,\"the row has 2 values, and the header 7 columns\"".to_owned()
        ),
        "{told:#?}"
    );
    assert!(
        told.iter()
            .any(|it| it.starts_with("1202,1,reference,2019-1,")),
        "{told:#?}"
    );
    assert!(
        told.iter()
            .any(|it| it.starts_with("1203,1,closed_on,2019002000,")),
        "{told:#?}"
    );
    // reference, quoted name, kind, landlord and status stand before the date.
    let column = 11 + 1 + 6 + 1 + 7 + 1 + uuid + 1 + 18 + 1;
    assert!(
        told.iter()
            .any(|it| it.starts_with(&format!("1205,{column},opened_on,2019002001,"))),
        "{told:#?}"
    );
    ground.portal.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ca_7_the_examples_are_good_and_the_same_in_both_formats() {
    let ground = ground().await;

    let csv = ground.import(&ground.example("cases.csv"), &[]);
    let ndjson = ground.import(&ground.example("cases.ndjson"), &[]);

    assert_eq!(end(&csv), "3 added, 0 unchanged, 0 refused, of 3 rows.");
    assert!(csv.status.success());
    assert_eq!(end(&ndjson), "0 added, 3 unchanged, 0 refused, of 3 rows.");
    assert!(ndjson.status.success());
    ground.portal.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ca_7_programs_read_what_became_of_the_rows_as_json() {
    let ground = ground().await;
    let rows =
        "{\"reference\": \"2019000001\", \"status\": \"lost\"}\n{\"reference\" \"2019000002\"}\n";
    let file = ground.file("cases.jsonl", rows);

    let output = ground.import(&file, &["--json"]);

    let lines: Vec<String> = text(&output.stdout).lines().map(String::from).collect();
    assert!(lines[0].starts_with(r#"{"line":1,"column":"#), "{lines:?}");
    assert!(
        lines[1].starts_with(r#"{"line":2,"column":14,"field":"""#),
        "{lines:?}"
    );
    assert_eq!(
        lines[2],
        r#"{"rows":2,"added":0,"unchanged":0,"refused":2,"dry_run":false}"#
    );
    assert_eq!(output.status.code(), Some(1));
    ground.portal.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ca_7_an_import_needs_no_more_memory_for_100_000_rows_than_for_10_000() {
    let ground = ground().await;

    for format in ["csv", "ndjson"] {
        let little = peak(&ground, format, 10_000);
        let much = peak(&ground, format, 100_000);

        assert!(
            much * 10 < little * 12,
            "10,000 rows of {format} took {little} KiB, and 100,000 rows {much} KiB"
        );
    }
    ground.portal.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ca_7_a_terminal_shows_how_far_an_import_is_and_a_pipe_does_not() {
    let ground = ground().await;
    let rows: String = (1..=3_000).map(|it| row(it, &ground.landlord)).collect();
    let file = ground.file("cases.csv", &format!("{HEADER}{rows}"));
    let program = format!(
        "{} --profile {} import cases {} --dry-run",
        env!("CARGO_BIN_EXE_casework"),
        ground.folder.path().join("operator.toml").display(),
        file.display()
    );

    // Debian's own way to give a command a terminal.
    let seen = Command::new("script")
        .args(["--quiet", "--return", "--command", &program, "/dev/null"])
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let piped = ground.import(&file, &["--dry-run"]);

    let seen = text(&seen.stdout);
    for said in ["KiB of ", " rows, ", " a second, ", " to go"] {
        assert!(seen.contains(said), "{said:?} is not in {seen:?}");
    }
    assert!(seen.contains("3,000 added"), "{seen:?}");
    assert_eq!(text(&piped.stderr), "", "nothing moves in a pipe");
    ground.portal.stop().await.unwrap();
}

/// So many rows a large file has, of which every thousandth is bad.
const LARGE: usize = 100_000;

/// A row of a large file, and what is told of it if it is bad: its field, and the column where that stands.
fn large_row(number: usize, landlord: &str) -> (String, Option<(&'static str, usize)>) {
    let good = row(number, landlord);
    if !number.is_multiple_of(1_000) {
        return (good, None);
    }
    let stranger = kit::id().to_string();
    let (field, right, wrong) = match number / 1_000 % 4 {
        0 => return (format!("2019{number:06},short\n"), Some(("", 1))),
        1 => ("reference", "2019", "2019-"),
        2 => ("landlord_id", landlord, stranger.as_str()),
        _ => ("opened_on", "2019-04-05", "2019-02-30"),
    };
    let bad = good.replacen(right, wrong, 1);
    let column = bad.find(wrong).expect("it was put there") + 1;
    (bad, Some((field, column)))
}

#[tokio::test(flavor = "multi_thread")]
async fn ca_7_an_import_of_100_000_rows_that_was_killed_in_the_middle_ends_as_one_that_was_not() {
    let mut ground = ground().await;
    // The others hear of a hundred thousand cases later: an import waits for nobody.
    ground.portal.nats.stop().await;
    let cases = ground.portal.database("case").await.unwrap();
    let mut rows = HEADER.to_owned();
    let mut bad = Vec::new();
    for number in 1..=LARGE {
        let (row, problem) = large_row(number, &ground.landlord);
        rows.push_str(&row);
        // The header is the first line.
        bad.extend(problem.map(|(field, column)| format!("{},{column},{field},", number + 1)));
    }
    let file = ground.file("cases.csv", &rows);
    let good = LARGE - bad.len();

    kill_half_way(&ground, &rows).await;
    let report = ground.folder.path().join("bad.csv");
    let repeated = ground.import(&file, &["--json", "--report", report.to_str().unwrap()]);
    let again = ground.import(&file, &["--json"]);

    let repeated = summary(&repeated);
    assert!(repeated.added > 0 && repeated.unchanged > 0, "{repeated:?}");
    assert_eq!(repeated.added + repeated.unchanged, good);
    assert_eq!((repeated.rows, repeated.refused), (LARGE, bad.len()));
    let all_unchanged = Summary {
        rows: LARGE,
        added: 0,
        unchanged: good,
        refused: bad.len(),
    };
    assert_eq!(summary(&again), all_unchanged);
    assert_eq!(kept(&cases).await, [i64::try_from(good).unwrap(); 5]);
    let told = text(&std::fs::read(&report).unwrap());
    let mut told: Vec<&str> = told.lines().skip(1).collect();
    // What can't be sent is told when it is read; the rest, when the service has answered for its batch.
    told.sort_by_key(|it| it.split(',').next().unwrap().parse::<usize>().unwrap());
    assert_eq!(told.len(), bad.len());
    for (told, bad) in told.iter().zip(&bad) {
        assert!(told.starts_with(bad), "{told} is told, and {bad} is bad");
    }
    ground.portal.stop().await.unwrap();
}

/// Sends the first half of a file to an import, which is killed once some of it has been taken.
async fn kill_half_way(ground: &Ground, rows: &str) {
    let cases = ground.portal.database("case").await.unwrap();
    let mut command = ground.command();
    command.args(["import", "cases", "-", "--format=csv"]);
    let mut running = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = running.stdin.take().unwrap();
    input.write_all(&rows.as_bytes()[..rows.len() / 2]).unwrap();
    testkit::eventually("some rows are taken", async || {
        sqlx::query_scalar::<_, i64>("select 1::bigint from cases limit 1")
            .fetch_optional(&cases)
            .await
            .unwrap()
    })
    .await;
    running.kill().unwrap();
    running.wait().unwrap();
}

/// How an import ended, as programs read it.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
struct Summary {
    rows: usize,
    added: usize,
    unchanged: usize,
    refused: usize,
}

fn summary(output: &Output) -> Summary {
    serde_json::from_str(&end(output)).unwrap()
}

/// How many cases there are: all, those that are what their row says, and those with an entry in the timeline, in the audit and in the outbox.
/// None has two of these.
async fn kept(cases: &sqlx::PgPool) -> [i64; 5] {
    let counts: (i64, i64, i64, i64, i64) = sqlx::query_as(
        "select count(*),
             count(*) filter (where complainant = 'Resident, ' || substring(reference from 5)::integer
                 and opened_on = '2019-04-05' and subject = 'Repairs'),
             (select count(*) from timeline), (select count(*) from changes where action = 'import'),
             (select count(*) from outbox where subject = 'casework.case.v1.CaseImported')
         from cases",
    )
    .fetch_one(cases)
    .await
    .unwrap();
    let (all, true_to_row, entries, changes, events) = counts;
    [all, true_to_row, entries, changes, events]
}

/// The most memory that a trial import of so many rows had, in KiB. It is read while the command still waits for more.
fn peak(ground: &Ground, format: &str, rows: usize) -> u64 {
    let mut command = ground.command();
    command.args(["import", "cases", "-", "--format", format, "--dry-run"]);
    let mut running = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = running.stdin.take().unwrap();
    let (header, row): (&str, fn(usize, &str) -> String) = match format {
        "csv" => (HEADER, row),
        _ => ("", object),
    };
    input.write_all(header.as_bytes()).unwrap();
    for number in 1..=rows {
        input
            .write_all(row(number, &ground.landlord).as_bytes())
            .unwrap();
    }
    input.flush().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap();
    let line = status.lines().find(|it| it.starts_with("VmHWM:")).unwrap();
    let peak = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    drop(input);
    let output = running.wait_with_output().unwrap();
    let all = if rows == 10_000 { "10,000" } else { "100,000" };
    assert_eq!(
        end(&output),
        format!(
            "Nothing was taken. It would be: {all} added, 0 unchanged, 0 refused, of {all} rows."
        )
    );
    peak
}
