//! Who asks for the series over the limit: an estimate, from a sample of the calls.

use std::cell::Cell;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::key::KeyRef;
use crate::clock;
use crate::event::Stage;
use crate::site::Site;
use crate::sync::Ordering;
use crate::sync::fixed::{AtomicU64, Backoff, Mutex, OnceBox};

/// A thread looks at one of so many of its calls over the limit, on the average.
const EVERY: u32 = 64;
/// So many of those looked at are kept.
const KEPT: usize = 256;

/// What the calls over the limit were for. Any call of a window is as likely to be among those kept as any other
/// (Vitter's algorithm R, 1985).
pub(super) struct OverflowSample {
    /// The window that is sampled; see [`count`](Self::count).
    since: AtomicU64,
    sample: OnceBox<Mutex<SampledCalls>>,
}

struct SampledCalls {
    window: (u64, u64),
    looked_at: u64,
    kept: Vec<SampledCall>,
}

struct SampledCall {
    site: Option<&'static Site>,
    stage: Stage,
    subject: Box<str>,
}

/// Who made most of the calls over the limit.
#[derive(Default)]
pub(crate) struct Noisiest {
    pub(crate) site: Option<&'static Site>,
    /// And which part of the calls it made up, at the least; see [`least_share`].
    pub(crate) subject: Option<(Box<str>, f64)>,
}

/// A window of an instance: when it began, and when this process did, if it was forked since.
fn window(since: u64) -> (u64, u64) {
    (since, clock::unix_birth() as u64)
}

/// How sure a share is no smaller than it is said to be: 99 %.
const DOUBT: f64 = 0.01;

/// Which part of all calls an item makes up at the least that is so many of a sample. A sample of one call says
/// nothing, a large one almost all: Hoeffding's inequality (1963).
fn least_share(of_item: usize, sampled: usize) -> f64 {
    let sampled = sampled as f64;
    (of_item as f64 / sampled - ((1.0 / DOUBT).ln() / (2.0 * sampled)).sqrt()).max(0.0)
}

/// The item that comes most often, and how often.
fn most_frequent<T: Copy + PartialEq>(items: impl Iterator<Item = T> + Clone) -> Option<(T, usize)> {
    let counted = items
        .clone()
        .map(|item| (item, items.clone().filter(|&other| other == item).count()));
    counted.max_by_key(|&(_, count)| count)
}

impl SampledCalls {
    const fn new(window: (u64, u64)) -> Self {
        Self {
            window,
            looked_at: 0,
            kept: Vec::new(),
        }
    }

    fn add(&mut self, since: u64, key: &KeyRef<'_>, site: Option<&'static Site>) {
        let window = window(since);
        if self.window != window {
            *self = Self::new(window);
        }
        self.looked_at += 1;
        let call = || SampledCall {
            site,
            stage: key.stage,
            subject: key.subject.into(),
        };
        if self.kept.len() < KEPT {
            self.kept.push(call());
        } else if let Some(place) = self.kept.get_mut((random() % self.looked_at) as usize) {
            *place = call();
        }
    }

    fn noisiest(&self) -> Noisiest {
        let site = most_frequent(
            self.kept
                .iter()
                .filter_map(|call| call.site.map(std::ptr::from_ref)),
        );
        let subject = most_frequent(self.kept.iter().map(|call| (call.stage, &*call.subject)));
        Noisiest {
            site: site.and_then(|(most, _)| {
                self.kept
                    .iter()
                    .filter_map(|call| call.site)
                    .find(|&site| std::ptr::eq(site, most))
            }),
            subject: subject
                .map(|((_, subject), count)| (subject.into(), least_share(count, self.kept.len()))),
        }
    }
}

impl OverflowSample {
    pub(super) const fn new() -> Self {
        Self {
            since: AtomicU64::new(0),
            sample: OnceBox::new(),
        }
    }

