//! What is known of an operation besides its types.

/// An operation: where it is, what a token needs for it, and what its request holds.
///
/// [`OPERATIONS`](crate::OPERATIONS) has all of them, in the order of the contract.
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// Its ID in the contract: `precheckCustomer`.
    pub id: &'static str,
    /// Its name for people and command lines: `customer`.
    pub name: &'static str,
    /// Name of several: `customers`.
    pub plural: &'static str,
    /// What it does, in a line.
    pub title: &'static str,
    /// What its request is, and which fields go together.
    pub description: &'static str,
    /// HTTP method, upper case.
    pub method: &'static str,
    /// Path below the base URL.
    pub path: &'static str,
    /// The OAuth scope that the token must have; none where it is not known.
    pub scope: Option<&'static str>,
    /// Whether it changes nothing, so that it may be repeated. One that is not marked as safe in the
    /// contract is sent again only if it cannot have reached Webex.
    pub is_safe: bool,
    /// Whether it takes `onBehalfOfSubPartnerOrgId`.
    pub takes_sub_partner: bool,
    /// Paths of the fields by which people know a request again.
    pub keys: &'static [&'static str],
    /// The fields of its request, in the order of the contract. Objects are in their fields.
    pub fields: &'static [RequestField],
    /// Packages, each with those of which one must stand beside it.
    pub dependencies: &'static [(&'static str, &'static [&'static str])],
    #[cfg(feature = "schemars")]
    pub(crate) schema: fn(schemars::SchemaGenerator) -> schemars::Schema,
}

/// A field of a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct RequestField {
    /// Its path in the request: `address.city`.
    pub path: &'static str,
    /// Name of its flag on a command line: `city`. No two fields of an operation share one.
    pub flag: &'static str,
    /// Type of its value.
    pub ty: FieldType,
    /// Whether every request must have it.
    pub is_required: bool,
    /// What it is, in a line; begins with `Required` where it is.
    pub help: &'static str,
    /// Placeholder for its value: `PACKAGE,…`.
    pub value_name: &'static str,
    /// Its value in an example request, which may be empty; none where another field of the example
    /// excludes it. Values of an array are separated by commas.
    pub example: Option<&'static str>,
}

/// Type of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldType {
    /// A string.
    String,
    /// A number.
    Number,
    /// An array of strings.
    StringArray,
    /// A boolean or something larger.
    Json,
}

impl Operation {
    /// The operation of this [`name`](Self::name) or [`plural`](Self::plural).
    pub fn named(name: &str) -> Option<&'static Self> {
        let mut all = crate::OPERATIONS.iter().copied();
        all.find(|it| it.name == name || it.plural == name)
    }

    /// The field at this path.
    pub fn field(&self, path: &str) -> Option<&'static RequestField> {
        self.fields.iter().find(|field| field.path == path)
    }

    /// The product that it is for, by its path: `wholesale`.
    pub fn product(&self) -> &'static str {
        let is_version = |it: &&str| it.starts_with('v') && it.len() < 4;
        let mut segments = self.path.split('/').filter(|it| !it.is_empty());
        segments.find(|it| !is_version(it)).unwrap_or_default()
    }

    /// JSON Schema of its request.
    #[cfg(feature = "schemars")]
    pub fn request_schema(&self, generator: schemars::SchemaGenerator) -> schemars::Schema {
        (self.schema)(generator)
    }
}

#[cfg(feature = "schemars")]
pub(crate) fn schema_of<T: schemars::JsonSchema>(
    generator: schemars::SchemaGenerator,
) -> schemars::Schema {
    generator.into_root_schema_for::<T>()
}

/// Operations are known by their IDs.
impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Operation {}
