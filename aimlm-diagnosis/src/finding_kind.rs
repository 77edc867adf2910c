use core::fmt;
use std::borrow::Cow;

use aimlm_vocabulary::Names;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Kinds that this version does not have, of findings that another one wrote.
static OTHERS: Names<256> = Names::new();

/// Which rule made a finding. Each rule has a constant here, and its name does not change; `docs/findings.md` has a section
/// for each.
///
/// ```
/// use aimlm::FindingKind;
///
/// let is_loud = |kind| match kind {
///     FindingKind::Panics | FindingKind::NotFinite => true,
///     _ => false,
/// };
/// assert!(is_loud(FindingKind::Panics) && !is_loud(FindingKind::SlowEpoch));
/// assert_eq!(FindingKind::SlowEpoch.name(), "slow_epoch");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingKind {
    name: &'static str,
}

impl FindingKind {
    pub(crate) const fn named(name: &'static str) -> Self {
        Self { name }
    }

    /// Its name in reports and exports, in `snake_case`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl fmt::Debug for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for FindingKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// A kind of another version is kept.
impl<'de> Deserialize<'de> for FindingKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        let place = OTHERS.place(&name);
        let kept = place.and_then(|place| OTHERS.get(place));
        kept.map(Self::named).ok_or_else(|| {
            D::Error::custom(format_args!(
                "`{name}` is no kind of finding: it has no or more than 64 bytes, or too many were read before it"
            ))
        })
    }
}
