//! One file over HTTP: resumed where it stopped, checked, and under its final name only when it is whole.
//!
//! Bytes go to `NAME.part`; beside it `NAME.part.json` keeps what the server said about the file (link, entity tag, date,
//! length), so that a later run goes on only with the same file.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Checksum, FetchError, Hashes};

/// What to download, and where to.
#[derive(Debug, Clone)]
pub struct Job {
    /// Link.
    pub url: String,
    /// Folder of the result.
    pub folder: PathBuf,
    /// Name of the result; the server's when absent, else `fallback`.
    pub name: Option<String>,
    /// Name when neither the job nor the server gives one.
    pub fallback: String,
    /// Bytes to expect.
    pub size: Option<u64>,
    /// Checksum to expect.
    pub checksum: Option<Checksum>,
}

/// How patient to be.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Longest silence of the server before an attempt is given up.
    pub timeout: Duration,
    /// Attempts in a row without a new byte before the download is given up.
    pub attempts: u32,
    /// Wait after the first failed attempt; it doubles with every further one, up to `LONGEST_WAIT`.
    pub first_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(60), attempts: 5, first_wait: Duration::from_secs(1) }
    }
}

/// Longest wait between two attempts.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A file that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Bytes that an earlier run had left.
    pub resumed_from: u64,
    /// Was it there already?
    pub already_there: bool,
    /// Its checksums.
    pub hashes: Hashes,
}

/// What the server said about the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Description {
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    length: Option<u64>,
    file_name: Option<String>,
}

impl Description {
    /// What `If-Range` may hold: a strong entity tag, else the date. Without either nothing can be resumed safely.
    fn validator(&self) -> Option<&str> {
        self.etag.as_deref().filter(|tag| !tag.starts_with("W/")).or(self.last_modified.as_deref())
    }
}

/// A failed attempt.
enum Trouble {
    /// Worth another attempt: what happened, and how long the server asks to wait.
    Passing(String, Option<Duration>),
    /// Not worth another attempt.
    Lasting(FetchError),
}

/// Downloads a file. `progress` is called with bytes done and bytes in all, where the server says how many.
///
/// # Errors
/// A server that refuses, breaks off or stays silent too often; a file of another size, checksum or kind than expected; a
/// folder that cannot be written. Under the final name there is then nothing that was not there before.
pub fn download(
    job: &Job,
    options: &Options,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Fetched, FetchError> {
    fs::create_dir_all(&job.folder).map_err(|source| io_error(&job.folder, source))?;
    if let Some(name) = &job.name {
        let path = job.folder.join(name);
        if path.exists() {
            return existing(&path, job);
        }
    }
    let part = Part::of(job);
    let agent = agent(options);
    let resumed_from = part.usable(job).map_or(0, |(_, done)| done);
    let mut failures = 0;
    loop {
        let before = part.length();
        let trouble = match attempt(&agent, job, &part, progress) {
            Ok(description) => return finish(job, &part, &description, resumed_from),
            Err(trouble) => trouble,
        };
        let (message, asked) = match trouble {
            Trouble::Passing(message, asked) => (message, asked),
            Trouble::Lasting(error) => return Err(error),
        };
        let done = part.length();
        failures = if done > before { 1 } else { failures + 1 };
        if failures >= options.attempts.max(1) {
            let url = job.url.clone();
            return Err(FetchError::Network { url, message, attempts: failures, done });
        }
        let wait = options.first_wait.saturating_mul(1 << (failures - 1).min(16));
        std::thread::sleep(asked.unwrap_or(wait).min(LONGEST_WAIT));
    }
}

/// A file of that name is there: it is the one, or it is in the way.
fn existing(path: &Path, job: &Job) -> Result<Fetched, FetchError> {
    let bytes = fs::metadata(path).map_err(|source| io_error(path, source))?.len();
    let hashes = Hashes::of_file(path).map_err(|source| io_error(path, source))?;
    let other = |what: String| FetchError::Exists { path: path.display().to_string(), what };
    if let Some(expected) = job.size.filter(|&expected| expected != bytes) {
        return Err(other(format!("it has {bytes} bytes, expected {expected}")));
    }
    if let Some(checksum) = &job.checksum {
        let found = hashes.digits_for(checksum);
        if found != checksum.digits() {
            let (name, expected) = (checksum.algorithm(), checksum.digits());
            return Err(other(format!("its {name} is {found}, expected {expected}")));
        }
    }
    Ok(Fetched { path: path.to_owned(), bytes, resumed_from: 0, already_there: true, hashes })
}

fn agent(options: &Options) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_resolve(Some(options.timeout))
        .timeout_connect(Some(options.timeout))
        .timeout_recv_response(Some(options.timeout))
        .timeout_per_read(Some(options.timeout))
        .http_status_as_error(false)
        .user_agent(concat!("vadex/", env!("CARGO_PKG_VERSION")))
        // The bytes as they are: a part of a compressed answer could not be resumed.
        .accept_encoding("identity")
        .build()
        .new_agent()
}

