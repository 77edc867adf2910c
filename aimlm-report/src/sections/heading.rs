use aimlm_snapshot::SeriesSnapshot;

use crate::Report;
use aimlm_format::{count, counted, duration, shortened};

pub(super) fn title(report: &Report) -> String {
    match report.program.name.as_deref() {
        Some(name) => format!("aimlm report: {}", shortened(name, 60)),
        None => "aimlm report".to_owned(),
    }
}

/// What makes all of the report doubtful.
pub(super) fn warnings(report: &Report) -> Vec<String> {
    let debug = report.program.debug.then(|| {
        "DEBUG BUILD: built without optimisation, most code runs many times slower. Measure with “cargo run \
         --release”."
            .to_owned()
    });
    debug.into_iter().chain(nothing(report)).collect()
}

/// What ran, when, how often, and where.
pub(super) fn summary(report: &Report) -> String {
    let series = &report.snapshot.series;
    let sum = |number: fn(&SeriesSnapshot) -> u64| series.iter().map(number).fold(0, u64::saturating_add);
    let (errors, panics) = (
        sum(|series| series.outcomes.error),
        sum(|series| series.outcomes.panicked),
    );
    let (cancelled, overflow) = (
        sum(|series| series.outcomes.cancelled),
        report.engine.overflow_calls,
    );
    let failed = match errors.saturating_add(panics) {
        0 => "0 failed".to_owned(),
        failed => format!(
            "{} failed ({}, {})",
            count(failed),
            counted(errors, "error"),
            counted(panics, "panic")
        ),
    };
    let mut parts = vec![
        report.generated_at_text.clone(),
        format!("{} recorded", duration(report.window_ns as f64 / 1e9)),
        format!("{}, {failed}", counted(sum(|series| series.started), "call")),
    ];
    if cancelled > 0 {
        parts.push(format!("{} cancelled", count(cancelled)));
    }
    parts.push(match sum(|series| series.in_flight) {
        0 => "0 in flight".to_owned(),
        // When they began is not recorded.
        n => format!("{} in flight (not yet in times and rates)", count(n)),
    });
    if overflow > 0 {
        parts.push(format!("{} over the limit of series", count(overflow)));
    }
    parts.push(match report.findings.len() {
        0 => "no findings".to_owned(),
        n => counted(n as u64, "finding"),
    });
    parts.extend(machine(report));
    parts.join(" · ")
}

/// `4 cores · release build`.
fn machine(report: &Report) -> Vec<String> {
    let program = &report.program;
    let Some(cores) = program.cores else {
        return Vec::new();
    };
    let build = if program.debug {
        "debug build"
    } else {
        "release build"
    };
    vec![counted(cores, "core"), build.to_owned()]
}

/// Why there is nothing, or nothing more, in the report.
fn nothing(report: &Report) -> Option<String> {
    let is_empty = report.snapshot.series.is_empty();
    match (report.program.enabled, is_empty) {
        (true, false) => None,
        (true, true) => Some(
            "Nothing was recorded into this instance since the recording began or was reset: no annotated function \
             of it was called. What a program records into instances of its own, their own reports say. Write an \
             attribute such as “#[aimlm::track_operation(name = \"…\")]” above a function that runs, and build \
             with the feature “enabled”."
                .to_owned(),
        ),
        (false, _) => Some(format!(
            "Recording is switched off, by “enabled = false”, “AIMLM_ENABLED” or “set_enabled(false)”: {}. Switch \
             it on to record.",
            if is_empty { "nothing was recorded" } else { "what ran since then is not in this report" }
        )),
    }
}
