use super::columns::Row;
use crate::analysis::{count, number};
use crate::event::Label;
use crate::report::Report;
use crate::report::document::{Section, Table};
use crate::snapshot::CurvePoint;
use crate::views::{CallMetrics, CurveMetrics, TrainingMetrics};

/// Characters of a curve's picture.
const COURSE: usize = 16;

pub(super) fn section(report: &Report) -> Section {
    let epochs = rows(report, |training| training.epochs.as_ref());
    let steps = rows(report, |training| training.steps.as_ref());
    let validations = rows(report, |training| training.validation.as_ref());
    Section::new("Training")
        .table(
            Table::of_calls("Epochs", &["Model"], &epochs)
                .outcomes("Epochs", &epochs)
                .seconds("Total", &epochs, |latency| Some(latency.total))
                .spread(&epochs)
                .items("Samples", &epochs)
                .left_if_any("Efficiency", &epochs, |row| {
                    let efficiency = report.training_efficiency.get(row.names[0])?;
                    Some(format!("{:?}", efficiency.efficiency_rating).to_lowercase())
                }),
        )
        .table(
            Table::of_calls("Steps", &["Model"], &steps)
                .outcomes("Steps", &steps)
                .percentiles(&steps)
                .items("Samples", &steps),
        )
        .table(
            Table::of_calls("Validation", &["Model"], &validations)
                .label("Data set", Label::Dataset, &validations)
                .outcomes("Runs", &validations)
                .seconds("Total", &validations, |latency| Some(latency.total))
                .spread(&validations)
                .items("Samples", &validations),
        )
        .table(curves(report))
}

fn rows(report: &Report, of: impl Fn(&TrainingMetrics) -> Option<&CallMetrics>) -> Vec<Row<'_>> {
    let trainings = report.metrics.training.values();
    trainings
        .filter_map(|training| Some(Row::new(&training.model_id, of(training)?)))
        .collect()
}

fn curves(report: &Report) -> Table {
    let trainings = report.metrics.training.values();
    let rows: Vec<(&str, &str, &CurveMetrics)> = trainings
        .flat_map(|training| {
            let curves = training.curves.iter();
            curves.map(|(name, curve)| (training.model_id.as_str(), name.as_str(), curve))
        })
        .collect();
    Table::new("Curves")
        .key("Model", &rows, |row| row.0.to_owned())
        .key("Curve", &rows, |row| row.1.to_owned())
        .right("Points", &rows, |row| Some(count(row.2.count)))
        .count_if_any("Not finite", &rows, |row| row.2.not_finite)
        .right("First", &rows, |row| row.2.first.map(number))
        .right("Last", &rows, |row| row.2.last.map(number))
        .right("Min", &rows, |row| row.2.min.map(number))
        .right("Max", &rows, |row| row.2.max.map(number))
        .left_if_any("Course", &rows, |row| course(&row.2.points))
}

/// The curve as a row of bars from its lowest bar to its highest; `×` where it is not finite.
fn course(points: &[CurvePoint]) -> Option<String> {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let n = points.len();
    let bars = n.min(COURSE);
    let mean = |bar: usize| {
        let part = &points[n * bar / bars..n * (bar + 1) / bars];
        part.iter().map(|point| point.y / part.len() as f64).sum::<f64>()
    };
    let means: Vec<f64> = (0..bars).map(mean).collect();
    let finite = || means.iter().copied().filter(|mean| mean.is_finite());
    let (low, high) = (finite().reduce(f64::min)?, finite().reduce(f64::max)?);
    let bar = |&mean: &f64| match (mean - low) / (high - low) {
        _ if !mean.is_finite() => '×',
        share if share.is_finite() => BARS[(share * 7.0).round().clamp(0.0, 7.0) as usize],
        _ => BARS[3],
    };
    (n > 1).then(|| means.iter().map(bar).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courses_show_their_way() {
        let points = |ys: &[f64]| -> Vec<CurvePoint> {
            let points = ys.iter().enumerate();
            points
                .map(|(x, &y)| CurvePoint {
                    x: x as f64,
                    y,
                    at: 0.0,
                })
                .collect()
        };
        assert_eq!(course(&points(&[0.0, 1.0, 7.0])).unwrap(), "▁▂█");
        assert_eq!(course(&points(&[2.0, 2.0])).unwrap(), "▄▄");
        assert_eq!(course(&points(&[1.0, f64::NAN, 0.0])).unwrap(), "█×▁");
        assert_eq!(course(&points(&[1.0])), None);
        assert_eq!(course(&points(&[f64::NAN, f64::NAN])), None);
        let long: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(course(&points(&long)).unwrap().chars().count(), 16);
    }
}
