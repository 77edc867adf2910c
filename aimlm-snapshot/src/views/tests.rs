use aimlm_vocabulary::{Label, Number, Outcome, Stage};

use super::fixture::{Series, snapshot};
use super::*;

#[test]
fn series_of_one_subject_are_one() {
    let snapshot = snapshot([
        Series::new(Stage::Inference, "m")
            .label(Label::Device, "cpu")
            .ok(0.1, &[(Number::BatchSize, 2.0)])
            .ended(Outcome::Error, 0.4, &[]),
        Series::new(Stage::Inference, "m")
            .label(Label::Device, "cuda")
            .ok(0.3, &[(Number::BatchSize, 4.0)])
            .in_flight(1),
        Series::new(Stage::Inference, "other").ok(1.0, &[]),
    ]);
    let inference = snapshot.inference_of("m").unwrap();
    let counts = inference.calls.counts;
    assert_eq!(
        (counts.started, counts.ok, counts.error, counts.in_flight),
        (4, 2, 1, 1)
    );
    assert_eq!(inference.calls.latency.median_seconds, Some(0.2));
    assert!(inference.calls.latency.exact);
    assert_eq!(inference.batch_size().unwrap().mean, Some(3.0));
    assert_eq!(inference.calls.label(Label::Device).unwrap(), "cpu, cuda");
    assert_eq!(inference.calls.throughput.as_ref().unwrap().total, 6);
    assert_eq!(
        inference.calls.failed_latency.as_ref().unwrap().max_seconds,
        Some(0.4)
    );
    assert_eq!(snapshot.inference().len(), 2);
    assert_eq!(snapshot.inference()["m"], inference);
    assert_eq!(snapshot.inference_of("none"), None);
}

#[test]
fn percentiles_say_where_they_come_from() {
    let calls = (1..=200).fold(Series::new(Stage::Operation, "cat"), |series, ms| {
        series.ok(f64::from(ms) / 1e3, &[])
    });
    let exact = snapshot([calls]);
    let latency = exact
        .views(&[50.0, 95.0, 99.0])
        .operation("cat")
        .unwrap()
        .calls
        .latency;
    assert!(latency.exact);
    assert!((latency.percentile(95.0).unwrap() - 0.19005).abs() < 1e-9);
    assert!(latency.percentiles["p95"].enough_samples);
    let p99 = latency.percentiles["p99"];
    assert_eq!((p99.samples_needed, p99.enough_samples), (662, false));

    let calls = (1..=200).fold(Series::new(Stage::Operation, "cat"), |series, ms| {
        series.ok(f64::from(ms) / 1e3, &[])
    });
    let bounded = snapshot([calls.remembering(10)]);
    let latency = bounded.operation("cat").unwrap().calls.latency;
    assert!(!latency.exact);
    assert_eq!(
        (latency.count, latency.min_seconds, latency.max_seconds),
        (200, Some(0.001), Some(0.2))
    );
    assert!((latency.percentile(95.0).unwrap() / 0.19 - 1.0).abs() < 0.004);
}

#[test]
fn training_has_its_curves_by_name() {
    let snapshot = snapshot([
        Series::new(Stage::TrainingStats, "net")
            .sample(Number::Loss, 1.0, 2.0)
            .sample(Number::Loss, 2.0, f64::NAN)
            .sample(Number::LearningRate, 1.0, 0.1),
        Series::new(Stage::TrainingStats, "net")
            .label(Label::Metric, "val_accuracy")
            .sample(Number::Metric, 1.0, 0.5),
        Series::new(Stage::TrainingStats, "net")
            .label(Label::Metric, "perplexity")
            .sample(Number::Metric, 1.0, 9.0),
        Series::new(Stage::TrainingStep, "net").ok(0.1, &[(Number::Loss, 3.0)]),
        Series::new(Stage::Validation, "net").ok(0.1, &[(Number::Accuracy, 0.7)]),
        Series::new(Stage::TrainingEpoch, "net")
            .ok(2.0, &[(Number::NumSamples, 1000.0)])
            .ok(2.0, &[(Number::NumSamples, 1000.0)]),
    ]);
    let training = snapshot.training_of("net").unwrap();
    let names: Vec<&str> = training.curves.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "learning_rate",
            "loss",
            "perplexity",
            "step_loss",
            "val_accuracy",
            "validation_accuracy"
        ]
    );
    let loss = &training.curves["loss"];
    assert_eq!((loss.first, loss.last, loss.not_finite), (Some(2.0), None, 1));
    assert_eq!(loss.first_not_finite_at, Some(2.0));
    assert_eq!(training.samples_per_second(), Some(500.0));
}

