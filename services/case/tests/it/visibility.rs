//! CA-4: who sees a case, by every door.

use proto::case::v1::{Case, GetCaseRequest, ListCasesRequest, Status};
use sqlx::PgPool;
use testkit::{Caller, reason};
use tonic::Code;

use crate::given::{Cases, Portal, a_portal, day, get, timeline};

/// Whether the case is seen by each door: the case itself by id and by reference, the list, and the timeline. They must agree.
async fn sees(cases: &mut Cases, case: &Case) -> bool {
    let got = cases.get_case(get(case)).await;
    let named = GetCaseRequest {
        case_id: case.reference.clone(),
    };
    let named = cases.get_case(named).await;
    let told = cases.list_timeline(timeline(case)).await;
    let listed = cases
        .list_cases(ListCasesRequest::default())
        .await
        .unwrap()
        .into_inner();
    let listed = listed.cases.iter().any(|it| it.id == case.id);

    for refused in [
        got.as_ref().err(),
        named.as_ref().err(),
        told.as_ref().err(),
    ]
    .into_iter()
    .flatten()
    {
        assert_eq!(
            (refused.code(), reason(refused).as_str()),
            (Code::NotFound, "NO_SUCH_CASE")
        );
    }
    assert_eq!(
        (got.is_ok(), named.is_ok(), told.is_ok()),
        (listed, listed, listed)
    );
    listed
}

async fn a_case_closed_on(portal: &Portal, date: &str) -> Case {
    let now = portal.clock.now();
    portal
        .clock
        .set(format!("{date}T09:00:00Z").parse().unwrap());
    let case = portal.a_case().await;
    let closed = portal.moved(&case, &[Status::Closed]).await;
    portal.clock.set(now);
    closed
}

fn activated(portal: &Portal, date: &str) -> Caller {
    portal.administrator().activated_on(day(date))
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_4_a_landlord_sees_its_own_open_cases_and_nobody_elses(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    assert!(sees(&mut portal.own(), &case).await);
    assert!(
        sees(
            &mut portal.cases(&testkit::a_sub_account(portal.landlord)),
            &case
        )
        .await
    );
    assert!(sees(&mut portal.staff(), &case).await);
    assert!(!sees(&mut portal.strange(), &case).await);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_4_a_case_that_is_not_seen_is_refused_like_one_that_is_not_there(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let missing = Case {
        id: kit::id().to_string(),
        ..case.clone()
    };

    let unseen = portal.strange().get_case(get(&case)).await.unwrap_err();
    let absent = portal.strange().get_case(get(&missing)).await.unwrap_err();

    assert_eq!(
        (unseen.code(), unseen.message()),
        (absent.code(), absent.message())
    );
    assert_eq!(unseen.details(), absent.details());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_4_a_landlord_whose_portal_is_not_activated_sees_nothing(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    let caller = portal.administrator().inactive_landlord();

    assert!(!sees(&mut portal.cases(&caller), &case).await);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_4_a_case_closed_before_activation_is_never_seen(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = a_case_closed_on(&portal, "2025-03-10").await;

    assert!(!sees(&mut portal.cases(&activated(&portal, "2025-03-11")), &case).await);
    assert!(sees(&mut portal.cases(&activated(&portal, "2025-03-10")), &case).await);
    assert!(sees(&mut portal.staff(), &case).await);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_4_a_closed_case_is_seen_for_two_years_to_the_day(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = a_case_closed_on(&portal, "2024-02-01").await;

    portal.clock.set("2026-02-01T23:59:00Z".parse().unwrap());
    assert!(sees(&mut portal.own(), &case).await);

    portal.clock.set("2026-02-02T00:00:00Z".parse().unwrap());
    assert!(!sees(&mut portal.own(), &case).await);
    assert!(sees(&mut portal.staff(), &case).await);
}

/// Whether the landlord sees the case by every door at the last and at the first moment of a day in London.
async fn sees_all_day(portal: &Portal, case: &Case, day: &str) -> bool {
    let mut seen = Vec::new();
    for instant in ends_of(day) {
        portal.clock.set(instant);
        seen.push(sees(&mut portal.own(), case).await);
        assert!(sees(&mut portal.staff(), case).await);
    }
    assert_eq!(seen[0], seen[1], "{day}");
    seen[0]
}

fn ends_of(date: &str) -> [chrono::DateTime<chrono::Utc>; 2] {
    let start = kit::time::midnight(day(date));
    let end = kit::time::midnight(day(date).succ_opt().unwrap());
    [start, end - chrono::TimeDelta::seconds(1)]
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_4_the_two_years_end_with_the_same_day_two_years_on_even_around_a_leap_day(db: PgPool) {
    let portal = a_portal(&db).await;
    for (closed_on, last, first_without) in [
        ("2024-02-28", "2026-02-28", "2026-03-01"),
        ("2024-02-29", "2026-02-28", "2026-03-01"),
        ("2024-03-01", "2026-03-01", "2026-03-02"),
        ("2026-02-28", "2028-02-28", "2028-02-29"),
        ("2026-03-01", "2028-03-01", "2028-03-02"),
        // In summer, a day in London begins an hour before it does in UTC.
        ("2025-07-01", "2027-07-01", "2027-07-02"),
    ] {
        portal.clock.set(ends_of(closed_on)[0]);
        let case = a_case_closed_on(&portal, closed_on).await;
        assert_eq!(case.closed_on, closed_on);

        assert!(sees_all_day(&portal, &case, closed_on).await, "{closed_on}");
        assert!(sees_all_day(&portal, &case, last).await, "{closed_on}");
        assert!(
            !sees_all_day(&portal, &case, first_without).await,
            "{closed_on}"
        );
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_4_a_case_that_is_reopened_is_seen_again_and_its_two_years_start_anew(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = a_case_closed_on(&portal, "2024-02-01").await;
    portal.clock.set("2026-06-01T09:00:00Z".parse().unwrap());
    assert!(!sees(&mut portal.own(), &case).await);

    let reviewed = portal.moved(&case, &[Status::Review]).await;
    assert!(sees(&mut portal.own(), &reviewed).await);

    let closed = portal.moved(&reviewed, &[Status::Closed]).await;
    assert_eq!(closed.closed_on, "2026-06-01");
    assert!(sees_all_day(&portal, &closed, "2028-06-01").await);
    assert!(!sees_all_day(&portal, &closed, "2028-06-02").await);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_4_a_later_activation_hides_what_was_closed_before_it_and_not_what_is_reopened(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let case = a_case_closed_on(&portal, "2025-03-10").await;
    let open = portal.a_case().await;
    let caller = activated(&portal, "2025-05-01");

    assert!(!sees(&mut portal.cases(&caller), &case).await);
    assert!(sees(&mut portal.cases(&caller), &open).await);

    portal.moved(&case, &[Status::Review]).await;
    assert!(sees(&mut portal.cases(&caller), &case).await);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_1_a_landlord_never_sees_what_only_staff_see(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    let got = portal
        .own()
        .get_case(get(&case))
        .await
        .unwrap()
        .into_inner();
    let listed = portal
        .own()
        .list_cases(ListCasesRequest::default())
        .await
        .unwrap()
        .into_inner();

    assert_eq!(got.staff_details, None);
    assert_eq!(listed.cases[0].staff_details, None);
    assert!(portal.seen(&case).await.staff_details.is_some());
}
