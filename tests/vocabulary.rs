//! Every stage by attribute, on sync and async functions, by guard, by closure and by record method: each way gives
//! the same series with the same numbers.

mod support;

use std::time::Duration;

use aimlm::{
    Field, Metrics, SeriesSnapshot, Stage, track_checkpoint_load, track_checkpoint_save, track_communication,
    track_dataset_load, track_dataset_preprocessing, track_distributed_task, track_inference,
    track_model_initialization, track_model_load, track_operation, track_training_epoch, track_training_step,
    track_validation,
};
use support::{block_on, numbers};

const TOOK: Duration = Duration::from_millis(3);

/// Four calls that succeeded, with these labels and the same number each time; one was recorded with its time.
fn check(metrics: &Metrics, stage: Stage, subject: &str, labels: &[(&str, &str)], field: &str, value: f64) {
    let snapshot = metrics.snapshot();
    let found: Vec<&SeriesSnapshot> = snapshot.subject(stage, subject).collect();
    assert_eq!(found.len(), 1, "{stage}: one series for every way");
    let series = found[0];
    assert_eq!(
        (series.started, series.outcomes.ok, series.in_flight),
        (5, 5, 0),
        "{stage}"
    );
    assert_eq!(series.latency.count(), 5, "{stage}");
    assert_eq!(numbers(series, field), [value; 5], "{stage}");
    let own: Vec<_> = series
        .labels
        .iter()
        .map(|(label, text)| (label.name(), text.as_str()))
        .collect();
    assert_eq!(own, labels, "{stage}");
    assert!(
        series
            .history
            .calls()
            .any(|call| call.duration_ns == TOOK.as_nanos() as u64),
        "{stage}"
    );
}

/// One function for each way, in a module of the stage's name.
macro_rules! every_way {
    ($($test:ident: $track:ident($key:ident) of $stage:ident, $number:ident = $value:literal as $name:literal $(, $label:ident = $text:literal)*;)+) => {
        $(
            #[test]
            fn $test() {
                #[$track($key = subject, $number = $value $(, $label = $text)*, metrics = metrics)]
                fn attribute(metrics: &Metrics, subject: &str) {}

                #[$track($key = subject, $number = $value $(, $label = $text)*, metrics = metrics)]
                async fn asynchronous(metrics: &Metrics, subject: &str) {}

                let metrics = Metrics::default_instance();
                let subject = stringify!($test);
                attribute(&metrics, subject);
                block_on(asynchronous(&metrics, subject));
                let guard = metrics.$track(subject).$number($value)$(.$label($text))*.start();
                assert_eq!(metrics.snapshot().series[0].in_flight, 1);
                guard.ok();
                let answer = metrics.$track(subject).$number($value)$(.$label($text))*.run(|_| 42);
                assert_eq!(answer, 42);
                metrics.$track(subject).$number($value)$(.$label($text))*.record(TOOK);
                check(&metrics, Stage::$stage, subject, &[$((stringify!($label), $text)),*], $name, $value as f64);
            }
        )+
    };
}

every_way! {
    model_load: track_model_load(model) of ModelLoad, size_bytes = 91_000_000 as "size_bytes",
        source = "hub", framework = "candle", format = "safetensors";
    inference: track_inference(model) of Inference, batch_size = 8 as "batch_size", device = "cuda:0";
    training_epoch: track_training_epoch(model) of TrainingEpoch, num_samples = 1440 as "num_samples";
    training_step: track_training_step(model) of TrainingStep, batch_size = 32 as "batch_size";
    validation: track_validation(model) of Validation, num_samples = 357 as "num_samples", dataset = "digits";
    dataset_load: track_dataset_load(dataset) of DatasetLoad, size_bytes = 57_523 as "size_bytes",
        source = "disk", format = "csv.gz";
    dataset_preprocessing: track_dataset_preprocessing(dataset) of DatasetPreprocessing,
        num_samples = 1797 as "num_samples", operation = "normalize";
    checkpoint_save: track_checkpoint_save(model) of CheckpointSave, size_bytes = 19_252 as "size_bytes",
        format = "bin";
    checkpoint_load: track_checkpoint_load(model) of CheckpointLoad, size_bytes = 19_252 as "size_bytes",
        format = "bin";
    distributed_task: track_distributed_task(task) of DistributedTask, num_workers = 4 as "num_workers",
        phase = "distribution";
    communication: track_communication(operation) of Communication, size_bytes = 38_480 as "size_bytes",
        worker = "0";
    operation: track_operation(name) of Operation, items = 3 as "items";
}

