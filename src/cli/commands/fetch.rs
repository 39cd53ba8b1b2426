//! `vadex fetch`: public databases, where they are, and their files downloaded where a direct link is published.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::parse_years;
use crate::cli::args::{Common, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::{Destination, wrapped};
use crate::cli::{Outcome, output};
use crate::fetch::{Checksum, DATASETS, Dataset, DatasetFile, FetchError, FileSpec, find_dataset};
use crate::frame::{Column, Frame, Measure, ResultNotes};

/// List public databases, or download one
#[derive(Debug, Args)]
#[command(
    after_help = "A download that breaks off is gone on with by the same command. A file appears under its name only when \
    it is whole and its size and checksum, where published, are right. Where a login or a form is needed the command says \
    where the file is, under which name to take it and what its licence asks for.\n\n\
    Example: vadex fetch exiobase3.8.2-ixi --year 2011 --show\n  \
    vadex fetch exiobase3.8.2-ixi --year 2011 -o .       (downloads)"
)]
pub(crate) struct Fetch {
    /// Which dataset (`vadex fetch --list`)
    #[arg(value_name = "ID", required_unless_present = "list")]
    id: Option<String>,
    /// List every dataset: where it is, its files, licence and citation
    #[arg(long, conflicts_with_all = ["id", "show", "all", "year"])]
    list: bool,
    /// Format of the list: csv, json, markdown or text [default: text in a terminal, csv when piped]
    #[arg(long, value_name = "FORMAT", requires = "list")]
    format: Option<String>,
    /// Tell where the files are; download nothing
    #[arg(long)]
    show: bool,
    /// Years: 2011, 1995,2011 or 1995-2011
    #[arg(long, value_name = "YEARS")]
    year: Option<String>,
    /// Every file of the dataset
    #[arg(long, conflicts_with = "year")]
    all: bool,
    /// Folder to write to
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    output: PathBuf,
    /// Take the files from a mirror: a folder of the web that holds them under their published names
    #[arg(long, value_name = "URL")]
    from_mirror: Option<String>,
    /// Checksum that the (one) file must have: md5:HEX or sha256:HEX
    #[arg(long, value_name = "CHECKSUM")]
    checksum: Option<Checksum>,
    /// Longest silence of a server, in seconds, before an attempt is given up
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Attempts in a row without a new byte before the download is given up
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    attempts: u32,
}

impl Fetch {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let Some(id) = &self.id else { return self.list(common) };
        // `icio2016/2011` is the year of a dataset, as `builtin:wiod13/2011` is of a table.
        let (id, year) = match id.split_once('/') {
            Some((id, year)) => (id, Some(year)),
            None => (id.as_str(), None),
        };
        let dataset = find_dataset(id)?;
        let years = match self.year.as_deref().or(year) {
            Some(text) => parse_years(text)?,
            None => Vec::new(),
        };
        let files = dataset.files_of(&years)?;
        let mirror = self.from_mirror.as_deref();
        let reachable = files.iter().any(|file| file.link_from(mirror, dataset.id).is_some());
        if self.show || !reachable {
            output::print(&instructions(dataset, &files, &self.output.display().to_string()))?;
            return Ok(Outcome::Done);
        }
        if files.len() > 1 && years.is_empty() && !self.all {
            return Err(FetchError::SeveralFiles {
                id: dataset.id.to_owned(),
                count: files.len(),
                years: dataset.span(),
            }
            .into());
        }
        if files.len() > 1 && self.checksum.is_some() {
            return Err(Failure::request(
                format!("--checksum is for one file, this would fetch {}", files.len()),
                "choose one year with --year",
            ));
        }
        if !common.quiet {
            terms(dataset);
        }
        for file in &files {
            match file.link_from(mirror, dataset.id) {
                Some(url) => self.one(dataset, file, url, common)?,
                None => output::print(&instructions(
                    dataset,
                    std::slice::from_ref(file),
                    &self.output.display().to_string(),
                ))?,
            }
        }
        Ok(Outcome::Done)
    }

    #[cfg(feature = "fetch")]
    fn one(
        &self,
        dataset: &Dataset,
        file: &DatasetFile,
        url: String,
        common: &Common,
    ) -> Result<(), Failure> {
        use crate::cli::progress;
        use crate::fetch::{Job, Options, download};
        let known = self.checksum.clone().or_else(|| file.checksum.clone());
        let checked = known.is_some();
        let job = Job {
            url,
            folder: self.output.clone(),
            name: file.name.clone(),
            fallback: dataset.id.to_owned(),
            size: file.size,
            checksum: known,
        };
        let options = Options {
            timeout: std::time::Duration::from_secs(self.timeout),
            attempts: self.attempts,
            ..Options::default()
        };
        let bar = progress::bytes(file.name.as_deref().unwrap_or(dataset.id), common);
        let mut begun = false;
        let fetched = download(&job, &options, &mut |done, total| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            if !begun {
                // What an earlier run left is no part of the speed.
                bar.reset_eta();
                begun = true;
            }
            bar.set_position(done);
        });
        bar.finish_and_clear();
        let fetched = fetched?;
        if !common.quiet {
            let how = match (fetched.already_there, fetched.resumed_from) {
                (true, _) => "was there already".to_owned(),
                (false, 0) => "fetched".to_owned(),
                (false, from) => format!("fetched, from byte {from} on"),
            };
            output::say(&format!(
                "{}: {how}, {} bytes, sha256 {} ({})",
                fetched.path.display(),
                fetched.bytes,
                fetched.hashes.sha256,
                if checked { "checksum verified" } else { "no checksum is published: keep this one" }
            ));
        }
        Ok(())
    }

    #[cfg(not(feature = "fetch"))]
    fn one(&self, _: &Dataset, _: &DatasetFile, _: String, _: &Common) -> Result<(), Failure> {
        Err(FetchError::NotBuiltIn.into())
    }

    fn list(&self, common: &Common) -> Result<Outcome, Failure> {
        let text = match self.format.as_deref() {
            Some("text" | "table") => true,
            Some(_) => false,
            None => std::io::stdout().is_terminal(),
        };
        if text {
            output::print(&listing())?;
            return Ok(Outcome::Done);
        }
        let to = OutputTo { output: None, format: self.format.clone() };
        Destination::of(&to)?.write([frame()], &ResultNotes::of("fetch"), &common.silenced())?;
        Ok(Outcome::Done)
    }
}

