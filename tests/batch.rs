//! Batches: the bytes of the commands, resuming after any kind of end, parts that make the whole, errors with their place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use vadex::analysis::{Analysis, DecomposeAnalysis, Preparation, TivaAnalysis};
use vadex::decompose::METHODS;
use vadex::level::Level;
use vadex::table::IcioTable;

use super::support::{fixture, stderr, stdout, vadex};
use super::synthetic;

/// A folder with a manifest in it.
pub(super) struct Study {
    pub(super) folder: tempfile::TempDir,
}

impl Study {
    pub(super) fn new(manifest: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("m.toml"), manifest).unwrap();
        Self { folder }
    }

    /// The same with three small tables of the years 2000 to 2002 in `tables/`.
    pub(super) fn with_tables(manifest: &str) -> Self {
        let study = Self::new(manifest);
        fs::create_dir(study.path("tables")).unwrap();
        let text = fs::read_to_string(fixture("leather.csv")).unwrap();
        for (year, flow) in [(2000, "1.1,"), (2001, "1.2,"), (2002, "1.3,")] {
            let changed = text.replacen("Turkey.Agriculture,1.1,", &format!("Turkey.Agriculture,{flow}"), 1);
            fs::write(study.path(&format!("tables/{year}.csv")), changed).unwrap();
        }
        study
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(super) fn run(&self, out: &str, more: &[&str]) -> std::process::Output {
        let (manifest, out) = (self.text("m.toml"), self.text(out));
        let mut arguments = vec!["batch", &manifest, "-o", &out];
        arguments.extend(more);
        vadex(&arguments)
    }

    #[track_caller]
    pub(super) fn succeeds(&self, out: &str, more: &[&str]) {
        let output = self.run(out, more);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).is_empty(), "standard output must stay empty");
    }

    /// How the last whole run went: computed, finished before.
    pub(super) fn counts(&self, out: &str) -> (u64, u64) {
        let log = json(&self.path(out).join(".vadex/log/run.json"));
        (log["computed"].as_u64().unwrap(), log["skipped"].as_u64().unwrap())
    }
}

pub(super) fn json(path: &Path) -> serde_json::Value {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap()
}

/// Every file of an output folder outside of `.vadex/log`, by its path.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found.retain(|name, _| !name.starts_with(".vadex/log/"));
    found
}

#[track_caller]
pub(super) fn same_contents(found: &Path, expected: &Path) {
    let (found, expected) = (contents(found), contents(expected));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected));
    for (name, bytes) in &found {
        assert!(*bytes == expected[name], "{name} differs");
    }
}

const SMALL: &str = "[output]\nformat = ['csv', 'parquet']\n[[table]]\npath = 'tables'\nname = 'leather'\n\
    [[task]]\ncommand = 'tiva'\nlevel = ['country', 'sector']\n\
    [[task]]\ncommand = 'decompose'\nmethod = ['wwz', 'bm-source']\nlevel = 'bilateral'\n\
    [[task]]\ncommand = 'indicators'\nfamily = 'position'\nlevel = 'sector'\n";

