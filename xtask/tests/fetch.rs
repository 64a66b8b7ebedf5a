//! Sources at addresses: real servers on this machine, good and bad, and the verbs as processes.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use common::{Run, fixture, root};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring};

/// A source that the workspaces of these tests have a capture of.
fn published() -> String {
    fixture("published.json")
}

/// A request.
struct Asked {
    path: String,
}

type Answers = dyn Fn(&Asked) -> Vec<u8> + Send + Sync;

struct Server {
    port: u16,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn plain(answers: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start(Arc::new(answers), |stream| Some(Box::new(stream)))
    }

    /// A server with a certificate that `ca.pem` vouches for.
    fn tls(answers: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let fixture = |name: &str| root().join("tests/e2e/fixtures").join(name);
        let certificate = CertificateDer::from_pem_file(fixture("server.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let config = Arc::new(config);
        Self::start(Arc::new(answers), move |stream| {
            let connection = ServerConnection::new(config.clone()).unwrap();
            Some(Box::new(StreamOwned::new(connection, stream)))
        })
    }

    fn start(
        answers: Arc<Answers>,
        open: impl Fn(TcpStream) -> Option<Box<dyn ReadWrite>> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = log.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Ok(end) = stream.try_clone() else {
                    continue;
                };
                let Some(mut stream) = open(stream) else {
                    continue;
                };
                let Some(asked) = read(&mut stream) else {
                    continue;
                };
                let answer = answers(&asked);
                let status = String::from_utf8_lossy(&answer[9..12]).into_owned();
                written
                    .lock()
                    .unwrap()
                    .push(format!("{status} {}", asked.path));
                // A client may have gone away.
                let _ = stream.write_all(&answer);
                let _ = stream.flush();
                let _ = end.shutdown(Shutdown::Write);
            }
        });
        Self { port, log }
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}

fn read(stream: &mut Box<dyn ReadWrite>) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    while reader.read_line(&mut line).ok()? > 2 {}
    Some(Asked { path })
}

/// An answer whose headers are right.
fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("200 OK", "", body)
}

fn redirect(to: &str) -> Vec<u8> {
    answer("302 Found", &format!("location: {to}\r\n"), "")
}

/// A workspace with the capture of that source.
struct Workspace(common::Workspace);

impl Workspace {
    fn new() -> Self {
        let workspace = common::Workspace::new();
        let source = workspace.write("published.json", published());
        assert_eq!(workspace.run(&["capture", &source]).code, Some(0));
        Self(workspace)
    }

    fn command(&self, verb: &str, source: &str) -> Command {
        let mut command = self.0.command(&[verb, source]);
        for name in ["http_proxy", "https_proxy", "all_proxy"] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        command
    }

    fn drift(&self, source: &str) -> Run {
        self.command("drift", source).output().unwrap().into()
    }

