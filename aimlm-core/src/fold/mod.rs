//! From records to the windows of their series. A [`Folder`] reads records, brings those of each series together,
//! sums them up, and adds the sums.

mod folder;
mod series_spans;
#[cfg(all(test, not(any(loom, shuttle))))]
mod simulation;

pub(crate) use folder::Folder;
