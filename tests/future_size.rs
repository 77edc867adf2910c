//! What an annotation adds to the size of a future.

use aimlm::track_inference;

async fn wait() {
    std::future::ready(()).await;
}

macro_rules! pair {
    ($plain:ident, $tracked:ident($($parameter:ident: $type:ty),*) -> $output:ty $body:block) => {
        async fn $plain($($parameter: $type),*) -> $output $body

        #[track_inference(model = "size")]
        async fn $tracked($($parameter: $type),*) -> $output $body
    };
}

pair! { tiny, tracked_tiny(x: u64) -> u64 { wait().await; x } }
pair! { ready, tracked_ready(x: [u64; 64]) -> u64 { x[0] } }
pair! { large, tracked_large(x: [u64; 64]) -> u64 { wait().await; x[0] } }
pair! { text, tracked_text(x: String, y: &str) -> usize { wait().await; x.len() + y.len() } }
async fn one(x: u64) -> u64 {
    wait().await;
    x
}

async fn two(x: u64) -> u64 {
    wait().await;
    one(x).await
}

pair! { three, tracked_three(x: u64) -> u64 { wait().await; two(x).await } }

#[track_inference(model = "size")]
async fn level_one(x: u64) -> u64 {
    wait().await;
    x
}

#[track_inference(model = "size")]
async fn level_two(x: u64) -> u64 {
    wait().await;
    level_one(x).await
}

#[track_inference(model = "size")]
async fn level_three(x: u64) -> u64 {
    wait().await;
    level_two(x).await
}

#[track_inference(model = "size", batch_size = x, tokens_in = x, tokens_out = |out| *out)]
async fn with_values(x: u64) -> u64 {
    wait().await;
    x
}

#[test]
fn a_level_adds_at_most_64_bytes() {
    let rows = [
        ("tiny", size_of_val(&tiny(1)), size_of_val(&tracked_tiny(1)), 1),
        (
            "with two values",
            size_of_val(&tiny(1)),
            size_of_val(&with_values(1)),
            1,
        ),
        (
            "ready at once",
            size_of_val(&ready([1; 64])),
            size_of_val(&tracked_ready([1; 64])),
            1,
        ),
        (
            "512 bytes over an await",
            size_of_val(&large([1; 64])),
            size_of_val(&tracked_large([1; 64])),
            1,
        ),
        (
            "text",
            size_of_val(&text(String::new(), "")),
            size_of_val(&tracked_text(String::new(), "")),
            1,
        ),
        (
            "outermost of three",
            size_of_val(&three(1)),
            size_of_val(&tracked_three(1)),
            1,
        ),
        (
            "three deep",
            size_of_val(&three(1)),
            size_of_val(&level_three(1)),
            3,
        ),
    ];
    println!("| future | plain | tracked | more for each level |");
    for (name, plain, tracked, levels) in rows {
        println!(
            "| {name} | {plain} | {tracked} | {} |",
            (tracked - plain) / levels
        );
    }
    for (name, plain, tracked, levels) in rows {
        assert!(tracked - plain <= 64 * levels, "{name}: {plain} became {tracked}");
    }
}
