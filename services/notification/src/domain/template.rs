//! Words of emails as data: what can be written in them, and how they are filled with facts (NO-5).
//!
//! A template is a subject and paragraphs, parted by empty lines. `{{name}}` stands for a fact. The plain text and the HTML are both made
//! from the same paragraphs, so that neither can say what the other does not.

use super::Matter;

/// A fact that words can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name, without the braces.
    pub name: &'static str,
    /// What it stands for.
    pub meaning: &'static str,
    /// Whether the paragraphs must have it.
    pub required: bool,
    /// Whether it is a paragraph of its own.
    pub alone: bool,
    /// Whether the subject may have it. Subjects are seen by whoever sees the mailbox: no code, and nothing of a person.
    pub in_subject: bool,
}

/// The words of one kind of email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The subject.
    pub subject: String,
    /// The paragraphs, parted by empty lines.
    pub body: String,
}

/// Something wrong with words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `subject` or `body`.
    pub field: &'static str,
    /// What is wrong, in a sentence for who wrote them.
    pub description: String,
    /// For programs.
    pub reason: &'static str,
}

/// A part of an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Words.
    Paragraph(String),
    /// The code, on a line of its own.
    Code(String),
    /// Where to go.
    Link(Link),
    /// What happened, a line for each.
    News(Vec<String>),
    /// What staff wrote, paragraph by paragraph.
    Written(Vec<String>),
}

/// Where to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it does.
    pub label: &'static str,
    /// The address.
    pub url: String,
}

/// The words of an email, filled with facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The subject.
    pub subject: String,
    /// What follows the greeting.
    pub blocks: Vec<Block>,
}

/// What a fact is shown as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Within a sentence.
    Text(String),
    /// As a part of its own.
    Block(Block),
}

/// An email needs a fact that there is not.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the email names {0}, which is not known")]
pub struct Unfilled(pub String);

/// The marks of web addresses. Where an email leads is decided by `{{link}}` alone: words that can be edited lead nowhere else.
const ADDRESSES: [&str; 3] = ["://", "www.", "mailto:"];

const LINK: Variable = Variable {
    name: "link",
    meaning: "the link into the portal",
    required: true,
    alone: true,
    in_subject: false,
};
const CASE_REFERENCE: Variable = Variable {
    name: "case_reference",
    meaning: "the reference of the case",
    required: false,
    alone: false,
    in_subject: true,
};
const ENDS_IN: Variable = Variable {
    name: "ends_in",
    meaning: "how long it can still be used, such as 10 minutes",
    required: true,
    alone: false,
    in_subject: false,
};
const ENDS_AT: Variable = Variable {
    name: "ends_at",
    meaning: "until what time it can be used, such as 2:30pm UK time",
    required: false,
    alone: false,
    in_subject: false,
};
const CODE: Variable = Variable {
    name: "code",
    meaning: "the six digits",
    required: true,
    alone: true,
    in_subject: false,
};
const COMPLAINT_REFERENCE: Variable = Variable {
    name: "complaint_reference",
    meaning: "the reference of the complaint about our service",
    required: false,
    alone: false,
    in_subject: true,
};
const RECEIVED_ON: Variable = Variable {
    name: "received_on",
    meaning: "the day that the complaint was received",
    required: false,
    alone: false,
    in_subject: false,
};
const ACKNOWLEDGED_BY: Variable = Variable {
    name: "acknowledged_by",
    meaning: "the day by which we acknowledge the complaint",
    required: true,
    alone: false,
    in_subject: false,
};
const ENDS_ON: Variable = Variable {
    name: "ends_on",
    meaning: "the last day on which the link works",
    required: true,
    alone: false,
    in_subject: false,
};
const FACTSHEET: Variable = Variable {
    name: "factsheet",
    meaning: "the link to the factsheet",
    required: true,
    alone: true,
    in_subject: false,
};
const UPDATE: Variable = Variable {
    name: "update",
    meaning: "what staff tell of how the case stands",
    required: true,
    alone: true,
    in_subject: false,
};
const WHEN: Variable = Variable {
    name: "when",
    meaning: "the day and the time",
    required: true,
    alone: false,
    in_subject: false,
};
const NEWS: Variable = Variable {
    name: "news",
    meaning: "what happened, a line for each",
    required: true,
    alone: true,
    in_subject: false,
};
const HEADLINES: Variable = Variable {
    name: "headlines",
    meaning: "what happened, in a few words",
    required: false,
    alone: false,
    in_subject: true,
};

