/// How many items they processed. Their rates need one division for them all.
#[derive(Clone, Copy)]
pub(crate) struct Items {
    pub(crate) calls: u64,
    pub(crate) sum: u64,
    pub(crate) min: u64,
    pub(crate) max: u64,
}

/// A call with as many items or more is counted by itself, so that no sum of items overflows.
pub(crate) const MANY_ITEMS: u64 = 1 << 48;

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
