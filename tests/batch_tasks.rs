//! What a batch can do beyond the first commands: products, derivatives, draws, storage, layouts; memory job by job; tables
//! of several files.

use std::fs;
use std::process::Command;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use vadex::batch::{Event, Plan, RunOptions, Shard, run};

use super::batch::{Study, any_part_of, json, refused, same_contents, start};
use super::support::{fixture, stderr, stdout};

/// Runs a command in the folder of a study, so that it names tables as the manifest does, and compares every format with
/// what the batch wrote. The notes of the two are the same but for what the batch knows its output by.
#[track_caller]
fn same_bytes(study: &Study, file: &str, command: &str) {
    for extension in ["csv", "parquet", "json"] {
        let alone = format!("alone.{extension}");
        let output = Command::new(env!("CARGO_BIN_EXE_vadex"))
            .args(command.split(' '))
            .args(["-o", &alone, "-q"])
            .current_dir(study.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}: {}", stderr(&output));
        let path = format!("out/{file}.{extension}");
        let batch = fs::read(study.path(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(fs::read(study.path(&alone)).unwrap() == batch, "{path}: not the bytes of `{command}`");
        let mut notes = json(&study.path(&format!("{path}.notes.json")));
        notes.as_object_mut().unwrap().remove("batch").unwrap();
        assert_eq!(notes, json(&study.path(&format!("{alone}.notes.json"))), "{path}: notes of `{command}`");
    }
}

#[test]
fn products_derivatives_and_draws_have_the_bytes_of_the_commands() {
    let study = Study::with_tables(
        "[output]\nformat = ['csv', 'parquet', 'json']\n\
         [[table]]\npath = 'tables'\nname = 'leather'\nyear = '2000-2001'\n\
         [[table]]\npath = 'builtin:wiod13'\nyear = [2009, 2010]\n\
         [[satellite]]\npath = 'jobs.csv'\n\
         [[task]]\ncommand = 'product'\ntable = 'wiod13'\naccount = ['iphone-4-2010', 'own.toml']\n\
         [[task]]\nname = 'later'\ncommand = 'product'\ntable = 'wiod13'\naccount = 'iphone-3gs-2009'\nyear = 2010\n\
         [[task]]\ncommand = 'sensitivity'\ntable = 'leather'\nof = ['dva_share', 'vs']\neconomy = ['Turkey', 'Germany']\n\
         [[task]]\ncommand = 'sensitivity'\ntable = 'leather'\neconomy = 'Turkey'\nsector = 'Agriculture'\n\
         mode = 'inputs'\nby = 'economies'\ntop = 0\n\
         [[task]]\ncommand = 'sensitivity'\ntable = 'leather'\neconomy = 'Turkey'\nrank = 'variance'\ndraw-sd = 0.2\n\
         draw-final-demand = 'held'\n\
         [[task]]\ncommand = 'tiva'\ntable = 'leather'\ndraws = 40\nseed = 7\nlevel = ['country', 'sector']\n\
         [[task]]\ncommand = 'decompose'\ntable = 'leather'\nmethod = 'kww'\nsatellite = ['value-added', 'jobs']\n\
         draws = 40\ninterval = 0.9\ndraw-sd = 0.1\ndraw-sd-exponent = -0.2\n\
         [[task]]\ncommand = 'indicators'\ntable = 'leather'\nfamily = 'position'\ndraws = 40\ndraw-value-added-sd = 0.1\n",
    );
    let account = concat!(env!("CARGO_MANIFEST_DIR"), "/data/iphone/iphone-4-2010.toml");
    let own = fs::read_to_string(account).unwrap().replacen("id = \"iphone-4-2010\"", "id = \"own-2010\"", 1);
    fs::write(study.path("own.toml"), own).unwrap();
    let industries: String = ["Argentina", "Turkey", "Germany"]
        .iter()
        .flat_map(|economy| {
            ["Agriculture", "Textile_and_Leather", "Transport_Equipment"]
                .map(|sector| format!("{economy},{sector},{}\n", economy.len() + sector.len()))
        })
        .collect();
    fs::write(study.path("jobs.csv"), format!("economy,sector,value\n{industries}")).unwrap();
    study.succeeds("out", &[]);
    let leather = "tables/2000.csv --year 2000";
    for (file, command) in [
        ("product-iphone-4-2010/wiod13-2010", "product iphone-4-2010".to_owned()),
        ("product-own-2010/wiod13-2010", "product own.toml".to_owned()),
        ("later-iphone-3gs-2009/wiod13-2010", "product iphone-3gs-2009 --year 2010".to_owned()),
        ("sensitivity-dva_share-Turkey/leather-2000", format!("sensitivity {leather} --economy Turkey")),
        ("sensitivity-vs-Germany/leather-2000", format!("sensitivity {leather} --of vs --economy Germany")),
        (
            "sensitivity-dva_share-Turkey-Agriculture-inputs-by-economies/leather-2000",
            format!(
                "sensitivity {leather} --economy Turkey --sector Agriculture --mode inputs --by economies --top 0"
            ),
        ),
        (
            "sensitivity-dva_share-Turkey-variance/leather-2000",
            format!(
                "sensitivity {leather} --economy Turkey --rank variance --draw-sd 0.2 --draw-final-demand held"
            ),
        ),
        ("tiva-sector-draws/leather-2000", format!("tiva {leather} --level sector --draws 40 --seed 7")),
        (
            "decompose-kww-country-draws/leather-2000",
            format!(
                "decompose {leather} --method kww --draws 40 --interval 0.9 --draw-sd 0.1 --draw-sd-exponent -0.2"
            ),
        ),
        (
            "decompose-kww-country-jobs-draws/leather-2000",
            format!(
                "decompose {leather} --method kww --satellite jobs.csv --draws 40 --interval 0.9 --draw-sd 0.1 \
                 --draw-sd-exponent -0.2"
            ),
        ),
        (
            "indicators-position-country-draws/leather-2000",
            format!("indicators --family position {leather} --draws 40 --draw-value-added-sd 0.1"),
        ),
    ] {
        same_bytes(&study, file, &command);
    }
    // An account is for the table of its year.
    assert!(!study.path("out/product-iphone-4-2010/wiod13-2009.csv").exists());
}

#[test]
fn one_method_with_two_sets_of_options_has_two_names() {
    let study = Study::with_tables(
        "[output]\nformat = ['csv', 'parquet', 'json']\n\
         [[table]]\npath = 'tables'\nname = 'leather'\n\
         [[task]]\ncommand = 'decompose'\nmethod = 'wwz'\nlevel = 'bilateral'\n\
         [[task]]\ncommand = 'decompose'\nmethod = 'wwz'\nlevel = 'bilateral'\nimporter = ['Turkey', 'Germany']\n\
         [[task]]\ncommand = 'decompose'\nmethod = 'kww'\nby = 'origin'\n\
         [[task]]\ncommand = 'decompose'\nmethod = 'kww'\nby = 'origin'\norigin = 'Germany'\n\
         [[task]]\ncommand = 'tiva'\neconomy = 'Turkey'\ndraws = 40\n\
         [[task]]\ncommand = 'tiva'\neconomy = 'Turkey'\ndraws = 40\nseed = 7\n\
         [[task]]\ncommand = 'indicators'\nindicator = 'upstreamness'\neconomy = 'Turkey'\n",
    );
    study.succeeds("out", &[]);
    let wwz = "decompose tables/2001.csv --method wwz --level bilateral";
    same_bytes(&study, "decompose-wwz-bilateral/leather-2001", wwz);
    same_bytes(
        &study,
        "decompose-wwz-bilateral-importer-Turkey-Germany/leather-2001",
        &format!("{wwz} --importer Turkey,Germany"),
    );
    let kww = "decompose tables/2001.csv --method kww --by origin --origin Germany";
    same_bytes(&study, "decompose-kww-country-by-origin-origin-Germany/leather-2001", kww);
    let tiva = "tiva tables/2001.csv --economy Turkey --draws 40";
    same_bytes(&study, "tiva-country-draws-40-economy-Turkey/leather-2001", tiva);
    same_bytes(
        &study,
        "tiva-country-draws-40-seed-7-economy-Turkey/leather-2001",
        &format!("{tiva} --seed 7"),
    );
    // What nobody has to be told apart from keeps its name.
    assert!(study.path("out/indicators-upstreamness-country").is_dir());
    // Tasks for other tables or years never write the same file.
    let apart = Study::with_tables(
        "[[table]]\npath = 'tables/2000.csv'\nname = 'one'\n[[table]]\npath = 'tables/2001.csv'\nname = 'two'\n\
         [[task]]\ncommand = 'tiva'\ntable = 'one'\n[[task]]\ncommand = 'tiva'\ntable = 'two'\neconomy = 'Turkey'\n",
    );
    apart.succeeds("out", &[]);
    assert!(apart.path("out/tiva-country/one-2000.csv").exists());
    assert!(apart.path("out/tiva-country/two-2001.csv").exists());
}

#[test]
fn derivatives_share_a_table_of_united_economies() {
    let study = Study::with_tables(
        "[output]\nformat = ['csv', 'parquet', 'json']\n[model]\ngroup = 'TG=Turkey,Germany'\n\
         [[table]]\npath = 'tables'\nname = 'leather'\nyear = 2000\n\
         [[task]]\ncommand = 'tiva'\nlevel = 'sector'\n\
         [[task]]\ncommand = 'sensitivity'\nof = ['dva_share', 'vs']\neconomy = ['TG', 'Argentina']\ntop = 0\n\
         [[task]]\ncommand = 'sensitivity'\neconomy = 'TG'\nmode = 'coefficients'\n\
         [[task]]\ncommand = 'decompose'\nmethod = 'wwz'\n",
    );
    study.succeeds("out", &[]);
    let leather = "tables/2000.csv --year 2000 --group TG=Turkey,Germany";
    for (file, command) in [
        ("tiva-sector/leather-2000", format!("tiva {leather} --level sector")),
        ("sensitivity-dva_share-TG/leather-2000", format!("sensitivity {leather} --economy TG --top 0")),
        (
            "sensitivity-vs-Argentina/leather-2000",
            format!("sensitivity {leather} --of vs --economy Argentina --top 0"),
        ),
        (
            "sensitivity-dva_share-TG-coefficients/leather-2000",
            format!("sensitivity {leather} --economy TG --mode coefficients"),
        ),
        ("decompose-wwz-country/leather-2000", format!("decompose {leather} --method wwz")),
    ] {
        same_bytes(&study, file, &command);
    }
}

#[test]
fn derivatives_without_room_for_a_table_to_share_are_made_one_by_one() {
    let study = Study::new(
        "[[table]]\npath = 'builtin:wiod13'\nyear = 2011\n\
         [[task]]\ncommand = 'sensitivity'\neconomy = ['CHN', 'MEX']\nby = 'economies'\n",
    );
    study.succeeds("shared", &[]);
    let refused = study.run("refused", &["--memory", "60M"]);
    let talk = stderr(&refused);
    let needed: u64 = talk
        .split_once("needs about ")
        .and_then(|(_, rest)| rest.split_once(" MB of memory at its peak")?.0.parse().ok())
        .unwrap_or_else(|| panic!("no prediction in MB: {talk}"));
    // The table would take 16 MB more.
    let memory = format!("{}MB", needed + 2);
    study.succeeds("alone", &["--memory", &memory]);
    same_contents(&study.path("alone"), &study.path("shared"));
}

#[test]
fn storage_and_layouts_are_those_of_the_commands() {
    let study = Study::with_tables(
        "[output]\nformat = ['csv', 'parquet', 'json']\n[model]\nstore = 'f32'\n\
         [[table]]\npath = 'tables/2000.csv'\nname = 'single'\n\
         [[table]]\npath = 'tables/2001.csv'\nname = 'cells'\nstore = 'sparse'\n\
         [[table]]\npath = 'long.csv'\nlayout = 'long.toml'\nstore = 'f64'\n\
         [[task]]\ncommand = 'tiva'\n",
    );
    fs::copy(fixture("layout/long.csv"), study.path("long.csv")).unwrap();
    let layout = concat!(env!("CARGO_MANIFEST_DIR"), "/data/layouts/long.toml");
    fs::copy(layout, study.path("long.toml")).unwrap();
    study.succeeds("out", &[]);
    same_bytes(&study, "tiva-country/single-2000", "tiva tables/2000.csv --store f32");
    same_bytes(&study, "tiva-country/cells-2001", "tiva tables/2001.csv --store sparse");
    let long = "tiva long.csv --layout long.toml --store f64";
    same_bytes(&study, "tiva-country/long", long);
    let rounded = |name: &str| {
        let notes =
            fs::read_to_string(study.path(&format!("out/tiva-country/{name}.csv.notes.json"))).unwrap();
        notes.contains("stored-in-single-precision")
    };
    assert!(rounded("single-2000") && !rounded("cells-2001") && !rounded("long"));
    // What describes the layout bears on the table: its jobs are made again, no other.
    let text = fs::read_to_string(study.path("long.toml")).unwrap();
    fs::write(study.path("long.toml"), format!("{text}\n# another text\n")).unwrap();
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (1, 2));
    // And so does the storage.
    let manifest = fs::read_to_string(study.path("m.toml")).unwrap();
    fs::write(study.path("m.toml"), manifest.replace("'f32'", "'f64'")).unwrap();
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (1, 2));
    assert!(!rounded("single-2000"));
}

