//! Bytes are a histogram or they are refused; a histogram survives being written and read.
#![no_main]

use aimlm_snapshot::Distribution;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = Distribution::from_hdr_v2(bytes) else {
        return;
    };
    let again = Distribution::from_hdr_v2(&read.to_hdr_v2()).unwrap();
    assert_eq!(again.count(), read.count());
    assert!(again.buckets().eq(read.buckets()));
});
