//! Which column holds which field.

use std::collections::HashMap;

use strsim::levenshtein;
use webex_precheck::api;

use super::problem::Column;

/// What the command line says of columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mapping {
    /// Columns, and the fields that they hold.
    pub(crate) map: Vec<(String, &'static api::RequestField)>,
    /// Columns that are left out; `*` is all that are no field.
    pub(crate) ignore: Vec<String>,
    /// Columns that are copied to the results.
    pub(crate) keep: Vec<String>,
}

/// What becomes of a column.
#[derive(Clone, Copy)]
pub(crate) struct Use {
    pub(crate) field: Option<Field>,
    /// Number of the column among those that are copied to the results.
    pub(crate) kept: Option<usize>,
}

/// A field of a request, and its place among all.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) flag: &'static api::RequestField,
    pub(crate) place: usize,
}

impl Field {
    /// A field of these; looked for once, and not for each row.
    pub(crate) fn among(
        fields: &'static [api::RequestField],
        flag: &'static api::RequestField,
    ) -> Self {
        let place = fields.iter().position(|it| it.path == flag.path);
        // Every field is one of them.
        let place = place.unwrap_or_default();
        Self { flag, place }
    }
}

/// Why a name is no field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoField {
    Unknown,
    /// It may be any of these.
    Ambiguous(Vec<&'static str>),
}

/// Letters and digits alone, in small letters: so names are compared.
fn plain(name: &str) -> String {
    let chars = name.chars().filter(|c| c.is_alphanumeric());
    chars.flat_map(char::to_lowercase).collect()
}

/// The parts of a dotted name.
fn parts(name: &str) -> Vec<String> {
    name.split(['.', '/']).map(plain).collect()
}

fn is_same(one: &str, other: &str) -> bool {
    let trim = |name: &str| {
        name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
            .to_lowercase()
    };
    trim(one) == trim(other)
}

/// The field of this name: its path, the name of its flag, or as much of the end of its path as
/// tells it from all others.
pub(crate) fn field(
    name: &str,
    fields: &'static [api::RequestField],
) -> Result<&'static api::RequestField, NoField> {
    let wanted = parts(name);
    if wanted.iter().any(String::is_empty) {
        return Err(NoField::Unknown);
    }
    let whole = fields.iter().find(|field| parts(field.path) == wanted);
    let flag = || {
        let name = plain(name);
        fields.iter().find(|field| plain(field.flag) == name)
    };
    if let Some(found) = whole.or_else(flag) {
        return Ok(found);
    }
    let ends = |field: &&api::RequestField| parts(field.path).ends_with(&wanted);
    let found: Vec<&'static api::RequestField> = fields.iter().filter(ends).collect();
    match found.as_slice() {
        [] => Err(NoField::Unknown),
        [field] => Ok(field),
        several => Err(NoField::Ambiguous(
            several.iter().map(|field| field.path).collect(),
        )),
    }
}

/// What becomes of each column of a header; or what is wrong with it, all of it.
pub(crate) fn of_header(
    header: &[String],
    fields: &'static [api::RequestField],
    mapping: &Mapping,
) -> Result<Vec<Use>, Vec<String>> {
    let mut wrong = Vec::new();
    let mut uses = Vec::with_capacity(header.len());
    let mut taken: HashMap<&str, Column> = HashMap::new();
    let mut seen: HashMap<String, Column> = HashMap::new();
    for (index, name) in header.iter().enumerate() {
        let column = Column::new(index, name);
        let is_named = |other: &&String| is_same(name, other);
        if name.trim().is_empty() {
            uses.push(Use {
                field: None,
                kept: None,
            });
            continue;
        }
        if let Some(first) = seen.insert(name.trim().to_lowercase(), column.clone()) {
            wrong.push(format!(
                "{column} has the name of {first}; rename one of them"
            ));
            continue;
        }
        let kept = mapping.keep.iter().position(|keep| is_same(name, keep));
        let mapped = mapping.map.iter().find(|(mapped, _)| is_same(name, mapped));
        let is_ignored = mapping.ignore.iter().any(|other| is_named(&other));
        let field = match mapped {
            Some((_, field)) => Some(*field),
            None if is_ignored => None,
            None => match field(name, fields) {
                Ok(field) => Some(field),
                Err(NoField::Unknown)
                    if kept.is_some() || mapping.ignore.iter().any(|it| it == "*") =>
                {
                    None
                }
                Err(reason) => {
                    wrong.push(no_field(&column, name, &reason, fields));
                    continue;
                }
            },
        };
        if let Some(field) = field
            && let Some(first) = taken.insert(field.path, column.clone())
        {
            wrong.push(format!(
                "{column} and {first} both hold {}; leave one out with --ignore, or rename it",
                field.path
            ));
        }
        let field = field.map(|flag| Field::among(fields, flag));
        uses.push(Use { field, kept });
    }
    let named = mapping.map.iter().map(|(name, _)| ("--map", name));
    let named = named.chain(mapping.keep.iter().map(|name| ("--keep", name)));
    let ignored = mapping.ignore.iter().filter(|name| *name != "*");
    for (flag, name) in named.chain(ignored.map(|name| ("--ignore", name))) {
        if !header.iter().any(|column| is_same(column, name)) {
            wrong.push(format!("{flag} `{name}`: the header has no such column"));
        }
    }
    if wrong.is_empty() {
        Ok(uses)
    } else {
        Err(wrong)
    }
}

/// What becomes of a member of a JSON object.
pub(crate) fn of_member(
    path: &str,
    fields: &'static [api::RequestField],
    mapping: &Mapping,
) -> Result<Use, String> {
    let kept = mapping.keep.iter().position(|keep| is_same(path, keep));
    let mapped = mapping.map.iter().find(|(mapped, _)| is_same(path, mapped));
    let ignores = |name: &dyn Fn(&str) -> bool| mapping.ignore.iter().any(|it| name(it));
    let field = match mapped {
        Some((_, field)) => Some(*field),
        None if ignores(&|name| is_same(path, name)) => None,
        None => match field(path, fields) {
            Ok(field) => Some(field),
            Err(NoField::Unknown) if kept.is_some() || ignores(&|name| name == "*") => None,
            Err(reason) => return Err(no_field(&Column::member(path), path, &reason, fields)),
        },
    };
    let field = field.map(|flag| Field::among(fields, flag));
    Ok(Use { field, kept })
}

fn no_field(column: &Column, name: &str, reason: &NoField, fields: &[api::RequestField]) -> String {
    match reason {
        NoField::Ambiguous(several) => format!(
            "{column} may be any of {}; rename it, or use --map \"{}=FIELD\"",
            several.join(", "),
            name.trim()
        ),
        NoField::Unknown => {
            let nearest = nearest(name, fields).map(|field| format!("; do you mean {field}?"));
            format!(
                "{column} is no field{}; use --map \"{1}=FIELD\", or --ignore \"{1}\" to leave it out, or --keep \"{1}\" to copy it to the results",
                nearest.unwrap_or_default(),
                name.trim()
            )
        }
    }
}

/// The field whose name is like this one.
fn nearest(name: &str, fields: &[api::RequestField]) -> Option<&'static str> {
    let wanted = plain(name);
    let distance = |field: &&api::RequestField| {
        let last = field.path.rsplit('.').next().unwrap_or_default();
        levenshtein(&wanted, &plain(last)).min(levenshtein(&wanted, &plain(field.flag)))
    };
    let best = fields.iter().min_by_key(distance)?;
    (distance(&best) <= wanted.chars().count().div_ceil(3)).then_some(best.path)
}

#[cfg(test)]
mod tests;
