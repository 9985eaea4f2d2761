//! A complaint comes in (1.6, 4.1).

use proto::service_complaint::v1::{
    ComplaintRecorded, Format, GetComplaintRequest, RecordComplaintRequest, Standing,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::Code;

use crate::given::{a_complaint, a_world};

/// 1.6, 4.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_1_a_complaint_starts_the_clock_of_its_acknowledgement(db: PgPool) {
    let world = a_world(&db).await;
    let mut complaints = world.investigator();

    let recorded = complaints
        .record_complaint(a_complaint())
        .await
        .unwrap()
        .into_inner();

    assert_eq!(recorded.reference, "SC202500001");
    let clock = recorded.stage_1.clone().unwrap().acknowledgement.unwrap();
    assert_eq!((clock.due_on.as_str(), clock.late), ("2025-06-13", false));
    assert_eq!(recorded.stage_1.as_ref().unwrap().response, None);
    assert_eq!(recorded.standing(), Standing::Received);
    let announced = outbox::testing::events::<ComplaintRecorded>(&db).await;
    assert_eq!(announced[0].acknowledgement_due_on, "2025-06-13");
    let got = complaints
        .get_complaint(GetComplaintRequest {
            complaint_id: recorded.id.clone(),
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(got, recorded);
}

/// 1.6, 4.1
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_1_an_acknowledgement_that_is_missed_shows_as_late(db: PgPool) {
    let world = a_world(&db).await;
    let recorded = world
        .investigator()
        .record_complaint(a_complaint())
        .await
        .unwrap()
        .into_inner();

    world.clock.set("2025-06-13T23:30:00Z".parse().unwrap());

    let got = world
        .investigator()
        .get_complaint(GetComplaintRequest {
            complaint_id: recorded.id,
        })
        .await
        .unwrap()
        .into_inner();
    // Half past eleven at night UTC is the next day in London.
    assert!(got.stage_1.unwrap().acknowledgement.unwrap().late);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_6_every_wrong_field_is_named(db: PgPool) {
    let world = a_world(&db).await;

    let refused = world
        .investigator()
        .record_complaint(RecordComplaintRequest::default())
        .await
        .unwrap_err();

    assert_eq!(refused.code(), Code::InvalidArgument);
    let fields: Vec<String> = violations(&refused).into_iter().map(|it| it.0).collect();
    assert_eq!(
        fields,
        [
            "channel",
            "request_id",
            "service_user.name",
            "service_user.email",
            "summary",
            "received_on"
        ]
    );
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_4_4_1_a_receipt_in_the_future_and_a_year_without_bank_holidays_are_refused(db: PgPool) {
    let world = a_world(&db).await;
    let tomorrow = RecordComplaintRequest {
        received_on: "2025-06-11".to_owned(),
        ..a_complaint()
    };
    let long_ago = RecordComplaintRequest {
        received_on: "1999-06-11".to_owned(),
        ..a_complaint()
    };

    let future = world
        .investigator()
        .record_complaint(tomorrow)
        .await
        .unwrap_err();
    let unpublished = world
        .investigator()
        .record_complaint(long_ago)
        .await
        .unwrap_err();

    assert_eq!(violations(&future)[0].0, "received_on");
    assert_eq!(reason(&unpublished), "DATE_NOT_COVERED");
    assert!(
        outbox::testing::events::<ComplaintRecorded>(&db)
            .await
            .is_empty()
    );
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_2_the_same_request_records_one_complaint_and_leaves_no_gap(db: PgPool) {
    let world = a_world(&db).await;
    let mut investigator = world.investigator();
    let request = a_complaint();

    let first = investigator
        .record_complaint(request.clone())
        .await
        .unwrap()
        .into_inner();
    let again = investigator
        .record_complaint(request.clone())
        .await
        .unwrap()
        .into_inner();
    let other = RecordComplaintRequest {
        summary: "Something else.".to_owned(),
        ..request
    };
    let reused = investigator.record_complaint(other).await.unwrap_err();
    let next = investigator
        .record_complaint(a_complaint())
        .await
        .unwrap()
        .into_inner();

    assert_eq!(again, first);
    assert_eq!(reason(&reused), "REQUEST_ID_REUSED");
    assert_eq!(next.reference, "SC202500002");
}

/// 4.1, 4.7: whoever could never be written to is asked for it while they are there.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_the_chosen_format_asks_for_the_address_that_it_needs(db: PgPool) {
    let world = a_world(&db).await;
    let of = |format: Format, email: &str, postal_address: &str| {
        let mut request = a_complaint();
        let user = request.service_user.as_mut().unwrap();
        user.set_format(format);
        email.clone_into(&mut user.email);
        postal_address.clone_into(&mut user.postal_address);
        user.telephone.clear();
        request
    };
    let (email, post) = ("asha@example.org", "1 High Street\nLeeds");

    for (format, given, field) in [
        (Format::Unspecified, ("", post), "service_user.email"),
        (Format::Email, ("", post), "service_user.email"),
        (Format::Letter, (email, ""), "service_user.postal_address"),
        (
            Format::LargePrint,
            (email, ""),
            "service_user.postal_address",
        ),
        (Format::EasyRead, ("", ""), "service_user.email"),
    ] {
        let request = of(format, given.0, given.1);
        let refused = world.investigator().record_complaint(request).await;
        assert_eq!(violations(&refused.unwrap_err())[0].0, field, "{format:?}");
    }
    for (format, given) in [
        (Format::Email, (email, "")),
        (Format::Letter, ("", post)),
        (Format::EasyRead, ("", post)),
        (Format::EasyRead, (email, "")),
    ] {
        let request = of(format, given.0, given.1);
        world
            .investigator()
            .record_complaint(request)
            .await
            .unwrap();
    }
}

/// 1.6: a complaint by telephone is taken, and its clock runs, though there is nowhere to write to yet. The letter says what it lacks.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_1_6_whoever_gives_a_telephone_number_alone_is_recorded(db: PgPool) {
    let world = a_world(&db).await;
    let mut request = a_complaint();
    let user = request.service_user.as_mut().unwrap();
    user.email.clear();
    user.postal_address.clear();
    "020 7946 0000".clone_into(&mut user.telephone);

    let recorded = world.investigator().record_complaint(request).await;

    let recorded = recorded.unwrap().into_inner();
    let clock = recorded.stage_1.unwrap().acknowledgement.unwrap();
    assert_eq!(clock.due_on, "2025-06-13");
}
