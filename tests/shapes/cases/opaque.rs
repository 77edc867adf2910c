//! `impl Trait` where a function returns.

use super::shape;
use crate::scene::*;

cases! {
    display iterator iterator_bounds precise_capture closure closure_inferred higher_ranked future_send future_unpin
    future_inferred afit rpitit nested_impl fn_mut clone_iterator stream_like debug_and_send tuple_of_impls
    boxed_impl iterator_inferred option_impl iterator_of_impl
}

pub mod display {
    use super::*;
    #[shape]
    fn f(x: u8) -> impl std::fmt::Display + Clone {
        if x > 1 {
            return x * 2;
        }
        x
    }
    pub fn run() -> String {
        format!("{}{}", f(1).clone(), f(2))
    }
}

pub mod iterator {
    use super::*;
    #[shape]
    fn f<'a>(x: &'a [u8], k: &'a u8) -> impl Iterator<Item = u8> + 'a {
        x.iter().map(move |x| x + k)
    }
    pub fn run() -> String {
        format!("{:?}", f(&[1, 2], &1).collect::<Vec<_>>())
    }
}

pub mod iterator_bounds {
    use super::*;
    #[shape]
    fn f(
        x: &[u8],
    ) -> impl DoubleEndedIterator<Item = &u8> + ExactSizeIterator + std::iter::FusedIterator + Send {
        x.iter()
    }
    pub fn run() -> String {
        let x = [1, 2, 3];
        let i = is_send(f(&x));
        format!("{}{:?}{:?}", i.len(), i.size_hint(), i.rev().collect::<Vec<_>>())
    }
}

pub mod precise_capture {
    use super::*;
    #[shape]
    fn f<'a, 'b, T: Copy>(x: &'a [T], _y: &'b str) -> impl Iterator<Item = T> + use<'a, T> {
        x.iter().copied()
    }
    pub fn run() -> String {
        let x = [1];
        let i = {
            let y = String::new();
            f(&x, &y)
        };
        format!("{:?}", i.collect::<Vec<u8>>())
    }
}

pub mod closure {
    use super::*;
    #[shape]
    fn f(k: u8) -> impl Fn(u8) -> u8 {
        move |x: u8| x + k
    }
    pub fn run() -> String {
        f(1)(2).to_string()
    }
}

pub mod closure_inferred {
    use super::*;
    #[shape]
    fn f(k: usize) -> impl Fn(&str) -> usize {
        if k == 0 {
            say("zero");
        }
        move |text| text.len() + k
    }
    pub fn run() -> String {
        f(0)("a").to_string() + &said()
    }
}

pub mod higher_ranked {
    use super::*;
    #[shape]
    fn f() -> impl for<'a> Fn(&'a [u8]) -> Option<&'a u8> + Send + Sync {
        |x| x.first()
    }
    pub fn run() -> String {
        format!("{:?}", is_sync(f())(&[1]))
    }
}

pub mod future_send {
    use super::*;
    use std::future::Future;
    #[shape]
    fn f(x: &str) -> impl Future<Output = usize> + Send + '_ {
        let n = x.len();
        async move {
            wait().await;
            n + x.len()
        }
    }
    pub fn run() -> String {
        block_on(is_send(f("a"))).to_string()
    }
}

pub mod future_unpin {
    use super::*;
    use std::future::Future;
    #[shape]
    fn f(x: u8) -> impl Future<Output = u8> {
        std::future::ready(x)
    }
    pub fn run() -> String {
        block_on(is_unpin(f(1))).to_string()
    }
}

pub mod future_inferred {
    use super::*;
    use std::future::Future;
    #[shape]
    fn f(x: &'static str) -> impl Future<Output = Result<u8, Box<dyn std::error::Error>>> {
        async move {
            wait().await;
            let n = x.parse::<u8>()?;
            Ok(n)
        }
    }
    #[shape]
    fn g() -> impl Future<Output = Vec<u8>> {
        async { Default::default() }
    }
    pub fn run() -> String {
        format!(
            "{:?}{:?}{:?}",
            block_on(f("1")).ok(),
            block_on(f("x")).is_err(),
            block_on(g())
        )
    }
}

pub mod afit {
    use super::*;
    trait T {
        async fn f(&mut self) -> Vec<u8>;
    }
    struct S(u8);
    impl T for S {
        #[shape]
        async fn f(&mut self) -> Vec<u8> {
            wait().await;
            self.0 += 1;
            vec![self.0]
        }
    }
    pub fn run() -> String {
        format!("{:?}", block_on(S(1).f()))
    }
}

