//! Parquet, compressed with zstd; the notes of the result travel in the file's metadata.

use std::io::Write;

use polars::error::PolarsError;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{KeyValueMetadata, ParquetCompression, ParquetWriter, StatisticsOptions};

use super::watched::{Trouble, Watched};
use super::{ReportError, Sink, Writer, polars_frame};
use crate::frame::{Frame, ResultNotes};

/// Key of the notes in the file's metadata.
pub const NOTES_KEY: &str = "vadex.notes";

/// Writer of Parquet.
#[derive(Debug)]
pub struct Parquet;

impl Writer for Parquet {
    fn id(&self) -> &'static str {
        "parquet"
    }

    fn summary(&self) -> &'static str {
        "Apache Parquet with zstd; conventions and sources in the file's metadata"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["parquet"]
    }

    fn start<'a>(&self, output: Box<dyn Write + 'a>, notes: &ResultNotes) -> Box<dyn Sink + 'a> {
        let (output, trouble) = Watched::new(output);
        Box::new(ParquetSink { output: Some(output), trouble, writer: None, notes: notes.clone() })
    }
}

struct ParquetSink<'a> {
    output: Option<Watched<Box<dyn Write + 'a>>>,
    trouble: Trouble,
    writer: Option<BatchedWriter<Watched<Box<dyn Write + 'a>>>>,
    notes: ResultNotes,
}

impl Sink for ParquetSink<'_> {
    fn write(&mut self, piece: &Frame) -> Result<(), ReportError> {
        let data = polars_frame::of(piece, "parquet")?;
        let trouble = self.trouble.clone();
        let encode = |error: PolarsError| trouble.or("parquet", error);
        if let Some(output) = self.output.take() {
            let notes = serde_json::to_string(&self.notes)
                .map_err(|error| ReportError::Encode { format: "parquet", message: error.to_string() })?;
            let metadata = KeyValueMetadata::from_static(vec![(NOTES_KEY.into(), notes)]);
            let writer = ParquetWriter::new(output)
                .with_compression(ParquetCompression::Zstd(None))
                .with_statistics(StatisticsOptions::default())
                .with_key_value_metadata(Some(metadata))
                .batched(data.schema())
                .map_err(encode)?;
            self.writer = Some(writer);
        }
        match &mut self.writer {
            Some(writer) => writer.write_batch(&data).map_err(encode),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<(), ReportError> {
        if let Some(writer) = &mut self.writer {
            writer.finish().map_err(|error| self.trouble.or("parquet", error))?;
        }
        Ok(())
    }
}
