use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

use crate::event::{Label, Stage};
use crate::interned::LONGEST as LONGEST_TEXT;

/// What tells a series from every other of its instance, borrowed from a call.
#[derive(Clone, Copy)]
pub struct KeyRef<'a> {
    /// The stage.
    pub stage: Stage,
    /// The model, data set, task or operation.
    pub subject: &'a str,
    /// In any order; a label without text is none.
    pub labels: &'a [(Label, &'a str)],
}

/// Longest text that is compared in registers.
const SHORT: usize = 16;

/// Whether two texts of the same length, at most [`SHORT`], are the same: two overlapping words take less time than
/// calling the C library's comparison, and what calls nothing keeps the processor's registers.
#[inline(always)]
fn is_same_short(one: &[u8], other: &[u8]) -> bool {
    match one.len() {
        8..=SHORT => {
            one.first_chunk::<8>() == other.first_chunk() && one.last_chunk::<8>() == other.last_chunk()
        }
        4..8 => one.first_chunk::<4>() == other.first_chunk() && one.last_chunk::<4>() == other.last_chunk(),
        2..4 => one.first_chunk::<2>() == other.first_chunk() && one.last() == other.last(),
        _ => one.first() == other.first(),
    }
}

/// The same, of any length.
#[inline(always)]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    match one.len() {
        len if len <= SHORT => is_same_short(one, other),
        len if len <= 2 * SHORT => {
            one.first_chunk::<SHORT>() == other.first_chunk()
                && one.last_chunk::<SHORT>() == other.last_chunk()
        }
        _ => one == other,
    }
}

/// The same, owned. Its texts are [shortened](crate::interned::shortened).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SeriesKey {
    pub(crate) stage: Stage,
    pub(crate) subject: Box<str>,
    /// In the order of the labels.
    pub(crate) labels: Box<[(Label, Box<str>)]>,
}

impl<'a> KeyRef<'a> {
    fn present(&self) -> impl Iterator<Item = (Label, &'a str)> + use<'a> {
        self.labels.iter().copied().filter(|(_, text)| !text.is_empty())
    }

    /// Whether a text in it is longer than a series may keep.
    #[inline]
    pub(crate) fn is_long(&self) -> bool {
        self.subject.len() > LONGEST_TEXT || self.labels.iter().any(|(_, text)| text.len() > LONGEST_TEXT)
    }

    /// Whether it is one short text, as most are: all that is done with it then is done in registers.
    #[inline(always)]
    pub(crate) const fn is_plain(&self) -> bool {
        self.subject.len() <= SHORT && self.labels.is_empty()
    }

    /// The same for every order of the labels.
    #[inline(always)]
    pub(crate) fn hash(&self) -> u64 {
        let mut hasher = FixedState::with_seed(u64::from(self.stage.code())).build_hasher();
        hasher.write(self.subject.as_bytes());
        if self.labels.is_empty() {
            return hasher.finish();
        }
        self.hash_labels(hasher.finish())
    }

    // Apart, as are the labels' comparison and long texts: most calls have none, and what they would take of the
    // processor's registers costs them a fifth.
    #[inline(never)]
    fn hash_labels(&self, subject: u64) -> u64 {
        let state = FixedState::with_seed(0);
        let hashes = self.present().map(|label| state.hash_one(label));
        hashes.fold(subject, u64::wrapping_add)
    }

    pub(crate) fn to_key(self) -> SeriesKey {
        let mut labels: Vec<_> = self.present().map(|(label, text)| (label, text.into())).collect();
        labels.sort_unstable_by_key(|(label, _)| *label);
        labels.dedup_by_key(|(label, _)| *label);
        SeriesKey {
            stage: self.stage,
            subject: self.subject.into(),
            labels: labels.into(),
        }
    }
}

impl SeriesKey {
    pub(crate) fn hash(&self) -> u64 {
        let labels: Vec<_> = self
            .labels
            .iter()
            .map(|(label, text)| (*label, &**text))
            .collect();
        let key = KeyRef {
            stage: self.stage,
            subject: &self.subject,
            labels: &labels,
        };
        key.hash()
    }

