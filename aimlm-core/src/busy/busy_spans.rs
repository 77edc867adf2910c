use super::amounts::Amounts;
use super::callers::is_alone;
use super::lists::{FEW, LISTS, MANY, MOMENTS, SOME};
use super::permit::Permit;
use super::segment::Segment;
use super::segments::Segments;
use crate::reserve::Reserve;

/// When calls of one series were in flight: all of them, and those that said an amount.
///
/// Exact for the calls of one thread; and for those of several as long as segments of one are still there when another's
/// come to lie between them. Where a thread's calls overlap without being nested, and one was in flight at the end of a
/// fold and began after all that had ended, a gap in the next fold that is not kept may lie under another call: then a part
/// of the gap is missing.
///
/// In this order what most folds touch is at its beginning: with a lock before it, one cache line.
#[derive(Debug, Clone)]
#[repr(C)]
pub(crate) struct BusySpans {
    first: i64,
    last: i64,
    all: Segments,
    /// Folds since one brought calls from between those that were there.
    in_order: u32,
    /// Whether any did.
    mixed: bool,
    /// Whether one thread alone brings calls from between others too: of several label sets.
    shared: bool,
    /// Amounts that every call said: when these calls ran is what `all` says.
    same: Amounts,
    /// Amounts that some calls said and not all; each has a list of its own.
    some: Amounts,
    own: Option<Box<OwnLists>>,
    /// The last end of all that was ever in it, and as it was when the fold began. A call that starts before that began
    /// before the fold.
    until: i64,
    before: i64,
    /// The end of the last call that began before. What follows is not joined to it.
    apart: i64,
    /// After which moments a call began that has not ended.
    opened: Vec<i64>,
    /// Starts of calls that ended and began before this.
    closed: Vec<i64>,
    /// How much the last thinning took.
    blur: f64,
    permit: Permit,
}

/// Folds in order after which that is over.
const CALM: u32 = 1024;
type OwnLists = [Segments; Amounts::COUNT];

pub(crate) static OWN_LISTS_READY: Reserve<Box<OwnLists>> = Reserve::new(8, size_of::<OwnLists>(), || {
    Box::new([const { Segments::new() }; Amounts::COUNT])
});

fn give_back(mut own: Box<OwnLists>) {
    for list in &mut *own {
        LISTS.give(std::mem::take(&mut list.0));
    }
    OWN_LISTS_READY.give(own);
}

/// Moments that are kept after which a call began that has not ended.
const OPENED: usize = 64;

impl BusySpans {
    pub(crate) const fn new() -> Self {
        Self {
            first: i64::MAX,
            last: i64::MIN,
            all: Segments::new(),
            in_order: 0,
            mixed: false,
            same: Amounts::ALL,
            some: Amounts::NONE,
            own: None,
            opened: Vec::new(),
            closed: Vec::new(),
            blur: 0.0,
            permit: Permit::none(),
            shared: false,
            until: i64::MIN,
            before: i64::MIN,
            apart: i64::MIN,
        }
    }

    /// Of what one fold brings, with room for most folds.
    pub(crate) fn of_folds() -> Self {
        Self {
            all: Segments::with_room(FEW),
            opened: Vec::with_capacity(FEW),
            closed: Vec::with_capacity(FEW),
            ..Self::new()
        }
    }

    /// Bytes on the heap of [`of_folds`](Self::of_folds).
    pub(crate) const BYTES_OF_FOLDS: usize = FEW * (size_of::<Segment>() + 2 * size_of::<i64>());

    /// Of all label sets of a subject.
    pub(crate) fn shared() -> Self {
        let mut busy = Self::new();
        busy.shared = true;
        busy
    }

    /// A fold begins.
    #[inline]
    pub(crate) const fn begin(&mut self) {
        self.before = self.until;
        if self.until == i64::MIN {
            // Whatever began in the fold before this, if there is one, has not ended.
            self.until = i64::MIN + 1;
        } else if self.until == i64::MIN + 1 {
            self.before = i64::MAX;
        }
    }

