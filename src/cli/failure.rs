//! What the user is told when something went wrong: the message, what to try, and nothing else.

use super::output;
use crate::analysis::AnalysisError;
use crate::decompose::DecomposeError;
use crate::error::Error;
use crate::indicators::IndicatorError;
use crate::manual;
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

    /// The system starts no further thread.
    pub(crate) fn no_thread(error: &dyn std::error::Error) -> Self {
        Self::request(
            format!("no thread can be started: {error}"),
            "allow more processes and memory (`ulimit -u`, `ulimit -v`), or ask for one with --threads 1",
        )
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
            Self::Engine(error) => {
                unknown_name(error).and_then(in_other_tools).unwrap_or_else(|| error.hint())
            }
            Self::Request { hint, .. } => hint.clone(),
        };
        output::talk(&format!("error: {message}\n  try: {hint}\n"));
    }
}

/// The name of a method or an indicator that there is not.
fn unknown_name(error: &Error) -> Option<&str> {
    match error {
        Error::Indicator(IndicatorError::UnknownIndicator { name, .. })
        | Error::Analysis(AnalysisError::Indicator(IndicatorError::UnknownIndicator { name, .. }))
        | Error::Decompose(DecomposeError::UnknownMethod { name, .. })
        | Error::Analysis(AnalysisError::Decompose(DecomposeError::UnknownMethod { name, .. })) => Some(name),
        _ => None,
    }
}

/// What a name is that another tool has: it is meant, whatever is spelt like it.
pub(super) fn in_other_tools(name: &str) -> Option<String> {
    let meanings = manual::called_elsewhere(name);
    let told: Vec<String> = meanings
        .iter()
        .map(|meaning| format!("a name of {}: here {}", meaning.tools, meaning.here))
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Engine(error.into())
    }
}
