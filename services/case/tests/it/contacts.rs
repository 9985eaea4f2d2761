//! CA-10: an introduction call falls due when a case is first allocated, and a callback is promised within 5 working days.

use outbox::testing::events;
use proto::access::v1::Role;
use proto::case::v1::{
    AssignOwnerRequest, Case, Contact, ContactKind, ContactReason, ContactSettled,
    ListContactsRequest, PromiseCallbackRequest, RecordCallRequest, Status, Team,
};
use sqlx::PgPool;
use testkit::{Caller, reason, violations};
use tonic::Code;
use uuid::Uuid;

use crate::given::{Portal, a_portal, staff, timeline};

/// A member of staff who may own cases, as a caller.
async fn a_colleague(portal: &Portal, name: &str) -> Caller {
    let caller = testkit::a_caseworker().named(name);
    portal
        .hears_at(&staff(caller.id(), name, true), portal.clock.now())
        .await;
    caller
}

async fn given_to(portal: &Portal, case: &Case, owner: Uuid) -> Case {
    let request = AssignOwnerRequest {
        case_id: case.id.clone(),
        version: portal.seen(case).await.version,
        owner_account_id: owner.to_string(),
    };
    portal
        .staff()
        .assign_owner(request)
        .await
        .unwrap()
        .into_inner()
}

/// What is owed, as somebody lists it.
pub async fn owed(portal: &Portal, request: ListContactsRequest) -> Vec<Contact> {
    portal
        .contacts(&testkit::a_caseworker())
        .list_contacts(request)
        .await
        .unwrap()
        .into_inner()
        .contacts
}

/// What is owed on a case.
pub async fn owed_on(portal: &Portal, case: &Case) -> Vec<Contact> {
    let request = ListContactsRequest {
        case_id: case.id.clone(),
        ..ListContactsRequest::default()
    };
    owed(portal, request).await
}

pub fn promising(case: &Case, due_on: &str) -> PromiseCallbackRequest {
    PromiseCallbackRequest {
        request_id: kit::id().to_string(),
        case_id: case.id.clone(),
        about: "When the surveyor comes".into(),
        due_on: due_on.into(),
    }
}

pub async fn promised(portal: &Portal, request: &PromiseCallbackRequest) -> Contact {
    portal
        .contacts(&testkit::a_caseworker())
        .promise_callback(request.clone())
        .await
        .unwrap()
        .into_inner()
}

