//! A program that draws what stands in the report, as the original's visualiser does: it fails on a mean that is null and
//! on curves of different lengths.

use serde_json::Value;

type Drawn = Result<(), String>;

fn number(of: &Value, path: &str) -> Result<f64, String> {
    of.pointer(path)
        .and_then(Value::as_f64)
        .ok_or_else(|| format!("no number at {path} of {of}"))
}

fn text<'a>(of: &'a Value, name: &str) -> Result<&'a str, String> {
    of[name].as_str().ok_or_else(|| format!("no text {name} in {of}"))
}

fn list<'a>(of: &'a Value, path: &str) -> Result<&'a Vec<Value>, String> {
    of.pointer(path)
        .and_then(Value::as_array)
        .ok_or_else(|| format!("no list at {path} of {of}"))
}

fn entries<'a>(report: &'a Value, path: &str) -> Result<Vec<&'a Value>, String> {
    let entries = report.pointer(path).and_then(Value::as_object);
    Ok(entries
        .ok_or_else(|| format!("nothing at {path}"))?
        .values()
        .collect())
}

/// Points of a line over its places, where there is one.
fn line(curve: &[Value], places: usize) -> Result<Vec<(usize, f64)>, String> {
    if curve.len() != places {
        return Err(format!("{} points over {places} places", curve.len()));
    }
    let points = curve.iter().enumerate().filter(|(_, y)| !y.is_null());
    points
        .map(|(x, y)| Ok((x, y.as_f64().ok_or("a point is no number")?)))
        .collect()
}

/// Draws everything there is.
pub(crate) fn draw(report: &Value) -> Drawn {
    number(report, "/timestamp")?;
    entries(report, "/models/models")?
        .into_iter()
        .try_for_each(table_row)?;
    entries(report, "/training/models")?
        .into_iter()
        .try_for_each(training)?;
    entries(report, "/inference/models")?
        .into_iter()
        .try_for_each(inference)?;
    entries(report, "/datasets/datasets")?
        .into_iter()
        .try_for_each(bar)?;
    for utilization in entries(report, "/distributed/average_worker_utilization")? {
        let ratio = utilization.as_f64().ok_or("a utilisation is no number")?;
        assert!((0.0..=1.0).contains(&ratio));
    }
    for advice in list(report, "/recommendations")? {
        assert!(["high", "medium"].contains(&text(advice, "severity")?));
        assert!(!text(advice, "message")?.is_empty() && !text(advice, "details")?.is_empty());
    }
    Ok(())
}

fn table_row(model: &Value) -> Drawn {
    let _ = (text(model, "model_id")?, text(model, "framework")?);
    for name in ["mean", "min", "max"] {
        let _ = format!("{:.2} s", number(model, &format!("/load_time_stats/{name}"))?);
    }
    Ok(())
}

/// Loss and accuracy over a panel of learning rates, over the same epochs.
fn training(model: &Value) -> Drawn {
    let losses = list(model, "/loss_progress/loss_curve")?;
    let drawn = line(losses, losses.len())?;
    for path in [
        "/loss_progress/accuracy_curve",
        "/learning_rates",
        "/gradient_norms",
    ] {
        line(list(model, path)?, losses.len())?;
    }
    if let (Some(first), Some(last)) = (drawn.first(), drawn.last()) {
        assert_eq!(number(model, "/loss_progress/initial")?, first.1);
        assert_eq!(number(model, "/loss_progress/final")?, last.1);
    }
    if number(model, "/num_epochs")? > 0.0 {
        number(model, "/epoch_time_stats/mean")?;
    }
    Ok(())
}

/// A histogram of single latencies, with lines at the mean and the 95th percentile.
fn inference(model: &Value) -> Drawn {
    let (mean, p95) = (
        number(model, "/latency_stats/mean")?,
        number(model, "/latency_stats/p95")?,
    );
    number(model, "/throughput_stats/mean")?;
    if let Some(latencies) = model.get("raw_latencies") {
        let latencies = latencies.as_array().ok_or("latencies are no list")?;
        let latencies: Option<Vec<f64>> = latencies.iter().map(Value::as_f64).collect();
        let latencies = latencies.filter(|all| !all.is_empty()).ok_or("no latencies")?;
        let most = latencies.iter().copied().fold(0.0, f64::max);
        let mut bins = [0; 20];
        for latency in &latencies {
            bins[((latency / most * 20.0) as usize).min(19)] += 1;
        }
        assert_eq!(bins.iter().sum::<usize>(), latencies.len());
    }
    for name in ["min", "median", "max"] {
        number(model, &format!("/latency_stats/{name}"))?;
    }
    assert!(mean > 0.0 && p95 > 0.0);
    Ok(())
}

fn bar(dataset: &Value) -> Drawn {
    let _ = (text(dataset, "dataset_id")?, text(dataset, "format")?);
    number(dataset, "/load_time_stats/mean")?;
    number(dataset, "/preprocessing_time_stats/count")?;
    Ok(())
}
