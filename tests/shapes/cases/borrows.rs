//! Borrows through parameters, and coercions where the function returns.

use super::shape;
use crate::scene::*;

cases! {
    reborrow_out walk_mut last_node get_or_insert coerce_slice coerce_box coerce_dyn coerce_array coerce_fn
    coerce_never two_muts mut_field swap_in iterator_mut in_struct static_str raw_pointer str_from_string
    option_as_mut cell_guard coerce_early assigned_parameter split_borrow
}

pub mod reborrow_out {
    use super::*;
    #[shape]
    fn f(v: &mut Vec<u8>) -> &mut u8 {
        v.push(1);
        &mut v[0]
    }
    pub fn run() -> String {
        let mut v = vec![];
        *f(&mut v) += 1;
        format!("{v:?}")
    }
}

pub mod walk_mut {
    use super::*;
    pub struct Node {
        next: Option<Box<Node>>,
        x: u8,
    }
    #[shape]
    fn f(mut node: &mut Node) -> &mut u8 {
        while node.next.is_some() {
            node = node.next.as_mut().unwrap();
        }
        &mut node.x
    }
    pub fn run() -> String {
        let mut list = Node {
            next: Some(Box::new(Node { next: None, x: 2 })),
            x: 1,
        };
        *f(&mut list) += 1;
        list.next.unwrap().x.to_string()
    }
}

pub mod last_node {
    use super::*;
    pub struct Node {
        next: Option<Box<Node>>,
        x: u8,
    }
    #[shape]
    fn f<'a>(mut node: &'a Node, depth: &mut usize) -> &'a Node {
        while let Some(next) = &node.next {
            node = next;
            *depth += 1;
        }
        node
    }
    pub fn run() -> String {
        let list = Node {
            next: Some(Box::new(Node { next: None, x: 2 })),
            x: 1,
        };
        let mut depth = 0;
        format!("{}{depth}", f(&list, &mut depth).x)
    }
}

pub mod get_or_insert {
    use super::*;
    use std::collections::HashMap;
    #[shape]
    fn f<'m>(map: &'m mut HashMap<String, u8>, key: &str) -> &'m mut u8 {
        map.entry(key.to_owned()).or_insert(0)
    }
    pub fn run() -> String {
        let mut map = HashMap::new();
        *f(&mut map, "a") += 1;
        format!("{map:?}")
    }
}

pub mod coerce_slice {
    use super::*;
    #[shape]
    fn f(v: &Vec<u8>) -> Option<&[u8]> {
        Some(v)
    }
    #[shape]
    fn g(v: &String) -> Result<&str, ()> {
        Ok(v)
    }
    pub fn run() -> String {
        format!("{:?}{:?}", f(&vec![1]), g(&"a".into()))
    }
}

pub mod coerce_box {
    use super::*;
    #[shape]
    fn f(x: bool) -> Box<dyn std::fmt::Debug> {
        if x {
            Box::new(1)
        } else {
            Box::new("a")
        }
    }
    #[shape]
    fn g(x: u8) -> Result<Box<dyn Fn() -> u8>, String> {
        Ok(Box::new(move || x))
    }
    pub fn run() -> String {
        format!("{:?}{:?}{}", f(true), f(false), g(3).unwrap()())
    }
}

pub mod coerce_dyn {
    use super::*;
    use std::fmt::Display;
    #[shape]
    fn f<'a>(x: &'a u8, y: &'a str, first: bool) -> &'a dyn Display {
        if first {
            return x;
        }
        match y.len() {
            0 => x,
            _ => &"y",
        }
    }
    pub fn run() -> String {
        format!("{}{}{}", f(&1, "", true), f(&2, "", false), f(&2, "y", false))
    }
}

pub mod coerce_array {
    use super::*;
    #[shape]
    fn f() -> &'static [u8] {
        &[1, 2, 3]
    }
    #[shape]
    fn g() -> Box<[u8]> {
        Box::new([1, 2])
    }
    pub fn run() -> String {
        format!("{:?}{:?}", f(), g())
    }
}

pub mod coerce_fn {
    use super::*;
    fn a(x: u8) -> u8 {
        x
    }
    #[shape]
    fn f() -> Option<fn(u8) -> u8> {
        Some(a)
    }
    pub fn run() -> String {
        f().unwrap()(3).to_string()
    }
}

pub mod coerce_never {
    use super::*;
    #[shape]
    fn f(x: Option<u8>) -> u8 {
        let y = match x {
            Some(x) => x,
            None => return 0,
        };
        y
    }
    pub fn run() -> String {
        format!("{}{}", f(None), f(Some(1)))
    }
}

