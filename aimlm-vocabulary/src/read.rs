//! Words in data: each by its name.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

use crate::{Label, Number, NumberKind, Stage};

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

impl Serialize for NumberKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A kind that only a later version knows is read as real: what its numbers have of those is kept.
impl<'de> Deserialize<'de> for NumberKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Ok(Self::from_name(&name).unwrap_or_default())
    }
}

by_name! { Stage "stage" Number "number" Label "label" }
