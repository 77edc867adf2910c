use jiff::SignedDuration;
use jiff::civil::date;

/// `2026-11-23T15:14:29Z`: seconds since the Unix epoch in UTC, to the second, as RFC 3339 writes it.
/// A time that no calendar of four-digit years has is written as its number of seconds.
#[must_use]
pub fn rfc3339(seconds: f64) -> String {
    // A `Timestamp` ends a day before the last of the year 9999.
    let epoch = date(1970, 1, 1).at(0, 0, 0, 0);
    match epoch.checked_add(SignedDuration::from_secs(seconds.floor() as i64)) {
        Ok(moment) if moment.year() >= 0 && !seconds.is_nan() => format!("{moment}Z"),
        _ => format!("{seconds} s since 1970"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (seconds, text) in [
            (0.0, "1970-01-01T00:00:00Z"),
            (-1.0, "1969-12-31T23:59:59Z"),
            (-62_167_219_200.0, "0000-01-01T00:00:00Z"),
            (951_782_400.0, "2000-02-29T00:00:00Z"),
            (1_795_446_869.9, "2026-11-23T15:14:29Z"),
            (4_107_542_400.0, "2100-03-01T00:00:00Z"),
            (253_402_300_799.0, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(seconds), text);
        }
        assert_eq!(rfc3339(1e18), "1000000000000000000 s since 1970");
        assert_eq!(rfc3339(-62_167_219_201.0), "-62167219201 s since 1970");
        assert_eq!(rfc3339(f64::NAN), "NaN s since 1970");
    }
}
