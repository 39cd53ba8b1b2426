//! The output folder: results, the ledger that says which of them are finished, claims on what is being made, and the
//! place of half-written files.
//!
//! Nothing here rests on a clock or on the order of events: a run that is killed at any moment leaves whole files, files
//! that the ledger does not vouch for, and scraps and claims that the next run to start or end sweeps. Locks are those of
//! the operating system, which gives them back when their owner dies, on whatever machine it was. Where the file system
//! has no locks, and where a run of everything stands beside shards that share its tables, runs in one folder may do the
//! same work twice; since each writes in a place of its own, results are renamed from there and depend on nothing but
//! their settings, they write the same bytes. Putting an output in its place and taking a leftover of its name away
//! exclude each other by a claim on that output, which nobody holds while he computes.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::BatchError;
use super::part::Output;
use super::shard::Shard;
use crate::frame::ResultNotes;
use crate::interrupt::{Scrap, can_be_folder};
use crate::load;
use crate::machine;
use crate::report::{Half, ReportError, ResultFile, Sink, notes_path};

/// Name of the folder with everything that is not a result.
const KEPT: &str = ".vadex";
/// Name of the folder of claims in it.
const CLAIMS: &str = "claims";

/// An output folder in use by this run.
pub(super) struct Folder {
    root: PathBuf,
    /// Half-written files of this run.
    scratch: PathBuf,
    /// Held as long as the run lives.
    owner: Option<File>,
    /// What an interruption takes away: the place of half-written files.
    _scrap: Scrap,
}

/// What the ledger says of a finished output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// The file, relative to the folder.
    pub output: String,
    /// Its key: the hash of its settings.
    pub key: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the notes beside it.
    pub notes_sha256: String,
    /// Worst gap of an identity that is evidence.
    pub identity_gap: Option<f64>,
    /// That gap is no number, for which JSON has no word.
    pub gap_is_no_number: bool,
    /// Accounts of its tables that do not hold.
    pub violations: usize,
}

impl Record {
    /// Worst gap of an identity that is evidence, where one was looked at.
    pub fn worst_gap(&self) -> Option<f64> {
        if self.gap_is_no_number { Some(f64::NAN) } else { self.identity_gap }
    }
}

/// The notes beside an output: those of the command, and by what it is known.
#[derive(Serialize)]
struct Sidecar<'a> {
    #[serde(flatten)]
    notes: &'a ResultNotes,
    batch: Known<'a>,
}

#[derive(Serialize)]
struct Known<'a> {
    key: &'a str,
    sha256: &'a str,
    settings: &'a Value,
}

/// A unit, the jobs of it that are a shard's, or an output: no other run can claim it while this lives.
pub(super) struct Claim {
    /// The file, when it is ours.
    scrap: Option<Scrap>,
    /// Given back when the file is gone: fields are dropped after this is.
    _held: Option<File>,
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Taken away while it is still held: who opened it before gets a lock on a file without a name, and looks at the
        // ledger again in any case.
        if let Some(scrap) = self.scrap.take() {
            scrap.take_away();
        }
    }
}

fn record_path(root: &Path, output: &str) -> PathBuf {
    root.join(KEPT).join("ledger").join(format!("{output}.json"))
}

/// What the ledger of a folder says of an output, when it is finished: made under the same key, and neither the file nor
/// its notes have changed since.
pub(super) fn finished(root: &Path, output: &Output<'_>) -> Option<Record> {
    let record: Record = serde_json::from_slice(&fs::read(record_path(root, output.path)).ok()?).ok()?;
    if record.key != output.key || record.output != output.path {
        return None;
    }
    let path = root.join(output.path);
    if fs::metadata(&path).ok()?.len() != record.bytes {
        return None;
    }
    let same = load::sha256_of_file(&path).ok()? == record.sha256
        && load::sha256_of_file(&notes_path(&path)).ok()? == record.notes_sha256;
    same.then_some(record)
}

