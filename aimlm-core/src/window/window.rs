use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use aimlm_snapshot::{Detail, Distribution};

use super::number_table::{FIELDS_READY, Fields};
use super::number_totals::{NumberReading, NumberTotals};
use super::window_settings::WindowSettings;
use crate::busy::BusySpans;
use crate::busy::BusyTotals;
use crate::busy::SharedBusy;
use crate::event::{Number, Outcomes};
use crate::interned;
use crate::recent::{CallHistory, HistoryReading};
use crate::recent::{MemoryReading, MemorySample, MemorySamples};
use crate::reserve::Reserve;
use crate::sync::{AtomicU64, OnceBox, Ordering, boxed_array, fixed};
use crate::totals::{HISTOGRAMS_READY, Histogram, ItemRateTotals, ItemRates, RATES_READY};

/// How often each kind of error came, by its number.
pub(crate) type ErrorKinds = [AtomicU64; 256];

pub(crate) static ERROR_KINDS_READY: Reserve<Box<ErrorKinds>> =
    Reserve::new(4, size_of::<ErrorKinds>(), || boxed_array(|| AtomicU64::new(0)));

/// Everything about one series since the last reset. Any number of threads fold into it at once.
///
/// A reset puts a new window in its place; what is being folded at that moment stays whole in the old one.
///
/// In this order what every fold writes, down to the sum of the latencies, is one cache line, which two threads that
/// fold the same series have to hand to each other.
#[repr(C, align(64))]
pub(crate) struct Window {
    pub(crate) outcomes: [AtomicU64; 4],
    /// Calls that started, from their start records alone.
    pub(crate) started: AtomicU64,
    pub(crate) latency: Histogram,
    pub(crate) settings: WindowSettings,
    pub(crate) samples: AtomicU64,
    /// What tells its beginning from that of every other window of any process.
    pub(crate) beginning: u64,
    /// See [`Window::carried`].
    carried: AtomicU64,
    pub(crate) busy: BusyTotals,
    /// Where its subject has other label sets.
    shared: OnceBox<SharedBusy>,
    pub(crate) failed: OnceBox<Histogram>,
    history: Option<Box<CallHistory>>,
    fields: Fields,
    failed_fields: OnceBox<Fields>,
    rate: OnceBox<ItemRateTotals>,
    memory: OnceBox<MemorySamples>,
    /// Calls that had started when memory was sampled last.
    started_when_sampled: AtomicU64,
    error_kinds: OnceBox<ErrorKinds>,
    /// What counts its calls in flight when it is gone. No step of a model: it may be gone after the last of them.
    heir: fixed::OnceBox<Arc<Self>>,
}

#[cfg(not(any(loom, shuttle)))]
const _: () = {
    use std::mem::offset_of;
    assert!(
        offset_of!(Window, latency) + offset_of!(Histogram, sum) + size_of::<u64>() <= align_of::<Window>()
    );
};

/// What a [`Window`] holds at one moment.
pub(crate) struct WindowReading {
    pub(crate) outcomes: Outcomes,
    /// Calls that started in it.
    pub(crate) started: u64,
    pub(crate) samples: u64,
    pub(crate) busy: BusySpans,
    /// That of all label sets of its subject, where there are several, and whether this series leads it.
    pub(crate) shared: Option<(Arc<BusyTotals>, bool)>,
    pub(crate) latency: Distribution,
    pub(crate) failed: Distribution,
    pub(crate) fields: Vec<(Number, NumberReading)>,
    /// Of the calls that did not succeed.
    pub(crate) failed_fields: Vec<(Number, NumberReading)>,
    pub(crate) rate: Option<(Number, ItemRates)>,
    pub(crate) memory: Option<MemoryReading>,
    pub(crate) error_kinds: Vec<(&'static str, u64)>,
    pub(crate) history: HistoryReading,
    pub(crate) bytes: usize,
}

/// Stands for a number of calls that is not known yet.
const UNKNOWN: i64 = i64::MIN;

impl Window {
    /// The first window of a series.
    pub(crate) fn new(settings: WindowSettings) -> Self {
        Self::with(settings, 0)
    }

    /// A window that takes the place of another, into which threads may still fold.
    pub(crate) fn after_another(settings: WindowSettings) -> Self {
        Self::with(settings, UNKNOWN)
    }

