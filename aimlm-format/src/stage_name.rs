use aimlm_vocabulary::Stage;

/// A stage as sentences and tables call it: `data set load`.
#[must_use]
pub fn stage_in_words(stage: Stage) -> String {
    let words = stage.name().replace('_', " ").replace("dataset", "data set");
    words.replace("ization", "isation")
}

/// What the subject of a stage is: `model`, `data set`, `kind of data`.
#[must_use]
pub const fn subject_in_words(stage: Stage) -> &'static str {
    match stage {
        Stage::DatasetLoad | Stage::DatasetPreprocessing => "data set",
        Stage::DataLoading => "kind of data",
        other => other.subject_noun(),
    }
}
