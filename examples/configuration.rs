//! Configuring aimlm: defaults, under a file, under the environment, under what the program says itself.
//!
//! Try `AIMLM_HISTORY_SIZE=200 cargo run --example configuration`, and `AIMLM_HISTORY_SIZE=-1`.

use std::fs;
use std::process::ExitCode;

use aimlm::{Config, Metrics, track_inference};

/// The file of a larger program: aimlm reads what stands under `ai_ml.metrics` and nothing else.
const FILE: &str = r#"
[server]
port = 8080

[ai_ml.metrics]
history_size = 5000
analysis_percentiles = [50, 99, 99.9]
thresholds.inference_latency_seconds = { medium = 0.001, high = 0.01 }
"#;

#[track_inference(model = "slow", batch_size = rows)]
fn answer(rows: usize) -> usize {
    std::thread::sleep(std::time::Duration::from_millis(2));
    rows
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::temp_dir().join(format!("aimlm-example-{}.toml", std::process::id()));
    fs::write(&path, FILE)?;
    let config = Config::builder().file(&path).env().max_series(64).build();
    fs::remove_file(&path)?;
    let config = config?;
    println!(
        "history_size {}, percentiles {:?}",
        config.history_size, config.analysis_percentiles
    );

    // Before the first annotated call; without this line the global instance reads the environment alone.
    let metrics = Metrics::init_global(config)?;
    for _ in 0..3 {
        answer(8);
    }
    metrics.set_enabled(false);
    answer(8);
    metrics.set_enabled(true);

    let report = metrics.report();
    let answered = report
        .metrics
        .inference
        .get("slow")
        .map_or(0, |slow| slow.calls.counts.ok);
    println!("{answered} calls recorded; the fourth was made while recording was off");
    for finding in &report.findings {
        println!("{}: {} {}", finding.severity, finding.message, finding.action);
    }

    // A mistake is named with its place, its value and what is allowed.
    let mistaken = Config::from_toml_str("[ai_ml.metrics]\nhistory_size = -1\nenabeld = true");
    println!(
        "\n{}",
        mistaken.err().map_or_else(String::new, |error| error.to_string())
    );
    Ok(())
}