/// What the words about a matter can name.
#[must_use]
pub fn variables(matter: Matter) -> &'static [Variable] {
    match matter {
        Matter::LoginCode => &[CODE, ENDS_IN, ENDS_AT],
        Matter::CaseNews => &[NEWS, LINK, HEADLINES, CASE_REFERENCE],
        Matter::ComplaintNews => &[NEWS, LINK, HEADLINES, COMPLAINT_REFERENCE],
        Matter::LessonDue | Matter::RecommendationDue => &[LINK],
        Matter::ComplaintReceipt => &[
            LINK,
            FACTSHEET,
            COMPLAINT_REFERENCE,
            RECEIVED_ON,
            ACKNOWLEDGED_BY,
            ENDS_ON,
        ],
        Matter::ComplaintLink => &[LINK, COMPLAINT_REFERENCE, ENDS_ON],
        Matter::ProgressUpdate => &[UPDATE, CASE_REFERENCE],
        _ if matter.holds_a_secret() => &[LINK, ENDS_IN, ENDS_AT],
        _ if matter.is_about_a_case() => &[LINK, CASE_REFERENCE],
        _ if matter.is_work_on_a_complaint() => &[LINK, COMPLAINT_REFERENCE],
        _ => &[WHEN, LINK],
    }
}

/// What is wrong with words about a matter; nothing when they can be used.
#[must_use]
pub fn faults(matter: Matter, template: &Template) -> Vec<Fault> {
    let variables = variables(matter);
    let mut faults = Vec::new();
    for (field, text) in [("subject", &template.subject), ("body", &template.body)] {
        let mut fault = |reason, description| {
            faults.push(Fault {
                field,
                description,
                reason,
            });
        };
        if ADDRESSES
            .iter()
            .any(|mark| text.to_ascii_lowercase().contains(mark))
        {
            fault(
                "WEB_ADDRESS",
                "Remove the web address: {{link}} leads into the portal, and nothing else leads anywhere".to_owned(),
            );
        }
        let Some(names) = names(text) else {
            fault(
                "UNCLOSED_BRACES",
                "Close every {{ with }}, and leave no braces over".to_owned(),
            );
            continue;
        };
        for name in names {
            let known = variables.iter().find(|it| it.name == name);
            if !known.is_some_and(|it| field == "body" || it.in_subject) {
                let can: Vec<String> = variables
                    .iter()
                    .filter(|it| field == "body" || it.in_subject)
                    .map(|it| format!("{{{{{}}}}}", it.name))
                    .collect();
                let can = if can.is_empty() {
                    "nothing".to_owned()
                } else {
                    can.join(", ")
                };
                fault(
                    "UNKNOWN_VARIABLE",
                    format!("The {field} can't have {{{{{name}}}}}. What it can have is {can}"),
                );
            }
        }
    }
    faults.extend(misplaced(variables, &template.body));
    faults
}

/// Variables that the paragraphs must have and have not, and those that must stand alone and don't.
fn misplaced(variables: &[Variable], body: &str) -> Vec<Fault> {
    let fault = |reason, description| Fault {
        field: "body",
        description,
        reason,
    };
    let mut faults = Vec::new();
    for variable in variables {
        let mark = format!("{{{{{}}}}}", variable.name);
        let uses = body.matches(&mark).count();
        let alone = paragraphs(body).filter(|it| *it == mark).count();
        if variable.required && uses == 0 {
            faults.push(fault(
                "MISSING_VARIABLE",
                format!("The body must have {mark}, {}", variable.meaning),
            ));
        }
        if variable.alone && (uses > 1 || uses != alone) {
            faults.push(fault(
                "NOT_ALONE",
                format!("{mark} must stand once, in a paragraph of its own with an empty line before and after"),
            ));
        }
    }
    faults
}

/// Fills words with facts.
pub fn fill(
    template: &Template,
    value: &impl Fn(&str) -> Option<Value>,
) -> Result<Words, Unfilled> {
    let blocks = paragraphs(&template.body)
        .map(|paragraph| {
            if let Some(name) = alone(paragraph)
                && let Some(Value::Block(block)) = value(name)
            {
                return Ok(block);
            }
            Ok(Block::Paragraph(filled(paragraph, value)?))
        })
        .collect::<Result<_, Unfilled>>()?;
    Ok(Words {
        subject: filled(&template.subject, value)?,
        blocks,
    })
}

fn filled(text: &str, value: &impl Fn(&str) -> Option<Value>) -> Result<String, Unfilled> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after
            .split_once("}}")
            .ok_or_else(|| Unfilled(after.to_owned()))?;
        let Some(Value::Text(text)) = value(name) else {
            return Err(Unfilled(name.to_owned()));
        };
        filled.push_str(before);
        filled.push_str(&text);
        rest = after;
    }
    filled.push_str(rest);
    // A line that was broken in the editor goes on in the email.
    Ok(filled.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The paragraphs of a text, without the empty lines between them.
fn paragraphs(body: &str) -> impl Iterator<Item = &str> {
    let mut rest = body;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            if line.trim().is_empty() {
                break;
            }
            end += line.len();
        }
        let (paragraph, after) = rest.split_at(end);
        rest = after;
        Some(paragraph.trim())
    })
}

