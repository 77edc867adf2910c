//! Peers with an attribute or a span of their own.

use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use fastrace::local::LocalSpan;
use tracing::Instrument;
use tracing_subscriber::layer::{Context as LayerContext, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::work::{Peer, work, work_of_ten_polls};

pub(crate) struct Hotpath;

static HOTPATH: Mutex<Option<hotpath::HotpathGuard>> = Mutex::new(None);

fn hotpath_report() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("aimlm-peers-hotpath-{}.json", std::process::id()))
}

#[hotpath::measure]
#[inline(never)]
fn hotpath_call(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[hotpath::measure]
#[inline(never)]
fn hotpath_other(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[hotpath::measure]
async fn hotpath_ready(x: u64) -> u64 {
    work(x)
}

#[hotpath::measure]
async fn hotpath_ten_polls(x: u64) -> u64 {
    work_of_ten_polls(x).await
}

impl Peer for Hotpath {
    const NAME: &'static str = "hotpath";
    const HOW: &'static str = "`#[hotpath::measure]`, a guard for the whole process, numbers as `gauge!(…).set(…)`; it has \
                               no names known at run time and one instance";
    const NAMED: bool = false;

    fn set_up() {
        let guard = hotpath::HotpathGuardBuilder::new("peers")
            .format(hotpath::Format::Json)
            .output_path(hotpath_report())
            .build();
        *HOTPATH.lock().expect("no thread panicked") = Some(guard);
    }

    fn call(x: u64) -> u64 {
        hotpath_call(x)
    }

    fn other(x: u64) -> u64 {
        hotpath_other(x)
    }

    fn batch(x: u64, items: u64) -> u64 {
        hotpath::gauge!("batch_size").set(items as f64);
        hotpath_call(x)
    }

    fn real(x: u64, loss: f64) -> u64 {
        hotpath::gauge!("loss").set(loss);
        hotpath_call(x)
    }

    fn reals(x: u64, [loss, accuracy, rate, norm]: [f64; 4]) -> u64 {
        hotpath::gauge!("loss").set(loss);
        hotpath::gauge!("accuracy").set(accuracy);
        hotpath::gauge!("learning_rate").set(rate);
        hotpath::gauge!("gradient_norm").set(norm);
        hotpath_call(x)
    }

    fn ready(x: u64) -> impl Future<Output = u64> {
        hotpath_ready(x)
    }

    fn ten_polls(x: u64) -> impl Future<Output = u64> {
        hotpath_ten_polls(x)
    }

    fn counted() -> Option<u64> {
        drop(HOTPATH.lock().ok()?.take());
        let text = std::fs::read_to_string(hotpath_report()).ok()?;
        let _ = std::fs::remove_file(hotpath_report());
        let of = text.split("hotpath_call\"").nth(1)?;
        let calls = of.split("\"calls\":").nth(1)?.trim_start();
        calls.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }
}

pub(crate) struct Fastrace;

static REPORTED: AtomicU64 = AtomicU64::new(0);

struct Counting;

impl Reporter for Counting {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        let calls = spans.iter().filter(|span| span.name == "call").count();
        REPORTED.fetch_add(calls as u64, Ordering::Relaxed);
    }
}

impl Peer for Fastrace {
    const NAME: &'static str = "fastrace";
    const HOW: &'static str = "`LocalSpan`, a root span for every 100 calls, a reporter that only counts, \
                               default configuration; numbers and names are texts, and there is one instance";

    fn set_up() {
        fastrace::set_reporter(Counting, Config::default());
    }

    #[inline(always)]
    fn request(calls: impl FnOnce()) {
        let root = fastrace::Span::root("request", SpanContext::random());
        let _parent = root.set_local_parent();
        calls();
    }

    #[inline(always)]
    fn call(x: u64) -> u64 {
        let _span = LocalSpan::enter_with_local_parent("call");
        work(x)
    }

    #[inline(always)]
    fn other(x: u64) -> u64 {
        let _span = LocalSpan::enter_with_local_parent("other");
        work(x)
    }

    #[fastrace::trace]
    async fn ready(x: u64) -> u64 {
        work(x)
    }

    #[fastrace::trace]
    async fn ten_polls(x: u64) -> u64 {
        work_of_ten_polls(x).await
    }

    #[inline(always)]
    fn batch(x: u64, items: u64) -> u64 {
        let _span =
            LocalSpan::enter_with_local_parent("call").with_property(|| ("batch_size", items.to_string()));
        work(x)
    }

    #[inline(always)]
    fn real(x: u64, loss: f64) -> u64 {
        let _span = LocalSpan::enter_with_local_parent("call").with_property(|| ("loss", loss.to_string()));
        work(x)
    }

    #[inline(always)]
    fn reals(x: u64, [loss, accuracy, rate, norm]: [f64; 4]) -> u64 {
        let _span = LocalSpan::enter_with_local_parent("call").with_properties(|| {
            [
                ("loss", loss.to_string()),
                ("accuracy", accuracy.to_string()),
                ("learning_rate", rate.to_string()),
                ("gradient_norm", norm.to_string()),
            ]
        });
        work(x)
    }

    #[inline(always)]
    fn named(name: &str, x: u64) -> u64 {
        let _span = LocalSpan::enter_with_local_parent(name.to_owned());
        work(x)
    }

    fn counted() -> Option<u64> {
        fastrace::flush();
        Some(REPORTED.load(Ordering::Relaxed))
    }
}

pub(crate) struct Tracing;

/// The least that a consumer does: it looks at the fields of a span, and keeps nothing. (Without any layer the Registry
/// never lets go of a span, and no name that a call gives is ever read.)
struct Looks;

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Looks {
    fn on_new_span(&self, span: &tracing::span::Attributes<'_>, _: &tracing::Id, _: LayerContext<'_, S>) {
        span.record(&mut Self);
    }
}

impl tracing::field::Visit for Looks {
    fn record_str(&mut self, _: &tracing::field::Field, value: &str) {
        black_box(value.as_bytes().last());
    }

    fn record_u64(&mut self, _: &tracing::field::Field, value: u64) {
        black_box(value);
    }

    fn record_f64(&mut self, _: &tracing::field::Field, value: f64) {
        black_box(value);
    }

    fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        black_box(value);
    }
}

