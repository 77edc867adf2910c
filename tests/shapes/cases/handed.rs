//! Futures, streams and iterators handed out by ordinary functions.

use super::shape;
use crate::scene::*;
use std::future::Future;
use std::pin::Pin;

cases! {
    boxed boxed_local tuple result option statements_first early_box alias_name iterator_boxed dropped_early
    not_used iterator_drops nested_future generic_future boxed_unpin where_send method_boxed lifetime_boxed
    call_timing pin_box_impl panics_inside iterator_results
}

pub mod boxed {
    use super::*;
    #[shape]
    fn f(x: Loud) -> Pin<Box<dyn Future<Output = u8> + Send>> {
        Box::pin(async move {
            wait().await;
            say(x.0);
            1
        })
    }
    pub fn run() -> String {
        block_on(is_send(f(Loud("x")))).to_string() + &said()
    }
}

pub mod boxed_local {
    use super::*;
    use std::rc::Rc;
    #[shape]
    fn f(x: Rc<u8>) -> Pin<Box<dyn Future<Output = Result<u8, String>>>> {
        if *x == 0 {
            return Box::pin(async { Err("zero".to_owned()) });
        }
        Box::pin(async move { Ok(*x) })
    }
    pub fn run() -> String {
        format!("{:?}{:?}", block_on(f(Rc::new(0))), block_on(f(Rc::new(1))))
    }
}

pub mod tuple {
    use super::*;
    #[shape]
    fn f<'a>(x: &'a str, y: Loud) -> (usize, impl Future<Output = &'a str>, Loud) {
        (
            x.len(),
            async move {
                wait().await;
                x
            },
            y,
        )
    }
    pub fn run() -> String {
        let (a, b, c) = f("a", Loud("y"));
        let b = block_on(b);
        drop(c);
        format!("{a}{b}{}", said())
    }
}

pub mod result {
    use super::*;
    #[shape]
    fn f(x: u8) -> Result<impl Future<Output = u8>, String> {
        if x == 0 {
            return Err("zero".into());
        }
        Ok(async move { x })
    }
    pub fn run() -> String {
        format!("{:?}{:?}", f(0).err(), block_on(f(1).unwrap()))
    }
}

pub mod option {
    use super::*;
    #[shape]
    fn f(x: u8) -> Option<Pin<Box<dyn Future<Output = u8>>>> {
        (x > 0).then(|| Box::pin(async move { x }) as _)
    }
    pub fn run() -> String {
        format!("{:?}{:?}", f(0).is_none(), block_on(f(1).unwrap()))
    }
}

pub mod statements_first {
    use super::*;
    #[shape]
    fn f(x: &mut Vec<u8>) -> impl Future<Output = usize> + use<> {
        x.push(1);
        say("pushed");
        let n = x.len();
        async move {
            wait().await;
            n
        }
    }
    pub fn run() -> String {
        let mut v = vec![];
        let g = f(&mut v);
        v.push(2);
        format!("{}{}{v:?}", block_on(g), said())
    }
}

pub mod early_box {
    use super::*;
    #[shape]
    fn f<'a>(x: &'a [u8]) -> Pin<Box<dyn Future<Output = &'a [u8]> + Send + 'a>> {
        if x.len() < 2 {
            return Box::pin(std::future::ready(x));
        }
        Box::pin(async move {
            wait().await;
            &x[1..]
        })
    }
    pub fn run() -> String {
        format!("{:?}{:?}", block_on(f(&[1])), block_on(f(&[1, 2])))
    }
}

pub mod alias_name {
    use super::*;
    type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
    #[shape]
    fn f(x: &str) -> BoxFuture<'_, usize> {
        Box::pin(async { x.len() })
    }
    type Mine<T> = Pin<Box<dyn Future<Output = T>>>;
    #[shape]
    fn g(x: u8) -> Mine<u8> {
        Box::pin(async move { x })
    }
    pub fn run() -> String {
        format!("{}{}", block_on(f("a")), block_on(g(2)))
    }
}

pub mod iterator_boxed {
    use super::*;
    #[shape]
    fn f<'a>(x: &'a [u8], back: bool) -> Box<dyn Iterator<Item = &'a u8> + 'a> {
        if back {
            Box::new(x.iter().rev())
        } else {
            Box::new(x.iter())
        }
    }
    pub fn run() -> String {
        format!(
            "{:?}{:?}",
            f(&[1, 2], true).collect::<Vec<_>>(),
            f(&[1, 2], false).next()
        )
    }
}

pub mod dropped_early {
    use super::*;
    #[shape]
    fn f(x: Loud) -> impl Future<Output = ()> {
        async move {
            let _y = Loud("local");
            wait().await;
            wait().await;
            say(x.0);
        }
    }
    pub fn run() -> String {
        for polls in 0..4 {
            poll_and_drop(f(Loud("x")), polls);
            say("|");
        }
        said()
    }
}

