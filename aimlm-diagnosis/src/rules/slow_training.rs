use aimlm_format::{number_apart, quoted};
use aimlm_snapshot::TrainingMetrics;
use aimlm_vocabulary::{Number, Stage};

use crate::case::Case;
use crate::efficiency::RATE;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::{EfficiencyRating, Evidence, Finding, FindingKind, Severity, Target, TrainingEfficiency};

rule! {
    /// A model trains on few samples a second: its rate is rated low. The rate is that of the epochs, by the clock while one of
    /// them ran; of the steps where fewer than two epochs said how many samples they had.
    SlowTraining "slow_training" {
        matter: Matter::Time,
        thresholds: [RATE],
        evidence: &[
            ("samples a second", "the training rate"),
        ],
        check: check,
        example: snapshot([(0..9).fold(Series::new(Stage::TrainingStep, "digits"), |steps, _| {
            steps.ok(0.1, &[(Number::BatchSize, 1.0)])
        })]),
    }
}

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let trainings = case.overview.training.values();
    trainings
        .filter_map(|training| {
            let (model, rate) = (&training.model_id, training.samples_per_second()?);
            let rated = TrainingEfficiency::rated(model, rate, case.thresholds);
            if rated.efficiency_rating != EfficiencyRating::Low {
                return None;
            }
            let bound = case.thresholds.value_for(model, RATE.bound(Severity::High));
            let message = format!(
                "The model {} trains on {} samples a second.",
                quoted(model),
                number_apart(rate, bound).0,
            );
            let target = Target::of(Stage::TrainingEpoch, model);
            // A training may be known by its steps alone.
            let calls = training.epochs.as_ref().or(training.steps.as_ref());
            Some(
                Finding::new(FindingKind::SlowTraining, Severity::Medium, target, message)
                    .shown_by(vec![
                        Evidence::new("samples a second", rate, RATE.unit).against(bound),
                    ])
                    .advising(advice(training))
                    .weighing(calls.map_or(0.0, |calls| calls.seconds())),
            )
        })
        .collect()
}

/// What the calls themselves suggest, if anything.
fn advice(training: &TrainingMetrics) -> String {
    let steps = training.steps.as_ref();
    let batch = steps.and_then(|steps| steps.number(Number::BatchSize));
    match batch.and_then(|batch| batch.max) {
        Some(1.0) => "Every step has one sample: try larger batches.".to_owned(),
        _ => String::new(),
    }
}
