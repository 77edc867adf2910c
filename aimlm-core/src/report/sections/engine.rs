use crate::analysis::{bytes, count, counted, duration};
use crate::report::document::{Section, Table};
use crate::snapshot::EngineSnapshot;

/// How the recording itself is doing.
pub(super) fn section(engine: &EngineSnapshot) -> Section {
    let mut rows = vec![
        (
            "Series",
            format!(
                "{} in {}",
                count(engine.series),
                bytes(engine.series_bytes as f64)
            ),
        ),
        (
            "Rings",
            format!("{} in {}", count(engine.rings), bytes(engine.ring_bytes as f64)),
        ),
        ("Shared by all instances", bytes(engine.shared_bytes as f64)),
        (
            "Records folded by their own threads",
            count(engine.folded_by_owner),
        ),
        ("Records folded by others", count(engine.folded_by_others)),
        ("Records added past a full ring", count(engine.added_directly)),
        (
            "Collector",
            format!(
                "{}, {} at work",
                counted(engine.collector_sweeps, "sweep"),
                duration(engine.collector_busy_seconds)
            ),
        ),
    ];
    rows.push(("Clock anchored anew", counted(engine.clock_anchors, "time")));
    if let Some(ns) = engine.call_cost_ns {
        rows.push(("Cost of recording one call", duration(ns / 1e9)));
    }
    let faults = [
        ("Restarts of the collector", engine.collector_restarts),
        (
            "Starts of the collector that failed",
            engine.collector_start_failures,
        ),
        ("Calls in the overflow series", engine.overflow_calls),
        ("Memory samples that failed", engine.memory_sample_failures),
        ("Faults inside aimlm", engine.internal_faults),
    ];
    rows.extend(
        faults
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(name, n)| (*name, count(*n))),
    );
    if let Some(site) = &engine.overflow_site {
        rows.push(("Function with most of them", site.clone()));
    }
    if let Some(subject) = &engine.overflow_subject {
        rows.push(("Subject with most of them", subject.clone()));
    }
    Section::new("About this recording").table(
        Table::new("")
            .key("What", &rows, |row| row.0.to_owned())
            .left_if_any("Value", &rows, |row| Some(row.1.clone())),
    )
}
