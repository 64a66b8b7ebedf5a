//! The sandbox as a program of its own.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_webex-precheck");

/// A sandbox that is killed when the test ends.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["sandbox", "--port", "0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let (_, address) = line.trim().split_once("://").expect(&line);
        let address = address.parse().unwrap();
        Self { child, address }
    }

    /// Sends a request; gives status and body.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, body.to_owned())
    }

    fn precheck(&self, token: &str, body: &str) -> u16 {
        let headers = format!("Authorization: Bearer {token}\r\n");
        self.ask("POST", SUBSCRIBERS, &headers, body).0
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Exit code and stderr.
    fn finish(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

const SUBSCRIBERS: &str = "/v1/wholesale/subscribers/validate";
const ALICE: &str = r#"{"email": "alice@example.com"}"#;

#[test]
#[cfg(unix)]
fn it_tells_where_it_is_and_stops_when_told() {
    for signal in ["-INT", "-TERM"] {
        let sandbox = Running::start(&[]);
        let url = format!("http://{}", sandbox.address);
        assert!(sandbox.address.ip().is_loopback());
        assert_eq!(sandbox.ask("GET", "/healthz", "", "").0, 200);
        assert_eq!(sandbox.precheck("sandbox-token", ALICE), 200);
        assert_eq!(sandbox.precheck("other", ALICE), 401);
        sandbox.signal(signal);
        let (code, said) = sandbox.finish();
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(&format!("listens at {url}")), "{said}");
        assert!(
            said.contains("Requests answered: 2; 200: 1, 401: 1"),
            "{said}"
        );
        assert!(!said.contains("warning"), "{said}");
        let commands: Vec<&str> = said.lines().filter(|line| line.starts_with("  ")).collect();
        assert_eq!(commands.len(), 3, "{said}");
    }
}

#[test]
#[cfg(unix)]
fn the_three_commands_that_it_shows_work() {
    let mut sandbox = Running::start(&[]);
    for (command, (code, expected)) in commands_shown(&mut sandbox).iter().zip(SHOWN) {
        let run = shell(command, Path::new("."));
        let said = String::from_utf8(run.stdout).unwrap();
        assert_eq!(run.status.code(), Some(code), "{command}: {said}");
        assert!(said.contains(expected), "{command}: {said}");
    }
}

/// The exit code of each command that a sandbox shows, and what it prints.
#[cfg(unix)]
const SHOWN: [(i32, &str); 3] = [
    (0, r#""infoCode":100"#),
    (1, "errorCode 10022"),
    (0, "alice@example.com"),
];

#[cfg(unix)]
fn commands_shown(sandbox: &mut Running) -> [String; 3] {
    let stderr = BufReader::new(sandbox.child.stderr.take().unwrap());
    let lines = stderr.lines().map(Result::unwrap);
    let commands = lines.filter_map(|line| line.strip_prefix("  ").map(str::to_owned));
    let commands: Vec<_> = commands.take(SHOWN.len()).collect();
    commands.try_into().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn who_trusts_its_root_certificate_reaches_it_over_tls() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, "that of an earlier run").unwrap();
    let flags = [
        "--tls-root",
        root.to_str().unwrap(),
        "--tls-host",
        "webex.test",
    ];
    let mut sandbox = Running::start(&flags);
    let pem = std::fs::read_to_string(&root).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
    assert!(!pem.contains("PRIVATE"), "{pem}");
    let mode = std::fs::metadata(&root).unwrap().permissions().mode();
    assert_eq!(mode & 0o700, 0o600, "{mode:o}");
    let commands = commands_shown(&mut sandbox);
    for (command, (code, expected)) in commands.iter().zip(SHOWN) {
        let trusting = format!(
            "ROOT={}\n{}",
            root.display(),
            command.replace("ROOT", "$ROOT")
        );
        let run = shell(&trusting, folder.path());
        let said = String::from_utf8(run.stdout).unwrap();
        assert_eq!(run.status.code(), Some(code), "{command}: {said}");
        assert!(said.contains(expected), "{command}: {said}");
        let distrusting = command
            .replace("--cacert ROOT", "")
            .replace("SSL_CERT_FILE=ROOT", "");
        let run = shell(&distrusting, folder.path());
        assert!(![Some(0), Some(1)].contains(&run.status.code()), "{run:?}");
    }
    let port = sandbox.address.port();
    let resolve = format!("curl --resolve webex.test:{port}:127.0.0.1 --cacert root.pem --silent");
    for (host, reached) in [("webex.test", true), ("other.test", false)] {
        let url = format!("https://{host}:{port}/healthz");
        let command = format!("{} --fail {url}", resolve.replace("webex.test", host));
        let run = shell(&command, folder.path());
        assert_eq!(run.status.success(), reached, "{run:?}");
    }
}

/// Runs a script with the program in the path.
fn shell(script: &str, folder: &Path) -> Output {
    let path = std::env::var("PATH").unwrap_or_default();
    let bin = Path::new(PROGRAM).parent().unwrap().display();
    Command::new("sh")
        .args(["-e", "-c", script])
        .current_dir(folder)
        .env("PATH", format!("{bin}:{path}"))
        .output()
        .unwrap()
}

#[test]
#[cfg(unix)]
fn the_scripts_of_the_readme_work() {
    let readme = include_str!("../../sandbox/README.md");
    let scripts: Vec<&str> = readme.split("```sh\n").skip(1).collect();
    for (script, expected) in scripts.iter().zip([r#""infoCode":100"#, "likely"]) {
        let (script, _) = script.split_once("```").unwrap();
        // Roots are taken from a variable in Linux alone.
        if script.contains("SSL_CERT_FILE") && !cfg!(target_os = "linux") {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let run = shell(script, folder.path());
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{run:?}");
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(scripts.len(), 2);
}

#[test]
#[cfg(unix)]
fn what_it_is_told_holds() {
    let flags = ["--token", "primero", "--token", "segundo", "--rate", "2/h"];
    let sandbox = Running::start(&flags);
    let asked = ["primero", "segundo", "primero", "primero"].map(|t| sandbox.precheck(t, ALICE));
    assert_eq!(asked, [200, 200, 200, 429]);
    assert_eq!(sandbox.precheck("sandbox-token", ALICE), 401);
    let (_, log) = sandbox.ask("GET", "/__sandbox/requests", "", "");
    assert!(
        log.contains("alice@example.com") && !log.contains("segundo"),
        "{log}"
    );
    sandbox.signal("-INT");
    let (code, said) = sandbox.finish();
    assert_eq!(code, Some(0));
    // A token of one's own may be one that is good elsewhere.
    assert!(
        !said.contains("primero") && !said.contains("segundo"),
        "{said}"
    );

    let [failing, again] = [7, 7].map(|seed| {
        let sandbox = Running::start(&["--flaky", "100", "--seed", &seed.to_string()]);
        let statuses = (0..8).map(|_| {
            let mut stream = TcpStream::connect(sandbox.address).unwrap();
            write!(
                stream,
                "POST {SUBSCRIBERS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                 Authorization: Bearer sandbox-token\r\nContent-Length: 0\r\n\r\n"
            )
            .unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            answer.get(..12).map(<[u8]>::to_vec)
        });
        statuses.collect::<Vec<_>>()
    });
    assert_eq!(failing, again);
    assert!(failing.iter().flatten().all(|line| line != b"HTTP/1.1 400"));
}

#[test]
#[cfg(unix)]
fn a_scenario_that_does_not_come_true_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.toml");
    let text =
        "[[request]]\nstatus = 503\n\n[[request]]\nfields = { email = \"bob@example.com\" }\n";
    std::fs::write(&file, text).unwrap();
    let flags = ["--scenario", file.to_str().unwrap()];

    let sandbox = Running::start(&flags);
    let asked = [ALICE, r#"{"email": "bob@example.com"}"#];
    assert_eq!(asked.map(|body| sandbox.precheck("any", body)), [503, 401]);
    sandbox.signal("-INT");
    assert_eq!(sandbox.finish().0, Some(0));

    let sandbox = Running::start(&flags);
    let asked = [ALICE, ALICE];
    assert_eq!(asked.map(|body| sandbox.precheck("any", body)), [503, 501]);
    sandbox.signal("-INT");
    let (code, said) = sandbox.finish();
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains(r#"this one has email = "alice@example.com""#),
        "{said}"
    );
    assert!(
        said.contains(r#"email = "bob@example.com", which is judged (line 4)"#),
        "{said}"
    );
}

#[test]
fn what_is_wrong_with_its_flags_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.toml");
    std::fs::write(&file, "[[request]]\nstatus = 99\n").unwrap();
    let file = file.to_str().unwrap();
    for (flags, expected) in [
        (&["--port", &port][..], "--port 0 for any free one"),
        (&["--port", "65536"], "65536"),
        (&["--rate", "many"], "300/min"),
        (&["--flaky", "101"], "101"),
        (&["--seed", "1"], "--flaky"),
        (
            &["--host", "nowhere"],
            "write it as 127.0.0.1, ::1 or localhost",
        ),
        (&["--host", "192.0.2.1"], "an address of this machine"),
        (&["--token", "a b"], "no blank"),
        (&["--rate", "4294967296/s"], "at most 4294967295"),
        (&["--flaky", "10%"], "a whole number from 0 to 100"),
        (
            &["--scenario", file],
            "scenario.toml: line 1: 99 is no status of a final answer",
        ),
        (&["--scenario", "nowhere.toml"], "nowhere.toml: "),
        (&["--tls-host", "webex.test"], "--tls-root"),
        (
            &["--port", "0", "--tls-root", "/nowhere/root.pem"],
            "--tls-root /nowhere/root.pem: ",
        ),
        (
            &["--tls-root", file, "--tls-host", "https://webex.test"],
            "--tls-host: `https://webex.test` is neither a host name nor an IP address",
        ),
    ] {
        let run = Command::new(PROGRAM)
            .arg("sandbox")
            .args(flags)
            .output()
            .unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{flags:?}: {said}");
        assert!(said.contains(expected), "{flags:?}: {said}");
        assert_eq!(run.stdout, b"");
    }
}

#[test]
#[cfg(unix)]
fn tokens_live_as_long_as_it_is_told() {
    let sandbox = Running::start(&["--token", "mine-alone", "--token-lifetime", "77"]);
    let form = "grant_type=refresh_token&client_id=sandbox-client&client_secret=sandbox-secret\
                &refresh_token=sandbox-refresh-token";
    let mut stream = TcpStream::connect(sandbox.address).unwrap();
    write!(
        stream,
        "POST /v1/access_token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(r#""expires_in":77"#), "{answer}");
    assert!(!answer.contains("mine-alone"), "{answer}");
    let (_, rest) = answer.split_once(r#""access_token":""#).unwrap();
    let (token, _) = rest.split_once('"').unwrap();
    assert_eq!(sandbox.precheck(token, ALICE), 200);
    // As JSON it is none.
    assert_eq!(sandbox.ask("POST", "/v1/access_token", "", form).0, 415);
}

#[test]
#[cfg(unix)]
fn a_second_signal_ends_it_at_once() {
    for second in ["-INT", "-TERM"] {
        let sandbox = Running::start(&[]);
        let mut stalled = TcpStream::connect(sandbox.address).unwrap();
        let body = r#"{"email": "stalled@sandbox.example"}"#;
        write!(
            stalled,
            "POST {SUBSCRIBERS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sandbox-token\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        stalled.read_exact(&mut [0; 12]).unwrap();
        sandbox.signal("-INT");
        while TcpStream::connect(sandbox.address).is_ok() {
            std::thread::yield_now();
        }
        sandbox.signal(second);
        assert_eq!(sandbox.finish().0, Some(130));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_stdout_that_takes_nothing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.toml");
    std::fs::write(&file, "[[request]]\nstatus = 503\n").unwrap();
    for flags in [&[][..], &["--scenario", file.to_str().unwrap()]] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let run = Command::new(PROGRAM)
            .args(["sandbox", "--port", "0"])
            .args(flags)
            .stdout(full)
            .output()
            .unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{said}");
        assert!(said.contains("error: stdout: "), "{said}");
    }
}

/// The address by which others reach this machine, where it has one.
fn own_address() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    // Nothing is sent; the system only says by which address it would be.
    socket.connect("192.0.2.254:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[test]
#[cfg(unix)]
fn on_an_address_of_its_own_this_machine_may_read_the_requests() {
    let Some(own) = own_address() else {
        return;
    };
    let sandbox = Running::start(&["--host", &own.to_string()]);
    assert_eq!(sandbox.address.ip(), own);
    assert_eq!(sandbox.precheck("sandbox-token", ALICE), 200);
    let (status, log) = sandbox.ask("GET", "/__sandbox/requests", "", "");
    assert_eq!(status, 200);
    assert!(log.contains("alice@example.com"), "{log}");
    sandbox.signal("-INT");
    let (_, said) = sandbox.finish();
    // The program asks no other machine than this one without TLS.
    assert!(!said.contains("webex-precheck subscriber"), "{said}");
}

#[test]
#[cfg(unix)]
fn other_machines_are_let_in_with_a_warning_and_may_not_read_the_requests() {
    let sandbox = Running::start(&["--host", "0.0.0.0"]);
    assert_eq!(sandbox.precheck("sandbox-token", ALICE), 200);
    // Under another name, as a page would that has this machine's address for its own.
    let mut stream = TcpStream::connect(sandbox.address).unwrap();
    write!(
        stream,
        "GET /__sandbox/requests HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    sandbox.signal("-INT");
    let (_, said) = sandbox.finish();
    assert!(
        said.contains("warning: the sandbox listens on 0.0.0.0"),
        "{said}"
    );
}
