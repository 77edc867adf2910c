mod environment;
mod files;
mod json;
mod layers;
mod models;
mod problems;
mod reference;
mod toml;

use std::collections::BTreeSet;

use aimlm_diagnosis::Threshold;

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

/// The names of all settings, as messages list them.
fn settings() -> String {
    let keys = crate::settings_table::settings().map(|setting| setting.key);
    let names: BTreeSet<String> = keys
        .map(|key| key.split('.').next().unwrap_or_default().to_owned())
        .collect();
    listed(names)
}

fn listed(names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The names of all thresholds, and where those of single models are, as messages list them.
fn thresholds() -> String {
    let keys = Threshold::all().map(|threshold| threshold.key);
    let names: BTreeSet<String> = keys.chain(["models"]).map(str::to_owned).collect();
    listed(names)
}

/// The message, without the words that every configuration error starts with, and with a word for all settings and one
/// for all thresholds.
fn refused(outcome: Result<Config, Error>) -> String {
    let message = outcome.expect_err("an error").to_string();
    message
        .strip_prefix("aimlm configuration: ")
        .unwrap_or(&message)
        .replace(&settings(), "{settings}")
        .replace(&thresholds(), "{thresholds}")
}
