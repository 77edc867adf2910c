//! The crate `prometheus`.

use std::hint::black_box;
use std::sync::OnceLock;
use std::time::Duration;

use ::prometheus::{
    Histogram, HistogramOpts, HistogramVec, Registry, register_histogram, register_histogram_vec,
};

use super::Recorder;

pub(crate) struct Prometheus;

struct PrometheusHistograms {
    call: Histogram,
    other: Histogram,
    items: Histogram,
    loss: Histogram,
    accuracy: Histogram,
    learning_rate: Histogram,
    gradient_norm: Histogram,
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
            loss: register("loss"),
            accuracy: register("accuracy"),
            learning_rate: register("learning_rate"),
            gradient_norm: register("gradient_norm"),
            named: register_histogram_vec!("named", "of a call", &["model"]).expect("a new name"),
        }
    })
}

impl Recorder for Prometheus {
    const NAME: &'static str = "prometheus";
    const HOW: &'static str = "a static `Histogram` with the default 11 buckets, `observe(elapsed)`; \
                               an instance of one's own is a `Registry`";

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

    fn real(took: Duration, real: f64) {
        prometheus().call.observe(took.as_secs_f64());
        prometheus().loss.observe(real);
    }

    fn reals(took: Duration, [loss, accuracy, rate, norm]: [f64; 4]) {
        prometheus().call.observe(took.as_secs_f64());
        prometheus().loss.observe(loss);
        prometheus().accuracy.observe(accuracy);
        prometheus().learning_rate.observe(rate);
        prometheus().gradient_norm.observe(norm);
    }

    fn named(took: Duration, name: &str) {
        prometheus()
            .named
            .with_label_values(&[name])
            .observe(took.as_secs_f64());
    }

    fn own() -> impl Fn(Duration) + Sync {
        let registry = Registry::new();
        let own = Histogram::with_opts(HistogramOpts::new("own", "of a call")).expect("a valid name");
        registry.register(Box::new(own.clone())).expect("a new name");
        move |took| {
            own.observe(took.as_secs_f64());
            black_box(&registry);
        }
    }

    fn counted() -> Option<u64> {
        Some(prometheus().call.get_sample_count())
    }
}
