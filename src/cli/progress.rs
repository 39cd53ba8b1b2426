//! Progress on standard error, with the time left: only in a terminal (or when asked for), only for what takes longer than
//! a second, never on standard output.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

use super::args::{Common, When};
use crate::load::ReadOptions;

/// What takes less than this is not talked about.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a bar is drawn.
const TICK: Duration = Duration::from_millis(250);

/// Steps of known number: the time left comes from the mean of those that are done.
const STEPS: &str = "{msg} {bar:30} {pos}/{len} {left}";
/// Bytes of known number.
const BYTES: &str = "{msg} {bar:20} {bytes}/{total_bytes} {bytes_per_sec} {eta} left";
/// One thing of which it is not known how long it takes.
const ONE: &str = "{msg} {elapsed} so far";

/// Is progress wanted at all?
fn wanted(common: &Common) -> bool {
    match common.progress {
        When::Always => true,
        When::Never => false,
        When::Auto => !common.quiet && std::io::stderr().is_terminal(),
    }
}

/// A bar of a style, hidden at first: it comes when the work is not done within a second, at once when it was asked for.
fn shown(length: Option<u64>, style: &str, common: &Common) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
    if !wanted(common) {
        return bar;
    }
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style.with_key("left", |state: &ProgressState, text: &mut dyn Write| {
            // Nobody knows before the first step is done; what fails to be written is not missed.
            let _ = match state.pos() {
                0 => text.write_str("time left not known yet"),
                _ => write!(text, "{:#} left", HumanDuration(state.eta())),
            };
        }));
    }
    if common.progress == When::Always {
        appear(&bar);
        return bar;
    }
    let later = bar.downgrade();
    // Left alone when the process ends before it wakes.
    std::thread::spawn(move || {
        std::thread::sleep(PATIENCE);
        if let Some(bar) = later.upgrade()
            && !bar.is_finished()
        {
            appear(&bar);
        }
    });
    bar
}

fn appear(bar: &ProgressBar) {
    if std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.enable_steady_tick(TICK);
    } else {
        bar.set_draw_target(ProgressDrawTarget::term_like_with_hz(Box::new(Log), 1));
        bar.enable_steady_tick(PATIENCE);
    }
    bar.tick();
}

/// Standard error that is no terminal, when progress was asked for all the same: a line at a time, for a log.
#[derive(Debug)]
struct Log;

impl TermLike for Log {
    fn width(&self) -> u16 {
        80
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        let text = text.trim_end();
        if !text.is_empty() {
            super::output::say(text);
        }
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A bar over `count` steps.
pub(crate) fn bar(count: usize, what: &str, common: &Common) -> ProgressBar {
    let bar = shown(Some(count as u64), if count > 1 { STEPS } else { ONE }, common);
    bar.set_message(what.to_owned());
    bar
}

/// A bar over bytes.
#[cfg(feature = "fetch")]
pub(crate) fn bytes(what: &str, common: &Common) -> ProgressBar {
    let bar = shown(None, BYTES, common);
    bar.set_message(what.to_owned());
    bar
}

/// A bar over the tables of a command. One table alone is told in two parts: reading, by bytes with the time left, and
/// the solve.
pub(crate) fn tables(count: usize, what: &str, reading: &mut ReadOptions, common: &Common) -> ProgressBar {
    let bar = bar(count, what, common);
    if count == 1 && wanted(common) {
        let (seen, what, begun) = (bar.clone(), what.to_owned(), Instant::now());
        reading.progress = Some(Arc::new(move |done: u64, total: Option<u64>| {
            seen.set_message(part(&what, done, total, begun.elapsed()));
        }));
    }
    bar
}

/// `tiva: reading 40%, 12 s left`, and when all is read `tiva: solving`.
fn part(what: &str, done: u64, total: Option<u64>, elapsed: Duration) -> String {
    match total {
        Some(total) if done >= total => format!("{what}: solving,"),
        Some(total) if done > 0 => {
            let rest = elapsed.as_secs_f64() * (total - done) as f64 / done as f64;
            format!("{what}: reading {}%, {rest:.0} s of it left,", 100 * done / total)
        }
        _ => format!("{what}: reading,"),
    }
}

/// Bytes read of one table after the other, with the time that is left for the one at hand.
pub(crate) struct Reading {
    bar: ProgressBar,
    what: String,
    count: usize,
    begun: usize,
    wanted: bool,
}

impl Reading {
    /// Over `count` tables: shown even for one, because reading may be long.
    pub(crate) fn new(count: usize, what: &str, common: &Common) -> Self {
        let bar = shown(Some(0), BYTES, common);
        Self { bar, what: what.to_owned(), count, begun: 0, wanted: wanted(common) }
    }

    /// The next table: options that tell the bar how far its reading is.
    pub(crate) fn next(&mut self, name: &str, options: ReadOptions) -> ReadOptions {
        self.begun += 1;
        let place = if self.count > 1 { format!(" {}/{}", self.begun, self.count) } else { String::new() };
        let file = name.rsplit('/').next().unwrap_or(name);
        self.bar.set_message(format!("{}{place} {file}", self.what));
        self.bar.reset();
        if !self.wanted {
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
        self.bar.suspend(|| super::output::talk(text));
    }

    /// Every table is done.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_table_is_told_in_parts_with_the_time_that_reading_still_takes() {
        let after = |done| part("tiva", done, Some(200), Duration::from_secs(10));
        assert_eq!(after(50), "tiva: reading 25%, 30 s of it left,");
        assert_eq!(after(200), "tiva: solving,");
        assert_eq!(part("tiva", 7, None, Duration::from_secs(1)), "tiva: reading,");
    }
}
