//! Values and findings in words, as Markdown and text show them.

use aimlm_format::{
    bytes, count, duration, duration_apart, number, number_apart, percent, percent_apart, rfc3339, shortened,
};

use super::cell_value::CellValue;
use super::document::{Item, MISSING, Measure};

/// How many measures an item shows; JSON has them all.
const MEASURES: usize = 8;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// A curve that does not rise or fall.
const FLAT: char = BARS[3];
/// Where a number was not finite.
const NOT_FINITE: char = '×';

/// A value as people read it: one text, or each of several.
pub(super) fn texts(cell: &CellValue) -> Vec<String> {
    match cell {
        CellValue::Texts(texts) => texts.clone(),
        one => vec![text(one)],
    }
}

fn text(cell: &CellValue) -> String {
    match cell {
        CellValue::Missing => MISSING.to_owned(),
        CellValue::Text(text) => text.clone(),
        CellValue::Texts(texts) => texts.join(", "),
        CellValue::Id(id) => id.to_string(),
        CellValue::Moment(ns) => rfc3339(*ns),
        CellValue::Count(n) => count(*n),
        CellValue::Number(value) => number(*value),
        CellValue::Times(value) => format!("{} times", number(*value)),
        CellValue::Duration(seconds) => duration(*seconds),
        CellValue::Ago(seconds) => format!("{} ago", duration(*seconds)),
        CellValue::Percentile {
            seconds,
            is_exact,
            is_reliable,
        } => {
            let about = if *is_exact { "" } else { "≈" };
            let too_few = if *is_reliable { "" } else { "†" };
            format!("{about}{}{too_few}", duration(*seconds))
        }
        CellValue::Bytes(value) | CellValue::BytesRate(value) => bytes(*value),
        CellValue::BytesChange(change) => {
            let sign = if *change < 0 { "−" } else { "+" };
            format!("{sign}{}", bytes(change.unsigned_abs() as f64))
        }
        CellValue::Ratio(ratio) => percent(*ratio),
        CellValue::Rate(per_second) => rate(*per_second),
        CellValue::Place(axis, at) => format!("{axis} {}", number(*at)),
        CellValue::Span(first, last) => format!("{}–{}", number(*first), number(*last)),
        CellValue::Course(means) => course(means),
    }
}

/// Four digits say enough about a rate.
fn rate(per_second: f64) -> String {
    if per_second >= 100.0 {
        number(per_second.round())
    } else {
        number(per_second)
    }
}

/// A row of bars from the smallest number to the largest.
fn course(means: &[Option<f64>]) -> String {
    let finite = || means.iter().flatten().copied();
    let (low, high) = (
        finite().fold(f64::INFINITY, f64::min),
        finite().fold(f64::NEG_INFINITY, f64::max),
    );
    let drawn = means.iter().map(|mean| match mean {
        None => NOT_FINITE,
        // Means of equal numbers differ by the rounding of their sums.
        Some(_) if high - low <= 1e-9 * low.abs().max(high.abs()) => FLAT,
        Some(mean) => bar(*mean, low, high),
    });
    drawn.collect()
}

