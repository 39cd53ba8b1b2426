//! Which part of a batch one of several machines takes.

use super::BatchError;

/// Part I of N: the parts are disjoint and together everything, whatever N is.
///
/// With at least N tables (a table is one file of one year) part I takes the tables at positions I, I + N, I + 2N ... of
/// the manifest with all their jobs, so that no table is solved twice; with fewer it takes the jobs at those positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 0.
    index: usize,
    count: usize,
}

impl Shard {
    /// Everything.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// `3/8`, or `auto/8` with the index from the environment of an array job.
    ///
    /// # Errors
    /// Text of another form, an index outside of 1..=N, no index in the environment.
    pub fn parse(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, BatchError> {
        let bad = || BatchError::BadShard { text: text.to_owned() };
        let (index, count) = text.split_once('/').ok_or_else(bad)?;
        let count: usize = count.trim().parse().ok().filter(|count| *count > 0).ok_or_else(bad)?;
        if index.trim() == "auto" {
            let (place, index) = array_index(environment)?.ok_or_else(|| BatchError::ShardUnknown {
                found: "no array index in the environment".into(),
            })?;
            return Self::checked(index, count, &place);
        }
        let index: usize = index.trim().parse().ok().filter(|index| *index > 0).ok_or_else(bad)?;
        if index > count {
            return Err(bad());
        }
        Ok(Self { index: index - 1, count })
    }

    /// The part that a Slurm array task is: its position among the tasks of the array. Nothing outside of one.
    ///
    /// # Errors
    /// An array that is not a plain range; an index without the number of tasks, as a container may pass it on.
    pub fn of_slurm(environment: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, BatchError> {
        let Some((place, index)) = slurm_index(environment)? else {
            return match number(environment, KUBERNETES_INDEX)? {
                // Kubernetes does not tell how many there are.
                Some(index) => Err(BatchError::ShardUnknown {
                    found: format!("{KUBERNETES_INDEX}={index}, which does not say of how many"),
                }),
                None => Ok(None),
            };
        };
        let Some(count) = number(environment, SLURM_COUNT)? else {
            return Err(BatchError::ShardUnknown { found: format!("{place}, but no {SLURM_COUNT}") });
        };
        Self::checked(index, count, &place).map(Some)
    }

    fn checked(index: usize, count: usize, place: &str) -> Result<Self, BatchError> {
        if index >= count {
            return Err(BatchError::ShardUnknown {
                found: format!("{place} is position {} of {count}", index + 1),
            });
        }
        Ok(Self { index, count })
    }

    /// How many parts there are.
    pub fn count(self) -> usize {
        self.count
    }

    /// Is it everything?
    pub fn is_whole(self) -> bool {
        self.count == 1
    }

    /// `3-of-8`: in the names of files.
    pub(super) fn file_word(self) -> String {
        format!("{}-of-{}", self.index + 1, self.count)
    }

    /// Does it take what stands at a position?
    pub fn takes(self, position: usize) -> bool {
        position % self.count == self.index
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.count)
    }
}

const SLURM_ID: &str = "SLURM_ARRAY_TASK_ID";
const SLURM_COUNT: &str = "SLURM_ARRAY_TASK_COUNT";
const SLURM_FIRST: &str = "SLURM_ARRAY_TASK_MIN";
const SLURM_STEP: &str = "SLURM_ARRAY_TASK_STEP";
const KUBERNETES_INDEX: &str = "JOB_COMPLETION_INDEX";

fn number(environment: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<Option<usize>, BatchError> {
    // A container that passes on what is not set has it empty.
    let Some(text) = environment(name).filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let number = text.trim().parse();
    number.map(Some).map_err(|_| BatchError::ShardUnknown { found: format!("{name}={text}") })
}

/// Position in the array from 0, and where it comes from.
fn array_index(environment: &dyn Fn(&str) -> Option<String>) -> Result<Option<(String, usize)>, BatchError> {
    match slurm_index(environment)? {
        Some(found) => Ok(Some(found)),
        None => Ok(number(environment, KUBERNETES_INDEX)?
            .map(|index| (format!("{KUBERNETES_INDEX}={index}"), index))),
    }
}

fn slurm_index(environment: &dyn Fn(&str) -> Option<String>) -> Result<Option<(String, usize)>, BatchError> {
    let Some(id) = number(environment, SLURM_ID)? else { return Ok(None) };
    let first = number(environment, SLURM_FIRST)?.unwrap_or(0);
    let step = number(environment, SLURM_STEP)?.unwrap_or(1).max(1);
    let place = format!("{SLURM_ID}={id} ({SLURM_FIRST}={first}, {SLURM_STEP}={step})");
    match id.checked_sub(first) {
        Some(offset) if offset % step == 0 => Ok(Some((place, offset / step))),
        _ => Err(BatchError::ShardUnknown { found: place }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: &str) -> Option<String> {
        None
    }

    fn slurm(id: usize, count: usize, first: usize, step: usize) -> impl Fn(&str) -> Option<String> {
        move |name| match name {
            SLURM_ID => Some(id.to_string()),
            SLURM_COUNT => Some(count.to_string()),
            SLURM_FIRST => Some(first.to_string()),
            SLURM_STEP => Some(step.to_string()),
            _ => None,
        }
    }

    #[test]
    fn every_position_belongs_to_exactly_one_part() {
        for count in 1..9 {
            let parts: Vec<Shard> = (1..=count)
                .map(|index| Shard::parse(&format!("{index}/{count}"), &nothing).unwrap())
                .collect();
            for position in 0..50 {
                assert_eq!(parts.iter().filter(|part| part.takes(position)).count(), 1);
            }
        }
    }

    #[test]
    fn the_array_index_of_slurm_and_of_kubernetes() {
        assert_eq!(Shard::of_slurm(&nothing).unwrap(), None);
        for position in 0..4 {
            let environment = slurm(10 + 5 * position, 4, 10, 5);
            assert_eq!(Shard::of_slurm(&environment).unwrap(), Some(Shard { index: position, count: 4 }));
            assert_eq!(Shard::parse("auto/8", &environment).unwrap(), Shard { index: position, count: 8 });
        }
        let kubernetes = |name: &str| (name == KUBERNETES_INDEX).then(|| "7".to_owned());
        assert_eq!(Shard::parse("auto/8", &kubernetes).unwrap().to_string(), "8/8");
        assert!(matches!(Shard::parse("auto/7", &kubernetes), Err(BatchError::ShardUnknown { .. })));
        // Not everything in every pod.
        assert!(matches!(Shard::of_slurm(&kubernetes), Err(BatchError::ShardUnknown { .. })));
        let empty = |name: &str| (name == SLURM_ID).then(String::new);
        assert_eq!(Shard::of_slurm(&empty).unwrap(), None);
    }

    #[test]
    fn what_is_not_a_part_is_an_error() {
        for text in ["", "3", "0/8", "9/8", "3/0", "a/8", "-1/8"] {
            assert!(matches!(Shard::parse(text, &nothing), Err(BatchError::BadShard { .. })), "{text}");
        }
        assert!(matches!(Shard::parse("auto/8", &nothing), Err(BatchError::ShardUnknown { .. })));
        // An array like 1,3,17 has no step: its positions cannot be told.
        assert!(matches!(Shard::of_slurm(&slurm(17, 3, 1, 1)), Err(BatchError::ShardUnknown { .. })));
        assert!(matches!(Shard::of_slurm(&slurm(4, 3, 1, 2)), Err(BatchError::ShardUnknown { .. })));
        // A container that passes the index on and not the number of tasks: not everything in every task.
        let index_alone = |name: &str| (name == SLURM_ID).then(|| "2".to_owned());
        let error = Shard::of_slurm(&index_alone).unwrap_err().to_string();
        assert!(error.contains(SLURM_COUNT), "{error}");
        assert_eq!(Shard::parse("auto/8", &index_alone).unwrap().to_string(), "3/8");
    }
}