#[test]
fn a_batch_writes_the_bytes_of_the_commands() {
    let study = Study::new(
        "[output]\nformat = ['csv', 'parquet', 'json']\n\
         [[table]]\npath = 'builtin:wiod13'\nyear = [2009, '2010-2011']\n\
         [[table]]\npath = 'builtin:wiod16-national'\nyear = 2011\n\
         [[satellite]]\npath = 'builtin:wiod13'\naccount = 'jobs'\n\
         [[task]]\ncommand = 'tiva'\nlevel = ['country', 'bilateral']\neconomy = ['CHN', 'MEX']\n\
         [[task]]\ncommand = 'decompose'\nmethod = ['leontief', 'kww', 'bm-sink']\nsatellite = ['value-added', 'jobs']\n\
         [[task]]\ncommand = 'decompose'\nmethod = 'wwz'\nlevel = 'bilateral'\nexporter = 'CHN'\nby = 'origin'\ntidy = true\n\
         [[task]]\ncommand = 'indicators'\nindicator = 'upstreamness'\nlevel = 'sector'\n\
         [[task]]\ncommand = 'indicators'\nfamily = ['participation', 'position']\n\
         [[task]]\ncommand = 'import-content'\nsectors = true\neconomy = 'MEX'\n",
    );
    study.succeeds("out", &[]);
    let wiod = "builtin:wiod13 --year 2011";
    let jobs = "--satellite builtin:wiod13 --satellite-name jobs";
    for (file, command) in [
        ("tiva-country/wiod13-2011", format!("tiva {wiod} --economy CHN,MEX")),
        ("tiva-bilateral/wiod13-2011", format!("tiva {wiod} --economy CHN,MEX --level bilateral")),
        ("decompose-leontief-country/wiod13-2011", format!("decompose {wiod} --method leontief")),
        ("decompose-kww-country-jobs/wiod13-2011", format!("decompose {wiod} --method kww {jobs}")),
        ("decompose-bm-sink-country/wiod13-2011", format!("decompose {wiod} --method bm-sink")),
        (
            "decompose-wwz-bilateral-by-origin-tidy/wiod13-2011",
            format!("decompose {wiod} --method wwz --level bilateral --exporter CHN --by origin --tidy"),
        ),
        (
            "indicators-upstreamness-sector/wiod13-2011",
            format!("indicators upstreamness {wiod} --level sector"),
        ),
        ("indicators-position-country/wiod13-2011", format!("indicators --family position {wiod}")),
        (
            "import-content-sectors/wiod16-national",
            "import-content builtin:wiod16-national --year 2011 --sectors --economy MEX".to_owned(),
        ),
    ] {
        for extension in ["csv", "parquet", "json"] {
            let alone = study.text(&format!("alone.{extension}"));
            let mut arguments: Vec<&str> = command.split(' ').collect();
            arguments.extend(["-o", &alone, "-q"]);
            let output = vadex(&arguments);
            assert!(output.status.success(), "{}", stderr(&output));
            let batch = study.path("out").join(format!("{file}.{extension}"));
            assert!(fs::read(&alone).unwrap() == fs::read(&batch).unwrap(), "{file}.{extension}");
            // The notes are those of the command, and what the batch knows the output by.
            let mut notes = json(&study.path(&format!("out/{file}.{extension}.notes.json")));
            let known = notes.as_object_mut().unwrap().remove("batch").unwrap();
            assert_eq!(
                notes,
                json(&study.path(&format!("alone.{extension}.notes.json"))),
                "{file}.{extension}"
            );
            assert_eq!(known["key"].as_str().unwrap().len(), 64);
        }
    }
}

/// Several methods share solutions; each must say of its exactness what it says alone.
#[test]
fn residuals_do_not_depend_on_company() {
    // The residual of a result is the worst over its right-hand sides. Methods share most of them (value added by origin,
    // output by absorber), so where the worst is a shared one, their residuals coincide; with many economies of few sectors
    // each method has more of its own, and on most of these tables the worst is one of those.
    let differ = (1..13).filter(|seed| same_in_company(synthetic::table(12, 4, *seed)) > 1).count();
    assert!(
        differ > 2,
        "methods that solve different systems have different residuals: on {differ} of 12 tables"
    );
}

/// How many different residuals the methods have on a table, once each is shown to be the same in company.
fn same_in_company(table: IcioTable) -> usize {
    let preparation = Preparation::default();
    let analysis = |method| DecomposeAnalysis::of(method, Level::Country);
    let shared = preparation.build(table.clone()).unwrap();
    // Everything that can be kept is kept before the comparison begins.
    for method in METHODS {
        for level in method.levels() {
            DecomposeAnalysis { level: *level, ..analysis(*method) }.run(&shared).unwrap();
        }
    }
    let mut seen = BTreeSet::new();
    for method in METHODS {
        for level in method.levels() {
            let analysis = DecomposeAnalysis { level: *level, ..analysis(*method) };
            let alone = analysis.run(&preparation.build(table.clone()).unwrap()).unwrap();
            let together = analysis.run(&shared).unwrap();
            assert_eq!(together.notes, alone.notes, "{} {}", method.id(), level.id());
            assert_eq!(together.frame, alone.frame, "{} {}", method.id(), level.id());
            seen.insert(alone.notes.worst_residual.to_bits());
        }
    }
    let tiva = TivaAnalysis::default();
    let alone = tiva.run(&preparation.build(table).unwrap()).unwrap();
    assert_eq!(tiva.run(&shared).unwrap().notes, alone.notes);
    seen.len()
}

