//! The two kinds of rows.

use serde::de::DeserializeOwned;
use serde_json::Value;
use webex_precheck::api::types::{CustomerPrecheckRequest, SubscriberPrecheckRequest};
use webex_precheck::{CustomerPrecheck, Precheck, SubscriberPrecheck};

use crate::decode::{Wrong, decode};
use crate::fields::{CUSTOMER, Flag, SUBSCRIBER};

/// What a row asks.
pub(crate) trait Subject: Precheck + Sized + 'static {
    /// As the command line calls it.
    const NAME: &'static str;
    const FIELDS: &'static [Flag];
    /// The fields by which people know a row again: the results show them.
    const KEYS: &'static [&'static str];

    /// Decodes a request.
    fn decode(body: &[u8]) -> Result<Self, NoRequest>;
}

/// Why the values of a row are no request.
#[derive(Debug)]
pub(crate) enum NoRequest {
    Wrong(Wrong),
    /// They exclude each other.
    Conflict(String),
}

/// Decodes the usual request at once; what is wrong with another is worth a closer look.
fn request<T: DeserializeOwned>(body: &[u8], fields: &[Flag]) -> Result<T, NoRequest> {
    serde_json::from_slice(body).or_else(|_| {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        decode(body, fields).map_err(NoRequest::Wrong)
    })
}

impl Subject for CustomerPrecheck {
    const NAME: &'static str = "customers";
    const FIELDS: &'static [Flag] = CUSTOMER;
    const KEYS: &'static [&'static str] = &[
        "externalId",
        "customerInfo.name",
        "customerInfo.primaryEmail",
    ];

    fn decode(body: &[u8]) -> Result<Self, NoRequest> {
        let request: CustomerPrecheckRequest = request(body, Self::FIELDS)?;
        Ok(request.into())
    }
}

impl Subject for SubscriberPrecheck {
    const NAME: &'static str = "subscribers";
    const FIELDS: &'static [Flag] = SUBSCRIBER;
    const KEYS: &'static [&'static str] = &["email", "customerId"];

    fn decode(body: &[u8]) -> Result<Self, NoRequest> {
        let request: SubscriberPrecheckRequest = request(body, Self::FIELDS)?;
        Self::try_from(request).map_err(|conflict| NoRequest::Conflict(conflict.to_string()))
    }
}