    fn fetched(&self) -> Vec<PathBuf> {
        let folder = fs::read_dir(self.0.path("target/xtask/fetched"));
        let entries = folder.into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

/// Refused, in one line that says why.
#[track_caller]
fn refused(run: &Run, why: &str) {
    assert_eq!(run.code, Some(3), "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(why), "expected {why}: {}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
}

#[track_caller]
fn clean(run: &Run) {
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("no difference"), "{}", run.stdout);
}

#[test]
fn every_failure_is_told_apart() {
    let workspace = Workspace::new();
    let server = Server::plain(|asked| match asked.path.trim_end_matches("?canary") {
        "/403" => answer("403 Forbidden", "", "no"),
        "/404" => answer("404 Not Found", "", "no"),
        "/429" => answer("429 Too Many Requests", "retry-after: 5\r\n", ""),
        "/503" => answer("503 Service Unavailable", "", "<html>"),
        "/204" => answer("204 No Content", "", ""),
        "/304" => answer("304 Not Modified", "", ""),
        "/300" => answer("300 Multiple Choices", "", ""),
        "/empty" => ok(" \r\n"),
        "/html" => ok("<!DOCTYPE html><html><body>Sign in</body></html>"),
        "/png" => answer("200 OK", "content-type: image/png\r\n", b"\x89PNG"),
        "/zeros" => ok(b"MZ\0\0\0\0"),
        "/gzip" => answer("200 OK", "content-encoding: gzip\r\n", b"\x1f\x8b\x08\0"),
        "/cut" => b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"openapi\"".to_vec(),
        "/cut-chunk" => b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{}".to_vec(),
        "/endless" => [
            &b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"[..],
            &b"{}\n".repeat(6_000_000),
        ]
        .concat(),
        "/loop" => redirect("/loop"),
        "/elsewhere" => redirect("http://canary@example.com/b?canary"),
        "/file" => redirect("file:///etc/passwd"),
        "/nonsense" => redirect("http://[x"),
        _ => b"HTTP/9.9 nonsense\r\n\r\n".to_vec(),
    });
    for (path, why) in [
        (
            "/403",
            "cannot be fetched: 403 Forbidden; check the address",
        ),
        (
            "/404",
            "cannot be fetched: 404 Not Found; check the address",
        ),
        ("/429", "429 Too Many Requests"),
        ("/503", "503 Service Unavailable"),
        ("/204", "204 No Content"),
        ("/304", "304 Not Modified"),
        ("/300", "300 Multiple Choices"),
        ("/empty", "empty"),
        ("/html", "HTML"),
        ("/png", "not UTF-8"),
        ("/zeros", "neither a path nor a title"),
        ("/gzip", "not UTF-8"),
        ("/endless", "over 16 MiB"),
        ("/cut", "cannot be fetched: `127.0.0.1`: "),
        ("/cut-chunk", "cannot be fetched: `127.0.0.1`: "),
        ("/loop", "redirects more than 5 times"),
        ("/elsewhere", "only redirects to https are followed"),
        ("/file", "302 Found"),
        ("/nonsense", "302 Found"),
        ("/other", "cannot be fetched: `127.0.0.1`: "),
    ] {
        let run = workspace.drift(&server.address(&format!("{path}?canary")));
        refused(&run, why);
        assert!(run.stderr.contains(path), "{}", run.stderr);
        assert!(!run.stderr.contains("canary"), "{}", run.stderr);
        assert!(workspace.fetched().is_empty(), "{path} is kept");
    }
    let loops = server
        .log()
        .iter()
        .filter(|line| line.starts_with("302 /loop"))
        .count();
    assert_eq!(loops, 6);
}

#[test]
fn where_there_is_no_server_the_reason_is_told() {
    let workspace = Workspace::new();
    // A port that nobody listens on: it was free a moment ago, and is not given out again at once.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for scheme in ["http", "https"] {
        let run = workspace.drift(&format!("{scheme}://127.0.0.1:{port}/x"));
        refused(&run, "cannot be fetched: `127.0.0.1`: ");
    }
    let run = workspace.drift("https://nowhere.invalid/x");
    refused(&run, "cannot be fetched: `nowhere.invalid`: ");
}

#[test]
fn each_address_has_copies_of_its_own_whose_name_shows_no_secret() {
    let workspace = Workspace::new();
    let server = Server::plain(|_| ok(published()));
    for path in ["/published.json?token=canary", "/published.json"] {
        clean(&workspace.drift(&server.address(path)));
    }
    assert_eq!(workspace.fetched().len(), 2);
    for folder in workspace.fetched() {
        let name = folder.to_str().unwrap();
        assert!(!name.contains("canary"), "{name}");
    }
}

#[test]
fn a_removed_sentence_is_shown_while_its_copy_is_kept() {
    let workspace = Workspace::new();
    let content = Arc::new(Mutex::new(published()));
    let served = content.clone();
    let server = Server::plain(move |_| ok(served.lock().unwrap().clone()));
    let address = server.address("/published.json");
    clean(&workspace.drift(&address));
    *content.lock().unwrap() = published().replace("It was here once.", "It was here.");
    // The copy of what was captured is the last one, and then the one before it.
    for _ in 0..2 {
        let run = workspace.drift(&address);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        for sentence in ["- It was here once.", "+ It was here."] {
            assert!(run.stdout.contains(sentence), "{}", run.stdout);
        }
    }
    fs::remove_dir_all(workspace.0.path("target")).unwrap();
    let run = workspace.drift(&address);
    assert!(
        run.stdout.contains("- (the sentence captured as "),
        "{}",
        run.stdout
    );
}

#[test]
fn a_broken_source_is_not_kept() {
    let workspace = Workspace::new();
    let content = Arc::new(Mutex::new(published()[..9_000].to_owned()));
    let served = content.clone();
    let server = Server::plain(move |_| ok(served.lock().unwrap().clone()));
    let address = server.address("/published.json");
    assert_eq!(workspace.drift(&address).code, Some(3));
    assert!(workspace.fetched().is_empty());
    *content.lock().unwrap() = published();
    clean(&workspace.drift(&address));
}

#[test]
fn secrets_of_an_address_are_in_no_output_and_no_capture() {
    let workspace = Workspace::new();
    let server = Server::plain(|_| ok(published().replace("410", "411")));
    let address = format!(
        "http://canary:canary@127.0.0.1:{}/published.json?canary#canary",
        server.port
    );
    for format in ["text", "json", "markdown", "github"] {
        let mut command = workspace.command("drift", &address);
        let run: Run = command.args(["--format", format]).output().unwrap().into();
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stdout.contains("/published.json"), "{}", run.stdout);
        assert!(
            !run.stdout.contains("canary") && !run.stderr.contains("canary"),
            "{}",
            run.stdout
        );
    }
    let run = workspace.0.run(&["capture", &address]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!run.stderr.contains("canary"), "{}", run.stderr);
    let capture = String::from_utf8(workspace.0.read("spec/documented/openapi.toml")).unwrap();
    assert!(capture.contains("source = \"published.json\""), "{capture}");
    // A source that is read and refused is named without them, too.
    let server = Server::plain(|_| ok("{}"));
    let run = workspace.drift(&format!("http://canary@127.0.0.1:{}/?canary", server.port));
    assert_eq!(run.code, Some(3));
    assert!(!run.stderr.contains("canary"), "{}", run.stderr);
}