#[test]
fn a_list_of_labels_that_a_layout_names_bears_on_its_table_alone() {
    let study = Study::with_tables(
        "[[table]]\npath = 'tables/2000.csv'\n[[table]]\npath = 'bare.txt'\nlayout = 'headerless.toml'\n\
         [[task]]\ncommand = 'tiva'\n",
    );
    fs::copy(fixture("layout/headerless.txt"), study.path("bare.txt")).unwrap();
    for name in ["headerless.toml", "countries.csv"] {
        let kept = format!("{}/data/layouts/{name}", env!("CARGO_MANIFEST_DIR"));
        fs::copy(kept, study.path(name)).unwrap();
    }
    study.succeeds("out", &[]);
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (0, 2));
    fs::write(study.path("countries.csv"), "W\nPRC\nBRA\n").unwrap();
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (1, 1));
}

#[test]
fn draws_and_derivatives_killed_and_resumed_end_like_an_undisturbed_run() {
    let study = Study::with_tables(
        "[output]\nformat = ['csv', 'json']\n[[table]]\npath = 'tables'\n\
         [[task]]\ncommand = 'tiva'\nlevel = ['country', 'sector']\ndraws = 200\n\
         [[task]]\ncommand = 'decompose'\nmethod = ['kww', 'wwz']\ndraws = 200\n\
         [[task]]\ncommand = 'sensitivity'\neconomy = ['Turkey', 'Germany']\n",
    );
    let clock = Instant::now();
    study.succeeds("undisturbed", &[]);
    let whole = clock.elapsed();
    let mut killed = 0;
    for _ in 0..4 {
        let mut child = start(&study, "killed", &[]);
        std::thread::sleep(any_part_of(whole / 4) + Duration::from_millis(20));
        child.kill().unwrap();
        killed += usize::from(!child.wait().unwrap().success());
    }
    assert!(killed >= 2, "some runs were killed before their end, of {whole:?}");
    study.succeeds("killed", &[]);
    same_contents(&study.path("killed"), &study.path("undisturbed"));
    study.succeeds("one", &["--threads", "1"]);
    same_contents(&study.path("one"), &study.path("undisturbed"));
}

