//! CA-10: a progress update is given from a standard paragraph or in staff's own words.

use proto::access::v1::Role;
use proto::case::v1::{
    Case, Channel, ContactKind, ContactReason, GetUpdateDeliveryRequest, GiveUpdateRequest,
    ListParagraphsRequest, OpenCaseRequest, ProgressUpdate, ProgressUpdateGiven,
    SetParagraphRequest, SetTimeframeRequest, Status,
};
use proto::notification::v1::EmailRefused;
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::contacts::owed_on;
use crate::given::{Portal, a_portal, opening, timeline};

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
        address: String::new(),
    }
}

/// An update that the portal sends.
fn by_portal(case: &Case, address: &str) -> GiveUpdateRequest {
    GiveUpdateRequest {
        channel: Channel::Portal.into(),
        address: address.into(),
        ..telling(case, "2025-06-02", "")
    }
}

/// An update that the portal sends, as it was given.
pub async fn sent(portal: &Portal, case: &Case) -> ProgressUpdate {
    let mut staff = portal.contacts(&testkit::a_caseworker());
    let given = staff.give_update(by_portal(case, "asha@example.org"));
    given.await.unwrap().into_inner()
}

/// That a mail server refused an update.
pub fn refused(update_id: &str) -> EmailRefused {
    EmailRefused {
        email_id: kit::id().to_string(),
        update_id: update_id.into(),
        ..EmailRefused::default()
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

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_an_update_that_the_portal_sends_is_announced_once_and_read_by_its_sender_alone(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());
    let request = by_portal(&case, "Asha@Example.org");

    let sent = staff.give_update(request.clone()).await.unwrap();
    let sent = sent.into_inner();
    staff.give_update(request).await.unwrap();
    let posted = staff.give_update(telling(&case, "2025-06-02", "")).await;
    let posted = posted.unwrap().into_inner();

    let announced = outbox::testing::events::<ProgressUpdateGiven>(&db).await;
    assert_eq!(announced.len(), 1, "neither again nor of what went by post");
    assert_eq!(announced[0].update_id, sent.id);
    assert_eq!(announced[0].case_id, case.id);
    let asked = |id: &str| GetUpdateDeliveryRequest {
        update_id: id.to_owned(),
    };
    let mut sender = portal.delivery("notification");
    let delivery = sender.get_update_delivery(asked(&sent.id)).await;
    let delivery = delivery.unwrap().into_inner();
    assert_eq!(delivery.address, "asha@example.org");
    assert_eq!(delivery.name, "", "it may be who speaks for them");
    assert_eq!(
        delivery.words,
        "We are still waiting for the landlord's records."
    );
    for missing in [&posted.id, &kit::id().to_string()] {
        let refused = sender.get_update_delivery(asked(missing)).await;
        assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    }
    for wrong in ["task", "gateway"] {
        let mut wrong = portal.delivery(wrong);
        let refused = wrong.get_update_delivery(asked(&sent.id)).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
    let refused = staff
        .get_update_delivery(asked(&sent.id))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    // Staff see where it went, and the landlord sees nothing of it.
    let entries = portal.timeline(&case).await;
    assert!(
        entries
            .iter()
            .any(|it| it.staff_only && it.description.contains("by email to asha@example.org"))
    );
    let own = portal.own().list_timeline(timeline(&case)).await.unwrap();
    assert_eq!(own.into_inner().entries.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_what_the_portal_sends_goes_to_an_address_today_and_nothing_else_has_one(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    portal.clock.set("2025-06-03T08:00:00Z".parse().unwrap());
    let mut staff = portal.contacts(&testkit::a_caseworker());
    let today = |address: &str| GiveUpdateRequest {
        given_on: "2025-06-03".into(),
        ..by_portal(&case, address)
    };

    for (wrong, field) in [
        (today(""), "address"),
        (
            GiveUpdateRequest {
                given_on: "2025-06-04".into(),
                ..today("asha@example.org")
            },
            "given_on",
        ),
        (today("asha at example.org"), "address"),
        (by_portal(&case, "asha@example.org"), "given_on"),
        (
            GiveUpdateRequest {
                channel: Channel::Email.into(),
                ..today("asha@example.org")
            },
            "address",
        ),
    ] {
        let refused = staff.give_update(wrong).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, field);
    }
    let right = today("asha@example.org");
    let given = staff.give_update(right.clone()).await.unwrap();
    // The same again is answered as it was, on whatever day.
    portal.clock.set("2025-06-04T08:00:00Z".parse().unwrap());
    let again = staff.give_update(right).await.unwrap();
    assert_eq!(given.get_ref(), again.get_ref());
    let at_once = GiveUpdateRequest {
        given_on: String::new(),
        ..today("asha@example.org")
    };
    let at_once = staff.give_update(at_once).await.unwrap();
    assert_eq!(at_once.get_ref().given_on, "2025-06-04");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_an_update_that_a_mail_server_refused_is_owed_again_once(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());
    let sent = sent(&portal, &case).await;

    // That of a landlord's email, which is none of these.
    portal.hears(&refused("")).await;
    assert!(owed_on(&portal, &case).await.is_empty());
    portal.hears(&refused(&sent.id)).await;
    portal.hears(&refused(&sent.id)).await;

    let owed = owed_on(&portal, &case).await;
    assert_eq!(owed.len(), 1);
    assert_eq!(owed[0].kind(), ContactKind::ProgressUpdate);
    assert_eq!(owed[0].reason(), ContactReason::Refused);
    assert_eq!(owed[0].due_on, "2025-06-02");
    let entries = portal.timeline(&case).await;
    let told = entries
        .iter()
        .filter(|it| it.title == "Progress update not delivered");
    assert_eq!(told.count(), 1);
    staff
        .give_update(telling(&case, "2025-06-02", ""))
        .await
        .unwrap();
    assert!(owed_on(&portal, &case).await.is_empty());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_nothing_is_owed_on_a_case_that_was_closed_before_its_update_was_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let sent = sent(&portal, &case).await;
    portal.moved(&case, &[Status::Closed]).await;

    portal.hears(&refused(&sent.id)).await;

    assert!(owed_on(&portal, &case).await.is_empty());
    let entries = portal.timeline(&case).await;
    let told = entries
        .iter()
        .find(|it| it.title == "Progress update not delivered");
    assert_eq!(told.unwrap().description, "A mail server refused it.");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_an_update_that_is_not_sent_before_its_case_is_closed_is_sent_no_more(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let sent = sent(&portal, &case).await;
    portal.moved(&case, &[Status::Closed]).await;

    let asked = GetUpdateDeliveryRequest { update_id: sent.id };
    let refused = portal
        .delivery("notification")
        .get_update_delivery(asked)
        .await;

    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_late_refusal_owes_nothing_when_another_update_was_given_since(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let wrong = sent(&portal, &case).await;
    let right = sent(&portal, &case).await;

    portal.hears(&refused(&wrong.id)).await;
    assert!(owed_on(&portal, &case).await.is_empty());
    // Nor did that one arrive.
    portal.hears(&refused(&right.id)).await;

    assert_eq!(owed_on(&portal, &case).await.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_what_is_owed_already_is_owed_for_the_refusal_and_outlives_its_first_reason(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    expects(&portal, Status::InitialAssessment, 10).await;
    let case = portal.a_case().await;
    let sent = sent(&portal, &case).await;
    portal.clock.set("2025-06-10T08:00:00Z".parse().unwrap());
    portal.sweep().await;
    let before = owed_on(&portal, &case).await;

    portal.hears(&refused(&sent.id)).await;

    assert_eq!(before[0].reason(), ContactReason::Timeframe);
    let owed = owed_on(&portal, &case).await;
    assert_eq!(owed.len(), 1);
    assert_eq!(owed[0].id, before[0].id);
    assert_eq!(owed[0].reason(), ContactReason::Refused);
    assert!(owed[0].due_on <= before[0].due_on);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_date_that_nobody_received_was_told_to_nobody(db: PgPool) {
    let portal = a_portal(&db).await;
    let timed = portal.a_case().await;
    expects(&portal, Status::InitialAssessment, 10).await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());
    for (case, before) in [(&timed, ""), (&case, "2025-06-16")] {
        let update = GiveUpdateRequest {
            expected_on: "2025-07-01".into(),
            ..by_portal(case, "asha@example.org")
        };
        let sent = staff.give_update(update).await.unwrap().into_inner();
        let told = portal.seen(case).await.stage.unwrap();
        assert_eq!(told.expected_on, "2025-07-01");

        portal.hears(&refused(&sent.id)).await;

        let stage = portal.seen(case).await.stage.unwrap();
        assert_eq!(stage.expected_on, before);
        assert!(stage.earlier.is_empty());
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_complainant_for_whom_nobody_speaks_is_greeted_by_name(db: PgPool) {
    let portal = a_portal(&db).await;
    let alone = OpenCaseRequest {
        representative: String::new(),
        ..opening(portal.landlord)
    };
    let case = portal.opened(&alone).await;
    let asked = GetUpdateDeliveryRequest {
        update_id: sent(&portal, &case).await.id,
    };

    let mut sender = portal.delivery("notification");
    let delivery = sender.get_update_delivery(asked).await.unwrap();

    assert_eq!(delivery.into_inner().name, alone.complainant);
}
