use super::Window;
use super::cell::Cell;
use super::field::CountBatch;
use super::histogram::Durations;
use super::rate::Rates;
use super::store::Store;
use crate::clock::Rate;
use crate::event::{Field, FieldKind, Kind, MAX_VALUES, Outcome, Outcomes, Record};
use crate::sync::Ordering;

/// A gap this long in which no call of a series ran is not part of its busy span.
pub(super) const IDLE_GAP: std::time::Duration = std::time::Duration::from_secs(1);

/// Series that one fold holds sums for at a time; with more, the oldest is written out.
const OPEN: usize = 4;

/// Sums of what one fold adds to one series.
struct Batch {
    started: u64,
    outcomes: Outcomes,
    ok: Durations,
    failed: Durations,
    counts: [Option<CountBatch>; 4],
    rates: Rates,
    samples: u64,
    first_start: u64,
    last_end: u64,
    idle_ticks: u64,
}

impl Batch {
    const fn new() -> Self {
        Self {
            started: 0,
            outcomes: Outcomes {
                ok: 0,
                error: 0,
                panicked: 0,
                cancelled: 0,
            },
            ok: Durations::new(),
            failed: Durations::new(),
            counts: [None; 4],
            rates: Rates::new(),
            samples: 0,
            first_start: u64::MAX,
            last_end: 0,
            idle_ticks: 0,
        }
    }
}

/// Adds records to the series they belong to. One thread uses it at a time: the one that holds its ring.
pub(crate) struct Folder {
    batches: [Batch; OPEN],
}

/// A series that is being folded into.
struct Open<'a> {
    number: u32,
    cell: &'a Cell,
    window: arc_swap::Guard<Option<std::sync::Arc<Window>>>,
    /// The first record that may be its own.
    from: usize,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.cell.end_fold();
    }
}

/// The records of one fold, and what reading them takes.
struct Records<F> {
    len: usize,
    get: F,
    rate: Rate,
    birth: u64,
    idle_gap: u64,
}

impl Folder {
    pub(crate) const fn new() -> Self {
        Self {
            batches: [const { Batch::new() }; OPEN],
        }
    }

    /// Folds records `0..len` into `store`. Every group among them must be whole.
    ///
    /// `birth` is when this process began: a call that began before was another process's.
    pub(crate) fn fold(&mut self, store: &Store, birth: u64, len: usize, get: impl Fn(usize) -> Record) {
        let rate = Rate::current();
        let idle_gap = rate.ticks(IDLE_GAP);
        let records = Records {
            len,
            get,
            rate,
            birth,
            idle_gap,
        };
        let mut open: [Option<Open<'_>>; OPEN] = [const { None }; OPEN];
        let mut current = 0;
        let mut values = 0;
        let mut next = 0;
        while next < records.len {
            let at = next;
            next += 1;
            let record = (records.get)(at);
            let Some(kind) = record.kind() else { continue };
            if kind == Kind::Value {
                values += 1;
                continue;
            }
            let number = record.series();
            if open[current].as_ref().is_none_or(|open| open.number != number) {
                current = self.open(store, &mut open, current, number, at - values, &records);
            }
            if let Some(open) = &open[current]
                && let Some(window) = &*open.window
            {
                let batch = &mut self.batches[current];
                batch.add(window, &records, at, record, kind);
                // After a fork every start has to be looked at.
                if birth == 0 {
                    next = batch.add_run(window, &records, next, number);
                }
            }
            values = 0;
        }
        for (at, open) in open.iter_mut().enumerate() {
            self.batches[at].close(open.take(), records.len, &records);
        }
    }

    /// Finds the place of a series, or makes one by closing the one after the current.
    #[inline(never)]
    fn open<'a, F: Fn(usize) -> Record>(
        &mut self,
        store: &'a Store,
        open: &mut [Option<Open<'a>>; OPEN],
        current: usize,
        number: u32,
        from: usize,
        records: &Records<F>,
    ) -> usize {
        if let Some(at) = open
            .iter()
            .position(|open| open.as_ref().is_some_and(|open| open.number == number))
        {
            return at;
        }
        let at = open
            .iter()
            .position(Option::is_none)
            .unwrap_or((current + 1) % OPEN);
        self.batches[at].close(open[at].take(), from, records);
        open[at] = store.cell(number).map(|cell| {
            cell.begin_fold();
            Open {
                number,
                cell,
                window: cell.window(),
                from,
            }
        });
        at
    }
}

impl Batch {
    #[inline(always)]
    fn add<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        at: usize,
        record: Record,
        kind: Kind,
    ) {
        match kind {
            // A start that says when it was belongs, like an end, to the process that it was made in.
            Kind::Start => {
                let start = record.start_ticks();
                self.started += u64::from(start == 0 || start >= records.birth);
            }
            Kind::Ended(outcome) => self.add_end(window, records, at, record, outcome),
            Kind::Sample => {
                self.samples += 1;
                self.see(record.start_ticks(), record.start_ticks(), records.idle_gap);
                self.add_values(window, records, at, record, None);
            }
            Kind::Value => {}
        }
    }

