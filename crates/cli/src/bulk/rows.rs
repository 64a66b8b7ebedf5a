//! Rows as requests.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use sha2::{Digest, Sha256};

use webex_precheck::api::{self, FieldType, Operation};
use webex_precheck::{AnyPrecheck, PreparedRequest};

use crate::decode::{Wrong, decode};

use super::body::{Layout, Value};
use super::columns::{self, Field, Mapping, Use};
use super::input::{self, Cells, Input, Leaf, Values, cell};
use super::problem::{Column, Problem};

/// What is asked, whichever row asks it: rows with the same content have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) [u8; 16]);

impl Key {
    /// Of a request's body, which is the same for the same request.
    fn of(operation: &Operation, body: &[u8]) -> Self {
        let mut digest = Sha256::new();
        digest.update(operation.id);
        digest.update([0]);
        digest.update(body);
        let mut key = [0; 16];
        key.copy_from_slice(&digest.finalize()[..16]);
        Self(key)
    }
}

/// In hexadecimal digits.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// It is a hash already.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        state.write_u64(u64::from_be_bytes([a, b, c, d, e, f, g, h]));
    }
}

/// A map by keys.
pub(crate) type Keyed<V> = HashMap<Key, V, BuildHasherDefault<AsItIs>>;

/// Takes what is hashed for its hash.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A row, judged without asking.
pub(crate) struct Row {
    pub(crate) shown: Shown,
    /// What to ask, unless there are hard problems.
    pub(crate) request: Option<(Key, PreparedRequest)>,
    pub(crate) problems: Vec<Problem>,
}

/// What the results show of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) line: u64,
    /// Values of [`Operation::keys`], then of the columns that are kept.
    pub(crate) values: Box<[String]>,
}

/// The rows of an input.
pub(crate) struct Rows {
    operation: &'static Operation,
    input: Input,
    /// What becomes of the columns, where the input has any.
    uses: Vec<Use>,
    /// What becomes of the members of JSON objects, by their path.
    members: HashMap<String, Result<Use, String>>,
    mapping: Mapping,
    defaults: Vec<(Field, String)>,
    layout: Layout,
    /// The body of the row that is read, whose memory is used again.
    body: Vec<u8>,
    /// Places of [`Operation::keys`] among the fields.
    keys: Vec<usize>,
}

/// Members of JSON objects whose use is remembered.
const MOST_MEMBERS: usize = 1000;

/// The values of a row, by the places of their fields in [`Operation::fields`].
type Fields<'a> = Vec<Option<Value<'a>>>;

impl Rows {
    /// The rows of an input. The error is what is wrong with its header, all of it.
    pub(crate) fn new(
        operation: &'static Operation,
        input: Input,
        mapping: Mapping,
        defaults: Vec<(&'static api::RequestField, String)>,
    ) -> Result<Self, Vec<String>> {
        let all = operation.fields;
        let uses = match input.header() {
            Some(header) => columns::of_header(header, all, &mapping)?,
            None => Vec::new(),
        };
        Ok(Self {
            operation,
            input,
            uses,
            members: HashMap::new(),
            mapping,
            defaults: defaults
                .into_iter()
                .map(|(flag, text)| (Field::among(all, flag), text))
                .collect(),
            layout: Layout::new(all),
            body: Vec::new(),
            keys: operation
                .keys
                .iter()
                .filter_map(|key| all.iter().position(|field| field.path == *key))
                .collect(),
        })
    }

    /// What the number of a row is called.
    pub(crate) fn unit(&self) -> &'static str {
        self.input.unit()
    }

    /// Whether the next row is there already, as far as can be told.
    pub(crate) fn is_at_hand(&self) -> bool {
        self.input.is_at_hand()
    }

