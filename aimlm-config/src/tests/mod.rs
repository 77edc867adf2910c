mod environment;
mod files;
mod json;
mod layers;
mod models;
mod problems;
mod reference;
mod toml;

use crate::{Config, Error};

/// The message, without the words that every configuration error starts with.
fn refused(outcome: Result<Config, Error>) -> String {
    let message = outcome.expect_err("an error").to_string();
    message
        .strip_prefix("aimlm configuration: ")
        .unwrap_or(&message)
        .to_owned()
}
