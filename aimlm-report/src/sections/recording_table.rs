use aimlm_snapshot::EngineSnapshot;

use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};
use aimlm_format::{bytes, count, counted, duration};

/// How the recording itself is doing: where something is wrong with it, or on request.
pub(super) fn section(report: &Report) -> Section {
    let engine = &report.engine;
    let faults = faults(engine);
    if faults.is_empty() && !report.shows_engine {
        return Section::new("About this recording");
    }
    let rows: Vec<(&str, CellValue)> = state(engine).into_iter().chain(faults).collect();
    Section::new("About this recording").table(
        ReportTable::new("")
            .key("What", &rows, |row| row.0.to_owned())
            .left_if_any("Value", &rows, |row| Some(row.1.clone())),
    )
}

fn state(engine: &EngineSnapshot) -> Vec<(&'static str, CellValue)> {
    let held = |n, bytes_held: u64| CellValue::text(format!("{} in {}", count(n), bytes(bytes_held as f64)));
    let mut rows = vec![
        ("Series", held(engine.series, engine.series_bytes)),
        ("Buffers of threads", held(engine.rings, engine.ring_bytes)),
        (
            "Shared by all instances",
            CellValue::Bytes(engine.shared_bytes as f64),
        ),
        (
            "Records added by their own threads",
            CellValue::Count(engine.folded_by_owner),
        ),
        (
            "Records added by others",
            CellValue::Count(engine.folded_by_others),
        ),
        (
            "Records added past a full buffer",
            CellValue::Count(engine.added_directly),
        ),
        (
            "Collector",
            CellValue::text(format!(
                "{}, {} at work",
                counted(engine.collector_sweeps, "sweep"),
                duration(engine.collector_busy_ns as f64 / 1e9)
            )),
        ),
        (
            "Clock compared with the system's",
            CellValue::text(counted(engine.clock_anchors, "time")),
        ),
    ];
    if let Some(ns) = engine.call_cost_ns {
        rows.push(("Cost of recording one call", CellValue::Duration(ns / 1e9)));
    }
    rows
}

fn faults(engine: &EngineSnapshot) -> Vec<(&'static str, CellValue)> {
    let counts = [
        ("Restarts of the collector", engine.collector_restarts),
        (
            "Starts of the collector that failed",
            engine.collector_start_failures,
        ),
        ("Calls over the limit of series", engine.overflow_calls),
        ("Memory samples that failed", engine.memory_sample_failures),
        ("Faults inside aimlm", engine.internal_faults),
        ("Numbers and labels left out", engine.names_left_out),
    ];
    let counts = counts.into_iter().filter(|(_, n)| *n > 0);
    let mut rows: Vec<_> = counts.map(|(name, n)| (name, CellValue::Count(n))).collect();
    let names = [
        ("Function with most of them", &engine.overflow_site),
        ("Subject with most of them", &engine.overflow_subject),
    ];
    rows.extend(
        names
            .into_iter()
            .filter_map(|(name, text)| Some((name, CellValue::text(text.as_deref()?)))),
    );
    rows
}
