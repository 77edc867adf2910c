//! Which rows tables have, in which order, and what stands below them.

use super::tables::{cell, first_row, report};
use super::*;

/// The first cells of the rows behind a title.
fn names(markdown: &str, title: &str) -> Vec<String> {
    let table = markdown.split_once(title).unwrap().1.trim_start_matches('\n');
    let rows = table.lines().take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.split('|').nth(1).unwrap().trim().to_owned())
        .collect()
}

fn operations(seconds: impl IntoIterator<Item = f64>) -> Vec<Series> {
    let named = seconds.into_iter().enumerate();
    named
        .map(|(nth, seconds)| Series::new(Stage::Operation, &format!("o{nth:02}")).ok(seconds, &[]))
        .collect()
}

#[test]
fn what_took_the_most_time_comes_first() {
    let markdown = report(operations([0.001, 0.9, 0.099])).to_markdown();
    assert_eq!(names(&markdown, "## Operations\n"), ["o01", "o02", "o00"]);
    assert_eq!(cell(&markdown, "## Operations", "Share"), "90 %");
    // Failures take time too, and it stands apart.
    let failing = Series::new(Stage::Operation, "failing")
        .ok(0.5, &[])
        .ended(Outcome::Error, 2.5, &[]);
    let markdown = report(operations([2.0]).into_iter().chain([failing])).to_markdown();
    assert_eq!(names(&markdown, "## Operations\n"), ["failing", "o00"]);
    let row = first_row(&markdown, "## Operations");
    let of = |title: &str| {
        row.iter()
            .find(|(heading, _)| heading == title)
            .unwrap()
            .1
            .as_str()
    };
    assert_eq!(
        (of("Total"), of("Failed for"), of("Share")),
        ("500 ms", "2.50 s", "60 %")
    );
}

#[test]
fn rows_past_the_limit_are_one() {
    let series = || operations((1..=25).map(|n| f64::from(n) / 1000.0));
    let markdown = report(series()).to_markdown();
    let shown = names(&markdown, "## Operations\n");
    assert_eq!(
        (shown.len(), shown[0].as_str(), shown[20].as_str()),
        (21, "o24", "(5 more)")
    );
    let rest = markdown
        .lines()
        .find(|line| line.starts_with("| (5 more)"))
        .unwrap();
    let cells: Vec<&str> = rest.split('|').map(str::trim).collect();
    // 1 + 2 + 3 + 4 + 5 ms of 325, and the mean of the five.
    assert_eq!(cells[2..6], ["5", "15.0 ms", "4.6 %", "3.00 ms"], "{rest}");
    assert!(
        cells[6..cells.len() - 1].iter().all(|cell| *cell == "–"),
        "{rest}"
    );
    let all = Config::builder().report_rows(0).build().unwrap();
    let markdown = Report::new(&snapshot(series()), &all).to_markdown();
    assert_eq!(names(&markdown, "## Operations\n").len(), 25);
    let two = Config::builder().report_rows(2).build().unwrap();
    let workers = (0..4).map(|n| {
        Series::new(Stage::WorkerUtilization, &format!("w{n}")).sample(
            Number::Utilization,
            0.0,
            0.9 - f64::from(n) / 10.0,
        )
    });
    let markdown = Report::new(&snapshot(workers), &two).to_markdown();
    assert_eq!(
        names(&markdown, "### Workers\n"),
        ["w3", "w2"],
        "the least busy are what matters"
    );
    assert!(markdown.contains("\n2 more rows are in JSON.\n"), "{markdown}");
}

