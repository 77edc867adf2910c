//! Which arguments each attribute takes, and what they become: the vocabulary as an attribute needs it.

/// One attribute.
#[derive(Debug)]
pub(crate) struct AttributeKind {
    /// The attribute's name.
    pub(crate) name: &'static str,
    /// The variant of `Stage`.
    pub(crate) stage: &'static str,
    /// The argument that names the subject.
    pub(crate) subject: &'static str,
    /// Without the subject's argument, the function's name is the subject.
    pub(crate) subject_is_optional: bool,
    /// Texts.
    pub(crate) labels: &'static [&'static str],
    /// Whole numbers.
    pub(crate) counts: &'static [&'static str],
    /// Real numbers, levels among them.
    pub(crate) reals: &'static [&'static str],
    /// Durations.
    pub(crate) times: &'static [&'static str],
}

/// Arguments that every attribute takes.
pub(crate) const COMMON: &[&str] = &[
    "numbers",
    "labels",
    "metrics",
    "track_memory",
    "ok_if",
    "error_if",
    "error_kind",
    "timing",
    "crate",
];

/// What an argument of a kind stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Subject,
    Label,
    Count,
    Real,
    Time,
    Common,
}

impl AttributeKind {
    /// What the argument stands for, if this attribute takes it.
    pub(crate) fn role(&self, key: &str) -> Option<Role> {
        if key == self.subject {
            Some(Role::Subject)
        } else if self.labels.contains(&key) {
            Some(Role::Label)
        } else if self.counts.contains(&key) {
            Some(Role::Count)
        } else if self.reals.contains(&key) {
            Some(Role::Real)
        } else if self.times.contains(&key) {
            Some(Role::Time)
        } else if COMMON.contains(&key) {
            Some(Role::Common)
        } else {
            None
        }
    }

    /// Every argument, the subject first.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &'static str> {
        let own = [self.labels, self.counts, self.reals, self.times, COMMON];
        [self.subject]
            .into_iter()
            .chain(own.into_iter().flatten().copied())
    }

    /// The attributes that take the argument.
    pub(crate) fn taking(key: &str) -> impl Iterator<Item = &'static str> {
        ALL.iter()
            .filter(move |kind| kind.role(key).is_some())
            .map(|kind| kind.name)
    }
}

macro_rules! kinds {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:ident of $noun:ident {
            $(call $call:ident($subject:ident $(or $function:ident)?) $tracks:literal $timed:literal;)?
            labels { $($label:ident $label_variant:ident $label_doc:literal;)* }
            counts { $($count:ident $count_variant:ident $count_doc:literal;)* }
            reals { $($real:ident $real_variant:ident $real_doc:literal;)* }
            $(times { $($time:ident $time_variant:ident $time_doc:literal;)* })?
            $(levels { $($level:ident $level_variant:ident $level_doc:literal;)* })?
            items [$($items:ident),*];
            $($by_epoch:ident;)?
        }
    )+) => {
        $(kinds! {
            @one $variant $($call($subject $($function)?))?
            [$(stringify!($label)),*] [$(stringify!($count)),*]
            [$(stringify!($real),)* $($(stringify!($level),)*)?] [$($(stringify!($time),)*)?]
        })+

        /// Every attribute.
        pub(crate) const ALL: &[&AttributeKind] = &[$($($call,)?)+];
    };
    (@one $variant:ident [] [] [] []) => {};
    (
        @one $variant:ident $call:ident($subject:ident $($function:ident)?)
        [$($label:expr),*] [$($count:expr),*] [$($real:expr,)*] [$($time:expr,)*]
    ) => {
        #[allow(non_upper_case_globals)]
        pub(crate) const $call: &AttributeKind = &AttributeKind {
            name: stringify!($call),
            stage: stringify!($variant),
            subject: stringify!($subject),
            subject_is_optional: false $(|| stringify!($function).len() > 0)?,
            labels: &[$($label),*],
            counts: &[$($count),*],
            reals: &[$($real),*],
            times: &[$($time),*],
        };
    };
}

aimlm_vocabulary::for_each_stage!(kinds);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_argument_has_one_role() {
        for kind in ALL {
            let mut arguments: Vec<_> = kind.arguments().collect();
            let n = arguments.len();
            arguments.sort_unstable();
            arguments.dedup();
            assert_eq!(arguments.len(), n, "{}", kind.name);
        }
    }
}
