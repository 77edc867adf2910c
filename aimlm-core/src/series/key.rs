use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

use crate::event::{Label, Stage};

/// What tells a series from every other of its instance, borrowed from a call.
#[derive(Clone, Copy)]
pub(crate) struct KeyRef<'a> {
    pub(crate) stage: Stage,
    pub(crate) subject: &'a str,
    /// In any order; a label without text is none.
    pub(crate) labels: &'a [(Label, &'a str)],
}

/// The same, owned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) stage: Stage,
    pub(crate) subject: Box<str>,
    /// In the order of the labels.
    pub(crate) labels: Box<[(Label, Box<str>)]>,
}

impl<'a> KeyRef<'a> {
    fn present(&self) -> impl Iterator<Item = (Label, &'a str)> + use<'a> {
        self.labels.iter().copied().filter(|(_, text)| !text.is_empty())
    }

    /// The same for every order of the labels.
    #[inline]
    pub(crate) fn hash(&self) -> u64 {
        let state = FixedState::with_seed(0);
        let mut hasher = state.build_hasher();
        hasher.write_u8(self.stage as u8);
        hasher.write(self.subject.as_bytes());
        self.present().fold(hasher.finish(), |hash, label| {
            hash.wrapping_add(state.hash_one(label))
        })
    }

    pub(crate) fn to_key(self) -> Key {
        let mut labels: Vec<_> = self.present().map(|(label, text)| (label, text.into())).collect();
        labels.sort_unstable_by_key(|(label, _)| *label);
        labels.dedup_by_key(|(label, _)| *label);
        Key {
            stage: self.stage,
            subject: self.subject.into(),
            labels: labels.into(),
        }
    }
}

impl Key {
    #[inline]
    pub(crate) fn is(&self, key: &KeyRef<'_>) -> bool {
        *self.subject == *key.subject
            && self.stage == key.stage
            && self.labels.len() == key.present().count()
            && key.present().all(|(label, text)| {
                self.labels
                    .iter()
                    .any(|(own, held)| *own == label && **held == *text)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_empty_labels_make_no_difference() {
        let labels = [
            (Label::Source, "hub"),
            (Label::Device, ""),
            (Label::Format, "gguf"),
        ];
        let turned = [(Label::Format, "gguf"), (Label::Source, "hub")];
        let key = |labels| KeyRef {
            stage: Stage::ModelLoad,
            subject: "m",
            labels,
        };
        assert_eq!(key(&labels).hash(), key(&turned).hash());
        assert_eq!(key(&labels).to_key(), key(&turned).to_key());
        assert!(key(&labels).to_key().is(&key(&turned)));
        assert!(!key(&labels).to_key().is(&key(&turned[..1])));
        let other = KeyRef {
            stage: Stage::Inference,
            subject: "m",
            labels: &[],
        };
        assert!(!key(&[]).to_key().is(&other));
    }
}
