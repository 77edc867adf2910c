//! Recording without attributes: guards, closures, record methods, and an instance apart from the global one.
//!
//! For calls that are no function of yours, values that are no call, and numbers known only half-way.

use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

use aimlm::{Config, Metrics};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // An instance of its own: nothing that attributes record is in it. `Metrics::global()` is theirs.
    let metrics = Metrics::new(Config::builder().history_size(100).build()?)?;

    // A closure: what it returns is handed through. An `Err` makes it an error, a panic is counted as one.
    let answer = metrics
        .track_inference("echo")
        .batch_size(1)
        .run(|_| echo("hello"));
    assert_eq!(answer, "hello");

    let parse = |text: &str| {
        metrics
            .track_operation("parse")
            .items(1)
            .run(|_| text.parse::<u32>())
    };
    assert!(parse("12").is_ok() && parse("x").is_err());

    // A guard: it is told of its success, and of what is known late. Left by `?` it is an error.
    count_words(&metrics, "three short words")?;
    count_words(&metrics, "").unwrap_err();

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
    for (epoch, loss) in [1.9_f64, 0.8, 0.5].into_iter().enumerate() {
        let stats = metrics.record_training_stats("echo", epoch).loss(loss);
        stats.metric("perplexity", loss.exp()).record();
    }
    metrics.record_worker_utilization("rank-0", 0.93);

    // One subject, as a typed struct.
    let snapshot = metrics.snapshot();
    if let Some(echo) = snapshot.inference_of("echo") {
        println!(
            "echo answered {} times, {:?} s on average",
            echo.calls.counts.ok, echo.calls.latency.mean_seconds
        );
    }

    // Everything, as text.
    println!("\n{}", metrics.report().to_text());

    metrics.reset();
    assert!(metrics.snapshot().inference_of("echo").is_none());
    Ok(())
}

fn count_words(metrics: &Metrics, text: &str) -> Result<usize, &'static str> {
    let mut call = metrics.track_inference("echo").start();
    let words = echo(text).split_whitespace();
    let words = NonZero::new(words.count()).ok_or("nothing to count")?;
    call.tokens_out(words);
    call.ok();
    Ok(words.get())
}

fn echo(text: &str) -> &str {
    text
}
