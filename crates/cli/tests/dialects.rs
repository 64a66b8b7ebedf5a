//! Spreadsheets as people have them: each is read as its author meant, or refused where it is wrong.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use common::{Run, run, run_with_stdin};
use serde_json::Value;
use webex_precheck_sandbox::Sandbox;

/// What is to come of an input.
enum Expected {
    /// These requests, in their order: e-mail address, extension, phone number, first name.
    Rows(&'static [[&'static str; 4]]),
    /// Lines with a problem, each with the rule and the column; and how many rows are asked.
    Refused(&'static [(u64, &'static str, &'static str)], usize),
    /// Nothing is read; the error says this.
    Error(&'static str),
}

use Expected::{Error, Refused, Rows};

const ALICE: [&str; 4] = ["alice@acme.com", "0100", "+14085550100", "Alice"];
const BOB: [&str; 4] = ["bob@acme.com", "", "", "Bob"];

fn utf_16(text: &str, of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(of).collect()
}

/// Name, bytes, arguments, and what is to come of them.
fn table() -> Vec<(&'static str, Vec<u8>, &'static [&'static str], Expected)> {
    let text = |text: &str| text.as_bytes().to_vec();
    let plain = "email,extension,primaryPhoneNumber,firstName\n\
                 alice@acme.com,0100,+14085550100,Alice\nbob@acme.com,,,Bob\n";
    let both = || Rows(&[ALICE, BOB]);
    vec![
        ("as it should be", text(plain), &[], both()),
        (
            "semicolons of a German Excel",
            text(&plain.replace(',', ";")),
            &[],
            both(),
        ),
        ("tabs", text(&plain.replace(',', "\t")), &[], both()),
        (
            "UTF-16LE with tabs and a mark, as exports of Webex sites are",
            utf_16(
                &format!("\u{feff}{}", plain.replace(',', "\t")),
                u16::to_le_bytes,
            ),
            &[],
            both(),
        ),
        (
            "UTF-16BE with a mark",
            utf_16(&format!("\u{feff}{plain}"), u16::to_be_bytes),
            &[],
            both(),
        ),
        (
            "UTF-16LE without a mark",
            utf_16(plain, u16::to_le_bytes),
            &[],
            both(),
        ),
        (
            "a mark of UTF-8",
            text(&format!("\u{feff}{plain}")),
            &[],
            both(),
        ),
        (
            "line ends of Windows",
            text(&plain.replace('\n', "\r\n")),
            &[],
            both(),
        ),
        (
            "line ends of an old Mac",
            text(&plain.replace('\n', "\r")),
            &[],
            both(),
        ),
        (
            "no line end at the end",
            text(plain.trim_end()),
            &[],
            both(),
        ),
        (
            "empty lines, and rows of nothing but delimiters",
            text(&plain.replace("\nbob", "\n\n , ,,\n\nbob")),
            &[],
            both(),
        ),
        (
            "trailing commas",
            text(&plain.replace('\n', ",,,\n")),
            &[],
            both(),
        ),
        (
            "sep= of Excel",
            text(&format!("sep=;\r\n{}", plain.replace(',', ";"))),
            &[],
            both(),
        ),
        (
            "everything in quotation marks",
            text(&format!(
                "\"{}\"",
                plain
                    .trim_end()
                    .replace(',', "\",\"")
                    .replace('\n', "\"\n\"")
            )),
            &[],
            both(),
        ),
        (
            "blanks around cells and quotation marks",
            text(&plain.replace(',', " , ").replace(" 0100 ", " \"0100\"  ")),
            &[],
            both(),
        ),
        (
            "quoted line ends, commas and quotation marks",
            text("firstName,email\n\"A\nB, \"\"C\"\"\",alice@acme.com\nBob,bob@acme.com\n"),
            &[],
            Rows(&[["alice@acme.com", "", "", "A\nB, \"C\""], BOB]),
        ),
        (
            "names in any order, case and spelling",
            text(
                "First Name,PRIMARY_PHONE_NUMBER,Provisioning Parameters.Extension,E-Mail\nAlice,+14085550100,0100,alice@acme.com\n",
            ),
            &[],
            Rows(&[ALICE]),
        ),
        (
            "digits as text: =\"0100\" and '+1",
            text(
                "email,extension,primaryPhoneNumber,firstName\nalice@acme.com,=\"0100\",'+14085550100,Alice\n",
            ),
            &[],
            Rows(&[ALICE]),
        ),
        (
            "blanks that nobody sees",
            text("email,firstName\n\u{a0}bob@acme.com\u{200b},\u{feff}Bob\u{a0}\n"),
            &[],
            Rows(&[BOB]),
        ),
        (
            "Windows-1252, named",
            b"email;firstName\nbob@acme.com;M\xfcller \x80\n".to_vec(),
            &["--encoding", "windows-1252"],
            Rows(&[["bob@acme.com", "", "", "Müller €"]]),
        ),
        (
            "Windows-1252, not named",
            b"email;firstName\nbob@acme.com;M\xfcller\nalice@acme.com;Alice\n".to_vec(),
            &[],
            Refused(&[(2, "encoding", "B")], 1),
        ),
        (
            "a mapped and an ignored column, and a constant",
            text("Mail;Abteilung\nbob@acme.com;Vertrieb\n"),
            &[
                "--map",
                "mail=email",
                "--ignore",
                "Abteilung",
                "--default",
                "firstName=Bob",
            ],
            Rows(&[BOB]),
        ),
        (
            "a constant for the rows without a value of their own",
            text("email,firstName\nbob@acme.com,\nalice@acme.com,Alice\n"),
            &["--default", "first-name=Bob"],
            Rows(&[BOB, ["alice@acme.com", "", "", "Alice"]]),
        ),
        (
            "a column that is no field",
            text("email,Departement\nbob@acme.com,Sales\n"),
            &[],
            Error("column B `Departement` is no field; use --map"),
        ),
        (
            "a column with a slip",
            text("emial\nbob@acme.com\n"),
            &[],
            Error("column A `emial` is no field; do you mean email?"),
        ),
        (
            "a name twice",
            text("email,firstName,email\nbob@acme.com,Bob,carl@acme.com\n"),
            &[],
            Error("column C `email` has the name of column A `email`"),
        ),
        (
            "a field twice by other names",
            text("email,E-Mail\nbob@acme.com,carl@acme.com\n"),
            &[],
            Error("column B `E-Mail` and column A `email` both hold email"),
        ),
        (
            "a row too short",
            text("email,extension,firstName\nbob@acme.com,Bob\nalice@acme.com,,Alice\n"),
            &[],
            Refused(&[(2, "ragged-row", "C")], 1),
        ),
        (
            "a row too long: a comma without quotation marks",
            text("email,firstName\nbob@acme.com,Bob, Jr.\nalice@acme.com,Alice\n"),
            &[],
            Refused(&[(2, "ragged-row", "C")], 1),
        ),
        (
            "a value in a column without a name",
            text("email,firstName,\nbob@acme.com,Bob,x\nalice@acme.com,Alice,\n"),
            &[],
            Refused(&[(2, "no-header", "C")], 1),
        ),
        (
            "a quotation mark that is never closed",
            text("email,firstName\nbob@acme.com,\"Bob\nalice@acme.com,Alice\n"),
            &[],
            Refused(&[(2, "quotation-mark", "B")], 1),
        ),
        (
            "a quotation mark that another row closes",
            text(
                "email,firstName\nbob@acme.com,\"Bob\nalice@acme.com,\"Alice\"\ncarl@acme.com,Carl\n",
            ),
            &[],
            Refused(&[(2, "quotation-mark", "B")], 2),
        ),
        (
            "quotation marks within quotation marks",
            text("firstName,email\n\"Bob \"the man\" Smith\",bob@acme.com\nAlice,alice@acme.com\n"),
            &[],
            Refused(&[(2, "quotation-mark", "A")], 1),
        ),
        (
            "a phone number that Excel has shortened",
            text(
                "email;primaryPhoneNumber\nbob@acme.com;1,40856E+10\nalice@acme.com;+14085550100\n",
            ),
            &[],
            Refused(&[(2, "shortened-number", "B")], 1),
        ),
        (
            "an error of a formula",
            text("email,extension\nbob@acme.com,#REF!\nalice@acme.com,0100\n"),
            &[],
            Refused(&[(2, "spreadsheet-error", "B")], 1),
        ),
        (
            "a zero byte",
            b"email,firstName\nbob@acme.com,B\0b\nalice@acme.com,Alice\n".to_vec(),
            &[],
            Refused(&[(2, "control-character", "B")], 1),
        ),
        (
            "no e-mail address",
            text("email,firstName\n,Bob\nalice@acme.com,Alice\n"),
            &[],
            Refused(&[(2, "required", "A")], 1),
        ),
        ("nothing", Vec::new(), &[], Error("it is empty")),
        (
            "nothing but blanks",
            text(" \n\n"),
            &[],
            Error("it is empty"),
        ),
        ("a header alone", text("email\n"), &[], Rows(&[])),
        (
            "JSON, an object a line",
            text(
                "{\"email\": \"alice@acme.com\", \"provisioningParameters\": {\"extension\": \"0100\", \"firstName\": \"Alice\", \"primaryPhoneNumber\": \"+14085550100\"}}\n\n{\"First Name\": \"Bob\", \"E-Mail\": \"bob@acme.com\", \"extension\": null}",
            ),
            &[],
            both(),
        ),
        (
            "JSON with a number, an unknown member, a member twice, and none at all",
            text(
                "{\"email\": \"a@acme.com\", \"extension\": 100}\n{\"email\": \"a@acme.com\", \"mail\": \"b\"}\n{\"email\": \"a@acme.com\", \"email\": \"b@acme.com\"}\n{\"email\"\n{\"email\": \"bob@acme.com\"}\n",
            ),
            &[],
            Refused(
                &[
                    (1, "wrong-type", ""),
                    (2, "unknown-member", ""),
                    (3, "duplicate-field", ""),
                    (4, "json", ""),
                ],
                1,
            ),
        ),
        (
            "a list of JSON",
            text("[{\"email\": \"a@b.c\"}]"),
            &[],
            Error("jq -c '.[]'"),
        ),
        (
            "an old workbook",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
            &[],
            Error("save it as .xlsx"),
        ),
        (
            "gzip",
            b"\x1f\x8b\x08\x00".to_vec(),
            &[],
            Error("compressed with gzip"),
        ),
        (
            "an archive that is no workbook",
            b"PK\x03\x04 and so on".to_vec(),
            &[],
            Error("cannot be read as a workbook"),
        ),
    ]
}

/// Asks a sandbox, and gives what it was asked.
async fn asked(input: Vec<u8>, arguments: &'static [&'static str]) -> (Run, Vec<[String; 4]>) {
    let sandbox = Sandbox::start().await.unwrap();
    let (token, url) = (sandbox.token().to_owned(), sandbox.url());
    let run = tokio::task::spawn_blocking(move || {
        use std::io::Write;
        use std::process::Stdio;
        let mut command = common::program(&[
            "bulk",
            "subscribers",
            "-",
            "--quiet",
            "--output",
            "json",
            "--concurrency",
            "1",
        ]);
        command
            .args(arguments)
            .env("WEBEX_ACCESS_TOKEN", token)
            .env("WEBEX_BASE_URL", url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(&input);
        let output = child.wait_with_output().unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    });
    let run = run.await.unwrap();
    let requests = sandbox.requests();
    let field = |body: &Value, name: &str| {
        let value = body.pointer(name).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let asked = requests.iter().map(|request| {
        let body: Value = serde_json::from_str(&request.body).unwrap();
        [
            field(&body, "/email"),
            field(&body, "/provisioningParameters/extension"),
            field(&body, "/provisioningParameters/primaryPhoneNumber"),
            field(&body, "/provisioningParameters/firstName"),
        ]
    });
    (run, asked.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_read_as_its_author_meant_or_refused() {
    assert!(table().len() >= 25);
    for (name, input, arguments, expected) in table() {
        let (run, asked) = asked(input, arguments).await;
        let results: Vec<Value> = run
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        match expected {
            Rows(rows) => {
                assert_eq!(run.code, Some(0), "{name}: {} {}", run.stdout, run.stderr);
                assert_eq!(asked, rows, "{name}");
                assert_eq!(results.len(), rows.len(), "{name}");
            }
            Refused(problems, rows) => {
                assert_eq!(run.code, Some(2), "{name}: {}", run.stderr);
                assert_eq!(asked.len(), rows, "{name}: {asked:?}");
                let found: Vec<(u64, &str, &str)> = results
                    .iter()
                    .filter(|row| row["verdict"] == "refused")
                    .map(|row| {
                        let problem = &row["problems"][0];
                        (
                            row["line"].as_u64().unwrap(),
                            problem["rule"].as_str().unwrap(),
                            problem["column"].as_str().unwrap_or_default(),
                        )
                    })
                    .collect();
                assert_eq!(found, problems, "{name}");
                assert_eq!(results.len(), rows + problems.len(), "{name}");
            }
            Error(reason) => {
                assert_eq!(run.code, Some(2), "{name}: {}", run.stderr);
                assert!(run.stderr.contains(reason), "{name}: {}", run.stderr);
                assert!(asked.is_empty() && results.is_empty(), "{name}");
            }
        }
    }
}

#[test]
fn a_workbook_is_read_as_its_cells_show() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
    let mut book = Workbook::new();
    let notes = book.add_worksheet().set_name("Notes").unwrap();
    notes.write(0, 0, "not this one").unwrap();
    notes.set_hidden(true);
    let sheet = book.add_worksheet().set_name("Users").unwrap();
    sheet.set_active(true);
    for (column, name) in ["E-Mail", "Extension", "Primary Phone Number", "First Name"]
        .iter()
        .enumerate()
    {
        sheet.write(0, column as u16, *name).unwrap();
    }
    let padded = Format::new().set_num_format("0000");
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let thousands = Format::new().set_num_format("#,##0");
    sheet.write(1, 0, "a@acme.com").unwrap();
    sheet.write_with_format(1, 1, 100, &padded).unwrap();
    sheet.write(1, 2, 14_085_550_100_u64).unwrap();
    sheet.write(1, 3, "Zoë 😀").unwrap();
    // Row 3 is empty, row 4 has its last cells left out.
    sheet.write(3, 0, "b@acme.com").unwrap();
    sheet.write(4, 0, "c@acme.com").unwrap();
    let day = ExcelDateTime::from_ymd(2026, 1, 2).unwrap();
    sheet.write_datetime_with_format(4, 1, &day, &date).unwrap();
    sheet.write(5, 0, "d@acme.com").unwrap();
    sheet.write_with_format(5, 1, 1000, &thousands).unwrap();
    sheet
        .write(6, 0, Formula::new("=1/0").set_result("#DIV/0!"))
        .unwrap();
    sheet.write(7, 0, "e@acme.com").unwrap();
    sheet.write(7, 5, "far out").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.xlsx");
    let file = file.to_str().unwrap();
    book.save(file).unwrap();

    let problems = run(&[
        "bulk",
        "subscribers",
        file,
        "--default",
        "customerId=x",
        "--dry-run",
        "--output",
        "csv",
    ]);
    assert_eq!(problems.code, Some(2), "{}", problems.stderr);
    assert_eq!(
        problems.stderr.lines().next().unwrap_or_default(),
        "6 rows: 2 would be asked, 4 refused, 0 the same as others; odd: 0"
    );
    let mut told = csv::Reader::from_reader(problems.stdout.as_bytes());
    let told: Vec<String> = told
        .records()
        .map(|row| {
            let row = row.unwrap();
            format!("{},{},{},{}", &row[0], &row[2], &row[3], &row[4])
        })
        .collect();
    assert_eq!(
        told,
        [
            "5,error,no-text,B",
            "6,error,no-text,B",
            "7,error,spreadsheet-error,A",
            "8,error,ragged-row,F",
        ],
        "{}",
        problems.stdout
    );
    assert!(
        problems.stdout.contains("it is a date or time"),
        "{}",
        problems.stdout
    );
    let asked = run(&[
        "bulk",
        "subscribers",
        file,
        "--sandbox",
        "-q",
        "--output",
        "csv",
        "--ordered",
        "--keep",
        "extension",
        "--keep",
        "first name",
        "--keep",
        "Primary Phone Number",
    ]);
    let kept: Vec<String> = asked
        .stdout
        .lines()
        .filter(|line| line.contains("likely"))
        .map(|line| line.split(',').take(6).collect::<Vec<_>>().join(","))
        .collect();
    assert_eq!(
        kept,
        ["2,a@acme.com,,0100,Zoë 😀,14085550100", "4,b@acme.com,,,,"]
    );
    let other = run(&[
        "bulk",
        "subscribers",
        file,
        "--sheet",
        "Users2",
        "--dry-run",
    ]);
    assert_eq!(other.code, Some(2));
    assert!(
        other
            .stderr
            .contains("it has no sheet `Users2`; it has Notes, Users"),
        "{}",
        other.stderr
    );
    // From a pipe too.
    let piped = run_with_stdin(
        &["bulk", "subscribers", "-", "--dry-run"],
        std::fs::read(file).unwrap(),
    );
    assert!(
        piped.stderr.contains("6 rows: 2 would be asked, 4 refused"),
        "{}",
        piped.stderr
    );
}

#[test]
fn a_workbook_of_other_programs_is_not_guessed_at() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/workbooks");
    let dry = |name: &str| {
        run(&[
            "bulk",
            "subscribers",
            &format!("{folder}/{name}"),
            "--dry-run",
        ])
    };
    let formula = dry("formula-without-value.xlsx");
    assert_eq!(formula.code, Some(2));
    assert!(
        formula.stdout.contains("row 2 (a@b.cd): refused: column B `customerId`: it is a formula, and its value is not in the file [no-text]"),
        "{}",
        formula.stdout
    );
    assert!(
        formula.stderr.contains("2 rows: 1 would be asked"),
        "{}",
        formula.stderr
    );
    let order = dry("cells-out-of-order.xlsx");
    assert_eq!(order.code, Some(2));
    assert!(
        order.stderr.contains("row 2: its cells are not in order"),
        "{}",
        order.stderr
    );
}

#[test]
fn a_template_is_a_proper_input() {
    for subject in ["customers", "subscribers"] {
        for output in ["csv", "json"] {
            let template = run(&["template", subject, "--output", output]);
            assert_eq!(template.code, Some(0), "{}", template.stderr);
            let dry = run_with_stdin(&["bulk", subject, "-", "--dry-run"], &template.stdout);
            assert_eq!(
                (dry.code, dry.stdout.as_str()),
                (Some(0), ""),
                "{subject} {output}"
            );
            let asked = run_with_stdin(
                &["bulk", subject, "-", "--sandbox", "-q", "--output", "csv"],
                &template.stdout,
            );
            assert_eq!(asked.code, Some(0), "{}", asked.stderr);
            assert!(
                asked.stdout.contains(",likely,asked,100,"),
                "{}",
                asked.stdout
            );
        }
    }
}

#[test]
fn the_schema_takes_the_template_and_no_slip() {
    for (subject, slip) in [
        ("subscribers", r#"{"email": 5}"#),
        ("subscribers", r#"{"customerId": "x"}"#),
        (
            "customers",
            r#"{"address": {"city": "x", "country": "US"}}"#,
        ),
    ] {
        let schema: Value = serde_json::from_str(&run(&["schema", subject]).stdout).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let row: Value =
            serde_json::from_str(&run(&["template", subject, "--output", "json"]).stdout).unwrap();
        assert!(validator.is_valid(&row), "{subject}: {row}");
        let slip: Value = serde_json::from_str(slip).unwrap();
        assert!(!validator.is_valid(&slip), "{subject}: {slip}");
    }
}
