//! Files whose checksum is known: published tables that circulate damaged, and sound ones of the same name.

use std::io::{self, Read};

use md5::{Digest, Md5};

use super::source::hex;
use crate::table::{Finding, FindingKind, Severity};

/// A file that is known by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownFile {
    /// MD5 of the file, in hexadecimal.
    pub md5: &'static str,
    /// Name under which it circulates.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
    /// What is wrong with it; nothing for a sound file.
    pub defect: Option<&'static str>,
}

/// Every file that is known.
pub static KNOWN_FILES: &[KnownFile] = &[
    KnownFile {
        md5: "d1b887aaafa54ab3f28fde78fcd21cdf",
        name: "data_2020_SML.csv",
        what: "OECD ICIO 2023 edition, 2020, small",
        defect: Some(
            "a damaged copy in circulation: decimal points are lost, so cells are wrong by powers of ten",
        ),
    },
    KnownFile {
        md5: "28cba31491177955445051d459053744",
        name: "2019_SML.csv",
        what: "OECD ICIO 2023 edition, 2019, small",
        defect: None,
    },
    KnownFile {
        md5: "d3e0f4979d85d6c0bb7cf4c43e324287",
        name: "2020_SML.csv",
        what: "OECD ICIO 2023 edition, 2020, small",
        defect: None,
    },
];

/// MD5 of a stream, in hexadecimal, read piece by piece.
///
/// # Errors
/// The stream breaks.
pub fn md5_of(mut stream: impl Read) -> io::Result<String> {
    let mut hash = Md5::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// What is known of a checksum: a violation for a damaged file, a note for a sound one.
pub fn finding(md5: &str) -> Option<Finding> {
    let known = KNOWN_FILES.iter().find(|known| known.md5.eq_ignore_ascii_case(md5))?;
    let (severity, verdict) = match known.defect {
        Some(defect) => (Severity::Violation, defect),
        None => (Severity::Note, "the checksum of the sound file"),
    };
    Some(Finding {
        kind: FindingKind::KnownFile,
        severity,
        count: 1,
        worst_at: known.name.to_owned(),
        worst_value: f64::NAN,
        expected: None,
        message: format!("known file {} ({}, MD5 {}): {verdict}", known.name, known.what, known.md5),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_a_file_is_that_of_its_bytes() {
        // RFC 1321, appendix A.5.
        assert_eq!(md5_of(&b"abc"[..]).unwrap(), "900150983cd24fb0d6963f7d28e17f72");
    }

    #[test]
    fn a_damaged_file_is_a_violation_and_a_sound_one_a_note() {
        let of = |md5| finding(md5).map(|finding| finding.severity);
        assert_eq!(of("D1B887AAAFA54AB3F28FDE78FCD21CDF"), Some(Severity::Violation));
        assert_eq!(of("28cba31491177955445051d459053744"), Some(Severity::Note));
        assert_eq!(of("900150983cd24fb0d6963f7d28e17f72"), None);
    }
}
