mod environment;
mod files;
mod json;
mod layers;
mod models;
mod problems;
mod reference;
mod toml;

use crate::{Config, Error, Thresholds};

/// The bounds of a medium and a high finding.
fn pair(thresholds: &Thresholds, key: &str) -> (f64, f64) {
    let bound = |severity| thresholds.get(&format!("{key}.{severity}")).expect(key);
    (bound("medium"), bound("high"))
}

fn pair_for(thresholds: &Thresholds, model: &str, key: &str) -> (f64, f64) {
    let bound = |severity| {
        thresholds
            .get_for(model, &format!("{key}.{severity}"))
            .expect(key)
    };
    (bound("medium"), bound("high"))
}

/// The message, without the words that every configuration error starts with.
fn refused(outcome: Result<Config, Error>) -> String {
    let message = outcome.expect_err("an error").to_string();
    message
        .strip_prefix("aimlm configuration: ")
        .unwrap_or(&message)
        .to_owned()
}
