//! Calls of the instance that an attribute's `metrics = …` names.

use aimlm_core::series::Instance;

use super::Metrics;

/// The instance, if it records.
#[inline]
#[must_use]
pub fn lent(metrics: &Metrics) -> Option<&Instance> {
    Some(&metrics.instance).filter(|instance| instance.namespace().is_enabled())
}

/// What begins a call in an instance that was lent, and then gives it back.
#[inline]
#[must_use]
pub fn begun<C>(_: &Instance, call: C) -> C {
    call
}

/// The same as [`lent`], kept alive. It outlives whatever `metrics` was borrowed from: a lock, for one.
#[inline]
#[must_use]
pub fn kept(metrics: &Metrics) -> Option<Instance> {
    lent(metrics).cloned()
}
