//! What tests start from.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kit::Clock;
use kit::config::PeerConfig;
use mailbox::{Mail, Mailbox};
use notification::app::{App, Manners};
use notification::cases::Cases;
use notification::complaints::Complaints;
use notification::config::{Config, SmtpConfig, TeamAddresses};
use notification::identity::Identity;
use notification::sender::Sender;
use outbox::{Event, Outcome, Retry};
use proto::case::v1::{CaseFacts, CaseMoved, CaseOpened, Status as CaseStatus, Team};
use proto::identity::v1::delivery_service_server::{DeliveryService, DeliveryServiceServer};
use proto::identity::v1::get_recipient_request::To;
use proto::identity::v1::{self as identity, LandlordActivated, Recipient};
use proto::notification::v1::notification_service_client::NotificationServiceClient;
use proto::notification::v1::notification_service_server::NotificationServiceServer;
use proto::notification::v1::template_service_client::TemplateServiceClient;
use proto::notification::v1::template_service_server::TemplateServiceServer;
use proto::notification::v1::{CountUnreadNoticesRequest, ListNoticesRequest, Notice};
use proto::service_complaint::v1 as complaint;
use proto::service_complaint::v1::link_delivery_service_server::{
    LinkDeliveryService, LinkDeliveryServiceServer,
};
use proto::task::v1::TaskFacts;
use sqlx::PgPool;
use testkit::{Caller, Channel, Served};
use tonic::{Request, Response, Status};
use uuid::Uuid;

pub type Client = NotificationServiceClient<Channel>;

pub const GATHER: TimeDelta = TimeDelta::minutes(5);

/// The shared address of the one casework team that has one.
pub const TRIAGE: &str = "triage@ombudsman.example";

/// The shared address of Customer Insight.
pub const INSIGHT: &str = "insight@ombudsman.example";

/// A notification service with an identity service and a mail server beside it.
pub struct World {
    pub db: PgPool,
    pub clock: Clock,
    pub app: App,
    pub people: People,
    pub mailbox: Mailbox,
    pub sender: Sender,
    pub identity: Served,
    notification: Served,
}

/// Half past nine in the morning in London.
pub fn now() -> DateTime<Utc> {
    "2025-06-10T08:30:00Z".parse().unwrap()
}

