//! An email as text and HTML.

use askama::Template;

use crate::domain::words::Words;

/// An email that can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML, with nothing in it that comes from elsewhere.
    pub html: String,
}

#[derive(Template)]
#[template(path = "email.txt")]
struct Text<'a> {
    words: &'a Words,
    name: &'a str,
    support_address: &'a str,
}

#[derive(Template)]
#[template(path = "email.html")]
struct Html<'a> {
    words: &'a Words,
    name: &'a str,
    support_address: &'a str,
}

/// Renders an email to somebody.
pub fn render(words: &Words, name: &str, support_address: &str) -> Result<Letter, askama::Error> {
    Ok(Letter {
        subject: words.subject.clone(),
        text: Text {
            words,
            name,
            support_address,
        }
        .render()?,
        html: Html {
            words,
            name,
            support_address,
        }
        .render()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::words::Link;

    fn words() -> Words {
        Words {
            subject: "New message: case 202312345".into(),
            before: vec!["There is a new message on the case.".into()],
            code: None,
            link: Some(Link {
                label: "See it in the portal",
                url: "https://portal.example/cases/202312345/messages".into(),
            }),
            after: vec![],
        }
    }

    #[test]
    fn no_5_the_text_reads_well_as_it_is() {
        let letter = render(&words(), "Dani O'Neill", "help@portal.example").unwrap();

        assert_eq!(
            letter.text,
            "Hello Dani O'Neill,\n\n\
             There is a new message on the case.\n\n\
             See it in the portal: https://portal.example/cases/202312345/messages\n\n\
             --\n\
             Casework Portal\n\
             Please do not reply to this email. If you need help, write to help@portal.example.\n"
        );
    }

    #[test]
    fn id_4_a_code_stands_on_a_line_of_its_own() {
        let words = Words {
            subject: "Your verification code".into(),
            before: vec!["Your verification code is".into()],
            code: Some("012345".into()),
            link: None,
            after: vec!["The code works once and expires in 10 minutes, at 2pm UK time.".into()],
        };

        let letter = render(&words, "Dani", "help@portal.example").unwrap();

        assert!(
            letter
                .text
                .contains("\nYour verification code is\n\n012345\n\nThe code works once"),
            "{}",
            letter.text
        );
    }

    #[test]
    fn a_name_can_not_write_html() {
        let letter = render(&words(), "<img src=x>", "help@portal.example").unwrap();

        assert!(!letter.html.contains("<img"));
    }

    #[test]
    fn the_html_brings_nothing_from_elsewhere() {
        let letter = render(&words(), "Dani", "help@portal.example").unwrap();

        for outside in ["<img", "<link", "<script", "url(", "@import", "src="] {
            assert!(!letter.html.contains(outside), "{outside}");
        }
    }
}
