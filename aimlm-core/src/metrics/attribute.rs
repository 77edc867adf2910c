//! Calls of the instance that an attribute's `metrics = …` names.

use super::Metrics;
use crate::probe::{self, Call, Pending, Resolver, SeriesId, Values};
use crate::series::Instance;
use crate::site::Site;

/// Begins a call.
#[inline]
pub fn enter_in<V: Values>(
    metrics: &Metrics,
    site: &'static Site,
    series: impl FnOnce(Resolver<'_>) -> SeriesId,
    values: impl FnOnce() -> V,
) -> Call<V, Instance> {
    probe::enter_in(&metrics.instance, site, series, values)
}

/// As [`enter_in`], not yet begun.
#[inline]
pub fn prepare_in<V: Values>(
    metrics: &Metrics,
    site: &'static Site,
    series: impl FnOnce(Resolver<'_>) -> SeriesId,
    values: impl FnOnce() -> V,
) -> Pending<V, Instance> {
    probe::prepare_in(&metrics.instance, site, series, values)
}
