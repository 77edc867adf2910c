//! The numbers of a series, each under its name.

use aimlm_snapshot::Detail;

use super::number_totals::{NumberReading, NumberTotals};
use crate::event::Number;
use crate::reserve::Reserve;
use crate::sync::{OnceBox, boxed_array};

const KNOWN: usize = Number::ALL.len();
const OTHERS: usize = Number::MOST - KNOWN;

/// What calls carried, number by number: first those of the vocabulary, then those of the program's own, of which most
/// series have none.
pub(crate) struct Fields {
    known: [OnceBox<NumberTotals>; KNOWN],
    others: OnceBox<OtherNumbers>,
}

pub(crate) type OtherNumbers = [OnceBox<NumberTotals>; OTHERS];

pub(crate) static FIELDS_READY: Reserve<Box<Fields>> =
    Reserve::new(8, size_of::<Fields>(), || Box::new(Fields::new()));
pub(crate) static OTHER_NUMBERS_READY: Reserve<Box<OtherNumbers>> =
    Reserve::new(4, size_of::<OtherNumbers>(), || boxed_array(OnceBox::new));

impl Fields {
    pub(crate) fn new() -> Self {
        Self {
            known: std::array::from_fn(|_| OnceBox::new()),
            others: OnceBox::new(),
        }
    }

    #[inline]
    pub(crate) fn of(&self, number: Number) -> &NumberTotals {
        let code = usize::from(number.code());
        let place = match self.known.get(code) {
            Some(place) => place,
            None => &self.others.get_or_init(|| OTHER_NUMBERS_READY.take())[code - KNOWN],
        };
        place.get_or_init(|| NumberTotals::of(number.kind()))
    }

    pub(crate) fn get(&self, number: Number) -> Option<&NumberTotals> {
        let code = usize::from(number.code());
        match self.known.get(code) {
            Some(place) => place.get(),
            None => self.others.get()?.get(code - KNOWN)?.get(),
        }
    }

    /// Those that were carried.
    fn all(&self) -> impl Iterator<Item = (Number, &NumberTotals)> {
        let others = self.others.get().into_iter().flatten();
        let codes = (0..=u8::MAX).zip(self.known.iter().chain(others));
        codes.filter_map(|(code, place)| Some((Number::from_code(code)?, place.get()?)))
    }

    pub(crate) fn read(&self, detail: Detail) -> Vec<(Number, NumberReading)> {
        self.all()
            .map(|(number, totals)| (number, totals.read(number.kind(), detail)))
            .collect()
    }

    /// Bytes that they hold beside themselves.
    pub(crate) fn bytes(&self) -> usize {
        let totals: usize = self.all().map(|(_, totals)| totals.bytes()).sum();
        totals + self.others.get().map_or(0, size_of_val)
    }
}