#[test]
fn what_is_finished_is_skipped_and_nothing_else() {
    let study = Study::with_tables(SMALL);
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (15, 0));
    let first = contents(&study.path("out"));
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (0, 15));
    let file = study.path("out/tiva-country/leather-2001.csv");
    // Damaged, cut short, taken away, notes changed, record gone: each makes one job, and the same bytes again.
    let notes = study.path("out/tiva-country/leather-2001.csv.notes.json");
    let record = study.path("out/.vadex/ledger/tiva-country/leather-2001.csv.json");
    let spoil: [(&str, &dyn Fn()); 6] = [
        ("one byte changed", &|| {
            let mut bytes = fs::read(&file).unwrap();
            let last = bytes.len() - 2;
            bytes[last] ^= 1;
            fs::write(&file, bytes).unwrap();
        }),
        ("cut short", &|| {
            let bytes = fs::read(&file).unwrap();
            fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("taken away", &|| fs::remove_file(&file).unwrap()),
        ("notes changed", &|| fs::write(&notes, "{}").unwrap()),
        ("record gone", &|| fs::remove_file(&record).unwrap()),
        ("record cut short", &|| fs::write(&record, "{\"output\":").unwrap()),
    ];
    for (what, spoil) in spoil {
        spoil();
        study.succeeds("out", &[]);
        assert_eq!(study.counts("out"), (1, 14), "{what}");
        assert!(contents(&study.path("out")) == first, "{what}");
    }
}

#[test]
fn another_table_option_or_format_is_computed_again() {
    let study = Study::with_tables(SMALL);
    study.succeeds("out", &[]);
    // One table of three: five jobs.
    let table = study.path("tables/2001.csv");
    let text = fs::read_to_string(&table).unwrap();
    fs::write(&table, text.replacen("Turkey.Agriculture,1.2,", "Turkey.Agriculture,1.25,", 1)).unwrap();
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (5, 10));
    // One option of one task: its jobs. The filter leaves rows of one economy.
    let with = |from: &str, to: &str| {
        assert!(SMALL.contains(from));
        fs::write(study.path("m.toml"), SMALL.replacen(from, to, 1)).unwrap();
    };
    with("command = 'tiva'\n", "command = 'tiva'\neconomy = 'Turkey'\n");
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (6, 9));
    let rows = fs::read_to_string(study.path("out/tiva-country/leather-2001.csv")).unwrap();
    assert_eq!(rows.lines().count(), 2);
    // A convention or solver bears on everything.
    with("[[table]]", "[model]\nsolver = 'dense-pivoted'\n[[table]]");
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (15, 0));
    // Back to the first manifest: nothing that stands there is of its settings.
    fs::write(study.path("m.toml"), SMALL).unwrap();
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (15, 0));
    study.succeeds("fresh", &[]);
    same_contents(&study.path("out"), &study.path("fresh"));
}

const LONG: &str = "[output]\nformat = ['csv', 'parquet']\n[[table]]\npath = 'builtin:wiod13'\nyear = '2004-2011'\n\
    [[task]]\ncommand = 'tiva'\nlevel = ['country', 'sector']\n\
    [[task]]\ncommand = 'decompose'\nmethod = ['wwz', 'kww']\nlevel = 'country'\n\
    [[task]]\ncommand = 'decompose'\nmethod = 'bm-source'\nlevel = 'bilateral'\nby = 'origin'\nexporter = ['CHN', 'DEU']\n";

