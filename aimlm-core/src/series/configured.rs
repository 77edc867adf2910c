use aimlm_config::Config;

use super::budget::Budget;
use super::key::{KeyRef, SeriesKey};
use super::overflow_sample::OverflowSample;
use super::series_table::{Found, Series, SeriesTable};
use crate::cell::STORE;
use crate::event::Stage;
use crate::site::Site;
use crate::sync::Ordering;
use crate::sync::fixed::{AtomicU64, OnceBox};
use crate::window::WindowSettings;

/// What an instance has once its settings are known: its series, and those over the limit.
pub(super) struct Configured {
    pub(super) config: Config,
    pub(super) config_problems: Vec<String>,
    pub(super) table: SeriesTable,
    pub(super) overflow: OnceBox<Series>,
    /// The first series with labels of each subject, under the subject's key. Made for the first of all.
    pub(super) subjects: OnceBox<SeriesTable>,
    pub(super) overflow_sample: OverflowSample,
    pub(super) budget: Budget,
    /// Nanoseconds since the Unix epoch at which the window began, as its bits.
    pub(super) since: AtomicU64,
}

impl Configured {
    pub(super) fn make(&self, key: SeriesKey, site: Option<&'static Site>) -> Option<Series> {
        let settings = WindowSettings {
            history_size: self.config.history_size,
            items: key.stage.items(),
            by_epoch: key.stage.is_by_epoch(),
        };
        let number = STORE.allocate(settings)?;
        if self.config.track_memory_usage {
            STORE.cell(number)?.track_memory();
        }
        Some(Series { number, key, site })
    }

    /// Lets it keep its busy time together with that of the other label sets of its subject, if it has labels or one of
    /// these has.
    #[cold]
    pub(super) fn share(&self, series: &Series) {
        let subject = KeyRef {
            stage: series.key.stage,
            subject: &series.key.subject,
            labels: &[],
        };
        let hash = subject.hash();
        if series.key.labels.is_empty() {
            let lead = self
                .subjects
                .get()
                .and_then(|subjects| subjects.find(&subject, hash));
            return lead.into_iter().for_each(|lead| lead.share(series));
        }
        let make = || {
            Some(Series {
                number: series.number,
                key: subject.to_key(),
                site: None,
            })
        };
        let subjects = self
            .subjects
            .get_or_init(|| Box::new(SeriesTable::new(self.config.max_series)));
        let Found::Series(lead) = subjects.get_or_insert(&subject, hash, make, |_| ()) else {
            return;
        };
        lead.share(series);
        if let Some(plain) = self.table.find(&subject, hash) {
            lead.share(plain);
        }
    }

    #[cold]
    pub(super) fn overflow(&self, key: &KeyRef<'_>, site: Option<&'static Site>) -> Option<u32> {
        self.overflow_sample
            .count(self.since.load(Ordering::Relaxed), key, site);
        if self.overflow.get().is_none() {
            let key = KeyRef {
                stage: Stage::Overflow,
                subject: "other",
                labels: &[],
            };
            if let Err(lost) = self.overflow.set(Box::new(self.make(key.to_key(), None)?)) {
                STORE.discard(lost.number);
            }
        }
        self.overflow.get().map(|series| series.number)
    }
}
