use proptest::prelude::*;

use super::{pair, refused};
use crate::Config;

fn message(text: &str) -> String {
    refused(Config::from_json_str(text))
}

#[test]
fn the_section_is_nested_or_one_key() {
    let nested = r#"{"x": [1, {"ai_ml": 3}], "ai_ml": {"y": null, "metrics": {"history_size": 7}}}"#;
    let flat = r#"{"enabled": "by another", "ai_ml.metrics": {"history_size": 7, "thresholds": {
        "model_load_seconds": {"medium": 6, "high": 1.2e1}}, "analysis_percentiles": [99, 50]}}"#;
    assert_eq!(Config::from_json_str(nested).expect("valid").history_size, 7);
    let flat = Config::from_json_str(flat).expect("valid");
    assert_eq!(flat.history_size, 7);
    assert_eq!(pair(&flat.thresholds, "model_load_seconds"), (6.0, 12.0));
    assert_eq!(flat.analysis_percentiles, [50.0, 99.0]);
    for text in [
        "{}",
        r#"{"server": {"enabled": 5}}"#,
        r#"{"ai_ml": {}}"#,
        r#"{"ai_ml.metrics": {}}"#,
    ] {
        assert_eq!(Config::from_json_str(text).expect(text), Config::default());
    }
}

#[test]
fn positions_are_those_of_the_offending_value_or_key() {
    let text = "{\n  \"note\": \"\\\"ai_ml\\\": {\\\"metrics\\\": {\\\"history_size\\\": -9}}\",\n  \"ai_ml\": {\n    \
                \"metrics\": {\n      \"é\\u0022}\": \"{\", \"history_size\": -1,\n      \"enabeld\": null,\n      \
                \"analysis_percentiles\": [50,\n        [1], 5],\n      \"thresholds\": {\n        \
                \"dataset_load_seconds\": { \"medium\" :  0e5, \"high\": \"9\" }\n      }\n    }\n  }\n}\n";
    assert_eq!(
        message(text),
        "6 errors\n\
         JSON:5:7: unknown key `é\\\"}`, which is \"{\"; allowed here: {settings}\n\
         JSON:5:40: `history_size` is -1; allowed: a whole number from 0 to 1000000\n\
         JSON:6:7: unknown key `enabeld`, which is null; did you mean `enabled`, true or false?\n\
         JSON:8:9: `analysis_percentiles[1]` is a list; \
         allowed: a list of at least one number, each over 0 and under 100\n\
         JSON:10:47: `thresholds.dataset_load_seconds.medium` is 0e5; allowed: a finite number over 0\n\
         JSON:10:60: `thresholds.dataset_load_seconds.high` is \"9\"; allowed: a finite number over 0"
    );
}

#[test]
fn wrong_types_and_places() {
    let cases = [
        (
            r#"{"ai_ml.metrics": null}"#,
            "JSON:1:19: `ai_ml.metrics` is null; allowed: a table of {settings}",
        ),
        (
            r#"{"ai_ml": [1]}"#,
            "JSON:1:11: `ai_ml` is a list; allowed: a table of `metrics`",
        ),
        (
            "[1]",
            "JSON:1:1: the file is a list; allowed: a table with the key `ai_ml.metrics`",
        ),
        (
            " true",
            "JSON:1:2: the file is true; allowed: a table with the key `ai_ml.metrics`",
        ),
        (
            r#"{"max_series": 5}"#,
            "JSON:1:2: `max_series` stands outside of `ai_ml.metrics`; write it in `\"ai_ml\": {\"metrics\": {…}}`",
        ),
        (
            r#"{"ai_ml.metrics": {"history_size": {"a": 1}}}"#,
            "JSON:1:20: `history_size` is a table; allowed: a whole number from 0 to 1000000",
        ),
        (
            r#"{"ai_ml.metrics": {"history_size": 1e3}}"#,
            "JSON:1:36: `history_size` is 1e3; allowed: a whole number from 0 to 1000000",
        ),
    ];
    for (written, expected) in cases {
        assert_eq!(message(written), expected, "{written}");
    }
    let long = format!(r#"{{"ai_ml.metrics": {{"enabled": "{}"}}}}"#, "é".repeat(100));
    let expected = format!(
        "JSON:1:31: `enabled` is \"{}…\"; allowed: true or false",
        "é".repeat(60)
    );
    assert_eq!(message(&long), expected);
}

#[test]
fn duplicate_keys() {
    let cases = [
        (
            "{\"ai_ml.metrics\": {\"enabled\": true,\n \"enabled\": true}}",
            "JSON:2:2: duplicate key `enabled`, first at 1:20",
        ),
        (
            "{\"ai_ml.metrics\": {\"thresholds\": {},\n \"thresholds\": {}}}",
            "JSON:2:2: duplicate key `thresholds`, first at 1:20",
        ),
        (
            "{\"ai_ml.metrics\": {\"thresholds\": {\"worker_utilization\": 1},\n \"thresholds.worker_utilization\": 1}}",
            "JSON:2:2: duplicate key `thresholds.worker_utilization`, first at 1:35",
        ),
        (
            "{\"ai_ml.metrics\": {},\n\"ai_ml\": {\"metrics\": {}}}",
            "JSON:2:11: duplicate key `ai_ml.metrics`, first at 1:2",
        ),
        (
            "{\"ai_ml\": {\"metrics\": {}},\n\"ai_ml\": {\"metrics\": {}}}",
            "JSON:2:1: duplicate key `ai_ml`, first at 1:2",
        ),
    ];
    for (written, expected) in cases {
        assert_eq!(message(written), expected, "{written}");
    }
}

#[test]
fn duplicate_keys_at_any_depth_and_of_anybody() {
    let cases = [
        (
            r#"{"ai_ml": {"metrics": {}}, "ai_ml": {}}"#,
            "JSON:1:28: duplicate key `ai_ml`, first at 1:2",
        ),
        (
            "{\"ai_ml\": {\"y\": 1,\n\"metrics\": {}, \"y\": 1}}",
            "JSON:2:16: duplicate key `y`, first at 1:12",
        ),
        (
            r#"{"server": [{"a": {"b": 1, "\u0062": 2}}], "ai_ml.metrics": {}}"#,
            "JSON:1:28: duplicate key `b`, first at 1:20",
        ),
    ];
    for (written, expected) in cases {
        assert_eq!(message(written), expected, "{written}");
    }
}

#[test]
fn syntax() {
    let cases = [
        ("", "JSON:1:1: not valid JSON: EOF while parsing a value"),
        ("{\n  \"a\": 1,\n}", "JSON:3:1: not valid JSON: trailing comma"),
        ("{\"é\": tru}", "JSON:1:10: not valid JSON: expected ident"),
        ("{} x", "JSON:1:4: not valid JSON: trailing characters"),
    ];
    for (written, expected) in cases {
        assert_eq!(message(written), expected, "{written}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(
        message(&deep),
        "JSON:1:101: it nests deeper than 100 levels, which is as deep as it is read"
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>(), bracketed in "[\\[\\]{}\",:\\\\truefalsn0-9.e\n é-]{0,60}") {
        let _ = Config::from_json_str(&text);
        let _ = Config::from_json_str(&bracketed);
        let _ = Config::from_json_str(&format!(r#"{{"ai_ml.metrics": {bracketed}}}"#));
        let quoted = serde_json::to_string(&text).expect("serialises");
        let _ = Config::from_json_str(&format!(r#"{{"ai_ml.metrics": {{{quoted}: {quoted}}}}}"#));
    }
}
