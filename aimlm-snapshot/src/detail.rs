/// How much of what was recorded a snapshot holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Detail {
    /// Counts, sums and extremes: outcomes, durations, numbers, rates, errors by kind, busy time in all. No quantiles,
    /// curves, histories or single samples of memory. Small, and quick to read: for what is read every second.
    Counters,
    /// Everything there is.
    #[default]
    Everything,
}
