//! The memory of commands that make tables and reports: told before it is taken, refused where there is less, and near what the
//! binary takes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use vadex::kernel::stored::Storage;
use vadex::model::memory::{Rewrite, TableSize, Written};

use super::support::{data_dir, fixture, open, stderr, stdout, vadex};

const TABLE: &str = "builtin:wiod13/2005";

/// A command on a table, and what its messages call it.
struct Work {
    name: &'static str,
    arguments: Vec<String>,
    /// What it writes, when that is a file.
    file: Option<String>,
}

/// Every command that reads a table and works on it, on one table.
fn works(table: &str, year: &str, folder: &Path) -> Vec<Work> {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (names, prices) = (path("names.csv"), path("prices.csv"));
    fs::write(&names, "old,new\nDEU,Germany\n").unwrap();
    fs::write(&prices, format!("year,index\n2000,100\n{year},110\n")).unwrap();
    let work = |name: &'static str, file: Option<&str>, more: &[&str]| {
        let file = file.map(path);
        let mut arguments = vec![name.to_owned(), table.to_owned(), "--year".to_owned(), year.to_owned()];
        arguments.extend(more.iter().map(|word| (*word).to_owned()));
        arguments.extend(file.iter().flat_map(|file| ["-o".to_owned(), file.clone()]));
        Work { name, arguments, file }
    };
    let keep = ["--rows-from", "keep", "--columns-from", "keep"];
    let group = ["--group", "EU=DEU,FRA"];
    vec![
        work("tiva", None, &[]),
        work("check", None, &[]),
        work("import", Some("table.csv"), &[]),
        work("import", Some("table.parquet"), &[]),
        work("rename", Some("renamed.parquet"), &["--economies", &names]),
        work("extract", Some("three.parquet"), &["--economy", "CHN,DEU"]),
        work("balance", Some("balanced.parquet"), &keep),
        work("deflate", Some("real.parquet"), &["--prices", &prices, "--base", "2000"]),
        work("fold", Some("folded.parquet"), &group),
        work("fold", Some("plain.parquet"), &[group[0], group[1], "--no-effect"]),
        work("report", Some("report"), &["--claims", "none", "--product", "none"]),
    ]
}

fn run(work: &Work, more: &[&str]) -> std::process::Output {
    let mut arguments: Vec<&str> = work.arguments.iter().map(String::as_str).collect();
    arguments.extend(more);
    vadex(&arguments)
}

/// The number between two texts.
#[track_caller]
fn between(text: &str, before: &str, after: &str) -> u64 {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no `{before}` in: {text}")).1;
    let number = rest.split_once(after).unwrap_or_else(|| panic!("no `{after}` in: {text}")).0;
    number.parse().unwrap_or_else(|error| panic!("`{number}`: {error} in: {text}"))
}

#[test]
fn what_makes_a_table_is_refused_with_the_number_and_admitted_with_it() {
    let folder = tempfile::tempdir().unwrap();
    for work in works("builtin:wiod13", "2005", folder.path()) {
        // Enough to read the table.
        let refused = run(&work, &["--memory", "51MB"]);
        let message = stderr(&refused);
        let name = work.name;
        assert_eq!((refused.status.code(), stdout(&refused)), (Some(2), String::new()), "{name}: {message}");
        let size = format!("{name}: 820 rows, 41 economies");
        for part in [size.as_str(), "51 MB are allowed by --memory", "a larger --memory"] {
            assert!(message.contains(part), "{name}: `{part}` is not in {message}");
        }
        if let Some(file) = &work.file {
            assert!(!Path::new(file).exists(), "{name}: {file} was written");
        }
        let needed = between(&message, "needs about ", " MB of memory at its peak");
        let enough = format!("{}MB", needed + 1);
        let done = run(&work, &["--memory", &enough, "-v"]);
        let talk = stderr(&done);
        assert_ne!(done.status.code(), Some(2), "{:?}: {talk}", work.arguments);
        let told = format!(
            "memory: {name} on 820 rows (dense, double precision) takes about {needed} MB at its peak, {} MB are allowed by --memory",
            needed + 1
        );
        assert!(talk.contains(&told), "`{told}` is not in {talk}");
        if let Some(file) = &work.file {
            assert!(Path::new(file).exists(), "{name}: {file} was not written");
        }
    }
}