    /// Whether a call that starts then began in this fold.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn is_new(&self, start: i64) -> bool {
        start >= self.before
    }

    /// Whether calls that started then or later come after all that there are, in flight or not, so that they can be
    /// added as one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn ends_before(&self, start: i64) -> bool {
        self.is_new(start) && self.opened.is_empty() && self.all.end().is_none_or(|end| end <= start)
    }

    /// Of no call and no sample.
    pub(crate) const fn is_empty(&self) -> bool {
        self.first > self.last
    }

    /// From the first start to the last end, samples included; none if there was neither.
    pub(crate) fn span(&self) -> Option<(i64, i64)> {
        (!self.is_empty()).then_some((self.first, self.last))
    }

    /// When any call ran.
    pub(crate) fn all(&self) -> &[Segment] {
        &self.all.0
    }

    /// When calls ran that succeeded and said an amount.
    pub(crate) fn of(&self, amount: Amounts) -> &[Segment] {
        match amount.places().next() {
            Some(place) if self.same.has(place) => self.all(),
            Some(place) => self.own(place),
            None => &[],
        }
    }

    fn own(&self, place: usize) -> &[Segment] {
        self.own.as_ref().map_or(&[], |own| &own[place].0)
    }

    fn own_mut(&mut self) -> &mut OwnLists {
        self.own.get_or_insert_with(|| OWN_LISTS_READY.take())
    }

    /// Makes the first start as early, and the last end as late, as these.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn see(&mut self, start: i64, end: i64) {
        if start < self.first {
            self.first = start;
        }
        if end > self.last {
            self.last = end;
        }
    }

    /// Adds a call, or several in a row, that said all of these amounts.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add_call(&mut self, call: Segment, said: Amounts, near: u64) {
        self.see(call.start, call.end);
        if said != self.same {
            self.part(said);
            let own = said.without(self.same);
            if !own.is_empty() {
                self.add_to_own(call, own, near);
            }
        }
        self.all.push_near(call, near, self.apart());
        if !self.is_new(call.start) || call.start <= self.apart {
            // It may lie, or is one with what may lie, over others that are not here.
            self.apart = self.apart.max(call.end);
        }
    }

    /// What ends then or before is not joined with what follows. Nothing is while a call is in flight that began in this
    /// fold: its start may lie anywhere.
    #[cfg_attr(not(debug_assertions), inline(always))]
    const fn apart(&self) -> i64 {
        if self.opened.is_empty() {
            self.apart
        } else {
            i64::MAX
        }
    }

    /// A call begins, now or, if it says so, at `start`.
    #[inline]
    pub(crate) fn open(&mut self, start: Option<i64>) {
        MOMENTS.make_room(&mut self.opened, 1);
        self.opened.push(start.or(self.all.end()).unwrap_or(i64::MIN));
    }

    /// The call ended that began at `start`.
    #[inline]
    pub(crate) fn close(&mut self, start: i64) {
        if !self.forget(start) {
            MOMENTS.make_room(&mut self.closed, 1);
            self.closed.push(start);
        }
    }

    fn forget(&mut self, start: i64) -> bool {
        let opened = self.opened.iter().rposition(|&opened| opened <= start);
        opened.map(|at| self.opened.remove(at)).is_some()
    }

    /// Lets only those amounts be the same that were said now too.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn part(&mut self, said: Amounts) {
        let parting = self.same.without(said);
        if !parting.is_empty() && !self.all.is_empty() {
            self.copy_to_own(parting);
        }
        self.same = self.same.without(parting);
    }

    #[cold]
    #[inline(never)]
    fn copy_to_own(&mut self, parting: Amounts) {
        let own = self.own.get_or_insert_with(|| OWN_LISTS_READY.take());
        for place in parting.places() {
            own[place].copy(&self.all);
        }
        self.some = self.some.and(parting);
    }

    #[cold]
    #[inline(never)]
    fn add_to_own(&mut self, call: Segment, said: Amounts, near: u64) {
        let apart = self.apart();
        for place in said.places() {
            self.own_mut()[place].push_near(call, near, apart);
        }
        self.some = self.some.and(said);
    }

    /// Adds those of another, in whatever order the times of both come.
    #[inline]
    pub(crate) fn add(&mut self, other: &Self) {
        self.see(other.first, other.last);
        if !(other.opened.is_empty() && other.closed.is_empty()) {
            self.add_opened(other);
        }
        let Some(first) = other.all.0.first() else { return };
        self.in_order = self.in_order.saturating_add(1);
        if self.all.end().is_some_and(|end| first.end < end) {
            (self.in_order, self.mixed) = (0, true);
        }
        self.part(other.same);
        let own = other.same.and(other.some).without(self.same);
        // What only some calls say has gaps where all together have none.
        let longest = if own.is_empty() {
            0
        } else {
            self.add_own(other, own)
        };
        self.all.add(&other.all.0);
        if self.all.0.len().max(longest) > FEW {
            self.thin();
        }
    }

    fn add_opened(&mut self, other: &Self) {
        for &start in &other.closed {
            self.forget(start);
        }
        let end = self.all.end().unwrap_or(i64::MIN);
        // The last of them all, without room for more.
        let new = &other.opened[other.opened.len().saturating_sub(OPENED)..];
        let more = (self.opened.len() + new.len()).saturating_sub(OPENED);
        self.opened.drain(..more);
        MOMENTS.make_room(&mut self.opened, new.len());
        self.opened.extend(new.iter().map(|&opened| opened.max(end)));
    }

    /// Gives how many segments the longest of these lists has.
    #[inline(never)]
    fn add_own(&mut self, other: &Self, amounts: Amounts) -> usize {
        let mut longest = 0;
        for place in amounts.places() {
            let segments = if other.same.has(place) {
                other.all()
            } else {
                other.own(place)
            };
            let list = &mut self.own_mut()[place];
            list.add(segments);
            longest = longest.max(list.0.len());
        }
        self.some = self.some.and(amounts);
        longest
    }

    #[inline(never)]
    fn thin(&mut self) {
        let is_calm = self.in_order >= CALM;
        let is_one = is_alone() && !self.shared || is_calm && !self.mixed;
        let most = match () {
            () if is_one => FEW,
            () if !is_calm && self.permit.take() => MANY,
            () => SOME,
        };
        if most < MANY {
            self.permit = Permit::none();
        }
        let lists = std::iter::once(&mut self.all).chain(self.own.iter_mut().flat_map(|own| own.iter_mut()));
        for list in lists.filter(|list| list.0.len() > most) {
            let left = if most == FEW { most / 4 } else { most / 2 };
            self.blur = list.thin(left, self.blur.max(1.0 / (8 * most) as f64), &self.opened);
            list.shrink(most);
        }
    }

    /// Empties it; what it holds of memory stays, unless it is much.
    pub(crate) fn clear(&mut self) {
        self.until = self.until.max(self.last);
        (self.first, self.last, self.apart) = (i64::MAX, i64::MIN, i64::MIN);
        self.all.clear(FEW);
        (self.same, self.some) = (Amounts::ALL, Amounts::NONE);
        if let Some(own) = self.own.take() {
            give_back(own);
        }
        for moments in [&mut self.opened, &mut self.closed] {
            moments.clear();
            MOMENTS.shrink(moments, FEW);
        }
    }

    /// Takes over all that another has. It must be as it was made.
    pub(crate) fn copy(&mut self, other: &Self) {
        let (mut all, mut own) = (std::mem::take(&mut self.all), self.own.take());
        all.copy(&other.all);
        if let Some(others) = &other.own {
            let own = own.get_or_insert_with(|| OWN_LISTS_READY.take());
            own.iter_mut()
                .zip(&**others)
                .for_each(|(own, other)| own.copy(other));
        }
        let moments = |moments: &Vec<i64>| {
            let mut own = MOMENTS.with_room(moments.len());
            own.extend_from_slice(moments);
            own
        };
        *self = Self {
            all,
            own,
            opened: moments(&other.opened),
            closed: moments(&other.closed),
            permit: Permit::none(),
            ..*other
        };
    }

    /// Gives back all that it has, so that it is as it was made.
    pub(crate) fn give_back(&mut self) {
        let gone = std::mem::replace(self, Self::new());
        LISTS.give(gone.all.0);
        gone.own.into_iter().for_each(give_back);
        MOMENTS.give(gone.opened);
        MOMENTS.give(gone.closed);
    }

    pub(crate) fn bytes(&self) -> usize {
        let own = self.own.as_ref();
        let lists = own.map_or(0, |own| {
            own.iter().map(Segments::bytes).sum::<usize>() + size_of_val(&**own)
        });
        self.all.bytes() + lists + (self.opened.capacity() + self.closed.capacity()) * size_of::<i64>()
    }
}
