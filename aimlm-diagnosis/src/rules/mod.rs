//! The rules, one file each: what it checks, its thresholds and where they come from, the check, the words, and an example.
//! A new one is a file, its line in each of the two lists here, and the pages that are made anew.

mod not_finite;
mod panics;
mod returned_errors;
mod slow_model_load;
mod slow_model_initialization;
mod slow_inference;
mod slow_inference_tail;
mod slow_tokens;
mod slow_dataset_load;
mod slow_preprocessing;
mod slow_data_loading;
mod slow_checkpoint_save;
mod slow_checkpoint_load;
mod coordination_overhead;
mod slow_communication;
mod slow_synchronization;
mod slow_training;
mod slow_epoch;
mod growing_epochs;
mod long_validation;
mod underused_workers;
mod configuration;
mod series_limit;
mod rank_outside;
mod names_limit;
mod no_collector;
mod internal_faults;

use crate::Rule;

/// Every rule. Of findings that weigh the same those of the earlier come first.
pub(crate) static RULES: &[&Rule] = &[
    &not_finite::RULE,
    &panics::RULE,
    &returned_errors::RULE,
    &slow_model_load::RULE,
    &slow_model_initialization::RULE,
    &slow_inference::RULE,
    &slow_inference_tail::RULE,
    &slow_tokens::RULE,
    &slow_dataset_load::RULE,
    &slow_preprocessing::RULE,
    &slow_data_loading::RULE,
    &slow_checkpoint_save::RULE,
    &slow_checkpoint_load::RULE,
    &coordination_overhead::RULE,
    &slow_communication::RULE,
    &slow_synchronization::RULE,
    &slow_training::RULE,
    &slow_epoch::RULE,
    &growing_epochs::RULE,
    &long_validation::RULE,
    &underused_workers::RULE,
    &configuration::RULE,
    &series_limit::RULE,
    &rank_outside::RULE,
    &names_limit::RULE,
    &no_collector::RULE,
    &internal_faults::RULE,
];
