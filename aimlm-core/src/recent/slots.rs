use std::ops::Range;

use crate::reserve::Reserve;
use crate::sync::{AtomicU64, OnceBox, Ordering, boxed_array};

const PAGE: usize = if cfg!(loom) { 1 } else { 64 };

/// Words, two unless it says more, and one more that vouches for them.
///
/// Any thread may write any slot at any time. What two writers leave between them, or what a reader sees of
/// a write in progress, does not fit its check word and is not taken for a record.
pub(crate) struct Slot<const N: usize = 2> {
    words: [AtomicU64; N],
    check: AtomicU64,
}

impl<const N: usize> Slot<N> {
    fn new() -> Self {
        Self {
            words: std::array::from_fn(|_| AtomicU64::new(0)),
            check: AtomicU64::new(0),
        }
    }

    // Relaxed throughout: the check word, not an ordering, tells whether the words belong together; and who
    // must see a write is ordered after it by the ring's lock or by the return of the call that wrote it.
    #[inline]
    pub(super) fn write(&self, ticket: u64, words: [u64; N]) {
        for (own, word) in self.words.iter().zip(words) {
            own.store(word, Ordering::Relaxed);
        }
        self.check.store(check_of(ticket, words), Ordering::Relaxed);
    }

    /// As [`Slots::read`].
    // Relaxed: as in `write`.
    #[inline(always)]
    pub(crate) fn read(&self, ticket: u64) -> Option<[u64; N]> {
        let check = self.check.load(Ordering::Relaxed);
        let words = self.words.each_ref().map(|word| word.load(Ordering::Relaxed));
        (check == check_of(ticket, words)).then_some(words)
    }
}

/// Of the words and check words that two writers leave in one slot, no mixture fits, unless what it mixes is
/// the same. Never 0 for words that are 0, so that a slot that was never written fits no ticket.
#[inline(always)]
fn check_of<const N: usize>(ticket: u64, words: [u64; N]) -> u64 {
    let more = words
        .iter()
        .skip(2)
        .fold(0, |more, word| more ^ word.rotate_left(16));
    words[0] ^ words[1].rotate_left(32) ^ more ^ ticket.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Slots that come together.
pub(crate) type SlotPage<const N: usize = 2> = [Slot<N>; PAGE];

/// Pages that are made before they are written.
pub(crate) type SlotReserve<const N: usize = 2> = Reserve<Box<SlotPage<N>>>;

impl<const N: usize> SlotReserve<N> {
    pub(super) const fn of_pages(most: u32) -> Self {
        Self::new(most, size_of::<SlotPage<N>>(), || boxed_array(Slot::new))
    }
}

pub(crate) static CALL_PAGES_READY: SlotReserve = SlotReserve::of_pages(64);

/// A fixed number of slots, in pages that are there when first written.
pub(crate) struct Slots<const N: usize = 2> {
    pages: Box<[OnceBox<SlotPage<N>>]>,
    ready: &'static SlotReserve<N>,
    capacity: usize,
}

impl<const N: usize> Slots<N> {
    pub(crate) fn new(capacity: usize, ready: &'static SlotReserve<N>) -> Self {
        Self {
            ready,
            pages: (0..capacity.div_ceil(PAGE)).map(|_| OnceBox::new()).collect(),
            capacity,
        }
    }

    /// Bytes on the heap while nothing was written.
    pub(super) const fn bytes_of_none(capacity: usize) -> usize {
        capacity.div_ceil(PAGE) * size_of::<OnceBox<SlotPage<N>>>()
    }

    pub(crate) const fn capacity(&self) -> usize {
        self.capacity
    }

    #[inline]
    pub(crate) fn write(&self, slot: usize, ticket: u64, words: [u64; N]) {
        let page = &self.pages[slot / PAGE];
        let page = page.get().unwrap_or_else(|| add_page(page, self.ready));
        page[slot % PAGE].write(ticket, words);
    }

    /// The words written with this ticket, if they are still there and whole.
    #[inline]
    pub(crate) fn read(&self, slot: usize, ticket: u64) -> Option<[u64; N]> {
        self.page_from(slot).first()?.read(ticket)
    }

    /// The slots from one on, to the end of its page; none if there is no such page.
    #[inline]
    pub(crate) fn page_from(&self, slot: usize) -> &[Slot<N>] {
        let page = self.pages.get(slot / PAGE).and_then(OnceBox::get);
        page.map_or(&[], |page| &page[slot % PAGE..])
    }

    pub(crate) fn bytes(&self) -> usize {
        let pages = self.pages.iter().filter(|page| page.get().is_some()).count();
        pages * size_of::<SlotPage<N>>() + size_of_val(&*self.pages)
    }
}

#[cold]
#[inline(never)]
fn add_page<'a, const N: usize>(page: &'a OnceBox<SlotPage<N>>, ready: &SlotReserve<N>) -> &'a SlotPage<N> {
    page.get_or_init(|| ready.take())
}