/// A rate by the clock is one of two calls or more, of the training as a whole too.
#[test]
fn one_epoch_has_no_rate() {
    let sized = [(Number::NumSamples, 100.0), (Number::BatchSize, 10.0)];
    let epoch = || Series::new(Stage::TrainingEpoch, "net").ok(2.0, &sized);
    let step = || Series::new(Stage::TrainingStep, "net").ok(0.5, &sized[1..]);
    let rate = |series: Vec<Series>| snapshot(series).training_of("net").unwrap().samples_per_second();
    assert_eq!(rate(vec![epoch()]), None);
    assert_eq!(rate(vec![step()]), None);
    assert_eq!(rate(vec![epoch().ok(2.0, &[])]), None);
    assert_eq!(rate(vec![epoch(), step().ok(0.5, &sized[1..])]), Some(20.0));
    assert_eq!(
        rate(vec![epoch().ok(2.0, &sized), step().ok(0.5, &sized[1..])]),
        Some(50.0)
    );
}

#[test]
fn coordination_is_recorded_or_left_over_or_unknown() {
    let task = |subject| Series::new(Stage::DistributedTask, subject);
    let phase = |subject, name| task(subject).label(Label::Phase, name);
    let snapshot = snapshot([
        task("recorded").ok(10.0, &[(Number::NumWorkers, 4.0)]),
        phase("recorded", "coordination").ok(1.0, &[]),
        task("left over").ok(10.0, &[(Number::NumWorkers, 8.0)]),
        phase("left over", "compute").ok(7.0, &[]),
        phase("left over", "aggregation").after(7.0).ok(1.0, &[]),
        task("unknown").ok(10.0, &[]),
        task("side by side").ok(1.0, &[]),
        phase("side by side", "compute").ok(0.5, &[]),
        phase("side by side", "load").ok(0.75, &[]),
    ]);
    let of = |task| snapshot.task(task).unwrap().coordination;
    let recorded = of("recorded").unwrap();
    assert_eq!(
        (recorded.total_seconds, recorded.source),
        (1.0, CoordinationSource::Phase)
    );
    let left_over = of("left over").unwrap();
    assert_eq!(
        (left_over.total_seconds, left_over.source),
        (2.0, CoordinationSource::Remainder)
    );
    assert_eq!(of("unknown"), None);
    assert_eq!(of("side by side").unwrap().total_seconds, 0.25);
    let all = snapshot.distributed();
    let coordination = all.coordination.unwrap();
    assert_eq!((coordination.count, coordination.total_seconds), (3, 3.25));
    assert_eq!(coordination.source, CoordinationSource::Mixed);
    assert_eq!(all.worker_counts.unwrap().mean, Some(6.0));
}

/// Of a run, by the clock: all calls of the phase, side by side or within each other once, and of every run.
#[test]
fn coordination_is_that_of_a_run() {
    let task = || Series::new(Stage::DistributedTask, "t");
    let phase = |name| task().label(Label::Phase, name);
    let mean = |series: Vec<Series>| {
        let mean = snapshot(series)
            .task("t")
            .unwrap()
            .coordination
            .unwrap()
            .mean_seconds;
        (mean * 1e6).round() / 1e6
    };
    let ten = || {
        (0..10).fold(phase("coordination"), |coordination, _| {
            coordination.ok(0.03, &[]).after(0.1)
        })
    };
    assert_eq!(mean(vec![task().ok(2.0, &[]), ten()]), 0.3);
    let side_by_side =
        ["a", "b"].map(|worker| phase("coordination").label(Label::Worker, worker).ok(0.4, &[]));
    let mut series = Vec::from(side_by_side);
    series.push(task().ok(2.0, &[]));
    assert_eq!(mean(series), 0.4);
    // A phase within another leaves no less.
    let nested = vec![
        task().ok(2.0, &[]),
        phase("compute").ok(1.5, &[]),
        phase("load").after(0.5).ok(0.25, &[]),
    ];
    assert_eq!(mean(nested), 0.5);
    // Two runs, of which one failed: its phases and its time count too.
    let runs = || task().ok(1.0, &[]).ended(Outcome::Error, 1.0, &[]);
    assert_eq!(
        mean(vec![
            runs(),
            phase("compute").ok(0.75, &[]).after(0.25).ok(0.75, &[])
        ]),
        0.25
    );
    // Of one in flight only its phases are known.
    let compute = phase("compute").ok(0.75, &[]).after(0.25).ok(0.75, &[]);
    assert_eq!(mean(vec![task().ok(1.0, &[]).in_flight(1), compute]), 0.25);
}

