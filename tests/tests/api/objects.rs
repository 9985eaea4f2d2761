//! One landlord's things before another's people: over gRPC and JSON they are what does not exist, in the very same words.

use kit::access::TABLE;
use proto::access::v1::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use tests::Portal;
use tonic::Code;

use crate::asks::{ABOUT_ONESELF, ASKS, Answer, Ask};
use crate::given::{self, House, Things, a_house};
use crate::program::Program;
use crate::wire;

/// Stands in every text of the one landlord.
const THEIRS: &str = "Quillfeather";
/// Stands in every text of the other.
const MINE: &str = "Brambleton";

const ROLES: [Role; 2] = [Role::LandlordAdministrator, Role::LandlordSubAccount];

/// What is told, without the ids that were asked for.
fn masked(text: &str, things: &Things) -> String {
    let mut text = text.to_owned();
    for id in things.all() {
        text = text.replace(id, "ID");
    }
    text
}

/// Whether a role may call what is asked.
fn may(ask: &Ask, role: Role) -> bool {
    let method = wire::method(ask.method);
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    TABLE[&path].roles().any(|it| it == role)
}

/// How a method answers over gRPC: with messages, or with a code, words and details.
async fn over_grpc(
    portal: &Portal,
    house: &House<'_>,
    role: Role,
    ask: &Ask,
    theirs: &Things,
) -> Result<String, (Code, String)> {
    let method = wire::method(ask.method);
    let token = given::a_person(portal, &house.landlord, role, &wire::service(&method));
    let request = (ask.request)(theirs, &house.things);
    let messages = if method.is_client_streaming() {
        let content = json!({"content": "YWJj"});
        vec![
            json!({"document": request}),
            content,
            json!({"end": {"size": "3"}}),
        ]
    } else {
        vec![request]
    };
    match wire::call(portal, &method, &token, messages).await {
        Ok(answers) => Ok(masked(&Value::from(answers).to_string(), theirs)),
        Err(status) => {
            let details = String::from_utf8_lossy(status.details());
            let told = format!("{} {details}", status.message());
            Err((status.code(), masked(&told, theirs)))
        }
    }
}

/// The operation of the document that a method is.
fn operation(document: &Value, method: &str) -> (Method, String) {
    let id = format!("{}{}", method[..1].to_lowercase(), &method[1..]);
    for (path, verbs) in document["paths"].as_object().unwrap() {
        for (verb, operation) in verbs.as_object().unwrap() {
            if operation["operationId"] == id.as_str() {
                return (verb.to_uppercase().parse().unwrap(), path.clone());
            }
        }
    }
    panic!("{method} is not in the document");
}

/// How it answers over HTTP: the status, the headers but the date, and the body but the trace.
async fn over_http(
    program: &mut Program<'_>,
    document: &Value,
    ask: &Ask,
    theirs: &Things,
    mine: &Things,
) -> (StatusCode, String) {
    let (verb, path) = operation(document, ask.method);
    let Value::Object(said) = (ask.request)(theirs, mine) else {
        panic!("a request is an object");
    };
    let mut address = path.clone();
    let mut rest = Map::new();
    for (name, value) in said {
        let place = format!("{{{name}}}");
        if address.contains(&place) {
            address = address.replace(&place, value.as_str().unwrap());
        } else {
            rest.insert(name, value);
        }
    }
    let described =
        &document["paths"][&path][verb.as_str().to_lowercase()]["requestBody"]["content"];
    let request = if described["application/json"].is_object() {
        program.request(verb, &address).json(&rest)
    } else {
        let pairs: Vec<(String, String)> = rest.iter().flat_map(in_address).collect();
        let request = program.request(verb, &address).query(&pairs);
        if described.is_object() {
            let bytes = "application/octet-stream";
            request.header("content-type", bytes).body("abc")
        } else {
            request
        }
    };
    let answer = program.send(request).await;
    let status = answer.status();
    let mut headers: Vec<_> = answer
        .headers()
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let mut body = answer.text().await.unwrap();
    if let Ok(Value::Object(mut problem)) = serde_json::from_str(&body)
        && problem.remove("trace").is_some()
    {
        body = Value::from(problem).to_string();
    }
    (status, masked(&format!("{headers:?}\n{body}"), theirs))
}