    /// Adds calls of one series that follow each other, each a start and a success without numbers: what a busy
    /// thread leaves. Gives the position after them.
    #[inline(always)]
    fn add_run<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        from: usize,
        number: u32,
    ) -> usize {
        let start_of_series = Record::start(number, 0).second_word();
        let success_of_series = Record::success_key(number);
        let mut at = from;
        while at + 1 < records.len {
            let (start, end) = ((records.get)(at), (records.get)(at + 1));
            if start.second_word() != start_of_series || end.key() != success_of_series {
                break;
            }
            self.ok.add(end.ticks(), records.rate, &window.latency);
            at += 2;
        }
        let calls = (at - from) as u64 / 2;
        if calls > 0 {
            self.started += calls;
            self.outcomes.ok += calls;
            self.see_run(records, from, at);
        }
        at
    }

    /// Adds the span of a run. Its calls follow each other in time, so they leave no gap longer than the run.
    fn see_run<F: Fn(usize) -> Record>(&mut self, records: &Records<F>, from: usize, to: usize) {
        let (first, last) = ((records.get)(from + 1), (records.get)(to - 1));
        let end = last.start_ticks() + last.ticks();
        if end.saturating_sub(first.start_ticks()) <= records.idle_gap {
            self.see(first.start_ticks(), end, records.idle_gap);
            return;
        }
        for at in (from + 1..to).step_by(2) {
            let call = (records.get)(at);
            self.see(
                call.start_ticks(),
                call.start_ticks() + call.ticks(),
                records.idle_gap,
            );
        }
    }

    #[inline(always)]
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
        let count = record.values();
        let mut ticks = record.ticks();
        if count > 0 {
            ticks = self.add_values(window, records, at, record, Some(outcome));
        }
        self.outcomes.add(outcome, 1);
        if outcome == Outcome::Ok {
            self.ok.add(ticks, records.rate, &window.latency);
        } else {
            self.failed.add(ticks, records.rate, window.failed());
        }
        self.see(start, start.saturating_add(ticks), records.idle_gap);
    }

    #[inline(always)]
    fn see(&mut self, start: u64, end: u64, idle_gap: u64) {
        if start > self.last_end.saturating_add(idle_gap) && self.last_end > 0 {
            self.idle_ticks += start - self.last_end;
        }
        self.first_start = self.first_start.min(start);
        self.last_end = self.last_end.max(end);
    }

    /// Adds the values of the group that ends at `at`, and gives the duration in ticks.
    #[inline(never)]
    fn add_values<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        at: usize,
        end: Record,
        outcome: Option<Outcome>,
    ) -> u64 {
        let group =
            || (at - end.values().min(at).min(MAX_VALUES)..at).filter_map(|at| (records.get)(at).field());
        let mut ticks = end.ticks();
        let mut items = None;
        let mut x = None;
        for (field, bits) in group() {
            match field {
                Field::LongDuration => ticks = bits,
                Field::Step => x = Some(bits as f64),
                Field::Epoch => x = x.or(Some(bits as f64)),
                _ => {}
            }
            if Some(field) == window.settings.items {
                items = Some(bits);
            }
        }
        for (field, bits) in group() {
            match (field, field.kind()) {
                (Field::LongDuration, _) => {}
                (Field::ErrorKind, _) => window.add_error_kind(bits),
                (_, FieldKind::Count) => self.add_count(window, field, bits),
                (_, FieldKind::Real) => window.field(field).add_real(x, f64::from_bits(bits)),
            }
        }
        if let (Some(items), Some(Outcome::Ok)) = (items, outcome) {
            self.rates.add(items, records.rate.nanoseconds(ticks));
        }
        ticks
    }

    fn add_count(&mut self, window: &Window, field: Field, value: u64) {
        for place in &mut self.counts {
            let batch = place.get_or_insert_with(|| CountBatch::new(field));
            if batch.field == field {
                return batch.add(value);
            }
        }
        let mut batch = CountBatch::new(field);
        batch.add(value);
        window.field(field).add_counts(&batch);
    }

    /// Writes the sums out and leaves nothing behind.
    fn close<F: Fn(usize) -> Record>(&mut self, open: Option<Open<'_>>, to: usize, records: &Records<F>) {
        let Some(open) = open else { return };
        if let Some(window) = &*open.window {
            self.write_history(window, &open, to, records);
            self.write(window, open.cell, records.rate);
        }
    }

    fn write(&mut self, window: &Window, cell: &Cell, rate: Rate) {
        // Relaxed: independent sums; `Cell::end_fold` publishes them together.
        let relaxed = Ordering::Relaxed;
        cell.count_started(std::mem::take(&mut self.started));
        let Outcomes {
            ok,
            error,
            panicked,
            cancelled,
        } = std::mem::take(&mut self.outcomes);
        for (count, n) in window.outcomes.iter().zip([ok, error, panicked, cancelled]) {
            if n > 0 {
                count.fetch_add(n, relaxed);
            }
        }
        self.ok.flush(rate, &window.latency);
        if error + panicked + cancelled > 0 {
            self.failed.flush(rate, window.failed());
        }
        for count in self.counts.iter_mut().filter_map(Option::take) {
            window.field(count.field).add_counts(&count);
        }
        if self.rates.items > 0 || self.rates.count > 0 {
            window.add_rates(&std::mem::replace(&mut self.rates, Rates::new()));
        }
        if self.samples > 0 {
            window
                .samples
                .fetch_add(std::mem::take(&mut self.samples), relaxed);
        }
        self.write_span(window, cell);
    }

    fn write_span(&mut self, window: &Window, cell: &Cell) {
        let relaxed = Ordering::Relaxed;
        let (first, last) = (self.first_start, self.last_end);
        let idle = std::mem::take(&mut self.idle_ticks);
        (self.first_start, self.last_end) = (u64::MAX, 0);
        if last == 0 {
            return;
        }
        let before = window.last_end.load(relaxed);
        let gap = if before > 0 && first > before.saturating_add(cell.idle_gap()) {
            first - before
        } else {
            0
        };
        if idle + gap > 0 {
            window.idle_ticks.fetch_add(idle + gap, relaxed);
        }
        if first < window.first_start.load(relaxed) {
            window.first_start.fetch_min(first, relaxed);
        }
        if last > before {
            window.last_end.fetch_max(last, relaxed);
        }
    }

    /// Copies the last calls into the history.
    fn write_history<F: Fn(usize) -> Record>(
        &self,
        window: &Window,
        open: &Open<'_>,
        to: usize,
        records: &Records<F>,
    ) {
        let calls = self.outcomes.ended() as usize;
        if calls == 0 {
            return;
        }
        let Some(history) = window.history() else { return };
        let kept = history.keep(calls);
        let mut ticket = history.reserve(kept) + kept as u64;
        let first = ticket - kept as u64;
        let mut at = to;
        while ticket > first && at > open.from {
            at -= 1;
            let record = (records.get)(at);
            if record.is_end_of(open.number) && record.start_ticks() >= records.birth {
                ticket -= 1;
                history.write(ticket, record, |nth| (records.get)(at - record.values() + nth));
            }
        }
    }
}
