//! The blocking client, wherever a thread may block.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use webex_precheck::{BulkOptions, Client, SubscriberPrecheck, Token, blocking};
use webex_precheck_sandbox::Sandbox;

const PATH: &str = "/v1/wholesale/subscribers/validate";

fn request() -> SubscriberPrecheck {
    SubscriberPrecheck::new("alice.anderson@acme.com")
}

/// A sandbox with a runtime of its own.
struct Outside(
    Sandbox,
    #[expect(dead_code, reason = "serves the sandbox")] tokio::runtime::Runtime,
);

impl Outside {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let sandbox = runtime.block_on(Sandbox::start()).unwrap();
        Self(sandbox, runtime)
    }

    fn client(&self) -> blocking::Client {
        let token = Token::new(self.0.token()).unwrap();
        let builder = Client::builder(token).base_url(self.0.url());
        blocking::Client::new(builder.build().unwrap()).unwrap()
    }
}

#[test]
fn the_blocking_client_asks_from_many_threads() {
    let outside = Outside::start();
    let client = outside.client();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let client = client.clone();
            scope.spawn(move || {
                for _ in 0..5 {
                    assert!(client.precheck_subscriber(&request()).unwrap().is_likely());
                }
            });
        }
    });
    assert_eq!(outside.0.answered(PATH)[&200], 40);
    let keys: BTreeSet<u32> = client
        .precheck_many((0..50).map(|key| (key, request())), BulkOptions::default())
        .map(|(key, result)| {
            assert!(result.unwrap().is_likely());
            key
        })
        .collect();
    assert_eq!(keys.len(), 50);
}

#[test]
fn the_blocking_client_works_wherever_a_thread_may_block() {
    let outside = Outside::start();
    let client = outside.client();
    let elsewhere = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    elsewhere.block_on(async {
        let asked = client.clone();
        let report = tokio::task::spawn_blocking(move || asked.precheck_subscriber(&request()));
        assert!(report.await.unwrap().unwrap().is_likely());
        // Dropped in asynchronous code, with its runtime.
        drop(client);
    });
}

#[test]
fn rows_that_panic_are_no_end_of_the_rows() {
    let outside = Outside::start();
    let client = outside.client();
    let asked = (0..100).map(|key| match key {
        30 => panic!("row 30"),
        key => (key, request()),
    });
    let mut answers = client.precheck_many(asked, BulkOptions::default());
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        answers.by_ref().count();
    }));
    std::panic::set_hook(hook);
    assert_eq!(
        *ended.unwrap_err().downcast_ref::<&str>().unwrap(),
        "row 30"
    );
}

#[test]
fn a_blocking_precheck_within_the_loop_over_others_does_not_wait_for_them() {
    let outside = Outside::start();
    let client = outside.client();
    let asked = (0..100).map(|key| (key, request()));
    for (_, result) in client.precheck_many(asked, BulkOptions::default()) {
        assert!(result.unwrap().is_likely());
        assert!(client.precheck_subscriber(&request()).unwrap().is_likely());
    }
}
