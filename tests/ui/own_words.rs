#[aimlm::track_inference(model = "m", numbers = 5)]
fn a_list() {}

#[aimlm::track_inference(model = "m", numbers())]
fn an_empty_list() {}

#[aimlm::track_inference(model = "m", numbers(batch_size = 8), labels(device = "cpu"))]
fn arguments_of_its_own() {}

#[aimlm::track_inference(model = "m", numbers(depth = 1, depth = 2))]
fn twice() {}

#[aimlm::track_inference(model = "m", numbers(depth), labels(tenant = 5))]
fn no_value_and_no_text() {}

#[aimlm::track_inference(model = "m", numbers(timing = 2.0))]
fn a_word_with_a_meaning() {}

#[aimlm::track_inference(model = "m", numbers(depth = "deep"))]
fn no_number() {}

#[aimlm::track_operation(numbers(depth = waiting))]
fn no_number_by_type(waiting: &[u8]) {
    let _ = waiting;
}

#[aimlm::track_inference(
    model = "m",
    numbers(a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10, k = 11, l = 12, m = 13, n = 14, o = 15)
)]
fn too_many() {}

fn main() {}
