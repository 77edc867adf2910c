use super::slots::{CALL_PAGES_READY, PAGE, Slot, SlotPage, add_page};
use crate::reserve::Reserve;
use crate::sync::{OnceBox, boxed_array};

/// Room for every value that the calls of a history can carry, of which most is never written: pages, and the tables that
/// lead to them, are there when first written.
pub(super) struct ValueSlots {
    tables: Box<[OnceBox<PageTable>]>,
}

pub(crate) type PageTable = [OnceBox<SlotPage>; PAGE];

pub(crate) static PAGE_TABLES_READY: Reserve<Box<PageTable>> =
    Reserve::new(16, size_of::<PageTable>(), || boxed_array(OnceBox::new));

impl ValueSlots {
    pub(super) fn new(capacity: usize) -> Self {
        let tables = capacity.div_ceil(PAGE * PAGE);
        Self {
            tables: (0..tables).map(|_| OnceBox::new()).collect(),
        }
    }

    #[inline]
    pub(super) fn write(&self, slot: usize, ticket: u64, words: [u64; 2]) {
        let table = &self.tables[slot / (PAGE * PAGE)];
        let page = &table.get_or_init(|| PAGE_TABLES_READY.take())[slot / PAGE % PAGE];
        let page = page.get().unwrap_or_else(|| add_page(page, &CALL_PAGES_READY));
        page[slot % PAGE].write(ticket, words);
    }

    /// The words written with this ticket, if they are still there and whole.
    #[inline]
    pub(super) fn read(&self, slot: usize, ticket: u64) -> Option<[u64; 2]> {
        self.page_from(slot).first()?.read(ticket)
    }

    /// The slots from one on, to the end of its page; none if there is no such page.
    #[inline]
    pub(super) fn page_from(&self, slot: usize) -> &[Slot] {
        let table = self.tables.get(slot / (PAGE * PAGE)).and_then(OnceBox::get);
        let page = table.and_then(|table| table[slot / PAGE % PAGE].get());
        page.map_or(&[], |page| &page[slot % PAGE..])
    }

    /// Whether none was ever written.
    pub(super) fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.get().is_none())
    }

    pub(super) fn bytes(&self) -> usize {
        let tables = self.tables.iter().filter_map(OnceBox::get);
        let pages = tables.clone().flatten().filter(|page| page.get().is_some());
        size_of_val(&*self.tables)
            + tables.count() * size_of::<PageTable>()
            + pages.count() * size_of::<SlotPage>()
    }
}