#[test]
fn a_changed_companion_file_makes_its_own_jobs_again() {
    let study = Study::with_tables(
        "[[table]]\npath = 'eora'\n[[table]]\npath = 'tables'\nyear = 2000\n\
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
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (0, 4));
    let input = &json(&study.path("out/run.json"))["inputs"][0];
    assert_eq!(input["companions"].as_array().unwrap().len(), 5, "{input}");
    let result = || fs::read(study.path("out/tiva-country/eora-2015.csv")).unwrap();
    let before = result();
    // Final demand, which stands in a file of its own.
    let demand = study.path("eora/Eora26_2015_bp_FD.txt");
    let text = fs::read_to_string(&demand).unwrap();
    assert!(text.starts_with("500.521\t"));
    fs::write(&demand, text.replacen("500.521", "600.521", 1)).unwrap();
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (2, 2));
    assert!(result() != before);
    // A file that lies in the same folder and is not read.
    fs::write(study.path("eora/Eora26_2015_bp_Q.txt"), "1\t2\n").unwrap();
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (0, 4));
    // Back again, the same bytes.
    fs::write(&demand, text).unwrap();
    study.succeeds("out", &[]);
    assert_eq!(study.counts("out"), (2, 2));
    assert!(result() == before);
}

#[test]
fn a_job_over_memory_is_refused_like_its_command_and_the_others_run() {
    // So many draws of 42 numbers are 340 MB; nothing is drawn before that is known.
    let study = Study::with_tables(
        "[[table]]\npath = 'tables'\nyear = 2000\n[[task]]\ncommand = 'tiva'\n\
         [[task]]\ncommand = 'tiva'\nlevel = 'sector'\ndraws = 1000000\n\
         [[task]]\ncommand = 'sensitivity'\neconomy = 'Turkey'\n",
    );
    let output = study.run("out", &["--memory", "100M"]);
    assert_eq!(output.status.code(), Some(2));
    let talk = stderr(&output);
    assert!(talk.contains("failed: tiva-sector-draws/tables-2000.csv: tiva: 9 rows, 3 economies"), "{talk}");
    assert!(talk.contains("1 of 3 jobs failed"), "{talk}");
    assert!(talk.contains("a larger --memory"), "{talk}");
    assert!(study.path("out/tiva-country/tables-2000.csv").exists());
    assert!(study.path("out/sensitivity-dva_share-Turkey/tables-2000.csv").exists());
    assert!(!study.path("out/tiva-sector-draws/tables-2000.csv").exists());
    let failure = &json(&study.path("out/run.json"))["failures"][0];
    // The command by itself says the same.
    let alone = Command::new(env!("CARGO_BIN_EXE_vadex"))
        .args(["tiva", "tables/2000.csv", "--level", "sector", "--draws", "1000000", "--memory", "100M"])
        .current_dir(study.folder.path())
        .output()
        .unwrap();
    assert_eq!(alone.status.code(), Some(2));
    let said = failure["error"].as_str().unwrap();
    assert!(stderr(&alone).contains(said), "`{said}` is not in {}", stderr(&alone));
}

