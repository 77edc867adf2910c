use std::collections::BTreeMap;

use aimlm_vocabulary::Stage;

use super::{CallMetrics, Views};

/// The stages that other views show, and the overflow, which is no subject's.
const SHOWN_ELSEWHERE: [Stage; 18] = [
    Stage::ModelLoad,
    Stage::ModelInitialization,
    Stage::Inference,
    Stage::TrainingEpoch,
    Stage::TrainingStep,
    Stage::Validation,
    Stage::TrainingStats,
    Stage::DatasetLoad,
    Stage::DatasetPreprocessing,
    Stage::DataLoading,
    Stage::CheckpointSave,
    Stage::CheckpointLoad,
    Stage::DistributedTask,
    Stage::Communication,
    Stage::Synchronization,
    Stage::WorkerUtilization,
    Stage::Operation,
    Stage::Overflow,
];

impl Views<'_> {
    /// The calls of stages without a view of their own, by stage and subject: those of another version of aimlm, too.
    pub(super) fn other_stages(&self) -> BTreeMap<Stage, BTreeMap<String, CallMetrics>> {
        // In order of their stages: each is met once.
        let all = self.snapshot.series.chunk_by(|a, b| a.stage == b.stage);
        let stages = all.map(|series| series[0].stage);
        stages
            .filter(|stage| !SHOWN_ELSEWHERE.contains(stage))
            .map(|stage| (stage, self.each(stage, |_, calls| calls)))
            .collect()
    }
}
