//! The memory that the control groups of this process leave: those of a job of a cluster, of a service, of a container.
//!
//! A process is in a group, which is in others; each may have a limit, and the tightest counts. Pages of files are
//! counted as used and given back when they are wanted, so they are not taken as used here.
//! Source: the kernel's documentation of control groups, versions 1 and 2 (memory controller).

use std::path::{Path, PathBuf};

/// How a version of control groups names what is asked.
struct Version {
    /// Type of file system in the list of mounts.
    file_system: &'static str,
    limit: &'static str,
    used: &'static str,
    /// In `memory.stat`: pages of files, looked at lately or not.
    given_back: [&'static str; 2],
}

/// Where a process is in one group for each resource.
const FIRST: Version = Version {
    file_system: "cgroup",
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    given_back: ["total_inactive_file ", "total_active_file "],
};

/// Where it is in one group for all of them.
const SECOND: Version = Version {
    file_system: "cgroup2",
    limit: "memory.max",
    used: "memory.current",
    given_back: ["inactive_file ", "active_file "],
};

/// Bytes that the groups of this process leave; nothing where none has a limit. `read` gives the text of a file.
pub(super) fn left(read: &dyn Fn(&Path) -> Option<String>) -> Option<u64> {
    let groups = read(Path::new("/proc/self/cgroup"))?;
    let mounts = read(Path::new("/proc/self/mountinfo"))?;
    let lefts = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, group) = (parts.next()?, parts.next()?);
        let version = match controllers {
            "" => &SECOND,
            controllers if controllers.split(',').any(|controller| controller == "memory") => &FIRST,
            _ => return None,
        };
        let places: Vec<(PathBuf, PathBuf)> =
            mounts.lines().filter_map(|line| mount(line, version)).collect();
        let inside = |(mounted, point): &(PathBuf, PathBuf)| {
            Some((point.clone(), point.join(Path::new(group).strip_prefix(mounted).ok()?)))
        };
        // Seen from inside a container, the group may be named as the machine outside names it: then the whole of what is
        // mounted is it.
        let whole = || places.first().map(|(_, point)| (point.clone(), point.clone()));
        let (point, folder) = places.iter().find_map(inside).or_else(whole)?;
        let upwards = folder.ancestors().take_while(|folder| folder.starts_with(&point));
        upwards.filter_map(|folder| left_in(folder, version, read)).min()
    });
    lefts.min()
}

/// What is mounted, and where, if it is the memory of that version.
fn mount(line: &str, version: &Version) -> Option<(PathBuf, PathBuf)> {
    let (place, kind) = line.split_once(" - ")?;
    let mut place = place.split(' ').skip(3);
    let (mounted, point) = (place.next()?, place.next()?);
    let mut kind = kind.split(' ');
    let options = kind.clone().nth(2)?;
    let here = kind.next()? == version.file_system
        && (version.file_system == SECOND.file_system || options.split(',').any(|option| option == "memory"));
    // A space of a name is written as a number.
    here.then(|| (mounted.replace("\\040", " ").into(), point.replace("\\040", " ").into()))
}

/// What one group leaves.
fn left_in(folder: &Path, version: &Version, read: &dyn Fn(&Path) -> Option<String>) -> Option<u64> {
    let number = |name: &str| read(&folder.join(name))?.trim().parse::<u64>().ok();
    let limit = number(version.limit)?;
    let used = number(version.used).unwrap_or(0);
    let statistics = read(&folder.join("memory.stat")).unwrap_or_default();
    let pages =
        |name: &str| statistics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
    let given_back: u64 = version.given_back.iter().filter_map(|name| pages(name)).sum();
    Some(limit.saturating_sub(used.saturating_sub(given_back)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_with(files: &[(&str, &str)]) -> Option<u64> {
        left(&|path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        })
    }

    const MOUNT: &str = "24 1 0:22 / /proc rw - proc proc rw\n\
                         30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

    #[test]
    fn the_tightest_of_the_groups_counts_and_old_pages_of_files_do_not() {
        let mut files = vec![
            ("/proc/self/cgroup", "0::/slurm/job_7/step_0\n"),
            ("/proc/self/mountinfo", MOUNT),
            ("/sys/fs/cgroup/slurm/job_7/step_0/memory.max", "max\n"),
            ("/sys/fs/cgroup/slurm/job_7/memory.max", "4000\n"),
            ("/sys/fs/cgroup/slurm/job_7/memory.current", "1500\n"),
            ("/sys/fs/cgroup/slurm/memory.max", "9000\n"),
        ];
        assert_eq!(left_with(&files), Some(2_500));
        files.push((
            "/sys/fs/cgroup/slurm/job_7/memory.stat",
            "anon 100\ninactive_file 900\nactive_file 100\n",
        ));
        assert_eq!(left_with(&files), Some(3_500));
        // Another part of the groups may be mounted elsewhere.
        let elsewhere = format!("29 23 0:26 /system.slice /mnt/x rw - cgroup2 cgroup2 rw\n{MOUNT}");
        files[1].1 = &elsewhere;
        files.push(("/mnt/x/memory.max", "7\n"));
        assert_eq!(left_with(&files), Some(3_500));
        // The limits of other groups are none of ours.
        files[0].1 = "0::/user\n";
        assert_eq!(left_with(&files), None);
    }

    #[test]
    fn the_first_version_is_read_and_a_container_sees_its_own_root() {
        let files = [
            ("/proc/self/cgroup", "5:cpu,cpuacct:/elsewhere\n4:memory:/docker/abc\n0::/\n"),
            (
                "/proc/self/mountinfo",
                "34 31 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
                 35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
            ),
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n"),
            ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "700\n"),
            ("/sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file 200\n"),
            ("/sys/fs/cgroup/cpu/memory.limit_in_bytes", "5\n"),
        ];
        assert_eq!(left_with(&files), Some(500));
    }

    #[test]
    fn without_groups_there_is_no_limit() {
        assert_eq!(left_with(&[]), None);
        assert_eq!(
            left_with(&[("/proc/self/cgroup", "0::/\nnonsense"), ("/proc/self/mountinfo", MOUNT)]),
            None
        );
    }
}
