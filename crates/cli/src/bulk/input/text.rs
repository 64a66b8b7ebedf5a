//! Bytes as text, whatever their encoding.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// Text that is decoded as it is read. What is no text in its encoding becomes U+FFFD.
pub(crate) struct Text {
    source: Box<dyn Read + Send>,
    decoder: Decoder,
    /// Bytes that were read and not decoded.
    bytes: Vec<u8>,
    /// What was decoded and not taken.
    text: String,
    /// How much of `text` was taken.
    taken: usize,
    is_at_end: bool,
}

impl Text {
    /// Decodes by the mark at the beginning, else as `encoding`, else as UTF-16 if every other
    /// byte at the beginning is zero, else as UTF-8.
    pub(crate) fn new(
        mut source: Box<dyn Read + Send>,
        encoding: Option<&'static Encoding>,
    ) -> io::Result<Self> {
        let mut bytes = Vec::with_capacity(CHUNK);
        read_chunk(&mut source, &mut bytes)?;
        let encoding = encoding.unwrap_or(match bytes.as_slice() {
            [0, b, 0, d, ..] if *b != 0 && *d != 0 => UTF_16BE,
            [a, 0, c, 0, ..] if *a != 0 && *c != 0 => UTF_16LE,
            _ => UTF_8,
        });
        let mut text = Self {
            source,
            decoder: encoding.new_decoder(),
            bytes,
            text: String::new(),
            taken: 0,
            is_at_end: false,
        };
        text.decode(false);
        Ok(text)
    }

    /// What was decoded and not taken.
    pub(crate) fn rest(&self) -> &str {
        self.text.get(self.taken..).unwrap_or_default()
    }

    /// Whether nothing follows the rest.
    pub(crate) fn is_at_end(&self) -> bool {
        self.is_at_end
    }

    /// Reads until the rest has a whole line that is not blank, or is longer than any.
    pub(crate) fn read_first_line(&mut self) -> io::Result<()> {
        const LONGEST: usize = 1024 * 1024;
        let has_first = |rest: &str| rest.trim_start().contains(['\r', '\n']);
        while !self.is_at_end && self.rest().len() <= LONGEST && !has_first(self.rest()) {
            self.more()?;
        }
        Ok(())
    }

    /// Whether the rest has a whole line.
    pub(crate) fn has_line(&self) -> bool {
        let mut rest = self.rest().bytes();
        rest.any(|byte| matches!(byte, b'\r' | b'\n'))
    }

    /// Takes so many bytes of the rest.
    pub(crate) fn take(&mut self, bytes: usize) {
        self.taken += bytes;
    }

    /// Reads more behind the rest.
    pub(crate) fn more(&mut self) -> io::Result<()> {
        self.text.drain(..self.taken);
        self.taken = 0;
        let before = self.text.len();
        while !self.is_at_end && self.text.len() == before {
            let count = read_chunk(&mut self.source, &mut self.bytes)?;
            self.decode(count == 0);
        }
        Ok(())
    }

    fn decode(&mut self, is_last: bool) {
        let mut done = 0;
        loop {
            let rest = &self.bytes[done..];
            let most = self.decoder.max_utf8_buffer_length(rest.len());
            self.text.reserve(most.unwrap_or(CHUNK));
            let (result, read, _) = self.decoder.decode_to_string(rest, &mut self.text, is_last);
            done += read;
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        self.bytes.clear();
        self.is_at_end = is_last;
    }
}

/// Appends what is there, and waits only where nothing is: of a pipe, rows are asked for as they
/// come. 0 bytes are the end.
pub(super) fn read_chunk(source: &mut dyn Read, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let before = bytes.len();
    bytes.resize(before + CHUNK, 0);
    let read = loop {
        match source.read(&mut bytes[before..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read,
        }
    };
    bytes.truncate(before + *read.as_ref().unwrap_or(&0));
    read
}

#[cfg(test)]
mod tests {
    //! Each encoding, whole and cut anywhere.
    use super::*;

    fn all(bytes: &[u8], encoding: Option<&'static Encoding>) -> String {
        let mut text = Text::new(Box::new(io::Cursor::new(bytes.to_vec())), encoding).unwrap();
        while !text.is_at_end() {
            text.more().unwrap();
        }
        text.rest().to_owned()
    }

    fn utf_16(text: &str, of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(of).collect()
    }

    #[test]
    fn encodings_are_recognised() {
        let text = "email\tName\r\nzoë@example.com\t😀";
        assert_eq!(all(text.as_bytes(), None), text);
        let marked = format!("\u{feff}{text}");
        assert_eq!(all(marked.as_bytes(), None), text);
        for of in [u16::to_le_bytes, u16::to_be_bytes] {
            assert_eq!(all(&utf_16(text, of), None), text);
            assert_eq!(all(&utf_16(&marked, of), None), text);
        }
        let latin = encoding_rs::WINDOWS_1252;
        assert_eq!(all(b"M\xfcller \x80", Some(latin)), "Müller €");
        assert_eq!(all(b"M\xfcller", None), "M\u{fffd}ller");
        assert_eq!(all(b"", None), "");
    }

    #[test]
    fn long_texts_are_read_in_parts() {
        let long = "ä".repeat(CHUNK + 7);
        assert_eq!(all(format!("x{long}").as_bytes(), None), format!("x{long}"));
    }
}
