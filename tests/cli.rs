//! The real binary as users meet it: what goes to which stream, exit codes, formats, round trips.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use super::support::{fixture, stderr, stdout, vadex};

const HEADER: &str = "year,economy,gexp,dva,fva,dva_share,vs,vs_share,vs1,vax,vax_ratio,int_share";

#[test]
fn standard_output_is_data_and_standard_error_is_talk() {
    let output = vadex(&["tiva", &fixture("leather.csv")]);
    assert_eq!(output.status.code(), Some(0));
    let data = stdout(&output);
    assert_eq!(data.lines().next(), Some(HEADER));
    assert_eq!(data.lines().count(), 4);
    let talk = stderr(&output);
    for words in
        ["gross output = row sum", "value added = output minus", "worst residual", "gexp = dva + fva"]
    {
        assert!(talk.contains(words), "`{words}` is missing from {talk}");
    }
    assert!(stderr(&vadex(&["tiva", &fixture("leather.csv"), "-q"])).is_empty());
}

#[test]
fn the_levels_have_their_keys() {
    for (level, keys, rows) in [
        ("country", "year,economy,gexp", 3),
        ("sector", "year,economy,sector,gexp", 9),
        ("bilateral", "year,economy,partner,gexp", 6),
    ] {
        let output = stdout(&vadex(&["tiva", &fixture("leather.csv"), "--level", level]));
        assert!(output.starts_with(keys), "{level}: {output}");
        assert_eq!(output.lines().count(), rows + 1, "{level}");
    }
}

#[test]
fn every_format_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let leather = fixture("leather.csv");
    for extension in ["csv", "json", "parquet", "md"] {
        let path = folder.path().join(format!("out.{extension}"));
        let output = vadex(&["tiva", &leather, "-o", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).is_empty());
        assert!(path.exists() && folder.path().join(format!("out.{extension}.notes.json")).exists());
    }
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("out.json")).unwrap()).unwrap();
    let csv = fs::read_to_string(folder.path().join("out.csv")).unwrap();
    for (row, line) in json.as_array().unwrap().iter().zip(csv.lines().skip(1)) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(row["economy"], cells[1]);
        let (from_json, from_csv) = (row["dva"].as_f64().unwrap(), cells[3].parse::<f64>().unwrap());
        assert_eq!(from_json.to_bits(), from_csv.to_bits(), "every digit survives");
    }
    let notes = fs::read_to_string(folder.path().join("out.csv.notes.json")).unwrap();
    for key in ["sha256", "conventions", "importer", "worst_identity", "vadex 0."] {
        assert!(notes.contains(key), "`{key}` is missing from the notes");
    }
}

#[test]
fn a_table_survives_the_round_trip_through_both_formats() {
    let folder = tempfile::tempdir().unwrap();
    let original = stdout(&vadex(&["tiva", &fixture("leather.csv"), "-q"]));
    for name in ["copy.csv", "copy.parquet"] {
        let path = folder.path().join(name);
        let convert = vadex(&["convert", &fixture("leather.csv"), "-o", path.to_str().unwrap()]);
        assert!(convert.status.success(), "{}", stderr(&convert));
        assert_eq!(stdout(&vadex(&["tiva", path.to_str().unwrap(), "-q"])), original, "{name}");
    }
}

#[test]
fn standard_input_is_a_table() {
    let file = fs::File::open(fixture("leather.csv")).unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_vadex")).args(["tiva", "-", "-q"]).stdin(file).output().unwrap();
    assert_eq!(stdout(&output), stdout(&vadex(&["tiva", &fixture("leather.csv"), "-q"])));
}