/// The name in a paragraph that is nothing but a variable.
fn alone(paragraph: &str) -> Option<&str> {
    let name = paragraph.strip_prefix("{{")?.strip_suffix("}}")?;
    (!name.contains(['{', '}'])).then_some(name)
}

/// The names in double braces; `None` when braces are left over.
fn names(text: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}")?;
        if before.contains(['{', '}']) || name.contains(['{', '}']) {
            return None;
        }
        names.push(name);
        rest = after;
    }
    (!rest.contains(['{', '}'])).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(subject: &str, body: &str) -> Template {
        Template {
            subject: subject.to_owned(),
            body: body.to_owned(),
        }
    }

    fn reasons(matter: Matter, subject: &str, body: &str) -> Vec<(&'static str, &'static str)> {
        faults(matter, &template(subject, body))
            .into_iter()
            .map(|it| (it.field, it.reason))
            .collect()
    }

    #[test]
    fn no_5_words_that_can_be_used_have_no_faults() {
        let body = "A message about {{case_reference}}\nawaits you.\n\n{{link}}\n\n\nThank you.";

        assert_eq!(
            reasons(Matter::MessagePosted, "Case {{case_reference}}", body),
            []
        );
    }

    #[test]
    fn no_5_each_fault_of_words_is_named() {
        let case = |subject: &str, body: &str| reasons(Matter::MessagePosted, subject, body);

        assert_eq!(case("New", "No link."), [("body", "MISSING_VARIABLE")]);
        assert_eq!(case("New", "See {{link}} now."), [("body", "NOT_ALONE")]);
        assert_eq!(case("New", "{{link}}\n\n{{link}}"), [("body", "NOT_ALONE")]);
        assert_eq!(
            case("New", "Hello {{resident}}\n\n{{link}}"),
            [("body", "UNKNOWN_VARIABLE")]
        );
        assert_eq!(
            case("New {{link}}", "{{link}}"),
            [("subject", "UNKNOWN_VARIABLE")]
        );
        for braces in [
            "{{link",
            "}} {{link}}",
            "{link}",
            "{{{{link}}}}",
            "{{ {x} }}",
        ] {
            let wrong = case("New", &format!("{braces}\n\n{{{{link}}}}"));
            assert!(
                wrong.contains(&("body", "UNCLOSED_BRACES")),
                "{braces}: {wrong:?}"
            );
        }
        for address in [
            "https://evil.example",
            "HTTP://evil.example",
            "www.evil.example",
            "mailto:x@evil.example",
        ] {
            assert_eq!(
                case("New", &format!("Go to {address}\n\n{{{{link}}}}")),
                [("body", "WEB_ADDRESS")],
                "{address}"
            );
        }
    }

    #[test]
    fn id_4_a_code_must_be_in_the_email_and_can_not_be_in_its_subject() {
        let code = |subject: &str, body: &str| reasons(Matter::LoginCode, subject, body);

        assert_eq!(code("Code", "{{code}}\n\nIt ends in {{ends_in}}."), []);
        assert_eq!(
            code("Code {{code}}", "{{code}}\n\nIt ends in {{ends_in}}."),
            [("subject", "UNKNOWN_VARIABLE")]
        );
        assert_eq!(
            code("Code", "It ends in {{ends_in}}."),
            [("body", "MISSING_VARIABLE")]
        );
    }

    #[test]
    fn no_5_words_are_filled_paragraph_by_paragraph() {
        let words = fill(
            &template(
                "Case {{case_reference}}",
                "News of\n{{case_reference}}.\n  \n{{link}}\n\nThank you.\n",
            ),
            &|name| match name {
                "case_reference" => Some(Value::Text("202312345".to_owned())),
                "link" => Some(Value::Block(Block::Code("there".to_owned()))),
                _ => None,
            },
        )
        .unwrap();

        assert_eq!(words.subject, "Case 202312345");
        assert_eq!(
            words.blocks,
            [
                Block::Paragraph("News of 202312345.".to_owned()),
                Block::Code("there".to_owned()),
                Block::Paragraph("Thank you.".to_owned()),
            ]
        );
    }

    #[test]
    fn a_fact_that_is_written_like_a_variable_is_not_filled_again() {
        let words = fill(&template("About {{x}}", "{{x}}"), &|name| {
            (name == "x").then(|| Value::Text("{{x}}".to_owned()))
        })
        .unwrap();

        assert_eq!(words.subject, "About {{x}}");
    }

    #[test]
    fn a_fact_that_is_not_known_is_named() {
        assert_eq!(
            fill(&template("{{x}}", ""), &|_| None),
            Err(Unfilled("x".to_owned()))
        );
    }
}
