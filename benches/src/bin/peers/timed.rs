//! Peers that are given a duration: what stands around the call is `Instant::now` and `elapsed`.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram as Hdr;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram as OtelHistogram, MeterProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{SdkMeterProvider, Temporality};
use prometheus::{Histogram, HistogramOpts, HistogramVec, register_histogram, register_histogram_vec};

use crate::work::{Peer, work, work_of_ten_polls};

pub(crate) trait Recorder: 'static {
    const NAME: &'static str;
    const HOW: &'static str;

    fn set_up() {}
    fn record(took: Duration);
    fn other(took: Duration);
    fn batch(took: Duration, items: u64);
    fn named(took: Duration, name: &str);
    fn counted() -> Option<u64>;
}

pub(crate) struct Timed<R>(PhantomData<R>);

impl<R: Recorder> Peer for Timed<R> {
    const NAME: &'static str = R::NAME;
    const HOW: &'static str = R::HOW;

    fn set_up() {
        R::set_up();
    }

    #[inline(always)]
    fn call(x: u64) -> u64 {
        let start = Instant::now();
        let y = work(x);
        R::record(start.elapsed());
        y
    }

    #[inline(always)]
    fn other(x: u64) -> u64 {
        let start = Instant::now();
        let y = work(x);
        R::other(start.elapsed());
        y
    }

    async fn ready(x: u64) -> u64 {
        Self::call(x)
    }

    async fn ten_polls(x: u64) -> u64 {
        let start = Instant::now();
        let y = work_of_ten_polls(x).await;
        R::record(start.elapsed());
        y
    }

    #[inline(always)]
    fn batch(x: u64, items: u64) -> u64 {
        let start = Instant::now();
        let y = work(x);
        R::batch(start.elapsed(), items);
        y
    }

    #[inline(always)]
    fn named(name: &str, x: u64) -> u64 {
        let start = Instant::now();
        let y = work(x);
        R::named(start.elapsed(), name);
        y
    }

    fn counted() -> Option<u64> {
        R::counted()
    }
}

pub(crate) struct Metrics;

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

impl Recorder for Metrics {
    const NAME: &'static str = "metrics + prometheus";
    const HOW: &'static str =
        "`histogram!(…).record(elapsed)`, the Prometheus recorder with its upkeep every 5 s; nobody scrapes";

    fn set_up() {
        let handle = PrometheusBuilder::new()
            .install_recorder()
            .expect("the first recorder");
        let upkeep = handle.clone();
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_secs(5));
                upkeep.run_upkeep();
            }
        });
        let _ = HANDLE.set(handle);
    }

    fn record(took: Duration) {
        metrics::histogram!("call").record(took);
    }

    fn other(took: Duration) {
        metrics::histogram!("other").record(took);
    }

    fn batch(took: Duration, items: u64) {
        metrics::histogram!("call").record(took);
        metrics::histogram!("items").record(items as f64);
    }

    fn named(took: Duration, name: &str) {
        metrics::histogram!("named", "model" => name.to_owned()).record(took);
    }

    fn counted() -> Option<u64> {
        let text = HANDLE.get()?.render();
        text.lines()
            .find_map(|line| line.strip_prefix("call_count ")?.parse().ok())
    }
}

pub(crate) struct Prometheus;

struct PrometheusHistograms {
    call: Histogram,
    other: Histogram,
    items: Histogram,
    named: HistogramVec,
}

fn prometheus() -> &'static PrometheusHistograms {
    static HISTOGRAMS: OnceLock<PrometheusHistograms> = OnceLock::new();
    HISTOGRAMS.get_or_init(|| {
        let register = |name| register_histogram!(HistogramOpts::new(name, "of a call")).expect("a new name");
        PrometheusHistograms {
            call: register("call"),
            other: register("other"),
            items: register("items"),
            named: register_histogram_vec!("named", "of a call", &["model"]).expect("a new name"),
        }
    })
}

impl Recorder for Prometheus {
    const NAME: &'static str = "prometheus";
    const HOW: &'static str = "a static `Histogram` with the default 11 buckets, `observe(elapsed)`";