/// The last so many entries.
pub(crate) struct Recent<const N: usize = 2> {
    slots: Slots<N>,
    /// How many to keep. The slots are as many or more: a power of two, for a fast way from ticket to slot.
    keep: usize,
    next: AtomicU64,
}

impl<const N: usize> Recent<N> {
    pub(crate) fn new(keep: usize, ready: &'static SlotReserve<N>) -> Self {
        Self {
            slots: Slots::new(keep.max(1).next_power_of_two(), ready),
            keep,
            next: AtomicU64::new(0),
        }
    }

    /// Takes the place of the next `n` entries and gives the ticket of the first.
    #[inline]
    pub(crate) fn reserve(&self, n: usize) -> u64 {
        // Relaxed: the ticket alone makes the places one thread's own.
        self.next.fetch_add(n as u64, Ordering::Relaxed)
    }

    /// How many entries were ever reserved.
    #[inline]
    pub(crate) fn reserved(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    /// How many of them it keeps at most.
    pub(crate) const fn kept(&self) -> usize {
        self.keep
    }

    /// The place of an entry among [`slots`](Self::slots) of them.
    #[inline]
    pub(crate) const fn slot(&self, ticket: u64) -> usize {
        ticket as usize & (self.slots() - 1)
    }

    #[inline]
    pub(crate) fn write(&self, ticket: u64, words: [u64; N]) {
        self.slots.write(self.slot(ticket), ticket, words);
    }

    pub(crate) const fn slots(&self) -> usize {
        self.slots.capacity()
    }

    /// The entries that are there, oldest first.
    pub(crate) fn read(&self) -> impl Iterator<Item = [u64; N]> {
        self.tickets()
            .filter_map(|ticket| self.slots.read(self.slot(ticket), ticket))
    }

    /// The tickets of the entries that it keeps, oldest first.
    pub(crate) fn tickets(&self) -> Range<u64> {
        let end = self.next.load(Ordering::Relaxed);
        end.saturating_sub(self.keep as u64)..end
    }

    /// The slots of the first of these tickets and those after it, as far as they lie in one page.
    #[inline]
    pub(crate) fn page_of(&self, tickets: &Range<u64>) -> &[Slot<N>] {
        let slots = self.slots.page_from(self.slot(tickets.start));
        let kept = self.slots() - self.slot(tickets.start);
        &slots[..slots.len().min(kept).min((tickets.end - tickets.start) as usize)]
    }

    pub(crate) fn bytes(&self) -> usize {
        self.slots.bytes()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_entries_in_order() {
        let recent = Recent::new(100, &CALL_PAGES_READY);
        for value in 0..250 {
            let ticket = recent.reserve(1);
            recent.write(ticket, [value, !value]);
        }
        assert_eq!(
            recent.read().map(|words| words[0]).collect::<Vec<_>>(),
            (150..250).collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_two_writers_mix_is_no_record() {
        let slots = Slots::new(1, &CALL_PAGES_READY);
        slots.write(0, 1, [1, 1]);
        slots.write(0, 2, [2, 2]);
        assert_eq!(slots.read(0, 1), None);
        assert_eq!(slots.read(0, 2), Some([2, 2]));
        let page = slots.pages[0].get().unwrap();
        page[0].words[0].store(1, Ordering::Relaxed);
        assert_eq!(slots.read(0, 2), None);
        assert_eq!(Slots::new(1, &CALL_PAGES_READY).read(0, 0), None);
    }
}
