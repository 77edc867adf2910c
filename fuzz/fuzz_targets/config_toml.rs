//! Whatever stands in a configuration, it is taken or refused with a reason, and what is taken is in range.
#![no_main]

use aimlm_config::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Config::from_toml_str(text) {
        Ok(config) => assert_eq!(config.clone().checked().unwrap(), config),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
