//! Distributed training: phases of tasks, coordination, workers, exchange.

use aimlm::{Metrics, Outcome};

use crate::clock::{Bounds, Watch, close, ms, same, sleep_ms};
use crate::figures::page;
use crate::hand::{Running, fail, succeed};
use crate::tables::{printed, shows};

fn phase<'a>(metrics: &'a Metrics, task: &'a str, phase: &'a str) -> impl Running + use<> {
    metrics.track_distributed_task(task).phase(phase).start()
}

/// Two runs, the second of which fails half-way: no phase takes more of the task than the task took.
#[test]
fn shares_with_a_failed_run() {
    let metrics = Metrics::default_instance();
    let (run, part) = (Watch::new(), Watch::new());
    for fails in [false, true] {
        let mut whole = run.open();
        let call = metrics.track_distributed_task("t").num_workers(2).start();
        whole.begun();
        let mut open = part.open();
        let compute = phase(&metrics, "t", "compute");
        open.body(|| sleep_ms(40));
        succeed(compute);
        part.close(&open);
        sleep_ms(10);
        whole.ending();
        if fails {
            fail(call);
        } else {
            succeed(call);
        }
        run.close(&whole);
    }
    let page = page(&metrics);
    let share = page
        .table("Phases")
        .cell(&["t", "compute"], &["Of the task"])
        .and_then(printed);
    let bounds = Bounds {
        low: part.total().low / run.total().high,
        high: part.total().high / run.total().low,
    };
    bounds.hold("compute of the task", share.map(|share| share.value));
}

/// Of a run in flight no phase has a share above the whole.
#[test]
fn shares_with_a_run_in_flight() {
    let metrics = Metrics::default_instance();
    let first = metrics.track_distributed_task("t").start();
    let compute = phase(&metrics, "t", "compute");
    sleep_ms(10);
    succeed(compute);
    succeed(first);
    let second = metrics.track_distributed_task("t").start();
    let compute = phase(&metrics, "t", "compute");
    sleep_ms(50);
    succeed(compute);
    let cell = page(&metrics)
        .table("Phases")
        .cell(&["t", "compute"], &["Of the task"])
        .and_then(printed);
    // Whether a share is known at all meanwhile is left open.
    assert!(
        cell.is_none_or(|cell| cell.value <= 1.0 + cell.rounding),
        "{cell:?}"
    );
    succeed(second);
}

/// Three times of coordination in one run: the run's coordination is all of them.
#[test]
fn coordination_of_a_run() {
    let metrics = Metrics::default_instance();
    for n in 1..=2_u64 {
        for part in [100, 101, 102] {
            metrics
                .track_distributed_task("t")
                .phase("coordination")
                .record(ms(part * n));
        }
        metrics
            .track_distributed_task("t")
            .phase("compute")
            .record(ms(500));
        metrics.track_distributed_task("t").record(ms(1000));
    }
    let page = page(&metrics);
    assert_eq!(page.phase("t", "coordination").counts()[2], 6);
    same(
        "total of the phase",
        page.phase("t", "coordination").latency("total"),
        0.909,
    );
    same("total", page.coordination("t", "total"), 0.909);
    same("mean of a run", page.coordination("t", "mean"), 0.4545);
    let table = page.table("Tasks");
    shows(
        "Coordination",
        table.cell(&["t"], &["Coordination", "Coordination of a run"]),
        0.4545,
    );
    let overall = page.at(&["distributed", "coordination", "mean_seconds"]).as_f64();
    same("of all tasks", overall, 0.4545);
}

/// A phase within a phase takes its time once; what is left over is the coordination.
#[test]
fn nested_phases() {
    let metrics = Metrics::default_instance();
    let (run, parts) = (Watch::new(), Watch::new());
    for _ in 0..2 {
        let mut whole = run.open();
        let call = metrics.track_distributed_task("t").start();
        whole.begun();
        sleep_ms(20);
        let mut open = parts.open();
        let outer = phase(&metrics, "t", "compute");
        open.begun();
        sleep_ms(10);
        let inner = phase(&metrics, "t", "aggregation");
        sleep_ms(25);
        succeed(inner);
        open.ending();
        succeed(outer);
        parts.close(&open);
        sleep_ms(10);
        whole.ending();
        succeed(call);
        run.close(&whole);
    }
    let page = page(&metrics);
    remainder(&run, &parts).hold("coordination", page.coordination("t", "total"));
}

/// Phases side by side: the coordination is the time of the run in which none of them ran.
#[test]
fn parallel_phases() {
    let metrics = Metrics::default_instance();
    let (run, parts) = (Watch::new(), Watch::new());
    run.call(|whole| {
        let call = metrics.track_distributed_task("t").num_workers(3).start();
        whole.begun();
        sleep_ms(25);
        std::thread::scope(|scope| {
            for worker in 0..3 {
                let (metrics, parts) = (&metrics, &parts);
                scope.spawn(move || {
                    let mut open = parts.open();
                    let call = phase(metrics, "t", "compute");
                    open.body(|| sleep_ms(30 + 5 * worker));
                    succeed(call);
                    parts.close(&open);
                });
            }
        });
        whole.ending();
        succeed(call);
    });
    let page = page(&metrics);
    remainder(&run, &parts).hold("coordination", page.coordination("t", "total"));
    let share = page
        .table("Phases")
        .cell(&["t", "compute"], &["Of the task"])
        .and_then(printed);
    let clock = Bounds {
        low: parts.busy().low / run.total().high,
        high: parts.busy().high / run.total().low,
    };
    clock.hold("compute of the task", share.map(|share| share.value));
}