/// The partial file and its description.
struct Part {
    path: PathBuf,
    notes: PathBuf,
}

impl Part {
    fn of(job: &Job) -> Self {
        let name = job.name.as_deref().unwrap_or(&job.fallback);
        Self {
            path: job.folder.join(format!("{name}.part")),
            notes: job.folder.join(format!("{name}.part.json")),
        }
    }

    fn length(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// What can be gone on with: the description and the bytes that are there.
    fn usable(&self, job: &Job) -> Option<(Description, u64)> {
        let notes: Description = serde_json::from_slice(&fs::read(&self.notes).ok()?).ok()?;
        let done = self.length();
        let fits = notes.url == job.url
            && notes.validator().is_some()
            && done > 0
            && notes.length.is_none_or(|length| done <= length);
        fits.then_some((notes, done))
    }

    fn describe(&self, description: &Description) -> Result<(), FetchError> {
        let text = serde_json::to_vec_pretty(description).unwrap_or_default();
        fs::write(&self.notes, text).map_err(|source| io_error(&self.notes, source))
    }

    /// Leaves nothing behind.
    fn remove(&self) {
        // What cannot be removed is under no final name; the next run begins anew or goes on.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(&self.notes);
    }
}

/// One request: the whole file, or what is missing of it.
fn attempt(
    agent: &ureq::Agent,
    job: &Job,
    part: &Part,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Description, Trouble> {
    let usable = part.usable(job);
    if let Some((description, done)) = &usable
        && description.length == Some(*done)
    {
        progress(*done, Some(*done));
        return Ok(description.clone());
    }
    let mut request = agent.get(&job.url);
    if let Some((description, done)) = &usable {
        request = request.header("Range", format!("bytes={done}-"));
        if let Some(validator) = description.validator() {
            request = request.header("If-Range", validator);
        }
    }
    let response = request.call().map_err(|error| trouble_of(job, error))?;
    let status = response.status().as_u16();
    let header =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut description = Description {
        url: job.url.clone(),
        etag: header("etag"),
        last_modified: header("last-modified"),
        length: header("content-length").and_then(|text| text.parse().ok()),
        file_name: header("content-disposition").and_then(|text| file_name(&text)),
    };
    let start = match (status, &usable) {
        (200, _) => 0,
        (206, Some((known, done))) => {
            // The answer must begin where the part ends, and belong to the same file.
            let range = header("content-range").and_then(|text| content_range(&text));
            let same = known.etag == description.etag || description.etag.is_none();
            match range {
                Some((start, total)) if start == *done && same && agrees(total, known.length) => {
                    description = Description { length: total.or(known.length), ..known.clone() };
                    *done
                }
                _ => {
                    part.remove();
                    let message = "the server answered with another part than was asked for".to_owned();
                    return Err(Trouble::Passing(message, None));
                }
            }
        }
        (416, Some(_)) => {
            part.remove();
            return Err(Trouble::Passing("the partial file does not fit the server's".into(), None));
        }
        (408 | 429 | 500..=599, _) => {
            let asked = header("retry-after").and_then(|text| text.parse().ok()).map(Duration::from_secs);
            return Err(Trouble::Passing(format!("the server answered {status}"), asked));
        }
        _ => return Err(Trouble::Lasting(FetchError::Status { url: job.url.clone(), status })),
    };
    let lasting = |path: &Path, source| Trouble::Lasting(io_error(path, source));
    let opened =
        if start == 0 { File::create(&part.path) } else { OpenOptions::new().append(true).open(&part.path) };
    let mut file = opened.map_err(|source| lasting(&part.path, source))?;
    part.describe(&description).map_err(Trouble::Lasting)?;
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    let mut done = start;
    progress(done, description.length);
    loop {
        let read = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) => {
                return Err(Trouble::Passing(format!("the connection broke: {error}"), None));
            }
        };
        file.write_all(&buffer[..read]).map_err(|source| lasting(&part.path, source))?;
        done += read as u64;
        progress(done, description.length);
    }
    if let Some(length) = description.length.filter(|&length| length != done) {
        return Err(Trouble::Passing(format!("the answer ended at {done} of {length} bytes"), None));
    }
    file.sync_all().map_err(|source| lasting(&part.path, source))?;
    Ok(description)
}

