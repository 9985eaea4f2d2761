//! The words of emails, in plain English. An email says what is waiting and links to it; case content stays in the portal (NO-1).

use chrono::{DateTime, Duration, Utc};
use kit::time::london;
use secrecy::{ExposeSecret as _, SecretString};

use super::Matter;

/// What an email is made from.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What it is about.
    pub matter: Matter,
    /// Where the portal is, without a slash at the end.
    pub portal_url: &'a str,
    /// The reference of the case, when it is about one.
    pub case_reference: Option<&'a str>,
    /// How many events of a burst it tells of.
    pub gathered: i32,
    /// When what it tells of happened.
    pub occurred_at: DateTime<Utc>,
    /// The code or the link's token, and when it ends.
    pub secret: Option<(&'a SecretString, DateTime<Utc>)>,
    /// When it is sent.
    pub now: DateTime<Utc>,
}

/// The words of an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The subject.
    pub subject: String,
    /// What stands before the code or the link.
    pub before: Vec<String>,
    /// The code, on a line of its own.
    pub code: Option<String>,
    /// Where to go.
    pub link: Option<Link>,
    /// What stands after it.
    pub after: Vec<String>,
}

/// Where to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it does.
    pub label: &'static str,
    /// The address.
    pub url: String,
}

/// Why an email has no words.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WordsError {
    /// The case that it is about is not known here.
    #[error("the email is about a case that is not known")]
    NoCase,
    /// It needs a code or a link and has none.
    #[error("the email needs a code or a link")]
    NoSecret,
    /// It is told in the portal only.
    #[error("there is no email about this")]
    NoEmail,
}

/// Puts an email into words.
#[expect(
    clippy::too_many_lines,
    reason = "one table, to be read from top to bottom"
)]
pub fn email(facts: &Facts<'_>) -> Result<Words, WordsError> {
    match facts.matter {
        Matter::LoginCode => code(facts),
        Matter::ResetForgotten => link(
            facts,
            "Set a new password",
            "Someone, hopefully you, asked to set a new password for your account.",
            "If you did not ask for this, ignore this email: your password stays as it is.",
        ),
        Matter::ResetNewAccount => link(
            facts,
            "Set the password of your new account",
            "An account has been made for you. Your username is this email address.",
            "If the link has stopped working, go to the portal, enter your username and select ‘Forgot your password?’.",
        ),
        Matter::ResetByAdministrator => link(
            facts,
            "Set a new password",
            "Your organisation’s administrator asked for you to set a new password.",
            "If you did not expect this, speak to your administrator.",
        ),
        Matter::ResetForced => link(
            facts,
            "You must set a new password",
            "Your password has been switched off, because too many wrong verification codes were entered after it.",
            "If it was not you who entered them, somebody else may know your password. Choose one that you do not use anywhere else.",
        ),
        Matter::PasswordChanged => Ok(security(
            facts,
            "Your password was changed",
            "The password of your account was changed",
            "",
        )),
        Matter::AccountLocked => Ok(security(
            facts,
            "Your account is locked for a short time",
            "A wrong password was entered for your account several times, so we locked it",
            "It unlocks by itself within 15 minutes. Setting a new password by email unlocks it at once.",
        )),
        Matter::NewDevice => Ok(security(
            facts,
            "A log-in from a new device",
            "Someone logged in to your account from a device that we have not seen before",
            "",
        )),
        Matter::LoginAfterFailures => Ok(security(
            facts,
            "A log-in after several failed ones",
            "Someone logged in to your account after a wrong password had been entered several times",
            "",
        )),
        Matter::ForcedReset => Ok(security(
            facts,
            "Your password was switched off",
            "We switched off your password, because too many wrong verification codes were entered after it",
            "A link to set a new one comes in a separate email.",
        )),
        Matter::UsernameChanged => Ok(security(
            facts,
            "The email address of your account was changed",
            "The email address of an account that used this address was changed",
            "",
        )),
        Matter::Restricted => Ok(account(
            facts,
            "Your access to the portal is restricted",
            "Access to the portal was restricted",
            "The portal says what this means and how to appeal.",
        )),
        Matter::RestrictionLifted => Ok(account(
            facts,
            "Your access to the portal is restored",
            "A restriction of your access to the portal was lifted",
            "You can use the portal as before.",
        )),
        Matter::CaseOpened => case(
            facts,
            "New case",
            "There is a new case about your organisation.",
        ),
        Matter::CaseMoved => case(
            facts,
            "Case status changed",
            "The status of the case has changed.",
        ),
        Matter::TaskSet => case(
            facts,
            "New task",
            "There is a new task for you on the case.",
        ),
        Matter::TaskUnableAnswered => case(
            facts,
            "Answer about a task",
            "We have answered your message that you are unable to complete a task on the case.",
        ),
        Matter::TaskChanged => case(
            facts,
            "Task changed",
            &several(
                facts,
                "A task on the case has changed.",
                "tasks on the case have changed.",
            ),
        ),
        Matter::TaskApproaching => case(
            facts,
            "Task due soon",
            "A task on the case is due within 3 working days.",
        ),
        Matter::TaskOverdue => case(facts, "Task overdue", "A task on the case is overdue."),
        Matter::TaskCompleted => case(
            facts,
            "Task completed",
            "The landlord has completed a task on the case.",
        ),
        Matter::TaskUnableReported => case(
            facts,
            "Unable to complete a task",
            "The landlord is unable to complete a task on the case and needs an answer.",
        ),
        Matter::MessagePosted => case(facts, "New message", "There is a new message on the case."),
        Matter::DocumentAdded => case(
            facts,
            "New documents",
            &several(
                facts,
                "A document has been added to the case.",
                "documents have been added to the case.",
            ),
        ),
        Matter::DocumentQuarantined => case(
            facts,
            "Document put away",
            "A document on the case holds malware. It was put away and nobody can open it.",
        ),
        Matter::EmailRefused => Err(WordsError::NoEmail),
    }
}

