//! Manners of the real binary: help that fits and shows what works, progress that keeps out of pipes, interruptions that
//! leave nothing half-written, wrong words that are answered with the right one, a manual that installs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::support::{fixture, stderr, stdout, vadex};

const BINARY: &str = env!("CARGO_BIN_EXE_vadex");

/// A screen of 80 columns, and as many lines as a small window shows; the list of commands may be longer than one help.
const COLUMNS: usize = 80;
const LINES: usize = 40;
const LINES_OF_ALL: usize = 50;

/// Examples that are not run: the web is not at hand.
const ONLINE: [&str; 1] = ["vadex fetch exiobase3.8.2-ixi --year 2011 -o ."];

/// Every command, from the help of the binary.
pub fn commands() -> Vec<String> {
    let help = stdout(&vadex(&["--help"]));
    let commands: Vec<String> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        // A long description goes on in a deeper indented line.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    assert!(commands.len() >= 20, "{commands:?}");
    commands
}

pub fn short_help(arguments: &[&str]) -> String {
    let output = Command::new(BINARY).args(arguments).arg("-h").env("COLUMNS", "80").output().unwrap();
    stdout(&output)
}

/// The lines of a help below `Example:`, as one would type them.
pub fn examples(help: &str) -> Vec<String> {
    let Some(at) = help.find("Example:") else { return Vec::new() };
    help[at..]
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .map(|line| line.trim().trim_start_matches("Example:").trim())
        .map(|line| line.trim_end_matches("(downloads)").trim().to_owned())
        .filter(|line| !line.is_empty())
        .inspect(|line| {
            let whole = ["vadex ", "printf "].iter().any(|start| line.starts_with(start));
            assert!(whole, "an example is wrapped or is no command: `{line}`");
        })
        .collect()
}

/// A folder that looks like a clone: `data` and `examples` are there, results go elsewhere.
fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["data", "examples", "src"] {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    }
    folder
}

/// Runs lines in a shell that finds the binary.
pub fn shell(lines: &str, folder: &Path) -> Output {
    let binaries = Path::new(BINARY).parent().unwrap().display().to_string();
    let path = format!("{binaries}:{}", std::env::var("PATH").unwrap_or_default());
    Command::new("sh")
        .args(["-ec", lines])
        .current_dir(folder)
        .env("PATH", path)
        .env("HOME", folder)
        .output()
        .unwrap()
}

#[test]
fn the_short_help_of_every_command_fits_a_screen() {
    let mut wrong = Vec::new();
    let mut look = |name: &str, help: String, lines: usize| {
        // The usage line is for clap to break, which it does not.
        let told = help.lines().filter(|line| !line.starts_with("Usage:"));
        let widest = told.map(|line| line.chars().count()).max().unwrap_or(0);
        if help.lines().count() > lines || widest > COLUMNS {
            wrong.push(format!("{name}: {} lines, {widest} columns", help.lines().count()));
        }
    };
    look("vadex", short_help(&[]), LINES_OF_ALL);
    for command in commands() {
        look(&command, short_help(&[&command]), LINES);
    }
    assert!(wrong.is_empty(), "help that does not fit:\n{}", wrong.join("\n"));
}

#[test]
fn help_and_pages_fit_80_columns_where_no_screen_tells_its_width() {
    for arguments in [&["sensitivity", "-h"][..], &["inspect", "builtin:wiod13/2005"]] {
        let output =
            Command::new(BINARY).args(arguments).env_remove("COLUMNS").stdin(Stdio::null()).output().unwrap();
        let page = stdout(&output);
        assert!(page.lines().count() > 10, "{}", stderr(&output));
        assert!(page.lines().all(|line| line.chars().count() <= COLUMNS), "{page}");
    }
}

/// What a command line shows on a screen of so many columns; nothing, and it is said, where there is no `script` that can
/// make one.
#[cfg(target_os = "linux")]
fn on_screen(command: &str, columns: usize) -> Option<String> {
    let script = |command: &str| {
        Command::new("script").args(["-qec", command, "/dev/null"]).stdin(Stdio::null()).output()
    };
    if !script("true").is_ok_and(|probe| probe.status.success()) {
        println!("skipped: there is no `script` here that can make a screen");
        return None;
    }
    Some(stdout(&script(&format!("stty rows 24 cols {columns}; {command}")).unwrap()))
}

