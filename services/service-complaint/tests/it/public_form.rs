//! The public form (1.6): page by page, sent once, and by people.

use chrono::TimeDelta;
use proto::service_complaint::v1::{
    Answers, BeginDraftRequest, Channel, ComplaintRecorded, DefineRequest, DescribePolicyRequest,
    DiscardDraftRequest, Draft, DraftDiscarded, Format, GetComplaintRequest, GetDraftRequest,
    GetWebformRequest, LinkCause, LinkRequested, ListComplaintsRequest, Needs, SaveAnswersRequest,
    SendDraftRequest, ServiceUserKind, Step, Subject,
};
use sqlx::PgPool;
use testkit::{reason, violations};
use tonic::{Code, Status};

use crate::given::{PublicClient, World, a_world};

const HERE: &str = "203.0.113.7";

const STEPS: [Step; 12] = [
    Step::Kind,
    Step::Subject,
    Step::Name,
    Step::Format,
    Step::Contact,
    Step::Adjustments,
    Step::Vulnerabilities,
    Step::Summary,
    Step::Date,
    Step::Outcome,
    Step::Case,
    Step::Files,
];

/// Everything that the form asks, answered.
pub fn answers() -> Answers {
    Answers {
        kind: ServiceUserKind::Resident.into(),
        subject: Subject::Service.into(),
        name: "Asha Verma".to_owned(),
        communication_preference: "email".to_owned(),
        email: "Asha@Resident.example".to_owned(),
        telephone: "020 7946 0000".to_owned(),
        postal_address: String::new(),
        format: Format::Email.into(),
        reasonable_adjustments: "Calls after noon".to_owned(),
        vulnerabilities: "None".to_owned(),
        summary: "Nobody called me back.\nTwice.".to_owned(),
        happened_on: "2025-06-02".to_owned(),
        desired_outcome: "An apology".to_owned(),
        case_reference: "202312345".to_owned(),
    }
}

/// A form on its way.
pub struct Form {
    pub client: PublicClient,
    pub token: String,
    pub draft: Draft,
}

impl Form {
    pub async fn begin(world: &World) -> Self {
        let mut client = world.public();
        let request = BeginDraftRequest {
            client_address: HERE.to_owned(),
        };
        let begun = client.begin_draft(request).await.unwrap().into_inner();
        Self {
            client,
            token: begun.draft_token,
            draft: begun.draft.unwrap(),
        }
    }

    /// A form with all its pages answered, by somebody who took their time.
    pub async fn filled(world: &World, answers: Answers) -> Self {
        Self::filled_in(world, answers, TimeDelta::minutes(9)).await
    }

    /// The same by somebody who took so long.
    async fn filled_in(world: &World, answers: Answers, took: TimeDelta) -> Self {
        let mut form = Self::begin(world).await;
        for step in STEPS {
            form.save(step, answers.clone()).await.unwrap();
        }
        world.clock.advance(took);
        form
    }

    pub async fn save(&mut self, step: Step, answers: Answers) -> Result<(), Status> {
        let request = SaveAnswersRequest {
            draft_token: self.token.clone(),
            step: step.into(),
            answers: Some(answers),
        };
        self.draft = self.client.save_answers(request).await?.into_inner();
        Ok(())
    }

    pub async fn send(&mut self) -> Result<Draft, Status> {
        self.send_with(true, "", HERE).await
    }

    async fn send_with(
        &mut self,
        declared: bool,
        left_empty: &str,
        client_address: &str,
    ) -> Result<Draft, Status> {
        let request = SendDraftRequest {
            draft_token: self.token.clone(),
            declared,
            left_empty: left_empty.to_owned(),
            client_address: client_address.to_owned(),
        };
        Ok(self.client.send_draft(request).await?.into_inner())
    }

    async fn get(&mut self) -> Result<Draft, Status> {
        let request = GetDraftRequest {
            draft_token: self.token.clone(),
        };
        Ok(self.client.get_draft(request).await?.into_inner())
    }
}

