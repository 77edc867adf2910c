use aimlm_format::{percent, quoted};
use aimlm_snapshot::TrainingMetrics;
use aimlm_vocabulary::Stage;

use crate::case::Case;
use crate::epochs_compared::NOTICEABLE;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::threshold::{DefaultBounds, Threshold};
use crate::{Evidence, Finding, FindingKind, Target};

rule! {
    /// Validation takes long beside training: its time over that of the epochs, or of the steps where these took longer, for one
    /// of the two may be recorded in part, is over its threshold. From 0.1 s on.
    LongValidation "long_validation" {
        matter: Matter::Time,
        thresholds: [SHARE],
        evidence: &[
            ("validation over training", "time of validations over that of epochs, or of steps where these took longer"),
            ("validation", "time of the validations that succeeded"),
            ("training", "time of the epochs or steps that succeeded"),
        ],
        check: check,
        example: snapshot([
            Series::new(Stage::TrainingStep, "digits").ok(10.0, &[]),
            Series::new(Stage::Validation, "digits").ok(6.0, &[]),
        ]),
    }
}

static SHARE: Threshold = Threshold {
    key: "validation_share",
    measures: "time of validation over time of training",
    unit: "1",
    bounds: DefaultBounds::Over {
        medium: 0.5,
        high: 1.0,
    },
    for_models: false,
    source: "aimlm's own",
};

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let trainings = case.overview.training.values();
    trainings
        .filter_map(|training| long_validation(case, training))
        .collect()
}

fn long_validation(case: &Case<'_>, training: &TrainingMetrics) -> Option<WeighedFinding> {
    let calls = training.validation.as_ref()?;
    let validation = calls.latency.total_seconds;
    let parts = [&training.epochs, &training.steps];
    let trained = parts
        .iter()
        .filter_map(|part| Some(part.as_ref()?.latency.total_seconds))
        .reduce(f64::max)?;
    let share = validation / trained;
    let crossed = case
        .crossed(&SHARE, &training.model_id, share)
        .filter(|_| validation >= NOTICEABLE && trained > 0.0)?;
    let message = format!(
        "Validation of the model {} takes {} of the time of its training.",
        quoted(&training.model_id),
        percent(share),
    );
    let target = Target::of(Stage::Validation, &training.model_id);
    Some(
        Finding::new(FindingKind::LongValidation, crossed.severity, target, message)
            .shown_by(vec![
                crossed.evidence("validation over training"),
                Evidence::new("validation", validation, "s"),
                Evidence::new("training", trained, "s"),
            ])
            .advising("Validate less often, or on fewer samples.")
            .weighing(calls.seconds()),
    )
}