fn trouble(path: &Path) -> impl Fn(io::Error) -> BatchError {
    let path = path.display().to_string();
    move |source| BatchError::Folder { path: path.clone(), source }
}

impl Folder {
    /// Opens or makes a folder, sweeps what dead runs left, and reserves a place for half-written files.
    pub fn open(root: &Path) -> Result<Self, BatchError> {
        let kept = root.join(KEPT);
        let scraps = kept.join("tmp");
        can_be_folder(root).map_err(trouble(root))?;
        fs::create_dir_all(&kept).map_err(trouble(&kept))?;
        let _start = Self::start(&kept)?;
        fs::create_dir_all(&scraps).map_err(trouble(&scraps))?;
        sweep(&scraps)?;
        let place = || {
            let name = format!("{}-", std::process::id());
            Ok(tempfile::Builder::new().prefix(&name).tempdir_in(&scraps)?.keep())
        };
        let (scratch, scrap) = Scrap::make(place, PathBuf::clone).map_err(trouble(&scraps))?;
        let owner = owned(&scratch.join(OWNER))?;
        Ok(Self { root: root.to_owned(), scratch, owner, _scrap: scrap })
    }

    /// Runs start and end one after the other.
    fn start(kept: &Path) -> Result<File, BatchError> {
        let path = kept.join("lock");
        let file = File::options().create(true).append(true).open(&path).map_err(trouble(&path))?;
        // A file system without locks: see above.
        let _ = file.lock();
        Ok(file)
    }

    /// Where an output stands.
    pub fn path_of(&self, output: &str) -> PathBuf {
        self.root.join(output)
    }

    /// Writes an output, its notes, and last its record: before that it does not count. What another run has finished
    /// meanwhile stays, and its record is returned.
    pub fn write(
        &self,
        output: &Output<'_>,
        notes: &ResultNotes,
        produce: impl FnOnce(&mut dyn Sink) -> Result<(), BatchError>,
    ) -> Result<Record, BatchError> {
        let path = self.path_of(output.path);
        let (mut sha256, mut bytes) = (String::new(), 0);
        let half = self.half(&path, |file| {
            let mut hashed = Hashed { inner: io::BufWriter::new(file), digest: Sha256::new(), bytes: 0 };
            let mut sink = output.writer.start(Box::new(&mut hashed), notes);
            produce(sink.as_mut())?;
            sink.finish()?;
            hashed.flush().map_err(ReportError::from)?;
            (sha256, bytes) = (hex(&hashed.digest.finalize()), hashed.bytes);
            Ok(())
        })?;
        // Only now, because a claim is waited for, and to produce may be to compute.
        let _claim = self.claim_output(output)?;
        if let Some(record) = finished(&self.root, output) {
            return Ok(record);
        }
        half.keep(&path)?;
        let known = Known { key: &output.key, sha256: &sha256, settings: &output.settings };
        let sidecar = json_bytes(&Sidecar { notes, batch: known })?;
        self.put_bytes(&notes_path(&path), &sidecar)?;
        let gap = notes.worst_identity.as_ref().map(|gap| gap.relative_gap);
        let record = Record {
            output: output.path.to_owned(),
            key: output.key.clone(),
            sha256,
            bytes,
            notes_sha256: load::sha256(&sidecar),
            identity_gap: gap.filter(|gap| gap.is_finite()),
            gap_is_no_number: gap.is_some_and(|gap| !gap.is_finite()),
            violations: notes.violations.len(),
        };
        self.put_bytes(&record_path(&self.root, output.path), &json_bytes(&record)?)?;
        Ok(record)
    }

