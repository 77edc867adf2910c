//! Who asks for the series over the limit: an estimate, from a sample of the calls.

use std::cell::Cell;

use super::heaviest::Heaviest;
use super::key::KeyRef;
use crate::clock;
use crate::event::Stage;
use crate::site::Site;
use crate::sync::Ordering;
use crate::sync::fixed::{AtomicU64, Mutex, OnceBox};

/// A thread looks at one of so many of its calls over the limit, on the average.
const EVERY: u32 = 64;

/// How often a reader tries to find the lock free. In a forked child it may never be.
const ATTEMPTS: u32 = 100;

/// What the calls over the limit were for.
pub(super) struct Noise {
    /// The window that is watched; see [`count`](Self::count).
    since: AtomicU64,
    watched: OnceBox<Mutex<Watched>>,
}

struct Watched {
    window: (u64, u64),
    sites: Heaviest<&'static Site>,
    subjects: Heaviest<(Stage, Box<str>)>,
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

/// Which part of all calls an item makes up at the least that is so many of those looked at. A sample of one call says
/// nothing, a large one almost all: Hoeffding's inequality (1963).
fn least_share(of_item: u64, looked_at: u64) -> f64 {
    let looked_at = looked_at as f64;
    (of_item as f64 / looked_at - ((1.0 / DOUBT).ln() / (2.0 * looked_at)).sqrt()).max(0.0)
}

impl Watched {
    const fn new(window: (u64, u64)) -> Self {
        Self {
            window,
            sites: Heaviest::new(),
            subjects: Heaviest::new(),
        }
    }

    fn add(&mut self, since: u64, key: &KeyRef<'_>, site: Option<&'static Site>) {
        let window = window(since);
        if self.window != window {
            *self = Self::new(window);
        }
        if let Some(site) = site {
            self.sites.add(|held| std::ptr::eq(*held, site), || site);
        }
        self.subjects.add(
            |(stage, subject)| *stage == key.stage && **subject == *key.subject,
            || (key.stage, key.subject.into()),
        );
    }
}

impl Noise {
    pub(super) const fn new() -> Self {
        Self {
            since: AtomicU64::new(0),
            watched: OnceBox::new(),
        }
    }

    /// Sees a call over the limit, in the window that began at `since`: the first of the window, and then a
    /// sample. Most calls only count down.
    pub(super) fn count(&self, since: u64, key: &KeyRef<'_>, site: Option<&'static Site>) {
        if !self.passes_over(since) && (draw() || self.is_new(since)) {
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
        let watched = self
            .watched
            .get_or_init(|| Box::new(Mutex::new(Watched::new(window(since)))));
        // Whoever holds the lock looks at a call too: one of the two will do.
        if let Ok(mut watched) = watched.try_lock() {
            watched.add(since, key, site);
            // Relaxed: only a hint of when to look again.
            self.since.store(since, Ordering::Relaxed);
        }
    }

    fn with<T>(&self, read: impl FnOnce(&Watched) -> T) -> Option<T> {
        let watched = self.watched.get()?;
        for _ in 0..ATTEMPTS {
            if let Ok(watched) = watched.try_lock() {
                return Some(read(&watched));
            }
            std::thread::yield_now();
        }
        None
    }

    /// Who made most of the calls over the limit since the window began.
    pub(super) fn read(&self, since: u64) -> Noisiest {
        let read = |watched: &Watched| Noisiest {
            site: watched.sites.first().map(|(site, ..)| *site),
            subject: watched
                .subjects
                .first()
                .map(|((_, subject), least, all)| (subject.clone(), least_share(least, all))),
        };
        self.with(|watched| (watched.window == window(since)).then(|| read(watched)))
            .flatten()
            .unwrap_or_default()
    }

    /// Bytes on the heap.
    pub(super) fn bytes(&self) -> usize {
        let bytes = |watched: &Watched| {
            let texts = watched.subjects.items().map(|(_, subject)| subject.len());
            size_of::<Mutex<Watched>>()
                + watched.sites.bytes()
                + watched.subjects.bytes()
                + texts.sum::<usize>()
        };
        self.with(bytes).unwrap_or(0)
    }
}

thread_local! {
    /// Calls of this thread until the next that it looks at, and the state of the gaps. These are random, so that names
    /// which come in turn are not taken for one.
    static TURN: Cell<(u32, u32)> = const { Cell::new((1, 0)) };
}

/// Counts down to the next call that the calling thread looks at. Says no when that has come.
#[inline]
fn count_down() -> bool {
    TURN.with(|turn| {
        let (left, state) = turn.get();
        turn.set((left - u32::from(left > 1), state));
        left > 1
    })
}

/// Draws the next gap. Says no when this was the first.
fn draw() -> bool {
    TURN.with(|turn| {
        // A thread's first gap depends on when it began, and so do not all its successors' look alike.
        let (_, state) = turn.get();
        let next = next(if state == 0 {
            clock::ticks() as u32 | 1
        } else {
            state
        });
        turn.set((1 + next % (2 * EVERY - 1), next));
        state != 0
    })
}

/// Marsaglia's xorshift: never 0 after anything else.
const fn next(mut state: u32) -> u32 {
    state ^= state << 13;
    state ^= state >> 17;
    state ^ (state << 5)
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
        let noise = Noise::new();
        // As many names as calls between two samples, and a multiple.
        for at in 0..64 * 64 * 20 {
            let name = format!("name {}", at % 256);
            noise.count(1, &key(&name), Some(&SITES[at % 64 / 32]));
        }
        let share = noise.read(1).subject.unwrap().1;
        assert!(share < 0.1, "{share}");
    }

