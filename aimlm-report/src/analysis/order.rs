//! In which order findings stand.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use aimlm_snapshot::Overview;
use aimlm_vocabulary::Stage;

use super::{Finding, FindingKind};

/// What a finding is about. What weighs how much is comparable within one of these alone.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    /// Results: how many numbers or calls are wrong.
    Results,
    /// Time: how much of it there is in the calls.
    Time,
    /// The recording itself.
    Recording,
}

/// The most severe first; of equal ones results before time and time before the recording, then what weighs the most, then
/// by kind and name.
pub(super) fn sort(findings: &mut [Finding], overview: &Overview) {
    let calls = overview.calls();
    let times: Times<'_> = calls
        .iter()
        .map(|named| ((named.stage, named.subject, named.part), named.calls.seconds()))
        .collect();
    findings.sort_by_cached_key(|finding| {
        let matter = matter(finding.kind);
        let weight = match matter {
            Matter::Results => finding.evidence.first().map_or(0.0, |affected| affected.value),
            Matter::Time => seconds(finding, &times),
            Matter::Recording => 0.0,
        };
        // Bits of numbers that are not negative order as the numbers do.
        let weight = Reverse(weight.max(0.0).to_bits());
        let target = (finding.target.subject.clone(), finding.target.part.clone());
        (Reverse(finding.severity), matter, weight, finding.kind, target)
    });
}

fn matter(kind: FindingKind) -> Matter {
    use FindingKind::{Configuration, Errors, InternalFaults, NoCollector, NotFinite, Panics, SeriesLimit};
    match kind {
        NotFinite | Panics | Errors => Matter::Results,
        Configuration | SeriesLimit | NoCollector | InternalFaults => Matter::Recording,
        _ => Matter::Time,
    }
}

/// Seconds in the calls of a stage, subject and part.
type Times<'a> = BTreeMap<(Stage, &'a str, Option<&'a str>), f64>;

/// Time in the calls that a finding is about: their shares of all time are in the order of their times.
fn seconds(finding: &Finding, times: &Times<'_>) -> f64 {
    let target = &finding.target;
    let of = |stage: Stage| {
        let key = (stage, target.subject.as_deref()?, target.part.as_deref());
        times.get(&key).copied()
    };
    let seconds = match (finding.kind, target.stage) {
        (FindingKind::CoordinationOverhead, _) => {
            let mut evidence = finding.evidence.iter();
            evidence.find(|of| of.name == "total").map(|total| total.value)
        }
        // A training that is known by its steps alone.
        (FindingKind::SlowTraining, _) => of(Stage::TrainingEpoch).or_else(|| of(Stage::TrainingStep)),
        (_, stage) => stage.and_then(of),
    };
    seconds.unwrap_or(0.0)
}
