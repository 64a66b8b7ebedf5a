//! Rows as requests.

use std::collections::HashMap;
use std::marker::PhantomData;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::decode::{Wrong, set};
use crate::fields::{Flag, Shape};

use super::columns::{self, Mapping, Use};
use super::input::{self, Input, Leaf, Values, cell};
use super::problem::{Column, Problem};
use super::subject::{NoRequest, Subject};

/// What is asked, whichever row asks it: rows with the same content have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(pub(crate) [u8; 16]);

impl Key {
    fn of<S: Subject>(request: &S) -> Result<Self, serde_json::Error> {
        let mut digest = Sha256::new();
        digest.update(S::OPERATION.id);
        digest.update([0]);
        digest.update(serde_json::to_vec(request)?);
        let mut key = [0; 16];
        key.copy_from_slice(&digest.finalize()[..16]);
        Ok(Self(key))
    }
}

/// A row, judged without asking.
pub(crate) struct Row<S> {
    pub(crate) shown: Shown,
    /// What to ask, unless there are hard problems.
    pub(crate) request: Option<(Key, S)>,
    pub(crate) problems: Vec<Problem>,
}

/// What the results show of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) line: u64,
    /// Values of [`Subject::KEYS`], then of the columns that are kept.
    pub(crate) values: Box<[String]>,
}

/// The rows of an input.
pub(crate) struct Rows<S> {
    input: Input,
    /// What becomes of the columns, where the input has any.
    uses: Vec<Use>,
    /// What becomes of the members of JSON objects, by their path.
    members: HashMap<String, Result<Use, String>>,
    mapping: Mapping,
    defaults: Vec<(&'static Flag, String)>,
    subject: PhantomData<S>,
}

/// Members of JSON objects whose use is remembered.
const MOST_MEMBERS: usize = 1000;

/// The value of a field, and where it is from.
struct Field {
    field: &'static Flag,
    value: Value,
}

impl<S: Subject> Rows<S> {
    /// The rows of an input. The error is what is wrong with its header, all of it.
    pub(crate) fn new(
        input: Input,
        mapping: Mapping,
        defaults: Vec<(&'static Flag, String)>,
    ) -> Result<Self, Vec<String>> {
        let uses = match input.header() {
            Some(header) => columns::of_header(header, S::FIELDS, &mapping)?,
            None => Vec::new(),
        };
        Ok(Self {
            input,
            uses,
            members: HashMap::new(),
            mapping,
            defaults,
            subject: PhantomData,
        })
    }

    /// What the number of a row is called.
    pub(crate) fn unit(&self) -> &'static str {
        self.input.unit()
    }

    /// The next row; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Row<S>>, String> {
        let Some(row) = self.input.next()? else {
            return Ok(None);
        };
        let input::Row { line, values } = row;
        let mut problems = Vec::new();
        let mut kept = vec![String::new(); self.mapping.keep.len()];
        let mut fields = match values {
            Ok(Values::Cells(cells)) => self.of_cells(line, cells, &mut kept, &mut problems),
            Ok(Values::Leaves(leaves)) => self.of_leaves(line, leaves, &mut kept, &mut problems),
            Err(problem) => {
                problems.push(*problem);
                Vec::new()
            }
        };
        let can_be_read = problems.is_empty();
        for (field, text) in &self.defaults {
            if !fields.iter().any(|it| it.field.field == field.field) {
                let value = value(field, text);
                fields.push(Field { field, value });
            }
        }
        let keys = S::KEYS.iter().map(|key| {
            let field = fields.iter().find(|it| it.field.field == *key);
            field
                .and_then(|it| it.value.as_str())
                .unwrap_or_default()
                .to_owned()
        });
        let shown = Shown {
            line,
            values: keys.chain(kept).collect(),
        };
        // What follows from a cell that cannot be read is not told as well.
        let request = match can_be_read {
            true => self.request(line, fields, &mut problems),
            false => None,
        };
        Ok(Some(Row {
            shown,
            request,
            problems,
        }))
    }

