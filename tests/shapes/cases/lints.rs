//! What the lints of a strict caller say: about the user's mistakes what they always say, about the macro nothing.
#![deny(warnings)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![allow(
    clippy::missing_const_for_fn,
    clippy::must_use_candidate,
    reason = "true of the functions as written"
)]
#![forbid(unsafe_code)]

use super::shape;
use crate::scene::{block_on, wait};

cases! { expected strict short items_first early }

/// Each expectation would be unfulfilled, and an error, if the macro took the warning away.
pub mod expected {
    use super::{block_on, shape, wait};

    #[expect(unused_variables)]
    #[shape]
    fn unused(x: u8) {}

    #[shape]
    #[expect(unused_variables)]
    async fn unused_async(x: u8) {
        wait().await;
    }

    #[shape]
    #[expect(unused_mut)]
    fn unused_mut(mut x: Vec<u8>) -> usize {
        x.len()
    }

    #[shape]
    fn unused_in_body() -> u8 {
        #[expect(unused_variables)]
        let y = 1;
        2
    }

    struct Counter {
        len: usize,
    }

    impl Counter {
        #[expect(unused_variables)]
        #[shape]
        #[allow(clippy::missing_const_for_fn)]
        fn set(&mut self, len: usize) {
            self.len = 0;
        }
    }

    #[must_use]
    #[shape]
    fn must_be_used() -> Option<u8> {
        std::env::args().next().map(|_| 1)
    }

    #[expect(unused_must_use)]
    fn forgets() {
        must_be_used();
    }

    async fn fallible() -> Result<u8, String> {
        wait().await;
        Ok(1)
    }

    #[shape]
    #[expect(unused_must_use)]
    async fn forgets_a_result() {
        fallible().await;
    }

    #[shape]
    #[expect(unused_must_use)]
    async fn forgets_to_wait() {
        wait().await;
        fallible();
    }

    #[shape]
    #[expect(unreachable_code)]
    fn unreachable_code() -> u8 {
        return 1;
        2
    }

    pub fn run() -> String {
        unused(1);
        block_on(unused_async(1));
        block_on(forgets_a_result());
        block_on(forgets_to_wait());
        let mut counter = Counter { len: 1 };
        counter.set(3);
        forgets();
        let _ = unreachable_code();
        format!("{}{}{}", unused_mut(vec![1]), unused_in_body(), counter.len)
    }
}

pub mod strict {
    use std::future::Future;
    use std::pin::Pin;

    use super::{block_on, shape, wait};

    struct Model {
        name: String,
    }

    impl Model {
        #[shape(name = self.name, items = texts.len(), size_bytes = |out| out.len())]
        async fn embed(&self, texts: &[String]) -> Result<Vec<u8>, String> {
            wait().await;
            if texts.is_empty() {
                return Err("empty".to_owned());
            }
            Ok(vec![1; texts.len()])
        }

        #[shape(name = self.name, ok_if = |out| *out > 0)]
        fn count(&mut self, mut left: usize) -> usize {
            while left > 3 {
                left -= 1;
            }
            self.name.push('x');
            left + self.name.len()
        }
    }

    #[shape]
    fn boxed<'a>(text: &'a str) -> Pin<Box<dyn Future<Output = usize> + Send + 'a>> {
        Box::pin(async move {
            wait().await;
            text.len()
        })
    }

    #[shape]
    fn items(upto: u8, (low, high): (u8, u8)) -> impl Iterator<Item = u8> {
        (0..upto).filter(move |x| (low..high).contains(x))
    }

    #[shape]
    fn ignored(_: Vec<u8>, _spare: String) {
        wait_not();
    }

    fn wait_not() {
        std::thread::yield_now();
    }

    #[shape]
    #[track_caller]
    fn at(items: &[u8], index: usize) -> Option<u8> {
        let item = items.get(index)?;
        if *item > 9 {
            return None;
        }
        Some(*item)
    }

    #[derive(Debug)]
    pub enum Never {}

    #[shape]
    fn uninhabited(stop: bool) -> Never {
        assert!(!stop, "asked to");
        panic!("anyway")
    }

    #[shape(error_kind = |_| "never")]
    async fn uninhabited_later(stop: bool) -> Result<Never, Never> {
        wait().await;
        assert!(!stop, "asked to");
        panic!("anyway")
    }

    #[shape]
    async fn forever() -> ! {
        loop {
            wait().await;
        }
    }

    #[allow(clippy::unused_async)]
    #[shape]
    async fn at_once() -> ! {
        panic!("at once");
    }

    #[shape]
    fn number(upto: u64) -> impl Fn(u64) -> u64 {
        move |x| x.min(upto)
    }

    #[shape]
    async fn unit(flag: bool) {
        if flag {
            wait().await;
        }
    }

    #[shape]
    fn unit_sync(text: &mut String) {
        text.push('!');
    }

    #[shape]
    fn stops(code: u8) -> ! {
        panic!("{code}");
    }

    pub fn run() -> String {
        let mut model = Model { name: "m".to_owned() };
        let embedded = block_on(model.embed(&["a".to_owned()]));
        let mut text = String::new();
        unit_sync(&mut text);
        ignored(vec![1], String::new());
        block_on(unit(true));
        let later = (forever(), at_once(), uninhabited_later(true));
        drop(later);
        number(1)(2);
        let stopped = std::panic::catch_unwind(|| format!("{:?}", uninhabited(true))).is_err();
        text.push(if stopped { '!' } else { '?' });
        let stopped = std::panic::catch_unwind(|| {
            if text.is_empty() {
                stops(1)
            }
        });
        format!(
            "{embedded:?}{}{}{:?}{:?}{text}{}",
            model.count(7),
            block_on(boxed("ab")),
            items(5, (1, 3)).collect::<Vec<_>>(),
            at(&[1], 0),
            stopped.is_ok(),
        )
    }
}

