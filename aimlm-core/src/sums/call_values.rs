//! What stands before the end of a call, or of a sample: its numbers.

use super::number_counts::NumberCounts;
use super::records::Records;
use crate::busy::Amounts;
use crate::clock::Moment;
use crate::event::{Number, NumberKind, Outcome, Payload, Record};
use crate::recent::CurvePlace;
use crate::window::Counts;
use crate::window::Window;

/// What the numbers before the end of a call say of it.
pub(crate) struct CallValues {
    /// How long it took, unless that was said.
    pub(crate) ticks: u64,
    /// How long it is said to have taken.
    pub(crate) nanoseconds: Option<u64>,
    pub(crate) items: Option<u64>,
    /// What amounts, if it succeeded.
    pub(crate) said: Amounts,
}

impl CallValues {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn without_values(end: Record) -> Self {
        Self {
            ticks: end.ticks(),
            nanoseconds: None,
            items: None,
            said: Amounts::NONE,
        }
    }

    /// Reads the values of the group that ends at `at`, and adds them. Those of a call that did not succeed go where they
    /// disturb nothing.
    #[inline(never)]
    pub(crate) fn add(
        counts: &mut NumberCounts,
        window: &Window,
        records: &Records<'_>,
        at: usize,
        end: Record,
    ) -> Self {
        let failed = end.outcome().is_some_and(|outcome| outcome != Outcome::Ok);
        let values = &records.all[at - end.values().min(at)..at];
        let values = || values.iter().filter_map(|value| value.payload());
        let mut call = Self::without_values(end);
        let (mut step, mut epoch, mut reals) = (None, None, false);
        let mut items = None;
        for (what, bits) in values() {
            let Some(field) = what.as_number() else {
                match what {
                    Payload::TICKS => call.ticks = bits,
                    Payload::NANOSECONDS => call.nanoseconds = Some(bits),
                    Payload::ERROR_KIND if failed => window.add_error_kind(bits),
                    _ => {}
                }
                continue;
            };
            match field {
                _ if !field.kind().is_whole() => reals = true,
                _ if failed => window.failed_field(field).add_counts(&Counts::of(bits)),
                _ => counts.add(window, field, &Counts::of(bits)),
            }
            if field.has_distribution() {
                let totals = if failed {
                    window.failed_field(field)
                } else {
                    window.field(field)
                };
                totals.add_values(field.kind(), &Counts::of(bits), |_| bits);
            }
            match field {
                Number::Step => step = Some(bits as f64),
                Number::Epoch => epoch = Some(bits as f64),
                _ => {}
            }
            if let Some(rank) = window.settings.rank_of_items(field)
                && items.is_none_or(|(best, _)| rank <= best)
            {
                items = Some((rank, bits));
                call.said = call.said.and(Amounts::ITEMS);
            }
            call.said = call.said.and(Amounts::of(field));
        }
        call.items = items.map(|(_, bits)| bits);
        if failed {
            call.said = Amounts::NONE;
        }
        // The place on the curve may stand after what it is the place of.
        if reals {
            let place = CurvePlace {
                x: step.or(epoch),
                epoch: epoch.filter(|_| step.is_some()),
            };
            let start = end.start_ticks() as Moment;
            let started = call
                .nanoseconds
                .map_or(start, |ns| records.rate.before(start, ns));
            let recorded = start.saturating_add_unsigned(call.ticks);
            add_reals(
                window,
                values(),
                failed,
                [(place, recorded), (CurvePlace::default(), started)],
            );
        }
        call
    }
}

/// Adds what stands on curves, each at its place and moment: that of real numbers, and that of levels, which are of when the
/// call began and stand in order of time.
#[cfg_attr(not(debug_assertions), inline(always))]
fn add_reals(
    window: &Window,
    values: impl Iterator<Item = (Payload, u64)>,
    failed: bool,
    [real, level]: [(CurvePlace, Moment); 2],
) {
    let numbers = values.filter_map(|(what, bits)| Some((what.as_number()?, bits)));
    for (field, bits) in numbers {
        let (place, recorded) = match field.kind() {
            NumberKind::Real => real,
            NumberKind::Level => level,
            _ => continue,
        };
        let totals = if failed {
            window.failed_field(field)
        } else {
            window.field(field)
        };
        totals.add_real(place, f64::from_bits(bits), recorded, window.settings.points());
    }
}