pub fn called(contact: &Contact, answered: bool) -> RecordCallRequest {
    RecordCallRequest {
        request_id: kit::id().to_string(),
        contact_id: contact.id.clone(),
        called_on: "2025-06-02".into(),
        answered,
        note: if answered { "All is clear." } else { "" }.into(),
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_an_introduction_call_is_owed_once_when_a_case_is_first_allocated(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    assert!(owed_on(&portal, &case).await.is_empty());

    let first = portal.a_member_of_staff("Ola Owner").await;
    given_to(&portal, &case, first).await;
    let introduction = owed_on(&portal, &case).await.remove(0);

    assert_eq!(introduction.kind(), ContactKind::IntroductionCall);
    assert_eq!(introduction.reason(), ContactReason::Allocated);
    assert_eq!(introduction.due_on, "2025-06-09");
    assert_eq!(introduction.owner_name, "Ola Owner");

    let second = portal.a_member_of_staff("Noor Next").await;
    given_to(&portal, &case, second).await;
    let owed = owed_on(&portal, &case).await;
    assert_eq!(owed.len(), 1, "once");
    assert_eq!(owed[0].owner_name, "Noor Next", "it follows the case");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_call_without_an_answer_stays_owed_and_one_with_an_answer_is_done(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let contact = promised(&portal, &promising(&case, "")).await;
    let mut staff = portal.contacts(&testkit::a_caseworker());

    let tried = staff.record_call(called(&contact, false)).await.unwrap();
    assert_eq!(tried.get_ref().unanswered, 1);
    assert!(tried.get_ref().settled_at.is_none());
    assert_eq!(owed_on(&portal, &case).await.len(), 1);
    assert!(events::<ContactSettled>(&db).await.is_empty());

    let done = staff.record_call(called(&contact, true)).await.unwrap();
    assert!(done.get_ref().settled_at.is_some());
    assert!(owed_on(&portal, &case).await.is_empty());
    let settled = events::<ContactSettled>(&db).await.remove(0).facts.unwrap();
    assert_eq!(
        (settled.contact_id, settled.open),
        (contact.id.clone(), false)
    );

    for answered in [true, false] {
        let again = staff.record_call(called(&contact, answered)).await;
        assert_eq!(reason(&again.unwrap_err()), "CONTACT_SETTLED");
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_the_same_request_records_one_call_and_another_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let contact = promised(&portal, &promising(&case, "")).await;
    let mut staff = portal.contacts(&testkit::a_caseworker());
    let (tried, done) = (called(&contact, false), called(&contact, true));

    let first = staff.record_call(tried.clone()).await.unwrap();
    let second = staff.record_call(tried.clone()).await.unwrap();
    staff.record_call(done.clone()).await.unwrap();
    let again = staff.record_call(done).await.unwrap();
    let other = RecordCallRequest {
        answered: true,
        note: "All is clear.".into(),
        ..tried
    };
    let refused = staff.record_call(other).await.unwrap_err();

    assert_eq!(first.get_ref().unanswered, 1);
    assert_eq!(first.get_ref(), second.get_ref());
    assert!(again.get_ref().settled_at.is_some());
    assert_eq!(reason(&refused), "REQUEST_ID_REUSED");
    assert_eq!(events::<ContactSettled>(&db).await.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_call_and_a_move_at_once_wait_for_each_other(db: PgPool) {
    let portal = a_portal(&db).await;
    for _ in 0..8 {
        let case = portal.a_case().await;
        let contact = promised(&portal, &promising(&case, "")).await;
        let mut staff = portal.contacts(&testkit::a_caseworker());
        let (called, _) = tokio::join!(
            staff.record_call(called(&contact, true)),
            portal.moved(&case, &[Status::Closed]),
        );
        // Whichever came first: the call was recorded, or the case had ended what was owed.
        match called {
            Ok(done) => assert!(!done.get_ref().lapsed),
            Err(refused) => assert_eq!(reason(&refused), "CONTACT_SETTLED"),
        }
        assert!(owed_on(&portal, &case).await.is_empty());
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_calls_and_promises_stand_in_the_staffs_timeline_alone(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let contact = promised(&portal, &promising(&case, "")).await;
    let mut staff = portal.contacts(&testkit::a_caseworker());
    staff.record_call(called(&contact, false)).await.unwrap();
    staff.record_call(called(&contact, true)).await.unwrap();

    let entries = portal.timeline(&case).await;
    let titles: Vec<_> = entries.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "Callback made",
            "Callback not answered",
            "Callback promised",
            "Case opened"
        ]
    );
    let own = portal.own().list_timeline(timeline(&case)).await.unwrap();
    assert_eq!(own.into_inner().entries.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_callback_is_promised_within_five_working_days(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mut staff = portal.contacts(&testkit::a_caseworker());

    assert_eq!(
        promised(&portal, &promising(&case, "")).await.due_on,
        "2025-06-09"
    );
    assert_eq!(
        promised(&portal, &promising(&case, "2025-06-02"))
            .await
            .due_on,
        "2025-06-02"
    );
    for wrong in ["2025-06-01", "2025-06-10"] {
        let refused = staff
            .promise_callback(promising(&case, wrong))
            .await
            .unwrap_err();
        assert_eq!(violations(&refused).len(), 1, "{wrong}");
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_the_same_request_promises_one_callback_and_another_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let request = promising(&case, "");

    let first = promised(&portal, &request).await;
    let second = promised(&portal, &request).await;
    let other = PromiseCallbackRequest {
        about: "Something else".into(),
        ..request
    };
    let refused = portal
        .contacts(&testkit::a_caseworker())
        .promise_callback(other)
        .await
        .unwrap_err();

    assert_eq!(first, second);
    assert_eq!(owed_on(&portal, &case).await.len(), 1);
    assert_eq!(reason(&refused), "REQUEST_ID_REUSED");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_closing_a_case_ends_what_is_owed(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let contact = promised(&portal, &promising(&case, "")).await;
    let closed = portal.moved(&case, &[Status::Closed]).await;
    let mut staff = portal.contacts(&testkit::a_caseworker());

    assert!(owed_on(&portal, &case).await.is_empty());
    let settled = events::<ContactSettled>(&db).await;
    assert_eq!(settled.len(), 1);
    let refused = staff.record_call(called(&contact, true)).await.unwrap_err();
    assert_eq!(reason(&refused), "CONTACT_SETTLED");
    let refused = staff.promise_callback(promising(&case, "")).await;
    assert_eq!(reason(&refused.unwrap_err()), "CASE_CLOSED");
    let owner = portal.a_member_of_staff("Ola Owner").await;
    given_to(&portal, &closed, owner).await;
    assert!(owed_on(&portal, &case).await.is_empty(), "no introduction");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_what_is_owed_is_listed_page_by_page_for_oneself_a_team_and_all(db: PgPool) {
    let portal = a_portal(&db).await;
    let own = a_colleague(&portal, "Ola Owner").await;
    let mine = portal.a_case().await;
    given_to(&portal, &mine, own.id()).await;
    let others = portal.a_case().await;
    for due_on in ["2025-06-05", "2025-06-03", "2025-06-04"] {
        promised(&portal, &promising(&others, due_on)).await;
    }

    let mut dates = Vec::new();
    let mut pages = 0;
    let mut page_token = String::new();
    loop {
        let request = ListContactsRequest {
            page_size: 2,
            page_token,
            ..ListContactsRequest::default()
        };
        let mut staff = portal.contacts(&testkit::a_caseworker());
        let page = staff.list_contacts(request).await.unwrap().into_inner();
        dates.extend(page.contacts.into_iter().map(|it| it.due_on));
        pages += 1;
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(pages, 2);
    assert_eq!(
        dates,
        ["2025-06-03", "2025-06-04", "2025-06-05", "2025-06-09"]
    );

    let request = ListContactsRequest {
        mine: true,
        ..ListContactsRequest::default()
    };
    let listed = portal.contacts(&own).list_contacts(request.clone()).await;
    let listed = listed.unwrap().into_inner().contacts;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].case_reference, mine.reference);
    assert!(owed(&portal, request).await.is_empty(), "somebody else's");

    for (team, count) in [(Team::DisputeSupport, 4), (Team::Triage, 0)] {
        let request = ListContactsRequest {
            team: team.into(),
            ..ListContactsRequest::default()
        };
        assert_eq!(owed(&portal, request).await.len(), count);
    }
    portal
        .moved(&portal.seen(&mine).await, &[Status::ReferralAssessment])
        .await;
    let request = ListContactsRequest {
        team: Team::Triage.into(),
        ..ListContactsRequest::default()
    };
    assert_eq!(owed(&portal, request).await.len(), 1, "it follows the case");
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_a_call_that_says_nothing_or_is_to_come_or_is_of_nothing_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let contact = promised(&portal, &promising(&case, "")).await;
    let mut staff = portal.contacts(&testkit::a_caseworker());

    let silent = RecordCallRequest {
        note: String::new(),
        ..called(&contact, true)
    };
    let to_come = RecordCallRequest {
        called_on: "2025-06-03".into(),
        ..called(&contact, true)
    };
    let too_early = RecordCallRequest {
        called_on: "2025-06-01".into(),
        ..called(&contact, true)
    };
    for wrong in [silent, to_come, too_early] {
        let refused = staff.record_call(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
    let unknown = RecordCallRequest {
        contact_id: kit::id().to_string(),
        ..called(&contact, true)
    };
    let refused = staff.record_call(unknown).await.unwrap_err();
    assert_eq!(reason(&refused), "NO_SUCH_CONTACT");
    assert_eq!(owed_on(&portal, &case).await.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_10_neither_landlords_nor_customer_insight_come_to_what_complainants_are_owed(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let contact = promised(&portal, &promising(&case, "")).await;

    for wrong in [
        portal.administrator(),
        testkit::a(Role::ComplaintsInvestigator),
        testkit::a(Role::CustomerInsightManager),
        testkit::a_system_administrator(),
    ] {
        let mut client = portal.contacts(&wrong);
        let listed = client.list_contacts(ListContactsRequest::default()).await;
        assert_eq!(listed.unwrap_err().code(), Code::PermissionDenied);
        let recorded = client.record_call(called(&contact, true)).await;
        assert_eq!(recorded.unwrap_err().code(), Code::PermissionDenied);
        let promised = client.promise_callback(promising(&case, "")).await;
        assert_eq!(promised.unwrap_err().code(), Code::PermissionDenied);
    }
}