    /// What label sets of one subject have in common.
    pub(crate) fn subject(&self) -> (Stage, &str) {
        (self.stage, &self.subject)
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        let texts = self.labels.iter().map(|(_, text)| text.len());
        self.subject.len() + size_of_val(&*self.labels) + texts.sum::<usize>()
    }

    #[inline]
    pub(crate) fn is(&self, key: &KeyRef<'_>) -> bool {
        self.subject.len() == key.subject.len()
            && is_same(self.subject.as_bytes(), key.subject.as_bytes())
            && self.stage == key.stage
            && ((self.labels.is_empty() && key.labels.is_empty()) || self.has_labels(key))
    }

    /// The same, of a [plain](KeyRef::is_plain) key.
    #[inline(always)]
    pub(crate) fn is_same_plain(&self, key: &KeyRef<'_>) -> bool {
        self.subject.len() == key.subject.len()
            && is_same_short(self.subject.as_bytes(), key.subject.as_bytes())
            && self.stage == key.stage
            && self.labels.is_empty()
    }

    #[inline(never)]
    fn has_labels(&self, key: &KeyRef<'_>) -> bool {
        self.labels.len() == key.present().count()
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
    fn texts_that_differ_in_one_byte_are_told_apart() {
        for len in 0..40 {
            let text: Vec<u8> = (0..len).collect();
            assert!(is_same(&text, &text.clone()));
            for at in 0..text.len() {
                let mut other = text.clone();
                other[at] ^= 1;
                assert!(!is_same(&text, &other), "{at} of {len}");
            }
        }
    }

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

    const fn plain(subject: &str) -> KeyRef<'_> {
        KeyRef {
            stage: Stage::Inference,
            subject,
            labels: &[],
        }
    }

    #[test]
    fn a_plain_key_is_one_short_text_and_is_only_itself() {
        let labels = [(Label::Device, "cpu")];
        let labelled = KeyRef {
            labels: &labels,
            ..plain("abc")
        };
        let text = "abcdefghijklmnop";
        for len in 0..=SHORT {
            let key = plain(&text[..len]);
            assert!(key.is_plain() && key.to_key().is_same_plain(&key));
            for other in [
                &text[..len.saturating_sub(1)],
                "Abcdefghijklmnop",
                "abcdefghijklmnoP",
            ] {
                let other = plain(&other[..other.len().min(len)]);
                assert_eq!(key.to_key().is_same_plain(&other), key.subject == other.subject);
            }
            let stage = Stage::Operation;
            assert!(!key.to_key().is_same_plain(&KeyRef { stage, ..key }));
        }
        assert!(!plain("abcdefghijklmnopq").is_plain() && !labelled.is_plain());
        assert!(!labelled.to_key().is_same_plain(&plain("abc")));
    }

    #[test]
    fn a_key_is_long_if_one_of_its_texts_is() {
        let [longest, longer] = [0, 1].map(|more| "k".repeat(LONGEST_TEXT + more));
        for (subject, label, is_long) in [
            ("k", "k", false),
            (&*longest, &*longest, false),
            (&longer, "k", true),
            ("k", &longer, true),
            (&longer, &longer, true),
        ] {
            let labels = [(Label::Format, "f"), (Label::Device, label)];
            let labels = &labels;
            assert_eq!(
                KeyRef {
                    labels,
                    ..plain(subject)
                }
                .is_long(),
                is_long
            );
        }
        assert!(!plain(&longest).is_long() && plain(&longer).is_long());
    }

    #[test]
    fn a_key_holds_its_texts_and_its_labels() {
        let labels = [
            (Label::Source, "hub"),
            (Label::Device, ""),
            (Label::Format, "gguf"),
        ];
        let key = KeyRef {
            labels: &labels,
            ..plain("model")
        };
        assert_eq!(
            key.to_key().bytes(),
            5 + 2 * size_of::<(Label, Box<str>)>() + 3 + 4
        );
        assert_eq!(plain("model").to_key().bytes(), 5);
    }
}
