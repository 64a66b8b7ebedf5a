//! What a precheck by the client costs, against a call of reqwest and `serde_json` written by hand:
//! instructions (where valgrind is installed), allocations, and requests per second.
//!
//! `cargo bench -p e2e --bench overhead` prints the ratios. Everything runs over loopback to a
//! server in a process of its own, with TLS left out: it costs the same for both.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use webex_precheck::api::types::{CustomerPrecheckRequest, PrecheckResponse};
use webex_precheck::{
    Address, Client, Country, CustomerInfo, CustomerPackage, CustomerPrecheck, Token,
};

const PATH: &str = "/v1/wholesale/customers/validate";
const TOKEN: &str = "ZjViMzYxODctYzhkZC00NzI3LThiMmYtZjljNDQ3ZjI5MDQ2";
/// Calls that the instructions of one are measured by: the difference of two runs.
const CALLS: [u32; 2] = [500, 2_500];
/// Rounds of measuring the time, of both ways in turn: what else the machine does is the same for
/// both.
const ROUNDS: usize = 151;
const CALLS_A_ROUND: u32 = 300;

#[derive(Clone, Copy)]
enum Way {
    Client,
    ByHand,
}

impl Way {
    const ALL: [Self; 2] = [Self::Client, Self::ByHand];

    fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::ByHand => "by-hand",
        }
    }
}

/// What both ways get out of an answer.
struct Answer {
    info_code: i64,
    status: u16,
    tracking_id: Option<String>,
}

fn request() -> CustomerPrecheck {
    let address = Address::new("771 Alder Drive", "Milpitas", Country::US)
        .address_line2("Cisco Site 5")
        .state_or_province("CA")
        .zip_or_postal_code("95035");
    CustomerPrecheck::new(address)
        .provisioning_id("ZjViMzYxODctYzhkZC00NzI3LThiMmYtZjljNDQ3ZjI5MDQ2")
        .packages([CustomerPackage::WebexCalling])
        .customer_info(CustomerInfo::new("john.anderson@acme.com").name("Acme"))
}

async fn by_client(client: &Client, request: &CustomerPrecheck) -> Answer {
    let report = client.precheck_customer(request).await.unwrap();
    Answer {
        info_code: report.info()[0].info_code.unwrap().0,
        status: report.status(),
        tracking_id: report.tracking_id().map(str::to_owned),
    }
}

/// As one would write it.
async fn by_hand(http: &reqwest::Client, url: &str, request: &CustomerPrecheckRequest) -> Answer {
    let response = http
        .post(url)
        .bearer_auth(TOKEN)
        .json(request)
        .send()
        .await
        .unwrap();
    let status = response.status().as_u16();
    let tracking_id = response.headers().get("trackingid");
    let tracking_id = tracking_id.map(|id| id.to_str().unwrap().to_owned());
    let body = response.bytes().await.unwrap();
    let answer: PrecheckResponse = serde_json::from_slice(&body).unwrap();
    Answer {
        info_code: answer.info.unwrap()[0].info_code.unwrap().0,
        status,
        tracking_id,
    }
}

/// Everything that is needed to call, made beforehand.
struct Caller {
    client: Client,
    http: reqwest::Client,
    url: String,
    request: CustomerPrecheck,
    generated: CustomerPrecheckRequest,
    runtime: tokio::runtime::Runtime,
}

impl Caller {
    fn new(base_url: &str) -> Self {
        let client = Client::builder(Token::new(TOKEN).unwrap()).base_url(base_url);
        // The same request: a server takes its time for each header.
        let http = reqwest::Client::builder()
            .user_agent("webex-precheck/0.1.0")
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .no_proxy();
        Self {
            client: client.build().unwrap(),
            http: http.build().unwrap(),
            url: format!("{base_url}{PATH}"),
            request: request(),
            generated: request().into(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
        }
    }

    fn call(&self, way: Way, calls: u32) {
        self.runtime.block_on(async {
            for _ in 0..calls {
                let answer = match way {
                    Way::Client => by_client(&self.client, &self.request).await,
                    Way::ByHand => by_hand(&self.http, &self.url, &self.generated).await,
                };
                assert_eq!((answer.info_code, answer.status), (100, 200));
                assert_eq!(answer.tracking_id.as_deref(), Some("T_1"));
            }
        });
    }
}

/// Answers each request with the documented success, on connections that stay open.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    for stream in listener.incoming() {
        std::thread::spawn(move || answer(stream.unwrap()));
    }
}

