//! The client.

use std::fmt;
use std::sync::Arc;

use webex_precheck_api::{Operation, SubPartnerOrgId};

use crate::ask::{Core, Line};
use crate::builder::ClientBuilder;
use crate::credentials::Credentials;
use crate::error::{Error, Kind};
use crate::pace::Pace;
use crate::patience::Patience;
use crate::report::Report;
use crate::request::{Encode as _, Precheck};
use crate::stop::Stop;
use crate::token::Token;

/// Asks Webex. Cheap to clone; clones share connections, token and [`Pace`].
///
/// It works within a tokio runtime whose drivers are enabled (`enable_all`), as that of
/// `#[tokio::main]`. Dropping the future of a precheck cancels it, and leaves nothing behind.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Core>);

impl Client {
    /// A client to be configured, that asks with this token, or with these credentials.
    pub fn builder(credentials: impl Into<Credentials>) -> ClientBuilder {
        ClientBuilder::new(credentials.into())
    }

    /// A client by the environment: the token of `WEBEX_ACCESS_TOKEN`, and the base address of
    /// `WEBEX_BASE_URL` if it is set.
    ///
    /// # Errors
    ///
    /// As [`Token::from_env`] and [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        let mut builder = Self::builder(Token::from_env()?);
        match std::env::var(ClientBuilder::BASE_URL_VARIABLE) {
            Ok(url) if !url.is_empty() => builder = builder.base_url(url),
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(Error::new(Kind::Builder("WEBEX_BASE_URL is not text")));
            }
            _ => {}
        }
        builder.build()
    }

    /// Asks the operation of the request.
    ///
    /// # Errors
    ///
    /// If there is no verdict; see [`Error`].
    pub async fn precheck<R: Precheck + ?Sized>(&self, request: &R) -> Result<Report, Error> {
        self.ask(request, Line::Counts, Stop::default()).await
    }

    /// As [`precheck`](Self::precheck), for which the time in the line does not count, and whose
    /// waits end when the run is stopped.
    pub(crate) async fn precheck_in_run<R: Precheck + ?Sized>(
        &self,
        request: &R,
        stop: Stop,
    ) -> Result<Report, Error> {
        self.ask(request, Line::IsFree, stop).await
    }

    async fn ask<R: Precheck + ?Sized>(
        &self,
        request: &R,
        line: Line,
        stop: Stop,
    ) -> Result<Report, Error> {
        if self.0.refuse_hard_findings {
            let findings = request.hard_findings();
            if !findings.is_empty() {
                return Err(Error::invalid(findings));
            }
        }
        let body = request.encode()?;
        self.0.ask(request.operation(), body, line, stop).await
    }

    /// The same client, sharing connections, token and pace, that asks on behalf of another
    /// sub-partner; see [`ClientBuilder::on_behalf_of`].
    #[must_use]
    pub fn on_behalf_of(&self, org_id: impl Into<SubPartnerOrgId>) -> Self {
        let mut core = Core::clone(&self.0);
        let org_id = org_id.into();
        for endpoint in &mut core.endpoints {
            endpoint.address(&core.base_url, Some(&org_id));
        }
        Self(Arc::new(core))
    }

    /// The same client, sharing connections, token and pace, with another patience: that of a
    /// purchase which somebody waits for, beside that of a long run.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        let mut core = Core::clone(&self.0);
        core.renewal.patience = Arc::new(patience);
        Self(Arc::new(core))
    }

    /// How fast the client asks an operation at this moment, and what it waits for.
    pub fn pace(&self, operation: &Operation) -> Pace {
        let now = self.0.renewal.clock.now();
        self.0.endpoint(operation).pace.snapshot(now)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base_url.as_str())
            .field("patience", &self.0.renewal.patience)
            .finish_non_exhaustive()
    }
}
