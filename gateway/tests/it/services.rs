//! Stand-ins for the services: they know one person, one case and one document, and remember what was asked of them.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use futures::{FutureExt as _, future, stream};
use prost::Message;
use proto::access::v1::Role;
use proto::case::v1::{Case, GetCaseRequest};
use proto::document::v1::upload_document_request::Piece;
use proto::document::v1::{
    Document, DocumentState, DownloadDocumentRequest, DownloadDocumentResponse, DownloadLink,
    DownloadLinkedFileRequest, DownloadLinkedFileResponse, End, GetDocumentRequest,
    GetLinkedFileRequest, IssueDownloadLinkRequest, NewDocument, UploadDocumentRequest,
};
use proto::identity::v1::{
    Account, CheckSessionRequest, CheckSessionResponse, EndSessionRequest, EndSessionResponse,
    SendCodeRequest, SendCodeResponse, StartLoginRequest, StartLoginResponse, VerifyCodeRequest,
    VerifyCodeResponse,
};
use testkit::Caller;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;
use tower::{Service, service_fn};

/// The secret of a session that is alive.
pub const SESSION: &str = "the-secret-of-a-session";
/// The secret of the session that a log-in begins.
pub const NEW_SESSION: &str = "the-secret-of-a-new-session";
/// The session of a manager of Customer Insight.
pub const MANAGER_SESSION: &str = "the-session-of-a-manager";
/// The session of a caseworker.
pub const CASEWORKER_SESSION: &str = "the-session-of-a-caseworker";
/// The name of the document, chosen by somebody who means no good.
const NAME: &str = "Grüße\"; x=.html";
/// The secret of a link to the document.
pub const LINK: &str = "the-secret-of-a-link";
/// What is in the document.
pub const CONTENT: &[u8] = b"<script>alert(1)</script>";

/// All that stands behind the gateway.
#[derive(Clone)]
pub struct Services {
    person: Caller,
    seen: Arc<Mutex<Seen>>,
}

/// What was asked of the services.
#[derive(Default)]
struct Seen {
    methods: Vec<String>,
    content_arrived: bool,
    kept: Vec<Vec<u8>>,
    described: Vec<NewDocument>,
}

impl Services {
    pub fn new() -> Self {
        Self {
            person: testkit::a_landlord_administrator(kit::id()),
            seen: Arc::default(),
        }
    }

    /// Whether a method was called.
    pub fn heard(&self, method: &str) -> bool {
        self.seen
            .lock()
            .unwrap()
            .methods
            .iter()
            .any(|it| it == method)
    }

    /// Every method that was called, in order.
    pub fn heard_in_all(&self) -> Vec<String> {
        self.seen.lock().unwrap().methods.clone()
    }

    /// Whether some content of a file has come.
    pub fn content_arrived(&self) -> bool {
        self.seen.lock().unwrap().content_arrived
    }

    /// The files that came whole.
    pub fn kept(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().kept.clone()
    }

    /// What was said of each file, before its content.
    pub fn described(&self) -> Vec<NewDocument> {
        self.seen.lock().unwrap().described.clone()
    }

    async fn answer(self, request: http::Request<Body>) -> http::Response<Body> {
        let path = request.uri().path();
        let method = path.rsplit('/').next().unwrap_or_default().to_owned();
        self.seen.lock().unwrap().methods.push(method.clone());
        match method.as_str() {
            "StartLogin" => unary(request, |_: StartLoginRequest| Ok(started())).await,
            "SendCode" => unary(request, |_: SendCodeRequest| Ok(code_sent())).await,
            "VerifyCode" => unary(request, |_: VerifyCodeRequest| Ok(self.logged_in())).await,
            "CheckSession" => unary(request, |asked| self.session(&asked)).await,
            "EndSession" => unary(request, |_: EndSessionRequest| Ok(EndSessionResponse {})).await,
            "GetCase" => unary(request, |asked| Ok(case(asked))).await,
            "GetDocument" => unary(request, |asked| Ok(document(asked))).await,
            "IssueDownloadLink" => unary(request, |_: IssueDownloadLinkRequest| Ok(link())).await,
            "GetLinkedFile" => unary(request, |asked| linked(&asked)).await,
            "DownloadDocument" => download(request).await,
            "DownloadLinkedFile" => download_linked(request).await,
            "UploadDocument" => {
                let upload = service_fn(move |pieces| self.clone().upload(pieces));
                Grpc::new(ProstCodec::default())
                    .client_streaming(upload, request)
                    .await
            }
            _ => Status::unimplemented("nothing stands in for this method").into_http(),
        }
    }

    fn session(&self, asked: &CheckSessionRequest) -> Result<CheckSessionResponse, Status> {
        let role = match asked.session_token.as_str() {
            SESSION | NEW_SESSION => Role::LandlordAdministrator,
            MANAGER_SESSION => Role::CustomerInsightManager,
            CASEWORKER_SESSION => Role::Caseworker,
            _ => return Err(Status::unauthenticated("there is no such session")),
        };
        let caller = match role {
            Role::LandlordAdministrator => self.person.clone(),
            staff => testkit::a(staff),
        };
        let token = |audience: &String| (audience.clone(), caller.token(audience));
        Ok(CheckSessionResponse {
            account: Some(self.account(role)),
            tokens: asked.audiences.iter().map(token).collect(),
            idle_seconds_left: 900,
            absolute_seconds_left: 3_600,
            ..CheckSessionResponse::default()
        })
    }

