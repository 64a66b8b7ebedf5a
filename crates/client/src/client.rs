//! The client.

use std::fmt;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use webex_precheck_api::{Operation, SubPartnerOrgId};

use crate::call::{Core, Run};
use crate::error::Error;
use crate::rate_limiter::RateStatus;
use crate::report::Report;
use crate::request::{Encode as _, Precheck};
use crate::retry_policy::RetryPolicy;

/// A client. Cheap to clone; clones share connections, token and rate limit.
///
/// It needs a tokio runtime whose drivers are enabled (`enable_all`), such as that of
/// `#[tokio::main]`. Dropping the future of a precheck cancels it, and leaves nothing behind.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Core>);

impl Client {
    /// Calls the operation of the request.
    ///
    /// # Errors
    ///
    /// If there is no verdict; see [`Error`].
    pub async fn precheck<R: Precheck + ?Sized>(&self, request: &R) -> Result<Report, Error> {
        self.call(request, Run::single()).await
    }

    /// As [`precheck`](Self::precheck), as part of a run.
    pub(crate) async fn call<R: Precheck + ?Sized>(
        &self,
        request: &R,
        run: Run,
    ) -> Result<Report, Error> {
        if self.0.validate_before_send {
            let errors = request.errors();
            if !errors.is_empty() {
                return Err(Error::invalid(errors));
            }
        }
        let body = request.encode()?;
        let operation = request.operation();
        self.0.call(operation, body, run).await
    }

    /// A client that shares connections, token and rate limit with this one, and acts on behalf of
    /// another sub-partner; see [`ClientBuilder::on_behalf_of`](crate::ClientBuilder::on_behalf_of).
    #[must_use]
    pub fn on_behalf_of(&self, org_id: impl Into<SubPartnerOrgId>) -> Self {
        let mut core = Core::clone(&self.0);
        let org_id = org_id.into();
        for endpoint in &mut core.endpoints {
            endpoint.address(&core.base_url, Some(&org_id));
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

    /// A client that shares connections, token and rate limit with this one, and sends this header with
    /// its prechecks, such as a `traceparent`; see [`ClientBuilder::header`](crate::ClientBuilder::header).
    #[must_use]
    pub fn with_header(&self, name: HeaderName, value: HeaderValue) -> Self {
        let mut core = Core::clone(&self.0);
        core.http.headers.insert(name, value);
        Self(Arc::new(core))
    }

    /// The client-side rate limit of an operation, at this moment.
    pub fn rate_status(&self, operation: &Operation) -> RateStatus {
        let limiter = &self.0.endpoint(operation).limiter;
        limiter.status(self.0.http.clock.now())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base_url.as_str())
            .field("retry_policy", &self.0.http.retry_policy)
            .finish_non_exhaustive()
    }
}
