use super::key::{KeyRef, SeriesKey};
use super::plain_key::PlainKey;
use super::tags::{PLACES, Tags};
use crate::cell::STORE;
use crate::site::Site;
use crate::sync::{AtomicU32, OnceBox, Ordering};

/// One series of an instance.
pub(crate) struct Series {
    pub(crate) number: u32,
    pub(crate) key: SeriesKey,
    pub(crate) site: Option<&'static Site>,
}

impl Series {
    /// Lets resident memory be sampled while its calls are in flight, if a call wants it.
    #[inline]
    pub(super) fn wants(&self, memory: bool) {
        if memory && let Some(cell) = STORE.cell(self.number) {
            cell.track_memory();
        }
    }

    /// Lets another keep its busy time together with its own.
    pub(super) fn share(&self, other: &Self) {
        if let (Some(own), Some(other)) = (STORE.cell(self.number), STORE.cell(other.number))
            && !std::ptr::eq(own, other)
        {
            own.share(other);
        }
    }

    /// Bytes on the heap: itself, and its texts.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.key.bytes()
    }
}

/// A lock-free hash table from keys to series that only grows, up to a limit.
///
/// Places come in groups of eight, with a word of tags beside each group: a byte of the hash for every place that is
/// taken. A search reads the word of its group, and then only places whose tag is its own; most keys without a series
/// are known by the word alone. Threads share the table as it is: nobody writes what another reads.
pub(crate) struct SeriesTable {
    /// Twice as many places as the limit or more, so that a search ends soon. A hash leads to one of them, its home.
    places: Box<[OnceBox<Series>]>,
    /// One less than there are.
    last: usize,
    /// Apart from the places: those of two thousand series are four KiB, which stay in the nearest cache.
    tags: Box<[Tags]>,
    /// Places taken, or about to be.
    pub(super) len: AtomicU32,
    /// Those whose tags are set.
    tagged: AtomicU32,
    limit: u32,
}

/// What a first look at a table says to a key.
pub(crate) enum Look<'a> {
    /// The series of this key.
    Series(&'a Series),
    /// There is none, unless another thread is just making it.
    None,
    /// What stands there first is another's.
    Unclear,
}

/// What a table says to a key.
pub(crate) enum Found<'a> {
    /// The series of this key.
    Series(&'a Series),
    /// There is none, and no room for one.
    Full,
}

impl SeriesTable {
    pub(crate) fn new(limit: usize) -> Self {
        let groups = (limit.max(1) * 2).div_ceil(PLACES).next_power_of_two();
        Self {
            last: groups * PLACES - 1,
            places: (0..groups * PLACES).map(|_| OnceBox::new()).collect(),
            tags: (0..groups).map(|_| Tags::new()).collect(),
            len: AtomicU32::new(0),
            tagged: AtomicU32::new(0),
            limit: limit as u32,
        }
    }

    /// The home of a hash.
    #[inline(always)]
    const fn home(&self, hash: u64) -> usize {
        hash as usize & self.last
    }

    /// The series of a key, if there is room for more and it is at home, as most are.
    #[inline(always)]
    pub(super) fn at_home(&self, key: &PlainKey) -> Option<&Series> {
        // Its tag is not looked at: that takes as long as all else here. Where most keys may have no series, that saves the
        // line of another's.
        if self.is_full() {
            return None;
        }
        let series = self.places.get(self.home(key.hash()))?.get();
        series.filter(|series| series.key.is_plain(key))
    }