impl Peer for Tracing {
    const NAME: &'static str = "tracing + Registry";
    const HOW: &'static str = "`info_span!(…).in_scope(…)`, the Registry with a layer that looks at a \
                               span's fields and keeps nothing: no duration is recorded; an \
                               instance of one's own is a `Dispatch`, `with_default` around the call";

    fn set_up() {
        tracing_subscriber::registry().with(Looks).init();
    }

    #[inline(always)]
    fn call(x: u64) -> u64 {
        tracing::info_span!("call").in_scope(|| work(x))
    }

    #[inline(always)]
    fn other(x: u64) -> u64 {
        tracing::info_span!("other").in_scope(|| work(x))
    }

    fn ready(x: u64) -> impl Future<Output = u64> {
        async move { work(x) }.instrument(tracing::info_span!("ready"))
    }

    fn ten_polls(x: u64) -> impl Future<Output = u64> {
        work_of_ten_polls(x).instrument(tracing::info_span!("ten polls"))
    }

    #[inline(always)]
    fn batch(x: u64, items: u64) -> u64 {
        tracing::info_span!("call", batch_size = items).in_scope(|| work(x))
    }

    #[inline(always)]
    fn real(x: u64, loss: f64) -> u64 {
        tracing::info_span!("call", loss).in_scope(|| work(x))
    }

    #[inline(always)]
    fn reals(x: u64, [loss, accuracy, learning_rate, gradient_norm]: [f64; 4]) -> u64 {
        tracing::info_span!("call", loss, accuracy, learning_rate, gradient_norm).in_scope(|| work(x))
    }

    fn own() -> Option<impl Fn(u64) -> u64 + Sync> {
        let own = tracing::Dispatch::new(tracing_subscriber::registry().with(Looks));
        Some(move |x| {
            tracing::dispatcher::with_default(&own, || tracing::info_span!("own").in_scope(|| work(x)))
        })
    }

    #[inline(always)]
    fn named(name: &str, x: u64) -> u64 {
        tracing::info_span!("call", model = name).in_scope(|| work(x))
    }
}

pub(crate) struct Autometrics;

#[autometrics::autometrics]
#[inline(never)]
fn autometrics_call(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[autometrics::autometrics]
#[inline(never)]
fn autometrics_other(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[autometrics::autometrics]
async fn autometrics_ready(x: u64) -> u64 {
    work(x)
}

#[autometrics::autometrics]
async fn autometrics_ten_polls(x: u64) -> u64 {
    work_of_ten_polls(x).await
}

impl Peer for Autometrics {
    const NAME: &'static str = "autometrics";
    const HOW: &'static str = "`#[autometrics]` with the `prometheus` crate; it has no numbers, no names known at \
                               run time and one instance";
    const BATCH: bool = false;
    const REALS: bool = false;
    const NAMED: bool = false;

    fn set_up() {
        autometrics::settings::AutometricsSettings::builder()
            .prometheus_registry(prometheus::default_registry().clone())
            .init();
    }

    fn call(x: u64) -> u64 {
        autometrics_call(x)
    }

    fn other(x: u64) -> u64 {
        autometrics_other(x)
    }

    fn ready(x: u64) -> impl Future<Output = u64> {
        autometrics_ready(x)
    }

    fn ten_polls(x: u64) -> impl Future<Output = u64> {
        autometrics_ten_polls(x)
    }

    fn counted() -> Option<u64> {
        let families = prometheus::gather();
        let calls = families
            .iter()
            .find(|family| family.name() == "function_calls_total")?;
        let of = |metric: &&prometheus::proto::Metric| {
            metric
                .get_label()
                .iter()
                .any(|label| label.value() == "autometrics_call")
        };
        let counted = calls
            .get_metric()
            .iter()
            .filter(of)
            .map(|metric| metric.get_counter().get_value());
        Some(counted.sum::<f64>() as u64)
    }
}
