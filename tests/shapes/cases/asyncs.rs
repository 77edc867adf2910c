//! Async functions.

use super::shape;
use crate::scene::*;

cases! {
    ready waits fallible never_ends async_unsafe self_borrow send_future generic recursion_boxed references
    two_lifetimes trait_async trait_default trait_send coerce_option coerce_boxed_closure returns_impl
    never_never closure_inside inner_async early_return select_like large mutable destructured by_value_self
    question_mark macro_hides_await inner_attributes nested_await dyn_future_argument block_in_value static_bound
    not_polled result_alias raw_identifier unit_explicit conditional
}

pub mod ready {
    use super::*;
    #[shape]
    async fn f(x: u8) -> u8 {
        x
    }
    pub fn run() -> String {
        block_on(f(1)).to_string()
    }
}

pub mod waits {
    use super::*;
    #[shape]
    async fn f(x: &str) -> &str {
        wait().await;
        x
    }
    pub fn run() -> String {
        block_on(f("a")).into()
    }
}

pub mod fallible {
    use super::*;
    #[shape]
    async fn f(x: &str) -> Result<u8, std::num::ParseIntError> {
        wait().await;
        let n: u8 = x.parse()?;
        Ok(n)
    }
    pub fn run() -> String {
        format!("{:?}{:?}", block_on(f("1")), block_on(f("x")))
    }
}

pub mod never_ends {
    use super::*;
    #[shape]
    async fn f(n: &mut u8) -> ! {
        loop {
            wait().await;
            *n += 1;
        }
    }
    #[shape]
    async fn g() -> ! {
        wait().await;
        panic!("end");
    }
    pub fn run() -> String {
        let mut n = 0;
        poll_and_drop(
            async {
                f(&mut n).await;
            },
            4,
        );
        n.to_string() + &caught(|| -> u8 { block_on(async { g().await }) })
    }
}

pub mod never_never {
    use super::*;
    #[shape]
    async fn f(x: u8) -> ! {
        panic!("at once {}", {
            let _ = x;
            ""
        })
    }
    pub fn run() -> String {
        caught(|| -> u8 { block_on(async { f(1).await }) })
    }
}

pub mod async_unsafe {
    use super::*;
    #[shape]
    async unsafe fn f(x: *const u8) -> u8 {
        wait().await;
        unsafe { *x }
    }
    pub fn run() -> String {
        block_on(unsafe { f(&1) }).to_string()
    }
}

pub mod self_borrow {
    use super::*;
    struct S(Vec<u8>);
    impl S {
        #[shape]
        async fn f(&mut self, x: u8) -> &u8 {
            wait().await;
            self.0.push(x);
            &self.0[0]
        }
    }
    pub fn run() -> String {
        block_on(S(vec![]).f(1)).to_string()
    }
}

pub mod send_future {
    use super::*;
    #[shape]
    async fn f(x: String, y: std::cell::Cell<u8>) -> usize {
        let n = y.get() as usize;
        wait().await;
        x.len() + n
    }
    #[shape]
    async fn g(x: &mut String) {
        wait().await;
        x.push('!');
    }
    pub fn run() -> String {
        let mut s = "a".to_owned();
        block_on(is_send(g(&mut s)));
        block_on(is_send(f(s, 1.into()))).to_string()
    }
}

pub mod generic {
    use super::*;
    #[shape]
    async fn f<T: Default, const N: usize>(x: impl Into<T>) -> (T, [u8; N]) {
        wait().await;
        (x.into(), [0; N])
    }
    pub fn run() -> String {
        block_on(async {
            let (x, y): (String, [u8; 2]) = f("a").await;
            format!("{x}{y:?}")
        })
    }
}

pub mod recursion_boxed {
    use super::*;
    #[shape]
    async fn f(n: u8) -> u8 {
        if n == 0 {
            return 0;
        }
        wait().await;
        Box::pin(f(n - 1)).await + 1
    }
    pub fn run() -> String {
        block_on(f(5)).to_string()
    }
}

pub mod references {
    use super::*;
    #[shape]
    async fn f(v: &mut Vec<u8>) -> &mut u8 {
        wait().await;
        v.push(1);
        &mut v[0]
    }
    pub fn run() -> String {
        let mut v = vec![];
        *block_on(f(&mut v)) += 1;
        format!("{v:?}")
    }
}

pub mod two_lifetimes {
    use super::*;
    #[shape]
    async fn f<'a>(x: &'a str, y: &str) -> &'a str {
        wait().await;
        &x[y.len()..]
    }
    pub fn run() -> String {
        block_on(f("abc", "a")).into()
    }
}

pub mod trait_async {
    use super::*;
    trait T {
        async fn f(&self, x: &str) -> usize;
    }
    impl T for u8 {
        #[shape]
        async fn f(&self, x: &str) -> usize {
            wait().await;
            x.len() + usize::from(*self)
        }
    }
    pub fn run() -> String {
        block_on(1.f("a")).to_string()
    }
}