fn remainder(run: &Watch, parts: &Watch) -> Bounds {
    Bounds {
        low: run.total().low - parts.busy().high,
        high: run.total().high - parts.busy().low,
    }
}

/// How many workers tasks had is said of those that said so.
#[test]
fn worker_counts() {
    let metrics = Metrics::default_instance();
    metrics.record_worker_utilization("w", 0.9);
    metrics.track_distributed_task("a").num_workers(4).record(ms(10));
    metrics.track_distributed_task("b").record(ms(10));
    metrics.track_distributed_task("b").record(ms(10));
    let one = page(&metrics);
    assert!(!one.markdown.contains("Every task had 4"), "one of three said so");
    assert_eq!(
        one.at(&["distributed", "worker_counts", "count"]).as_u64(),
        Some(1)
    );
    metrics.track_distributed_task("b").num_workers(2).record(ms(10));
    metrics
        .track_distributed_task("b")
        .num_workers(64)
        .record_as(Outcome::Error, ms(10));
    let page = page(&metrics);
    for (member, value) in [("min", 2.0), ("max", 4.0), ("mean", 3.0), ("count", 2.0)] {
        assert_eq!(
            page.at(&["distributed", "worker_counts", member]).as_f64(),
            Some(value),
            "{member}"
        );
    }
}

#[test]
fn one_worker() {
    let metrics = Metrics::default_instance();
    metrics.record_worker_utilization("w", 0.2);
    metrics.track_distributed_task("a").num_workers(1).record(ms(10));
    let page = page(&metrics);
    for text in [&page.markdown, &page.text] {
        assert!(!text.contains("1 workers"), "{text}");
    }
}

#[test]
fn utilisation() {
    let metrics = Metrics::default_instance();
    for value in [0.25, 1.5, -1.0, f64::NAN, 0.75, 0.5] {
        metrics.record_worker_utilization("w-0", value);
    }
    metrics.record_worker_utilization("w-1", 0.125);
    let page = page(&metrics);
    for (member, value) in [
        ("count", 5.0),
        ("min", 0.0),
        ("max", 1.0),
        ("mean", 0.5),
        ("last", 0.5),
    ] {
        assert_eq!(page.worker("w-0", member), Some(value), "{member}");
    }
    let table = page.table("Workers");
    shows("Mean", table.cell(&["w-0"], &["Mean"]), 0.5);
    shows("Last", table.cell(&["w-1"], &["Last"]), 0.125);
    let finding = page.findings("underused_workers")[0];
    assert_eq!(finding["target"]["subject"], "w-1");
    let legacy = page.legacy();
    let means = &legacy["distributed"]["average_worker_utilization"];
    assert_eq!(
        (means["w-0"].as_f64(), means["w-1"].as_f64()),
        (Some(0.5), Some(0.125))
    );
}

/// Failures of two phases of one task are two findings, each naming its phase.
#[test]
fn failures_name_their_phase() {
    let metrics = Metrics::default_instance();
    for name in ["compute", "aggregation"] {
        for outcome in [Outcome::Ok, Outcome::Error] {
            metrics
                .track_distributed_task("t")
                .phase(name)
                .record_as(outcome, ms(10));
        }
    }
    let page = page(&metrics);
    let findings: Vec<&str> = page
        .findings("errors")
        .iter()
        .map(|finding| finding["message"].as_str().unwrap())
        .collect();
    assert_eq!(findings.len(), 2);
    for name in ["compute", "aggregation"] {
        assert_eq!(
            findings.iter().filter(|text| text.contains(name)).count(),
            1,
            "{findings:?}"
        );
    }
}

/// What the legacy form gives of it.
#[test]
fn legacy() {
    let metrics = Metrics::default_instance();
    for n in 1..=3_u64 {
        metrics.track_distributed_task("t").num_workers(n).record(ms(100));
        metrics
            .track_distributed_task("t")
            .phase("distribution")
            .record(ms(10 * n));
        metrics
            .track_distributed_task("t")
            .phase("aggregation")
            .record(ms(n));
        metrics
            .track_distributed_task("t")
            .phase("coordination")
            .record(ms(5 * n));
        metrics.record_communication("all_reduce", ms(7 * n));
    }
    let legacy = page(&metrics).legacy();
    let distributed = &legacy["distributed"];
    let number = |group: &str, member: &str| distributed[group][member].as_f64();
    close("distribution", number("task_distribution_times", "mean"), 0.02);
    close("aggregation", number("result_aggregation_times", "mean"), 0.002);
    close("communication", number("communication_time_stats", "mean"), 0.014);
    close(
        "communication",
        number("communication_time_stats", "total"),
        0.042,
    );
    close(
        "coordination",
        number("coordination_overhead_stats", "mean"),
        0.01,
    );
    close(
        "coordination",
        number("coordination_overhead_stats", "total"),
        0.03,
    );
    assert_eq!(number("worker_counts", "min"), Some(1.0));
    assert_eq!(number("worker_counts", "max"), Some(3.0));
    assert_eq!(number("worker_counts", "mean"), Some(2.0));
}
