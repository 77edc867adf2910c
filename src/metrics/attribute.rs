//! Calls of the instance that an attribute's `metrics = …` names.

use aimlm_core::series::Instance;

use super::Metrics;

/// What keeps the instance alive until a call ends, if it records. It outlives whatever `metrics` was borrowed from:
/// a lock, for one.
#[inline]
#[must_use]
pub fn recording(metrics: &Metrics) -> Option<Instance> {
    let instance = &metrics.instance;
    instance.namespace().is_enabled().then(|| instance.clone())
}
