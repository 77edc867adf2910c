use aimlm_format::{duration, quoted};
use aimlm_snapshot::TrainingMetrics;
use aimlm_vocabulary::Stage;

use crate::case::Case;
use crate::epochs_compared::{FEWEST, NOTICEABLE, median};
use crate::rule::{Matter, WeighedFinding, rule};
use crate::threshold::{DefaultBounds, Threshold};
use crate::{Evidence, Finding, FindingKind, Target};

rule! {
    /// Epochs take longer and longer: the median of the last third of them against that of the first is over its threshold, and
    /// at least two thirds take longer than the one before, for a few slow ones at the end are no growth. From four epochs on,
    /// and from a difference of 0.1 s.
    GrowingEpochs "growing_epochs" {
        matter: Matter::Time,
        thresholds: [GROWTH],
        evidence: &[
            ("last third over first third", "median time of the last third of the epochs over that of the first"),
            ("epochs", "epochs that succeeded, of the last `history_size`"),
        ],
        check: check,
        example: snapshot([(1..=8_u8).fold(Series::new(Stage::TrainingEpoch, "digits"), |epochs, nth| {
            epochs.ok(f64::from(nth), &[(Number::Epoch, f64::from(nth))])
        })]),
    }
}

static GROWTH: Threshold = Threshold {
    key: "epoch_growth_factor",
    measures: "how many times as long as the first third of the epochs the last third takes, where at least two thirds of \
               the epochs take longer than the one before",
    unit: "{times}",
    bounds: DefaultBounds::Over {
        medium: 1.5,
        high: 3.0,
    },
    for_models: false,
    source: "aimlm's own",
};

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let trainings = case.overview.training.values();
    trainings.filter_map(|training| growing(case, training)).collect()
}

/// What is said of a model whose epochs grow.
pub(super) fn growing(case: &Case<'_>, training: &TrainingMetrics) -> Option<WeighedFinding> {
    let (model, epochs) = (&training.model_id, &training.by_epoch);
    if epochs.len() < FEWEST {
        return None;
    }
    let third = (epochs.len() / 3).max(1);
    let (first, last) = (median(&epochs[..third]), median(&epochs[epochs.len() - third..]));
    let crossed = case.crossed(&GROWTH, model, last / first)?;
    let longer = epochs.windows(2).filter(|pair| pair[1].seconds > pair[0].seconds);
    if last - first < NOTICEABLE || 3 * longer.count() < 2 * (epochs.len() - 1) {
        return None;
    }
    let message = format!(
        "The epochs of the model {} take longer and longer: {} at first, {} at last.",
        quoted(model),
        duration(first),
        duration(last),
    );
    let target = Target::of(Stage::TrainingEpoch, model);
    Some(
        Finding::new(FindingKind::GrowingEpochs, crossed.severity, target, message)
            .shown_by(vec![
                crossed.evidence("last third over first third"),
                Evidence::new("epochs", epochs.len() as f64, "{epoch}"),
            ])
            .advising("Look for what grows from epoch to epoch: lists, caches, logs, memory in use.")
            .weighing(training.epochs.as_ref().map_or(0.0, |calls| calls.seconds())),
    )
}
