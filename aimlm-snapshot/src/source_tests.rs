//! What merged snapshots keep of each process.

use aimlm_vocabulary::{Label, Number, Stage};
use proptest::prelude::*;

use crate::fixture::{NOW, Series, snapshot};
use crate::{CurvePoint, Snapshot, Source, SubjectBusy};

/// One window of a rank of a job, in which it made so many steps.
fn window(rank: u64, nth: i64, steps: u64) -> Snapshot {
    let mut series = Series::new(Stage::TrainingStep, "mlp");
    for step in 0..steps {
        series = series.ok(
            0.001 * (rank + 1) as f64,
            &[(Number::Loss, step as f64), (Number::NumSamples, 8.0)],
        );
    }
    let mut window = snapshot([series]);
    window.taken_at_ns = NOW + nth * 1_000;
    window.window_ns = 1_000;
    let source = &mut window.sources[0];
    (source.rank, source.world_size, source.pid) = (Some(rank), Some(4), Some(100 + rank as u32));
    (source.taken_at_ns, source.window_ns) = (window.taken_at_ns, window.window_ns);
    window
}

fn merged<'a>(parts: impl IntoIterator<Item = &'a Snapshot>) -> Snapshot {
    let mut parts = parts.into_iter();
    let mut whole = parts.next().unwrap().clone();
    parts.for_each(|part| whole.merge(part));
    whole
}

#[test]
fn each_rank_stays_apart_and_its_windows_are_one() {
    let parts: Vec<Snapshot> = (0..3)
        .flat_map(|nth| (0..4).map(move |rank| window(rank, nth, rank + 1)))
        .collect();
    let whole = merged(&parts);
    let ranks: Vec<Option<u64>> = whole.sources.iter().map(|source| source.rank).collect();
    assert_eq!(ranks, [0, 1, 2, 3].map(Some));
    assert_eq!(whole.training()["mlp"].steps.as_ref().unwrap().counts.ok, 3 * 10);
    for rank in 0..4_u64 {
        let own = whole.of_source(rank as usize).unwrap();
        assert_eq!(own.window_ns, 3_000);
        let steps = own.training_of("mlp").unwrap().steps.unwrap();
        assert_eq!(steps.counts.ok, 3 * (rank + 1));
        let seconds = 0.003 * ((rank + 1) * (rank + 1)) as f64;
        assert!(
            (steps.latency.total_seconds - seconds).abs() < 1e-9,
            "{}",
            steps.latency.total_seconds
        );
    }
    assert!(whole.of_source(4).is_none());
    let read = Snapshot::from_run_file(whole.to_run_file().as_bytes());
    assert_eq!(read, Ok(whole));
}

/// A process whose two devices answer together, for two of three seconds.
fn two_devices(pid: u32) -> Snapshot {
    let device = |name: &str| {
        let series = Series::new(Stage::Inference, "m").label(Label::Device, name);
        series.ok(1.0, &[]).after(1.0).ok(1.0, &[])
    };
    let mut both = snapshot([device("cuda:0"), device("cuda:1")]);
    let mut shared = SubjectBusy::new(Stage::Inference, "m".into());
    shared.busy = both.series[0].busy.clone();
    both.subjects = vec![shared];
    both.sources[0].pid = Some(pid);
    both
}

/// When label sets were busy together is known of each source, though its series say only how long.
#[test]
fn label_sets_of_a_source_are_busy_as_they_were() {
    let seconds = |snapshot: &Snapshot| snapshot.inference_of("m").unwrap().calls.busy_seconds;
    assert_eq!(seconds(&two_devices(1)), Some(2.0));
    let whole = merged(&[two_devices(1), two_devices(2)]);
    for at in 0..2 {
        assert_eq!(seconds(&whole.of_source(at).unwrap()), Some(2.0));
    }
    let read = Snapshot::from_run_file(whole.to_run_file().as_bytes()).unwrap();
    assert_eq!(seconds(&read.of_source(1).unwrap()), Some(2.0));
    let later = merged(&[whole.clone(), two_devices(3)]);
    assert_eq!(seconds(&later.since(&whole).of_source(2).unwrap()), Some(2.0));
    let alone = merged(&[two_devices(1), two_devices(1)]);
    assert_eq!(alone.sources[0].subjects, []);
}