pub mod rpitit {
    use super::*;
    use std::future::Future;
    trait T {
        fn f(&self) -> impl Future<Output = u8> + Send;
        fn g(&self) -> impl Iterator<Item = u8>;
        #[shape]
        fn h(&self) -> impl std::fmt::Display {
            "default"
        }
    }
    struct S;
    impl T for S {
        #[shape]
        fn f(&self) -> impl Future<Output = u8> + Send {
            async {
                wait().await;
                1
            }
        }
        #[shape]
        fn g(&self) -> impl Iterator<Item = u8> {
            [1, 2].into_iter()
        }
    }
    pub fn run() -> String {
        format!(
            "{}{:?}{}",
            block_on(is_send(S.f())),
            S.g().collect::<Vec<_>>(),
            S.h()
        )
    }
}

pub mod nested_impl {
    use super::*;
    #[shape]
    fn f(x: bool) -> Result<Vec<impl std::fmt::Display>, Box<dyn std::error::Error>> {
        if x {
            return Err("no".into());
        }
        Ok(vec![1, 2])
    }
    pub fn run() -> String {
        format!("{}{}", f(true).err().unwrap(), f(false).unwrap()[1])
    }
}

pub mod fn_mut {
    use super::*;
    #[shape]
    fn f() -> impl FnMut() -> u8 {
        let mut n = 0;
        move || {
            n += 1;
            n
        }
    }
    pub fn run() -> String {
        let mut g = f();
        g();
        g().to_string()
    }
}

pub mod clone_iterator {
    use super::*;
    #[shape]
    fn f() -> impl Iterator<Item = u8> + Clone {
        0..3
    }
    pub fn run() -> String {
        let i = f();
        format!("{:?}{:?}", i.clone().last(), i.count())
    }
}

pub mod stream_like {
    use super::*;
    use futures_core::Stream;
    use std::pin::{pin, Pin};
    use std::task::{Context, Poll, Waker};
    struct Count(u8);
    impl Stream for Count {
        type Item = u8;
        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u8>> {
            self.0 -= 1;
            Poll::Ready((self.0 > 0).then_some(self.0))
        }
    }
    #[shape]
    fn f(n: u8) -> impl Stream<Item = u8> + Unpin + Send {
        Count(n)
    }
    #[shape]
    async fn g(n: u8) -> Result<impl Stream<Item = u8>, String> {
        wait().await;
        if n == 0 {
            return Err("none".into());
        }
        Ok(Count(n))
    }
    fn all(stream: impl Stream<Item = u8>) -> Vec<u8> {
        let mut stream = pin!(stream);
        let mut all = vec![];
        while let Poll::Ready(Some(x)) = stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop())) {
            all.push(x);
        }
        all
    }
    pub fn run() -> String {
        let (ok, err) = (block_on(g(3)), block_on(g(0)));
        format!(
            "{:?}{:?}{:?}",
            all(is_send(is_unpin(f(4)))),
            all(ok.unwrap()),
            err.err()
        )
    }
}

pub mod debug_and_send {
    use super::*;
    #[shape]
    fn f<T: std::fmt::Debug + Send>(x: T) -> impl std::fmt::Debug + Send {
        [Some(x), None]
    }
    pub fn run() -> String {
        format!("{:?}", is_send(f(1)))
    }
}

pub mod tuple_of_impls {
    use super::*;
    use std::future::Future;
    #[shape]
    fn f(x: u8) -> (impl Future<Output = u8>, impl Fn(u8) -> u8, Option<u8>) {
        (async move { x }, |x: u8| x, None)
    }
    pub fn run() -> String {
        let (a, b, c) = f(1);
        format!("{}{}{c:?}", block_on(a), b(2))
    }
}

pub mod boxed_impl {
    use super::*;
    #[shape]
    fn f(x: u8) -> Box<impl Fn() -> u8> {
        Box::new(move || x)
    }
    pub fn run() -> String {
        f(1)().to_string()
    }
}

pub mod iterator_inferred {
    use super::*;
    #[shape]
    fn f(x: Vec<&str>) -> impl Iterator<Item = u64> + '_ {
        x.into_iter().map(|x| x.parse().unwrap_or_default())
    }
    pub fn run() -> String {
        format!("{:?}", f(vec!["1", "x"]).collect::<Vec<_>>())
    }
}

pub mod option_impl {
    use super::*;
    #[shape]
    fn f(x: bool) -> Option<impl Iterator<Item = u8>> {
        x.then(|| 0..2)
    }
    pub fn run() -> String {
        format!(
            "{:?}{}",
            f(true).map(|x| x.collect::<Vec<_>>()),
            f(false).is_none()
        )
    }
}

pub mod iterator_of_impl {
    use super::*;
    #[shape]
    fn f() -> impl Iterator<Item = impl std::fmt::Display> {
        (0..2).map(|x| x.to_string())
    }
    pub fn run() -> String {
        f().map(|x| format!("{x}")).collect()
    }
}
