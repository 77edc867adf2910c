//! Aimlm beside its peers.
fn main() {}
