//! Iterators that carry a call to their last item.

use core::iter::FusedIterator;

use super::{DeferredCall, Values};
use crate::event::Outcome;

/// An iterator that a function handed out, together with the function's call.
#[must_use = "iterators do nothing unless consumed"]
#[derive(Debug)]
pub struct WatchedIterator<I, V: Values, K, J> {
    items: I,
    call: DeferredCall<V, K>,
    judge: J,
    failed: bool,
}

/// The call starts with the first item asked for, is timed from the function's call, and ends with the last.
///
/// `judge` looks at each item; one that is an error makes the call an error.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn watch_iterator<I, V, K, J>(
    call: impl Into<DeferredCall<V, K>>,
    items: I,
    judge: J,
) -> WatchedIterator<I, V, K, J>
where
    I: Iterator,
    V: Values,
    J: FnMut(&I::Item) -> Outcome,
{
    WatchedIterator {
        items,
        call: call.into(),
        judge,
        failed: false,
    }
}

impl<I, V, K, J> WatchedIterator<I, V, K, J>
where
    I: Iterator,
    V: Values,
    J: FnMut(&I::Item) -> Outcome,
{
    #[inline]
    fn advance(&mut self, step: impl FnOnce(&mut I) -> Option<I::Item>) -> Option<I::Item> {
        let items = &mut self.items;
        let item = self.call.step(|| step(items));
        if let Some(item) = &item {
            self.failed |= (self.judge)(item) == Outcome::Error;
            self.call.abandon_as(if self.failed {
                Outcome::Error
            } else {
                Outcome::Cancelled
            });
        } else if let Some(mut call) = self.call.end() {
            call.finish(if self.failed { Outcome::Error } else { Outcome::Ok }, ());
        }
        item
    }
}

impl<I, V, K, J> Iterator for WatchedIterator<I, V, K, J>
where
    I: Iterator,
    V: Values,
    J: FnMut(&I::Item) -> Outcome,
{
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.advance(I::next)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<I, V, K, J> DoubleEndedIterator for WatchedIterator<I, V, K, J>
where
    I: DoubleEndedIterator,
    V: Values,
    J: FnMut(&I::Item) -> Outcome,
{
    #[inline]
    fn next_back(&mut self) -> Option<I::Item> {
        self.advance(I::next_back)
    }
}

impl<I, V, K, J> ExactSizeIterator for WatchedIterator<I, V, K, J>
where
    I: ExactSizeIterator,
    V: Values,
    J: FnMut(&I::Item) -> Outcome,
{
    #[inline]
    fn len(&self) -> usize {
        self.items.len()
    }
}

impl<I, V, K, J> FusedIterator for WatchedIterator<I, V, K, J>
where
    I: FusedIterator,
    V: Values,
    J: FnMut(&I::Item) -> Outcome,
{
}

/// Tells the compiler what an iterator yields before it looks inside.
#[cfg_attr(not(debug_assertions), inline(always))]
pub const fn iterator_of<T, I: Iterator<Item = T>>(items: I) -> I {
    items
}
