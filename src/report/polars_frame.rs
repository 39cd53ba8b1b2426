//! A [`Frame`] as a polars data frame, for the formats that polars writes.

use polars::prelude::{Column as PolarsColumn, DataFrame};

use super::ReportError;
use crate::frame::{Column, Frame};

pub(super) fn of(frame: &Frame, format: &'static str) -> Result<DataFrame, ReportError> {
    let columns = frame
        .fields()
        .iter()
        .map(|field| {
            let name = field.name.as_str().into();
            match &field.column {
                Column::Integer(values) => PolarsColumn::new(name, values),
                Column::Label { names, codes } => PolarsColumn::new(
                    name,
                    codes.iter().map(|&code| names[code as usize].as_str()).collect::<Vec<_>>(),
                ),
                Column::Text(values) => PolarsColumn::new(name, values),
                Column::Number(values) => PolarsColumn::new(
                    name,
                    values.iter().map(|value| (!value.is_nan()).then_some(*value)).collect::<Vec<_>>(),
                ),
            }
        })
        .collect();
    DataFrame::new_infer_height(columns)
        .map_err(|error| ReportError::Encode { format, message: error.to_string() })
}
