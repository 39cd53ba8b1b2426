//! What can go wrong on the way from a public database to a file.

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No dataset of that id.
    #[error("there is no dataset `{id}`")]
    UnknownDataset {
        /// What was asked for.
        id: String,
        /// The nearest id.
        nearest: Option<String>,
    },
    /// Years that no file holds.
    #[error("`{id}` has no file for {missing}; it covers {years}")]
    NoSuchYear {
        /// The dataset.
        id: String,
        /// Years without a file.
        missing: String,
        /// Years there are.
        years: String,
    },
    /// A dataset of several files, none of them chosen.
    #[error("`{id}` has {count} files ({years}) and none was chosen")]
    SeveralFiles {
        /// The dataset.
        id: String,
        /// How many files.
        count: usize,
        /// Years of the files.
        years: String,
    },
    /// A checksum that is not one.
    #[error("`{text}` is not a checksum")]
    BadChecksum {
        /// What was given.
        text: String,
    },
    /// The engine was built without downloads.
    #[error("this vadex was built without downloads (cargo feature `fetch`)")]
    NotBuiltIn,
    /// The server answered, but not with the file.
    #[error("{url}: the server answered {status}{}", status_words(*.status))]
    Status {
        /// Link.
        url: String,
        /// HTTP status.
        status: u16,
    },
    /// The server could not be reached, or the connection broke, again and again.
    #[error("{url}: {message} (after {attempts} attempts, {done} bytes kept for the next one)")]
    Network {
        /// Link.
        url: String,
        /// What happened last.
        message: String,
        /// Attempts in a row without a new byte.
        attempts: u32,
        /// Bytes that stand in the partial file.
        done: u64,
    },
    /// A file of the wrong size.
    #[error("{name}: {found} bytes, expected {expected}: nothing was kept")]
    Size {
        /// File.
        name: String,
        /// Bytes found.
        found: u64,
        /// Bytes expected.
        expected: u64,
    },
    /// A file with another checksum.
    #[error("{name}: {algorithm} {found}, expected {expected}: nothing was kept")]
    Checksum {
        /// File.
        name: String,
        /// `MD5` or `SHA-256`.
        algorithm: &'static str,
        /// Checksum found.
        found: String,
        /// Checksum expected.
        expected: String,
    },
    /// Something else under the link: a login page, say.
    #[error("{url}: not {expected} but {found}: nothing was kept")]
    NotTheFile {
        /// Link.
        url: String,
        /// What the name promises.
        expected: &'static str,
        /// What came.
        found: &'static str,
    },
    /// A file stands where the download should go, and it is not the one.
    #[error("{path}: there is already a file of that name, and {what}")]
    Exists {
        /// Path.
        path: String,
        /// Why it is not the one.
        what: String,
    },
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// Path.
        path: String,
        /// Reason.
        source: std::io::Error,
    },
}

fn status_words(status: u16) -> &'static str {
    match status {
        401 | 403 => " (access refused)",
        404 | 410 => " (not found)",
        429 => " (too many requests)",
        500..=599 => " (trouble on the server)",
        _ => "",
    }
}

impl FetchError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownDataset { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownDataset { .. } => "`vadex fetch --list` shows them all".into(),
            Self::NoSuchYear { .. } => "choose one of these years".into(),
            Self::SeveralFiles { .. } => "choose with --year 2011, or take them all with --all".into(),
            Self::BadChecksum { .. } => {
                "write md5: and 32 hexadecimal digits, or sha256: and 64 of them".into()
            }
            Self::NotBuiltIn => {
                "build it with `cargo build --release --features fetch`; `vadex fetch ID --show` tells where the file is"
                    .into()
            }
            Self::Status { status: 404 | 410, .. } => {
                "the publisher has moved the file: look on its page (`vadex fetch ID --show`)".into()
            }
            Self::Status { .. } => "try later, or take the file from its page (`vadex fetch ID --show`)".into(),
            Self::Network { .. } => "the same command goes on where it stopped".into(),
            Self::Size { .. } | Self::Checksum { .. } => {
                "fetch it again; if it stays, the publisher has changed the file".into()
            }
            Self::NotTheFile { .. } => {
                "the link leads to a page (a login, or a notice): take the file from its page (`vadex fetch ID --show`)"
                    .into()
            }
            Self::Exists { .. } => "move it away, or write to another folder with -o".into(),
            Self::Io { .. } => "check that the folder exists, is writable and has room".into(),
        }
    }
}
