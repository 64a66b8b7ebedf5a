//! Changes of a published OpenAPI file.

use serde_json::{Map, Value, json};
use webex_precheck_contract::diff::Impact::{self, Additive, Breaking, Wording};

use super::{Edit, Mutation};

/// A field of the file: its location, and where its schema stands.
struct Site {
    operation: &'static str,
    at: String,
    /// Pointer of the object schema that has it.
    holder: String,
    name: String,
    required: bool,
    /// Its schema, and what it refers to.
    schema: Value,
    pointer: String,
}

const OPERATIONS: [(&str, &str); 2] = [
    ("customer", "/paths/~1wholesale~1customers~1validate/post"),
    (
        "subscriber",
        "/paths/~1wholesale~1subscribers~1validate/post",
    ),
];
const BODY: &str = "requestBody/content/application~1json";
const ANSWER: &str = "responses/200/content/application~1json";

pub(super) fn mutations(text: &str) -> Vec<Mutation> {
    let file: Value = serde_json::from_str(text).expect("the file is JSON");
    let mut all = Vec::new();
    for (operation, pointer) in OPERATIONS {
        let mut sites = Vec::new();
        for (scope, place) in [("body", BODY), ("responses.200", ANSWER)] {
            let root = follow(&file, &format!("{pointer}/{place}/schema"));
            new_fields(&mut all, operation, scope, &root, &file);
            walk(&file, operation, scope, &root, &mut sites);
        }
        for site in &sites {
            of_field(&mut all, site);
            if site.schema.get("properties").is_some() {
                new_fields(&mut all, operation, &site.at, &site.pointer, &file);
            }
        }
        of_operation(&mut all, operation, pointer, &file);
    }
    neutral(&mut all);
    all
}

fn follow(file: &Value, pointer: &str) -> String {
    match file
        .pointer(pointer)
        .and_then(|value| value.get("$ref")?.as_str())
    {
        Some(reference) => follow(file, reference.trim_start_matches('#')),
        None => pointer.to_owned(),
    }
}

fn walk(file: &Value, operation: &'static str, scope: &str, holder: &str, sites: &mut Vec<Site>) {
    let object = file.pointer(holder).expect("a schema");
    let properties = object.get("properties").and_then(Value::as_object);
    for name in properties.into_iter().flat_map(Map::keys) {
        let at = format!("{scope}.{name}");
        let pointer = follow(file, &format!("{holder}/properties/{name}"));
        let required = object.get("required").and_then(Value::as_array);
        sites.push(Site {
            operation,
            at: at.clone(),
            holder: holder.to_owned(),
            name: name.clone(),
            required: required.is_some_and(|names| names.iter().any(|it| it == name)),
            schema: file.pointer(&pointer).expect("a schema").clone(),
            pointer: pointer.clone(),
        });
        walk(file, operation, &at, &pointer, sites);
    }
}

fn push(
    all: &mut Vec<Mutation>,
    kind: &'static str,
    area: impl Into<String>,
    expected: &[(String, Impact)],
    mechanical: bool,
    edit: impl Fn(&mut Value) + 'static,
) {
    all.push(Mutation {
        kind,
        area: area.into(),
        edit: Edit::Json(Box::new(edit)),
        expected: expected.to_vec(),
        mechanical,
    });
}

fn object<'a>(file: &'a mut Value, pointer: &str) -> &'a mut Map<String, Value> {
    let value = file
        .pointer_mut(pointer)
        .expect("the pointer leads somewhere");
    value.as_object_mut().expect("it is an object")
}

fn list<'a>(file: &'a mut Value, pointer: &str, name: &str) -> &'a mut Vec<Value> {
    let value = object(file, pointer)
        .entry(name)
        .or_insert_with(|| json!([]));
    value.as_array_mut().expect("it is a list")
}

fn without(names: &mut Map<String, Value>, name: &str) {
    if let Some(Value::Array(required)) = names.get_mut("required") {
        required.retain(|known| known != name);
        // OpenAPI 3.0 forbids an empty list.
        if required.is_empty() {
            names.shift_remove("required");
        }
    }
}

