//! An output whose own error is still known when the library that writes to it has made a text of it.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::ReportError;

/// An output, watched.
pub(super) struct Watched<W> {
    output: W,
    trouble: Trouble,
}

/// What went wrong with the output, if anything did.
#[derive(Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<Option<io::Error>>>);

impl<W: Write> Watched<W> {
    pub(super) fn new(output: W) -> (Self, Trouble) {
        let trouble = Trouble::default();
        (Self { output, trouble: trouble.clone() }, trouble)
    }
}

impl Trouble {
    /// The output's error, or else that of the library.
    pub(super) fn or(&self, format: &'static str, message: impl Display) -> ReportError {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => error.into(),
            None => ReportError::Encode { format, message: message.to_string() },
        }
    }

    fn keep(&self, error: io::Error) -> io::Error {
        let told = io::Error::new(error.kind(), error.to_string());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        told
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes).map_err(|error| self.trouble.keep(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush().map_err(|error| self.trouble.keep(error))
    }
}
