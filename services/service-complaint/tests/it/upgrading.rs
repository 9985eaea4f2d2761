//! What a migration makes of rows that the version before wrote.

use service_complaint::MIGRATOR;
use sqlx::PgPool;
use uuid::Uuid;

/// The last migration before there were interests that others see.
const BEFORE_INTERESTS: i64 = 27;

/// A complaint as the version before wrote it, with both stages.
async fn a_complaint(db: &PgPool, reference: &str, more: (&str, &str)) -> Uuid {
    let id = kit::id();
    let (columns, values) = more;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "insert into complaints (id, reference, service_user, channel, summary, desired_outcome, contact, communication_preference, reasonable_adjustments,
             vulnerabilities, early_resolution, received_on, requested_by, request_id, version, {columns})
         values ('{id}', '{reference}', 'Iris Cole', 'email', 'Nobody called', '', '', '', '', '', '', '2025-06-02', 'account:one', '{}', 1, {values});
         insert into stages (complaint_id, stage) values ('{id}', 'one'), ('{id}', 'two')",
        kit::id()
    )))
    .execute(db)
    .await
    .unwrap();
    id
}

async fn run(db: &PgPool, sql: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
        .execute(db)
        .await
        .unwrap();
}

/// 3.4, 4.5, 4.13: what somebody with an interest still had is given up, in the complaint and in what came of it later, and is announced again.
#[sqlx::test(migrations = false)]
async fn sc_4_3_4_interests_from_before_keep_their_holders_from_what_they_left(db: PgPool) {
    MIGRATOR.run_to(BEFORE_INTERESTS, &db).await.unwrap();
    let holder = kit::id();
    let complaint = a_complaint(&db, "SC202500001", ("standing", "'reviewed'")).await;
    let following = async |reference: &str, of: Uuid, recorded_on: &str| {
        let follows = format!("'{of}', 'investigated'");
        let id = a_complaint(&db, reference, ("follows, standing", &follows)).await;
        let change = kit::id();
        let recorded = format!(
            "insert into changes (id, at, actor, action, complaint_id) values ('{change}', '{recorded_on}', 'account:one', 'recorded', '{id}')"
        );
        run(&db, &recorded).await;
        id
    };
    let after = following("SC202500002", complaint, "2025-07-02").await;
    let last = following("SC202500003", after, "2025-07-03").await;
    let before = following("SC202500004", complaint, "2025-06-30").await;
    let (action, own_due, stage_due) = (kit::id(), kit::id(), kit::id());
    run(
        &db,
        &format!(
            "insert into conflicts (complaint_id, account_id, name, interest, reason, declared_at)
             values ('{complaint}', '{holder}', 'Ines Vestey', 'own_work', 'My case', '2025-07-01');
             update stages set handler = '{holder}', handler_name = 'Ines Vestey' where stage = 'one';
             insert into actions (id, complaint_id, what, owner, owner_name) values ('{action}', '{complaint}', 'Call', '{holder}', 'Ines Vestey');
             insert into dues (id, complaint_id, action_id, kind, stage, due_on, owner)
             values ('{own_due}', '{complaint}', '{action}', 'action', 'one', '2025-08-01', '{holder}'),
                    ('{stage_due}', '{after}', null, 'response', 'one', '2025-08-01', '{holder}')"
        ),
    )
    .await;

    MIGRATOR.run(&db).await.unwrap();

    let conflicts = "select complaint_id, announced, gave_up from conflicts order by complaint_id";
    let conflicts: Vec<(Uuid, bool, Option<String>)> =
        sqlx::query_as(conflicts).fetch_all(&db).await.unwrap();
    let gave_up = Some("one".to_owned());
    assert_eq!(
        conflicts,
        [
            (complaint, false, gave_up.clone()),
            (after, false, gave_up.clone()),
            (last, false, gave_up),
        ]
    );
    let handled = "select complaint_id from stages where handler = $1";
    let handled: Vec<Uuid> = sqlx::query_scalar(handled)
        .bind(holder)
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(handled, [before], "it was there before the interest");
    // A process of the version before names no such column.
    let meanwhile = kit::id();
    run(
        &db,
        &format!(
            "insert into conflicts (complaint_id, account_id, name, interest, reason, declared_at)
             values ('{before}', '{meanwhile}', 'Omar Lund', 'other', 'A friend', now())"
        ),
    )
    .await;
    let announced = "select announced from conflicts where account_id = $1";
    let announced: bool = sqlx::query_scalar(announced)
        .bind(meanwhile)
        .fetch_one(&db)
        .await
        .unwrap();
    assert!(!announced);
    let owners: Vec<Option<Uuid>> = sqlx::query_scalar("select owner from dues")
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(owners, [None, None]);
}

