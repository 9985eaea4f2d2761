//! The inbox's HTML. Every word that comes from an email goes through [`escape`].

use std::fmt::Write as _;

use crate::Mail;

/// The stylesheet of all pages.
pub(crate) const STYLE: &str = include_str!("style.css");

/// The list of what was received.
pub(crate) fn inbox(mails: &[Mail], to: &str) -> String {
    let mut rows = String::new();
    for mail in mails {
        let recipients = escape(&mail.to.join(", "));
        let subject = if mail.subject.is_empty() {
            "(no subject)"
        } else {
            &mail.subject
        };
        // Writing to a String cannot fail.
        let _ = write!(
            rows,
            r#"<tr><td class="number">{id}</td><td>{recipients}</td><td><a href="/messages/{id}">{subject}</a></td></tr>"#,
            id = mail.id,
            subject = escape(subject),
        );
    }
    let list = if mails.is_empty() {
        "<p>No emails.</p>".to_owned()
    } else {
        format!(
            r#"<table><caption>{} newest first</caption>
<thead><tr><th scope="col" class="number">No.</th><th scope="col">To</th><th scope="col">Subject</th></tr></thead>
<tbody>{rows}</tbody></table>"#,
            count(mails.len()),
        )
    };
    layout(
        "Inbox",
        &format!(
            r#"<h1>Inbox</h1>
<form role="search"><label for="to">Sent to (whole address)</label>
<input id="to" name="to" type="email" autocomplete="off" spellcheck="false" value="{to}">
<button>Show</button> <a href="/">Show all</a></form>
{list}"#,
            to = escape(to),
        ),
    )
}

/// One email: who, what, the text, and the HTML in a frame that can do nothing.
pub(crate) fn message(mail: &Mail) -> String {
    let subject = if mail.subject.is_empty() {
        "(no subject)"
    } else {
        &mail.subject
    };
    let html = if mail.html.is_some() {
        format!(
            r#"<h2>HTML</h2><iframe title="The email as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/messages/{}/html"></iframe>"#,
            mail.id
        )
    } else {
        String::new()
    };
    let mut headers = String::new();
    for (name, value) in &mail.headers {
        let _ = write!(
            headers,
            r#"<tr><th scope="row">{}</th><td>{}</td></tr>"#,
            escape(name),
            escape(value)
        );
    }
    layout(
        subject,
        &format!(
            r#"<p><a href="/">Back to the inbox</a></p>
<h1>{subject}</h1>
<dl><dt>From</dt><dd>{from}</dd><dt>To</dt><dd>{to}</dd></dl>
<h2>Text</h2><div class="text">{text}</div>
{html}
<details><summary>Headers</summary><table><tbody>{headers}</tbody></table></details>"#,
            subject = escape(subject),
            from = escape(&mail.from),
            to = escape(&mail.to.join(", ")),
            text = linked(&mail.text),
        ),
    )
}

/// The page for an email that is not, or no longer, kept.
pub(crate) fn gone() -> String {
    layout(
        "Not found",
        r#"<h1>Not found</h1><p>This email is not here, or no longer. <a href="/">Go to the inbox</a></p>"#,
    )
}

/// An email's own HTML. Links leave the frame: the portal refuses to be shown inside one.
pub(crate) fn email(html: &str) -> String {
    format!(r#"<base target="_blank">{html}"#)
}

fn layout(title: &str, main: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{} – Development mailbox</title><link rel="stylesheet" href="/style.css"></head>
<body><header><p>Development mailbox: nothing here is delivered to anyone</p></header><main>{main}</main></body></html>"#,
        escape(title)
    )
}

fn count(emails: usize) -> String {
    if emails == 1 {
        "1 email,".to_owned()
    } else {
        format!("{emails} emails,")
    }
}

/// Plain text with its web addresses made into links.
fn linked(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|piece| {
            let word = piece.trim_end();
            let shown = escape(piece);
            if word.starts_with("http://") || word.starts_with("https://") {
                format!(
                    r#"<a href="{}" target="_blank" rel="noopener noreferrer">{shown}</a>"#,
                    escape(word)
                )
            } else {
                shown
            }
        })
        .collect()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_text_become_links_and_nothing_else_becomes_markup() {
        let shown =
            linked("Set it at https://portal.example/set?a=1&b=2 <now>\njavascript:alert(1)");

        assert_eq!(
            shown,
            "Set it at <a href=\"https://portal.example/set?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener noreferrer\">\
             https://portal.example/set?a=1&amp;b=2 </a>&lt;now&gt;\njavascript:alert(1)"
        );
    }

    #[test]
    fn a_hostile_subject_stays_text() {
        let mail = Mail {
            id: 1,
            from: String::new(),
            to: vec![],
            subject: "<script>alert('x')</script>".into(),
            message_id: String::new(),
            text: String::new(),
            html: None,
            headers: vec![],
        };

        assert!(!inbox(std::slice::from_ref(&mail), "").contains("<script>"));
        assert!(!message(&mail).contains("<script>"));
    }
}
