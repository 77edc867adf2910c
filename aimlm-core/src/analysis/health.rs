use super::{
    Evidence, Finding, FindingKind, Severity, Target, count, counted, number, percent, quoted, shortened,
};
use crate::event::Stage;
use crate::snapshot::EngineSnapshot;
use crate::views::{CallMetrics, Overview};

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
            evidence.extend(at.map(|x| Evidence::new("first at", x, "{step}")));
            let first = at
                .map(|x| format!(", first at {}", number(x)))
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
                action:
                    "Stop there and look at the batch before: lower the learning rate, clip the gradient, \
                         or guard divisions and logarithms."
                        .to_owned(),
            }
        })
        .collect()
}

/// Calls that unwound.
pub(super) fn panics(overview: &Overview) -> Vec<Finding> {
    let calls = overview.calls().into_iter();
    calls
        .filter(|(.., calls)| calls.counts.panicked > 0)
        .map(|(stage, subject, calls)| {
            failures(
                stage,
                subject,
                calls,
                calls.counts.panicked,
                &Failure {
                    kind: FindingKind::Panics,
                    severity: Severity::High,
                    verb: "panicked",
                    action: "Read the panic's message in the program's error output and mend it.",
                },
            )
        })
        .collect()
}

/// Calls that returned errors.
pub(super) fn errors(overview: &Overview) -> Vec<Finding> {
    let calls = overview.calls().into_iter();
    calls
        .filter(|(.., calls)| calls.counts.error > 0)
        .map(|(stage, subject, calls)| {
            failures(
                stage,
                subject,
                calls,
                calls.counts.error,
                &Failure {
                    kind: FindingKind::Errors,
                    severity: Severity::Medium,
                    verb: "failed",
                    action: if calls.error_kinds.is_empty() {
                        "Look at what they say; “error_kind” on the attribute counts them by kind."
                    } else {
                        "Begin with the most frequent kind."
                    },
                },
            )
        })
        .collect()
}

struct Failure {
    kind: FindingKind,
    severity: Severity,
    verb: &'static str,
    action: &'static str,
}

fn failures(stage: Stage, subject: &str, calls: &CallMetrics, n: u64, failure: &Failure) -> Finding {
    let counts = &calls.counts;
    let ended = counts.started.saturating_sub(counts.in_flight);
    let share = n as f64 / ended.max(1) as f64;
    let mut evidence = vec![
        Evidence::new(failure.verb, n as f64, "{call}"),
        Evidence::new("ended", ended as f64, "{call}"),
    ];
    if failure.kind == FindingKind::Errors {
        let kinds = calls.frequent_kinds().into_iter();
        evidence.extend(kinds.map(|(kind, n)| Evidence::new(&format!("kind {kind}"), n as f64, "{call}")));
    }
    Finding {
        kind: failure.kind,
        severity: failure.severity,
        target: Target::of(stage, subject),
        message: format!(
            "{} of {} of {} {} ({}).",
            count(n),
            counted(ended, &format!("{} call", stage.name().replace('_', " "))),
            quoted(subject),
            failure.verb,
            percent(share),
        ),
        evidence,
        action: failure.action.to_owned(),
    }
}

/// Something of the configuration was not taken: because it is wrong, or because there is no such setting.
pub(super) fn configuration(engine: &EngineSnapshot) -> Option<Finding> {
    let error = engine.configuration_error.as_deref();
    // Reports of before have that alone.
    let lines: Vec<_> = match &*engine.configuration_problems {
        [] => error?
            .lines()
            .map(|line| line.strip_prefix("aimlm configuration: ").unwrap_or(line))
            .collect(),
        problems => problems.iter().map(String::as_str).collect(),
    };
    let problem = lines.join("; ");
    Some(Finding {
        kind: FindingKind::Configuration,
        severity: if error.is_some() {
            Severity::High
        } else {
            Severity::Medium
        },
        target: Target {
            stage: None,
            subject: None,
        },
        message: format!(
            "Of the configuration was not taken, and the defaults are in force in its place: {}.",
            shortened(&in_quotes(&problem), 400)
        ),
        evidence: Vec::new(),
        action: "Correct the variable or the file and start the program again.".to_owned(),
    })
}

/// The text with the backticks of an error's message as the quotes of a finding's.
fn in_quotes(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        match at {
            0 => {}
            _ if at % 2 == 1 => quoted.push('“'),
            _ => quoted.push('”'),
        }
        quoted.push_str(part);
    }
    quoted
}

/// More series were asked for than the configuration allows.
pub(super) fn series_limit(engine: &EngineSnapshot) -> Option<Finding> {
    (engine.overflow_calls > 0).then(|| Finding {
        kind: FindingKind::SeriesLimit,
        severity: Severity::Medium,
        target: Target {
            stage: Some(Stage::Overflow),
            subject: engine.overflow_site.clone(),
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
            Evidence::new("series", engine.series as f64, "{series}"),
        ],
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
        target: Target {
            stage: None,
            subject: None,
        },
        message: format!(
            "The collector's thread could not be started ({}): every call is counted, but no memory is sampled and \
             the clock is not corrected.",
            counted(failures, "attempt"),
        ),
        evidence: vec![Evidence::new("attempts", failures as f64, "{attempt}")],
        action: "Allow the process one thread more; the start is tried again as calls and reports come."
            .to_owned(),
    })
}

/// Faults inside aimlm that were caught.
pub(super) fn internal_faults(engine: &EngineSnapshot) -> Option<Finding> {
    (engine.internal_faults > 0).then(|| Finding {
        kind: FindingKind::InternalFaults,
        severity: Severity::Medium,
        target: Target {
            stage: None,
            subject: None,
        },
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
        action: "Please report them with this report's engine section.".to_owned(),
    })
}
