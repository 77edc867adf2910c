use std::cell::RefCell;
use std::sync::Arc;

use super::key::KeyRef;
use super::table::Series;

/// Places of a thread's cache; a power of two.
const PLACES: usize = 128;

/// A series that this thread used, and the instance it belongs to.
type Place = Option<(u64, Arc<Series>)>;

thread_local! {
    static CACHE: RefCell<[Place; PLACES]> = const { RefCell::new([const { None }; PLACES]) };
}

/// Bytes of one thread's cache.
pub(crate) const BYTES: usize = size_of::<RefCell<[Place; PLACES]>>();

/// The number of a series that this thread used before.
#[inline]
pub(super) fn find(namespace: u64, hash: u64, key: &KeyRef<'_>) -> Option<u32> {
    CACHE
        .try_with(|cache| {
            let cache = cache.try_borrow().ok()?;
            let (owner, series) = cache[hash as usize % PLACES].as_ref()?;
            (*owner == namespace && series.key.is(key)).then_some(series.number)
        })
        .ok()
        .flatten()
}

/// Remembers a series. What stood in its place is looked up in the table the next time.
pub(super) fn remember(namespace: u64, hash: u64, series: &Arc<Series>) {
    // A thread that ends has no cache any more, and does without.
    let _ = CACHE.try_with(|cache| {
        if let Ok(mut cache) = cache.try_borrow_mut() {
            cache[hash as usize % PLACES] = Some((namespace, series.clone()));
        }
    });
}
