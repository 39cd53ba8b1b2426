//! The vector instructions that products use: the widest that the processor has, and in tests each of them.

use std::sync::LazyLock;

use pulp::Arch;

/// What this processor has.
static ARCH: LazyLock<Arch> = LazyLock::new(Arch::new);

/// What products use.
pub(super) fn arch() -> Arch {
    #[cfg(test)]
    if let Some(arch) = each::CHOSEN.get() {
        return arch;
    }
    *ARCH
}

#[cfg(test)]
pub(in crate::kernel) mod each {
    use std::cell::Cell;

    use super::Arch;

    thread_local! {
        pub(super) static CHOSEN: Cell<Option<Arch>> = const { Cell::new(None) };
    }

    /// Does some work with no vectors and with each kind that this processor has, on threads of its own: the shape of strips
    /// depends on the kind, and every machine has its own.
    pub(in crate::kernel) fn with_each(work: impl Fn() + Sync) {
        let mut known = vec![Arch::Scalar];
        #[cfg(target_arch = "x86_64")]
        {
            known.extend(pulp::x86::V3::try_new().map(Arch::V3));
            known.extend(pulp::x86::V4::try_new().map(Arch::V4));
        }
        #[cfg(not(target_arch = "x86_64"))]
        known.push(Arch::new());
        for arch in known {
            let pool = rayon::ThreadPoolBuilder::new();
            let pool = pool.num_threads(2).start_handler(move |_| CHOSEN.set(Some(arch))).build();
            pool.expect("threads").install(&work);
        }
    }
}
