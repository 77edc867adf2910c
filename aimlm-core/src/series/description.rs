use std::collections::BTreeMap;

use aimlm_snapshot::Source;

/// What the program says of its run: which process of a job it is, of which revision, with which parameters.
#[derive(Debug, Clone, Default)]
pub struct Description {
    rank: Option<(u64, u64)>,
    local_rank: Option<u64>,
    git_revision: Option<String>,
    parameters: BTreeMap<String, String>,
}

/// Parameters of a run.
const MOST: usize = 256;
/// Bytes of a name, and of a text.
const LONGEST: [usize; 2] = [64, 1024];

impl Description {
    /// Which of how many processes of a job this is, from 0. Where a launcher told it by its environment (torchrun's
    /// `RANK` and `WORLD_SIZE`, SLURM's, Open MPI's, MPICH's), this is not needed.
    pub fn rank(&mut self, rank: u64, world_size: u64) -> &mut Self {
        self.rank = Some((rank, world_size));
        self
    }

    /// Which of the job's processes on this machine this is, from 0.
    pub fn local_rank(&mut self, local_rank: u64) -> &mut Self {
        self.local_rank = Some(local_rank);
        self
    }

    /// Revision of the program's source.
    pub fn git_revision(&mut self, revision: impl Into<String>) -> &mut Self {
        self.git_revision = Some(cut(revision.into(), LONGEST[1]));
        self
    }

    /// A parameter of the run: learning rate, data set, seed. Of one name the last text counts. 256 are kept, of names up
    /// to 64 bytes and texts up to 1 KiB; what is longer is cut.
    pub fn parameter(&mut self, name: impl Into<String>, value: impl ToString) -> &mut Self {
        let name = cut(name.into(), LONGEST[0]);
        if self.parameters.len() < MOST || self.parameters.contains_key(&name) {
            self.parameters.insert(name, cut(value.to_string(), LONGEST[1]));
        }
        self
    }

    /// With what was said later.
    pub(crate) fn and(mut self, later: &Self) -> Self {
        self.rank = later.rank.or(self.rank);
        self.local_rank = later.local_rank.or(self.local_rank);
        self.git_revision = later.git_revision.clone().or(self.git_revision);
        for (name, value) in &later.parameters {
            self.parameter(name.clone(), value);
        }
        self
    }

    /// Says it of a source.
    pub(crate) fn of(&self, source: &mut Source) {
        if let Some((rank, world_size)) = self.rank {
            (source.rank, source.world_size) = (Some(rank), Some(world_size));
        }
        source.local_rank = self.local_rank.or(source.local_rank);
        source.git_revision.clone_from(&self.git_revision);
        source.parameters.clone_from(&self.parameters);
    }
}

/// At most so many bytes of a text.
fn cut(mut text: String, most: usize) -> String {
    let end = (0..=most.min(text.len())).rfind(|&at| text.is_char_boundary(at));
    text.truncate(end.unwrap_or_default());
    text
}
