use std::ops::Range;

use super::group::Group;
use super::records::Records;
use crate::busy::Amounts;
use crate::busy::Busy;
use crate::busy::Segment;
use crate::clock::{Moment, Rate};
use crate::event::{Number, Outcome, Outcomes, Record};
use crate::sync::Ordering;
use crate::totals::Rates;
use crate::totals::{Durations, Items, MANY_ITEMS};
use crate::window::Counts;
use crate::window::Window;

/// A fold of so many records comes from a thread that calls as fast as it can.
const MANY: usize = 256;

/// Sums of what one fold adds to one series.
pub(crate) struct Batch {
    pub(crate) started: u64,
    pub(crate) outcomes: Outcomes,
    /// Successes that did not say how many items they had.
    pub(crate) ok: Durations,
    /// Those that did.
    pub(crate) rated: Durations<Items>,
    failed: Durations,
    counts: [Option<(Number, Counts)>; 4],
    /// Calls that were pending. They are in the history already.
    were_pending: u64,
    /// Whether a call brought numbers.
    pub(crate) has_values: bool,
    samples: u64,
    pub(crate) busy: Busy,
}

impl Batch {
    pub(crate) const fn new() -> Self {
        Self {
            started: 0,
            outcomes: Outcomes {
                ok: 0,
                error: 0,
                panicked: 0,
                cancelled: 0,
                other: 0,
            },
            ok: Durations::new(()),
            rated: Durations::new(Rates::new()),
            failed: Durations::new(()),
            counts: [None; 4],
            were_pending: 0,
            has_values: false,
            samples: 0,
            busy: Busy::new(),
        }
    }