/// 1.6, 3.2, 4.1: what was answered stands on the complaint, and the clock runs.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_the_form_makes_a_complaint_with_all_that_was_answered(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::filled(&world, answers()).await;

    let sent = form.send().await.unwrap();

    let told = sent.sent.unwrap();
    assert_eq!(told.reference, "SC202500001");
    assert_eq!(told.acknowledgement_due_on, "2025-06-17");
    assert!(told.by_email);
    let request = GetComplaintRequest {
        complaint_id: sent.id.clone(),
    };
    let got = world.investigator().get_complaint(request).await.unwrap();
    let got = got.into_inner();
    assert_eq!(got.id, form.draft.id, "the files are kept under it");
    assert_eq!(got.channel(), Channel::Webform);
    assert_eq!(got.summary, "Nobody called me back.\nTwice.");
    assert_eq!(got.desired_outcome, "An apology");
    assert_eq!(got.received_on, "2025-06-10");
    let needs = got.needs.unwrap();
    assert_eq!(needs.reasonable_adjustments, "Calls after noon");
    assert_eq!(needs.vulnerabilities, "None");
    assert_eq!(needs.contact, "asha@resident.example; 020 7946 0000");
    let webform = GetWebformRequest {
        complaint_id: got.id,
    };
    let mut investigator = world.public_of(&world.investigator);
    let webform = investigator
        .get_webform(webform)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(webform.happened_on, "2025-06-02");
    assert!(!webform.too_long_ago);
    let given = webform.answers.unwrap();
    assert_eq!(given.summary, "Nobody called me back.\nTwice.");
    assert_eq!(given.communication_preference, "email");
    assert_eq!(given.telephone, "020 7946 0000");
}

/// 3.2: the complaint's own words are worked on, and the person's stay.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_what_was_filled_in_stays_as_it_was_when_the_definition_is_set_out(db: PgPool) {
    let world = a_world(&db).await;
    let sent = Form::filled(&world, answers()).await.send().await.unwrap();
    let define = DefineRequest {
        complaint_id: sent.id.clone(),
        version: 1,
        elements: vec!["The call that was promised was not made".to_owned()],
        desired_outcome: "An apology and a call".to_owned(),
        needs: Some(Needs {
            reasonable_adjustments: "Calls after noon, agreed by telephone".to_owned(),
            ..Needs::default()
        }),
        ..DefineRequest::default()
    };

    world.investigator().define(define).await.unwrap();

    let request = GetWebformRequest {
        complaint_id: sent.id,
    };
    let mut investigator = world.public_of(&world.investigator);
    let webform = investigator.get_webform(request).await.unwrap();
    let given = webform.into_inner().answers.unwrap();
    assert_eq!(given.desired_outcome, "An apology");
    assert_eq!(given.reasonable_adjustments, "Calls after noon");
}

/// 1.6: A double press, and the same request sent again after the answer was lost.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_a_form_that_is_sent_twice_is_one_complaint(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::filled(&world, answers()).await;
    let mut pressed_twice = Form {
        client: form.client.clone(),
        token: form.token.clone(),
        draft: form.draft.clone(),
    };

    let (first, second) = tokio::join!(form.send(), pressed_twice.send());
    let again = form.send().await.unwrap();

    let first = first.unwrap().sent;
    assert!(first.is_some());
    assert_eq!(second.unwrap().sent, first);
    assert_eq!(again.sent, first);
    let listed = world
        .investigator()
        .list_complaints(ListComplaintsRequest::default())
        .await
        .unwrap();
    assert_eq!(listed.into_inner().complaints.len(), 1);
    let announced = outbox::testing::events::<ComplaintRecorded>(&db).await;
    assert_eq!(announced.len(), 1);
    let receipts = outbox::testing::events::<LinkRequested>(&db).await;
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0].cause(), LinkCause::Receipt);
    let changed = form.save(Step::Name, answers()).await.unwrap_err();
    assert_eq!(reason(&changed), "ALREADY_SENT");
}

/// 1.6: Nothing of a person is kept twice.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_a_form_that_was_sent_keeps_no_answers_and_its_secret_stands_nowhere(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::filled(&world, answers()).await;

    form.send().await.unwrap();

    assert_eq!(form.get().await.unwrap().answers, Some(Answers::default()));
    let kept: String =
        sqlx::query_scalar("select string_agg(to_jsonb(d)::text, ' ') from drafts d")
            .fetch_one(&db)
            .await
            .unwrap();
    assert!(
        !kept.contains("Asha") && !kept.contains(&form.token),
        "{kept}"
    );
    let counted: String =
        sqlx::query_scalar("select string_agg(to_jsonb(t)::text, ' ') from throttles t")
            .fetch_one(&db)
            .await
            .unwrap();
    assert!(!counted.contains(HERE), "{counted}");
}

/// 1.6
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_a_form_is_not_sent_while_a_page_is_open_or_undeclared(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::begin(&world).await;
    world.clock.advance(TimeDelta::minutes(9));

    let empty = form.send().await.unwrap_err();
    let mut whole = Form::filled(&world, answers()).await;
    let undeclared = whole.send_with(false, "", HERE).await.unwrap_err();

    assert_eq!(reason(&empty), "INCOMPLETE");
    assert_eq!(violations(&undeclared)[0].0, "declared");
    assert!(
        outbox::testing::events::<ComplaintRecorded>(&db)
            .await
            .is_empty()
    );
}