/// Time and runs are those of the runs that ended: one in flight has some of its coordination, or none, before it.
#[test]
fn coordination_is_that_of_runs_that_ended() {
    let task = || Series::new(Stage::DistributedTask, "t");
    let phase = |name| task().label(Label::Phase, name);
    let of = |series: Vec<Series>| {
        let coordination = snapshot(series).task("t").unwrap().coordination;
        coordination.map(|of| (of.count, (of.total_seconds * 1e6).round() / 1e6))
    };
    let coordination = || phase("coordination").ok(1.0, &[]).after(19.0).ok(3.0, &[]);
    assert_eq!(
        of(vec![task().ok(10.0, &[]).in_flight(1), coordination()]),
        Some((1, 1.0))
    );
    assert_eq!(of(vec![task().in_flight(1), coordination()]), None);
    assert_eq!(
        of(vec![
            task().ok(10.0, &[]).after(10.0).ok(10.0, &[]),
            coordination()
        ]),
        Some((2, 4.0))
    );
    assert_eq!(of(vec![coordination()]), Some((2, 4.0)));
    let failed = coordination().ended(Outcome::Error, 2.0, &[]).in_flight(1);
    assert_eq!(of(vec![failed]), Some((3, 6.0)));
    // Of runs side by side it is not known whose phase is whose.
    let side_by_side = |in_flight| {
        let runs = ["a", "b"].map(|worker| task().label(Label::Worker, worker).ok(30.0, &[]));
        let mut series = Vec::from(runs.map(|run| run.in_flight(in_flight)));
        series.push(coordination());
        of(series)
    };
    assert_eq!((side_by_side(0), side_by_side(1)), (Some((2, 4.0)), None));
    // What is left over of them neither.
    let left = |in_flight| {
        let runs = ["a", "b"].map(|worker| task().label(Label::Worker, worker).ok(30.0, &[]));
        let mut series = Vec::from(runs.map(|run| run.in_flight(in_flight)));
        series.push(phase("compute").ok(50.0, &[]));
        of(series)
    };
    assert_eq!((left(0), left(1)), (Some((2, 10.0)), None));
}

/// As many as a file may say.
#[test]
fn runs_of_several_tasks_stop_at_the_largest() {
    let task = |name| {
        Series::new(Stage::DistributedTask, name)
            .label(Label::Phase, "coordination")
            .ok(1.0, &[])
    };
    let mut snapshot = snapshot([task("a"), task("b")]);
    for series in &mut snapshot.series {
        (series.started, series.outcomes.ok) = (u64::MAX, u64::MAX);
    }
    let coordination = snapshot.views(&[]).distributed().coordination.unwrap();
    assert_eq!((coordination.count, coordination.total_seconds), (u64::MAX, 2.0));
}

#[test]
fn rates_are_of_the_calls_that_said_how_much() {
    let save = |outcome, values: &[(Number, f64)]| {
        let sized = [(Number::SizeBytes, 100.0)];
        Series::new(Stage::CheckpointSave, "net")
            .ok(1.0, &sized)
            .ok(1.0, &sized)
            .ended(outcome, 1.0, values)
    };
    let rate = |series| {
        let model = snapshot([series]).model("net").unwrap();
        model.checkpoint_save.unwrap().per_second(Number::SizeBytes)
    };
    assert_eq!(rate(save(Outcome::Error, &[])), Some(100.0));
    assert_eq!(
        rate(save(Outcome::Error, &[(Number::SizeBytes, 300.0)])),
        Some(100.0)
    );
    assert_eq!(rate(save(Outcome::Ok, &[])), Some(100.0));
    let once = Series::new(Stage::CheckpointSave, "net").ok(1.0, &[(Number::SizeBytes, 100.0)]);
    assert_eq!(rate(once), None);
}

