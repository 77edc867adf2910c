use std::sync::Arc;

use aimlm_config::Config;

use super::namespace::{GLOBAL, Namespace};

/// Keeps an instance alive: the global one, which always is, or one of its own. A call in flight need not: see
/// `Store::retire`.
#[derive(Clone, Default)]
pub struct Instance(Option<Arc<Namespace>>);

impl Instance {
    /// One of its own.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self(Some(Arc::new(Namespace::new(config))))
    }

    #[inline]
    /// What it records into.
    #[must_use]
    pub fn namespace(&self) -> &Namespace {
        self.0.as_deref().unwrap_or(&GLOBAL)
    }
}

impl std::fmt::Debug for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Instance({})", self.namespace().id)
    }
}
