#[aimlm::track_inference(model = "m", queue_time = 0.5)]
fn seconds() {}

#[aimlm::track_inference(model = "m", queue_time)]
fn no_value() {}

#[aimlm::track_operation(numbers(queue_time = 5))]
fn of_another_stage() {}

fn main() {}
