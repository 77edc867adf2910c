//! What the cases share.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

macro_rules! cases {
    ($($name:ident)*) => {
        pub const CASES: &[(&str, fn() -> String)] = &[$((stringify!($name), $name::run)),*];
    };
}

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Writes down that something happened.
pub fn say(what: impl ToString) {
    LOG.with_borrow_mut(|log| log.push(what.to_string()));
}

/// What was written down since the last time.
pub fn said() -> String {
    LOG.with_borrow_mut(std::mem::take).join(" ")
}

/// Says when it is dropped.
#[derive(Debug)]
pub struct Loud(pub &'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        say(self.0);
    }
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// Polls a future so many times, then drops it.
pub fn poll_and_drop<F: Future>(future: F, polls: usize) {
    let mut future = pin!(future);
    for _ in 0..polls {
        let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
}

pub async fn wait() {
    let mut waited = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut waited, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

pub fn is_send<T: Send>(value: T) -> T {
    value
}

pub fn is_sync<T: Sync>(value: T) -> T {
    value
}

pub fn is_unpin<T: Unpin>(value: T) -> T {
    value
}

/// The message of a panic, or what was returned.
pub fn caught<R: std::fmt::Debug>(body: impl FnOnce() -> R) -> String {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
    std::panic::set_hook(hook);
    match caught {
        Ok(value) => format!("{value:?}"),
        Err(panic) => panic
            .downcast_ref::<&str>()
            .map_or_else(|| "panic".to_owned(), |text| format!("panic {text}")),
    }
}
