//! What the machine has: the memory that is left, by the system or by the control group of the process.

mod control_group;

use std::path::Path;

/// What this process may come to use, in bytes: what it uses and what the machine, or its control group, has left.
/// Nothing where the system does not say.
#[must_use]
pub fn usable() -> Option<u64> {
    Some(available()? + resident().unwrap_or(0))
}

/// Memory that can be had without swapping: `MemAvailable`, or less where a control group or a limit of the process
/// (`ulimit -v`) allows less.
#[must_use]
pub fn available() -> Option<u64> {
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    let machine = read(Path::new("/proc/meminfo")).and_then(|text| kibibytes(&text, "MemAvailable:"));
    [machine, control_group::left(&read), addresses_left(&read)].into_iter().flatten().min()
}

/// Bytes of address space that a limit of the process leaves; nothing where it has none. What is asked for beyond it ends
/// the process, as memory does that a machine does not have.
fn addresses_left(read: &dyn Fn(&Path) -> Option<String>) -> Option<u64> {
    let limits = read(Path::new("/proc/self/limits"))?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    let limit: u64 = line.split_whitespace().next()?.parse().ok()?;
    let taken = kibibytes(&read(Path::new("/proc/self/status"))?, "VmSize:")?;
    Some(limit.saturating_sub(taken))
}

/// Memory that this process holds now and that no file stands behind: pages of the program and of mapped files are given
/// back when they are wanted, and are in what the machine has left already.
#[must_use]
pub fn resident() -> Option<u64> {
    kibibytes(&std::fs::read_to_string("/proc/self/status").ok()?, "RssAnon:")
}

/// The most that this process has held so far in its memory. Pages of the program and of mapped files are not in it, as far
/// as they are held now.
#[must_use]
pub fn most_resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let files = kibibytes(&status, "RssFile:").unwrap_or(0);
    Some(kibibytes(&status, "VmHWM:")?.saturating_sub(files))
}

/// The name of the machine; nothing where the system does not tell it under `/proc`.
#[must_use]
pub(crate) fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Bytes freed in pieces that are not worth asking for: about as many stay at the ends of the heaps of threads, which no call
/// hands back.
const PIECES: u64 = 32 << 20;

/// Does the allocator hand back what it is asked for?
const GIVES_BACK: bool = cfg!(all(target_os = "linux", target_env = "gnu"));

/// Hands back to the system what was freed in pieces, `freed` bytes or so, when that is much. After a file has been read, its
/// cells as they came stand free in pieces too small for the allocator to return by itself: as much as the table, for as long
/// as the process lives. While it is asked it locks the heap of one thread after the other, so small tables, of which many may
/// be at work at once, ask for nothing.
pub(crate) fn give_back(freed: u64) {
    if freed > PIECES {
        trim();
    }
}

/// Hands back whatever is free: for work that comes next in a memory that somebody has measured out.
pub(crate) fn give_all_back() {
    trim();
}

