//! The same for pages: whatever address names a thing of another landlord's is a page that does not exist.

use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode};
use tests::Portal;

use crate::given::{Things, a_house};
use crate::program::Program;

/// An address with something's id in it, and whether it can be read and written to.
struct Address {
    text: String,
    gets: bool,
    posts: bool,
}

/// Every such address of the gateway, read from its source.
fn addresses() -> Vec<Address> {
    let mut addresses = Vec::new();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../gateway/src/pages");
    read(Path::new(source), &mut addresses);
    addresses.retain(|it| it.text.contains("{reference}") || it.text.contains("{id}"));
    addresses
}

fn read(folder: &Path, addresses: &mut Vec<Address>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, addresses);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            for route in source.split(".route(").skip(1) {
                let (_, rest) = route.split_once('"').unwrap();
                let (text, rest) = rest.split_once('"').unwrap();
                // As far as the next line that ends a call: handlers are short.
                let handlers = rest.split(')').take(3).collect::<String>();
                let handlers = handlers.split(".route").next().unwrap();
                addresses.push(Address {
                    text: text.to_owned(),
                    gets: handlers.contains("get("),
                    posts: handlers.contains("post("),
                });
            }
        }
    }
}

/// The address with the ids of things.
fn filled_in(address: &str, things: &Things) -> String {
    let id = match address.split('/').nth(1).unwrap() {
        // Nothing of a landlord's stands under all but the first, whatever the id.
        "cases" | "allocation" | "complain" | "my-actions" | "risk-reviews"
        | "service-complaints" => &things.case,
        "tasks" => &things.task,
        "documents" => &things.document,
        "users" => &things.sub_account,
        "account" => &things.session,
        "notifications" => &things.notice,
        other => panic!("what has its id in an address under /{other}?"),
    };
    address
        .replace("{reference}", &things.reference)
        .replace("{id}", id)
}

async fn page(
    program: &mut Program<'_>,
    request: reqwest::RequestBuilder,
    things: &Things,
) -> (StatusCode, String) {
    let answer = program.send(request).await;
    let status = answer.status();
    let place = answer.headers().get("location").cloned();
    let mut text = answer.text().await.unwrap();
    for id in things.all() {
        text = text.replace(id, "ID");
    }
    // How long the session has left passes by, and the trace is another for every request.
    if let Some((before, rest)) = text.split_once("data-seconds=\"") {
        let (_, after) = rest.split_once('"').unwrap();
        text = format!("{before}{after}");
    }
    let words = text.split_inclusive([' ', '<', '>']).map(|word| {
        let hex = word.trim_end_matches([' ', '<', '>']);
        let trace = hex.len() == 32 && hex.bytes().all(|it| it.is_ascii_hexdigit());
        if trace { "TRACE" } else { word }
    });
    (status, format!("{place:?} {}", words.collect::<String>()))
}

async fn token(program: &mut Program<'_>) -> String {
    let request = program.request(Method::GET, "/account/password");
    let page = program.send(request).await.text().await.unwrap();
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn ca_4_no_page_tells_what_is_another_landlords_from_what_does_not_exist() {
    let portal = Portal::start().await.unwrap();
    let (theirs, mut mine) = tokio::join!(
        a_house(&portal, "Quillfeather"),
        a_house(&portal, "Brambleton")
    );

    for program in [&mut mine.administrator, &mut mine.sub_account] {
        let hidden = walk(program, &theirs.things).await;
        assert!(hidden > 10, "{hidden}");
    }

    portal.stop().await.unwrap();
}

/// Goes to every address with the ids of things of others, and with ids of nothing, and gives how many pages do not exist.
async fn walk(program: &mut Program<'_>, theirs: &Things) -> usize {
    let missing = Things::missing();
    let token = token(program).await;
    let today = kit::time::iso(kit::Clock::system().today());
    let mut hidden = 0;

    for address in addresses() {
        let text = &address.text;
        let mut told = Vec::new();
        for things in [theirs, &missing] {
            let place = filled_in(text, things);
            if address.gets {
                let request = program.request(Method::GET, &place);
                told.push(page(program, request, things).await);
            }
            if address.posts {
                let request = program
                    .request(Method::POST, &place)
                    .header("x-csrf-token", &token);
                let files = text.ends_with("/documents") || text.ends_with("/messages");
                let request = if files {
                    let file = reqwest::multipart::Part::bytes(b"abc".to_vec()).file_name("a.txt");
                    let form = reqwest::multipart::Form::new()
                        .text("category", "DOCUMENT_CATEGORY_EVIDENCE")
                        .text("text", "Good morning")
                        .text("request_id", kit::id().to_string())
                        .part("files", file);
                    request.multipart(form)
                } else {
                    let (year, rest) = today.split_once('-').unwrap();
                    let (month, day) = rest.split_once('-').unwrap();
                    request.form(&[
                        ("csrf", token.as_str()),
                        ("version", "1"),
                        ("message", "The records are lost"),
                        ("day", day),
                        ("month", month),
                        ("year", year),
                        ("completed_on-day", day),
                        ("completed_on-month", month),
                        ("completed_on-year", year),
                        ("completed_on", &today),
                    ])
                };
                told.push(page(program, request, things).await);
            }
        }
        let (about_theirs, about_nothing) = told.split_at(told.len() / 2);
        for (theirs, nothing) in about_theirs.iter().zip(about_nothing) {
            let lines = theirs.1.lines().zip(nothing.1.lines());
            let differ: Vec<_> = lines.filter(|(one, other)| one != other).collect();
            assert!(differ.is_empty(), "{text}: {differ:?}");
            assert_eq!(theirs, nothing, "{text}");
        }
        for (status, told) in about_theirs {
            assert!(!told.contains("Quillfeather"), "{text}: {told}");
            // Of some others, what is named is asked about once their form was read.
            let is_on_cases = ["/cases/", "/tasks/", "/documents/"]
                .iter()
                .any(|it| text.starts_with(it));
            if is_on_cases {
                assert_eq!(*status, StatusCode::NOT_FOUND, "{text}: {told}");
            } else {
                assert!(!status.is_success(), "{text}: {status} {told}");
            }
            hidden += usize::from(*status == StatusCode::NOT_FOUND);
        }
    }
    hidden
}
