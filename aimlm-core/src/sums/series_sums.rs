use std::ops::Range;

use super::call_values::CallValues;
use super::number_counts::NumberCounts;
use super::records::Records;
use crate::busy::Amounts;
use crate::busy::BusySpans;
use crate::busy::Segment;
use crate::clock::Rate;
use crate::event::{Outcome, Outcomes, Record};
use crate::sync::Ordering;
use crate::totals::ItemRates;
use crate::totals::{Durations, ItemTally, Items, MANY_ITEMS};
use crate::window::Window;

/// Sums of what one fold adds to one series.
pub(crate) struct SeriesSums {
    pub(crate) started: u64,
    pub(crate) outcomes: Outcomes,
    /// Successes that did not say how many items they had.
    pub(crate) ok: Durations,
    /// Those that did.
    pub(crate) rated: Durations<ItemTally>,
    failed: Durations,
    pub(crate) counts: NumberCounts,
    /// Calls that had waited. They are in the history already.
    had_waited: u64,
    /// Whether a call brought numbers.
    pub(crate) has_values: bool,
    pub(crate) samples: u64,
    pub(crate) busy: BusySpans,
}

impl SeriesSums {
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
            rated: Durations::new(ItemRates::new()),
            failed: Durations::new(()),
            counts: NumberCounts::new(),
            had_waited: 0,
            has_values: false,
            samples: 0,
            busy: BusySpans::new(),
        }
    }

    /// With room for what most folds bring.
    pub(crate) fn of_folds() -> Self {
        Self {
            busy: BusySpans::of_folds(),
            ..Self::new()
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add_duration(&mut self, window: &Window, rate: Rate, outcome: Outcome, call: &CallValues) {
        let ticks = call.ticks;
        if let Some(nanoseconds) = call.nanoseconds {
            return self.add_said(window, outcome, nanoseconds, call.items);
        }
        match (outcome, call.items) {
            (Outcome::Ok, Some(items)) if items < MANY_ITEMS => {
                self.rated.add(ticks, items as u32, rate, &window.latency);
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
        if outcome != Outcome::Ok {
            return self.failed.add_nanoseconds(nanoseconds, 1, window.failed());
        }
        self.ok.add_nanoseconds(nanoseconds, 1, &window.latency);
        if let Some(items) = items {
            self.rated.total.add(&Items::of(items), nanoseconds);
        }
    }

    /// Adds calls without numbers that succeeded, with their starts, and puts them into the history.
    #[cold]
    #[inline(never)]
    pub(crate) fn add_waiting(
        &mut self,
        window: &Window,
        ends: impl ExactSizeIterator<Item = Record>,
        rate: Rate,
        many: bool,
    ) {
        let calls = ends.len();
        let history = window.history();
        let mut tickets = history.map_or(0..0, |history| history.places(calls, many));
        let left_out = calls - tickets.clone().count();
        let near = window.busy.near();
        let mut joined = Segment::full(0, 0);
        for (nth, end) in ends.enumerate() {
            self.add_duration(window, rate, Outcome::Ok, &CallValues::without_values(end));
            let call = span_of(end.start_ticks(), end.ticks());
            if nth == 0 {
                joined = call;
            } else if call.start.wrapping_sub(joined.end) as u64 <= near {
                joined.join(&call);
            } else {
                // There is a gap, or it began before the last one ended.
                self.busy.add_call(joined, Amounts::NONE, near);
                joined = call;
            }
            if nth >= left_out
                && let (Some(history), Some(ticket)) = (history, tickets.next())
            {
                history.write(ticket, end, &[]);
            }
        }
        if calls > 0 {
            self.busy.add_call(joined, Amounts::NONE, near);
        }
        self.started += calls as u64;
        self.outcomes.ok += calls as u64;
        self.had_waited = calls as u64;
    }

    /// How many calls started; they are no longer in the sums.
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
        self.had_waited = 0;
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
        self.counts.write(window);
        self.rated.flush(rate, &window.latency);
        let rates = std::mem::replace(&mut self.rated.total, ItemRates::new());
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

    /// Copies the last calls into the history, before [`write`](Self::write). `spans` are where the records came from, the
    /// newest first.
    pub(crate) fn write_history(
        &self,
        window: &Window,
        number: u32,
        records: &Records<'_>,
        spans: impl Iterator<Item = Range<usize>>,
    ) {
        let calls = (self.outcomes.ended() - self.had_waited) as usize;
        if calls == 0 {
            return;
        }
        let Some(history) = window.history() else { return };
        let mut tickets = history.places(calls, records.are_many()).rev();
        for span in spans {
            let mut rest = span;
            while let Some(at) = rest.next_back() {
                let record = records.all[at];
                if !record.is_end_of(number) || record.start_ticks() < records.birth {
                    continue;
                }
                let Some(ticket) = tickets.next() else { return };
                rest.end = at - record.values();
                history.write(ticket, record, &records.all[rest.end..at]);
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