/// Fields that come.
fn new_fields(
    all: &mut Vec<Mutation>,
    operation: &'static str,
    scope: &str,
    holder: &str,
    file: &Value,
) {
    let is_answer = scope.starts_with("responses");
    let area = format!("{operation}.{scope}");
    let names = file.pointer(&format!("{holder}/properties"));
    let last = names
        .and_then(Value::as_object)
        .and_then(|names| names.keys().next_back());
    let _ = last;
    let nested = json!({
        "type": "object",
        "description": "Our own words.",
        "required": ["first"],
        "properties": {
            "first": {"type": "string", "example": "one"},
            "second": {"type": "string", "enum": ["red", "green"]},
            "third": {"type": "array", "items": {"type": "string"}},
            "fourth": {"type": "object", "properties": {"deep": {"type": "integer"}}},
        },
    });
    let text = json!({"type": "string", "description": "Our own words.", "example": "one"});
    let choice = json!({"type": "string", "enum": ["one", "two-three"]});
    let choices = json!({"type": "array", "items": {"type": "string", "enum": ["one", "two"]}});
    let objects = json!({"type": "array", "items": {"type": "object", "properties": {"a": {"type": "boolean"}}}});
    let rows = [
        ("an optional field comes", "freshText", text.clone(), false),
        ("a required field comes", "freshText", text, true),
        ("an object comes", "freshObject", nested.clone(), false),
        ("a required object comes", "freshObject", nested, true),
        ("a field with values comes", "freshChoice", choice, false),
        ("a list with values comes", "freshChoices", choices, false),
        ("a list of objects comes", "freshObjects", objects, false),
        (
            "a number comes",
            "freshNumber",
            json!({"type": "number"}),
            false,
        ),
        (
            "a truth value comes",
            "freshFlag",
            json!({"type": "boolean"}),
            false,
        ),
        (
            "an ID comes",
            "freshThingId",
            json!({"type": "string"}),
            false,
        ),
        // Its flag is taken by another field, or by the program.
        (
            "a namesake comes",
            "output",
            json!({"type": "string"}),
            false,
        ),
    ];
    for (kind, name, schema, required) in rows {
        let impact = if required && !is_answer {
            Breaking
        } else {
            Additive
        };
        let holder = holder.to_owned();
        let expected = (format!("{operation}:{scope}.{name}:added"), impact);
        push(all, kind, &area, &[expected], true, move |file| {
            let properties = object(file, &holder)
                .entry("properties")
                .or_insert_with(|| json!({}));
            properties[name] = schema.clone();
            if required {
                list(file, &holder, "required").push(name.into());
            }
        });
    }
}

