//! Busy time of subjects with several label sets, whose calls come too often for each to be kept by itself: on a clock
//! that stands still until a test moves it.

use aimlm::{Config, Metrics, Snapshot};

use crate::clock::{close, union};
use crate::figures::{Page, page, page_of};
use crate::hand::succeed;
use crate::mocked::Threads;
use crate::process::alone;

const DEVICES: [&str; 3] = ["cuda:0", "cuda:1", "cuda:2"];

/// Whether something begins or ends on a device, in this order.
type Step = (u64, usize);

/// Calls of a device from `first` on, each so long, with such pauses.
fn calls(device: usize, first: u64, long: u64, pause: u64, n: u64) -> impl Iterator<Item = Step> {
    let starts = (0..n).map(move |nth| first + nth * (long + pause));
    starts.flat_map(move |start| [(start, device), (start + long, device)])
}

/// Takes these steps, each device on a thread of its own as far as there are threads.
fn take(threads: &mut Threads, steps: impl Iterator<Item = Step>) {
    let mut steps: Vec<Step> = steps.collect();
    steps.sort_unstable();
    let mut now = 0;
    for (at, device) in steps {
        threads.pass(at - now);
        now = at;
        threads.step(device, DEVICES[device]);
    }
}

fn lockstep() -> impl Iterator<Item = Step> {
    (0..2).flat_map(|device| calls(device, 0, 30_000, 30_000, 3000))
}

fn antiphase() -> impl Iterator<Item = Step> {
    (0..2).flat_map(|device| calls(device, device as u64 * 40_000, 30_000, 50_000, 3000))
}

/// Three with periods of their own.
fn periods() -> impl Iterator<Item = Step> {
    [(20_000, 50_000), (35_000, 70_000), (15_000, 95_000)]
        .into_iter()
        .enumerate()
        .flat_map(|(device, (long, pause))| calls(device, 0, long, pause, 200_000_000 / (long + pause)))
}

#[test]
fn one_after_the_other_on_threads() {
    if !alone("label_sets::one_after_the_other_on_threads") {
        return;
    }
    Threads::with(3, |threads, metrics| {
        take(threads, antiphase());
        threads.check(&page(metrics));
    });
}

#[test]
fn with_periods_of_their_own_and_resets_between() {
    if !alone("label_sets::with_periods_of_their_own_and_resets_between") {
        return;
    }
    Threads::with(3, |threads, metrics| {
        take(threads, periods());
        threads.check(&page(metrics));
        metrics.reset();
        threads.forget();
        take(threads, lockstep());
        threads.check(&page(metrics));
        let taken = metrics.snapshot_and_reset();
        threads.check(&page_of(&taken, metrics.config()));
        let before = std::mem::take(&mut threads.calls);
        threads.forget();
        take(threads, antiphase());
        let page = page(metrics);
        threads.check(&page);
        // Both windows together.
        let mut both = taken;
        both.merge(&page.snapshot);
        threads.calls.extend(before);
        let busy = union(threads.calls.iter().copied());
        close(
            "busy",
            page_of(&both, metrics.config()).inference("m").busy(),
            busy,
        );
    });
}

/// One thread that goes from one device to the other.
#[test]
fn one_after_the_other_on_one_thread() {
    if !alone("label_sets::one_after_the_other_on_one_thread") {
        return;
    }
    let mock = aimlm::__private::mock_clock();
    let metrics = &Metrics::default_instance();
    for nth in 0..20_000 {
        let call = metrics.track_inference("m").device(DEVICES[nth % 2]).start();
        mock.increment(30_000);
        succeed(call);
        mock.increment(10_000);
    }
    close("busy", page(metrics).inference("m").busy(), 0.6);
}

/// Calls without a label come first, then some with one.
#[test]
fn with_and_without_labels() {
    if !alone("label_sets::with_and_without_labels") {
        return;
    }
    let mock = aimlm::__private::mock_clock();
    let metrics = &Metrics::default_instance();
    for nth in 0..20_000 {
        let call = metrics.track_inference("m");
        let call = if nth % 2 == 1 { call.device("cpu") } else { call };
        let call = call.start();
        mock.increment(30_000);
        succeed(call);
        mock.increment(10_000);
    }
    close("busy", page(metrics).inference("m").busy(), 0.6);
}

fn parsed(snapshot: &Snapshot) -> Snapshot {
    serde_json::from_str(&serde_json::to_string(snapshot).unwrap()).unwrap()
}

fn busy_of(page: &Page) -> Option<f64> {
    page.inference("m").busy()
}

/// Processes with other devices each, one of them with one alone; in whatever order they are merged.
#[test]
fn of_several_processes() {
    if !alone("label_sets::of_several_processes") {
        return;
    }
    let mock = aimlm::__private::mock_clock();
    let processes = [&DEVICES[..2], &DEVICES[1..], &DEVICES[1..2]].map(|devices| {
        let metrics = Metrics::new(Config::default()).unwrap();
        for _ in 0..3000 {
            let calls: Vec<_> = devices
                .iter()
                .map(|device| metrics.track_inference("m").device(device).start())
                .collect();
            mock.increment(30_000);
            calls.into_iter().for_each(succeed);
            mock.increment(30_000);
        }
        metrics
    });
    // One after the other at last: between them the clock may be anchored anew, which moves what is told of one against
    // what is told of another.
    let processes = processes.map(|metrics| parsed(&metrics.snapshot()));
    let config = Config::default();
    let [a, b, c] = &processes;
    close("busy", busy_of(&page_of(a, &config)), 0.09);
    close("busy", busy_of(&page_of(c, &config)), 0.09);
    for [one, two, three] in [[a, b, c], [c, b, a], [b, c, a]] {
        let (mut left, mut right) = (one.clone(), two.clone());
        left.merge(two);
        left.merge(three);
        right.merge(three);
        let mut whole = one.clone();
        whole.merge(&right);
        for merged in [left, whole].map(|merged| parsed(&merged)) {
            close("busy", busy_of(&page_of(&merged, &config)), 0.27);
        }
    }
}

/// A view of some of the label sets shows the time of these alone.
#[test]
fn of_some_of_a_subject() {
    if !alone("label_sets::of_some_of_a_subject") {
        return;
    }
    let mock = aimlm::__private::mock_clock();
    let metrics = &Metrics::default_instance();
    for (operation, ns) in [("scale", 30_000), ("crop", 10_000)] {
        for _ in 0..100 {
            let call = metrics
                .track_dataset_preprocessing("d")
                .operation(operation)
                .start();
            mock.increment(ns);
            succeed(call);
            mock.increment(10_000);
        }
    }
    let dataset = metrics.snapshot().dataset("d").unwrap();
    close("scale", dataset.preprocessing["scale"].busy_seconds, 3e-3);
    close("crop", dataset.preprocessing["crop"].busy_seconds, 1e-3);
}