pub mod two_muts {
    use super::*;
    #[shape]
    fn f<'a>(x: &'a mut u8, y: &'a mut u8, first: bool) -> &'a mut u8 {
        if first {
            x
        } else {
            y
        }
    }
    pub fn run() -> String {
        let (mut a, mut b) = (1, 2);
        *f(&mut a, &mut b, true) += 1;
        *f(&mut a, &mut b, false) += 1;
        format!("{a}{b}")
    }
}

pub mod mut_field {
    use super::*;
    struct S {
        a: Vec<u8>,
        b: u8,
    }
    impl S {
        #[shape]
        fn f(&mut self) -> (&mut Vec<u8>, &u8) {
            self.b += 1;
            (&mut self.a, &self.b)
        }
    }
    pub fn run() -> String {
        let mut s = S { a: vec![], b: 1 };
        let (a, b) = s.f();
        a.push(*b);
        format!("{:?}", s.a)
    }
}

pub mod swap_in {
    use super::*;
    #[shape]
    fn f(mut x: Box<u8>, y: &mut Box<u8>) -> Box<u8> {
        std::mem::swap(&mut x, y);
        x
    }
    pub fn run() -> String {
        let mut y = Box::new(2);
        format!("{}{y}", f(Box::new(1), &mut y))
    }
}

pub mod iterator_mut {
    use super::*;
    #[shape]
    fn f(v: &mut [u8]) -> std::slice::IterMut<'_, u8> {
        v.iter_mut()
    }
    pub fn run() -> String {
        let mut v = [1, 2];
        f(&mut v).for_each(|x| *x += 1);
        format!("{v:?}")
    }
}

pub mod in_struct {
    use super::*;
    struct View<'a>(&'a mut [u8]);
    #[shape]
    fn f(v: &mut Vec<u8>) -> View<'_> {
        View(v)
    }
    pub fn run() -> String {
        f(&mut vec![1, 2]).0.len().to_string()
    }
}

pub mod static_str {
    use super::*;
    #[shape]
    fn f(n: u8) -> &'static str {
        ["a", "b"][n as usize]
    }
    pub fn run() -> String {
        f(1).into()
    }
}

pub mod raw_pointer {
    use super::*;
    #[shape]
    fn f(x: &mut u8) -> *mut u8 {
        x
    }
    pub fn run() -> String {
        let mut x = 1;
        f(&mut x).is_null().to_string()
    }
}

pub mod str_from_string {
    use super::*;
    #[shape]
    fn f(x: &String) -> &str {
        x
    }
    pub fn run() -> String {
        f(&"a".to_string()).into()
    }
}

pub mod option_as_mut {
    use super::*;
    #[shape]
    fn f(x: &mut Option<String>) -> Option<&mut str> {
        let s = x.as_mut()?;
        Some(s)
    }
    pub fn run() -> String {
        format!("{:?}{:?}", f(&mut None), f(&mut Some("a".into())))
    }
}

pub mod cell_guard {
    use super::*;
    use std::sync::{Mutex, MutexGuard};
    #[shape]
    fn f(x: &Mutex<u8>) -> MutexGuard<'_, u8> {
        x.lock().unwrap()
    }
    pub fn run() -> String {
        let x = Mutex::new(1);
        *f(&x) += 1;
        x.into_inner().unwrap().to_string()
    }
}

pub mod coerce_early {
    use super::*;
    #[shape]
    fn f(v: &Vec<u8>, early: bool) -> &[u8] {
        if early {
            return v;
        }
        &v[1..]
    }
    #[shape]
    async fn g(v: &Vec<u8>, early: bool) -> Box<dyn Fn() -> usize + Send + '_> {
        wait().await;
        if early {
            return Box::new(|| v.len());
        }
        Box::new(|| 0)
    }
    pub fn run() -> String {
        let v = vec![1, 2];
        format!(
            "{:?}{:?}{}{}",
            f(&v, true),
            f(&v, false),
            block_on(g(&v, true))(),
            block_on(g(&v, false))()
        )
    }
}

pub mod assigned_parameter {
    use super::*;
    #[shape]
    fn f(mut x: u32, mut s: String) -> String {
        x = x.max(3);
        s += &x.to_string();
        s
    }
    pub fn run() -> String {
        f(1, "a".into()) + &f(4, "b".into())
    }
}

pub mod split_borrow {
    use super::*;
    #[shape]
    fn f<'a>(pair: &'a mut (String, String)) -> (&'a mut String, &'a str) {
        (&mut pair.0, &pair.1)
    }
    pub fn run() -> String {
        let mut pair = ("a".to_owned(), "b".to_owned());
        let (a, b) = f(&mut pair);
        a.push_str(b);
        pair.0
    }
}
