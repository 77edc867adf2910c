use aimlm_snapshot::Detail;

use super::slots::{Recent, SlotReserve};
use crate::clock::Moment;
use crate::sync::{AtomicU64, Ordering};
use crate::totals::saturating;

/// Samples of resident memory that fell into calls in flight, or followed such. The collector alone writes.
pub(crate) struct MemorySamples {
    count: AtomicU64,
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
    recent: Recent<3>,
    changes: AtomicU64,
    /// In two's complement.
    changed: AtomicU64,
}

/// One sample of the resident memory of the process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MemorySample {
    pub(crate) bytes: u64,
    pub(crate) at: Moment,
    /// By how much it is more than the one before, if that was taken one interval ago.
    pub(crate) change: Option<i64>,
}

/// What [`MemorySamples`] hold at one moment, in bytes.
pub(crate) struct MemoryReading {
    pub(crate) count: u64,
    pub(crate) sum: u64,
    pub(crate) min: u64,
    pub(crate) max: u64,
    pub(crate) recent: Vec<MemorySample>,
    pub(crate) changes: u64,
    pub(crate) changed: i64,
}

/// The collector makes what it needs when it needs it.
static MADE_WHEN_NEEDED: SlotReserve<3> = SlotReserve::of_pages(1);

/// Stands for a change that is not known.
const UNKNOWN: i64 = i64::MIN;

impl MemorySamples {
    pub(crate) fn new(history_size: usize) -> Self {
        Self {
            count: AtomicU64::new(0),
            sum: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
            recent: Recent::new(history_size.max(1), &MADE_WHEN_NEEDED),
            changes: AtomicU64::new(0),
            changed: AtomicU64::new(0),
        }
    }

    pub(crate) fn add(&self, sample: MemorySample) {
        // Relaxed, here and in `read`: independent sums, of which one may miss the newest sample.
        self.count.fetch_add(1, Ordering::Relaxed);
        saturating::add(&self.sum, sample.bytes);
        self.min.fetch_min(sample.bytes, Ordering::Relaxed);
        self.max.fetch_max(sample.bytes, Ordering::Relaxed);
        if let Some(change) = sample.change {
            self.changes.fetch_add(1, Ordering::Relaxed);
            self.changed.fetch_add(change as u64, Ordering::Relaxed);
        }
        let ticket = self.recent.reserve(1);
        let change = sample.change.unwrap_or(UNKNOWN) as u64;
        self.recent
            .write(ticket, [sample.bytes, sample.at as u64, change]);
    }

    pub(crate) fn read(&self, detail: Detail) -> MemoryReading {
        let recent = (detail == Detail::Everything).then(|| self.recent.read());
        MemoryReading {
            count: self.count.load(Ordering::Relaxed),
            sum: self.sum.load(Ordering::Relaxed),
            min: self.min.load(Ordering::Relaxed),
            max: self.max.load(Ordering::Relaxed),
            recent: recent
                .into_iter()
                .flatten()
                .map(|[bytes, at, change]| MemorySample {
                    bytes,
                    at: at as Moment,
                    change: Some(change as i64).filter(|&change| change != UNKNOWN),
                })
                .collect(),
            changes: self.changes.load(Ordering::Relaxed),
            changed: self.changed.load(Ordering::Relaxed) as i64,
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.recent.bytes()
    }
}
