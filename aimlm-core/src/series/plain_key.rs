use crate::site::PlainForm;

/// A stage and one short text without labels, as most keys are, in words: hashed and compared in registers, without a
/// loop, a call, or a look at where the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlainKey {
    /// The text. Of the same length it is the same text if these are the same.
    words: [u64; 3],
    /// That of its stage, and the length; 0 of what is no such key.
    form: u64,
}

/// Longest text in bytes.
pub(super) const LONGEST: usize = 24;

/// Odd numbers with as many ones as zeros in every byte: those of wyhash.
const SEEDS: [u64; 3] = [
    0xA076_1D64_78BD_642F,
    0xE703_7ED1_A0B4_28DB,
    0x8EBC_6AF0_9C88_C6E3,
];

/// Both halves of a product: each bit of either factor moves about half of them.
#[inline(always)]
const fn folded(one: u64, other: u64) -> u64 {
    let product = one as u128 * other as u128;
    product as u64 ^ (product >> 64) as u64
}

/// The words of a text, overlapping where it fills no word; none of one that is too long.
#[inline(always)]
fn words(text: &[u8]) -> Option<[u64; 3]> {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let middle = match text.get(8..16) {
            _ if text.len() <= 16 => 0,
            Some(middle) if text.len() <= LONGEST => u64::from_le_bytes(middle.try_into().ok()?),
            _ => return None,
        };
        return Some([u64::from_le_bytes(*first), u64::from_le_bytes(*last), middle]);
    }
    Some([tiny(text), 0, 0])
}

/// The one word of a text of less than eight bytes.
#[inline(always)]
fn tiny(text: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
    }
    match *text {
        [] => 0,
        [one] => u64::from(one),
        [one, .., last] => u64::from(one) | u64::from(text[text.len() / 2]) << 8 | u64::from(last) << 16,
    }
}

impl PlainKey {
    /// Stands for every key that is no such.
    pub(super) const NONE: Self = Self {
        words: [0; 3],
        form: 0,
    };

    /// The key of a text without labels; none if the text is too long.
    #[inline(always)]
    pub(super) fn of(form: PlainForm, text: &str) -> Option<Self> {
        Some(Self {
            words: words(text.as_bytes())?,
            form: form.0 | text.len() as u64,
        })
    }

    #[inline(always)]
    pub(super) const fn is(&self, other: &Self) -> bool {
        let ([a, b, c], [d, e, f]) = (self.words, other.words);
        // Not as one array: the compiler would take all of them through memory.
        (a ^ d) | (b ^ e) | (c ^ f) | (self.form ^ other.form) == 0
    }

    #[inline(always)]
    pub(super) const fn hash(&self) -> u64 {
        let [first, last, middle] = self.words;
        // Two products, and the middle in both: one alone does not spread texts that are all but the same.
        let whole = folded(first ^ middle ^ SEEDS[0], last ^ SEEDS[1]);
        folded(whole ^ middle ^ self.form, SEEDS[2])
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::collections::BTreeSet;

    use super::super::key::KeyRef;
    use super::*;
    use crate::event::Stage;

    /// As many names of each kind as a table of 32,768 places takes.
    const NAMES: u64 = 10_000;
    const PLACES: f64 = 32_768.0;

    /// What programs call their models, and what is hard on a hash: all but a few bytes the same, wherever these are.
    fn kinds() -> Vec<Vec<String>> {
        let counted = |pattern: &str, number: u64| {
            let padded = pattern.replace('#', &format!("{number:04}"));
            padded.replace('@', &number.to_string())
        };
        let patterns = [
            "@",
            "#",
            "model-@",
            "model-#",
            "m000#",
            "model-000000#",
            "@-instruct-q4_k_m",
            "llama-@-instruct",
        ];
        // The same twice, in words that overlap or do not; at the end of a text that is just short enough, and too long.
        let twice = [
            "##",
            "#-#",
            "#bert-base#",
            "#bert#bert#",
            "mixtral-8x7b-expert-#",
            "mixtral-8x22b-expert-#",
        ];
        let moving = (0..=16).map(|at| format!("{:a$}#{:b$}", "", "", a = at, b = 16 - at));
        let patterns = patterns.into_iter().chain(twice).map(String::from).chain(moving);
        let mut kinds: Vec<Vec<_>> = patterns
            .map(|pattern| (0..NAMES).map(|number| counted(&pattern, number)).collect())
            .collect();
        let random = |number: u64| folded(number + 1, 0x9E37_79B9_7F4A_7C15);
        let uuid = |number| {
            let (one, other) = (random(number), random(number + NAMES));
            let [a, b, c] = [one >> 32, one >> 16 & 0xFFFF, one & 0xFFF];
            format!(
                "{a:08x}-{b:04x}-4{c:03x}-a{:03x}-{:012x}",
                other >> 52,
                other & 0xFFFF_FFFF_FFFF
            )
        };
        kinds.push((0..NAMES).map(uuid).collect());
        kinds.push((0..NAMES).map(|number| uuid(number)[..18].into()).collect());
        kinds
    }

    /// How many different ones there are.
    fn distinct(values: impl Iterator<Item = u64>) -> f64 {
        values.collect::<BTreeSet<_>>().len() as f64
    }

    #[test]
    fn names_are_spread_as_if_by_chance() {
        let (names, tags, groups) = (NAMES as f64, 128.0, PLACES / 8.0);
        // How many places are taken if each goes to any, and the standard deviation of that.
        let (load, free) = (names / PLACES, (-names / PLACES).exp());
        let (expected, deviation) = (
            PLACES * (1.0 - free),
            (PLACES * free * (1.0 - (1.0 + load) * free)).sqrt(),
        );
        for texts in kinds() {
            let kind = &texts[1234];
            let hash = |subject: &String| {
                let (stage, labels) = (Stage::Inference, &[]);
                KeyRef {
                    stage,
                    subject,
                    labels,
                }
                .hash()
            };
            let hashes: Vec<_> = texts.iter().map(hash).collect();
            let hashes = || hashes.iter().copied();
            assert_eq!(
                (distinct(hashes()), hashes().len() as u64),
                (names, NAMES),
                "{kind}"
            );
            let taken = distinct(hashes().map(|hash| hash % PLACES as u64));
            assert!(
                taken > expected - 5.0 * deviation,
                "{kind}: {taken} of {expected} ± {deviation}"
            );
            let mut of_tag = [0.0_f64; 128];
            hashes().for_each(|hash| of_tag[(hash >> 57) as usize] += 1.0);
            let even = names / tags;
            let squares: f64 = of_tag.iter().map(|of| (of - even).powi(2) / even).sum();
            assert!(
                squares < tags + 5.0 * (2.0 * tags).sqrt(),
                "{kind}: tags differ by {squares}"
            );
            // Those that a search of a group takes for each other at first.
            let alike =
                names - distinct(hashes().map(|hash| (hash >> 57 << 57) | (hash % PLACES as u64 / 8)));
            let pairs = names * names / 2.0 / groups / tags;
            assert!(alike < pairs + 5.0 * pairs.sqrt(), "{kind}: {alike} of {pairs}");
        }
    }
}
