//! An email as text and HTML.

use askama::Template;

use crate::domain::template::{Block, Words};

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
    greeting: &'a str,
    support_address: &'a str,
    answers: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "email.html")]
struct Html<'a> {
    words: &'a Words,
    greeting: &'a str,
    support_address: &'a str,
    answers: Option<&'a str>,
}

/// Renders an email to somebody. It says who reads an answer, or where to get help when nobody does.
pub fn render(
    words: &Words,
    name: &str,
    support_address: &str,
    answers: Option<&str>,
) -> Result<Letter, askama::Error> {
    let greeting = &greeting(name);
    Ok(Letter {
        subject: words.subject.clone(),
        text: Text {
            words,
            greeting,
            support_address,
            answers,
        }
        .render()?,
        html: Html {
            words,
            greeting,
            support_address,
            answers,
        }
        .render()?,
    })
}

/// Greets by name, if it looks like one. A name is what somebody typed: one with a line break could write paragraphs of its own, and mail
/// programs make links of addresses wherever they stand.
fn greeting(name: &str) -> String {
    let name = name.trim();
    let plain = !name.is_empty()
        && !name.contains(|it: char| it.is_control() || "/@<>".contains(it))
        && !name.to_ascii_lowercase().contains("www.");
    if plain {
        format!("Hello {name},")
    } else {
        "Hello,".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::template::Link;

    fn words(block: Block) -> Words {
        Words {
            subject: "New message: case 202312345".into(),
            blocks: vec![
                Block::Paragraph("There is a new message on the case.".into()),
                block,
                Block::Paragraph("Thank you.".into()),
            ],
        }
    }

    fn link() -> Block {
        Block::Link(Link {
            label: "See it in the portal",
            url: "https://portal.example/cases/202312345/messages".into(),
        })
    }

    #[test]
    fn no_5_the_text_reads_well_as_it_is() {
        let letter = render(&words(link()), "Dani O'Neill", "help@portal.example", None).unwrap();

        assert_eq!(
            letter.text,
            "Hello Dani O'Neill,\n\n\
             There is a new message on the case.\n\n\
             See it in the portal: https://portal.example/cases/202312345/messages\n\n\
             Thank you.\n\n\
             --\n\
             Casework Portal\n\
             Please do not reply to this email. If you need help, write to help@portal.example.\n"
        );
    }

    #[test]
    fn id_4_a_code_stands_on_a_line_of_its_own() {
        let letter = render(
            &words(Block::Code("012345".into())),
            "Dani",
            "help@portal.example",
            None,
        )
        .unwrap();

        assert!(
            letter.text.contains("on the case.\n\n012345\n\nThank you."),
            "{}",
            letter.text
        );
    }

    #[test]
    fn no_4_news_is_a_list_in_both() {
        let news = Block::News(vec![
            "There is a task.".into(),
            "There is a message.".into(),
        ]);

        let letter = render(&words(news), "Dani", "help@portal.example", None).unwrap();

        assert!(
            letter
                .text
                .contains("\n\n- There is a task.\n- There is a message.\n\nThank you."),
            "{}",
            letter.text
        );
        assert_eq!(letter.html.matches("<li").count(), 2);
    }

    #[test]
    fn ca_10_what_staff_wrote_is_paragraphs_and_never_html() {
        let written = Block::Written(vec!["We <b>wait</b>.".into(), "By 1 July 2025.".into()]);

        let letter = render(&words(written), "", "help@portal.example", None).unwrap();

        assert!(
            letter
                .text
                .contains("\n\nWe <b>wait</b>.\n\nBy 1 July 2025.\n\nThank you."),
            "{}",
            letter.text
        );
        assert!(!letter.html.contains("<b>wait"));
        assert!(letter.html.contains(">By 1 July 2025.</p>"));
    }

    #[test]
    fn ca_10_an_email_that_can_be_answered_says_who_reads_it() {
        let words = words(Block::Paragraph("We wait.".into()));

        let letter = render(
            &words,
            "",
            "help@portal.example",
            Some("triage@ombudsman.example"),
        );

        let letter = letter.unwrap();
        for text in [&letter.text, &letter.html] {
            assert!(text.contains("triage@ombudsman.example"), "{text}");
            assert!(!text.contains("do not reply"), "{text}");
            assert!(!text.contains("help@portal.example"), "{text}");
        }
    }

    #[test]
    fn a_name_can_not_write_html_nor_lines_nor_links() {
        for name in [
            "<img src=x>",
            "Ada\r\n\r\nYour account is closed. Pay here",
            "Win a prize at http://evil.example",
            "www.evil.example",
            "WWW.evil.example",
            "ada@evil.example",
            "",
        ] {
            let letter = render(&words(link()), name, "help@portal.example", None).unwrap();

            assert!(letter.text.starts_with("Hello,\n\n"), "{name}");
            assert!(letter.html.contains(">Hello,</p>"), "{name}");
        }
    }

    #[test]
    fn words_that_staff_wrote_can_not_write_html() {
        let html = Block::Paragraph("<a href=\"x\">here</a> & there".into());

        let letter = render(&words(html), "Dani", "help@portal.example", None).unwrap();

        assert!(!letter.html.contains("<a href=\"x\""));
        assert!(letter.text.contains("<a href=\"x\">here</a> & there"));
    }

    #[test]
    fn the_html_is_accessible_and_brings_nothing_from_elsewhere() {
        let letter = render(&words(link()), "Dani", "help@portal.example", None).unwrap();

        for outside in [
            "<img", "<link", "<script", "url(", "@import", "src=", "<style", "class=",
        ] {
            assert!(!letter.html.contains(outside), "{outside}");
        }
        for inside in ["<html lang=\"en\">", "<title>New message", "<h1 ", "<main "] {
            assert!(letter.html.contains(inside), "{inside}");
        }
    }
}
