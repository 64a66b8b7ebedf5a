//! The one model: what a source documents of the two operations.
//!
//! Whatever a source cannot tell is unknown and not absent. A field of type `Option` is `None`
//! when unknown; what is documented to be nothing is an empty value inside `Some`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::prose::Prose;
use crate::types::{Type, Values};

/// Everything that one source documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// What kind of source it was read from.
    pub kind: SourceKind,
    /// Name of the file it was read from.
    pub source: String,
    /// When the source was published, or captured if nothing says when it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The operations it documents.
    #[serde(rename = "operation")]
    pub operations: Vec<Operation>,
}

/// The kinds of sources that this crate reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// An OpenAPI 3 description.
    Openapi,
    /// A page of the developer portal as plain text.
    Page,
}

/// The two operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum OperationId {
    /// `POST /v1/wholesale/customers/validate`
    Customer,
    /// `POST /v1/wholesale/subscribers/validate`
    Subscriber,
}

impl OperationId {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Customer, Self::Subscriber];

    /// How the path of the operation ends, with or without a version before it.
    pub fn path_suffix(self) -> &'static str {
        match self {
            Self::Customer => "/wholesale/customers/validate",
            Self::Subscriber => "/wholesale/subscribers/validate",
        }
    }

    /// The operation that a documented path belongs to.
    pub fn of_path(path: &str) -> Option<Self> {
        let version =
            |rest: &str| rest.is_empty() || (rest.starts_with("/v") && !rest[1..].contains('/'));
        Self::ALL.into_iter().find(|id| {
            path.trim_end_matches('/')
                .strip_suffix(id.path_suffix())
                .is_some_and(version)
        })
    }

    /// `customer` or `subscriber`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What is documented of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Which one.
    pub id: OperationId,
    /// HTTP method, upper case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Path as documented, with or without the version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Base addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub servers: Option<Vec<String>>,
    /// Alternatives to authenticate by, such as `http bearer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<Vec<String>>,
    /// Whether the operation as a whole is marked as deprecated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<bool>,
    /// Whether a body must be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_required: Option<bool>,
    /// Media types of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_types: Option<Vec<String>>,
    /// The one-line summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Prose>,
    /// What stands under the summary, notes and callouts included, package dependencies not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Prose>,
    /// What stands above the table of statuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_note: Option<Prose>,
    /// Locations whose fields the source shows without naming them all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub untold: BTreeSet<String>,
    /// For a package, the packages of which one must stand beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependencies: Option<BTreeMap<String, Vec<String>>>,
    /// Parameters, body fields and response fields, in document order.
    #[serde(default, rename = "field", skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// Fields whose depth the source leaves open.
    #[serde(default, rename = "unplaced", skip_serializing_if = "Vec::is_empty")]
    pub unplaced: Vec<Unplaced>,
    /// Descriptions of fields that the source does not name, in document order.
    #[serde(default, rename = "unnamed", skip_serializing_if = "Option::is_none")]
    pub unnamed: Option<Vec<Unnamed>>,
    /// Responses by status.
    #[serde(default, rename = "response", skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<Response>,
    /// Whole examples.
    #[serde(default, rename = "example", skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
}

/// One parameter, body field or response field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Where: `query.NAME`, `body.address.city`, `responses.200.info.infoCode`. Elements of a
    /// list have the path of the list.
    pub at: String,
    /// Type.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub ty: Option<Type>,
    /// Whether it must be there where its parent is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Enumerated values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Values>,
    /// Schema keywords that constrain the value, such as `maxLength`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraints: Option<BTreeMap<String, String>>,
    /// Whether it is marked as deprecated (a sentence that says so is prose).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<bool>,
    /// Description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Prose>,
    /// Descriptions of enumerated values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, Prose>>,
    /// Example value as JSON; empty where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

/// A field that may stand in several places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unplaced {
    /// The places that it may have.
    pub places: Vec<String>,
    /// What is known of it; `at` holds its bare name after its section (`body.?.name`).
    pub field: Field,
}

