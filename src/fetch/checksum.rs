//! Checksums of files: MD5 and SHA-256, the two that data archives publish.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use md5::Md5;
use sha2::{Digest, Sha256};

use super::FetchError;

/// A checksum to compare a file with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    /// MD5, in lower-case hexadecimal.
    Md5(String),
    /// SHA-256, in lower-case hexadecimal.
    Sha256(String),
}

impl Checksum {
    /// `MD5` or `SHA-256`.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Md5(_) => "MD5",
            Self::Sha256(_) => "SHA-256",
        }
    }

    /// The digits.
    pub fn digits(&self) -> &str {
        match self {
            Self::Md5(digits) | Self::Sha256(digits) => digits,
        }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Md5(_) => "md5",
            Self::Sha256(_) => "sha256",
        };
        write!(f, "{name}:{}", self.digits())
    }
}

impl FromStr for Checksum {
    type Err = FetchError;

    /// `md5:HEX` or `sha256:HEX`.
    fn from_str(text: &str) -> Result<Self, FetchError> {
        let bad = || FetchError::BadChecksum { text: text.to_owned() };
        let (name, digits) = text.trim().split_once(':').ok_or_else(bad)?;
        let digits = digits.trim().to_lowercase();
        let of_length = |length| digits.len() == length && digits.chars().all(|c| c.is_ascii_hexdigit());
        match name.to_lowercase().as_str() {
            "md5" if of_length(32) => Ok(Self::Md5(digits)),
            "sha256" if of_length(64) => Ok(Self::Sha256(digits)),
            _ => Err(bad()),
        }
    }
}

/// Both checksums of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashes {
    /// MD5, in hexadecimal.
    pub md5: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Hashes {
    /// Of a file, read piece by piece.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let mut file = std::fs::File::open(path)?;
        let (mut md5, mut sha256) = (Md5::new(), Sha256::new());
        let mut buffer = vec![0; 1 << 20];
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                return Ok(Self { md5: hex(&md5.finalize()), sha256: hex(&sha256.finalize()) });
            }
            md5.update(&buffer[..read]);
            sha256.update(&buffer[..read]);
        }
    }

    /// The digits to compare with a checksum.
    pub fn digits_for(&self, checksum: &Checksum) -> &str {
        match checksum {
            Checksum::Md5(_) => &self.md5,
            Checksum::Sha256(_) => &self.sha256,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_checksums_are_those_of_the_standards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        let hashes = Hashes::of_file(&path).unwrap();
        // RFC 1321, appendix A.5; FIPS 180-4, example of one block.
        assert_eq!(hashes.md5, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(hashes.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_checksum_has_a_name_and_the_right_number_of_digits() {
        let text = "MD5:900150983CD24FB0D6963F7D28E17F72";
        assert_eq!(text.parse::<Checksum>().unwrap().to_string(), text.to_lowercase());
        for bad in ["900150983cd24fb0d6963f7d28e17f72", "md5:12", "sha1:00", "sha256:zz"] {
            assert!(bad.parse::<Checksum>().is_err(), "{bad}");
        }
    }
}