/// What can happen to a field.
#[allow(clippy::too_many_lines, reason = "a table")]
fn of_field(all: &mut Vec<Mutation>, site: &Site) {
    let Site {
        operation,
        at,
        holder,
        name,
        required,
        schema,
        pointer,
    } = site;
    let is_answer = at.starts_with("responses");
    let eases = |eases: bool| if eases { Additive } else { Breaking };
    let id = |kind: &str| format!("{operation}:{at}:{kind}");
    let parent = format!(
        "{operation}.{}",
        at.rsplit_once('.').map_or("", |(parent, _)| parent)
    );
    let own = format!("{operation}.{at}");
    let ty = schema
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let enumerated = schema.get("enum").is_some();
    // The contract says otherwise of these, on purpose.
    let deviates = at.starts_with("responses.200.info");

    let (o, n) = (holder.clone(), name.clone());
    push(
        all,
        "a field goes",
        &parent,
        &[(id("removed"), Breaking)],
        !deviates,
        move |file| {
            object(file, &o)["properties"]
                .as_object_mut()
                .expect("properties")
                .shift_remove(&n);
            without(object(file, &o), &n);
        },
    );
    let (o, n) = (holder.clone(), name.clone());
    push(
        all,
        "a field is renamed",
        &parent,
        &[(id("renamed"), Breaking)],
        !deviates,
        move |file| {
            let renamed = format!("{n}Anew");
            let properties = object(file, &o)["properties"]
                .as_object_mut()
                .expect("properties");
            *properties = std::mem::take(properties)
                .into_iter()
                .map(|(name, schema)| (if name == n { renamed.clone() } else { name }, schema))
                .collect();
            if let Some(Value::Array(names)) = object(file, &o).get_mut("required") {
                for name in names.iter_mut().filter(|name| **name == *n) {
                    *name = renamed.clone().into();
                }
            }
        },
    );
    let (o, n, was) = (holder.clone(), name.clone(), *required);
    let kind = if was {
        "a field becomes optional"
    } else {
        "a field becomes required"
    };
    push(
        all,
        kind,
        &own,
        &[(id("requirement"), eases(was != is_answer))],
        !deviates,
        move |file| {
            if was {
                without(object(file, &o), &n)
            } else {
                list(file, &o, "required").push(n.clone().into())
            }
        },
    );
    let p = pointer.clone();
    let deprecation = [(id("deprecation"), Additive)];
    push(
        all,
        "a field is deprecated",
        &own,
        &deprecation,
        !deviates,
        move |file| {
            object(file, &p).insert("deprecated".to_owned(), true.into());
        },
    );
    let p = pointer.clone();
    push(
        all,
        "the words of a field change",
        &own,
        &[(id("wording"), Wording)],
        false,
        move |file| {
            let text = object(file, &p).get("description").and_then(Value::as_str);
            let text = format!("Words of our own. {}", text.unwrap_or_default());
            object(file, &p).insert("description".to_owned(), text.into());
        },
    );
    let retyped = match ty {
        "string" => Some("integer"),
        "object" => Some("string"),
        "number" => Some("boolean"),
        _ => None,
    };
    if let Some(now) = retyped {
        let p = pointer.clone();
        push(
            all,
            "a type changes",
            &own,
            &[(id("type"), Breaking)],
            !is_answer,
            move |file| {
                let schema = object(file, &p);
                for keyword in ["properties", "required", "items", "enum"] {
                    schema.shift_remove(keyword);
                }
                schema.insert("type".to_owned(), now.into());
            },
        );
    }
    if ty == "string" {
        let p = pointer.clone();
        push(
            all,
            "a text becomes a list",
            &own,
            &[(id("type"), Breaking)],
            !is_answer,
            move |file| {
                let schema = object(file, &p);
                let values = schema.shift_remove("enum");
                schema.insert("type".to_owned(), "array".into());
                let mut items = json!({"type": "string"});
                if let Some(values) = values {
                    items["enum"] = values;
                }
                schema.insert("items".to_owned(), items);
            },
        );
        let p = pointer.clone();
        let constraint = [(
            format!("{operation}:{at}#maxLength:constraint"),
            eases(is_answer),
        )];
        let mechanical = !deviates && !at.contains("addressLine") && !at.ends_with("country");
        push(
            all,
            "a limit comes",
            &own,
            &constraint,
            mechanical,
            move |file| {
                object(file, &p).insert("maxLength".to_owned(), 77.into());
            },
        );
        let p = pointer.clone();
        push(
            all,
            "an example changes",
            &own,
            &[(id("example"), Wording)],
            !deviates,
            move |file| {
                object(file, &p).insert("example".to_owned(), "another-one".into());
            },
        );
    }
    if ty == "string" && !enumerated {
        let p = pointer.clone();
        let expected = [(id("enumeration"), eases(is_answer))];
        push(
            all,
            "values are listed",
            &own,
            &expected,
            !is_answer,
            move |file| {
                object(file, &p).insert("enum".to_owned(), json!(["one", "two"]));
            },
        );
    }
}

