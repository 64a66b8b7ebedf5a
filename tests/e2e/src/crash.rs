//! A bulk run that is killed again and again, and goes on each time.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use webex_precheck_sandbox::{LoggedRequest, Sandbox};

/// What is to happen.
#[derive(Clone, Copy, Debug)]
pub struct Crash {
    /// Rows of the input.
    pub rows: u32,
    /// How often the run is killed.
    pub kills: u32,
    /// Requests a second that the sandbox permits.
    pub per_second: u32,
    /// Prechecks of a hundred that fail by chance.
    pub flaky: u8,
    /// Decides what fails, and when the run is killed.
    pub seed: u64,
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Survived {
    /// How often the run was killed.
    pub kills: u32,
    /// Runs in which the last line of the journal was found cut off.
    pub torn: u32,
    /// Requests that the sandbox got.
    pub requests: usize,
    /// Of them, those that it refused or let fail.
    pub failures: usize,
    /// Requests for rows that had been answered, whose answer was lost with the process.
    pub lost: usize,
    /// Rows that had failed by chance in the end, and were asked for again.
    pub retried: u64,
}

/// What does not differ from one run to another.
type Outcome = (String, Vec<i64>, Vec<i64>, Option<i64>);

impl Crash {
    /// A spreadsheet with rows of every kind.
    fn input(&self) -> String {
        let mut text = String::from("Email;Customer ID;Extension\n");
        for row in 0..self.rows {
            let email = match row % 20 {
                3 => format!("unlikely+{row}@sandbox.example"),
                7 => format!("fail-1-status-503+{row}@sandbox.example"),
                11 => format!("unlikely-1001-409+{row}@sandbox.example"),
                // A row that fails in the end, and one of which the token may seem to be the cause.
                5 => format!("status-404+{row}@sandbox.example"),
                9 => format!("status-403+{row}@sandbox.example"),
                // A row that is refused, and one that is there twice.
                13 => String::new(),
                17 => format!("subscriber{}@acme.com", row - 1),
                _ => format!("subscriber{row}@acme.com"),
            };
            text.push_str(&format!(
                "{email};ZjViMzYx;{:04}\n",
                match row % 20 {
                    17 => row - 1,
                    _ => row,
                }
            ));
        }
        text
    }

