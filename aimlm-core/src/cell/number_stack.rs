use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// A lock-free stack of series numbers, linked through a word of each number's own. A number is in one stack
/// at a time. 0 is no number.
pub(crate) struct NumberStack {
    /// The first number in the low half; in the high half how often it changed, so that a number that went and
    /// came back is not taken for one that stayed.
    head: AtomicU64,
}

/// The link of a number.
pub(crate) type Link<'a> = &'a dyn Fn(u32) -> Option<&'a AtomicU32>;

const fn changed(head: u64, first: u32) -> u64 {
    ((head >> 32).wrapping_add(1) << 32) | first as u64
}

impl NumberStack {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self {
            head: AtomicU64::new(0),
        }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self {
            head: AtomicU64::new(0),
        }
    }

    pub(crate) fn push(&self, number: u32, link: Link<'_>) {
        let Some(next) = link(number) else { return };
        // Release: the link, and all that was done to the number, come before; pairs with the Acquire in `pop`.
        let _ = self
            .head
            .fetch_update(Ordering::Release, Ordering::Relaxed, |head| {
                next.store(head as u32, Ordering::Relaxed);
                Some(changed(head, number))
            });
    }

    pub(crate) fn pop(&self, link: Link<'_>) -> Option<u32> {
        // Acquire: pairs with the Release in `push`, so that the link is the one that belongs to this head.
        self.head
            .fetch_update(Ordering::Acquire, Ordering::Acquire, |head| {
                let next = link(head as u32).filter(|_| head as u32 != 0)?;
                Some(changed(head, next.load(Ordering::Relaxed)))
            })
            .map(|head| head as u32)
            .ok()
    }

    /// Takes all there are at this moment.
    pub(crate) fn take(&self, link: Link<'_>) -> Vec<u32> {
        // Acquire: as in `pop`.
        let head = self
            .head
            .fetch_update(Ordering::Acquire, Ordering::Acquire, |head| {
                (head as u32 != 0).then(|| changed(head, 0))
            });
        let mut next = head.unwrap_or(0) as u32;
        std::iter::from_fn(|| {
            let number = next;
            next = link(number).filter(|_| number != 0)?.load(Ordering::Relaxed);
            Some(number)
        })
        .collect()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_by_many_is_popped_once() {
        let links: Vec<_> = (0..=400).map(|_| AtomicU32::new(0)).collect();
        let link = |number: u32| links.get(number as usize);
        let numbers = NumberStack::new();
        let popped: Vec<_> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4_u32)
                .map(|worker| {
                    let (numbers, link) = (&numbers, &link);
                    scope.spawn(move || {
                        let own = worker * 100 + 1..worker * 100 + 101;
                        own.clone().for_each(|number| numbers.push(number, link));
                        // Each thread takes as many as it gave, whosever they are, and gives half back.
                        let taken: Vec<_> = own.filter_map(|_| numbers.pop(link)).collect();
                        taken[..50].iter().for_each(|&number| numbers.push(number, link));
                        taken[50..].to_vec()
                    })
                })
                .collect();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().unwrap())
                .collect()
        });
        let mut all = numbers.take(&link);
        all.extend(popped);
        all.sort_unstable();
        assert_eq!(all, (1..=400).collect::<Vec<_>>());
        assert_eq!(numbers.pop(&link), None);
    }
}
