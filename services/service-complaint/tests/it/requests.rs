//! Service requests (1.3, 1.5, 2.3): recorded, monitored until they are answered, and taken for the complaint that they have become.

mod answering;
mod form;
mod telling;

use proto::access::v1::Role;
use proto::service_complaint::v1::{
    AnswerServiceRequestRequest, AssignServiceRequestRequest, Channel, Format, GetComplaintRequest,
    GetServiceRequestRequest, ListRequestHistoryRequest, ListServiceRequestsRequest,
    RecordServiceRequestRequest, RequestStanding, ReviewServiceRequestRequest, ServiceRequest,
    ServiceUser, ServiceUserKind, Standing, TurnIntoComplaintRequest, TurnIntoComplaintResponse,
};
use sqlx::PgPool;
use testkit::{Caller, reason, violations};
use tonic::{Code, Status};

use crate::given::{RequestClient, World, a_world};

/// A request by telephone, on Tuesday 10 June 2025.
pub fn a_request() -> RecordServiceRequestRequest {
    RecordServiceRequestRequest {
        request_id: kit::id().to_string(),
        service_user: Some(ServiceUser {
            name: "Asha Verma".to_owned(),
            kind: ServiceUserKind::Resident.into(),
            email: "asha@example.org".to_owned(),
            telephone: "020 7946 0000".to_owned(),
            format: Format::Email.into(),
            ..ServiceUser::default()
        }),
        channel: Channel::Telephone.into(),
        wanted: "Please call me about my case.".to_owned(),
        received_on: "2025-06-10".to_owned(),
        case_reference: "202312345".to_owned(),
    }
}

/// A request, and who deals with it.
struct Asked {
    client: RequestClient,
    request: ServiceRequest,
}

impl World {
    async fn asked(&self, request: RecordServiceRequestRequest) -> Asked {
        let mut client = self.requests(self.investigator.clone());
        let request = client.record_service_request(request).await.unwrap();
        Asked {
            client,
            request: request.into_inner(),
        }
    }
}

impl Asked {
    fn which(&self) -> (String, i64) {
        (self.request.id.clone(), self.request.version)
    }

    async fn assign(&mut self, handler: &Caller) -> Result<(), Status> {
        let (service_request_id, version) = self.which();
        let request = AssignServiceRequestRequest {
            service_request_id,
            version,
            handler_id: handler.id().to_string(),
            handler_name: String::new(),
        };
        self.request = self
            .client
            .assign_service_request(request)
            .await?
            .into_inner();
        Ok(())
    }

    async fn review(&mut self, note: &str) -> Result<(), Status> {
        let (service_request_id, version) = self.which();
        let request = ReviewServiceRequestRequest {
            service_request_id,
            version,
            note: note.to_owned(),
        };
        self.request = self
            .client
            .review_service_request(request)
            .await?
            .into_inner();
        Ok(())
    }

    async fn answer(&mut self, on: &str) -> Result<(), Status> {
        let (service_request_id, version) = self.which();
        let request = AnswerServiceRequestRequest {
            service_request_id,
            version,
            on: on.to_owned(),
            answer: "We called you and told you how far your case is.".to_owned(),
            findings_confirmed: false,
        };
        self.request = self
            .client
            .answer_service_request(request)
            .await?
            .into_inner();
        Ok(())
    }

    async fn complain(&mut self, on: &str) -> Result<TurnIntoComplaintResponse, Status> {
        let (service_request_id, version) = self.which();
        let request = TurnIntoComplaintRequest {
            service_request_id,
            version,
            channel: Channel::Email.into(),
            summary: "I asked for a call three weeks ago and nobody called.".to_owned(),
            received_on: on.to_owned(),
        };
        let turned = self.client.turn_into_complaint(request).await?.into_inner();
        self.request = turned.service_request.clone().unwrap();
        Ok(turned)
    }

    async fn history(&mut self) -> Vec<String> {
        let request = ListRequestHistoryRequest {
            service_request_id: self.request.id.clone(),
            ..ListRequestHistoryRequest::default()
        };
        let history = self.client.list_request_history(request).await.unwrap();
        let changes = history.into_inner().changes.into_iter();
        changes.map(|it| it.text).collect()
    }
}

