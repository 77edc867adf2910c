//! Words that a call's numbers and texts go under.

use aimlm_vocabulary as vocabulary;
use proc_macro2::{Ident, Span, TokenStream};

use crate::emit::emit;

/// What a number or a text goes under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ArgumentWord {
    /// The name of the vocabulary's constant.
    Known(&'static str),
    Own(String),
}

impl ArgumentWord {
    /// A label of this name: the vocabulary's, or one of the program's own.
    pub(crate) fn label_named(name: &str) -> Self {
        match vocabulary::Label::from_name(name) {
            Some(known) => Self::Known(known.constant()),
            None => Self::Own(name.to_owned()),
        }
    }

    /// An argument's of the attribute.
    pub(crate) fn of_argument(name: &str) -> Self {
        let number = vocabulary::Number::from_name(name).map(vocabulary::Number::constant);
        let label = || vocabulary::Label::from_name(name).map(vocabulary::Label::constant);
        number
            .or_else(label)
            .map_or_else(|| Self::Own(name.to_owned()), Self::Known)
    }

    /// What carries a value under it.
    pub(crate) fn payload(&self) -> TokenStream {
        match self {
            Self::Known(constant) => {
                let constant = Ident::new(constant, Span::mixed_site());
                emit! { __aimlm::Payload::#constant }
            }
            Self::Own(_) => {
                let own = self.own_number();
                emit! { __aimlm::OwnNumber::payload(#own) }
            }
        }
    }

    /// The number of the program's own. Each place that asks for it has its own: what carries a value is known before the
    /// value is.
    pub(crate) fn own_number(&self) -> Option<TokenStream> {
        let Self::Own(name) = self else { return None };
        Some(emit! {{
            static __AIMLM_OWN: __aimlm::OwnNumber = __aimlm::OwnNumber::new(#name);
            &__AIMLM_OWN
        }})
    }

    /// The label, with its text.
    pub(crate) fn label(&self, text: &TokenStream) -> TokenStream {
        match self {
            Self::Known(constant) => {
                let constant = Ident::new(constant, Span::mixed_site());
                emit! { (__aimlm::Label::#constant, #text) }
            }
            // The text is no statement's: what it borrows lives as long as the list.
            Self::Own(name) => {
                let own = emit! {{
                    static __AIMLM_OWN: __aimlm::OwnLabel = __aimlm::OwnLabel::new(#name);
                    &__AIMLM_OWN
                }};
                emit! { __aimlm::OwnLabel::with(#own, #text) }
            }
        }
    }
}
