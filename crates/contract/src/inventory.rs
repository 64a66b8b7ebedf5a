//! The one model: what a source documents of the operations that it describes.
//!
//! Whatever a source cannot tell is unknown and not absent. A field of type `Option` is `None`
//! when unknown; what is documented to be nothing is an empty value inside `Some`.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::location::{ExampleId, FieldPath, Keyword, Section};
use crate::text_digest::TextDigest;
use crate::types::{Type, Values};

/// An alternative that needs no authentication.
pub(crate) const NO_SECURITY: &str = "none";

/// Everything that one source documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Inventory {
    /// What kind of source it was read from.
    pub kind: SourceKind,
    /// Name of the file it was read from.
    pub source: String,
    /// When the source was published, or captured if nothing says when it was published.
    pub date: Option<Date>,
    /// The operations it documents.
    #[serde(rename = "operation")]
    pub operations: Vec<Operation>,
}

/// The kinds of sources that this crate reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SourceKind {
    /// An OpenAPI 3 description.
    Openapi,
    /// A page of the developer portal as plain text.
    Page,
}

/// Which operation: a name of our own, such as `customer`, which all sources share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationId(String);

impl OperationId {
    /// An ID of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperationId {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What is documented of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Operation {
    /// Which one.
    pub id: OperationId,
    /// HTTP method, upper case.
    pub method: Option<String>,
    /// Path as documented, with or without the version.
    pub path: Option<String>,
    /// Base addresses.
    pub servers: Option<Vec<String>>,
    /// Alternatives to authenticate by, such as `http bearer`.
    pub security: Option<Vec<String>>,
    /// Whether the operation as a whole is marked as deprecated.
    pub deprecated: Option<bool>,
    /// Media types of the body.
    pub media_types: Option<Vec<String>>,
    /// The one-line summary.
    pub title: Option<TextDigest>,
    /// What stands under the summary, notes and callouts included, package dependencies not.
    pub description: Option<TextDigest>,
    /// What stands above the table of statuses.
    pub status_note: Option<TextDigest>,
    /// Fields and bodies whose fields the source shows without naming them all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub incomplete: BTreeSet<FieldPath>,
    /// For a package, the packages of which one must stand beside it.
    pub dependencies: Option<BTreeMap<String, Vec<String>>>,
    /// Parameters, body fields and response fields, in document order.
    #[serde(default, rename = "field", skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// Fields whose depth the source leaves open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unplaced: Vec<Unplaced>,
    /// Descriptions of fields that the source does not name, in document order.
    pub unnamed: Option<Vec<Unnamed>>,
    /// Responses by status.
    #[serde(default, rename = "response", skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<Response>,
    /// Whole examples.
    #[serde(default, rename = "example", skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
}

/// One parameter, body field or response field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Where: `query.NAME`, `body.address.city`, `responses.200.info.infoCode`.
    pub at: FieldPath,
    /// Type.
    #[serde(rename = "type")]
    pub ty: Option<Type>,
    /// Whether it must be there where its parent is; of a body, whether it must be sent.
    pub required: Option<bool>,
    /// Enumerated values.
    pub values: Option<Values>,
    /// Schema keywords that constrain the value, such as `maxLength`.
    pub constraints: Option<BTreeMap<Keyword, String>>,
    /// Whether it is marked as deprecated (a sentence that says so does not count).
    pub deprecated: Option<bool>,
    /// Description.
    pub text: Option<TextDigest>,
    /// Descriptions of enumerated values.
    pub labels: Option<BTreeMap<String, TextDigest>>,
    /// Example value as JSON; empty where there is none.
    pub example: Option<String>,
}

/// A field that may stand in several places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Unplaced {
    /// The places that it may have.
    pub places: Vec<FieldPath>,
    /// What is known of it; its path has no known parent (`body.?.name`).
    pub field: Field,
}

/// A description whose field has no name in the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Unnamed {
    /// The section it stands in.
    pub within: Section,
    /// The description.
    pub text: TextDigest,
}

/// What is documented of one status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Response {
    /// `200`, `4XX` or `default`.
    pub status: String,
    /// Reason phrase.
    pub reason: Option<String>,
    /// Description.
    pub text: Option<TextDigest>,
    /// Media types of the body.
    pub media_types: Option<Vec<String>>,
    /// Response headers.
    pub headers: Option<Vec<String>>,
}

/// A whole example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Example {
    /// What it is an example of.
    pub at: ExampleId,
    /// The example as compact JSON.
    pub json: String,
}

impl Inventory {
    /// What is documented of `id`.
    pub fn operation(&self, id: &OperationId) -> Option<&Operation> {
        self.operations.iter().find(|o| o.id == *id)
    }

    /// Whether this source is known to be older than another one.
    pub fn is_older_than(&self, other: &Self) -> bool {
        let dates = self.date.as_ref().zip(other.date.as_ref());
        dates.is_some_and(|(date, other)| date.is_before(other))
    }

    /// Drops all descriptions, so that they are not compared: the contract has its own.
    pub fn without_descriptions(mut self) -> Self {
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
            media_types: None,
            title: None,
            description: None,
            status_note: None,
            incomplete: BTreeSet::new(),
            dependencies: None,
            fields: Vec::new(),
            unplaced: Vec::new(),
            unnamed: None,
            responses: Vec::new(),
            examples: Vec::new(),
        }
    }

    /// The field at a path.
    pub fn field(&self, at: &FieldPath) -> Option<&Field> {
        self.fields.iter().find(|field| field.at == *at)
    }

    /// The fields directly under a field or section, in document order.
    pub fn children<'a>(&'a self, parent: &FieldPath) -> impl Iterator<Item = &'a Field> {
        let fields = self.fields.iter();
        fields.filter(move |field| parent.is_parent_of(&field.at))
    }

    /// The fields anywhere under a field or section, in document order.
    pub fn below<'a>(&'a self, parent: &FieldPath) -> impl Iterator<Item = &'a Field> {
        let fields = self.fields.iter();
        fields.filter(move |field| parent.is_above(&field.at))
    }

    /// The response for `status`.
    pub fn response(&self, status: &str) -> Option<&Response> {
        self.responses.iter().find(|r| r.status == status)
    }

    /// Whether the source may have fields under `scope` that it does not name.
    pub fn is_incomplete(&self, scope: &FieldPath) -> bool {
        scope
            .with_parents()
            .any(|scope| self.incomplete.contains(&scope))
    }
}

impl Field {
    /// A field of which nothing else is known.
    pub fn unknown(at: FieldPath) -> Self {
        Self {
            at,
            ty: None,
            required: None,
            values: None,
            constraints: None,
            deprecated: None,
            text: None,
            labels: None,
            example: None,
        }
    }

    /// Its name; empty for a whole body.
    pub fn name(&self) -> &str {
        self.at.name().unwrap_or_default()
    }

    /// The listed values.
    pub fn listed_values(&self) -> &[String] {
        self.values.as_ref().map_or(&[], Values::listed)
    }
}
