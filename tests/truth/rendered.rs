//! The numbers that Markdown and text print are those of the report, rounded to the digits shown.

use std::time::Duration;

use aimlm::Metrics;

use crate::clock::{ms, sleep_ms};
use crate::everything::everything;
use crate::figures::{Calls, Page, page};
use crate::tables::{Table, printed, shows};

/// The calls that a row of a table is about.
fn calls_of<'a>(page: &'a Page, table: &Table, row: &[String]) -> Option<Calls<'a>> {
    let (first, second) = (row[0].as_str(), row.get(1).map_or("", String::as_str));
    Some(match table.caption.as_str() {
        "Latency" | "Throughput" => page.inference(first),
        "Operations" => page.operation(first),
        "Epochs" => page.training(first, "epochs"),
        "Steps" => page.training(first, "steps"),
        "Validation" => page.training(first, "validation"),
        "Loading" => page.model(first, "load"),
        "Initialisation" => page.model(first, "initialization"),
        "Checkpoints" => page.model(
            first,
            if second == "save" {
                "checkpoint_save"
            } else {
                "checkpoint_load"
            },
        ),
        "Data sets" => page.dataset_load(first),
        "Preprocessing" => page.preprocessing(first, second),
        "Data loading" => page.data_loading(first),
        "Tasks" => page.task(first),
        "Phases" => page.phase(first, second),
        "Communication" => page.communication(first),
        "Synchronisation" => page.synchronization(first),
        _ => return None,
    })
}

/// The figure that a column shows of some calls; none if the column is not about their numbers.
fn figure(calls: Calls<'_>, title: &str) -> Option<Option<f64>> {
    let [started, in_flight, _, error, panicked, cancelled] = calls.counts().map(|n| n as f64);
    Some(match title {
        "Calls" | "Loads" | "Epochs" | "Steps" | "Runs" | "Times" => Some(started),
        "Errors" => Some(error),
        "Panics" => Some(panicked),
        "Cancelled" => Some(cancelled),
        "In flight" => Some(in_flight),
        "Total" => calls.latency("total"),
        "Failed for" => calls.failed_latency("total"),
        "Mean" | "Time" => calls.latency("mean"),
        "Median" => calls.latency("median"),
        "Min" => calls.latency("min"),
        "Max" => calls.latency("max"),
        "Busy" => calls.busy(),
        "Span" => calls.span(),
        "Calls/s" => calls.calls_per_second(),
        "Calls/s over the span" => calls.0["calls_per_second_of_span"].as_f64(),
        "Items" | "Samples" if !counts_as(calls, title) => None,
        "Items" | "Samples" => calls.items().total().map(|total| total as f64),
        "Items/s" | "Samples/s" => calls.items().per_second(),
        "Items/s each" | "Samples/s each" => calls.items().each("mean"),
        "Items/s over the span" | "Samples/s over the span" => calls.items().per_second_of_span(),
        "Bytes" => calls.number("size_bytes", "total"),
        "Size" => calls.number("size_bytes", "last"),
        "Rate" | "Bytes/s" => calls.bytes_per_second(),
        "Bytes/s each" => calls.items().each("mean"),
        "Bytes/s over the span" => calls.0["rates"]["size_bytes"]["per_second_of_span"].as_f64(),
        "Tokens in" => calls.number("tokens_in", "total"),
        "Tokens out" => calls.number("tokens_out", "total"),
        "Tokens in/s" => calls.0["rates"]["tokens_in"]["per_second"].as_f64(),
        "Tokens out/s" => calls.tokens_per_second(),
        "Tokens in/s over the span" => calls.0["rates"]["tokens_in"]["per_second_of_span"].as_f64(),
        "Tokens out/s over the span" => calls.0["rates"]["tokens_out"]["per_second_of_span"].as_f64(),
        // Every call of these tables said its tokens.
        "Time for each token" => calls
            .number("tokens_out", "total")
            .and_then(|tokens| Some(calls.latency("total")? / tokens)),
        "Mean batch" => calls.number("batch_size", "mean"),
        "Workers" => calls.number("num_workers", "mean"),
        percentile if percentile.starts_with('p') => calls.percentile(percentile[1..].parse().ok()?),
        _ => return None,
    })
}