    /// Sees a call over the limit, in the window that began at `since`: the first of the window, and then a
    /// sample. Most calls only count down.
    pub(super) fn count(&self, since: u64, key: &KeyRef<'_>, site: Option<&'static Site>) {
        if !self.passes_over(since) && (is_due() || self.is_new(since)) {
            self.look_at(since, key, site);
        }
    }

    /// Whether a call of the window that began at `since` is not among those looked at. If not, it is to be
    /// [counted](Self::count).
    #[inline]
    pub(super) fn passes_over(&self, since: u64) -> bool {
        !self.is_new(since) && count_down()
    }

    fn is_new(&self, since: u64) -> bool {
        // Relaxed: a wrong answer looks at one call more or less.
        self.since.load(Ordering::Relaxed) != since
    }

    #[cold]
    #[inline(never)]
    fn look_at(&self, since: u64, key: &KeyRef<'_>, site: Option<&'static Site>) {
        let sample = self
            .sample
            .get_or_init(|| Box::new(Mutex::new(SampledCalls::new(window(since)))));
        // Whoever holds the lock looks at a call too: one of the two will do.
        if let Ok(mut sample) = sample.try_lock() {
            sample.add(since, key, site);
            // Relaxed: only a hint of when to look again.
            self.since.store(since, Ordering::Relaxed);
        }
    }

    /// Waits a moment for the lock, and not for ever: in a forked child it may never be free.
    fn with<T>(&self, read: impl FnOnce(&SampledCalls) -> T) -> Option<T> {
        let (sample, backoff) = (self.sample.get()?, Backoff::new());
        loop {
            match sample.try_lock() {
                Ok(sample) => return Some(read(&sample)),
                Err(_) if backoff.is_completed() => return None,
                Err(_) => backoff.snooze(),
            }
        }
    }

    /// Who made most of the calls over the limit since the window began.
    pub(super) fn read(&self, since: u64) -> Noisiest {
        let of_window = |sample: &SampledCalls| (sample.window == window(since)).then(|| sample.noisiest());
        self.with(of_window).flatten().unwrap_or_default()
    }

    /// Bytes on the heap.
    pub(super) fn bytes(&self) -> usize {
        let bytes = |sample: &SampledCalls| {
            let texts = sample.kept.iter().map(|call| call.subject.len());
            size_of::<Mutex<SampledCalls>>()
                + sample.kept.capacity() * size_of::<SampledCall>()
                + texts.sum::<usize>()
        };
        self.with(bytes).unwrap_or(0)
    }
}

fn random() -> u64 {
    FixedState::default().hash_one(clock::ticks())
}

thread_local! {
    /// Calls of this thread until the next that it looks at; 0 before the first. The gaps are random, so that names which
    /// come in turn are not taken for one.
    static LEFT: Cell<u32> = const { Cell::new(0) };
}

/// Counts down to the next call that the calling thread looks at. Says no when that has come.
#[inline]
fn count_down() -> bool {
    let left = LEFT.get();
    LEFT.set(left - u32::from(left > 1));
    left > 1
}

