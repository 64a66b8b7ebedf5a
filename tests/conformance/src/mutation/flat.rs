//! Changes of the flat page of the customer operation, in which every nested field stands in document
//! order and none says how deep.

use webex_precheck_contract::diff::Impact::{self, Additive, Breaking, Wording};

use super::{Edit, Mutation, Splice};

/// The fields of the page in order, as they are known to nest.
const FIELDS: [&str; 32] = [
    "query.onBehalfOfSubPartnerOrgId",
    "body.provisioningId",
    "body.packages",
    "body.orgId",
    "body.externalId",
    "body.address",
    "body.address.addressLine1",
    "body.address.addressLine2",
    "body.address.city",
    "body.address.stateOrProvince",
    "body.address.zipOrPostalCode",
    "body.address.country",
    "body.customerInfo",
    "body.customerInfo.name",
    "body.customerInfo.primaryEmail",
    "body.provisioningParameters",
    "body.provisioningParameters.calling",
    "body.provisioningParameters.calling.location",
    "body.provisioningParameters.calling.location.name",
    "body.provisioningParameters.calling.location.address",
    "body.provisioningParameters.calling.location.address.addressLine1",
    "body.provisioningParameters.calling.location.address.addressLine2",
    "body.provisioningParameters.calling.location.address.city",
    "body.provisioningParameters.calling.location.address.stateOrProvince",
    "body.provisioningParameters.calling.location.address.zipOrPostalCode",
    "body.provisioningParameters.calling.location.address.country",
    "body.provisioningParameters.calling.location.timezone",
    "body.provisioningParameters.calling.location.language",
    "body.provisioningParameters.calling.location.emergencyLocationIdentifier",
    "body.provisioningParameters.meetings",
    "body.provisioningParameters.meetings.timezone",
    "responses.200.message",
];
const LAST: [&str; 3] = [
    "responses.200.info",
    "responses.200.info.infoCode",
    "responses.200.info.description",
];

/// A field on the page.
struct Block {
    at: &'static str,
    start: usize,
    end: usize,
}

pub(super) fn mutations(text: &str) -> Vec<Mutation> {
    let lines: Vec<&str> = text.split('\n').collect();
    let blocks = blocks(&lines);
    let mut all = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        of_field(&mut all, &lines, &blocks, index, block);
    }
    of_values(&mut all, &lines);
    of_dependencies(&mut all, &lines);
    of_statuses(&mut all, &lines);
    of_the_rest(&mut all, &lines);
    all
}

fn is_type(line: &str) -> bool {
    let line = line.strip_suffix("required").unwrap_or(line);
    ["string", "object", "number", "array[string]"].contains(&line)
}

fn blocks(lines: &[&str]) -> Vec<Block> {
    let starts: Vec<usize> = (0..lines.len() - 1)
        .filter(|index| !lines[*index].is_empty() && is_type(lines[index + 1]))
        .collect();
    let known = FIELDS.iter().chain(&LAST);
    assert_eq!(
        starts.len(),
        FIELDS.len() + LAST.len(),
        "the page has other fields"
    );
    let is_heading = |line: &str| line.ends_with(" Parameters") || line.starts_with("Response ");
    let ends = starts.iter().enumerate().map(|(index, start)| {
        let next = starts.get(index + 1).copied().unwrap_or(lines.len());
        (start + 2..next)
            .find(|line| is_heading(lines[*line]))
            .unwrap_or(next)
    });
    let blocks = known.zip(&starts).zip(ends);
    blocks
        .map(|((at, start), end)| {
            let name = at.rsplit('.').next().unwrap_or(at);
            assert_eq!(lines[*start], name, "the page has another order");
            Block {
                at,
                start: *start,
                end,
            }
        })
        .collect()
}

pub(super) fn push(
    all: &mut Vec<Mutation>,
    kind: &'static str,
    area: impl Into<String>,
    expected: (String, Impact),
    mechanical: bool,
    (start, remove, lines): (usize, usize, Vec<String>),
) {
    all.push(Mutation {
        kind,
        area: area.into(),
        edit: Edit::Lines(vec![Splice {
            start,
            remove,
            lines,
        }]),
        expected: vec![expected],
        mechanical,
    });
}

fn parent(at: &str) -> &str {
    at.rsplit_once('.').map_or("", |(parent, _)| parent)
}

