//! Numeric kernels: dense products, factorisations and sparse solvers, without any economics.
//!
//! Everything here knows matrices only. Three rules hold in every file:
//!
//! * **Same bits for any number of threads.** Tile sizes and the order of every sum are fixed
//!   constants; rayon only decides which thread works on which tile.
//! * **rayon owns the threads.** What faer does is called with `Par::Seq`; its global
//!   parallelism is never read. All kernels may be called from inside another parallel loop.
//! * **Wrong data is an `Err`, wrong shapes panic.** Shapes are the caller's invariant and are
//!   stated under `# Panics`; pivots, convergence and finiteness depend on data.
//!
//! Matrices are column-major (`nalgebra::DMatrix`); sparse ones are compressed rows (`sprs`).
//!
//! | question | file |
//! |---|---|
//! | one matrix, dense or compressed, in double or single precision | [`stored`] |
//! | C = α A B + β C | [`dense`] |
//! | M X = Y for many Y, M an M-matrix | [`lu`] |
//! | M⁻¹ in the memory of M | [`inverse`] |
//! | M⁻¹ when L and U are there | [`lu::LuFactors::inverse`] |
//! | M X = Y for any regular M, how close to singular | [`pivoted`], [`condition`] |
//! | M X = Y with a factor of half the memory | [`refine`] |
//! | (I − A) X = Y, A large and dense | [`krylov`] |
//! | (I − A) X = Y, A sparse | [`sparse`] |
//! | how wrong is X | [`residual`] |
//! | does I + A + A² + … converge, and which vector does A stretch most | [`spectral`] |

pub mod condition;
pub mod dense;
pub mod inverse;
pub mod krylov;
pub mod lu;
mod lu_inverse;
mod pages;
pub mod pivoted;
pub mod refine;
pub mod residual;
pub mod sparse;
pub mod spectral;
pub mod stored;
mod tile;
mod triangular;

#[cfg(test)]
mod tests;
