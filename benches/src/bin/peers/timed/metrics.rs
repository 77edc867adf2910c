//! The crate `metrics` with its Prometheus recorder.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::Recorder;

pub(crate) struct Metrics;

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

impl Recorder for Metrics {
    const NAME: &'static str = "metrics + prometheus";
    const HOW: &'static str = "`histogram!(…).record(elapsed)`, the Prometheus recorder with its upkeep every 5 s; nobody scrapes; \
                               an instance of one's own by `with_local_recorder`";

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
        ::metrics::histogram!("call").record(took);
    }

    fn other(took: Duration) {
        ::metrics::histogram!("other").record(took);
    }

    fn batch(took: Duration, items: u64) {
        ::metrics::histogram!("call").record(took);
        ::metrics::histogram!("items").record(items as f64);
    }

    fn real(took: Duration, real: f64) {
        ::metrics::histogram!("call").record(took);
        ::metrics::histogram!("loss").record(real);
    }

    fn reals(took: Duration, [loss, accuracy, rate, norm]: [f64; 4]) {
        ::metrics::histogram!("call").record(took);
        ::metrics::histogram!("loss").record(loss);
        ::metrics::histogram!("accuracy").record(accuracy);
        ::metrics::histogram!("learning_rate").record(rate);
        ::metrics::histogram!("gradient_norm").record(norm);
    }

    fn named(took: Duration, name: &str) {
        ::metrics::histogram!("named", "model" => name.to_owned()).record(took);
    }

    fn own() -> impl Fn(Duration) + Sync {
        let recorder = PrometheusBuilder::new().build_recorder();
        move |took| {
            ::metrics::with_local_recorder(&recorder, || ::metrics::histogram!("own").record(took));
        }
    }

    fn counted() -> Option<u64> {
        let text = HANDLE.get()?.render();
        text.lines()
            .find_map(|line| line.strip_prefix("call_count ")?.parse().ok())
    }
}
