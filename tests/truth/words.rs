//! Words beside numbers: one meaning, one spelling, nothing that contradicts the number.

use aimlm::{Metrics, Snapshot};

use crate::clock::ms;
use crate::figures::{page, page_of};

/// What is over a threshold is seen to be over it.
#[test]
fn just_over_a_threshold() {
    let metrics = Metrics::default_instance();
    metrics.record_inference("m", std::time::Duration::from_micros(100_200));
    metrics.record_inference("m", std::time::Duration::from_micros(100_200));
    let page = page(&metrics);
    assert_eq!(page.findings("slow_inference").len(), 1);
    for text in [&page.markdown, &page.text] {
        assert!(!text.contains("100 ms (threshold 100 ms)"), "{text}");
    }
}

#[test]
fn one_is_singular() {
    let metrics = Metrics::default_instance();
    metrics.record_worker_utilization("w", 0.1);
    metrics.track_distributed_task("t").num_workers(1).record(ms(10));
    metrics
        .track_operation("op")
        .record_as(aimlm::Outcome::Error, ms(1));
    metrics.record_training_stats("m", 0).loss(f64::NAN).record();
    let page = page(&metrics);
    for text in [&page.markdown, &page.text] {
        for wrong in [
            "1 workers",
            "1 calls",
            "1 points",
            "1 findings",
            "1 errors",
            "1 times",
            "1 series is",
        ] {
            let found = text
                .match_indices(wrong)
                .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_digit()));
            assert!(!found, "“{wrong}” in {text}");
        }
    }
}

#[test]
fn a_data_set_is_two_words() {
    let metrics = Metrics::default_instance();
    metrics.record_dataset_load("d", ms(31_000));
    metrics.track_validation("m").dataset("d").record(ms(10));
    metrics
        .track_dataset_load("d")
        .record_as(aimlm::Outcome::Error, ms(10));
    let page = page(&metrics);
    for text in [&page.markdown, &page.text] {
        assert!(!text.to_lowercase().contains("dataset"), "{text}");
    }
}

#[test]
fn text_fits_a_terminal() {
    let metrics = Metrics::default_instance();
    for n in 1..=30_u64 {
        for device in ["cpu", "cuda:0"] {
            let call = metrics
                .track_inference("a-model-with-a-long-name-2026-11-26")
                .device(device);
            call.batch_size(n)
                .tokens_in(n << 20)
                .tokens_out(n << 20)
                .record(ms(n * 100));
            metrics
                .track_operation("an-operation-of-a-long-name")
                .items(n << 30)
                .size_bytes(n << 30)
                .record(ms(n));
        }
    }
    let page = page(&metrics);
    let widest = page.text.lines().max_by_key(|line| line.chars().count()).unwrap();
    assert!(widest.chars().count() <= 80, "{widest}");
}

#[test]
fn the_engine_is_silent_where_nothing_is_wrong() {
    let metrics = Metrics::default_instance();
    metrics.record_operation("op", ms(1));
    let page = page(&metrics);
    for text in [&page.markdown, &page.text] {
        for word in ["Rings", "folded", "anchored"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}

/// A report without calls says why.
#[test]
fn without_calls() {
    let metrics = Metrics::default_instance();
    let nothing = page(&metrics);
    let said = |text: &str, words: &[&str]| words.iter().any(|word| text.to_lowercase().contains(word));
    assert!(
        said(&nothing.markdown, &["nothing", "no call"]),
        "{}",
        nothing.markdown
    );
    metrics.set_enabled(false);
    metrics.record_operation("op", ms(1));
    let off = metrics.comprehensive_report().to_markdown();
    assert!(said(&off, &["disabled", "switched off", "is off"]), "{off}");
}

/// Every error of a configuration is in its finding, each for itself.
#[test]
fn all_errors_of_a_configuration() {
    let keys = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"];
    let errors: Vec<String> = keys
        .iter()
        .map(|key| format!("/etc/a/very/long/path/of/a/service/config.toml:14:16: `{key}` is -1; allowed: a number from 0 to 9"))
        .collect();
    let metrics = Metrics::default_instance();
    metrics.record_operation("op", ms(1));
    let mut json = serde_json::to_value(metrics.snapshot()).unwrap();
    json["engine"]["configuration_error"] =
        format!("aimlm configuration: 7 errors\n{}", errors.join("\n")).into();
    let snapshot: Snapshot = serde_json::from_value(json).unwrap();
    let page = page_of(&snapshot, metrics.config());
    let finding = page.findings("configuration")[0].to_string();
    for key in keys {
        assert!(finding.contains(key), "{key} is not in {finding}");
        assert!(page.markdown.contains(key), "{key} is not in {}", page.markdown);
    }
}

/// Two long sources of one model do not become one path that does not exist.
#[test]
fn two_long_sources() {
    let metrics = Metrics::default_instance();
    let sources = [
        "/mnt/models/2026/first/checkpoints/weights-a.safetensors",
        "/mnt/models/2026/second/checkpoints/weights-b.safetensors",
    ];
    for source in sources {
        metrics.track_model_load("m").source(source).record(ms(5));
    }
    let table = page(&metrics).table("Loading");
    let cell = table.cell(&["m"], &["Source"]).unwrap();
    if let Some((head, tail)) = cell.split_once('…') {
        let one = sources
            .iter()
            .any(|source| source.starts_with(head) && source.ends_with(tail));
        assert!(
            one || tail.contains('…') || tail.contains(", "),
            "{cell} is no source of the two"
        );
    }
}
