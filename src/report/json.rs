//! JSON: an array of objects, one a row, missing values null.

use std::io::Write;

use serde_json::{Map, Value};

use super::{ReportError, Sink, Writer};
use crate::frame::{Column, Frame, ResultNotes};

/// Writer of JSON.
#[derive(Debug)]
pub struct Json;

impl Writer for Json {
    fn id(&self) -> &'static str {
        "json"
    }

    fn summary(&self) -> &'static str {
        "an array of objects, one a row, missing values null"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn start<'a>(&self, output: Box<dyn Write + 'a>, _notes: &ResultNotes) -> Box<dyn Sink + 'a> {
        Box::new(JsonSink { output, rows: 0 })
    }
}

struct JsonSink<'a> {
    output: Box<dyn Write + 'a>,
    rows: usize,
}

impl Sink for JsonSink<'_> {
    fn write(&mut self, piece: &Frame) -> Result<(), ReportError> {
        let mut text = Vec::new();
        for row in 0..piece.n_rows() {
            text.extend_from_slice(if self.rows == 0 { b"[\n" } else { b",\n" });
            self.rows += 1;
            let object: Map<String, Value> =
                piece.fields().iter().map(|field| (field.name.clone(), value(&field.column, row))).collect();
            serde_json::to_writer(&mut text, &object)
                .map_err(|error| ReportError::Encode { format: "json", message: error.to_string() })?;
        }
        Ok(self.output.write_all(&text)?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ReportError> {
        self.output.write_all(if self.rows == 0 { b"[]\n" } else { b"\n]\n" })?;
        Ok(self.output.flush()?)
    }
}

fn value(column: &Column, row: usize) -> Value {
    match column {
        Column::Integer(values) => values[row].into(),
        Column::Label { names, codes } => names[codes[row] as usize].as_str().into(),
        Column::Text(values) => values[row].clone().into(),
        // A number that is not finite becomes null: JSON has no other word for it.
        Column::Number(values) => values[row].into(),
    }
}