#[test]
fn a_directory_of_years_gives_a_row_an_economy_and_year() {
    let folder = tempfile::tempdir().unwrap();
    for year in ["2001.csv", "2000.csv"] {
        fs::copy(fixture("leather.csv"), folder.path().join(year)).unwrap();
    }
    let output = stdout(&vadex(&["tiva", folder.path().to_str().unwrap()]));
    let years: Vec<&str> = output.lines().skip(1).map(|line| &line[..4]).collect();
    assert_eq!(years, ["2000", "2000", "2000", "2001", "2001", "2001"]);
    let one = stdout(&vadex(&["tiva", folder.path().to_str().unwrap(), "--year", "2001"]));
    assert_eq!(one.lines().count(), 4);
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let with = |threads| stdout(&vadex(&["tiva", &fixture("leather.csv"), "-q", "--threads", threads]));
    assert_eq!(with("1"), with("2"));
    assert_eq!(with("1"), with("7"));
    // A world of 820 rows is factorised, multiplied and summed up in parts.
    for command in [
        &["tiva", "--level", "sector"][..],
        &["tiva", "--solver", "block-krylov"],
        &["decompose", "--method", "wwz,bm-source", "--level", "bilateral", "-o"],
        &["indicators", "--level", "country", "-o"],
        &["sensitivity", "--economy", "MEX"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let with = |threads: &str| {
            let to = folder.path().join(threads);
            let mut all = command.to_vec();
            if command.ends_with(&["-o"]) {
                all.push(to.to_str().unwrap());
            }
            all.extend(["builtin:wiod13", "--year", "2011", "--threads", threads, "--format", "csv", "-q"]);
            let output = vadex(&all);
            assert!(output.status.success(), "{all:?}: {}", stderr(&output));
            let mut found = vec![stdout(&output)];
            found.extend(std::fs::read_to_string(&to));
            if let Ok(files) = std::fs::read_dir(&to) {
                let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
                files.sort();
                found.extend(files.iter().map(|file| std::fs::read_to_string(file).unwrap()));
            }
            found
        };
        let one = with("1");
        assert!(one.iter().any(|text| text.len() > 1_000), "{command:?}");
        assert_eq!(one, with("3"), "{command:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_not_an_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vadex"))
        .args(["man"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    let mut talk = String::new();
    child.stderr.take().unwrap().read_to_string(&mut talk).unwrap();
    assert_eq!(status.code(), Some(0), "{talk}");
    assert!(talk.is_empty(), "{talk}");
}

#[test]
fn groups_are_one_exporter_and_the_notes_say_so() {
    let output = vadex(&["tiva", &fixture("leather.csv"), "--group", "EA=Turkey,Germany"]);
    let data = stdout(&output);
    assert_eq!(data.lines().count(), 3);
    assert!(data.lines().nth(2).unwrap().starts_with(",EA,"));
    assert!(stderr(&output).contains("EA = Turkey + Germany"));
}

#[test]
fn check_exits_with_one_when_the_accounts_are_broken() {
    let folder = tempfile::tempdir().unwrap();
    let sound = vadex(&["check", &fixture("leather.csv")]);
    assert_eq!(sound.status.code(), Some(0), "{}", stderr(&sound));
    let text = fs::read_to_string(fixture("leather.csv")).unwrap();
    let broken = folder.path().join("broken.csv");
    fs::write(&broken, text.replacen(",77.7\n", ",177.7\n", 1)).unwrap();
    let output = vadex(&["check", broken.to_str().unwrap(), "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let findings: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let row = findings.as_array().unwrap().iter().find(|f| f["finding"] == "row-balance").unwrap();
    assert_eq!(row["worst_at"], "Argentina.Agriculture");
    assert_eq!(row["severity"], "violation");
}

#[test]
fn explain_gives_words_equation_and_source() {
    let output = stdout(&vadex(&["explain", "vax"]));
    for words in ["value-added exports", "VAX_sr", "https://doi.org/"] {
        assert!(output.contains(words), "`{words}` is missing from {output}");
    }
    for column in HEADER.split(',').skip(2) {
        assert!(vadex(&["explain", column]).status.success(), "{column} is not explained");
    }
}

#[test]
fn completions_and_manual_come_from_the_same_tree() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(stdout(&vadex(&["completions", shell])).contains("tiva"), "{shell}");
    }
    assert!(stdout(&vadex(&["man"])).contains("vadex"));
    let folder = tempfile::tempdir().unwrap();
    assert!(vadex(&["man", "--folder", folder.path().to_str().unwrap()]).status.success());
    assert!(folder.path().join("vadex-tiva.1").exists());
    let mut wordless = Vec::new();
    for page in std::fs::read_dir(folder.path()).unwrap() {
        let path = page.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for told in lines.windows(3).filter(|told| told[0] == ".TP" && told[1].starts_with("\\fB")) {
            if told[2].trim().is_empty() {
                wordless.push(format!("{}: {}", path.display(), told[1]));
            }
        }
    }
    assert!(wordless.is_empty(), "options without a word:\n{}", wordless.join("\n"));
}

#[test]
fn tables_without_a_year_do_not_stand_among_others() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one.csv", "two.csv"] {
        fs::copy(fixture("leather.csv"), folder.path().join(name)).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let output = vadex(&["tiva", path]);
    assert_eq!(output.status.code(), Some(2));
    let talk = stderr(&output);
    assert!(
        talk.contains("one.csv: the year of this table is not known") && talk.contains("2005.csv"),
        "{talk}"
    );
    assert!(stdout(&output).is_empty());
    // A look at both is no result.
    assert_eq!(vadex(&["inspect", path]).status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_pipe_takes_a_result_and_no_notes_are_said_to_stand_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = Command::new("cat").arg(&pipe).stdout(Stdio::piped()).spawn().unwrap();
    let output = vadex(&["tiva", &fixture("leather.csv"), "-o", pipe.to_str().unwrap()]);
    let read = reader.wait_with_output().unwrap().stdout;
    assert!(read.starts_with(HEADER.as_bytes()));
    let talk = stderr(&output);
    assert!(talk.ends_with(&format!("written: {}\n", pipe.display())), "{talk}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the pipe stays, and alone");
}

#[test]
fn a_command_or_a_kind_of_thing_is_no_term_and_says_where_it_is_told() {
    let output = vadex(&["explain", "deflate"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("`vadex deflate --help`"), "{}", stderr(&output));
    // What is an option as well is told as such.
    let told = stdout(&vadex(&["explain", "concordance"]));
    assert!(told.contains("--concordance FILE") && told.contains("`vadex list concordances`"), "{told}");
}

#[test]
fn an_option_is_told_with_the_commands_that_have_it() {
    let told = |terms: &[&str]| {
        let output = vadex(&[&["explain"], terms].concat());
        assert!(output.status.success(), "{terms:?}: {}", stderr(&output));
        stdout(&output)
    };
    for (option, words) in [
        ("group", &["--group NAME=A,B", "trade inside is domestic", "decompose", "tiva"][..]),
        ("gross-output", &["--gross-output CONVENTION"]),
        ("strict", &["every command"]),
        ("checks-only", &["in: product"]),
    ] {
        let page = told(&[option]);
        assert!(words.iter().all(|words| page.contains(words)), "{page}");
        assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    }
    let unknown = vadex(&["explain", "exgr", "foo"]);
    assert!(stderr(&unknown).contains("nothing is called `foo`"), "{}", stderr(&unknown));
    assert!(!told(&["layout"]).contains("import-content"));
    // An option that is a word as well, and several words at once.
    assert!(told(&["value-added"]).contains("--value-added"));
    let several = told(&["exgr", "prod"]);
    assert!(several.contains("EXGR") && several.contains("PROD"), "{several}");
    // Of options that mean something else here and there, every meaning.
    assert!(told(&["level"]).matches("--level").count() > 1);
}

#[test]
fn jobs_in_exports_are_the_same_by_both_commands() {
    let jobs = ["--year", "2009", "--satellite", "builtin:wiod13", "--satellite-name", "jobs"];
    let of = |command: &[&str]| stdout(&vadex(&[command, &jobs].concat()));
    let column = |text: &str, name: &str| -> Vec<f64> {
        let mut lines = text.lines();
        let place = lines.next().unwrap().split(',').position(|column| column == name).unwrap();
        lines.map(|line| line.split(',').nth(place).unwrap().parse().unwrap()).collect()
    };
    let tiva = of(&["tiva", "builtin:wiod13", "--economy", "CHN,DEU"]);
    let codes = of(&["decompose", "builtin:wiod13", "--method", "tiva", "--exporter", "CHN,DEU"]);
    for (one, other) in [("gexp", "exgr"), ("dva", "exgr_dva"), ("fva", "exgr_fva"), ("vax", "ffd_dva")] {
        let (one, other) = (column(&tiva, one), column(&codes, other));
        assert_eq!(one.len(), 2);
        for (a, b) in one.iter().zip(&other) {
            assert!((a - b).abs() < 1e-9 * a.abs() && *a > 0.0, "{a} and {b}");
        }
    }
    let money = stdout(&vadex(&["tiva", "builtin:wiod13", "--economy", "CHN,DEU", "--year", "2009"]));
    assert!(
        column(&money, "gexp")[0] > 5.0 * column(&tiva, "gexp")[0],
        "thousands of persons, not millions of dollars"
    );
}

#[test]
fn numbers_below_zero_are_out_of_range_and_no_unknown_options() {
    let leather = fixture("leather.csv");
    for arguments in [["--draws", "-5"], ["--draw-sd", "-1"], ["--threads", "-1"]] {
        let output = vadex(&[&["tiva", leather.as_str()], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(2));
        // The option is known, and the number is what is wrong.
        let told = stderr(&output);
        assert!(told.contains(arguments[0]) && !told.contains("unexpected argument"), "{told}");
    }
    let many = vadex(&["tiva", &leather, "--threads", "20000"]);
    assert!(stderr(&many).contains("--threads 20000: at most"), "{}", stderr(&many));
}

#[test]
fn options_without_effect_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (leather, out, tiva, svg) =
        (fixture("leather.csv"), path("out"), path("tiva.csv"), path("chart.svg"));
    let shares = fixture("functions.csv");
    assert!(vadex(&["tiva", &leather, "-o", &tiva]).status.success());
    for (arguments, words) in [
        (
            &["everything", &leather, "--method", "kww", "--level", "bilateral", "-o", &out][..],
            "kww has no level `bilateral`; it has country",
        ),
        (
            &["everything", &leather, "--indicator", "rasmussen", "--level", "country", "-o", &out],
            "rasmussen has no level `country`",
        ),
        (
            &["decompose", &leather, "--method", "wwz,kww", "--by", "origin", "-o", &out],
            "--by is for one method at a time",
        ),
        (&["upgrading", "builtin:wiod13", "--sector", "c14"], "--sector would have no effect"),
        (
            &["upgrading", "builtin:wiod13", "--show", "correlations", "--kind", "process"],
            "--kind would have no effect",
        ),
        (&["upgrading", "builtin:wiod13", "--show", "shift-share", "--all"], "--all would have no effect"),
        (&["upgrading", "builtin:wiod13", "--fabrication", "foo"], "--occupations"),
        (&["functions", "builtin:wiod13/2007", "--occupations", &shares, "--sector", "c14"], "--sectors"),
        (&["report", "-o", &out, "--satellite-name", "foo"], "--satellite"),
        (&["claims", "C9", "--from", "nonsense"], "--table"),
        (&["plot", "bars", &tiva, "--scale", "3", "-o", &svg], "--scale is for PNG"),
        (&["product", "iphone-4-2010", "--checks-only", "-o", &out], "--output"),
        (&["product", "iphone-4-2010", "--checks-only", "--table", &leather], "--table"),
        (
            &[
                "aggregate",
                &leather,
                "--satellites",
                "builtin:wiod13",
                "--concordance",
                "builtin:regions",
                "--year",
                "1995",
                "-o",
                &out,
            ],
            "--year says how a table is read",
        ),
        (&["ownership", "builtin:wiod13/2009", "--foreign-suffix", "_FOR"], "_FOR"),
        (&["decompose", &leather, "--method", "leontief", "--by", "origin"], "tell the origin already"),
        (
            &["decompose", &leather, "--method", "vax", "--by", "third"],
            "methods that can be taken apart by third: wwz",
        ),
        (&["decompose", &leather, "--method", "kww", "--by", "origin,origin-sector"], "tell the same"),
        (&["decompose", &leather, "--method", "kww", "--origin", "Turkey"], "add `--by origin`"),
        (
            &["decompose", &leather, "--method", "kww", "--by", "absorber", "--origin", "Turkey"],
            "add `--by origin`",
        ),
        (&["decompose", &leather, "--method", "bm-imports", "--origin", "Turky"], "did you mean `Turkey`?"),
    ] {
        let output = vadex(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stdout(&output));
        assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
        assert!(!Path::new(&out).exists(), "{arguments:?}");
    }
    // Twice the same method is the method.
    let once = vadex(&["decompose", &leather, "--method", "kww,kww"]);
    assert!(
        once.status.success() && stdout(&once) == stdout(&vadex(&["decompose", &leather, "--method", "kww"]))
    );
}

/// Several commands and what each is refused with.
#[test]
fn what_is_meant_for_something_else_is_told_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (result, leather) = (path("tiva.parquet"), fixture("leather.csv"));
    assert!(vadex(&["tiva", &leather, "-o", &result]).status.success());
    let new = path("new/");
    for (arguments, words) in [
        (&["tiva", &result][..], "not a table: column `year` holds"),
        (&["import", &leather, "-o", "-"], "-o -: a table goes to a file"),
        (&["report", "-o", "-"], "standard output takes no folder"),
        (&["everything", &leather, "-o", "-"], "standard output takes no folder"),
        (&["tiva", &leather, "-o", &new], "does not exist"),
        (
            &["tiva", &leather, "--group", "G=Turkey,Germany", "--economy", "Turkey"],
            "`Turkey` is a part of `G`",
        ),
        (&["report", "a", "b", "--claims", "none", "-o", "r"], "b with --claims none"),
        (&["scenario", "c23-opening", "builtin:wiod13/2011", "builtin:wiod13/2011"], "two tables of 2011"),
    ] {
        let output = vadex(arguments);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{arguments:?}");
        assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
    }
    assert!(!std::path::Path::new("-").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_shell_has_written_stays_in_front_of_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.csv");
    fs::write(&log, "written before\n".repeat(200)).unwrap();
    let command = format!(
        "'{}' tiva '{}' -q --format csv -o /dev/stdout >> '{}'",
        env!("CARGO_BIN_EXE_vadex"),
        fixture("leather.csv"),
        log.display()
    );
    assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success());
    let text = fs::read_to_string(&log).unwrap();
    let (before, result) = text.split_at("written before\n".len() * 200);
    assert!(before.lines().all(|line| line == "written before") && result.starts_with(HEADER), "{text}");
    assert_eq!(result.lines().count(), 4);
}

#[test]
fn rows_with_exports_and_without_output_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("correction.csv");
    // Gone sells abroad what it takes back at home: its output is zero.
    let table = "row,A.x,A.gone,B.x,A.FD,B.FD\nA.x,1,0,2,5,2\nA.gone,0,0,3,-3,0\nB.x,2,0,1,1,6\n";
    fs::write(&path, table).unwrap();
    let output = vadex(&["tiva", path.to_str().unwrap(), "--level", "sector"]);
    let talk = stderr(&output);
    assert!(output.status.success(), "{talk}");
    assert!(talk.contains("1 of 3 rows have exports without output, such as A.gone"), "{talk}");
}