fn answer(stream: TcpStream) {
    let body = r#"{"message":"success","info":[{"infoCode":100,"description":"Provisioning preCheck validation successful."}]}"#;
    let response = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntrackingid: T_1\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.set_nodelay(true).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() || writer.write_all(response.as_bytes()).is_err() {
            return;
        }
    }
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// This program again, on one core of its own: whether both sides happen to share a core makes
/// more difference than anything that is measured here.
fn this_program_on(core: &str) -> Command {
    let program = std::env::current_exe().unwrap();
    let has_taskset = Command::new("taskset").arg("-V").output().is_ok();
    if !has_taskset {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program);
    command
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "serve"] => serve(),
        [_, way, calls, url] if calls.parse::<u32>().is_ok() => {
            let way = Way::ALL
                .into_iter()
                .find(|known| known.name() == way)
                .unwrap();
            Caller::new(url).call(way, calls.parse().unwrap());
        }
        [_, "measure", url] => measure(url),
        _ => {
            let server = this_program_on("0")
                .arg("serve")
                .stdout(Stdio::piped())
                .spawn();
            let mut server = Server(server.unwrap());
            let mut url = String::new();
            BufReader::new(server.0.stdout.take().unwrap())
                .read_line(&mut url)
                .unwrap();
            let measured = this_program_on("1").args(["measure", url.trim()]).status();
            assert!(measured.unwrap().success());
        }
    }
}

fn measure(url: &str) {
    println!("per precheck of a customer      client     by hand    ratio   limit");
    let caller = Caller::new(url);
    for way in Way::ALL {
        caller.call(way, 200);
    }
    instructions(url);
    allocations(&caller);
    requests_per_second(&caller);
}

fn row(what: &str, [client, by_hand]: [f64; 2], limit: &str) {
    let ratio = client / by_hand;
    println!("{what:<28} {client:>9.0}   {by_hand:>9.0}    {ratio:.3}   {limit}");
}

fn instructions(url: &str) {
    let of_run = |way: Way, calls: u32| -> Option<f64> {
        let run = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().unwrap())
            .args([way.name(), &calls.to_string(), url])
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.success(), "{text}");
        let collected = text
            .lines()
            .find_map(|line| line.split("Collected : ").nth(1));
        collected?.trim().parse().ok()
    };
    let of_call = |way| {
        let [few, many] = CALLS;
        Some((of_run(way, many)? - of_run(way, few)?) / f64::from(many - few))
    };
    let [client, by_hand] = Way::ALL.map(of_call);
    match (client, by_hand) {
        (Some(client), Some(by_hand)) => row("instructions", [client, by_hand], "at most 1.05"),
        _ => println!("instructions: valgrind is not installed"),
    }
}

fn allocations(caller: &Caller) {
    let measured = Way::ALL.map(|way| allocation_counter::measure(|| caller.call(way, 100)));
    row(
        "allocations",
        measured.map(|m| m.count_total as f64 / 100.0),
        "",
    );
    row(
        "allocated bytes",
        measured.map(|m| m.bytes_total as f64 / 100.0),
        "",
    );
}

fn requests_per_second(caller: &Caller) {
    let rate = |way| {
        let start = Instant::now();
        caller.call(way, CALLS_A_ROUND);
        f64::from(CALLS_A_ROUND) / start.elapsed().as_secs_f64()
    };
    let rounds: Vec<[f64; 2]> = (0..ROUNDS)
        .map(|round| match round % 2 {
            0 => Way::ALL.map(rate),
            _ => {
                let by_hand = rate(Way::ByHand);
                [rate(Way::Client), by_hand]
            }
        })
        .collect();
    let median = |of: fn(&[f64; 2]) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let [client, by_hand] = [median(|round| round[0]), median(|round| round[1])];
    let ratio = median(|round| round[0] / round[1]);
    println!(
        "{:<28} {client:>9.0}   {by_hand:>9.0}    {ratio:.3}   at least 0.97 (medians of {ROUNDS} rounds)",
        "requests a second"
    );
}
