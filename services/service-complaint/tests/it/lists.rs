//! Lists and the history, page by page.

use proto::service_complaint::v1::{
    ApprovalMatter, Complaint, ListApprovalsRequest, ListComplaintsRequest, ListHistoryRequest,
    RecordComplaintRequest, ServiceUser, Standing,
};
use sqlx::PgPool;

use crate::given::{World, a_complaint, a_world};
use crate::journey::PROOF;

/// Every page of a list.
async fn all(world: &World, mut request: ListComplaintsRequest) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut client = world.investigator();
    request.page_size = 2;
    loop {
        let page = client.list_complaints(request.clone()).await.unwrap();
        let page = page.into_inner();
        complaints.extend(page.complaints);
        if page.next_page_token.is_empty() {
            return complaints;
        }
        request.page_token = page.next_page_token;
    }
}

fn references(complaints: &[Complaint]) -> Vec<&str> {
    complaints.iter().map(|it| it.reference.as_str()).collect()
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_2_the_list_is_by_next_deadline_to_its_last_page(db: PgPool) {
    let world = a_world(&db).await;
    for received_on in ["2025-06-10", "2025-06-03", "2025-06-06"] {
        let request = RecordComplaintRequest {
            received_on: received_on.to_owned(),
            ..a_complaint()
        };
        world.recorded_as(request).await;
    }
    // Nothing is due about this one any more, so it comes last.
    let answered = world.answered().await;

    let listed = all(&world, ListComplaintsRequest::default()).await;

    assert_eq!(
        references(&listed),
        ["SC202500002", "SC202500003", "SC202500001", "SC202500004"]
    );
    assert_eq!(listed[3].id, answered.complaint.id);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_2_the_list_is_of_a_standing_of_ones_own_of_what_is_late_or_of_a_name(db: PgPool) {
    let world = a_world(&db).await;
    let mut mine = world.recorded().await;
    mine.assign(&world.investigator).await.unwrap();
    world.investigated().await;
    let percent = RecordComplaintRequest {
        service_user: Some(ServiceUser {
            name: "100% Housing".to_owned(),
            email: "office@housing.example".to_owned(),
            ..ServiceUser::default()
        }),
        received_on: "2025-06-02".to_owned(),
        ..a_complaint()
    };
    world.recorded_as(percent).await;
    let filter = ListComplaintsRequest::default();

    let of_mine = ListComplaintsRequest {
        mine: true,
        ..filter.clone()
    };
    let investigated = ListComplaintsRequest {
        standing: Standing::Investigated.into(),
        ..filter.clone()
    };
    let late = ListComplaintsRequest {
        late: true,
        ..filter.clone()
    };
    let by_name = |search: &str| ListComplaintsRequest {
        search: search.to_owned(),
        ..filter.clone()
    };

    assert_eq!(references(&all(&world, of_mine).await), ["SC202500001"]);
    assert_eq!(
        references(&all(&world, investigated).await),
        ["SC202500002"]
    );
    assert_eq!(references(&all(&world, late).await), ["SC202500003"]);
    assert_eq!(all(&world, by_name("asha")).await.len(), 2);
    assert_eq!(all(&world, by_name("sc2025")).await.len(), 3);
    assert_eq!(
        references(&all(&world, by_name("100%")).await),
        ["SC202500003"]
    );
    assert!(all(&world, by_name("%")).await.is_empty());
}

/// 2.6: who deals with a complaint sees what the person or the case had before, and nobody else's.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_2_6_the_others_of_a_case_and_of_a_person_are_found(db: PgPool) {
    let world = a_world(&db).await;
    let of = |email: &str, case: &str| RecordComplaintRequest {
        service_user: Some(ServiceUser {
            name: "Ben Okoro".to_owned(),
            email: email.to_owned(),
            telephone: "020 7946 0001".to_owned(),
            ..ServiceUser::default()
        }),
        case_reference: case.to_owned(),
        ..a_complaint()
    };
    let mut recorded = Vec::new();
    for (email, case) in [
        ("ben@example.org", "202312345"),
        ("BEN@example.org", ""),
        ("other@example.org", "202312345"),
        ("", "202399999"),
        ("", ""),
    ] {
        recorded.push(world.recorded_as(of(email, case)).await.complaint.reference);
    }
    let related = |to: &str| ListComplaintsRequest {
        related_to: to.to_owned(),
        ..ListComplaintsRequest::default()
    };

    let of_the_first = all(&world, related(&recorded[0])).await;
    let of_the_last = all(&world, related(&recorded[4])).await;
    let of_none = all(&world, related("SC209900001")).await;
    let by_case = ListComplaintsRequest {
        search: "202312345".to_owned(),
        ..ListComplaintsRequest::default()
    };
    let by_case = all(&world, by_case).await;

    assert_eq!(references(&of_the_first), recorded[1..3]);
    assert!(of_the_last.is_empty());
    assert!(of_none.is_empty());
    assert_eq!(references(&by_case), [&recorded[0], &recorded[2]]);
}

/// WH-1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_1_the_history_tells_who_did_what_newest_first_to_the_last_page(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.answered().await;
    let mut texts = Vec::new();
    let mut request = ListHistoryRequest {
        complaint_id: journey.complaint.id.clone(),
        page_size: 2,
        page_token: String::new(),
    };
    let mut client = world.investigator();
    loop {
        let page = client.list_history(request.clone()).await.unwrap();
        let page = page.into_inner();
        assert!(page.changes.iter().all(|it| it.by == "Ines Vestey"));
        texts.extend(page.changes.into_iter().map(|it| it.text));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    let told = |text: &str| format!("{text}. The person was told: {PROOF}");
    assert_eq!(
        texts,
        [
            &*told("Answered stage 1"),
            "Offered a remedy: We are sorry that nobody called you.",
            "Decided: The call that was promised was not made",
            &told("Acknowledged the complaint"),
            "Set out the definition and the person's needs",
            "Recorded the complaint",
        ]
    );
}

/// 4.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_4_4_what_waits_for_a_senior_colleague_is_listed_oldest_first(db: PgPool) {
    let world = a_world(&db).await;
    let mut references = Vec::new();
    for _ in 0..3 {
        let mut journey = world.recorded().await;
        journey
            .ask(ApprovalMatter::BehaviourExclusion, "Threats by phone", "")
            .await
            .unwrap();
        references.push(journey.complaint.reference);
    }
    let mut senior = world.client(world.senior.clone());

    let mut request = ListApprovalsRequest {
        page_size: 2,
        page_token: String::new(),
    };
    let first = senior.list_approvals(request.clone()).await.unwrap();
    let first = first.into_inner();
    request.page_token.clone_from(&first.next_page_token);
    let last = senior.list_approvals(request).await.unwrap().into_inner();

    let listed = first.approvals.iter().chain(&last.approvals);
    let listed: Vec<&str> = listed.map(|it| it.reference.as_str()).collect();
    assert_eq!(listed, references);
    assert_eq!(last.next_page_token, "");
}
