use aimlm_format::{count, counted, number, quoted};
use aimlm_snapshot::CurveMetrics;
use aimlm_vocabulary::Stage;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::{Evidence, Finding, FindingKind, Severity, Target};

rule! {
    /// The loss of a training, or another of its numbers, was NaN or infinite.
    NotFinite "not_finite" {
        matter: Matter::Results,
        thresholds: [],
        evidence: &[
            ("not finite", "points of the curve that were NaN or infinite"),
            ("points", "points of the curve"),
            ("first at", "the epoch or step of the first of them that was not finite"),
        ],
        check: check,
        example: snapshot([Series::new(Stage::TrainingStats, "digits")
            .sample(Number::Loss, 6.0, 0.5)
            .sample(Number::Loss, 7.0, f64::NAN)]),
    }
}

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let trainings = case.overview.training.values();
    let curves = trainings.flat_map(|training| {
        let curves = training.curves.iter();
        curves.map(move |(name, curve)| (&training.model_id, name, curve))
    });
    curves
        .filter(|(.., curve)| curve.not_finite > 0)
        .map(|(model, name, curve)| not_finite(model, name, curve))
        .collect()
}

fn not_finite(model: &str, name: &str, curve: &CurveMetrics) -> WeighedFinding {
    let mut evidence = vec![
        Evidence::new("not finite", curve.not_finite as f64, "{point}"),
        Evidence::new("points", curve.count as f64, "{point}"),
    ];
    let at = curve.first_not_finite_at.filter(|x| x.is_finite());
    let unit = format!("{{{}}}", curve.x_is);
    evidence.extend(at.map(|x| Evidence::new("first at", x, &unit)));
    let at = at.map(|x| format!("{} {}", curve.x_is, number(x)));
    let first = at.as_ref().map(|at| format!(", first at {at}"));
    let message = format!(
        "The curve {} of the model {} is NaN or infinite in {} of {}{}.",
        quoted(name),
        quoted(model),
        count(curve.not_finite),
        counted(curve.count, "point"),
        first.unwrap_or_default(),
    );
    let action = at.map(|at| format!("Look at what was trained on just before {at}."));
    let target = Target::of(Stage::TrainingStats, model);
    Finding::new(FindingKind::NotFinite, Severity::High, target, message)
        .shown_by(evidence)
        .advising(action.unwrap_or_default())
        .weighing(curve.not_finite as f64)
}