/// What can be added up is in the row of the rest; rates of calls that may have run side by side can not.
#[test]
fn the_rest_has_its_amounts() {
    let models = |n: u32| {
        let numbers = [
            (Number::BatchSize, 10.0),
            (Number::TokensOut, 5.0),
            (Number::SizeBytes, 1024.0),
        ];
        let model = Series::new(Stage::Inference, &format!("m{n:02}"));
        let load = Series::new(Stage::ModelLoad, &format!("m{n:02}"));
        let seconds = 1.0 / f64::from(n + 1);
        [
            model.ok(seconds, &numbers[..2]).ok(seconds, &numbers[..2]),
            load.ok(seconds, &numbers[2..]),
        ]
    };
    let markdown = report((0..23).flat_map(models)).to_markdown();
    let rest = |title: &str| {
        let table = markdown.split_once(title).unwrap().1.trim_start_matches('\n');
        let cells = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().into()).collect() };
        let head = cells(table.lines().next().unwrap());
        let rest = cells(table.lines().find(|line| line.starts_with("| (3 more)")).unwrap());
        let row: std::collections::BTreeMap<String, String> = head.into_iter().zip(rest).collect();
        row
    };
    let throughput = rest("### Throughput\n");
    assert_eq!(throughput["Items"], "60", "{throughput:?}");
    assert_eq!(throughput["Tokens out"], "30", "{throughput:?}");
    for rate in ["Items/s", "Tokens out/s", "Calls/s", "Busy"] {
        assert_eq!(throughput[rate], "–", "{throughput:?}");
    }
    assert_eq!(rest("### Loading\n")["Bytes"], "3.00 KiB");
}

/// Whatever a model or a task is called.
#[test]
fn the_rest_has_nothing_of_what_is_called_as_it() {
    let called = "(2 more)";
    let model =
        |name: &str, seconds| Series::new(Stage::Inference, name).ok(seconds, &[(Number::TokensOut, 10.0)]);
    let task = |name: &str, seconds| {
        let phase = Series::new(Stage::DistributedTask, name).label(Label::Phase, "coordination");
        let run = Series::new(Stage::DistributedTask, name).ok(seconds, &[]);
        [run, phase.ok(seconds / 2.0, &[])]
    };
    let names = [("slow", 3.0), (called, 2.0), ("fast", 1.0)].into_iter();
    let models = names.clone().map(|(name, seconds)| model(name, seconds));
    let samples = [(Number::NumSamples, 10.0)];
    let epochs = names.clone().map(|(name, seconds)| {
        let epoch = Series::new(Stage::TrainingEpoch, name).ok(seconds, &samples);
        epoch.ok(seconds, &samples)
    });
    let tasks = names.flat_map(|(name, seconds)| task(name, seconds));
    let one = Config::builder().report_rows(1).build().unwrap();
    let markdown = Report::new(&snapshot(models.chain(epochs).chain(tasks)), &one).to_markdown();
    for (table, title) in [
        ("### Throughput\n", "Time for each token"),
        ("### Epochs\n", "Efficiency"),
        ("### Tasks\n", "Coordination of a run"),
    ] {
        let table = markdown.split_once(table).unwrap().1.trim_start_matches('\n');
        let row = |nth: usize| table.lines().nth(nth).unwrap().split('|').map(str::trim);
        let at = row(0).position(|heading| heading == title).expect(title);
        assert_eq!(
            (row(3).nth(1), row(3).nth(at)),
            (Some(called), Some("–")),
            "{title}"
        );
    }
}

/// 999 calls of 1 ms and one of 999 ms: the slowest takes half of the time.
#[test]
fn a_mean_over_its_percentiles_is_explained() {
    let calls = |slow: f64| {
        (0..1000).fold(Series::new(Stage::Operation, "o"), |series, nth| {
            series.ok(if nth == 500 { slow } else { 0.001 }, &[])
        })
    };
    let markdown = report([calls(0.999)]).to_markdown();
    let expected =
        "\nOf “o” the slowest 0.1 % of the calls take 50 % of the time: so the mean is over p99.\n";
    assert!(markdown.contains(expected), "{markdown}");
    assert!(cell(&markdown, "## Operations", "p99.9").ends_with('†'));
    let usual = report([calls(0.001)]).to_markdown();
    assert!(!usual.contains("slowest") && !usual.contains("p99.9"), "{usual}");
}

#[test]
fn every_run_had_so_many_workers_only_if_every_one_said_so() {
    let workers = |said: usize| {
        let task = (0..3).fold(Series::new(Stage::DistributedTask, "t"), |task, run| {
            task.ok(
                1.0,
                if run < said {
                    &[(Number::NumWorkers, 4.0)]
                } else {
                    &[]
                },
            )
        });
        let worker = Series::new(Stage::WorkerUtilization, "w").sample(Number::Utilization, 0.0, 0.9);
        report([task, worker]).to_markdown()
    };
    assert!(workers(3).contains("\nEvery run that succeeded had 4 workers.\n"));
    assert!(workers(1).contains("\n1 of 3 runs that succeeded said how many workers they had: 4 workers.\n"));
    let one = Series::new(Stage::DistributedTask, "t").ok(1.0, &[(Number::NumWorkers, 1.0)]);
    let worker = Series::new(Stage::WorkerUtilization, "w").sample(Number::Utilization, 0.0, 0.9);
    assert!(
        report([one, worker])
            .to_markdown()
            .contains("\nEvery run that succeeded had 1 worker.\n")
    );
}

