//! What one writes oneself: a histogram behind a lock.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use hdrhistogram::Histogram as Hdr;

use super::Recorder;

pub(crate) struct MutexHdr;

struct HdrHistograms {
    call: Mutex<Hdr<u64>>,
    other: Mutex<Hdr<u64>>,
    items: Mutex<Hdr<u64>>,
    reals: [Mutex<Hdr<u64>>; 4],
    named: Mutex<HashMap<String, Hdr<u64>>>,
}

fn hdr() -> &'static HdrHistograms {
    static HISTOGRAMS: OnceLock<HdrHistograms> = OnceLock::new();
    let new = || Mutex::new(new_hdr());
    HISTOGRAMS.get_or_init(|| HdrHistograms {
        call: new(),
        other: new(),
        items: new(),
        reals: [new(), new(), new(), new()],
        named: Mutex::default(),
    })
}

fn new_hdr() -> Hdr<u64> {
    Hdr::new_with_bounds(1, 86_400_000_000_000, 2).expect("constant bounds")
}

fn record(to: &Mutex<Hdr<u64>>, value: u64) {
    let mut to = to.lock().expect("no thread panicked");
    let _ = to.record(value);
}

/// The histogram takes whole numbers.
fn millionths(real: f64) -> u64 {
    (real * 1e6) as u64
}

impl Recorder for MutexHdr {
    const NAME: &'static str = "`Instant` + `Mutex<hdrhistogram>`";
    const HOW: &'static str = "two digits, 1 ns to 24 h; names in a `Mutex<HashMap<String, Histogram>>`; \
                               reals in millionths";

    fn record(took: Duration) {
        record(&hdr().call, took.as_nanos() as u64);
    }

    fn other(took: Duration) {
        record(&hdr().other, took.as_nanos() as u64);
    }

    fn batch(took: Duration, items: u64) {
        record(&hdr().call, took.as_nanos() as u64);
        record(&hdr().items, items);
    }

    fn real(took: Duration, real: f64) {
        record(&hdr().call, took.as_nanos() as u64);
        record(&hdr().reals[0], millionths(real));
    }

    fn reals(took: Duration, reals: [f64; 4]) {
        record(&hdr().call, took.as_nanos() as u64);
        for (to, real) in hdr().reals.iter().zip(reals) {
            record(to, millionths(real));
        }
    }

    fn named(took: Duration, name: &str) {
        let mut named = hdr().named.lock().expect("no thread panicked");
        if let Some(histogram) = named.get_mut(name) {
            let _ = histogram.record(took.as_nanos() as u64);
        } else {
            let _ = named
                .entry(name.to_owned())
                .or_insert_with(new_hdr)
                .record(took.as_nanos() as u64);
        }
    }

    fn own() -> impl Fn(Duration) + Sync {
        let own = Mutex::new(new_hdr());
        move |took| record(&own, took.as_nanos() as u64)
    }

    fn counted() -> Option<u64> {
        Some(hdr().call.lock().ok()?.len())
    }
}
