//! What the workspace of Customer Insight asks besides the procedure: notes, what is due next, what is missing, and the policy's terms.

use proto::access::v1::Role;
use proto::service_complaint::v1::{
    AddNoteRequest, CompensationLevel, Complaint, DeadlineKind, DefineRequest, ExclusionReason,
    GetComplaintRequest, GetPolicyRequest, ListComplaintsRequest, ListNotesRequest, Note, NoteKind,
};
use sqlx::PgPool;
use testkit::Caller;
use tonic::Code;

use crate::given::{World, a_definition, a_world};

fn a_note(complaint: &Complaint) -> AddNoteRequest {
    AddNoteRequest {
        request_id: kit::id().to_string(),
        complaint_id: complaint.id.clone(),
        kind: NoteKind::Evidence.into(),
        on: "2025-06-09".to_owned(),
        text: "The recording of the call, kept with the case".to_owned(),
    }
}

/// Every note of a complaint, page by page.
async fn notes(world: &World, complaint: &Complaint) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut request = ListNotesRequest {
        complaint_id: complaint.id.clone(),
        page_size: 2,
        page_token: String::new(),
    };
    loop {
        let page = world.investigator().list_notes(request.clone()).await;
        let page = page.unwrap().into_inner();
        notes.extend(page.notes);
        if page.next_page_token.is_empty() {
            return notes;
        }
        request.page_token = page.next_page_token;
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_notes_are_kept_newest_first_to_the_last_page(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.recorded().await;
    for text in ["One", "Two", "Three"] {
        let note = AddNoteRequest {
            text: text.to_owned(),
            ..a_note(&journey.complaint)
        };
        world.investigator().add_note(note).await.unwrap();
    }

    let notes = notes(&world, &journey.complaint).await;

    let texts: Vec<_> = notes.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(texts, ["Three", "Two", "One"]);
    assert_eq!(notes[0].by, "Ines Vestey");
    assert_eq!(notes[0].kind(), NoteKind::Evidence);
    assert_eq!(notes[0].on, "2025-06-09");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_a_note_that_is_sent_twice_is_kept_once(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.recorded().await;
    let note = a_note(&journey.complaint);

    let first = world.investigator().add_note(note.clone()).await.unwrap();
    let second = world.investigator().add_note(note.clone()).await.unwrap();

    assert_eq!(first.into_inner(), second.into_inner());
    assert_eq!(notes(&world, &journey.complaint).await.len(), 1);
    let other = AddNoteRequest {
        text: "Something else".to_owned(),
        ..note
    };
    let refused = world.investigator().add_note(other).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_a_note_of_tomorrow_of_no_kind_or_without_words_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.recorded().await;
    let note = a_note(&journey.complaint);
    let wrong = [
        AddNoteRequest {
            on: "2025-06-11".to_owned(),
            ..note.clone()
        },
        AddNoteRequest {
            kind: NoteKind::Correspondence.into(),
            ..note.clone()
        },
        AddNoteRequest {
            text: " ".to_owned(),
            ..note
        },
    ];
    for wrong in wrong {
        let refused = world.investigator().add_note(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
    }
    assert_eq!(notes(&world, &journey.complaint).await, []);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_8_4_15_whoever_wrote_a_note_in_stage_1_had_a_part_in_it(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    let mut colleague = world.client(world.reviewer.clone());
    let note = a_note(&journey.complaint);
    colleague.add_note(note).await.unwrap();
    journey.ask_for_stage_2("2025-06-10", "").await.unwrap();

    let refused = journey
        .accept("2025-06-10", &world.reviewer)
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused}");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_3_4_a_note_leaves_the_version_to_those_who_take_steps(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    let note = a_note(&journey.complaint);
    world.investigator().add_note(note).await.unwrap();

    journey.define(a_definition()).await.unwrap();
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_11_4_21_what_the_person_wrote_after_the_end_stands_among_the_notes(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    journey.correspond("2025-06-10").await.unwrap();

    let notes = notes(&world, &journey.complaint).await;

    assert_eq!(notes[0].kind(), NoteKind::Correspondence);
    assert!(notes[0].acknowledged);
    assert_eq!(notes[0].by, "");
}

async fn seen(world: &World, complaint: &Complaint) -> Complaint {
    let request = GetComplaintRequest {
        complaint_id: complaint.reference.clone(),
    };
    let found = world.investigator().get_complaint(request).await;
    found.unwrap().into_inner()
}

/// 3.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_what_is_due_next_is_counted_in_working_days(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.recorded().await;

    // Received on Saturday 7 June 2025, and so due on Friday 13 June.
    for (day, left, late) in [
        ("2025-06-10", 3, false),
        ("2025-06-13", 0, false),
        ("2025-06-14", 0, true),
        ("2025-06-17", -2, true),
    ] {
        world.on(day);
        let next = seen(&world, &journey.complaint).await.next_deadline;
        let next = next.unwrap();
        assert_eq!(next.kind(), DeadlineKind::Acknowledgement);
        assert_eq!(next.due_on, "2025-06-13");
        assert_eq!(
            (next.working_days_left, next.late),
            (Some(left), late),
            "{day}"
        );
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_3_2_what_is_missing_names_the_field_that_it_goes_into(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.recorded().await;
    let definition = DefineRequest {
        early_resolution: String::new(),
        ..a_definition()
    };

    journey.define(definition).await.unwrap();

    let missing = seen(&world, &journey.complaint).await.missing;
    let fields: Vec<_> = missing.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["early_resolution"]);
    let investigated = world.investigated().await;
    assert_eq!(seen(&world, &investigated.complaint).await.missing, []);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_2_the_list_is_of_one_handler_or_of_what_nobody_handles(db: PgPool) {
    let world = a_world(&db).await;
    let mut taken = world.recorded().await;
    taken.assign(&world.reviewer).await.unwrap();
    let waiting = world.recorded().await;
    let listed = async |request: ListComplaintsRequest| {
        let listed = world.investigator().list_complaints(request).await;
        let listed = listed.unwrap().into_inner().complaints;
        listed.into_iter().map(|it| it.id).collect::<Vec<_>>()
    };

    let of_the_reviewer = ListComplaintsRequest {
        handler_id: world.reviewer.id().to_string(),
        ..ListComplaintsRequest::default()
    };
    assert_eq!(listed(of_the_reviewer).await, [taken.complaint.id.clone()]);
    let of_nobody = ListComplaintsRequest {
        unassigned: true,
        ..ListComplaintsRequest::default()
    };
    assert_eq!(
        listed(of_nobody).await,
        std::slice::from_ref(&waiting.complaint.id)
    );
    let nonsense = ListComplaintsRequest {
        handler_id: "nobody".to_owned(),
        ..ListComplaintsRequest::default()
    };
    let refused = world.investigator().list_complaints(nonsense).await;
    assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
}

/// 3.4
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_sc_9_the_policys_terms_are_told_to_those_who_fill_in_the_forms(db: PgPool) {
    let world = a_world(&db).await;

    let policy = world.investigator().get_policy(GetPolicyRequest {}).await;

    let policy = policy.unwrap().into_inner();
    assert_eq!(policy.exclusions.len(), 11);
    let another_body = policy
        .exclusions
        .iter()
        .find(|it| it.reason() == ExclusionReason::AnotherBody)
        .unwrap();
    assert_eq!(
        (
            another_body.paragraph.as_str(),
            another_body.signpost.as_str()
        ),
        ("2.6", "")
    );
    let bands: Vec<_> = policy
        .bands
        .iter()
        .map(|it| (it.level(), it.from_pounds, it.to_pounds))
        .collect();
    assert_eq!(
        bands,
        [
            (CompensationLevel::ServiceFailure, 50, 100),
            (CompensationLevel::SeriousServiceFailure, 101, 250),
            (CompensationLevel::SignificantImpact, 251, 500),
        ]
    );
    assert_eq!(
        (policy.longest_extension_1, policy.longest_extension_2),
        (10, 20)
    );
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn id_12_nobody_outside_customer_insight_writes_or_reads_notes(db: PgPool) {
    let world = a_world(&db).await;
    let journey = world.recorded().await;
    let outsiders: [Caller; 2] = [
        testkit::a(Role::Caseworker),
        testkit::a_landlord_administrator(kit::id()),
    ];
    for outsider in outsiders {
        let mut client = world.client(outsider);
        let refused = client.add_note(a_note(&journey.complaint)).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
        let request = ListNotesRequest {
            complaint_id: journey.complaint.id.clone(),
            ..ListNotesRequest::default()
        };
        let refused = client.list_notes(request).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
    let mut reader = world.client(testkit::a(Role::IndependentReviewer));
    let refused = reader.add_note(a_note(&journey.complaint)).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
}
