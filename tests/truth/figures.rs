//! Where each figure stands in a report: the only place that knows the names of members and headings.

use aimlm::{Config, Metrics, Report, Snapshot};
use serde_json::Value;

use crate::tables::{self, Table};

/// A report in every form.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) json: Value,
    pub(crate) snapshot: Snapshot,
    pub(crate) report: Report,
    pub(crate) markdown: String,
    pub(crate) text: String,
}

/// What is recorded so far.
pub(crate) fn page(metrics: &Metrics) -> Page {
    page_of(&metrics.snapshot(), metrics.config())
}

pub(crate) fn page_of(snapshot: &Snapshot, config: &Config) -> Page {
    let report = Report::new(snapshot, config);
    Page {
        json: serde_json::from_str(&report.to_json()).unwrap(),
        snapshot: snapshot.clone(),
        markdown: report.to_markdown(),
        text: report.to_text(),
        report,
    }
}

/// The calls of one stage on one subject.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calls<'a>(pub(crate) &'a Value);

impl Page {
    pub(crate) fn at<'a>(&'a self, path: &[&str]) -> &'a Value {
        path.iter().fold(&self.json, |value, name| &value[name])
    }

    #[track_caller]
    fn calls(&self, path: &[&str]) -> Calls<'_> {
        let value = self.at(path);
        assert!(value.is_object(), "there are no calls at {path:?}");
        Calls(value)
    }

    #[track_caller]
    pub(crate) fn inference(&self, model: &str) -> Calls<'_> {
        self.calls(&["inference", model, "calls"])
    }

    #[track_caller]
    pub(crate) fn operation(&self, name: &str) -> Calls<'_> {
        self.calls(&["operations", name, "calls"])
    }

    /// `load`, `initialization`, `checkpoint_save` or `checkpoint_load`.
    #[track_caller]
    pub(crate) fn model(&self, model: &str, way: &str) -> Calls<'_> {
        self.calls(&["models", model, way])
    }

    /// `epochs`, `steps` or `validation`.
    #[track_caller]
    pub(crate) fn training(&self, model: &str, part: &str) -> Calls<'_> {
        self.calls(&["training", model, part])
    }

    #[track_caller]
    pub(crate) fn dataset_load(&self, dataset: &str) -> Calls<'_> {
        self.calls(&["datasets", dataset, "load"])
    }

    #[track_caller]
    pub(crate) fn preprocessing(&self, dataset: &str, operation: &str) -> Calls<'_> {
        self.calls(&["datasets", dataset, "preprocessing", operation])
    }

    #[track_caller]
    pub(crate) fn data_loading(&self, kind: &str) -> Calls<'_> {
        self.calls(&["data_loading", kind, "calls"])
    }

    #[track_caller]
    pub(crate) fn task(&self, task: &str) -> Calls<'_> {
        self.calls(&["distributed", "tasks", task, "calls"])
    }

    #[track_caller]
    pub(crate) fn phase(&self, task: &str, phase: &str) -> Calls<'_> {
        self.calls(&["distributed", "tasks", task, "phases", phase])
    }

    #[track_caller]
    pub(crate) fn communication(&self, operation: &str) -> Calls<'_> {
        self.calls(&["distributed", "communication", operation])
    }

    #[track_caller]
    pub(crate) fn synchronization(&self, operation: &str) -> Calls<'_> {
        self.calls(&["distributed", "synchronization", operation])
    }

    /// A member of a curve.
    pub(crate) fn curve<'a>(&'a self, model: &str, curve: &str, member: &str) -> &'a Value {
        self.at(&["training", model, "curves", curve, member])
    }

    /// The points of a curve; those that are not finite as NaN.
    pub(crate) fn points(&self, model: &str, curve: &str) -> Vec<(f64, f64)> {
        let points = self.curve(model, curve, "points").as_array().cloned();
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let points = points.unwrap_or_default().into_iter();
        points
            .map(|point| (number(&point["x"]), number(&point["y"])))
            .collect()
    }

    /// Samples a second of a model's training, rated.
    pub(crate) fn efficiency(&self, model: &str) -> Option<f64> {
        self.at(&["training_efficiency", model, "samples_per_second"])
            .as_f64()
    }

    pub(crate) fn rating(&self, model: &str) -> Option<&str> {
        self.at(&["training_efficiency", model, "efficiency_rating"])
            .as_str()
    }

    /// `count`, `total` or `mean` of the coordination of one task.
    pub(crate) fn coordination(&self, task: &str, member: &str) -> Option<f64> {
        self.at(&["distributed", "tasks", task, "coordination", &of_seconds(member)])
            .as_f64()
    }

    /// `count`, `min`, `max`, `mean` or `last` of a worker's utilisation.
    pub(crate) fn worker(&self, worker: &str, member: &str) -> Option<f64> {
        self.at(&["distributed", "workers", worker, "utilization", member])
            .as_f64()
    }

    pub(crate) fn window_seconds(&self) -> f64 {
        self.json["window_ns"].as_f64().unwrap() / 1e9
    }

    /// How many series there are.
    pub(crate) fn series(&self) -> u64 {
        self.json["engine"]["series"].as_u64().unwrap()
    }

    pub(crate) fn findings(&self, kind: &str) -> Vec<&Value> {
        let findings = self.json["findings"].as_array().unwrap().iter();
        findings.filter(|finding| finding["kind"] == kind).collect()
    }

    pub(crate) fn legacy(&self) -> Value {
        serde_json::from_str(&self.report.to_legacy_json()).unwrap()
    }

    pub(crate) fn tables(&self) -> Vec<Table> {
        tables::of_markdown(&self.markdown)
    }

    /// The table with this caption or in the section of this title.
    #[track_caller]
    pub(crate) fn table(&self, caption: &str) -> Table {
        let tables = self.tables();
        let found = tables.iter().find(|table| table.caption == caption);
        found
            .unwrap_or_else(|| panic!("no table {caption} in {}", self.markdown))
            .clone()
    }

    /// The line below the title: when, how long, how many.
    pub(crate) fn head(&self) -> &str {
        let head = self.markdown.lines().find(|line| line.contains(" recorded"));
        head.unwrap_or_else(|| panic!("no head in {}", self.markdown))
    }

    /// The number before some words of the head, if it has them: `4` of `… · 4 failed · …`.
    pub(crate) fn head_has(&self, phrase: &str) -> Option<u64> {
        let words = self
            .head()
            .split([' ', '·', '(', ')'])
            .map(|word| word.trim_end_matches(','));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let phrase: Vec<&str> = phrase.split(' ').collect();
        let at = words.windows(phrase.len()).position(|words| words == phrase)?;
        words[at.checked_sub(1)?].replace(',', "").parse().ok()
    }

    /// The number before some words of the head; of things counted in either number.
    #[track_caller]
    pub(crate) fn head_count(&self, phrase: &str) -> u64 {
        let one = phrase.trim_end_matches('s');
        let count = self.head_has(phrase).or_else(|| self.head_has(one));
        count.unwrap_or_else(|| panic!("no “{phrase}” in {}", self.head()))
    }
}