#[test]
fn what_takes_less_is_offered_where_it_fits() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("folded.parquet");
    let fold = |more: &[&str]| {
        let start = ["fold", TABLE, "--group", "EU=DEU,FRA", "-o", out.to_str().unwrap()];
        vadex(&[&start[..], more].concat())
    };
    let refused = stderr(&fold(&["--memory", "51MB"]));
    assert!(!refused.contains("--no-effect"), "{refused}");
    let needed = between(&refused, "needs about ", " MB of memory at its peak");
    let refused = stderr(&fold(&["--memory", &format!("{}MB", needed - 1)]));
    let less = between(&refused, "`--no-effect` (about ", " MB)");
    assert!(less < needed, "{refused}");
    let done = fold(&["--no-effect", "--memory", &format!("{}MB", less + 1)]);
    assert!(done.status.success(), "{}", stderr(&done));
    // The table is to be made smaller: nobody is told to do so.
    let smaller = |command: &str, option: &str, value: &str| {
        let out = folder.path().join("smaller.parquet");
        let memory = ["--memory", "51MB"];
        let start = [command, TABLE, option, value, "-o", out.to_str().unwrap()];
        stderr(&vadex(&[&start[..], &memory].concat()))
    };
    for message in
        [smaller("aggregate", "--concordance", "builtin:regions"), smaller("extract", "--economy", "CHN,DEU")]
    {
        assert!(message.contains("51 MB are allowed by --memory"), "{message}");
        assert!(!message.contains("vadex aggregate"), "{message}");
    }
}

#[test]
fn years_that_wait_for_each_other_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("panel.parquet");
    let import = |memory: &str| {
        let start = ["import", "builtin:wiod13", "--year", "2004-2005", "-o", out.to_str().unwrap()];
        vadex(&[&start[..], &["-v", "--memory", memory]].concat())
    };
    let refused = stderr(&import("51MB"));
    assert!(refused.contains("import: 820 rows") && refused.contains("51 MB are allowed"), "{refused}");
    // The first table can be collected, but the file cannot be made.
    let one = between(&refused, "needs about ", " MB of memory at its peak");
    let refused = stderr(&import(&format!("{}MB", one + 1)));
    let all = between(&refused, "2 tables in one file take about ", " MB of memory");
    assert!(all > one && !out.exists(), "{refused}");
    // The second year has some cells more than the first.
    let done = import(&format!("{}MB", all + 2));
    let talk = stderr(&done);
    assert!(done.status.success(), "{talk}");
    let told = format!(
        "memory: import, 2 tables in one file, on 820 rows (dense, double precision) takes about {all} MB"
    );
    assert!(talk.contains(&told), "`{told}` is not in {talk}");
    // The second one comes while the first one waits.
    let peaks: Vec<&str> =
        talk.lines().filter(|line| line.starts_with("memory: import on 820 rows")).collect();
    let peak = |line: &str| between(line, "takes about ", " MB at its peak");
    assert!(peaks.len() == 2 && peak(peaks[1]) > peak(peaks[0]), "{talk}");
}

