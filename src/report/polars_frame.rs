//! A [`Frame`] as a polars data frame, for the formats that polars writes.

use polars::prelude::{ChunkTake, Column as PolarsColumn, DataFrame, IntoColumn, NamedFrom, StringChunked};

use super::ReportError;
use crate::frame::{Column, Frame};

pub(super) fn of(frame: &Frame, format: &'static str) -> Result<DataFrame, ReportError> {
    let columns = frame
        .fields()
        .iter()
        .map(|field| column(field.name.as_str(), &field.column))
        .collect::<Result<_, _>>()
        .and_then(DataFrame::new_infer_height);
    columns.map_err(|error| ReportError::Encode { format, message: error.to_string() })
}

fn column(name: &str, values: &Column) -> polars::error::PolarsResult<PolarsColumn> {
    Ok(match values {
        Column::Integer(values) => PolarsColumn::new(name.into(), values),
        // Each label is made once, then looked up: a result has far more rows than labels.
        Column::Label { names, codes } => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            StringChunked::new(name.into(), names).take(codes.as_slice())?.into_column()
        }
        Column::Text(values) => PolarsColumn::new(name.into(), values),
        Column::Number(values) if values.iter().any(|value| value.is_nan()) => PolarsColumn::new(
            name.into(),
            values.iter().map(|value| (!value.is_nan()).then_some(*value)).collect::<Vec<_>>(),
        ),
        Column::Number(values) => PolarsColumn::new(name.into(), values.as_slice()),
    })
}