pub mod not_used {
    use super::*;
    #[shape]
    fn f(x: Loud) -> impl Iterator<Item = &'static str> {
        say("called");
        std::iter::once(x).map(|x| x.0)
    }
    pub fn run() -> String {
        drop(f(Loud("x")));
        said()
    }
}

pub mod iterator_drops {
    use super::*;
    #[shape]
    fn f(x: Vec<Loud>) -> impl Iterator<Item = Loud> {
        x.into_iter()
    }
    pub fn run() -> String {
        let mut i = f(vec![Loud("a"), Loud("b"), Loud("c")]);
        i.next();
        say("|");
        drop(i);
        said()
    }
}

pub mod nested_future {
    use super::*;
    #[shape]
    async fn f(x: u8) -> impl Future<Output = u8> {
        wait().await;
        async move {
            wait().await;
            x
        }
    }
    pub fn run() -> String {
        block_on(async { f(1).await.await }).to_string()
    }
}

pub mod generic_future {
    use super::*;
    #[shape]
    fn f<F: Future<Output = T>, T: Default>(x: F, skip: bool) -> impl Future<Output = T> {
        async move {
            if skip {
                T::default()
            } else {
                x.await
            }
        }
    }
    pub fn run() -> String {
        format!(
            "{}{}",
            block_on(f(async { 1 }, true)),
            block_on(f(async { 1 }, false))
        )
    }
}

pub mod boxed_unpin {
    use super::*;
    #[shape]
    fn f(x: u8) -> Box<dyn Future<Output = u8> + Unpin + Send> {
        Box::new(std::future::ready(x))
    }
    pub fn run() -> String {
        block_on(f(1)).to_string()
    }
}

pub mod where_send {
    use super::*;
    #[shape]
    fn f<T>(x: T) -> impl Future<Output = T> + Send
    where
        T: Send + Clone,
    {
        async move {
            wait().await;
            x.clone()
        }
    }
    pub fn run() -> String {
        std::thread::spawn(|| block_on(f("a".to_owned()))).join().unwrap()
    }
}

pub mod method_boxed {
    use super::*;
    trait T {
        fn f<'life0, 'life1, 'async_trait>(
            &'life0 mut self,
            x: &'life1 str,
        ) -> Pin<Box<dyn Future<Output = usize> + Send + 'async_trait>>
        where
            'life0: 'async_trait,
            'life1: 'async_trait,
            Self: 'async_trait;
    }
    struct S(usize);
    impl T for S {
        #[shape(items = x.len())]
        fn f<'life0, 'life1, 'async_trait>(
            &'life0 mut self,
            x: &'life1 str,
        ) -> Pin<Box<dyn Future<Output = usize> + Send + 'async_trait>>
        where
            'life0: 'async_trait,
            'life1: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(async move {
                wait().await;
                self.0 += x.len();
                self.0
            })
        }
    }
    pub fn run() -> String {
        block_on(S(1).f("a")).to_string()
    }
}

pub mod lifetime_boxed {
    use super::*;
    #[shape]
    fn f<'a>(x: &'a mut Vec<u8>) -> Pin<Box<dyn Future<Output = &'a mut u8> + 'a>> {
        Box::pin(async move {
            x.push(1);
            x.last_mut().unwrap()
        })
    }
    pub fn run() -> String {
        let mut v = vec![];
        *block_on(f(&mut v)) += 1;
        format!("{v:?}")
    }
}

pub mod call_timing {
    use super::*;
    #[shape(timing = "call")]
    fn f(x: u8) -> impl Future<Output = u8> + Clone {
        std::future::ready(x)
    }
    pub fn run() -> String {
        block_on(f(1).clone()).to_string()
    }
}

pub mod pin_box_impl {
    use super::*;
    #[shape]
    fn f(x: u8) -> Pin<Box<impl Future<Output = u8>>> {
        Box::pin(async move { x })
    }
    pub fn run() -> String {
        block_on(f(1)).to_string()
    }
}

pub mod panics_inside {
    use super::*;
    #[shape]
    fn f(early: bool) -> impl Future<Output = u8> {
        if early {
            panic!("early");
        }
        async {
            wait().await;
            panic!("late")
        }
    }
    pub fn run() -> String {
        caught(|| block_on(f(true))) + &caught(|| block_on(f(false)))
    }
}

pub mod iterator_results {
    use super::*;
    #[shape]
    fn f(x: Vec<&str>) -> impl Iterator<Item = Result<u8, std::num::ParseIntError>> + '_ {
        x.into_iter().map(str::parse)
    }
    pub fn run() -> String {
        format!("{:?}", f(vec!["1", "x"]).collect::<Result<Vec<_>, _>>().is_err())
    }
}