    fn logged_in(&self) -> VerifyCodeResponse {
        VerifyCodeResponse {
            session_token: NEW_SESSION.to_owned(),
            device_token: "the-secret-of-a-device".to_owned(),
            account: Some(self.account(Role::LandlordAdministrator)),
        }
    }

    fn account(&self, role: Role) -> Account {
        let landlord_id = if role == Role::LandlordAdministrator {
            kit::id().to_string()
        } else {
            String::new()
        };
        Account {
            id: self.person.id().to_string(),
            name: "Ada Administrator".to_owned(),
            role: role.into(),
            landlord_id,
            active: true,
            ..Account::default()
        }
    }

    /// Keeps what came whole, and nothing else.
    async fn upload(
        self,
        request: Request<Streaming<UploadDocumentRequest>>,
    ) -> Result<Response<Document>, Status> {
        let mut pieces = request.into_inner();
        let mut content = Vec::new();
        let size = loop {
            match pieces.message().await?.and_then(|it| it.piece) {
                Some(Piece::Document(new)) => self.seen.lock().unwrap().described.push(new),
                Some(Piece::Content(bytes)) => {
                    content.extend(bytes);
                    self.seen.lock().unwrap().content_arrived = true;
                }
                Some(Piece::End(End { size })) => break size,
                None => return Err(Status::invalid_argument("it was cut off")),
            }
        };
        if usize::try_from(size) != Ok(content.len()) {
            return Err(Status::invalid_argument("it has another size"));
        }
        self.seen.lock().unwrap().kept.push(content);
        Ok(Response::new(Document::default()))
    }
}

fn started() -> StartLoginResponse {
    StartLoginResponse {
        login_token: "the-secret-of-a-log-in".to_owned(),
        masked_address: "ad•••@landlord.example".to_owned(),
        ..StartLoginResponse::default()
    }
}

fn code_sent() -> SendCodeResponse {
    SendCodeResponse {
        masked_address: "ad•••@landlord.example".to_owned(),
        ..SendCodeResponse::default()
    }
}

fn case(asked: GetCaseRequest) -> Case {
    Case {
        id: kit::id().to_string(),
        reference: asked.case_id,
        ..Case::default()
    }
}

fn document(asked: GetDocumentRequest) -> Document {
    Document {
        id: asked.document_id,
        name: NAME.to_owned(),
        media_type: "text/plain".to_owned(),
        size: i64::try_from(CONTENT.len()).unwrap(),
        state: DocumentState::Available.into(),
        ..Document::default()
    }
}

async fn download(request: http::Request<Body>) -> http::Response<Body> {
    let piece = DownloadDocumentResponse {
        content: CONTENT.to_vec(),
    };
    let answer = service_fn(move |_: Request<DownloadDocumentRequest>| {
        let pieces = stream::iter([Ok(piece.clone())]);
        future::ready(Ok::<_, Status>(Response::new(pieces)))
    });
    Grpc::new(ProstCodec::default())
        .server_streaming(answer, request)
        .await
}

fn link() -> DownloadLink {
    DownloadLink {
        token: LINK.to_owned(),
        ..DownloadLink::default()
    }
}

fn linked(asked: &GetLinkedFileRequest) -> Result<Document, Status> {
    if asked.token == LINK {
        let document_id = "1".to_owned();
        Ok(document(GetDocumentRequest { document_id }))
    } else {
        Err(Status::not_found("there is no such link"))
    }
}

async fn download_linked(request: http::Request<Body>) -> http::Response<Body> {
    let answer = service_fn(|request: Request<DownloadLinkedFileRequest>| {
        let asked = request.into_inner();
        let (first, length) = (to_usize(asked.offset), to_usize(asked.length));
        let end = if length == 0 {
            CONTENT.len()
        } else {
            first + length
        };
        let content = CONTENT[first..end].to_vec();
        let pieces = stream::iter([Ok(DownloadLinkedFileResponse { content })]);
        future::ready(Ok::<_, Status>(Response::new(pieces)))
    });
    Grpc::new(ProstCodec::default())
        .server_streaming(answer, request)
        .await
}

fn to_usize(number: i64) -> usize {
    usize::try_from(number).unwrap()
}

async fn unary<Q, A>(
    request: http::Request<Body>,
    answer: impl Fn(Q) -> Result<A, Status>,
) -> http::Response<Body>
where
    Q: Message + Default + 'static,
    A: Message + Default + 'static,
{
    let answer = service_fn(|request: Request<Q>| {
        future::ready(answer(request.into_inner()).map(Response::new))
    });
    Grpc::new(ProstCodec::<A, Q>::default())
        .unary(answer, request)
        .await
}

/// The stand-ins, under the name of a generated server.
#[derive(Clone)]
pub struct As<S>(Services, PhantomData<fn() -> S>);

impl<S> As<S> {
    pub fn new(services: &Services) -> Self {
        Self(services.clone(), PhantomData)
    }
}

impl<S: NamedService> NamedService for As<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<http::Request<Body>> for As<S> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        self.0.clone().answer(request).map(Ok).boxed()
    }
}
