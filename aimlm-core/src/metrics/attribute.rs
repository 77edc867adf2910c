//! Calls of the instance that an attribute's `metrics = …` names.

use super::Metrics;
use crate::probe::{self, Resolver};
use crate::site::Site;

/// Looks for the series of a call, if the instance records.
#[inline]
#[must_use]
pub fn resolver_in<'a>(metrics: &'a Metrics, site: &'static Site) -> Option<Resolver<'a>> {
    probe::resolver_in(&metrics.instance, site)
}