#[cfg(target_os = "linux")]
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[cfg(target_os = "linux")]
#[test]
fn talk_fits_the_screen_it_is_read_on_and_stays_whole_in_a_log() {
    let table = fixture("leather.csv");
    let wrong = vadex(&["tiva", &table, "--economy", "Nowhere"]);
    assert_eq!(stderr(&wrong).lines().count(), 2, "{}", stderr(&wrong));
    let made = vadex(&["tiva", &table]);
    assert!(stderr(&made).lines().any(|line| line.len() > 60), "{}", stderr(&made));
    for (extra, plain) in [(" --economy Nowhere", &wrong), ("", &made)] {
        let command = format!("'{BINARY}' tiva '{table}'{extra} --progress never >/dev/null");
        let Some(shown) = on_screen(&command, 60) else { return };
        assert_eq!(words(&shown), words(&stderr(plain)), "no word is lost");
        assert!(shown.lines().all(|line| line.trim_end().chars().count() <= 60), "{shown}");
    }
}

/// A folder with a small table and a manifest of tasks on it.
#[cfg(target_os = "linux")]
fn study(tasks: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(fixture("leather.csv"), folder.path().join("leather.csv")).unwrap();
    fs::write(folder.path().join("m.toml"), format!("[[table]]\npath = 'leather.csv'\n{tasks}")).unwrap();
    folder
}

#[cfg(target_os = "linux")]
#[test]
fn failures_and_summary_of_a_batch_fit_the_screen_too() {
    let study = study("[[task]]\ncommand = 'tiva'\nname = 'one-that-is-nowhere'\neconomy = 'Germny'\n");
    let folder = study.path().display();
    // From inside, so that no path of this machine is a word longer than the screen.
    let command = format!("cd '{folder}'; '{BINARY}' batch m.toml -o out --progress never");
    let plain = Command::new("sh").args(["-c", &command]).output().unwrap();
    let told = stderr(&plain);
    for start in ["failed: one-that-is-nowhere-country/leather.csv: ", "batch: 1 job on 1 table: "] {
        assert!(told.lines().any(|line| line.starts_with(start) && line.len() > 60), "{start}: {told}");
    }
    let Some(shown) = on_screen(&command, 60) else { return };
    assert_eq!(words(&shown), words(&told), "no word is lost");
    assert!(shown.lines().all(|line| line.trim_end().chars().count() <= 60), "{shown}");
}

#[cfg(target_os = "linux")]
#[test]
fn in_a_terminal_a_file_of_a_dry_run_is_a_line_and_the_memory_is_said_once() {
    let study =
        study("[[task]]\ncommand = 'tiva'\n[[task]]\ncommand = 'tiva'\nlevel = 'sector'\ndraws = 1000000\n");
    let folder = study.path().display();
    for (memory, state, limit) in [("100M", "refused", "105 MB"), ("1G", "if it fits", "1.1 GB")] {
        let command = format!("cd '{folder}'; '{BINARY}' batch m.toml -o out --dry-run --memory {memory}");
        let Some(shown) = on_screen(&command, 80) else { return };
        for parts in [
            ["tiva-country/leather.csv", "to do", "50 MB"],
            ["tiva-sector-draws/leather.csv", state, "0.8 to 1.6 GB"],
        ] {
            let line = shown.lines().find(|line| line.contains(parts[0])).unwrap_or_default();
            assert!(parts.iter().all(|part| line.contains(part)), "{parts:?} in\n{shown}");
        }
        // A heading, two files, one note; and what will not be made, with what to do about it.
        let lines = if state == "refused" { 6 } else { 4 };
        assert_eq!(shown.lines().filter(|line| !line.trim().is_empty()).count(), lines, "{shown}");
        assert_eq!(shown.matches(&format!("{limit} are allowed by --memory")).count(), 1, "{shown}");
        let Some(quiet) = on_screen(&format!("{command} -q"), 80) else { return };
        assert!(!quiet.contains("allowed by --memory"), "{quiet}");
    }
}

