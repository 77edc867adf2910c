/// `2026-11-23T15:14:29Z`: seconds since the Unix epoch in UTC, to the second, as RFC 3339 writes it.
/// A time that no calendar of four-digit years has is written as its number of seconds.
pub(super) fn rfc3339(seconds: f64) -> String {
    let whole = seconds.floor();
    // Years 0000 to 9999.
    if !(-62_167_219_200.0..253_402_300_800.0).contains(&whole) {
        return format!("{seconds} s since 1970");
    }
    let (days, second) = (
        (whole as i64).div_euclid(86_400),
        (whole as i64).rem_euclid(86_400),
    );
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day counted from 1970-01-01 in the Gregorian calendar. Years begin in March, so
/// that the leap day ends them; 400 of them have 146,097 days.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let from_0000_03_01 = days + 719_468;
    let era = from_0000_03_01.div_euclid(146_097);
    let day_of_era = from_0000_03_01.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (seconds, text) in [
            (0.0, "1970-01-01T00:00:00Z"),
            (-1.0, "1969-12-31T23:59:59Z"),
            (951_782_400.0, "2000-02-29T00:00:00Z"),
            (1_795_446_869.9, "2026-11-23T15:14:29Z"),
            (4_107_542_400.0, "2100-03-01T00:00:00Z"),
            (253_402_300_799.0, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(seconds), text);
        }
        assert_eq!(rfc3339(1e18), "1000000000000000000 s since 1970");
        assert_eq!(rfc3339(f64::NAN), "NaN s since 1970");
    }

    #[test]
    fn days_follow_one_another() {
        let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let mut expected = (1600, 1, 1);
        for day in -135_140..200_000 {
            assert_eq!(civil_from_days(day), expected, "day {day}");
            let (year, month, day) = expected;
            let last = match month {
                2 => 28 + i64::from(leap(year)),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                _ if day == last => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
    }
}
