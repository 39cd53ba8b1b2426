//! Bad input on purpose: one clear message (what, where, what to try), exit 2, and no output file.

use std::fs;
use std::path::Path;

use super::support::{fixture, stderr, stdout, vadex};

fn leather_text() -> String {
    fs::read_to_string(fixture("leather.csv")).unwrap()
}

/// Runs `tiva` on a file with this content; the message must hold every one of `words`.
#[track_caller]
fn refused(name: &str, content: &[u8], words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    refused_path(&path, folder.path(), words);
}

#[track_caller]
fn refused_path(path: &Path, folder: &Path, words: &[&str]) {
    let out = folder.join("out.csv");
    let output = vadex(&["tiva", path.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "exit code; message: {message}");
    assert!(stdout(&output).is_empty(), "standard output must stay empty");
    assert!(message.starts_with("error: "), "{message}");
    assert!(message.contains("\n  try: "), "no hint: {message}");
    assert!(message.lines().count() <= 3, "not one clear message: {message}");
    for word in words {
        assert!(message.contains(word), "`{word}` is missing from: {message}");
    }
    let leftovers: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|left| left != path)
        .collect();
    assert!(leftovers.is_empty(), "left behind: {leftovers:?}");
}

fn replaced(from: &str, to: &str) -> Vec<u8> {
    let text = leather_text();
    assert!(text.contains(from));
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn a_missing_file_names_itself_and_its_nearest_neighbour() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("table.csv"), leather_text()).unwrap();
    let output = vadex(&["tiva", folder.path().join("tabel.csv").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.contains("no such file") && message.contains("did you mean"), "{message}");
    assert!(message.contains("table.csv"), "{message}");
}