fn of_field(
    all: &mut Vec<Mutation>,
    lines: &[&str],
    blocks: &[Block],
    index: usize,
    block: &Block,
) {
    let Block { at, start, end } = *block;
    let id = |kind: &str| format!("customer:{at}:{kind}");
    let is_answer = at.starts_with("responses");
    let eases = |eases: bool| if eases { Additive } else { Breaking };
    let (scope, own) = (format!("customer.{}", parent(at)), format!("customer.{at}"));
    let name = lines[start];
    let ty = lines[start + 1];
    let deviates = at.starts_with("responses.200.info");
    let inside = blocks[index + 1..]
        .iter()
        .take_while(|other| other.at.starts_with(&format!("{at}.")))
        .last();
    let whole = inside.map_or(end, |last| last.end);

    // The page's own order tells where a field goes; at the ends of objects nothing does.
    push(
        all,
        "a field goes",
        &scope,
        (id("removed"), Breaking),
        !deviates,
        (start, whole - start, vec![]),
    );
    push(
        all,
        "a field is renamed",
        &scope,
        (id("renamed"), Breaking),
        !deviates,
        (start, 1, vec![format!("{name}Anew")]),
    );
    let (required, toggled) = match ty.strip_suffix("required") {
        Some(ty) => (true, ty.to_owned()),
        None => (false, format!("{ty}required")),
    };
    let kind = if required {
        "a field becomes optional"
    } else {
        "a field becomes required"
    };
    push(
        all,
        kind,
        &own,
        (id("requirement"), eases(required != is_answer)),
        !deviates,
        (start + 1, 1, vec![toggled]),
    );
    let plain = ty.strip_suffix("required").unwrap_or(ty);
    if plain == "string" {
        push(
            all,
            "a type changes",
            &own,
            (id("type"), Breaking),
            !is_answer,
            (start + 1, 1, vec![ty.replacen("string", "number", 1)]),
        );
    }
    let words = (start + 2..end).find(|line| {
        !lines[*line].trim().is_empty() && !lines[*line].starts_with("Possible values")
    });
    match words {
        Some(line) => {
            let text = format!("Words of our own. {}", lines[line]);
            push(
                all,
                "the words of a field change",
                &own,
                (id("wording"), Wording),
                false,
                (line, 1, vec![text]),
            );
        }
        None => {
            let words = vec![String::new(), "Words of our own.".to_owned(), String::new()];
            push(
                all,
                "the words of a field change",
                &own,
                (id("wording"), Wording),
                false,
                (start + 2, 0, words),
            );
        }
    }
    if plain == "string" && !is_answer && parent(at) != "query" {
        let values = vec!["Possible values: one_thing, another_thing".to_owned()];
        push(
            all,
            "values are listed",
            &own,
            (id("enumeration"), Breaking),
            true,
            (end, 0, values),
        );
    }
    // Between two fields of one object there is one place.
    let next = blocks
        .get(index + 1)
        .filter(|next| parent(next.at) == parent(at));
    if next.is_some() && plain != "object" && at != "responses.200.message" {
        for (kind, ty, impact) in [
            ("an optional field comes", "string", Additive),
            ("a required field comes", "stringrequired", eases(is_answer)),
        ] {
            let come = vec![
                "freshText".to_owned(),
                ty.to_owned(),
                String::new(),
                "Our own words.".to_owned(),
                String::new(),
            ];
            let expected = (format!("customer:{}.freshText:added", parent(at)), impact);
            push(all, kind, &scope, expected, true, (end, 0, come));
        }
    }
}

fn of_values(all: &mut Vec<Mutation>, lines: &[&str]) {
    let line = lines
        .iter()
        .position(|line| line.starts_with("Possible values: "));
    let line = line.expect("the page lists values");
    let values: Vec<&str> = lines[line]["Possible values: ".len()..]
        .split(", ")
        .collect();
    let area = "customer.body.packages";
    let write = |values: Vec<String>| vec![format!("Possible values: {}", values.join(", "))];
    let owned = || {
        values
            .iter()
            .map(|value| (*value).to_owned())
            .collect::<Vec<String>>()
    };
    for (index, value) in values.iter().enumerate() {
        let id = |value: &str, kind: &str| format!("customer:body.packages[{value}]:{kind}");
        let mut fewer = owned();
        fewer.remove(index);
        push(
            all,
            "a value goes",
            area,
            (id(value, "removed"), Breaking),
            true,
            (line, 1, write(fewer)),
        );
        let mut other = owned();
        other[index] = format!("{value}_anew");
        push(
            all,
            "a value is renamed",
            area,
            (id(value, "renamed"), Breaking),
            true,
            (line, 1, write(other)),
        );
        let mut more = owned();
        more.insert(index, "fresh_value".to_owned());
        push(
            all,
            "a value comes",
            area,
            (id("fresh_value", "added"), Additive),
            true,
            (line, 1, write(more)),
        );
    }
    push(
        all,
        "values are listed no longer",
        area,
        ("customer:body.packages:enumeration".to_owned(), Additive),
        true,
        (line, 1, vec![]),
    );
}

fn of_dependencies(all: &mut Vec<Mutation>, lines: &[&str]) {
    for (index, line) in lines.iter().enumerate() {
        let Some((head, needed)) = line.split_once(" is dependent on: ") else {
            continue;
        };
        let package = head.trim_start_matches([' ', '\u{2022}']);
        let needed: Vec<&str> = needed.split(", ").collect();
        let at = format!("customer:dependencies.{package}");
        push(
            all,
            "a dependency goes",
            "customer.dependencies",
            (format!("{at}:removed"), Additive),
            true,
            (index, 1, vec![]),
        );
        push(
            all,
            "an alternative comes",
            format!("customer.dependencies.{package}"),
            (format!("{at}[webex_meetings]:added"), Additive),
            true,
            (index, 1, vec![format!("{line}, webex_meetings")]),
        );
        for gone in &needed {
            let rest: Vec<&str> = needed.iter().copied().filter(|name| name != gone).collect();
            let rest = format!("{head} is dependent on: {}", rest.join(", "));
            push(
                all,
                "an alternative goes",
                format!("customer.dependencies.{package}"),
                (format!("{at}[{gone}]:removed"), Breaking),
                true,
                (index, 1, vec![rest]),
            );
        }
        let fresh = vec![
            String::new(),
            "  \u{2022} webex_voice is dependent on: webex_suite".to_owned(),
        ];
        push(
            all,
            "a dependency comes",
            "customer.dependencies",
            (
                "customer:dependencies.webex_voice:added".to_owned(),
                Breaking,
            ),
            true,
            (index + 1, 0, fresh),
        );
    }
}