/// Each file of many costs what it holds, not what was merged before it.
#[test]
fn what_is_merged_already_stays_where_it_is() {
    let places = |whole: &Snapshot| {
        let sources = whole.sources.iter();
        sources
            .map(|source| (source.pid, source.series.as_ptr(), source.subjects.as_ptr()))
            .collect::<Vec<_>>()
    };
    let mut whole = merged(&[two_devices(2), two_devices(4)]);
    let shared = whole.subjects.as_ptr();
    for pid in [3, 1, 5] {
        let before = places(&whole);
        whole.merge(&two_devices(pid));
        let mut after = places(&whole);
        after.retain(|(other, ..)| *other != Some(pid));
        assert_eq!(after, before);
    }
    assert_eq!(whole.subjects.as_ptr(), shared);
    assert_eq!(
        whole
            .sources
            .iter()
            .map(|source| source.pid.unwrap())
            .collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
}

#[test]
fn one_process_is_the_whole() {
    let alone = merged(&[window(1, 0, 2), window(1, 1, 3)]);
    assert_eq!(alone.sources.len(), 1);
    assert_eq!(alone.sources[0].series, []);
    assert_eq!(alone.of_source(0), Some(alone));
}

/// Files that do not say who wrote them are kept as one that nobody knows.
#[test]
fn who_is_not_said_is_somebody() {
    let mut nobody = window(0, 0, 5);
    nobody.sources.clear();
    let whole = merged(&[nobody, window(2, 0, 1)]);
    assert_eq!(whole.sources[0].rank, None);
    assert_eq!(whole.of_source(0).unwrap().series[0].started, 5);
    assert_eq!(whole.of_source(1).unwrap().series[0].started, 1);
}

#[test]
fn the_latest_that_is_known_counts() {
    let mut early = window(0, 0, 1);
    early.sources[0].git_revision = Some("abc".into());
    early.sources[0].parameters = [("lr", "1"), ("seed", "7")]
        .map(|(name, value)| (name.into(), value.into()))
        .into();
    let mut late = window(0, 1, 1);
    late.sources[0].parameters = [("lr".into(), "2".into())].into();
    for order in [[&early, &late], [&late, &early]] {
        let Source {
            git_revision,
            parameters,
            ..
        } = merged(order).sources.remove(0);
        assert_eq!(git_revision.as_deref(), Some("abc"));
        assert_eq!(
            (parameters["lr"].as_str(), parameters["seed"].as_str()),
            ("2", "7")
        );
    }
}

#[test]
fn of_more_processes_than_are_kept_the_sums_have_all() {
    const MOST: usize = 1 << 14;
    let job = |pids: std::ops::Range<u32>| {
        let mut job = window(0, 0, pids.len() as u64);
        let one = |pid| Source {
            pid: Some(pid),
            ..Source::default()
        };
        job.sources = pids.map(one).collect();
        job
    };
    let most = MOST as u32;
    let whole = merged(&[job(0..most - 1), job(most - 1..most + 2)]);
    assert_eq!(whole.sources.len(), MOST);
    assert_eq!(whole.series[0].started, u64::from(most) + 2);
}

/// A thousand windows are no larger than a few.
#[test]
fn what_merges_for_ever_stays_bounded() {
    let curve_of = |snapshot: &Snapshot| snapshot.series[0].field(Number::Loss).unwrap().clone();
    let mut whole = window(0, 0, 50);
    let mut most = 0;
    for nth in 1..600 {
        let mut next = window(0, nth, 50);
        let loss = next.series[0].fields.get_mut(&Number::Loss).unwrap();
        for point in &mut loss.curve {
            point.x += 50.0 * nth as f64;
            point.y = if (nth, point.y) == (300, 7.0) {
                1e9
            } else {
                point.y + 1.0
            };
        }
        whole.merge(&next);
        most = most.max(curve_of(&whole).curve.len());
    }
    assert_eq!(whole.series[0].started, 50 * 600);
    assert_eq!(whole.series[0].history.len(), 1000);
    assert!(most <= 5006, "{most}");
    let loss = curve_of(&whole);
    assert!(loss.curve.len() > 4_000 && !loss.curve_is_whole);
    let ends = (loss.curve[0].x, loss.curve.last().unwrap().x);
    assert_eq!(ends, (0.0, 50.0 * 600.0 - 1.0));
    assert!(loss.curve.iter().any(|point| point.y == 1e9));
}

proptest! {
    /// Whatever is merged first.
    #[test]
    fn merging_is_associative(lengths in prop::collection::vec(1..3_000_usize, 4), seed in any::<u64>()) {
        let parts: Vec<Snapshot> = lengths.iter().enumerate().map(|(rank, &length)| {
            let mut part = window(rank as u64, rank as i64, 2);
            let loss = part.series[0].fields.get_mut(&Number::Loss).unwrap();
            let y = |nth: usize| (seed.wrapping_mul(nth as u64 * 2 + rank as u64 + 1) >> 40) as f64;
            loss.curve = (0..length).map(|nth| CurvePoint::new((nth * 4 + rank) as f64, y(nth), NOW + nth as i64)).collect();
            loss.count = length as u64;
            part.series[0].started += length as u64;
            part.series[0].outcomes.ok += length as u64;
            part
        }).collect();
        let [a, b, c, d] = parts.as_slice() else { unreachable!() };
        let one_by_one = merged([a, b, c, d]);
        let (ab, cd) = (merged([a, b]), merged([c, d]));
        prop_assert_eq!(&merged([&ab, &cd]), &one_by_one);
        prop_assert_eq!(&merged([a, &merged([b, &cd])]), &one_by_one);
    }
}
