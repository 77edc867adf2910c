//! How true durations are: calls as long as `CLOCK_MONOTONIC` says they are, and what aimlm makes of them.
//! `cargo run --release -p aimlm-benches --bin drift -- --seconds 60`.
//!
//! The first call ends before the clock was anchored anew, one of a second after the other follows, and one
//! call lasts from then to the end. It prints the error of each in millionths, and fails if one that ended
//! after the first anchor is off by more than 50.

use std::hint::spin_loop;
use std::thread;
use std::time::{Duration, Instant};

use aimlm::{Metrics, Stage};

/// Most that a duration may be off, in millionths.
const BUDGET: f64 = 50.0;
/// Short enough to end before the collector anchors the clock for the first time.
const EARLY: Duration = Duration::from_millis(5);

/// A moment in the middle of something, and by how much it may be off.
struct Moment {
    at: Instant,
    within: Duration,
}

/// Does something, and says when.
fn at<T>(something: impl FnOnce() -> T) -> (T, Moment) {
    let before = Instant::now();
    let done = something();
    let within = before.elapsed() / 2;
    let at = before + within;
    (done, Moment { at, within })
}

/// A call that ended: as the system's clock has it, and as aimlm has it.
struct Measured {
    truth: Duration,
    within: Duration,
    recorded: Duration,
    anchors: u64,
}

impl Measured {
    fn error_ppm(&self) -> f64 {
        (self.recorded.as_secs_f64() / self.truth.as_secs_f64() - 1.0) * 1e6
    }

    /// By how much the error is uncertain.
    fn within_ppm(&self) -> f64 {
        self.within.as_secs_f64() / self.truth.as_secs_f64() * 1e6
    }

    fn print(&self, what: &str) {
        println!(
            "{what:<28} {:9.3} s {:+9.2} ppm ± {:.2}   anchored {} times",
            self.truth.as_secs_f64(),
            self.error_ppm(),
            self.within_ppm(),
            self.anchors
        );
    }
}

/// Records a call under a name of its own while `body` runs.
fn call(metrics: &Metrics, name: &str, body: impl FnOnce()) -> Measured {
    // The series is there before its call of interest begins, which is its longest.
    metrics.track_operation(name).start().ok();
    let (guard, start) = at(|| metrics.track_operation(name).start());
    body();
    let ((), end) = at(|| guard.ok());
    let snapshot = metrics.snapshot();
    let series = snapshot.subject(Stage::Operation, name).next().expect("a call");
    Measured {
        truth: end.at - start.at,
        within: start.within + end.within,
        // As the histogram has it: converted when the call was folded, exact to the nanosecond.
        recorded: Duration::from_nanos(series.latency.max().expect("a latency")),
        anchors: snapshot.engine.clock_anchors,
    }
}

fn seconds() -> u64 {
    let mut arguments = std::env::args()
        .skip_while(|argument| argument != "--seconds")
        .skip(1);
    arguments
        .next()
        .map_or(60, |seconds| seconds.parse().expect("--seconds takes a number"))
}

fn main() {
    let metrics = Metrics::global();
    // The thread's first call, which makes the clock and the collector.
    drop(metrics.track_operation("first").start());
    let begun = Instant::now();
    call(&metrics, "before the first anchor", || {
        while begun.elapsed() < EARLY {
            spin_loop();
        }
    })
    .print("before the first anchor");
    let (mut worst, mut number) = (0.0_f64, 0);
    let whole = call(&metrics, "whole", || {
        let end = Instant::now() + Duration::from_secs(seconds());
        while Instant::now() < end {
            let name = format!("second {number}");
            let second = call(&metrics, &name, || thread::sleep(Duration::from_secs(1)));
            if number < 5 || number % 10 == 0 {
                second.print(&name);
            }
            if second.anchors > 0 {
                worst = worst.max(second.error_ppm().abs());
            }
            number += 1;
        }
    });
    whole.print("from then to the end");
    worst = worst.max(whole.error_ppm().abs());
    println!("after the first anchor, off by {worst:.2} ppm at most; the budget is {BUDGET}");
    if worst > BUDGET {
        std::process::exit(1);
    }
}