fn code(facts: &Facts<'_>) -> Result<Words, WordsError> {
    let (secret, ends) = facts.secret.ok_or(WordsError::NoSecret)?;
    Ok(Words {
        subject: "Your verification code".to_owned(),
        before: vec!["Your verification code is".to_owned()],
        code: Some(secret.expose_secret().to_owned()),
        link: None,
        after: vec![
            format!("The code works once and expires in {}, at {}.", left(facts.now, ends), time_of_day(ends)),
            "Enter it only on the page where you asked for it. We never ask for it by telephone or email.".to_owned(),
            "If you did not try to log in, somebody else may know your password: set a new one.".to_owned(),
        ],
    })
}

fn link(facts: &Facts<'_>, subject: &str, why: &str, otherwise: &str) -> Result<Words, WordsError> {
    let (secret, ends) = facts.secret.ok_or(WordsError::NoSecret)?;
    Ok(Words {
        subject: subject.to_owned(),
        before: vec![why.to_owned()],
        code: None,
        link: Some(Link {
            label: "Set your password",
            url: format!(
                "{}/set-password/{}",
                facts.portal_url,
                secret.expose_secret()
            ),
        }),
        after: vec![
            format!(
                "The link works once and expires in {}, at {}.",
                left(facts.now, ends),
                time_of_day(ends)
            ),
            otherwise.to_owned(),
        ],
    })
}

/// What a holder must be able to act on when it was somebody else.
fn security(facts: &Facts<'_>, subject: &str, what: &str, more: &str) -> Words {
    let mut words = account(facts, subject, what, more);
    words.after.push("If this was you, there is nothing to do. If it was not, set a new password and write to us.".to_owned());
    words
}

