//! Findings: what crosses a threshold is found, what does not is not, and each says its numbers.

use aimlm::{Metrics, Outcome};
use serde_json::Value;

use crate::clock::{close, ms};
use crate::figures::{Page, page};

/// All that is said about a subject.
fn said(page: &Page, subject: &str) -> Vec<String> {
    let findings = page.json["findings"].as_array().unwrap().iter();
    let of = findings.filter(|finding| finding["target"]["subject"] == subject);
    of.map(Value::to_string).collect()
}

#[test]
fn means_over_their_thresholds() {
    let metrics = Metrics::default_instance();
    for (name, mean) in [("under", 99), ("medium", 101), ("high", 501)] {
        for n in [mean - 5, mean, mean + 5] {
            metrics.track_inference(name).batch_size(1).record(ms(n));
        }
        for n in [mean - 5, mean, mean + 5] {
            metrics.record_model_load(name, ms(n * 50));
            metrics.record_dataset_load(name, ms(n * 100));
        }
    }
    let page = page(&metrics);
    for (kind, factor, high) in [
        ("slow_inference", 1.0, 0.5),
        ("slow_model_load", 50.0, 10.0),
        ("slow_dataset_load", 100.0, 30.0),
    ] {
        for (name, mean) in [("medium", 0.101), ("high", 0.501)] {
            let findings = page.findings(kind);
            let finding = findings
                .iter()
                .find(|finding| finding["target"]["subject"] == name);
            let finding = finding.unwrap_or_else(|| panic!("no {kind} of {name}"));
            close(kind, finding["evidence"][0]["value"].as_f64(), mean * factor);
            let expected = if mean * factor > high { "high" } else { "medium" };
            assert_eq!(finding["severity"], expected, "{finding}");
        }
        assert!(
            page.findings(kind)
                .iter()
                .all(|finding| finding["target"]["subject"] != "under")
        );
    }
}

/// One epoch of ten seconds among six of two is named.
#[test]
fn a_slow_epoch() {
    let metrics = Metrics::default_instance();
    for epoch in 0..7_u64 {
        let seconds = if epoch == 4 { 10 } else { 2 };
        metrics
            .track_training_epoch("net")
            .epoch(epoch)
            .num_samples(1_000_000)
            .record(ms(seconds * 1000));
    }
    let said = said(&page(&metrics), "net");
    assert!(
        said.iter()
            .any(|text| text.contains("10.0 s") || text.contains("10 s")),
        "{said:?}"
    );
}

/// Epochs that take longer and longer, from one second to eight.
#[test]
fn growing_epochs() {
    let metrics = Metrics::default_instance();
    for epoch in 0..8_u64 {
        metrics
            .track_training_epoch("net")
            .epoch(epoch)
            .num_samples(1_000_000)
            .record(ms(1000 + 1000 * epoch));
    }
    assert!(
        !said(&page(&metrics), "net").is_empty(),
        "nothing is said about growth from 1 to 8 s"
    );
}

/// Each tenth call takes 800 ms: the mean is harmless, the p95 is not.
#[test]
fn a_slow_tail() {
    let metrics = Metrics::default_instance();
    for n in 0..1000_u64 {
        metrics.record_inference("m", ms(if n % 10 == 0 { 800 } else { 4 }));
    }
    let page = page(&metrics);
    close("p95", page.inference("m").percentile(95.0), 0.8);
    let said = said(&page, "m");
    assert!(
        said.iter()
            .any(|text| text.contains("p95") && text.contains("800 ms")),
        "{said:?}"
    );
}

/// Even epochs and even calls are nothing to talk about.
#[test]
fn nothing_to_say() {
    let metrics = Metrics::default_instance();
    for n in 0..50_u64 {
        metrics
            .track_training_epoch("net")
            .epoch(n)
            .num_samples(1_000_000)
            .record(ms(2000 + n % 3));
        metrics.record_inference("m", ms(20 + n % 2));
        metrics.record_worker_utilization("w", 0.9);
        metrics
            .record_training_stats("net", n)
            .loss(1.0 / (n + 1) as f64)
            .record();
    }
    assert_eq!(page(&metrics).json["findings"], Value::Array(vec![]));
}

/// All calls failed: that is no small matter.
#[test]
fn all_calls_failed() {
    let metrics = Metrics::default_instance();
    for _ in 0..20 {
        metrics.track_inference("m").record_as(Outcome::Error, ms(5));
    }
    metrics.track_inference("other").record_as(Outcome::Error, ms(5));
    for _ in 0..99 {
        metrics.record_inference("other", ms(5));
    }
    let page = page(&metrics);
    let severity = |subject: &str| {
        let finding = page
            .findings("errors")
            .into_iter()
            .find(|finding| finding["target"]["subject"] == subject);
        finding.unwrap()["severity"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (severity("m"), severity("other")),
        ("high".to_owned(), "medium".to_owned())
    );
}

/// An answer of many tokens takes as long as its tokens do.
#[test]
fn a_language_model_is_not_slow_for_its_length() {
    let metrics = Metrics::default_instance();
    for _ in 0..10 {
        metrics
            .track_inference("llm")
            .tokens_in(100)
            .tokens_out(600)
            .record(ms(12_000));
    }
    let page = page(&metrics);
    let findings = page.findings("slow_inference");
    assert!(
        findings.iter().all(|finding| finding["severity"] != "high"),
        "20 ms a token: {findings:?}"
    );
}

/// Coordination over its threshold, by the run.
#[test]
fn coordination() {
    let metrics = Metrics::default_instance();
    for _ in 0..2 {
        for _ in 0..4 {
            metrics
                .track_distributed_task("t")
                .phase("coordination")
                .record(ms(3000));
        }
        metrics.track_distributed_task("t").record(ms(60_000));
    }
    let page = page(&metrics);
    let finding = page.findings("coordination_overhead").into_iter().next();
    let finding = finding.expect("12 s of coordination in each run");
    assert_eq!(finding["severity"], "high");
    close("mean", finding["evidence"][0]["value"].as_f64(), 12.0);
}

/// Validation is compared with all that the training took, epochs and steps within them once.
#[test]
fn validation_beside_training() {
    let metrics = Metrics::default_instance();
    for epoch in 0..4_u64 {
        for _ in 0..3 {
            metrics.track_training_step("net").num_samples(1000).record(ms(1));
        }
        metrics
            .track_training_epoch("net")
            .epoch(epoch)
            .num_samples(100_000)
            .record(ms(10_000));
        metrics
            .track_validation("net")
            .epoch(epoch)
            .num_samples(1000)
            .record(ms(500));
    }
    let said = said(&page(&metrics), "net");
    assert!(
        said.is_empty(),
        "validation took a twentieth of the training: {said:?}"
    );
}
