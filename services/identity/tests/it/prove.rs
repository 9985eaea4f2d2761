//! Proofs of full size, which take minutes: `make prove` runs them one at a time and prints their figures. Smaller ones of the same rules run
//! with every other test.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures::future::join_all;
use futures::stream::{self, StreamExt as _};
use identity::MIGRATOR;
use kit::client::Channel;
use proto::access::v1::Role;
use proto::identity::v1 as pb;
use proto::identity::v1::login_service_client::LoginServiceClient;
use sqlx::PgPool;
use tonic::Code;

use crate::given::{self, Identity, PASSWORD, WRONG, client};

const CASEY: &str = "casey@ombudsman.example";

async fn casey(db: &PgPool) -> Identity {
    let identity = given::identity(db).await;
    identity.staff(CASEY, Role::Caseworker).await;
    identity
}

fn a_try(username: &str, password: &str) -> pb::StartLoginRequest {
    pb::StartLoginRequest {
        username: username.to_owned(),
        password: password.to_owned(),
        client: Some(client(&given::an_address())),
        device_token: String::new(),
    }
}

async fn looked_at(db: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from security_events where detail = 'wrong password'")
        .fetch_one(db)
        .await
        .unwrap()
}

/// Counters in the memory of a replica would let five times as many through as there are replicas, and forget them with it.
#[sqlx::test(migrator = "MIGRATOR")]
#[ignore = "a thousand hashes at each of three replicas: make prove"]
async fn id_6_of_a_thousand_guesses_at_each_of_three_replicas_five_are_looked_at(db: PgPool) {
    let one = casey(&db).await;
    let replicas = [one.replica().await, one.replica().await, one];
    let logins: Vec<LoginServiceClient<Channel>> = replicas.iter().map(Identity::login).collect();

    let guesses = (0..3_000).map(|n| {
        let mut login = logins[n % 3].clone();
        async move {
            let refused = login.start_login(a_try(CASEY, WRONG)).await.unwrap_err();
            testkit::reason(&refused)
        }
    });
    // As many at once as the replicas answer: more of them would be turned away unread, and prove nothing.
    let reasons: Vec<_> = stream::iter(guesses).buffer_unordered(96).collect().await;

    let refused = reasons.iter().filter(|it| *it == "LOGIN_REFUSED").count();
    let looked_at = looked_at(&db).await;
    println!("3 replicas, 1,000 guesses at each: {looked_at} looked at, {refused} answered alike");
    assert!(looked_at <= 5, "{looked_at}");
    assert_eq!(refused, 3_000);
    let failures: i32 = sqlx::query_scalar("select failures from lockouts")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(failures, 5);
    // A replica that is started now has forgotten nothing.
    let restarted = replicas[0].replica().await;
    assert_eq!(restarted.refusal(CASEY, PASSWORD).await, "LOGIN_REFUSED");
}

#[sqlx::test(migrator = "MIGRATOR")]
#[ignore = "an hour of guesses, one a second: make prove"]
async fn id_6_an_hour_of_a_guess_each_second_keeps_the_owner_out_at_no_time(db: PgPool) {
    let identity = casey(&db).await;
    let mut login = identity.login();
    let addresses: Vec<String> = (0..50).map(|_| given::an_address()).collect();
    let mut device = identity.log_in(CASEY).await.device;
    let (mut let_in, mut log_ins, mut resets) = (0, 0, 0);
    for (n, address) in addresses.iter().cycle().take(3_600).enumerate() {
        let guess = pb::StartLoginRequest {
            client: Some(client(address)),
            ..a_try(CASEY, &format!("{WRONG} {n}"))
        };
        assert!(login.start_login(guess).await.is_err());
        identity.clock.advance(TimeDelta::seconds(1));
        if n % 36 == 35 {
            let address = given::an_address();
            let started = identity.start_from(CASEY, PASSWORD, &address, &device);
            let_in += i32::from(started.await.is_ok());
        }
        // To the end only so often: nobody is sent more than 20 codes in an hour.
        if n % 300 == 150 {
            device = identity.log_in_with(CASEY, PASSWORD, &device).await.device;
            log_ins += 1;
        }
        if n % 600 == 599 {
            // Whoever sets a new password logs in with it; the devices that were known before are forgotten.
            identity.set_password(CASEY, PASSWORD).await;
            device = identity.log_in(CASEY).await.device;
            resets += 1;
        }
    }

    println!(
        "3,600 guesses from 50 addresses: the owner's password was taken {let_in} times of 100, with the code to the end {log_ins} times of 12, and reset {resets} times of 6"
    );
    assert_eq!((let_in, log_ins, resets), (100, 12, 6));
    // The guesses end, and so does the lock.
    identity.clock.advance(TimeDelta::hours(1));
    assert!(identity.start(CASEY, PASSWORD).await.is_ok());
}

