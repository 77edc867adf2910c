use std::sync::Arc;

use aimlm_config::Config;
use arc_swap::ArcSwapOption;

use super::budget::Budget;
use super::configured::Configured;
use super::description::Description;
use super::intervals;
use super::key::KeyRef;
use super::overflow_sample::{Noisiest, OverflowSample};
use super::plain_key::PlainKey;
use super::series_table::{Found, Look, Series, SeriesTable};
use crate::cell::STORE;
use crate::clock;
use crate::interned::shortened;
use crate::site::{PlainForm, Site};
use crate::sync::Ordering;
use crate::sync::fixed::{AtomicBool, AtomicU64, OnceBox};

/// The series of one instance: the global one, or one of its own.
pub struct Namespace {
    pub(super) id: u64,
    enabled: AtomicBool,
    configured: OnceBox<Configured>,
    description: ArcSwapOption<Description>,
}

/// The instance that attributes record into.
pub static GLOBAL: Namespace = Namespace::with_id(0);

impl Namespace {
    const fn with_id(id: u64) -> Self {
        Self {
            id,
            enabled: AtomicBool::new(true),
            configured: OnceBox::new(),
            description: ArcSwapOption::const_empty(),
        }
    }

    /// An instance of its own.
    pub(crate) fn new(config: Config) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let namespace = Self::with_id(NEXT.fetch_add(1, Ordering::Relaxed));
        namespace.configure(config, Vec::new());
        namespace
    }

    /// What tells it from every other instance of the process, before and after it.
    #[inline(always)]
    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    /// Whether calls are recorded. The global instance says yes until it has read its configuration.
    #[inline(always)]
    pub fn is_enabled(&self) -> bool {
        // Relaxed: switching takes effect soon, not at a moment.
        self.enabled.load(Ordering::Relaxed)
    }

    /// Switches recording on or off.
    pub fn set_enabled(&self, enabled: bool) {
        self.configured();
        // Relaxed: as in `is_enabled`.
        self.enabled.store(enabled, Ordering::Relaxed);
    }

    /// Sets the configuration; says no if there is one already.
    pub fn configure(&self, config: Config, config_problems: Vec<String>) -> bool {
        clock::start();
        intervals::ask(&config);
        let enabled = config.enabled;
        let configured = Configured {
            table: SeriesTable::new(config.max_series),
            budget: Budget::new(config.max_series_bytes),
            config,
            config_problems,
            overflow: OnceBox::new(),
            subjects: OnceBox::new(),
            overflow_sample: OverflowSample::new(),
            since: AtomicU64::new(clock::unix_nanoseconds() as u64),
        };
        let first = self.configured.set(Box::new(configured)).is_ok();
        // Relaxed: a call of another thread that is too early finds the same a moment later.
        if first && !enabled {
            self.enabled.store(false, Ordering::Relaxed);
        }
        first
    }

    fn configured(&self) -> &Configured {
        loop {
            if let Some(configured) = self.configured.get() {
                return configured;
            }
            let (config, problems) = Config::from_env_without_problems();
            self.configure(*config, problems);
        }
    }

    /// The configuration in force; of the global one, read from the environment on first use.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.configured().config
    }

    /// Says of the run what `say` says, beside what was said before.
    pub fn describe(&self, say: impl FnOnce(&mut Description)) {
        // Once, whoever else says something meanwhile, and be it this.
        let mut said = Description::default();
        say(&mut said);
        self.description.rcu(|before| {
            let before = before.as_deref().cloned().unwrap_or_default();
            Some(Arc::new(before.and(&said)))
        });
    }

    /// What was said of the run.
    pub(crate) fn description(&self) -> Description {
        self.description.load().as_deref().cloned().unwrap_or_default()
    }

    /// What of the environment's configuration was not taken because it is wrong, one line each.
    pub(crate) fn config_problems(&self) -> &[String] {
        &self.configured().config_problems
    }

    /// The same, and what was not taken because it is no setting; nothing before the first use.
    pub(crate) fn not_taken(&self) -> impl Iterator<Item = &str> {
        let configured = self.configured.get().into_iter();
        let lines = configured.flat_map(|configured| {
            configured
                .config_problems
                .iter()
                .chain(configured.config.warnings())
        });
        lines.map(String::as_str)
    }

    /// When the instance was made or last reset, or this process was forked, in nanoseconds since the Unix epoch.
    pub(crate) fn since(&self) -> i64 {
        since_birth(self.configured().since.load(Ordering::Relaxed))
    }

    /// The number of the series of a call: of its own, or of the overflow series; `None` if this process has
    /// used up every number there is.
    pub fn series(&self, key: &KeyRef<'_>, site: Option<&'static Site>, memory: bool) -> Option<u32> {
        let (hash, configured) = (key.hash(), self.configured());
        let is_full = configured.table.is_full();
        if let Some(series) = configured.table.find(key, hash) {
            series.wants(memory);
            return Some(series.number);
        }
        if key.is_long() {
            return self.find_long(key, site, memory);
        }
        if is_full || configured.budget.is_spent() {
            return configured.overflow(key, site);
        }
        let make = || configured.make(key.to_key(), site);
        let discard = |series: &Series| STORE.discard(series.number);
        let Found::Series(series) = configured.table.get_or_insert(key, hash, make, discard) else {
            return configured.overflow(key, site);
        };
        configured.share(series);
        series.wants(memory);
        let series = Some(series.number);
        configured.budget.check(configured.table.tagged(), || {
            (self.bytes() + self.window_bytes()) as u64
        });
        series
    }

    /// The same of a subject without labels, if it is short and its series is at home: what most calls need, in registers.
    #[inline(always)]
    pub fn series_at_hand(&self, form: PlainForm, subject: &str) -> Option<u32> {
        let key = PlainKey::of(form, subject)?;
        let series = self.configured.get()?.table.at_home(&key)?;
        Some(series.number)
    }

    /// The same of any key, or the number of the overflow series, if the key has none and gets none and the call is not
    /// one of those looked at.
    #[inline(always)]
    pub(crate) fn series_or_overflow(&self, key: &KeyRef<'_>, memory: bool) -> Option<u32> {
        let configured = self.configured.get()?;
        // Before the look: what was found before the table was full is found in it.
        let is_full = configured.table.is_full();
        let table = &configured.table;
        let look = match key.plain() {
            Some(plain) => table.look(plain.hash(), |own| own.is_plain(&plain)),
            None => table.look(key.hash(), |own| own.is(key)),
        };
        match look {
            Look::Series(series) => {
                series.wants(memory);
                Some(series.number)
            }
            // A long key is found under its shortened texts.
            Look::None if is_full && !key.is_long() => {
                let (overflow, since) = (
                    configured.overflow.get()?,
                    configured.since.load(Ordering::Relaxed),
                );
                configured
                    .overflow_sample
                    .passes_over(since)
                    .then_some(overflow.number)
            }
            _ => None,
        }
    }

    /// A key with long texts is found under its shortened ones.
    #[cold]
    #[inline(never)]
    fn find_long(&self, key: &KeyRef<'_>, site: Option<&'static Site>, memory: bool) -> Option<u32> {
        let subject = shortened(key.subject);
        let labels: Vec<_> = key
            .labels
            .iter()
            .map(|(label, text)| (*label, shortened(text)))
            .collect();
        let labels: Vec<_> = labels.iter().map(|(label, text)| (*label, &**text)).collect();
        let key = KeyRef {
            stage: key.stage,
            subject: &subject,
            labels: &labels,
        };
        self.series(&key, site, memory)
    }

    /// Every series, the overflow series last.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Series> {
        let configured = self.configured();
        configured.table.iter().chain(configured.overflow.get())
    }

    /// Lets the label sets of each subject share their busy time, after their windows were replaced, and those that were
    /// made too early to see each other.
    pub(crate) fn share_all(&self) {
        let configured = self.configured();
        if configured.subjects.get().is_some() {
            configured
                .table
                .iter()
                .for_each(|series| configured.share(series));
        }
    }

    /// Lets the time since which it records begin now, and gives when that was before.
    pub(crate) fn restart(&self) -> i64 {
        // Relaxed, wherever `since` is read or written: a time, by which nothing else is ordered.
        let now = clock::unix_nanoseconds() as u64;
        self.configured().budget.forget();
        since_birth(self.configured().since.swap(now, Ordering::Relaxed))
    }

    /// Whether calls of this series are those over the limit.
    pub(crate) fn is_overflow(&self, number: u32) -> bool {
        let overflow = self.configured().overflow.get();
        overflow.is_some_and(|overflow| overflow.number == number)
    }

    /// Who made most calls over the limit of series since the last reset, as estimated.
    pub(crate) fn noisiest(&self) -> Noisiest {
        let configured = self.configured();
        configured
            .overflow_sample
            .read(configured.since.load(Ordering::Relaxed))
    }

    /// Takes note of what its series hold, which somebody added up.
    pub(crate) fn note_bytes(&self, bytes: u64) {
        self.configured().budget.note(bytes);
    }

    /// How many bytes its series may hold.
    pub(crate) fn max_series_bytes(&self) -> u64 {
        self.configured().budget.limit()
    }

    /// Bytes of the windows of its series.
    fn window_bytes(&self) -> usize {
        let cells = self.all().filter_map(|series| STORE.cell(series.number));
        cells.map(|cell| cell.bytes()).sum()
    }

    /// Bytes of what it keeps besides the windows of its series.
    pub(crate) fn bytes(&self) -> usize {
        let configured = self.configured();
        let series = self.all().map(|series| series.bytes()).sum::<usize>();
        let subjects = configured.subjects.get().map_or(0, |subjects| {
            let each = subjects.iter().map(Series::bytes).sum::<usize>();
            size_of::<SeriesTable>() + subjects.bytes() + each
        });
        size_of::<Configured>()
            + configured.table.bytes()
            + configured.overflow_sample.bytes()
            + series
            + subjects
    }
}

/// What began before this process did began with it.
fn since_birth(bits: u64) -> i64 {
    (bits as i64).max(clock::unix_birth())
}

impl Drop for Namespace {
    fn drop(&mut self) {
        if let Some(configured) = self.configured.get() {
            for series in configured.table.iter().chain(configured.overflow.get()) {
                STORE.retire(series.number);
            }
        }
    }
}
