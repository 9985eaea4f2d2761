//! CA-10: a progress update is given from a standard paragraph or in staff's own words.

use proto::access::v1::Role;
use proto::case::v1::{
    Case, Channel, GiveUpdateRequest, ListParagraphsRequest, SetParagraphRequest,
    SetTimeframeRequest, Status,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::contacts::owed_on;
use crate::given::{Portal, a_portal, timeline};

/// Sets the timeframe of a stage.
pub async fn expects(portal: &Portal, status: Status, working_days: i32) {
    let request = SetTimeframeRequest {
        status: status.into(),
        working_days,
    };
    portal
        .timeframes(&testkit::a_senior_colleague())
        .set_timeframe(request)
        .await
        .unwrap();
}

async fn a_paragraph(portal: &Portal, key: &str, words: &str) {
    let request = SetParagraphRequest {
        key: key.into(),
        words: words.into(),
    };
    portal
        .contacts(&testkit::a_senior_colleague())
        .set_paragraph(request)
        .await
        .unwrap();
}

/// An update in one's own words.
pub fn telling(case: &Case, given_on: &str, expected_on: &str) -> GiveUpdateRequest {
    GiveUpdateRequest {
        request_id: kit::id().to_string(),
        case_id: case.id.clone(),
        paragraph: String::new(),
        words: "We are still waiting for the landlord's records.".into(),
        expected_on: expected_on.into(),
        channel: Channel::Post.into(),
        given_on: given_on.into(),
    }
}

fn by_paragraph(case: &Case, key: &str, expected_on: &str) -> GiveUpdateRequest {
    GiveUpdateRequest {
        paragraph: key.into(),
        words: String::new(),
        ..telling(case, "2025-06-02", expected_on)
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_standard_paragraph_is_filled_in_and_its_new_date_kept_beside_the_old(db: PgPool) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 10).await;
    let words = "Your case is at “{{stage}}”. We expect to finish this by {{expected}}.";
    a_paragraph(&portal, "delay", words).await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());

    let given = staff
        .give_update(by_paragraph(&case, "delay", "2025-07-01"))
        .await
        .unwrap()
        .into_inner();

    assert_eq!(
        given.words,
        "Your case is at “Case under initial assessment”. We expect to finish this by 1 July 2025."
    );
    let stage = portal.seen(&case).await.stage.unwrap();
    assert_eq!(stage.expected_on, "2025-07-01");
    assert_eq!(stage.earlier.len(), 1);
    assert_eq!(stage.earlier[0].expected_on, "2025-06-16");
    let own = portal.own().get_case(crate::given::get(&case)).await;
    let own = own.unwrap().into_inner().stage.unwrap();
    assert_eq!(own.expected_on, "2025-07-01");
    assert!(own.earlier.is_empty(), "for staff");

    let entries = portal.timeline(&case).await;
    assert_eq!(entries[0].title, "Progress update given");
    assert!(entries[0].staff_only && entries[0].description.contains("by letter"));
    let own = portal.own().list_timeline(timeline(&case)).await.unwrap();
    assert_eq!(own.into_inner().entries.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_paragraph_that_names_a_date_needs_one_and_one_that_was_taken_back_is_gone(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    a_paragraph(&portal, "delay", "By {{expected}}.").await;
    a_paragraph(&portal, "old", "Words.").await;
    a_paragraph(&portal, "old", "").await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());

    for (key, expected) in [("delay", "NOTHING_EXPECTED"), ("old", "NO_SUCH_PARAGRAPH")] {
        let refused = staff.give_update(by_paragraph(&case, key, "")).await;
        assert_eq!(reason(&refused.unwrap_err()), expected);
    }
    let listed = staff.list_paragraphs(ListParagraphsRequest {}).await;
    let keys = listed.unwrap().into_inner().paragraphs.into_iter();
    assert_eq!(keys.map(|it| it.key).collect::<Vec<_>>(), ["delay"]);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_the_same_request_gives_one_update(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());
    let request = telling(&case, "2025-06-02", "2025-07-01");

    let first = staff.give_update(request.clone()).await.unwrap();
    let second = staff.give_update(request.clone()).await.unwrap();
    let other = GiveUpdateRequest {
        words: "Other words.".into(),
        ..request
    };
    let refused = staff.give_update(other).await.unwrap_err();

    assert_eq!(first.get_ref(), second.get_ref());
    assert_eq!(reason(&refused), "REQUEST_ID_REUSED");
    assert_eq!(portal.timeline(&case).await.len(), 2);
    assert!(portal.seen(&case).await.stage.unwrap().earlier.is_empty());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_date_that_has_passed_is_not_promised_once_more(db: PgPool) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 10).await;
    a_paragraph(&portal, "delay", "By {{expected}}.").await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());

    portal.clock.set("2025-06-17T08:00:00Z".parse().unwrap());
    let refused = staff.give_update(by_paragraph(&case, "delay", "")).await;

    assert_eq!(reason(&refused.unwrap_err()), "NOTHING_EXPECTED");
    let given = staff.give_update(by_paragraph(&case, "delay", "2025-07-01"));
    assert_eq!(given.await.unwrap().get_ref().words, "By 1 July 2025.");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_an_update_of_before_settles_nothing_that_came_to_be_owed_since(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());
    portal.clock.set("2025-06-30T08:00:00Z".parse().unwrap());
    portal.sweep().await;

    staff
        .give_update(telling(&case, "2025-06-29", ""))
        .await
        .unwrap();
    assert_eq!(owed_on(&portal, &case).await.len(), 1);
    staff
        .give_update(telling(&case, "2025-06-30", ""))
        .await
        .unwrap();
    assert!(owed_on(&portal, &case).await.is_empty());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_paragraph_with_braces_that_nothing_fills_is_refused_and_blanks_are_no_words(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mut senior = portal.contacts(&testkit::a_senior_colleague());
    let mut set = async |words: &str| {
        let request = SetParagraphRequest {
            key: "delay".into(),
            words: words.into(),
        };
        senior.set_paragraph(request).await
    };

    let refused = set("By {{expcted}}.").await.unwrap_err();
    set("By {{expected}}.").await.unwrap();
    set(" \n ").await.unwrap();
    let mut staff = portal.contacts(&testkit::a_caseworker());
    let listed = staff.list_paragraphs(ListParagraphsRequest {}).await;
    let blank = GiveUpdateRequest {
        words: "   ".into(),
        ..telling(&case, "2025-06-02", "")
    };
    let blank = staff.give_update(blank).await.unwrap_err();

    assert_eq!(violations(&refused)[0].0, "words");
    assert!(listed.unwrap().into_inner().paragraphs.is_empty());
    assert_eq!(violations(&blank)[0].0, "words");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_an_update_with_a_wrong_field_or_on_a_closed_case_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());
    let right = telling(&case, "2025-06-02", "");

    for (wrong, field) in [
        (
            GiveUpdateRequest {
                words: String::new(),
                ..right.clone()
            },
            "words",
        ),
        (
            GiveUpdateRequest {
                paragraph: "delay".into(),
                ..right.clone()
            },
            "words",
        ),
        (
            GiveUpdateRequest {
                channel: 0,
                ..right.clone()
            },
            "channel",
        ),
        (telling(&case, "2025-06-03", ""), "given_on"),
        // Before the case was opened.
        (telling(&case, "2025-06-01", ""), "given_on"),
        (telling(&case, "2025-06-02", "2025-06-01"), "expected_on"),
    ] {
        let refused = staff.give_update(wrong).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, field);
    }
    portal.moved(&case, &[Status::Closed]).await;
    let refused = staff.give_update(right).await.unwrap_err();
    assert_eq!(reason(&refused), "CASE_CLOSED");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_only_casework_gives_updates_and_only_seniors_write_paragraphs(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    for wrong in [
        portal.administrator(),
        testkit::a(Role::ComplaintsInvestigator),
    ] {
        let refused = portal
            .contacts(&wrong)
            .give_update(telling(&case, "2025-06-02", ""))
            .await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
    let request = SetParagraphRequest {
        key: "delay".into(),
        words: "Words.".into(),
    };
    let mut staff = portal.contacts(&testkit::a_caseworker());
    let refused = staff.set_paragraph(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let request = SetParagraphRequest {
        key: "Delay!".into(),
        words: "Words.".into(),
    };
    let mut senior = portal.contacts(&testkit::a_senior_colleague());
    let refused = senior.set_paragraph(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}
