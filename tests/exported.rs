//! Functions that others link to by name.
#![allow(unsafe_code)]

mod support;

use aimlm::{Stage, track_operation};

/// One more.
#[track_operation]
#[unsafe(no_mangle)]
pub extern "C" fn aimlm_test_exported(x: u32) -> u32 {
    x + 1
}

mod elsewhere {
    unsafe extern "C" {
        pub(super) safe fn aimlm_test_exported(x: u32) -> u32;
    }
}

#[test]
fn the_symbol_is_there_and_tracked() {
    assert_eq!(elsewhere::aimlm_test_exported(1), 2);
    assert_eq!(support::one(Stage::Operation, "aimlm_test_exported").started, 1);
}
