use super::*;

/// A value over its threshold never looks like it.
#[test]
fn what_is_just_over_is_shown_to_be() {
    let series = Series::new(Stage::Inference, "m").ok(0.1002, &[]);
    let report = Report::new(&snapshot([series]), &Config::default()).to_text();
    assert!(report.contains("answers after 100.2 ms on average"), "{report}");
    assert!(report.contains("mean 100.2 ms (threshold 100 ms)"), "{report}");
}

/// A place is no quantity.
#[test]
fn the_first_number_that_is_not_finite_has_its_place() {
    for (stage, at) in [(Stage::TrainingStats, "epoch 7"), (Stage::TrainingStep, "step 7")] {
        let numbers =
            Series::new(stage, "m")
                .sample(Number::Loss, 6.0, 0.5)
                .sample(Number::Loss, 7.0, f64::NAN);
        let text = Report::new(&snapshot([numbers]), &Config::default()).to_text();
        assert!(text.contains(&format!("points 2 · first at {at}")), "{text}");
    }
}

#[test]
fn of_many_numbers_the_first_are_shown() {
    let idle = |workers: usize| {
        let series = (0..workers).map(|nth| {
            Series::new(Stage::WorkerUtilization, &format!("rank-{nth}")).sample(
                Number::Utilization,
                0.0,
                0.1,
            )
        });
        Report::new(&snapshot(series), &Config::default()).to_markdown()
    };
    assert!(!idle(8).contains("more"));
    let nine = idle(9);
    assert!(
        nine.contains("rank-7 10 % (threshold 50 %) · and 1 more"),
        "{nine}"
    );
}