fn in_address((name, value): (&String, &Value)) -> Vec<(String, String)> {
    let text = |it: &Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
    match value {
        Value::Array(values) => values.iter().map(|it| (name.clone(), text(it))).collect(),
        one => vec![(name.clone(), text(one))],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ca_4_what_is_another_landlords_is_what_does_not_exist() {
    let portal = Portal::start().await.unwrap();
    let (theirs, mut mine) = tokio::join!(a_house(&portal, THEIRS), a_house(&portal, MINE));
    let document = given::document(&portal).await;
    let missing = Things::missing();

    for ask in ASKS {
        let name = ask.method;
        for role in ROLES.into_iter().filter(|role| may(ask, *role)) {
            let told = over_grpc(&portal, &mine, role, ask, &theirs.things).await;
            let expected = over_grpc(&portal, &mine, role, ask, &missing).await;
            assert_eq!(told, expected, "{name} by {role:?}");
            let code = told.as_ref().map_or_else(|(code, _)| *code, |_| Code::Ok);
            match ask.answer {
                Answer::NotFound => assert_eq!(code, Code::NotFound, "{name}: {told:?}"),
                Answer::Refused => assert!(
                    [Code::FailedPrecondition, Code::InvalidArgument].contains(&code),
                    "{name}: {told:?}"
                ),
                Answer::Nothing => assert_eq!(code, Code::Ok, "{name}: {told:?}"),
            }

            let program = match role {
                Role::LandlordAdministrator => &mut mine.administrator,
                _ => &mut mine.sub_account,
            };
            let told = over_http(program, &document, ask, &theirs.things, &mine.things).await;
            let expected = over_http(program, &document, ask, &missing, &mine.things).await;
            assert_eq!(told, expected, "{name} by {role:?}");
            match ask.answer {
                Answer::NotFound => assert_eq!(told.0, StatusCode::NOT_FOUND, "{name}"),
                Answer::Refused => assert!(told.0.is_client_error(), "{name}: {told:?}"),
                Answer::Nothing => assert_eq!(told.0, StatusCode::OK, "{name}: {told:?}"),
            }
            assert!(!told.1.contains(THEIRS), "{name}: {told:?}");
        }
    }

    // The same requests of the landlord whose things they are find them, so it was for the right reason that the other's did not.
    for ask in ASKS {
        let role = Role::LandlordAdministrator;
        let told = over_grpc(&portal, &theirs, role, ask, &theirs.things).await;
        let nothing = over_grpc(&portal, &theirs, role, ask, &missing).await;
        // Lists by what only staff narrow them down by say the same of everything.
        let for_staff = ask.method == "ListCases";
        assert!(told != nothing || for_staff, "{}: {told:?}", ask.method);
    }
    portal.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ca_4_no_list_and_no_search_shows_what_is_another_landlords() {
    let portal = Portal::start().await.unwrap();
    let (theirs, mut mine) = tokio::join!(a_house(&portal, THEIRS), a_house(&portal, MINE));
    let document = given::document(&portal).await;

    let searches = [
        format!("/api/v1/cases?complainant={THEIRS}"),
        format!("/api/v1/cases?reference={}", theirs.things.reference),
        "/api/v1/cases?state=CASE_STATE_OPEN&order=CASE_ORDER_COMPLAINANT".to_owned(),
        "/api/v1/tasks?state=TASK_STATE_ENDED".to_owned(),
    ];
    let lists = ABOUT_ONESELF
        .iter()
        .chain(&["ListCases", "ListTasks", "CountUnread"])
        .map(|name| operation(&document, name))
        .filter(|(verb, _)| *verb == Method::GET)
        .map(|(_, path)| path);
    let own = [
        format!("/api/v1/cases/{}", mine.things.case),
        format!("/api/v1/cases/{}/timeline", mine.things.case),
        format!("/api/v1/cases/{}/messages", mine.things.case),
        format!("/api/v1/cases/{}/documents", mine.things.case),
    ];
    let mut shown = 0;
    for address in lists.chain(searches).chain(own) {
        for program in [&mut mine.administrator, &mut mine.sub_account] {
            let (status, told) = program.get(&address).await;
            let told = told.to_string();
            if status == StatusCode::FORBIDDEN {
                assert!(address.contains("sub-accounts"), "{address}: {told}");
                continue;
            }
            assert_eq!(status, StatusCode::OK, "{address}: {told}");
            shown += usize::from(told.contains(MINE));
            let leaks = theirs.things.all().into_iter().find(|id| told.contains(id));
            assert_eq!(leaks, None, "{address}: {told}");
            assert!(!told.contains(THEIRS), "{address}: {told}");
        }
    }

    // What is one's own is there to be seen.
    assert!(shown > 10, "{shown}");
    portal.stop().await.unwrap();
}
