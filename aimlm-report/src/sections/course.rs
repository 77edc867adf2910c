use aimlm_snapshot::CurvePoint;

/// Characters of a curve's picture.
const COURSE: usize = 16;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// A curve that does not rise or fall.
const FLAT: char = BARS[3];
/// Where a number was not finite.
const NOT_FINITE: char = '×';

/// A curve as a row of bars from its smallest mean to its largest, each the mean of its share of the points;
/// none of fewer than two points. Of finite numbers and others that share a character the rarer kind is shown, so
/// that neither one NaN in thousands of steps is lost, nor the few steps that were none.
pub(super) fn course(points: &[CurvePoint]) -> Option<String> {
    let bars = points.len().min(COURSE);
    if bars < 2 {
        return None;
    }
    let part = |bar: usize| &points[points.len() * bar / bars..points.len() * (bar + 1) / bars];
    let finite = points.iter().filter(|point| point.y.is_finite()).count();
    let few = finite < points.len() - finite;
    let means: Vec<Option<f64>> = (0..bars).map(|bar| mean(part(bar), few)).collect();
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
    Some(drawn.collect())
}

/// Halved, for the difference of the largest numbers is more than the largest.
fn bar(mean: f64, low: f64, high: f64) -> char {
    let share = (mean / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
    BARS[(share * 7.0).round().clamp(0.0, 7.0) as usize]
}

/// Mean of points that are all finite, or of those that are, where they are few.
fn mean(points: &[CurvePoint], few: bool) -> Option<f64> {
    let finite = || points.iter().map(|point| point.y).filter(|y| y.is_finite());
    let n = finite().count();
    let shown = n == points.len() || few && n > 0;
    shown.then(|| finite().map(|y| y / n as f64).sum())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(ys: &[f64]) -> Option<String> {
        let points = ys.iter().enumerate();
        course(
            &points
                .map(|(x, &y)| CurvePoint::new(x as f64, y, 0))
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn courses_show_their_way() {
        assert_eq!(drawn(&[0.0, 1.0, 7.0]).unwrap(), "▁▂█");
        assert_eq!(drawn(&[2.0, 2.0]).unwrap(), "▄▄");
        assert_eq!(drawn(&[1.0, f64::NAN, 0.0]).unwrap(), "█×▁");
        assert_eq!(drawn(&[1.0]), None);
        assert_eq!(drawn(&[f64::NAN, f64::NAN]).unwrap(), "××");
        assert_eq!(drawn(&[-f64::MAX, f64::MAX]).unwrap(), "▁█");
        let long: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(drawn(&long).unwrap().chars().count(), 16);
    }

    #[test]
    fn one_that_is_not_finite_leaves_a_mark() {
        let mut long: Vec<f64> = (0..5_000).map(f64::from).collect();
        long[2_500] = f64::NAN;
        assert_eq!(drawn(&long).unwrap(), "▁▁▂▂▃▃▄▄×▅▆▆▇▇██");
    }

    proptest! {
        #[test]
        fn equal_numbers_are_flat(y in -1e6..1e6_f64, n in 2_usize..300) {
            let flat = drawn(&vec![y; n]).unwrap();
            prop_assert!(flat.chars().all(|bar| bar == FLAT), "{}", flat);
        }
    }
}
