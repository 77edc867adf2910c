//! Words in data: each by its name.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

use crate::{Label, Number, Stage};

macro_rules! by_name {
    ($($word:ident $what:literal)*) => {$(
        impl Serialize for $word {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> Deserialize<'de> for $word {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = Cow::<str>::deserialize(deserializer)?;
                Self::of_name(&name).ok_or_else(|| {
                    D::Error::custom(format_args!(
                        "`{name}` is no {}: it has no or more than 64 bytes, or too many are not known to this version of aimlm",
                        $what
                    ))
                })
            }
        }
    )*};
}

by_name! { Stage "stage" Number "number" Label "label" }
