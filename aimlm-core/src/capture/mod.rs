//! The end of the atomics: from cells and windows to plain data.

mod label_sets;
mod number_readings;
mod this_process;

use std::collections::BTreeMap;

use aimlm_snapshot::{
    BusySpan, BusyTime, Calls, Detail, End, EngineSnapshot, History, SeriesSnapshot, SiteSnapshot, Snapshot,
};

use crate::busy::{Amounts, Segment};
use crate::cell::{CellReading, STORE, SeriesCell};
use crate::clock::{self, Rate, WallClock};
use crate::collector;
use crate::event::{Stage, left_out};
use crate::interned;
use crate::recent::HistoryReading;
use crate::ring::{self, REGISTRY};
use crate::series::{Namespace, Series};
use crate::site::Site;

/// What was read of a series.
pub(super) type SeriesReading<'a> = (&'a Series, &'a SeriesCell, CellReading);

/// Every call of the instance that returned before is in it, whichever thread made it.
pub fn capture(namespace: &Namespace, detail: Detail) -> Snapshot {
    ring::watch_forks();
    let read = |cell: &SeriesCell| cell.read(detail);
    let snapshot = snapshot(namespace, namespace.since(), read, detail).with_detail(detail);
    namespace.note_bytes(snapshot.engine.series_bytes);
    snapshot
}

/// As [`capture`], and leaves every series empty.
pub fn take(namespace: &Namespace) -> Snapshot {
    ring::watch_forks();
    snapshot(
        namespace,
        namespace.restart(),
        SeriesCell::replace,
        Detail::Everything,
    )
}

fn snapshot(
    namespace: &Namespace,
    since: i64,
    read: impl Fn(&SeriesCell) -> Option<CellReading>,
    detail: Detail,
) -> Snapshot {
    ring::sweep();
    collector::try_again();
    namespace.share_all();
    let mut bytes = namespace.bytes();
    let mut readings: Vec<_> = namespace
        .all()
        .filter_map(|series| {
            let cell = STORE.cell(series.number)?;
            let reading = read(cell)?;
            bytes += reading.window.bytes;
            Some((series, cell, reading))
        })
        .collect();
    let missing = find_missing_starts(&mut readings, detail);
    // Their windows may be new ones.
    namespace.share_all();
    let clock = Clock {
        wall: WallClock::current(),
        rate: Rate::current(),
    };
    let (subjects, shared_bytes) = clock.subjects(&mut readings);
    bytes += shared_bytes;
    let readings = readings.into_iter();
    let mut series: Vec<_> = readings
        .map(|(series, _, reading)| clock.series(series, reading))
        .collect();
    // Of what a reset forgot only the name is left.
    series.retain(|series| series.started > 0 || series.outcomes.ended() > 0 || series.samples > 0);
    series.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
    let mut snapshot = Snapshot::default();
    snapshot.taken_at_ns = clock::unix_nanoseconds();
    snapshot.window_ns = window(&series, since, snapshot.taken_at_ns);
    snapshot.sources = vec![this_process::source(namespace, &snapshot)];
    snapshot
        .percentiles
        .clone_from(&namespace.config().analysis_percentiles);
    snapshot.engine = engine(namespace, &series, missing, bytes);
    for series in series.iter_mut().filter(|series| series.left_at.is_empty()) {
        // Of a window that goes on, a reader's own window may begin here: see `Snapshot::since`.
        series.left_at = at(Some(snapshot.taken_at_ns as u64), series.in_flight);
    }
    snapshot.series = series;
    snapshot.subjects = subjects;
    snapshot
}