/// Licence and citation, before anything is downloaded.
fn terms(dataset: &Dataset) {
    output::say(dataset.title);
    output::say(&format!("licence: {}", dataset.licence.unwrap_or("the publisher states none")));
    if let Some(citation) = dataset.citation {
        output::say(&format!("cite: {citation}"));
    }
    if let Some(note) = dataset.note {
        output::say(&format!("note: {note}"));
    }
}

/// Where the files are and what to do with them.
fn instructions(dataset: &Dataset, files: &[DatasetFile], folder: &str) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text.push_str(&wrapped(&format!("  {name:<9}"), value));
    line("page", dataset.page.unwrap_or("not known to us"));
    for file in files {
        let name = file.name.as_deref().unwrap_or("(the name that the server gives)");
        let size = file.size.map_or_else(String::new, |size| format!(", {size} bytes"));
        line("file", &format!("{name}{size}"));
        if let Some(link) = &file.link {
            line("", link);
        }
    }
    line("licence", dataset.licence.unwrap_or("the publisher states none"));
    line(
        "cite",
        dataset.citation.unwrap_or("the publisher asks for no particular citation that is known to us"),
    );
    if let Some(note) = dataset.note {
        line("note", note);
    }
    if files.iter().all(|file| file.link.is_none()) {
        line(
            "then",
            &format!(
                "take the file from the page in a browser, put it {}, and run `vadex check` on it",
                if folder == "." { "here".to_owned() } else { format!("into {folder}") }
            ),
        );
    }
    format!("{}\n{text}", wrapped("", &format!("{}: {}", dataset.id, dataset.title)).trim_end())
}

/// The list for a terminal of 80 columns.
fn listing() -> String {
    let width = DATASETS.iter().map(|dataset| dataset.id.len()).max().unwrap_or(0);
    let mut text = format!("{:<width$}  {:<9}  {:<8}  what\n", "id", "years", "by");
    for dataset in DATASETS {
        let by = if dataset.has_links() { "download" } else { "hand" };
        let span = dataset.span();
        let lead = format!("{:<width$}  {span:<9}  {by:<8}  ", dataset.id);
        text.push_str(&wrapped(&lead, dataset.title));
    }
    text.push_str("\n`vadex fetch ID --show` tells page, files, licence and citation.\n");
    text
}

/// The list for machines: one line a dataset.
fn frame() -> Frame {
    let text =
        |value: &dyn Fn(&Dataset) -> Option<String>| Column::Text(DATASETS.iter().map(value).collect());
    let whole =
        |value: &dyn Fn(&Dataset) -> Option<i64>| Column::Integer(DATASETS.iter().map(value).collect());
    // Names and links as patterns: `{year}` stands for the year.
    let of_files = |dataset: &Dataset, value: &dyn Fn(&FileSpec) -> Option<&'static str>| {
        let found: Vec<&str> = dataset.files.iter().filter_map(value).collect();
        (!found.is_empty()).then(|| found.join(" "))
    };
    Frame::new()
        .with("id", Measure::Key, text(&|dataset| Some(dataset.id.to_owned())))
        .with("title", Measure::Key, text(&|dataset| Some(dataset.title.to_owned())))
        .with(
            "first_year",
            Measure::Key,
            whole(&|d| d.files.iter().filter_map(|spec| spec.years).map(|(first, _)| i64::from(first)).min()),
        )
        .with(
            "last_year",
            Measure::Key,
            whole(&|d| d.files.iter().filter_map(|spec| spec.years).map(|(_, last)| i64::from(last)).max()),
        )
        .with(
            "by",
            Measure::Key,
            text(&|dataset| Some(if dataset.has_links() { "download" } else { "hand" }.to_owned())),
        )
        .with("page", Measure::Key, text(&|dataset| dataset.page.map(str::to_owned)))
        .with("files", Measure::Key, text(&|dataset| of_files(dataset, &|file| file.name)))
        .with("links", Measure::Key, text(&|dataset| of_files(dataset, &|file| file.link)))
        .with("licence", Measure::Key, text(&|dataset| dataset.licence.map(str::to_owned)))
        .with("citation", Measure::Key, text(&|dataset| dataset.citation.map(str::to_owned)))
        .with("note", Measure::Key, text(&|dataset| dataset.note.map(str::to_owned)))
}
