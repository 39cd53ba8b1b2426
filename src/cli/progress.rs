//! Progress on standard error: only for several tables, only in a terminal (or when asked for), never on standard output.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{Common, When};
use crate::load::ReadOptions;

/// A bar over `count` tables, or nothing.
pub(crate) fn bar(count: usize, what: &str, common: &Common) -> ProgressBar {
    let shown = match common.progress {
        When::Always => true,
        When::Never => false,
        When::Auto => !common.quiet && count > 1 && std::io::stderr().is_terminal(),
    };
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta} left") {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

/// A bar over bytes, with the time left; nothing when progress is not shown.
#[cfg(feature = "fetch")]
pub(crate) fn bytes(what: &str, common: &Common) -> ProgressBar {
    let shown = match common.progress {
        When::Always => true,
        When::Never => false,
        When::Auto => !common.quiet && std::io::stderr().is_terminal(),
    };
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let template = "{msg} {bar:20} {bytes}/{total_bytes} {bytes_per_sec} {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

/// Bytes read of one table after the other, with the time that is left for the one at hand.
pub(crate) struct Reading {
    bar: ProgressBar,
    what: String,
    count: usize,
    begun: usize,
}

impl Reading {
    /// Over `count` tables: shown in a terminal even for one, because reading may be long.
    pub(crate) fn new(count: usize, what: &str, common: &Common) -> Self {
        let shown = match common.progress {
            When::Always => true,
            When::Never => false,
            When::Auto => !common.quiet && std::io::stderr().is_terminal(),
        };
        let bar = if shown {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template(
                "{msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} left",
            ) {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        } else {
            ProgressBar::hidden()
        };
        Self { bar, what: what.to_owned(), count, begun: 0 }
    }

    /// The next table: options that tell the bar how far its reading is.
    pub(crate) fn next(&mut self, name: &str, options: ReadOptions) -> ReadOptions {
        self.begun += 1;
        let place = if self.count > 1 { format!(" {}/{}", self.begun, self.count) } else { String::new() };
        let file = name.rsplit('/').next().unwrap_or(name);
        self.bar.set_message(format!("{}{place} {file}", self.what));
        self.bar.reset();
        if self.bar.is_hidden() {
            return options;
        }
        let bar = self.bar.clone();
        let progress = Arc::new(move |done: u64, total: Option<u64>| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(done);
        });
        ReadOptions { progress: Some(progress), ..options }
    }

    /// Prints while the bar stands aside.
    pub(crate) fn say(&self, text: &str) {
        self.bar.suspend(|| eprint!("{text}"));
    }

    /// Every table is done.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}
