//! Rows: the longest first, with its share, and no more than a reader can read.

use aimlm::Metrics;

use crate::clock::ms;
use crate::figures::page;
use crate::tables::{printed, shows};

#[test]
fn the_longest_comes_first() {
    let metrics = Metrics::default_instance();
    for (name, n) in [("a-quick", 1), ("z-slow", 900), ("m-middle", 99)] {
        metrics.record_operation(name, ms(n));
        metrics.record_inference(name, ms(n));
        metrics.record_model_load(name, ms(n));
        metrics.record_training_epoch(name, ms(n));
        metrics.record_data_loading(name, 10, ms(n));
        metrics.record_communication(name, ms(n));
    }
    let page = page(&metrics);
    for caption in [
        "Operations",
        "Latency",
        "Loading",
        "Epochs",
        "Data loading",
        "Communication",
    ] {
        let table = page.table(caption);
        let names: Vec<&str> = table.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(names, ["z-slow", "m-middle", "a-quick"], "{caption}");
    }
}

#[test]
fn shares() {
    let metrics = Metrics::default_instance();
    for (name, n) in [("a", 100), ("b", 300), ("c", 600)] {
        metrics.record_operation(name, ms(n / 2));
        metrics.record_operation(name, ms(n / 2));
    }
    let table = page(&metrics).table("Operations");
    let share = |name: &str| table.cell(&[name], &["Share"]).map(str::to_owned);
    for (name, value) in [("a", 0.1), ("b", 0.3), ("c", 0.6)] {
        shows(name, share(name).as_deref(), value);
    }
}

/// Of a hundred operations some twenty are shown, and the rest in one row that adds them up.
#[test]
fn the_rest_in_one_row() {
    let metrics = Metrics::default_instance();
    for n in 1..=100_u64 {
        for _ in 0..n {
            metrics
                .track_operation(&format!("op-{n:03}"))
                .items(2)
                .record(ms(n));
        }
    }
    let table = page(&metrics).table("Operations");
    let sum = |title: &str| -> f64 {
        let column = table.column(title).unwrap();
        table
            .rows
            .iter()
            .map(|row| printed(&row[column]).map_or(0.0, |cell| cell.value))
            .sum()
    };
    assert!((15..=30).contains(&table.rows.len()), "{} rows", table.rows.len());
    assert_eq!(table.rows[0][0], "op-100");
    assert!((sum("Calls") - 5050.0).abs() < 0.5, "{}", sum("Calls"));
    assert!((sum("Total") / 338.35 - 1.0).abs() < 0.01, "{}", sum("Total"));
    if table.column("Share").is_some() {
        assert!((sum("Share") - 1.0).abs() < 0.01, "{}", sum("Share"));
    }
}

/// A mean far above p99 is explained by the slowest calls.
#[test]
fn a_mean_above_p99() {
    let metrics = Metrics::default_instance();
    for n in 0..2000_u64 {
        metrics.record_operation(
            "op",
            if n % 1000 == 7 {
                ms(500)
            } else {
                std::time::Duration::from_micros(20)
            },
        );
    }
    let page = page(&metrics);
    let table = page.table("Operations");
    let mean = table.cell(&["op"], &["Mean"]).and_then(printed).unwrap();
    assert!(mean.is((1.0 + 1998.0 * 20e-6) / 2000.0), "{mean:?}");
    let p99_9 = table.cell(&["op"], &["p99.9"]).and_then(printed);
    assert!(p99_9.is_some(), "p99.9 stands where the mean is far above p99");
    // 1 s of 1.04 s is in the slowest 0.1 %.
    assert!(page.markdown.contains("slowest 0.1 %"), "{}", page.markdown);
    assert!(
        page.markdown.contains("96 %") || page.markdown.contains("96.2 %"),
        "{}",
        page.markdown
    );
}
