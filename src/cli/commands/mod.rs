//! One file a command: its arguments and what it does with them.

pub(super) mod aggregate;
pub(super) mod balance;
pub(super) mod batch;
pub(super) mod check;
pub(super) mod claims;
pub(super) mod completions;
pub(super) mod decompose;
pub(super) mod deflate;
pub(super) mod everything;
pub(super) mod explain;
pub(super) mod extract;
pub(super) mod fetch;
pub(super) mod fold;
pub(super) mod import;
pub(super) mod import_content;
pub(super) mod indicators;
pub(super) mod inspect;
pub(super) mod list;
pub(super) mod man;
pub(super) mod product;
pub(super) mod rename;
pub(super) mod scenario;
pub(super) mod sensitivity;
mod store;
pub(super) mod tiva;