#[test]
fn model_initialization() {
    #[track_model_initialization(model = "m", framework = "candle", device = "cpu", metrics = metrics)]
    fn attribute(metrics: &Metrics) {}

    let metrics = Metrics::default_instance();
    attribute(&metrics);
    let track = || {
        metrics
            .track_model_initialization("m")
            .device("cpu")
            .framework("candle")
    };
    track().start().ok();
    track().run(|_| ());
    track().record(TOOK);
    let series = support::of(&metrics, Stage::ModelInitialization, "m");
    assert_eq!(
        (series.started, series.outcomes.ok, series.labels.len()),
        (4, 4, 2)
    );
}

#[test]
fn what_has_no_call_is_recorded_as_it_is() {
    let metrics = Metrics::default_instance();
    metrics
        .record_training_stats("mlp", 0)
        .loss(0.9)
        .learning_rate(0.1)
        .gradient_norm(2.0)
        .record();
    metrics
        .record_training_stats("mlp", 1)
        .loss(0.4)
        .metrics([("train_loss", 0.4), ("val_accuracy", 0.8)])
        .record();
    metrics.record_worker_utilization("gpu-0", 0.25);
    metrics.record_worker_utilization("gpu-0", 0.75);
    metrics.record_worker_utilization("gpu-0", 7.0);
    metrics.record_worker_utilization("gpu-0", f64::NAN);
    metrics.record_communication("all_reduce", Duration::from_secs(2));
    metrics.record_data_loading("image", 4 << 20, Duration::from_secs(2));
    metrics.record_checkpoint_save("mlp", 100, Duration::from_secs(1));
    metrics.record_checkpoint_load("mlp", 100, Duration::from_secs(1));
    metrics.record_sync_operation("barrier", 64, Duration::from_millis(10));

    let snapshot = metrics.snapshot();
    let training = snapshot.training_of("mlp").unwrap();
    assert_eq!(
        (training.curves["loss"].first, training.curves["loss"].last),
        (Some(0.9), Some(0.4))
    );
    assert_eq!(training.curves["learning_rate"].last, Some(0.1));
    assert_eq!(training.curves["gradient_norm"].last, Some(2.0));
    assert_eq!(training.curves["train_loss"].last, Some(0.4));
    assert_eq!(training.curves["val_accuracy"].points[0].x, 1.0);
    let distributed = snapshot.distributed();
    let worker = &distributed.workers["gpu-0"].utilization;
    assert_eq!((worker.count, worker.min, worker.max), (3, Some(0.25), Some(1.0)));
    assert!((worker.mean.unwrap() - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(distributed.communication["all_reduce"].latency.total, 2.0);
    assert_eq!(distributed.synchronization["barrier"].counts.ok, 1);
    let loading = snapshot.data_loading_of("image").unwrap();
    assert_eq!(loading.calls.rates[&Field::SizeBytes].total, 4 << 20);
    assert_eq!(
        loading.calls.per_second(Field::SizeBytes),
        None,
        "one call has no rate"
    );
    let model = snapshot.model("mlp").unwrap();
    assert_eq!(model.checkpoint_save.unwrap().counts.ok, 1);
    assert_eq!(model.checkpoint_load.unwrap().counts.ok, 1);
}

#[test]
fn busy_time_is_the_union_of_the_calls() {
    let metrics = Metrics::default_instance();
    for milliseconds in [1, 1, 900, 1] {
        metrics.record_inference("m", Duration::from_millis(milliseconds));
    }
    let busy = support::of(&metrics, Stage::Inference, "m")
        .busy
        .seconds()
        .unwrap();
    assert!((0.9..1.0).contains(&busy), "{busy}");
}

#[test]
fn guards_end_as_they_are_told() {
    let metrics = Metrics::default_instance();
    let track = || metrics.track_inference("m");
    track().start().fail();
    track().start().fail_with("timeout");
    assert_eq!(track().run(|_| Err::<(), _>("no")), Err("no"));
    assert_eq!(
        track().run(|guard| Ok::<_, ()>(guard.tokens_out(12)).map(|_| 5)),
        Ok(5)
    );
    let unwound =
        std::panic::catch_unwind(|| metrics.track_inference("m").run(|_| panic!("the model broke")));
    assert!(unwound.is_err());
    let guard = track().batch_size(2).start();
    std::thread::spawn(move || guard.ok()).join().unwrap();

    let series = support::of(&metrics, Stage::Inference, "m");
    let outcomes = series.outcomes;
    assert_eq!(
        (outcomes.ok, outcomes.error, outcomes.panicked, outcomes.cancelled),
        (2, 3, 1, 0)
    );
    assert_eq!((series.started, series.in_flight), (6, 0));
    assert_eq!(series.latency.count(), 2);
    assert_eq!(series.failed_latency.count(), 4);
    assert_eq!(series.error_kinds["timeout"], 1);
    assert_eq!(numbers(&series, "tokens_out"), [12.0]);
    assert_eq!(numbers(&series, "batch_size"), [2.0]);
}

#[test]
fn plain_operations_nest_below_stages() {
    #[track_model_load(model = "bert", metrics = metrics)]
    fn load(metrics: &Metrics) -> Vec<u8> {
        fetch(metrics)
    }

    #[track_operation(name = "cat", size_bytes = |bytes| bytes.len(), metrics = metrics)]
    fn fetch(metrics: &Metrics) -> Vec<u8> {
        vec![7; 1024]
    }

    let metrics = Metrics::default_instance();
    load(&metrics);
    let (outer, inner) = (
        support::of(&metrics, Stage::ModelLoad, "bert"),
        support::of(&metrics, Stage::Operation, "cat"),
    );
    assert_eq!(numbers(&inner, "size_bytes"), [1024.0]);
    assert!(outer.latency.max() >= inner.latency.max());
}

#[test]
fn instances_share_nothing_and_can_be_switched_and_reset() {
    let (one, other) = (Metrics::default_instance(), Metrics::default_instance());
    one.record_inference("m", TOOK);
    assert_eq!(other.snapshot().series.len(), 0);

    one.set_enabled(false);
    assert!(!one.is_enabled());
    one.record_inference("m", TOOK);
    one.track_inference("m").run(|_| ());
    assert_eq!(support::of(&one, Stage::Inference, "m").started, 1);
    one.set_enabled(true);

    let in_flight = one.track_inference("m").start();
    one.reset();
    let series = support::of(&one, Stage::Inference, "m");
    assert_eq!(
        (series.started, series.in_flight, series.outcomes.ended()),
        (1, 1, 0)
    );
    in_flight.ok();
    let series = support::of(&one, Stage::Inference, "m");
    assert_eq!((series.started, series.in_flight, series.outcomes.ok), (1, 0, 1));
    assert!(series.history.complete);
}

#[test]
fn memory_is_sampled_for_calls_in_flight() {
    #[track_inference(model = "big", track_memory, metrics = metrics)]
    fn infer(metrics: &Metrics, until: impl Fn() -> bool) {
        while !until() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    let metrics = Metrics::default_instance();
    let started = std::time::Instant::now();
    // Until the collector has seen it, or so long that it never will.
    let sampled = || support::of(&metrics, Stage::Inference, "big").memory.is_some();
    infer(&metrics, || {
        sampled() || started.elapsed() > Duration::from_secs(60)
    });
    metrics.track_inference("small").run(|_| ());

    let memory = support::of(&metrics, Stage::Inference, "big")
        .memory
        .expect("a sample");
    assert!(memory.min_bytes > 1 << 20 && memory.min_bytes <= memory.max_bytes);
    assert_eq!(memory.recent_bytes.len() as u64, memory.samples);
    assert_eq!(support::of(&metrics, Stage::Inference, "small").memory, None);
}

#[test]
fn memory_is_tracked_whichever_call_came_first_and_long_names_are_kept_short() {
    let metrics = Metrics::default_instance();
    let long = "m".repeat(100_000);
    for _ in 0..2 {
        metrics.track_model_load("m").run(|_| ());
        metrics.track_model_load(&long).run(|_| ());
    }
    let started = std::time::Instant::now();
    let guard = metrics.track_model_load("m").track_memory().start();
    let sampled = || support::of(&metrics, Stage::ModelLoad, "m").memory.is_some();
    while !sampled() && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(5));
    }
    guard.ok();
    assert!(sampled());

    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.series.len(), 2);
    let kept = snapshot
        .series
        .iter()
        .find(|series| series.subject != "m")
        .unwrap();
    assert!(kept.subject.len() <= 256 && kept.subject.starts_with("mmm"));
    assert_eq!(kept.started, 2);
}

#[test]
fn exports_are_written_whole_by_their_name() {
    let metrics = Metrics::default_instance();
    metrics.record_inference("m", TOOK);
    let folder = std::env::temp_dir().join(format!("aimlm-export-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, start) in [
        ("r.md", "# aimlm report"),
        ("r.txt", "aimlm report"),
        ("r.json", "{"),
    ] {
        metrics.export(folder.join(name)).unwrap();
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(text.to_lowercase().starts_with(start), "{name}: {text}");
    }
    assert_eq!(
        std::fs::read_dir(&folder).unwrap().count(),
        3,
        "no temporary file is left"
    );
    let error = metrics
        .export(folder.join("none").join("r.md"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("can not write the report to") && error.contains("none"),
        "{error}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}
