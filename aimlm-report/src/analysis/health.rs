use aimlm_snapshot::EngineSnapshot;
use aimlm_snapshot::Overview;
use aimlm_vocabulary::Stage;

use super::{Evidence, Finding, FindingKind, Severity, Target};
use aimlm_format::{count, counted, number, percent, quoted};

/// Numbers of a training that were NaN or infinite.
pub(super) fn numbers_not_finite(overview: &Overview) -> Vec<Finding> {
    let curves = overview.training.values().flat_map(|training| {
        training
            .curves
            .iter()
            .map(move |(name, curve)| (training, name, curve))
    });
    curves
        .filter(|(.., curve)| curve.not_finite > 0)
        .map(|(training, name, curve)| {
            let mut evidence = vec![
                Evidence::new("not finite", curve.not_finite as f64, "{point}"),
                Evidence::new("points", curve.count as f64, "{point}"),
            ];
            let at = curve.first_not_finite_at.filter(|x| x.is_finite());
            let unit = format!("{{{}}}", curve.x_is);
            evidence.extend(at.map(|x| Evidence::new("first at", x, &unit)));
            let at = at.map(|x| format!("{} {}", curve.x_is, number(x)));
            let first = at
                .as_ref()
                .map(|at| format!(", first at {at}"))
                .unwrap_or_default();
            Finding {
                kind: FindingKind::NotFinite,
                severity: Severity::High,
                target: Target::of(Stage::TrainingStats, &training.model_id),
                message: format!(
                    "The curve {} of the model {} is NaN or infinite in {} of {}{first}.",
                    quoted(name),
                    quoted(&training.model_id),
                    count(curve.not_finite),
                    counted(curve.count, "point"),
                ),
                evidence,
                details: Vec::new(),
                action: at
                    .map(|at| format!("Look at what was trained on just before {at}."))
                    .unwrap_or_default(),
            }
        })
        .collect()
}

/// Something of the configuration was not taken: because it is wrong, or because there is no such setting.
pub(super) fn configuration(engine: &EngineSnapshot) -> Option<Finding> {
    let error = engine.configuration_error.as_deref();
    // Reports of before have that alone.
    let lines: Vec<String> = match &*engine.configuration_problems {
        [] => {
            let error = error?.strip_prefix("aimlm configuration: ").unwrap_or(error?);
            // Of several errors the first line says how many there are.
            let count = usize::from(error.lines().count() > 1);
            error.lines().skip(count).map(in_quotes).collect()
        }
        problems => problems.iter().map(|problem| in_quotes(problem)).collect(),
    };
    Some(Finding {
        kind: FindingKind::Configuration,
        severity: if error.is_some() {
            Severity::High
        } else {
            Severity::Medium
        },
        target: Target::default(),
        message: format!(
            "{} with the configuration: what is wrong was not taken, its default is in force.",
            counted(lines.len() as u64, "problem"),
        ),
        details: lines,
        evidence: Vec::new(),
        action: "Correct it and start the program again.".to_owned(),
    })
}

/// The text with the backticks of an error's message as the quotes of a finding's. What stands in double quotes is a
/// value as it was written.
fn in_quotes(text: &str) -> String {
    let (mut in_name, mut in_value, mut is_escaped) = (false, false, false);
    let quotes = text.chars().map(|character| {
        let shown = match character {
            '`' if !in_value => {
                in_name = !in_name;
                if in_name { '“' } else { '”' }
            }
            other => other,
        };
        in_value ^= character == '"' && !in_name && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        shown
    });
    quotes.collect()
}

/// More series were asked for than the configuration allows.
pub(super) fn series_limit(engine: &EngineSnapshot) -> Option<Finding> {
    (engine.overflow_calls > 0).then(|| Finding {
        kind: FindingKind::SeriesLimit,
        severity: Severity::Medium,
        target: Target {
            stage: Some(Stage::Overflow),
            subject: engine.overflow_site.clone(),
            part: None,
        },
        message: format!(
            "{} went to the overflow series: the limit of series was reached{}{}.",
            counted(engine.overflow_calls, "call"),
            engine
                .overflow_site
                .as_deref()
                .map(|site| format!(", most of all by {}", quoted(site)))
                .unwrap_or_default(),
            noisiest_subject(engine).unwrap_or_default(),
        ),
        evidence: vec![
            Evidence::new("overflow", engine.overflow_calls as f64, "{call}"),
            // Without the overflow series.
            Evidence::new("series", engine.series.saturating_sub(1) as f64, "{series}"),
        ],
        details: Vec::new(),
        action: "Use names of few values for models, data sets and operations, not identifiers of requests; \
                 or raise “max_series”."
            .to_owned(),
    })
}

/// For which subject most of the calls over the limit were, or one of those that are all about as rare.
fn noisiest_subject(engine: &EngineSnapshot) -> Option<String> {
    let subject = quoted(engine.overflow_subject.as_deref()?);
    Some(match engine.overflow_subject_share {
        Some(share) if share >= 0.05 => format!(
            ", at least {} of the calls for {subject}, as a sample says",
            percent(share)
        ),
        _ => format!(", for many names such as {subject}"),
    })
}

/// The collector's thread could not be started, and does not run.
pub(super) fn no_collector(engine: &EngineSnapshot) -> Option<Finding> {
    let failures = engine.collector_start_failures;
    (failures > 0 && engine.collector_sweeps == 0).then(|| Finding {
        kind: FindingKind::NoCollector,
        severity: Severity::Medium,
        target: Target::default(),
        message: format!(
            "The collector's thread could not be started ({}): every call is counted, but no memory is sampled and \
             the clock is not corrected.",
            counted(failures, "attempt"),
        ),
        evidence: vec![Evidence::new("attempts", failures as f64, "{attempt}")],
        details: Vec::new(),
        action: "Allow the process one thread more; the start is tried again as calls and reports come."
            .to_owned(),
    })
}

/// Words of the program's own that were not taken.
pub(super) fn names_limit(engine: &EngineSnapshot) -> Option<Finding> {
    (engine.names_left_out > 0).then(|| Finding {
        kind: FindingKind::NamesLimit,
        severity: Severity::Medium,
        target: Target::default(),
        message: format!(
            "{} of the program's own left out: the limit of names was reached, or a name is too long.",
            if engine.names_left_out == 1 {
                "1 number or label was".to_owned()
            } else {
                format!("{} numbers and labels were", count(engine.names_left_out))
            },
        ),
        evidence: vec![Evidence::new("left out", engine.names_left_out as f64, "{value}")],
        details: Vec::new(),
        action: "Use at most 128 names of numbers and as many of labels in a process, of up to 64 bytes each; what \
                 differs from call to call is a value, not a name."
            .to_owned(),
    })
}

/// Faults inside aimlm that were caught.
pub(super) fn internal_faults(engine: &EngineSnapshot) -> Option<Finding> {
    (engine.internal_faults > 0).then(|| Finding {
        kind: FindingKind::InternalFaults,
        severity: Severity::Medium,
        target: Target::default(),
        message: format!(
            "{} inside aimlm {} caught; numbers may be missing.",
            counted(engine.internal_faults, "fault"),
            if engine.internal_faults == 1 {
                "was"
            } else {
                "were"
            },
        ),
        evidence: vec![Evidence::new("faults", engine.internal_faults as f64, "{fault}")],
        details: Vec::new(),
        action: "Please report them with this report's engine section.".to_owned(),
    })
}
