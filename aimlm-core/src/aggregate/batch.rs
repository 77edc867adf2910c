use std::ops::Range;

use super::Window;
use super::amounts::Amounts;
use super::busy::Busy;
use super::durations::{Durations, Items, LONGEST, MANY_ITEMS};
use super::field::Counts;
use super::rate::Rates;
use super::records::Records;
use super::segment::Segment;
use crate::clock::Rate;
use crate::event::{Field, FieldKind, MAX_VALUES, Outcome, Outcomes, Record};
use crate::sync::Ordering;

/// A fold of so many records comes from a thread that calls as fast as it can.
const MANY: usize = 256;

/// What a group says of its call.
struct Group {
    ticks: u64,
    items: Option<u64>,
    said: Amounts,
}

impl Group {
    #[cfg_attr(not(debug_assertions), inline(always))]
    const fn without_values(end: Record) -> Self {
        Self {
            ticks: end.ticks(),
            items: None,
            said: Amounts::NONE,
        }
    }
}

/// Sums of what one fold adds to one series.
pub(super) struct Batch {
    pub(super) started: u64,
    pub(super) outcomes: Outcomes,
    /// Successes that did not say how many items they had.
    pub(super) ok: Durations,
    /// Those that did.
    pub(super) rated: Durations<Items>,
    failed: Durations,
    counts: [Option<(Field, Counts)>; 4],
    /// Calls that were pending. They are in the history already.
    were_pending: u64,
    /// Whether a call brought numbers.
    pub(super) has_values: bool,
    samples: u64,
    pub(super) busy: Busy,
}

impl Batch {
    pub(super) const fn new() -> Self {
        Self {
            started: 0,
            outcomes: Outcomes {
                ok: 0,
                error: 0,
                panicked: 0,
                cancelled: 0,
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

    /// Adds the records of one series, up to the first group of another; gives the position of that.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn add_part<F: Fn(usize) -> Record>(
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
            end = self.add_plain_run(window, records, part.clone(), number);
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
            let moment = record.start_ticks() as i64;
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
        let call = span_of(start, group.ticks);
        self.busy.close(call.start);
        self.busy.add_call(call, group.said, window.coverage.near());
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_duration(&mut self, window: &Window, rate: Rate, outcome: Outcome, group: &Group) {
        let ticks = group.ticks;
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

    /// Adds the values of the group that ends at `at`.
    #[inline(never)]
    fn add_values<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        at: usize,
        end: Record,
    ) -> Group {
        self.has_values = true;
        let values =
            || (at - end.values().min(at).min(MAX_VALUES)..at).filter_map(|at| (records.get)(at).field());
        let mut group = Group::without_values(end);
        let (mut x, mut reals) = (None, false);
        for (field, bits) in values() {
            match field {
                Field::LongDuration => group.ticks = bits.min(LONGEST),
                Field::ErrorKind => window.add_error_kind(bits),
                _ if field.kind() == FieldKind::Real => reals = true,
                _ => self.add_counts(window, field, &Counts::of(bits)),
            }
            match field {
                Field::Step => x = Some(bits as f64),
                Field::Epoch => x = x.or(Some(bits as f64)),
                _ => {}
            }
            if window.settings.items == Some(field) {
                group.items = Some(bits);
                group.said = group.said.and(Amounts::ITEMS);
            }
            group.said = group.said.and(Amounts::of(field));
        }
        if end.outcome() != Some(Outcome::Ok) {
            group.said = Amounts::NONE;
        }
        // The place on the curve may stand after what it is the place of.
        if reals {
            for (field, bits) in values().filter(|(field, _)| field.kind() == FieldKind::Real) {
                window.field(field).add_real(x, f64::from_bits(bits));
            }
        }
        group
    }

    pub(super) fn add_counts(&mut self, window: &Window, field: Field, counts: &Counts) {
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
    pub(super) fn add_pending(
        &mut self,
        window: &Window,
        ends: impl ExactSizeIterator<Item = Record>,
        rate: Rate,
    ) {
        let calls = ends.len();
        let history = window.history();
        let kept = history.map_or(0, |history| history.keep(calls));
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
    pub(super) const fn take_started(&mut self) -> u64 {
        std::mem::replace(&mut self.started, 0)
    }

    /// Writes the sums out, of all but how many calls started, and leaves nothing of them behind.
    pub(super) fn write(&mut self, window: &Window, rate: Rate) {
        // Relaxed: independent sums; the end of the fold publishes them together.
        let ok = std::mem::take(&mut self.outcomes.ok);
        window.outcomes[Outcome::Ok as usize].fetch_add(ok, Ordering::Relaxed);
        self.ok.flush(rate, &window.latency);
        if self.samples + self.outcomes.ended() > 0 || self.has_values {
            self.write_rest(window, rate);
        }
        window.coverage.add(&mut self.busy);
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
        if rates.items > 0 || rates.count > 0 {
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
    pub(super) fn write_history<F: Fn(usize) -> Record>(
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
        let last_end = self.busy.span().map_or(0, |(_, end)| end.max(0) as u64);
        let kept = history.keep(calls);
        let reserved = |first| first..first + kept as u64;
        let tickets = if records.len < MANY || history.has_room(calls) {
            reserved(history.reserve(kept))
        } else if window.history_rests(last_end)
            && let Some(tickets) = history.again(kept)
        {
            tickets
        } else {
            window.rest_history(last_end);
            reserved(history.rest(kept))
        };
        let mut tickets = tickets.rev();
        for part in parts {
            for at in part.rev() {
                let record = (records.get)(at);
                if !record.is_end_of(number) || record.start_ticks() < records.birth {
                    continue;
                }
                let Some(ticket) = tickets.next() else { return };
                history.write(ticket, record, |nth| (records.get)(at - record.values() + nth));
            }
        }
    }
}

/// From when to when a call ran.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn span_of(start: u64, ticks: u64) -> Segment {
    // Two's complement: what is recorded may have begun before the counter did.
    let start = start as i64;
    Segment::full(start, start.saturating_add_unsigned(ticks))
}
