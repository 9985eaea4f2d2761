//! What a person does with a complaint of theirs, through its private link.

use uuid::Uuid;

use super::Public;
use crate::app::answers::{ask_for_stage_two, keep_correspondence};
use crate::app::investigation::take_outcome_reply;
use crate::app::{Actor, Done, Target, Work};
use crate::domain::complaint::{Complaint, OutcomeReply};
use crate::domain::monitoring::Correspondence;
use crate::domain::policy::Stage;
use crate::domain::procedure::Escalation;
use crate::domain::progress::takes_files;
use crate::error::Error;
use crate::events;
use crate::secret::Kind;
use crate::store;

/// How often a step is tried when a colleague changes the complaint at the same moment.
const TRIES: usize = 3;

/// What a person says who asks for stage 2.
#[derive(Debug, Clone)]
pub struct Escalating {
    /// Why they disagree (4.10).
    pub reasons: String,
    /// What was not covered or missed, point by point (4.12).
    pub missed: Vec<String>,
    /// What is new (4.12).
    pub new_evidence: String,
    /// After the four weeks: why only now (4.12).
    pub circumstances: String,
}

/// The person who complains, as the history names them. No account: nobody had a part in a stage by it (4.15).
pub(super) fn actor(complaint: &Complaint) -> Actor {
    Actor {
        id: "service-user".to_owned(),
        account_id: None,
        name: complaint.user.name.clone(),
        senior: false,
    }
}

impl Public {
    /// Confirms or corrects the desired outcome (44.1).
    pub async fn reply_to_outcome(
        &self,
        token: &str,
        reply: OutcomeReply,
        corrected: &str,
    ) -> Result<Complaint, Error> {
        self.act(token, |complaint, work| {
            let done =
                take_outcome_reply(complaint, (reply, corrected.to_owned()), None, work.today)?;
            Ok(done.announcing(events::answered_outcome(complaint)))
        })
        .await
    }

    /// Asks for stage 2, within the four weeks or later with the circumstances, by which a colleague then decides (4.12).
    pub async fn ask_for_stage_two(
        &self,
        token: &str,
        escalating: Escalating,
    ) -> Result<Complaint, Error> {
        let complaint = self.open(token).await?;
        // Pressed twice: it was asked for in these very words, and is not decided yet.
        let asked = complaint.requested().ok();
        let asked = asked.map(|it| it.request.reasons);
        if asked.as_ref() == Some(&escalating.reasons) {
            return Ok(complaint);
        }
        self.act(token, |complaint, work| {
            let Escalating {
                reasons,
                missed,
                new_evidence,
                circumstances,
            } = escalating.clone();
            let late = complaint
                .window
                .as_ref()
                .is_some_and(|it| work.today > it.due());
            let request = Escalation {
                requested_on: work.today,
                reasons,
                new_evidence,
                // In time there is nothing to use discretion for.
                discretion: if late { circumstances } else { String::new() },
            };
            // Who names no point disagrees with all of stage 1 (4.10).
            let points = if missed.is_empty() {
                let elements = complaint.elements_of(Stage::One);
                elements.into_iter().map(|it| it.text).collect()
            } else {
                missed
            };
            ask_for_stage_two(complaint, work, request, points)
        })
        .await
    }

    /// Notes that a person sent files, for whoever deals with the complaint.
    pub async fn note_files(&self, token: &str, count: i32) -> Result<Complaint, Error> {
        self.act(token, |complaint, _| {
            takes_files(complaint)?;
            let text = match count {
                1 => "The person sent a file".to_owned(),
                many => format!("The person sent {many} files"),
            };
            Ok(Done::new("files", text).announcing(events::sent_files(complaint)))
        })
        .await
    }

    /// Keeps what a person writes about a complaint that is closed, once for each request, and says whether it is answered (4.21, 4.22).
    pub async fn write_after_closing(
        &self,
        token: &str,
        request_id: Uuid,
        text: &str,
    ) -> Result<(Complaint, bool), Error> {
        let before = self.open(token).await?;
        let written = store::public::written_before(&self.app.db, before.id, request_id).await?;
        if let Some(answered) = written {
            return Ok((before, answered));
        }
        let mut fitting = Correspondence::File;
        let complaint = self
            .act(token, |complaint, work| {
                let (kept, done) = keep_correspondence(
                    complaint,
                    work,
                    (text.to_owned(), Some(request_id)),
                    work.today,
                )?;
                fitting = kept;
                Ok(done)
            })
            .await?;
        Ok((complaint, fitting == Correspondence::Acknowledge))
    }

    /// Carries out a step for whoever has the link. The person has seen no version: what they ask for is decided by the complaint as it is.
    async fn act(
        &self,
        token: &str,
        mut step: impl FnMut(&mut Complaint, &Work<'_>) -> Result<Done, Error>,
    ) -> Result<Complaint, Error> {
        let hash = self.key.hash(Kind::Link, token);
        let mut tries = 0;
        loop {
            let now = self.app.clock.now();
            let (id, version) = store::public::complaint_of_link(&self.app.db, &hash, now)
                .await?
                .ok_or(Error::NoSuchLink)?;
            let opened = self.open(token).await?;
            let target = Target { id, version };
            let done = self.app.step_as(&actor(&opened), target, &mut step).await;
            tries += 1;
            match done {
                Err(Error::Stale) if tries < TRIES => {}
                done => return done.map(|(complaint, _)| complaint),
            }
        }
    }
}
