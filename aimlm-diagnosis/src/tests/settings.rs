//! Bounds by key, kinds by name.

use std::collections::BTreeSet;

use crate::{Bound, DefaultBounds, FindingKind, Threshold, Thresholds, rules};

#[test]
fn kinds_and_keys_are_unique() {
    let kinds: BTreeSet<_> = rules().iter().map(|rule| rule.kind).collect();
    assert_eq!(kinds.len(), rules().len());
    let keys: BTreeSet<_> = Threshold::all().map(|threshold| threshold.key).collect();
    assert_eq!(keys.len(), Threshold::all().count());
}

#[test]
fn every_default_is_allowed_and_in_order() {
    for bound in Bound::all() {
        assert!(bound.allows(bound.default_value()), "{bound}");
        assert_eq!(Bound::of_key(&bound.to_string()), Some(bound));
    }
    assert_eq!(Thresholds::default().out_of_order().count(), 0);
    for threshold in Threshold::all() {
        let sides = match threshold.bounds {
            DefaultBounds::Over { medium, high } => (medium, high),
            DefaultBounds::UpTo { medium, high } => (high, medium),
            DefaultBounds::Under(_) => continue,
        };
        assert!(sides.0 < sides.1, "{}", threshold.key);
    }
}

#[test]
fn a_bound_is_what_it_was_set_to() {
    let mut thresholds = Thresholds::default();
    thresholds.set("model_load_seconds.high", 20.0).unwrap();
    thresholds
        .set_for("big", "model_load_seconds.high", 60.0)
        .unwrap();
    assert_eq!(thresholds.get("model_load_seconds.high"), Some(20.0));
    assert_eq!(thresholds.get("model_load_seconds.medium"), Some(5.0));
    assert_eq!(thresholds.get_for("big", "model_load_seconds.high"), Some(60.0));
    assert_eq!(thresholds.get_for("small", "model_load_seconds.high"), Some(20.0));
    assert_eq!(thresholds.models().collect::<Vec<_>>(), ["big"]);
    for key in ["model_load_seconds", "worker_utilization.high", "no_such_key", ""] {
        assert_eq!(thresholds.get(key), None, "{key}");
    }
    thresholds.set("model_load_seconds.high", 10.0).unwrap();
    let mut default = Thresholds::default();
    default.set_for("big", "model_load_seconds.high", 60.0).unwrap();
    assert_eq!(thresholds, default, "set to its default it is as by default");
}

#[test]
fn what_can_not_be_set_is_said() {
    let mut thresholds = Thresholds::default();
    for (refused, expected) in [
        (
            thresholds.set("model_load_seconds.high", 0.0),
            "`thresholds.model_load_seconds.high` is 0; allowed: a finite number over 0",
        ),
        (
            thresholds.set("worker_utilization", f64::NAN),
            "`thresholds.worker_utilization` is NaN; allowed: a number from 0 to 1",
        ),
        (
            thresholds.set("modelload", 1.0),
            "unknown key `thresholds.modelload`, which is 1; `docs/configuration.md` lists those there are",
        ),
        (
            thresholds.set_for("m", "model_load_seconds.high", -1.0),
            "`thresholds.models.\"m\".model_load_seconds.high` is -1; allowed: a finite number over 0",
        ),
        (
            thresholds.set_for("m", "dataset_load_seconds.high", 1.0),
            "unknown key `thresholds.models.\"m\".dataset_load_seconds.high`, which is 1; `docs/configuration.md` lists \
             those there are",
        ),
    ] {
        let message = refused.unwrap_err().to_string();
        assert_eq!(message, format!("aimlm configuration: {expected}"));
    }
    let general = Bound::of_key("dataset_load_seconds.high").unwrap();
    assert!(!thresholds.put_for("m", general, 1.0));
    assert_eq!(thresholds, Thresholds::default());
}

#[test]
fn what_is_out_of_order_is_put_in_order() {
    let mut thresholds = Thresholds::default();
    thresholds.set("model_load_seconds.medium", 20.0).unwrap();
    thresholds.set("inference_latency_seconds.high", 9.0).unwrap();
    thresholds
        .set_for("big", "training_samples_per_second.high", 5000.0)
        .unwrap();
    thresholds
        .set_for("small", "model_load_seconds.high", 50.0)
        .unwrap();
    let wrong: Vec<_> = thresholds.out_of_order().collect();
    assert_eq!(
        wrong,
        [
            "`thresholds.model_load_seconds.medium` is 20, over `thresholds.model_load_seconds.high`, which is 10; \
             allowed: at most as much",
            "`thresholds.models.\"big\".training_samples_per_second.medium` is 1000, under \
             `thresholds.models.\"big\".training_samples_per_second.high`, which is 5000; allowed: at least as much",
        ]
    );
    thresholds.put_in_order();
    assert_eq!(thresholds.out_of_order().count(), 0);
    assert_eq!(thresholds.get("model_load_seconds.medium"), Some(5.0));
    assert_eq!(thresholds.get("inference_latency_seconds.high"), Some(9.0));
    assert_eq!(thresholds.models().collect::<Vec<_>>(), ["small"]);
}

#[test]
fn kinds_of_another_version_are_kept() {
    let kind: FindingKind = serde_json::from_str("\"slow_moon\"").unwrap();
    assert_eq!(kind.name(), "slow_moon");
    assert_eq!(serde_json::to_string(&kind).unwrap(), "\"slow_moon\"");
    let known: FindingKind = serde_json::from_str("\"slow_model_load\"").unwrap();
    assert_eq!(known, FindingKind::SlowModelLoad);
    assert!(serde_json::from_str::<FindingKind>("\"\"").is_err());
}
