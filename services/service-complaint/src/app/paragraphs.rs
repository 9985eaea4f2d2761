//! The library of standard paragraphs (the reviewer's recommendation 20.3).

use kit::Caller;
use kit::page::Page;
use uuid::Uuid;

use super::{Actor, App};
use crate::domain::letter::paragraph;
use crate::error::Error;
use crate::store::paragraphs as store;
use crate::store::paragraphs::Paragraph;

/// Where a page of standard paragraphs starts: topic, title and id.
pub type ParagraphPlace = (String, String, Uuid);

/// How a standard paragraph is worded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What it is about.
    pub topic: String,
    /// What it is called.
    pub title: String,
    /// The text, with placeholders.
    pub text: String,
}

impl App {
    /// A page of standard paragraphs, by topic and title.
    pub async fn paragraphs(
        &self,
        topic: &str,
        with_retired: bool,
        page: &Page<ParagraphPlace>,
    ) -> Result<(Vec<Paragraph>, String), Error> {
        let after = page.after.as_ref();
        let mut rows =
            store::paragraphs_page(&self.db, topic, with_retired, after, page.fetch()).await?;
        let next = page.next(&mut rows, |it| (it.topic.clone(), it.title.clone(), it.id));
        Ok((rows, next))
    }

    /// Adds a standard paragraph, once for each id.
    pub async fn add_paragraph(
        &self,
        caller: &Caller,
        id: Uuid,
        wording: Wording,
    ) -> Result<Paragraph, Error> {
        paragraph::check(&wording.text)?;
        let actor = Actor::of(caller);
        let Wording { topic, title, text } = wording;
        let paragraph = Paragraph {
            id,
            topic,
            title,
            text,
            version: 1,
            retired: false,
            changed_by: actor.name.clone(),
            changed_at: self.clock.now(),
        };
        let mut tx = self.db.begin().await?;
        if !store::insert_paragraph(&mut tx, &paragraph, &actor).await? {
            let there = store::paragraph(&mut *tx, id).await?;
            return there
                .filter(|it| {
                    it.topic == paragraph.topic
                        && it.title == paragraph.title
                        && it.text == paragraph.text
                })
                .ok_or(Error::RequestIdReused);
        }
        tx.commit().await?;
        Ok(paragraph)
    }

    /// Changes a standard paragraph. Letters that were sent stay as they were.
    pub async fn change_paragraph(
        &self,
        caller: &Caller,
        (id, version): (Uuid, i64),
        wording: Wording,
    ) -> Result<Paragraph, Error> {
        paragraph::check(&wording.text)?;
        let Wording { topic, title, text } = wording;
        self.save_paragraph(caller, (id, version), |paragraph| Paragraph {
            topic,
            title,
            text,
            ..paragraph
        })
        .await
    }

    /// Takes a standard paragraph out of the library.
    pub async fn retire_paragraph(
        &self,
        caller: &Caller,
        (id, version): (Uuid, i64),
    ) -> Result<Paragraph, Error> {
        self.save_paragraph(caller, (id, version), |paragraph| Paragraph {
            retired: true,
            ..paragraph
        })
        .await
    }

    async fn save_paragraph(
        &self,
        caller: &Caller,
        (id, version): (Uuid, i64),
        change: impl FnOnce(Paragraph) -> Paragraph,
    ) -> Result<Paragraph, Error> {
        let actor = Actor::of(caller);
        let mut tx = self.db.begin().await?;
        let there = store::paragraph(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchParagraph)?;
        let changed = Paragraph {
            version,
            changed_by: actor.name.clone(),
            changed_at: self.clock.now(),
            ..change(there)
        };
        let saved = store::save_paragraph(&mut tx, &changed, &actor)
            .await?
            .ok_or(Error::Stale)?;
        tx.commit().await?;
        Ok(saved)
    }
}