/// 2.5: the version before knows of no exclusion of a refusal, and writes none with whatever it saves.
#[sqlx::test(migrator = "service_complaint::MIGRATOR")]
async fn sc_3_2_5_the_version_before_takes_no_exclusion_of_a_refusal_away(db: PgPool) {
    let exclusion = |ended_how: &str, ground: &str| {
        format!("'ended', '{ended_how}', {ground}, '{{\"reason\": \"decision\"}}'")
    };
    let columns = "standing, ended_how, ended_ground, exclusion";
    let refused = exclusion("escalation_rejected", "'excluded'");
    let refused = a_complaint(&db, "SC202500001", (columns, &refused)).await;
    let excluded = exclusion("not_accepted", "null");
    let excluded = a_complaint(&db, "SC202500002", (columns, &excluded)).await;

    run(
        &db,
        "update complaints set exclusion = null, version = version + 1",
    )
    .await;

    let kept = "select id from complaints where exclusion is not null";
    let kept: Vec<Uuid> = sqlx::query_scalar(kept).fetch_all(&db).await.unwrap();
    assert_eq!(kept, [refused], "{excluded} has what is written");
}

/// 4.12, 6.2: a refusal whose ground nobody recorded has none, a promise belongs to the stage that made it, and so does what was said of a lesson.
#[sqlx::test(migrations = false)]
async fn sc_8_4_12_what_was_recorded_before_there_were_stages_and_grounds_is_told_apart(
    db: PgPool,
) {
    MIGRATOR.run_to(BEFORE_INTERESTS, &db).await.unwrap();
    let ended = "standing, ended_how, ended_ground, closed_on";
    let refused = (
        "'ended', 'escalation_rejected', 'nothing_new', '2025-07-01'",
        ended,
    );
    let unnamed = a_complaint(&db, "SC202500001", (refused.1, refused.0)).await;
    let named = a_complaint(&db, "SC202500002", (refused.1, refused.0)).await;
    let (early, offered, late) = (kit::id(), kit::id(), kit::id());
    let remedy = kit::id();
    let change = kit::id();
    run(
        &db,
        &format!(
            "insert into changes (id, at, actor, action, complaint_id, text)
             values ('{change}', '2025-07-01', 'account:one', 'escalation_rejected', '{named}', 'Rejected the request for stage 2 (nothing new, policy 4.12): no');
             insert into remedies (id, complaint_id, stage, kind, text) values ('{remedy}', '{named}', 'two', 'explanation', 'We explain it');
             insert into actions (id, complaint_id, what, owner, owner_name, remedy_id)
             values ('{early}', '{named}', 'Call', '{early}', 'Ruth Weaver', null), ('{offered}', '{named}', 'Explain', '{early}', 'Ruth Weaver', '{remedy}'),
                    ('{late}', '{named}', 'Write', '{early}', 'Ruth Weaver', null);
             insert into ledger_entries (complaint_id, clock, position, action_id, entry)
             values ('{named}', 'acknowledgement two', 0, null, '{{\"on\": \"2025-06-20\", \"what\": \"met\", \"detail\": {{\"on\": \"2025-06-20\"}}}}'),
                    ('{named}', 'action', 0, '{early}', '{{\"on\": \"2025-06-19\"}}'), ('{named}', 'action', 0, '{late}', '{{\"on\": \"2025-06-21\"}}');
             update stages set answered_on = '2025-06-30' where stage = 'two';
             insert into no_lessons (complaint_id, reason, said_by, said_at)
             values ('{unnamed}', 'Said of stage 1', 'Ruth Weaver', '2025-06-29'), ('{named}', 'Said of stage 2', 'Ruth Weaver', '2025-07-01')"
        ),
    )
    .await;

    MIGRATOR.run(&db).await.unwrap();

    let known = "select id, ended_ground_known, ended_ground from complaints order by id";
    let known: Vec<(Uuid, bool, String)> = sqlx::query_as(known).fetch_all(&db).await.unwrap();
    let nothing_new = "nothing_new".to_owned();
    // The version before reads a ground of each.
    assert_eq!(
        known,
        [
            (unnamed, false, nothing_new.clone()),
            (named, true, nothing_new)
        ]
    );
    let stages = "select id, stage from actions order by id";
    let stages: Vec<(Uuid, String)> = sqlx::query_as(stages).fetch_all(&db).await.unwrap();
    let [one, two] = ["one", "two"].map(str::to_owned);
    assert_eq!(
        stages,
        [
            (early, one.clone()),
            (offered, two.clone()),
            (late, two.clone())
        ]
    );
    let said = "select complaint_id, stage from no_lessons order by complaint_id";
    let said: Vec<(Uuid, String)> = sqlx::query_as(said).fetch_all(&db).await.unwrap();
    assert_eq!(said, [(unnamed, one), (named, two)]);
}
