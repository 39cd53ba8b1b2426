//! `product` in a manifest: every account is a task, for the table of its year.

use serde_json::json;

use super::{Command, Computation, Reader, Task, file_word};
use crate::analysis::{AnalysisError, ProductAnalysis};
use crate::batch::BatchError;
use crate::load::{LoadError, sha256_of_file};
use crate::product::{self, YearRule};

impl Reader<'_> {
    pub(super) fn product(&self, prefix: &str) -> Result<Vec<Task>, BatchError> {
        let entry = self.entry;
        let Some(accounts) = &entry.account else {
            let missing = BatchError::MissingKey { key: "account", what: "product" };
            return self.at(entry.command.span(), Err(missing));
        };
        // Another year is taken knowingly, as with `--year`.
        let year = entry.year.as_ref().map(|year| *year.get_ref());
        let years = if year.is_some() { YearRule::Any } else { YearRule::Same };
        let mut tasks = Vec::new();
        for name in &accounts.get_ref().0 {
            let path = (name.ends_with(".toml") || name.contains('/')).then(|| self.manifest.resolve(name));
            let found = match &path {
                Some(path) => product::Account::open(path),
                None => product::find(name),
            };
            let account = self.at(accounts.span(), found.map_err(AnalysisError::from))?;
            let sha256 = path.as_deref().map(sha256_of_file).transpose();
            let sha256 = self.at(accounts.span(), sha256.map_err(|e: LoadError| AnalysisError::from(e)))?;
            let wanted = year.unwrap_or(account.year());
            let settings = json!({
                "command": "product",
                "account": account.id(),
                "sha256": sha256.as_deref().unwrap_or("built-in"),
                "any-year": years == YearRule::Any,
            });
            let id = file_word(account.id());
            let analysis = Box::new(ProductAnalysis { account, years });
            let computation = Computation::Product(analysis);
            let task = self.task(Command::Product, computation, vec![prefix, &id], settings);
            tasks.push(Task { year: Some(wanted), ..task });
        }
        Ok(tasks)
    }
}
