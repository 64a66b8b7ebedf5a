//! Package dependencies, which sources state as lines of prose: "`x` is dependent on: `y`, `z`".

use std::collections::BTreeMap;

/// Takes the dependency lines out of a description: the dependencies, and the text without them.
pub(crate) fn split(text: &str) -> (BTreeMap<String, Vec<String>>, String) {
    let mut found = BTreeMap::new();
    let mut rest = String::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut index = 0;
    while index < lines.len() {
        match over_lines(&lines[index..]) {
            Some((length, package, needed)) => {
                found.insert(package, needed);
                index += length;
            }
            None => {
                rest.push_str(lines[index]);
                rest.push('\n');
                index += 1;
            }
        }
    }
    (found, rest)
}

/// Reads a dependency from the first of these lines and those that go on with it: in some pages
/// every name stands on a line of its own. Returns how many lines it takes.
fn over_lines(lines: &[&str]) -> Option<(usize, String, Vec<String>)> {
    let goes_on = |line: &str| {
        let line = line.trim();
        let names = line.split([',', ' ']).filter(|name| !name.is_empty());
        let is_list = !line.is_empty() && names.into_iter().all(is_package);
        is_list || line == "," || line.starts_with(':') || VERBS.iter().any(|v| line.starts_with(v))
    };
    let mut joined = String::new();
    let mut found = None;
    for (index, line) in lines.iter().enumerate() {
        if index > 0 && !goes_on(line) {
            break;
        }
        joined.push(' ');
        joined.push_str(line);
        if let Some((package, needed)) = dependency(&joined) {
            found = Some((index + 1, package, needed));
        }
    }
    found
}

const VERBS: [&str; 4] = ["is dependent", "depends", "requires", "needs"];

/// Reads one line, or `None` where it states no dependency.
fn dependency(line: &str) -> Option<(String, Vec<String>)> {
    let plain = line.replace(['`', '*'], " ");
    let plain = plain.trim().trim_start_matches(['-', '\u{2022}']).trim();
    let (package, rest) = plain.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let verb = VERBS.into_iter().find_map(|verb| rest.strip_prefix(verb))?;
    // "One of" is what a list means; "all of" would mean another rule.
    let list = verb.trim_start();
    let list = ["on one of", "one of", "on"]
        .into_iter()
        .find_map(|words| list.strip_prefix(words))
        .unwrap_or(list)
        .trim_start();
    let list = list.strip_prefix(':').unwrap_or(list);
    let needed: Vec<String> = list
        .trim()
        .trim_end_matches('.')
        .split([',', '/', ';'])
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let names = || needed.iter().map(String::as_str).chain([package]);
    (!needed.is_empty() && names().all(is_package)).then(|| (package.to_owned(), needed.clone()))
}

fn is_package(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    //! The forms that pages and files use, and prose that only looks like one.
    use super::*;

    #[test]
    fn reads_the_forms_of_pages_and_files() {
        let expected = (
            "plan_b".to_owned(),
            vec!["suite_a".to_owned(), "voice".to_owned()],
        );
        for line in [
            "* `plan_b` is dependent on: `suite_a`, `voice`",
            "  \u{2022} plan_b is dependent on: suite_a, voice",
            "- plan_b depends on: suite_a, voice.",
            "plan_b requires one of: suite_a, voice",
        ] {
            assert_eq!(dependency(line), Some(expected.clone()), "{line}");
        }
    }

    #[test]
    fn reads_names_on_lines_of_their_own() {
        let (found, rest) = split("One.\n- plan_b\nis dependent on:\nsuite_a\n,\nvoice\nTwo.");
        assert_eq!(found["plan_b"], ["suite_a", "voice"]);
        assert_eq!(rest, "One.\nTwo.\n");
    }

    #[test]
    fn leaves_prose_alone() {
        for line in [
            "",
            "plan_b",
            "The outcome depends on: many things",
            "packages Note:",
            "plan_b is dependent on:",
            "plan_b is dependent on all of: suite_a, voice",
        ] {
            assert_eq!(dependency(line), None, "{line}");
        }
        let (found, rest) = split("One.\n\n* `a_b` is dependent on: `c`\n\nTwo.");
        assert_eq!(found.len(), 1);
        assert_eq!(rest, "One.\n\n\nTwo.\n");
    }
}
