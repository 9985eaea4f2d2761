//! Words of emails that staff adapt (NO-5).

use proto::access::v1::Role;
use proto::messaging::v1::{MessagePosted, Side};
use proto::notification::v1::{
    GetTemplateRequest, ListTemplatesRequest, PreviewTemplateRequest, RestoreTemplateRequest,
    Template, UpdateTemplateRequest,
};
use sqlx::PgPool;
use testkit::{Caller, a, a_caseworker, a_client, a_senior_colleague, reason};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::given::{World, a_world};

const KEY: &str = "message_posted";
const BODY: &str = "Someone at the ombudsman wrote to you about {{case_reference}}.\n\n{{link}}\n\nPlease answer in the portal.";

async fn template(world: &World, key: &str) -> Template {
    let request = GetTemplateRequest {
        key: key.to_owned(),
    };
    world
        .templates(&a_caseworker())
        .get_template(request)
        .await
        .unwrap()
        .into_inner()
}

async fn adapt(
    world: &World,
    caller: &Caller,
    version: i64,
    subject: &str,
    body: &str,
) -> Result<Template, Status> {
    let request = UpdateTemplateRequest {
        key: KEY.to_owned(),
        version,
        subject: subject.to_owned(),
        body: body.to_owned(),
    };
    Ok(world
        .templates(caller)
        .update_template(request)
        .await?
        .into_inner())
}

async fn restore(world: &World, caller: &Caller, version: i64) -> Result<Template, Status> {
    let request = RestoreTemplateRequest {
        key: KEY.to_owned(),
        version,
    };
    Ok(world
        .templates(caller)
        .restore_template(request)
        .await?
        .into_inner())
}

