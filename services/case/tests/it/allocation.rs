//! CA-9: what bears on when a case is given to an investigator, and who gets it.

use outbox::Outcome;
use outbox::testing::{event, events};
use proto::access::v1::Role;
use proto::case::v1::{
    AllocateNextRequest, ApproveAheadRequest, AssignOwnerRequest, Case, CaseOwnerAssigned,
    CaseType, Circumstances, ListAwaitingAllocationRequest, OpenCaseRequest, Severity, Status,
    WithdrawAheadRequest,
};
use proto::service_complaint::v1::{ComplaintEnded, Decision, EndingKind, StageOneAnswered};
use sqlx::PgPool;
use testkit::{Caller, reason, violations};
use tonic::Code;
use uuid::Uuid;

use crate::given::{Portal, a_portal, factors, get, opening, staff, timeline};
use crate::importing::{import, row};
use crate::risk::{assessed, grave};

const TO_THE_QUEUE: [Status; 2] = [Status::ReferralAssessment, Status::AwaitingInvestigation];

async fn a_waiting_case(portal: &Portal) -> Case {
    portal.moved(&portal.a_case().await, &TO_THE_QUEUE).await
}

fn approval(case: &Case) -> ApproveAheadRequest {
    ApproveAheadRequest {
        case_id: case.id.clone(),
        version: case.version,
        reason: "The resident complained of our delay, and we upheld it.".into(),
    }
}

async fn ahead(portal: &Portal, case: &Case) -> Case {
    portal
        .queues(&testkit::a_senior_colleague())
        .approve_ahead(approval(case))
        .await
        .unwrap()
        .into_inner()
}

/// The references of a queue, page by page.
async fn queue(portal: &Portal, case_type: CaseType) -> Vec<String> {
    let mut queues = portal.queues(&testkit::a_caseworker());
    let mut found = Vec::new();
    let mut request = ListAwaitingAllocationRequest {
        case_type: case_type.into(),
        page_size: 2,
        page_token: String::new(),
    };
    loop {
        let page = queues
            .list_awaiting_allocation(request.clone())
            .await
            .unwrap()
            .into_inner();
        found.extend(page.cases.into_iter().map(|it| it.reference));
        if page.next_page_token.is_empty() {
            return found;
        }
        request.page_token = page.next_page_token;
    }
}

fn next(owner: &str) -> AllocateNextRequest {
    AllocateNextRequest {
        request_id: kit::id().to_string(),
        case_type: CaseType::MemberLandlord.into(),
        owner_account_id: owner.into(),
    }
}

/// An investigator whom identity has announced.
async fn an_investigator(portal: &Portal, name: &str) -> Caller {
    let caller = testkit::a_caseworker().named(name);
    portal
        .hears_at(&staff(caller.id(), name, true), portal.clock.now())
        .await;
    caller
}

fn answered(complaint: Uuid, case: &Case, outcome: Decision) -> StageOneAnswered {
    StageOneAnswered {
        complaint_id: complaint.to_string(),
        reference: "SC202500007".into(),
        outcome: outcome.into(),
        case_reference: case.reference.clone(),
        escalation_until: "2025-06-30".into(),
        ..StageOneAnswered::default()
    }
}

fn ended(complaint: Uuid, case: &Case, kind: EndingKind, outcome: Decision) -> ComplaintEnded {
    ComplaintEnded {
        complaint_id: complaint.to_string(),
        reference: "SC202500007".into(),
        kind: kind.into(),
        outcome: outcome.into(),
        case_reference: case.reference.clone(),
        answered_stage: if kind == EndingKind::AtStage2 { 2 } else { 1 },
        ..ComplaintEnded::default()
    }
}

/// The references of the upheld complaints that are factors.
async fn upheld(portal: &Portal, case: &Case) -> Vec<String> {
    let allocation = portal.seen(case).await.allocation.unwrap();
    let factors = allocation.upheld_complaints.into_iter();
    factors.map(|it| it.reference).collect()
}

