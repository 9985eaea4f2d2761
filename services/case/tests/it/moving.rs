//! CA-2 and CA-3: moving a case through the procedure.

use futures::future::join_all;
use outbox::testing::events;
use proto::case::v1::{
    Case, CaseMoved, CaseType, DescribeWorkflowRequest, ImportCasesRequest, ImportedCase,
    MoveCaseRequest, Status, StatusDescription, Team,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{Portal, a_move, a_portal};

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_3_a_move_hands_the_case_to_the_team_of_its_stage_and_is_announced(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    let moved = portal.moved(&case, &[Status::ReferralAssessment]).await;

    assert_eq!(
        (moved.status(), moved.team()),
        (Status::ReferralAssessment, Team::Triage)
    );
    assert_eq!(moved.version, case.version + 1);
    assert_eq!(portal.seen(&case).await, moved);
    let announced = &events::<CaseMoved>(&db).await[0];
    assert_eq!(announced.from(), Status::InitialAssessment);
    assert_eq!(announced.status_label, "Referral assessment");
    assert_eq!(announced.actor, "Casey Caseworker");
    assert_eq!(announced.facts.as_ref().unwrap().version, moved.version);
    let entry = &portal.timeline(&case).await[0];
    assert_eq!(entry.title, "Status changed");
    assert_eq!(
        entry.description,
        "From “Case under initial assessment” to “Referral assessment”. The case is now with Triage."
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_2_a_move_outside_the_table_is_refused_and_the_moves_that_are_allowed_are_named(
    db: PgPool,
) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    let refused = portal
        .staff()
        .move_case(a_move(&case, Status::Determined))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "MOVE_NOT_ALLOWED")
    );
    let allowed = "Within landlord's internal complaints procedure · Referral assessment · \
                   Complaint Handling Failure Order issued · Case closed";
    assert!(refused.message().contains(allowed), "{}", refused.message());
    assert_eq!(violations(&refused)[0].0, "status");
    assert_eq!(portal.seen(&case).await, case);
    assert!(events::<CaseMoved>(&db).await.is_empty());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_2_a_case_is_closed_today_and_open_again_in_review(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    let closed = portal.moved(&case, &[Status::Closed]).await;
    assert_eq!(closed.closed_on, "2025-06-02");
    assert_eq!(
        closed.team(),
        Team::DisputeSupport,
        "a closed case stays with the team that had it"
    );

    let reviewed = portal.moved(&closed, &[Status::Review]).await;
    assert_eq!(
        (reviewed.closed_on.as_str(), reviewed.team()),
        ("", Team::Review)
    );
    let closings: Vec<_> = events::<CaseMoved>(&db)
        .await
        .into_iter()
        .map(|it| it.facts.unwrap().closed_on)
        .collect();
    assert_eq!(closings, ["2025-06-02", ""]);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_2_a_move_of_a_case_that_was_changed_meanwhile_is_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    portal.moved(&case, &[Status::InternalProcedure]).await;

    let refused = portal
        .staff()
        .move_case(a_move(&case, Status::Closed))
        .await
        .unwrap_err();

    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "STALE")
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn wh_2_of_many_moves_at_once_one_is_made(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    let moves = join_all((0..8).map(|_| {
        let mut cases = portal.staff();
        let request = a_move(&case, Status::ReferralAssessment);
        async move { cases.move_case(request).await }
    }))
    .await;

    assert_eq!(moves.iter().filter(|it| it.is_ok()).count(), 1);
    assert!(
        moves
            .iter()
            .filter_map(|it| it.as_ref().err())
            .all(|it| it.code() == Code::Aborted)
    );
    assert_eq!(events::<CaseMoved>(&db).await.len(), 1);
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_2_a_move_to_nowhere_and_a_move_of_nothing_are_refused(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;
    let nowhere = MoveCaseRequest {
        status: 99,
        ..a_move(&case, Status::Closed)
    };
    let nothing = MoveCaseRequest {
        case_id: kit::id().to_string(),
        ..a_move(&case, Status::Closed)
    };

    let refused = portal.staff().move_case(nowhere).await.unwrap_err();
    assert_eq!(violations(&refused)[0].0, "status");

    let refused = portal.staff().move_case(nothing).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::NotFound, "NO_SUCH_CASE")
    );
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_2_a_landlord_moves_no_cases(db: PgPool) {
    let portal = a_portal(&db).await;
    let case = portal.a_case().await;

    let refused = portal
        .own()
        .move_case(a_move(&case, Status::Closed))
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::PermissionDenied);
}

