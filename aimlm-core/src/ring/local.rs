use std::cell::Cell;

use super::buffer::Buffer;
use super::registry::REGISTRY;
use super::ring::Ring;
use super::sink::StoreSink;

/// The buffer of a thread without a ring, or whose clock is not the counter that a call reads in its place: what finds no
/// room in it goes the slow way, and there is no second question.
#[cfg(not(loom))]
static FULL: Buffer = Buffer::full();

// Without a destructor, so that reading them is one load, and they can be read to the thread's very end.
#[cfg(not(loom))]
thread_local! {
    static BUFFER: Cell<&'static Buffer> = const { Cell::new(&FULL) };
    /// The same for the ends of calls: the place of one for both would be kept in a register while a function's body runs.
    static END_BUFFER: Cell<&'static Buffer> = const { Cell::new(&FULL) };
}

thread_local! {
    static RING: Cell<Option<&'static Ring<StoreSink>>> = const { Cell::new(None) };
    /// Lets go of the ring when the thread ends.
    static EXIT: Exit = const { Exit };
}

struct Exit;

impl Drop for Exit {
    fn drop(&mut self) {
        let ring = RING.get();
        forget();
        if let Some(ring) = ring {
            REGISTRY.release(ring);
        }
    }
}

/// Where the calling thread writes. If there is room in it, the thread's clock is the processor's
/// [counter](clock::counter).
#[cfg(not(loom))]
#[inline(always)]
pub(crate) fn buffer() -> &'static Buffer {
    BUFFER.get()
}

/// The same, for the end of a call.
#[cfg(not(loom))]
#[inline(always)]
pub(crate) fn end_buffer() -> &'static Buffer {
    END_BUFFER.get()
}

/// Models write to rings of their own.
#[cfg(loom)]
pub(crate) fn buffer() -> &'static Buffer {
    let ring = current().or_else(acquire);
    ring.expect("a model has rings for its threads").buffer()
}

#[cfg(loom)]
pub(crate) use buffer as end_buffer;

#[cfg(not(loom))]
fn set_buffer(buffer: &'static Buffer) {
    BUFFER.set(buffer);
    END_BUFFER.set(buffer);
}

/// The calling thread's ring, if it has one.
pub(crate) fn current() -> Option<&'static Ring<StoreSink>> {
    RING.get()
}

/// Gives the calling thread a ring, unless it is ending.
pub(crate) fn acquire() -> Option<&'static Ring<StoreSink>> {
    EXIT.try_with(|_| ()).ok()?;
    let ring = REGISTRY.acquire()?;
    RING.set(Some(ring));
    #[cfg(not(loom))]
    if crate::clock::is_counter() {
        set_buffer(ring.buffer());
    }
    Some(ring)
}

/// Leaves the ring to the process that it belongs to. For a forked child.
pub(crate) fn forget() {
    RING.set(None);
    #[cfg(not(loom))]
    set_buffer(&FULL);
}
