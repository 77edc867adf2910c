use aimlm_format::{counted, percent, quoted};
use aimlm_snapshot::EngineSnapshot;
use aimlm_vocabulary::Stage;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::{Evidence, Finding, FindingKind, Severity, Target};

rule! {
    /// More series were asked for than the configuration allows: further subjects share one, and the function and the subject
    /// with most of such calls are named.
    SeriesLimit "series_limit" {
        matter: Matter::Recording,
        thresholds: [],
        evidence: &[
            ("overflow", "calls over the limit of series"),
            ("series", "series, without the one that such calls share"),
        ],
        check: check,
        example: {
            let mut snapshot = snapshot([]);
            snapshot.engine.overflow_calls = 1234;
            snapshot.engine.overflow_site = Some("server::answer".into());
            snapshot.engine.overflow_subject = Some("request 7".into());
            snapshot.engine.series = 2001;
            snapshot
        },
    }
}

const SERIES: &str = "series";
const BYTES: &str = "bytes that series hold";
const ADVICE_ON_BYTES: &str = "Keep fewer calls of each series one by one (“history_size”), use names of few values for \
                               models, data sets and operations, or raise “max_series_bytes”.";
const ADVICE: &str = "Use names of few values for models, data sets and operations, not identifiers of requests; or raise \
                      “max_series”.";

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let engine = case.engine;
    if engine.overflow_calls == 0 {
        return Vec::new();
    }
    let site = engine.overflow_site.as_deref();
    let is_spent = (1..=engine.series_bytes).contains(&engine.max_series_bytes);
    let (limit, advice) = if is_spent {
        (BYTES, ADVICE_ON_BYTES)
    } else {
        (SERIES, ADVICE)
    };
    let message = format!(
        "{} went to the overflow series: the limit of {limit} was reached{}{}.",
        counted(engine.overflow_calls, "call"),
        site.map(|site| format!(", most of all by {}", quoted(site)))
            .unwrap_or_default(),
        noisiest_subject(engine).unwrap_or_default(),
    );
    let target = match site {
        Some(site) => Target::of(Stage::Overflow, site),
        None => Target::of_all(Stage::Overflow),
    };
    let finding = Finding::new(FindingKind::SeriesLimit, Severity::Medium, target, message);
    vec![
        finding
            .shown_by(vec![
                Evidence::new("overflow", engine.overflow_calls as f64, "{call}"),
                // Without the overflow series.
                Evidence::new("series", engine.series.saturating_sub(1) as f64, "{series}"),
            ])
            .advising(advice)
            .weighing(0.0),
    ]
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
