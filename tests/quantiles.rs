//! Quantiles of what was recorded lie within 1 % of the exact ones, from 100 ns to 24 h, and shards merge
//! without loss.

mod support;

use std::time::Duration;

use aimlm::{Distribution, Metrics, Stage};
use support::of;

const SAMPLES: usize = 20_000;
const SHORTEST: f64 = 100.0;
const LONGEST: f64 = 86_400e9;
const QUANTILES: [f64; 8] = [0.01, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999];

/// Numbers over 0 and under 1, the same in every run.
fn uniform() -> impl FnMut() -> f64 {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }
}

fn normal(mut uniform: impl FnMut() -> f64) -> impl FnMut() -> f64 {
    move || (-2.0 * uniform().ln()).sqrt() * (2.0 * std::f64::consts::PI * uniform()).cos()
}

/// Durations in nanoseconds, each distribution over the whole range or at its ends.
fn distributions() -> Vec<(&'static str, Vec<u64>)> {
    let samples = |mut next: Box<dyn FnMut() -> f64>| -> Vec<u64> {
        (0..SAMPLES)
            .map(|_| next().clamp(SHORTEST, LONGEST).round() as u64)
            .collect()
    };
    let (mut a, mut b, mut c, mut d) = (uniform(), uniform(), uniform(), uniform());
    let (mut e, mut f) = (normal(uniform()), normal(uniform()));
    vec![
        (
            "uniform",
            samples(Box::new(move || SHORTEST + a() * (LONGEST - SHORTEST))),
        ),
        ("exponential", samples(Box::new(move || -b().ln() * 2e6))),
        ("log-normal", samples(Box::new(move || (e() * 3.0 + 17.0).exp()))),
        (
            "bimodal",
            samples(Box::new(move || match c() < 0.7 {
                true => 400.0 + 30.0 * f(),
                false => 9e12 * (1.0 + 0.05 * f()),
            })),
        ),
        (
            "Pareto",
            samples(Box::new(move || SHORTEST * d().powf(-1.0 / 0.8))),
        ),
        ("constant", samples(Box::new(|| LONGEST))),
    ]
}

fn exact(sorted: &[u64], quantile: f64) -> f64 {
    let rank = (quantile * sorted.len() as f64).ceil() as usize;
    sorted[rank.max(1) - 1] as f64
}

fn assert_near(name: &str, distribution: &Distribution, values: &[u64]) {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    assert_eq!(distribution.count(), values.len() as u64);
    for quantile in QUANTILES {
        let (expected, got) = (
            exact(&sorted, quantile),
            distribution.quantile(quantile).unwrap() as f64,
        );
        assert!(
            (got / expected - 1.0).abs() <= 0.01,
            "{name} p{}: {got} is not {expected}",
            quantile * 100.0
        );
    }
    let mean = values.iter().map(|&ns| ns as f64).sum::<f64>() / values.len() as f64;
    assert!((distribution.mean().unwrap() / mean - 1.0).abs() < 1e-2, "{name}");
    for (got, expected) in [
        (distribution.min(), sorted[0]),
        (distribution.max(), sorted[sorted.len() - 1]),
    ] {
        assert!(
            (got.unwrap() as f64 / expected as f64 - 1.0).abs() <= 0.01,
            "{name}"
        );
    }
}

#[test]
fn six_distributions_are_within_one_percent() {
    let distributions = distributions();
    let all = || distributions.iter().flat_map(|(_, values)| values);
    assert_eq!(
        (all().min(), all().max()),
        (Some(&100), Some(&86_400_000_000_000))
    );
    for (name, values) in &distributions {
        let metrics = Metrics::default_instance();
        for &ns in values {
            metrics.track_inference(name).record(Duration::from_nanos(ns));
        }
        assert_near(name, &of(&metrics, Stage::Inference, name).latency, values);
    }
}

#[test]
fn eight_shards_equal_one_histogram() {
    for (name, values) in &distributions() {
        let whole = Metrics::default_instance();
        let shards: Vec<_> = (0..8).map(|_| Metrics::default_instance()).collect();
        for (at, &ns) in values.iter().enumerate() {
            let duration = Duration::from_nanos(ns);
            whole.record_inference(name, duration);
            shards[at % 8].record_inference(name, duration);
        }
        let mut merged = shards[0].snapshot();
        shards[1..]
            .iter()
            .for_each(|shard| merged.merge(&shard.snapshot()));
        let merged = &merged.series[0].latency;
        assert_near(name, merged, values);
        // The clock may be anchored anew between the two: buckets agree to what that moves.
        let whole = of(&whole, Stage::Inference, name).latency;
        assert_eq!(merged.count(), whole.count());
        for quantile in QUANTILES {
            let (one, eight) = (
                whole.quantile(quantile).unwrap(),
                merged.quantile(quantile).unwrap(),
            );
            assert!((one as f64 / eight as f64 - 1.0).abs() <= 0.01, "{name}");
        }
        // Merged as they were recorded, without a clock between, they are the same.
        let mut direct = Distribution::default();
        let mut parts = vec![Distribution::default(); 8];
        for (at, &ns) in values.iter().enumerate() {
            direct.record(ns);
            parts[at % 8].record(ns);
        }
        let mut together = Distribution::default();
        parts.iter().for_each(|part| together.merge(part));
        assert_eq!(together, direct, "{name}");
    }
}
