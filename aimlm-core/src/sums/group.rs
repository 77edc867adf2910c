//! What stands before the end of a call, or of a sample: its numbers.

use super::batch::Batch;
use super::records::Records;
use crate::busy::Amounts;
use crate::clock::Moment;
use crate::event::{MAX_VALUES, Number, NumberKind, Outcome, Payload, Record};
use crate::recent::Place;
use crate::totals::LONGEST;
use crate::window::Counts;
use crate::window::Window;

/// What a group says of its call.
pub(crate) struct Group {
    /// How long it took, unless that was said.
    pub(crate) ticks: u64,
    /// How long it is said to have taken.
    pub(crate) nanoseconds: Option<u64>,
    pub(crate) items: Option<u64>,
    /// What amounts, if it succeeded.
    pub(crate) said: Amounts,
}

impl Group {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn without_values(end: Record) -> Self {
        Self {
            ticks: end.ticks(),
            nanoseconds: None,
            items: None,
            said: Amounts::NONE,
        }
    }
}

impl Batch {
    /// Adds the values of the group that ends at `at`. Those of a call that did not succeed go where they disturb
    /// nothing.
    #[inline(never)]
    pub(crate) fn add_values<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        at: usize,
        end: Record,
    ) -> Group {
        self.has_values = true;
        let failed = end.outcome().is_some_and(|outcome| outcome != Outcome::Ok);
        let values =
            || (at - end.values().min(at).min(MAX_VALUES)..at).filter_map(|at| (records.get)(at).payload());
        let mut group = Group::without_values(end);
        let (mut step, mut epoch, mut reals) = (None, None, false);
        let mut items = None;
        for (what, bits) in values() {
            let Some(field) = what.as_number() else {
                match what {
                    Payload::TICKS => group.ticks = bits.min(LONGEST),
                    Payload::NANOSECONDS => group.nanoseconds = Some(bits),
                    Payload::ERROR_KIND if failed => window.add_error_kind(bits),
                    _ => {}
                }
                continue;
            };
            match field {
                _ if field.kind() == NumberKind::Real => reals = true,
                _ if failed => window.failed_field(field).add_counts(&Counts::of(bits)),
                _ => self.add_counts(window, field, &Counts::of(bits)),
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
                group.said = group.said.and(Amounts::ITEMS);
            }
            group.said = group.said.and(Amounts::of(field));
        }
        group.items = items.map(|(_, bits)| bits);
        if failed {
            group.said = Amounts::NONE;
        }
        // The place on the curve may stand after what it is the place of.
        if reals {
            let place = Place {
                x: step.or(epoch),
                epoch: epoch.filter(|_| step.is_some()),
            };
            let recorded = (end.start_ticks() as Moment).saturating_add_unsigned(group.ticks);
            add_reals(window, values(), failed, place, recorded);
        }
        group
    }
}

/// Adds what stands on curves at a place.
#[cfg_attr(not(debug_assertions), inline(always))]
fn add_reals(
    window: &Window,
    values: impl Iterator<Item = (Payload, u64)>,
    failed: bool,
    place: Place,
    recorded: Moment,
) {
    let numbers = values.filter_map(|(what, bits)| Some((what.as_number()?, bits)));
    for (field, bits) in numbers.filter(|(field, _)| field.kind() == NumberKind::Real) {
        let totals = if failed {
            window.failed_field(field)
        } else {
            window.field(field)
        };
        totals.add_real(place, f64::from_bits(bits), recorded, window.settings.points());
    }
}
