//! Sources at addresses: real servers on this machine, good and bad, and the verbs as processes.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap().to_owned()
}

/// A source that the workspaces of these tests have a capture of.
fn published() -> String {
    fs::read_to_string(root().join("tests/conformance/fixtures/published.json")).unwrap()
}

/// What was asked, in small letters.
struct Asked {
    path: String,
    headers: String,
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
        let config = ServerConfig::builder()
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
    let mut headers = String::new();
    while reader.read_line(&mut headers).ok()? > 2 {}
    let headers = headers.to_ascii_lowercase();
    Some(Asked { path, headers })
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

/// What the verbs need, with the capture of that source.
struct Workspace(TempDir);

struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Workspace {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir_all(folder.path().join("spec/documented")).unwrap();
        fs::copy(
            root().join("spec/openapi.json"),
            folder.path().join("spec/openapi.json"),
        )
        .unwrap();
        let workspace = Self(folder);
        let source = workspace.0.path().join("published.json");
        fs::write(&source, published()).unwrap();
        assert_eq!(
            workspace.run("capture", source.to_str().unwrap()).code,
            Some(0)
        );
        workspace
    }

    fn command(&self, verb: &str, source: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args([verb, source, "--root"]).arg(self.0.path());
        for name in ["http_proxy", "https_proxy", "all_proxy"] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        command.env_remove("PRECHECK_FETCHED");
        command
    }

    fn run(&self, verb: &str, source: &str) -> Run {
        Run::of(&mut self.command(verb, source))
    }

    fn drift(&self, source: &str) -> Run {
        self.run("drift", source)
    }