    fn with(settings: WindowSettings, carried: i64) -> Self {
        Self {
            settings,
            beginning: beginning(),
            carried: AtomicU64::new(carried as u64),
            started: AtomicU64::new(0),
            outcomes: std::array::from_fn(|_| AtomicU64::new(0)),
            samples: AtomicU64::new(0),
            busy: BusyTotals::new(),
            shared: OnceBox::new(),
            latency: Histogram::new(),
            failed: OnceBox::new(),
            // Here, and not in the first fold: the first call of a series makes what the series needs.
            history: Some(settings.history_size)
                .filter(|&size| size > 0)
                .map(|size| Box::new(CallHistory::new(size))),
            fields: Fields::new(),
            failed_fields: OnceBox::new(),
            rate: OnceBox::new(),
            memory: OnceBox::new(),
            started_when_sampled: AtomicU64::new(0),
            error_kinds: OnceBox::new(),
            heir: fixed::OnceBox::new(),
        }
    }

    /// A window that takes the place of this one when nobody reads it any more, and holds nothing but which calls are in
    /// flight: it knows how many are when the last thread that folds into this one lets go of it.
    pub(crate) fn heir(&self) -> Arc<Self> {
        let settings = WindowSettings {
            history_size: 0,
            ..self.settings
        };
        let heir = || Box::new(Arc::new(Self::after_another(settings)));
        self.heir.get_or_init(heir).clone()
    }

    /// Calls that were in flight when this window began; none while threads still fold into the one before. Fewer than
    /// none where an end was folded before its start.
    pub(crate) fn carried(&self) -> Option<i64> {
        // Relaxed: the number stands for itself.
        Some(self.carried.load(Ordering::Relaxed) as i64).filter(|&carried| carried != UNKNOWN)
    }

