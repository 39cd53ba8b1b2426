//! Do the measures agree on whose chains became thinner? The code of `notebooks/05-do-the-measures-agree.ipynb`.
//!
//! ```text
//! cargo run --release --example do_the_measures_agree
//! ```
//!
//! `tests/notebooks.rs` holds the two equal, cell by cell, so that what the notebook says is compiled and run by every test.

// cell: what is used
use vadex::analysis::{Analysis, DecomposeAnalysis, Piece, Preparation};
use vadex::chart::{Request, Sheet, find_chart};
use vadex::decompose::find_method;
use vadex::frame::{Column, Frame, Measure, ResultNotes};
use vadex::level::Level;
use vadex::load::discover;
use vadex::report::{Markdown, Writer};

// cell: load, solve, decompose
/// Borin and Mancini's decomposition of each year: the table is opened, solved, and its exports are taken apart.
fn decomposed(years: &[i32], exporters: &[&str]) -> Result<Vec<Piece>, vadex::Error> {
    let analysis = DecomposeAnalysis {
        exporters: exporters.iter().map(|economy| (*economy).to_owned()).collect(),
        ..DecomposeAnalysis::of(find_method("bm-source")?, Level::Country)
    };
    let mut results = Vec::new();
    for table in discover("builtin:wiod13", years)? {
        let world = Preparation::default().open(&table)?;
        results.push(analysis.run(&world)?);
    }
    Ok(results)
}

// cell: the change of a share
/// Domestic content, value added counted once, absorbed abroad, absorbed by the direct importer.
const TERMS: [&str; 4] = ["dc", "dva", "vax", "davax"];

/// Change of a term's share of gross exports between two results, in percentage points.
fn change(first: &Frame, last: &Frame, term: &str) -> Vec<f64> {
    let share = |frame: &Frame| -> Vec<f64> {
        let numbers = |name: &str| frame.numbers(name).unwrap_or_else(|| panic!("no column {name}")).to_vec();
        numbers(term).iter().zip(numbers("gexp")).map(|(part, whole)| 100.0 * part / whole).collect()
    };
    share(last).iter().zip(share(first)).map(|(last, first)| last - first).collect()
}

// cell: showing
/// A notebook shows what stands between these lines; a terminal prints it as it is.
fn show(kind: &str, content: &str) {
    println!("EVCXR_BEGIN_CONTENT {kind}\n{content}\nEVCXR_END_CONTENT");
}

/// A result as Markdown, with its unit and conventions.
fn markdown(frame: &Frame, notes: &ResultNotes) -> Result<String, vadex::Error> {
    let mut bytes = Vec::new();
    let mut sink = Markdown.start(Box::new(&mut bytes), notes);
    sink.write(frame)?;
    sink.finish()?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

// cell: who disagrees
/// How many economies became thinner and thicker by all terms, and the changes of those of which the terms disagree.
pub fn disagreement(first: &Frame, last: &Frame) -> (usize, usize, Frame) {
    let changes: Vec<Vec<f64>> = TERMS.iter().map(|term| change(first, last, term)).collect();
    let falls = |row: &usize| changes.iter().filter(|change| change[*row] < 0.0).count();
    let count = |terms: usize| (0..last.n_rows()).filter(|row| falls(row) == terms).count();
    let mixed: Vec<usize> = (0..last.n_rows()).filter(|row| (1..TERMS.len()).contains(&falls(row))).collect();
    let Some(Column::Label { names, codes }) = last.column("exporter") else { panic!("no exporters") };
    let exporters = Column::labels(names, mixed.iter().map(|&row| codes[row]).collect());
    let mut frame = Frame::new().with("exporter", Measure::Key, exporters);
    for (term, change) in TERMS.iter().zip(&changes) {
        let numbers = mixed.iter().map(|&row| change[row]).collect();
        frame = frame.with(term, Measure::Pure, Column::Number(numbers));
    }
    (count(TERMS.len()), count(0), frame)
}

// cell: drawing
/// The terms of one economy over the years, as a percentage of its gross exports.
fn lines(results: &[Piece], economy: &str) -> Result<String, vadex::Error> {
    let frames: Vec<Frame> = results.iter().map(|result| result.frame.clone()).collect();
    let notes = &results[0].notes;
    let sheet = Sheet {
        name: economy.to_owned(),
        frame: Frame::stack(&frames),
        unit: notes.unit.clone(),
        computed: notes.computed.clone(),
        sources: vec!["WIOD 2013".into()],
    };
    let request = Request {
        values: TERMS.iter().map(|term| (*term).to_owned()).collect(),
        percent_of: Some("gexp".into()),
        ..Request::default()
    };
    let chart = find_chart("lines").expect("a chart of the registry");
    Ok(chart.draw(&[sheet], &request)?.svg())
}

// end

/// The cells that answer the question, one after the other.
///
/// # Errors
/// A table that cannot be read or solved.
pub fn main() -> Result<(), vadex::Error> {
    // cell: two years
    let years: Vec<Piece> = decomposed(&[1995, 2011], &[])?;
    let notes: ResultNotes = years[1].notes.clone();
    println!("{}, {}; {}", notes.computed, notes.unit, notes.conventions);
    println!("worst residual of the solves {:.0e}", notes.worst_residual);

    // cell: the answer
    let (thinner, thicker, mixed): (usize, usize, Frame) = disagreement(&years[0].frame, &years[1].frame);
    println!(
        "thinner by all four: {thinner}, thicker by all four: {thicker}, they disagree: {}",
        mixed.n_rows()
    );
    show("text/markdown", &markdown(&mixed, &ResultNotes::default())?);

    // cell: every year
    let every: Vec<Piece> = decomposed(&[], &["CHN"])?;
    show("text/html", &lines(&every, "CHN")?);
    // end
    Ok(())
}
