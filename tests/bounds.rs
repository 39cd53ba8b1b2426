//! Bounds that are told: the memory of commands that make tables and reports, what reaches the claims of a report, how
//! exactly a dominant vector is met.

use std::fs;
use std::path::Path;

use vadex::indicators::{Request, find_indicator};
use vadex::kernel::stored::Storage;
use vadex::level::Level;
use vadex::model::memory::{Rewrite, TableSize, Written};
use vadex::report::notes_path;

use super::support::{data_dir, model, open, stderr, stdout, vadex};

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
            "memory: {name} on 820 rows (dense, double precision) takes about {needed} MB at its peak, {} MB may be used",
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
    let refused = rename("51MB");
    let message = stderr(&refused);
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(message.contains("rename of national tables, 2 years in one file,"), "{message}");
    assert!(message.contains("51 MB are allowed by --memory"), "{message}");
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
fn the_memory_that_is_stated_holds_for_the_embedded_table_of_a_product() {
    let folder = tempfile::tempdir().unwrap();
    let leather = super::support::fixture("leather.csv");
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
fn options_of_a_report_reach_its_claims_or_the_notes_say_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let report = |more: &[&str]| {
        let start = ["report", "builtin:wiod13/2011", "--claims", "C8", "-o", out.to_str().unwrap()];
        let output = vadex(&[&start[..], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        let notes = fs::read_to_string(notes_path(&out.join("data/claims.csv"))).unwrap();
        (stderr(&output), notes, fs::read_to_string(out.join("report.html")).unwrap())
    };
    let (talk, notes, page) = report(&[]);
    for text in [&talk, &notes, &page] {
        assert!(!text.contains("does not reach") && !text.contains("claims solve by"), "{talk}\n{notes}");
    }
    let group = ["--group", "EU=DEU,FRA"];
    let options = ["--solver", "dense-inverse", "--gross-output", "published"];
    let (talk, notes, page) = report(&[&options[..], &group].concat());
    // The solver reaches them; economies and conventions are their own.
    assert!(notes.contains("claims solve by dense-inverse, as asked for"), "{notes}");
    for words in ["--group EU=DEU,FRA does not reach them", "--gross-output published does not reach them"] {
        assert!(talk.contains(words), "`{words}` is not in {talk}");
        assert!(notes.contains(words), "`{words}` is not in {notes}");
        assert!(page.contains(words), "`{words}` is not on the page");
    }
    let conventions = fs::read_to_string(out.join("data/conventions.csv")).unwrap();
    assert_eq!(conventions.matches("--group EU=DEU,FRA does not reach them").count(), 1, "{conventions}");
    // The table has not the year of the product, which is traced through another one.
    assert!(talk.contains("traced through builtin:wiod13/2010 as that comes"), "{talk}");
    // A command that is said to give the same numbers takes the same options.
    let command =
        "vadex tiva builtin:wiod13/2011 --gross-output published --solver dense-inverse --group EU=DEU,FRA";
    assert!(page.contains(command), "no `{command}`");
}

#[test]
fn claims_are_solved_by_the_solver_that_is_named() {
    use vadex::claims::ClaimData;
    use vadex::load::ReadOptions;

    let solver_of = |solver: Option<&str>| {
        let options = ReadOptions::default();
        let data =
            ClaimData::open_solved_by(&[TABLE.to_owned()], None, &options, solver, &mut |_| ()).unwrap();
        data.series[0].last.as_ref().unwrap().model.system().solver()
    };
    assert_eq!(solver_of(Some("dense-pivoted")), "dense-pivoted");
    assert_ne!(solver_of(None), "dense-pivoted");
    let options = ReadOptions::default();
    let unknown =
        ClaimData::open_solved_by(&[TABLE.to_owned()], None, &options, Some("dense-lux"), &mut |_| ());
    assert!(unknown.unwrap_err().to_string().contains("dense-lux"));
}

#[test]
fn a_dominant_vector_tells_how_exactly_it_is_met() {
    /// What counts as found: rounding of a product, with room.
    const FOUND: f64 = 1e-13;
    let model = model(&open(TABLE));
    model.system().take_worst_residual();
    let reading =
        find_indicator("eigenvector").unwrap().run(&model, Level::Sector, &Request::default()).unwrap();
    let told = model.system().worst_residual();
    assert!(told > 0.0 && told < FOUND, "{told:e}");
    // By hand: q'A against λ q', in the 1-norm, relative to λ q'.
    let q = reading.frame.numbers("bl_eigen").unwrap();
    let coefficients = model.system().input_coefficients();
    let mut pulled = vec![0.0; q.len()];
    coefficients.for_each(|i, j, a| pulled[j] += q[i] * a);
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let eigenvalue = sum(&pulled) / sum(q);
    let missed: f64 = pulled.iter().zip(q).map(|(pulled, q)| (pulled - eigenvalue * q).abs()).sum();
    let residual = missed / (eigenvalue * sum(q));
    assert!(residual < 2.0 * FOUND, "{residual:e}");
    // The notes of the command have it, and say what it is.
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("eigen.csv");
    let output = vadex(&["indicators", "eigenvector", TABLE, "-o", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let notes: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(notes_path(&out)).unwrap()).unwrap();
    let noted = notes["worst_residual"].as_f64().unwrap();
    assert!(noted > 0.0 && noted < FOUND, "{noted:e}");
    assert!(stderr(&output).contains("takes in that of every vector"), "{}", stderr(&output));
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

/// Most memory that the real binary asked for, in bytes, without pages of the program and of mapped files, and what it said
/// on standard error.
fn peak_of(arguments: &[String]) -> (u64, String) {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_vadex"))
        .args(arguments)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("the child can be waited for").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = kibibytes.map_or(peak, |kibibytes| peak.max(kibibytes << 10));
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().expect("piped"), &mut said).expect("text");
    (peak, said)
}

#[test]
fn the_memory_that_is_told_is_near_what_the_binary_takes() {
    if !cfg!(target_os = "linux") {
        println!("skipped: the peak of a process is read from /proc");
        return;
    }
    // What the prediction counts for everything small, the program's own pages among it.
    const SMALL: f64 = 48e6;
    // Not every array of the prediction stands at the same moment as every other.
    const FACTOR: f64 = 2.0;
    let full = data_dir("the_memory_that_is_told_is_near_what_the_binary_takes");
    let full = full.map(|folder| folder.join("wiod2013_int").display().to_string());
    for table in ["builtin:wiod13"].into_iter().chain(full.as_deref()) {
        let folder = tempfile::tempdir().unwrap();
        for work in works(table, "2005", folder.path()) {
            let more = ["-v", "--memory", "1234MB"].map(str::to_owned);
            let (measured, said) = peak_of(&[work.arguments.clone(), more.to_vec()].concat());
            let predicted = between(&said, "takes about ", " MB at its peak") as f64 * 1e6;
            let measured = measured as f64;
            let what = format!("{:?}: predicted {predicted}, measured {measured} bytes", work.arguments);
            assert!(measured <= predicted, "{what}");
            assert!(predicted <= FACTOR * measured + SMALL, "{what}: work that fits is refused");
        }
    }
}
