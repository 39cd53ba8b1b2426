//! What a program that embeds the library relies on: types that cross threads, flows of its own, errors instead of panics.

use nalgebra::DMatrix;
use vadex::analysis::{Preparation, TivaAnalysis, WithIntervals, World};
use vadex::decompose::{DecomposeError, Scope, Workspace, decompose, find_method};
use vadex::frame::{Column, Frame, Measure};
use vadex::indicators::{IndicatorError, Request, find_indicator};
use vadex::labels::LabelError;
use vadex::level::Level;
use vadex::load::{ReadOptions, discover};
use vadex::model::{Changed, Model, ModelError, System};
use vadex::table::{IcioTable, PrimaryRow, RowRole, TableError, TableParts};
use vadex::uncertainty::DrawPlan;
use vadex::uncertainty::draws::numbers_of;

use super::support::{fixture, leather, model};

/// Two economies with a sector each, by the one call that takes what every table has.
fn parts() -> TableParts {
    let rows = [("A", "x"), ("B", "x")].map(|(economy, sector)| (economy.to_owned(), sector.to_owned()));
    let z = DMatrix::from_row_slice(2, 2, &[20.0, 5.0, 10.0, 10.0]);
    let y = DMatrix::from_row_slice(2, 2, &[50.0, 25.0, 40.0, 50.0]);
    TableParts::new(rows.to_vec(), vec!["final".into()], z, y, "million")
}

#[test]
fn what_is_costly_to_make_crosses_threads_and_can_stand_in_a_struct_with_debug() {
    fn crosses<T: Send + Sync + std::fmt::Debug>() {}
    crosses::<IcioTable>();
    crosses::<System>();
    crosses::<Model>();
    crosses::<Changed>();
    crosses::<Workspace>();
    crosses::<World>();
    crosses::<vadex::Error>();
    let told = format!("{:?}", model(&leather()));
    assert!(told.contains("value added") && told.contains("dense-lu"), "{told}");
}

#[test]
fn parts_of_another_size_than_the_labels_are_refused() {
    let size_of = |parts: TableParts| match IcioTable::new(parts).unwrap_err() {
        TableError::Shape { part, found_rows, found_columns, .. } => (part, found_rows, found_columns),
        other => panic!("{other}"),
    };
    let output = TableParts { published_output: Some(vec![100.0]), ..parts() };
    assert_eq!(size_of(output), ("published output", 1, 1));
    let below = |industries: usize, finals: usize| TableParts {
        primary_rows: vec![PrimaryRow {
            name: "VA".into(),
            role: RowRole::ValueAdded,
            industries: vec![70.0; industries],
            final_use: Some(vec![0.0; finals]),
        }],
        ..parts()
    };
    assert_eq!(size_of(below(3, 2)), ("a row below the intermediate block", 1, 3));
    assert_eq!(size_of(below(2, 3)), ("a row below final demand", 1, 3));
    assert!(IcioTable::new(below(2, 2)).is_ok());
}

#[test]
fn an_index_that_is_none_of_the_axis_is_refused_and_gives_no_empty_result() {
    let model = model(&IcioTable::new(parts()).unwrap());
    let method = find_method("bm-source").unwrap();
    let scope = Scope { exporters: vec![0, 2], ..Scope::default() };
    let error = decompose(&model, method, Level::Country, &scope).unwrap_err();
    assert_eq!(error, DecomposeError::OutOfRange { filter: "exporter", index: 2, count: 2 });
    let work = Workspace::new(&model).unwrap();
    let scope = Scope { sectors: vec![1], ..Scope::default() };
    let error = method.run(&work, Level::Sector, &scope).unwrap_err();
    assert_eq!(error, DecomposeError::OutOfRange { filter: "sector", index: 1, count: 1 });
    let request = Request { economies: vec![7], ..Request::default() };
    let error = find_indicator("upstreamness").unwrap().run(&model, Level::Country, &request).unwrap_err();
    assert_eq!(error, IndicatorError::OutOfRange { what: "economy", index: 7, count: 2 });
    // By name there is nothing to get wrong silently.
    let named = Scope::named(model.axis(), &["B"], &["A"], &["x"]).unwrap();
    assert_eq!(named, Scope { exporters: vec![1], importers: vec![0], sectors: vec![0] });
    assert!(matches!(Scope::named(model.axis(), &["C"], &[], &[]), Err(LabelError::Unknown { .. })));
}

#[test]
fn an_amount_that_is_no_number_is_named_and_no_failed_solve() {
    let model = model(&IcioTable::new(parts()).unwrap());
    match model.with_satellite("jobs", "persons", &[1.0, f64::NAN]).map(drop).unwrap_err() {
        ModelError::SatelliteNotFinite { name, row, value } => {
            assert_eq!((name.as_str(), row.as_str(), value.is_nan()), ("jobs", "B.x", true));
        }
        other => panic!("{other}"),
    }
}

#[test]
fn columns_are_read_by_what_they_hold() {
    let frame = Frame::new()
        .with("year", Measure::Key, Column::Integer(vec![Some(2011), None]))
        .with("economy", Measure::Key, Column::labels(&["A".to_owned(), "B".to_owned()], vec![1, 0]))
        .with("remark", Measure::Key, Column::Text(vec![None, Some("rounded".into())]))
        .with("dva", Measure::Amount, Column::Number(vec![1.5, 2.5]));
    assert_eq!(frame.integers("year").unwrap(), [Some(2011), None]);
    assert_eq!(frame.texts("economy").unwrap(), [Some("B"), Some("A")]);
    assert_eq!(frame.texts("remark").unwrap(), [None, Some("rounded")]);
    for name in ["dva", "year", "missing"] {
        assert!(frame.texts(name).is_none(), "{name}");
    }
    assert!(frame.integers("economy").is_none() && frame.numbers("economy").is_none());
}

#[test]
fn levels_are_found_by_the_ids_that_they_tell() {
    for level in Level::ALL {
        assert_eq!(Level::find(&level.to_string()), Some(level));
        let json = serde_json::to_string(&level).unwrap();
        assert_eq!(json, format!("\"{level}\""));
        assert_eq!(serde_json::from_str::<Level>(&json).unwrap(), level);
    }
    assert_eq!(Level::find("Country"), None);
}

#[test]
fn intervals_of_a_table_in_memory_are_those_of_its_file() {
    let analysis = TivaAnalysis::default();
    let plan = DrawPlan { draws: 100, ..DrawPlan::default() };
    let (intervals, preparation) = (WithIntervals { analysis: &analysis, plan }, Preparation::default());
    let file = &discover(&fixture("leather.csv"), &[]).unwrap()[0];
    let table = file.open(&ReadOptions::default()).unwrap();
    let (from_file, rows) = intervals.run(&preparation, file, None, &|| {}).unwrap();
    let (in_memory, again) = intervals.run_on(&preparation, table, None, &|| {}).unwrap();
    let bits = |frame: &Frame| numbers_of(frame).into_iter().map(f64::to_bits).collect::<Vec<_>>();
    assert_eq!((bits(&from_file.frame), rows), (bits(&in_memory.frame), again));
}
