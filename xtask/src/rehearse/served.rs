//! A file at an address of this machine, with an ETag.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A server for one file, whatever path is asked for. It serves until the process ends.
pub struct Served {
    address: SocketAddr,
    content: Arc<Mutex<String>>,
}

impl Served {
    /// Serves a text.
    ///
    /// # Errors
    ///
    /// If there is no port for it.
    pub fn start(text: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let content = Arc::new(Mutex::new(text.to_owned()));
        let served = content.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let text = served
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone();
                // A client that has gone away is its own business.
                let _ = answer(&stream, &text);
            }
        });
        Ok(Self { address, content })
    }

    /// The address of a file of this name.
    pub fn address(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }

    /// Serves another text from now on.
    pub fn set(&self, text: &str) {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        text.clone_into(&mut content);
    }
}

fn answer(mut stream: &TcpStream, text: &str) -> io::Result<()> {
    let etag = format!("\"{:016x}\"", fingerprint(text));
    let mut is_known = false;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else {
            if line.is_empty() {
                break;
            }
            continue;
        };
        is_known |= name.eq_ignore_ascii_case("if-none-match") && value.trim() == etag;
    }
    let (status, text) = match is_known {
        true => ("304 Not Modified", ""),
        false => ("200 OK", text),
    };
    let length = text.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\netag: {etag}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
    )
}

fn fingerprint(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