/// 1.3: "All service requests are recorded and monitored to completion."
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_3_a_request_is_recorded_given_to_somebody_reviewed_and_answered(db: PgPool) {
    let world = a_world(&db).await;
    let mut asked = world.asked(a_request()).await;

    assert_eq!(asked.request.reference, "SR202500001");
    assert_eq!(asked.request.standing(), RequestStanding::Open);
    assert_eq!(asked.request.review_due_on, "2025-06-24");
    let stranger = testkit::a(Role::ComplaintsInvestigator);
    let refused = asked.assign(&stranger).await.unwrap_err();
    assert_eq!(testkit::reason(&refused), "NO_SUCH_HANDLER");
    asked.assign(&world.reviewer).await.unwrap();
    assert_eq!(asked.request.handler_name, "Ruth Weaver");

    world.on("2025-06-25");
    let late = GetServiceRequestRequest {
        service_request_id: "sr202500001".to_owned(),
    };
    let late = asked.client.get_service_request(late).await.unwrap();
    let late = late.into_inner();
    assert!(late.review_late);
    assert_eq!(late.age_in_working_days, Some(11));
    asked
        .review("The caseworker calls on Friday")
        .await
        .unwrap();
    assert_eq!(asked.request.reviewed_on, "2025-06-25");
    assert_eq!(asked.request.review_due_on, "2025-07-09");
    assert!(!asked.request.review_late);

    asked.answer("2025-06-25").await.unwrap();
    assert_eq!(asked.request.standing(), RequestStanding::Answered);
    assert_eq!(asked.request.review_due_on, "");
    assert_eq!(
        asked.history().await,
        [
            "Sent the answer by email",
            "Answered it: We called you and told you how far your case is.",
            "Reviewed it: The caseworker calls on Friday",
            "Gave it to Ruth Weaver",
            "Sent the receipt by email",
            "Recorded the request",
        ]
    );
}

