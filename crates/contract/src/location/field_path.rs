//! Where a field stands: a section of the operation, and the names on the way.

use serde_with::{DeserializeFromStr, SerializeDisplay};

/// The parts of an operation that have fields.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeserializeFromStr, SerializeDisplay,
)]
pub enum Section {
    /// Parameters in the path.
    Path,
    /// Parameters in the query.
    Query,
    /// Parameters in headers.
    Header,
    /// Parameters in cookies.
    Cookie,
    /// The body of the request.
    Body,
    /// The body of the response with this status.
    Response(String),
}

impl Section {
    /// The sections whose fields are parameters.
    pub const PARAMETERS: [Self; 4] = [Self::Path, Self::Query, Self::Header, Self::Cookie];

    /// Whether its fields are sent.
    pub fn is_request(&self) -> bool {
        !matches!(self, Self::Response(_))
    }

    /// Whether its fields are parameters, each with a schema of its own.
    pub fn is_parameter(&self) -> bool {
        Self::PARAMETERS.contains(self)
    }

    /// The field of this name, directly in this section.
    pub fn field(&self, name: impl Into<String>) -> FieldPath {
        FieldPath::from(self.clone()).child(name)
    }
}

/// A part of a field's path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The field of this name.
    Name(String),
    /// An unknown parent.
    Unknown,
}

/// Where a field stands. Without segments it is the whole section.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeserializeFromStr, SerializeDisplay,
)]
pub struct FieldPath {
    /// The part of the operation.
    pub section: Section,
    /// From the outermost field inwards. Elements of an array have no segment of their own.
    pub segments: Vec<Segment>,
}

impl From<Section> for FieldPath {
    fn from(section: Section) -> Self {
        let segments = Vec::new();
        Self { section, segments }
    }
}

impl FieldPath {
    /// The request body.
    pub fn body() -> Self {
        Self::from(Section::Body)
    }

    /// The field of this name in the field at this path.
    pub fn child(&self, name: impl Into<String>) -> Self {
        let mut child = self.clone();
        child.segments.push(Segment::Name(name.into()));
        child
    }

    /// The path of a field somewhere below this one, whose parent is unknown.
    pub fn unplaced(&self, name: impl Into<String>) -> Self {
        let mut parent = self.clone();
        parent.segments.push(Segment::Unknown);
        parent.child(name)
    }

    /// What the field stands in; `None` of a whole body or section.
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.segments.split_last()?;
        Some(Self {
            section: self.section.clone(),
            segments: above.to_vec(),
        })
    }

    /// The name of the field; `None` of a whole body or section.
    pub fn name(&self) -> Option<&str> {
        self.names().next_back()
    }

    /// The names on the way to the field, its own included.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Name(name) => Some(name.as_str()),
            Segment::Unknown => None,
        })
    }

    /// Whether every parent is known.
    pub fn is_placed(&self) -> bool {
        !self.segments.contains(&Segment::Unknown)
    }

    /// Whether the path is that of a body or section as a whole.
    pub fn is_whole(&self) -> bool {
        self.segments.is_empty()
    }

    /// Whether `other` stands directly in this field.
    pub fn is_parent_of(&self, other: &Self) -> bool {
        self.is_above(other) && other.segments.len() == self.segments.len() + 1
    }

    /// Whether `other` stands anywhere in this field.
    pub fn is_above(&self, other: &Self) -> bool {
        self.section == other.section
            && other.segments.len() > self.segments.len()
            && other.segments.starts_with(&self.segments)
    }

    /// This field and those around it, from the innermost outwards.
    pub fn with_parents(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::parent)
    }

    /// The path of `other`, a descendant, relative to this field: `address.city`.
    pub fn relative(&self, other: &Self) -> String {
        let inner = other.segments.iter().skip(self.segments.len());
        let parts: Vec<String> = inner.map(Segment::to_string).collect();
        parts.join(".")
    }
}