fn agrees(found: Option<u64>, known: Option<u64>) -> bool {
    found.is_none() || known.is_none() || found == known
}

fn trouble_of(job: &Job, error: ureq::Error) -> Trouble {
    match error {
        ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::TooManyRedirects => {
            Trouble::Lasting(FetchError::Network {
                url: job.url.clone(),
                message: error.to_string(),
                attempts: 1,
                done: 0,
            })
        }
        error => Trouble::Passing(error.to_string(), None),
    }
}

/// Checks the whole file and gives it its name.
fn finish(
    job: &Job,
    part: &Part,
    description: &Description,
    resumed_from: u64,
) -> Result<Fetched, FetchError> {
    let name =
        job.name.clone().or_else(|| description.file_name.clone()).unwrap_or_else(|| job.fallback.clone());
    let path = job.folder.join(&name);
    let checked = verify(job, part, &name);
    let (bytes, hashes) = match checked {
        Ok(checked) => checked,
        Err(error) => {
            part.remove();
            return Err(error);
        }
    };
    if path.exists() {
        // The name came from the server: a file of that name may hold anything.
        let what = format!("the download was kept as {}", part.path.display());
        return Err(FetchError::Exists { path: path.display().to_string(), what });
    }
    fs::rename(&part.path, &path).map_err(|source| io_error(&path, source))?;
    // The file is whole and named; its description has served.
    let _ = fs::remove_file(&part.notes);
    Ok(Fetched { path, bytes, resumed_from, already_there: false, hashes })
}

fn verify(job: &Job, part: &Part, name: &str) -> Result<(u64, Hashes), FetchError> {
    let bytes = part.length();
    if let Some(expected) = job.size.filter(|&expected| expected != bytes) {
        return Err(FetchError::Size { name: name.to_owned(), found: bytes, expected });
    }
    let mut head = Vec::new();
    File::open(&part.path)
        .and_then(|file| file.take(512).read_to_end(&mut head))
        .map_err(|source| io_error(&part.path, source))?;
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let zipped = matches!(extension.to_lowercase().as_str(), "zip" | "xlsx" | "xlsb");
    let text = String::from_utf8_lossy(&head).trim_start().to_lowercase();
    let page = text.starts_with("<!doctype html") || text.starts_with("<html");
    if page || (zipped && !head.starts_with(b"PK")) {
        return Err(FetchError::NotTheFile {
            url: job.url.clone(),
            expected: if zipped { "a zip archive" } else { "a data file" },
            found: match (page, head.is_empty()) {
                (true, _) => "a web page",
                (_, true) => "nothing",
                _ => "something else",
            },
        });
    }
    let hashes = Hashes::of_file(&part.path).map_err(|source| io_error(&part.path, source))?;
    if let Some(checksum) = &job.checksum {
        let found = hashes.digits_for(checksum);
        if found != checksum.digits() {
            return Err(FetchError::Checksum {
                name: name.to_owned(),
                algorithm: checksum.algorithm(),
                found: found.to_owned(),
                expected: checksum.digits().to_owned(),
            });
        }
    }
    Ok((bytes, hashes))
}

/// `attachment; filename="a.zip"`: the last part of the name, never a path.
fn file_name(disposition: &str) -> Option<String> {
    let value = disposition.split(';').find_map(|part| part.trim().strip_prefix("filename="))?;
    let name = value.trim().trim_matches('"').rsplit(['/', '\\']).next()?.trim();
    let plain = !name.is_empty() && !name.starts_with('.') && name.chars().all(|c| !c.is_control());
    plain.then(|| name.to_owned())
}

/// `bytes 100-199/200`: where it begins and how long the whole is.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.trim().parse().ok()?, total.trim().parse().ok()))
}

fn io_error(path: &Path, source: std::io::Error) -> FetchError {
    FetchError::Io { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_a_server_gives_is_never_a_path() {
        let of = |text: &str| file_name(text);
        assert_eq!(of("attachment; filename=\"WIOTS.zip\"").as_deref(), Some("WIOTS.zip"));
        assert_eq!(of("attachment; filename=../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(of("attachment; filename=\"..\\\\x\\\\a.zip\"").as_deref(), Some("a.zip"));
        assert_eq!(of("attachment; filename=\".bashrc\""), None);
        assert_eq!(of("inline"), None);
    }

    #[test]
    fn a_range_has_a_beginning_and_perhaps_a_total() {
        assert_eq!(content_range("bytes 100-199/200"), Some((100, Some(200))));
        assert_eq!(content_range("bytes 0-9/*"), Some((0, None)));
        assert_eq!(content_range("items 0-9/10"), None);
    }
}
