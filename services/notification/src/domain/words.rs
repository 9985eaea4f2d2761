//! From facts to the words of an email.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use kit::time::london;
use secrecy::{ExposeSecret as _, SecretString};

use super::template::{Block, Link, Template, Unfilled, Value, Words, fill};
use super::{Matter, Original, news};

/// What an email is made from.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What it is about.
    pub matter: Matter,
    /// Where the portal is, without a slash at the end.
    pub portal_url: &'a str,
    /// The reference of the case, when it is about one.
    pub case_reference: Option<&'a str>,
    /// The reference of the service complaint that a colleague works on, when it is about one.
    pub complaint_reference: Option<&'a str>,
    /// What happened, and how often, when it tells of several things.
    pub news: &'a [(Matter, usize)],
    /// When what it tells of happened.
    pub occurred_at: DateTime<Utc>,
    /// The complaint about the ombudsman, when it is about one.
    pub complaint: Option<&'a ComplaintFacts>,
    /// What staff wrote about how the case stands, when it tells of that.
    pub update: Option<&'a str>,
    /// The code or the link's token, and when it ends.
    pub secret: Option<(&'a SecretString, DateTime<Utc>)>,
    /// When it is sent.
    pub now: DateTime<Utc>,
}

/// What an email says of a complaint about the ombudsman.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintFacts {
    /// Its reference.
    pub reference: String,
    /// When it was received.
    pub received_on: NaiveDate,
    /// By when it is acknowledged.
    pub acknowledged_by: NaiveDate,
}

/// Why an email has no words.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WordsError {
    /// It is told in the portal only.
    #[error("there is no email about this")]
    NoEmail,
    /// A fact is missing: the case is not known, or there is no code or link.
    #[error(transparent)]
    Unfilled(#[from] Unfilled),
}

/// Puts an email into words: those that staff gave it, or those that come with the portal.
pub fn email(facts: &Facts<'_>, adapted: Option<&Template>) -> Result<Words, WordsError> {
    let original = Original::of(facts.matter).ok_or(WordsError::NoEmail)?;
    let template = match adapted {
        Some(template) => template,
        None => &original.template(),
    };
    Ok(fill(template, &|name| value(facts, name))?)
}

fn value(facts: &Facts<'_>, name: &str) -> Option<Value> {
    let text = match name {
        "code" => {
            let code = facts.secret?.0.expose_secret().to_owned();
            return Some(Value::Block(Block::Code(code)));
        }
        "link" => return Some(Value::Block(Block::Link(link(facts)?))),
        "factsheet" => {
            return Some(Value::Block(Block::Link(Link {
                label: "Read the factsheet",
                url: format!("{}/complain/factsheet", facts.portal_url),
            })));
        }
        "news" => return Some(Value::Block(Block::News(news::sentences(facts.news)))),
        "update" => return Some(Value::Block(written(facts.update?))),
        "headlines" => news::headlines(facts.news),
        "case_reference" => facts.case_reference?.to_owned(),
        "complaint_reference" => complaint_reference(facts)?.to_owned(),
        "received_on" => long_date(facts.complaint?.received_on),
        "acknowledged_by" => long_date(facts.complaint?.acknowledged_by),
        "ends_on" => long_date(kit::time::london_date(facts.secret?.1)),
        "ends_in" => left(facts.now, facts.secret?.1),
        "ends_at" => time_of_day(facts.secret?.1),
        "when" => format!(
            "{} at {}",
            london(facts.occurred_at).format("%-d %B %Y"),
            time_of_day(facts.occurred_at)
        ),
        _ => return None,
    };
    Some(Value::Text(text))
}

/// What staff wrote. A line that they ended is a paragraph.
fn written(words: &str) -> Block {
    let lines = words.lines().map(str::trim).filter(|it| !it.is_empty());
    Block::Written(lines.map(str::to_owned).collect())
}

/// The reference of the complaint: as whoever complains has it, or as the colleague who works on it.
fn complaint_reference<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let of_the_person = facts.complaint.map(|it| it.reference.as_str());
    of_the_person.or(facts.complaint_reference)
}