/// 1.6: Each page says what to do about its own mistake, and keeps nothing that is wrong.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_each_page_says_what_is_wrong_with_it(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::begin(&world).await;
    let wrong = [
        (Step::Kind, "kind"),
        (Step::Subject, "subject"),
        (Step::Name, "name"),
        (Step::Format, "format"),
        (Step::Contact, "communication_preference"),
        (Step::Adjustments, "reasonable_adjustments"),
        (Step::Vulnerabilities, "vulnerabilities"),
        (Step::Summary, "summary"),
        (Step::Date, "happened_on"),
        (Step::Outcome, "desired_outcome"),
    ];

    for (step, field) in wrong {
        let refused = form.save(step, Answers::default()).await.unwrap_err();
        assert_eq!(violations(&refused)[0].0, field, "{step:?}");
    }

    let tomorrow = Answers {
        happened_on: "2025-06-11".to_owned(),
        ..answers()
    };
    let refused = form.save(Step::Date, tomorrow).await.unwrap_err();
    assert_eq!(violations(&refused)[0].0, "happened_on");
    assert_eq!(form.get().await.unwrap().answered, Vec::<i32>::new());
}

/// 1.6: Letters on paper need an address, also when the format is chosen afterwards.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_who_wants_letters_gives_an_address(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::filled(&world, answers()).await;
    let by_post = Answers {
        format: Format::LargePrint.into(),
        ..answers()
    };

    form.save(Step::Format, by_post.clone()).await.unwrap();
    let refused = form.save(Step::Contact, by_post.clone()).await.unwrap_err();
    let unsent = form.send().await.unwrap_err();
    let addressed = Answers {
        postal_address: "1 Elm Road\nLeeds".to_owned(),
        ..by_post
    };
    form.save(Step::Contact, addressed).await.unwrap();

    assert_eq!(violations(&refused)[0].0, "postal_address");
    assert_eq!(reason(&unsent), "INCOMPLETE");
    assert!(form.send().await.unwrap().sent.is_some());
}

/// 1.6: Easy read goes by email or on paper: one of both is needed, whatever way of contact the person prefers.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_12_easy_read_letters_need_an_email_or_a_postal_address(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::filled(&world, answers()).await;
    let by_telephone = Answers {
        format: Format::EasyRead.into(),
        communication_preference: "telephone".to_owned(),
        email: String::new(),
        ..answers()
    };

    form.save(Step::Format, by_telephone.clone()).await.unwrap();
    let refused = form
        .save(Step::Contact, by_telephone.clone())
        .await
        .unwrap_err();
    let addressed = Answers {
        postal_address: "1 Elm Road\nLeeds".to_owned(),
        ..by_telephone
    };
    form.save(Step::Contact, addressed).await.unwrap();

    assert_eq!(violations(&refused)[0].0, "email");
    assert!(form.send().await.unwrap().sent.is_some());
}

/// 1.6: A person without email gets no receipt by email, and is told so.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_who_has_no_email_gets_none(db: PgPool) {
    let world = a_world(&db).await;
    let by_letter = Answers {
        format: Format::Letter.into(),
        communication_preference: "letter".to_owned(),
        email: String::new(),
        postal_address: "1 Elm Road, Leeds".to_owned(),
        ..answers()
    };
    let mut form = Form::filled(&world, by_letter).await;

    let sent = form.send().await.unwrap().sent.unwrap();

    assert!(!sent.by_email);
    let receipts = outbox::testing::events::<LinkRequested>(&db).await;
    assert!(receipts.is_empty());
}

/// 2.6: the person is told before sending, and may send all the same.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_what_is_more_than_twelve_months_ago_is_told_and_can_be_sent(db: PgPool) {
    let world = a_world(&db).await;
    let old = |day: &str| Answers {
        happened_on: day.to_owned(),
        ..answers()
    };
    let mut form = Form::filled(&world, old("2024-06-10")).await;
    assert!(!form.draft.too_long_ago, "twelve months to the day");

    form.save(Step::Date, old("2024-06-09")).await.unwrap();

    assert!(form.draft.too_long_ago);
    assert!(form.send().await.unwrap().sent.is_some());
}

/// 2.3, 1.1: they are told where to go, and are no complaint.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_2_3_what_is_about_a_landlord_is_not_sent(db: PgPool) {
    let world = a_world(&db).await;
    for subject in [Subject::Landlord, Subject::Request] {
        let other = Answers {
            subject: subject.into(),
            ..answers()
        };
        let mut form = Form::filled(&world, other).await;

        let refused = form.send().await.unwrap_err();

        assert_eq!(reason(&refused), "INCOMPLETE");
    }
}