    /// Takes away an output of other settings that could not be made again: its name would promise what it is not. What
    /// another run finished under the same key since somebody looked stays.
    pub fn discard(&self, output: &Output<'_>) -> Result<(), BatchError> {
        let path = self.path_of(output.path);
        let _claim = self.claim_output(output)?;
        if finished(&self.root, output).is_some() {
            return Ok(());
        }
        for gone in [record_path(&self.root, output.path), notes_path(&path), path] {
            match fs::remove_file(&gone) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(trouble(&gone)(error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// A file of the run as a whole.
    pub fn put_json(&self, name: &str, value: &Value) -> Result<(), BatchError> {
        self.put_bytes(&self.root.join(name), &json_bytes(value)?)
    }

    /// How runs went: the only files with times in them.
    pub fn put_log(&self, name: &str, value: &Value) -> Result<(), BatchError> {
        self.put_json(&format!("{KEPT}/log/{name}.json"), value)
    }

    fn put_bytes(&self, path: &Path, bytes: &[u8]) -> Result<(), BatchError> {
        let half = self.half(path, |file| Ok(file.write_all(bytes).map_err(ReportError::from)?))?;
        Ok(half.keep(path)?)
    }

    /// What becomes a file, in the place of half-written ones; the folder that it goes to is there.
    fn half(
        &self,
        path: &Path,
        produce: impl FnOnce(&mut ResultFile<'_>) -> Result<(), BatchError>,
    ) -> Result<Half, BatchError> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(trouble(parent))?;
        }
        Half::produce(&self.scratch, path, produce)
    }

    /// Claims a unit, or what a shard has of it where shards share units; nothing when another run has it. With `wait` until
    /// that run is done with it, or dead.
    pub fn claim(&self, unit: &str, shard: Option<Shard>, wait: bool) -> Result<Option<Claim>, BatchError> {
        let name = match shard {
            Some(shard) => format!("{unit}.{}.lock", shard.file_word()),
            None => format!("{unit}.lock"),
        };
        self.claim_file(&name, wait)
    }

    /// Claims an output while its files get their names, which runs that share a table may want at the same time.
    fn claim_output(&self, output: &Output<'_>) -> Result<Option<Claim>, BatchError> {
        // Of a length that every file system takes, and no unit's: names of units have no `+`.
        self.claim_file(&format!("+{}.lock", load::sha256(output.path.as_bytes())), true)
    }

    fn claim_file(&self, name: &str, wait: bool) -> Result<Option<Claim>, BatchError> {
        let kept = self.root.join(KEPT);
        let folder = kept.join(CLAIMS);
        let path = folder.join(name);
        let open = || match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => File::options().create(true).truncate(false).write(true).open(&path),
        };
        // Made and known to an interruption in one step, where nobody has it.
        let free = || {
            let file = open()?;
            let ours = file.try_lock().is_ok() && is_at(&file, &path);
            if ours { Ok(file) } else { Err(io::ErrorKind::WouldBlock.into()) }
        };
        if let Ok((file, scrap)) = Scrap::make(free, |_| path.clone()) {
            tell_owner(&file);
            return Ok(Some(Claim { scrap: Some(scrap), _held: Some(file) }));
        }
        let (file, locked) = loop {
            let file = match open() {
                Ok(file) => file,
                // Runs that end take the folder away when it is empty: one did so between the two steps.
                Err(error) if error.kind() == io::ErrorKind::NotFound && kept.is_dir() => continue,
                Err(error) => return Err(trouble(&path)(error)),
            };
            let locked = if wait { file.lock().map_err(TryLockError::Error) } else { file.try_lock() };
            // It may have taken the file away between the two: a lock on what has no name keeps nobody out.
            if locked.is_err() || is_at(&file, &path) {
                break (file, locked);
            }
        };
        match locked {
            Ok(()) => {
                tell_owner(&file);
                let scrap = Scrap::make(|| Ok(()), |()| path.clone()).map_err(trouble(&path))?.1;
                Ok(Some(Claim { scrap: Some(scrap), _held: Some(file) }))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            // A file system without locks.
            Err(TryLockError::Error(_)) => Ok(Some(Claim { scrap: None, _held: None })),
        }
    }
}

/// For people who look: who has a claim.
fn tell_owner(mut file: &File) {
    let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", whoami()));
}

impl Drop for Folder {
    fn drop(&mut self) {
        let kept = self.root.join(KEPT);
        let _start = Self::start(&kept);
        let _ = fs::remove_dir_all(&self.scratch);
        self.owner = None;
        // A run that was killed meanwhile leaves nothing either.
        let _ = sweep(&kept.join("tmp"));
        sweep_claims(&kept.join(CLAIMS));
        // Only when they are empty: other runs may be at work.
        let _ = fs::remove_dir(kept.join("tmp"));
        let _ = fs::remove_dir(kept.join(CLAIMS));
    }
}

/// Name of the file that a run holds in its place.
const OWNER: &str = "owner";

/// Makes a file that says who we are, and locks it.
fn owned(path: &Path) -> Result<Option<File>, BatchError> {
    let mut file = File::create_new(path).map_err(trouble(path))?;
    writeln!(file, "{}", whoami()).map_err(trouble(path))?;
    Ok(file.try_lock().is_ok().then_some(file))
}

/// Takes away the places of runs that are dead: whose lock can be had. Where there are no locks, those of this machine
/// whose process is gone.
fn sweep(scraps: &Path) -> Result<(), BatchError> {
    let here = machine::host_name();
    for entry in fs::read_dir(scraps).map_err(trouble(scraps))? {
        let place = entry.map_err(trouble(scraps))?.path();
        let owner = place.join(OWNER);
        let dead = match File::open(&owner) {
            Ok(file) => match file.try_lock() {
                Ok(()) => true,
                Err(TryLockError::WouldBlock) => false,
                Err(TryLockError::Error(_)) => {
                    let text = fs::read_to_string(&owner).unwrap_or_default();
                    let id = text
                        .trim()
                        .split_once('@')
                        .and_then(|(id, host)| (Some(host) == here.as_deref()).then_some(id));
                    id.is_some_and(|id| !Path::new("/proc").join(id).exists())
                }
            },
            // Killed before it could say who it was.
            Err(_) => true,
        };
        if dead {
            fs::remove_dir_all(&place).or_else(|_| fs::remove_file(&place)).map_err(trouble(&place))?;
        }
    }
    Ok(())
}

/// Takes away the claims of runs that are dead, whose lock can be had. The next run may be another shard, which has claims of
/// other names.
fn sweep_claims(claims: &Path) {
    for claim in fs::read_dir(claims).into_iter().flatten().flatten() {
        let path = claim.path();
        if let Ok(file) = File::options().write(true).open(&path) {
            take_away(&file, &path);
        }
    }
}

/// Takes away the file of a claim that nobody holds. Since it was opened, its owner may have taken it away himself, and
/// another run may hold a new file of that name.
fn take_away(claim: &File, path: &Path) {
    if claim.try_lock().is_ok() && is_at(claim, path) {
        let _ = fs::remove_file(path);
    }
}

/// Is that file still the one of that name?
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let place = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
        matches!((file.metadata(), fs::metadata(path)), (Ok(file), Ok(named)) if place(&file) == place(&named))
    }
    #[cfg(not(unix))]
    {
        // A file that is open cannot be taken away.
        let _ = (file, path);
        true
    }
}

/// `process@host`.
fn whoami() -> String {
    let host = machine::host_name().unwrap_or_else(|| "unknown".to_owned());
    format!("{}@{host}", std::process::id())
}

fn json_bytes(value: &impl Serialize) -> Result<Vec<u8>, BatchError> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| ReportError::Encode { format: "json", message: error.to_string() })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Hashes what passes through.
struct Hashed<W> {
    inner: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.digest.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;
    use crate::frame::{Column, Frame, Measure};
    use crate::report::find_writer;

