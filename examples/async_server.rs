//! Async functions: waiting is part of a request's time, and a request given up counts as cancelled.
//!
//! aimlm works with any runtime and needs none; the one here polls its tasks in a loop.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use aimlm::{Metrics, track_inference, track_operation};

#[derive(Debug)]
enum Refusal {
    PromptTooLong,
}

struct Server {
    model: &'static str,
}

impl Server {
    /// The model is known at run time; `Err` is an error, counted by its kind.
    #[track_inference(model = self.model, tokens_in = prompt.len(), tokens_out = |answer| answer.len(),
                      error_kind = |error| format!("{error:?}"))]
    async fn generate(&self, prompt: String) -> Result<String, Refusal> {
        if prompt.len() > 40 {
            return Err(Refusal::PromptTooLong);
        }
        fetch_context(&prompt).await;
        sleep(Duration::from_millis(prompt.len() as u64)).await;
        Ok(prompt.to_uppercase())
    }
}

#[track_operation(items = 1)]
async fn fetch_context(_prompt: &str) {
    sleep(Duration::from_millis(3)).await;
}

fn main() {
    let server = Server { model: "shouter-7b" };
    let mut tasks: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> = Vec::new();
    for n in 1..=50 {
        let request = server.generate("a".repeat(n));
        tasks.push(Box::pin(async move { drop(request.await) }));
    }
    let waiting = run(tasks, Instant::now() + Duration::from_millis(36));
    println!("{waiting} requests were given up\n");
    println!("{}", Metrics::global().report().to_text());
}

/// Polls every task until all are done or the time is up; returns how many were not done.
fn run(mut tasks: Vec<Pin<Box<dyn Future<Output = ()> + '_>>>, deadline: Instant) -> usize {
    let mut context = Context::from_waker(Waker::noop());
    while !tasks.is_empty() && Instant::now() < deadline {
        tasks.retain_mut(|task| task.as_mut().poll(&mut context).is_pending());
    }
    tasks.len()
}

async fn sleep(duration: Duration) {
    let end = Instant::now() + duration;
    poll_fn(|_| {
        if Instant::now() < end {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}
