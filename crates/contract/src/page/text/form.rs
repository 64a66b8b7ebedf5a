//! The request form beside the documentation: it repeats the top-level parameters as bullets.

use crate::inventory::{Field, Operation};
use crate::location::FieldPath;
use crate::page::tree::{Block, Part, Section, parts};

use super::nameless;

/// Bullets of the portal's own.
const CONTROLS: [&str; 4] = ["Try it", "Example", "Request", "Response"];

/// Reads the form, above the examples. The names of `known` settle where a name ends and its type
/// begins.
pub(super) fn read(lines: &[&str], known: Option<&Operation>) -> Vec<Section> {
    let form = lines.split(|line| line.starts_with('{')).next();
    let is_heading = |line: &str| parts().iter().any(|(.., in_form)| *in_form == Some(line));
    let chunks = form.unwrap_or(lines).chunk_by(|_, next| !is_heading(next));
    let chunks: Vec<&[&str]> = chunks.collect();
    let section = |(scope, heading, in_form): Part| {
        let here = chunks.iter().filter(|lines| in_form == Some(lines[0]));
        let bullets = here.flat_map(|lines| bullets(lines));
        let names = known_names(known, &scope.into());
        let fields = bullets.map(|text| nameless::bullet(&text, &names));
        Section::new(heading, vec![Block::Fields(fields.collect())])
    };
    parts().map(section).into()
}

/// Names of the top-level fields, longest first: `packages` before `package`.
fn known_names<'a>(known: Option<&'a Operation>, scope: &FieldPath) -> Vec<&'a str> {
    let fields = known.into_iter().flat_map(|known| known.children(scope));
    let mut names: Vec<&str> = fields.map(Field::name).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

/// The bullets of the page; a bullet goes on over lines that end without a full stop.
fn bullets(lines: &[&str]) -> Vec<String> {
    let mut bullets: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in lines {
        let bullet = line.strip_prefix(['\u{2022}', '-', '*']);
        if let Some(text) = bullet.filter(|text| text.starts_with(char::is_whitespace)) {
            is_open = !CONTROLS.contains(&text.trim());
            if is_open {
                bullets.push(text.trim().to_owned());
            }
            continue;
        }
        is_open &= !line.is_empty() && !line.starts_with('/') && !line.contains("://");
        if is_open && let Some(bullet) = bullets.last_mut() {
            bullet.push(' ');
            bullet.push_str(line);
        }
    }
    bullets
}
