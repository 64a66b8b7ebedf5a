//! Where a documented fact stands in the contract: JSON pointers, through `$ref`s and compositions.

use serde_json::Value;
use webex_precheck_contract::location::{ExampleId, FieldPath, List, Location, Section};
use webex_precheck_contract::{OperationId, openapi};

/// A JSON pointer from the root of the contract.
pub(super) type Pointer = String;

/// Where a component of the contract stands that is a schema.
pub(super) const SCHEMAS: &str = "/components/schemas";

/// One operation of the contract.
#[derive(Clone, Copy)]
pub(super) struct Contract<'c> {
    pub(super) root: &'c Value,
    pub(super) id: &'c OperationId,
}

impl Contract<'_> {
    /// The operation itself.
    pub(super) fn operation(self) -> Option<Pointer> {
        let endpoints = openapi::endpoints(self.root);
        let endpoint = endpoints.iter().find(|it| it.id == *self.id)?;
        let (path, method) = (escape(&endpoint.path), endpoint.method.to_lowercase());
        Some(format!("/paths/{path}/{method}"))
    }

    /// A member of the operation.
    pub(super) fn member(self, name: &str) -> Option<Pointer> {
        Some(format!("{}/{name}", self.operation()?))
    }

    /// Where the `$ref` at a pointer leads, or the pointer itself.
    pub(super) fn follow(self, pointer: &str) -> Pointer {
        let targets = std::iter::successors(Some(pointer.to_owned()), |at| target(self.root, at));
        // A reference that leads back to itself has no end.
        targets.take(17).last().unwrap_or_default()
    }

    /// The request body or the response that a section is.
    pub(super) fn body(self, section: &Section) -> Option<Pointer> {
        let at = match section {
            Section::Body => self.member("requestBody")?,
            Section::Response(status) => self.member(&format!("responses/{}", escape(status)))?,
            _ => return None,
        };
        self.root.pointer(&at)?;
        Some(self.follow(&at))
    }

    /// The response for a status.
    pub(super) fn response(self, status: &str) -> Option<Pointer> {
        self.body(&Section::Response(status.to_owned()))
    }

    /// The media type of a body that is read: JSON, or the first.
    pub(super) fn media_type(self, section: &Section) -> Option<Pointer> {
        let content = format!("{}/content", self.body(section)?);
        let types = self.root.pointer(&content)?.as_object()?;
        let json = types.keys().find(|media| *media == "application/json");
        let media = json.or_else(|| types.keys().next())?;
        Some(format!("{content}/{}", escape(media)))
    }

    /// A parameter, and its index among the parameters of the operation.
    pub(super) fn parameter(self, path: &FieldPath) -> Option<(usize, Pointer)> {
        let list = self.member("parameters")?;
        let count = self.root.pointer(&list)?.as_array()?.len();
        let (section, name) = (path.section.to_string(), path.names().next()?);
        let mut all = (0..count).map(|index| (index, self.follow(&format!("{list}/{index}"))));
        all.find(|(_, at)| {
            let parameter = self.root.pointer(at);
            parameter.is_some_and(|it| it["in"] == section && it["name"] == name)
        })
    }

    /// The schema as it is written for a field, or for a body.
    pub(super) fn site(self, path: &FieldPath) -> Option<Pointer> {
        let mut names = Some(path).filter(|path| path.is_placed())?.names();
        let holder = if path.section.is_parameter() {
            names.next()?;
            self.parameter(path)?.1
        } else {
            self.media_type(&path.section)?
        };
        let site = format!("{holder}/schema");
        self.root.pointer(&site)?;
        names.try_fold(site, |site, name| {
            self.below(&site, &format!("properties/{}", escape(name)))
        })
    }

    /// The object schema that has the field at a place.
    pub(super) fn holder_of(self, path: &FieldPath) -> Option<Pointer> {
        let property = format!("/properties/{}", escape(path.name()?));
        Some(self.site(path)?.strip_suffix(&property)?.to_owned())
    }

    /// The object schema that has the fields of the value at a place, or of its elements.
    pub(super) fn object(self, path: &FieldPath) -> Option<Pointer> {
        self.holder(&self.site(path)?, "properties")
    }

    /// The schema that lists the values of the field at a place, or of its elements.
    pub(super) fn enumeration(self, path: &FieldPath) -> Option<Pointer> {
        self.holder(&self.site(path)?, "enum")
    }

    /// The schema behind a site that has this keyword.
    pub(super) fn holder(self, site: &str, keyword: &str) -> Option<Pointer> {
        let found = self.below(site, keyword)?;
        Some(found[..found.len() - keyword.len() - 1].to_owned())
    }

    /// What a schema has at `inside`: itself, what it refers to, what it is made of or its elements.
    fn below(self, site: &str, inside: &str) -> Option<Pointer> {
        let schemas = self.schemas(site).into_iter();
        let mut places = schemas.map(|it| format!("{}/{inside}", self.follow(&it)));
        places.find(|at| self.root.pointer(at).is_some())
    }

    /// A schema as it is written, and the schemas that it is made of, `$ref`s as they are.
    pub(super) fn schemas(self, site: &str) -> Vec<Pointer> {
        let mut found = Vec::new();
        self.collect(site.to_owned(), &mut found);
        found
    }

    fn collect(self, site: Pointer, found: &mut Vec<Pointer>) {
        // More than any schema is made of, unless it holds itself.
        if found.len() == 64 || found.contains(&site) {
            return;
        }
        let at = self.follow(&site);
        found.push(site);
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let list = self.root.pointer(&format!("{at}/{keyword}"));
            let count = list.and_then(Value::as_array).map_or(0, Vec::len);
            for part in 0..count {
                self.collect(format!("{at}/{keyword}/{part}"), found);
            }
        }
        let items = format!("{at}/items");
        if self.root.pointer(&items).is_some() {
            self.collect(items, found);
        }
    }

    /// What stands at a location, or at the nearest one that it is part of.
    pub(super) fn nearest(self, location: &Location) -> Pointer {
        let mut places = std::iter::successors(Some(location.clone()), Location::parent);
        places.find_map(|it| self.exactly(&it)).unwrap_or_default()
    }

    fn exactly(self, location: &Location) -> Option<Pointer> {
        match location {
            Location::Operation => self.operation(),
            Location::Field(path) => self.site(path),
            // A value stands where the values are listed.
            Location::Value(path, _) => Some(format!("{}/enum", self.enumeration(path)?)),
            Location::Status(status) => self.response(status),
            Location::List(List::MediaTypes(section))
            | Location::Unnamed(section)
            | Location::Example(ExampleId { section, .. }, _) => self.body(section),
            Location::List(List::Dependency(package)) => {
                self.member(&format!("x-package-dependencies/{}", escape(package)))
            }
            Location::Dependencies => self.member("x-package-dependencies"),
            Location::Statuses => self.member("responses"),
            // What these are part of is the nearest place to read.
            Location::Constraint(..)
            | Location::Reason(_)
            | Location::Item(..)
            | Location::UnnamedAt(..)
            | Location::Method
            | Location::Path
            | Location::Security
            | Location::Title
            | Location::Description
            | Location::List(List::Servers | List::Headers(_)) => None,
        }
    }
}

/// Where the `$ref` at a pointer leads.
pub(super) fn target(root: &Value, reference: &str) -> Option<Pointer> {
    let text = root.pointer(reference)?.get("$ref")?.as_str()?;
    Some(text.trim_start_matches('#').to_owned())
}

/// A name as part of a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
