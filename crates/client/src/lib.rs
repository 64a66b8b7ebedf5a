//! Asks Webex whether a wholesale customer or subscriber could be provisioned, without
//! provisioning anything.

mod answer;
mod ask;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod client;
mod clock;
mod credentials;
mod error;
mod excerpt;
mod findings;
mod http;
mod keeper;
mod many;
mod pace;
mod pacer;
mod patience;
mod refresh;
mod renewal;
mod report;
mod request;
mod retry_after;
mod secret;
mod token;

pub use webex_precheck_api as api;
pub use webex_precheck_api::types::{
    Address, CallingParameters, CustomerContact, CustomerId, CustomerInfo, CustomerPackage,
    CustomerProvisioningParameters, ExternalId, Location, LocationId, MeetingsParameters, OrgId,
    PrecheckInfo, ProvisioningId, SubscriberPackage, SubscriberProvisioningParameters,
    SubscriberSinglePackage,
};
pub use webex_precheck_api::{Code, Country, Email, SubPartnerOrgId, TimeZone};

pub use builder::ClientBuilder;
pub use client::Client;
pub use clock::{BoxFuture, Clock};
pub use credentials::{Credentials, Issued, TokenSource};
pub use error::Error;
pub use findings::{Finding, Rule, Severity};
pub use many::{Answers, Limits, rows};
pub use pace::Pace;
pub use patience::Patience;
pub use refresh::{RefreshGrant, RefreshToken};
pub use report::{Reason, Report, Verdict};
pub use request::{Conflict, CustomerPrecheck, Precheck, SubscriberPrecheck};
pub use token::Token;
