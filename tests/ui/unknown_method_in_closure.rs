#[aimlm::track_inference(model = "m", tokens_out = |out| out.tokens())]
fn f() -> Vec<u8> { vec![] }

fn main() {}