fn of_statuses(all: &mut Vec<Mutation>, lines: &[&str]) {
    let head = lines
        .iter()
        .position(|line| line.starts_with("CodeStatus"))
        .expect("a table of statuses");
    let rows = lines.iter().enumerate().skip(head + 1);
    let rows = rows.take_while(|(_, line)| !line.starts_with("  \u{2022}"));
    for (index, line) in rows {
        let Some(status) = line
            .get(..3)
            .filter(|it| it.bytes().all(|b| b.is_ascii_digit()))
        else {
            continue;
        };
        of_status(all, "customer", index, line, status, |status| {
            format!("{status}Our Own PhraseWords of our own.")
        });
    }
}

/// What can happen to a line of the table of statuses.
pub(super) fn of_status(
    all: &mut Vec<Mutation>,
    operation: &str,
    index: usize,
    line: &str,
    status: &str,
    fresh: impl Fn(u16) -> String,
) {
    let number: u16 = status.parse().expect("a status");
    let impact = |status: u16| match status / 100 {
        2 => Breaking,
        _ => Additive,
    };
    let at = format!("{operation}:status.{status}");
    let area = format!("{operation}.responses.{status}");
    if number != 200 {
        push(
            all,
            "a status goes",
            &area,
            (format!("{at}:removed"), impact(number)),
            true,
            (index, 1, vec![]),
        );
    }
    let words = format!(
        "{} Words of our own.",
        line.trim_end().trim_end_matches('|').trim_end()
    );
    let words = if line.trim_end().ends_with('|') {
        format!("{words} |")
    } else {
        words
    };
    push(
        all,
        "the words of a status change",
        &area,
        (format!("{at}:wording"), Wording),
        false,
        (index, 1, vec![words]),
    );
    let other = number + 30;
    push(
        all,
        "a status comes",
        &area,
        (format!("{operation}:status.{other}:added"), impact(other)),
        true,
        (index + 1, 0, vec![fresh(other)]),
    );
}

fn of_the_rest(all: &mut Vec<Mutation>, lines: &[&str]) {
    let find = |start: &str| {
        lines
            .iter()
            .position(|line| line.trim_start().starts_with(start))
    };
    if let Some(line) = find("POST/v1") {
        push(
            all,
            "a method changes",
            "customer.method",
            ("customer:method:method".to_owned(), Breaking),
            false,
            (line, 1, vec![lines[line].replacen("POST", "PUT", 1)]),
        );
    }
    if let Some(line) = find("\"city\": \"Milpitas\"") {
        push(
            all,
            "an example of a request changes",
            "customer.example",
            (
                "customer:examples.body/address/city:example".to_owned(),
                Wording,
            ),
            true,
            (line, 1, vec![lines[line].replace("Milpitas", "San Jose")]),
        );
    }
    if let Some(line) = find("\"infoCode\": 100") {
        push(
            all,
            "an example of an answer changes",
            "customer.answer",
            (
                "customer:examples.responses.200/info/0/infoCode:example".to_owned(),
                Wording,
            ),
            true,
            (line, 1, vec![lines[line].replace("100", "101")]),
        );
    }
    if let Some(line) = find("https://webexapis.com") {
        push(
            all,
            "the example of a parameter changes",
            "customer.query.example",
            (
                "customer:examples.query.onBehalfOfSubPartnerOrgId:example".to_owned(),
                Wording,
            ),
            true,
            (
                line,
                1,
                vec![lines[line].replace("OrgId=Y2lz", "OrgId=Z2lz")],
            ),
        );
    }
    if let Some(line) = find("packages Note:") {
        push(
            all,
            "the words of an operation change",
            "customer.description",
            ("customer:description:wording".to_owned(), Wording),
            false,
            (line, 1, vec!["packages Advice:".to_owned()]),
        );
    }
    // What changes with every visit is no difference.
    for (kind, start) in [
        ("nothing: the footer", "\u{a9}"),
        ("nothing: the navigation", "Docs portal"),
        ("nothing: the navigation", "Log in"),
    ] {
        if let Some(line) = find(start) {
            all.push(Mutation {
                kind,
                area: format!("neutral.{start}"),
                edit: Edit::Lines(vec![Splice {
                    start: line,
                    remove: 1,
                    lines: vec![format!("{} 2031", lines[line])],
                }]),
                expected: Vec::new(),
                mechanical: true,
            });
        }
    }
}