/// Whether a word says what the calls count: samples are no bytes.
fn counts_as(calls: Calls<'_>, title: &str) -> bool {
    let fields: &[&str] = match title {
        "Items" => &["items", "batch_size"],
        _ => &["num_samples", "batch_size"],
    };
    calls.items().field().is_some_and(|field| fields.contains(&field))
}

/// The column that a rate stands beside, and is left out in where both differ by less than 1 %.
fn beside(title: &str) -> Option<String> {
    let base = title
        .strip_suffix(" over the span")
        .or_else(|| title.strip_suffix(" each"))?;
    Some(base.to_owned())
}

/// What a cell shows, if anything: of two rates that are about the same the first alone.
fn shown(calls: Calls<'_>, title: &str) -> Option<Option<f64>> {
    let own = figure(calls, title)?;
    let base = beside(title).and_then(|base| figure(calls, &base));
    Some(match base {
        None => own,
        Some(base) => own
            .zip(base)
            .filter(|(own, base)| (own - base).abs() > 0.01 * base)
            .map(|(own, _)| own),
    })
}

/// Every cell of a page that is about calls; gives how many were checked.
fn check(page: &Page) -> usize {
    let mut checked = 0;
    for table in page.tables() {
        for row in &table.rows {
            let Some(calls) = calls_of(page, &table, row) else {
                continue;
            };
            for (title, cell) in table.titles.iter().zip(row) {
                let what = format!("{} / {title} of {row:?}", table.caption);
                match shown(calls, title) {
                    Some(Some(value)) => shows(&what, Some(cell), value),
                    Some(None) => assert!(printed(cell).is_none(), "{what}: {cell} for nothing"),
                    None => continue,
                }
                checked += 1;
            }
        }
    }
    checked
}

#[test]
fn every_cell_is_its_figure() {
    let page = everything();
    let checked = check(&page);
    assert!(
        checked >= 120,
        "only {checked} cells were known:\n{}",
        page.markdown
    );
}

/// Rows of one table, of which one has a rate over the span and the other none of its own.
#[test]
fn a_rate_that_is_about_another_is_not_shown() {
    let metrics = Metrics::default_instance();
    for n in 0..3 {
        // Long ones that end together are their span; short ones with pauses are not.
        metrics.track_operation("together").items(5).record(ms(60_000));
        metrics
            .track_operation("apart")
            .items(5 + n)
            .record(Duration::from_micros(1));
        sleep_ms(2);
    }
    let page = page(&metrics);
    let table = page.table("Operations");
    for title in ["Calls/s over the span", "Items/s over the span"] {
        assert!(table.cell(&["apart"], &[title]).and_then(printed).is_some());
        assert_eq!(table.cell(&["together"], &[title]), Some("–"));
    }
    check(&page);
}

/// No column of numbers that this suite does not know the meaning of.
#[test]
fn every_column_is_known() {
    let page = everything();
    let others = [
        "Framework",
        "Format",
        "Device",
        "Source",
        "Data set",
        "Model",
        "Way",
        "Operation",
        "Task",
        "Phase",
        "Kind",
        "Kind of data",
        "Efficiency",
        "Coordination",
        "Of the task",
        "Share",
    ];
    for table in page.tables() {
        let Some(row) = table.rows.first() else { continue };
        let Some(calls) = calls_of(&page, &table, row) else {
            continue;
        };
        for title in &table.titles {
            let known = figure(calls, title).is_some() || others.contains(&title.as_str());
            assert!(
                known || title.starts_with("Coordination"),
                "{} has a column {title}",
                table.caption
            );
        }
    }
}

/// Whatever its size, a number is printed to within 1 %, and is what it is.
#[test]
fn every_size() {
    let ratio = |from: f64, step: f64| (0..60).map(move |n| from * step.powi(n));
    for (nanoseconds, size) in ratio(3.0, 2.31).zip(ratio(1.0, 1.93)) {
        let metrics = Metrics::default_instance();
        let call = metrics
            .track_operation("op")
            .size_bytes(size as u64)
            .items(size as u64);
        // At most some hundred years.
        call.record(Duration::from_nanos(nanoseconds.min(3e18) as u64));
        let page = page(&metrics);
        let table = page.table("Operations");
        for title in ["Total", "Bytes", "Items"] {
            let cell = table.cell(&["op"], &[title]);
            let value = figure(page.operation("op"), title).unwrap().unwrap();
            shows(title, cell, value);
            let read = cell.and_then(printed).unwrap();
            let off = (read.value - value).abs();
            assert!(
                off < 1e-9 * value || read.rounding <= value * 0.01,
                "{title}: {cell:?} for {value}"
            );
        }
    }
}

