#[aimlm::track_dataset_load(format = "csv")]
fn f() {}

fn main() {}
