//! Each promise of SECURITY.md names a test that exists.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::Path;

#[test]
fn each_promise_names_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let mut promises = 0;
    for line in page.lines().filter(|line| line.contains(".rs`")) {
        let cell = line
            .trim_end_matches([' ', '|'])
            .rsplit('|')
            .next()
            .unwrap();
        let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        let [file, tests @ ..] = names.as_slice() else {
            panic!("{line}");
        };
        let source = fs::read_to_string(root.join(file)).unwrap_or_else(|_| panic!("{line}"));
        assert!(!tests.is_empty(), "{line}");
        for test in tests {
            let attribute = source.find(&format!("fn {test}(")).map(|at| &source[..at]);
            let attribute = attribute.and_then(|before| before.rsplit("\n\n").next());
            assert!(
                attribute.is_some_and(|it| it.contains("test")),
                "{test}: {line}"
            );
        }
        promises += 1;
    }
    assert!(promises > 10, "{promises}");
}
