//! What rules about the times of epochs have in common.

use aimlm_snapshot::EpochMetrics;

/// Differences between epochs that are shorter say nothing, in seconds.
pub(crate) const NOTICEABLE: f64 = 0.1;
/// So many epochs have a median, and a first and a last third.
pub(crate) const FEWEST: usize = 4;

/// The median time of epochs, in seconds.
pub(crate) fn median(epochs: &[EpochMetrics]) -> f64 {
    let mut seconds: Vec<f64> = epochs.iter().map(|epoch| epoch.seconds).collect();
    seconds.sort_unstable_by(f64::total_cmp);
    let middle = seconds.len() / 2;
    if seconds.len() % 2 == 1 {
        seconds[middle]
    } else {
        f64::midpoint(seconds[middle - 1], seconds[middle])
    }
}
