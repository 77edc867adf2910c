use aimlm_snapshot::CurvePoint;

/// Parts of a curve's course.
const PARTS: usize = 16;

/// The course of a curve: the mean of each part of its points; none of fewer than two points. Of finite numbers and others
/// that share a part the rarer kind is shown, so that neither one NaN in thousands of steps is lost, nor the few steps that
/// were none.
pub(super) fn course(points: &[CurvePoint]) -> Option<Vec<Option<f64>>> {
    let parts = points.len().min(PARTS);
    if parts < 2 {
        return None;
    }
    let part = |nth: usize| &points[points.len() * nth / parts..points.len() * (nth + 1) / parts];
    let finite = points.iter().filter(|point| point.y.is_finite()).count();
    let few = finite < points.len() - finite;
    Some((0..parts).map(|nth| mean(part(nth), few)).collect())
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
    use super::*;

    fn of(ys: &[f64]) -> Option<Vec<Option<f64>>> {
        let points = ys.iter().enumerate();
        course(
            &points
                .map(|(x, &y)| CurvePoint::new(x as f64, y, 0))
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn a_course_has_at_most_so_many_parts() {
        assert_eq!(of(&[0.0, 1.0, 7.0]).unwrap(), [Some(0.0), Some(1.0), Some(7.0)]);
        assert_eq!(of(&[1.0]), None);
        let long: Vec<f64> = (0..1000).map(f64::from).collect();
        let long = of(&long).unwrap();
        assert_eq!(long.len(), 16);
        assert!(long.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn one_that_is_not_finite_leaves_a_mark() {
        assert_eq!(of(&[1.0, f64::NAN, 0.0]).unwrap(), [Some(1.0), None, Some(0.0)]);
        let mut long: Vec<f64> = (0..5_000).map(f64::from).collect();
        long[2_500] = f64::NAN;
        let marked = of(&long).unwrap();
        assert_eq!(marked.iter().position(Option::is_none), Some(8));
        assert_eq!(marked.iter().flatten().count(), 15);
    }

    #[test]
    fn few_finite_numbers_among_others_are_shown() {
        let mut long = vec![f64::NAN; 5_000];
        long[2_500] = 1.0;
        let shown = of(&long).unwrap();
        assert_eq!(shown.iter().position(Option::is_some), Some(8));
    }
}
