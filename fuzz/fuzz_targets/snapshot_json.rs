//! A run file that can be read can be merged, analysed, written in every format, and read again.
#![no_main]

use aimlm_config::Config;
use aimlm_report::Report;
use aimlm_snapshot::Snapshot;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(snapshot) = Snapshot::from_run_file(bytes) else {
        return;
    };
    let mut both = snapshot.clone();
    both.merge(&snapshot);
    for snapshot in [&snapshot, &both] {
        let report = Report::new(snapshot, &Config::default());
        let _ = (report.to_markdown(), report.to_text(), report.to_json(), report.to_legacy_json());
        let text = serde_json::to_string(snapshot).unwrap();
        serde_json::from_str::<Snapshot>(&text).unwrap();
    }
});
