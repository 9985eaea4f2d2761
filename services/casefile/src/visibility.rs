//! CA-4: which cases, and whatever hangs on them, a caller may see.

use chrono::{Months, NaiveDate};
use kit::Caller;
use uuid::Uuid;

/// For how long a landlord sees a closed case.
const CLOSED_FOR: Months = Months::new(24);

/// What a caller may see, as a filter. In SQL it reads:
///
/// ```sql
/// ($1::uuid is null or landlord_id = $1)
/// and ($1::uuid is null or closed_on is null or (closed_on >= $2 and closed_on >= $3))
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visibility {
    /// The landlord whose cases are seen; `None` on the ombudsman's side, which sees all. Who may see nothing has the
    /// nil id, which no landlord has.
    pub landlord_id: Option<Uuid>,
    /// The landlord sees no case that was closed before this date.
    pub activated_on: NaiveDate,
    /// Nor one that was closed before this date.
    pub closed_since: NaiveDate,
}

impl Visibility {
    /// What a caller may see on a date in London.
    #[must_use]
    pub fn of(caller: &Caller, today: NaiveDate) -> Self {
        if caller.is_staff() {
            // No date limits staff, but a query binds the dates all the same, so they must be ones that PostgreSQL has.
            let closed_since = closed_since(today);
            return Self {
                landlord_id: None,
                activated_on: closed_since,
                closed_since,
            };
        }
        match caller.seat() {
            Some(seat) => Self::of_landlord(seat.landlord_id, seat.activated_on, today),
            None => Self::of_landlord(Uuid::nil(), None, today),
        }
    }

    /// What a landlord may see on a date in London, given since when its portal is in use.
    #[must_use]
    pub fn of_landlord(
        landlord_id: Uuid,
        activated_on: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Self {
        let (landlord_id, activated_on) = match activated_on {
            Some(activated_on) if activated_on <= today => (landlord_id, activated_on),
            _ => (Uuid::nil(), today),
        };
        Self {
            landlord_id: Some(landlord_id),
            activated_on,
            closed_since: closed_since(today),
        }
    }

    /// Whether a case of a landlord, closed on a date or open, is among it.
    #[must_use]
    pub fn shows(&self, landlord_id: Uuid, closed_on: Option<NaiveDate>) -> bool {
        let Some(own) = self.landlord_id else {
            return true;
        };
        own == landlord_id
            && !own.is_nil()
            && closed_on.is_none_or(|closed_on| {
                closed_on >= self.activated_on && closed_on >= self.closed_since
            })
    }
}

/// The first closing date from which two years have not passed. On 29 February that is 1 March: the two years of a case
/// that was closed on 28 February ended yesterday.
fn closed_since(today: NaiveDate) -> NaiveDate {
    let then = today - CLOSED_FOR;
    if then + CLOSED_FOR < today {
        then.succ_opt().unwrap_or(then)
    } else {
        then
    }
}

#[cfg(test)]
mod tests {
    use kit::{Client, Person, Seat};
    use proto::access::v1::Role;

    use super::*;

    const LANDLORD: Uuid = Uuid::from_u128(1);

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn person(role: Role, landlord: Option<Seat>) -> Caller {
        Caller::Person(Person {
            account_id: kit::id(),
            name: "Sam".to_owned(),
            role,
            landlord,
            team: None,
            session_id: None,
            through: None,
        })
    }

    fn landlord(activated_on: Option<&str>) -> Caller {
        let seat = Seat {
            landlord_id: LANDLORD,
            landlord_name: "TEST TEST Landlord".to_owned(),
            activated_on: activated_on.map(day),
        };
        person(Role::LandlordAdministrator, Some(seat))
    }

    fn sees(caller: &Caller, closed_on: Option<&str>, today: &str) -> bool {
        Visibility::of(caller, day(today)).shows(LANDLORD, closed_on.map(day))
    }

    #[test]
    fn ca_4_a_landlord_sees_an_open_case_of_its_own_and_no_other() {
        let caller = landlord(Some("2024-03-01"));

        assert!(sees(&caller, None, "2025-06-10"));
        assert!(!Visibility::of(&caller, day("2025-06-10")).shows(Uuid::from_u128(2), None));
    }

    #[test]
    fn ca_4_a_case_closed_the_day_before_activation_is_not_seen() {
        let caller = landlord(Some("2024-03-01"));

        assert!(!sees(&caller, Some("2024-02-29"), "2024-03-01"));
        assert!(sees(&caller, Some("2024-03-01"), "2024-03-01"));
        assert!(sees(&caller, Some("2024-03-02"), "2025-03-01"));
    }

    #[test]
    fn ca_4_a_closed_case_is_seen_for_two_years_to_the_day() {
        let caller = landlord(Some("2020-01-01"));

        assert!(sees(&caller, Some("2023-06-10"), "2025-06-10"));
        assert!(!sees(&caller, Some("2023-06-10"), "2025-06-11"));
    }

    #[test]
    fn ca_4_two_years_around_a_leap_day() {
        let caller = landlord(Some("2020-01-01"));

        assert!(sees(&caller, Some("2024-02-29"), "2026-02-28"));
        assert!(!sees(&caller, Some("2024-02-29"), "2026-03-01"));
        assert!(sees(&caller, Some("2022-02-28"), "2024-02-28"));
        assert!(!sees(&caller, Some("2022-02-28"), "2024-02-29"));
        assert!(sees(&caller, Some("2022-03-01"), "2024-02-29"));
    }

    #[test]
    fn ca_4_a_landlord_whose_portal_is_not_activated_sees_nothing() {
        assert!(!sees(&landlord(None), None, "2025-06-10"));
        assert!(!sees(&landlord(Some("2025-06-11")), None, "2025-06-10"));
        assert!(sees(&landlord(Some("2025-06-10")), None, "2025-06-10"));
    }

    #[test]
    fn ca_4_staff_and_service_clients_see_everything() {
        let client = Client {
            client_id: kit::id(),
            name: "Intake".to_owned(),
            scopes: vec!["cases".to_owned()],
        };
        for caller in [person(Role::Caseworker, None), Caller::Client(client)] {
            assert!(sees(&caller, None, "2025-06-10"), "{caller:?}");
            assert!(
                sees(&caller, Some("1999-01-01"), "2025-06-10"),
                "{caller:?}"
            );
        }
    }

    #[test]
    fn ca_4_nobody_else_sees_anything() {
        let nowhere = person(Role::LandlordSubAccount, None);
        for caller in [
            Caller::Anonymous,
            Caller::Process("gateway".to_owned()),
            nowhere,
        ] {
            let visibility = Visibility::of(&caller, day("2025-06-10"));
            assert!(!visibility.shows(LANDLORD, None), "{caller:?}");
            assert!(!visibility.shows(Uuid::nil(), None), "{caller:?}");
        }
    }
}
