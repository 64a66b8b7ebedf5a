//! The documented facts, merged over all sources: what any of them documents is true here.

use webex_precheck_contract::inventory::{Field, Inventory, Operation, OperationId};
use webex_precheck_contract::{Type, capture};

/// The captures, copied here by `cargo xtask codegen`.
const CAPTURES: [&str; 3] = [
    include_str!("../documented/openapi.toml"),
    include_str!("../documented/customer-page.toml"),
    include_str!("../documented/subscriber-page.toml"),
];

/// What is documented of the bodies of both operations.
pub(crate) struct Documented {
    sources: Vec<Inventory>,
}

/// What all sources together document of a field.
pub(crate) struct Documentation<'a> {
    pub(crate) name: &'a str,
    pub(crate) ty: Option<&'a Type>,
    pub(crate) required: bool,
    /// Enumerated values; empty where any value is fine.
    pub(crate) values: Vec<&'a str>,
}

impl Documented {
    /// Reads the captures. The error is one of this crate's build, not of a user.
    pub(crate) fn load() -> Result<Self, String> {
        let sources = CAPTURES.into_iter().map(capture::read);
        Ok(Self {
            sources: sources.collect::<Result<_, _>>()?,
        })
    }

    pub(crate) fn operations(&self, id: OperationId) -> impl Iterator<Item = &Operation> {
        self.sources.iter().filter_map(move |s| s.operation(id))
    }

    /// The fields directly under `scope` of the body.
    pub(crate) fn children(&self, id: OperationId, scope: &str) -> Vec<Documentation<'_>> {
        let mut fields: Vec<Documentation<'_>> = Vec::new();
        for field in self.operations(id).flat_map(|o| o.children(scope)) {
            match fields.iter_mut().find(|known| known.name == field.name()) {
                Some(known) => known.add(field),
                None => {
                    let mut known = Documentation {
                        name: field.name(),
                        ty: None,
                        required: false,
                        values: Vec::new(),
                    };
                    known.add(field);
                    fields.push(known);
                }
            }
        }
        fields
    }

    /// The example answer that Webex documents for status 200.
    pub(crate) fn success(&self, id: OperationId) -> Option<&str> {
        let mut examples = self.operations(id).flat_map(|o| &o.examples);
        examples
            .find(|example| example.at == "responses.200")
            .map(|example| example.json.as_str())
    }
}

impl<'a> Documentation<'a> {
    fn add(&mut self, field: &'a Field) {
        self.ty = self.ty.or(field.ty.as_ref());
        self.required |= field.required == Some(true);
        let listed = field.values.iter().flat_map(|values| values.listed());
        for value in listed.map(String::as_str) {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
    }
}