/// A description whose field has no name in the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unnamed {
    /// The section it stands in: `query`, `body`, `responses.200`.
    pub within: String,
    /// The description.
    pub text: Prose,
}

/// What is documented of one status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// `200`, `4XX` or `default`.
    pub status: String,
    /// Reason phrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Prose>,
    /// Media types of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_types: Option<Vec<String>>,
    /// Response headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<String>>,
}

/// A whole example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// `request`, `query.NAME`, or `responses.STATUS`; with `.NAME` for one of several.
    pub at: String,
    /// The example as compact JSON.
    pub json: String,
}

impl Inventory {
    /// What is documented of `id`.
    pub fn operation(&self, id: OperationId) -> Option<&Operation> {
        self.operations.iter().find(|o| o.id == id)
    }

    /// Whether this source is known to be older than another one.
    pub fn is_older_than(&self, other: &Self) -> bool {
        let dates = self.date.as_ref().zip(other.date.as_ref());
        dates.is_some_and(|(date, other)| date.is_before(other))
    }

    /// Forgets all prose, so that wording is not compared: for a description in words of its own.
    pub fn without_prose(mut self) -> Self {
        for operation in &mut self.operations {
            operation.title = None;
            operation.description = None;
            operation.status_note = None;
            operation.unnamed = None;
            for field in &mut operation.fields {
                field.text = None;
                field.labels = None;
            }
            for response in &mut operation.responses {
                response.text = None;
            }
        }
        self
    }
}

impl Operation {
    /// Nothing known yet.
    pub fn unknown(id: OperationId) -> Self {
        Self {
            id,
            method: None,
            path: None,
            servers: None,
            security: None,
            deprecated: None,
            body_required: None,
            media_types: None,
            title: None,
            description: None,
            status_note: None,
            untold: BTreeSet::new(),
            dependencies: None,
            fields: Vec::new(),
            unplaced: Vec::new(),
            unnamed: None,
            responses: Vec::new(),
            examples: Vec::new(),
        }
    }

    /// The field at `at`.
    pub fn field(&self, at: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.at == at)
    }

    /// The fields directly under `scope`, in document order.
    pub fn children<'a>(&'a self, scope: &str) -> Vec<&'a Field> {
        self.fields.iter().filter(|f| f.parent() == scope).collect()
    }

    /// The response for `status`.
    pub fn response(&self, status: &str) -> Option<&Response> {
        self.responses.iter().find(|r| r.status == status)
    }

    /// The locations that differences of this operation can name, without the values in brackets
    /// and the parts of examples.
    pub fn locations(&self) -> Vec<String> {
        let fixed = ["operation", "method", "path", "servers", "security", "body"];
        let mut locations: Vec<String> = fixed.map(str::to_owned).to_vec();
        let packages = self.dependencies.iter().flat_map(|table| table.keys());
        locations.extend(packages.map(|package| format!("dependencies.{package}")));
        locations.extend(self.fields.iter().map(|field| field.at.clone()));
        locations.push("body.mediaTypes".to_owned());
        for response in &self.responses {
            let at = format!("responses.{}", response.status);
            locations
                .extend(["headers", "mediaTypes", "reason"].map(|part| format!("{at}.{part}")));
            locations.push(at);
        }
        let examples = self.examples.iter();
        locations.extend(examples.map(|example| format!("examples.{}", example.at)));
        locations
    }

    /// Whether the source may know fields under `scope` that it does not name.
    pub fn is_untold(&self, scope: &str) -> bool {
        self.untold.iter().any(|untold| {
            scope == untold
                || scope
                    .strip_prefix(untold.as_str())
                    .is_some_and(|rest| rest.starts_with('.'))
        })
    }
}

impl Field {
    /// The location that this field stands in.
    pub fn parent(&self) -> &str {
        self.at.rsplit_once('.').map_or("", |(parent, _)| parent)
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.at.rsplit_once('.').map_or(&self.at, |(_, name)| name)
    }

    /// Whether `at` stands anywhere under this field.
    pub fn is_above(&self, at: &str) -> bool {
        at.strip_prefix(self.at.as_str())
            .is_some_and(|rest| rest.starts_with('.'))
    }
}
