//! Recording without attributes: guards, closures, record methods, and an instance apart from the global one.
//!
//! For calls that are no function of yours, values that are no call, and numbers known only half-way.

use std::thread;
use std::time::{Duration, Instant};

use aimlm::{Config, Metrics};

fn main() -> Result<(), aimlm::Error> {
    // An instance of its own: nothing that attributes record is in it. `Metrics::global()` is theirs.
    let metrics = Metrics::new(Config::builder().history_size(100).build()?)?;

    // A closure: what it returns is handed through, a panic is counted as one.
    let answer = metrics
        .track_inference("echo")
        .batch_size(1)
        .run(|_| echo("hello"));
    assert_eq!(answer, "hello");

    // A closure that may fail: `Err` makes it an error, and `?` works as ever.
    let parsed = metrics
        .track_operation("parse")
        .items(1)
        .try_run(|_| "12".parse::<u32>());
    let refused = metrics
        .track_operation("parse")
        .items(1)
        .try_run(|_| "x".parse::<u32>());
    assert!(parsed.is_ok() && refused.is_err());

    // A guard: the call ends where it is dropped; what is known late is added on the way.
    let mut guard = metrics.track_inference("echo").start();
    let tokens = echo("three short words").split(' ').count();
    guard.tokens_out(tokens as u64);
    drop(guard);

    // A guard that ends as an error of a kind.
    metrics
        .track_model_load("missing")
        .source("nowhere")
        .start()
        .fail_with("NotFound");

    // What someone else timed.
    let started = Instant::now();
    thread::sleep(Duration::from_millis(2));
    metrics.record_dataset_load("letters", started.elapsed());
    let took = Duration::from_millis(8);
    metrics
        .track_checkpoint_save("echo")
        .size_bytes(1 << 20)
        .epoch(3)
        .record(took);
    metrics.record_data_loading("images", 40 << 20, Duration::from_millis(25));

    // What is no call.
    for (epoch, loss) in [1.9, 0.8, 0.5].into_iter().enumerate() {
        let stats = metrics.record_training_stats("echo", epoch as u64).loss(loss);
        stats.metric("perplexity", loss.exp()).record();
    }
    metrics.record_worker_utilization("rank-0", 0.93);

    // One subject, as a typed struct.
    let snapshot = metrics.snapshot();
    if let Some(echo) = snapshot.inference_of("echo") {
        println!(
            "echo answered {} times, {:?} s on average",
            echo.calls.counts.ok, echo.calls.latency.mean
        );
    }

    // Everything, as text.
    println!("\n{}", metrics.comprehensive_report().to_text());

    metrics.reset();
    assert!(metrics.snapshot().inference_of("echo").is_none());
    Ok(())
}

fn echo(text: &str) -> &str {
    text
}