#[test]
fn redirects_on_this_machine_are_followed() {
    let workspace = Workspace::new();
    let server = Server::plain(|asked| match asked.path.as_str() {
        "/published.json" => ok(published()),
        "/5" => redirect("published.json"),
        path => redirect(&format!("/{}", path[1..].parse::<u8>().unwrap() + 1)),
    });
    clean(&workspace.drift(&server.address("/1")));
    assert_eq!(server.log().len(), 6);
}

#[test]
fn tls_is_trusted_or_refused() {
    let workspace = Workspace::new();
    let server = Server::tls(|asked| match asked.path.as_str() {
        "/down" => redirect("http://127.0.0.1/published.json"),
        _ => ok(published()),
    });
    let ask = |path: &str, trusted: &str| {
        let address = format!("https://localhost:{}{path}", server.port);
        let mut command = workspace.command("drift", &address);
        let trusted = root().join("tests/e2e/fixtures").join(trusted);
        let command = command
            .env("SSL_CERT_FILE", trusted)
            .env_remove("SSL_CERT_DIR");
        let run: Run = command.output().unwrap().into();
        run
    };
    clean(&ask("/published.json", "ca.pem"));
    refused(
        &ask("/published.json", "other.pem"),
        "invalid peer certificate",
    );
    refused(
        &ask("/down", "ca.pem"),
        "only redirects to https are followed",
    );
    // Plain HTTP where TLS is expected.
    let plain = Server::plain(|_| ok(published()));
    let run = workspace.drift(&format!("https://127.0.0.1:{}/x", plain.port));
    refused(&run, "cannot be fetched: `127.0.0.1`: ");
}
