//! What is read of running threads is whole: its JSON reads back.

use aimlm::{Outcome, Snapshot};

/// However little there is yet, and whatever a fold has added of it.
#[test]
fn what_threads_record_reads_back_meanwhile() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let config = || aimlm::Config::builder().track_memory_usage(true).history_size(50);
    let record = |metrics: &aimlm::Metrics, n: u64| {
        let mut step = metrics
            .track_training_step("net")
            .step(n)
            .batch_size(n % 9)
            .start();
        step.loss(if n.is_multiple_of(3) { f64::NAN } else { n as f64 });
        step.error_kind("odd");
        step.finish(if n.is_multiple_of(2) {
            Outcome::Ok
        } else {
            Outcome::Error
        });
    };
    for _ in 0..8 {
        let metrics = aimlm::Metrics::new(config().build().unwrap()).unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    (0..)
                        .take_while(|_| !done.load(Ordering::Relaxed))
                        .for_each(|n| record(&metrics, n));
                });
            }
            for _ in 0..2 {
                let text = serde_json::to_string(&metrics.snapshot()).unwrap();
                let read = serde_json::from_str::<Snapshot>(&text);
                done.store(read.is_err(), Ordering::Relaxed);
                read.unwrap();
            }
            done.store(true, Ordering::Relaxed);
        });
    }
}