#[test]
fn national_tables_in_one_file_are_compared_with_what_may_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let (names, out) = (folder.path().join("names.csv"), folder.path().join("national.parquet"));
    fs::write(&names, "old,new\nCHN,China\n").unwrap();
    let rename = |memory: &str| {
        let start = ["rename", "builtin:wiod16-national", "--year", "2013-2014", "--economies"];
        let rest = [names.to_str().unwrap(), "-o", out.to_str().unwrap(), "-v", "--memory", memory];
        vadex(&[&start[..], &rest].concat())
    };
    let refused = rename("53MB");
    let message = stderr(&refused);
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(message.contains("rename of national tables, 2 years in one file,"), "{message}");
    assert!(message.contains("53 MB are allowed by --memory"), "{message}");
    assert!(!out.exists());
    let needed = between(&message, "needs about ", " MB of memory at its peak");
    let done = rename(&format!("{}MB", needed + 1));
    let talk = stderr(&done);
    assert!(done.status.success(), "{talk}");
    assert!(talk.contains(&format!("in one file, takes about {needed} MB at its peak")), "{talk}");
}

#[test]
fn a_report_is_admitted_with_its_claims_or_told_to_leave_them_out() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    // One year of figures; the claims are tested on all seventeen.
    let report = |claims: &str, memory: &str| {
        let start = ["report", "builtin:wiod13", "--year", "2011", "--product", "none", "-o"];
        vadex(&[&start[..], &[out.to_str().unwrap(), "--claims", claims, "--memory", memory]].concat())
    };
    let own = stderr(&report("C8", "51MB"));
    assert!(own.contains("report: 820 rows"), "{own}");
    // It takes no --store and no --level.
    assert!(!own.contains("--store") && !own.contains("--level"), "{own}");
    let needed = between(&own, "needs about ", " MB of memory at its peak");
    let enough = format!("{}MB", needed + 1);
    let refused = report("C8", &enough);
    let message = stderr(&refused);
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(message.contains("report with claims: 820 rows"), "{message}");
    assert!(message.contains(&format!("`--claims none` (about {needed} MB)")), "{message}");
    assert!(!out.exists());
    let done = report("none", &enough);
    assert!(done.status.success(), "{}", stderr(&done));
}

#[test]
fn the_results_of_a_report_stand_beside_its_claims() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    // Enough for the figures, not for the claims on seventeen years.
    let needed = |economies: &str| {
        let start = ["report", "builtin:wiod13", "--year", "2011", "--product", "none", "--claims", "C8"];
        let rest = ["--economy", economies, "--memory", "125MB", "-o", out.to_str().unwrap()];
        let message = stderr(&vadex(&[&start[..], &rest].concat()));
        assert!(message.contains("report with claims: 820 rows"), "{message}");
        between(&message, "needs about ", " MB of memory at its peak")
    };
    // The pages of 41 economies are kept while the claims are tested: a quarter of a megabyte each.
    let (none, all) = (needed("none"), needed("all"));
    assert!(all >= none + 10, "{none} {all}");
}

#[test]
fn claims_on_a_larger_second_input_are_refused_before_any_figure_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let (small, out) = (folder.path().join("2005.csv"), folder.path().join("out"));
    fs::copy(fixture("leather.csv"), &small).unwrap();
    let start = ["report", small.to_str().unwrap(), "builtin:wiod13", "--claims", "C8", "--memory", "100MB"];
    let refused = vadex(&[&start[..], &["-o", out.to_str().unwrap()]].concat());
    let message = stderr(&refused);
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(message.contains("report with claims on builtin:wiod13/1995: 820 rows"), "{message}");
    assert!(message.contains("`--claims none` (about 5") && !out.exists(), "{message}");
}

#[test]
fn a_sparse_table_is_told_to_go_to_parquet_whatever_memory_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let (list, out) = (folder.path().join("net.csv"), folder.path().join("wide.csv"));
    let import = |firms: usize| {
        let lines: String = (0..firms).map(|firm| format!("f{firm},FINAL,1\n")).collect();
        fs::write(&list, format!("seller,buyer,value\n{lines}")).unwrap();
        let start = ["import", list.to_str().unwrap(), "-o", out.to_str().unwrap(), "--memory", "1GB"];
        let refused = vadex(&start);
        assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
        assert!(!out.exists());
        stderr(&refused)
    };
    // So many columns are in no case written: more memory would not help.
    let message = import(30_000);
    assert!(message.contains("a sparse table of 30000 rows as CSV"), "{message}");
    assert!(message.contains("name the output .parquet") && !message.contains("--memory"), "{message}");
    let message = import(15_000);
    assert!(message.contains("import: 15000 rows") && message.contains("1.0 GB are allowed"), "{message}");
    assert!(message.contains("an output named .parquet, which holds"), "{message}");
}

