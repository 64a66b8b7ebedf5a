//! The client.

use std::fmt;
use std::sync::Arc;

use url::Url;
use webex_precheck_api::{PRECHECK_CUSTOMER, PRECHECK_SUBSCRIBER, SubPartnerOrgId};

use crate::call::{Core, QueueTime};
use crate::cancellation::Cancellation;
use crate::error::Error;
use crate::rate_limiter::RateStatus;
use crate::report::Report;
use crate::request::{CustomerPrecheck, Encode as _, Precheck, SubscriberPrecheck};
use crate::retry_policy::RetryPolicy;

/// A client. Cheap to clone; clones share connections, token and rate limit.
///
/// It needs a tokio runtime whose drivers are enabled (`enable_all`), such as that of
/// `#[tokio::main]`. Dropping the future of a precheck cancels it, and leaves nothing behind.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Core>);

impl Client {
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

    /// Runs the precheck that the type of the request belongs to.
    ///
    /// # Errors
    ///
    /// If there is no verdict; see [`Error`].
    pub async fn precheck<R: Precheck>(&self, request: &R) -> Result<Report, Error> {
        let cancellation = Cancellation::default();
        self.call(request, QueueTime::Counted, cancellation).await
    }

    /// As [`precheck`](Self::precheck), as part of a run that can be cancelled.
    pub(crate) async fn call<R: Precheck>(
        &self,
        request: &R,
        queue_time: QueueTime,
        cancellation: Cancellation,
    ) -> Result<Report, Error> {
        if self.0.validate_before_send {
            let errors = request.errors();
            if !errors.is_empty() {
                return Err(Error::invalid(errors));
            }
        }
        let body = request.encode()?;
        let operation = (R::INDEX, R::OPERATION.id);
        self.0.call(operation, body, queue_time, cancellation).await
    }

    /// A client that shares connections, token and rate limit with this one, and acts on behalf of
    /// another sub-partner; see [`ClientBuilder::on_behalf_of`].
    #[must_use]
    pub fn on_behalf_of(&self, org_id: impl Into<SubPartnerOrgId>) -> Self {
        let mut core = Core::clone(&self.0);
        let org_id = org_id.into();
        let operations = [PRECHECK_CUSTOMER, PRECHECK_SUBSCRIBER];
        for ((url, _), operation) in core.operations.iter_mut().zip(operations) {
            *url = operation_url(&core.base_url, operation.path, Some(&org_id));
        }
        Self(Arc::new(core))
    }

    /// A client that shares connections, token and rate limit with this one, with another retry
    /// policy: one for a purchase that somebody waits for, beside one for a long run.
    #[must_use]
    pub fn with_retry_policy(&self, retry_policy: RetryPolicy) -> Self {
        let mut core = Core::clone(&self.0);
        core.http.retry_policy = Arc::new(retry_policy);
        Self(Arc::new(core))
    }

    /// The client-side rate limit of prechecks of this type, at this moment.
    pub fn rate_status<R: Precheck>(&self) -> RateStatus {
        let (_, limiter) = &self.0.operations[R::INDEX];
        limiter.status(self.0.http.clock.now())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let urls = self.0.operations.each_ref().map(|(url, _)| url.as_str());
        f.debug_struct("Client")
            .field("urls", &urls)
            .field("retry_policy", &self.0.http.retry_policy)
            .finish_non_exhaustive()
    }
}

/// The URL of an operation.
pub(crate) fn operation_url(
    base_url: &Url,
    path: &str,
    on_behalf_of: Option<&SubPartnerOrgId>,
) -> Url {
    let mut url = base_url.clone();
    let base = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{base}{path}"));
    url.set_fragment(None);
    if let Some(org_id) = on_behalf_of {
        url.query_pairs_mut()
            .append_pair("onBehalfOfSubPartnerOrgId", org_id.as_str());
    }
    url
}
