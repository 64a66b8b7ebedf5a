//! The checked-in captures against the real documents that they were made from, where those are at hand.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use conformance::{CHECKED_IN, documentation, real};
use webex_precheck_contract::diff::drift;
use webex_precheck_contract::{Endpoints, source};

#[test]
fn captures_say_what_their_documents_say() {
    for (name, stored) in CHECKED_IN.captures() {
        for folder in ["docs", "upstream"] {
            let path = format!("{folder}/{}", stored.source);
            if !documentation().join(&path).exists() {
                continue;
            }
            let text = real(&path).unwrap();
            let endpoints = Endpoints::of(&CHECKED_IN.contract());
            let (fresh, problems) = source::read(&stored.source, &text, &endpoints, &stored);
            assert!(!source::is_broken(&problems), "{name}: {problems:?}");
            let comparison = drift(&stored, &fresh);
            assert_eq!(comparison.differences, [], "{name}");
            assert_eq!(comparison.compared, source::facts(&stored), "{name}");
        }
    }
}
