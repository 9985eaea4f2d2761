//! What staff and landlords write to each other.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use proto::messaging::v1::Side;
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use super::Message;

/// How staff begin, with the complainant's name where it says so.
const OPENINGS: [&str; 8] = [
    "{name} has told us that they have not had an answer to their complaint. Please tell us where it is in your procedure.",
    "We have asked for evidence in a task on this case. Please tell us here if anything in the request is unclear.",
    "Please confirm the dates of your stage one and stage two responses to {name}.",
    "We are assessing whether we can consider this complaint. Did your final response cover the repairs reported last winter?",
    "{name} would accept an appointment on any weekday morning. Can you offer one?",
    "The investigator needs the inspection report that your final response mentions. Please add it under Documents.",
    "Please tell us whether {name} was offered alternative accommodation while the works were under way.",
    "We have extended the task on this case as you asked. Please let us know as soon as the surveyor has reported.",
];

/// How landlords answer.
const REPLIES: [&str; 8] = [
    "Thank you for your message. The complaint was logged at stage one and we will respond within ten working days.",
    "We have now uploaded the records that you asked for under Documents.",
    "Our surveyor attended last week and the works have been raised. We will confirm the date with the resident directly.",
    "Could you tell us which period the request covers? Our repair system changed two years ago.",
    "To confirm, the stage two response was issued and we enclosed the compensation breakdown.",
    "We apologise for the delay. The officer who dealt with this has left, and we are collecting the correspondence.",
    "An appointment has been agreed with the resident and the contractor.",
    "We have paid the compensation to the resident's bank account and will upload the remittance.",
];

/// How staff go on.
const THANKS: [&str; 4] = [
    "Thank you. We have added this to the case.",
    "Thank you for letting us know. We will write again once we have looked at the documents.",
    "Thank you. Please keep us informed of any change of date.",
    "That is helpful, thank you. There is nothing further that we need at the moment.",
];

/// A conversation between two dates: staff begin, and the sides take turns.
pub fn conversation(
    rng: &mut StdRng,
    caseworker: &str,
    landlord: &str,
    complainant: &str,
    first: NaiveDate,
    last: NaiveDate,
) -> Vec<Message> {
    let turns = rng.random_range(1..=4);
    let mut dates: Vec<_> = (0..turns)
        .map(|_| super::tasks::date_between(rng, first, last))
        .collect();
    dates.sort_unstable();
    let mut messages = Vec::with_capacity(turns);
    for (turn, date) in dates.into_iter().enumerate() {
        let (side, author, bodies) = match turn {
            0 => (Side::Ombudsman, caseworker, &OPENINGS[..]),
            turn if turn % 2 == 1 => (Side::Landlord, landlord, &REPLIES[..]),
            _ => (Side::Ombudsman, caseworker, &THANKS[..]),
        };
        let text = bodies
            .choose(rng)
            .expect("there are texts")
            .replace("{name}", complainant);
        let body = format!(
            "{}\n\n{text}\n\nRegards\n{author}",
            if turn == 0 { "Dear landlord" } else { "Hello" }
        );
        messages.push(Message {
            side,
            author: author.to_owned(),
            body,
            sent_at: at_work(rng, date, turn),
        });
    }
    messages
}

/// A time in office hours; a later turn of the same day is later.
fn at_work(rng: &mut StdRng, date: NaiveDate, turn: usize) -> DateTime<Utc> {
    let hour = 9 + 2 * u32::try_from(turn).expect("there are four turns");
    let time = NaiveTime::from_hms_opt(hour, rng.random_range(0..60), 0)
        .expect("an office's hours are hours of a day");
    date.and_time(time).and_utc()
}

/// The day before, by which every message was sent.
pub fn yesterday(today: NaiveDate) -> NaiveDate {
    today - Days::new(1)
}