fn account(facts: &Facts<'_>, subject: &str, what: &str, more: &str) -> Words {
    let at = london(facts.occurred_at);
    Words {
        subject: subject.to_owned(),
        before: vec![format!(
            "{what} on {} at {}.",
            at.format("%-d %B %Y"),
            time_of_day(facts.occurred_at)
        )],
        code: None,
        link: Some(Link {
            label: "Go to the portal",
            url: facts.portal_url.to_owned(),
        }),
        after: Some(more)
            .filter(|more| !more.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect(),
    }
}

fn case(facts: &Facts<'_>, subject: &str, what: &str) -> Result<Words, WordsError> {
    let reference = facts.case_reference.ok_or(WordsError::NoCase)?;
    let page = match facts.matter.tab() {
        "overview" => String::new(),
        tab => format!("/{tab}"),
    };
    Ok(Words {
        subject: format!("{subject}: case {reference}"),
        before: vec![what.to_owned()],
        code: None,
        link: Some(Link {
            label: "See it in the portal",
            url: format!("{}/cases/{reference}{page}", facts.portal_url),
        }),
        after: Vec::new(),
    })
}

fn several(facts: &Facts<'_>, one: &str, many: &str) -> String {
    match facts.gathered {
        1 => one.to_owned(),
        count => format!("{count} {many}"),
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
            gathered: 1,
            occurred_at: now,
            secret: None,
            now,
        }
    }

    #[test]
    fn id_4_a_code_stands_on_its_own_and_its_end_is_said_in_words() {
        let code = SecretString::from("012345");
        let facts = facts(Matter::LoginCode);
        let ends = facts.now + Duration::minutes(10) - Duration::milliseconds(1);

        let words = email(&Facts {
            secret: Some((&code, ends)),
            ..facts
        })
        .unwrap();

        assert_eq!(words.before, ["Your verification code is"]);
        assert_eq!(words.code.as_deref(), Some("012345"));
        assert_eq!(
            words.after[0],
            "The code works once and expires in 9 minutes, at 11:59pm UK time."
        );
        assert!(!words.subject.contains("012345"));
    }

    #[test]
    fn id_3_a_link_leads_to_the_page_that_sets_a_password() {
        let token = SecretString::from("t0ken_-");
        let facts = facts(Matter::ResetForgotten);
        let ends = facts.now + Duration::hours(1);

        let words = email(&Facts {
            secret: Some((&token, ends)),
            ..facts
        })
        .unwrap();

        assert_eq!(
            words.link.unwrap().url,
            "https://portal.example/set-password/t0ken_-"
        );
        assert_eq!(
            words.after[0],
            "The link works once and expires in 1 hour, at 12:50am UK time."
        );
    }

    #[test]
    fn a_code_without_a_code_has_no_words() {
        assert_eq!(email(&facts(Matter::LoginCode)), Err(WordsError::NoSecret));
    }

    #[test]
    fn no_1_an_email_about_a_case_links_to_its_tab() {
        let words = email(&facts(Matter::MessagePosted)).unwrap();

        assert_eq!(words.subject, "New message: case 202312345");
        assert_eq!(
            words.link.unwrap().url,
            "https://portal.example/cases/202312345/messages"
        );
    }

    #[test]
    fn no_4_a_burst_is_told_in_one_sentence() {
        let one = email(&facts(Matter::DocumentAdded)).unwrap();
        let many = email(&Facts {
            gathered: 3,
            ..facts(Matter::DocumentAdded)
        })
        .unwrap();

        assert_eq!(one.before, ["A document has been added to the case."]);
        assert_eq!(many.before, ["3 documents have been added to the case."]);
    }

    #[test]
    fn id_6_a_security_email_says_when_by_london_time() {
        let words = email(&facts(Matter::PasswordChanged)).unwrap();

        assert_eq!(
            words.before,
            ["The password of your account was changed on 2 July 2025 at 11:50pm UK time."]
        );
    }
}
