//! Verification codes (ID-4, ID-5).

use chrono::Duration;
use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use sqlx::PgPool;
use tonic::Status;

use crate::given::{self, PASSWORD, not};

const CASEY: &str = "casey@ombudsman.example";

async fn casey(db: &PgPool) -> given::Identity {
    let identity = given::identity(db).await;
    identity.staff(CASEY, Role::Caseworker).await;
    identity
}

fn reason<T>(result: Result<T, Status>) -> String {
    result.map_or_else(|status| testkit::reason(&status), |_| String::new())
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_a_code_works_once(db: PgPool) {
    let identity = casey(&db).await;
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let code = identity.code(&login).await;

    assert!(identity.verify(&login, &code).await.is_ok());
    assert_eq!(identity.code_refusal(&login, &code).await, "CODE_REFUSED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_of_fifty_right_codes_at_once_one_works(db: PgPool) {
    let identity = casey(&db).await;
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let code = identity.code(&login).await;

    let all = futures::future::join_all((0..50).map(|_| identity.verify(&login, &code))).await;

    assert_eq!(all.iter().filter(|it| it.is_ok()).count(), 1);
    let sessions: i64 = sqlx::query_scalar("select count(*) from sessions")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(sessions, 1);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_of_two_hundred_wrong_codes_at_once_five_are_compared(db: PgPool) {
    let identity = casey(&db).await;
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let code = identity.code(&login).await;

    let wrong = not(&code);
    let all = futures::future::join_all((0..200).map(|_| identity.verify(&login, &wrong))).await;

    assert!(all.iter().all(Result::is_err));
    let compared = identity
        .audit("")
        .await
        .iter()
        .filter(|it| it.detail == "wrong code")
        .count();
    assert_eq!(compared, 5);
    assert_eq!(identity.code_refusal(&login, &code).await, "LOGIN_EXPIRED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_a_code_dies_after_five_wrong_tries_and_another_does_not_revive_the_log_in(
    db: PgPool,
) {
    let identity = casey(&db).await;
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let code = identity.code(&login).await;
    for wrong in [
        not(&code),
        String::new(),
        "12345".to_owned(),
        format!("{code}0"),
    ] {
        assert_eq!(identity.code_refusal(&login, &wrong).await, "CODE_REFUSED");
    }

    assert_eq!(
        identity.code_refusal(&login, "abcdef").await,
        "LOGIN_EXPIRED"
    );

    assert_eq!(identity.code_refusal(&login, &code).await, "LOGIN_EXPIRED");
    assert_eq!(reason(identity.send_code(&login).await), "LOGIN_EXPIRED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_the_fifth_try_may_still_be_right(db: PgPool) {
    let identity = casey(&db).await;
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let code = identity.code(&login).await;
    for _ in 0..4 {
        identity.code_refusal(&login, &not(&code)).await;
    }

    assert!(
        identity
            .verify(&login, &format!(" {} {} ", &code[..3], &code[3..]))
            .await
            .is_ok()
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_a_code_lives_ten_minutes(db: PgPool) {
    let identity = casey(&db).await;
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let code = identity.code(&login).await;

    identity
        .clock
        .advance(Duration::minutes(10) + Duration::seconds(1));
    assert_eq!(identity.code_refusal(&login, &code).await, "CODE_REFUSED");

    let code = identity.code(&login).await;
    identity
        .clock
        .advance(Duration::minutes(10) - Duration::seconds(1));
    assert!(identity.verify(&login, &code).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_a_code_is_bound_to_the_log_in_that_asked_for_it(db: PgPool) {
    let identity = casey(&db).await;
    let one = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let other = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let code = identity.code(&one).await;
    identity.code(&other).await;

    assert_eq!(identity.code_refusal(&other, &code).await, "CODE_REFUSED");
    assert!(identity.verify(&one, &code).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_the_newest_code_is_valid_and_a_redelivered_request_mints_another(db: PgPool) {
    let identity = casey(&db).await;
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    identity.send_code(&login).await.unwrap();
    let (first, second) = (
        identity.newest_code().await.code,
        identity.newest_code().await.code,
    );

    if first != second {
        assert_eq!(identity.code_refusal(&login, &first).await, "CODE_REFUSED");
    }
    assert!(identity.verify(&login, &second).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_asking_again_ends_the_older_code_at_once(db: PgPool) {
    let identity = casey(&db).await;
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let code = identity.code(&login).await;

    identity.send_code(&login).await.unwrap();

    assert_eq!(identity.code_refusal(&login, &code).await, "CODE_REFUSED");
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_two_resends_are_free_and_then_one_in_five_minutes(db: PgPool) {
    let identity = casey(&db).await;
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let left: Vec<i32> = [
        identity.send_code(&login).await.unwrap().resends_left,
        identity.send_code(&login).await.unwrap().resends_left,
        identity.send_code(&login).await.unwrap().resends_left,
    ]
    .to_vec();
    assert_eq!(left, [2, 1, 0]);

    identity.clock.advance(Duration::minutes(4));
    let refused = identity.send_code(&login).await.unwrap_err();
    assert_eq!(testkit::reason(&refused), "TOO_MANY_CODES");
    let retry = tonic_types::StatusExt::get_error_details(&refused)
        .retry_info()
        .unwrap()
        .retry_delay;
    assert_eq!(retry, Some(std::time::Duration::from_mins(1)));

    identity.clock.advance(Duration::minutes(1));
    assert!(identity.send_code(&login).await.is_ok());
    assert_eq!(reason(identity.send_code(&login).await), "TOO_MANY_CODES");
    assert_eq!(identity.events::<pb::LoginCodeRequested>().await.len(), 4);
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_an_address_gets_at_most_twenty_codes_an_hour(db: PgPool) {
    let identity = casey(&db).await;
    let mut sent = 0;
    for _ in 0..8 {
        let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
        for _ in 0..3 {
            sent += i32::from(identity.send_code(&login).await.is_ok());
        }
    }
    assert_eq!(sent, 20);
    assert_eq!(identity.events::<pb::LoginCodeRequested>().await.len(), 20);

    identity.clock.advance(Duration::hours(1));
    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    assert!(identity.send_code(&login).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn no_code_is_minted_for_a_log_in_that_is_over_or_never_asked(db: PgPool) {
    let identity = casey(&db).await;
    let mint = |login_id: String| {
        let identity = &identity;
        async move { reason(identity.mint_code(&login_id).await) }
    };
    assert_eq!(mint(kit::id().to_string()).await, "NOTHING_TO_SEND");
    assert_eq!(mint("7".to_owned()).await, "NOT_A_UUID");

    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    let never_asked: uuid::Uuid = sqlx::query_scalar("select id from logins")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(mint(never_asked.to_string()).await, "NOTHING_TO_SEND");

    let code = identity.code(&login).await;
    identity.verify(&login, &code).await.unwrap();
    assert_eq!(mint(never_asked.to_string()).await, "NOTHING_TO_SEND");

    let login = identity.start(CASEY, PASSWORD).await.unwrap().login_token;
    identity.send_code(&login).await.unwrap();
    let asked = identity
        .events::<pb::LoginCodeRequested>()
        .await
        .pop()
        .unwrap();
    identity.clock.advance(Duration::minutes(30));
    assert_eq!(mint(asked.login_id).await, "NOTHING_TO_SEND");
    assert_eq!(
        identity.code_refusal(&login, "123456").await,
        "LOGIN_EXPIRED"
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_the_third_exhausted_log_in_in_a_day_forces_a_reset_and_the_holder_is_told(
    db: PgPool,
) {
    let identity = casey(&db).await;
    let session = identity.log_in(CASEY).await;
    let mut reasons = Vec::new();
    for hours in [0, 11, 11] {
        identity.clock.advance(Duration::hours(hours));
        reasons.push(identity.exhaust(CASEY).await);
    }

    assert_eq!(
        reasons,
        ["LOGIN_EXPIRED", "LOGIN_EXPIRED", "PASSWORD_RESET_REQUIRED"]
    );
    assert_eq!(identity.refusal(CASEY, PASSWORD).await, "LOGIN_REFUSED");
    assert!(
        identity
            .notices()
            .await
            .contains(&pb::SecurityNotice::ForcedReset)
    );
    let asked = identity
        .events::<pb::PasswordResetRequested>()
        .await
        .pop()
        .unwrap();
    assert_eq!(asked.cause(), pb::ResetCause::Forced);

    let link = identity.newest_link().await;
    identity.reset(&link, "teapot saddle window").await.unwrap();
    assert_eq!(identity.ended(&session.token).await, "SESSION_ENDED");
    assert!(identity.start(CASEY, "teapot saddle window").await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_a_third_exhausted_log_in_after_more_than_a_day_forces_nothing(db: PgPool) {
    let identity = casey(&db).await;
    for hours in [0, 12, 13] {
        identity.clock.advance(Duration::hours(hours));
        assert_eq!(identity.exhaust(CASEY).await, "LOGIN_EXPIRED");
    }

    identity.clock.advance(Duration::hours(1));
    assert!(identity.start(CASEY, PASSWORD).await.is_ok());
    assert!(
        !identity
            .notices()
            .await
            .contains(&pb::SecurityNotice::ForcedReset)
    );
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_4_codes_of_a_sub_account_go_where_the_landlord_chose(db: PgPool) {
    let identity = given::identity(&db).await;
    let administrator = identity
        .an_administrator_session("ada@landlord.example")
        .await;
    identity
        .a_sub_account(&administrator, "sam@landlord.example")
        .await;
    let code_address = || async {
        let login = identity
            .start("sam@landlord.example", PASSWORD)
            .await
            .unwrap();
        identity.send_code(&login.login_token).await.unwrap();
        (
            identity.newest_code().await.recipient.unwrap().address,
            login.masked_address,
        )
    };
    assert_eq!(code_address().await.0, "sam@landlord.example");

    let landlord = identity
        .signed(&administrator, pb::GetMyLandlordRequest {})
        .await;
    let landlord = identity
        .accounts()
        .get_my_landlord(landlord)
        .await
        .unwrap()
        .into_inner();
    let choice = pb::SetCodeDeliveryRequest {
        code_delivery: pb::CodeDelivery::Administrator.into(),
        version: landlord.version,
    };
    let request = identity.signed(&administrator, choice).await;
    let chosen = identity
        .accounts()
        .set_code_delivery(request)
        .await
        .unwrap()
        .into_inner();

    assert_eq!(chosen.code_delivery(), pb::CodeDelivery::Administrator);
    assert_eq!(
        code_address().await,
        (
            "ada@landlord.example".to_owned(),
            "a•••@landlord.example".to_owned()
        )
    );
}