#[test]
fn unnamed_operations_stand_beside_named_ones() {
    let preprocessing = || Series::new(Stage::DatasetPreprocessing, "digits");
    let snapshot = snapshot([
        preprocessing().ok(1.0, &[]),
        preprocessing()
            .label(Label::Operation, "unspecified")
            .ok(1.0, &[]),
        preprocessing().label(Label::Operation, "scale").ok(1.0, &[]),
    ]);
    let dataset = snapshot.dataset("digits").unwrap();
    assert_eq!(dataset.load, None);
    assert_eq!(dataset.preprocessing["unspecified"].counts.ok, 2);
    assert_eq!(dataset.preprocessing["scale"].counts.ok, 1);
}

#[test]
fn views_survive_json() {
    let snapshot = snapshot([
        Series::new(Stage::ModelLoad, "m").ok(1.0, &[(Number::SizeBytes, 5e6)]),
        Series::new(Stage::Inference, "m")
            .ok(0.1, &[(Number::BatchSize, 8.0)])
            .memory(&[1, 2, 3]),
        Series::new(Stage::TrainingEpoch, "m").ok(0.1, &[(Number::Loss, 0.5)]),
        Series::new(Stage::WorkerUtilization, "w").sample(Number::Utilization, 0.0, 0.7),
        Series::new(Stage::DistributedTask, "t")
            .label(Label::Phase, "compute")
            .ok(0.1, &[]),
    ]);
    let overview = snapshot.views(&[50.0, 99.9]).overview();
    let text = serde_json::to_string(&overview).unwrap();
    assert_eq!(serde_json::from_str::<Overview>(&text).unwrap(), overview);
}

/// A free metric may have the name of a recorded curve; both are one curve then.
#[test]
fn curves_of_one_name_are_one() {
    let free = |name, x, y| {
        Series::new(Stage::TrainingStats, "net")
            .label(Label::Metric, name)
            .sample(Number::Metric, x, y)
    };
    let snapshot = snapshot([
        Series::new(Stage::TrainingStats, "net").sample(Number::Loss, 2.0, 0.25),
        free("loss", 1.0, 9.0),
        Series::new(Stage::TrainingStep, "net").ok(0.1, &[(Number::Loss, 3.0)]),
        free("step_loss", 5.0, 7.0),
        Series::new(Stage::Validation, "net").ok(0.1, &[(Number::Loss, 4.0)]),
        free("validation_loss", 6.0, 8.0),
    ]);
    let training = snapshot.training_of("net").unwrap();
    let points = |name: &str| -> Vec<(f64, f64)> {
        let points = training.curves[name].points.iter();
        points.map(|point| (point.x, point.y)).collect()
    };
    assert_eq!(points("loss"), [(1.0, 9.0), (2.0, 0.25)]);
    assert_eq!(points("step_loss"), [(0.0, 3.0), (5.0, 7.0)]);
    assert_eq!(points("validation_loss"), [(0.0, 4.0), (6.0, 8.0)]);
    assert_eq!(training.curves["loss"].count, 2);
    assert_eq!(training.curves["loss"].max, Some(9.0));
}

/// An epoch that is recorded when it is over began before a shorter one that was recorded earlier.
#[test]
fn epochs_stand_in_order_of_their_numbers() {
    let epochs = |numbers: &[Option<f64>]| -> Vec<f64> {
        let series = numbers
            .iter()
            .fold(Series::new(Stage::TrainingEpoch, "net"), |series, number| {
                let number = number.map(|number| (Number::Epoch, number));
                series.ok(0.1, number.as_slice())
            });
        let training = snapshot([series]).training_of("net").unwrap();
        training.by_epoch.iter().map(|epoch| epoch.epoch).collect()
    };
    assert_eq!(epochs(&[2.0, 0.0, 1.0, 1.0].map(Some)), [0.0, 1.0, 1.0, 2.0]);
    assert_eq!(epochs(&[Some(2.0), None, Some(0.0)]), [2.0, 1.0, 0.0]);
}

/// A stage that no view shows would be missing in reports, one in two of them would count twice.
#[test]
fn calls_of_each_stage_are_in_one_view() {
    let all = Stage::ALL
        .iter()
        .copied()
        .filter(|stage| stage.attribute().is_some());
    for stage in all.chain(Stage::of_name("distillation")) {
        let snapshot = snapshot([Series::new(stage, "m").ok(0.1, &[])]);
        let overview = snapshot.views(&[50.0]).overview();
        let shown: Vec<_> = overview
            .calls()
            .iter()
            .map(|named| (named.stage, named.subject))
            .collect();
        assert_eq!(shown, [(stage, "m")]);
    }
}
