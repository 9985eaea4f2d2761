//! The table of who may call what, read from the `access` option of every method.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost::Message as _;
use prost_reflect::DescriptorPool;
use proto::access::v1::Access;

use crate::caller::Caller;

/// Processes that may carry a person's or a client's call when the method names none.
pub const USUAL_CARRIERS: [&str; 3] = ["gateway", "casework", "client"];

/// The descriptors of the whole contract.
pub static DESCRIPTORS: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(proto::DESCRIPTORS).expect("the descriptors were encoded by this build")
});

/// Every method by its path, such as `/casework.case.v1.CaseService/GetCase`; one without a row may be called by nobody.
pub static TABLE: LazyLock<HashMap<String, Access>> = LazyLock::new(|| {
    let option = DESCRIPTORS
        .get_extension_by_name("casework.access.v1.access")
        .expect("the contract declares it");
    let mut table = HashMap::new();
    for service in DESCRIPTORS.services() {
        for method in service.methods() {
            let options = method.options();
            if !options.has_extension(&option) {
                continue;
            }
            let value = options.get_extension(&option);
            let bytes = value
                .as_message()
                .expect("the option is a message")
                .encode_to_vec();
            let access = Access::decode(bytes.as_slice()).expect("the option is an Access");
            table.insert(
                format!("/{}/{}", service.full_name(), method.name()),
                access,
            );
        }
    }
    table
});

/// Why a call is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// The method has no row.
    #[error("nobody may call this")]
    NoRow,
    /// The process that carries the call may not.
    #[error("this process may not call this")]
    Carrier,
    /// The method wants a caller and there is none.
    #[error("log in first")]
    NoCaller,
    /// The caller's role, scope or process is not among those allowed.
    #[error("you may not do this")]
    Caller,
}

/// Decides whether `carrier`, the process at the other end of the connection, may make a call for `caller`.
pub fn decide(path: &str, carrier: &str, caller: &Caller) -> Result<(), Denial> {
    let access = TABLE.get(path).ok_or(Denial::NoRow)?;
    let may_carry = if access.carriers.is_empty() {
        USUAL_CARRIERS.contains(&carrier)
    } else {
        access.carriers.iter().any(|it| it == carrier)
    };
    if !may_carry {
        return Err(Denial::Carrier);
    }
    let allowed = match caller {
        Caller::Anonymous => access.anonymous,
        Caller::Person(person) => {
            access.anonymous || access.roles().any(|role| role == person.role)
        }
        Caller::Client(client) => {
            access.anonymous || access.scopes.iter().any(|it| client.scopes.contains(it))
        }
        Caller::Process(name) => access.processes.contains(name),
    };
    match caller {
        _ if allowed => Ok(()),
        Caller::Anonymous => Err(Denial::NoCaller),
        _ => Err(Denial::Caller),
    }
}

#[cfg(test)]
mod tests {
    use proto::access::v1::Role;

    use super::*;
    use crate::caller::{Client, Person};

    const OPEN_CASE: &str = "/casework.case.v1.CaseService/OpenCase";

    fn person(role: Role) -> Caller {
        Caller::Person(Person {
            account_id: crate::id(),
            name: "Dani".to_owned(),
            role,
            landlord: None,
            team: None,
            session_id: None,
            through: None,
        })
    }

    fn client(scope: &str) -> Caller {
        Caller::Client(Client {
            client_id: crate::id(),
            name: "Intake".to_owned(),
            scopes: vec![scope.to_owned()],
        })
    }

    #[test]
    fn every_method_of_the_contract_has_a_row_that_lets_somebody_in() {
        for service in DESCRIPTORS.services() {
            for method in service.methods() {
                let path = format!("/{}/{}", service.full_name(), method.name());
                let row = TABLE
                    .get(&path)
                    .unwrap_or_else(|| panic!("{path} has no access option"));
                let open = row.anonymous
                    || !row.roles.is_empty()
                    || !row.scopes.is_empty()
                    || !row.processes.is_empty();
                assert!(open, "{path} lets nobody in");
                assert!(
                    !row.roles().any(|role| role == Role::Unspecified),
                    "{path} lets in a role that is none"
                );
            }
        }
    }

    #[test]
    fn a_method_without_a_row_is_for_nobody() {
        assert_eq!(
            decide(
                "/casework.case.v1.CaseService/DropCase",
                "gateway",
                &client("cases")
            ),
            Err(Denial::NoRow)
        );
    }

    #[test]
    fn a_landlord_may_not_open_a_case_and_a_caseworker_may() {
        assert_eq!(
            decide(OPEN_CASE, "gateway", &person(Role::LandlordAdministrator)),
            Err(Denial::Caller)
        );
        assert_eq!(
            decide(OPEN_CASE, "gateway", &person(Role::Caseworker)),
            Ok(())
        );
    }

    #[test]
    fn a_client_needs_the_scope() {
        assert_eq!(decide(OPEN_CASE, "client", &client("cases")), Ok(()));
        assert_eq!(
            decide(OPEN_CASE, "client", &client("tasks")),
            Err(Denial::Caller)
        );
    }

    #[test]
    fn nobody_is_told_to_log_in_and_another_service_is_turned_away() {
        assert_eq!(
            decide(OPEN_CASE, "gateway", &Caller::Anonymous),
            Err(Denial::NoCaller)
        );
        assert_eq!(
            decide(OPEN_CASE, "task", &person(Role::Caseworker)),
            Err(Denial::Carrier)
        );
    }

    #[test]
    fn a_secret_is_minted_for_notification_as_itself_and_for_nobody_else() {
        let mint = "/casework.identity.v1.DeliveryService/MintLoginCode";

        assert_eq!(
            decide(
                mint,
                "notification",
                &Caller::Process("notification".to_owned())
            ),
            Ok(())
        );
        assert_eq!(
            decide(mint, "gateway", &Caller::Process("gateway".to_owned())),
            Err(Denial::Carrier)
        );
        assert_eq!(
            decide(mint, "notification", &person(Role::SystemAdministrator)),
            Err(Denial::Caller)
        );
    }
}