/// Of so many bytes freed in pieces, those that stay with the process after [`give_back`].
pub(crate) fn stays(freed: u64) -> u64 {
    if GIVES_BACK { freed.min(PIECES) } else { freed }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator has no other way to be asked")]
fn trim() {
    // SAFETY: only memory that nobody holds is returned, and the allocator locks what it looks through.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Other allocators are not asked.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() {}

/// The number behind a name in a list of kibibytes.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}

/// Bytes for people: `1.5 GB`.
#[must_use]
pub fn readable(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let bytes = bytes as f64;
    match bytes {
        b if b >= 1e9 => format!("{:.1} GB", b / 1e9),
        b if b >= 1e6 => format!("{:.0} MB", b / 1e6),
        b if b >= 1e3 => format!("{:.0} kB", b / 1e3),
        b => format!("{b} bytes"),
    }
}

/// What there is: `362 MB are allowed by --memory (345M)`, in the letters of the option where they give it evenly, or
/// `24 GB are available`.
#[must_use]
pub fn limit(there: u64, stated: bool) -> String {
    let told = readable(there);
    if !stated {
        return format!("{told} are available");
    }
    // Decimal units divide by 1024, too.
    if there.is_multiple_of(1_000_000) {
        return format!("{told} are allowed by --memory");
    }
    let even =
        [(30, 'G'), (20, 'M'), (10, 'K')].into_iter().find(|(bits, _)| there.trailing_zeros() >= *bits);
    let typed = even
        .filter(|_| there > 0)
        .map_or_else(String::new, |(bits, letter)| format!(" ({}{letter})", there >> bits));
    format!("{told} are allowed by --memory{typed}")
}

/// Bytes that are needed, in the digits of [`readable`] rounded up: whoever allows what is told allows enough.
#[must_use]
pub fn readable_up(needed: u64) -> String {
    readable(needed.next_multiple_of(last_digit(needed)))
}

/// Bytes that are more than there are: told so that they read as more.
#[must_use]
pub fn readable_above(needed: u64, there: u64) -> String {
    let told = readable_up(needed);
    if told == readable(there) { readable_up(needed + last_digit(needed)) } else { told }
}

/// What one more in the last digit of [`readable`] is.
fn last_digit(bytes: u64) -> u64 {
    let digits = [(1_000_000_000, 100_000_000), (1_000_000, 1_000_000), (1_000, 1_000)];
    digits.into_iter().find(|(from, _)| bytes >= *from).map_or(1, |(_, step)| step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_told() {
        assert_eq!(kibibytes("MemFree: 3 kB\nMemAvailable:    2048 kB\n", "MemAvailable:"), Some(2 << 20));
        assert_eq!([1_500_000_000, 23_400_000, 900].map(readable), ["1.5 GB", "23 MB", "900 bytes"]);
    }

    #[test]
    fn a_limit_of_the_process_leaves_what_is_not_taken_yet() {
        let left = |limit: &str| {
            addresses_left(&|path: &Path| match path.to_str()? {
                "/proc/self/limits" => Some(format!(
                    "Limit                     Soft Limit           Hard Limit           Units\n\
                     Max cpu time              unlimited            unlimited            seconds\n\
                     Max address space         {limit}              unlimited            bytes\n"
                )),
                "/proc/self/status" => Some("VmPeak:\t     900 kB\nVmSize:\t     600 kB\n".to_owned()),
                _ => None,
            })
        };
        assert_eq!(left("1048576"), Some((1 << 20) - (600 << 10)));
        assert_eq!(left("1000"), Some(0));
        assert_eq!(left("unlimited"), None);
    }

    #[test]
    fn limits_are_told_as_they_are_typed_and_what_is_above_reads_so() {
        for (there, told) in [
            (345 << 20, "362 MB are allowed by --memory (345M)"),
            (16 << 30, "17.2 GB are allowed by --memory (16G)"),
            (1_000_000_000, "1.0 GB are allowed by --memory"),
            (8_000_000_000, "8.0 GB are allowed by --memory"),
            (512, "512 bytes are allowed by --memory"),
        ] {
            assert_eq!(limit(there, true), told);
        }
        assert_eq!(limit(16 << 30, false), "17.2 GB are available");
        for (needed, there, told) in [
            (388_400_000, 388_100_000, "389 MB"),
            (387_600_000, 387_550_000, "389 MB"),
            (1_540_000_000, 1_510_000_000, "1.6 GB"),
            (1_230_000_001, 800_000_000, "1.3 GB"),
            (81_000_001, 20_000_000, "82 MB"),
            (81_000_000, 20_000_000, "81 MB"),
            (901, 900, "901 bytes"),
            (500_000_000, 388_100_000, "500 MB"),
        ] {
            assert_eq!(readable_above(needed, there), told);
        }
    }

    #[test]
    fn of_small_pieces_all_stay_and_of_many_what_no_call_hands_back() {
        assert_eq!([0, 1, PIECES].map(stays), [0, 1, PIECES]);
        // More never leaves less.
        assert_eq!(stays(PIECES + 1), if GIVES_BACK { PIECES } else { PIECES + 1 });
    }
}
