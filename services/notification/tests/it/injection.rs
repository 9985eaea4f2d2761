//! Names and references in emails are data: they write no header, no line and no link.

use proto::case::v1::{CaseFacts, CaseOpened};
use proto::identity::v1::{SecurityNotice, SecurityNoticeRaised};
use sqlx::PgPool;

use crate::given::{a_world, facts};

const HOLDER: &str = "sol@landlord.example";

/// Names that somebody might give a user to write more than a name.
const NAMES: [&str; 8] = [
    "Sol\r\nBcc: all@evil.example",
    "Sol\nSubject: You have won\n\nClaim it now",
    "Sol\r\n\r\n<h1>Pay here</h1>",
    "Sol\r\n.\r\nMAIL FROM:<x@evil.example>",
    "Sol\" <x@evil.example>, \"y",
    "Sol, x@evil.example",
    "=?utf-8?q?Sol=0D=0ABcc:_all=40evil.example?=",
    "Sol\u{2028}Bcc: all@evil.example\u{0}",
];

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_name_writes_no_header_and_adds_nobody(db: PgPool) {
    let world = a_world(&db).await;
    for name in NAMES {
        let account = world.people.account_named(HOLDER, name);
        world
            .hear(&SecurityNoticeRaised {
                account_id: account.to_string(),
                notice: SecurityNotice::PasswordChanged.into(),
                ..SecurityNoticeRaised::default()
            })
            .await;
    }

    let mails = world.send().await;

    assert_eq!(mails.len(), NAMES.len(), "each is one email");
    for mail in mails {
        assert_eq!(mail.to, [HOLDER]);
        let headers: Vec<&str> = mail.headers.iter().map(|(name, _)| name.as_str()).collect();
        for unwanted in ["Bcc", "Cc"] {
            assert_eq!(mail.header(unwanted), None, "{headers:?}");
        }
        let subjects = headers
            .iter()
            .filter(|it| it.eq_ignore_ascii_case("subject"))
            .count();
        assert_eq!(
            (subjects, mail.subject.as_str()),
            (1, "Your password was changed")
        );
        assert!(mail.text.starts_with("Hello"), "{}", mail.text);
        for unwanted in ["Pay here", "Claim it now", "MAIL FROM"] {
            assert!(!mail.text.contains(unwanted), "{}", mail.text);
        }
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_name_in_any_script_is_greeted_as_it_is(db: PgPool) {
    let world = a_world(&db).await;
    for name in ["Zoë O’Connor-Łukasz", "李小龍", "عائشة"] {
        let account = world.people.account_named(HOLDER, name);
        world
            .hear(&SecurityNoticeRaised {
                account_id: account.to_string(),
                notice: SecurityNotice::PasswordChanged.into(),
                ..SecurityNoticeRaised::default()
            })
            .await;
        let mail = world.send().await.pop().unwrap();
        assert!(
            mail.text.starts_with(&format!("Hello {name},")),
            "{}",
            mail.text
        );
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_reference_writes_no_header(db: PgPool) {
    let world = a_world(&db).await;
    let landlord = world.a_landlord("ada@landlord.example").await;
    let facts = CaseFacts {
        reference: "2025\r\nBcc: all@evil.example".to_owned(),
        ..facts(landlord, None)
    };
    world.hear(&CaseOpened { facts: Some(facts) }).await;

    let mails = world.send().await;

    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].header("Bcc"), None);
    assert_eq!(mails[0].to, ["ada@landlord.example"]);
    assert_eq!(
        mails[0].subject,
        "New case: case 2025 Bcc: all@evil.example"
    );
}
