//! Writes results to stdout, which may not be read for a while: the journal does not wait for it.

use std::io;
use std::sync::Arc;

use super::desk::Desk;
use super::queue::Mail;
use super::screen::Screen;

/// Results that are ready to be written.
pub(crate) enum Written {
    /// So many rows.
    Rows(Vec<u8>, usize),
    /// There are no more to come.
    End,
}

pub(crate) struct Writer {
    pub(crate) screen: Arc<Screen>,
    pub(crate) desk: Arc<Desk>,
}

impl Writer {
    /// Writes until the end; `failed` is called at once where it cannot.
    pub(crate) fn run(
        &self,
        results: &Mail<Vec<Written>>,
        failed: impl Fn(),
    ) -> Result<(), io::Error> {
        let mut ended = Ok(());
        let mut taken = Vec::new();
        loop {
            results.take(&mut taken);
            for written in taken.drain(..) {
                let Written::Rows(bytes, rows) = written else {
                    return ended;
                };
                if ended.is_ok()
                    && let Err(error) = self.screen.results(&bytes)
                {
                    ended = Err(error);
                    failed();
                }
                // Only now there is room for others.
                self.desk.leave(rows);
            }
        }
    }
}