/// When what is in flight began is not known: its phases that ended would be shares of too little time.
#[test]
fn no_share_while_the_task_is_in_flight() {
    let task = || Series::new(Stage::DistributedTask, "t");
    let other = || Series::new(Stage::DistributedTask, "u");
    let of_other = || {
        [
            other().ok(1.0, &[]),
            other().label(Label::Phase, "compute").ok(0.5, &[]),
        ]
    };
    let compute = || task().label(Label::Phase, "compute").ok(0.05, &[]);
    let sentence =
        "\nOf the task is not known of “t” while it is in flight: when that began is not recorded.\n";
    for series in [
        [task().ok(0.05, &[]).in_flight(1), compute()],
        [task().ok(1.0, &[]), compute().in_flight(1)],
    ] {
        let report = report(series.into_iter().chain(of_other()));
        let tasks = &report.metrics.distributed.tasks;
        assert!(tasks["t"].phase_shares.is_empty() && tasks["t"].all_phases_share.is_none());
        let markdown = report.to_markdown();
        assert_eq!(cell(&markdown, "### Phases", "Of the task"), "–", "{markdown}");
        assert!(markdown.contains(sentence), "{markdown}");
        assert_eq!(tasks["u"].phase_shares["compute"], 0.5);
    }
    let markdown = report([task().ok(1.0, &[]), compute()]).to_markdown();
    assert!(!markdown.contains("is in flight"), "{markdown}");
    // What never had a share has no note that it has none.
    let alone = task().label(Label::Phase, "compute").ok(1.0, &[]).in_flight(1);
    let markdown = report([alone]).to_markdown();
    assert!(!markdown.contains("is in flight"), "{markdown}");
}

/// As of every other table.
#[test]
fn what_is_said_below_is_said_of_what_is_shown() {
    let tasks = (0..30_u32).flat_map(|nth| {
        let task = || Series::new(Stage::DistributedTask, &format!("t{nth:02}"));
        let phase = task().label(Label::Phase, "compute");
        [
            task().ok(1.0, &[]).in_flight(1),
            phase.ok(f64::from(nth + 1), &[]),
        ]
    });
    let markdown = report(tasks).to_markdown();
    let of = |name: &str| markdown.contains(&format!("is not known of “{name}” while"));
    assert_eq!(markdown.matches("is not known of").count(), 20, "{markdown}");
    assert!(of("t29") && of("t10") && !of("t09"), "{markdown}");
}

/// A run that failed has phases too.
#[test]
fn phases_are_at_most_all_of_their_task() {
    let task = || Series::new(Stage::DistributedTask, "t");
    let runs = task().ok(1.0, &[]).after(1.0).ended(Outcome::Error, 1.0, &[]);
    let compute = (0..2).fold(task().label(Label::Phase, "compute"), |compute, _| {
        compute.ok(0.8, &[]).after(1.2)
    });
    let markdown = report([runs, compute]).to_markdown();
    // 0.8 s of the 1 s of each.
    assert_eq!(cell(&markdown, "### Phases", "Of the task"), "80 %");
    assert!(!markdown.contains("side by side"), "{markdown}");
    let parallel = task().label(Label::Phase, "load").ok(0.8, &[]);
    let compute = task().label(Label::Phase, "compute").ok(1.0, &[]);
    let markdown = report([task().ok(1.0, &[]), compute, parallel]).to_markdown();
    let expected = "\nPhases of “t” ran side by side or within each other: their shares add up to 180 %, together they \
                    took 100 % of the task.\n";
    assert!(markdown.contains(expected), "{markdown}");
}