    pub(crate) fn set_carried(&self, carried: i64) {
        self.carried.store(carried as u64, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn count_started(&self, started: u64) {
        // Relaxed: the end of the fold publishes it to who reads between two folds.
        self.started.fetch_add(started, Ordering::Relaxed);
    }

    /// Calls in flight; none while it is not known how many were when it began. Amid a fold it may be fewer than none, or
    /// more than there are: two counts are read, and folds go on in between.
    pub(crate) fn in_flight(&self) -> Option<i64> {
        let (carried, ended) = (self.carried()?, self.ended());
        // Relaxed: nothing orders it after the others. Read last it most often has what they have.
        let started = self.started.load(Ordering::Relaxed);
        Some(in_flight(carried, started, ended))
    }

    /// Adds when the calls of a fold were in flight, and empties that.
    #[inline]
    pub(crate) fn add_busy(&self, fold: &mut BusySpans) {
        SharedBusy::add_busy(&self.shared, fold, &self.busy);
        fold.clear();
    }

    /// What others of its subject join.
    pub(crate) fn lead(&self) -> Arc<BusyTotals> {
        let lead = || Box::new(SharedBusy::leading(Arc::new(BusyTotals::shared())));
        let shared = self.shared.get_or_init(lead);
        self.busy.keep_gaps();
        shared.try_seed(&self.busy);
        shared.totals.clone()
    }

    /// Joins one that leads.
    pub(crate) fn join(&self, lead: Arc<BusyTotals>) {
        let join = || Box::new(SharedBusy::joining(lead));
        let shared = self.shared.get_or_init(join);
        self.busy.keep_gaps();
        shared.try_seed(&self.busy);
    }

    /// Shares what `again` gives for what another shares.
    pub(crate) fn share_as(&self, old: &Self, again: impl FnOnce(&Arc<BusyTotals>) -> Arc<BusyTotals>) {
        if let Some(old) = old.shared.get() {
            let totals = again(&old.totals);
            self.busy.keep_gaps();
            self.shared.get_or_init(|| {
                Box::new(if old.leads {
                    SharedBusy::leading(totals)
                } else {
                    SharedBusy::joining(totals)
                })
            });
        }
    }

    /// What it shares, and whether it leads it.
    pub(crate) fn shared(&self) -> Option<(Arc<BusyTotals>, bool)> {
        let shared = self.shared.get()?;
        Some((shared.totals.clone(), shared.leads))
    }

    /// Calls that ended in this window.
    pub(crate) fn ended(&self) -> u64 {
        self.outcomes
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    }

    pub(crate) fn field(&self, field: Number) -> &NumberTotals {
        self.fields.of(field)
    }

    /// Of the calls that did not succeed.
    pub(crate) fn failed_field(&self, field: Number) -> &NumberTotals {
        let fields = self.failed_fields.get_or_init(|| FIELDS_READY.take());
        fields.of(field)
    }

    pub(crate) fn failed(&self) -> &Histogram {
        self.failed.get_or_init(|| HISTOGRAMS_READY.take())
    }

    pub(crate) fn history(&self) -> Option<&CallHistory> {
        self.history.as_deref()
    }

    pub(crate) fn add_rates(&self, fold: &ItemRates) {
        self.rate.get_or_init(|| RATES_READY.take()).add(fold);
    }

    pub(crate) fn add_error_kind(&self, kind: u64) {
        let kinds = self.error_kinds.get_or_init(|| ERROR_KINDS_READY.take());
        if let Some(count) = kinds.get(kind as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether a call began since this was last asked. The collector alone asks.
    pub(crate) fn has_begun_more(&self) -> bool {
        // Relaxed: a statistic, and one thread's own.
        let started = self.started.load(Ordering::Relaxed);
        self.started_when_sampled.swap(started, Ordering::Relaxed) != started
    }

    /// Adds a sample of resident memory.
    pub(crate) fn add_memory(&self, sample: MemorySample) {
        self.memory
            .get_or_init(|| Box::new(MemorySamples::new(self.settings.history_size)))
            .add(sample);
    }

    /// Reads everything, or as much as is wanted. Exact for all that was folded before; see `SeriesCell::read` for folds
    /// under way.
    pub(crate) fn read(&self, detail: Detail) -> WindowReading {
        let load = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        let [ok, error, panicked, cancelled] = self.outcomes.each_ref().map(load);
        let outcomes = Outcomes {
            ok,
            error,
            panicked,
            cancelled,
            other: 0,
        };
        let is_brief = detail == Detail::Counters;
        let durations = |of: &Histogram, calls| {
            if is_brief {
                of.summary(calls)
            } else {
                of.snapshot()
            }
        };
        let kinds = self.error_kinds.get().into_iter().flatten().enumerate();
        if let Some(shared) = self.shared.get() {
            shared.seed(&self.busy);
        }
        WindowReading {
            outcomes,
            // After the outcomes: amid folds there are most often more starts then than ends. Relaxed loads promise no
            // order, so that whoever reads fewer looks again.
            started: load(&self.started),
            samples: load(&self.samples),
            busy: self.busy.read(),
            shared: self.shared(),
            latency: durations(&self.latency, ok),
            failed: self
                .failed
                .get()
                .map(|failed| durations(failed, error + panicked + cancelled))
                .unwrap_or_default(),
            fields: self.fields.read(detail),
            failed_fields: self
                .failed_fields
                .get()
                .map(|fields| fields.read(detail))
                .unwrap_or_default(),
            rate: self.items().zip(self.rate.get().map(ItemRateTotals::read)),
            memory: self.memory.get().map(|memory| memory.read(detail)),
            error_kinds: kinds
                .map(|(number, count)| (interned::name(number as u64), load(count)))
                .filter(|(_, count)| *count > 0)
                .collect(),
            history: self.history().filter(|_| !is_brief).map_or_else(
                || HistoryReading::none(outcomes.ended()),
                |history| history.read(outcomes.ended()),
            ),
            bytes: self.bytes(),
        }
    }

    /// The field that counts the items of its calls: the first that one carried.
    fn items(&self) -> Option<Number> {
        let mut fields = self.settings.items.iter().copied();
        fields.find(|&field| self.fields.get(field).is_some())
    }

    /// Bytes that it holds, itself among them.
    pub(crate) fn bytes(&self) -> usize {
        // With the line of the two counts before it.
        align_of::<Self>()
            + size_of::<Self>()
            + self.busy.bytes()
            + self.shared.get().map_or(0, size_of_val)
            + self.latency.bytes()
            + self
                .failed
                .get()
                .map_or(0, |failed| size_of::<Histogram>() + failed.bytes())
            + self.history().map_or(0, CallHistory::bytes)
            + self.fields.bytes()
            + self
                .failed_fields
                .get()
                .map_or(0, |fields| size_of_val(fields) + fields.bytes())
            + self.rate.get().map_or(0, size_of_val)
            + self.memory.get().map_or(0, MemorySamples::bytes)
            + self.error_kinds.get().map_or(0, size_of_val)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Some(heir) = self.heir.get()
            && let Some(in_flight) = self.in_flight()
        {
            heir.set_carried(in_flight);
        }
    }
}

/// Calls that started and did not end. Fewer than none where an end was folded before its start, on another thread.
pub(crate) const fn in_flight(carried: i64, started: u64, ended: u64) -> i64 {
    carried.saturating_add(started.wrapping_sub(ended) as i64)
}

/// Another number for each window, in whatever process: Steele, Lea and Flood's mixing of a count, the time and the
/// process.
fn beginning() -> u64 {
    static NEXT: fixed::AtomicU64 = fixed::AtomicU64::new(0);
    // Relaxed: only to be different.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    [now.as_nanos() as u64, std::process::id().into(), number]
        .into_iter()
        .fold(0, |mixed, next| {
            let mut mixed = (mixed ^ next).wrapping_add(0x9E37_79B9_7F4A_7C15);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        })
}