/// 1.5: "When we are made aware of any dissatisfaction with the service, we will give the service user the option to complain."
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_5_who_is_dissatisfied_with_a_request_has_a_complaint_and_each_names_the_other(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let mut open = world.asked(a_request()).await;
    let mut answered = world.asked(a_request()).await;
    answered.answer("2025-06-10").await.unwrap();
    world.on("2025-06-13");

    for asked in [&mut open, &mut answered] {
        let complaint = asked.complain("2025-06-12").await.unwrap().complaint;
        let complaint = complaint.unwrap();

        assert_eq!(complaint.standing(), Standing::Received);
        assert_eq!(complaint.service_request_id, asked.request.id);
        assert_eq!(complaint.case_reference, "202312345");
        assert_eq!(complaint.channel(), Channel::Email);
        let acknowledgement = complaint.stage_1.unwrap().acknowledgement.unwrap();
        assert_eq!(acknowledgement.due_on, "2025-06-19");
        let became = asked.request.became.clone().unwrap();
        assert_eq!(
            (became.id, became.reference),
            (complaint.id, complaint.reference)
        );
        assert_eq!(asked.request.standing(), RequestStanding::Complaint);
        assert_eq!(asked.request.review_due_on, "");
    }
    // What was answered stays answered.
    assert_eq!(answered.request.answered_on, "2025-06-10");
    let read = GetComplaintRequest {
        complaint_id: open.request.became.clone().unwrap().reference,
    };
    let read = world.investigator().get_complaint(read).await.unwrap();
    assert_eq!(read.into_inner().service_request_id, open.request.id);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_5_a_request_becomes_one_complaint_only(db: PgPool) {
    let world = a_world(&db).await;
    let mut asked = world.asked(a_request()).await;
    asked.complain("2025-06-10").await.unwrap();

    let again = asked.complain("2025-06-10").await.unwrap_err();
    let answer = asked.answer("2025-06-10").await.unwrap_err();

    assert_eq!(again.code(), Code::FailedPrecondition);
    assert_eq!(reason(&again), "BECAME_COMPLAINT");
    assert_eq!(reason(&answer), "BECAME_COMPLAINT");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_2_3_what_is_answered_is_closed(db: PgPool) {
    let world = a_world(&db).await;
    let mut asked = world.asked(a_request()).await;
    asked.answer("2025-06-10").await.unwrap();

    let refused = [
        asked.answer("2025-06-10").await.unwrap_err(),
        asked.review("Still open?").await.unwrap_err(),
        asked.assign(&world.reviewer).await.unwrap_err(),
    ];

    for error in refused {
        assert_eq!(error.code(), Code::FailedPrecondition);
        assert_eq!(reason(&error), "REQUEST_CLOSED");
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_2_3_days_out_of_order_and_empty_answers_are_refused_beside_their_fields(db: PgPool) {
    let world = a_world(&db).await;
    let mut asked = world.asked(a_request()).await;
    let tomorrow = RecordServiceRequestRequest {
        received_on: "2025-06-11".to_owned(),
        ..a_request()
    };
    let unreachable = RecordServiceRequestRequest {
        service_user: Some(ServiceUser {
            name: "Asha Verma".to_owned(),
            ..ServiceUser::default()
        }),
        wanted: String::new(),
        ..a_request()
    };

    let tomorrow = asked.client.record_service_request(tomorrow).await;
    let unreachable = asked.client.record_service_request(unreachable).await;
    let before = asked.answer("2025-06-09").await.unwrap_err();
    let later = asked.complain("2025-06-11").await.unwrap_err();
    let silent = asked.review("").await.unwrap_err();

    assert_eq!(violations(&tomorrow.unwrap_err())[0].0, "received_on");
    let fields = violations(&unreachable.unwrap_err());
    let fields: Vec<_> = fields.into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["wanted", "service_user.email"]);
    assert_eq!(violations(&before)[0].0, "on");
    assert_eq!(violations(&later)[0].0, "received_on");
    assert_eq!(violations(&silent)[0].0, "note");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_2_the_same_request_twice_is_recorded_once_and_another_under_its_id_is_refused(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let request = a_request();
    let first = world.asked(request.clone()).await;
    let other = RecordServiceRequestRequest {
        wanted: "Something else".to_owned(),
        ..request.clone()
    };

    let mut second = world.asked(request).await;
    let refused = second.client.record_service_request(other).await;

    assert_eq!(first.request.id, second.request.id);
    assert_eq!(reason(&refused.unwrap_err()), "REQUEST_ID_REUSED");
    // The number of what was not recorded goes to the next.
    let next = world.asked(a_request()).await;
    assert_eq!(next.request.reference, "SR202500002");
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_2_who_saw_an_older_version_changes_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let mut asked = world.asked(a_request()).await;
    let mut behind = Asked {
        client: asked.client.clone(),
        request: asked.request.clone(),
    };
    asked.assign(&world.reviewer).await.unwrap();

    let answer = behind.answer("2025-06-10").await.unwrap_err();
    let complain = behind.complain("2025-06-10").await.unwrap_err();

    assert_eq!(answer.code(), Code::Aborted);
    assert_eq!(reason(&answer), "STALE");
    assert_eq!(reason(&complain), "STALE");
}

/// Every page of a list, two at a time.
async fn all(world: &World, mut request: ListServiceRequestsRequest) -> Vec<String> {
    let mut references = Vec::new();
    let mut client = world.requests(world.investigator.clone());
    request.page_size = 2;
    loop {
        let page = client.list_service_requests(request.clone()).await;
        let page = page.unwrap().into_inner();
        assert!(page.service_requests.len() <= 2);
        references.extend(page.service_requests.into_iter().map(|it| it.reference));
        if page.next_page_token.is_empty() {
            return references;
        }
        request.page_token = page.next_page_token;
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_2_3_the_list_is_by_review_to_its_last_page_and_by_every_filter(db: PgPool) {
    let world = a_world(&db).await;
    let on = |day: &str, name: &str| RecordServiceRequestRequest {
        received_on: day.to_owned(),
        service_user: Some(ServiceUser {
            name: name.to_owned(),
            telephone: "020 7946 0000".to_owned(),
            ..ServiceUser::default()
        }),
        ..a_request()
    };
    let mut first = world.asked(on("2025-06-10", "Asha Verma")).await;
    world.asked(on("2025-05-12", "100% Housing")).await;
    let mut answered = world.asked(on("2025-06-03", "Ben Cole")).await;
    answered.answer("2025-06-10").await.unwrap();
    let mut turned = world.asked(on("2025-06-02", "Cai Dunn")).await;
    turned.complain("2025-06-10").await.unwrap();
    world.asked(on("2025-06-04", "Dee Ellis")).await;
    first.assign(&world.reviewer).await.unwrap();
    let every = ListServiceRequestsRequest::default();
    let of = |standing: RequestStanding| ListServiceRequestsRequest {
        standing: standing.into(),
        ..every.clone()
    };
    let late = ListServiceRequestsRequest {
        late: true,
        ..every.clone()
    };
    let mine = ListServiceRequestsRequest {
        handler_id: world.reviewer.id().to_string(),
        ..every.clone()
    };
    let nobodys = ListServiceRequestsRequest {
        unassigned: true,
        ..every.clone()
    };
    let named = |search: &str| ListServiceRequestsRequest {
        search: search.to_owned(),
        ..every.clone()
    };

    let (one, two, three, four, five) = (
        "SR202500001",
        "SR202500002",
        "SR202500003",
        "SR202500004",
        "SR202500005",
    );
    assert_eq!(
        all(&world, every.clone()).await,
        [two, five, one, three, four]
    );
    assert_eq!(
        all(&world, of(RequestStanding::Open)).await,
        [two, five, one]
    );
    assert_eq!(all(&world, of(RequestStanding::Answered)).await, [three]);
    assert_eq!(all(&world, of(RequestStanding::Complaint)).await, [four]);
    assert_eq!(all(&world, late).await, [two]);
    assert_eq!(all(&world, mine).await, [one]);
    assert_eq!(all(&world, nobodys).await, [two, five]);
    assert_eq!(all(&world, named("100%")).await, [two]);
    assert_eq!(all(&world, named("%")).await, Vec::<String>::new());
    assert_eq!(all(&world, named("sr202500003")).await, [three]);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_2_a_page_of_another_filter_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    for _ in 0..2 {
        world.asked(a_request()).await;
    }
    let mut client = world.requests(world.investigator.clone());
    let request = ListServiceRequestsRequest {
        page_size: 1,
        ..ListServiceRequestsRequest::default()
    };
    let page = client.list_service_requests(request.clone()).await;
    let other = ListServiceRequestsRequest {
        late: true,
        page_token: page.unwrap().into_inner().next_page_token,
        ..request
    };

    let refused = client.list_service_requests(other).await.unwrap_err();

    assert_eq!(refused.code(), Code::InvalidArgument);
}

/// 1.8: Customer Insight is independent of casework. Any colleague records a request (1.6), and only Customer Insight sees and answers them.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_8_any_colleague_records_a_request_and_neither_casework_nor_a_landlord_sees_one(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let mut caseworker = world.requests(testkit::a_caseworker());

    let recorded = caseworker.record_service_request(a_request()).await;
    let id = recorded.unwrap().into_inner().id;

    let landlord = world.requests(testkit::a_landlord_administrator(kit::id()));
    for (mut client, code) in [
        (caseworker, Code::PermissionDenied),
        (landlord, Code::PermissionDenied),
        (world.requests(None), Code::Unauthenticated),
    ] {
        let get = GetServiceRequestRequest {
            service_request_id: id.clone(),
        };
        let list = ListServiceRequestsRequest::default();
        let history = ListRequestHistoryRequest {
            service_request_id: id.clone(),
            ..ListRequestHistoryRequest::default()
        };
        let answer = AnswerServiceRequestRequest {
            service_request_id: id.clone(),
            version: 1,
            on: "2025-06-10".to_owned(),
            answer: "Done".to_owned(),
            findings_confirmed: false,
        };
        let got = client.get_service_request(get).await;
        assert_eq!(got.unwrap_err().code(), code);
        let listed = client.list_service_requests(list).await;
        assert_eq!(listed.unwrap_err().code(), code);
        let history = client.list_request_history(history).await;
        assert_eq!(history.unwrap_err().code(), code);
        let answered = client.answer_service_request(answer).await;
        assert_eq!(answered.unwrap_err().code(), code);
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_7_4_the_independent_reviewer_reads_requests_and_changes_none(db: PgPool) {
    let world = a_world(&db).await;
    let asked = world.asked(a_request()).await;
    let mut reviewer = Asked {
        client: world.requests(testkit::a(Role::IndependentReviewer)),
        request: asked.request,
    };

    assert_eq!(reviewer.history().await.len(), 2);
    let refused = reviewer.answer("2025-06-10").await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let refused = reviewer.complain("2025-06-10").await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_1_3_what_is_not_there_is_not_found(db: PgPool) {
    let world = a_world(&db).await;
    let mut client = world.requests(world.investigator.clone());
    let request = GetServiceRequestRequest {
        service_request_id: "SR202500009".to_owned(),
    };

    let refused = client.get_service_request(request).await.unwrap_err();

    assert_eq!(refused.code(), Code::NotFound);
    assert_eq!(reason(&refused), "NO_SUCH_SERVICE_REQUEST");
}

/// WH-1: who read what stands in the records, too.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_1_that_a_request_was_read_is_recorded(db: PgPool) {
    let world = a_world(&db).await;
    let mut asked = world.asked(a_request()).await;
    let request = GetServiceRequestRequest {
        service_request_id: asked.request.id.clone(),
    };
    asked.client.get_service_request(request).await.unwrap();
    let list = ListServiceRequestsRequest::default();
    asked.client.list_service_requests(list).await.unwrap();

    let reads: i64 = sqlx::query_scalar("select count(*) from service_request_reads")
        .fetch_one(&db)
        .await
        .unwrap();

    assert_eq!(reads, 2);
}