#[test]
fn epochs_stand_one_by_one_and_the_slowest_is_marked() {
    let epochs = |n: u32| {
        (1..=n).fold(Series::new(Stage::TrainingEpoch, "net"), |epochs, epoch| {
            let seconds = if epoch == 7 { 5.0 } else { 1.0 };
            epochs.ok(
                seconds,
                &[(Number::Epoch, epoch.into()), (Number::NumSamples, 10.0)],
            )
        })
    };
    let few = report([epochs(8)]).to_text();
    assert!(
        few.contains("\nnet    7      5.00 s       10  ← slowest\n"),
        "{few}"
    );
    let many = report([epochs(60)]).to_text();
    let rows: Vec<&str> = many
        .lines()
        .filter(|line| line.contains('–') && line.starts_with("net    "))
        .collect();
    assert_eq!(rows.len(), 20, "{many}");
    // 5 s and twice 1 s.
    assert!(
        many.contains("\nnet    7–9    2.33 s           5.00 s       30  ← epoch 7\n"),
        "{many}"
    );
    assert!(!report([epochs(1)]).to_text().contains("Epochs in order"));
}

/// Rates are shown over the span and for single calls only where these are another number.
/// Each model gets as many of the rows as another.
#[test]
fn epochs_of_all_models_share_the_rows_of_the_table() {
    let models = |n: u32| {
        (0..n).map(|model| {
            let series = Series::new(Stage::TrainingEpoch, &format!("m{model}"));
            (0..6).fold(series, |series, _| series.ok(1.0, &[]))
        })
    };
    for (count, rows, expected) in [
        (2, 4, ["m0", "m0", "m1", "m1"].as_slice()),
        (2, 5, &["m0", "m0", "m1", "m1"]),
        (3, 2, &["m0", "m1"]),
        (1, 0, &["m0"; 6]),
    ] {
        let config = Config::builder().report_rows(rows).build().unwrap();
        let markdown = Report::new(&snapshot(models(count)), &config).to_markdown();
        assert_eq!(names(&markdown, "### Epochs in order\n"), expected, "{markdown}");
        let rest = markdown.contains("1 more row is in JSON.");
        assert_eq!(rest, count as usize > rows && rows > 0, "{markdown}");
    }
}

#[test]
fn rates_that_are_one_number_are_one_column() {
    let calls = |pause: f64| {
        let items = [(Number::Items, 10.0)];
        Series::new(Stage::Operation, "o")
            .ok(0.1, &items)
            .after(pause)
            .ok(0.1, &items)
    };
    let tight = report([calls(0.0)]).to_markdown();
    assert!(
        tight.contains("Items/s |") && !tight.contains("span") && !tight.contains("each"),
        "{tight}"
    );
    let spaced = report([calls(0.8)]).to_markdown();
    for (title, value) in [
        ("Calls/s", "10"),
        ("Calls/s over the span", "2"),
        ("Items/s", "100"),
        ("Items/s over the span", "20"),
    ] {
        assert_eq!(cell(&spaced, "## Operations", title), value, "{title}");
    }
    let parallel = ["a", "b"].map(|device| {
        Series::new(Stage::Operation, "o")
            .label(Label::Device, device)
            .ok(0.1, &[(Number::Items, 10.0)])
    });
    let parallel = report(parallel).to_markdown();
    assert_eq!(cell(&parallel, "## Operations", "Items/s"), "200");
    assert_eq!(cell(&parallel, "## Operations", "Items/s each"), "100");
    let once = report([Series::new(Stage::Operation, "o").ok(0.1, &[(Number::Items, 10.0)])]).to_markdown();
    assert!(once.contains(" Items |") && !once.contains("/s"), "{once}");
}

/// Where bytes are the items of a stage they are bytes, once.
#[test]
fn bytes_are_no_samples() {
    let metrics = aimlm::Metrics::default_instance();
    for _ in 0..2 {
        metrics.record_data_loading("shard", 1 << 20, std::time::Duration::from_millis(10));
    }
    let markdown = metrics.comprehensive_report().to_markdown();
    assert_eq!(cell(&markdown, "### Data loading", "Bytes"), "2.00 MiB");
    assert!(!markdown.contains("Samples"), "{markdown}");
    let sized = [(Number::Items, 3.0), (Number::SizeBytes, 9.0)];
    let both = report([Series::new(Stage::Operation, "o").ok(0.1, &sized)]).to_markdown();
    assert_eq!(cell(&both, "## Operations", "Items"), "3");
    assert_eq!(cell(&both, "## Operations", "Bytes"), "9 B");
}
