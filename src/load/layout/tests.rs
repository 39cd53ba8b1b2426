//! Tables that a layout describes.

use super::*;

fn read(text: &str, layout: &str) -> Result<TableParts, LoadError> {
    read_beside(&[], text, layout)
}

/// The same with other files beside the layout.
fn read_beside(files: &[(&str, &str)], text: &str, layout: &str) -> Result<TableParts, LoadError> {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let path = folder.path().join("layout.toml");
    std::fs::write(&path, layout).unwrap();
    let options = ReadOptions { layout: Some(path), ..ReadOptions::default() };
    Described.read(&Source::from_bytes("t.csv", text.as_bytes().to_vec()), &options)
}

const PARTS: &str =
    "[parts]\nfinal_demand = ['C', 'G']\nvalue_added = ['VA']\noutput = ['X']\nskip = ['SUM']\n";

fn expect(parts: &TableParts) {
    let name = |e: &str, s: &str| (e.to_owned(), s.to_owned());
    assert_eq!(parts.rows, [name("CHN", "a_1"), name("CHN", "b"), name("DEU", "a_1"), name("DEU", "b")]);
    assert_eq!(parts.categories, ["C", "G"]);
    let z = &parts.intermediate_use;
    for (i, j, value) in [(0, 0, 1.0), (0, 3, 4.0), (3, 0, 13.0), (2, 2, 11.0)] {
        assert!((z.get(i, j) - value).abs() < 1e-12, "{i} {j} {}", z.get(i, j));
    }
    assert!((parts.final_demand[(1, 2)] - 120.0).abs() < 1e-12);
    assert_eq!(parts.primary_rows.len(), 1);
    assert_eq!(parts.primary_rows[0].role, RowRole::ValueAdded);
    assert_eq!(parts.unit, "pounds");
    assert_eq!(parts.year, Some(1900));
}

/// Rows 0 to 3 by columns 0 to 3 hold 4i + j + 1; final demand 100 + 10 i + 0 ... 3 below.
fn cells() -> Vec<(String, String, f64)> {
    let industries = ["PRC_a_1", "PRC_b", "DEU_a_1", "DEU_b"];
    let finals = ["PRC_C", "PRC_G", "DEU_C", "DEU_G"];
    let mut cells = Vec::new();
    for (i, row) in industries.iter().enumerate() {
        for (j, column) in industries.iter().enumerate() {
            cells.push(((*row).into(), (*column).into(), (4 * i + j + 1) as f64));
        }
        for (k, column) in finals.iter().enumerate() {
            cells.push(((*row).into(), (*column).into(), (100 + 10 * i + 5 * k) as f64));
        }
        cells.push(("VA".into(), (*row).into(), 500.0));
    }
    cells
}

const HEAD: &str =
    "unit = 'pounds'\nyear = 1900\n[labels]\nseparator = '_'\n[rename.economies]\nPRC = 'CHN'\n";

#[test]
fn a_long_table_is_read_by_the_names_of_its_columns() {
    let mut text = String::from("value;to;from\n");
    cells().iter().for_each(|(row, column, value)| text.push_str(&format!("{value};{column};{row}\n")));
    let layout = format!(
        "{HEAD}[text]\ndelimiter = ';'\n[long]\nrow = 'from'\ncolumn = 'to'\nvalue = 'value'\n[parts]\n\
             final_demand = ['C', 'G']\nvalue_added = ['VA']\n"
    );
    expect(&read(&text, &layout).unwrap());
    text.push_str("1;PRC_b;PRC_a_1\n");
    let error = read(&text, &layout).unwrap_err().to_string();
    assert!(error.contains("line 38: the cell at row `PRC_a_1`, column `PRC_b`"), "{error}");
}

#[test]
fn a_long_table_may_have_columns_for_economy_and_code() {
    let mut text = String::from("e1,c1,e2,c2,v\n");
    let split = |label: &str| {
        label.split_once('_').map_or_else(|| (String::new(), label.to_owned()), |(e, c)| (e.into(), c.into()))
    };
    for (row, column, value) in cells() {
        let ((e1, c1), (e2, c2)) = (split(&row), split(&column));
        text.push_str(&format!("{e1},{c1},{e2},{c2},{value}\n"));
    }
    let layout = "unit = 'pounds'\nyear = 1900\n[rename.economies]\nPRC = 'CHN'\n[long]\nrow_economy = 'e1'\nrow_code = 'c1'\n\
                      column_economy = 'e2'\ncolumn_code = 'c2'\nvalue = 'v'\n[parts]\nfinal_demand = ['C', 'G']\nvalue_added = ['VA']\n";
    expect(&read(&text, layout).unwrap());
}

