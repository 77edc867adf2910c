//! `#[track_caller]`.

use super::shape;
use crate::scene::*;
use std::panic::Location;

cases! { line question_mark early_return panics_at_caller through_closure loops_and_blocks unit method generic_tail coerced hands_out named_like_ours }

fn relative(location: &Location<'_>) -> u32 {
    location.line()
}

pub mod line {
    use super::*;
    #[shape]
    #[track_caller]
    fn f() -> u32 {
        relative(Location::caller())
    }
    pub fn run() -> String {
        let here = line!() + 1;
        (f() - here).to_string()
    }
}

pub mod question_mark {
    use super::*;
    #[track_caller]
    #[shape]
    fn f(x: &str) -> Result<u32, std::num::ParseIntError> {
        let n: u32 = x.parse()?;
        Ok(n + Location::caller().line())
    }
    pub fn run() -> String {
        let here = line!() + 1;
        let x = f("0").unwrap();
        format!("{}{}", x - here, f("x").is_err())
    }
}

pub mod early_return {
    use super::*;
    #[shape]
    #[track_caller]
    fn f(x: u8) -> &'static str {
        if x == 0 {
            return "zero";
        }
        let g = |y: u8| {
            if y == 1 {
                return "one";
            }
            "more"
        };
        g(x)
    }
    pub fn run() -> String {
        (0..3).map(f).collect()
    }
}

pub mod panics_at_caller {
    use super::*;
    #[shape]
    #[track_caller]
    fn f(x: Option<u8>) -> u8 {
        x.expect("there")
    }
    pub fn run() -> String {
        let line = std::sync::Arc::new(std::sync::Mutex::new(0));
        let seen = line.clone();
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            *seen.lock().unwrap() = info.location().unwrap().line();
        }));
        let here = line!() + 1;
        let caught = std::panic::catch_unwind(|| f(None));
        std::panic::set_hook(hook);
        let line = *line.lock().unwrap();
        format!("{}{}", caught.is_err(), line - here)
    }
}

pub mod through_closure {
    use super::*;
    #[shape]
    #[track_caller]
    fn f<T>(x: Option<T>, otherwise: impl FnOnce() -> T) -> T {
        match x {
            Some(x) => return x,
            None => otherwise(),
        }
    }
    pub fn run() -> String {
        format!("{}{}", f(Some(1), || 2), f(None, || 2))
    }
}

pub mod loops_and_blocks {
    use super::*;
    #[shape]
    #[track_caller]
    fn f(x: &[u8]) -> Option<u8> {
        for (i, y) in x.iter().enumerate() {
            if *y == 3 {
                return Some(i as u8);
            }
            let _ = 'a: {
                if *y == 2 {
                    break 'a 1;
                }
                x.get(7)?;
                2
            };
        }
        None
    }
    pub fn run() -> String {
        format!("{:?}{:?}{:?}", f(&[2, 3]), f(&[1]), f(&[]))
    }
}

pub mod unit {
    use super::*;
    #[shape]
    #[track_caller]
    fn f(x: bool) {
        if x {
            return;
        }
        say("on");
    }
    pub fn run() -> String {
        f(true);
        f(false);
        said()
    }
}

pub mod method {
    use super::*;
    struct S(Vec<u8>);
    impl S {
        #[shape(items = self.0.len())]
        #[track_caller]
        fn f(&mut self, at: usize) -> &mut u8 {
            &mut self.0[at]
        }
    }
    pub fn run() -> String {
        let mut s = S(vec![1]);
        *s.f(0) += 1;
        format!("{:?}", s.0)
    }
}

pub mod generic_tail {
    use super::*;
    #[shape]
    #[track_caller]
    fn f<T: Clone>(x: &[T]) -> impl Iterator<Item = T> + '_ {
        x.iter().cloned()
    }
    pub fn run() -> String {
        f(&[1, 2]).sum::<u8>().to_string()
    }
}

pub mod coerced {
    use super::*;
    #[shape]
    #[track_caller]
    fn f(x: &Vec<u8>, y: bool) -> Result<Box<dyn Fn() -> usize + '_>, Box<dyn std::error::Error>> {
        if y {
            return Ok(Box::new(|| 0));
        }
        if x.is_empty() {
            return Err("empty".into());
        }
        Ok(Box::new(|| x.len()))
    }
    pub fn run() -> String {
        format!(
            "{}{}{}",
            f(&vec![], true).unwrap()(),
            f(&vec![], false).is_err(),
            f(&vec![1], false).unwrap()()
        )
    }
}

/// What it hands out is timed to its end there, too.
pub mod hands_out {
    use super::*;
    use std::future::Future;
    use std::pin::Pin;
    #[shape]
    #[track_caller]
    fn bare(x: u8) -> impl Future<Output = Result<u8, String>> {
        async move {
            wait().await;
            Ok(x)
        }
    }
    #[shape]
    #[track_caller]
    fn boxed(x: &str) -> Result<Pin<Box<dyn Future<Output = u8> + Send>>, String> {
        let y: u8 = x.parse().map_err(|_| x.to_owned())?;
        Ok(Box::pin(async move { y }))
    }
    #[shape]
    #[track_caller]
    fn iterator(x: u8) -> Option<impl Iterator<Item = u8>> {
        (x > 0).then_some(0..x)
    }
    pub fn run() -> String {
        format!(
            "{:?}{}{}{:?}{}",
            block_on(bare(1)),
            block_on(boxed("2").unwrap_or_else(|_| unreachable!())),
            boxed("x").is_err(),
            iterator(3).map(Iterator::collect::<Vec<_>>),
            iterator(0).is_none()
        )
    }
}

/// A trait for every type, whose method has the name of one that observes a `?`.
pub mod named_like_ours {
    use super::*;
    trait Leave<X>: Sized {
        fn leaving(self, _: X) -> u8 {
            1
        }
    }
    impl<T, X> Leave<X> for T {}
    #[shape]
    #[track_caller]
    fn f(x: &str) -> Option<u8> {
        let y: u8 = x.parse().ok()?;
        Some(y + ().leaving(()))
    }
    pub fn run() -> String {
        format!("{:?}{:?}", f("1"), f("x"))
    }
}
