//! No secret is kept, and none is announced (ID-5).

use identity::MIGRATOR;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use sqlx::PgPool;

use crate::given::{self, PASSWORD};

/// Every value of every text and binary column of every table, as text and as bytes in hexadecimal.
async fn dump(db: &PgPool) -> String {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text from information_schema.columns
         where table_schema = 'public' and data_type in ('text', 'bytea', 'jsonb', 'ARRAY')",
    )
    .fetch_all(db)
    .await
    .unwrap();
    assert!(columns.len() > 30, "{columns:?}");
    let mut dump = String::new();
    for (table, column) in columns {
        // Bytes are written in hexadecimal.
        let query =
            format!("select coalesce(string_agg({column}::text, chr(10)), '') from {table}");
        let values: String = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
            .fetch_one(db)
            .await
            .unwrap();
        dump.push_str(&values);
        dump.push('\n');
    }
    dump
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_no_code_link_token_or_password_is_in_the_database_or_in_an_event(db: PgPool) {
    let identity = given::identity(&db).await;
    let mut secrets = vec![
        PASSWORD.to_owned(),
        given::WRONG.to_owned(),
        identity.operator_credentials().1,
    ];
    identity
        .staff("casey@ombudsman.example", Role::Caseworker)
        .await;
    identity.fail("casey@ombudsman.example", 1).await;
    for _ in 0..5 {
        identity
            .forgot("casey@ombudsman.example", &given::an_address())
            .await
            .unwrap();
        secrets.push(identity.newest_link().await);
        let login = identity
            .start("casey@ombudsman.example", PASSWORD)
            .await
            .unwrap()
            .login_token;
        let code = identity.code(&login).await;
        let session = identity.verify(&login, &code).await.unwrap();
        let tokens = identity.check(&session.token, true).await.unwrap().tokens;
        secrets.extend([login, code, session.token, session.device]);
        secrets.extend(tokens.into_values());
    }
    // One more of each that is still good.
    let login = identity
        .start("casey@ombudsman.example", PASSWORD)
        .await
        .unwrap()
        .login_token;
    secrets.push(identity.code(&login).await);
    secrets.push(login);

    let dump = dump(&db).await;

    assert!(
        dump.contains("casey@ombudsman.example"),
        "the dump holds what is kept"
    );
    for secret in &secrets {
        let in_hex = hex::encode(secret);
        assert!(!dump.contains(&in_hex), "{secret} is kept as bytes");
        // Six digits may stand in a hash or an id by chance, but not on their own.
        let alone = dump
            .split(|it: char| !it.is_alphanumeric() && it != '-' && it != '_' && it != '.')
            .any(|it| it == secret);
        assert!(!alone, "{secret} is kept");
        assert!(
            secret.len() == 6 || !dump.contains(secret.as_str()),
            "{secret} is part of what is kept"
        );
    }
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn id_5_trying_every_code_against_the_database_finds_none_without_the_key(db: PgPool) {
    let identity = given::identity(&db).await;
    identity
        .staff("casey@ombudsman.example", Role::Caseworker)
        .await;
    let login = identity
        .start("casey@ombudsman.example", PASSWORD)
        .await
        .unwrap()
        .login_token;
    let code = identity.code(&login).await;
    let (id, mac): (uuid::Uuid, Vec<u8>) = sqlx::query_as("select id, code_mac from logins")
        .fetch_one(&db)
        .await
        .unwrap();

    let found = (0..1_000_000).map(|n| format!("{n:06}")).find(|code| {
        let plain = ring::digest::digest(&ring::digest::SHA256, code.as_bytes());
        let salted = ring::digest::digest(
            &ring::digest::SHA256,
            &[id.as_bytes(), code.as_bytes()].concat(),
        );
        plain.as_ref() == mac || salted.as_ref() == mac
    });

    assert_eq!(found, None);
    assert!(identity.verify(&login, &code).await.is_ok());
}

#[sqlx::test(migrator = "MIGRATOR")]
async fn no_event_holds_an_address_or_a_secret(db: PgPool) {
    let identity = given::identity(&db).await;
    let ada = identity
        .an_administrator_session("ada@landlord.example")
        .await;
    identity.a_sub_account(&ada, "sam@landlord.example").await;
    identity.fail("sam@landlord.example", 5).await;
    let request = pb::ChangeUsernameRequest {
        account_id: ada.account.id.clone(),
        username: "olu@landlord.example".to_owned(),
        version: ada.account.version,
    };
    let request = identity.operator(request).await;
    identity
        .administration()
        .change_username(request)
        .await
        .unwrap();

    let payloads: Vec<Vec<u8>> = sqlx::query_scalar("select payload from outbox")
        .fetch_all(&db)
        .await
        .unwrap();

    assert!(payloads.len() > 5);
    for payload in payloads {
        let text = String::from_utf8_lossy(&payload).into_owned();
        // The name that a landlord was given here is made of its administrator's address.
        let text = text.replace("Landlord of ada@landlord.example", "");
        assert!(!text.contains("landlord.example"), "{text}");
        assert!(!text.contains(&ada.token) && !text.contains(&ada.device));
    }
}