/// Two header rows, two label columns, a total row and an output column.
#[test]
fn a_wide_table_is_read_by_positions_of_economy_and_code() {
    let all = cells();
    let value = |row: &str, column: &str| {
        all.iter().find(|(r, c, _)| r == row && c == column).map_or(String::new(), |(_, _, v)| v.to_string())
    };
    let industries = ["PRC_a_1", "PRC_b", "DEU_a_1", "DEU_b"];
    let columns = ["PRC_a_1", "PRC_b", "DEU_a_1", "DEU_b", "PRC_C", "PRC_G", "DEU_C", "DEU_G"];
    let part = |place: usize| {
        columns.map(|c| c.split_once('_').map_or("", |(e, c)| if place == 0 { e } else { c })).join("\t")
    };
    let mut text = format!("\t\t{}\tX\n\t\t{}\t\n", part(1), part(0));
    for row in industries {
        let (economy, code) = row.split_once('_').unwrap();
        let line: Vec<String> = columns.iter().map(|column| value(row, column)).collect();
        text.push_str(&format!("{code}\t{economy}\t{}\t1000\n", line.join("\t")));
    }
    text.push_str("SUM\t\t1\t1\t1\t1\t1\t1\t1\t1\t1\nVA\t\t500\t500\t500\t500\t\t\t\t\t\n");
    let layout = format!(
        "unit = 'pounds'\nyear = 1900\n[rename.economies]\nPRC = 'CHN'\n[text]\ndelimiter = 'tab'\nheader_rows = 2\nlabel_columns = 2\n\
             [labels]\neconomy = 2\ncode = 1\n{PARTS}"
    );
    let parts = read(&text, &layout).unwrap();
    expect(&parts);
    assert!(parts.published_output.unwrap().iter().all(|x| (x - 1000.0).abs() < 1e-12));
    for (from, to, words) in [
        ("SUM\t\t1", "WHAT\t\t1", "row `WHAT` names no economy"),
        ("\tX\n", "\tY\n", "column `Y` names no economy"),
    ] {
        let error =
            read(&text.replacen(from, to, 1), &layout.replace("'SUM'", "").replace("output = ['X']", ""));
        let error = error.err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains("names no economy"), "{words}: {error}");
    }
}

/// The cells of [`cells`] as numbers alone: industries, one row below them.
fn bare(delimiter: &str) -> String {
    let all = cells();
    let line = |row: &str| {
        let found = all.iter().filter(|(label, _, _)| label == row);
        let mut line: Vec<String> = found.map(|(_, _, value)| value.to_string()).collect();
        line.resize(8, String::new());
        line.join(delimiter)
    };
    let rows = ["PRC_a_1", "PRC_b", "DEU_a_1", "DEU_b", "VA"];
    rows.map(line).iter().map(|line| format!("{line}\n")).collect()
}

/// Labels of the file without labels; every part has another form.
const GIVEN: &str = "unit = 'pounds'\nyear = 1900\n[labels]\neconomies = 'list.csv'\nsectors = ['a_1', 'b']\n\
                         final_demand = ['C', 'G']\nrows_below = ['VA']\n[parts]\nvalue_added = ['VA']\n\
                         [rename.economies]\nPRC = 'CHN'\n";

#[test]
fn a_table_without_labels_takes_those_of_the_layout() {
    for list in ["PRC\nDEU\n", "\u{feff}\"PRC\"\r\nDEU,\r\n\r\n", "PRC,DEU", "PRC;DEU\n"] {
        expect(&read_beside(&[("list.csv", list)], &bare(","), GIVEN).unwrap());
    }
    let inline = GIVEN.replace("'list.csv'", "['PRC', 'DEU']");
    let parts = read(&bare(","), &inline).unwrap();
    expect(&parts);
    let told = &parts.provenance.repairs[0];
    assert_eq!((told.name.as_str(), told.count), ("labels-given", 5));
    assert!(
        told.detail.ends_with("names all labels: 2 economies x 2 sectors, 2 of final demand each"),
        "{told:?}"
    );
    // Categories from `parts`, sectors from another list.
    let elsewhere = inline
        .replace("final_demand = ['C', 'G']\n", "")
        .replace("[parts]\n", "[parts]\nfinal_demand = ['C', 'G']\n")
        .replace("['a_1', 'b']", "'sectors.csv'");
    expect(&read_beside(&[("sectors.csv", "a_1\nb\n")], &bare(","), &elsewhere).unwrap());
    // Lines and columns that are no numbers, told of; another delimiter.
    let lines = bare("\t");
    let mut titled = String::from("x\tV1\tV2\tV3\tV4\tV5\tV6\tV7\tV8\n");
    lines.lines().enumerate().for_each(|(k, line)| titled.push_str(&format!("{k}\t{line}\n")));
    let text = "[text]\ndelimiter = 'tab'\nheader_rows = 1\nlabel_columns = 1\n[labels]";
    expect(&read(&titled, &inline.replace("[labels]", text)).unwrap());
}

