//! The client.

use std::fmt;
use std::sync::Arc;

use webex_precheck_api::{PRECHECK_CUSTOMER, PRECHECK_SUBSCRIBER, SubPartnerOrgId};

use crate::ask::{Core, Line};
use crate::builder::{ClientBuilder, address};
use crate::credentials::Credentials;
use crate::error::{Error, Kind};
use crate::pace::Pace;
use crate::patience::Patience;
use crate::report::Report;
use crate::request::{CustomerPrecheck, Encode as _, Precheck, SubscriberPrecheck};
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

    /// Asks whether a customer could be provisioned: `POST /v1/wholesale/customers/validate`.
    ///
    /// # Errors
    ///
    /// If there is no verdict; see [`Error`].
    pub async fn precheck_customer(&self, request: &CustomerPrecheck) -> Result<Report, Error> {
        self.precheck(request).await
    }

    /// Asks whether a subscriber could be provisioned: `POST /v1/wholesale/subscribers/validate`.
    ///
    /// # Errors
    ///
    /// If there is no verdict; see [`Error`].
    pub async fn precheck_subscriber(&self, request: &SubscriberPrecheck) -> Result<Report, Error> {
        self.precheck(request).await
    }

    /// Asks either, by the type of the request.
    ///
    /// # Errors
    ///
    /// If there is no verdict; see [`Error`].
    pub async fn precheck<R: Precheck>(&self, request: &R) -> Result<Report, Error> {
        self.ask(request, Line::Counts, Stop::default()).await
    }

    /// As [`precheck`](Self::precheck), for which the time in the line does not count, and whose
    /// waits end when the run is stopped.
    pub(crate) async fn precheck_in_run<R: Precheck>(
        &self,
        request: &R,
        stop: Stop,
    ) -> Result<Report, Error> {
        self.ask(request, Line::IsFree, stop).await
    }

    async fn ask<R: Precheck>(&self, request: &R, line: Line, stop: Stop) -> Result<Report, Error> {
        if self.0.refuse_hard_findings {
            let findings = request.hard_findings();
            if !findings.is_empty() {
                return Err(Error::invalid(findings));
            }
        }
        let body = request.encode()?;
        let operation = (R::INDEX, R::OPERATION.id);
        self.0.ask(operation, body, line, stop).await
    }

    /// The same client, sharing connections, token and pace, that asks on behalf of another
    /// sub-partner; see [`ClientBuilder::on_behalf_of`].
    #[must_use]
    pub fn on_behalf_of(&self, org_id: impl Into<SubPartnerOrgId>) -> Self {
        let mut core = Core::clone(&self.0);
        let org_id = org_id.into();
        let operations = [PRECHECK_CUSTOMER, PRECHECK_SUBSCRIBER];
        for ((url, _), operation) in core.operations.iter_mut().zip(operations) {
            *url = address(&core.base_url, operation.path, Some(&org_id));
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

    /// How fast the client asks at this moment for prechecks of this type, and what it waits for.
    pub fn pace<R: Precheck>(&self) -> Pace {
        let (_, pace) = &self.0.operations[R::INDEX];
        pace.snapshot(self.0.renewal.clock.now())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses = self.0.operations.each_ref();
        f.debug_struct("Client")
            .field("addresses", &addresses.map(|(address, _)| address.as_str()))
            .field("patience", &self.0.renewal.patience)
            .finish_non_exhaustive()
    }
}
