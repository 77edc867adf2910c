use aimlm_snapshot::{CallRecord, SeriesSnapshot};
use aimlm_vocabulary::{Label, Number, Outcome, Stage};

use super::reported::Reported;

/// What the last load of a subject said, by its end: a model may be loaded from several places at once.
#[derive(Clone, Copy)]
pub(super) struct LastLoad<'a> {
    source: Reported<'a>,
    stage: Stage,
    subject: &'a str,
}

/// Moments of calls are known to a quarter of a microsecond, and those of one thread stand in order.
const SAME_NS: i64 = 500;

impl<'a> LastLoad<'a> {
    pub(super) const fn new(source: Reported<'a>, stage: Stage, subject: &'a str) -> Self {
        Self {
            source,
            stage,
            subject,
        }
    }

    fn series(self) -> impl Iterator<Item = &'a SeriesSnapshot> {
        let series = self.source.snapshot.subject(self.stage, self.subject);
        series.filter(|series| series.outcomes.ok > 0)
    }

    /// The text of the last load that has one; `unknown` if none has, as the class writes it.
    pub(super) fn label(self, label: Label) -> &'a str {
        let labelled = self
            .series()
            .filter_map(|series| Some((end_of_last_success(series), series.label(label)?)));
        let last = labelled.max_by_key(|&(end, _)| end);
        last.map_or("unknown", |(_, text)| text)
    }

    /// The size that the last load said that said one, in bytes; none if the history has none and they differed.
    pub(super) fn size(self) -> Option<u64> {
        let said = self.series().filter_map(|series| {
            let calls = series.history.succeeded();
            let call = last(calls.filter(|call| call.value(Number::SizeBytes).is_some()))?;
            Some((call.end_ns(), call.value(Number::SizeBytes)?))
        });
        let recent = said.max_by_key(|&(end, _)| end).map(|(_, size)| size);
        let size = recent.or_else(|| self.only_size())?;
        Some(size as u64)
    }

    /// The size that every load said that said one, of series whose calls the history no longer has.
    fn only_size(self) -> Option<f64> {
        let gone = self.series().filter(|series| !series.history.complete);
        let sizes = gone.filter_map(|series| series.field(Number::SizeBytes));
        let extremes: Vec<_> = sizes.flat_map(|sizes| [sizes.min, sizes.max]).collect();
        let (first, rest) = extremes.split_first()?;
        rest.iter().all(|size| size == first).then_some(*first)?
    }
}

/// The call that ended last, of calls in the order in which they were folded.
fn last<'a>(calls: impl Iterator<Item = CallRecord<'a>>) -> Option<CallRecord<'a>> {
    calls.reduce(|last, call| {
        if call.end_ns().saturating_add(SAME_NS) >= last.end_ns() {
            call
        } else {
            last
        }
    })
}

/// The exact end of everything, where everything succeeded; else that of the last success that the history has.
fn end_of_last_success(series: &SeriesSnapshot) -> i64 {
    let end = series.busy.spans().last().map_or(i64::MIN, |span| span.end_ns);
    if series.outcomes.ok == series.outcomes.ended() {
        return end;
    }
    let calls = series.history.calls().filter(|call| call.outcome == Outcome::Ok);
    last(calls).map_or(end, |call| call.end_ns())
}

#[cfg(test)]
mod tests {
    use aimlm_snapshot::History;

    use super::*;

    /// Of a file that somebody wrote.
    #[test]
    fn the_end_of_time_is_no_limit() {
        let mut history = History::default();
        for ns in [7, u64::MAX] {
            history.push(9_000_000_000_000_000_000, ns, Outcome::Ok, &[]);
        }
        let ended = last(history.calls()).map(|call| call.duration_ns);
        assert_eq!(ended, Some(u64::MAX));
    }
}