    fn fetched(&self) -> Vec<PathBuf> {
        let folder = fs::read_dir(self.0.path().join("target/xtask/fetched"));
        let entries = folder.into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

impl Run {
    fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Refused, in one line that says why.
    fn refused(&self, why: &str) {
        assert_eq!(self.code, Some(3), "{}{}", self.out, self.err);
        assert!(self.err.contains(why), "expected {why}: {}", self.err);
        assert!(self.err.contains("cannot be fetched"), "{}", self.err);
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
    }

    fn clean(&self) {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        assert!(self.out.contains("no difference"), "{}", self.out);
    }
}

#[test]
fn every_failure_is_told_apart() {
    let workspace = Workspace::new();
    let server = Server::plain(|asked| match asked.path.as_str() {
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
        "/announced" => b"HTTP/1.1 200 OK\r\ncontent-length: 20000000\r\n\r\n{}".to_vec(),
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
        ("/403", "403 Forbidden: the server does not show it"),
        ("/404", "404 Not Found: nothing is there"),
        ("/429", "429 Too Many Requests: asked too often"),
        ("/503", "503 Service Unavailable: the server failed"),
        ("/204", "204 No Content: not an answer"),
        ("/304", "304 Not Modified: not an answer"),
        ("/300", "300 Multiple Choices: not an answer"),
        ("/empty", "is empty"),
        ("/html", "is an HTML page"),
        ("/png", "not text, but `image/png`"),
        ("/zeros", "zero bytes"),
        ("/gzip", "compressed"),
        ("/announced", "over 16 MiB"),
        ("/endless", "over 16 MiB"),
        ("/cut", "was cut short: 10 of 100 bytes came"),
        ("/cut-chunk", "was cut short after 2 bytes"),
        ("/loop", "redirects more than 5 times"),
        ("/elsewhere", "only redirects to https are followed"),
        ("/file", "only redirects to https are followed"),
        ("/nonsense", "redirects to what is no address"),
        ("/other", "gives no answer"),
    ] {
        let run = workspace.drift(&server.address(path));
        run.refused(why);
        assert!(run.err.contains(path), "{}", run.err);
        assert!(!run.err.contains("canary"), "{}", run.err);
        assert!(workspace.fetched().is_empty(), "{path} is kept");
    }
    let loops = server
        .log()
        .iter()
        .filter(|line| *line == "302 /loop")
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
        run.refused("`127.0.0.1` refuses the connection");
    }
    let run = workspace.drift("https://nowhere.invalid/x");
    run.refused("the host `nowhere.invalid` is not known");
}

#[test]
fn an_unchanged_file_is_not_sent_again() {
    for (validator, condition) in [
        (
            "etag: \"one\"\r\nlast-modified: Sun, 22 Nov 2026 05:00:00 GMT\r\n",
            "if-none-match: \"one\"\r\n",
        ),
        ("etag: W/\"one\"\r\n", "if-none-match: w/\"one\"\r\n"),
        (
            "last-modified: Sun, 22 Nov 2026 05:00:00 GMT\r\n",
            "if-modified-since: sun, 22 nov 2026 05:00:00 gmt\r\n",
        ),
    ] {
        let workspace = Workspace::new();
        let server = Server::plain(move |asked| match asked.headers.contains(condition) {
            true => answer("304 Not Modified", "", ""),
            false => answer("200 OK", validator, published()),
        });
        let address = server.address("/published.json?token=canary");
        let first = workspace.drift(&address);
        first.clean();
        let second = workspace.drift(&address);
        second.clean();
        assert_eq!((first.out, first.err), (second.out, second.err));
        let path = "/published.json?token=canary";
        assert_eq!(server.log(), [format!("200 {path}"), format!("304 {path}")]);
        // Another address is another file, though it be the same server.
        workspace.drift(&server.address("/published.json")).clean();
        assert_eq!(workspace.fetched().len(), 2);
        for file in workspace.fetched() {
            let kept = fs::read_to_string(&file).unwrap();
            let name = file.to_str().unwrap();
            assert!(
                !kept.contains("canary") && !name.contains("canary"),
                "{name}"
            );
        }
    }
}

#[test]
fn a_changed_file_replaces_the_kept_one() {
    let workspace = Workspace::new();
    let content = Arc::new(Mutex::new(published()));
    let served = content.clone();
    let server = Server::plain(move |asked| {
        let content = served.lock().unwrap().clone();
        let etag = format!("\"{}\"", content.len());
        match asked
            .headers
            .contains(&format!("if-none-match: {etag}\r\n"))
        {
            true => answer("304 Not Modified", "", ""),
            false => answer("200 OK", &format!("etag: {etag}\r\n"), content),
        }
    });
    let address = server.address("/published.json");
    workspace.drift(&address).clean();
    *content.lock().unwrap() = published().replace("It was here once.", "It was here.");
    for _ in 0..2 {
        assert_eq!(workspace.drift(&address).code, Some(1));
    }
    let statuses: Vec<_> = server
        .log()
        .iter()
        .map(|line| line[..3].to_owned())
        .collect();
    assert_eq!(statuses, ["200", "200", "304"]);
}

#[test]
fn what_is_broken_is_asked_for_anew() {
    let workspace = Workspace::new();
    let content = Arc::new(Mutex::new(published()[..9_000].to_owned()));
    let served = content.clone();
    let server = Server::plain(move |asked| {
        // A server that cut its own file short sticks to what it sent.
        match asked.headers.contains("if-none-match") {
            true => answer("304 Not Modified", "", ""),
            false => {
                let content = served.lock().unwrap().clone();
                answer("200 OK", "etag: \"one\"\r\n", content)
            }
        }
    });
    let address = server.address("/published.json");
    assert_eq!(workspace.drift(&address).code, Some(3));
    assert!(workspace.fetched().is_empty());
    *content.lock().unwrap() = published();
    workspace.drift(&address).clean();
}

#[test]
fn a_damaged_file_is_ignored_and_mended() {
    let workspace = Workspace::new();
    let server = Server::plain(|asked| match asked.headers.contains("if-none-match") {
        true => answer("304 Not Modified", "", ""),
        false => answer("200 OK", "etag: \"one\"\r\n", published()),
    });
    let address = server.address("/published.json");
    workspace.drift(&address).clean();
    let file = workspace.fetched().remove(0);
    let whole = fs::read(&file).unwrap();
    let flipped = String::from_utf8(whole.clone())
        .unwrap()
        .replace("410", "411");
    for damaged in [
        Vec::new(),
        b"\n".to_vec(),
        whole[..whole.len() - 1].to_vec(),
        flipped.into_bytes(),
    ] {
        fs::write(&file, &damaged).unwrap();
        workspace.drift(&address).clean();
        assert_eq!(fs::read(&file).unwrap(), whole);
    }
    assert!(server.log().iter().all(|line| line.starts_with("200")));
    workspace.drift(&address).clean();
    assert_eq!(server.log().last().unwrap(), "304 /published.json");
}

#[test]
fn where_nothing_can_be_kept_it_is_noted() {
    let workspace = Workspace::new();
    let server = Server::plain(|_| answer("200 OK", "etag: \"one\"\r\n", published()));
    let mut command = workspace.command("drift", &server.address("/published.json"));
    // A file is where the folder should be.
    let run = Run::of(command.env(
        "PRECHECK_FETCHED",
        workspace.0.path().join("published.json"),
    ));
    run.clean();
    assert!(
        run.err.contains("is not kept for the next time"),
        "{}",
        run.err
    );

    let elsewhere = workspace.0.path().join("elsewhere");
    let mut command = workspace.command("drift", &server.address("/published.json"));
    Run::of(command.env("PRECHECK_FETCHED", &elsewhere)).clean();
    assert_eq!(fs::read_dir(elsewhere).unwrap().count(), 1);
    assert!(workspace.fetched().is_empty());
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
        let run = Run::of(
            workspace
                .command("drift", &address)
                .args(["--format", format]),
        );
        assert_eq!(run.code, Some(1), "{}", run.err);
        assert!(run.out.contains("/published.json"), "{}", run.out);
        assert!(
            !run.out.contains("canary") && !run.err.contains("canary"),
            "{}",
            run.out
        );
    }
    let run = workspace.run("capture", &address);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(!run.err.contains("canary"), "{}", run.err);
    let capture = workspace.0.path().join("spec/documented/openapi.toml");
    let capture = fs::read_to_string(capture).unwrap();
    assert!(capture.contains("source = \"published.json\""), "{capture}");
    // A source that is read and refused is named without them, too.
    let server = Server::plain(|_| ok("{}"));
    let run = workspace.drift(&format!("http://canary@127.0.0.1:{}/?canary", server.port));
    assert_eq!(run.code, Some(3));
    assert!(!run.err.contains("canary"), "{}", run.err);
}

#[test]
fn redirects_on_this_machine_are_followed() {
    let workspace = Workspace::new();
    let server = Server::plain(|asked| match asked.path.as_str() {
        "/published.json" => ok(published()),
        "/5" => redirect("published.json"),
        path => redirect(&format!("/{}", path[1..].parse::<u8>().unwrap() + 1)),
    });
    workspace.drift(&server.address("/1")).clean();
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
        Run::of(
            command
                .env("SSL_CERT_FILE", trusted)
                .env_remove("SSL_CERT_DIR"),
        )
    };
    ask("/published.json", "ca.pem").clean();
    ask("/published.json", "other.pem").refused("no trusted TLS connection to `localhost`");
    ask("/down", "ca.pem").refused("only redirects to https are followed");
    // Plain HTTP where TLS is expected.
    let plain = Server::plain(|_| ok(published()));
    let run = workspace.drift(&format!("https://127.0.0.1:{}/x", plain.port));
    run.refused("no trusted TLS connection to `127.0.0.1`");
}
