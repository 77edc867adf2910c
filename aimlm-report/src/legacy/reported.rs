use aimlm_snapshot::{Overview, Snapshot};
use serde_json::{Map, Value};

/// What is reported: every statistic from the views, single calls from the snapshot.
#[derive(Clone, Copy)]
pub(super) struct Reported<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) overview: &'a Overview,
}

/// An object of these members.
pub(super) fn object(members: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(members.into_iter().collect::<Map<_, _>>())
}
