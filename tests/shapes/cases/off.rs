//! The functions, with the attribute switched off.

pub(crate) use switched_off::shape;

#[path = "asyncs.rs"]
pub mod asyncs;
#[path = "borrows.rs"]
pub mod borrows;
#[path = "caller.rs"]
pub mod caller;
#[path = "drops.rs"]
pub mod drops;
#[path = "handed.rs"]
pub mod handed;
#[path = "lints.rs"]
pub mod lints;
#[path = "names.rs"]
pub mod names;
#[path = "opaque.rs"]
pub mod opaque;
#[path = "receivers.rs"]
pub mod receivers;
#[path = "results.rs"]
pub mod results;
#[path = "signatures.rs"]
pub mod signatures;
#[path = "used.rs"]
pub mod used;

/// Every case.
pub const ALL: &[&[(&str, fn() -> String)]] = &[
    signatures::CASES,
    drops::CASES,
    borrows::CASES,
    asyncs::CASES,
    opaque::CASES,
    receivers::CASES,
    names::CASES,
    caller::CASES,
    lints::CASES,
    handed::CASES,
    results::CASES,
    used::CASES,
];
