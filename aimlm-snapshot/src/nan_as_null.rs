//! JSON has no word for numbers that are not finite: they are written as `null`, which is read as NaN.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes a number that is not finite as `null`.
pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    value.is_finite().then_some(*value).serialize(serializer)
}

/// Reads `null` as NaN.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

/// The same for the second of each pair.
pub(crate) mod pairs {
    use aimlm_vocabulary::Number;

    use super::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        pairs: &[(Number, f64)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let pairs = pairs.iter();
        serializer.collect_seq(pairs.map(|&(field, value)| (field, value.is_finite().then_some(value))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(Number, f64)>, D::Error> {
        let pairs = Vec::<(Number, Option<f64>)>::deserialize(deserializer)?.into_iter();
        Ok(pairs
            .map(|(field, value)| (field, value.unwrap_or(f64::NAN)))
            .collect())
    }
}