/// Something divided by a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate<'a>(&'a Value);

impl<'a> Calls<'a> {
    fn number_at(self, path: &[&str]) -> Option<f64> {
        path.iter().fold(self.0, |value, name| &value[name]).as_f64()
    }

    fn whole(self, name: &str) -> u64 {
        self.0["counts"][name].as_u64().unwrap()
    }

    /// started, in flight, ok, error, panicked, cancelled
    pub(crate) fn counts(self) -> [u64; 6] {
        ["started", "in_flight", "ok", "error", "panicked", "cancelled"].map(|name| self.whole(name))
    }

    pub(crate) fn busy(self) -> Option<f64> {
        self.number_at(&["busy_seconds"])
    }

    /// From the first start to the last end.
    pub(crate) fn span(self) -> Option<f64> {
        self.number_at(&["span_seconds"])
    }

    pub(crate) fn calls_per_second(self) -> Option<f64> {
        self.number_at(&["calls_per_second"])
    }

    pub(crate) fn calls_per_second_of_span(self) -> Option<f64> {
        self.number_at(&["calls_per_second_of_span"])
    }

    /// `count`, `total`, `mean`, `min`, `max`, `median` of the calls that succeeded.
    pub(crate) fn latency(self, member: &str) -> Option<f64> {
        self.number_at(&["latency", &of_seconds(member)])
    }

