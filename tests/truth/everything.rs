//! A program that records something of everything.

use std::time::Duration;

use aimlm::{Metrics, Outcome};

use crate::clock::{ms, work};
use crate::figures::{Page, page};

pub(crate) fn everything() -> Page {
    let metrics = Metrics::default_instance();
    for n in 1..=24_u64 {
        let outcome = [Outcome::Ok, Outcome::Ok, Outcome::Error, Outcome::Ok][n as usize % 4];
        let call = metrics
            .track_inference("m")
            .device("cpu")
            .batch_size(n)
            .tokens_in(n * 50)
            .tokens_out(n * 31);
        call.record_as(outcome, Duration::from_nanos(n * n * 123_457));
        metrics.track_inference("slow").record(ms(70 + n));
        metrics
            .track_operation("op")
            .items(n * 1000)
            .size_bytes(n << 20)
            .record(ms(n * 3));
        let step = metrics.track_training_step("m").step(n).num_samples(33);
        step.run(|step| {
            step.loss(1.0 / n as f64).gradient_norm(n as f64 * 1e-6);
            work(Duration::from_micros(300));
        });
        metrics
            .track_training_epoch("m")
            .epoch(n)
            .num_samples(1777)
            .record(ms(1000 + n));
        metrics
            .track_validation("m")
            .dataset("held-out")
            .num_samples(99)
            .record(ms(100 + n));
        metrics
            .track_communication("all_reduce")
            .size_bytes(n << 22)
            .record(ms(n));
        metrics.record_sync_operation("barrier", n << 8, Duration::from_micros(n * 77));
        metrics.record_data_loading("images", n << 12, Duration::from_micros(n * 991));
        metrics.record_checkpoint_save("m", n << 24, ms(n * 11));
        metrics.record_checkpoint_load("m", n << 24, ms(n * 5));
        metrics
            .track_dataset_preprocessing("d")
            .operation("shuffle")
            .num_samples(n)
            .record(ms(n));
        metrics.track_distributed_task("t").num_workers(3).record(ms(100));
        metrics
            .track_distributed_task("t")
            .phase("compute")
            .record(ms(60));
        metrics.record_worker_utilization("w", 1.0 / n as f64);
    }
    metrics
        .track_model_load("m")
        .framework("candle")
        .size_bytes(123_456_789)
        .record(ms(61_234));
    metrics
        .track_model_load("m")
        .framework("candle")
        .size_bytes(123_456_789)
        .record(ms(9_876));
    metrics.record_model_initialization("m", ms(1234));
    metrics.record_model_initialization("m", ms(2345));
    metrics
        .track_dataset_load("d")
        .format("csv")
        .size_bytes(98_765)
        .num_samples(1000)
        .record(ms(9_120_000));
    metrics
        .track_dataset_load("d")
        .format("csv")
        .size_bytes(98_765)
        .num_samples(1000)
        .record(ms(5_000));
    page(&metrics)
}