async fn time(login: &mut LoginServiceClient<Channel>, username: &str) -> Duration {
    let request = a_try(username, WRONG);
    let begun = Instant::now();
    let refused = login.start_login(request).await.unwrap_err();
    let took = begun.elapsed();
    assert_eq!(testkit::reason(&refused), "LOGIN_REFUSED");
    took
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// How likely two samples are to differ by chance as they do, or more: the two-sided test of Mann and Whitney, by its normal approximation.
fn chance_of(one: &[Duration], other: &[Duration]) -> f64 {
    let mut all: Vec<(Duration, bool)> = one.iter().map(|it| (*it, true)).collect();
    all.extend(other.iter().map(|it| (*it, false)));
    all.sort_unstable();
    let ranks = all.iter().zip(1_u32..);
    let rank_sum: f64 = ranks
        .filter(|((_, is_of_one), _)| *is_of_one)
        .map(|(_, rank)| f64::from(rank))
        .sum();
    let size = |of: &[Duration]| f64::from(u32::try_from(of.len()).unwrap());
    let (n, m) = (size(one), size(other));
    let greater = rank_sum - n * (n + 1.0) / 2.0;
    let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt();
    tail(((greater - n * m / 2.0) / deviation).abs())
}

/// Both tails of the normal distribution beyond `z`: Abramowitz and Stegun 26.2.17, right to seven places.
fn tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let coefficients = [
        1.330_274_429,
        -1.821_255_978,
        1.781_477_937,
        -0.356_563_782,
        0.319_381_530,
    ];
    let polynomial = coefficients.iter().fold(0.0, |sum, it| (sum + it) * t);
    2.0 * density * polynomial
}

#[test]
fn the_test_of_mann_and_whitney_tells_samples_apart() {
    let millis = |from: u64| -> Vec<Duration> {
        (0..100)
            .map(|n| Duration::from_millis(from + n * 7 % 100))
            .collect()
    };

    assert!(chance_of(&millis(0), &millis(0)) > 0.5);
    assert!(chance_of(&millis(0), &millis(30)) < 0.001);
    // As the tables have it.
    assert!((tail(1.959_964) - 0.05).abs() < 1e-6);
}

/// ASVS 6.3.8: nobody learns from the time of an answer whether an address has an account. The two are asked for in turns, each first as often
/// as the other, so that whatever else this machine does slows both alike.
#[sqlx::test(migrator = "MIGRATOR")]
#[ignore = "eight hundred log-ins, one after another: make prove"]
async fn id_6_an_unknown_address_takes_as_long_as_a_wrong_password(db: PgPool) {
    let identity = casey(&db).await;
    let mut login = identity.login();
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..400 {
        // Neither is locked, so that the password of the known one is compared each time.
        sqlx::query("delete from lockouts")
            .execute(&db)
            .await
            .unwrap();
        if n % 2 == 0 {
            known.push(time(&mut login, CASEY).await);
        }
        unknown.push(time(&mut login, "nobody@ombudsman.example").await);
        if n % 2 == 1 {
            known.push(time(&mut login, CASEY).await);
        }
    }

    let chance = chance_of(&known, &unknown);
    let (known, unknown) = (median(known), median(unknown));
    println!(
        "400 pairs: median {:.2} ms for a wrong password and {:.2} ms for an unknown address, p = {chance:.3}",
        known * 1e3,
        unknown * 1e3
    );
    assert!(chance > 0.01, "{chance}");
    assert!((known / unknown - 1.0).abs() < 0.05, "{known} {unknown}");
}

/// The most memory that this process has had, in KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

/// Without a bound, 500 log-ins at once would hash 500 passwords at once: 9.5 GiB.
#[sqlx::test(migrator = "MIGRATOR")]
#[ignore = "measures the memory of the whole process, alone in it: make prove"]
async fn id_6_a_burst_of_log_ins_is_bounded_in_memory_and_others_are_answered_meanwhile(
    db: PgPool,
) {
    let defaults = given::identity_with(&db, |config| {
        config.passwords = identity::Config::default().passwords;
    })
    .await;
    let bounds = defaults.config.passwords.clone();
    let session = defaults.staff_session(CASEY, Role::Caseworker).await;
    let login = defaults.login();
    let check = pb::CheckSessionRequest {
        session_token: session.token,
        active: false,
        audiences: vec!["identity".to_owned()],
    };
    login.clone().check_session(check.clone()).await.unwrap();
    let (before, hashed) = (peak_memory(), defaults.app.hasher().done());

    let burst = join_all((0..500).map(|n| {
        let mut login = login.clone();
        async move {
            let username = format!("user{n}@landlord.example");
            login.start_login(a_try(&username, WRONG)).await
        }
    }));
    let mut others = login.clone();
    let answered = async {
        let mut answered = 0;
        // As many as are asked for, one after another, while the burst is worked on.
        for _ in 0..50 {
            others.check_session(check.clone()).await.unwrap();
            answered += 1;
        }
        answered
    };
    let (answers, answered) = tokio::join!(burst, answered);

    let busy = answers
        .iter()
        .filter(|it| matches!(it, Err(status) if status.code() == Code::ResourceExhausted || status.code() == Code::Unavailable))
        .count();
    let hashed = defaults.app.hasher().done() - hashed;
    let grown = (peak_memory() - before) / 1024;
    let memory = u64::from(bounds.memory_kib) / 1024 * u64::try_from(bounds.workers).unwrap();
    println!(
        "500 log-ins at once: {hashed} hashed, {busy} turned away at once, {answered} other calls answered meanwhile, {grown} MiB more memory ({} hashes at once are {memory} MiB)",
        bounds.workers
    );
    assert_eq!(u64::try_from(500 - busy).unwrap(), hashed);
    assert!(busy > 0, "all of them were taken on");
    assert!(grown <= memory + 64, "{grown} MiB");
}
