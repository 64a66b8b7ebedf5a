//! The journal: every answer on disk, before it counts.
//!
//! A file of lines, only ever appended to. Each holds the CRC-32 of its JSON in eight hexadecimal
//! digits, a space and the JSON; the first one, behind [`MAGIC`], tells what is asked. A line that
//! was cut off at the end, by a crash or a full disk, is removed when the journal is opened again.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, de};

use super::answer::{Answer, Status};
use super::index::{Index, read_at};
use super::rows::Key;
use crate::files::{folder_of, private};

/// The beginning of every journal.
pub(crate) const MAGIC: &[u8] = b"webex-precheck-journal 1 ";
/// More bytes than a line has.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What a journal's answers are answers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Question {
    /// `customers` or `subscribers`.
    pub(crate) of: String,
    /// Who was asked.
    pub(crate) asked: String,
    pub(crate) on_behalf_of: Option<String>,
}

/// What is to become of answers that a journal holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// There must be none.
    None,
    /// They count.
    Count,
    /// They count, unless they are failures.
    CountVerdicts,
    /// They are set aside.
    Remove,
}

/// A journal that is open, and no other process's.
pub(crate) struct Journal {
    file: File,
    /// None where nobody is to find it again.
    path: Option<PathBuf>,
    /// Up to here it is whole.
    length: u64,
    question: Question,
}

/// What was found in a journal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Requests that have an answer.
    pub(crate) answers: u64,
    /// Whether the last line was cut off.
    pub(crate) was_torn: bool,
    /// Lines with a verdict.
    pub(crate) verdicts: u64,
    /// Lines that are damaged.
    pub(crate) damaged: u64,
    /// The number of the first of them.
    pub(crate) first_damaged: Option<u64>,
}

/// A line with an answer.
#[derive(Deserialize)]
struct Line<A> {
    #[serde(deserialize_with = "key")]
    key: Key,
    /// When the answer came, in milliseconds since 1970.
    #[serde(rename = "at")]
    _at: u64,
    answer: A,
}

/// As much of an answer as says whether it counts.
#[derive(Deserialize)]
struct Glance {
    status: Status,
}

