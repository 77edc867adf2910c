//! How [aimlm](https://docs.rs/aimlm) shows numbers and names to people. Use it through that crate; on its own it is for
//! programs that show what it recorded beside its reports, and the same way.
//!
//! Numbers have human units and few digits, more where it takes more to tell two of them apart. Names are as they are, but
//! for what could not be seen in them.
//!
//! ```
//! use aimlm_format::{bytes, duration, duration_apart, percent, shortened};
//!
//! assert_eq!(duration(0.0123), "12.3 ms");
//! assert_eq!(duration_apart(0.1002, 0.1), ("100.2 ms".to_owned(), "100 ms".to_owned()));
//! assert_eq!((bytes(1536.0), percent(0.425)), ("1.50 KiB".to_owned(), "42.5 %".to_owned()));
//! assert_eq!(shortened("resnet-50-finetuned-v1", 11), "resne…ed-v1");
//! ```

#![forbid(unsafe_code)]

mod name;
mod quantity;
mod stage_name;
mod timestamp;
mod width;

pub use name::{quoted, shortened, shortened_around, visible};
pub use quantity::{
    bytes, count, counted, duration, duration_apart, number, number_apart, percent, percent_apart,
};
pub use stage_name::{stage_in_words, subject_in_words};
pub use timestamp::rfc3339;
pub use width::display_width;