pub async fn a_world(db: &PgPool) -> World {
    let clock = Clock::fixed(now());
    let people = People::default();
    let identity = {
        let delivery = DeliveryServiceServer::new(people.clone());
        let links = LinkDeliveryServiceServer::new(people.clone());
        testkit::serve_at("identity", clock.clone(), |server| {
            server.add_service(delivery).add_service(links)
        })
        .await
    };
    let mailbox = Mailbox::start(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap();
    let manners = Manners::of(&settings(&mailbox.url())).unwrap();
    let app = App::new(db.clone(), clock.clone(), manners);
    let notification = {
        let notices = NotificationServiceServer::new(app.clone());
        let templates = TemplateServiceServer::new(app.clone());
        testkit::serve_at("notification", clock.clone(), |server| {
            server.add_service(notices).add_service(templates)
        })
        .await
    };
    let sender = a_sender(&app, &identity.url(), &mailbox.url());
    World {
        db: db.clone(),
        clock,
        app,
        people,
        mailbox,
        sender,
        identity,
        notification,
    }
}

/// A sender to a mail server.
pub fn a_sender(app: &App, identity_url: &str, smtp_url: &str) -> Sender {
    // Nothing but letters asks others than identity.
    a_sender_of_letters(app, (identity_url, identity_url), smtp_url)
}

/// A sender to a mail server that asks identity, and another service for the letters that it has.
pub fn a_sender_of_letters(app: &App, (identity, letters): (&str, &str), smtp: &str) -> Sender {
    let channel = |url: &str| {
        let peer = PeerConfig {
            url: url.to_owned(),
        };
        kit::client::channel(&peer, &testkit::tls("notification")).unwrap()
    };
    let identity = Identity::new(channel(identity));
    let complaints = Complaints::new(channel(letters));
    let cases = Cases::new(channel(letters));
    Sender::new(app.clone(), identity, complaints, cases, &settings(smtp)).unwrap()
}

/// The settings of emails.
pub fn settings(smtp_url: &str) -> Config {
    Config {
        smtp: SmtpConfig {
            url: smtp_url.into(),
            ..SmtpConfig::default()
        },
        from: "Casework Portal <no-reply@portal.example>".into(),
        support_address: "help@portal.example".into(),
        complaints_address: "complaints@portal.example".into(),
        portal_url: "https://portal.example".into(),
        team_addresses: TeamAddresses {
            triage: TRIAGE.into(),
            customer_insight: INSIGHT.into(),
            ..TeamAddresses::default()
        },
        ..Config::default()
    }
}

impl World {
    /// A client as the gateway uses it.
    pub fn client(&self, caller: &Caller) -> Client {
        NotificationServiceClient::new(self.notification.client("gateway", caller.clone()))
    }

    /// A client of the templates.
    pub fn templates(&self, caller: &Caller) -> TemplateServiceClient<Channel> {
        TemplateServiceClient::new(self.notification.client("gateway", caller.clone()))
    }

    /// Brings an event of another service.
    pub async fn hear<E: prost::Message + prost::Name>(&self, message: &E) -> Event {
        let event = outbox::testing::event_at(message, self.clock.now());
        assert_eq!(self.deliver(&event).await.unwrap(), Outcome::Handled);
        event
    }

    /// Delivers an event, perhaps not for the first time.
    pub async fn deliver(&self, event: &Event) -> Result<Outcome, Retry> {
        outbox::deliver(&self.db, &self.app, event).await
    }

    /// Tries what is due and gives all that has arrived so far, in order.
    pub async fn send(&self) -> Vec<Mail> {
        self.sender.once().await.unwrap();
        self.arrived()
    }

    /// All that has arrived so far, in order.
    pub fn arrived(&self) -> Vec<Mail> {
        let mut mails = self.mailbox.messages();
        mails.sort_by_key(|mail| mail.id);
        mails
    }

    /// Waits for an email to somebody.
    pub async fn mail_to(&self, address: &str) -> Mail {
        let mail = self
            .mailbox
            .wait_for(|mail| mail.is_to(address), Duration::from_mins(1))
            .await;
        mail.unwrap_or_else(|| panic!("no email to {address}"))
    }

    /// Lets the time pass that bursts are gathered for.
    pub fn gathered(&self) {
        self.clock.advance(GATHER);
    }

    /// Identity announces whether a member of staff can be given work.
    pub async fn staff(&self, account_id: Uuid, active: bool) -> Event {
        self.hear(&identity::StaffChanged {
            account_id: account_id.to_string(),
            name: "Casey Worker".into(),
            team: String::new(),
            active,
            role: proto::access::v1::Role::Caseworker.into(),
        })
        .await
    }

    /// A landlord whose portal is in use since 2020, with its administrator's address.
    pub async fn a_landlord(&self, address: &str) -> Uuid {
        let landlord_id = self.people.landlord(address);
        let activated_on = "2020-01-01".to_owned();
        self.hear(&LandlordActivated {
            landlord_id: landlord_id.to_string(),
            activated_on,
        })
        .await;
        landlord_id
    }

    /// A case that is known from an import, so that nobody was told of it yet.
    pub async fn a_case(&self, landlord_id: Uuid, owner: Option<Uuid>) -> Uuid {
        let facts = facts(landlord_id, owner);
        let case_id = facts.case_id.parse().unwrap();
        self.hear(&proto::case::v1::CaseImported { facts: Some(facts) })
            .await;
        case_id
    }

    /// Closes a case on a date, which its landlord is told.
    pub async fn close(&self, case_id: Uuid, landlord_id: Uuid, on: NaiveDate) -> Event {
        let facts = CaseFacts {
            case_id: case_id.to_string(),
            status: CaseStatus::Closed.into(),
            closed_on: kit::time::iso(on),
            version: 9,
            ..facts(landlord_id, None)
        };
        self.hear(&CaseMoved {
            facts: Some(facts),
            status_label: "Case closed".into(),
            ..CaseMoved::default()
        })
        .await
    }

    /// Opens a case, which its landlord is told.
    pub async fn open(&self, landlord_id: Uuid) -> Event {
        self.hear(&CaseOpened {
            facts: Some(facts(landlord_id, None)),
        })
        .await
    }

    /// Somebody's notices, newest first.
    pub async fn notices(&self, caller: &Caller) -> Vec<Notice> {
        self.client(caller)
            .list_notices(ListNoticesRequest::default())
            .await
            .unwrap()
            .into_inner()
            .notices
    }

    /// How many of them are unread.
    pub async fn unread(&self, caller: &Caller) -> i32 {
        self.client(caller)
            .count_unread_notices(CountUnreadNoticesRequest {})
            .await
            .unwrap()
            .into_inner()
            .unread
    }

    /// The state of the one email that there is.
    pub async fn state(&self) -> String {
        sqlx::query_scalar("select state from emails")
            .fetch_one(&self.db)
            .await
            .unwrap()
    }
}

pub fn facts(landlord_id: Uuid, owner: Option<Uuid>) -> CaseFacts {
    CaseFacts {
        case_id: kit::id().to_string(),
        reference: "202512345".to_owned(),
        landlord_id: landlord_id.to_string(),
        landlord_name: "TEST TEST Landlord".to_owned(),
        complainant: "Ms R".to_owned(),
        status: CaseStatus::EvidenceGathering.into(),
        owner_account_id: owner.map(|id| id.to_string()).unwrap_or_default(),
        opened_on: "2025-01-02".to_owned(),
        closed_on: String::new(),
        version: 1,
        team: Team::Triage.into(),
    }
}

pub fn task(case_id: Uuid, open: bool) -> TaskFacts {
    TaskFacts {
        task_id: kit::id().to_string(),
        case_id: case_id.to_string(),
        title: "Provide stage one response".to_owned(),
        set_on: "2025-06-01".to_owned(),
        due_on: "2025-06-13".to_owned(),
        open,
        version: 1,
    }
}

/// Another service's part of the contract: who has which address, and the secrets that it mints.
#[derive(Clone, Default)]
pub struct People(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    recipients: HashMap<Uuid, Recipient>,
    /// Log-ins and resets that are not over.
    open: HashMap<Uuid, Recipient>,
    minted: Vec<String>,
}

impl People {
    /// An account that can log in.
    pub fn account(&self, address: &str) -> Uuid {
        let id = kit::id();
        self.know(id, recipient(id, address));
        id
    }

    /// The same under another name.
    pub fn account_named(&self, address: &str, name: &str) -> Uuid {
        let id = kit::id();
        let name = name.to_owned();
        self.know(
            id,
            Recipient {
                name,
                ..recipient(id, address)
            },
        );
        id
    }

    /// A landlord with its administrator.
    pub fn landlord(&self, address: &str) -> Uuid {
        let landlord_id = kit::id();
        self.know(landlord_id, recipient(kit::id(), address));
        landlord_id
    }

    /// A former address of an account.
    pub fn former_address(&self, account_id: Uuid, address: &str) -> Uuid {
        let id = kit::id();
        self.know(id, recipient(account_id, address));
        id
    }

    /// Takes the right to log in from whoever is known by an id.
    pub fn deactivate(&self, id: Uuid) {
        self.0
            .lock()
            .unwrap()
            .recipients
            .get_mut(&id)
            .unwrap()
            .active = false;
    }

    /// Gives whoever is known by an id another address.
    pub fn readdress(&self, id: Uuid, address: &str) {
        self.know(id, recipient(id, address));
    }

    /// A log-in or a reset that waits for its secret.
    pub fn begin(&self, address: &str) -> Uuid {
        let id = kit::id();
        self.0
            .lock()
            .unwrap()
            .open
            .insert(id, recipient(kit::id(), address));
        id
    }

    /// The log-in or the reset is over.
    pub fn finish(&self, id: Uuid) {
        self.0.lock().unwrap().open.remove(&id);
    }

    /// Every secret that was minted, in order.
    pub fn minted(&self) -> Vec<String> {
        self.0.lock().unwrap().minted.clone()
    }

    fn know(&self, id: Uuid, recipient: Recipient) {
        self.0.lock().unwrap().recipients.insert(id, recipient);
    }

    fn mint(&self, id: &str) -> Result<(String, Recipient), Status> {
        let mut known = self.0.lock().unwrap();
        let over = || Status::failed_precondition("nothing to send");
        let recipient = known
            .open
            .get(&id.parse().unwrap())
            .cloned()
            .ok_or_else(over)?;
        // Nothing else in a database can look like it.
        let secret = format!("canary-{}", known.minted.len());
        known.minted.push(secret.clone());
        Ok((secret, recipient))
    }
}

fn recipient(account_id: Uuid, address: &str) -> Recipient {
    Recipient {
        account_id: account_id.to_string(),
        name: "Ada O'Neill".into(),
        address: address.into(),
        active: true,
    }
}

#[tonic::async_trait]
impl DeliveryService for People {
    async fn mint_login_code(
        &self,
        request: Request<identity::MintLoginCodeRequest>,
    ) -> Result<Response<identity::MintLoginCodeResponse>, Status> {
        let (code, recipient) = self.mint(&request.into_inner().login_id)?;
        let expires_at = Some(kit::time::timestamp(now() + TimeDelta::minutes(10)));
        Ok(Response::new(identity::MintLoginCodeResponse {
            code,
            recipient: Some(recipient),
            expires_at,
        }))
    }

    async fn mint_reset_link(
        &self,
        request: Request<identity::MintResetLinkRequest>,
    ) -> Result<Response<identity::MintResetLinkResponse>, Status> {
        let (reset_token, recipient) = self.mint(&request.into_inner().reset_id)?;
        let expires_at = Some(kit::time::timestamp(now() + TimeDelta::hours(1)));
        Ok(Response::new(identity::MintResetLinkResponse {
            reset_token,
            recipient: Some(recipient),
            expires_at,
        }))
    }

    async fn get_recipient(
        &self,
        request: Request<identity::GetRecipientRequest>,
    ) -> Result<Response<Recipient>, Status> {
        let (To::AccountId(id) | To::LandlordId(id) | To::FormerAddressId(id)) =
            request.into_inner().to.unwrap();
        let known = self.0.lock().unwrap();
        let recipient = known.recipients.get(&id.parse().unwrap()).cloned();
        recipient
            .map(Response::new)
            .ok_or_else(|| Status::not_found("there is no such account"))
    }
}

#[tonic::async_trait]
impl LinkDeliveryService for People {
    async fn mint_link(
        &self,
        request: Request<complaint::MintLinkRequest>,
    ) -> Result<Response<complaint::MintLinkResponse>, Status> {
        let (link_token, recipient) = self.mint(&request.into_inner().request_id)?;
        Ok(Response::new(complaint::MintLinkResponse {
            link_token,
            expires_at: Some(kit::time::timestamp(now() + TimeDelta::days(180))),
            name: recipient.name,
            address: recipient.address,
            reference: "SC202500001".to_owned(),
            received_on: "2025-06-10".to_owned(),
            acknowledgement_due_on: "2025-06-17".to_owned(),
        }))
    }
}