/// A call that ended on another thread than it started on may have ended in a ring that was swept after that of its
/// start, which was written meanwhile. Then a second sweep finds it; what it does not find is a fault, unless folds were
/// going on all the time, of which a reader may meet ends before starts. Gives how many starts these are.
fn find_missing_starts(readings: &mut [SeriesReading<'_>], detail: Detail) -> u64 {
    let is_short = |reading: &CellReading| reading.in_flight() < 0;
    if !readings.iter().any(|(.., reading)| is_short(reading)) {
        return 0;
    }
    ring::sweep();
    let mut missing = 0_u64;
    for (_, cell, reading) in readings.iter_mut().filter(|(.., reading)| is_short(reading)) {
        let short = match reading.end {
            // They count where their calls ended, though they were folded into the window after it.
            Some(_) => {
                let short = reading.in_flight().unsigned_abs();
                let found = short - cell.starts_missing().min(short);
                reading.window.started += found;
                short - found
            }
            None => {
                if let Some(again) = cell.read(detail) {
                    *reading = again;
                }
                let short = reading.in_flight().min(0).unsigned_abs();
                if reading.is_consistent { short } else { 0 }
            }
        };
        missing = missing.saturating_add(short);
    }
    missing
}

/// Since the window began, or, if that was before, since the first recorded call did, in nanoseconds.
fn window(series: &[SeriesSnapshot], since: i64, taken_at: i64) -> u64 {
    let first = series.iter().filter_map(|series| series.first_start_ns);
    let began = first.fold(since, i64::min);
    taken_at.saturating_sub(began).max(0).unsigned_abs()
}

/// Forgets every call of the instance that ended before.
pub fn reset(namespace: &Namespace) {
    ring::watch_forks();
    namespace.restart();
    ring::sweep();
    for series in namespace.all() {
        STORE.cell(series.number).and_then(SeriesCell::replace);
    }
    namespace.share_all();
}

fn engine(namespace: &Namespace, series: &[SeriesSnapshot], missing: u64, bytes: usize) -> EngineSnapshot {
    let (rings, collector, noisiest) = (REGISTRY.read(), collector::read(), namespace.noisiest());
    let overflow = series.iter().filter(|series| series.stage == Stage::Overflow);
    let mut engine = EngineSnapshot::default();
    engine.folded_by_owner = rings.folded_by_owner;
    engine.folded_by_others = rings.folded_by_others;
    engine.added_directly = rings.added_directly;
    engine.rings = rings.rings;
    engine.ring_bytes = rings.bytes;
    engine.series_bytes = bytes as u64;
    engine.max_series_bytes = namespace.max_series_bytes();
    engine.shared_bytes = (STORE.bytes() + interned::bytes() + collector::reserved_bytes()) as u64;
    engine.series = series.len() as u64;
    engine.overflow_calls = overflow.map(|series| series.started).sum();
    engine.overflow_subject = noisiest.subject.as_ref().map(|(subject, _)| subject.to_string());
    engine.overflow_subject_share = noisiest.subject.map(|(_, share)| share);
    engine.overflow_site = noisiest
        .site
        .map(|site| format!("{} ({}:{})", site.function(), site.file(), site.line()));
    engine.collector_sweeps = collector.sweeps;
    engine.collector_restarts = collector.restarts;
    engine.collector_busy_ns = u64::try_from(collector.busy.as_nanos()).unwrap_or(u64::MAX);
    engine.call_cost_ns = collector.call_cost;
    engine.clock_anchors = clock::anchors();
    engine.memory_sample_failures = collector.memory_failures;
    engine.collector_start_failures = collector.start_failures;
    engine.internal_faults = missing;
    engine.names_left_out = left_out();
    engine.configuration_error = joined(namespace.config_problems());
    engine.configuration_problems = namespace.not_taken().map(str::to_owned).collect();
    engine
}

/// The lines of what is wrong, as one text.
fn joined(problems: &[String]) -> Option<String> {
    match problems {
        [] => None,
        [one] => Some(format!("aimlm configuration: {one}")),
        more => Some(format!(
            "aimlm configuration: {} errors\n{}",
            more.len(),
            more.join("\n")
        )),
    }
}

/// Turns ticks into nanoseconds and moments.
pub(super) struct Clock {
    pub(super) wall: WallClock,
    rate: Rate,
}

impl Clock {
    fn series(&self, series: &Series, reading: CellReading) -> SeriesSnapshot {
        let (carried, in_flight) = (reading.carried, count(reading.in_flight()));
        let window = reading.window;
        let busy = self.busy(window.busy.all());
        let span = window.busy.span();
        let mut snapshot = SeriesSnapshot::new(series.key.stage, series.key.subject.to_string());
        snapshot.labels = series
            .key
            .labels
            .iter()
            .map(|(label, text)| (*label, text.to_string()))
            .collect();
        snapshot.site = series.site.map(site);
        snapshot.started = count(carried.saturating_add_unsigned(window.started));
        snapshot.carried = count(carried);
        snapshot.carried_at = at(Some(reading.beginning), count(carried));
        snapshot.in_flight = in_flight;
        snapshot.left_at = at(reading.end, in_flight);
        snapshot.outcomes = window.outcomes;
        snapshot.latency = window.latency;
        snapshot.failed_latency = window.failed;
        snapshot.first_start_ns = span.map(|(start, _)| self.wall.nanoseconds(start));
        snapshot.last_end_ns = span.map(|(_, end)| self.wall.nanoseconds(end));
        snapshot.rate = window
            .rate
            .and_then(|(items, rates)| Self::rate(items, rates, self.busy(window.busy.of(Amounts::ITEMS))));
        snapshot.fields = self.fields(window.fields, |field| {
            self.busy(window.busy.of(Amounts::of(field)))
        });
        snapshot.failed_fields = self.fields(window.failed_fields, |_| BusyTime::default());
        snapshot.busy = busy;
        snapshot.samples = window.samples;
        snapshot.memory = window.memory.and_then(|memory| self.memory(memory));
        snapshot.error_kinds = added_up(window.error_kinds);
        snapshot.history = self.history(&window.history);
        snapshot.window = reading.beginning;
        snapshot.bytes = window.bytes as u64;
        snapshot.unsettled = !reading.is_consistent;
        snapshot
    }

    pub(super) fn busy(&self, segments: &[Segment]) -> BusyTime {
        let spans = segments.iter().map(|segment| {
            let [start_ns, end_ns] = [segment.start, segment.end].map(|tick| self.wall.nanoseconds(tick));
            let length = end_ns.abs_diff(start_ns);
            let gaps = self.rate.nanoseconds(segment.len() - segment.covered);
            BusySpan {
                start_ns,
                end_ns,
                busy_ns: length.saturating_sub(gaps),
            }
        });
        BusyTime::of(spans.collect())
    }

    fn history(&self, reading: &HistoryReading) -> History {
        let calls = reading.calls.iter();
        let starts: Vec<i64> = calls.clone().map(|call| call.start(&self.wall)).collect();
        let calls = Calls::new(
            &starts,
            calls.clone().map(|call| call.nanoseconds(self.rate)),
            calls.map(|call| End::new(call.outcome, call.numbers.into())),
            &reading.numbers,
        );
        History::new(reading.complete, reading.thinned, calls)
    }
}

/// None of fewer than none.
fn count(calls: i64) -> u64 {
    calls.max(0).unsigned_abs()
}

/// How many calls were in flight at a bound of a window, if any were.
fn at(bound: Option<u64>, calls: u64) -> BTreeMap<u64, u64> {
    bound
        .filter(|_| calls > 0)
        .map(|bound| (bound, calls))
        .into_iter()
        .collect()
}

fn site(site: &'static Site) -> SiteSnapshot {
    SiteSnapshot::new(site.function(), site.file().to_owned(), site.line())
}

/// Two kinds of one name are one: the program may have a kind called as those past the limit of names are.
fn added_up(kinds: impl IntoIterator<Item = (impl Into<String>, u64)>) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::<String, u64>::new();
    for (kind, n) in kinds {
        let sum = sums.entry(kind.into()).or_default();
        *sum = sum.saturating_add(n);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of what is over the limit of names may be one of the program's own.
    #[test]
    fn kinds_of_one_name_add_up() {
        let kinds = added_up([("other", 3), ("io", 1), ("other", 4)]);
        assert_eq!(kinds, BTreeMap::from([("io".into(), 1), ("other".into(), 7)]));
    }

    /// A fold under way may have counted ends and not yet their starts.
    #[cfg(not(loom))]
    #[test]
    fn starts_that_a_fold_has_yet_to_count_are_no_fault() {
        use crate::series::KeyRef;

        let namespace = Namespace::new(aimlm_config::Config::default());
        let key = KeyRef {
            stage: Stage::Operation,
            subject: "yet to count",
            labels: &[],
        };
        let cell = STORE.cell(namespace.series(&key, None, false).unwrap()).unwrap();
        cell.amid_fold(0, 5, || {
            let snapshot = capture(&namespace, Detail::Everything);
            assert_eq!(snapshot.engine.internal_faults, 0);
            assert!(snapshot.series[0].unsettled);
            let text = serde_json::to_string(&snapshot).unwrap();
            assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), snapshot);
        });
        assert_eq!(capture(&namespace, Detail::Everything).engine.internal_faults, 5);
    }

    /// An end without a start is nothing that a second sweep finds.
    #[cfg(not(loom))]
    #[test]
    fn an_end_that_never_started_is_a_fault() {
        use crate::event::{Outcome, Record};
        use crate::series::KeyRef;

        let namespace = Namespace::new(aimlm_config::Config::default());
        let key = KeyRef {
            stage: Stage::Operation,
            subject: "never started",
            labels: &[],
        };
        let number = namespace.series(&key, None, false).unwrap();
        let faults = capture(&namespace, Detail::Everything).engine.internal_faults;
        crate::ring::add_directly(&[Record::ended(number, Outcome::Ok, clock::ticks(), 1, 0)]);
        let capture = |namespace: &_| capture(namespace, Detail::Everything);
        for take in [&capture as &dyn Fn(&Namespace) -> Snapshot, &take] {
            let snapshot = take(&namespace);
            assert_eq!(snapshot.engine.internal_faults, faults + 1);
            let series = &snapshot.series[0];
            assert_eq!((series.started, series.outcomes.ok, series.in_flight), (0, 1, 0));
        }
        // Where its start comes late it is none, in whichever window that was folded.
        crate::ring::add_directly(&[Record::start(number)]);
        assert_eq!(capture(&namespace).engine.internal_faults, faults);
    }

    /// What a fold under way has counted may not be in the durations yet.
    #[cfg(not(loom))]
    #[test]
    fn what_was_read_amid_a_fold_reads_back() {
        use crate::series::KeyRef;

        let namespace = Namespace::new(aimlm_config::Config::default());
        let key = KeyRef {
            stage: Stage::Operation,
            subject: "amid a fold",
            labels: &[],
        };
        let number = namespace.series(&key, None, false).unwrap();
        let cell = STORE.cell(number).unwrap();
        let mut snapshot = cell.amid_fold(7, 5, || capture(&namespace, Detail::Everything));
        let series = &snapshot.series[0];
        assert_eq!(
            (series.outcomes.ok, series.latency.count(), series.in_flight),
            (5, 0, 2)
        );
        snapshot.merge(&snapshot.clone());
        let text = serde_json::to_string(&snapshot).unwrap();
        assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), snapshot);
    }
}
