use jiff::Timestamp;

/// `2026-11-23T15:14:29Z`: nanoseconds since the Unix epoch in UTC, to the second, as RFC 3339 writes it.
///
/// ```
/// assert_eq!(aimlm_format::rfc3339(1_795_446_869_900_000_000), "2026-11-23T15:14:29Z");
/// ```
#[must_use]
pub fn rfc3339(ns: i64) -> String {
    // Whole seconds are written without a fraction; 64 bits of nanoseconds are within the years that have a date.
    let second = Timestamp::from_second(ns.div_euclid(1_000_000_000));
    second.map_or_else(|_| String::new(), |moment| moment.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_446_869, "2026-11-23T15:14:29Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(seconds * 1_000_000_000), text);
            assert_eq!(rfc3339(seconds * 1_000_000_000 + 999_999_999), text);
        }
        assert_eq!(rfc3339(i64::MAX), "2262-04-11T23:47:16Z");
        assert_eq!(rfc3339(i64::MIN), "1677-09-21T00:12:43Z");
    }
}