#[test]
fn the_example_of_every_command_works() {
    let mut wrong = Vec::new();
    for command in commands() {
        let help = short_help(&[&command]);
        let lines = examples(&help);
        if !lines.iter().any(|line| line.starts_with(&format!("vadex {command}"))) {
            wrong.push(format!("{command}: no example in\n{help}"));
            continue;
        }
        let lines: Vec<String> = lines.into_iter().filter(|line| !ONLINE.contains(&line.as_str())).collect();
        let folder = place();
        let output = shell(&lines.join("\n"), folder.path());
        if !output.status.success() {
            wrong.push(format!("{command}: {}\n{}", lines.join("; "), stderr(&output)));
        }
    }
    assert!(wrong.is_empty(), "examples that do not work:\n{}", wrong.join("\n"));
}

#[test]
fn progress_keeps_out_of_pipes_unless_it_is_asked_for() {
    let table = fixture("leather.csv");
    let silent = vadex(&["tiva", &table]);
    for mark in ["left", "so far", "\u{1b}", "\r"] {
        assert!(!stderr(&silent).contains(mark), "{mark:?} in {}", stderr(&silent));
    }
    let asked = vadex(&["tiva", &table, "--progress", "always"]);
    assert!(stderr(&asked).contains("tiva"), "{}", stderr(&asked));
    assert!(stderr(&asked).contains("so far"), "{}", stderr(&asked));
    assert_eq!(stdout(&asked), stdout(&silent), "standard output is data");
    let several = vadex(&["tiva", "builtin:wiod13", "--year", "2010-2011", "--progress", "always"]);
    assert!(stderr(&several).contains("left"), "time left of several tables: {}", stderr(&several));
    let quiet = vadex(&["tiva", &table, "-q"]);
    assert!(stderr(&quiet).is_empty(), "{}", stderr(&quiet));
}

/// Files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Starts the binary with signals as a terminal leaves them, waits until `ready`, interrupts it; its exit code.
fn interrupted(arguments: &[&str], signal: &str, ready: impl Fn() -> bool) -> Option<i32> {
    // A script that runs the tests in the background may have them ignore signals, and the binary inherits that.
    interrupted_with(&["--default-signal=INT,TERM,HUP"], arguments, signal, ready)
}

/// The same with signals as `env` is told to leave them.
fn interrupted_with(
    signals: &[&str],
    arguments: &[&str],
    signal: &str,
    ready: impl Fn() -> bool,
) -> Option<i32> {
    let mut child = Command::new("env")
        .args(signals)
        .args([BINARY, "-q"])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !ready() {
        assert!(child.try_wait().unwrap().is_none(), "{arguments:?} ended before it could be interrupted");
        assert!(begun.elapsed() < Duration::from_secs(120), "{arguments:?} never got ready");
        std::thread::sleep(Duration::from_millis(2));
    }
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    child.wait().unwrap().code()
}

/// A temporary name of ours: what must not stay.
fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".tmp"))
}

