//! Label sets of one subject, added up: what ran at once counts once.

use aimlm::Metrics;

use crate::clock::{Watch, close, ms, sleep_ms};
use crate::figures::page;
use crate::hand::succeed;

/// Two devices, twice busy for the same time.
#[test]
fn devices_side_by_side() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..2 {
        std::thread::scope(|scope| {
            for device in ["cuda:0", "cuda:1"] {
                let (metrics, watch) = (&metrics, &watch);
                scope.spawn(move || {
                    watch.call(|open| {
                        let call = metrics.track_inference("m").device(device).batch_size(4);
                        call.run(|_| open.body(|| sleep_ms(40)));
                    });
                });
            }
        });
        sleep_ms(80);
    }
    let page = page(&metrics);
    let calls = page.inference("m");
    assert_eq!(calls.counts(), [4, 0, 4, 0, 0, 0]);
    watch.busy().hold("busy", calls.busy());
    watch
        .busy()
        .rate(16.0)
        .hold("items/s", calls.items().per_second());
    watch.busy().rate(4.0).hold("calls/s", calls.calls_per_second());
    watch
        .span()
        .rate(16.0)
        .hold("items/s over the span", calls.items().per_second_of_span());
}

/// Devices in turn, with pauses, in short pieces that fall into the same second.
#[test]
fn devices_in_turn() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for n in 0..12 {
        watch.call(|open| {
            let call = metrics
                .track_training_step("m")
                .device(["a", "b", "c"][n % 3])
                .num_samples(7);
            call.run(|_| open.body(|| sleep_ms(5)));
        });
        sleep_ms(15);
    }
    let page = page(&metrics);
    let calls = page.training("m", "steps");
    watch.busy().hold("busy", calls.busy());
    watch
        .busy()
        .rate(84.0)
        .hold("samples/s", calls.items().per_second());
}

/// Workers' shares of one exchange that overlap in part.
#[test]
fn workers_overlapping() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    std::thread::scope(|scope| {
        for rank in 0..4_u64 {
            let (metrics, watch) = (&metrics, &watch);
            scope.spawn(move || {
                sleep_ms(rank * 12);
                let name = format!("rank-{rank}");
                for _ in 0..3 {
                    watch.call(|open| {
                        let call = metrics
                            .track_communication("gather")
                            .worker(&name)
                            .size_bytes(1 << 20);
                        call.run(|_| open.body(|| sleep_ms(20)));
                    });
                    sleep_ms(50);
                }
            });
        }
    });
    let page = page(&metrics);
    let calls = page.communication("gather");
    watch.busy().hold("busy", calls.busy());
    watch
        .busy()
        .rate(12.0 * 1_048_576.0)
        .hold("bytes/s", calls.bytes_per_second());
}

/// Counts, extremes and percentiles over every label set.
#[test]
fn recorded_with_labels() {
    let metrics = Metrics::default_instance();
    for n in 1..=60_u64 {
        let device = format!("d{}", n % 4);
        let call = metrics.track_model_load("m").device(&device).size_bytes(n);
        call.format(if n % 2 == 0 { "gguf" } else { "onnx" })
            .record(ms(n));
    }
    let page = page(&metrics);
    let calls = page.model("m", "load");
    assert_eq!(calls.counts(), [60, 0, 60, 0, 0, 0]);
    assert_eq!(calls.latency("total"), Some(1.83));
    assert_eq!(
        (calls.latency("min"), calls.latency("max")),
        (Some(0.001), Some(0.06))
    );
    close("median", calls.latency("median"), 0.0305);
    close("p90", calls.percentile(90.0), 0.0541);
    assert_eq!(calls.number("size_bytes", "total"), Some(1830.0));
    assert_eq!(page.series(), 4);
    let labels = page.at(&["models", "m", "load", "labels", "device"]);
    assert_eq!(labels, &serde_json::json!(["d0", "d1", "d2", "d3"]));
    assert_eq!(
        page.snapshot.model("m").unwrap().size_bytes(),
        Some(60.0),
        "of the last load"
    );
}

/// In flight in several label sets at once.
#[test]
fn in_flight_with_labels() {
    let metrics = Metrics::default_instance();
    let open: Vec<_> = (0..6)
        .map(|n| metrics.track_inference("m").device(["a", "b"][n % 2]).start())
        .collect();
    assert_eq!(page(&metrics).inference("m").counts(), [6, 6, 0, 0, 0, 0]);
    open.into_iter().for_each(succeed);
    assert_eq!(page(&metrics).inference("m").counts(), [6, 0, 6, 0, 0, 0]);
}