    /// The same of the others.
    pub(crate) fn failed_latency(self, member: &str) -> Option<f64> {
        self.number_at(&["failed_latency", &of_seconds(member)])
    }

    pub(crate) fn percentile(self, percentile: f64) -> Option<f64> {
        let name = format!("p{percentile}");
        self.0["latency"]["percentiles"][name]["seconds"].as_f64()
    }

    pub(crate) fn is_exact(self) -> bool {
        self.0["latency"]["exact"] == true
    }

    /// A member of the numbers that calls which succeeded carried.
    pub(crate) fn number(self, field: &str, member: &str) -> Option<f64> {
        self.number_at(&["numbers", field, member])
    }

    /// The same of those that did not.
    pub(crate) fn failed_number(self, field: &str, member: &str) -> Option<f64> {
        self.number_at(&["failed_numbers", field, member])
    }

    /// Items.
    pub(crate) fn items(self) -> Rate<'a> {
        Rate(&self.0["throughput"])
    }

    /// Bytes.
    pub(crate) fn bytes_per_second(self) -> Option<f64> {
        self.number_at(&["bytes", "per_second"])
            .or_else(|| self.number_at(&["rates", "size_bytes", "per_second"]))
            .or_else(|| self.number_at(&["bytes_per_second"]))
    }

    /// Tokens generated.
    pub(crate) fn tokens_per_second(self) -> Option<f64> {
        self.number_at(&["tokens_out", "per_second"])
            .or_else(|| self.number_at(&["rates", "tokens_out", "per_second"]))
            .or_else(|| self.number_at(&["tokens_out_per_second"]))
    }

    /// The exact sum of what successful calls said under a field.
    pub(crate) fn amount(self, field: &str) -> Option<u64> {
        self.0["rates"][field]["total"].as_u64()
    }

    pub(crate) fn memory(self, member: &str) -> Option<f64> {
        self.number_at(&["sampled_memory", member])
    }

    pub(crate) fn error_kinds(self) -> Vec<(String, u64)> {
        let kinds = self.0["error_kinds"].as_object().unwrap().iter();
        kinds
            .map(|(kind, n)| (kind.clone(), n.as_u64().unwrap()))
            .collect()
    }
}

impl<'a> Rate<'a> {
    fn number(self, name: &str) -> Option<f64> {
        self.0[name].as_f64()
    }

    /// The field that counts them.
    pub(crate) fn field(self) -> Option<&'a str> {
        self.0["items"].as_str()
    }

    pub(crate) fn total(self) -> Option<u64> {
        self.0["total"].as_u64()
    }

    /// By the clock: for each second in which a call ran that said how many.
    pub(crate) fn per_second(self) -> Option<f64> {
        self.number("per_second")
    }

    /// From the first start to the last end.
    pub(crate) fn per_second_of_span(self) -> Option<f64> {
        self.number("per_second_of_span")
    }

    /// `count`, `mean`, `min`, `max` of the rates of single calls.
    pub(crate) fn each(self, member: &str) -> Option<f64> {
        self.0["per_call"][member].as_f64()
    }
}

/// The member of a duration: of all but a count it says its unit.
fn of_seconds(member: &str) -> String {
    match member {
        "count" => member.to_owned(),
        _ => format!("{member}_seconds"),
    }
}
