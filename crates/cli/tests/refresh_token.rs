//! A refresh token in a file that several runs of the program share.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;

use common::{finish, program};
use webex_precheck_sandbox::{Grant, Sandbox};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_at_the_same_time_renew_one_after_the_other() {
    let grant = Grant::new("C1", "secret", "refresh").rotating();
    let sandbox = Sandbox::builder().grant(grant).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (profile, token) = (
        folder.path().join("config.toml"),
        folder.path().join("token"),
    );
    fs::write(&token, "refresh").unwrap();
    let keys = "client-id = 'C1'\nclient-secret = 'secret'\nrefresh-token-file = 'token'\n";
    fs::write(&profile, format!("[default]\n{keys}")).unwrap();
    let runs: Vec<_> = (0..6)
        .map(|_| {
            let mut command = program(&["subscriber", "--email", "alice.anderson@acme.com"]);
            command
                .args(["--customer-id", "ZjVi", "--config"])
                .arg(&profile);
            command.env("WEBEX_BASE_URL", sandbox.url());
            std::thread::spawn(move || finish(command))
        })
        .collect();
    for run in runs {
        let run = run.join().unwrap();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    assert_eq!(fs::read_to_string(&token).unwrap(), "refresh:6");
    let requests = sandbox.requests();
    let renewals = requests.iter().filter(|it| it.path == "/v1/access_token");
    assert_eq!(renewals.count(), 6);
}
