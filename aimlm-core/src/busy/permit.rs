use crate::sync::Ordering;
use crate::sync::fixed::AtomicU32;

/// How many series may keep `MANY` segments.
const PERMITS: u32 = 128;

/// That a series may keep `MANY` segments; it is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Permit(bool);

static GIVEN: AtomicU32 = AtomicU32::new(0);

impl Permit {
    pub(super) const fn none() -> Self {
        Self(false)
    }

    /// Whether there is one, now or already.
    pub(super) fn take(&mut self) -> bool {
        // Relaxed, here and below: the number stands for itself.
        let take = |given| (given < PERMITS).then_some(given + 1);
        self.0 = self.0
            || GIVEN
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                .is_ok();
        self.0
    }
}

impl Clone for Permit {
    /// None: what was read is not added to.
    fn clone(&self) -> Self {
        Self(false)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.0 {
            GIVEN.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
