use super::{pair, pair_for, refused};
use crate::Config;

fn toml(text: &str) -> Result<Config, crate::Error> {
    Config::from_toml_str(&format!("[ai_ml.metrics.thresholds]\n{text}"))
}

#[test]
fn a_model_has_bounds_of_its_own() {
    let config = toml("models.\"llama.3 8b\".inference_latency_seconds = { high = 20 }\nmodels.x.model_load_seconds.medium = 1")
        .expect("valid");
    let thresholds = &config.thresholds;
    assert_eq!(
        pair_for(thresholds, "llama.3 8b", "inference_latency_seconds"),
        (0.1, 20.0)
    );
    assert_eq!(
        pair_for(thresholds, "x", "inference_latency_seconds"),
        pair(thresholds, "inference_latency_seconds")
    );
    assert_eq!(pair_for(thresholds, "x", "model_load_seconds"), (1.0, 10.0));
    let json = r#"{"ai_ml.metrics": {"thresholds": {"models": {"x": {"model_load_seconds": {"medium": 1}},
        "llama.3 8b": {"inference_latency_seconds": {"high": 20}}}}}}"#;
    assert_eq!(Config::from_json_str(json).expect("valid"), config);
    assert_eq!(config.clone().checked().expect("valid"), config);
}

#[test]
fn the_example_of_the_reference_is_read() {
    let reference = include_str!("../../../docs/configuration.md");
    let section = reference.split_once("## One model").expect("the section").1;
    let example = section.split_once("```toml\n").expect("an example").1;
    let config = Config::from_toml_str(example.split_once("```").expect("an end").0).expect("valid");
    assert_eq!(
        pair_for(&config.thresholds, "segmentation-xl", "inference_p95_seconds"),
        (5.0, 20.0)
    );
}

#[test]
fn what_is_wrong_with_a_model_is_said() {
    for (text, expected) in [
        (
            "models = 5",
            "TOML:2:10: `thresholds.models` is 5; allowed: a table of models by name",
        ),
        (
            "models.x = 5",
            "TOML:2:12: `thresholds.models.\"x\"` is 5; allowed: a table of bounds",
        ),
        (
            "models.x.inference_latency_seconds.high = 0",
            "TOML:2:43: `thresholds.models.\"x\".inference_latency_seconds.high` is 0; allowed: a finite number over 0",
        ),
        (
            "models.x.output_token_seconds.low = 1",
            "TOML:2:31: unknown key `thresholds.models.\\\"x\\\".output_token_seconds.low`, which is 1; allowed here: \
             `medium`, `high`",
        ),
        (
            "models.x.output_token_seconds.hihg = 1",
            "TOML:2:31: unknown key `thresholds.models.\\\"x\\\".output_token_seconds.hihg`, which is 1; did you mean \
             `high`?",
        ),
        (
            "models.x.output_tokens_second.high = 1",
            "TOML:2:10: unknown key `thresholds.models.\\\"x\\\".output_tokens_second`, which is a table; did you mean \
             `output_token_seconds`?",
        ),
        (
            "models.x.model_load_seconds.high = 1",
            "`thresholds.models.\"x\".model_load_seconds.medium` is 5, over \
             `thresholds.models.\"x\".model_load_seconds.high`, which is 1; allowed: at most as much",
        ),
    ] {
        assert_eq!(refused(toml(text)), expected);
    }
}