    /// The next row; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Row>, String> {
        let Some(row) = self.input.next()? else {
            return Ok(None);
        };
        let input::Row { line, values } = row;
        let mut problems = Vec::new();
        let mut kept = vec![String::new(); self.mapping.keep.len()];
        let mut fields: Fields<'_> = Vec::new();
        fields.resize_with(self.operation.fields.len(), || None);
        match &values {
            Ok(Values::Cells(cells)) => {
                self.of_cells(line, cells, &mut fields, &mut kept, &mut problems);
            }
            Ok(Values::Leaves(leaves)) => {
                self.of_leaves(line, leaves, &mut fields, &mut kept, &mut problems);
            }
            Err(problem) => problems.push(Problem::clone(problem)),
        }
        let can_be_read = problems.is_empty();
        for (field, text) in &self.defaults {
            if let Some(missing @ None) = fields.get_mut(field.place) {
                *missing = Some(value(field.flag, text));
            }
        }
        let keys = self.keys.iter().map(|place| match fields.get(*place) {
            Some(Some(Value::Text(text))) => (*text).to_owned(),
            _ => String::new(),
        });
        let shown = Shown {
            line,
            values: keys.chain(kept).collect(),
        };
        // What follows from a cell that cannot be read is not told as well.
        let request = if can_be_read {
            let mut body = std::mem::take(&mut self.body);
            self.layout.write(&fields, &mut body);
            let request = self.request(line, &body, &mut problems);
            self.body = body;
            request
        } else {
            None
        };
        Ok(Some(Row {
            shown,
            request,
            problems,
        }))
    }

    fn of_cells<'a>(
        &self,
        line: u64,
        cells: &'a Cells,
        fields: &mut Fields<'a>,
        kept: &mut [String],
        problems: &mut Vec<Problem>,
    ) {
        let header = self.input.header().unwrap_or_default();
        for (index, used) in self.uses.iter().enumerate() {
            let cell = cells.get(index);
            let name = header.get(index).map(String::as_str).unwrap_or_default();
            if let Some(kept) = used.kept.and_then(|slot| kept.get_mut(slot)) {
                match cells.damage(index) {
                    Some(damage) => *kept = format!("({})", damage.reason()),
                    None => cell.clone_into(kept),
                }
            }
            if used.field.is_none() && !name.trim().is_empty() {
                continue;
            }
            let text = match cells.damage(index) {
                Some(damage) => Err(damage),
                None => cell::meant(cell),
            };
            match (text, used.field) {
                (Ok(""), _) => {}
                (Ok(text), Some(field)) => fields[field.place] = Some(value(field.flag, text)),
                (Ok(_), None) => {
                    let remedy = "give the column a name, or empty the cell";
                    let problem =
                        Problem::of_row(line, "no-header", "it has a value and no name", remedy);
                    problems.push(problem.at(Column::new(index, name)));
                }
                (Err(damage), field) => {
                    let mut problem =
                        Problem::of_row(line, damage.rule(), damage.reason(), damage.remedy())
                            .at(Column::new(index, name));
                    problem.field = field.map(|field| field.flag.path.to_owned());
                    problems.push(problem);
                }
            }
        }
    }

    fn of_leaves<'a>(
        &mut self,
        line: u64,
        leaves: &'a [(String, Leaf)],
        fields: &mut Fields<'a>,
        kept: &mut [String],
        problems: &mut Vec<Problem>,
    ) {
        for (path, leaf) in leaves {
            let used = match self.use_of(path) {
                Ok(used) => used,
                Err(reason) => {
                    let remedy = "name the field as `webex-precheck schema` does";
                    problems.push(Problem::of_row(line, "unknown-member", reason, remedy));
                    continue;
                }
            };
            if let Some(kept) = used.kept.and_then(|slot| kept.get_mut(slot)) {
                *kept = match leaf {
                    Leaf::Text(text) => text.clone(),
                    Leaf::Plain(json, _) => json.clone(),
                    Leaf::List(texts) => texts.join(","),
                    Leaf::Other(what) => (*what).to_owned(),
                };
            }
            let Some(Field { flag, place }) = used.field else {
                continue;
            };
            let mut refuse = |rule, reason: String, remedy| {
                let problem = Problem::of_row(line, rule, reason, remedy);
                problems.push(problem.at(Column::member(path)).in_field(flag.path));
            };
            if fields[place].is_some() {
                refuse(
                    "duplicate-field",
                    "it is there twice".to_owned(),
                    "leave one out",
                );
                continue;
            }
            let value = match (flag.ty, leaf) {
                (_, Leaf::Text(text)) if text.trim().is_empty() => continue,
                (_, Leaf::Text(text)) if cell::damage(text).is_some() => {
                    if let Some(damage) = cell::damage(text) {
                        refuse(damage.rule(), damage.reason(), damage.remedy());
                    }
                    continue;
                }
                (FieldType::StringArray, Leaf::List(names)) => {
                    Value::List(names.iter().map(String::as_str).collect())
                }
                (_, Leaf::Text(text)) => value(flag, text),
                (FieldType::Number | FieldType::Json, Leaf::Plain(json, _)) => value(flag, json),
                (ty, leaf) => {
                    let wanted = match ty {
                        FieldType::StringArray => "a list of texts",
                        FieldType::String => "a text",
                        FieldType::Number => "a number",
                        _ => "JSON as a text",
                    };
                    let found = match leaf {
                        Leaf::Other(what) | Leaf::Plain(_, what) => what,
                        _ => "a list",
                    };
                    let reason = format!("it is {found}, and the field takes {wanted}");
                    refuse("wrong-type", reason, "write it in quotation marks");
                    continue;
                }
            };
            fields[place] = Some(value);
        }
    }

    /// What becomes of a member of a JSON object.
    fn use_of(&mut self, path: &str) -> Result<Use, String> {
        if let Some(known) = self.members.get(path) {
            return known.clone();
        }
        let used = columns::of_member(path, self.operation.fields, &self.mapping);
        if self.members.len() < MOST_MEMBERS {
            self.members.insert(path.to_owned(), used.clone());
        }
        used
    }

    /// Makes the request, if there is nothing against it.
    fn request(
        &self,
        line: u64,
        body: &[u8],
        problems: &mut Vec<Problem>,
    ) -> Option<(Key, PreparedRequest)> {
        let refused = |rule, reason, remedy: &str| Problem::of_row(line, rule, reason, remedy);
        let request = match request(self.operation, body) {
            Ok(request) => request,
            Err(Wrong::Missing(missing)) => {
                let problem = |field: &String| {
                    let reason = "it is required and empty".to_owned();
                    let problem = refused("required", reason, "fill it in, or use --default");
                    self.in_column(problem.in_field(field))
                };
                problems.extend(missing.iter().map(problem));
                return None;
            }
            Err(Wrong::Type { field, reason }) => {
                let problem = refused("wrong-type", reason, "see `webex-precheck schema`");
                problems.push(self.in_column(problem.in_field(&field)));
                return None;
            }
            Err(Wrong::Conflict(reason)) => {
                problems.push(refused("conflict", reason, "leave one of them empty"));
                return None;
            }
        };
        let prepared = match PreparedRequest::new(&request) {
            Ok(prepared) => prepared,
            Err(error) => {
                problems.push(refused("encoding", error.to_string(), "look at its values"));
                return None;
            }
        };
        for finding in prepared.findings() {
            problems.push(self.in_column(Problem::of_finding(line, finding)));
        }
        if problems.iter().any(Problem::is_hard) {
            None
        } else {
            Some((Key::of(self.operation, prepared.body()), prepared))
        }
    }

    /// The problem with the column of its field, where there is one.
    fn in_column(&self, problem: Problem) -> Problem {
        let header = self.input.header().unwrap_or_default();
        let field = problem.field.as_deref();
        let is_its = |used: &Use| used.field.is_some_and(|it| Some(it.flag.path) == field);
        match self.uses.iter().position(is_its) {
            Some(index) => problem.at(Column::new(index, &header[index])),
            None => problem,
        }
    }
}

/// The value of a field as text says it.
fn value<'a>(field: &api::RequestField, text: &'a str) -> Value<'a> {
    match field.ty {
        FieldType::String => Value::Text(text),
        FieldType::Number => Value::Number(text),
        FieldType::StringArray => {
            let names = text.split([',', ';', '|', '\n']).map(str::trim);
            Value::List(names.filter(|name| !name.is_empty()).collect())
        }
        _ => Value::Json(text),
    }
}

/// Decodes the usual request at once; what is wrong with another is worth a closer look.
fn request(operation: &Operation, body: &[u8]) -> Result<AnyPrecheck, Wrong> {
    let mut json = serde_json::Deserializer::from_slice(body);
    AnyPrecheck::deserialize(operation, &mut json)
        .or_else(|_| decode(serde_json::from_slice(body).unwrap_or_default(), operation))
}