#[test]
fn a_table_that_cannot_even_be_opened_is_refused_by_its_first_line() {
    let study = Study::with_tables(
        "[[table]]\npath = 'wide.csv'\n[[table]]\npath = 'tables'\nyear = 2000\n[[task]]\ncommand = 'tiva'\n",
    );
    let header: String =
        (0..60_000).map(|industry| format!(",E{}.s{}", industry / 100, industry % 100)).collect();
    fs::write(study.path("wide.csv"), format!("row{header}\n")).unwrap();
    let output = study.run("out", &["--memory", "200M"]);
    assert_eq!(output.status.code(), Some(2));
    // An eighth of the columns, squared, in single precision.
    let talk = stderr(&output);
    let refused = "wide.csv needs at least 225 MB to be opened, 210 MB are there";
    assert!(talk.contains(refused), "{talk}");
    assert!(talk.contains("1 of 2 jobs failed"), "{talk}");
    assert!(study.path("out/tiva-country/tables-2000.csv").exists());
    // And it can be known before. Where there is more, only its jobs are known to have no room.
    let preview = |memory: &str| stdout(&study.run("out", &["--memory", memory, "--dry-run"]));
    let ends = |memory: &str| study.run("out", &["--memory", memory, "--dry-run"]).status.code();
    assert_eq!((ends("200M"), ends("20G")), (Some(2), Some(0)));
    assert!(preview("200M").contains(&format!("refused: {refused}")), "{}", preview("200M"));
    assert!(preview("1G").contains("refused: is reckoned to need"), "{}", preview("1G"));
    assert!(preview("20G").contains("to do if it fits: is reckoned to need"), "{}", preview("20G"));
}

