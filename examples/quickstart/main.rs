//! Trains a small neural network to read handwritten digits, serves it, and prints what aimlm recorded.
//!
//! Every function of interest has one attribute above it; that is all there is to do. What is no call, such
//! as how busy a worker was, goes to a `record_` method.

mod check;
mod data;
mod network;
mod parallel;
mod serve;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, thread};

use aimlm::Metrics;
use data::Dataset;
use indicatif::{ProgressBar, ProgressStyle};
use network::Network;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/digits.csv.gz");
const OUTPUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/aimlm/quickstart");

const SEED: u64 = 3;
const TEST_ROWS: usize = 357;
const VALIDATION_ROWS: usize = 240;
const EPOCHS: usize = 60;
const EPOCHS_PER_CHECKPOINT: usize = 20;
const REQUIRED_ACCURACY: f64 = 0.95;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// What the program did, counted by the program itself.
#[derive(Debug, Default)]
struct Done {
    rows_loaded: usize,
    rows_trained: usize,
    rows_validated: usize,
    rows_shuffled: usize,
    rows_answered: usize,
    shuffles: usize,
    epochs: usize,
    steps: usize,
    checkpoints: usize,
    checkpoint_bytes: u64,
    rounds: usize,
    workers: usize,
    bytes_reduced: usize,
    batches: usize,
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

fn run() -> Result<(), Error> {
    let output = PathBuf::from(OUTPUT);
    fs::create_dir_all(&output).map_err(|error| format!("{OUTPUT} can not be made: {error}"))?;
    let checkpoint = output.join("digits-mlp.bin");
    let mut done = Done::default();

    let mut digits = data::load(Path::new(DATA))?;
    done.rows_loaded = digits.len();
    data::normalize(&mut digits);
    let (test, rest) = data::split(&digits, TEST_ROWS);
    let (validation, train) = data::split(&rest, VALIDATION_ROWS);
    done.shuffles += 2;
    done.rows_shuffled += digits.len() + rest.len();

    let mut network = Network::new(SEED);
    train_network(&mut network, &train, &validation, &checkpoint, &mut done)?;

    let mut network = network::load_checkpoint(&checkpoint)?;
    parallel::train(&mut network, &train, &mut done)?;
    save(&network, &checkpoint, EPOCHS, &mut done)?;

    let model = network::load_model(&checkpoint)?;
    let accuracy = serve::answer(&model, &test, &mut done)?;

    let reported = write_reports(&output, &done);
    println!("test accuracy {accuracy:.4}");
    if accuracy < REQUIRED_ACCURACY {
        return Err(format!("the test accuracy is {accuracy:.4}, under {REQUIRED_ACCURACY}").into());
    }
    println!("{}", reported?);
    Ok(())
}

fn train_network(
    network: &mut Network,
    train: &Dataset,
    validation: &Dataset,
    checkpoint: &Path,
    done: &mut Done,
) -> Result<(), Error> {
    let style = ProgressStyle::with_template("epoch {pos:>2}/{len} {bar:20} accuracy {msg}")?;
    let progress = ProgressBar::new(EPOCHS as u64).with_style(style);
    for epoch in 1..=EPOCHS {
        let learning_rate = 0.3 * 0.98_f32.powi(epoch as i32 - 1);
        let fitted = network.train_epoch(train, epoch, learning_rate);
        let validated = network.validate(validation, epoch);
        Metrics::global()
            .record_training_stats(network::NAME, epoch as u64)
            .metric("weight_norm", network.norm())
            .record();
        done.epochs += 1;
        done.steps += fitted.steps;
        done.shuffles += 1;
        done.rows_shuffled += train.len();
        done.rows_trained += train.len();
        done.rows_validated += validation.len();
        if epoch % EPOCHS_PER_CHECKPOINT == 0 {
            save(network, checkpoint, epoch, done)?;
        }
        let (fitted, validated) = (fitted.accuracy, validated.accuracy);
        progress.set_message(format!("{fitted:.3}, validated {validated:.3}"));
        progress.inc(1);
    }
    progress.finish();
    Ok(())
}

fn save(network: &Network, path: &Path, epoch: usize, done: &mut Done) -> Result<(), Error> {
    done.checkpoint_bytes += network::save_checkpoint(network, path, epoch)?;
    done.checkpoints += 1;
    Ok(())
}

/// Shows the report, writes it in every format, and compares it with what the program did.
fn write_reports(output: &Path, done: &Done) -> Result<String, Error> {
    let metrics = Metrics::global();
    if !metrics.is_enabled() {
        return Ok("Recording is off (AIMLM_ENABLED): there is no report to write or check.".into());
    }
    let report = metrics.comprehensive_report();
    println!("\n{}", report.to_markdown());
    for name in ["report.md", "report.txt", "report.json"] {
        metrics.export(output.join(name))?;
    }
    let legacy = output.join("legacy.json");
    fs::write(&legacy, report.to_legacy_json()).map_err(|error| format!("{}: {error}", legacy.display()))?;
    check::check(&report, done)?;
    let shown = env::current_dir()
        .ok()
        .and_then(|here| output.strip_prefix(here).ok());
    Ok(format!(
        "Every count in the report is right. It is in {}: report.md, report.txt, report.json, legacy.json.",
        shown.unwrap_or(output).display()
    ))
}

fn in_threads<T: Send>(count: usize, task: impl Fn(usize) -> T + Sync) -> Result<Vec<T>, Error> {
    let task = &task;
    thread::scope(|scope| {
        let threads = Vec::from_iter((0..count).map(|i| scope.spawn(move || task(i))));
        let results = threads.into_iter().map(|thread| thread.join());
        results
            .map(|result| result.map_err(|_| "a thread panicked".into()))
            .collect()
    })
}
