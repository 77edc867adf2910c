use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

use super::plain_key::PlainKey;
use crate::event::{Label, Stage};
use crate::interned::LONGEST as LONGEST_TEXT;
use crate::site::PlainForm;

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

/// The same, owned. Its texts are [shortened](crate::interned::shortened).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SeriesKey {
    plain: PlainKey,
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

    /// The same in words, if it is one short text.
    #[inline(always)]
    pub(super) fn plain(&self) -> Option<PlainKey> {
        PlainKey::of(PlainForm::of(self.stage), self.subject).filter(|_| self.labels.is_empty())
    }

    /// The same for every order of the labels.
    #[inline(always)]
    pub(crate) fn hash(&self) -> u64 {
        let plain = PlainKey::of(PlainForm::of(self.stage), self.subject);
        let subject = plain.map_or_else(|| self.hash_long_subject(), |plain| plain.hash());
        if self.labels.is_empty() {
            return subject;
        }
        self.hash_labels(subject)
    }

    #[inline(never)]
    fn hash_long_subject(&self) -> u64 {
        let mut hasher = FixedState::with_seed(u64::from(self.stage.code())).build_hasher();
        hasher.write(self.subject.as_bytes());
        hasher.finish()
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
        let plain = PlainKey::of(PlainForm::of(self.stage), self.subject).filter(|_| labels.is_empty());
        SeriesKey {
            plain: plain.unwrap_or(PlainKey::NONE),
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
        match key.plain() {
            Some(plain) => self.is_plain(&plain),
            None => *self.subject == *key.subject && self.stage == key.stage && self.has_labels(key),
        }
    }

    #[inline(always)]
    pub(super) fn is_plain(&self, plain: &PlainKey) -> bool {
        self.plain.is(plain)
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
    use super::super::plain_key;
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

    const fn plain(subject: &str) -> KeyRef<'_> {
        KeyRef {
            stage: Stage::Inference,
            subject,
            labels: &[],
        }
    }

    #[test]
    fn a_plain_key_is_one_short_text_and_is_only_itself() {
        let text = "abcdefghijklmnopqrstuvwxyz";
        for len in 0..=text.len() {
            let key = plain(&text[..len]);
            assert_eq!(key.plain().is_some(), len <= plain_key::LONGEST);
            assert!(key.to_key().is(&key));
            assert_eq!(key.to_key().hash(), key.hash());
            for at in 0..len {
                let other = text[..len].replace(&text[at..=at], "A");
                assert!(!key.to_key().is(&plain(&other)), "{at} of {len}");
                assert_ne!(key.hash(), plain(&other).hash());
            }
            let shorter = plain(&text[..len.saturating_sub(1)]);
            assert_eq!(key.to_key().is(&shorter), len == 0);
            let stage = Stage::Operation;
            assert!(!key.to_key().is(&KeyRef { stage, ..key }));
        }
    }

    #[test]
    fn a_label_makes_another_key_of_a_plain_one_and_an_empty_label_does_not() {
        let (full, empty) = ([(Label::Device, "cpu")], [(Label::Device, "")]);
        let with = |labels| KeyRef {
            labels,
            ..plain("abc")
        };
        let (labelled, as_plain) = (with(&full), with(&empty));
        assert!(labelled.plain().is_none() && as_plain.plain().is_none());
        assert!(labelled.to_key().is(&labelled) && as_plain.to_key().is(&as_plain));
        assert!(!labelled.to_key().is(&plain("abc")) && !plain("abc").to_key().is(&labelled));
        assert!(as_plain.to_key().is(&plain("abc")) && plain("abc").to_key().is(&as_plain));
        assert_eq!(as_plain.hash(), plain("abc").hash());
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
