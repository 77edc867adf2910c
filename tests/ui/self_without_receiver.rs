#[aimlm::track_inference(model = self.name)]
fn f() {}

fn main() {}