#[test]
fn a_dry_run_tells_what_each_job_needs_and_which_will_be_refused() {
    let study = Study::with_tables(
        "[[table]]\npath = 'tables/2000.csv'\nname = 'leather'\n\
         [[table]]\npath = 'tables/2001.csv'\nname = 'cells'\nstore = 'sparse'\n\
         [[task]]\ncommand = 'tiva'\n\
         [[task]]\ncommand = 'tiva'\ntable = 'leather'\nlevel = 'sector'\ndraws = 1000000\n\
         [[task]]\ncommand = 'sensitivity'\ntable = 'leather'\neconomy = 'Turkey'\n",
    );
    let told = |memory: &str, output: &str, words: &[&str]| {
        let preview = stdout(&study.run("out", &["--dry-run", "--memory", memory]));
        let line = preview.lines().find(|line| line.starts_with(output)).unwrap_or_default();
        for word in words {
            assert!(line.contains(word), "`{word}` is missing from `{line}` of\n{preview}");
        }
    };
    let (country, sector) = ("tiva-country/leather-2000.csv", "tiva-sector-draws/leather-2000.csv");
    let (cells, derivatives) = ("tiva-country/cells-2001.csv", "sensitivity-dva_share-Turkey/leather");
    // A number of every draw, for 7 rows at the least and 14 at the most.
    told("100M", country, &[",to do,", ",50 MB,"]);
    told("100M", derivatives, &[",to do,", ",50 MB,"]);
    let refused =
        ["refused: is reckoned to need 83", " MB at least, 105 MB are allowed by --memory", ",1.6 GB,"];
    told("100M", sector, &refused);
    let open = ["to do if it fits: is reckoned to need 83", " MB to 1.6 GB, 1.1 GB are allowed by --memory"];
    told("1G", sector, &open);
    told("2G", sector, &[",to do,", ",1.6 GB,"]);
    told("1M", country, &["refused: is reckoned to need 50 MB at least, 1 MB are allowed by --memory"]);
    told("100M", cells, &["to do if it fits: its size is told when it is open", ",unknown,"]);
    // It happens as it is told, and what is finished is not refused afterwards.
    let run = study.run("out", &["--memory", "100M"]);
    assert!(stderr(&run).contains("1 of 4 jobs failed"), "{}", stderr(&run));
    told("100M", sector, &["refused: is reckoned to need"]);
    for finished in [country, cells, derivatives] {
        told("1M", finished, &[",finished,"]);
    }
}

