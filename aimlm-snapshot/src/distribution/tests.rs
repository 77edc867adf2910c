use proptest::prelude::*;

use super::*;

#[test]
fn buckets_cover_every_value_once() {
    let mut last = None;
    for bucket in 0..PAGES * PAGE {
        let (low, width) = range_of(bucket);
        assert_eq!(low, last.map_or(0, |last: u64| last + 1), "bucket {bucket}");
        let end = low + (width - 1);
        assert_eq!((bucket_of(low), bucket_of(end)), (bucket, bucket));
        last = Some(end);
    }
    assert_eq!(last, Some(u64::MAX));
}

proptest! {
    #[test]
    fn merging_shards_equals_one(values in prop::collection::vec(any::<u64>(), 0..200), shards in 1..9_usize) {
        let mut whole = Distribution::default();
        let mut parts = vec![Distribution::default(); shards];
        for (at, &value) in values.iter().enumerate() {
            whole.record(value);
            parts[at % shards].record(value);
        }
        let mut merged = Distribution::default();
        for part in &parts {
            merged.merge(part);
        }
        prop_assert_eq!(merged, whole);
    }

    #[test]
    fn quantiles_are_within_their_bound_everywhere(
        values in prop::collection::vec((0_u32..64, any::<u64>()), 1..300),
        shares in prop::collection::vec(1_u64..=100_000, 1..8),
    ) {
        let mut sorted: Vec<u64> = values.iter().map(|(shift, value)| (value >> shift).max(1)).collect();
        let mut distribution = Distribution::default();
        sorted.iter().for_each(|&value| distribution.record(value));
        sorted.sort_unstable();
        for share in shares.into_iter().chain([50_000, 90_000, 99_000, 99_900]) {
            let rank = (share * sorted.len() as u64).div_ceil(100_000) as usize;
            let exact = sorted[rank - 1];
            for got in [distribution.quantile(share as f64 / 1e5), distribution.percentile(share as f64 / 1e3)] {
                let off = got.unwrap().abs_diff(exact);
                prop_assert!(off as f64 <= exact as f64 * 0.004, "{} {} {}", share, off, exact);
            }
        }
    }

    #[test]
    fn any_serialised_form_reads_back(values in prop::collection::vec(0..u64::MAX / 1000, 0..50)) {
        let mut ours = Distribution::default();
        values.iter().for_each(|&value| ours.record(value));
        let text = serde_json::to_string(&ours).unwrap();
        prop_assert_eq!(serde_json::from_str::<Distribution>(&text).unwrap(), ours);
    }
}

#[test]
fn what_does_not_add_up_is_refused() {
    let text = r#"{"count":3,"sum_ns":9,"min_ns":1,"max_ns":5,"buckets":[[1,1],[5,1]]}"#;
    let error = serde_json::from_str::<Distribution>(text).unwrap_err();
    assert!(error.to_string().contains("do not add up"), "{error}");
}

/// What follows from such numbers would be nonsense, or a panic.
#[test]
fn extremes_out_of_their_buckets_are_refused() {
    for (min, max) in [(5, 1), (0, 1), (1, 2), (2, 2)] {
        let text = format!(r#"{{"count":2,"sum_ns":2,"min_ns":{min},"max_ns":{max},"buckets":[[1,2]]}}"#);
        let error = serde_json::from_str::<Distribution>(&text).unwrap_err();
        assert!(error.to_string().contains("smallest"), "{error}");
    }
}