fn link(facts: &Facts<'_>) -> Option<Link> {
    let portal = facts.portal_url;
    let link = if facts.matter.is_about_a_complaint() {
        Link {
            label: "See where your complaint is",
            url: format!("{portal}/complaint/{}", facts.secret?.0.expose_secret()),
        }
    } else if facts.matter.holds_a_secret() {
        Link {
            label: "Set your password",
            url: format!("{portal}/set-password/{}", facts.secret?.0.expose_secret()),
        }
    } else if facts.matter.is_about_a_case() {
        let reference = facts.case_reference?;
        Link {
            label: "See it in the portal",
            url: match tab(facts) {
                "overview" => format!("{portal}/cases/{reference}"),
                tab => format!("{portal}/cases/{reference}/{tab}"),
            },
        }
    } else if facts.matter.is_work_on_a_complaint() {
        Link {
            label: "See it in the portal",
            url: format!(
                "{portal}/service-complaints/{}{}",
                // A service request has pages of its own.
                if complaint_reference(facts)?.starts_with("SR") {
                    "requests/"
                } else {
                    ""
                },
                complaint_reference(facts)?
            ),
        }
    } else if !facts.matter.list().is_empty() {
        Link {
            label: "See it in the portal",
            url: format!("{portal}/service-complaints/{}", facts.matter.list()),
        }
    } else {
        Link {
            label: "Go to the portal",
            url: portal.to_owned(),
        }
    };
    Some(link)
}

