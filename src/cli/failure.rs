//! What the user is told when something went wrong: the message, what to try, and nothing else.

use super::output;
use crate::error::Error;
use crate::report::ReportError;

/// A failed command: exit 2.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error of one of the layers.
    Engine(Error),
    /// A request that does not make sense on the command line.
    Request { message: String, hint: String },
}

impl Failure {
    pub(crate) fn request(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Request { message: message.into(), hint: hint.into() }
    }

    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(
            self,
            Self::Engine(Error::Report(ReportError::Io { source, .. }))
                if source.kind() == std::io::ErrorKind::BrokenPipe
        )
    }

    /// What went wrong, without what to try.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Engine(error) => error.to_string(),
            Self::Request { message, .. } => message.clone(),
        }
    }

    pub(crate) fn print(&self) {
        let message = self.message();
        let hint = match self {
            Self::Engine(error) => error.hint(),
            Self::Request { hint, .. } => hint.clone(),
        };
        output::talk(&format!("error: {message}\n  try: {hint}\n"));
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Engine(error.into())
    }
}
