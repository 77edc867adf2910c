/// `850 ns`, `12.3 µs`, `612 ms`, `12.3 s`, `3 min 05 s`, `2 h 05 min`.
pub(crate) fn duration(seconds: f64) -> String {
    let size = seconds.abs();
    if size == 0.0 {
        return "0 s".to_owned();
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
    format!("{} {name}", significant(seconds / unit, 3))
}

fn signed(value: f64, text: &str) -> String {
    format!("{}{text}", if value < 0.0 { "-" } else { "" })
}

/// `512 B`, `1.50 KiB`, `91.2 MiB`.
pub(crate) fn bytes(bytes: f64) -> String {
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
pub(crate) fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// `1 call`, `12,345 calls`: with the plural of words that add an s.
pub(crate) fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", count(n), if n == 1 { "" } else { "s" })
}

/// Up to four significant digits: `0.0312`, `12.5`, `12,345`, `1.2e-7`.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        return format!("{value:.2e}");
    }
    if value.fract() == 0.0 {
        return signed(value, &grouped(&format!("{size:.0}")));
    }
    let text = significant(value, 4);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// `42.5 %`, `50 %`, `0.012 %`.
pub(crate) fn percent(ratio: f64) -> String {
    let value = ratio * 100.0;
    if value == 0.0 || !(-0.1..0.1).contains(&value) {
        let whole = (value - value.round()).abs() < 0.005;
        format!("{value:.*} %", usize::from(!whole))
    } else if value.abs() < 0.001 {
        format!("{}0.001 %", if value < 0.0 { "> -" } else { "< " })
    } else {
        format!("{value:.3} %")
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
    let decimals = |whole: i32| (digits - whole).clamp(0, 12) as usize;
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
        ] {
            assert_eq!(duration(seconds), text, "{seconds}");
        }
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
        assert_eq!(percent(0.000_001), "< 0.001 %");
    }
}
