use aimlm_vocabulary::NumberKind;

/// What stands in one place of a table or behind a finding, as a value: each renderer gives it units and digits, or takes
/// the number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CellValue {
    /// There are no data.
    Missing,
    /// A name or a word, as it was written.
    Text(String),
    /// Several texts of one kind, such as every source that a model was loaded from.
    Texts(Vec<String>),
    /// A number that is a name: of a process, of a rank.
    Id(u64),
    /// Nanoseconds since the Unix epoch.
    Moment(i64),
    /// How many there are.
    Count(u64),
    /// Any other number.
    Number(f64),
    /// How many times as many.
    Times(f64),
    /// Seconds.
    Duration(f64),
    /// Seconds since something was.
    Ago(f64),
    /// A percentile of durations.
    Percentile {
        seconds: f64,
        /// Whether it is from the calls themselves.
        is_exact: bool,
        /// Whether there were enough calls for it.
        is_reliable: bool,
    },
    /// Bytes.
    Bytes(f64),
    /// Bytes more, or fewer.
    BytesChange(i64),
    /// A part of a whole, which is 1.
    Ratio(f64),
    /// How many a second.
    Rate(f64),
    /// Bytes a second.
    BytesRate(f64),
    /// A place on an axis, which the text names: an epoch, a step.
    Place(String, f64),
    /// From one epoch to another.
    Span(f64, f64),
    /// The way of a curve; none where it was not finite.
    Course(Vec<Option<f64>>),
}

impl CellValue {
    /// One text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number of a kind, as views have it.
    pub(super) const fn of_kind(kind: NumberKind, value: f64) -> Self {
        match kind {
            NumberKind::Time => Self::Duration(value),
            _ => Self::Number(value),
        }
    }

    /// Several texts of one kind.
    pub(super) fn texts(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Texts(texts.into_iter().map(Into::into).collect())
    }
}
