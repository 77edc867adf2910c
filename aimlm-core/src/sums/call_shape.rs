use crate::busy::Amounts;
use crate::event::{Number, Outcome, Record};
use crate::window::Window;

/// What calls leave that look alike: each a start, `N` numbers under the same fields, a success.
pub(crate) struct CallShape<const N: usize> {
    start: u32,
    values: [u32; N],
    success: u32,
    pub(super) fields: [Number; N],
    /// Which of the numbers is that of the items.
    pub(super) items: Option<usize>,
    pub(super) said: Amounts,
}

impl CallShape<0> {
    /// That of calls of a series that carry no number.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn plain(series: u32) -> Self {
        let start = Record::start_key(series);
        Self {
            start: start as u32,
            values: [],
            success: Record::end_key(start, Outcome::Ok, 0) as u32,
            fields: [],
            items: None,
            said: Amounts::NONE,
        }
    }
}

impl<const N: usize> CallShape<N> {
    /// The shape of a call that succeeded, if calls of it can be added together.
    pub(super) fn of(window: &Window, call: &[Record]) -> Option<Self> {
        let (end, values) = (call[N + 1], call[1..].first_chunk::<N>()?);
        let mut shape = Self {
            start: Record::start_key(end.series()) as u32,
            values: values.map(Record::key),
            success: end.key(),
            fields: [Number::Items; N],
            items: None,
            said: Amounts::NONE,
        };
        let mut items = None;
        for (nth, value) in values.iter().enumerate() {
            let (what, _) = value.payload()?;
            let field = what.as_number()?;
            // A field that is there twice counts as what it said last.
            if shape.fields[..nth].contains(&field) {
                return None;
            }
            if let Some(rank) = window.settings.rank_of_items(field)
                && items.is_none_or(|(best, _)| rank < best)
            {
                items = Some((rank, nth));
                shape.said = shape.said.and(Amounts::ITEMS);
            }
            shape.said = shape.said.and(Amounts::of(field));
            shape.fields[nth] = field;
        }
        shape.items = items.map(|(_, nth)| nth);
        Some(shape)
    }

    /// Whether a call has this shape.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn fits(&self, call: &[Record]) -> bool {
        let values = &call[1..=N];
        call[0].key() == self.start
            && call[N + 1].key() == self.success
            && values
                .iter()
                .zip(self.values)
                .all(|(value, key)| value.key() == key)
    }
}
