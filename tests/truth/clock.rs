//! The clock and the books of a scenario, apart from those of the crate.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How far a figure may be from what a test measured.
const TOLERANCE: f64 = 0.01;

/// One call as the test saw it, in nanoseconds of its clock: from within its body, and from around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) inner: (i128, i128),
    pub(crate) outer: (i128, i128),
}

/// The calls of a scenario.
#[derive(Debug)]
pub(crate) struct Watch {
    base: Instant,
    calls: Mutex<Vec<Seen>>,
}

/// A call under way.
#[derive(Debug)]
pub(crate) struct Open {
    base: Instant,
    outer: i128,
    inner: (i128, i128),
}

impl Open {
    fn now(&self) -> i128 {
        self.base.elapsed().as_nanos() as i128
    }

    /// The call has begun.
    pub(crate) fn begun(&mut self) {
        self.inner.0 = self.now();
    }

    /// The call is about to end.
    pub(crate) fn ending(&mut self) {
        self.inner.1 = self.now();
    }

    /// What runs within the call.
    pub(crate) fn body<T>(&mut self, body: impl FnOnce() -> T) -> T {
        self.begun();
        let result = body();
        self.ending();
        result
    }
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self {
            base: Instant::now(),
            calls: Mutex::default(),
        }
    }

    /// A call is about to begin.
    pub(crate) fn open(&self) -> Open {
        let outer = self.base.elapsed().as_nanos() as i128;
        Open {
            base: self.base,
            outer,
            inner: (outer, outer),
        }
    }

    /// The call has ended.
    pub(crate) fn close(&self, open: &Open) -> Seen {
        let seen = Seen {
            inner: open.inner,
            outer: (open.outer, open.now()),
        };
        assert!(seen.inner.0 <= seen.inner.1, "the test's own books: {seen:?}");
        self.calls.lock().unwrap().push(seen);
        seen
    }

    /// A call that another watch saw.
    pub(crate) fn add(&self, seen: Seen) {
        self.calls.lock().unwrap().push(seen);
    }

    /// A whole call; what runs in it is to run in [`Open::body`].
    pub(crate) fn call<T>(&self, call: impl FnOnce(&mut Open) -> T) -> T {
        let mut open = self.open();
        let result = call(&mut open);
        self.close(&open);
        result
    }

    /// A recorded call: it took `duration` and ended somewhere in `record`.
    pub(crate) fn recorded(&self, duration: Duration, record: impl FnOnce()) {
        let before = self.base.elapsed().as_nanos() as i128;
        record();
        let after = self.base.elapsed().as_nanos() as i128;
        let ns = duration.as_nanos() as i128;
        self.calls.lock().unwrap().push(Seen {
            inner: (after - ns, before),
            outer: (before - ns, after),
        });
    }

    pub(crate) fn calls(&self) -> Vec<Seen> {
        self.calls.lock().unwrap().clone()
    }

    /// Time with at least one call under way.
    pub(crate) fn busy(&self) -> Bounds {
        let calls = self.calls();
        Bounds {
            low: union(calls.iter().map(|call| call.inner)),
            high: union(calls.iter().map(|call| call.outer)),
        }
    }

    /// From the first start to the last end.
    pub(crate) fn span(&self) -> Bounds {
        let calls = self.calls();
        Bounds {
            low: span(calls.iter().map(|call| call.inner)),
            high: span(calls.iter().map(|call| call.outer)),
        }
    }

    /// The time of all calls added up.
    pub(crate) fn total(&self) -> Bounds {
        let (low, high) = self.lengths();
        Bounds {
            low: low.iter().sum(),
            high: high.iter().sum(),
        }
    }

    pub(crate) fn mean(&self) -> Bounds {
        let n = self.calls().len() as f64;
        let total = self.total();
        Bounds {
            low: total.low / n,
            high: total.high / n,
        }
    }

    /// The percentile, interpolated between the closest ranks.
    pub(crate) fn percentile(&self, percentile: f64) -> Bounds {
        let (low, high) = self.lengths();
        Bounds {
            low: interpolated(low, percentile),
            high: interpolated(high, percentile),
        }
    }

    /// The lengths of all calls in seconds, from within and from around.
    pub(crate) fn lengths(&self) -> (Vec<f64>, Vec<f64>) {
        let calls = self.calls();
        let length = |(from, to): (i128, i128)| (to - from).max(0) as f64 / 1e9;
        (
            calls.iter().map(|call| length(call.inner)).collect(),
            calls.iter().map(|call| length(call.outer)).collect(),
        )
    }
}