/// Bodies on one line, where the compiler looks for braces that need not be.
#[rustfmt::skip]
pub mod short {
    use super::{block_on, shape, wait};

    #[shape] fn number() -> u8 { 1 }
    #[shape] fn same(x: Vec<u8>) -> Vec<u8> { x }
    #[shape] async fn later(x: u8) -> u8 { wait().await; x }
    #[shape] async fn at_once(x: u8) -> u8 { std::future::ready(x).await }
    #[shape] fn stop() -> ! { panic!("stopped") }
    #[shape] fn add() -> impl Fn(u8) -> u8 { |x| x + 1 }
    #[shape] #[track_caller] fn caller() -> u32 { std::panic::Location::caller().line() }
    #[shape] fn empty() {}

    macro_rules! make {
        ($name:ident $body:block) => { #[shape] fn $name() -> u8 $body };
    }
    make! { made { 5 } }

    pub fn run() -> String {
        empty();
        let stopped = std::panic::catch_unwind(|| stop());
        format!(
            "{}{}{:?}{}{}{}{}{}", made(), number(), same(vec![1]), block_on(later(2)), block_on(at_once(3)), add()(4), caller() > 0,
            stopped.is_err()
        )
    }
}

/// Items at the beginning of a body stay there, as far as lints can tell.
pub mod items_first {
    use super::{block_on, shape, wait};

    #[shape]
    fn constant(text: String) -> String {
        const MORE: &str = "!";
        text + MORE
    }

    #[shape]
    async fn imported(mut text: String) -> String {
        use std::fmt::Write as _;
        wait().await;
        let _ = write!(text, "!");
        text
    }

    #[shape]
    fn function(x: u8) -> impl Fn() -> u8 {
        fn more(x: u8) -> u8 {
            x + 1
        }
        move || more(x)
    }

    #[shape]
    fn never(text: &str) -> ! {
        const WHY: &str = "why";
        panic!("{text}{WHY}")
    }

    pub fn run() -> String {
        let stopped = std::panic::catch_unwind(|| never("x"));
        format!(
            "{}{}{}{}",
            constant("a".to_owned()),
            block_on(imported("b".to_owned())),
            function(1)(),
            stopped.is_err()
        )
    }
}

/// Ways out of a body that stays in its place.
pub mod early {
    use super::shape;

    #[shape]
    fn from_a_loop(rows: &[f64], scale: f64) -> Result<Vec<String>, String> {
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            if row.is_nan() {
                return Err(format!("after {}", kept.len()));
            }
            kept.push(row * scale);
        }
        Ok(kept.iter().map(ToString::to_string).collect())
    }

    #[shape]
    fn of_nothing(x: &mut u8) {
        if *x == 0 {
            return;
        }
        *x -= 1;
    }

    #[shape]
    fn with_a_loop(x: u8) -> u8 {
        if x > 2 {
            return 'found: loop {
                for y in 0.. {
                    if y * y > x {
                        break 'found y;
                    }
                }
            };
        }
        match x {
            0 => return 7,
            1 => {}
            _ => return if x == 2 { 8 } else { 9 },
        }
        x
    }

    #[shape]
    fn never_at_its_end(mut x: u8) -> u8 {
        loop {
            x += 1;
            if x > 4 {
                return x;
            }
        }
    }

    #[shape]
    fn borrowed(x: &mut [u8]) -> Option<&mut u8> {
        if x.len() > 2 {
            return x.last_mut();
        }
        x.first_mut()
    }

    pub fn run() -> String {
        let (mut one, mut none) = (1, 0);
        of_nothing(&mut one);
        of_nothing(&mut none);
        let loops = [0, 1, 2, 10].map(with_a_loop);
        let rows = [from_a_loop(&[1.0, 2.0], 0.5), from_a_loop(&[1.0, f64::NAN], 1.0)];
        let ends = [borrowed(&mut [1, 2, 3]).copied(), borrowed(&mut []).copied()];
        format!("{one}{none} {loops:?} {rows:?} {} {ends:?}", never_at_its_end(1))
    }
}