/// Halved, for the difference of the largest numbers is more than the largest.
fn bar(mean: f64, low: f64, high: f64) -> char {
    let share = (mean / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
    BARS[(share * 7.0).round().clamp(0.0, 7.0) as usize]
}

/// The lines below an item's sentence: details, measures, and what to do.
pub(super) fn lines(item: &Item) -> Vec<String> {
    let mut measures: Vec<String> = item.measures.iter().take(MEASURES).map(measure).collect();
    let more = item.measures.len().saturating_sub(MEASURES);
    if more > 0 {
        measures.push(format!("and {more} more"));
    }
    let mut lines = item.details.clone();
    lines.push(measures.join(" · "));
    lines.extend((!item.action.is_empty()).then(|| format!("→ {}", item.action)));
    lines.retain(|line| !line.is_empty());
    lines
}

/// `mean 100.2 ms (threshold 100 ms)`.
fn measure(measure: &Measure) -> String {
    let name = shortened(&measure.name, 40);
    match &measure.threshold {
        Some(threshold) => {
            let (value, threshold) = apart(&measure.value, threshold);
            format!("{name} {value} (threshold {threshold})")
        }
        None => format!("{name} {}", with_unit(&measure.value, text(&measure.value))),
    }
}

/// A value and its threshold, with as many digits as it takes to tell them apart.
fn apart(value: &CellValue, threshold: &CellValue) -> (String, String) {
    let (shown, other) = match (value, threshold) {
        (CellValue::Duration(value), CellValue::Duration(other)) => return duration_apart(*value, *other),
        (CellValue::Ratio(value), CellValue::Ratio(other)) => return percent_apart(*value, *other),
        (CellValue::Number(own), CellValue::Number(other))
        | (CellValue::Rate(own), CellValue::Rate(other))
        | (CellValue::Times(own), CellValue::Times(other)) => number_apart(*own, *other),
        _ => return (text(value), text(threshold)),
    };
    let times = |text: String| match value {
        CellValue::Times(_) => format!("{text} times"),
        _ => with_unit(value, text),
    };
    (times(shown), times(other))
}

/// In a table the heading has the unit of a rate.
fn with_unit(value: &CellValue, text: String) -> String {
    match value {
        CellValue::Rate(_) | CellValue::BytesRate(_) => format!("{text}/s"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_shown_with_their_units() {
        let percentile = |is_exact, is_reliable| CellValue::Percentile {
            seconds: 0.0123,
            is_exact,
            is_reliable,
        };
        for (cell, shown) in [
            (CellValue::Missing, "–"),
            (CellValue::text("m"), "m"),
            (CellValue::Count(12_345), "12,345"),
            (CellValue::Number(0.031_25), "0.03125"),
            (CellValue::Times(2.5), "2.5 times"),
            (CellValue::Duration(0.612), "612 ms"),
            (CellValue::Ago(3.0), "3.00 s ago"),
            (percentile(true, true), "12.3 ms"),
            (percentile(false, false), "≈12.3 ms†"),
            (CellValue::Bytes(1536.0), "1.50 KiB"),
            (CellValue::BytesRate(1536.0), "1.50 KiB"),
            (CellValue::BytesChange(-1536), "−1.50 KiB"),
            (CellValue::BytesChange(1536), "+1.50 KiB"),
            (CellValue::BytesChange(i64::MIN), "−8,388,608 TiB"),
            (CellValue::Ratio(0.425), "42.5 %"),
            (CellValue::Rate(123.4), "123"),
            (CellValue::Place("epoch".into(), 7.0), "epoch 7"),
            (CellValue::Span(7.0, 9.0), "7–9"),
            (
                CellValue::Course(vec![Some(0.0), Some(1.0), None, Some(7.0)]),
                "▁▂×█",
            ),
        ] {
            assert_eq!(texts(&cell), [shown], "{cell:?}");
        }
    }

    #[test]
    fn a_measure_is_told_apart_from_its_threshold() {
        let shown = |value, threshold| {
            measure(&Measure {
                name: "mean".into(),
                value,
                threshold: Some(threshold),
            })
        };
        for (value, threshold, expected) in [
            (
                CellValue::Duration(0.1002),
                CellValue::Duration(0.1),
                "mean 100.2 ms (threshold 100 ms)",
            ),
            (
                CellValue::Ratio(0.499_99),
                CellValue::Ratio(0.5),
                "mean 49.999 % (threshold 50 %)",
            ),
            (
                CellValue::Rate(99.999_99),
                CellValue::Rate(100.0),
                "mean 99.99999/s (threshold 100/s)",
            ),
            (
                CellValue::Times(2.000_01),
                CellValue::Times(2.0),
                "mean 2.00001 times (threshold 2 times)",
            ),
            (
                CellValue::Number(3.0),
                CellValue::Number(2.0),
                "mean 3 (threshold 2)",
            ),
        ] {
            assert_eq!(shown(value, threshold), expected);
        }
    }

    #[test]
    fn courses_go_from_the_smallest_to_the_largest() {
        let drawn = |means: &[f64]| course(&means.iter().map(|mean| Some(*mean)).collect::<Vec<_>>());
        assert_eq!(drawn(&[2.0, 2.0]), "▄▄");
        assert_eq!(drawn(&[-f64::MAX, f64::MAX]), "▁█");
        assert_eq!(course(&[None, None]), "××");
    }

    proptest! {
        #[test]
        fn equal_numbers_are_flat(y in -1e6..1e6_f64, n in 2_usize..16) {
            let flat = course(&vec![Some(y); n]);
            prop_assert!(flat.chars().all(|bar| bar == FLAT), "{}", flat);
        }
    }
}