/// Are jobs of two tables at work at the same moment? Who is done waits so long for another one.
fn side_by_side(study: &Study, out: &str, memory: u64, patience: Duration) -> bool {
    let (plan, out) = (Plan::read(&study.path("m.toml")).unwrap(), study.path(out));
    let options = RunOptions { shard: Shard::WHOLE, memory: Some(memory) };
    // How many are done and wait, and whether there were two.
    let (waiting, met) = (Mutex::new((0, false)), Condvar::new());
    let observe = |event: Event<'_>| {
        if !matches!(event, Event::Done { .. }) {
            return;
        }
        let mut state = waiting.lock().unwrap();
        state.0 += 1;
        if state.0 == 2 {
            state.1 = true;
            met.notify_all();
        }
        let (mut state, _) = met.wait_timeout_while(state, patience, |state| !state.1).unwrap();
        state.0 -= 1;
    };
    let threads = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let summary = threads.install(|| run(&plan, &out, &options, &observe)).unwrap();
    assert_eq!((summary.jobs, summary.computed), (3, 3));
    waiting.into_inner().unwrap().1
}

#[test]
fn tables_that_fit_together_are_taken_side_by_side_and_others_one_by_one() {
    let study = Study::with_tables("[[table]]\npath = 'tables'\n[[task]]\ncommand = 'tiva'\n");
    // Each is reckoned with 50.3 MB.
    assert!(side_by_side(&study, "two", 110_000_000, Duration::from_secs(60)), "two fit");
    assert!(!side_by_side(&study, "one", 90_000_000, Duration::from_millis(100)), "two do not fit");
    same_contents(&study.path("two"), &study.path("one"));
}