/// Recommendation 53.1: whether the portal has the case yet does not matter, nor when it hears of the response.
#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_a_complaint_decided_before_its_case_is_imported_is_a_factor_from_then(db: PgPool) {
    let portal = a_portal(&db).await;
    let [upheld_first, refused_later] = [kit::id(), kit::id()];
    let unknown = |reference: &str| Case {
        reference: reference.to_owned(),
        ..Case::default()
    };
    let one = StageOneAnswered {
        answered_on: "2025-05-28".into(),
        ..answered(upheld_first, &unknown("202312345"), Decision::Upheld)
    };
    let two = answered(refused_later, &unknown("202312346"), Decision::Upheld);
    let over = EndingKind::AtStage2;
    let over = ended(
        refused_later,
        &unknown("202312346"),
        over,
        Decision::NotUpheld,
    );
    portal.hears_at(&one, portal.clock.now()).await;
    portal.hears_at(&two, portal.clock.now()).await;
    portal.hears_at(&over, portal.clock.now()).await;

    let rows = ["202312345", "202312346", "202312347"].map(|it| row(&portal, it));
    import(&portal, rows.to_vec()).await;

    let case = portal.find("202312345").await;
    let allocation = portal.seen(&case).await.allocation.unwrap();
    assert_eq!(allocation.upheld_complaints[0].upheld_on, "2025-05-28");
    let told = portal.timeline(&case).await;
    assert!(told.iter().any(|it| it.title == "Service complaint upheld"));
    for other in ["202312346", "202312347"] {
        let other = portal.find(other).await;
        assert!(upheld(&portal, &other).await.is_empty());
    }
}

/// A reference that was mistyped at first and put right since.
#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_a_complaint_counts_for_the_case_that_its_last_stage_names(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let mistyped = Case {
        reference: "209912345".to_owned(),
        ..Case::default()
    };
    let [stays_upheld, ends_otherwise] = [kit::id(), kit::id()];
    for complaint in [stays_upheld, ends_otherwise] {
        portal
            .hears(&answered(complaint, &mistyped, Decision::Upheld))
            .await;
    }

    let over = EndingKind::AtStage2;
    let otherwise = ended(ends_otherwise, &case, over, Decision::NotUpheld);
    portal.hears(&otherwise).await;
    assert!(upheld(&portal, &case).await.is_empty());
    let told = portal.timeline(&case).await;
    assert!(
        told.iter().all(|it| !it.staff_only),
        "it never was a factor"
    );
    portal
        .hears(&ended(stays_upheld, &case, over, Decision::Upheld))
        .await;

    assert_eq!(upheld(&portal, &case).await, ["SC202500007"]);
}