#[test]
fn counts_name_sectors_and_categories_by_number() {
    let layout = "[labels]\neconomies = ['A', 'B']\nsectors = 2\nfinal_demand = 2\nrows_below = ['VA']\n\
                      [parts]\nvalue_added = ['VA']\n";
    let labels = |parts: &TableParts| -> Vec<String> {
        parts.rows.iter().map(|(economy, sector)| format!("{economy}.{sector}")).collect()
    };
    let parts = read(&bare(","), layout).unwrap();
    assert_eq!(labels(&parts), ["A.s1", "A.s2", "B.s1", "B.s2"]);
    assert_eq!(parts.categories, ["FD1", "FD2"]);
    // As many sectors as there are rows; one category.
    let fewer = layout.replace("sectors = 2\nfinal_demand = 2\n", "");
    let error = read(&bare(","), &fewer).unwrap_err().to_string();
    assert_eq!(error, "t.csv: found 8 columns, expected 6 = 2 economies x (2 sectors + 1 of final demand)");
    let text: String = bare(",")
        .lines()
        .map(|line| format!("{}\n", line.split(',').take(6).collect::<Vec<_>>().join(",")))
        .collect();
    let parts = read(&text, &fewer).unwrap();
    assert_eq!((labels(&parts).len(), parts.categories.as_slice()), (4, &["FD".to_owned()][..]));
}

#[test]
fn labels_that_do_not_fit_the_numbers_are_told_with_what_they_need() {
    let inline = GIVEN.replace("'list.csv'", "['PRC', 'DEU']");
    for (from, to, words) in [
        ("['a_1', 'b']", "3", "found 5 rows, expected 7 = 2 economies x 3 sectors + 1 (VA)"),
        ("sectors = ['a_1', 'b']\n", "", ""),
        ("rows_below = ['VA']\n", "", "found 5 rows, expected 4 = 2 economies x 2 sectors"),
        ("'DEU']", "'DEU', 'W']", "found 5 rows, expected 7 = 3 economies x 2 sectors + 1 (VA)"),
        (
            "final_demand = ['C', 'G']",
            "final_demand = 3",
            "found 8 columns, expected 10 = 2 economies x (2 sectors + 3 of final demand)",
        ),
        (
            "rows_below = ['VA']",
            "rows_below = ['VA']\ncolumns_after = ['X', 'Y']",
            "found 8 columns, expected 10 = 2 economies x (2 sectors + 2 of final demand) + 2 (X, Y)",
        ),
        ("['PRC', 'DEU']", "2", "`labels.economies` is a count"),
        ("['a_1', 'b']", "1000000000000", "`labels.sectors` is 1000000000000, more than any table has"),
        ("['PRC', 'DEU']", "['PRC', 'PRC']", "`labels.economies` has `PRC` twice"),
        ("['PRC', 'DEU']", "true", "expected how many there are, a list of labels, or the name of a file"),
        ("['PRC', 'DEU']", "[]", "`labels.economies` names none"),
        ("['PRC', 'DEU']", "'none.csv'", "none.csv: no such file"),
        ("['a_1', 'b']", "['a_1', 'C']", "`labels.sectors` has `C`"),
        ("['a_1', 'b']", "['a_1', 'VA']", "`labels.sectors` has `VA`"),
        ("value_added = ['VA']", "", "row `VA` names no economy"),
        ("value_added = ['VA']", "value_added = ['VA']\noutput = ['OUT']", "has no label OUT"),
        ("[labels]", "[labels]\nseparator = '_'", "either one or the other"),
        ("economies = ['PRC', 'DEU']\n", "", "`labels.sectors` is for a file without labels"),
        ("[parts]", "[long]\nvalue = 'v'\n[parts]", "is for a wide table"),
    ] {
        assert!(inline.contains(from), "{from}");
        let outcome = read(&bare(","), &inline.replacen(from, to, 1));
        match words {
            // The rows tell how many there are.
            "" => assert_eq!(outcome.unwrap().rows[1].1, "s2"),
            words => {
                let error = outcome.unwrap_err().to_string();
                assert!(error.contains(words), "{words}: {error}");
            }
        }
    }
    let uneven = inline.replace("sectors = ['a_1', 'b']\n", "").replace("rows_below = ['VA']\n", "");
    let error = read(&bare(","), &uneven).unwrap_err().to_string();
    assert_eq!(error, "t.csv: found 5 rows, expected a multiple of 2, the economies");
    let several = read_beside(&[("list.csv", "PRC,China\nDEU,Germany\n")], &bare(","), GIVEN);
    let error = several.unwrap_err().to_string();
    assert!(error.contains("line 1 has 2 labels, expected one a line"), "{error}");
    // A file that has labels after all: where, and what stands there.
    let headed = format!("a,b,c,d,e,f,g,h\n{}", bare(","));
    let error = read(&headed, &inline).unwrap_err().to_string();
    assert!(error.contains("row `line 1`, column `1`: found `a`, expected a number"), "{error}");
}

