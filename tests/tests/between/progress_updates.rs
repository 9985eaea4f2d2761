//! A progress update on its way from casework to the complainant, and back when nobody takes it (CA-10, NO-3).

use std::time::Duration;

use kit::Clock;
use proto::access::v1::Role;
use proto::case::v1::contact_service_client::ContactServiceClient;
use proto::case::v1::{
    Case, Channel, Contact, ContactReason, GiveUpdateRequest, ListContactsRequest,
};
use testkit::eventually;
use tests::Portal;
use tests::colleague::Colleague;

use crate::a_case;

const WRONG: &str = "asha.verm@example.org";
const RIGHT: &str = "asha.verma@example.org";
const WORDS: &str = "We are still waiting for the landlord's records.";

async fn send(caseworker: &Colleague<'_>, case: &Case, address: &str) {
    let request = GiveUpdateRequest {
        request_id: kit::id().to_string(),
        case_id: case.id.clone(),
        words: WORDS.to_owned(),
        channel: Channel::Portal.into(),
        given_on: kit::time::iso(Clock::system().today()),
        address: address.to_owned(),
        ..GiveUpdateRequest::default()
    };
    let request = caseworker.to("case", request);
    contacts(caseworker).give_update(request).await.unwrap();
}

fn contacts(caseworker: &Colleague<'_>) -> ContactServiceClient<kit::client::Channel> {
    ContactServiceClient::new(caseworker.portal.channel("case", "gateway").unwrap())
}

async fn owed(caseworker: &Colleague<'_>, case: &Case) -> Vec<Contact> {
    let request = ListContactsRequest {
        case_id: case.id.clone(),
        ..ListContactsRequest::default()
    };
    let request = caseworker.to("case", request);
    let listed = contacts(caseworker).list_contacts(request).await.unwrap();
    listed.into_inner().contacts
}

#[tokio::test(flavor = "multi_thread")]
async fn ca_10_an_update_reaches_the_complainant_and_one_that_nobody_takes_is_owed_again() {
    let portal = Portal::start().await.unwrap();
    let caseworker = Colleague {
        portal: &portal,
        account_id: kit::id(),
        role: Role::Caseworker,
    };
    let case = a_case(&portal, &caseworker).await;
    portal.mailbox.refuse(WRONG);

    send(&caseworker, &case, WRONG).await;
    let again = eventually("the update is owed again", || async {
        owed(&caseworker, &case).await.pop()
    })
    .await;
    assert_eq!(again.reason(), ContactReason::Refused);
    send(&caseworker, &case, RIGHT).await;

    let arrived = portal
        .mailbox
        .wait_for(|mail| mail.is_to(RIGHT), Duration::from_secs(30));
    let arrived = arrived.await.expect("the email arrives");
    assert!(arrived.text.contains(WORDS), "{}", arrived.text);
    assert!(
        arrived.text.starts_with("Hello Asha Verma,"),
        "{}",
        arrived.text
    );
    assert!(arrived.subject.contains(&case.reference));
    assert!(owed(&caseworker, &case).await.is_empty());
    portal.stop().await.unwrap();
}