    fn of_cells(
        &self,
        line: u64,
        cells: Vec<Result<String, cell::Damage>>,
        kept: &mut [String],
        problems: &mut Vec<Problem>,
    ) -> Vec<Field> {
        let header = self.input.header().unwrap_or_default();
        let mut fields = Vec::with_capacity(cells.len());
        for (index, (cell, used)) in cells.into_iter().zip(&self.uses).enumerate() {
            let name = header.get(index).map(String::as_str).unwrap_or_default();
            if let Some(kept) = used.kept.and_then(|slot| kept.get_mut(slot)) {
                kept.clone_from(cell.as_ref().unwrap_or(&String::new()));
            }
            let is_left_out =
                used.field.is_none() && (used.kept.is_some() || !name.trim().is_empty());
            if is_left_out {
                continue;
            }
            let text = cell
                .as_deref()
                .map_err(|damage| *damage)
                .and_then(cell::meant);
            match (text, used.field) {
                (Ok(""), _) => {}
                (Ok(text), Some(field)) => fields.push(Field {
                    field,
                    value: value(field, text),
                }),
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
                    problem.field = field.map(|field| field.field.to_owned());
                    problems.push(problem);
                }
            }
        }
        fields
    }

    fn of_leaves(
        &mut self,
        line: u64,
        leaves: Vec<(String, Leaf)>,
        kept: &mut [String],
        problems: &mut Vec<Problem>,
    ) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::with_capacity(leaves.len());
        for (path, leaf) in leaves {
            let at = Column::member(&path);
            let used = match self.use_of(&path) {
                Ok(used) => used,
                Err(reason) => {
                    let remedy = "name the field as `webex-precheck schema` does";
                    problems.push(Problem::of_row(line, "unknown-field", reason, remedy));
                    continue;
                }
            };
            if let Some(kept) = used.kept.and_then(|slot| kept.get_mut(slot)) {
                *kept = match &leaf {
                    Leaf::Text(text) => text.clone(),
                    Leaf::List(texts) => texts.join(","),
                    Leaf::Other(what) => (*what).to_owned(),
                };
            }
            let Some(field) = used.field else {
                continue;
            };
            let mut refuse = |rule, reason: String, remedy| {
                let problem = Problem::of_row(line, rule, reason, remedy);
                problems.push(problem.at(at.clone()).in_field(field.field));
            };
            if fields.iter().any(|it| it.field.field == field.field) {
                refuse(
                    "duplicate-field",
                    "it is there twice".to_owned(),
                    "leave one out",
                );
                continue;
            }
            let value = match (field.shape, leaf) {
                (_, Leaf::Text(text)) if text.contains('\u{fffd}') => {
                    let damage = cell::Damage::Encoding;
                    refuse(damage.rule(), damage.reason(), damage.remedy());
                    continue;
                }
                (Shape::Packages, Leaf::List(names)) => Value::from(names),
                (_, Leaf::Text(text)) => value(field, &text),
                (shape, leaf) => {
                    let wanted = match shape {
                        Shape::Packages => "a list of texts",
                        Shape::Text | Shape::Package => "a text",
                    };
                    let found = match leaf {
                        Leaf::Other(what) => what,
                        _ => "a list",
                    };
                    let reason = format!("it is {found}, and the field takes {wanted}");
                    refuse("wrong-type", reason, "write it in quotation marks");
                    continue;
                }
            };
            fields.push(Field { field, value });
        }
        fields
    }

    /// What becomes of a member of a JSON object.
    fn use_of(&mut self, path: &str) -> Result<Use, String> {
        if let Some(known) = self.members.get(path) {
            return known.clone();
        }
        let used = columns::of_member(path, S::FIELDS, &self.mapping);
        if self.members.len() < MOST_MEMBERS {
            self.members.insert(path.to_owned(), used.clone());
        }
        used
    }

    /// Makes the request, if there is nothing against it.
    fn request(
        &self,
        line: u64,
        fields: Vec<Field>,
        problems: &mut Vec<Problem>,
    ) -> Option<(Key, S)> {
        let mut body = Value::Object(Map::new());
        for Field { field, value } in fields {
            // No field is in the way of another.
            let _ = set(&mut body, field.field, value);
        }
        let refused = |rule, reason, remedy: &str| Problem::of_row(line, rule, reason, remedy);
        let request = match S::decode(body) {
            Ok(request) => request,
            Err(NoRequest::Wrong(Wrong::Missing(missing))) => {
                let problem = |field: &String| {
                    let reason = "it is required and empty".to_owned();
                    let problem = refused("required", reason, "fill it in, or use --default");
                    self.in_column(problem.in_field(field))
                };
                problems.extend(missing.iter().map(problem));
                return None;
            }
            Err(NoRequest::Wrong(Wrong::Type { field, reason })) => {
                let problem = refused("wrong-type", reason, "see `webex-precheck schema`");
                problems.push(self.in_column(problem.in_field(&field)));
                return None;
            }
            Err(NoRequest::Wrong(Wrong::Unknown(field))) => {
                let reason = "the request has no such field".to_owned();
                problems.push(refused("unknown-field", reason, "leave it out").in_field(&field));
                return None;
            }
            Err(NoRequest::Conflict(reason)) => {
                problems.push(refused("conflict", reason, "leave one of them empty"));
                return None;
            }
        };
        for finding in request.findings() {
            problems.push(self.in_column(Problem::of_finding(line, &finding)));
        }
        if problems.iter().any(Problem::is_hard) {
            return None;
        }
        match Key::of(&request) {
            Ok(key) => Some((key, request)),
            Err(error) => {
                problems.push(refused("encoding", error.to_string(), "look at its values"));
                None
            }
        }
    }

    /// The problem with the column of its field, where there is one.
    fn in_column(&self, problem: Problem) -> Problem {
        let header = self.input.header().unwrap_or_default();
        let is_its = |used: &Use| {
            used.field
                .is_some_and(|field| Some(field.field) == problem.field.as_deref())
        };
        match self.uses.iter().position(is_its) {
            Some(index) => problem.at(Column::new(index, &header[index])),
            None => problem,
        }
    }
}

/// The value of a field as text says it.
fn value(field: &Flag, text: &str) -> Value {
    match field.shape {
        Shape::Text | Shape::Package => Value::from(text),
        Shape::Packages => {
            let names = text.split([',', ';', '|', '\n']).map(str::trim);
            names.filter(|name| !name.is_empty()).collect()
        }
    }
}