    #[test]
    fn names_in_turn_are_told_apart_however_many_they_are() {
        for names in 4..2 * EVERY {
            let noise = Noise::new();
            for at in 0..200 * EVERY {
                noise.count(1, &key(&(at % names).to_string()), None);
            }
            let share = noise.read(1).subject.unwrap().1;
            assert!(share < 0.5, "{share} of {names}");
        }
    }

    #[test]
    fn the_noisiest_is_named_from_all_threads() {
        let noise = Noise::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for at in 0..20_000 {
                        match at % 3 {
                            0 => noise.count(1, &key(&format!("request {at}")), Some(&SITES[0])),
                            _ => noise.count(1, &key("hot"), Some(&SITES[1])),
                        }
                    }
                });
            }
        });
        let noisiest = noise.read(1);
        assert_eq!(noisiest.site.unwrap().function(), "noise::noisy");
        let (subject, share) = noisiest.subject.unwrap();
        assert_eq!(&*subject, "hot");
        assert!((0.5..0.8).contains(&share), "{share}");
        assert!(noise.bytes() > 16 * 3);
    }

    #[test]
    fn a_new_window_forgets_and_names_its_first_call() {
        let noise = Noise::new();
        noise.count(1, &key("old"), Some(&SITES[0]));
        assert_eq!(&*noise.read(1).subject.unwrap().0, "old");
        assert!(noise.read(2).subject.is_none() && noise.read(2).site.is_none());
        noise.count(2, &key("new"), None);
        let noisiest = noise.read(2);
        // One call looked at says nothing of the others.
        assert_eq!(noisiest.subject.unwrap(), ("new".into(), 0.0));
        assert!(noisiest.site.is_none());
    }

    #[test]
    fn a_lock_that_is_never_free_stops_nobody() {
        let noise = Noise::new();
        noise.count(1, &key("held"), None);
        let _held = noise.watched.get().unwrap().lock().unwrap();
        noise.count(2, &key("other"), None);
        assert!(noise.read(2).subject.is_none());
        assert_eq!(noise.bytes(), 0);
    }

    #[test]
    fn one_call_in_sixty_four_is_looked_at() {
        let noise = Noise::new();
        for _ in 0..64_000 {
            noise.count(1, &key("any"), None);
        }
        let looked_at = noise.with(|watched| watched.subjects.first().unwrap().2).unwrap();
        assert!((900..1100).contains(&looked_at), "{looked_at}");
    }

    #[test]
    fn a_share_is_said_as_far_as_it_is_certain() {
        assert_eq!(least_share(1, 1), 0.0);
        assert!((least_share(50, 100) - 0.34826).abs() < 1e-5);
        assert!((least_share(10_000, 10_000) - 0.98483).abs() < 1e-5);
    }

    #[test]
    fn what_is_watched_is_what_it_holds() {
        let noise = Noise::new();
        assert_eq!(noise.bytes(), 0);
        noise.count(1, &key("four"), Some(&SITES[0]));
        let each = size_of::<(&Site, u64, u64)>() + size_of::<((Stage, Box<str>), u64, u64)>();
        assert_eq!(noise.bytes(), size_of::<Mutex<Watched>>() + 16 * each + 4);
    }
}
