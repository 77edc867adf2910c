//! Snapshots of several windows, ranks and runs as one.

use crate::subject_label_sets::{LabelSets, add_subjects};
use crate::{SeriesSnapshot, Snapshot, Source, SubjectBusy};

/// Processes that merged snapshots keep apart; what more there are is in the sums alone.
const MOST_SOURCES: usize = 1 << 14;

impl Snapshot {
    /// Adds what another process, rank or run recorded, or another window of this one. Counts, sums and distributions
    /// add up exactly; histories and curves are put in order of time, and keep the size of the longer one, or 1,000 calls
    /// and 5,000 points if that is more. A call in flight from one window to the next counts once.
    ///
    /// Each process stays known as a [`Source`], with its own [counters](Self::of_source).
    pub fn merge(&mut self, other: &Self) {
        let since = |snapshot: &Self| snapshot.taken_at_ns.saturating_sub_unsigned(snapshot.window_ns);
        self.sources.sort_by(|a, b| a.key().cmp(&b.key()));
        let is_same_process = self.has_sources_of(other);
        let since = since(self).min(since(other));
        self.schema_version = self.schema_version.max(other.schema_version);
        self.taken_at_ns = self.taken_at_ns.max(other.taken_at_ns);
        self.window_ns = self.taken_at_ns.abs_diff(since);
        self.add_sources(other);
        add_subjects(&mut self.subjects, &self.series, other.label_sets());
        add_series(&mut self.series, &other.series);
        self.engine.merge(&other.engine, is_same_process);
        self.engine.series = self.series.len() as u64;
        if self.percentiles.is_empty() {
            self.percentiles.clone_from(&other.percentiles);
        }
    }
}

impl Source {
    /// Adds another window of the same process.
    fn merge(&mut self, other: &Self) {
        add_subjects(&mut self.subjects, &self.series, other.label_sets());
        let (mut series, subjects) = (
            std::mem::take(&mut self.series),
            std::mem::take(&mut self.subjects),
        );
        add_series(&mut series, &other.series);
        let is_newer = other.taken_at_ns > self.taken_at_ns;
        let (late, early) = if is_newer {
            (other, &*self)
        } else {
            (&*self, other)
        };
        let since = |source: &Self| source.taken_at_ns.saturating_sub_unsigned(source.window_ns);
        let mut parameters = early.parameters.clone();
        parameters.extend(late.parameters.clone());
        *self = Self {
            window_ns: late.taken_at_ns.abs_diff(since(early).min(since(late))),
            rank: late.rank.or(early.rank),
            world_size: late.world_size.or(early.world_size),
            local_rank: late.local_rank.or(early.local_rank),
            version: late.version.clone().or_else(|| early.version.clone()),
            git_revision: late.git_revision.clone().or_else(|| early.git_revision.clone()),
            parameters,
            cores: late.cores.or(early.cores),
            debug: late.debug || early.debug,
            series,
            subjects,
            ..late.clone_without_series()
        };
    }
}

/// Adds series to others, both in order.
pub(crate) fn add_series(ours: &mut Vec<SeriesSnapshot>, theirs: &[SeriesSnapshot]) {
    for theirs in theirs {
        match ours.binary_search_by(|ours| ours.key().cmp(&theirs.key())) {
            Ok(at) => ours[at].merge_bounded(theirs),
            Err(at) => ours.insert(at, theirs.clone()),
        }
    }
}

/// Merges series of one key into the first. By halves: one after the other, the first would be copied with each.
pub(crate) fn merge_all(same: &mut [SeriesSnapshot]) {
    let mut step = 1;
    while step < same.len() {
        for at in (0..same.len() - step).step_by(2 * step) {
            let (first, second) = same.split_at_mut(at + step);
            first[at].merge_bounded(&second[0]);
        }
        step *= 2;
    }
}

impl Snapshot {
    /// Whether every process of another is one of these, which are in order.
    fn has_sources_of(&self, other: &Self) -> bool {
        let has = |theirs: &Source| {
            let ours = self
                .sources
                .binary_search_by(|ours| ours.key().cmp(&theirs.key()));
            ours.is_ok()
        };
        !other.sources.is_empty() && other.sources.iter().all(has)
    }

    /// What one of the [`sources`](Self::sources) recorded; of several its [counters](crate::Detail::Counters). None if there is
    /// no such source.
    ///
    /// ```
    /// # fn show(snapshot: &aimlm::Snapshot) {
    /// for (at, source) in snapshot.sources.iter().enumerate() {
    ///     let own = snapshot.of_source(at).unwrap();
    ///     for (model, training) in own.training() {
    ///         println!("rank {:?} of {model}: {} steps", source.rank, training.steps.unwrap().counts.ok);
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn of_source(&self, at: usize) -> Option<Self> {
        let source = self.sources.get(at)?;
        if self.sources.len() == 1 {
            return Some(self.clone());
        }
        let mut own = Self {
            schema_version: self.schema_version,
            taken_at_ns: source.taken_at_ns,
            window_ns: source.window_ns,
            sources: vec![source.clone_without_series()],
            percentiles: self.percentiles.clone(),
            series: source.series.clone(),
            subjects: source.subjects.clone(),
            ..Self::default()
        };
        own.engine.series = own.series.len() as u64;
        Some(own)
    }

    /// Adds the sources of another, before their series are merged. What is there already stays where it is, so that
    /// many files can be merged one by one.
    fn add_sources(&mut self, other: &Self) {
        let are_one = self.sources.len() == 1 && other.sources.len() == 1 && self.has_sources_of(other);
        let sources = std::mem::take(&mut self.sources);
        let (mut sources, theirs) = match are_one {
            true => (sources, other.sources.clone()),
            false => (self.apart(sources), other.apart(other.sources.clone())),
        };
        for theirs in theirs {
            match sources.binary_search_by(|ours| ours.key().cmp(&theirs.key())) {
                Ok(at) => sources[at].merge(&theirs),
                Err(at) => sources.insert(at, theirs),
            }
        }
        sources.truncate(MOST_SOURCES);
        if let [only] = sources.as_mut_slice() {
            only.series.clear();
            only.subjects.clear();
        }
        self.sources = sources;
    }

    /// Its sources, each with its series.
    fn apart(&self, mut sources: Vec<Source>) -> Vec<Source> {
        if sources.is_empty() && !self.series.is_empty() {
            // Nobody said who it was.
            sources.push(Source {
                taken_at_ns: self.taken_at_ns,
                window_ns: self.window_ns,
                ..Source::default()
            });
        }
        if let [only] = sources.as_mut_slice() {
            only.series.clone_from(&self.series);
            only.subjects.clone_from(&self.subjects);
            only.series.iter_mut().for_each(SeriesSnapshot::keep_counters);
            only.subjects.iter_mut().for_each(SubjectBusy::keep_counters);
        }
        sources
    }
}

impl Snapshot {
    pub(crate) fn label_sets(&self) -> LabelSets<'_> {
        LabelSets::new(&self.series, &self.subjects)
    }
}

impl Source {
    pub(crate) fn label_sets(&self) -> LabelSets<'_> {
        LabelSets::new(&self.series, &self.subjects)
    }
}
