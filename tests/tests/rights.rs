//! Every method of every service, called by everyone: let in are those whom its `access` option names, and nobody else.

use std::fmt::Write as _;

use bytes::{Buf as _, BufMut as _};
use kit::access::{DESCRIPTORS, TABLE};
use kit::client::Channel;
use kit::token::Claims;
use kit::{Client, Clock, Person, Seat};
use proto::access::v1::{Access, Role};
use tests::{Portal, SERVICES};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Status};

/// Someone who calls, from some process.
#[derive(Clone, Debug)]
struct Caller {
    process: &'static str,
    who: Who,
}

#[derive(Clone, Debug)]
enum Who {
    Nobody,
    Person(Role),
    Client(&'static str),
}

const ROLES: [Role; 8] = [
    Role::LandlordAdministrator,
    Role::LandlordSubAccount,
    Role::Caseworker,
    Role::ComplaintsInvestigator,
    Role::CustomerInsightManager,
    Role::SeniorColleague,
    Role::SystemAdministrator,
    Role::IndependentReviewer,
];

fn everyone() -> Vec<Caller> {
    let mut scopes: Vec<&'static str> = TABLE
        .values()
        .flat_map(|access| access.scopes.iter().map(String::as_str))
        .collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes.push("no-such-scope");

    let nobody = Caller {
        process: "gateway",
        who: Who::Nobody,
    };
    let processes = SERVICES.map(|process| Caller {
        process,
        who: Who::Nobody,
    });
    let carried = SERVICES.map(|process| Caller {
        process,
        who: Who::Person(Role::SystemAdministrator),
    });
    let people = ROLES.map(|role| Caller {
        process: "gateway",
        who: Who::Person(role),
    });
    let clients = scopes.into_iter().map(|scope| Caller {
        process: "client",
        who: Who::Client(scope),
    });
    std::iter::once(nobody)
        .chain(processes)
        .chain(carried)
        .chain(people)
        .chain(clients)
        .collect()
}

/// What the option says of a caller, worked out apart from the code that decides.
fn expected(access: &Access, caller: &Caller) -> bool {
    let carriers: Vec<&str> = match access.carriers.as_slice() {
        [] => vec!["gateway", "casework", "client"],
        named => named.iter().map(String::as_str).collect(),
    };
    let way_in = match caller.who {
        Who::Nobody => access.anonymous || access.processes.iter().any(|it| it == caller.process),
        Who::Person(role) => access.anonymous || access.roles.contains(&i32::from(role)),
        Who::Client(scope) => access.anonymous || access.scopes.iter().any(|it| it == scope),
    };
    carriers.contains(&caller.process) && way_in
}

/// Sends bytes as they are, so that any method can be called without its type.
#[derive(Clone, Copy, Default)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}

/// Calls a method with an empty request and tells how that ended.
async fn call(channel: Channel, path: &str, token: Option<&str>) -> Code {
    let mut grpc = tonic::client::Grpc::new(channel);
    if let Err(error) = grpc.ready().await {
        panic!("{path}: {error}");
    }
    let request = match token {
        Some(token) => kit::client::bearer(Vec::new(), token),
        None => tonic::Request::new(Vec::new()),
    };
    let path = path.parse().expect("a method's path is a path");
    match grpc.unary(request, path, Bytes).await {
        Ok(_) => Code::Ok,
        Err(status) => status.code(),
    }
}

fn token(portal: &Portal, who: &Who, audience: &str) -> Option<String> {
    let now = Clock::system().now();
    let claims = match who {
        Who::Nobody => return None,
        Who::Person(role) => {
            let landlord = matches!(role, Role::LandlordAdministrator | Role::LandlordSubAccount)
                .then(|| Seat {
                    landlord_id: kit::id(),
                    landlord_name: "TEST TEST Landlord".to_owned(),
                    activated_on: Some(Clock::system().today()),
                });
            let person = Person {
                account_id: kit::id(),
                name: "Dani Rawling".to_owned(),
                role: *role,
                landlord,
                team: None,
                session_id: Some(kit::id()),
                through: None,
            };
            Claims::person(&person, audience, now)
        }
        Who::Client(scope) => {
            let client = Client {
                client_id: kit::id(),
                name: "Intake".to_owned(),
                scopes: vec![(*scope).to_owned()],
            };
            Claims::client(&client, audience, now)
        }
    };
    Some(portal.signer.sign(&claims).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_lets_in_those_whom_its_option_names_and_nobody_else() {
    let portal = Portal::start().await.unwrap();
    let mut wrong = String::new();
    let mut calls = 0;

    for service in SERVICES {
        for caller in everyone() {
            let channel = portal.channel(service, caller.process).unwrap();
            let token = token(&portal, &caller.who, service);
            for path in methods_of(service) {
                let code = call(channel.clone(), &path, token.as_deref()).await;
                // Past the gate an empty request is refused for what it lacks; a handler that asks for a session of the
                // caller's own says so in another way than these two.
                let let_in = !matches!(code, Code::PermissionDenied | Code::Unauthenticated);
                let anonymous = TABLE[&path].anonymous;
                let expected = expected(&TABLE[&path], &caller);
                calls += 1;
                if let_in != expected && !(anonymous && expected && code == Code::Unauthenticated) {
                    writeln!(
                        wrong,
                        "{path} by {caller:?}: {code:?}, expected to be let in: {expected}"
                    )
                    .unwrap();
                }
            }
        }
    }

    assert!(wrong.is_empty(), "of {calls} calls:\n{wrong}");
    portal.stop().await.unwrap();
}

/// The methods that a service's process serves: its own package's, and those of operators.
fn methods_of(service: &str) -> Vec<String> {
    let package = format!("casework.{}.v1", service.replace('-', "_"));
    let mut methods: Vec<String> = DESCRIPTORS
        .services()
        .filter(|it| it.package_name() == package || it.package_name() == "casework.operations.v1")
        .flat_map(|it| {
            let name = it.full_name().to_owned();
            it.methods()
                .map(|method| format!("/{name}/{}", method.name()))
                .collect::<Vec<_>>()
        })
        .collect();
    methods.sort();
    methods
}

#[test]
fn every_service_of_the_contract_is_served_by_a_process() {
    let served: Vec<String> = SERVICES
        .iter()
        .flat_map(|service| methods_of(service))
        .collect();

    for path in TABLE.keys() {
        assert!(served.contains(path), "{path} belongs to no process");
    }
}
