//! OpenTelemetry's SDK.

use std::hint::black_box;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ::opentelemetry::KeyValue;
use ::opentelemetry::metrics::{Histogram, MeterProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{SdkMeterProvider, Temporality};

use super::Recorder;

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

struct Histograms {
    provider: SdkMeterProvider,
    call: Histogram<f64>,
    other: Histogram<f64>,
    items: Histogram<u64>,
    loss: Histogram<f64>,
    accuracy: Histogram<f64>,
    learning_rate: Histogram<f64>,
    gradient_norm: Histogram<f64>,
    named: Histogram<f64>,
}

fn otel() -> &'static Histograms {
    static HISTOGRAMS: OnceLock<Histograms> = OnceLock::new();
    HISTOGRAMS.get_or_init(|| {
        let provider = SdkMeterProvider::builder()
            .with_periodic_exporter(Counting)
            .build();
        let meter = provider.meter("peers");
        Histograms {
            call: meter.f64_histogram("call").with_unit("s").build(),
            other: meter.f64_histogram("other").with_unit("s").build(),
            items: meter.u64_histogram("items").build(),
            loss: meter.f64_histogram("loss").build(),
            accuracy: meter.f64_histogram("accuracy").build(),
            learning_rate: meter.f64_histogram("learning_rate").build(),
            gradient_norm: meter.f64_histogram("gradient_norm").build(),
            named: meter.f64_histogram("named").with_unit("s").build(),
            provider,
        }
    })
}

impl Recorder for OpenTelemetry {
    const NAME: &'static str = "opentelemetry SDK";
    const HOW: &'static str = "`f64_histogram`, default buckets, a periodic reader with the default minute; \
                               the model's name as an attribute; an instance of one's own is a `SdkMeterProvider`";

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

    fn real(took: Duration, real: f64) {
        otel().call.record(took.as_secs_f64(), &[]);
        otel().loss.record(real, &[]);
    }

    fn reals(took: Duration, [loss, accuracy, rate, norm]: [f64; 4]) {
        otel().call.record(took.as_secs_f64(), &[]);
        otel().loss.record(loss, &[]);
        otel().accuracy.record(accuracy, &[]);
        otel().learning_rate.record(rate, &[]);
        otel().gradient_norm.record(norm, &[]);
    }

    fn named(took: Duration, name: &str) {
        otel()
            .named
            .record(took.as_secs_f64(), &[KeyValue::new("model", name.to_owned())]);
    }

    fn own() -> impl Fn(Duration) + Sync {
        let provider = SdkMeterProvider::builder()
            .with_periodic_exporter(Counting)
            .build();
        let own = provider.meter("own").f64_histogram("own").with_unit("s").build();
        move |took| {
            own.record(took.as_secs_f64(), &[]);
            black_box(&provider);
        }
    }

    fn counted() -> Option<u64> {
        otel().provider.force_flush().ok()?;
        Some(EXPORTED.load(Ordering::Relaxed))
    }
}