    /// Runs and kills. The error is what is not as it should be.
    ///
    /// # Errors
    ///
    /// If a row is lost, has two results or another one than without a crash, or is asked for
    /// although it was answered.
    pub async fn run(self, program: &Path, folder: &Path) -> Result<Survived, String> {
        let program = &program.canonicalize().map_err(|error| error.to_string())?;
        let input = folder.join("rows.csv");
        std::fs::write(&input, self.input()).map_err(|error| error.to_string())?;
        let calm = Sandbox::start().await.map_err(|error| error.to_string())?;
        let mut undisturbed = start(
            program,
            &input,
            &calm,
            &["--journal", "calm.precheck-journal"],
        )?;
        wait(&mut undisturbed.0).await?;
        let expected = results(&undisturbed.1)?;
        if expected.len() != self.rows as usize {
            return Err(format!("{} results of {} rows", expected.len(), self.rows));
        }

        let calm = std::fs::read(folder.join("calm.precheck-journal"));
        let calm = calm.map_err(|error| error.to_string())?;
        // But for the first line.
        let asked = calm.split(|byte| *byte == b'\n').count() - 2;
        let sandbox = Sandbox::builder()
            .limit(self.per_second, Duration::from_secs(1))
            .flaky(self.flaky, self.seed)
            .log_capacity(self.rows as usize * 20)
            .start()
            .await
            .map_err(|error| error.to_string())?;
        let journal = folder.join("rows.csv.precheck-journal");
        let mut chance = fastrand::Rng::with_seed(self.seed);
        let mut survived = Survived::default();
        let mut answered: HashMap<String, u64> = HashMap::new();
        while survived.kills < self.kills {
            let left = asked.saturating_sub(answered.len());
            let share = left / (self.kills - survived.kills + 1) as usize;
            let requests = count(&sandbox) + chance.u64(0..=(share as u64 * 2).max(1));
            let (mut child, _) = start(program, &input, &sandbox, &["--resume"])?;
            let is_over = until_asked(&sandbox, requests, &mut child).await?;
            if is_over {
                // Too late: everything is answered.
                break;
            }
            tokio::time::sleep(Duration::from_micros(chance.u64(0..20_000))).await;
            child.kill().map_err(|error| error.to_string())?;
            child.wait().map_err(|error| error.to_string())?;
            survived.kills += 1;
            let seen = sandbox.requests();
            let last = seen.last().map_or(0, |request| request.number);
            let text = std::fs::read(&journal).unwrap_or_default();
            survived.torn += u32::from(!text.is_empty() && !text.ends_with(b"\n"));
            for email in emails(&text, &seen) {
                answered.entry(email).or_insert(last);
            }
        }
        let (mut child, mut stdout) = start(program, &input, &sandbox, &["--resume"])?;
        wait(&mut child).await?;
        let mut last = results(&stdout)?;
        // From here on rows that failed are asked again.
        let seen = sandbox.requests();
        for _ in 0..10 {
            let different = expected
                .iter()
                .filter(|(line, it)| last.get(line) != Some(it));
            let different = different.count();
            if different == 0 {
                break;
            }
            survived.retried += different as u64;
            (child, stdout) = start(program, &input, &sandbox, &["--retry-failed"])?;
            wait(&mut child).await?;
            last = results(&stdout)?;
        }
        let different = expected
            .iter()
            .find(|(line, result)| last.get(line) != Some(result));
        if let Some((line, result)) = different {
            return Err(format!(
                "line {line}: {:?} instead of {result:?}",
                last.get(line)
            ));
        }
        if last.len() != expected.len() {
            return Err(format!("{} results of {} rows", last.len(), expected.len()));
        }
        let again = seen.iter().find(|request| {
            let before = email(request).and_then(|email| answered.get(&email).copied());
            before.is_some_and(|before| request.number > before)
        });
        if let Some(again) = again {
            return Err(format!(
                "request {} asks again for a row whose answer is in the journal: {}",
                again.number, again.body
            ));
        }
        survived.requests = seen.len();
        survived.failures = seen.iter().filter(|request| !is_answer(request)).count();
        let answers: Vec<String> = seen
            .iter()
            .filter(|it| is_answer(it))
            .filter_map(email)
            .collect();
        let different: HashSet<&String> = answers.iter().collect();
        survived.lost = answers.len() - different.len();
        Ok(survived)
    }
}

/// Whether the sandbox gave a verdict.
fn is_answer(request: &LoggedRequest) -> bool {
    matches!(request.status, Some(200 | 400 | 403 | 404 | 409))
}

fn email(request: &LoggedRequest) -> Option<String> {
    let body: Value = serde_json::from_str(&request.body).ok()?;
    Some(body["email"].as_str()?.to_owned())
}

/// The addresses whose answers a journal holds, by the tracking IDs that the sandbox gave them.
fn emails(journal: &[u8], seen: &[LoggedRequest]) -> Vec<String> {
    let by_id: HashMap<&str, &LoggedRequest> = seen
        .iter()
        .filter_map(|request| Some((request.tracking_id.as_deref()?, request)))
        .collect();
    let whole = journal.split_inclusive(|byte| *byte == b'\n');
    whole
        .skip(1)
        .filter(|line| line.ends_with(b"\n"))
        .filter_map(|line| serde_json::from_slice::<Value>(line.get(9..)?).ok())
        .filter_map(|line| email(by_id.get(line["answer"]["trackingId"].as_str()?)?))
        .collect()
}

fn count(sandbox: &Sandbox) -> u64 {
    sandbox.statuses().values().sum()
}

/// Starts a run in the folder of its input. Its results go to a file.
fn start(
    program: &Path,
    input: &Path,
    sandbox: &Sandbox,
    arguments: &[&str],
) -> Result<(Child, PathBuf), String> {
    let told = |error: std::io::Error| error.to_string();
    let folder = input.parent().unwrap_or(Path::new("."));
    let stdout = folder.join("results.jsonl");
    let child = Command::new(program)
        .current_dir(folder)
        .args(["bulk", "subscribers"])
        .arg(input)
        .args(["--output", "json", "--stop-after", "0"])
        .args(arguments)
        .env("WEBEX_ACCESS_TOKEN", sandbox.token())
        .env("WEBEX_BASE_URL", sandbox.url())
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&stdout).map_err(told)?)
        .stderr(std::fs::File::create(folder.join("stderr.txt")).map_err(told)?)
        .spawn()
        .map_err(told)?;
    Ok((child, stdout))
}

/// Waits until so many requests were answered; says whether the run ended before.
async fn until_asked(sandbox: &Sandbox, requests: u64, child: &mut Child) -> Result<bool, String> {
    while count(sandbox) < requests {
        if child
            .try_wait()
            .map_err(|error| error.to_string())?
            .is_some()
        {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(false)
}

/// Waits for the end of a run.
async fn wait(child: &mut Child) -> Result<(), String> {
    loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            // Some rows are refused, or failed.
            Some(status) if matches!(status.code(), Some(0..=2 | 4)) => return Ok(()),
            Some(status) => return Err(format!("the run ended with {status}")),
            None => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}

/// The results by line. Each line has one.
fn results(path: &Path) -> Result<BTreeMap<u64, Outcome>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut all = BTreeMap::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
        let codes = |name: &str| -> Vec<i64> {
            let codes = row[name].as_array().into_iter().flatten();
            codes.filter_map(|code| code["code"].as_i64()).collect()
        };
        let result = (
            row["verdict"].to_string().replace('"', ""),
            codes("infoCodes"),
            codes("errorCodes"),
            row["status"].as_i64(),
        );
        let number = row["line"].as_u64().unwrap_or_default();
        if all.insert(number, result).is_some() {
            return Err(format!("line {number} has two results"));
        }
    }
    Ok(all)
}
