/// Significant digits of a duration or size.
const DIGITS: i32 = 3;
/// Significant digits of any other number.
const MORE_DIGITS: i32 = 4;

/// `850 ns`, `12.3 µs`, `612 ms`, `12.3 s`, `3 min 05 s`, `2 h 05 min`, `3 d 04 h`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    duration_with(seconds, DIGITS)
}

/// Two durations with as many digits as it takes to tell them apart: `100.2 ms` and `100 ms`.
#[must_use]
pub fn duration_apart(seconds: f64, other: f64) -> (String, String) {
    apart(seconds, other, DIGITS, duration_with)
}

/// Two numbers with as many digits as it takes to tell them apart.
#[must_use]
pub fn number_apart(value: f64, other: f64) -> (String, String) {
    apart(value, other, MORE_DIGITS, number_with)
}

/// Two ratios with as many digits as it takes to tell them apart.
#[must_use]
pub fn percent_apart(ratio: f64, other: f64) -> (String, String) {
    let (shown, other_shown) = (percent(ratio), percent(other));
    if shown != other_shown || ratio.total_cmp(&other).is_eq() {
        return (shown, other_shown);
    }
    apart(ratio, other, MORE_DIGITS, |ratio, digits| {
        format!("{} %", number_with(ratio * 100.0, digits))
    })
}

fn apart(value: f64, other: f64, digits: i32, shown: fn(f64, i32) -> String) -> (String, String) {
    // A double has no more than 17 digits.
    let mut pairs = (digits..=17).map(|digits| (shown(value, digits), shown(other, digits)));
    let fewest = pairs.find(|(value, other)| value != other);
    fewest.unwrap_or_else(|| (shown(value, digits), shown(other, digits)))
}

fn duration_with(seconds: f64, digits: i32) -> String {
    let size = seconds.abs();
    if size == 0.0 {
        return "0 s".to_owned();
    }
    if digits > DIGITS && size >= 0.9995 {
        return format!("{} s", trimmed(&significant(seconds, digits)));
    }
    if size >= 48.0 * 3600.0 {
        let hours = (size / 3600.0).round() as u64;
        return signed(seconds, &format!("{} d {:02} h", count(hours / 24), hours % 24));
    }
    if size >= 3599.5 {
        let minutes = (size / 60.0).round() as u64;
        return signed(
            seconds,
            &format!("{} h {:02} min", count(minutes / 60), minutes % 60),
        );
    }
    if size >= 59.95 {
        let whole = size.round() as u64;
        return signed(seconds, &format!("{} min {:02} s", whole / 60, whole % 60));
    }
    let units = [(1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms")];
    let (unit, name) = units
        .into_iter()
        .find(|(unit, _)| size / unit < 999.5)
        .unwrap_or((1.0, "s"));
    let text = significant(seconds / unit, digits);
    let text = if digits > DIGITS { trimmed(&text) } else { &text };
    format!("{text} {name}")
}

fn signed(value: f64, text: &str) -> String {
    format!("{}{text}", if value < 0.0 { "-" } else { "" })
}

/// `512 B`, `1.50 KiB`, `91.2 MiB`.
#[must_use]
pub fn bytes(bytes: f64) -> String {
    let units = ["B", "KiB", "MiB", "GiB"];
    let mut value = bytes;
    for unit in units {
        if value.abs() < 1023.5 {
            let text = if unit == "B" {
                number(value)
            } else {
                significant(value, 3)
            };
            return format!("{text} {unit}");
        }
        value /= 1024.0;
    }
    format!("{} TiB", significant(value, 3))
}

/// `12,345`.
#[must_use]
pub fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// `1 call`, `12,345 calls`: with the plural of words that add an s.
#[must_use]
pub fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", count(n), if n == 1 { "" } else { "s" })
}

/// Up to four significant digits: `0.0312`, `12.5`, `12,345`, `1.2e-7`.
#[must_use]
pub fn number(value: f64) -> String {
    number_with(value, MORE_DIGITS)
}

fn number_with(value: f64, digits: i32) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        return format!("{value:.*e}", (digits - 2).max(0) as usize);
    }
    if value.fract() == 0.0 {
        return signed(value, &grouped(&format!("{size:.0}")));
    }
    trimmed(&significant(value, digits)).to_owned()
}