/// 1.6: A person is never told to solve a puzzle; a program gives itself away.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_who_fills_in_what_nobody_sees_or_is_too_fast_is_refused_and_loses_nothing(
    db: PgPool,
) {
    let world = a_world(&db).await;
    let mut fast = Form::filled_in(&world, answers(), TimeDelta::seconds(4)).await;
    let too_fast = fast.send().await.unwrap_err();
    world.clock.advance(TimeDelta::seconds(1));
    let trapped = fast.send_with(true, "https://spam.example", HERE).await;

    assert_eq!(reason(&too_fast), "AUTOMATED");
    assert_eq!(reason(&trapped.unwrap_err()), "AUTOMATED");
    assert!(fast.send().await.unwrap().sent.is_some());
}

/// 1.6: One address sends no more than so many in an hour; its neighbours are not kept out, and it is let in again.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_an_address_that_sends_too_much_waits_and_others_do_not(db: PgPool) {
    let world = a_world(&db).await;
    let took = TimeDelta::seconds(30);
    for _ in 0..20 {
        let mut form = Form::filled_in(&world, answers(), took).await;
        form.send().await.unwrap();
    }
    let mut one_more = Form::filled_in(&world, answers(), took).await;

    let refused = one_more.send().await.unwrap_err();
    let elsewhere = one_more.send_with(true, "", "198.51.100.9").await;

    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(reason(&refused), "TOO_MANY_ATTEMPTS");
    assert!(elsewhere.unwrap().sent.is_some());
    let mut later = Form::filled(&world, answers()).await;
    world.clock.advance(TimeDelta::hours(1));
    assert!(later.send().await.unwrap().sent.is_some());
}

/// 1.6: Half an hour loses nothing; what nobody sends is not kept for ever, and its files are told to go.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_a_form_is_kept_for_a_day_and_then_forgotten(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::begin(&world).await;
    form.save(Step::Name, answers()).await.unwrap();
    let mut sent = Form::filled(&world, answers()).await;
    sent.send().await.unwrap();

    world.clock.advance(TimeDelta::minutes(30));
    let kept = form.get().await.unwrap().answers.unwrap();
    assert_eq!(kept.name, "Asha Verma");
    assert_eq!(world.public.forget_expired().await.unwrap(), 0);
    world.clock.advance(TimeDelta::hours(24));

    assert_eq!(reason(&form.get().await.unwrap_err()), "NO_SUCH_DRAFT");
    assert_eq!(world.public.forget_expired().await.unwrap(), 2);
    assert_eq!(world.public.forget_expired().await.unwrap(), 0);
    let discarded = outbox::testing::events::<DraftDiscarded>(&db).await;
    assert_eq!(discarded.len(), 1, "the files of what was sent stay");
    assert_eq!(discarded[0].draft_id, form.draft.id);
}

/// 1.6
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_1_a_form_can_be_thrown_away_and_another_token_opens_nothing(db: PgPool) {
    let world = a_world(&db).await;
    let mut form = Form::begin(&world).await;
    let mut stranger = Form {
        client: form.client.clone(),
        token: "made-up".to_owned(),
        draft: Draft::default(),
    };

    assert_eq!(reason(&stranger.get().await.unwrap_err()), "NO_SUCH_DRAFT");
    let request = DiscardDraftRequest {
        draft_token: form.token.clone(),
    };
    form.client.discard_draft(request).await.unwrap();

    assert_eq!(reason(&form.get().await.unwrap_err()), "NO_SUCH_DRAFT");
    let discarded = outbox::testing::events::<DraftDiscarded>(&db).await;
    assert_eq!(discarded[0].draft_id, form.draft.id);
}

/// 2.6, 2.7, 2.9, 4.1 to 4.21: the pages say what the rules say.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_15_the_policy_tells_its_own_numbers_and_exclusions(db: PgPool) {
    let world = a_world(&db).await;

    let policy = world
        .public()
        .describe_policy(DescribePolicyRequest {})
        .await
        .unwrap()
        .into_inner();

    let days = (
        policy.acknowledgement_days,
        policy.stage_1_days,
        policy.stage_2_days,
    );
    assert_eq!(days, (5, 10, 20));
    assert_eq!(
        (policy.escalation_weeks, policy.weeks_after_closing),
        (4, 4)
    );
    assert_eq!(policy.exclusions.len(), 11);
    assert!(
        policy
            .exclusions
            .iter()
            .all(|it| !it.explanation.is_empty())
    );
}
