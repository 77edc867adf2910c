//! Records of one series that follow each other in a fold.

use std::ops::Range;

use super::call_values::CallValues;
use super::records::Records;
use super::series_sums::{SeriesSums, span_of};
use crate::busy::Segment;
use crate::clock::Moment;
use crate::event::{Outcome, Record};
use crate::window::Window;

impl SeriesSums {
    /// Adds the records of one series, of which there are many most often, or few, up to the first group of another; gives
    /// the position of that.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add_span<const MANY: bool>(
        &mut self,
        window: Option<&Window>,
        records: &Records<'_>,
        span: Range<usize>,
        number: u32,
    ) -> usize {
        // After a fork every start has to be looked at.
        let may_join = records.birth == 0;
        let mut end = span.start;
        if let Some(window) = window.filter(|_| may_join) {
            end = if MANY {
                self.add_many_plain_calls(window, records, span.clone(), number)
            } else {
                self.add_plain_calls(window, records, span.clone(), number)
            };
        }
        let mut next = end;
        while next < span.end {
            let at = next;
            let record = records.all[at];
            next += 1;
            if !record.ends_group() {
                continue;
            }
            if record.series() != number {
                break;
            }
            if let Some(window) = window {
                let calls = at..span.end;
                if record.is_start() && may_join && self.add_uniform_calls(window, records, &mut next, calls)
                {
                    end = next;
                    continue;
                }
                if record.is_start() {
                    // One that says when it was belongs, like an end, to the process that it was made in.
                    let start = record.timed_start();
                    if start.is_none_or(|start| start >= records.birth) {
                        self.started += 1;
                        self.busy.open(start.map(|start| start as i64));
                    }
                } else {
                    self.add(window, records, at, record);
                }
            }
            end = next;
        }
        end
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add(&mut self, window: &Window, records: &Records<'_>, at: usize, record: Record) {
        if let Some(outcome) = record.outcome() {
            self.add_end(window, records, at, record, outcome);
        } else {
            self.samples += 1;
            let moment = record.start_ticks() as Moment;
            self.busy.see(moment, moment);
            self.add_values(window, records, at, record);
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_end(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        at: usize,
        record: Record,
        outcome: Outcome,
    ) {
        let start = record.start_ticks();
        if start < records.birth {
            return;
        }
        let values = if record.values() > 0 {
            self.add_values(window, records, at, record)
        } else {
            CallValues::without_values(record)
        };
        self.outcomes.add(outcome, 1);
        self.add_duration(window, records.rate, outcome, &values);
        let call = match values.nanoseconds {
            None => span_of(start, values.ticks),
            Some(nanoseconds) => {
                let end = start as Moment;
                Segment::full(records.rate.before(end, nanoseconds), end)
            }
        };
        // A call that was said to take so long started for the records when it ended.
        self.busy.close(start as Moment);
        self.busy.add_call(call, values.said, window.busy.near());
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_values(&mut self, window: &Window, records: &Records<'_>, at: usize, end: Record) -> CallValues {
        self.has_values = true;
        CallValues::add(&mut self.counts, window, records, at, end)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use aimlm_snapshot::Detail;

    use super::*;
    use crate::clock::Rate;
    use crate::clock::WallClock;
    use crate::window::WindowSettings;

    fn records(outcome: Outcome, end: u64, nanoseconds: u64) -> [Record; 3] {
        [
            Record::start(1),
            Record::value(crate::event::Payload::NANOSECONDS, nanoseconds),
            Record::long_end(Record::end_key(Record::start_key(1), outcome, 1), end),
        ]
    }

    /// Whatever a tick is, and whenever they are read, with whatever rate.
    #[test]
    fn durations_that_were_said_are_not_converted() {
        let said = [100_000_000_000, 1, 0, u64::MAX, 123_456_789_012_345];
        for rate in [0.4, 0.370_370_1, 1.0, 41.7].map(Rate::of) {
            let window = Window::new(WindowSettings {
                history_size: 10,
                items: &[],
                by_epoch: false,
            });
            let mut sums = SeriesSums::new();
            for &nanoseconds in &said {
                let all = records(Outcome::Ok, 5_000, nanoseconds);
                let records = Records {
                    all: &all,
                    rate,
                    birth: 4_000,
                };
                assert_eq!(sums.add_span::<true>(Some(&window), &records, 0..3, 1), 3);
                sums.write_history(&window, 1, &records, std::iter::once(0..3));
                sums.write(&window, rate);
            }
            let reading = window.read(Detail::Everything);
            assert_eq!(reading.latency.count(), 5);
            assert_eq!(
                (reading.latency.min(), reading.latency.max()),
                (Some(0), Some(u64::MAX))
            );
            let calls = &reading.history.calls;
            for other in [0.4, 0.5] {
                let kept: Vec<u64> = calls
                    .iter()
                    .map(|call| call.nanoseconds(Rate::of(other)))
                    .collect();
                assert_eq!(kept, said);
            }
            let began = calls[0].start(&WallClock::current());
            let later = calls[1].start(&WallClock::current()) - began;
            assert!(later.abs_diff(100_000_000_000) < 1_000_000, "{later}");
        }
    }
}
