//! The report in a browser: what it shows, that it sorts and filters, and that nothing breaks out of it.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "common/browser.rs"]
mod browser;
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use browser::Browser;
use common::run;
use serde_json::json;

/// Names as an operator would rather not have them.
const NAMES: [&str; 7] = [
    "<script>document.title='broken out'</script>",
    "=HYPERLINK(\"https://example.com\",\"x\")",
    "Zoë 👩‍💻",
    "שלום עולם",
    "\u{202e}gnp.exe",
    "\"><img src=x onerror=\"document.title='broken out'\">",
    "</td></tr></table>&amp;",
];

/// Makes a report over rows of every kind; gives its place.
fn report(folder: &Path) -> PathBuf {
    let mut rows = csv::Writer::from_path(folder.join("rows.csv")).unwrap();
    rows.write_record(["email", "customerId", "firstName"])
        .unwrap();
    for row in 0..40 {
        let email = match row % 8 {
            1 => format!("unlikely+{row}@sandbox.example"),
            4 => format!("status-404+{row}@sandbox.example"),
            6 => String::new(),
            _ => format!("subscriber{row}@acme.com"),
        };
        rows.write_record([&email, "ZjViMzYx", NAMES[row % NAMES.len()]])
            .unwrap();
    }
    rows.write_record([
        "fail-1-status-429-retry-after-2@sandbox.example",
        "ZjViMzYx",
        "Waits",
    ])
    .unwrap();
    rows.flush().unwrap();
    let (input, page) = (folder.join("rows.csv"), folder.join("report.html"));
    let run = run(&[
        "bulk",
        "subscribers",
        input.to_str().unwrap(),
        "--sandbox",
        "-q",
        "--keep",
        "firstName",
        "--concurrency",
        "4",
        "--report",
        page.to_str().unwrap(),
    ]);
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    page
}

/// What the browser's table shows, row by row, in this column.
fn column(browser: &mut Browser, column: usize) -> Vec<String> {
    let shown = browser.value(&format!(
        "Array.from(document.querySelectorAll('#results tbody tr')).filter((row) => !row.hidden).map((row) => row.cells[{column}].textContent)"
    ));
    serde_json::from_value(shown).unwrap()
}

#[test]
fn it_shows_sorts_and_filters() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let page = report(folder.path());
    browser.open(&page);
    // 41 rows: five of each eighth row, the last one is likely after a wait.
    for (name, count) in [
        ("rows", "41"),
        ("failed", "5"),
        ("refused", "5"),
        ("unlikely", "5"),
        ("likely", "26"),
    ] {
        assert_eq!(
            browser.value(&format!(
                "document.getElementById('total-{name}').textContent"
            )),
            count,
            "{name}"
        );
    }
    let title = browser.value("document.title");
    assert!(
        title
            .as_str()
            .unwrap()
            .starts_with("Precheck of subscribers, "),
        "{title}"
    );
    // Failed rows first, and names as they are.
    let verdicts = column(&mut browser, 1);
    let expected: Vec<&str> = [
        ("failed", 5),
        ("refused", 5),
        ("unlikely", 5),
        ("likely", 26),
    ]
    .iter()
    .flat_map(|(verdict, count)| vec![*verdict; *count])
    .collect();
    assert_eq!(verdicts, expected);
    let names = column(&mut browser, 4);
    for name in NAMES {
        // What would turn the direction of text is shown as its number.
        let name = name.replace('\u{202e}', r"\u{202e}");
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    assert_eq!(
        browser.value("document.querySelectorAll('td script, td img').length"),
        0
    );
    assert_eq!(
        browser.value("document.querySelectorAll('#results tbody tr').length"),
        41
    );
    // Rows without the field have what the rule says.
    let codes = browser.value(
        "Array.from(document.querySelectorAll('.codes tbody tr')).map((row) => row.textContent)",
    );
    let codes: Vec<String> = serde_json::from_value(codes).unwrap();
    for code in [
        "infoCode 10026",
        "errorCode 100225",
        "HTTP 4045",
        "rule required5",
    ] {
        assert!(
            codes
                .iter()
                .any(|shown| shown.replace(' ', "").starts_with(&code.replace(' ', ""))),
            "{code}: {codes:?}"
        );
    }
    assert!(
        browser
            .value("document.querySelectorAll('svg rect.wait').length")
            .as_u64()
            >= Some(1)
    );

    // By the keyboard alone: to the first heading, twice.
    browser.value("document.querySelector('#results th button').focus()");
    browser.press("Enter", "\r");
    assert_eq!(
        browser.value("document.querySelector('#results th').ariaSort"),
        "ascending"
    );
    let lines: Vec<u32> = column(&mut browser, 0)
        .iter()
        .map(|line| line.parse().unwrap())
        .collect();
    assert_eq!(lines, (2..43).collect::<Vec<_>>());
    browser.press("Enter", "\r");
    let lines: Vec<u32> = column(&mut browser, 0)
        .iter()
        .map(|line| line.parse().unwrap())
        .collect();
    assert_eq!(lines, (2..43).rev().collect::<Vec<_>>());
    // The next heading is the next stop.
    browser.press("Tab", "");
    browser.press("Enter", "\r");
    assert_eq!(column(&mut browser, 1), expected);

    browser.value("document.getElementById('find').focus()");
    for letter in ["1", "1", "@"] {
        browser.press(letter, letter);
    }
    assert_eq!(column(&mut browser, 2), ["subscriber11@acme.com"]);
    assert_eq!(
        browser.value("document.getElementById('shown').textContent"),
        "1 of 41 rows"
    );
    browser.value("document.getElementById('find').value = ''; document.querySelector('[value=likely]').click()");
    assert_eq!(column(&mut browser, 1), expected[..15]);
    // Nothing is asked of a network.
    let loaded = browser.value("performance.getEntriesByType('resource').length");
    assert_eq!(loaded, 0);
}