#[test]
fn help_and_the_page_of_the_manual_fit_80_columns() {
    // As where the screen is not known: lines are broken later.
    let help = |flag: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vadex"));
        stdout(&command.args(["batch", flag]).env("COLUMNS", "100").output().unwrap())
    };
    let (short, long) = (help("-h"), help("--help"));
    let (own, rest) = long.split_once("Common options:").expect("the options of every command");
    let (_, manifest) = rest.split_once("A manifest:").expect("a manifest");
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/batch/README.md")).unwrap();
    for text in [short.as_str(), own, manifest, page.as_str()] {
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

#[test]
fn wrong_tasks_are_refused_with_line_and_hint() {
    let table = "[[table]]\npath = 'tables'\n";
    let task = |text: &str| format!("{table}[[task]]\n{text}\n");
    refused(&task("command = 'tiva'\nseed = 3"), 3, &["`seed` needs `draws`"]);
    refused(&task("command = 'tiva'\ndraws = 10"), 5, &["10 draws are too few", "at least 40"]);
    refused(&task("command = 'tiva'\ndraws = -1"), 5, &["m.toml"]);
    refused(&task("command = 'tiva'\ndraws = 100\ninterval = 2"), 6, &["the level of the interval is 2"]);
    refused(&task("command = 'tiva'\ndraws = 100\ndraw-sd = 9"), 6, &["0 to 2"]);
    refused(
        &task("command = 'import-content'\ndraws = 100"),
        5,
        &["`draws` does not belong to `import-content`"],
    );
    refused(
        &task("command = 'decompose'\nmethod = 'kww'\nby = 'origin'\ndraws = 100"),
        7,
        &["`draws` with `by`", "two tasks"],
    );
    refused(&task("command = 'sensitivity'"), 4, &["`sensitivity` needs `economy`"]);
    refused(
        &task("command = 'sensitivity'\neconomy = 'Turkey'\nof = 'dva_shar'"),
        6,
        &["unknown measure `dva_shar`", "did you mean `dva_share`?"],
    );
    refused(
        &task("command = 'sensitivity'\neconomy = 'Turkey'\nmode = 'flow'"),
        6,
        &["unknown mode `flow`", "did you mean `flows`?"],
    );
    refused(
        &task("command = 'sensitivity'\neconomy = 'Turkey'\nmode = 'inputs'\nrank = 'variance'"),
        7,
        &["only flows have errors", "rank by effect"],
    );
    refused(
        &task("command = 'sensitivity'\neconomy = 'Turkey'\nmode = 'inputs'\ndraw-sd = 0.4"),
        6,
        &["`draw-sd` with mode `inputs`", "mode flows"],
    );
    refused(
        "[model]\ngroup = ['G=Turkey', 'G=Germany']\n[[table]]\npath = 'tables'\n[[task]]\ncommand = 'tiva'\n",
        2,
        &["two groups are called `G`"],
    );
    refused(&task("command = 'product'"), 4, &["`product` needs `account`", "vadex list products"]);
    refused(
        &task("command = 'product'\naccount = 'iphone-4-201'"),
        5,
        &["iphone-4-201", "did you mean `iphone-4-2010`?"],
    );
    refused(
        &task("command = 'product'\naccount = 'iphone-4-2010'"),
        3,
        &["no table of 2010, the tables are of: 2000, 2001, 2002", "`year` in the task"],
    );
    refused(
        "[model]\nstore = 'f16'\n[[table]]\npath = 'tables'\n[[task]]\ncommand = 'tiva'\n",
        2,
        &["f16", "f32"],
    );
    refused(
        "[[table]]\npath = 'tables'\nlayout = 'none.toml'\n[[task]]\ncommand = 'tiva'\n",
        3,
        &["none.toml", "no such file"],
    );
}
