use aimlm_format::{count, duration, number, quoted};
use aimlm_snapshot::TrainingMetrics;
use aimlm_vocabulary::Stage;

use super::growing_epochs::growing;
use crate::case::Case;
use crate::epochs_compared::{FEWEST, NOTICEABLE, median};
use crate::rule::{Matter, WeighedFinding, rule};
use crate::threshold::{DefaultBounds, Threshold};
use crate::{Evidence, Finding, FindingKind, Target};

rule! {
    /// An epoch takes much longer than the others: the slowest one against the median of all is over its threshold. From four
    /// epochs on, from a difference of 0.1 s, and where the epochs do not grow.
    SlowEpoch "slow_epoch" {
        matter: Matter::Time,
        thresholds: [FACTOR],
        evidence: &[
            ("slowest over median", "time of the slowest epoch over the median of all"),
            ("epochs", "epochs that succeeded, of the last `history_size`"),
        ],
        check: check,
        example: snapshot([[20.0, 2.0, 2.0, 2.0, 2.0]
            .into_iter()
            .zip(1_u8..)
            .fold(Series::new(Stage::TrainingEpoch, "digits"), |epochs, (seconds, nth)| {
                epochs.ok(seconds, &[(Number::Epoch, f64::from(nth))])
            })]),
    }
}

static FACTOR: Threshold = Threshold {
    key: "slow_epoch_factor",
    measures: "how many times as long as the median epoch the slowest one takes; differences under 0.1 s are no finding",
    unit: "{times}",
    bounds: DefaultBounds::Over {
        medium: 2.0,
        high: 5.0,
    },
    for_models: false,
    source: "aimlm's own",
};

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let trainings = case.overview.training.values();
    let steady = trainings.filter(|training| growing(case, training).is_none());
    steady.filter_map(|training| slowest(case, training)).collect()
}

/// The slowest epoch against the median of all.
fn slowest(case: &Case<'_>, training: &TrainingMetrics) -> Option<WeighedFinding> {
    let (model, epochs) = (&training.model_id, &training.by_epoch);
    if epochs.len() < FEWEST {
        return None;
    }
    let usual = median(epochs);
    let slowest = epochs.iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds))?;
    let crossed = case.crossed(&FACTOR, model, slowest.seconds / usual)?;
    if slowest.seconds - usual < NOTICEABLE {
        return None;
    }
    let is_slow = |seconds: f64| seconds > crossed.bound * usual;
    let others = match epochs.iter().filter(|epoch| is_slow(epoch.seconds)).count() {
        1 => String::new(),
        slow => format!(", the slowest of {} slow ones", count(slow as u64)),
    };
    let message = format!(
        "Epoch {} of the model {} took {}{others}; half of the epochs took {} or less.",
        number(slowest.epoch),
        quoted(model),
        duration(slowest.seconds),
        duration(usual),
    );
    let action = if slowest.epoch.total_cmp(&epochs[0].epoch).is_eq() {
        "It is the first: what is loaded, compiled or cached once may be in it."
    } else {
        ""
    };
    let target = Target::of(Stage::TrainingEpoch, model);
    Some(
        Finding::new(FindingKind::SlowEpoch, crossed.severity, target, message)
            .shown_by(vec![
                crossed.evidence("slowest over median"),
                Evidence::new("epochs", epochs.len() as f64, "{epoch}"),
            ])
            .advising(action)
            .weighing(training.epochs.as_ref().map_or(0.0, |calls| calls.seconds())),
    )
}
