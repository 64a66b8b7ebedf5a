//! Changes of the page of the subscriber operation, which has lost all names but those of its form.

use webex_precheck_contract::diff::Impact::{Additive, Breaking, Wording};

use super::Mutation;
use super::flat::{of_status, push};

pub(super) fn mutations(text: &str) -> Vec<Mutation> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut all = Vec::new();
    let types = ["string", "enum", "array", "object"];
    let mut section = "query";
    for (index, line) in lines.iter().enumerate() {
        if *line == "Body" {
            section = "body";
        }
        let Some(row) = line.strip_prefix("- ") else {
            continue;
        };
        let split = types
            .iter()
            .filter_map(|ty| Some((row.find(ty)?, *ty)))
            .min();
        let Some((end, ty)) = split else {
            continue;
        };
        let (name, rest) = row.split_at(end);
        let rest = &rest[ty.len()..];
        of_row(&mut all, index, section, name, ty, rest);
    }
    of_nested(&mut all, &lines);
    let rows = lines.iter().enumerate();
    for (index, line) in rows.filter(|(_, line)| line.contains(" | ")) {
        let status = line.split(" | ").next().unwrap_or_default();
        if status.len() == 3 && status.bytes().all(|b| b.is_ascii_digit()) {
            of_status(&mut all, "subscriber", index, line, status, |status| {
                format!("{status} | Our Own Phrase | Words of our own. |")
            });
        }
    }
    if let Some(index) = lines
        .iter()
        .position(|line| line.contains("\"infoCode\": 100"))
    {
        let answer = lines[index].replace("\"infoCode\": 100", "\"infoCode\": 101");
        let id = "subscriber:examples.responses.200/info/0/infoCode:example".to_owned();
        push(
            &mut all,
            "an example of an answer changes",
            "subscriber.answer",
            (id, Wording),
            true,
            (index, 1, vec![answer]),
        );
    }
    if let Some(index) = lines
        .iter()
        .position(|line| line.contains("\"alice.anderson@acme.com\""))
    {
        let request = lines[index].replace("alice.anderson", "bob");
        let id = "subscriber:examples.body/email:example".to_owned();
        push(
            &mut all,
            "an example of a request changes",
            "subscriber.example",
            (id, Wording),
            true,
            (index, 1, vec![request]),
        );
    }
    all
}

/// A row of the form: name, type, whether it is required, and words, run together.
fn of_row(all: &mut Vec<Mutation>, index: usize, section: &str, name: &str, ty: &str, rest: &str) {
    let at = format!("{section}.{name}");
    let id = |kind: &str| format!("subscriber:{at}:{kind}");
    let (scope, own) = (format!("subscriber.{section}"), format!("subscriber.{at}"));
    let row = |name: &str, ty: &str, rest: &str| vec![format!("- {name}{ty}{rest}")];
    push(
        all,
        "a field goes",
        &scope,
        (id("removed"), Breaking),
        true,
        (index, 1, vec![]),
    );
    push(
        all,
        "a field is renamed",
        &scope,
        (id("renamed"), Breaking),
        ty != "enum",
        (index, 1, row(&format!("{name}Anew"), ty, rest)),
    );
    match rest.strip_prefix("Required") {
        Some(words) => push(
            all,
            "a field becomes optional",
            &own,
            (id("requirement"), Additive),
            true,
            (index, 1, row(name, ty, words)),
        ),
        None => push(
            all,
            "a field becomes required",
            &own,
            (id("requirement"), Breaking),
            true,
            (index, 1, row(name, ty, &format!("Required{rest}"))),
        ),
    }
    match ty {
        "string" => push(
            all,
            "a type changes",
            &own,
            (id("type"), Breaking),
            true,
            (index, 1, row(name, "number", rest)),
        ),
        "enum" => push(
            all,
            "values are listed no longer",
            &own,
            (id("enumeration"), Additive),
            true,
            (index, 1, row(name, "string", rest)),
        ),
        _ => {}
    }
    if let Some(words) = rest.strip_suffix('.') {
        let words = format!("{words}. Words of our own.");
        push(
            all,
            "the words of a field change",
            &own,
            (id("wording"), Wording),
            false,
            (index, 1, row(name, ty, &words)),
        );
    }
    for (kind, required, impact) in [
        ("an optional field comes", "", Additive),
        ("a required field comes", "Required", Breaking),
    ] {
        let come = row(
            "freshText",
            "string",
            &format!("{required}Words of our own."),
        );
        let id = format!("subscriber:{section}.freshText:added");
        push(all, kind, &scope, (id, impact), true, (index + 1, 0, come));
    }
}

/// Descriptions of values and nested fields, which have no name: they can be counted.
fn of_nested(all: &mut Vec<Mutation>, lines: &[&str]) {
    let Some(head) = lines.iter().position(|line| *line == "Body Parameters") else {
        return;
    };
    // Each is told by its own sentence.
    let words = |number: usize, text: &str| format!("Nameless words, number {number}. {text}");
    // The last lines before the answer are the nested fields, the last of which is the e-mail
    // address of the customer; before it stand five of the person.
    let Some(tail) = lines.iter().position(|line| *line == "Response Properties") else {
        return;
    };
    for (number, index) in (head + 1..tail).rev().take(4).enumerate() {
        let id = format!("subscriber:unnamed.body[{}]:wording", 11 - number);
        let text = words(number, lines[index]);
        push(
            all,
            "the words of a nameless field change",
            format!("subscriber.unnamed.{number}"),
            (id, Wording),
            false,
            (index, 1, vec![text]),
        );
    }
}