    fn output(key: &str) -> Output<'static> {
        Output {
            path: "tiva-country/leather.csv",
            writer: find_writer("csv").unwrap(),
            key: key.to_owned(),
            settings: Value::Null,
        }
    }

    fn frame(year: i64) -> Frame {
        Frame::new().with("year", Measure::Key, Column::Integer(vec![Some(year)]))
    }

    fn write(folder: &Folder, output: &Output<'_>) {
        folder.write(output, &ResultNotes::of("tiva"), |sink| Ok(sink.write(&frame(2000))?)).unwrap();
    }

    #[test]
    fn a_leftover_is_taken_away_and_what_another_run_finished_meanwhile_is_not() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        let (ours, theirs) = (Folder::open(root).unwrap(), Folder::open(root).unwrap());
        let wanted = output("wanted");
        write(&theirs, &output("other settings"));
        ours.discard(&wanted).unwrap();
        assert!(!root.join(wanted.path).exists());
        assert!(!record_path(root, wanted.path).exists());
        // Looked for and not there; then made by the other run, before we come to take it away.
        assert!(finished(root, &wanted).is_none());
        write(&theirs, &wanted);
        ours.discard(&wanted).unwrap();
        assert!(finished(root, &wanted).is_some());
    }

    #[test]
    fn nothing_is_taken_away_while_another_run_writes_it() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        let (ours, theirs) = (Folder::open(root).unwrap(), Folder::open(root).unwrap());
        write(&theirs, &output("other settings"));
        let wanted = output("wanted");
        std::thread::scope(|scope| {
            let writing = theirs.claim_output(&wanted).unwrap();
            let taken = scope.spawn(|| ours.discard(&output("wanted")));
            std::thread::sleep(Duration::from_millis(100));
            assert!(!taken.is_finished() && root.join(wanted.path).exists(), "it waits");
            drop(writing);
            taken.join().unwrap().unwrap();
        });
        assert!(!root.join(wanted.path).exists());
    }

    #[test]
    fn nobody_waits_for_who_computes_and_what_is_finished_meanwhile_stays() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        let (ours, theirs) = (Folder::open(root).unwrap(), Folder::open(root).unwrap());
        let wanted = output("wanted");
        let (done, doing) = channel();
        let mut came = false;
        let record = std::thread::scope(|scope| {
            let (theirs, same) = (&theirs, &wanted);
            ours.write(&wanted, &ResultNotes::of("tiva"), |sink| {
                scope.spawn(move || {
                    write(theirs, same);
                    done.send(())
                });
                came = doing.recv_timeout(Duration::from_secs(30)).is_ok();
                Ok(sink.write(&frame(1999))?)
            })
            .unwrap()
        });
        assert!(came, "the other run waited");
        assert_eq!(finished(root, &wanted), Some(record));
        assert!(fs::read_to_string(root.join(wanted.path)).unwrap().contains("2000"), "it was made again");
        let left: Vec<_> =
            fs::read_dir(&ours.scratch).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [OWNER]);
    }

    #[cfg(unix)]
    #[test]
    fn a_sweep_leaves_what_another_run_holds_under_the_name_of_a_claim_that_is_over() {
        let place = tempfile::tempdir().unwrap();
        let (taken, over) = (place.path().join("taken.lock"), place.path().join("over.lock"));
        let seen = File::create(&taken).unwrap();
        fs::remove_file(&taken).unwrap();
        let held = File::create(&taken).unwrap();
        held.try_lock().unwrap();
        fs::write(&over, "").unwrap();
        take_away(&seen, &taken);
        assert!(taken.exists(), "it is another file now");
        sweep_claims(place.path());
        assert!(taken.exists() && !over.exists());
    }

    #[test]
    fn a_claim_is_had_however_often_others_take_the_empty_folder_away() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        let claims = place.path().join(KEPT).join(CLAIMS);
        let over = AtomicBool::new(false);
        let failed = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    let _ = fs::remove_dir(&claims);
                }
            });
            let failed = (0..2_000).filter(|_| folder.claim("unit", None, true).is_err()).count();
            over.store(true, Ordering::SeqCst);
            failed
        });
        assert_eq!(failed, 0);
        // Where there is nothing to claim in, nobody tries for ever.
        fs::remove_dir_all(place.path().join(KEPT)).unwrap();
        assert!(folder.claim("unit", None, true).is_err());
    }
}
