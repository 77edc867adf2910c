//! Stand-in for the instances of the metrics.

use std::sync::{Arc, Mutex};

use crate::probe::Book;

/// An instance of the metrics.
#[derive(Debug, Clone, Default)]
pub struct Metrics(pub(crate) Arc<Mutex<Book>>);

impl Metrics {
    /// An empty instance.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}
