//! The request form beside the documentation: it repeats the top-level parameters as bullets.

use crate::inventory::Operation;
use crate::location::{FieldPath, Section};
use crate::prose::Prose;

use super::fields::{NamedField, TYPES, is_name};

/// The bullets of the form.
#[derive(Default)]
pub(super) struct Form {
    header: Vec<Bullet>,
    query: Vec<Bullet>,
    body: Vec<Bullet>,
}

impl Form {
    /// The bullets of a section.
    pub(super) fn of(&self, scope: &Section) -> &[Bullet] {
        match scope {
            Section::Header => &self.header,
            Section::Query => &self.query,
            Section::Body => &self.body,
            Section::Path | Section::Cookie | Section::Response(_) => &[],
        }
    }

    /// Whether it names the fields that it shows.
    pub(super) fn names_fields(&self) -> bool {
        let mut bullets = self.header.iter().chain(&self.query).chain(&self.body);
        bullets.any(|bullet| matches!(bullet, Bullet::Named(_)))
    }
}

/// One bullet: name, type and words run together, or words alone.
pub(super) enum Bullet {
    Named(NamedField),
    Text(Prose),
}

/// Bullets of the portal's own.
const CONTROLS: [&str; 4] = ["Try it", "Example", "Request", "Response"];

/// Reads the form. The names of `tree` settle where a name ends and its type begins.
pub(super) fn read(lines: &[&str], tree: Option<&Operation>) -> Form {
    let mut form = Form::default();
    let mut section = "";
    let mut index = 0;
    while index < lines.len() {
        let line = lines[index].trim();
        index += 1;
        match bullet_text(line) {
            None if matches!(line, "Query Parameters" | "Body" | "Header") => section = line,
            // The examples come after the form.
            None if line.starts_with('{') => break,
            None => {}
            Some(text) if CONTROLS.contains(&text) => {}
            Some(text) => {
                let mut text = text.to_owned();
                // A bullet goes on over lines that end without a full stop.
                while let Some(next) = lines.get(index).map(|next| next.trim())
                    && !next.is_empty()
                    && bullet_text(next).is_none()
                    && !next.starts_with(['{', '/'])
                    && !next.contains("://")
                    && !matches!(next, "Query Parameters" | "Body" | "Header")
                {
                    text.push(' ');
                    text.push_str(next);
                    index += 1;
                }
                let (bullets, scope) = match section {
                    "Header" => (&mut form.header, Section::Header),
                    "Query Parameters" => (&mut form.query, Section::Query),
                    "Body" => (&mut form.body, Section::Body),
                    _ => continue,
                };
                bullets.push(parse(&text, &known_names(tree, &scope.into())));
            }
        }
    }
    form
}

fn bullet_text(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['\u{2022}', '-', '*'])?;
    rest.starts_with(char::is_whitespace).then(|| rest.trim())
}

/// Names of the top-level fields, longest first: `packages` before `package`.
fn known_names<'a>(tree: Option<&'a Operation>, scope: &FieldPath) -> Vec<&'a str> {
    let mut names: Vec<&str> = tree
        .into_iter()
        .flat_map(|tree| tree.children(scope))
        .map(|field| field.name())
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

/// Splits `emailstringRequiredThe address` into its parts.
fn parse(text: &str, known: &[&str]) -> Bullet {
    let by_known_name = |parse_type: fn(&str) -> Option<(&str, &str)>| {
        known.iter().find_map(|name| {
            let (ty, rest) = parse_type(text.strip_prefix(name)?)?;
            Some((*name, ty, rest))
        })
    };
    let by_type = || {
        text.char_indices().skip(1).find_map(|(index, _)| {
            let (name, rest) = text.split_at(index);
            let (ty, rest) = known_type(rest)?;
            let ends = rest.is_empty()
                || rest.starts_with("Required")
                || rest.starts_with(|c: char| !c.is_ascii_lowercase() && c != '_');
            (is_name(name) && ends).then_some((name, ty, rest))
        })
    };
    let Some((name, ty, rest)) = by_known_name(known_type)
        .or_else(|| by_known_name(unknown_type))
        .or_else(by_type)
    else {
        return Bullet::Text(Prose::new(text));
    };
    let (required, rest) = match rest
        .strip_prefix("Required")
        .or(rest.strip_prefix("required"))
    {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let mut field = NamedField::new(name, ty, required);
    field.text = Prose::new(rest);
    Bullet::Named(field)
}

/// A type that pages use, with the type of its elements where it has one.
fn known_type(rest: &str) -> Option<(&str, &str)> {
    let base = TYPES.into_iter().find(|ty| rest.starts_with(ty))?;
    let element = match rest[base.len()..].starts_with('[') {
        true => rest[base.len()..].find(']').map_or(0, |end| end + 1),
        false => 0,
    };
    Some(rest.split_at(base.len() + element))
}

/// A word in small letters before the words begin: a type that no page has used so far.
fn unknown_type(rest: &str) -> Option<(&str, &str)> {
    let end = rest
        .find(|c: char| !c.is_ascii_lowercase())
        .unwrap_or(rest.len());
    (end > 1 && !rest[end..].starts_with(' ')).then(|| rest.split_at(end))
}

#[cfg(test)]
mod tests {
    //! Bullets whose parts run together.
    use super::*;

    fn parts(text: &str, known: &[&str]) -> Option<(String, String, bool, bool)> {
        match parse(text, known) {
            Bullet::Named(f) => Some((f.name, f.ty.to_string(), f.required, f.is_enum)),
            Bullet::Text(_) => None,
        }
    }

    #[test]
    fn splits_name_type_and_requirement() {
        let known = ["packages", "package", "email"];
        for (text, expected) in [
            (
                "emailstringRequiredThe address.",
                ("email", "string", true, false),
            ),
            (
                "packageenumOne of them.",
                ("package", "string", false, true),
            ),
            (
                "packagesarrayAll of them.",
                ("packages", "array", false, false),
            ),
            (
                "packagesarray[string]All.",
                ("packages", "array[string]", false, false),
            ),
            ("detailsobject", ("details", "object", false, false)),
            (
                "stringIdstringThe id.",
                ("stringId", "string", false, false),
            ),
            (
                "phonenumberstringIts digits.",
                ("phonenumber", "string", false, false),
            ),
            (
                "packagestringOne of them.",
                ("package", "string", false, false),
            ),
            ("emailuuidThe address.", ("email", "uuid", false, false)),
            ("emailstringthe address.", ("email", "string", false, false)),
        ] {
            let (name, ty, required, is_enum) = expected;
            assert_eq!(
                parts(text, &known),
                Some((name.to_owned(), ty.to_owned(), required, is_enum)),
                "{text}"
            );
        }
    }

    #[test]
    fn words_alone_are_a_description() {
        for text in [
            "The string to send.",
            "Where the object stands.",
            "email the customer.",
        ] {
            assert_eq!(parts(text, &["email"]), None, "{text}");
        }
    }
}
