//! What a client must not show.

use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::redaction::Redactor;
use crate::secret;

/// Maximum number of secrets that are searched for: those that were used last.
const MAX_SECRETS: usize = 16;

/// The secrets of a client: everything that is sent to a server or received from one as a secret. A secret
/// is added whenever it is used.
#[derive(Default)]
pub(crate) struct Secrets(RwLock<Known>);

#[derive(Default)]
struct Known {
    /// The latest one is the last.
    secrets: Vec<Zeroizing<String>>,
    redactor: Arc<Redactor>,
}

impl Secrets {
    /// Adds a secret, or keeps one that is known for longer. What cannot be one, because it is too long or
    /// not ASCII, is ignored: a server may send anything in the place of a token.
    pub(crate) fn add(&self, secret: &str) {
        if secret.len() > secret::MAX_BYTES || !secret.is_ascii() {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let place = known.secrets.iter().position(|it| it.as_str() == secret);
        if let Some(place) = place {
            return known.secrets[place..].rotate_left(1);
        }
        if known.secrets.len() == MAX_SECRETS {
            known.secrets.remove(0);
        }
        known.secrets.push(Zeroizing::new(secret.to_owned()));
        let redactor = Redactor::new(known.secrets.iter().map(|secret| secret.as_str()));
        known.redactor = Arc::new(redactor);
    }

    /// Redacts the secrets that are known by now.
    pub(crate) fn redactor(&self) -> Arc<Redactor> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known.redactor)
    }
}

#[cfg(test)]
mod tests {
    //! Which secrets are known.
    use super::*;

    #[test]
    fn secrets_are_kept_while_they_are_used() {
        let secrets = Secrets::default();
        for number in 0..100 {
            secrets.add("client-secret-of-ours");
            secrets.add(&format!("access-token-{number:04}"));
        }
        let redactor = secrets.redactor();
        assert_eq!(redactor.redact("client-secret-of-ours"), "[redacted]");
        assert_eq!(
            redactor.redact("access-token-0099 access-token-0090"),
            "[redacted] [redacted]"
        );
        assert_eq!(secrets.0.read().unwrap().secrets.len(), MAX_SECRETS);
    }

    #[test]
    fn what_cannot_be_a_secret_is_ignored() {
        let secrets = Secrets::default();
        for odd in ["ä".repeat(20), "a".repeat(secret::MAX_BYTES + 1)] {
            secrets.add(&odd);
            // `Ĥ` and `ä` end in the same byte.
            let text = format!("Ĥ{}", &odd[..24]);
            assert_eq!(secrets.redactor().redact(&text), text);
        }
        assert_eq!(secrets.0.read().unwrap().secrets.len(), 0);
    }
}
