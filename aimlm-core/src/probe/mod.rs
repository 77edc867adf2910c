//! What an instrumented function runs: the call, its values, its result, and what it hands out.

mod call;
mod future;
mod guard;
mod handed;
mod iterator;
mod numbers;
mod own;
mod recorder;
mod returned;
mod stream;
mod text;

pub use call::{Call, Pending, Resolver, SeriesId, UNLABELLED, error_kind, fixed, resolver, resolver_in};
pub use call::{is_still_on, record};
pub use future::{Abandoned, Carried, Watched, carry, future_of, watch_future};
pub use guard::Guard;
pub use handed::{Handed, hand_out};
pub use iterator::{WatchedIterator, iterator_of, watch_iterator};
pub use numbers::set;
pub use numbers::{ABSENT, Count, Numbers, Real, Values, count, real};
pub use own::{OwnLabel, OwnNumber, label, named};
pub use recorder::sample;
pub use returned::outcome_of;
pub use returned::{Fallible, Returned, Unsure, Value, decide, failure, observe, returned, run, typed};
pub use stream::{WatchedStream, stream_of, watch_stream};
pub use text::{Text, TextRef, text};
