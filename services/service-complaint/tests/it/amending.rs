//! What is put right after a complaint came in (3.2, the report's paragraph 43).

use proto::access::v1::Role;
use proto::service_complaint::v1::{
    ComplaintType, CorrectNeedsRequest, CorrectPersonRequest, CorrectTypeRequest, Decision, Format,
    ListHistoryRequest, Needs, RewordElementRequest, ServiceUser, ServiceUserKind,
};
use sqlx::PgPool;
use testkit::{Caller, reason, violations};
use tonic::{Code, Status};

use crate::given::{World, a_definition, a_world};
use crate::journey::Journey;

impl World {
    async fn correct(
        &self,
        by: &Caller,
        journey: &mut Journey,
        user: ServiceUser,
    ) -> Result<(), Status> {
        let request = CorrectPersonRequest {
            complaint_id: journey.complaint.id.clone(),
            version: journey.complaint.version,
            service_user: Some(user),
            case_reference: "202398765".to_owned(),
            reason: "She rang".to_owned(),
        };
        let corrected = self.amendments(by).correct_person(request).await?;
        journey.complaint = corrected.into_inner();
        Ok(())
    }

    async fn correct_needs(&self, journey: &mut Journey, needs: Needs) -> Result<(), Status> {
        let request = CorrectNeedsRequest {
            complaint_id: journey.complaint.id.clone(),
            version: journey.complaint.version,
            needs: Some(needs),
            reason: "It came up in a call".to_owned(),
        };
        let mut amendments = self.amendments(&self.investigator);
        journey.complaint = amendments.correct_needs(request).await?.into_inner();
        Ok(())
    }

    async fn correct_type(&self, journey: &mut Journey, to: ComplaintType) -> Result<(), Status> {
        let request = CorrectTypeRequest {
            complaint_id: journey.complaint.id.clone(),
            version: journey.complaint.version,
            complaint_type: to.into(),
            reason: "It was another matter".to_owned(),
        };
        let mut amendments = self.amendments(&self.investigator);
        journey.complaint = amendments.correct_type(request).await?.into_inner();
        Ok(())
    }

    async fn reword(&self, journey: &mut Journey, text: &str) -> Result<(), Status> {
        let request = RewordElementRequest {
            complaint_id: journey.complaint.id.clone(),
            version: journey.complaint.version,
            element_id: journey.elements(1)[0].id.clone(),
            text: text.to_owned(),
            reason: "She meant the second call".to_owned(),
        };
        let mut amendments = self.amendments(&self.investigator);
        journey.complaint = amendments.reword_element(request).await?.into_inner();
        Ok(())
    }
}

fn moved_house() -> ServiceUser {
    ServiceUser {
        name: "Asha Verma-Lee".to_owned(),
        kind: ServiceUserKind::Resident.into(),
        email: "asha.lee@example.org".to_owned(),
        telephone: "020 7946 0000".to_owned(),
        postal_address: "2 New Road".to_owned(),
        format: Format::LargePrint.into(),
    }
}

async fn last_change(journey: &mut Journey) -> String {
    let request = ListHistoryRequest {
        complaint_id: journey.complaint.id.clone(),
        ..ListHistoryRequest::default()
    };
    let page = journey.client.list_history(request).await.unwrap();
    page.into_inner().changes[0].text.clone()
}

/// WH-1: at intake, under way, answered or reviewed, with what stood there before.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_a_person_is_put_right_wherever_the_complaint_stands(db: PgPool) {
    let world = a_world(&db).await;
    let standing = [
        world.recorded().await,
        world.investigated().await,
        world.answered().await,
        world.reviewed().await,
    ];

    for mut journey in standing {
        world
            .correct(&world.investigator, &mut journey, moved_house())
            .await
            .unwrap();
        journey.refresh().await;

        assert_eq!(journey.complaint.service_user, Some(moved_house()));
        assert_eq!(journey.complaint.case_reference, "202398765");
        let told = last_change(&mut journey).await;
        for words in [
            "the name from “Asha Verma” to “Asha Verma-Lee”",
            "the email address from “asha@example.org” to “asha.lee@example.org”",
            "the postal address from nothing to “2 New Road”",
            "the case from “202312345” to “202398765”",
            "Why: She rang",
        ] {
            assert!(told.contains(words), "{told}");
        }
    }
}

