use crate::cell::STORE;
use crate::clock::birth;
use crate::event::Record;
use crate::fold::Folder;

/// Where the records of a ring go. Whoever holds the ring's lock uses it, one thread at a time.
pub(crate) trait Sink {
    /// Bytes that one holds on the heap.
    const BYTES: usize = 0;

    /// A sink with nothing in it. Threads have stacks of 16 KiB: what is large in it is on the heap.
    fn new() -> Self;

    /// Takes records, of which every group is whole.
    fn fold(&mut self, records: &[Record]);
}

/// Folds into the store of the process.
pub(crate) struct StoreSink(Box<Folder>);

impl Sink for StoreSink {
    const BYTES: usize = size_of::<Folder>() + Folder::BYTES;

    fn new() -> Self {
        Self(Box::new(Folder::new()))
    }

    fn fold(&mut self, records: &[Record]) {
        self.0.fold(&STORE, birth(), records);
    }
}

/// A sink, and whether it is at work. Found so, it was cut off by a panic, and another takes its place.
pub(super) struct GuardedSink<S> {
    pub(super) sink: S,
    folding: bool,
}

impl<S: Sink> GuardedSink<S> {
    pub(super) fn new() -> Self {
        Self {
            sink: S::new(),
            folding: false,
        }
    }

    pub(super) fn fold(&mut self, records: &[Record]) {
        if std::mem::replace(&mut self.folding, true) {
            self.sink = S::new();
        }
        self.sink.fold(records);
        self.folding = false;
    }
}