/// Length of the union of intervals in seconds, by looking at each piece between two neighbouring ends.
pub(crate) fn union(intervals: impl Iterator<Item = (i128, i128)>) -> f64 {
    let intervals: Vec<_> = intervals.filter(|(from, to)| from < to).collect();
    let mut ends: Vec<i128> = intervals.iter().flat_map(|&(from, to)| [from, to]).collect();
    ends.sort_unstable();
    let pieces = ends.windows(2).filter(|piece| {
        let covers = |&(from, to): &(i128, i128)| from <= piece[0] && piece[1] <= to;
        intervals.iter().any(covers)
    });
    pieces.map(|piece| piece[1] - piece[0]).sum::<i128>() as f64 / 1e9
}

fn span(intervals: impl Iterator<Item = (i128, i128)>) -> f64 {
    let intervals: Vec<_> = intervals.collect();
    let first = intervals.iter().map(|interval| interval.0).min();
    let last = intervals.iter().map(|interval| interval.1).max();
    (last.unwrap_or(0) - first.unwrap_or(0)) as f64 / 1e9
}

/// Between the closest ranks, index = (n − 1)·p/100.
pub(crate) fn interpolated(mut numbers: Vec<f64>, percentile: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let index = (numbers.len() as f64 - 1.0) * percentile / 100.0;
    let (below, above) = (index.floor() as usize, index.ceil() as usize);
    numbers[below] + (numbers[above] - numbers[below]) * index.fract()
}

/// Between what was measured within the calls and around them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Bounds {
    pub(crate) fn exactly(value: f64) -> Self {
        Self {
            low: value,
            high: value,
        }
    }

    /// `amount` for each second of this time.
    pub(crate) fn rate(self, amount: f64) -> Self {
        Self {
            low: amount / self.high,
            high: amount / self.low,
        }
    }

    pub(crate) fn have(self, figure: f64) -> bool {
        figure >= self.low * (1.0 - TOLERANCE) && figure <= self.high * (1.0 + TOLERANCE)
    }

    /// Fails unless the figure is there and within 1 % of these bounds.
    #[track_caller]
    pub(crate) fn hold(self, what: &str, figure: impl Into<Option<f64>>) {
        let figure = figure.into();
        assert!(
            figure.is_some_and(|figure| self.have(figure)),
            "{what}: {figure:?} is not from {} to {}",
            self.low,
            self.high
        );
    }
}

/// Works for so long, without sleeping.
pub(crate) fn work(duration: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < duration {
        std::hint::spin_loop();
    }
}

pub(crate) fn sleep_ms(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

pub(crate) const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Fails unless the two agree to within 1 %, or both are 0.
#[track_caller]
pub(crate) fn close(what: &str, figure: impl Into<Option<f64>>, expected: f64) {
    Bounds::exactly(expected).hold(what, figure);
}

/// Fails unless the figure is this one, but for the rounding of a sum of floats.
#[track_caller]
pub(crate) fn same(what: &str, figure: impl Into<Option<f64>>, expected: f64) {
    let figure = figure.into();
    assert!(
        figure.is_some_and(|figure| (figure - expected).abs() <= 1e-12 * expected.abs()),
        "{what}: {figure:?} is not {expected:?}"
    );
}
