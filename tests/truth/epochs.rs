//! Training: epochs, steps, validation, data, checkpoints; each figure one number wherever it stands.

use aimlm::Metrics;

use crate::clock::{Bounds, Watch, ms, sleep_ms};
use crate::figures::page;
use crate::tables::printed;

/// How a rate is rated by the thresholds as they are.
fn rated(samples_per_second: Option<f64>) -> Option<&'static str> {
    Some(match samples_per_second? {
        ..=100.0 => "low",
        ..=1000.0 => "medium",
        _ => "high",
    })
}

/// Quick epochs have high rates of their own; the training has the rate of its samples over its time.
#[test]
fn efficiency_is_of_the_whole_training() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for (samples, length) in [(30, 2), (30, 2), (30, 40), (30, 40)] {
        watch.call(|open| {
            let epoch = metrics.track_training_epoch("net").num_samples(samples);
            epoch.run(|_| open.body(|| sleep_ms(length)));
        });
        sleep_ms(10);
    }
    let page = page(&metrics);
    let rate = watch.busy().rate(120.0);
    rate.hold("efficiency", page.efficiency("net"));
    rate.hold("epochs", page.training("net", "epochs").items().per_second());
    assert_eq!(
        page.efficiency("net"),
        page.training("net", "epochs").items().per_second()
    );
    assert_eq!(page.rating("net"), rated(page.efficiency("net")));
    // The original rates the mean of the epochs' rates, and so does its form.
    let legacy = page.legacy();
    let mean = &legacy["training"]["models"]["net"]["samples_per_second_stats"]["mean"];
    assert_eq!(
        &legacy["analysis"]["training_efficiency"]["net"]["samples_per_second"],
        mean
    );
    assert!(
        mean.as_f64() > page.efficiency("net"),
        "quick epochs count as much as slow ones"
    );
    let table = page.table("Epochs");
    let cell = table
        .cell(&["net"], &["Samples/s"])
        .and_then(printed)
        .map(|cell| cell.value);
    rate.hold("samples/s of the table", cell);
}

/// The same wherever the samples come from: steps where no epoch says its own.
#[test]
fn efficiency_of_steps() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for n in 0..6 {
        watch.call(|open| {
            let step = metrics.track_training_step("net").batch_size(10);
            step.run(|_| open.body(|| sleep_ms(if n % 2 == 0 { 2 } else { 30 })));
        });
    }
    metrics.track_training_epoch("net").record(ms(500));
    let page = page(&metrics);
    watch.busy().rate(60.0).hold("efficiency", page.efficiency("net"));
    assert_eq!(
        page.efficiency("net"),
        page.training("net", "steps").items().per_second()
    );
}

/// Two runs of one model with pauses; the rating says what the rate beside it says.
#[test]
fn ratings_agree_with_the_rates_beside_them() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..4 {
        // 500 samples in 2 ms: 250,000/s each; 2 samples in 40 ms: 50/s each.
        for (samples, length) in [(500, 2), (2, 40)] {
            watch.call(|open| {
                let epoch = metrics.track_training_epoch("uneven").num_samples(samples);
                epoch.run(|_| open.body(|| sleep_ms(length)));
            });
        }
    }
    let page = page(&metrics);
    let rate = watch.busy().rate(2008.0);
    rate.hold("efficiency", page.efficiency("uneven"));
    let expected = rated(page.efficiency("uneven"));
    assert_eq!(page.rating("uneven"), expected);
    assert_eq!(
        page.findings("slow_training").len(),
        usize::from(expected == Some("low"))
    );
}

