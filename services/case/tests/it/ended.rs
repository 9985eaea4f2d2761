//! CA-11: every quarter the timeframes that people were told are set against what cases took.

use proto::access::v1::Role;
use proto::case::v1::{
    EndedStage, GetTimeframesReportRequest, ListEndedStagesRequest, StageReport, Status,
};
use sqlx::PgPool;
use testkit::violations;
use tonic::Code;

use crate::given::{Portal, a_portal, day};
use crate::updates::{expects, telling};

fn on(portal: &Portal, date: &str) {
    portal
        .clock
        .set(format!("{date}T08:00:00Z").parse().unwrap());
}

async fn report(portal: &Portal, quarter: &str) -> Vec<StageReport> {
    portal
        .timeframes(&testkit::a_caseworker())
        .get_timeframes_report(GetTimeframesReportRequest {
            quarter: quarter.into(),
        })
        .await
        .unwrap()
        .into_inner()
        .stages
}

/// Every row, page by page, and how many pages that were.
async fn rows(portal: &Portal, quarter: &str, status: Status) -> (Vec<EndedStage>, usize) {
    let mut staff = portal.timeframes(&testkit::a_caseworker());
    let (mut rows, mut pages, mut page_token) = (Vec::new(), 0, String::new());
    loop {
        let request = ListEndedStagesRequest {
            quarter: quarter.into(),
            status: status.into(),
            page_size: 4,
            page_token,
        };
        let page = staff.list_ended_stages(request).await.unwrap().into_inner();
        rows.extend(page.stages);
        pages += 1;
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return (rows, pages);
        }
    }
}

/// Opens cases on 2 June 2025, each told 14 days, that leave their first stage on these days.
async fn cases_that_leave_on(portal: &Portal, days: &[&str]) {
    expects(portal, Status::InitialAssessment, 10).await;
    let mut cases = Vec::new();
    for _ in days {
        cases.push(portal.a_case().await);
    }
    for (case, date) in cases.iter().zip(days) {
        on(portal, date);
        portal.moved(case, &[Status::InternalProcedure]).await;
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_11_what_people_were_told_is_set_against_what_stages_took(db: PgPool) {
    let portal = a_portal(&db).await;
    // 1, 3, 13, 14, 15 and 28 days; the last one leaves in the next quarter.
    let days = [
        "2025-06-03",
        "2025-06-05",
        "2025-06-15",
        "2025-06-16",
        "2025-06-17",
        "2025-06-30",
        "2025-07-01",
    ];
    cases_that_leave_on(&portal, &days).await;

    let first = report(&portal, "2025-Q2").await.remove(0);
    assert_eq!(
        (first.left, first.told, first.within),
        (6, 6, 4),
        "the day itself is within"
    );
    assert_eq!((first.taken_median, first.taken_90th), (13, 28));
    assert_eq!((first.told_median, first.told_90th), (14, 14));
    assert_eq!(report(&portal, "2025-Q3").await[0].left, 1);

    let (rows, pages) = rows(&portal, "2025-Q2", Status::InitialAssessment).await;
    assert_eq!(pages, 2);
    let taken: Vec<_> = rows.iter().map(|it| it.days_taken).collect();
    assert_eq!(taken, [1, 3, 13, 14, 15, 28]);
    assert_eq!(rows.iter().filter(|it| it.within).count(), 4);
    for row in rows {
        let took = day(&row.ended_on) - day(&row.began_on);
        assert_eq!(i64::from(row.days_taken), took.num_days());
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_11_a_date_that_was_told_later_does_not_make_a_missed_one_kept(db: PgPool) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 10).await;
    let case = portal.a_case().await;
    portal
        .contacts(&testkit::a_caseworker())
        .give_update(telling(&case, "2025-06-02", "2025-06-27"))
        .await
        .unwrap();
    on(&portal, "2025-06-25");
    portal.moved(&case, &[Status::InternalProcedure]).await;

    let row = rows(&portal, "2025-Q2", Status::Unspecified)
        .await
        .0
        .remove(0);
    assert!(!row.within);
    assert_eq!(
        (row.first_expected_on.as_str(), row.expected_on.as_str()),
        ("2025-06-16", "2025-06-27")
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_11_a_stage_of_which_nothing_was_told_is_counted_apart(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    portal.moved(&case, &[Status::InternalProcedure]).await;

    let found = report(&portal, "2025-Q2").await;
    assert_eq!((found[0].left, found[0].told, found[0].within), (1, 0, 0));
    assert_eq!(found[1].left, 0, "it is still there");
    let rows = rows(&portal, "2025-Q2", Status::Unspecified).await.0;
    assert_eq!((rows[0].days_told, rows[0].within), (None, false));
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_11_what_is_no_quarter_and_whoever_is_not_of_casework_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let request = |quarter: &str| GetTimeframesReportRequest {
        quarter: quarter.into(),
    };

    let mut staff = portal.timeframes(&testkit::a_caseworker());
    let refused = staff
        .get_timeframes_report(request("2025"))
        .await
        .unwrap_err();
    assert_eq!(violations(&refused)[0].0, "quarter");
    for wrong in [
        portal.administrator(),
        testkit::a(Role::ComplaintsInvestigator),
    ] {
        let mut client = portal.timeframes(&wrong);
        let refused = client.get_timeframes_report(request("2025-Q2")).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
        let listed = client
            .list_ended_stages(ListEndedStagesRequest::default())
            .await;
        assert_eq!(listed.unwrap_err().code(), Code::PermissionDenied);
    }
}
