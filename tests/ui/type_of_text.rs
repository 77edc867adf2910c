struct Model;

#[aimlm::track_inference(model = model)]
fn f(model: &Model) {
    let _ = model;
}

fn main() {}
