use aimlm_config::Thresholds;
use aimlm_snapshot::{EpochMetrics, Overview, TrainingMetrics};
use aimlm_vocabulary::Stage;

use super::finding::severity_above;
use super::{Evidence, Finding, FindingKind, Target};
use aimlm_format::{count, duration, number, percent, quoted};

/// Differences between epochs that are shorter say nothing, in seconds.
const NOTICEABLE: f64 = 0.1;
/// So many epochs have a median, and a first and a last third.
const FEWEST: usize = 4;

/// Epochs that take longer and longer; or, where they do not, one that takes much longer than the others.
pub(super) fn slow_epochs(overview: &Overview, thresholds: &Thresholds) -> Vec<Finding> {
    let trainings = overview.training.values();
    trainings
        .filter(|training| training.by_epoch.len() >= FEWEST)
        .filter_map(|training| growing(training, thresholds).or_else(|| slowest(training, thresholds)))
        .collect()
}

/// The median of the last third of the epochs against that of the first, where most epochs take longer than
/// the one before: a few slow ones at the end are no growth.
fn growing(training: &TrainingMetrics, thresholds: &Thresholds) -> Option<Finding> {
    let epochs = &training.by_epoch;
    let third = (epochs.len() / 3).max(1);
    let (first, last) = (median(&epochs[..third]), median(&epochs[epochs.len() - third..]));
    let (severity, bound) = severity_above(last / first, thresholds.epoch_growth_factor)?;
    let longer = epochs.windows(2).filter(|pair| pair[1].seconds > pair[0].seconds);
    if last - first < NOTICEABLE || 3 * longer.count() < 2 * (epochs.len() - 1) {
        return None;
    }
    Some(Finding {
        kind: FindingKind::GrowingEpochs,
        severity,
        target: Target::of(Stage::TrainingEpoch, &training.model_id),
        message: format!(
            "The epochs of the model {} take longer and longer: {} at first, {} at last.",
            quoted(&training.model_id),
            duration(first),
            duration(last),
        ),
        evidence: vec![
            Evidence::new("last third over first third", last / first, "{times}").against(bound),
            Evidence::new("epochs", epochs.len() as f64, "{epoch}"),
        ],
        details: Vec::new(),
        action: "Look for what grows from epoch to epoch: lists, caches, logs, memory in use.".to_owned(),
    })
}

/// The slowest epoch against the median of all.
fn slowest(training: &TrainingMetrics, thresholds: &Thresholds) -> Option<Finding> {
    let epochs = &training.by_epoch;
    let usual = median(epochs);
    let slowest = epochs.iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds))?;
    let (severity, bound) = severity_above(slowest.seconds / usual, thresholds.slow_epoch_factor)?;
    if slowest.seconds - usual < NOTICEABLE {
        return None;
    }
    let slow = epochs
        .iter()
        .filter(|epoch| epoch.seconds > bound * usual)
        .count();
    let others = match slow {
        1 => String::new(),
        _ => format!(", the slowest of {} slow ones", count(slow as u64)),
    };
    let is_first = slowest.epoch.total_cmp(&epochs[0].epoch).is_eq();
    Some(Finding {
        kind: FindingKind::SlowEpoch,
        severity,
        target: Target::of(Stage::TrainingEpoch, &training.model_id),
        message: format!(
            "Epoch {} of the model {} took {}{others}; half of the epochs took {} or less.",
            number(slowest.epoch),
            quoted(&training.model_id),
            duration(slowest.seconds),
            duration(usual),
        ),
        evidence: vec![
            Evidence::new("slowest over median", slowest.seconds / usual, "{times}").against(bound),
            Evidence::new("epochs", epochs.len() as f64, "{epoch}"),
        ],
        details: Vec::new(),
        action: if is_first {
            "It is the first: what is loaded, compiled or cached once may be in it.".to_owned()
        } else {
            String::new()
        },
    })
}

fn median(epochs: &[EpochMetrics]) -> f64 {
    let mut seconds: Vec<f64> = epochs.iter().map(|epoch| epoch.seconds).collect();
    seconds.sort_unstable_by(f64::total_cmp);
    let middle = seconds.len() / 2;
    if seconds.len() % 2 == 1 {
        seconds[middle]
    } else {
        f64::midpoint(seconds[middle - 1], seconds[middle])
    }
}

/// Time of validation against that of training: of its epochs or its steps, of which one may be recorded in part.
pub(super) fn long_validation(overview: &Overview, thresholds: &Thresholds) -> Vec<Finding> {
    let trainings = overview.training.values();
    trainings
        .filter_map(|training| {
            let validation = training.validation.as_ref()?.latency.total;
            let parts = [&training.epochs, &training.steps];
            let trained = parts
                .iter()
                .filter_map(|part| Some(part.as_ref()?.latency.total))
                .reduce(f64::max)?;
            let share = validation / trained;
            let (severity, bound) = severity_above(share, thresholds.validation_share)
                .filter(|_| validation >= NOTICEABLE && trained > 0.0)?;
            Some(Finding {
                kind: FindingKind::LongValidation,
                severity,
                target: Target::of(Stage::Validation, &training.model_id),
                message: format!(
                    "Validation of the model {} takes {} of the time of its training.",
                    quoted(&training.model_id),
                    percent(share),
                ),
                evidence: vec![
                    Evidence::new("validation over training", share, "1").against(bound),
                    Evidence::new("validation", validation, "s"),
                    Evidence::new("training", trained, "s"),
                ],
                details: Vec::new(),
                action: "Validate less often, or on fewer samples.".to_owned(),
            })
        })
        .collect()
}