pub mod trait_default {
    use super::*;
    trait T {
        fn name(&self) -> String;
        #[shape(name = self.name())]
        async fn f(&self) -> String {
            wait().await;
            self.name()
        }
        #[shape(name = self.name())]
        fn g(&mut self) -> String {
            self.name()
        }
    }
    impl T for u8 {
        fn name(&self) -> String {
            self.to_string()
        }
    }
    pub fn run() -> String {
        block_on(1.f()) + &2.g()
    }
}

pub mod trait_send {
    use super::*;
    use std::future::Future;
    trait T {
        fn f(&self, x: u8) -> impl Future<Output = u8> + Send;
    }
    struct S;
    impl T for S {
        #[shape]
        async fn f(&self, x: u8) -> u8 {
            wait().await;
            x
        }
    }
    pub fn run() -> String {
        block_on(is_send(S.f(1))).to_string()
    }
}

pub mod coerce_option {
    use super::*;
    #[shape]
    async fn f(v: &Vec<u8>) -> Option<&[u8]> {
        wait().await;
        if v.is_empty() {
            return None;
        }
        Some(v)
    }
    pub fn run() -> String {
        format!("{:?}{:?}", block_on(f(&vec![])), block_on(f(&vec![1])))
    }
}

pub mod coerce_boxed_closure {
    use super::*;
    #[shape]
    async fn f(x: u8) -> Result<Box<dyn Fn(u8) -> u8 + Send>, String> {
        wait().await;
        if x == 0 {
            return Ok(Box::new(|x| x));
        }
        Ok(Box::new(move |y| x + y))
    }
    pub fn run() -> String {
        format!("{}{}", block_on(f(0)).unwrap()(2), block_on(f(1)).unwrap()(2))
    }
}

pub mod returns_impl {
    use super::*;
    #[shape]
    async fn f(x: u8) -> impl std::fmt::Display {
        wait().await;
        x
    }
    #[shape]
    async fn g(x: u8) -> Result<impl std::fmt::Display, String> {
        wait().await;
        if x > 1 {
            return Err("big".into());
        }
        Ok(x)
    }
    pub fn run() -> String {
        block_on(async { format!("{}{}{:?}", f(1).await, g(1).await.unwrap(), g(2).await.err()) })
    }
}

pub mod closure_inside {
    use super::*;
    #[shape]
    async fn f(x: Vec<u8>) -> Vec<u8> {
        let add = async |n: u8| {
            wait().await;
            n + 1
        };
        let mut out = vec![];
        for n in x {
            out.push(add(n).await);
        }
        out
    }
    pub fn run() -> String {
        format!("{:?}", block_on(f(vec![1, 2])))
    }
}

pub mod inner_async {
    use super::*;
    #[shape]
    async fn f(x: &str) -> usize {
        let inner = async {
            if x.is_empty() {
                return 0;
            }
            wait().await;
            x.len()
        };
        inner.await
    }
    pub fn run() -> String {
        format!("{}{}", block_on(f("")), block_on(f("a")))
    }
}

pub mod early_return {
    use super::*;
    #[shape]
    async fn f(x: u8) -> &'static str {
        if x == 0 {
            return "zero";
        }
        wait().await;
        if x == 1 {
            return "one";
        }
        "more"
    }
    pub fn run() -> String {
        (0..3).map(|x| block_on(f(x))).collect()
    }
}

pub mod select_like {
    use super::*;
    use std::future::Future;
    use std::pin::pin;
    use std::task::Poll;
    #[shape]
    async fn f(x: Loud) -> u8 {
        let mut a = pin!(wait());
        let mut b = pin!(async { 1 });
        let r = std::future::poll_fn(|cx| {
            if a.as_mut().poll(cx).is_ready() {
                return Poll::Ready(0);
            }
            b.as_mut().poll(cx)
        })
        .await;
        say(x.0);
        r
    }
    pub fn run() -> String {
        block_on(f(Loud("x"))).to_string() + &said()
    }
}

pub mod large {
    use super::*;
    #[shape]
    async fn f(x: [u64; 128]) -> u64 {
        let y = [1; 64];
        wait().await;
        x.iter().chain(&y).sum()
    }
    pub fn run() -> String {
        block_on(f([1; 128])).to_string()
    }
}

pub mod mutable {
    use super::*;
    #[shape]
    async fn f(mut x: String, mut n: u8) -> String {
        while n > 0 {
            wait().await;
            x.push('.');
            n -= 1;
        }
        x
    }
    pub fn run() -> String {
        block_on(f("a".into(), 2))
    }
}

pub mod destructured {
    use super::*;
    #[shape]
    async fn f((a, mut b): (u8, String), [c, _]: [u8; 2]) -> String {
        b.push('x');
        wait().await;
        format!("{a}{b}{c}")
    }
    pub fn run() -> String {
        block_on(f((1, "b".into()), [2, 3]))
    }
}

