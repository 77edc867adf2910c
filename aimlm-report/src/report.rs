use std::collections::BTreeMap;

use aimlm_config::Config;
use aimlm_diagnosis::{Finding, Thresholds, TrainingEfficiency, analyze_views};
use aimlm_snapshot::Overview;
use aimlm_snapshot::{EngineSnapshot, ProgramSnapshot, SCHEMA_VERSION, Snapshot};
use serde::Serialize;

/// Everything that one instance knows at one moment, diagnosed.
///
/// ```
/// # fn show(snapshot: &aimlm::Snapshot) {
/// use aimlm::{Config, Report};
///
/// let report = Report::new(snapshot, &Config::default());
/// println!("{}", report.to_markdown());
/// for finding in &report.findings {
///     eprintln!("{}", finding.message);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Version of the JSON; see [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// When the snapshot was taken, in nanoseconds since the Unix epoch.
    pub generated_at_ns: i64,
    /// The same as RFC 3339 writes it, in UTC.
    pub generated_at_text: String,
    /// Nanoseconds since the instance was made or last reset.
    pub window_ns: u64,
    /// The program that recorded.
    pub program: ProgramSnapshot,
    /// What was recorded; in JSON its maps stand beside the other members.
    #[serde(flatten)]
    pub metrics: Overview,
    /// How fast each model trains, and how that rates.
    pub training_efficiency: BTreeMap<String, TrainingEfficiency>,
    /// What is worth attention, the most severe first.
    pub findings: Vec<Finding>,
    /// How the recording itself is doing.
    pub engine: EngineSnapshot,
    /// For the legacy form, which is made when it is asked for: it needs every call of the raw history.
    #[serde(skip)]
    pub(super) snapshot: Snapshot,
    #[serde(skip)]
    pub(super) thresholds: Thresholds,
    /// Most rows of a table; 0 for all.
    #[serde(skip)]
    pub(super) rows: usize,
    /// Whether the engine's section is shown where nothing is wrong.
    #[serde(skip)]
    pub(super) shows_engine: bool,
}

impl Report {
    /// Views with the configured percentiles, and findings by the configured thresholds.
    #[must_use]
    pub fn new(snapshot: &Snapshot, config: &Config) -> Self {
        Self::of(snapshot.clone(), config)
    }

    /// As [`new`](Self::new), of a snapshot that nothing else needs.
    #[must_use]
    pub fn of(snapshot: Snapshot, config: &Config) -> Self {
        let metrics = snapshot.views(&config.analysis_percentiles).overview();
        let rates = metrics.training.iter();
        let training_efficiency = rates
            .filter_map(|(id, training)| {
                let rate = training.samples_per_second()?;
                Some((
                    id.clone(),
                    TrainingEfficiency::rated(id, rate, &config.thresholds),
                ))
            })
            .collect();
        Self {
            schema_version: SCHEMA_VERSION,
            generated_at_ns: snapshot.taken_at_ns,
            generated_at_text: aimlm_format::rfc3339(snapshot.taken_at_ns),
            window_ns: snapshot.window_ns,
            program: snapshot.program(),
            findings: analyze_views(&metrics, &snapshot.engine, &config.thresholds),
            metrics,
            training_efficiency,
            engine: snapshot.engine.clone(),
            thresholds: config.thresholds.clone(),
            rows: config.report_rows,
            shows_engine: config.report_engine,
            snapshot,
        }
    }

    /// What it is a report of.
    #[must_use]
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }
}
