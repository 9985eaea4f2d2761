//! The person is told of what the steps' own letters do not say: that a point is not investigated, how the open actions stand, and that they are
//! done (4.6, 4.9, 4.19).

use calendar::Told;
use chrono::NaiveDate;
use kit::Caller;
use uuid::Uuid;

use super::{App, Done, Target, Work};
use crate::domain::complaint::Complaint;
use crate::domain::letter::Kind as Letter;
use crate::domain::procedure::ProcedureError;
use crate::domain::telling::Kind;
use crate::error::Error;

impl App {
    /// Records that the person was told of something, with what shows it.
    pub async fn record_telling(
        &self,
        caller: &Caller,
        target: Target,
        telling_id: Uuid,
        told: Told,
    ) -> Result<Complaint, Error> {
        self.step(caller, target, |complaint, work| {
            let telling = complaint
                .tellings
                .iter_mut()
                .find(|it| it.id == telling_id)
                .ok_or(Error::NoSuchTelling)?;
            let text = format!("Told the person of “{}”: {}", telling.what, told.proof);
            telling.tell(told, work.today)?;
            Ok(Done::new("telling_told", text))
        })
        .await
    }
}

/// What a letter says of what waits to be told. A response, or the letter about a call that stands for one, reviews each element (4.7, 4.18), and
/// lists what was done and what is open (4.9, 4.19).
pub(super) fn said_by(letter: Letter) -> &'static [Kind] {
    match letter {
        Letter::StageOneResponse
        | Letter::StageTwoResponse
        | Letter::InformalResolution
        | Letter::ProgressUpdate => &[
            Kind::ElementExcluded,
            Kind::ActionDone,
            Kind::ActionWithdrawn,
        ],
        Letter::Closing | Letter::AfterClosing => &[Kind::ActionDone, Kind::ActionWithdrawn],
        Letter::Acknowledgement
        | Letter::Extension
        | Letter::FurtherExtension
        | Letter::EscalationAccepted
        | Letter::EscalationRefused
        | Letter::NotAccepted => &[],
    }
}

/// Keeps that a response told the person what is not investigated: it reviews each element, however it went out (4.7, 4.18).
pub(super) fn told_by_response(complaint: &mut Complaint, told: &Told) {
    complaint.tell_all(&[Kind::ElementExcluded], told);
}

/// Notes that the person heard how it stands once it was answered, while something is open or waits to be told (4.9, 4.19).
pub(super) fn follow_up(
    complaint: &mut Complaint,
    work: &Work<'_>,
    on: NaiveDate,
    text: &str,
) -> Result<Done, Error> {
    if !complaint.is_followed() {
        return Err(Error::NoFit("neither looked at, nor followed"));
    }
    if on > work.today {
        return Err(ProcedureError::InTheFuture(on).into());
    }
    if let Some(earliest) = complaint.heard_on().filter(|it| on < *it) {
        return Err(ProcedureError::Before(earliest).into());
    }
    complaint.present_mut().updated_on = Some(on);
    let text = format!("Told the person how the open actions stand: {text}");
    Ok(Done::new("updated", text))
}
