//! The words of emails, and what staff do about them (NO-5).

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use kit::page::Page;
use kit::{Caller, Check};
use secrecy::SecretString;

use super::App;
use crate::domain::template::faults;
use crate::domain::words::{self, ComplaintFacts, Facts};
use crate::domain::{Matter, ORIGINALS, Original, Template};
use crate::error::Error;
use crate::letter::{self, Letter};
use crate::store::templates::{self, Change, Row};

/// A template as staff see it.
#[derive(Debug)]
pub struct Wording {
    /// The words that come with the portal.
    pub original: &'static Original,
    /// The words that it has.
    pub template: Template,
    /// Whether staff adapted them.
    pub adapted: bool,
    /// Grows with every change.
    pub version: i64,
    /// When it was last changed, and by whom.
    pub changed: Option<(DateTime<Utc>, String)>,
}

impl App {
    /// A page of the templates, by key, and where the next one starts.
    pub async fn templates(&self, page: &Page<String>) -> Result<(Vec<Wording>, String), Error> {
        let mut changed: HashMap<String, Row> = templates::list(&self.db)
            .await?
            .into_iter()
            .map(|row| (row.key.clone(), row))
            .collect();
        let most = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
        let mut wordings: Vec<Wording> = ORIGINALS
            .iter()
            .filter(|it| page.after.as_deref().is_none_or(|after| it.key > after))
            .take(most)
            .map(|original| wording(original, changed.remove(original.key)))
            .collect();
        let next = page.next(&mut wordings, |it| it.original.key.to_owned());
        Ok((wordings, next))
    }

    /// One template.
    pub async fn template(&self, key: &str) -> Result<Wording, Error> {
        let original = original(key)?;
        Ok(wording(original, templates::find(&self.db, key).await?))
    }

    /// An email of made-up facts in some words; an empty subject or body stands for the template's own.
    pub async fn preview(&self, key: &str, subject: &str, body: &str) -> Result<Letter, Error> {
        let Wording {
            original, template, ..
        } = self.template(key).await?;
        let or = |given: &str, own: String| {
            if given.is_empty() {
                own
            } else {
                given.to_owned()
            }
        };
        let template = check(
            original.matter,
            &or(subject, template.subject),
            &or(body, template.body),
        )?;
        self.sample(original.matter, &template)
    }

    /// Gives a template other words.
    pub async fn adapt(
        &self,
        caller: &Caller,
        key: &str,
        seen: i64,
        subject: &str,
        body: &str,
    ) -> Result<Wording, Error> {
        let original = original(key)?;
        let template = check(original.matter, subject, body)?;
        self.change(caller, original, seen, Some(template)).await
    }

    /// Takes back the words that come with the portal.
    pub async fn restore(&self, caller: &Caller, key: &str, seen: i64) -> Result<Wording, Error> {
        self.change(caller, original(key)?, seen, None).await
    }

    async fn change(
        &self,
        caller: &Caller,
        original: &'static Original,
        seen: i64,
        template: Option<Template>,
    ) -> Result<Wording, Error> {
        let actor = caller.actor();
        let change = Change {
            key: original.key,
            seen,
            words: template
                .as_ref()
                .map(|it| (it.subject.as_str(), it.body.as_str())),
            now: self.clock.now(),
            actor: &actor,
        };
        let mut tx = self.db.begin().await?;
        let row = templates::save(&mut tx, &change)
            .await?
            .ok_or(Error::Stale)?;
        let wording = wording(original, Some(row));
        let Template { subject, body } = &wording.template;
        templates::record(&mut tx, kit::id(), &change, wording.version, subject, body).await?;
        tx.commit().await?;
        Ok(wording)
    }

    /// The words that staff gave to emails about a matter; `None` where they have the portal's own.
    pub(crate) async fn adapted(&self, matter: Matter) -> sqlx::Result<Option<Template>> {
        let Some(original) = Original::of(matter) else {
            return Ok(None);
        };
        let adapted = templates::find(&self.db, original.key)
            .await?
            .and_then(words_of);
        // A later version of the portal may know other facts than the words name. Then its own words serve.
        let usable = adapted.filter(|template| faults(matter, template).is_empty());
        Ok(usable)
    }

    /// An email of made-up facts.
    fn sample(&self, matter: Matter, template: &Template) -> Result<Letter, Error> {
        let now = self.clock.now();
        let secret = if matter == Matter::LoginCode {
            SecretString::from("012345")
        } else {
            SecretString::from("example")
        };
        let ends = now + TimeDelta::minutes(if matter == Matter::LoginCode { 10 } else { 60 });
        let complaint = ComplaintFacts {
            reference: "SC202500001".to_owned(),
            received_on: self.clock.today(),
            acknowledged_by: self.clock.today() + TimeDelta::days(7),
        };
        let facts = Facts {
            matter,
            portal_url: &self.manners.portal_url,
            case_reference: Some("202312345"),
            complaint_reference: Some("SC202500001"),
            news: match matter {
                Matter::CaseNews => &[(Matter::DocumentAdded, 3), (Matter::TaskSet, 1)],
                Matter::ComplaintNews => {
                    &[(Matter::ComplaintOverdue, 1), (Matter::ComplaintWritten, 2)]
                }
                _ => &[],
            },
            occurred_at: now,
            complaint: Some(&complaint),
            update: Some(
                "We wait for the landlord’s records.\nWe expect to finish this stage by 15 March 2025.",
            ),
            secret: Some((&secret, ends)),
            now,
        };
        let words = words::email(&facts, Some(template)).map_err(Error::Words)?;
        letter::render(&words, "Sam Taylor", &self.manners.support_address, None)
            .map_err(Error::Letter)
    }
}

fn original(key: &str) -> Result<&'static Original, Error> {
    Original::with_key(key).ok_or(Error::NoSuchTemplate)
}

fn words_of(row: Row) -> Option<Template> {
    Some(Template {
        subject: row.subject?,
        body: row.body?,
    })
}

fn wording(original: &'static Original, row: Option<Row>) -> Wording {
    let version = row.as_ref().map_or(0, |row| row.version);
    let changed = row
        .as_ref()
        .map(|row| (row.changed_at, row.changed_by.clone()));
    let adapted = row.and_then(words_of);
    Wording {
        original,
        adapted: adapted.is_some(),
        template: adapted.unwrap_or_else(|| original.template()),
        version,
        changed,
    }
}

/// Words that can be used, or every mistake in them.
fn check(matter: Matter, subject: &str, body: &str) -> Result<Template, Error> {
    let mut check = Check::new();
    let template = Template {
        subject: check.text("subject", subject, 1..=120),
        body: check.long_text("body", body, 1..=4_000).trim().to_owned(),
    };
    for fault in faults(matter, &template) {
        check.refuse(fault.field, fault.description, fault.reason);
    }
    check.done()?;
    Ok(template)
}