#[test]
fn an_empty_file() {
    refused("table.csv", b"", &["empty"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_no_table_and_nobody_waits_for_it() {
    for name in ["pipe.csv", "2011.csv"] {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        refused_path(&pipe, folder.path(), &[name, "is a pipe, expected a file", "standard input"]);
    }
    let folder = tempfile::tempdir().unwrap();
    refused_path(Path::new("/dev/zero"), folder.path(), &["/dev/zero: is a device, expected a file"]);
}

#[test]
fn a_hundred_thousand_columns_are_no_table_and_are_read_in_a_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.csv");
    let labels: String = (0..100_000).map(|column| format!(",A.s{column}")).collect();
    fs::write(&path, format!("row{labels}\nA.s0{}\n", ",1".repeat(100_000))).unwrap();
    let begun = std::time::Instant::now();
    let output = vadex(&["inspect", path.to_str().unwrap()]);
    assert!(stdout(&output).contains("1 economies x 1 sectors"), "{}", stderr(&output));
    assert!(begun.elapsed().as_secs() < 15, "{:?}", begun.elapsed());
}

#[test]
fn a_file_that_is_not_a_table() {
    refused("table.csv", b"hello, world\n1,2\n", &["layout"]);
}

/// As other tools take their tables: it is told where labels come from.
#[test]
fn a_matrix_without_labels() {
    let numbers: String = leather_text()
        .lines()
        .skip(1)
        .take(9)
        .map(|line| format!("{}\n", line.split(',').skip(1).take(12).collect::<Vec<_>>().join(",")))
        .collect();
    let words =
        ["12 numbers and no labels", "labels = { economies = \"countries.csv\"", "--layout layout.toml"];
    refused("table.csv", numbers.as_bytes(), &words);
    refused("table.txt", numbers.replace(',', "\t").as_bytes(), &words);
    refused("table.csv", numbers.replace(',', ";").replace('.', ",").as_bytes(), &words);
    // What the hint says makes a table of it.
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("table.csv"), &numbers).unwrap();
    fs::write(path("countries.csv"), "Argentina\nTurkey\nGermany\n").unwrap();
    fs::write(path("layout.toml"), "labels = { economies = \"countries.csv\", sectors = 3 }\n").unwrap();
    let layout = path("layout.toml");
    let told = |table: &str, more: &[&str]| {
        let output = vadex(&[&["tiva", table, "--format", "csv", "-q"][..], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    assert_eq!(told(&path("table.csv"), &["--layout", &layout]), told(&fixture("leather.csv"), &[]));
}

#[test]
fn a_header_alone() {
    let header = leather_text().lines().next().unwrap().to_owned() + "\n";
    refused("table.csv", header.as_bytes(), &["table.csv"]);
}

#[test]
fn a_directory_without_tables() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("years");
    fs::create_dir(&inner).unwrap();
    refused_path(&inner, folder.path(), &["no table"]);
}

#[test]
fn a_year_that_does_not_exist() {
    let folder = tempfile::tempdir().unwrap();
    for year in ["1999", "2000"] {
        fs::write(folder.path().join(format!("{year}.csv")), leather_text()).unwrap();
    }
    let output = vadex(&["tiva", folder.path().to_str().unwrap(), "--year", "2001"]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.contains("2001") && message.contains("1999, 2000"), "{message}");
}

#[test]
fn a_line_that_was_cut() {
    let text = leather_text();
    let cut = &text[..text.len() / 2];
    // The cut falls inside a row: that line has fewer fields, or the rows after it are missing.
    refused("table.csv", cut.as_bytes(), &["line", "fields", "header has 14"]);
}

#[test]
fn a_file_that_was_cut_between_lines() {
    let text = leather_text();
    let cut: String = text.lines().take(6).map(|line| format!("{line}\n")).collect();
    refused("table.csv", cut.as_bytes(), &["Turkey.Transport_Equipment", "missing"]);
}

#[test]
fn a_ragged_line() {
    refused(
        "table.csv",
        &replaced("\nTurkey.Agriculture,", "\nTurkey.Agriculture,7,"),
        &["line 5", "15", "14"],
    );
}

#[test]
fn text_in_a_cell() {
    refused(
        "table.csv",
        &replaced("Turkey.Agriculture,1.1,", "Turkey.Agriculture,n.a.,"),
        &["Turkey.Agriculture", "Argentina.Agriculture", "`n.a.`", "expected a number"],
    );
}

#[test]
fn nan_and_infinity() {
    for value in ["NaN", "inf", "-inf"] {
        refused(
            "table.csv",
            &replaced("Turkey.Agriculture,1.1,", &format!("Turkey.Agriculture,{value},")),
            &["Turkey.Agriculture", "Argentina.Agriculture", "finite"],
        );
    }
}

#[test]
fn a_label_that_appears_twice() {
    refused(
        "table.csv",
        &replaced("\nTurkey.Agriculture,", "\nArgentina.Agriculture,"),
        &["row label", "Argentina.Agriculture", "twice"],
    );
    refused(
        "table.csv",
        &replaced(",Turkey.Agriculture,", ",Argentina.Agriculture,"),
        &["column label", "Argentina.Agriculture", "twice"],
    );
}

#[test]
fn a_row_label_with_no_column() {
    refused(
        "table.csv",
        &replaced("\nTurkey.Agriculture,", "\nTurkey.Farming,"),
        &["Turkey.Farming", "no column"],
    );
}

#[test]
fn negative_output() {
    // Argentina's transport equipment sells 19 in all; -300 to a final user turns its output negative.
    refused(
        "table.csv",
        &replaced("\nArgentina.Transport_Equipment,0.9,", "\nArgentina.Transport_Equipment,-300,"),
        &["Argentina.Transport_Equipment", "gross output", "rounding"],
    );
}

#[test]
fn a_singular_system() {
    // Each of the two industries sells everything to the other: nothing is ever delivered to final demand.
    let text = "row,A.s,B.s,A.FD,B.FD\nA.s,0,10,0,0\nB.s,10,0,0,0\n";
    refused("table.csv", text.as_bytes(), &["singular"]);
}

#[test]
fn a_damaged_parquet_file() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.parquet");
    let convert = vadex(&["convert", &fixture("leather.csv"), "-o", whole.to_str().unwrap()]);
    assert!(convert.status.success(), "{}", stderr(&convert));
    let bytes = fs::read(&whole).unwrap();
    refused("table.parquet", &bytes[..bytes.len() / 2], &["Parquet"]);
}

#[test]
fn an_unknown_economy_gets_a_suggestion() {
    let output = vadex(&["tiva", &fixture("leather.csv"), "--economy", "Germny"]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.contains("Germny") && message.contains("did you mean `Germany`?"), "{message}");
}

#[test]
fn an_unknown_solver_importer_format_and_term() {
    let leather = fixture("leather.csv");
    for arguments in [
        &["tiva", leather.as_str(), "--solver", "magic"][..],
        &["tiva", leather.as_str(), "--from", "magic"],
        &["tiva", leather.as_str(), "--format", "magic"],
        &["explain", "magic"],
    ] {
        let output = vadex(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains("magic"), "{}", stderr(&output));
    }
}

#[test]
fn an_output_folder_that_does_not_exist() {
    let output = vadex(&["tiva", &fixture("leather.csv"), "-o", "no/such/folder/out.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("does not exist"));
}

#[test]
fn a_convention_that_the_table_cannot_serve() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, "row,A.s,B.s,A.FD,B.FD\nA.s,1,2,5,1\nB.s,2,1,1,5\n").unwrap();
    for (flag, word) in [("--gross-output", "OUT"), ("--value-added", "value-added row")] {
        let output = vadex(&["tiva", path.to_str().unwrap(), flag, "published"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(word), "{}", stderr(&output));
    }
}

#[test]
fn zero_output_and_small_negatives_work_and_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    // B.t produces nothing; A.s has a negative inventory change.
    let text = "row,A.s,A.t,B.s,B.t,A.FD,A.INV,B.FD,B.INV\nA.s,5,2,3,0,20,-1,4,0\nA.t,1,4,2,0,9,0,3,0\n\
                B.s,2,1,6,0,3,0,25,1\nB.t,0,0,0,0,0,0,0,0\n";
    fs::write(&path, text).unwrap();
    let output = vadex(&["tiva", path.to_str().unwrap(), "-v"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let notes = stderr(&output);
    assert!(notes.contains("1 industry has zero output"), "{notes}");
    assert!(notes.contains("1 cells of final demand are negative"), "{notes}");
    assert!(!stdout(&output).to_lowercase().contains("nan"), "{}", stdout(&output));
}

#[test]
fn blank_cells_are_zero_and_counted() {
    let blank = String::from_utf8(replaced("Turkey.Agriculture,1.1,", "Turkey.Agriculture,,")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, blank).unwrap();
    let output = vadex(&["tiva", path.to_str().unwrap(), "-v"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("blank-as-zero"), "{}", stderr(&output));
}

#[test]
fn concordances_that_do_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let concordance = folder.path().join("map.csv");
    let out = folder.path().join("out.csv");
    for (text, word) in [
        ("dimension,source,target\nsector,Agriculture,a\n", "maps no sector"),
        ("dimension,source,target\nsector,Agriculture,a\nsector,Agriculture,b\n", "twice"),
        ("dimension,source,target\nregion,Agriculture,a\n", "`region`"),
        ("dimension,source\nsector,Agriculture\n", "no column `target`"),
        ("dimension,source,target\nsector,Fishing,a\n", "does not have"),
    ] {
        fs::write(&concordance, text).unwrap();
        let output = vadex(&[
            "aggregate",
            &fixture("leather.csv"),
            "--concordance",
            concordance.to_str().unwrap(),
            "-o",
            out.to_str().unwrap(),
        ]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(stderr(&output).contains(word), "`{word}` is missing from {}", stderr(&output));
        assert!(!out.exists());
    }
}

#[test]
fn a_file_of_ones_own_is_answered_with_its_columns_and_not_with_fetching_it() {
    let folder = tempfile::tempdir().unwrap();
    let (own, out) = (folder.path().join("own.csv"), folder.path().join("out.csv"));
    let (own, out) = (own.to_str().unwrap(), out.to_str().unwrap());
    let leather = fixture("leather.csv");
    let aggregate = ["aggregate", leather.as_str(), "--concordance", own, "-o", out];
    let balance = ["balance", leather.as_str(), "--rows-from", own, "--columns-from", "keep", "-o", out];
    let trace = ["decompose", leather.as_str(), "--method", "vax", "--satellite", own, "-o", out];
    for (command, text, words) in [
        (&aggregate[..], "from,to\nAgriculture,a\n", "no column `dimension`, `source`, `target`"),
        (&aggregate, "from,to\nAgriculture,a\n", "name the columns dimension,source,target"),
        (&aggregate, "from,to\nAgriculture,a\n", "it has from,to"),
        (
            &aggregate,
            "dimension;source;target\n",
            "text with `;` between its fields, expected CSV with commas",
        ),
        (&aggregate, "", "it has nothing"),
        (
            &aggregate,
            "dimension,source,target\n",
            "expected dimension,source,target below the header, found none",
        ),
        (&aggregate, "# none yet\ndimension,source,target\n\n", "`sector,c1,goods`"),
        (&balance, "name,amount\nTurkey.Agriculture,1\n", "name the columns label,value"),
        (
            &balance,
            "label,value\nTurkey.Agriculture,many\n",
            "line 2, column `value`: found `many`, expected a number",
        ),
        (&trace, "economy,sector,jobs\nTurkey,Agriculture,1\n", "it has economy,sector,jobs"),
    ] {
        fs::write(own, text).unwrap();
        let output = vadex(command);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{text}: {message}");
        assert!(message.contains(own) && message.contains(words), "`{words}` is missing from {message}");
        assert!(!message.contains("fetch"), "nobody publishes it: {message}");
        assert!(!Path::new(out).exists());
    }
    fs::write(own, "dimension,source,target\nsector,Agriculture\n").unwrap();
    let message = stderr(&vadex(&aggregate));
    assert!(message.contains("line 2 has 2 fields, the header has 3"), "{message}");
    assert!(message.contains("quote a label that holds a comma"), "{message}");
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_is_told_with_its_target_and_never_suggested() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::os::unix::fs::symlink("gone.csv", path("table.csv")).unwrap();
    let (link, out, leather) = (path("table.csv"), path("out.csv"), fixture("leather.csv"));
    let told = format!("{link}: a symbolic link to {}, which is not there", path("gone.csv"));
    for command in [
        &["tiva", link.as_str()][..],
        &["aggregate", leather.as_str(), "--concordance", link.as_str(), "-o", out.as_str()],
        &["decompose", leather.as_str(), "--method", "vax", "--satellite", link.as_str()],
        &["plot", "lines", link.as_str()],
    ] {
        let output = vadex(command);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {message}");
        assert!(message.contains(&told), "{command:?}: {message}");
        assert!(!message.contains("did you mean"), "{command:?}: {message}");
    }
    // Nor is a misspelt name taken for that of the link.
    let message = stderr(&vadex(&["tiva", &path("tabel.csv")]));
    assert!(message.contains("no such file") && !message.contains("did you mean"), "{message}");
}

#[test]
fn labels_that_are_no_text_are_refused_with_the_encoding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin1.csv");
    let mut text = std::fs::read(fixture("leather.csv")).unwrap();
    // The first letter of the first label, in the header and in its row, as Latin-1 writes an \u{d6}.
    let (header, first) = (
        text.iter().position(|b| *b == b',').unwrap() + 1,
        text.iter().position(|b| *b == b'\n').unwrap() + 1,
    );
    text[header] = 0xd6;
    text[first] = 0xd6;
    std::fs::write(&path, text).unwrap();
    let output = vadex(&["tiva", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let told = stderr(&output);
    assert!(told.contains("is no UTF-8 text") && told.contains("iconv"), "{told}");
}

#[test]
fn an_ending_that_is_no_format_is_answered_with_all_that_are() {
    let leather = fixture("leather.csv");
    for arguments in [
        &["tiva", leather.as_str(), "-o", "out.dta"][..],
        &["check", &leather, "-o", "out.dta"],
        &["check", &leather, "--format", "text", "-o", "out.csv"],
    ] {
        let output = vadex(arguments);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(".csv, .json, .parquet, .xlsx, .md or .txt"), "{arguments:?}: {message}");
    }
}

/// A table in another format than any that is read: what it is, and how it becomes one that is.
#[test]
fn tables_with_other_delimiters_and_objects_of_r_say_what_to_do() {
    let text = leather_text();
    refused(
        "table.csv",
        text.replace(',', ";").as_bytes(),
        &["text with `;` between its fields", "--layout FILE", "`delimiter = \";\"`"],
    );
    refused("table.tsv", text.replace(',', "\t").as_bytes(), &["tabs between", "`delimiter = \"tab\"`"]);
    for name in ["table.RData", "table.rds"] {
        refused(name, b"\x1f\x8b\x08\x00rest of it", &["an object of R", "write.csv"]);
    }
    // The advice leads to the table.
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("table.tsv"), text.replace(',', "\t")).unwrap();
    let layout = "[text]\ndelimiter = \"tab\"\n[labels]\nseparator = \".\"\n[parts]\nfinal_demand = [\"FD\"]\n\
                  value_added = [\"VA\"]\noutput = [\"OUT\"]\n";
    fs::write(path("layout.toml"), layout).unwrap();
    let read = vadex(&["tiva", &path("table.tsv"), "--layout", &path("layout.toml")]);
    assert!(read.status.success(), "{}", stderr(&read));
    assert_eq!(stdout(&read), stdout(&vadex(&["tiva", &fixture("leather.csv")])));
}

/// Labels with `_` are the OECD's and FIGARO's, but not theirs alone.
#[test]
fn a_table_whose_labels_only_look_like_those_of_the_oecd_is_not_said_to_be_cut_short() {
    let text = "row,ARG_x,DEU_x,ARG_FD,DEU_FD\nARG_x,1,2,5,2\nDEU_x,2,1,1,6\nVA,7,7,0,0\n";
    refused("table.csv", text.as_bytes(), &["as the OECD and FIGARO have them", "HFCE", "separator = \"_\""]);
    let whole = text.replace("G_", "G.").replace("U_", "U.");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, whole).unwrap();
    let read = vadex(&["tiva", path.to_str().unwrap()]);
    assert!(read.status.success(), "{}", stderr(&read));
    // With uses that are called as there it is one of them, and was cut short.
    let cut = text.replace("_FD", "_HFCE");
    refused("table.csv", cut.as_bytes(), &["the file ends before the row of gross output"]);
}

#[test]
fn figures_that_are_no_csv_with_commas_say_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("book.xlsx");
    let leather = fixture("leather.csv");
    assert!(vadex(&["tiva", &leather, "-q", "-o", book.to_str().unwrap()]).status.success());
    let workbook = fs::read(&book).unwrap();
    for (name, content, words) in [
        ("a.tsv", &b"economy\tsector\tvalue\nA\tx\t1\n"[..], ["text with tabs", "commas between the fields"]),
        ("b.csv", b"region;sector;value\nA;x;1,5\n", ["text with `;`", "points as decimal marks"]),
        ("c.xlsx", &workbook[..], ["an Excel workbook", "save its sheet as CSV"]),
        ("d.rds", b"\x1f\x8b\x08\x00", ["an object of R", "write.csv"]),
        ("e.csv", b"\x1f\x8b\x08\x00", ["packed with gzip", "gunzip"]),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let path = path.to_str().unwrap();
        let out = folder.path().join("out.csv");
        let out = out.to_str().unwrap();
        for arguments in [
            &["tiva", leather.as_str(), "--satellite", path, "-o", out][..],
            &["aggregate", &leather, "--concordance", path, "-o", out],
        ] {
            let output = vadex(arguments);
            let message = stderr(&output);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
            assert!(words.iter().all(|word| message.contains(word)), "{arguments:?}: {message}");
            assert!(!message.contains("cut short"), "{message}");
            assert!(!Path::new(out).exists());
        }
    }
}