#[test]
fn a_decimal_comma_needs_another_delimiter() {
    let inline = GIVEN.replace("'list.csv'", "['PRC', 'DEU']");
    let text = bare(";").replace("500", "500,0").replace("120", "1,2e2");
    let with = |marks: &str| read(&text, &inline.replace("[labels]", &format!("[text]\n{marks}\n[labels]")));
    expect(&with("delimiter = ';'\ndecimal = ','").unwrap());
    for (marks, words) in [
        ("decimal = ','", "`text.decimal` and `text.delimiter` are both `,`"),
        ("delimiter = '.'", "`text.decimal` and `text.delimiter` are both `.`"),
        ("delimiter = ';'\ndecimal = ';'", "`text.decimal` is `;`, expected `.` or `,`"),
        ("delimiter = ';'", "found `1,2e2`, expected a number"),
        ("delimiter = ';'\ndecimal = ','\nheader_rows = 1", "found 4 rows, expected 5"),
    ] {
        let error = with(marks).unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
    // The same of a long table.
    let mut long = String::from("from;to;value\n");
    cells().iter().for_each(|(row, column, value)| long.push_str(&format!("{row};{column};{value},0\n")));
    let layout = format!(
        "{HEAD}[text]\ndelimiter = ';'\ndecimal = ','\n[long]\nrow = 'from'\ncolumn = 'to'\nvalue = 'value'\n[parts]\n\
             final_demand = ['C', 'G']\nvalue_added = ['VA']\n"
    );
    expect(&read(&long, &layout).unwrap());
}

#[test]
fn a_file_without_header_needs_labels_from_the_layout() {
    for (marks, words) in [
        ("header_rows = 0", "`text.header_rows = 0` leaves columns without labels"),
        ("label_columns = 0", "`text.label_columns = 0` leaves rows without labels"),
    ] {
        let layout = format!("{HEAD}[text]\n{marks}\n[parts]\nfinal_demand = ['C', 'G']\n");
        let error = read(&bare(","), &layout).unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[test]
fn the_hash_of_a_layout_holds_its_lists() {
    let folder = tempfile::tempdir().unwrap();
    let (layout, list) = (folder.path().join("layout.toml"), folder.path().join("list.csv"));
    std::fs::write(&layout, GIVEN).unwrap();
    std::fs::write(&list, "PRC\nDEU\n").unwrap();
    let before = sha256_of_layout(&layout).unwrap();
    assert!(before.starts_with(&sha256_of_file(&layout).unwrap()));
    std::fs::write(&list, "DEU\nPRC\n").unwrap();
    assert_ne!(sha256_of_layout(&layout).unwrap(), before);
    std::fs::write(&layout, HEAD).unwrap();
    assert_eq!(sha256_of_layout(&layout).unwrap(), sha256_of_file(&layout).unwrap());
}

#[test]
fn a_layout_that_does_not_describe_the_table_is_refused() {
    let mut text = String::from("from,to,value\n");
    cells().iter().for_each(|(row, column, value)| text.push_str(&format!("{row},{column},{value}\n")));
    let good = format!(
        "{HEAD}[long]\nrow = 'from'\ncolumn = 'to'\nvalue = 'value'\n[parts]\nfinal_demand = ['C', 'G']\nvalue_added = ['VA']\n"
    );
    assert!(read(&text, &good).is_ok());
    for (from, to, words) in [
        ("final_demand = ['C', 'G']\n", "", "`parts.final_demand` is empty"),
        ("['C', 'G']", "['C', 'G', 'H']", "has no label H"),
        ("separator", "seperator", "unknown field `seperator`"),
        ("row = 'from'", "row = 'source'", "there is no column `source`"),
        ("value = 'value'\n", "", "`long.value` is missing"),
        ("column = 'to'\n", "", "`long` names either `column`"),
        ("PRC = 'CHN'", "PRK = 'CHN'", "has no label PRK"),
        ("value_added = ['VA']", "", "row `VA` names no economy"),
    ] {
        assert!(good.contains(from));
        let error = read(&text, &good.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
    let error = read(&text.replace(",500", ",five"), &good).unwrap_err().to_string();
    assert!(error.contains("row `VA`, column `PRC_a_1`: found `five`"), "{error}");
}
