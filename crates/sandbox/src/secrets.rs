//! What must not be kept of a request, and where it may hide.

use memchr::memmem::Finder;
use serde_json::Value;

/// What is shorter is in any text, and no secret.
const SHORTEST: usize = 6;

/// Texts that must not be kept, whoever sends them.
pub(crate) struct Secrets(Vec<Finder<'static>>);

/// The same, and the token that came with a request.
pub(crate) struct Watch<'a> {
    known: &'a [Finder<'static>],
    came: Option<Finder<'a>>,
}

impl Secrets {
    pub(crate) fn new(secrets: &[&str]) -> Self {
        let secrets = secrets.iter().filter(|secret| secret.len() >= SHORTEST);
        Self(secrets.map(|s| Finder::new(s).into_owned()).collect())
    }

    pub(crate) fn with<'a>(&'a self, token: &'a str) -> Watch<'a> {
        let begins = |known: &Finder<'_>| token.as_bytes().starts_with(known.needle());
        // Without what is found anyway, a request is noted faster.
        let is_new = token.len() >= SHORTEST && !self.0.iter().any(begins);
        Watch {
            known: &self.0,
            came: is_new.then(|| Finder::new(token)),
        }
    }
}

impl Watch<'_> {
    fn all(&self) -> impl Iterator<Item = &Finder<'_>> {
        self.known.iter().chain(&self.came)
    }

    /// Whether a secret is in a query once that is decoded.
    pub(crate) fn is_hidden_in_query(&self, query: &str) -> bool {
        self.is_in(&unescaped_query(query))
    }

    /// Whether a secret is in the texts of a JSON document.
    pub(crate) fn is_hidden_in_json(&self, body: &str) -> bool {
        self.is_in(&unescaped_json(body))
    }

    fn is_in(&self, texts: &[String]) -> bool {
        let mut texts = texts.iter().map(String::as_bytes);
        texts.any(|text| self.all().any(|secret| secret.find(text).is_some()))
    }

    /// The text with `…` for each secret.
    pub(crate) fn clean(&self, mut text: String) -> String {
        for secret in self.all() {
            if secret.find(text.as_bytes()).is_some() {
                let secret = String::from_utf8_lossy(secret.needle());
                text = text.replace(&*secret, "…");
            }
        }
        text
    }
}

/// The names and values of a query, where they differ from what is written.
fn unescaped_query(query: &str) -> Vec<String> {
    if !query.contains(['%', '+']) {
        return Vec::new();
    }
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

/// The texts of a JSON document, where they differ from what is written.
fn unescaped_json(body: &str) -> Vec<String> {
    fn texts(value: Value, all: &mut Vec<String>) {
        match value {
            Value::String(text) => all.push(text),
            Value::Array(values) => values.into_iter().for_each(|value| texts(value, all)),
            Value::Object(values) => {
                for (name, value) in values {
                    all.push(name);
                    texts(value, all);
                }
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    if body.contains('\\') {
        texts(serde_json::from_str(body).unwrap_or_default(), &mut all);
    }
    all
}
