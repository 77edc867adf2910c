/// How many items calls processed. Their rates need one division for them all.
#[derive(Clone, Copy)]
pub(crate) struct Items {
    pub(crate) calls: u64,
    pub(crate) sum: u64,
    pub(crate) min: u64,
    pub(crate) max: u64,
}

/// A number as large or larger is added by itself, so that no sum of a fold's, of a thousand calls at most, needs more than
/// 32 bits.
pub(crate) const MANY_ITEMS: u64 = 1 << 22;

impl Items {
    /// Of one call.
    pub(crate) const fn of(items: u64) -> Self {
        Self {
            calls: 1,
            sum: items,
            min: items,
            max: items,
        }
    }
}
