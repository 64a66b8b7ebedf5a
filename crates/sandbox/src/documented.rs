//! The documented facts, merged over all sources: what any of them documents is true here.

use std::collections::BTreeMap;
use std::error::Error;

use hyper::body::Bytes;
use webex_precheck_contract::inventory::{self, Inventory};
use webex_precheck_contract::location::{FieldPath, Section};
use webex_precheck_contract::{Type, capture};

use crate::operation::Operation as OperationId;

/// The captures, copied here by `cargo xtask codegen`.
const CAPTURES: [&str; 3] = [
    include_str!("../documented/openapi.toml"),
    include_str!("../documented/customer-page.toml"),
    include_str!("../documented/subscriber-page.toml"),
];

/// What is documented of both operations.
pub(crate) struct Documented {
    customer: Operation,
    subscriber: Operation,
}

/// What all sources together document of an operation.
pub(crate) struct Operation {
    /// The fields of the body.
    pub(crate) fields: Vec<Field>,
    /// Packages that need one of others beside them.
    pub(crate) dependencies: BTreeMap<String, Vec<String>>,
    /// The example answer for status 200.
    pub(crate) success: Bytes,
}

/// What all sources together document of a field.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: Option<Type>,
    pub(crate) required: bool,
    /// Enumerated values; empty where any value is fine.
    pub(crate) values: Vec<String>,
    /// What is directly under it.
    pub(crate) fields: Vec<Field>,
}

impl Documented {
    /// Reads the captures. The error is one of this crate's build, not of a user.
    pub(crate) fn load() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let sources: Vec<Inventory> = CAPTURES
            .into_iter()
            .map(capture::read)
            .collect::<Result<_, _>>()?;
        let contract_id = |id: OperationId| webex_precheck_contract::OperationId::new(id.as_str());
        let operation =
            |id| Operation::merge(sources.iter().filter_map(|s| s.operation(&contract_id(id))));
        Ok(Self {
            customer: operation(OperationId::Customer)?,
            subscriber: operation(OperationId::Subscriber)?,
        })
    }

    pub(crate) fn operation(&self, id: OperationId) -> &Operation {
        match id {
            OperationId::Customer => &self.customer,
            OperationId::Subscriber => &self.subscriber,
        }
    }
}

impl Operation {
    fn merge<'a>(
        sources: impl Iterator<Item = &'a inventory::Operation>,
    ) -> Result<Self, &'static str> {
        let sources: Vec<_> = sources.collect();
        let mut dependencies: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let documented = sources.iter().filter_map(|s| s.dependencies.as_ref());
        for (package, others) in documented.flatten() {
            let known = dependencies.entry(package.clone()).or_default();
            let new = others.iter().filter(|other| !known.contains(other));
            let new: Vec<String> = new.cloned().collect();
            known.extend(new);
        }
        let mut examples = sources.iter().flat_map(|s| &s.examples);
        let answer = Section::Response("200".to_owned());
        let success = examples.find(|example| example.at.section == answer);
        Ok(Self {
            fields: Field::children(&sources, &FieldPath::body()),
            dependencies,
            success: Bytes::from(success.ok_or("no answer is documented")?.json.clone()),
        })
    }
}

impl Field {
    /// The fields directly under `scope`, and those under them.
    fn children(sources: &[&inventory::Operation], scope: &FieldPath) -> Vec<Self> {
        let mut fields: Vec<Self> = Vec::new();
        for documented in sources.iter().flat_map(|source| source.children(scope)) {
            match fields.iter_mut().find(|f| f.name == documented.name()) {
                Some(known) => known.add(documented),
                None => {
                    let mut field = Self {
                        name: documented.name().to_owned(),
                        ty: None,
                        required: false,
                        values: Vec::new(),
                        fields: Self::children(sources, &documented.at),
                    };
                    field.add(documented);
                    fields.push(field);
                }
            }
        }
        fields
    }

    fn add(&mut self, documented: &inventory::Field) {
        if self.ty.is_none() {
            self.ty.clone_from(&documented.ty);
        }
        self.required |= documented.required == Some(true);
        for value in documented.listed_values() {
            if !self.values.contains(value) {
                self.values.push(value.clone());
            }
        }
    }
}