#[test]
fn what_was_recorded_by_duration() {
    let metrics = Metrics::default_instance();
    for (epoch, length) in [(0, 2000), (1, 3000), (2, 2500)] {
        metrics
            .track_training_epoch("r")
            .epoch(epoch)
            .num_samples(1000)
            .record(ms(length));
        metrics
            .track_validation("r")
            .dataset("held-out")
            .num_samples(100)
            .record(ms(length / 10));
        metrics
            .track_checkpoint_save("r")
            .size_bytes(1 << 20)
            .record(ms(100 * (epoch + 1)));
        metrics
            .track_checkpoint_load("r")
            .size_bytes(1 << 20)
            .record(ms(10 * (epoch + 1)));
        metrics
            .track_dataset_preprocessing("set")
            .operation("shuffle")
            .num_samples(50)
            .record(ms(7));
        metrics.record_data_loading("images", 1 << 10, ms(5 + epoch));
        metrics.record_sync_operation("barrier", 1 << 12, ms(3));
        metrics.record_model_initialization("r", ms(40));
    }
    let page = page(&metrics);
    for (calls, total, min, max) in [
        (page.training("r", "epochs"), 7.5, 2.0, 3.0),
        (page.training("r", "validation"), 0.75, 0.2, 0.3),
        (page.model("r", "checkpoint_save"), 0.6, 0.1, 0.3),
        (page.model("r", "checkpoint_load"), 0.06, 0.01, 0.03),
        (page.preprocessing("set", "shuffle"), 0.021, 0.007, 0.007),
        (page.data_loading("images"), 0.018, 0.005, 0.007),
        (page.synchronization("barrier"), 0.009, 0.003, 0.003),
        (page.model("r", "initialization"), 0.12, 0.04, 0.04),
    ] {
        assert_eq!(calls.counts(), [3, 0, 3, 0, 0, 0]);
        let exact = |member: &str, value| Bounds::exactly(value).hold(member, calls.latency(member));
        assert_eq!(calls.latency("total"), Some(total));
        assert_eq!(
            (calls.latency("min"), calls.latency("max")),
            (Some(min), Some(max))
        );
        exact("mean", total / 3.0);
    }
    assert_eq!(
        page.training("r", "epochs").number("num_samples", "total"),
        Some(3000.0)
    );
    assert_eq!(
        page.data_loading("images").number("size_bytes", "total"),
        Some(3072.0)
    );
    assert_eq!(
        page.synchronization("barrier").number("size_bytes", "total"),
        Some(12288.0)
    );
}

/// Batches and shards fetched, by eight loaders, some of which fail.
#[test]
fn loaders_side_by_side() {
    let (metrics, watch, all) = (Metrics::default_instance(), Watch::new(), Watch::new());
    std::thread::scope(|scope| {
        for loader in 0..8_u64 {
            let (metrics, watch, all) = (&metrics, &watch, &all);
            scope.spawn(move || {
                for n in 0..3 {
                    let mut open = all.open();
                    let fails = (loader + n) % 4 == 0;
                    let call = metrics.track_dataset_preprocessing("shards");
                    let call = call
                        .operation("decode")
                        .num_samples(64)
                        .size_bytes(1 << 20)
                        .start();
                    open.body(|| sleep_ms(12 + loader));
                    if fails {
                        call.fail();
                    } else {
                        crate::hand::succeed(call);
                    }
                    let seen = all.close(&open);
                    if !fails {
                        watch.add(seen);
                    }
                    sleep_ms(20);
                }
            });
        }
    });
    let page = page(&metrics);
    let calls = page.preprocessing("shards", "decode");
    assert_eq!(calls.counts(), [24, 0, 18, 6, 0, 0]);
    all.busy().hold("busy", calls.busy());
    all.busy().rate(24.0).hold("calls/s", calls.calls_per_second());
    assert_eq!(calls.items().total(), Some(18 * 64));
    watch
        .busy()
        .rate(18.0 * 64.0)
        .hold("samples/s", calls.items().per_second());
    watch
        .busy()
        .rate(18.0 * 1_048_576.0)
        .hold("bytes/s", calls.bytes_per_second());
    watch.mean().hold("mean", calls.latency("mean"));
    watch.total().hold("total", calls.latency("total"));
    watch.percentile(0.0).hold("min", calls.latency("min"));
    watch.percentile(100.0).hold("max", calls.latency("max"));
    watch.percentile(50.0).hold("median", calls.latency("median"));
    watch.percentile(90.0).hold("p90", calls.percentile(90.0));
}

/// Epoch by epoch, where a report shows them so: each its own time and samples.
#[test]
fn one_by_one() {
    let metrics = Metrics::default_instance();
    let seconds = [2.0, 2.5, 2.0, 9.0, 2.125, 2.0];
    for (epoch, seconds) in seconds.into_iter().enumerate().rev() {
        let call = metrics
            .track_training_epoch("net")
            .epoch(epoch as u64)
            .num_samples(100 * epoch as u64);
        call.record(std::time::Duration::from_secs_f64(seconds));
    }
    let page = page(&metrics);
    let table = page
        .tables()
        .into_iter()
        .find(|table| table.caption == "Epochs in order");
    let table = table.expect("durations by epoch stand in the report");
    assert_eq!(table.rows.len(), seconds.len());
    for (epoch, seconds) in seconds.into_iter().enumerate() {
        let name = epoch.to_string();
        let cell = |titles: &[&str]| table.cell(&["net", &name], titles);
        crate::tables::shows("time", cell(&["Time"]), seconds);
        crate::tables::shows("samples", cell(&["Samples"]), 100.0 * epoch as f64);
    }
}