#[test]
fn the_memory_that_is_stated_holds_for_the_embedded_table_of_a_product() {
    let folder = tempfile::tempdir().unwrap();
    let leather = fixture("leather.csv");
    let report = |memory: &str| {
        let out = folder.path().join(format!("out-{memory}"));
        vadex(&["report", &leather, "--claims", "none", "-o", out.to_str().unwrap(), "--memory", memory])
    };
    // Enough for three economies, not for the table of 820 rows.
    let refused = report("54MB");
    let message = stderr(&refused);
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(message.contains("the product: 820 rows") && message.contains("54 MB are allowed"), "{message}");
    assert!(message.contains("`--product none` (about 5"), "{message}");
    let done = report("100MB");
    assert!(done.status.success(), "{}", stderr(&done));
}

#[test]
fn the_size_of_a_table_is_what_its_arrays_take() {
    let table = open(TABLE);
    let size = TableSize::of(&table);
    assert_eq!((size.rows, size.economies, size.categories), (820, 41, 5));
    let below = table.primary_rows().len() + usize::from(table.published_output().is_some());
    assert_eq!((size.below, size.storage), (below, Storage::Double));
    assert_eq!(size.non_zeros, table.intermediate_use().non_zeros());
    let arrays = (table.intermediate_use().bytes() + 8 * table.final_demand().len()) as u64;
    assert!((arrays..arrays + arrays / 10).contains(&size.bytes()), "{} {arrays}", size.bytes());
    // More is needed where more stands beside each other.
    let peak = |rewrite: Rewrite| rewrite.peak(Written::Parquet, 0);
    assert!(peak(Rewrite::unchanged(size)) <= peak(Rewrite::renaming(size)));
    assert!(peak(Rewrite::renaming(size)) < peak(Rewrite::balancing(size, 0)));
    assert!(peak(Rewrite::folding(size, 820, 41)) < peak(Rewrite::folding_with_effect(size, 820, 41)));
}

/// What the real binary held at most, in bytes, and what it said on standard error.
struct Peak {
    /// Memory that no file stands behind, looked at every millisecond.
    private: u64,
    /// The same with pages of the program and of mapped files, of which the system keeps count.
    whole: u64,
    said: String,
}

/// Runs the binary with two threads, which have memory of their own.
fn peak_of(arguments: &[&str], folder: &Path) -> Peak {
    let talk = folder.join("talk.txt");
    let mut child = Command::new(env!("CARGO_BIN_EXE_vadex"))
        .args(arguments)
        .args(["-v", "--memory", "1234MB", "--threads", "2"])
        .env("POLARS_MAX_THREADS", "2")
        .stdout(Stdio::null())
        // A pipe that nobody reads would hold it up.
        .stderr(fs::File::create(&talk).expect("a file for its talk"))
        .spawn()
        .expect("the binary runs");
    let status = format!("/proc/{}/status", child.id());
    let (mut private, mut whole) = (0, 0);
    while child.try_wait().expect("the child can be waited for").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let bytes = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) << 10
        };
        (private, whole) = (private.max(bytes("RssAnon:")), whole.max(bytes("VmHWM:")));
        std::thread::sleep(Duration::from_millis(1));
    }
    Peak { private, whole, said: fs::read_to_string(&talk).expect("its talk is text") }
}