/// The tab that shows everything that the email tells of: the one that it is all on, or the overview.
fn tab(facts: &Facts<'_>) -> &'static str {
    let mut tabs = facts.news.iter().map(|(matter, _)| matter.tab());
    match tabs.next() {
        None => facts.matter.tab(),
        Some(first) if tabs.all(|tab| tab == first) => first,
        Some(_) => "overview",
    }
}

/// What is left, in words; never more than there is.
fn left(now: DateTime<Utc>, ends: DateTime<Utc>) -> String {
    match (ends - now).max(Duration::zero()).num_minutes() {
        0 => "less than a minute".to_owned(),
        1 => "1 minute".to_owned(),
        60 => "1 hour".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

fn long_date(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

fn time_of_day(at: DateTime<Utc>) -> String {
    format!("{} UK time", london(at).format("%-I:%M%P"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(matter: Matter) -> Facts<'static> {
        let now: DateTime<Utc> = "2025-07-02T22:50:00Z".parse().unwrap();
        Facts {
            matter,
            portal_url: "https://portal.example",
            case_reference: Some("202312345"),
            complaint_reference: Some("SC202500001"),
            news: &[],
            occurred_at: now,
            complaint: None,
            update: None,
            secret: None,
            now,
        }
    }

    fn url(words: &Words) -> &str {
        words
            .blocks
            .iter()
            .find_map(|it| match it {
                Block::Link(link) => Some(link.url.as_str()),
                _ => None,
            })
            .unwrap()
    }

    fn says(words: &Words, text: &str) -> bool {
        words.blocks.contains(&Block::Paragraph(text.to_owned()))
    }

    #[test]
    fn id_4_a_code_stands_on_its_own_and_its_end_is_said_in_words() {
        let code = SecretString::from("012345");
        let facts = facts(Matter::LoginCode);
        let ends = facts.now + Duration::minutes(10) - Duration::milliseconds(1);

        let words = email(
            &Facts {
                secret: Some((&code, ends)),
                ..facts
            },
            None,
        )
        .unwrap();

        assert_eq!(
            words.blocks[..2],
            [
                Block::Paragraph("Your verification code is".to_owned()),
                Block::Code("012345".to_owned())
            ]
        );
        assert!(says(
            &words,
            "The code works once and expires in 9 minutes, at 11:59pm UK time."
        ));
        assert!(!words.subject.contains("012345"));
    }

    #[test]
    fn id_3_a_link_leads_to_the_page_that_sets_a_password() {
        let token = SecretString::from("t0ken_-");
        let facts = facts(Matter::ResetForgotten);
        let ends = facts.now + Duration::hours(1);

        let words = email(
            &Facts {
                secret: Some((&token, ends)),
                ..facts
            },
            None,
        )
        .unwrap();

        assert_eq!(url(&words), "https://portal.example/set-password/t0ken_-");
        assert!(says(
            &words,
            "The link works once and expires in 1 hour, at 12:50am UK time."
        ));
    }

    #[test]
    fn ca_10_what_staff_wrote_stands_line_by_line_between_the_words_around_it() {
        let words = email(
            &Facts {
                update: Some("We wait for records.\r\n\r\n  By 1 July 2025. \n"),
                ..facts(Matter::ProgressUpdate)
            },
            None,
        )
        .unwrap();

        assert_eq!(words.subject, "An update on your case 202312345");
        let lines = ["We wait for records.", "By 1 July 2025."].map(str::to_owned);
        assert_eq!(words.blocks[1], Block::Written(lines.to_vec()));
    }

    #[test]
    fn an_email_whose_facts_are_missing_has_no_words() {
        let unfilled = |name: &str| Err(WordsError::Unfilled(Unfilled(name.to_owned())));

        assert_eq!(email(&facts(Matter::LoginCode), None), unfilled("code"));
        let without_case = Facts {
            case_reference: None,
            ..facts(Matter::TaskSet)
        };
        assert_eq!(email(&without_case, None), unfilled("link"));
        assert_eq!(
            email(&facts(Matter::EmailRefused), None),
            Err(WordsError::NoEmail)
        );
    }

    #[test]
    fn no_1_an_email_about_a_case_links_to_its_tab() {
        let words = email(&facts(Matter::MessagePosted), None).unwrap();

        assert_eq!(words.subject, "New message: case 202312345");
        assert_eq!(
            url(&words),
            "https://portal.example/cases/202312345/messages"
        );
    }

    #[test]
    fn no_4_a_burst_links_to_where_all_of_it_is_seen() {
        let one_tab = Facts {
            news: &[(Matter::TaskSet, 2), (Matter::TaskChanged, 1)],
            ..facts(Matter::CaseNews)
        };
        let several = Facts {
            news: &[(Matter::TaskSet, 2), (Matter::MessagePosted, 1)],
            ..facts(Matter::CaseNews)
        };

        let (one_tab, several) = (
            email(&one_tab, None).unwrap(),
            email(&several, None).unwrap(),
        );

        assert_eq!(
            url(&one_tab),
            "https://portal.example/cases/202312345/tasks"
        );
        assert_eq!(url(&several), "https://portal.example/cases/202312345");
        assert_eq!(several.subject, "New task, New message: case 202312345");
    }

    #[test]
    fn sc_10_an_email_about_work_leads_to_the_complaint_or_the_list_that_shows_it() {
        let words = |matter| email(&facts(matter), None).unwrap();

        let overdue = words(Matter::ComplaintOverdue);

        assert_eq!(overdue.subject, "Overdue: complaint SC202500001");
        assert_eq!(
            url(&overdue),
            "https://portal.example/service-complaints/SC202500001"
        );
        assert_eq!(
            url(&words(Matter::LessonDue)),
            "https://portal.example/service-complaints/learning"
        );
        assert_eq!(
            url(&words(Matter::RecommendationDue)),
            "https://portal.example/service-complaints/recommendations"
        );
    }

    #[test]
    fn id_6_a_security_email_says_when_by_london_time() {
        let words = email(&facts(Matter::PasswordChanged), None).unwrap();

        assert!(says(
            &words,
            "The password of your account was changed on 2 July 2025 at 11:50pm UK time."
        ));
    }

    #[test]
    fn no_5_adapted_words_take_the_place_of_the_portals_own() {
        let adapted = Template {
            subject: "Please read: {{case_reference}}".to_owned(),
            body: "We wrote to you.\n\n{{link}}".to_owned(),
        };

        let words = email(&facts(Matter::MessagePosted), Some(&adapted)).unwrap();

        assert_eq!(words.subject, "Please read: 202312345");
        assert!(says(&words, "We wrote to you."));
    }

    #[test]
    fn sc_15_a_receipt_has_the_reference_the_date_and_both_links() {
        let token = SecretString::from("t0ken_-");
        let facts = facts(Matter::ComplaintReceipt);
        let complaint = ComplaintFacts {
            reference: "SC202500001".to_owned(),
            received_on: "2025-07-02".parse().unwrap(),
            acknowledged_by: "2025-07-09".parse().unwrap(),
        };

        let words = email(
            &Facts {
                complaint: Some(&complaint),
                secret: Some((&token, facts.now + Duration::days(180))),
                ..facts
            },
            None,
        )
        .unwrap();

        assert_eq!(words.subject, "We have received your complaint SC202500001");
        let urls: Vec<_> = words
            .blocks
            .iter()
            .filter_map(|it| match it {
                Block::Link(link) => Some(link.url.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(
            urls,
            [
                "https://portal.example/complaint/t0ken_-",
                "https://portal.example/complain/factsheet"
            ]
        );
        assert!(says(
            &words,
            "By 9 July 2025 we will tell you whether we can look at it, and what we understand it to be about."
        ));
    }
}
