//! Vectors that are read in random order, on large pages where the system has them.
//!
//! A random read of a vector of many megabytes costs the look-up of its page besides the number itself. On pages of 2 MiB
//! instead of 4 KiB the look-ups of a network of 10⁶ firms stay in the processor: a sweep over four right-hand sides took
//! a quarter less time (two cores, 512-bit vectors). The pages are asked for, not demanded: without them everything works
//! as before.

use std::ops::{Deref, DerefMut};

use bytemuck::Pod;
use memmap2::MmapMut;

/// Bytes from which a vector is worth pages of its own.
const LARGE: usize = 8 << 20;

/// Rows of C numbers each, zero at first.
pub(super) struct Block<T, const C: usize>(Memory<T>);

/// Where the numbers are.
enum Memory<T> {
    /// Mapped from the system, zero by its promise.
    Mapped(MmapMut),
    /// A vector like any other.
    Plain(Vec<T>),
}

impl<T: Pod, const C: usize> Block<T, C> {
    /// `rows` rows of zeros.
    pub(super) fn zeros(rows: usize) -> Self {
        let bytes = rows * C * size_of::<T>();
        Self(match mapped(bytes) {
            Some(memory) => Memory::Mapped(memory),
            None => Memory::Plain(vec![T::zeroed(); rows * C]),
        })
    }
}

/// Memory on large pages, when there is enough of it to gain by it and the system gives it.
fn mapped(bytes: usize) -> Option<MmapMut> {
    if bytes < LARGE {
        return None;
    }
    let memory = MmapMut::map_anon(bytes).ok()?;
    // A system without large pages says so, and the mapping serves as it is.
    #[cfg(target_os = "linux")]
    let _ = memory.advise(memmap2::Advice::HugePage);
    Some(memory)
}

impl<T: Pod, const C: usize> Deref for Block<T, C> {
    type Target = [[T; C]];

    fn deref(&self) -> &Self::Target {
        let numbers: &[T] = match &self.0 {
            Memory::Mapped(memory) => bytemuck::cast_slice(memory),
            Memory::Plain(numbers) => numbers,
        };
        numbers.as_chunks().0
    }
}

impl<T: Pod, const C: usize> DerefMut for Block<T, C> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        let numbers: &mut [T] = match &mut self.0 {
            Memory::Mapped(memory) => bytemuck::cast_slice_mut(memory),
            Memory::Plain(numbers) => numbers,
        };
        numbers.as_chunks_mut().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_zeros_of_its_size_and_keeps_what_is_written() {
        // Small ones are vectors, large ones are mapped.
        for rows in [0, 1, 1000, LARGE / 16 + 1] {
            let mut block = Block::<f32, 4>::zeros(rows);
            assert_eq!(matches!(block.0, Memory::Mapped(_)), rows * 16 >= LARGE);
            assert_eq!(block.len(), rows);
            assert!(block.as_flattened().iter().all(|number| number.to_bits() == 0));
            if let Some(last) = block.last_mut() {
                *last = [1.0, 2.0, 3.0, 4.0];
                let written = block[rows - 1].map(f32::to_bits);
                assert_eq!(written, [1.0_f32, 2.0, 3.0, 4.0].map(f32::to_bits));
            }
        }
    }
}