impl Journal {
    /// Opens a journal, or begins one, and puts what it holds into the index.
    ///
    /// The error is what stands in the way, and what to do.
    pub(crate) fn open(
        path: &Path,
        question: &Question,
        earlier: Earlier,
        index: &mut Index,
    ) -> Result<(Self, Found), String> {
        let named = |what: &str| format!("the journal {}: {what}", path.display());
        let told = |error: io::Error| named(&error.to_string());
        if std::fs::metadata(path).is_ok_and(|data| !data.is_file()) {
            return Err(named("it is no file; name another with --journal"));
        }
        let file = private(&mut OpenOptions::new())
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(told)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(named("another run has it open; wait for that, or stop it"));
            }
            Err(TryLockError::Error(error)) => return Err(told(error)),
        }
        let mut journal = Self {
            file,
            path: Some(path.to_owned()),
            length: 0,
            question: question.clone(),
        };
        let mut found = Found::default();
        match journal.header().map_err(told)? {
            Header::None => journal.begin().map_err(told)?,
            Header::Foreign => {
                return Err(named("it is no journal; name another with --journal"));
            }
            Header::Of(_) if earlier == Earlier::Remove && journal.is_bare().map_err(told)? => {
                journal.begin().map_err(told)?;
            }
            Header::Of(_) if earlier == Earlier::Remove => {
                // Nothing is lost before there is something new.
                let mut aside = path.as_os_str().to_owned();
                aside.push(".old");
                std::fs::rename(path, aside).map_err(told)?;
                return Self::open(path, question, Earlier::None, index);
            }
            Header::Of(Some(other)) if other == *question => {
                found = journal.load(earlier, index).map_err(told)?;
            }
            Header::Of(other) => {
                let whose = match other {
                    Some(other) => {
                        let (held, asked) = (other.words(), question.words());
                        format!("it holds answers to {held}, and this run asks for {asked}")
                    }
                    None => "its first line is damaged".to_owned(),
                };
                return Err(named(&format!(
                    "{whose}; name another with --journal, or set it aside with --restart"
                )));
            }
        }
        if earlier == Earlier::None && found.answers > 0 {
            return Err(named(&format!(
                "it holds {} answers of an earlier run; use --resume to go on from there, or \
                 --restart to ask everything again",
                found.answers
            )));
        }
        Ok((journal, found))
    }

    /// A journal that is gone with the process.
    pub(crate) fn passing(question: &Question) -> io::Result<Self> {
        let mut journal = Self {
            file: tempfile::tempfile()?,
            path: None,
            length: 0,
            question: question.clone(),
        };
        journal.begin()?;
        Ok(journal)
    }

    /// Whether it stays when the process is gone.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Its length in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Another handle to read answers by.
    pub(crate) fn reader(&self) -> io::Result<JournalReader> {
        Ok(JournalReader(self.file.try_clone()?))
    }

    /// Removes what is there, and writes the first line.
    fn begin(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        let mut line = MAGIC.to_vec();
        self::line(&mut line, &self.question)?;
        self.length = 0;
        self.append(&line)?;
        // The file is to be found after a power cut.
        if let Some(path) = &self.path {
            let _ = File::open(folder_of(path)).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }

    /// Whether there is nothing behind the first line.
    fn is_bare(&self) -> io::Result<bool> {
        Ok(self.file.metadata()?.len() <= self.length)
    }

    /// Reads the first line.
    fn header(&mut self) -> io::Result<Header> {
        let mut line = Vec::new();
        let mut reader = BufReader::new(&self.file);
        io::Read::take(&mut reader, LONGEST).read_until(b'\n', &mut line)?;
        let is_whole = line.pop_if(|byte| *byte == b'\n').is_some();
        let Some(rest) = line.strip_prefix(MAGIC) else {
            // Cut off within the first words, or nothing yet.
            return Ok(if !is_whole && MAGIC.starts_with(&line) {
                Header::None
            } else {
                Header::Foreign
            });
        };
        if !is_whole {
            let mut own = MAGIC.to_vec();
            self::line(&mut own, &self.question)?;
            return Ok(if own.starts_with(&line) {
                Header::None
            } else {
                Header::Foreign
            });
        }
        self.length = (line.len() + 1) as u64;
        let question = checked(rest).and_then(|json| serde_json::from_slice(json).ok());
        Ok(Header::Of(question))
    }

    /// Reads the lines behind the first one, and removes a last one that was cut off.
    fn load(&mut self, earlier: Earlier, index: &mut Index) -> io::Result<Found> {
        let mut found = Found::default();
        let mut reader = BufReader::with_capacity(256 * 1024, self.file.try_clone()?);
        reader.seek(SeekFrom::Start(self.length))?;
        let mut line = Vec::new();
        let mut number = 1;
        loop {
            line.clear();
            let length = io::Read::take(&mut reader, LONGEST).read_until(b'\n', &mut line)? as u64;
            if length == 0 {
                break;
            }
            number += 1;
            let is_whole = line.pop_if(|byte| *byte == b'\n').is_some();
            let glance =
                checked(&line).and_then(|json| serde_json::from_slice::<Line<Glance>>(json).ok());
            let is_last = reader.fill_buf()?.is_empty();
            match glance {
                None if is_last => {
                    found.was_torn = true;
                    self.file.set_len(self.length)?;
                    break;
                }
                None => {
                    found.damaged += 1;
                    found.first_damaged.get_or_insert(number);
                }
                Some(glance) => {
                    let counts = match glance.answer.status {
                        Status::Failed => earlier != Earlier::CountVerdicts,
                        Status::Likely | Status::Unlikely => {
                            found.verdicts += 1;
                            true
                        }
                    };
                    if counts {
                        index.insert(glance.key, self.length)?;
                    }
                }
            }
            self.length += length;
            if !is_whole && is_last {
                // Nothing but the end of the line was cut off.
                found.was_torn = true;
                self.append(b"\n")?;
            }
        }
        found.answers = index.len();
        Ok(found)
    }

    /// Appends lines; they are on disk when it returns. Where it fails, none of them counts.
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(lines).and_then(|()| {
            if self.path.is_some() {
                self.file.sync_data()
            } else {
                Ok(())
            }
        });
        if let Err(error) = written {
            // A part of them may be there.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += lines.len() as u64;
        Ok(())
    }

    /// Appends answers, which are JSON already. Gives back where each of them is.
    pub(crate) fn answers(&mut self, answers: &[(Key, &[u8])], at: u64) -> io::Result<Vec<u64>> {
        let size: usize = answers.iter().map(|(_, json)| json.len() + 100).sum();
        let mut lines = Vec::with_capacity(size);
        let mut offsets = Vec::with_capacity(answers.len());
        for (key, json) in answers {
            offsets.push(self.length + lines.len() as u64);
            summed(&mut lines, |out| {
                // A `Line`, whose answer need not be written again.
                write!(out, r#"{{"key":"{key}","at":{at},"answer":"#)?;
                out.extend_from_slice(json);
                out.push(b'}');
                Ok(())
            })?;
        }
        self.append(&lines)?;
        Ok(offsets)
    }
}

enum Header {
    /// There is nothing yet.
    None,
    /// The file is something else.
    Foreign,
    /// None where the line is damaged.
    Of(Option<Question>),
}

/// Reads answers while the journal is written.
pub(crate) struct JournalReader(File);

impl JournalReader {
    /// The answer of the line that begins at `offset`.
    pub(crate) fn answer(&self, offset: u64) -> io::Result<Answer> {
        let mut line = vec![0; 1024];
        loop {
            let length = read_at(&self.0, &mut line, offset)?;
            let end = line[..length].iter().position(|byte| *byte == b'\n');
            if let Some(end) = end {
                let json = checked(&line[..end]);
                let read = json.and_then(|json| serde_json::from_slice::<Line<Answer>>(json).ok());
                let damaged = || io::Error::other(format!("it was damaged at byte {offset}"));
                return read.map(|line| line.answer).ok_or_else(damaged);
            }
            if length < line.len() || line.len() as u64 > LONGEST {
                return Err(io::Error::other(format!("it was cut off at byte {offset}")));
            }
            line.resize(line.len() * 4, 0);
        }
    }
}

impl Question {
    fn words(&self) -> String {
        let whose = match &self.on_behalf_of {
            Some(id) => format!(" on behalf of {id}"),
            None => String::new(),
        };
        format!("{} asked of {}{whose}", self.of, self.asked)
    }
}

/// Appends a line: its sum and its JSON.
fn line(out: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    summed(out, |out| Ok(serde_json::to_writer(out, value)?))
}

/// Appends a line whose JSON is written by `write`.
fn summed(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
    let start = out.len();
    out.extend_from_slice(b"00000000 ");
    write(out)?;
    let sum = crc32fast::hash(&out[start + 9..]);
    write!(&mut out[start..start + 8], "{sum:08x}")?;
    out.push(b'\n');
    Ok(())
}

/// The JSON of a line, if it is as it was written.
fn checked(line: &[u8]) -> Option<&[u8]> {
    let (sum, json) = (line.get(..8)?, line.get(9..)?);
    let sum = u32::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    (line[8] == b' ' && crc32fast::hash(json) == sum).then_some(json)
}

/// Reads a key as it is written.
fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
    let text = String::deserialize(deserializer)?;
    let number = u128::from_str_radix(&text, 16).map_err(de::Error::custom)?;
    Ok(Key(number.to_be_bytes()))
}