pub(super) fn start(study: &Study, out: &str, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_vadex"))
        .args(["batch", &study.text("m.toml"), "-o", &study.text(out), "-q"])
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A moment that differs from run to run: the claim is about any of them.
pub(super) fn any_part_of(span: Duration) -> Duration {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    span.mul_f64(f64::from(nanos % 1_000_003) / 1_000_003.0)
}

#[test]
fn killed_at_five_random_moments_it_ends_like_an_undisturbed_run() {
    let study = Study::new(LONG);
    let clock = Instant::now();
    study.succeeds("undisturbed", &[]);
    let whole = clock.elapsed();
    let mut moments = Vec::new();
    let mut killed = 0;
    for _ in 0..5 {
        let mut child = start(&study, "killed", &[]);
        let moment = any_part_of(whole / 5);
        moments.push(moment);
        std::thread::sleep(moment);
        // SIGKILL on Unix.
        child.kill().unwrap();
        killed += usize::from(!child.wait().unwrap().success());
    }
    assert!(killed >= 3, "most runs were killed before their end; moments: {moments:?} of {whole:?}");
    study.succeeds("killed", &[]);
    println!(
        "killed after {moments:?} of {whole:?}; last run: {:?} (computed, skipped)",
        study.counts("killed")
    );
    same_contents(&study.path("killed"), &study.path("undisturbed"));
    // No scraps: the ledger, the log and the lock are all that is kept.
    let kept: BTreeSet<String> = fs::read_dir(study.path("killed/.vadex"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(kept.into_iter().collect::<Vec<_>>(), ["ledger", "lock", "log"]);
}

#[test]
fn runs_at_the_same_time_in_one_folder_do_not_disturb_each_other() {
    let study = Study::new(LONG);
    study.succeeds("alone", &[]);
    let mut runs: Vec<Child> = (0..3).map(|_| start(&study, "shared", &[])).collect();
    // One of them dies with a claim in its hands.
    std::thread::sleep(Duration::from_millis(400));
    runs[0].kill().unwrap();
    for mut run in runs.drain(1..) {
        assert!(run.wait().unwrap().success());
    }
    runs[0].wait().unwrap();
    same_contents(&study.path("shared"), &study.path("alone"));
}

#[test]
fn threads_and_memory_do_not_change_a_byte() {
    let study = Study::with_tables(SMALL);
    study.succeeds("one", &["--threads", "1"]);
    for (out, more) in [
        ("four", &["--threads", "4"][..]),
        // Tables one after the other, and side by side.
        ("seven", &["--threads", "7", "--memory", "70M"]),
        ("two", &["--threads", "2", "--memory", "1G"]),
    ] {
        study.succeeds(out, more);
        same_contents(&study.path(out), &study.path("one"));
    }
}

#[test]
fn parts_are_disjoint_and_together_the_whole() {
    let study = Study::with_tables(SMALL);
    study.succeeds("whole", &[]);
    let outputs = |path: &Path| -> BTreeSet<String> {
        contents(path).into_keys().filter(|name| !name.starts_with('.') && name != "run.json").collect()
    };
    // Fewer parts than tables, as many, more, more than jobs.
    for count in [2, 3, 4, 20] {
        let mut together = BTreeSet::new();
        for index in 1..=count {
            let part = format!("part-{count}-{index}");
            study.succeeds(&part, &["--shard", &format!("{index}/{count}")]);
            let of_part = outputs(&study.path(&part));
            for output in &of_part {
                assert!(together.insert(output.clone()), "{output} is in two parts of {count}");
            }
            // The same in one folder for all parts.
            study.succeeds(&format!("merged-{count}"), &["--shard", &format!("{index}/{count}")]);
        }
        assert_eq!(together, outputs(&study.path("whole")), "{count} parts");
        let merged = study.path(&format!("merged-{count}"));
        assert!(!merged.join("run.json").exists(), "a part does not speak for the whole");
        study.succeeds(&format!("merged-{count}"), &[]);
        assert_eq!(study.counts(&format!("merged-{count}")), (0, 15));
        same_contents(&merged, &study.path("whole"));
    }
}

/// A run that does not outlive its test.
struct Background(Child);

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[track_caller]
fn soon(what: &str, mut is_so: impl FnMut() -> bool) {
    let clock = Instant::now();
    while !is_so() {
        assert!(clock.elapsed() < Duration::from_secs(120), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn parts_of_one_table_do_not_wait_for_each_other() {
    // The job of the first part takes many minutes, that of the second a moment.
    let study = Study::new(
        "[[table]]\npath = 'builtin:wiod13'\nyear = 2011\n\
         [[task]]\ncommand = 'tiva'\ndraws = 5000\n[[task]]\ncommand = 'tiva'\nlevel = 'sector'\n",
    );
    let part = |part: &str| Background(start(&study, "out", &["--shard", part, "--threads", "1"]));
    let claims = study.path("out/.vadex/claims");
    let claimed = || fs::read_dir(&claims).is_ok_and(|mut found| found.next().is_some());
    let mut long = part("1/2");
    soon("the first part claims its job", claimed);
    let mut short = part("2/2");
    soon("the second part ends while the first has the table", || short.0.try_wait().unwrap().is_some());
    assert!(short.0.wait().unwrap().success());
    assert!(study.path("out/tiva-sector/wiod13-2011.csv").exists());
    assert!(long.0.try_wait().unwrap().is_none(), "the first part is still at work");
    assert!(claimed(), "nobody sweeps the claim of a run that lives");
    drop(long);
    assert!(claimed(), "a killed run leaves its claim");
    study.succeeds("out", &["--shard", "2/2"]);
    assert!(!claims.exists(), "the next run sweeps it, whichever part it is");
}

#[test]
fn the_array_index_comes_from_the_environment() {
    let study = Study::with_tables(SMALL);
    let run = |out: &str, more: &[&str], environment: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_vadex"))
            .args(["batch", &study.text("m.toml"), "-o", &study.text(out)])
            .args(more)
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        contents(&study.path(out))
    };
    let second = run("flag", &["--shard", "2/3"], &[]);
    assert!(second.contains_key("tiva-country/leather-2001.csv"));
    let slurm = [
        ("SLURM_ARRAY_TASK_ID", "15"),
        ("SLURM_ARRAY_TASK_COUNT", "3"),
        ("SLURM_ARRAY_TASK_MIN", "10"),
        ("SLURM_ARRAY_TASK_STEP", "5"),
    ];
    assert!(run("slurm", &[], &slurm) == second);
    assert!(run("kubernetes", &["--shard", "auto/3"], &[("JOB_COMPLETION_INDEX", "1")]) == second);
    let lost = study.run("lost", &["--shard", "auto/3"]);
    assert_eq!(lost.status.code(), Some(2));
    assert!(stderr(&lost).contains("array index"), "{}", stderr(&lost));
}

#[test]
fn a_job_that_fails_is_told_and_the_others_finish() {
    let study = Study::with_tables(SMALL);
    study.succeeds("sound", &[]);
    study.succeeds("out", &[]);
    // One table is damaged; one task asks for an economy that no table has.
    fs::write(study.path("tables/2001.csv"), "hello, world\n1,2\n").unwrap();
    let more = "[[task]]\ncommand = 'tiva'\nname = 'lost'\neconomy = 'Germny'\n";
    fs::write(study.path("m.toml"), format!("{SMALL}{more}")).unwrap();
    let output = study.run("out", &[]);
    assert_eq!(output.status.code(), Some(2));
    let talk = stderr(&output);
    for words in [
        "failed: tiva-country/leather-2001.csv: tables/2001.csv",
        "did you mean `Germany`?",
        "8 of 18 jobs failed",
    ] {
        assert!(talk.contains(words), "`{words}` is missing from {talk}");
    }
    let run = json(&study.path("out/run.json"));
    assert_eq!(run["counts"]["failed"], 8);
    assert_eq!(run["counts"]["outputs"], 20);
    let failures = run["failures"].as_array().unwrap();
    assert!(failures.iter().any(|failure| failure["output"] == "lost-country/leather-2000.csv"
        && failure["hint"] == "did you mean `Germany`?"));
    // What was made of the table that is now damaged is gone: its name would promise what it is not.
    assert!(!study.path("out/tiva-country/leather-2001.csv").exists());
    // Mended, only what failed is made.
    fs::remove_file(study.path("tables/2001.csv")).unwrap();
    let text = fs::read_to_string(fixture("leather.csv")).unwrap();
    let mended = text.replacen("Turkey.Agriculture,1.1,", "Turkey.Agriculture,1.2,", 1);
    fs::write(study.path("tables/2001.csv"), mended).unwrap();
    fs::write(study.path("m.toml"), SMALL).unwrap();
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (5, 10));
    same_contents(&study.path("out"), &study.path("sound"));
}

#[test]
fn a_table_that_cannot_be_read_fails_alone_and_in_its_own_part() {
    let study = Study::with_tables(
        "[[table]]\npath = 'eora'\n[[table]]\npath = 'tables'\nname = 'leather'\n\
         [[task]]\ncommand = 'tiva'\nlevel = ['country', 'sector']\n",
    );
    fs::create_dir(study.path("eora")).unwrap();
    for entry in fs::read_dir(fixture("eora26")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            fs::copy(&path, study.path("eora").join(path.file_name().unwrap())).unwrap();
        }
    }
    study.succeeds("out", &[]);
    // The labels of one table are in an archive, and that is damaged.
    let (labels, aside) = (study.path("eora/labels_T.txt"), study.path("labels_T.txt"));
    fs::rename(&labels, &aside).unwrap();
    fs::write(study.path("eora/indices.zip"), "no archive").unwrap();
    let output = study.run("out", &[]);
    assert_eq!(output.status.code(), Some(2));
    let talk = stderr(&output);
    for words in ["failed: tiva-country/eora-2015.csv: eora/indices.zip", "2 of 8 jobs failed"] {
        assert!(talk.contains(words), "`{words}` is missing from {talk}");
    }
    let run = json(&study.path("out/run.json"));
    assert_eq!(run["counts"]["jobs"], 8);
    assert_eq!(run["counts"]["failed"], 2);
    assert_eq!(run["counts"]["outputs"], 6);
    assert!(run["inputs"][0]["sha256"].is_null(), "what was not hashed has no hash");
    assert_eq!(run["inputs"][1]["sha256"].as_str().unwrap().len(), 64);
    // What will happen is told before; what needs no hashes is not in the way of a script.
    let preview = stdout(&study.run("out", &["--dry-run"]));
    assert_eq!(preview.matches("will fail: eora/indices.zip").count(), 2, "{preview}");
    assert_eq!(preview.matches(",finished,").count(), 6, "{preview}");
    let script = study.run("out", &["--emit", "slurm", "--memory", "1G"]);
    assert!(script.status.success(), "{}", stderr(&script));
    // The other parts have nothing to do with it.
    study.succeeds("second", &["--shard", "2/4"]);
    assert!(!stdout(&study.run("second", &["--dry-run", "--shard", "2/4"])).contains("eora"));
    let first = study.run("first", &["--shard", "1/4"]);
    assert_eq!(first.status.code(), Some(2));
    assert!(stderr(&first).contains("2 of 2 jobs failed"), "{}", stderr(&first));
    // Mended, what was made of it before is still finished.
    fs::remove_file(study.path("eora/indices.zip")).unwrap();
    fs::rename(&aside, &labels).unwrap();
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (0, 8));
}

#[test]
fn a_satellite_that_does_not_fit_fails_alone() {
    let study = Study::with_tables(
        "[[table]]\npath = 'tables'\nyear = 2000\n[[satellite]]\npath = 'jobs.csv'\n\
         [[task]]\ncommand = 'decompose'\nmethod = 'leontief'\nsatellite = ['value-added', 'jobs']\n",
    );
    fs::write(study.path("jobs.csv"), "economy,sector,value\nTurkey,Agriculture,1\n").unwrap();
    let output = study.run("out", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("industries of the table have no figure"), "{}", stderr(&output));
    assert!(study.path("out/decompose-leontief-country/tables-2000.csv").exists());
    assert!(!study.path("out/decompose-leontief-country-jobs").join("tables-2000.csv").exists());
}

#[test]
fn the_run_manifest_lists_hashes_that_are_those_of_the_files() {
    let study = Study::with_tables(SMALL);
    study.succeeds("out", &[]);
    let run = json(&study.path("out/run.json"));
    assert_eq!(run["counts"]["tables"], 3);
    assert_eq!(run["counts"]["jobs"], 15);
    let hash = |path: &Path| vadex::load::sha256_of_file(path).unwrap();
    assert_eq!(run["inputs"][1]["table"], "tables/2001.csv");
    assert_eq!(run["inputs"][1]["sha256"], hash(&study.path("tables/2001.csv")).as_str());
    let outputs = run["outputs"].as_array().unwrap();
    assert_eq!(outputs.len(), 30);
    for output in outputs {
        let path = study.path("out").join(output["output"].as_str().unwrap());
        assert_eq!(output["sha256"], hash(&path).as_str());
        assert_eq!(output["bytes"], fs::metadata(&path).unwrap().len());
    }
    assert_eq!(run["manifest"]["sha256"], hash(&study.path("m.toml")).as_str());
}

#[test]
fn results_do_not_say_from_where_the_batch_was_started() {
    let study = Study::with_tables(SMALL);
    study.succeeds("out", &[]);
    let elsewhere = Command::new(env!("CARGO_BIN_EXE_vadex"))
        .args(["batch", "m.toml", "-o", "inside", "-q"])
        .current_dir(study.folder.path())
        .status()
        .unwrap();
    assert!(elsewhere.success());
    same_contents(&study.path("inside"), &study.path("out"));
}

#[test]
fn a_table_that_cannot_fit_is_refused_with_the_number() {
    let study = Study::with_tables(SMALL);
    let output = study.run("out", &["--memory", "1M"]);
    assert_eq!(output.status.code(), Some(2));
    let talk = stderr(&output);
    assert!(talk.contains("tiva: 9 rows, 3 economies"), "{talk}");
    assert!(talk.contains("of memory at its peak, 1 MB are allowed by --memory"), "{talk}");
    assert!(talk.contains("a larger --memory"), "{talk}");
    // Less than the file's own cells: it is not even read, by jobs that share it nor by those that have it for themselves.
    let alone = "[[task]]\ncommand = 'sensitivity'\neconomy = 'Turkey'\n";
    let study = Study::with_tables(&format!("{SMALL}{alone}"));
    let output = study.run("out", &["--memory", "1k"]);
    assert_eq!(output.status.code(), Some(2));
    let talk = stderr(&output);
    assert!(!talk.contains("at its peak"), "{talk}");
    let refused = talk.matches("while they are read, 1 kB are allowed by --memory").count();
    assert_eq!(refused, 18, "{talk}");
}

#[test]
fn a_dry_run_says_what_would_be_done_and_writes_nothing() {
    let study = Study::with_tables(SMALL);
    let output = study.run("out", &["--dry-run"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let lines: Vec<String> = stdout(&output).lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "output,state,task,table,memory,key");
    assert_eq!(lines.len(), 31);
    assert!(lines[1..].iter().all(|line| line.contains(",to do,")));
    // Programs read whole keys; a terminal has their first digits.
    let whole_key = |line: &String| line.rsplit(',').next().is_some_and(|key| key.len() == 64);
    assert!(lines[1..].iter().all(whole_key), "{lines:?}");
    assert!(!study.path("out").exists());
    study.succeeds("out", &[]);
    let after = stdout(&study.run("out", &["--dry-run", "--shard", "1/3"]));
    assert_eq!(after.lines().filter(|line| line.contains(",finished,")).count(), 10);
}

#[test]
fn a_file_that_is_no_table_is_told_before_anything_runs() {
    let study = Study::with_tables(SMALL);
    for (name, content, words) in [
        ("2031.csv", "", "the file is empty"),
        ("2032.csv", "nothing\nlike a table\n", "not a layout"),
        ("2033.parquet", "PAR1 and nothing behind it", "Parquet"),
    ] {
        let path = study.path("tables").join(name);
        std::fs::write(&path, content).unwrap();
        let preview = stdout(&study.run("out", &["--dry-run"]));
        let failing: Vec<&str> = preview.lines().filter(|line| line.contains("will fail")).collect();
        // Five jobs, two formats each; the other tables are none the worse.
        assert_eq!(failing.len(), 10, "{preview}");
        assert!(failing.iter().all(|line| line.contains(name) && line.contains(words)), "{preview}");
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn the_job_script_names_its_parts() {
    let study = Study::with_tables(SMALL);
    let output = study.run("out", &["--emit", "slurm", "--threads", "2", "--memory", "3G"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let script = stdout(&output);
    for words in
        ["#SBATCH --array=1-3", "#SBATCH --mem=3072M", "#SBATCH --cpus-per-task=2", "#SBATCH --requeue"]
    {
        assert!(script.lines().any(|line| line == words), "`{words}` is missing from {script}");
    }
    assert!(script.contains(&study.text("m.toml")) && script.contains(&study.text("out")));
    assert!(!study.path("out").exists());
    assert!(script.contains("--memory 2764M"), "nine tenths of what Slurm grants: {script}");
    assert!(!stderr(&output).contains("note:"), "{}", stderr(&output));
    let doubtful = study.run("out", &["--emit", "slurm", "--memory", "5M", "--array", "1000"]);
    for words in ["1000 tasks for 15 jobs: 985 of them", "the engine will plan with 5 MB", "--memory 4M"] {
        assert!(stderr(&doubtful).contains(words), "`{words}` is missing from {}", stderr(&doubtful));
    }
    // What the script could not follow is refused, not passed over.
    for (more, words) in [
        (["--shard", "2/4"], ["--shard 2/4 with --emit", "leave --shard out"]),
        (["--array", "0"], ["--array 0: a job script has at least one task", "leave the option out"]),
    ] {
        let output = study.run("out", &["--emit", "slurm", more[0], more[1]]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stdout(&output).is_empty(), "no script: {}", stdout(&output));
        assert!(words.iter().all(|word| stderr(&output).contains(word)), "{}", stderr(&output));
    }
}

/// Runs a manifest that is wrong; the message must name the line and hold every one of `words`.
#[track_caller]
pub(super) fn refused(manifest: &str, line: usize, words: &[&str]) {
    let study = Study::with_tables(manifest);
    let output = study.run("out", &[]);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains(&format!("m.toml:{line}: ")), "line {line} is missing from: {message}");
    assert!(message.contains("\n  try: "), "no hint: {message}");
    assert!(message.lines().count() <= 3, "not one clear message: {message}");
    for word in words {
        assert!(message.contains(word), "`{word}` is missing from: {message}");
    }
    assert!(!study.path("out").exists(), "a wrong manifest writes nothing");
}

#[test]
fn wrong_manifests_are_refused_with_file_line_and_hint() {
    let table = "[[table]]\npath = 'tables'\n";
    let tiva = "[[task]]\ncommand = 'tiva'\n";
    refused(
        &format!("{table}{tiva}levle = 'sector'\n"),
        5,
        &["unknown field `levle`", "did you mean `level`?"],
    );
    refused(&format!("{table}[[tasks]]\ncommand = 'tiva'\n"), 3, &["`tasks`", "did you mean `task`?"]);
    refused(&format!("{table}[[task]]\ncommand = 'tifa'\n"), 4, &["`tifa`", "did you mean `tiva`?"]);
    refused(
        &format!("{table}[[task]]\ncommand = 'decompose'\nmethod = ['wwz', 'bm-sorce']\n"),
        5,
        &["`bm-sorce`", "did you mean `bm-source`?"],
    );
    refused(
        &format!("{table}[[task]]\ncommand = 'decompose'\n"),
        4,
        &["needs `method`", "vadex list methods"],
    );
    refused(&format!("{table}{tiva}method = 'wwz'\n"), 5, &["`method` does not belong to `tiva`"]);
    refused(&format!("{table}{tiva}level = 'town'\n"), 5, &["unknown level `town`", "bilateral-sector"]);
    refused(
        &format!("{table}[[task]]\ncommand = 'decompose'\nmethod = 'kww'\nlevel = 'bilateral'\n"),
        6,
        &["`kww` is not defined at level `bilateral`"],
    );
    refused(
        &format!("{table}[[task]]\ncommand = 'indicators'\nindicator = 'upstreamnes'\n"),
        5,
        &["did you mean `upstreamness`?"],
    );
    refused(&format!("{table}year = 2010\n{tiva}"), 3, &["2010", "2000, 2001, 2002"]);
    refused(&format!("{table}year = 'soon'\n{tiva}"), 3, &["`soon` is not a list of years"]);
    refused(&format!("[[table]]\npath = 'tabels'\n{tiva}"), 2, &["no such file", "tables"]);
    refused(&format!("[[table]]\npath = 'tables/9*.csv'\n{tiva}"), 2, &["no such file", "give the folder"]);
    refused(&format!("{table}name = '{}'\n{tiva}", "t".repeat(251)), 4, &["256 bytes", "shorter `name`"]);
    refused(&format!("{table}{tiva}name = '{}'\n", "t".repeat(250)), 3, &["258 bytes", "shorter `name`"]);
    refused(&format!("{table}{tiva}table = []\n"), 5, &["an empty list"]);
    refused(&format!("[output]\nformat = []\n{table}{tiva}"), 2, &["an empty list"]);
    refused(&format!("[[table]]\npath = '-'\n{tiva}"), 2, &["standard input"]);
    refused(&format!("{table}{table}{tiva}"), 4, &["table `tables` stands twice (first in line 2)"]);
    refused(
        &format!("{table}{tiva}economy = 'Turkey'\n{tiva}economy = 'Turkey'\n"),
        6,
        &["tiva-country/tables-2000.csv", "line 3", "ask the same"],
    );
    refused(&format!("{table}{tiva}table = 'leather'\n"), 3, &["unknown table `leather`: there are tables"]);
    refused(
        &format!("{table}[[task]]\ncommand = 'decompose'\nmethod = 'wwz'\nsatellite = 'jobs'\n"),
        3,
        &["unknown satellite `jobs`"],
    );
    refused(&format!("[output]\nformat = 'xls'\n{table}{tiva}"), 2, &["`xls`"]);
    refused(&format!("[model]\nsolver = 'magic'\n{table}{tiva}"), 2, &["magic"]);
    refused(&format!("[model]\nvalue-added = 'guessed'\n{table}{tiva}"), 2, &["guessed", "residual"]);
    refused(&format!("[model]\ngroup = 'EU'\n{table}{tiva}"), 2, &["`EU` is not a group", "NAME=A,B"]);
    refused(&format!("{table}{tiva}name = '../up'\n"), 5, &["`../up` cannot name a task"]);
    refused(&format!("{table}[[task]]\ncommand = 'import-content'\n"), 3, &["no national table"]);
    let national =
        "[[table]]\npath = 'builtin:wiod16-national'\nunit = 'euro'\n[[task]]\ncommand = 'import-content'\n";
    refused(national, 2, &["`unit` is for inter-country tables", "leave `unit` out"]);
    refused(&format!("{table}{tiva}level = \n"), 5, &["m.toml"]);
}

#[test]
fn a_manifest_that_is_not_there_and_one_without_work() {
    let output = vadex(&["batch", "no-such.toml", "-o", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("no-such.toml"));
    let study = Study::new("");
    let output = study.run("out", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nothing to do"), "{}", stderr(&output));
    let study = Study::with_tables(SMALL);
    let output = vadex(&["batch", &study.text("m.toml")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("no output folder"), "{}", stderr(&output));
}

#[test]
fn the_example_manifest_is_a_plan() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/batch.toml");
    let output = vadex(&["batch", example, "--dry-run"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    for path in [
        "decompose-wwz-bilateral-jobs/wiod13-2011.parquet",
        "origins-kww-country-by-origin/wiod13-2007.csv",
        "import-content-sectors/wiod16-national.csv",
    ] {
        assert!(text.contains(path), "{path} is missing from {text}");
    }
}
