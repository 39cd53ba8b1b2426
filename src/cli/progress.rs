//! Progress on standard error: only for several tables, only in a terminal (or when asked for), never on standard output.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{Common, When};

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