/// What can happen to an operation.
#[allow(clippy::too_many_lines, reason = "a table")]
fn of_operation(all: &mut Vec<Mutation>, operation: &'static str, pointer: &str, file: &Value) {
    let own = |part: &str| format!("{operation}.{part}");
    let id = |at: &str, kind: &str| format!("{operation}:{at}:{kind}");
    let at_pointer = |part: &str| format!("{pointer}/{part}");

    // Enumerated values.
    let body = follow(file, &at_pointer(&format!("{BODY}/schema")));
    for name in ["package", "packages"] {
        let field = follow(file, &format!("{body}/properties/{name}"));
        let Some(schema) = file.pointer(&field) else {
            continue;
        };
        let listed = match schema.get("items") {
            Some(_) => follow(file, &format!("{field}/items")),
            None => field,
        };
        let values = file
            .pointer(&format!("{listed}/enum"))
            .and_then(Value::as_array);
        let values: Vec<Value> = values.cloned().unwrap_or_default();
        let area = own(&format!("body.{name}"));
        let e = listed.clone();
        push(
            all,
            "a value comes",
            &area,
            &[(id(&format!("body.{name}[fresh_value]"), "added"), Additive)],
            true,
            move |file| {
                list(file, &e, "enum").push("fresh_value".into());
            },
        );
        let e = listed.clone();
        push(
            all,
            "values are listed no longer",
            &area,
            &[(id(&format!("body.{name}"), "enumeration"), Additive)],
            true,
            move |file| {
                object(file, &e).shift_remove("enum");
            },
        );
        for value in values.iter().filter_map(Value::as_str) {
            let at = format!("body.{name}[{value}]");
            let (e, v) = (listed.clone(), value.to_owned());
            push(
                all,
                "a value goes",
                &area,
                &[(id(&at, "removed"), Breaking)],
                true,
                move |file| {
                    list(file, &e, "enum").retain(|known| *known != *v);
                },
            );
            let (e, v) = (listed.clone(), value.to_owned());
            push(
                all,
                "a value is renamed",
                &area,
                &[(id(&at, "renamed"), Breaking)],
                true,
                move |file| {
                    for known in list(file, &e, "enum")
                        .iter_mut()
                        .filter(|known| **known == *v)
                    {
                        *known = format!("{v}_anew").into();
                    }
                },
            );
        }
    }

    // Statuses.
    let responses = at_pointer("responses");
    let known = file
        .pointer(&responses)
        .and_then(Value::as_object)
        .expect("responses")
        .clone();
    for (status, impact) in [("418", Additive), ("299", Breaking), ("599", Additive)] {
        let r = responses.clone();
        let area = own(&format!("responses.{status}"));
        push(
            all,
            "a status comes",
            area,
            &[(id(&format!("status.{status}"), "added"), impact)],
            true,
            move |file| {
                let text = json!({"description": "Our Own Phrase: and our own words."});
                object(file, &r).insert(status.to_owned(), text);
            },
        );
    }
    for (status, response) in known {
        if status == "200" {
            continue;
        }
        let at = format!("status.{status}");
        let area = own(&format!("responses.{status}"));
        let (r, s) = (responses.clone(), status.clone());
        push(
            all,
            "a status goes",
            &area,
            &[(id(&at, "removed"), Additive)],
            true,
            move |file| {
                object(file, &r).shift_remove(&s);
            },
        );
        let text = response["description"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let place = format!("{responses}/{status}");
        let (r, t) = (place.clone(), text.clone());
        push(
            all,
            "the words of a status change",
            &area,
            &[(id(&at, "wording"), Wording)],
            false,
            move |file| {
                object(file, &r).insert(
                    "description".to_owned(),
                    format!("{t} Words of our own.").into(),
                );
            },
        );
        let (r, t) = (place.clone(), text);
        push(
            all,
            "a reason phrase changes",
            &area,
            &[(id(&format!("reason.{status}"), "wording"), Wording)],
            false,
            move |file| {
                let (_, words) = t.split_once(':').unwrap_or(("", &t));
                object(file, &r).insert(
                    "description".to_owned(),
                    format!("Our Own Phrase:{words}").into(),
                );
            },
        );
        let r = place.clone();
        push(
            all,
            "a header comes",
            &area,
            &[(id(&format!("headers.{status}[X-Fresh]"), "added"), Additive)],
            false,
            move |file| {
                object(file, &r).insert(
                    "headers".to_owned(),
                    json!({"X-Fresh": {"schema": {"type": "string"}}}),
                );
            },
        );
    }

    // Dependencies, which the description states, a line each.
    let text = file
        .pointer(&at_pointer("description"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    for (number, line) in text.lines().enumerate() {
        let Some((package, needed)) = dependency(line) else {
            continue;
        };
        let at = format!("dependencies.{package}");
        let area = own(&at);
        let edit_line = |change: fn(&str) -> String| {
            let p = at_pointer("description");
            move |file: &mut Value| {
                let text = file.pointer(&p).and_then(Value::as_str).unwrap_or_default();
                let lines = text.lines().enumerate().map(|(index, line)| {
                    if index == number {
                        change(line)
                    } else {
                        line.to_owned()
                    }
                });
                let changed = lines.collect::<Vec<_>>().join("\n");
                *file.pointer_mut(&p).expect("a description") = changed.into();
            }
        };
        push(
            all,
            "a dependency goes",
            own("dependencies"),
            &[(id(&at, "removed"), Additive)],
            true,
            edit_line(|_| String::new()),
        );
        push(
            all,
            "an alternative comes",
            &area,
            &[(id(&format!("{at}[webex_meetings]"), "added"), Additive)],
            true,
            edit_line(|line| format!("{}, `webex_meetings`", line.trim_end())),
        );
        if needed > 1 {
            let last = line.rsplit('`').nth(1).unwrap_or_default();
            push(
                all,
                "an alternative goes",
                &area,
                &[(id(&format!("{at}[{last}]"), "removed"), Breaking)],
                true,
                edit_line(|line| {
                    line.rsplit_once(',')
                        .map_or(line, |(head, _)| head)
                        .to_owned()
                }),
            );
        }
    }
    let p = at_pointer("description");
    push(
        all,
        "a dependency comes",
        own("dependencies"),
        &[(id("dependencies.webex_voice", "added"), Breaking)],
        true,
        move |file| {
            let text = file.pointer(&p).and_then(Value::as_str).unwrap_or_default();
            let text = format!(
                "{text}\n\n* `webex_voice` is dependent on: `webex_suite`, `webex_calling`\n"
            );
            *file.pointer_mut(&p).expect("a description") = text.into();
        },
    );
    let p = at_pointer("description");
    push(
        all,
        "the words of an operation change",
        own("description"),
        &[(id("description", "wording"), Wording)],
        false,
        move |file| {
            let text = file.pointer(&p).and_then(Value::as_str).unwrap_or_default();
            let text = format!("Words of our own.\n\n{text}");
            *file.pointer_mut(&p).expect("a description") = text.into();
        },
    );
    let p = pointer.to_owned();
    push(
        all,
        "a title changes",
        own("title"),
        &[(id("title", "wording"), Wording)],
        false,
        move |file| {
            object(file, &p).insert("summary".to_owned(), "A title of our own".into());
        },
    );

    // Parameters.
    let p = pointer.to_owned();
    for (kind, required, impact) in [
        ("a parameter comes", false, Additive),
        ("a required parameter comes", true, Breaking),
    ] {
        let p = p.clone();
        push(
            all,
            kind,
            own("query"),
            &[(id("query.freshOne", "added"), impact)],
            true,
            move |file| {
                list(file, &p, "parameters").push(json!({
                    "name": "freshOne", "in": "query", "required": required,
                    "schema": {"type": "string"}, "description": "Our own words.",
                }));
            },
        );
    }
    let sub = "query.onBehalfOfSubPartnerOrgId";
    let q = at_pointer("parameters/0");
    let (a, p) = (own("query"), pointer.to_owned());
    push(
        all,
        "a parameter goes",
        &a,
        &[(id(sub, "removed"), Breaking)],
        true,
        move |file| {
            list(file, &p, "parameters").remove(0);
        },
    );
    let p = q.clone();
    push(
        all,
        "a parameter becomes required",
        &a,
        &[(id(sub, "requirement"), Breaking)],
        true,
        move |file| {
            object(file, &p).insert("required".to_owned(), true.into());
        },
    );
    let p = q.clone();
    push(
        all,
        "the type of a parameter changes",
        &a,
        &[(id(sub, "type"), Breaking)],
        true,
        move |file| {
            object(file, &p).insert("schema".to_owned(), json!({"type": "integer"}));
        },
    );
    let p = q.clone();
    push(
        all,
        "the example of a parameter changes",
        &a,
        &[(id(&format!("examples.{sub}"), "example"), Wording)],
        true,
        move |file| {
            object(file, &p).insert("example".to_owned(), "another-one".into());
        },
    );

    // Examples.
    let p = at_pointer(&format!("{BODY}/example"));
    if let Some(name) = file.pointer(&p).and_then(Value::as_object).and_then(|o| {
        o.iter()
            .find(|(_, value)| value.is_string())
            .map(|(name, _)| name.clone())
    }) {
        push(
            all,
            "an example of a request changes",
            own("example"),
            &[(id(&format!("examples.body/{name}"), "example"), Wording)],
            true,
            move |file| {
                object(file, &p).insert(name.clone(), "another-one".into());
            },
        );
    }
    let p = at_pointer(&format!("{ANSWER}/example"));
    push(
        all,
        "an example of an answer changes",
        own("answer"),
        &[(id("examples.responses.200/message", "example"), Wording)],
        true,
        move |file| {
            object(file, &p).insert("message".to_owned(), "fine".into());
        },
    );

    // What a person decides.
    let p = pointer.to_owned();
    push(
        all,
        "a server comes",
        own("servers"),
        &[(id("servers[https://fresh.example]", "added"), Additive)],
        false,
        move |file| {
            list(file, &p, "servers").push(json!({"url": "https://fresh.example"}));
        },
    );
    let p = at_pointer("requestBody/content");
    push(
        all,
        "a media type comes",
        own("media"),
        &[(id("mediaTypes.body[application/xml]", "added"), Additive)],
        false,
        move |file| {
            object(file, &p).insert("application/xml".to_owned(), json!({}));
        },
    );
    let p = at_pointer("requestBody");
    push(
        all,
        "the body becomes required",
        own("requirement"),
        &[(id("body", "requirement"), Breaking)],
        true,
        move |file| {
            object(file, &p).insert("required".to_owned(), true.into());
        },
    );
    let p = pointer.to_owned();
    push(
        all,
        "an operation is deprecated",
        own("deprecated"),
        &[(id("operation", "deprecation"), Additive)],
        true,
        move |file| {
            object(file, &p).insert("deprecated".to_owned(), true.into());
        },
    );
    let p = pointer.to_owned();
    push(
        all,
        "a bearer token is mentioned",
        own("security"),
        &[(id("security", "security"), Wording)],
        true,
        move |file| {
            object(file, &p).insert("security".to_owned(), json!([{"ours": []}]));
            object(file, "/components").insert(
                "securitySchemes".to_owned(),
                json!({"ours": {"type": "http", "scheme": "bearer"}}),
            );
        },
    );
}

/// Package of a dependency line, and how many others it names.
fn dependency(line: &str) -> Option<(&str, usize)> {
    let (head, needed) = line.split_once("dependent on:")?;
    let package = head.split('`').nth(1)?;
    Some((package, needed.split(',').count()))
}

/// What changes nothing that is documented of the two operations.
fn neutral(all: &mut Vec<Mutation>) {
    push(
        all,
        "nothing: another product comes",
        "neutral.path",
        &[],
        true,
        |file| {
            for index in 0..40 {
                object(file, "/paths").insert(
                    format!("/telephony/things{index}"),
                    json!({"get": {"responses": {"200": {"description": "OK: fine."}}}}),
                );
            }
        },
    );
    push(
        all,
        "nothing: another schema comes",
        "neutral.schema",
        &[],
        true,
        |file| {
            object(file, "/components/schemas")
                .insert("FreshSchema".to_owned(), json!({"type": "object"}));
        },
    );
    push(
        all,
        "nothing: a version",
        "neutral.version",
        &[],
        true,
        |file| {
            object(file, "/info").insert("version".to_owned(), "99.0".into());
        },
    );
    push(
        all,
        "nothing: names for generators",
        "neutral.names",
        &[],
        true,
        |file| {
            for (_, pointer) in OPERATIONS {
                object(file, pointer).insert("operationId".to_owned(), "somethingElse".into());
                object(file, pointer).insert("tags".to_owned(), json!(["Other"]));
            }
        },
    );
    push(
        all,
        "nothing: Markdown and spaces",
        "neutral.markdown",
        &[],
        true,
        |file| {
            for (_, pointer) in OPERATIONS {
                let place =
                    format!("{pointer}/{BODY}/schema/properties/provisioningId/description");
                if let Some(text) = file.pointer_mut(&place)
                    && let Some(words) = text.as_str()
                {
                    *text = words
                        .replace("customer", "**customer**")
                        .replace(". ", ".  ")
                        .into();
                }
            }
        },
    );
    push(
        all,
        "nothing: another order",
        "neutral.order",
        &[],
        true,
        |file| {
            for (_, pointer) in OPERATIONS {
                let operation = object(file, pointer);
                *operation = std::mem::take(operation).into_iter().rev().collect();
                let responses = object(file, &format!("{pointer}/responses"));
                *responses = std::mem::take(responses).into_iter().rev().collect();
            }
        },
    );
}