    fn record(took: Duration) {
        prometheus().call.observe(took.as_secs_f64());
    }

    fn other(took: Duration) {
        prometheus().other.observe(took.as_secs_f64());
    }

    fn batch(took: Duration, items: u64) {
        prometheus().call.observe(took.as_secs_f64());
        prometheus().items.observe(items as f64);
    }

    fn named(took: Duration, name: &str) {
        prometheus()
            .named
            .with_label_values(&[name])
            .observe(took.as_secs_f64());
    }

    fn counted() -> Option<u64> {
        Some(prometheus().call.get_sample_count())
    }
}

pub(crate) struct OpenTelemetry;

static EXPORTED: AtomicU64 = AtomicU64::new(0);

/// Remembers how many calls the last export knew of.
struct Counting;

impl PushMetricExporter for Counting {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        for metric in metrics.scope_metrics().flat_map(|scope| scope.metrics()) {
            if let ("call", AggregatedMetrics::F64(MetricData::Histogram(calls))) =
                (metric.name(), metric.data())
            {
                EXPORTED.store(
                    calls.data_points().map(|point| point.count()).sum(),
                    Ordering::Relaxed,
                );
            }
        }
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

struct OtelHistograms {
    provider: SdkMeterProvider,
    call: OtelHistogram<f64>,
    other: OtelHistogram<f64>,
    items: OtelHistogram<u64>,
    named: OtelHistogram<f64>,
}

fn otel() -> &'static OtelHistograms {
    static HISTOGRAMS: OnceLock<OtelHistograms> = OnceLock::new();
    HISTOGRAMS.get_or_init(|| {
        let provider = SdkMeterProvider::builder()
            .with_periodic_exporter(Counting)
            .build();
        let meter = provider.meter("peers");
        OtelHistograms {
            call: meter.f64_histogram("call").with_unit("s").build(),
            other: meter.f64_histogram("other").with_unit("s").build(),
            items: meter.u64_histogram("items").build(),
            named: meter.f64_histogram("named").with_unit("s").build(),
            provider,
        }
    })
}

impl Recorder for OpenTelemetry {
    const NAME: &'static str = "opentelemetry SDK";
    const HOW: &'static str = "`f64_histogram`, default buckets, a periodic reader with the default minute; \
                               the model's name as an attribute";

    fn record(took: Duration) {
        otel().call.record(took.as_secs_f64(), &[]);
    }

    fn other(took: Duration) {
        otel().other.record(took.as_secs_f64(), &[]);
    }

    fn batch(took: Duration, items: u64) {
        otel().call.record(took.as_secs_f64(), &[]);
        otel().items.record(items, &[]);
    }

    fn named(took: Duration, name: &str) {
        otel()
            .named
            .record(took.as_secs_f64(), &[KeyValue::new("model", name.to_owned())]);
    }

    fn counted() -> Option<u64> {
        otel().provider.force_flush().ok()?;
        Some(EXPORTED.load(Ordering::Relaxed))
    }
}

pub(crate) struct MutexHdr;

struct HdrHistograms {
    call: Mutex<Hdr<u64>>,
    other: Mutex<Hdr<u64>>,
    items: Mutex<Hdr<u64>>,
    named: Mutex<HashMap<String, Hdr<u64>>>,
}

fn hdr() -> &'static HdrHistograms {
    static HISTOGRAMS: OnceLock<HdrHistograms> = OnceLock::new();
    let new = || Mutex::new(new_hdr());
    HISTOGRAMS.get_or_init(|| HdrHistograms {
        call: new(),
        other: new(),
        items: new(),
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

impl Recorder for MutexHdr {
    const NAME: &'static str = "`Instant` + `Mutex<hdrhistogram>`";
    const HOW: &'static str = "two digits, 1 ns to 24 h; names in a `Mutex<HashMap<String, Histogram>>`";

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

    fn counted() -> Option<u64> {
        Some(hdr().call.lock().ok()?.len())
    }
}
