#[aimlm::track_inference(model = "m", tokens_out = |out| out)]
fn f() -> String { String::new() }

fn main() {}