    /// Looks for a key in the group where a search comes first: most often there is no more to it. `is` says whether a key
    /// is that one.
    #[inline(always)]
    pub(crate) fn look(&self, hash: u64, is: impl Fn(&SeriesKey) -> bool) -> Look<'_> {
        let group = self.home(hash) / PLACES;
        let Some(found) = self.tags.get(group).map(|tags| tags.of(hash)) else {
            return Look::Unclear;
        };
        let Some(place) = found.first() else {
            return if found.are_full() {
                Look::Unclear
            } else {
                Look::None
            };
        };
        match self.places.get(group * PLACES + place).and_then(OnceBox::get) {
            Some(series) if is(&series.key) => Look::Series(series),
            _ => Look::Unclear,
        }
    }

    /// The series of `key`, if there is one. One that another thread is just making may not be found yet.
    pub(crate) fn find(&self, key: &KeyRef<'_>, hash: u64) -> Option<&Series> {
        let mut group = self.home(hash) / PLACES;
        loop {
            let found = self.tags[group].of(hash);
            let mut series = found
                .places()
                .filter_map(|place| self.places[group * PLACES + place].get());
            if let Some(series) = series.find(|series| series.key.is(key)) {
                return Some(series);
            }
            if !found.are_full() {
                return None;
            }
            group = (group + 1) & (self.tags.len() - 1);
        }
    }

    /// Whether no series can be made any more, and a search finds each there is.
    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        // Acquire: the tags are seen too; pairs with the Release in `tag`. A call that is too early to see it goes the
        // longer way.
        self.tagged.load(Ordering::Acquire) >= self.limit
    }

    /// How many series there are, but for those just being made.
    pub(super) fn tagged(&self) -> usize {
        // Relaxed: about as many.
        self.tagged.load(Ordering::Relaxed) as usize
    }

    /// Sets the tag of a place, if whoever took it did not yet: a search passes over what has none, and ends where a
    /// place of the group has none.
    fn tag(&self, at: usize, hash: u64) {
        if self.tags[at / PLACES].set(at % PLACES, hash) {
            // Release: pairs with the Acquire in `is_full`.
            self.tagged.fetch_add(1, Ordering::Release);
        }
    }

    /// Finds the series of `key`, or makes one of what `make` gives; `discard` takes back what `make` gave if
    /// another thread was first.
    pub(crate) fn get_or_insert(
        &self,
        key: &KeyRef<'_>,
        hash: u64,
        make: impl Fn() -> Option<Series>,
        discard: impl Fn(&Series),
    ) -> Found<'_> {
        let home = self.home(hash);
        let mut own: Option<Box<Series>> = None;
        let mut passed = 0;
        loop {
            // Of each group the place that is home first, and around.
            let group = home / PLACES + passed / PLACES;
            let at = self.home((group * PLACES + (home + passed) % PLACES) as u64);
            let held = &self.places[at];
            match held.get() {
                Some(series) if series.key.is(key) => {
                    if let Some(own) = own {
                        discard(&own);
                        self.unclaim();
                    }
                    self.tag(at, hash);
                    return Found::Series(series);
                }
                Some(series) => {
                    if !self.tags[at / PLACES].has(at % PLACES) {
                        self.tag(at, series.key.hash());
                    }
                    passed += 1;
                }
                None => {
                    let made = || self.claim().and_then(|()| make()).map(Box::new);
                    let Some(series) = own.take().or_else(made) else {
                        if held.get().is_some() {
                            continue;
                        }
                        // Where another thread has taken the last place for this very key and not filled it
                        // yet, this one call counts as one over the limit.
                        return Found::Full;
                    };
                    match held.set(series) {
                        Ok(()) => {
                            self.tag(at, hash);
                            return held.get().map_or(Found::Full, Found::Series);
                        }
                        Err(lost) => own = Some(lost),
                    }
                }
            }
        }
    }

    /// Takes one of the places up to the limit.
    fn claim(&self) -> Option<()> {
        // Relaxed: the number of places taken is all that matters.
        self.len
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |len| {
                (len < self.limit).then_some(len + 1)
            })
            .ok()
            .map(drop)
    }

    fn unclaim(&self) {
        self.len.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Series> {
        self.places.iter().filter_map(OnceBox::get)
    }

    /// Bytes of the table itself.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.places) + size_of_val(&*self.tags)
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
