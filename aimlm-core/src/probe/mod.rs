//! What an instrumented function runs: the call, its values, its result, and what it hands out.

mod future;
mod call_guard;
mod deferred_call;
mod iterator;
mod call_numbers;
mod own_value;
mod own_words;
mod recorder;
mod resolver;
mod returned;
mod running_call;
mod said_numbers;
mod stream;
mod call_text;

pub use call_guard::CallGuard;
pub use call_numbers::set;
pub use call_numbers::{ABSENT, Count, Numbers, Real, Time, Values, count, real, time};
pub use call_text::{Text, TextRef, text};
pub use deferred_call::{DeferredCall, hand_out};
pub use future::{Carried, WatchedFuture, carry, future_of, watch_future};
pub use iterator::{WatchedIterator, iterator_of, watch_iterator};
pub use own_value::OwnValue;
pub use own_words::{OwnLabel, OwnNumber, label, named};
pub use recorder::sample;
pub use resolver::{Resolver, SeriesId, UNLABELLED, fixed, is_still_on, resolver, resolver_in};
pub use returned::outcome_of;
pub use returned::{
    Fallible, Returned, ReturnedValue, Unsure, decide, failure, invoke, observe, returned, typed,
};
pub use running_call::{Abandoned, Call, Pending, error_kind, record};
pub use said_numbers::SaidNumbers;
pub use stream::{WatchedStream, stream_of, watch_stream};