#[test]
fn it_fits_every_screen_and_paper() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let page = report(folder.path());
    browser.open(&page);
    for (medium, scheme) in [("screen", "light"), ("screen", "dark"), ("print", "light")] {
        for width in [400, 800, 1600] {
            browser.look(width, medium, scheme);
            let overflow = browser.value(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth",
            );
            assert!(
                overflow.as_i64() <= Some(0),
                "{medium} {scheme} {width}: {overflow}"
            );
            // Text stands out from what is behind it, by the contrast of WCAG 2 (AA).
            let poor = browser.value(CONTRAST);
            assert_eq!(poor, json!([]), "{medium} {scheme} {width}");
            if let Some(folder) = std::env::var_os("PRECHECK_SCREENSHOTS") {
                let name = format!("{medium}-{scheme}-{width}.png");
                let picture = base64::engine::general_purpose::STANDARD.decode(browser.picture());
                fs::write(Path::new(&folder).join(name), picture.unwrap()).unwrap();
            }
        }
    }
    let controls = browser.value("getComputedStyle(document.getElementById('filter')).display");
    assert_eq!(controls, "none", "nobody filters paper");
}

/// The elements whose text has too little contrast.
const CONTRAST: &str = "(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('h1, h2, p, dt, dd, b, th, td, span, label, figcaption, footer, output, button')) {
    if (!element.textContent.trim() || element.offsetParent === null) continue;
    const [one, other] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) poor.push(`${element.tagName}.${element.className}: ${contrast.toFixed(2)}`);
  }
  return poor;
})()";

#[test]
fn it_can_be_read_without_a_script() {
    let folder = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(report(folder.path())).unwrap();
    // Controls come with the script, and rows are there without it, failed ones first.
    assert!(page.contains("<form id=\"filter\" hidden>"));
    let rows: Vec<&str> = page
        .match_indices("<tr class=\"")
        .map(|(at, found)| page[at + found.len()..].split('"').next().unwrap())
        .collect();
    assert_eq!(
        (rows[0], rows[5], rows[10], rows[15]),
        ("failed", "refused", "unlikely", "likely")
    );
    assert_eq!(rows.len(), 41);
    let page = page.replace("https://example.com", "");
    for foreign in ["http://", "https://", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("rows.csv");
    fs::write(&input, "email,customerId\na@acme.com,x\n").unwrap();
    let input = input.to_str().unwrap();
    let there = folder.path().to_str().unwrap();
    for place in ["/nonexistent/report.html", there] {
        let run = run(&[
            "bulk",
            "subscribers",
            input,
            "--sandbox",
            "--restart",
            "--report",
            place,
        ]);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(2), ""),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("--report"), "{}", run.stderr);
    }
}