/// The rating beside the rate.
#[test]
fn ratings() {
    let metrics = Metrics::default_instance();
    // Two records of ten seconds that end at almost the same time.
    for (name, samples) in [("low", 100), ("medium", 1500), ("high", 50_000)] {
        for _ in 0..2 {
            metrics
                .track_training_epoch(name)
                .num_samples(samples)
                .record(ms(10_000));
        }
    }
    let page = page(&metrics);
    for name in ["low", "medium", "high"] {
        assert_eq!(page.rating(name), Some(name));
        assert_eq!(page.table("Epochs").cell(&[name], &["Efficiency"]), Some(name));
    }
    assert_eq!(page.findings("slow_training").len(), 1);
}

#[test]
fn curves_and_workers() {
    let page = everything();
    let table = page.table("Curves");
    assert!(!table.rows.is_empty());
    for row in &table.rows {
        let names = [row[0].as_str(), row[1].as_str()];
        for (title, member) in [
            ("Points", "count"),
            ("First", "first"),
            ("Last", "last"),
            ("Min", "min"),
            ("Max", "max"),
        ] {
            let value = page.curve(names[0], names[1], member).as_f64().unwrap();
            shows(title, table.cell(&names, &[title]), value);
        }
    }
    let table = page.table("Workers");
    for (title, member) in [
        ("Records", "count"),
        ("Mean", "mean"),
        ("Min", "min"),
        ("Max", "max"),
        ("Last", "last"),
    ] {
        shows(
            title,
            table.cell(&["w"], &[title]),
            page.worker("w", member).unwrap(),
        );
    }
}

/// The head: how long was recorded, and how many series.
#[test]
fn the_head() {
    let page = everything();
    let recorded = page
        .head()
        .split(" · ")
        .find_map(|part| part.strip_suffix(" recorded"));
    shows("recorded", recorded, page.window_seconds());
    assert!(
        page.head_has("series").is_none_or(|n| n == page.series()),
        "{}",
        page.head()
    );
    let started: u64 = page.snapshot.series.iter().map(|series| series.started).sum();
    assert_eq!(page.head_count("calls"), started);
    assert_eq!(
        page.head_count("findings"),
        page.json["findings"].as_array().unwrap().len() as u64
    );
}

/// What a table of Markdown says, text says too, cell for cell.
#[test]
fn text_says_the_same() {
    let page = everything();
    let text: String = page.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut checked = 0;
    for table in page.tables() {
        for (title, cell) in table.rows.iter().flat_map(|row| table.titles.iter().zip(row)) {
            let words = cell.split_whitespace().collect::<Vec<_>>().join(" ");
            if printed(cell).is_some() {
                assert!(
                    text.contains(&words),
                    "{} / {title}: {cell} is not in the text",
                    table.caption
                );
                checked += 1;
            }
        }
    }
    assert!(checked >= 150, "only {checked}");
}

/// Evidence in findings: the number, its unit, and a threshold that it is seen to cross.
#[test]
fn evidence() {
    let page = everything();
    let finding = page
        .findings("slow_inference")
        .into_iter()
        .find(|finding| finding["target"]["subject"] == "slow");
    assert!(finding.is_none(), "its mean is 82.5 ms");
    let finding = page.findings("errors")[0];
    assert_eq!(finding["evidence"][0]["value"].as_f64(), Some(6.0));
    assert!(
        finding["message"].as_str().unwrap().contains("6 of 24"),
        "{finding}"
    );
    let loads = page.findings("slow_model_load")[0];
    assert_eq!(
        loads["evidence"][0]["value"].as_f64(),
        Some((61.234 + 9.876) / 2.0)
    );
    let data = page.findings("slow_dataset_load")[0];
    assert_eq!(data["evidence"][0]["value"].as_f64(), Some((9120.0 + 5.0) / 2.0));
}