/// Recommendation 53.1.
#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_an_upheld_service_complaint_is_a_factor_that_staff_see_and_landlords_do_not(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    for (outcome, factor) in [
        (Decision::Upheld, true),
        (Decision::PartiallyUpheld, true),
        (Decision::NotUpheld, false),
    ] {
        let case = portal.a_case().await;

        portal
            .hears_at(&answered(kit::id(), &case, outcome), portal.clock.now())
            .await;

        let allocation = portal.seen(&case).await.allocation.unwrap();
        let on: Vec<_> = allocation
            .upheld_complaints
            .iter()
            .map(|it| it.upheld_on.as_str())
            .collect();
        assert_eq!(on, if factor { vec!["2025-06-02"] } else { vec![] });
        let own = portal.own().get_case(get(&case)).await.unwrap();
        assert_eq!(own.into_inner().allocation, None);
        let told = portal.own().list_timeline(timeline(&case)).await.unwrap();
        assert_eq!(told.into_inner().entries.len(), 1, "{outcome:?}");
        assert_eq!(portal.timeline(&case).await.len(), 1 + usize::from(factor));
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_a_complaint_that_stage_2_does_not_uphold_is_no_factor_any_more(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let complaint = kit::id();
    portal
        .hears(&answered(complaint, &case, Decision::Upheld))
        .await;

    let turned = ended(complaint, &case, EndingKind::AtStage2, Decision::NotUpheld);
    let turned = event(&turned);
    for expected in [Outcome::Handled, Outcome::Duplicate] {
        let outcome = outbox::deliver(&db, &portal.app, &turned).await.unwrap();
        assert_eq!(outcome, expected);
    }

    assert!(upheld(&portal, &case).await.is_empty());
    // Stage 1, heard of again, does not count again.
    portal
        .hears(&answered(complaint, &case, Decision::Upheld))
        .await;
    assert!(upheld(&portal, &case).await.is_empty());
    let told = portal.timeline(&case).await;
    let titles: Vec<_> = told
        .iter()
        .filter(|it| it.staff_only)
        .map(|it| &it.title)
        .collect();
    assert_eq!(titles.len(), 2);
}

/// Recommendation 53.1, of complaints like the reviewer's cases 6 and 9.
#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_a_complaint_that_a_call_closed_is_a_factor_when_it_was_upheld(db: PgPool) {
    let portal = a_portal(&db).await;
    for (outcome, answered_stage, factor) in [
        (Decision::Upheld, 1, true),
        (Decision::PartiallyUpheld, 1, true),
        (Decision::NotUpheld, 1, false),
        (Decision::Unspecified, 0, false),
    ] {
        let case = portal.a_case().await;

        let call = ComplaintEnded {
            answered_on: "2025-05-28".into(),
            answered_stage,
            ..ended(kit::id(), &case, EndingKind::Informally, outcome)
        };
        portal.hears(&call).await;

        assert_eq!(
            !upheld(&portal, &case).await.is_empty(),
            factor,
            "{outcome:?}"
        );
    }
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_a_call_at_stage_2_takes_back_what_stage_1_upheld_only_by_a_finding(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let [without, with] = [kit::id(), kit::id()];
    for complaint in [without, with] {
        portal
            .hears(&answered(complaint, &case, Decision::Upheld))
            .await;
    }

    // The outcome is that of stage 1: nothing was found at stage 2.
    let nothing_found = ended(without, &case, EndingKind::Informally, Decision::Upheld);
    let not_upheld = ComplaintEnded {
        answered_stage: 2,
        ..ended(with, &case, EndingKind::Informally, Decision::NotUpheld)
    };
    portal.hears(&nothing_found).await;
    portal.hears(&not_upheld).await;

    assert_eq!(upheld(&portal, &case).await.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_what_stage_1_upheld_stands_unless_stage_2_decides_otherwise(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let complaint = kit::id();
    portal
        .hears(&answered(complaint, &case, Decision::PartiallyUpheld))
        .await;

    for kind in [
        EndingKind::EscalationRejected,
        EndingKind::NotAccepted,
        EndingKind::AtStage2,
    ] {
        let outcome = if kind == EndingKind::AtStage2 {
            Decision::Upheld
        } else {
            Decision::PartiallyUpheld
        };
        portal.hears(&ended(complaint, &case, kind, outcome)).await;
        assert_eq!(upheld(&portal, &case).await, ["SC202500007"], "{kind:?}");
    }
    // It was a factor all along: the timeline says so once.
    let told = portal.timeline(&case).await;
    assert_eq!(told.iter().filter(|it| it.staff_only).count(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_a_complaint_about_no_known_case_is_nobodys_here(db: PgPool) {
    let portal = a_portal(&db).await;
    let mut elsewhere = answered(kit::id(), &portal.a_case().await, Decision::Upheld);
    for reference in ["", "my case", "2023-12345"] {
        elsewhere.case_reference = reference.into();
        portal.hears(&elsewhere).await;
    }

    let kept: i64 = sqlx::query_scalar("select count(*) from service_complaints")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(kept, 0);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_a_queue_has_cases_moved_ahead_first_then_sensitive_ones_then_the_oldest(db: PgPool) {
    let portal = a_portal(&db).await;
    let oldest = a_waiting_case(&portal).await;
    portal.days_pass(1);
    let sensitive = a_waiting_case(&portal).await;
    let sensitive = assessed(
        &portal,
        &sensitive,
        factors(Severity::Serious, "2024-06-01", Circumstances::NoneKnown),
    )
    .await;
    portal.days_pass(1);
    let grave_one = assessed(&portal, &a_waiting_case(&portal).await, grave()).await;
    portal.days_pass(1);
    let youngest = ahead(&portal, &a_waiting_case(&portal).await).await;
    let elsewhere = OpenCaseRequest {
        case_type: CaseType::ComplaintHandling.into(),
        ..opening(portal.landlord)
    };
    let elsewhere = portal.opened(&elsewhere).await;
    let elsewhere = portal.moved(&elsewhere, &TO_THE_QUEUE).await;

    let found = queue(&portal, CaseType::MemberLandlord).await;

    assert_eq!(
        found,
        [youngest, grave_one, sensitive, oldest].map(|it| it.reference)
    );
    let other = queue(&portal, CaseType::ComplaintHandling).await;
    assert_eq!(other, [elsewhere.reference]);
    assert!(queue(&portal, CaseType::Enquiry).await.is_empty());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_a_case_waits_from_its_move_whoever_owned_it_until_somebody_is_given_it(db: PgPool) {
    let portal = a_portal(&db).await;
    let triage = portal.a_member_of_staff("Tara Triage").await;
    let give = async |case: &Case| {
        let request = AssignOwnerRequest {
            case_id: case.id.clone(),
            version: case.version,
            owner_account_id: triage.to_string(),
        };
        let given = portal.staff().assign_owner(request).await.unwrap();
        given.into_inner()
    };
    let case = give(&portal.a_case().await).await;
    let waits = async || !queue(&portal, CaseType::MemberLandlord).await.is_empty();
    assert!(!waits().await);

    let case = portal.moved(&case, &TO_THE_QUEUE).await;
    assert!(waits().await);
    assert!(portal.seen(&case).await.allocation.unwrap().waiting);

    let case = give(&case).await;
    assert!(!waits().await);

    let back = [Status::EvidenceGathering, Status::AwaitingInvestigation];
    let case = portal.moved(&case, &back).await;
    assert!(waits().await);
    portal.moved(&case, &[Status::UnderInvestigation]).await;
    assert!(!waits().await);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_only_a_senior_colleague_moves_a_case_ahead_and_never_their_own(db: PgPool) {
    let portal = a_portal(&db).await;
    let senior = testkit::a_senior_colleague();
    portal
        .hears_at(&staff(senior.id(), "Sage Senior", true), portal.clock.now())
        .await;
    let case = a_waiting_case(&portal).await;

    let unnamed = ApproveAheadRequest {
        reason: " ".into(),
        ..approval(&case)
    };
    let unnamed = portal.queues(&senior).approve_ahead(unnamed).await;
    assert_eq!(violations(&unnamed.unwrap_err())[0].0, "reason");
    for caller in [
        testkit::a_caseworker(),
        testkit::a(Role::CustomerInsightManager),
        portal.administrator(),
    ] {
        let mut queues = portal.queues(&caller);
        let refused = queues.approve_ahead(approval(&case)).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{caller:?}");
    }
    let own = AssignOwnerRequest {
        case_id: case.id.clone(),
        version: case.version,
        owner_account_id: senior.id().to_string(),
    };
    let own = portal.staff().assign_owner(own).await.unwrap().into_inner();
    let refused = portal.queues(&senior).approve_ahead(approval(&own)).await;
    assert_eq!(reason(&refused.unwrap_err()), "OWN_CASE");

    let moved = ahead(&portal, &own).await;

    let approved = moved.allocation.clone().unwrap().ahead.unwrap();
    assert_eq!(approved.approved_by, "Sage Senior");
    assert_eq!(approved.reason, approval(&case).reason);
    let again = portal.queues(&testkit::a_senior_colleague());
    let again = again.clone().approve_ahead(approval(&moved)).await;
    assert_eq!(reason(&again.unwrap_err()), "ALREADY_AHEAD");
    let told = portal.own().list_timeline(timeline(&case)).await.unwrap();
    let told = told.into_inner().entries;
    assert!(
        told.iter().all(|it| !it.title.contains("ahead")),
        "{told:?}"
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_a_case_is_put_back_into_its_turn_with_a_reason(db: PgPool) {
    let portal = a_portal(&db).await;
    let first = a_waiting_case(&portal).await;
    portal.days_pass(1);
    let second = ahead(&portal, &a_waiting_case(&portal).await).await;
    let back = |case: &Case| WithdrawAheadRequest {
        case_id: case.id.clone(),
        version: case.version,
        reason: "It was the wrong case.".into(),
    };
    let mut queues = portal.queues(&testkit::a_senior_colleague());

    let none = queues.withdraw_ahead(back(&first)).await.unwrap_err();
    let stale = WithdrawAheadRequest {
        version: second.version - 1,
        ..back(&second)
    };
    let stale = queues.withdraw_ahead(stale).await.unwrap_err();
    let put_back = queues.withdraw_ahead(back(&second)).await.unwrap();

    assert_eq!(reason(&none), "NOT_AHEAD");
    assert_eq!(reason(&stale), "STALE");
    assert_eq!(put_back.into_inner().allocation.unwrap().ahead, None);
    let found = queue(&portal, CaseType::MemberLandlord).await;
    assert_eq!(found, [first.reference, second.reference]);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_the_next_case_is_the_first_of_its_queue_and_the_same_request_gets_it_again(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let investigator = an_investigator(&portal, "Ivo Investigator").await;
    let first = a_waiting_case(&portal).await;
    portal.days_pass(1);
    let second = a_waiting_case(&portal).await;
    let mut queues = portal.queues(&investigator);
    let request = next("");

    let given = queues.allocate_next(request.clone()).await.unwrap();
    let again = queues.allocate_next(request.clone()).await.unwrap();

    let given = given.into_inner();
    assert_eq!(given.id, first.id);
    assert_eq!(given.owner_account_id, investigator.id().to_string());
    assert_eq!(given, again.into_inner());
    assert_eq!(events::<CaseOwnerAssigned>(&db).await.len(), 1);
    let other = AllocateNextRequest {
        case_type: CaseType::Enquiry.into(),
        ..request
    };
    let reused = queues.allocate_next(other).await.unwrap_err();
    assert_eq!(reason(&reused), "REQUEST_ID_REUSED");
    let found = queue(&portal, CaseType::MemberLandlord).await;
    assert_eq!(found, [second.reference]);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_nothing_is_allocated_from_an_empty_queue_or_to_nobody(db: PgPool) {
    let portal = a_portal(&db).await;
    let investigator = an_investigator(&portal, "Ivo Investigator").await;
    let empty = portal.queues(&investigator).allocate_next(next("")).await;
    assert_eq!(reason(&empty.unwrap_err()), "NOTHING_WAITS");
    let case = a_waiting_case(&portal).await;

    let unknown = portal
        .queues(&testkit::a_caseworker())
        .allocate_next(next(""))
        .await;
    assert_eq!(reason(&unknown.unwrap_err()), "NO_SUCH_STAFF");
    for caller in [
        testkit::a(Role::ComplaintsInvestigator),
        portal.administrator(),
    ] {
        let mut queues = portal.queues(&caller);
        let refused = queues.allocate_next(next("")).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        let listed = queues
            .list_awaiting_allocation(ListAwaitingAllocationRequest {
                case_type: CaseType::MemberLandlord.into(),
                ..ListAwaitingAllocationRequest::default()
            })
            .await
            .unwrap_err();
        assert_eq!(listed.code(), Code::PermissionDenied);
    }
    let unsaid = portal
        .queues(&investigator)
        .list_awaiting_allocation(ListAwaitingAllocationRequest::default())
        .await;
    assert_eq!(violations(&unsaid.unwrap_err())[0].0, "case_type");
    let found = queue(&portal, CaseType::MemberLandlord).await;
    assert_eq!(found, [case.reference]);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_no_case_is_given_to_two(db: PgPool) {
    let portal = a_portal(&db).await;
    for _ in 0..6 {
        a_waiting_case(&portal).await;
    }
    let mut investigators = Vec::new();
    for name in ["Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal"] {
        investigators.push(an_investigator(&portal, name).await);
    }

    let asked = investigators.iter().map(|investigator| {
        let mut queues = portal.queues(investigator);
        async move { queues.allocate_next(next("")).await }
    });
    let answers = futures::future::join_all(asked).await;

    let mut given: Vec<String> = Vec::new();
    for answer in answers {
        match answer {
            Ok(case) => given.push(case.into_inner().id),
            Err(refused) => assert_eq!(reason(&refused), "NOTHING_WAITS"),
        }
    }
    let count = given.len();
    given.sort();
    given.dedup();
    assert_eq!(given.len(), count, "a case was given twice");
    // Whoever came while the last ones were being given was told that nothing waits; what is left still waits.
    let left = queue(&portal, CaseType::MemberLandlord).await.len();
    assert_eq!(count + left, 6);
    assert!(count > 1, "{count}");
}

/// Recommendations 37.5 and 53.1: an earlier case about the same issue, and several cases.
#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_9_an_earlier_case_and_other_open_ones_are_factors_that_landlords_do_not_see(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let elsewhere = portal.a_landlord("Another landlord").await;
    let earlier = portal.a_case().await;
    let earlier = portal.moved(&earlier, &[Status::Closed]).await;
    portal.days_pass(1);
    let beside = portal.a_case().await;
    for other in [
        OpenCaseRequest {
            complainant: "Somebody Else".into(),
            ..opening(portal.landlord)
        },
        opening(elsewhere),
    ] {
        portal.opened(&other).await;
    }
    let case = a_waiting_case(&portal).await;

    let mut listed = portal.queues(&testkit::a_caseworker());
    let listed = listed.list_awaiting_allocation(ListAwaitingAllocationRequest {
        case_type: CaseType::MemberLandlord.into(),
        ..ListAwaitingAllocationRequest::default()
    });
    let listed = listed.await.unwrap().into_inner().cases.remove(0);

    for allocation in [listed.allocation, portal.seen(&case).await.allocation] {
        let allocation = allocation.unwrap();
        let earlier_cases = &allocation.earlier_cases;
        assert_eq!(earlier_cases.len(), 1);
        assert_eq!(earlier_cases[0].reference, earlier.reference);
        assert_eq!(earlier_cases[0].subject, earlier.subject);
        assert_eq!(earlier_cases[0].closed_on, earlier.closed_on);
        let open = &allocation.other_open_cases;
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].reference, beside.reference);
        assert_eq!(open[0].closed_on, "");
    }
    let own = portal.own().get_case(get(&case)).await.unwrap();
    assert_eq!(own.into_inner().allocation, None);
}
