//! A portal of which only the gateway is real.

use gateway::Config;
use gateway::config::Services as Peers;
use kit::config::{PeerConfig, ServerConfig};
use kit::{Clock, Running};
use proto::case::v1::case_service_server::CaseServiceServer;
use proto::document::v1::document_service_server::DocumentServiceServer;
use proto::document::v1::linked_file_service_server::LinkedFileServiceServer;
use proto::identity::v1::login_service_server::LoginServiceServer;
use tempfile::TempDir;
use testkit::Served;

use crate::browser::Browser;
use crate::services::{As, SESSION, Services};

/// What people type to get there.
pub const PORTAL: &str = "https://portal.example";

/// Where files come from.
pub const FILES: &str = "https://files.example";

/// A gateway with stand-ins behind it.
pub struct Portal {
    pub services: Services,
    gateway: Running,
    behind: Vec<Served>,
    _folder: TempDir,
}

impl Portal {
    pub async fn start() -> Self {
        let services = Services::new();
        let identity = testkit::serve("identity", |it| {
            it.add_service(As::<LoginServiceServer<()>>::new(&services))
        });
        let case = testkit::serve("case", |it| {
            it.add_service(As::<CaseServiceServer<()>>::new(&services))
        });
        let document = testkit::serve("document", |it| {
            it.add_service(As::<DocumentServiceServer<()>>::new(&services))
                .add_service(As::<LinkedFileServiceServer<()>>::new(&services))
        });
        let (identity, case, document) = tokio::join!(identity, case, document);
        let peer = |served: &Served| PeerConfig { url: served.url() };
        // The gateway has to have pages for when a service is away, too.
        let away = || PeerConfig {
            url: "https://localhost:1".to_owned(),
        };
        let folder = built_files();
        let config = Config {
            server: ServerConfig {
                tls: testkit::tls("gateway"),
                ..ServerConfig::default()
            },
            public_url: PORTAL.to_owned(),
            files_url: FILES.to_owned(),
            static_dir: folder.path().to_owned(),
            services: Peers {
                identity: peer(&identity),
                case: peer(&case),
                document: peer(&document),
                task: away(),
                messaging: away(),
                service_complaint: away(),
                notification: away(),
            },
            ..Config::default()
        };
        Self {
            gateway: gateway::serve(config, Clock::system()).await.unwrap(),
            services,
            behind: vec![identity, case, document],
            _folder: folder,
        }
    }

    /// A browser that has been nowhere yet.
    pub fn a_browser(&self) -> Browser {
        Browser::new(self.gateway.addr)
    }

    /// A browser in which somebody is logged in.
    pub fn a_browser_logged_in(&self) -> Browser {
        let mut browser = self.a_browser();
        browser.keep("__Host-session", SESSION);
        browser
    }

    /// A browser in which a member of staff is logged in.
    pub fn a_browser_of_staff(&self, session: &str) -> Browser {
        let mut browser = self.a_browser();
        browser.keep("__Host-session", session);
        browser
    }

    /// Stops it all, once what still runs has come to its end.
    pub async fn stop(self) -> Services {
        self.gateway.stop().await.unwrap();
        for served in self.behind {
            served.running.stop().await.unwrap();
        }
        self.services
    }
}

fn built_files() -> TempDir {
    let folder = TempDir::new().unwrap();
    let manifest = r#"{"portal.css":"p.css","portal.js":"p.js","favicon.svg":"f.svg"}"#;
    std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
    std::fs::write(folder.path().join("p.css"), "body{}").unwrap();
    folder
}
