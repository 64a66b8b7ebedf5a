//! Where a documented fact stands in the contract: JSON pointers, through `$ref`s and compositions.

use serde_json::Value;
use webex_precheck_contract::OperationId;
use webex_precheck_contract::location::{FieldPath, List, Location, Section};

/// A JSON pointer from the root of the contract.
pub(super) type Pointer = String;

/// Where a component of the contract stands that is a schema.
pub(super) const SCHEMAS: &str = "/components/schemas";

/// One operation of the contract.
#[derive(Clone, Copy)]
pub(super) struct Contract<'c> {
    pub(super) root: &'c Value,
    pub(super) id: OperationId,
}

impl Contract<'_> {
    /// The operation itself.
    pub(super) fn operation(self) -> Option<Pointer> {
        let paths = self.root.get("paths")?.as_object()?;
        paths.iter().find_map(|(path, item)| {
            let post = OperationId::of_path(path) == Some(self.id) && item.get("post").is_some();
            post.then(|| format!("/paths/{}/post", escape(path)))
        })
    }

    /// A member of the operation.
    pub(super) fn member(self, name: &str) -> Option<Pointer> {
        Some(format!("{}/{name}", self.operation()?))
    }

    /// Where the `$ref` at a pointer leads, or the pointer itself.
    pub(super) fn follow(self, pointer: &str) -> Pointer {
        let mut at = pointer.to_owned();
        // A reference that leads back to itself has no end.
        for _ in 0..16 {
            let reference = self.root.pointer(&at).and_then(|value| value.get("$ref"));
            match reference.and_then(Value::as_str) {
                Some(reference) => at = reference.trim_start_matches('#').to_owned(),
                None => break,
            }
        }
        at
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
        let all = (0..count).map(|index| (index, self.follow(&format!("{list}/{index}"))));
        all.into_iter().find(|(_, at)| {
            let is = |key: &str, wanted: &str| {
                let found = self.root.pointer(&format!("{at}/{key}"));
                found.and_then(Value::as_str) == Some(wanted)
            };
            is("in", &section) && is("name", name)
        })
    }

    /// The schema as it is written for a field, or for a body.
    pub(super) fn site(self, path: &FieldPath) -> Option<Pointer> {
        let mut names = Some(path).filter(|path| path.is_placed())?.names();
        let mut site = if path.section.is_parameter() {
            names.next()?;
            format!("{}/schema", self.parameter(path)?.1)
        } else {
            format!("{}/schema", self.media_type(&path.section)?)
        };
        self.root.pointer(&site)?;
        for name in names {
            site = self.below(&site, &format!("properties/{}", escape(name)))?;
        }
        Some(site)
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
        self.schemas(site).into_iter().find_map(|schema| {
            let at = format!("{}/{inside}", self.follow(&schema));
            self.root.pointer(&at).map(|_| at)
        })
    }

    /// A schema as it is written, and the schemas that it is made of, `$ref`s as they are.
    pub(super) fn schemas(self, site: &str) -> Vec<Pointer> {
        let mut found = vec![site.to_owned()];
        let mut index = 0;
        // More than any schema is made of, unless it holds itself.
        while index < found.len() && found.len() < 64 {
            let at = self.follow(&found[index]);
            let schema = self.root.pointer(&at);
            let mut parts = Vec::new();
            for keyword in ["allOf", "anyOf", "oneOf"] {
                let list = schema.and_then(|it| it.get(keyword)?.as_array());
                let count = list.map_or(0, Vec::len);
                parts.extend((0..count).map(|part| format!("{at}/{keyword}/{part}")));
            }
            if schema.is_some_and(|it| it.get("items").is_some()) {
                parts.push(format!("{at}/items"));
            }
            parts.retain(|part| !found.contains(part));
            index += 1;
            // What a part is made of comes before the next part.
            found.splice(index..index, parts);
        }
        found
    }

    /// What stands at a location, or at the nearest one that it is part of.
    pub(super) fn nearest(self, location: &Location) -> Pointer {
        let mut places = std::iter::successors(Some(location.clone()), Location::parent);
        places.find_map(|it| self.exactly(&it)).unwrap_or_default()
    }

    fn exactly(self, location: &Location) -> Option<Pointer> {
        match location {
            Location::Field(path) => self.site(path),
            // A value stands where the values are listed.
            Location::Value(path, _) => Some(format!("{}/enum", self.enumeration(path)?)),
            Location::Constraint(path, _) => self.site(path),
            Location::Status(status)
            | Location::Reason(status)
            | Location::List(List::Headers(status)) => self.response(status),
            Location::List(List::MediaTypes(section)) => self.body(section),
            Location::List(List::Dependency(package)) => {
                self.member(&format!("x-package-dependencies/{}", escape(package)))
            }
            Location::Dependencies => self.member("x-package-dependencies"),
            Location::Unnamed(section) => self.body(section),
            Location::Example(id, _) => self.body(&id.section),
            Location::Statuses => self.member("responses"),
            Location::Item(..) | Location::UnnamedAt(..) => None,
            Location::Operation
            | Location::Method
            | Location::Path
            | Location::Security
            | Location::Title
            | Location::Description
            | Location::List(List::Servers) => self.operation(),
        }
    }
}

/// A name as part of a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
