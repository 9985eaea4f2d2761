//! Nothing is changed but by a form of our own (ASVS 3.5): every route that takes one refuses all others.

use http::{Method, StatusCode, header};
use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};

use crate::browser::Browser;
use crate::given::{PORTAL, Portal};
use crate::routes;
use crate::services::{CASEWORKER_SESSION, MANAGER_SESSION};

/// The forms that files are sent with.
const WITH_FILES: [&str; 3] = [
    "/cases/202312345/documents",
    "/cases/202312345/messages",
    "/complain/form/files",
];

fn form(browser: &Browser, address: &str, token: Option<&str>) -> RequestBuilder {
    let request = browser.request(Method::POST, address);
    let request = match token {
        Some(token) => request.header("x-csrf-token", token),
        None => request,
    };
    if WITH_FILES.contains(&address) {
        let file = Part::bytes(b"abc".as_slice()).file_name("a.txt");
        request.multipart(Form::new().part("files", file))
    } else {
        request.form(&[("csrf", token.unwrap_or_default())])
    }
}

#[tokio::test]
async fn every_form_is_refused_unless_it_is_ours() {
    let portal = Portal::start().await;
    let mut landlord = portal.a_browser_logged_in();
    let mut manager = portal.a_browser_of_staff(MANAGER_SESSION);
    let mut caseworker = portal.a_browser_of_staff(CASEWORKER_SESSION);
    let tokens = [
        landlord.token().await,
        manager.token().await,
        caseworker.token().await,
    ];
    // Whose page it is: for anybody else the workspaces of staff are not there, whatever is sent.
    let whose = |address: &str| match address {
        it if it.starts_with("/service-complaints/") => (&manager, &tokens[1]),
        it if it.starts_with("/risk-reviews/")
            || it.starts_with("/allocation/")
            || it.ends_with("/risk") =>
        {
            (&caseworker, &tokens[2])
        }
        _ => (&landlord, &tokens[0]),
    };
    let theirs = portal.a_browser().token().await;
    let addresses: Vec<_> = routes::all()
        .into_iter()
        .filter(|it| it.posts)
        .map(|it| it.address)
        .collect();
    for one in ["/login", "/users/new", "/session/extend"]
        .iter()
        .chain(&WITH_FILES)
    {
        assert!(addresses.iter().any(|it| it == one), "{one} was not found");
    }

    for address in &addresses {
        let (browser, token) = whose(address);
        let ours = || form(browser, address, Some(token));
        let from_us = |request: RequestBuilder| request.header(header::ORIGIN, PORTAL);
        let from = |site| ours().header("sec-fetch-site", site);
        for (what, request) in [
            ("no origin", ours()),
            (
                "no origin that tells",
                ours().header(header::ORIGIN, "null"),
            ),
            (
                "another site",
                ours().header(header::ORIGIN, "https://evil.example"),
            ),
            ("another site, says the browser", from("cross-site")),
            ("a neighbour, says the browser", from("same-site")),
            ("no token", from_us(form(browser, address, None))),
            (
                "another's token",
                from_us(form(browser, address, Some(&theirs))),
            ),
        ] {
            let status = request.send().await.unwrap().status();
            assert_eq!(status, StatusCode::FORBIDDEN, "{address}: {what}");
        }
    }
    for method in ["EndSession", "GetCase", "UploadDocument", "StartLogin"] {
        assert!(!portal.services.heard(method), "{method} was called");
    }

    // The same forms with all that they need come further, whatever becomes of them there.
    for address in &addresses {
        let (browser, token) = whose(address);
        let request = form(browser, address, Some(token)).header(header::ORIGIN, PORTAL);
        let status = request.send().await.unwrap().status();
        assert_ne!(status, StatusCode::FORBIDDEN, "{address}");
    }
}