    /// Adds the records of one series, of which there are many most often, or few, up to the first group of another; gives
    /// the position of that.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add_part<const MANY: bool, F: Fn(usize) -> Record>(
        &mut self,
        window: Option<&Window>,
        records: &Records<F>,
        part: Range<usize>,
        number: u32,
    ) -> usize {
        // After a fork every start has to be looked at.
        let runs = records.birth == 0;
        let mut end = part.start;
        if let Some(window) = window.filter(|_| runs) {
            end = if MANY {
                self.add_long_plain_run(window, records, part.clone(), number)
            } else {
                self.add_plain_run(window, records, part.clone(), number)
            };
        }
        let mut next = end;
        while next < part.end {
            let at = next;
            let record = (records.get)(at);
            next += 1;
            if !record.ends_group() {
                continue;
            }
            if record.series() != number {
                break;
            }
            if let Some(window) = window {
                if record.is_start() {
                    // One that says when it was belongs, like an end, to the process that it was made in.
                    let start = record.start_ticks();
                    if start == 0 || start >= records.birth {
                        self.started += 1;
                        self.busy.open((start != 0).then_some(start as i64));
                    }
                } else {
                    self.add(window, records, at, record);
                    if record.outcome() == Some(Outcome::Ok) && runs {
                        next = self.add_run(window, records, next..part.end, record);
                    }
                }
            }
            end = next;
        }
        end
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        at: usize,
        record: Record,
    ) {
        if let Some(outcome) = record.outcome() {
            self.add_end(window, records, at, record, outcome);
        } else {
            self.samples += 1;
            let moment = record.start_ticks() as Moment;
            self.busy.see(moment, moment);
            self.add_values(window, records, at, record);
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_end<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        at: usize,
        record: Record,
        outcome: Outcome,
    ) {
        let start = record.start_ticks();
        if start < records.birth {
            return;
        }
        let group = if record.values() > 0 {
            self.add_values(window, records, at, record)
        } else {
            Group::without_values(record)
        };
        self.outcomes.add(outcome, 1);
        self.add_duration(window, records.rate, outcome, &group);
        let call = match group.nanoseconds {
            None => span_of(start, group.ticks),
            Some(nanoseconds) => {
                let end = start as Moment;
                Segment::full(records.rate.before(end, nanoseconds), end)
            }
        };
        // A call that was said to take so long started for the records when it ended.
        self.busy.close(start as Moment);
        self.busy.add_call(call, group.said, window.coverage.near());
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_duration(&mut self, window: &Window, rate: Rate, outcome: Outcome, group: &Group) {
        let ticks = group.ticks;
        if let Some(nanoseconds) = group.nanoseconds {
            return self.add_said(window, outcome, nanoseconds, group.items);
        }
        match (outcome, group.items) {
            (Outcome::Ok, Some(items)) if items < MANY_ITEMS => {
                self.rated.add(ticks, items, rate, &window.latency);
            }
            (Outcome::Ok, items) => {
                self.ok.add(ticks, (), rate, &window.latency);
                if let Some(items) = items {
                    self.rated.total.add(&Items::of(items), rate.nanoseconds(ticks));
                }
            }
            _ => self.failed.add(ticks, (), rate, window.failed()),
        }
    }

    /// Adds the duration of a call that is said to have taken so long.
    #[cold]
    #[inline(never)]
    fn add_said(&mut self, window: &Window, outcome: Outcome, nanoseconds: u64, items: Option<u64>) {
        match (outcome, items) {
            (Outcome::Ok, Some(items)) => {
                self.rated
                    .add_nanoseconds(nanoseconds, Items::of(items), &window.latency);
            }
            (Outcome::Ok, None) => self.ok.add_nanoseconds(nanoseconds, 1, &window.latency),
            _ => self.failed.add_nanoseconds(nanoseconds, 1, window.failed()),
        }
    }

    pub(crate) fn add_counts(&mut self, window: &Window, field: Number, counts: &Counts) {
        for place in &mut self.counts {
            let (own, sums) = place.get_or_insert((field, Counts::NONE));
            if *own == field {
                return sums.merge(counts);
            }
        }
        window.field(field).add_counts(counts);
    }

    /// Adds calls without numbers that succeeded, with their starts, and puts them into the history.
    #[cold]
    #[inline(never)]
    pub(crate) fn add_pending(
        &mut self,
        window: &Window,
        ends: impl ExactSizeIterator<Item = Record>,
        rate: Rate,
    ) {
        let calls = ends.len();
        let history = window.history();
        let kept = history.map_or(0, |history| calls.min(history.kept()));
        let mut ticket = history.map_or(0, |history| history.reserve(kept));
        let near = window.coverage.near();
        let mut run = Segment::full(0, 0);
        for (nth, end) in ends.enumerate() {
            self.add_duration(window, rate, Outcome::Ok, &Group::without_values(end));
            let call = span_of(end.start_ticks(), end.ticks());
            if nth == 0 {
                run = call;
            } else if call.start.wrapping_sub(run.end) as u64 <= near {
                run.join(&call);
            } else {
                // There is a gap, or it began before the last one ended.
                self.busy.add_call(run, Amounts::NONE, near);
                run = call;
            }
            if let Some(history) = history.filter(|_| nth + kept >= calls) {
                history.write(ticket, end, |_| end);
                ticket += 1;
            }
        }
        if calls > 0 {
            self.busy.add_call(run, Amounts::NONE, near);
        }
        self.started += calls as u64;
        self.outcomes.ok += calls as u64;
        self.were_pending = calls as u64;
    }

    /// How many calls started; they are no longer in the batch.
    #[inline]
    pub(crate) const fn take_started(&mut self) -> u64 {
        std::mem::replace(&mut self.started, 0)
    }

    /// Writes the sums out, of all but how many calls started, and leaves nothing of them behind.
    pub(crate) fn write(&mut self, window: &Window, rate: Rate) {
        // Relaxed: independent sums; the end of the fold publishes them together.
        let ok = std::mem::take(&mut self.outcomes.ok);
        window.outcomes[Outcome::Ok as usize].fetch_add(ok, Ordering::Relaxed);
        self.ok.flush(rate, &window.latency);
        if self.samples + self.outcomes.ended() > 0 || self.has_values {
            self.write_rest(window, rate);
        }
        window.add_busy(&mut self.busy);
        self.were_pending = 0;
    }

    /// Writes what most calls do not have: numbers, failures, samples.
    #[inline(never)]
    fn write_rest(&mut self, window: &Window, rate: Rate) {
        let relaxed = Ordering::Relaxed;
        let Outcomes {
            ok: _,
            error,
            panicked,
            cancelled,
            other: _,
        } = std::mem::take(&mut self.outcomes);
        for (count, n) in window.outcomes[1..].iter().zip([error, panicked, cancelled]) {
            if n > 0 {
                count.fetch_add(n, relaxed);
            }
        }
        if error + panicked + cancelled > 0 {
            self.failed.flush(rate, window.failed());
        }
        for (field, counts) in self.counts.iter_mut().filter_map(Option::take) {
            window.field(field).add_counts(&counts);
        }
        self.rated.flush(rate, &window.latency);
        let rates = std::mem::replace(&mut self.rated.total, Rates::new());
        if rates.calls > 0 {
            window.add_rates(&rates);
        }
        if self.samples > 0 {
            window
                .samples
                .fetch_add(std::mem::take(&mut self.samples), relaxed);
        }
        self.has_values = false;
    }

    /// Copies the last calls into the history, before [`write`](Self::write). `parts` are where the records came from, the
    /// newest first.
    pub(crate) fn write_history<F: Fn(usize) -> Record>(
        &self,
        window: &Window,
        number: u32,
        records: &Records<F>,
        parts: impl Iterator<Item = Range<usize>>,
    ) {
        let calls = (self.outcomes.ended() - self.were_pending) as usize;
        if calls == 0 {
            return;
        }
        let Some(history) = window.history() else { return };
        let mut tickets = history.places(calls, records.range.len() >= MANY).rev();
        for part in parts {
            let mut rest = part;
            while let Some(at) = rest.next_back() {
                let record = (records.get)(at);
                if !record.is_end_of(number) || record.start_ticks() < records.birth {
                    continue;
                }
                let Some(ticket) = tickets.next() else { return };
                rest.end = at - record.values();
                history.write(ticket, record, |nth| (records.get)(rest.end + nth));
            }
        }
    }
}

/// From when to when a call ran.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) const fn span_of(start: u64, ticks: u64) -> Segment {
    // Two's complement: what is recorded may have begun before the counter did.
    let start = start as i64;
    Segment::full(start, start.saturating_add_unsigned(ticks))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::clock::WallClock;
    use crate::window::WindowSettings;

    fn records(outcome: Outcome, end: u64, nanoseconds: u64) -> [Record; 3] {
        [
            Record::start(1, 0),
            Record::value(crate::event::Payload::NANOSECONDS, nanoseconds),
            Record::long_end(1, outcome, end).with_values(1),
        ]
    }

    /// Whatever a tick is, and whenever they are read, with whatever rate.
    #[test]
    fn durations_that_were_said_are_not_converted() {
        let said = [100_000_000_000, 1, 0, u64::MAX, 123_456_789_012_345];
        for rate in [0.4, 0.370_370_1, 1.0, 41.7].map(Rate::of) {
            let window = Window::new(WindowSettings {
                history_size: 10,
                items: &[],
                by_epoch: false,
            });
            let mut batch = Batch::new();
            for &nanoseconds in &said {
                let all = records(Outcome::Ok, 5_000, nanoseconds);
                let records = Records {
                    range: 0..all.len(),
                    get: |at| all[at],
                    rate,
                    birth: 4_000,
                };
                assert_eq!(batch.add_part::<true, _>(Some(&window), &records, 0..3, 1), 3);
                batch.write_history(&window, 1, &records, std::iter::once(0..3));
                batch.write(&window, rate);
            }
            let reading = window.read();
            assert_eq!(reading.latency.count(), 5);
            assert_eq!(
                (reading.latency.min(), reading.latency.max()),
                (Some(0), Some(u64::MAX))
            );
            let calls = &reading.history.calls;
            for other in [0.4, 0.5] {
                let kept: Vec<u64> = calls
                    .iter()
                    .map(|call| call.nanoseconds(Rate::of(other)))
                    .collect();
                assert_eq!(kept, said);
            }
            let began = calls[0].start(&WallClock::current());
            let later = calls[1].start(&WallClock::current()) - began;
            assert!(later.abs_diff(100_000_000_000) < 1_000_000, "{later}");
        }
    }
}