/// The email about a new message on a new case.
async fn a_message(world: &World) -> mailbox::Mail {
    let landlord = world.a_landlord("ada@landlord.example").await;
    let case = world.a_case(landlord, None).await;
    world
        .hear(&MessagePosted {
            case_id: case.to_string(),
            side: Side::Ombudsman.into(),
            ..MessagePosted::default()
        })
        .await;
    world.send().await.pop().unwrap()
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_5_adapted_words_are_in_the_text_and_the_html_until_they_are_taken_back(db: PgPool) {
    let world = a_world(&db).await;
    let senior = a_senior_colleague();
    let original = template(&world, KEY).await;
    assert_eq!(
        (original.adapted, original.version, original.changed_at),
        (false, 0, None)
    );

    let adapted = adapt(
        &world,
        &senior,
        0,
        "We wrote: case {{case_reference}}",
        BODY,
    )
    .await
    .unwrap();
    assert_eq!(
        (adapted.adapted, adapted.version, adapted.body.as_str()),
        (true, 1, BODY)
    );
    assert_eq!(
        (
            adapted.changed_by.as_str(),
            adapted.original_body.as_str(),
            adapted.changed_at
        ),
        (
            format!("account:{}", senior.id()).as_str(),
            original.body.as_str(),
            Some(kit::time::timestamp(world.clock.now()))
        )
    );
    assert_eq!(template(&world, KEY).await, adapted);

    let mail = a_message(&world).await;
    assert_eq!(mail.subject, "We wrote: case 202512345");
    for part in [mail.text, mail.html.unwrap()] {
        assert!(part.contains("wrote to you about 202512345."), "{part}");
        assert!(part.contains("Please answer in the portal."));
        assert!(part.contains("https://portal.example/cases/202512345/messages"));
    }

    let restored = restore(&world, &senior, 1).await.unwrap();
    assert_eq!(
        (restored.adapted, restored.version, &restored.body),
        (false, 2, &original.body)
    );
    assert_eq!(
        a_message(&world).await.subject,
        "New message: case 202512345"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn wh_1_every_change_of_words_is_recorded_and_stays(db: PgPool) {
    let world = a_world(&db).await;
    let senior = a_senior_colleague();
    adapt(&world, &senior, 0, "First", BODY).await.unwrap();
    restore(&world, &senior, 1).await.unwrap();

    let changes: Vec<(String, String, String, i64, String)> = sqlx::query_as(
        "select actor, key, action, version, subject from template_changes order by version",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    let actor = format!("account:{}", senior.id());
    assert_eq!(
        changes,
        [
            (
                actor.clone(),
                KEY.into(),
                "adapted".into(),
                1,
                "First".into()
            ),
            (
                actor,
                KEY.into(),
                "restored".into(),
                2,
                "New message: case {{case_reference}}".into()
            ),
        ]
    );
    let mut service = db.acquire().await.unwrap();
    sqlx::query("set role notification_app")
        .execute(&mut *service)
        .await
        .unwrap();
    for forbidden in [
        "update template_changes set actor = 'x'",
        "delete from template_changes",
        "delete from templates",
    ] {
        let refused = sqlx::query(forbidden)
            .execute(&mut *service)
            .await
            .unwrap_err();
        assert_eq!(
            refused.as_database_error().unwrap().code().unwrap(),
            "42501",
            "{forbidden}"
        );
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn wh_2_a_change_of_words_that_somebody_else_changed_is_refused(db: PgPool) {
    let world = a_world(&db).await;
    let senior = a_senior_colleague();
    adapt(&world, &senior, 0, "First", BODY).await.unwrap();

    for stale in [
        adapt(&world, &senior, 0, "Second", BODY).await.unwrap_err(),
        adapt(&world, &senior, 7, "Second", BODY).await.unwrap_err(),
        restore(&world, &senior, 0).await.unwrap_err(),
    ] {
        assert_eq!(
            (stale.code(), reason(&stale).as_str()),
            (Code::Aborted, "STALE")
        );
    }
    assert_eq!(template(&world, KEY).await.subject, "First");
    let negative = adapt(&world, &senior, -1, "Second", BODY)
        .await
        .unwrap_err();
    assert_eq!(negative.code(), Code::InvalidArgument);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_5_words_that_can_not_be_used_are_refused_with_every_mistake(db: PgPool) {
    let world = a_world(&db).await;
    let refused = adapt(
        &world,
        &a_senior_colleague(),
        0,
        "Read {{link}}\r\nBcc: all@evil.example",
        "Dear {{resident}}, go to https://evil.example",
    )
    .await
    .unwrap_err();

    assert_eq!(refused.code(), Code::InvalidArgument);
    let violations = refused
        .get_details_bad_request()
        .unwrap()
        .field_violations
        .into_iter()
        .map(|it| (it.field, it.description))
        .collect::<Vec<_>>();
    for expected in [
        ("subject", "Subject must be a single line of text"),
        (
            "subject",
            "The subject can't have {{link}}. What it can have is {{case_reference}}",
        ),
        (
            "body",
            "Remove the web address: {{link}} leads into the portal, and nothing else leads anywhere",
        ),
        (
            "body",
            "The body can't have {{resident}}. What it can have is {{link}}, {{case_reference}}",
        ),
        (
            "body",
            "The body must have {{link}}, the link into the portal",
        ),
    ] {
        assert!(
            violations.contains(&(expected.0.into(), expected.1.into())),
            "{expected:?} in {violations:?}"
        );
    }
    for (subject, body) in [("", BODY), ("x", ""), (&"x".repeat(121), BODY)] {
        let refused = adapt(&world, &a_senior_colleague(), 0, subject, body)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
    assert_eq!(template(&world, KEY).await.version, 0);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_5_every_template_can_be_looked_at_before_it_is_used(db: PgPool) {
    let world = a_world(&db).await;
    let mut templates = world.templates(&a_caseworker());
    let all = templates
        .list_templates(ListTemplatesRequest {
            page_size: 100,
            ..ListTemplatesRequest::default()
        })
        .await
        .unwrap()
        .into_inner()
        .templates;

    for template in &all {
        let preview = templates
            .preview_template(PreviewTemplateRequest {
                key: template.key.clone(),
                ..PreviewTemplateRequest::default()
            })
            .await
            .unwrap()
            .into_inner();
        assert!(preview.text.starts_with("Hello Sam Taylor,"));
        for part in [&preview.subject, &preview.text, &preview.html] {
            assert!(
                !part.contains("{{") && !part.contains("}}"),
                "{}: {part}",
                template.key
            );
        }
    }
    let given = templates
        .preview_template(PreviewTemplateRequest {
            key: KEY.into(),
            subject: "Look: {{case_reference}}".into(),
            body: BODY.into(),
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(given.subject, "Look: 202312345");
    assert_eq!(
        template(&world, KEY).await.version,
        0,
        "looking changes nothing"
    );
    let refused = templates
        .preview_template(PreviewTemplateRequest {
            key: KEY.into(),
            body: "no link".into(),
            ..PreviewTemplateRequest::default()
        })
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_5_templates_are_listed_by_key_and_the_last_page_ends(db: PgPool) {
    let world = a_world(&db).await;
    adapt(&world, &a_senior_colleague(), 0, "First", BODY)
        .await
        .unwrap();
    let mut templates = world.templates(&a_client(&["operations"]));
    let mut request = ListTemplatesRequest {
        page_size: 10,
        page_token: String::new(),
    };
    let (mut keys, mut adapted) = (Vec::new(), Vec::new());
    loop {
        let page = templates
            .list_templates(request.clone())
            .await
            .unwrap()
            .into_inner();
        for template in page.templates {
            if template.adapted {
                adapted.push(template.key.clone());
            }
            keys.push(template.key);
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }

    assert!(keys.len() > 30 && keys.is_sorted(), "{keys:?}");
    keys.dedup();
    assert_eq!(adapted, [KEY]);
    // A key is what the emails of the matter have in their table.
    a_message(&world).await;
    let matters: Vec<String> = sqlx::query_scalar("select distinct matter from emails")
        .fetch_all(&db)
        .await
        .unwrap();
    assert!(matters.iter().all(|it| keys.contains(it)), "{matters:?}");
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_5_words_that_name_what_is_no_longer_known_give_way_to_the_portals_own(db: PgPool) {
    let world = a_world(&db).await;
    adapt(&world, &a_senior_colleague(), 0, "First", BODY)
        .await
        .unwrap();
    sqlx::query("update templates set body = '{{former_fact}}'")
        .execute(&db)
        .await
        .unwrap();

    assert_eq!(
        a_message(&world).await.subject,
        "New message: case 202512345"
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_5_there_is_no_template_under_another_key(db: PgPool) {
    let world = a_world(&db).await;
    for key in ["", "email_refused", "Message_Posted", "../x"] {
        let unknown = world
            .templates(&a_senior_colleague())
            .update_template(UpdateTemplateRequest {
                key: key.into(),
                version: 0,
                subject: "x".into(),
                body: BODY.into(),
            })
            .await
            .unwrap_err();
        assert_eq!(
            (unknown.code(), reason(&unknown).as_str()),
            (Code::NotFound, "NO_SUCH_TEMPLATE")
        );
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn no_5_caseworkers_read_templates_and_seniors_adapt_them(db: PgPool) {
    let world = a_world(&db).await;

    for role in [Role::Caseworker, Role::SystemAdministrator] {
        let refused = adapt(&world, &a(role), 0, "x", BODY).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{role:?}");
        let refused = restore(&world, &a(role), 0).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{role:?}");
    }
    for role in [
        Role::LandlordAdministrator,
        Role::LandlordSubAccount,
        Role::ComplaintsInvestigator,
        Role::CustomerInsightManager,
        Role::IndependentReviewer,
    ] {
        let refused = world
            .templates(&a(role))
            .get_template(GetTemplateRequest { key: KEY.into() })
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{role:?}");
    }
}