impl Peak {
    /// What it said that it would take.
    #[track_caller]
    fn predicted(&self) -> f64 {
        between(&self.said, "takes about ", " MB at its peak") as f64 * 1e6
    }
}

/// Can the peak of a process be told from its arrays?
fn is_told_by_the_system() -> bool {
    if !cfg!(target_os = "linux") {
        println!("skipped: the peak of a process is read from /proc");
        return false;
    }
    let pages = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").unwrap_or_default();
    if pages.contains("[always]") {
        println!("skipped: every page is a large one, whatever is asked for");
        return false;
    }
    true
}

/// Large pages, which are asked for arrays of some megabytes: one page an array is not full.
const LARGE_PAGES: f64 = 4.0 * 2_097_152.0;

#[test]
fn no_command_takes_more_memory_than_it_tells() {
    if !is_told_by_the_system() {
        return;
    }
    let full = data_dir("no_command_takes_more_memory_than_it_tells");
    let full = full.map(|folder| folder.join("wiod2013_int").display().to_string());
    for table in ["builtin:wiod13"].into_iter().chain(full.as_deref()) {
        let folder = tempfile::tempdir().unwrap();
        for work in works(table, "2005", folder.path()) {
            let arguments: Vec<&str> = work.arguments.iter().map(String::as_str).collect();
            let peak = peak_of(&arguments, folder.path());
            let (measured, predicted) = (peak.private as f64, peak.predicted());
            assert!(
                measured <= predicted + LARGE_PAGES,
                "{arguments:?}: predicted {predicted}, measured {measured} bytes"
            );
        }
    }
}

/// Writes a table whose cells are single digits: large in memory, and soon read.
fn write_digits(path: &Path, economies: usize, sectors: usize) {
    let rows = economies * sectors;
    let label = |row: usize| format!("E{:02}.s{:02}", row / sectors, row % sectors);
    let mut text = String::with_capacity(2 * rows * (rows + economies) + 32 * rows);
    text.push_str("row");
    (0..rows).for_each(|row| text.push_str(&format!(",{}", label(row))));
    (0..economies).for_each(|economy| text.push_str(&format!(",E{economy:02}.FD")));
    for row in 0..rows {
        text.push_str(&format!("\n{}", label(row)));
        for column in 0..rows {
            text.push_str([",1", ",2", ",3", ",4", ",5", ",6", ",7"][(5 * row + 3 * column) % 7]);
        }
        (0..economies).for_each(|at| text.push_str(if at == row / sectors { ",90000" } else { ",1" }));
    }
    text.push('\n');
    fs::write(path, text).unwrap();
}

#[test]
fn the_memory_that_is_told_is_near_what_a_table_of_some_thousand_rows_takes() {
    if !is_told_by_the_system() {
        return;
    }
    // Of what stands beside the smallest table; a table too many is half as much again.
    const FACTOR: f64 = 1.3;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (table, file, smallest) = (path("2005.csv"), path("made.parquet"), fixture("leather.csv"));
    let (table, file) = (table.as_str(), file.as_str());
    write_digits(Path::new(table), 60, 50);
    let nothing = peak_of(&["check", smallest.as_str()], folder.path());
    for arguments in [
        &["check", table][..],
        &["import", table, "-o", file],
        &["balance", table, "--rows-from", "keep", "--columns-from", "keep", "-o", file],
    ] {
        let peak = peak_of(arguments, folder.path());
        let (measured, predicted) = (peak.private as f64, peak.predicted());
        let what = format!("{arguments:?}: predicted {predicted}, measured {measured} bytes");
        assert!(measured <= predicted + LARGE_PAGES, "{what}");
        // The system misses no moment, but counts pages of files as well.
        let grown = (measured - nothing.private as f64).max(peak.whole as f64 - nothing.whole as f64);
        let told = predicted - nothing.predicted();
        assert!(told <= FACTOR * grown, "{what}, {grown} more than of nothing: work that fits is refused");
    }
}