/// Draws the next gap. Says no when this was the first: of a short thread, too, any call is as likely to be looked at.
fn is_due() -> bool {
    let gap = 1 + random() % u64::from(2 * EVERY - 1);
    LEFT.replace(gap as u32) > 0
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    static SITES: [Site; 2] = [
        Site::new(Stage::Inference, "noise", "quiet"),
        Site::new(Stage::Inference, "noise", "noisy"),
    ];

    fn key(subject: &str) -> KeyRef<'_> {
        KeyRef {
            stage: Stage::Inference,
            subject,
            labels: &[],
        }
    }

    #[test]
    fn names_in_turn_are_not_taken_for_one() {
        let sample = OverflowSample::new();
        // As many names as calls between two samples, and a multiple.
        for at in 0..64 * 64 * 20 {
            let name = format!("name {}", at % 256);
            sample.count(1, &key(&name), Some(&SITES[at % 64 / 32]));
        }
        let share = sample.read(1).subject.unwrap().1;
        assert!(share < 0.1, "{share}");
    }

    #[test]
    fn names_in_turn_are_told_apart_however_many_they_are() {
        for names in 4..2 * EVERY {
            let sample = OverflowSample::new();
            for at in 0..200 * EVERY {
                sample.count(1, &key(&(at % names).to_string()), None);
            }
            let share = sample.read(1).subject.unwrap().1;
            assert!(share < 0.5, "{share} of {names}");
        }
    }

    #[test]
    fn the_noisiest_is_named_from_all_threads() {
        let sample = OverflowSample::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for at in 0..20_000 {
                        match at % 3 {
                            0 => sample.count(1, &key(&format!("request {at}")), Some(&SITES[0])),
                            _ => sample.count(1, &key("hot"), Some(&SITES[1])),
                        }
                    }
                });
            }
        });
        let noisiest = sample.read(1);
        assert_eq!(noisiest.site.unwrap().function(), "noise::noisy");
        let (subject, share) = noisiest.subject.unwrap();
        assert_eq!(&*subject, "hot");
        assert!((0.5..0.8).contains(&share), "{share}");
        assert!(sample.bytes() > KEPT * 3);
    }

    #[test]
    fn a_new_window_forgets_and_names_its_first_call() {
        let sample = OverflowSample::new();
        sample.count(1, &key("old"), Some(&SITES[0]));
        assert_eq!(&*sample.read(1).subject.unwrap().0, "old");
        assert!(sample.read(2).subject.is_none() && sample.read(2).site.is_none());
        sample.count(2, &key("new"), None);
        let noisiest = sample.read(2);
        // One call looked at says nothing of the others.
        assert_eq!(noisiest.subject.unwrap(), ("new".into(), 0.0));
        assert!(noisiest.site.is_none());
    }

    #[test]
    fn a_lock_that_is_never_free_stops_nobody() {
        let sample = OverflowSample::new();
        sample.count(1, &key("held"), None);
        let _held = sample.sample.get().unwrap().lock().unwrap();
        sample.count(2, &key("other"), None);
        assert!(sample.read(2).subject.is_none());
        assert_eq!(sample.bytes(), 0);
    }

    #[test]
    fn one_call_in_sixty_four_is_looked_at() {
        let sample = OverflowSample::new();
        for _ in 0..64_000 {
            sample.count(1, &key("any"), None);
        }
        let looked_at = sample.with(|sample| sample.looked_at).unwrap();
        assert!((900..1100).contains(&looked_at), "{looked_at}");
    }

    #[test]
    fn a_share_is_said_as_far_as_it_is_certain() {
        assert_eq!(least_share(1, 1), 0.0);
        assert!((least_share(50, 100) - 0.34826).abs() < 1e-5);
        assert!((least_share(10_000, 10_000) - 0.98483).abs() < 1e-5);
    }

    #[test]
    fn what_is_sampled_is_what_it_holds() {
        let sample = OverflowSample::new();
        assert_eq!(sample.bytes(), 0);
        (0..1_000 * EVERY).for_each(|_| sample.count(1, &key("four"), Some(&SITES[0])));
        let each = size_of::<SampledCall>() + 4;
        assert_eq!(sample.bytes(), size_of::<Mutex<SampledCalls>>() + KEPT * each);
    }

    /// What came first is as likely to be kept as what came last.
    #[test]
    fn the_sample_is_of_the_whole_window() {
        let sample = OverflowSample::new();
        for at in 0..2_000 * EVERY {
            let subject = if at < 1_200 * EVERY { "early" } else { "late" };
            sample.count(1, &key(subject), None);
        }
        let (subject, share) = sample.read(1).subject.unwrap();
        assert_eq!(&*subject, "early");
        assert!((0.35..0.65).contains(&share), "{share}");
    }
}
