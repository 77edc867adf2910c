//! Files of schema 1, in which times were seconds.

use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// Makes a file of schema 1 one of schema 2.
pub(crate) fn upgraded(mut file: Value) -> Value {
    if let Value::Object(snapshot) = &mut file {
        snapshot.insert("schema_version".into(), 2.into());
        in_nanoseconds(snapshot, "taken_at", "taken_at_ns");
        in_nanoseconds(snapshot, "window_seconds", "window_ns");
        if let Some(program) = snapshot.remove("program") {
            snapshot.insert("sources".into(), Value::Array(vec![source(program, snapshot)]));
        }
        each(snapshot.get_mut("series"), series);
        if let Some(Value::Object(engine)) = snapshot.get_mut("engine") {
            in_nanoseconds(engine, "collector_busy_seconds", "collector_busy_ns");
        }
    }
    file
}

fn source(mut program: Value, snapshot: &Object) -> Value {
    if let Value::Object(program) = &mut program {
        if let Some(name) = program.remove("name") {
            program.insert("program".into(), name);
        }
        for time in ["taken_at_ns", "window_ns"] {
            program.extend(snapshot.get(time).map(|at| (time.to_owned(), at.clone())));
        }
    }
    program
}

fn series(series: &mut Object) {
    in_nanoseconds(series, "first_start", "first_start_ns");
    in_nanoseconds(series, "last_end", "last_end_ns");
    for fields in ["fields", "failed_fields"] {
        if let Some(Value::Object(fields)) = series.get_mut(fields) {
            for numbers in fields.values_mut() {
                each(numbers.get_mut("curve"), |point| {
                    in_nanoseconds(point, "at", "at_ns");
                });
            }
        }
    }
    if let Some(Value::Object(memory)) = series.get_mut("memory")
        && let Some(Value::Array(times)) = memory.remove("recent_at")
    {
        let times = times
            .iter()
            .map(|seconds| nanoseconds(seconds).unwrap_or(Value::from(0)));
        memory.insert("recent_at_ns".into(), times.collect());
    }
    if let Some(history) = series.get_mut("history") {
        each(history.get_mut("calls"), |call| {
            in_nanoseconds(call, "start", "start_ns");
        });
    }
}

fn each(list: Option<&mut Value>, change: impl Fn(&mut Object)) {
    if let Some(Value::Array(list)) = list {
        list.iter_mut().filter_map(Value::as_object_mut).for_each(change);
    }
}

/// Where it was not known it is left out.
fn in_nanoseconds(object: &mut Object, seconds: &str, name: &str) {
    if let Some(time) = object.remove(seconds) {
        object.extend(nanoseconds(&time).map(|ns| (name.to_owned(), ns)));
    }
}

fn nanoseconds(seconds: &Value) -> Option<Value> {
    // As far as an integer goes: what was written as text or not at all is left to whoever reads it.
    seconds
        .as_f64()
        .map(|seconds| ((seconds * 1e9).round() as i64).into())
}