pub mod by_value_self {
    use super::*;
    struct S(Loud);
    impl S {
        #[shape]
        async fn f(mut self) -> Self {
            wait().await;
            self.0 .0 = "changed";
            self
        }
    }
    pub fn run() -> String {
        drop(block_on(S(Loud("self")).f()));
        said()
    }
}

pub mod question_mark {
    use super::*;
    #[shape]
    async fn f(x: &str) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
        let n = async { x.parse::<u8>() }.await?;
        if n > 9 {
            Err(format!("{n}"))?;
        }
        Ok(n)
    }
    pub fn run() -> String {
        format!(
            "{:?}{:?}{:?}",
            block_on(f("1")).ok(),
            block_on(f("10")).is_err(),
            block_on(f("x")).is_err()
        )
    }
}

pub mod macro_hides_await {
    use super::*;
    macro_rules! go {
        ($x:expr) => {
            $x.await
        };
    }
    #[shape]
    async fn f() -> u8 {
        go!(wait());
        1
    }
    pub fn run() -> String {
        block_on(f()).to_string()
    }
}

pub mod inner_attributes {
    use super::*;
    #[shape]
    async fn f(x: u8) -> u8 {
        //! Inner.
        #![allow(unused_variables)]
        wait().await;
        1
    }
    pub fn run() -> String {
        block_on(f(1)).to_string()
    }
}

pub mod nested_await {
    use super::*;
    #[shape]
    async fn f(x: u8) -> u8 {
        g(g(x).await).await
    }
    #[shape]
    async fn g(x: u8) -> u8 {
        wait().await;
        x + 1
    }
    pub fn run() -> String {
        block_on(f(1)).to_string()
    }
}

pub mod dyn_future_argument {
    use super::*;
    use std::future::Future;
    use std::pin::Pin;
    #[shape]
    async fn f(x: Pin<Box<dyn Future<Output = u8> + Send>>, y: impl Future<Output = u8>) -> u8 {
        x.await + y.await
    }
    pub fn run() -> String {
        block_on(f(Box::pin(async { 1 }), async { 2 })).to_string()
    }
}

pub mod block_in_value {
    use super::*;
    #[shape(items = { let n = x.len(); n * 2 }, name = format!("{}-{x}", 1))]
    async fn f(x: String) -> String {
        wait().await;
        x
    }
    pub fn run() -> String {
        block_on(f("a".into()))
    }
}

pub mod static_bound {
    use super::*;
    fn spawn<F: std::future::Future<Output = u8> + Send + 'static>(f: F) -> u8 {
        std::thread::spawn(|| block_on(f)).join().unwrap()
    }
    #[shape]
    async fn f(x: std::sync::Arc<u8>) -> u8 {
        wait().await;
        *x
    }
    pub fn run() -> String {
        spawn(f(1.into())).to_string()
    }
}

pub mod not_polled {
    use super::*;
    #[shape]
    async fn f(_x: Loud) {
        say("ran");
    }
    pub fn run() -> String {
        let x = f(Loud("x"));
        say("made");
        drop(x);
        said()
    }
}

pub mod result_alias {
    use super::*;
    type Answer<T> = Result<T, String>;
    #[shape]
    async fn f(x: u8) -> Answer<u8> {
        wait().await;
        x.checked_add(250).ok_or_else(|| "overflow".into())
    }
    pub fn run() -> String {
        format!("{:?}{:?}", block_on(f(1)), block_on(f(9)))
    }
}

pub mod raw_identifier {
    use super::*;
    #[shape]
    async fn r#match(r#type: &str, r#struct: String) -> String {
        wait().await;
        format!("{}{}", r#type, r#struct)
    }
    pub fn run() -> String {
        block_on(r#match("a", "b".into()))
    }
}

pub mod unit_explicit {
    use super::*;
    #[shape]
    async fn f(x: bool) -> () {
        if x {
            return;
        }
        wait().await
    }
    pub fn run() -> String {
        format!("{:?}{:?}", block_on(f(true)), block_on(f(false)))
    }
}

/// A statement that is not compiled is still not there.
pub mod conditional {
    use super::*;
    #[shape]
    async fn f(x: u8) -> u8 {
        wait().await;
        #[cfg(any())]
        return 1;
        #[cfg(any())]
        {
            wait().await;
            return 2;
        }
        #[cfg(not(any()))]
        if x > 3 {
            return 3;
        }
        if x == 2 {
            return 'found: loop {
                wait().await;
                break 'found 4;
            };
        }
        #[allow(clippy::needless_return)]
        return x;
    }
    #[shape]
    #[track_caller]
    fn g(x: u8) -> u8 {
        #[cfg(any())]
        return 1;
        x
    }
    pub fn run() -> String {
        format!("{}{}{}{}", block_on(f(1)), block_on(f(2)), block_on(f(9)), g(5))
    }
}
