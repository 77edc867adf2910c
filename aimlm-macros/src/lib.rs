//! The attributes of [aimlm](https://docs.rs/aimlm); use them through that crate.
