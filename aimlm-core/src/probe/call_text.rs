//! Subjects and labels: what can be written as one.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// Most integers, booleans and characters fit without an allocation.
const INLINE: usize = 40;

/// A value's text, borrowed from it where it has one.
#[derive(Debug)]
pub struct TextRef<'a>(Form<'a>);

#[derive(Debug)]
enum Form<'a> {
    Whole(Cow<'a, str>),
    Inline([u8; INLINE], usize),
}

impl TextRef<'_> {
    /// The text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Form::Whole(text) => text,
            Form::Inline(bytes, len) => core::str::from_utf8(&bytes[..*len]).unwrap_or_default(),
        }
    }
}

/// What names a model, a data set, a device, ….
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no text",
    label = "give a `&str`, a `String`, a path, an integer, or an `Option` of one",
    note = "an enum or another type of your own is written with its own name, such as `value.name()`"
)]
pub trait Text {
    /// The text.
    fn text(&self) -> TextRef<'_>;
}

/// The text of a value.
#[inline]
pub fn text<T: Text + ?Sized>(value: &T) -> TextRef<'_> {
    value.text()
}

impl Text for str {
    #[inline]
    fn text(&self) -> TextRef<'_> {
        TextRef(Form::Whole(Cow::Borrowed(self)))
    }
}

impl Text for String {
    #[inline]
    fn text(&self) -> TextRef<'_> {
        self.as_str().text()
    }
}

impl<T: Text> Text for Option<T> {
    #[inline]
    fn text(&self) -> TextRef<'_> {
        self.as_ref().map_or_else(|| "".text(), T::text)
    }
}

macro_rules! through {
    ($($pointer:ty),*) => {$(
        impl<T: Text + ?Sized> Text for $pointer {
            #[inline]
            fn text(&self) -> TextRef<'_> {
                T::text(self)
            }
        }
    )*};
}

through!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl<T: Text + ToOwned + ?Sized> Text for Cow<'_, T> {
    #[inline]
    fn text(&self) -> TextRef<'_> {
        T::text(self)
    }
}

macro_rules! lossy {
    ($($name:ty),*) => {$(
        impl Text for $name {
            fn text(&self) -> TextRef<'_> {
                TextRef(Form::Whole(self.to_string_lossy()))
            }
        }
    )*};
}

lossy!(OsStr, OsString, Path, PathBuf);

/// Writes into the inline form; nothing displayed here is longer than it.
fn inline(value: &dyn core::fmt::Display) -> TextRef<'static> {
    use std::io::Write;

    let mut bytes = [0; INLINE];
    let mut rest = &mut bytes[..];
    let _ = write!(rest, "{value}");
    let len = INLINE - rest.len();
    TextRef(Form::Inline(bytes, len))
}

macro_rules! displayed {
    ($($value:ty)*) => {$(
        impl Text for $value {
            fn text(&self) -> TextRef<'_> {
                inline(self)
            }
        }
    )*};
}

displayed!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool char);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_text() {
        assert_eq!(text("a").as_str(), "a");
        assert_eq!(text(&String::from("b")).as_str(), "b");
        assert_eq!(text(&&Some("c")).as_str(), "c");
        assert_eq!(text(&None::<String>).as_str(), "");
        assert_eq!(text(&Cow::Borrowed("d")).as_str(), "d");
        assert_eq!(text(&Arc::<str>::from("e")).as_str(), "e");
        assert_eq!(text(&Box::<str>::from("f")).as_str(), "f");
        assert_eq!(text(Path::new("/models/g")).as_str(), "/models/g");
        assert_eq!(text(&PathBuf::from("h")).as_str(), "h");
        assert_eq!(text(&i128::MIN).as_str(), i128::MIN.to_string());
        assert_eq!(text(&u128::MAX).as_str(), u128::MAX.to_string());
        assert_eq!(text(&true).as_str(), "true");
        assert_eq!(text(&'é').as_str(), "é");
    }
}