#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn wh_2_a_correction_of_an_older_version_or_of_nothing_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;
    let mut before = journey.seen_by(world.investigator());
    let by = &world.investigator;
    world
        .correct(by, &mut journey, moved_house())
        .await
        .unwrap();

    let stale = world.correct(by, &mut before, moved_house()).await;
    let nothing = world.correct(by, &mut journey, moved_house()).await;
    let nobody = world
        .correct(by, &mut journey, ServiceUser::default())
        .await;

    assert_eq!(reason(&stale.unwrap_err()), "STALE");
    assert_eq!(reason(&nothing.unwrap_err()), "NOTHING_CHANGED");
    let fields: Vec<String> = violations(&nobody.unwrap_err())
        .into_iter()
        .map(|it| it.0)
        .collect();
    assert_eq!(
        fields,
        [
            "service_user.kind",
            "service_user.format",
            "service_user.name"
        ]
    );
}

/// 1.8, ID-12
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn id_12_nobody_but_customer_insight_puts_a_complaint_right(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.investigated().await;

    for wrong in [
        testkit::a_caseworker(),
        world.senior.clone(),
        testkit::a(Role::IndependentReviewer),
        testkit::a_landlord_administrator(kit::id()),
    ] {
        let refused = world.correct(&wrong, &mut journey, moved_house()).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
}

/// The report's paragraph 43: a vulnerability that comes up later is recorded where everybody looks for it, and none is lost.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_43_needs_that_come_up_later_are_recorded_and_none_is_taken_away(db: PgPool) {
    let world = a_world(&db).await;
    let mut journey = world.answered().await;
    let needs = Needs {
        vulnerabilities: "Serious illness: calls in the afternoon".to_owned(),
        ..a_definition().needs.unwrap()
    };

    world
        .correct_needs(&mut journey, needs.clone())
        .await
        .unwrap();
    let silent = Needs {
        vulnerabilities: " ".to_owned(),
        ..needs.clone()
    };
    let silenced = world.correct_needs(&mut journey, silent).await;

    assert_eq!(journey.complaint.needs, Some(needs));
    assert_eq!(
        violations(&silenced.unwrap_err())[0].0,
        "needs.vulnerabilities"
    );
    let told = last_change(&mut journey).await;
    let words = "the vulnerabilities from “None” to “Serious illness: calls in the afternoon”";
    assert!(told.contains(words), "{told}");
}

/// 3.2, 4.8: the definition can be put right while it is looked at, and what is decided stays as it was decided.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_2_the_definition_is_put_right_while_it_is_under_way(db: PgPool) {
    let world = a_world(&db).await;
    let mut early = world.recorded().await;
    early.define(a_definition()).await.unwrap();
    let mut journey = world.investigated().await;

    let too_early = world.reword(&mut early, "The second call").await;
    let type_too_early = world.correct_type(&mut early, ComplaintType::Conduct).await;
    world.reword(&mut journey, "The second call").await.unwrap();
    let reworded = last_change(&mut journey).await;
    world
        .correct_type(&mut journey, ComplaintType::Conduct)
        .await
        .unwrap();
    let nothing = world.correct_type(&mut journey, ComplaintType::Unspecified);
    assert_eq!(
        violations(&nothing.await.unwrap_err())[0].0,
        "complaint_type"
    );
    let element = journey.elements(1)[0].clone();
    journey
        .decide(&element, Decision::Upheld, "The record shows it.")
        .await
        .unwrap();
    let decided = world.reword(&mut journey, "The third call").await;
    journey.refresh().await;

    for refused in [too_early, type_too_early] {
        assert_eq!(reason(&refused.unwrap_err()), "WRONG_STANDING");
    }
    assert_eq!(reason(&decided.unwrap_err()), "ELEMENT_DECIDED");
    assert_eq!(journey.elements(1)[0].text, "The second call");
    assert_eq!(journey.complaint.complaint_type(), ComplaintType::Conduct);
    let words = "from “The call that was promised was not made” to “The second call”";
    assert!(reworded.contains(words), "{reworded}");
}