#[cfg(target_os = "linux")]
#[test]
fn an_interruption_leaves_whole_results_and_exits_with_130() {
    for (signal, results) in [("-INT", 0), ("-TERM", 2), ("-INT", 4)] {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("results");
        let to = folder.to_str().unwrap();
        // Ready while a file is half-written, behind so many finished ones.
        let ready = || {
            let files = files(&folder);
            let finished = files.iter().filter(|path| path.extension().is_some_and(|e| e == "csv")).count();
            finished >= results && files.iter().any(|path| is_temporary(path))
        };
        let code = interrupted(
            &["everything", "builtin:wiod13", "--year", "2010-2011", "--format", "csv", "-o", to],
            signal,
            ready,
        );
        assert_eq!(code, Some(130), "{signal}");
        let left = files(&folder);
        assert!(!left.iter().any(|path| is_temporary(path)), "half-written: {left:?}");
        let data: Vec<&PathBuf> = left.iter().filter(|path| path.extension().unwrap() == "csv").collect();
        assert_eq!(left.len(), 2 * data.len(), "every result has its notes: {left:?}");
        for path in data {
            let text = fs::read_to_string(path).unwrap();
            let cells = |line: &str| line.split(',').count();
            let header = cells(text.lines().next().unwrap());
            assert!(text.ends_with('\n') && text.lines().all(|line| cells(line) == header), "{path:?}");
        }
        assert_eq!(folder.exists(), !left.is_empty(), "a folder that was made for nothing goes again");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_command_left_goes_when_its_file_is_written_again() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("results");
    let to = folder.to_str().unwrap();
    let arguments = ["everything", "builtin:wiod13", "--year", "2011", "--format", "csv", "-o", to];
    let left = || files(&folder).into_iter().filter(|path| is_temporary(path)).collect::<Vec<_>>();
    // A file may get its name between the look and the kill.
    for _ in 0..20 {
        if left().is_empty() {
            assert_eq!(interrupted(&arguments, "-KILL", || !left().is_empty()), None);
        }
    }
    let found = left();
    assert!(!found.is_empty(), "nothing was half-written");
    // Of a process that lives, and of another machine: they stay.
    let name = found[0].file_name().unwrap().to_str().unwrap();
    let (start, rest) = name.split_once('@').unwrap();
    let (file, _) = start.rsplit_once('.').unwrap();
    let mut stay = [format!("{file}.{}@{rest}", std::process::id()), format!("{start}@not-{rest}")]
        .map(|name| folder.join(name));
    stay.iter().for_each(|path| fs::write(path, "half").unwrap());
    let again = vadex(&arguments);
    assert!(again.status.success(), "{}", stderr(&again));
    for path in &found {
        let told = format!("note: removed {}, left half-written", path.display());
        assert_eq!(stderr(&again).matches(&told).count(), 1, "{}", stderr(&again));
    }
    let mut left = left();
    left.sort();
    stay.sort();
    assert_eq!(left, stay);
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_command_left_goes_without_a_word_where_none_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let result = folder.path().join("out.csv").display().to_string();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let mut child = Command::new("true").spawn().unwrap();
    let gone = child.id();
    child.wait().unwrap();
    let left = folder.path().join(format!(".tmp.out.csv.{gone}@{}.Ab12Cd", host.trim()));
    let table = fixture("leather.csv");
    for quiet in [true, false] {
        fs::write(&left, "half").unwrap();
        let mut arguments = vec!["tiva", table.as_str(), "-o", result.as_str()];
        if quiet {
            arguments.push("-q");
        }
        let output = vadex(&arguments);
        let talk = stderr(&output);
        assert!(output.status.success() && !left.exists(), "{talk}");
        assert_eq!(talk.contains("note: removed"), !quiet, "{talk}");
        assert_eq!(talk.is_empty(), quiet, "{talk}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_ignored_stays_ignored_and_the_others_are_heard() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("results");
    let arguments = |to: &str| {
        ["everything", "builtin:wiod13", "--year", "2011", "--format", "csv", "-o", to].map(ToOwned::to_owned)
    };
    let ready = || files(&folder).iter().any(|path| is_temporary(path));
    let given = arguments(folder.to_str().unwrap());
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    // As a script's background work has it: Ctrl-C is for who sits at the terminal.
    let background = ["--ignore-signal=INT", "--default-signal=TERM,HUP"];
    assert_eq!(interrupted_with(&background, &given, "-TERM", ready), Some(130));
    assert!(!files(&folder).iter().any(|path| is_temporary(path)), "half-written");
    // As under `nohup`: the work goes on when the terminal is closed.
    let detached = ["--ignore-signal=HUP", "--default-signal=INT,TERM"];
    assert_eq!(interrupted_with(&detached, &given, "-HUP", ready), Some(0));
    assert!(files(&folder).len() > 20);
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_batch_leaves_no_scraps_and_goes_on_where_it_was() {
    let place = tempfile::tempdir().unwrap();
    let manifest = place.path().join("batch.toml");
    let tasks = "[[task]]\ncommand = \"tiva\"\nlevel = [\"country\", \"sector\", \"bilateral\"]\n";
    fs::write(&manifest, format!("[[table]]\npath = \"builtin:wiod13\"\nyear = \"1995-2011\"\n\n{tasks}"))
        .unwrap();
    let folder = place.path().join("results");
    let arguments = ["batch", manifest.to_str().unwrap(), "-o", folder.to_str().unwrap()];
    let data = || {
        let is_result = |path: &PathBuf| {
            path.extension().is_some_and(|e| e == "csv")
                && !path.components().any(|c| c.as_os_str() == ".vadex")
        };
        files(&folder).into_iter().filter(is_result).count()
    };
    // What counts as finished is what has its record: a file in place may still be without.
    let recorded = || !files(&folder.join(".vadex/ledger")).is_empty();
    assert_eq!(interrupted(&arguments, "-INT", recorded), Some(130));
    for place in ["tmp", "claims"] {
        let left = files(&folder.join(".vadex").join(place));
        assert!(left.is_empty(), "{place}: {left:?}");
    }
    let again = vadex(&arguments);
    assert!(again.status.success(), "{}", stderr(&again));
    assert!(!stderr(&again).contains(" 0 finished before"), "{}", stderr(&again));
    assert_eq!(data(), 51);
}

#[test]
fn a_place_that_takes_no_file_is_refused_before_the_work() {
    // Nobody writes there, not even root.
    let begun = Instant::now();
    for arguments in [
        &["tiva", "builtin:wiod13", "-o", "/proc/out.csv"][..],
        &["everything", "builtin:wiod13", "-o", "/proc/results"],
        &["import", "builtin:wiod13", "-o", "/proc/out.parquet"],
        &["install-manual", "--prefix", "/proc"],
    ] {
        let output = vadex(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            stderr(&output).contains("/proc") && stderr(&output).contains("  try: "),
            "{}",
            stderr(&output)
        );
    }
    // Four solves of 17 tables would take far longer, also on a busy machine.
    assert!(begun.elapsed() < Duration::from_secs(20), "computed first: {:?}", begun.elapsed());
}

/// The stack that is wanted for a thread is more than there are addresses: the system starts none.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[test]
fn where_no_thread_can_be_started_that_is_said() {
    let none: [&str; 0] = [];
    for threads in [&none[..], &["--threads", "1"][..]] {
        let output = Command::new(BINARY)
            .args(["tiva", &fixture("leather.csv")])
            .args(threads)
            .env("RUST_MIN_STACK", (1_u64 << 47).to_string())
            .output()
            .unwrap();
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.starts_with("error: no thread can be started: "), "{message}");
        assert!(message.contains("\n  try: ") && message.lines().count() == 2, "{message}");
    }
}

#[cfg(unix)]
#[test]
fn a_workbook_without_a_place_for_temporary_files_says_where_they_go() {
    let folder = tempfile::tempdir().unwrap();
    let table = fixture("leather.csv");
    let output = shell(&format!("TMPDIR=/nowhere vadex tiva '{table}' -o out.xlsx"), folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("/nowhere") && stderr(&output).contains("TMPDIR"),
        "{}",
        stderr(&output)
    );
    assert!(files(folder.path()).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_larger_than_is_allowed_is_refused_and_nothing_half_written_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[[table]]\npath = 'builtin:wiod13'\nyear = 2005\n\
        [[task]]\ncommand = 'decompose'\nmethod = 'wwz'\nlevel = 'bilateral'\n";
    fs::write(folder.path().join("m.toml"), manifest).unwrap();
    for (command, out) in [
        ("vadex decompose builtin:wiod13/2005 --method wwz --level bilateral -o out.csv", "out.csv"),
        ("vadex batch m.toml -o out", "decompose-wwz-bilateral/wiod13-2005.csv"),
    ] {
        // 16 blocks of 512 bytes, or of 1024 where the shell counts so: notes and records are smaller.
        let output = shell(&format!("ulimit -f 16\n{command}"), folder.path());
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(out) && message.contains("cannot be written: File too large"), "{message}");
        assert!(message.contains("ulimit -f"), "{message}");
    }
    let left: Vec<PathBuf> = files(folder.path()).into_iter().filter(|path| is_temporary(path)).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(!folder.path().join("out.csv").exists() && !folder.path().join("out/.vadex/tmp").exists());
}

#[test]
fn a_request_that_fails_leaves_no_folder_behind() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("a/b");
    let output = vadex(&[
        "everything",
        &fixture("leather.csv"),
        "--group",
        "EA=Turkey,Germny",
        "-o",
        folder.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("did you mean `Germany`?"), "{}", stderr(&output));
    assert!(!place.path().join("a").exists());
}

#[test]
fn a_wrong_word_is_answered_with_the_right_one() {
    let wiod = "builtin:wiod13/2011";
    let there = tempfile::tempdir().unwrap();
    let result = there.path().join("result.csv").display().to_string();
    let written =
        vadex(&["tiva", "builtin:wiod13", "--economy", "CHN", "--year", "2010-2011", "-o", &result]);
    assert!(written.status.success(), "{}", stderr(&written));
    for (arguments, right) in [
        (&["tiva", wiod, "--economy", "CHM"][..], "CHN"),
        (&["tiva", wiod, "--economy", "deu"], "`DEU`"),
        (&["decompose", wiod, "--method", "wwz", "--level", "bilateral", "--importer", "aut"], "`AUT`"),
        (&["decompose", wiod, "--method", "wwz", "--exporter", "DUE"], "DEU"),
        (&["decompose", wiod, "--method", "wwz", "--level", "bilateral", "--importer", "DUE"], "DEU"),
        (&["decompose", wiod, "--method", "wwz", "--level", "sector", "--sector", "c29_31t3"], "c29_31t35"),
        (&["decompose", wiod, "--method", "wzw"], "wwz"),
        (&["tiva", wiod, "--level", "sectr"], "sector"),
        (&["tiva", wiod, "--solver", "dense-l"], "dense-lu"),
        (&["tiva", wiod, "--format", "cvs"], "csv"),
        (&["tiva", wiod, "--group", "A=CHN,UAS"], "USA"),
        (&["tiva", &fixture("leather.csv"), "--from", "canonical-cvs"], "canonical-csv"),
        (&["tiva", "builtin:wiod31"], "builtin:wiod13"),
        (&["tiva", wiod, "--economi", "CHN"], "--economy"),
        (&["tivva", wiod], "tiva"),
        (&["indicators", "upstreamnes", wiod], "upstreamness"),
        (&["indicators", wiod, "--family", "positon"], "position"),
        (&["indicators", "upstreamness", wiod, "--level", "sector", "--economy", "MXE"], "MEX"),
        (&["sensitivity", wiod, "--of", "dva_shar", "--economy", "CHN"], "dva_share"),
        (&["sensitivity", wiod, "--economy", "CNH"], "CHN"),
        (
            &[
                "decompose",
                wiod,
                "--method",
                "leontief",
                "--satellite",
                "builtin:wiod13",
                "--satellite-name",
                "jbos",
            ],
            "jobs",
        ),
        (&["explain", "dva_shre"], "dva_share"),
        (&["explain", "coming-fro"], "coming-from"),
        (&["product", "iphone-4-201"], "iphone-4-2010"),
        (&["claims", "C99"], "vadex list claims"),
        (&["fetch", "exiobase3.8.2-ix"], "exiobase3.8.2-ixi"),
        (&["extract", wiod, "--economy", "CHM", "-o", "x.parquet"], "CHN"),
        (&["aggregate", wiod, "--concordance", "builtin:region", "-o", "x.parquet"], "builtin:regions"),
        (&["import-content", "builtin:wiod16-national", "--economy", "CHM"], "CHN"),
        (&["everything", wiod, "--indicator", "upstreamnes", "-o", "x"], "upstreamness"),
        (&["tiva", wiod, "--economy", "Austria"], "`AUT`"),
        (&["tiva", "wiod13/2011"], "`builtin:wiod13/2011`"),
        (&["import-content", "wiod16-national"], "`builtin:wiod16-national`"),
        (&["tiva", "builtin:wiod13/2012"], "one of these years"),
        (&["tiva", "builtin:wiod16-national"], "`builtin:wiod13`"),
        (&["import-content", "builtin:wiod13"], "`builtin:wiod16-national`"),
        (&["plot", "lines", "."], "a file in the folder"),
        (&["decompose", wiod, "--method", "wwz", "--level", "sector", "--sector", "c5"], "c4t5"),
        (&["research", wiod, "--sector", "c31", "--economy", "IRL"], "c29_31t35"),
        (&["scenario", "c23-openin"], "c23-opening"),
        (&["scenario", "c23-opening", "--economy", "CHM"], "CHN"),
        (&["upgrading", wiod, "--economy", "CHM"], "CHN"),
        (&["ownership", wiod, "--economy", "CHM"], "CHN"),
        (&["report", "-o", "x", wiod, "--claims", "none", "--economy", "CHM"], "CHN"),
        (&["plot", "waterfal", &result], "waterfall"),
        (&["plot", "lines", &result, "--value", "dva_shar"], "`dva_share`"),
        (&["plot", "lines", &result, "--select", "econmy=CHN"], "`economy`"),
        (&["plot", "lines", &result, "--select", "economy=CHM"], "`CHN`"),
        (&["plot", "lines", &result.replace(".csv", ".cvs")], "result.csv`"),
        (&["decompose", wiod, "--method", "bm_src"], "a name of exvatools: here `--method bm-source`"),
        (&["decompose", wiod, "--method", "wwz2kww"], "`--method kww`"),
        (&["everything", wiod, "--method", "my", "-o", "x"], "`--method miroudot-ye`"),
        (&["indicators", "nrca", wiod], "a name of gvc: here column `rca_content`"),
        (&["explain", "koopman"], "`kww`"),
        (&["explain", "double", "counting"], "`ddc`"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(BINARY).args(arguments).current_dir(folder.path()).output().unwrap();
        let talk = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {talk}");
        assert!(stdout(&output).is_empty(), "{arguments:?}");
        let hint: String = talk.lines().filter(|line| !line.starts_with("error:")).collect();
        assert!(hint.contains(right), "{arguments:?}: no `{right}` in {talk}");
        assert!(files(folder.path()).is_empty(), "{arguments:?} left files");
    }
    // A file that is no table is not answered with what a table may be.
    for arguments in [
        &["plot", "lines", "none.csv"][..],
        &["decompose", wiod, "--method", "vax", "--satellite", "none.csv"],
        &["functions", wiod, "--occupations", "none.csv"],
    ] {
        let talk = stderr(&vadex(arguments));
        assert!(
            talk.contains("none.csv: no such file\n") && !talk.contains("builtin"),
            "{arguments:?}: {talk}"
        );
    }
    // The year that is missing is the table's, not the account's.
    let account = stderr(&vadex(&["product", "iphone-4-2010", "--table", "builtin:wiod13/2030"]));
    assert!(account.contains("no table for 2030") && account.contains("1995-2011"), "{account}");
    let spoken = vadex(&["explain", "value", "added"]);
    assert_eq!(stdout(&spoken), stdout(&vadex(&["explain", "value_added"])));
    let year = stderr(&vadex(&["tiva", "builtin:wiod13", "--year", "2012"]));
    assert!(year.contains("2011"), "a year that there is not is answered with those that there are: {year}");
}

#[test]
fn the_header_of_every_result_tells_unit_and_conventions() {
    let table = fixture("leather.csv");
    for arguments in [
        &["tiva", &table][..],
        &["decompose", &table, "--method", "kww"],
        &["indicators", "gvc-income", &table],
        &["sensitivity", &table, "--economy", "Turkey"],
    ] {
        let output = vadex(arguments);
        let talk = stderr(&output);
        assert!(talk.contains("unit: "), "{arguments:?}: {talk}");
        assert!(talk.contains("gross output = ") && talk.contains("value added = "), "{arguments:?}: {talk}");
    }
    // What a table tells in thousands of millions is told in billions.
    for (format, unit) in [("table", "amounts in billion USD"), ("markdown", "million USD")] {
        let page = stdout(&vadex(&["tiva", "builtin:wiod13/2011", "--economy", "CHN", "--format", format]));
        assert!(page.contains(&format!("{unit}, current prices")), "{format}: {page}");
        assert!(
            page.contains("gross output = row sum") && page.contains("value added = output"),
            "{format}: {page}"
        );
    }
}

#[test]
fn purchases_that_no_result_has_and_taxes_that_nobody_knows_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    // Industry A.y buys 6 of 40 and has no output of its own.
    let (table, known) = (path("table.csv"), path("known.csv"));
    let lines = "A.x,10,2,5,20,3\nA.y,0,0,0,0,0\nB.x,4,4,15,2,30\nVA,20,1,30,,\n";
    fs::write(&table, format!("row,A.x,A.y,B.x,A.FD,B.FD\n{lines}LEVY,6,0,5,,\n")).unwrap();
    fs::write(&known, format!("row,A.x,A.y,B.x,A.FD,B.FD\n{lines}TLS,6,0,5,,\n")).unwrap();
    let told = stderr(&vadex(&["tiva", &table]));
    assert!(told.contains("industries without output buy 6"), "{told}");
    assert!(told.contains("15.00 % of all inputs"), "{told}");
    let with_taxes = |table: &str| vadex(&["tiva", table, "--value-added", "published-plus-taxes"]);
    let words = "no row is known to be taxes or margins";
    let told = stderr(&with_taxes(&table));
    assert!(told.contains(words) && told.contains("LEVY"), "{told}");
    assert!(!stderr(&with_taxes(&known)).contains(words));
    assert!(!stderr(&vadex(&["tiva", &table])).contains(words));
    assert!(!stderr(&vadex(&["tiva", &fixture("leather.csv")])).contains("industries without output"));
}

#[test]
fn one_command_installs_manual_and_completions() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = folder.path().to_str().unwrap();
    for _ in 0..2 {
        let output = vadex(&["install-manual", "--prefix", prefix]);
        assert!(output.status.success(), "{}", stderr(&output));
        let pages = files(&folder.path().join("share/man/man1"));
        assert_eq!(pages.len(), commands().len() + 1, "a page a command and one for all: {pages:?}");
        let page = fs::read_to_string(folder.path().join("share/man/man1/vadex-tiva.1")).unwrap();
        assert!(page.starts_with(".ie") && page.contains("Trade in value added"), "{page}");
        for place in [
            "share/bash-completion/completions/vadex",
            "share/zsh/site-functions/_vadex",
            "share/fish/vendor_completions.d/vadex.fish",
        ] {
            let script = fs::read_to_string(folder.path().join(place)).unwrap();
            assert!(script.contains("import-content"), "{place}");
        }
        assert_eq!(files(folder.path()).len(), pages.len() + 3, "nothing else");
    }
}

/// A command that is refused: status 2, nothing on standard output, these words on standard error.
#[track_caller]
fn is_refused(arguments: &[&str], words: &[&str]) {
    let output = vadex(arguments);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
    assert!(stdout(&output).is_empty(), "{arguments:?}");
    for word in words {
        assert!(told.contains(word), "`{word}` is missing from {told}");
    }
}

#[test]
fn what_has_no_answer_is_said_and_not_computed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (alone, out) = (path("alone_2005.csv"), path("out"));
    std::fs::write(&alone, "row,A.x,A.y,A.C\nA.x,1,2,9\nA.y,2,1,5\n").unwrap();
    is_refused(&["report", &alone, "-o", &out, "--claims", "none"], &["no economy exports anything"]);
    let edge = fixture("edge.csv");
    let parquet = path("out.parquet");
    is_refused(
        &["aggregate", &edge, "--concordance", "builtin:regions", "-o", &parquet],
        &["none of the table's labels"],
    );
    is_refused(&["fold", &edge, "--group", "G=AAA,AAA", "-o", &parquet], &["each economy once"]);
    is_refused(&["plot", "sankey", "x.csv", "--top", "0"], &["--top"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was left behind");
    // A map that knows nobody does not say that there is no South.
    let south = stdout(&vadex(&["indicators", "south-south", &edge]));
    let mut lines = south.lines();
    assert!(lines.next().unwrap().ends_with("vax_south,vax_south_share,south_south_share"), "{south}");
    assert!(lines.all(|line| line.ends_with(",,,")), "{south}");
    // All economies in one have nobody to export to.
    let all = vadex(&["fold", &edge, "--group", "W=AAA,BBB,CCC,DDD", "-o", &parquet]);
    assert_eq!(all.status.code(), Some(0), "{}", stderr(&all));
    assert!(stderr(&all).contains("nobody is left to export to"), "{}", stderr(&all));
}

#[test]
fn figures_that_were_traced_are_a_source_and_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let leather = fixture("leather.csv");
    let text = std::fs::read_to_string(&leather).unwrap();
    let mut jobs = String::from("economy,sector,value,unit\n");
    for label in text.lines().skip(1).filter_map(|line| line.split(',').next()) {
        if let Some((economy, sector)) = label.split_once('.') {
            jobs.push_str(&format!("{economy},{sector},5,persons\n"));
        }
    }
    let (file, out) = (path("jobs.csv"), path("out.csv"));
    std::fs::write(&file, jobs).unwrap();
    let output = vadex(&["decompose", &leather, "--method", "bm-source", "--satellite", &file, "-o", &out]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("bm-source: 1 table; unit: persons"), "{}", stderr(&output));
    let notes = std::fs::read_to_string(format!("{out}.notes.json")).unwrap();
    let notes: serde_json::Value = serde_json::from_str(&notes).unwrap();
    let source = &notes["sources"][1];
    assert_eq!(source["importer"], "satellite");
    assert_eq!(source["sha256"], vadex::load::sha256_of_file(file.as_ref()).unwrap().as_str());
}