/// A case at each status, in the order of these.
async fn a_case_at_each(portal: &Portal, statuses: &[StatusDescription]) -> Vec<Case> {
    let row = |(number, status): (usize, &StatusDescription)| ImportedCase {
        reference: format!("2024{number:05}"),
        case_type: CaseType::MemberLandlord.into(),
        complainant: "Ada Resident".into(),
        landlord_id: portal.landlord.to_string(),
        subject: "Repairs".into(),
        status: status.status,
        opened_on: "2024-04-05".into(),
        closed_on: if status.status() == Status::Closed {
            "2025-01-10".into()
        } else {
            String::new()
        },
        ..Default::default()
    };
    let request = ImportCasesRequest {
        cases: statuses.iter().enumerate().map(row).collect(),
        ..Default::default()
    };
    let results = portal
        .importer()
        .import_cases(request)
        .await
        .unwrap()
        .into_inner()
        .results;
    let mut cases = Vec::new();
    for result in results {
        let case = Case {
            id: result.case_id,
            ..Default::default()
        };
        cases.push(portal.seen(&case).await);
    }
    cases
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_2_every_move_that_the_table_does_not_have_is_refused_naming_those_it_has(db: PgPool) {
    let portal = a_portal(&db).await;
    let statuses = portal
        .staff()
        .describe_workflow(DescribeWorkflowRequest {})
        .await
        .unwrap()
        .into_inner()
        .statuses;
    let cases = a_case_at_each(&portal, &statuses).await;
    let label = |status: Status| {
        let described = statuses.iter().find(|it| it.status() == status);
        described.unwrap().label.clone()
    };

    let mut refusals = 0;
    for (from, case) in statuses.iter().zip(&cases) {
        let allowed: Vec<_> = from.next().collect();
        let named = allowed.iter().copied().map(label).collect::<Vec<_>>();
        for to in &statuses {
            if allowed.contains(&to.status()) {
                continue;
            }
            let refused = portal
                .staff()
                .move_case(a_move(case, to.status()))
                .await
                .unwrap_err();
            assert_eq!(reason(&refused), "MOVE_NOT_ALLOWED");
            assert_eq!(
                refused.message(),
                format!(
                    "a case at {:?} can only move to: {}",
                    from.label,
                    named.join(" · ")
                )
            );
            refusals += 1;
        }
        assert_eq!(portal.seen(case).await, *case);
    }
    assert!(refusals > 50, "{refusals}");
    assert!(events::<CaseMoved>(&db).await.is_empty());
}

#[sqlx::test(migrator = "case::MIGRATOR")]
async fn ca_2_every_move_of_the_table_is_made(db: PgPool) {
    let portal = a_portal(&db).await;
    let statuses = portal
        .staff()
        .describe_workflow(DescribeWorkflowRequest {})
        .await
        .unwrap()
        .into_inner()
        .statuses;
    let moves: Vec<_> = statuses
        .iter()
        .flat_map(|from| from.next().map(move |to| (from.clone(), to)))
        .collect();
    let from: Vec<_> = moves.iter().map(|(from, _)| from.clone()).collect();
    let cases = a_case_at_each(&portal, &from).await;

    for ((from, to), case) in moves.iter().zip(&cases) {
        let moved = portal.moved(case, &[*to]).await;
        assert_eq!(moved.status(), *to, "{}", from.label);
        assert_eq!(moved.closed_on.is_empty(), *to != Status::Closed);
    }
    assert_eq!(events::<CaseMoved>(&db).await.len(), moves.len());
}
