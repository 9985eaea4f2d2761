//! What the frame of every page needs.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum_extra::extract::cookie::CookieJar;
use proto::access::v1::Role;
use proto::messaging::v1::CountUnreadRequest;
use proto::notification::v1::CountUnreadNoticesRequest;

use crate::assets::Assets;
use crate::flash::Flash;
use crate::pages::{casework, insight};
use crate::problem::Problem;
use crate::session::{LoggedIn, Session};
use crate::view::MenuItem;
use crate::{Edge, cookies, csrf};

/// How long before its end a quiet session is warned of, in seconds (ID-10).
const WARN_SECONDS: u64 = 5 * 60;

/// What the frame of a page needs.
pub(crate) struct Page {
    /// Where to write when something does not work.
    pub(crate) support_email: String,
    /// The address that our emails come from.
    pub(crate) sender: String,
    /// The token of every form on the page.
    pub(crate) csrf: String,
    /// Who is logged in.
    pub(crate) account: Option<PageAccount>,
    /// What the last request did.
    pub(crate) flash: Option<Flash>,
    /// Which menu the page belongs to.
    pub(crate) area: Area,
    assets: Arc<Assets>,
}

/// Who is logged in, as the frame shows it.
pub(crate) struct PageAccount {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) organisation: String,
    pub(crate) administrator: bool,
    pub(crate) unread: u32,
    /// Whether the person's work is casework.
    pub(crate) casework: bool,
    /// Messages that are not read; `None` for those whose work is not on cases.
    pub(crate) messages: Option<u32>,
    /// The pages of the Customer Insight workspace, for those who see it.
    pub(crate) insight: Vec<MenuItem>,
    pub(crate) seconds_left: u64,
    pub(crate) warn_seconds: u64,
}

/// Which menu a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    Cases,
    Tasks,
    Messages,
    ServiceComplaints,
    Account,
    Other,
}

impl Page {
    /// The address of a built file.
    pub(crate) fn asset(&self, name: &str) -> String {
        self.assets.address(name)
    }

    /// The frame without the header's counts and what the last request did, for when something is wrong already.
    pub(crate) async fn plain(edge: &Edge, parts: &Parts, area: Area) -> Self {
        let jar = CookieJar::from_headers(&parts.headers);
        let session = match jar.get(cookies::SESSION) {
            Some(cookie) => edge.sessions.look(cookie.value()).await.ok(),
            None => None,
        };
        let session = session.filter(|session| session.restriction.is_none());
        let csrf = jar
            .get(cookies::BROWSER)
            .map(|it| csrf::token(it.value()))
            .unwrap_or_default();
        Self {
            support_email: edge.config.support_email.clone(),
            sender: edge.config.sender().to_owned(),
            csrf,
            account: session.map(|session| account(&session, 0, on_cases(&session).then_some(0))),
            flash: None,
            area,
            assets: edge.assets.clone(),
        }
    }
}

fn account(session: &Session, unread: u32, messages: Option<u32>) -> PageAccount {
    let left = session.idle_seconds_left.min(session.absolute_seconds_left);
    PageAccount {
        id: session.account.id.clone(),
        name: session.account.name.clone(),
        organisation: session.account.landlord_name.clone(),
        administrator: session.is_administrator(),
        casework: casework::is_casework(session.account.role()),
        unread,
        messages,
        insight: insight::menu(session.account.role()),
        seconds_left: u64::try_from(left).unwrap_or(0),
        warn_seconds: WARN_SECONDS,
    }
}

/// What a handler needs to make a page: the cookies that go out with it, and whoever is logged in.
pub(crate) struct Frame {
    /// The cookies of the answer.
    pub(crate) jar: CookieJar,
    session: Option<Arc<Session>>,
    csrf: String,
    flash: Option<Flash>,
    edge: Edge,
}

impl FromRequestParts<Edge> for Frame {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Problem> {
        let session =
            <LoggedIn as OptionalFromRequestParts<Edge>>::from_request_parts(parts, edge).await?;
        let session = session.map(|it| it.0).filter(|it| it.restriction.is_none());
        Ok(Self::new(parts, edge, session))
    }
}

/// A frame for nobody, whoever is logged in: identity is not asked, so opening its page is no activity.
pub(crate) struct PlainFrame(pub(crate) Frame);

impl FromRequestParts<Edge> for PlainFrame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Infallible> {
        Ok(Self(Frame::new(parts, edge, None)))
    }
}

impl Frame {
    fn new(parts: &Parts, edge: &Edge, session: Option<Arc<Session>>) -> Self {
        let (flash, mut jar) = Flash::take(CookieJar::from_headers(&parts.headers));
        let browser = if let Some(cookie) = jar.get(cookies::BROWSER) {
            cookie.value().to_owned()
        } else {
            let fresh = cookies::random();
            jar = cookies::set(jar, cookies::BROWSER, fresh.clone());
            fresh
        };
        Self {
            jar,
            session,
            csrf: csrf::token(&browser),
            flash,
            edge: edge.clone(),
        }
    }

    /// Makes the frame's part of the page, and gives back the cookies that must go out with it. It asks for the header's counts, so call it
    /// beside the page's other calls.
    pub(crate) async fn page(self, area: Area) -> (CookieJar, Page) {
        let Self {
            jar,
            session,
            csrf,
            flash,
            edge,
        } = self;
        let account = match session {
            Some(session) => {
                let (notices, messages) =
                    tokio::join!(unread(&edge, &session), unread_messages(&edge, &session));
                Some(account(&session, notices, messages))
            }
            None => None,
        };
        let page = Page {
            support_email: edge.config.support_email.clone(),
            sender: edge.config.sender().to_owned(),
            csrf,
            account,
            flash,
            area,
            assets: edge.assets.clone(),
        };
        (jar, page)
    }
}

/// Whether the person's work is on cases, which is who has messages.
fn on_cases(session: &Session) -> bool {
    match session.account.role() {
        Role::LandlordAdministrator
        | Role::LandlordSubAccount
        | Role::Caseworker
        | Role::SeniorColleague => true,
        Role::Unspecified
        | Role::ComplaintsInvestigator
        | Role::CustomerInsightManager
        | Role::SystemAdministrator
        | Role::IndependentReviewer => false,
    }
}

/// How many messages the person has not read (ME-4). A page is worth showing without it.
async fn unread_messages(edge: &Edge, session: &Session) -> Option<u32> {
    if !on_cases(session) {
        return None;
    }
    let request = session.to("messaging", CountUnreadRequest::default());
    match edge.clients.messaging.clone().count_unread(request).await {
        Ok(counts) => Some(u32::try_from(counts.into_inner().total).unwrap_or(0)),
        Err(status) => {
            tracing::warn!(code = ?status.code(), "the count of unread messages is missing");
            Some(0)
        }
    }
}

/// The bell's count. A page is worth showing without it.
async fn unread(edge: &Edge, session: &Session) -> u32 {
    let request = session.to("notification", CountUnreadNoticesRequest {});
    match edge
        .clients
        .notification
        .clone()
        .count_unread_notices(request)
        .await
    {
        Ok(response) => u32::try_from(response.into_inner().unread).unwrap_or(0),
        Err(status) => {
            tracing::warn!(code = ?status.code(), "the bell's count is missing");
            0
        }
    }
}