/// Without the zeros that say nothing.
fn trimmed(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// `42.5 %`, `50 %`, `0.012 %`.
#[must_use]
pub fn percent(ratio: f64) -> String {
    let value = ratio * 100.0;
    if value == 0.0 || !(-0.1..0.1).contains(&value) {
        let whole = (value - value.round()).abs() < 0.005;
        format!("{value:.*} %", usize::from(!whole))
    } else if value.abs() < 0.001 {
        format!("{}0.001 %", if value < 0.0 { "> -" } else { "< " })
    } else {
        format!("{} %", trimmed(&format!("{value:.3}")))
    }
}

/// At least this many digits, more where the whole part has them.
fn significant(value: f64, digits: i32) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let size = value.abs();
    let whole = if size < f64::MIN_POSITIVE {
        1
    } else {
        size.log10().floor() as i32 + 1
    };
    // 9.996 has one whole digit, as three significant digits it has two.
    let decimals = |whole: i32| (digits - whole).clamp(0, 17) as usize;
    let rounded: f64 = format!("{size:.*}", decimals(whole)).parse().unwrap_or(size);
    let whole = whole + i32::from(whole >= 0 && rounded >= 10_f64.powi(whole));
    let text = format!("{size:.*}", decimals(whole));
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    signed(value, &format!("{}{point}{fraction}", grouped(integer)))
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_human_units() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (21e-9, "21.0 ns"),
            (1e-6, "1.00 µs"),
            (999.96e-6, "1.00 ms"),
            (0.612, "612 ms"),
            (9.996, "10.0 s"),
            (59.96, "1 min 00 s"),
            (185.0, "3 min 05 s"),
            (7500.0, "2 h 05 min"),
            (172_800.0, "2 d 00 h"),
            (2_592_000.0, "30 d 00 h"),
        ] {
            assert_eq!(duration(seconds), text, "{seconds}");
        }
    }

    #[test]
    fn what_differs_is_shown_to_differ() {
        let both = |(value, bound): (String, String)| format!("{value} over {bound}");
        assert_eq!(both(duration_apart(0.1002, 0.1)), "100.2 ms over 100 ms");
        assert_eq!(
            both(duration_apart(0.100_000_01, 0.1)),
            "100.00001 ms over 100 ms"
        );
        assert_eq!(both(duration_apart(0.3, 0.1)), "300 ms over 100 ms");
        assert_eq!(both(duration_apart(5.004, 5.0)), "5.004 s over 5 s");
        assert_eq!(both(duration_apart(60.001, 60.0)), "60.001 s over 60 s");
        assert_eq!(both(duration_apart(0.999_96, 1.0)), "0.99996 s over 1 s");
        assert_eq!(both(percent_apart(0.499_99, 0.5)), "49.999 % over 50 %");
        assert_eq!(both(percent_apart(0.25, 0.5)), "25 % over 50 %");
        assert_eq!(both(number_apart(99.999_99, 100.0)), "99.99999 over 100");
    }

    #[test]
    fn sizes_and_counts_are_short() {
        assert_eq!(bytes(0.0), "0 B");
        assert_eq!(bytes(1000.0), "1,000 B");
        assert_eq!(bytes(1536.0), "1.50 KiB");
        assert_eq!(bytes(95_630_000.0), "91.2 MiB");
        assert_eq!(bytes(1023.9 * 1024.0), "1.00 MiB");
        assert_eq!(bytes(f64::INFINITY), "inf TiB");
        assert_eq!(count(0), "0");
        assert_eq!(count(123), "123");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "call"), "1 call");
        assert_eq!(counted(0, "call"), "0 calls");
        assert_eq!(counted(1234, "call"), "1,234 calls");
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn numbers_keep_their_meaning() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (3.0, "3"),
            (0.03125, "0.03125"),
            (-1.5, "-1.5"),
            (12345.678, "12,346"),
            (1.2e-7, "1.20e-7"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), text, "{value}");
        }
        assert_eq!(percent(0.5), "50 %");
        assert_eq!(percent(0.4255), "42.5 %");
        assert_eq!(percent(0.00012), "0.012 %");
        assert_eq!(percent(0.000_999_999), "0.1 %");
        assert_eq!(percent(-0.000_5), "-0.05 %");
        assert_eq!(percent(0.000_001), "< 0.001 %");
    }
}
