//! The steps of a log-in and of a reset, each through its own method.

use proto::identity::v1 as pb;
use tonic::Status;

use super::{Identity, PASSWORD, Session, WRONG, an_address, client, not};

impl Identity {
    /// The link that was asked for last.
    pub async fn newest_link(&self) -> String {
        let asked = self
            .events::<pb::PasswordResetRequested>()
            .await
            .pop()
            .unwrap();
        self.mint_link(&asked.reset_id).await.unwrap().reset_token
    }

    pub async fn mint_link(&self, reset_id: &str) -> Result<pb::MintResetLinkResponse, Status> {
        let request = pb::MintResetLinkRequest {
            reset_id: reset_id.to_owned(),
        };
        Ok(self.delivery().mint_reset_link(request).await?.into_inner())
    }

    /// *Forgot your password?*
    pub async fn forgot(&self, username: &str, address: &str) -> Result<(), Status> {
        let request = pb::RequestPasswordResetRequest {
            username: username.to_owned(),
            client: Some(client(address)),
        };
        self.login()
            .request_password_reset(request)
            .await
            .map(|_| ())
    }

    pub async fn reset(&self, reset_token: &str, new_password: &str) -> Result<(), Status> {
        let request = pb::ResetPasswordRequest {
            reset_token: reset_token.to_owned(),
            new_password: new_password.to_owned(),
            client: Some(client(&an_address())),
        };
        self.login().reset_password(request).await.map(|_| ())
    }

    /// Sets a password by a link.
    pub async fn set_password(&self, username: &str, password: &str) {
        self.forgot(username, &an_address()).await.unwrap();
        let link = self.newest_link().await;
        self.reset(&link, password).await.unwrap();
    }

    /// The first step of a log-in, from an address that nobody else comes from.
    pub async fn start(
        &self,
        username: &str,
        password: &str,
    ) -> Result<pb::StartLoginResponse, Status> {
        self.start_from(username, password, &an_address(), "").await
    }

    pub async fn start_from(
        &self,
        username: &str,
        password: &str,
        address: &str,
        device_token: &str,
    ) -> Result<pb::StartLoginResponse, Status> {
        let request = pb::StartLoginRequest {
            username: username.to_owned(),
            password: password.to_owned(),
            client: Some(client(address)),
            device_token: device_token.to_owned(),
        };
        Ok(self.login().start_login(request).await?.into_inner())
    }

    /// The reason for which a log-in is refused.
    pub async fn refusal(&self, username: &str, password: &str) -> String {
        testkit::reason(&self.start(username, password).await.unwrap_err())
    }

    pub async fn send_code(&self, login_token: &str) -> Result<pb::SendCodeResponse, Status> {
        let request = pb::SendCodeRequest {
            login_token: login_token.to_owned(),
        };
        Ok(self.login().send_code(request).await?.into_inner())
    }

    pub async fn mint_code(&self, login_id: &str) -> Result<pb::MintLoginCodeResponse, Status> {
        let request = pb::MintLoginCodeRequest {
            login_id: login_id.to_owned(),
        };
        Ok(self.delivery().mint_login_code(request).await?.into_inner())
    }

    /// The code that was asked for last.
    pub async fn newest_code(&self) -> pb::MintLoginCodeResponse {
        let asked = self.events::<pb::LoginCodeRequested>().await.pop().unwrap();
        self.mint_code(&asked.login_id).await.unwrap()
    }

    /// Asks for a code and gets it.
    pub async fn code(&self, login_token: &str) -> String {
        self.send_code(login_token).await.unwrap();
        self.newest_code().await.code
    }

    pub async fn verify(&self, login_token: &str, code: &str) -> Result<Session, Status> {
        let request = pb::VerifyCodeRequest {
            login_token: login_token.to_owned(),
            code: code.to_owned(),
            client: Some(client(&an_address())),
        };
        let verified = self.login().verify_code(request).await?.into_inner();
        Ok(Session {
            account: verified.account.unwrap(),
            token: verified.session_token,
            device: verified.device_token,
        })
    }

    /// The reason for which a code is refused.
    pub async fn code_refusal(&self, login_token: &str, code: &str) -> String {
        self.verify(login_token, code)
            .await
            .map_or_else(|status| testkit::reason(&status), |_| String::new())
    }

    /// Both steps of a log-in.
    pub async fn log_in(&self, username: &str) -> Session {
        self.log_in_with(username, PASSWORD, "").await
    }

    pub async fn log_in_with(&self, username: &str, password: &str, device: &str) -> Session {
        let started = self
            .start_from(username, password, &an_address(), device)
            .await
            .unwrap();
        let code = self.code(&started.login_token).await;
        self.verify(&started.login_token, &code).await.unwrap()
    }

    /// Both steps of the log-in of a new landlord's administrator.
    pub async fn an_administrator_session(&self, username: &str) -> Session {
        self.an_administrator(username).await;
        self.log_in(username).await
    }

    /// Fails a log-in as often as this, each time from elsewhere.
    pub async fn fail(&self, username: &str, times: usize) {
        for _ in 0..times {
            assert_eq!(self.refusal(username, WRONG).await, "LOGIN_REFUSED");
        }
    }

    /// Begins a log-in and uses up its tries; gives the reason of the last refusal.
    pub async fn exhaust(&self, username: &str) -> String {
        let login = self.start(username, PASSWORD).await.unwrap().login_token;
        let code = self.code(&login).await;
        for _ in 0..4 {
            assert_eq!(self.code_refusal(&login, &not(&code)).await, "CODE_REFUSED");
        }
        self.code_refusal(&login, &not(&code)).await
    }
}
