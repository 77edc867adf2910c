//! What a function hands out, read from its return type: where the work that is timed ends.

use proc_macro2::Span;
use syn::visit_mut::VisitMut;
use syn::{
    GenericArgument, PathArguments, PathSegment, ReturnType, Type, TypeInfer, TypeParamBound, TypePath,
};

/// Where in the returned value the work goes on.
pub(crate) enum ResultForm {
    /// Nowhere: it ended when the function returned.
    Value,
    /// In this part of it.
    Deferred {
        what: What,
        holder: Holder,
        yields: Option<Box<Type>>,
    },
    /// In one element of a tuple of so many.
    Tuple { of: usize, at: usize, inner: Box<Self> },
    /// In the `Ok` of a `Result`.
    Ok(Box<Self>),
    /// In the `Some` of an `Option`.
    Some(Box<Self>),
}

/// What is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Future,
    Stream,
    Iterator,
}

/// How it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// As `impl Trait`.
    Bare,
    /// In a `Pin<Box<…>>`.
    PinnedBox,
    /// In a `Box`.
    Box,
}

impl ResultForm {
    /// The place that a return type shows.
    pub(crate) fn of(output: &ReturnType) -> Self {
        match output {
            ReturnType::Default => Self::Value,
            ReturnType::Type(_, ty) => Self::of_type(ty),
        }
    }

    fn of_type(ty: &Type) -> Self {
        match ty {
            Type::Paren(ty) => Self::of_type(&ty.elem),
            Type::Group(ty) => Self::of_type(&ty.elem),
            Type::ImplTrait(ty) => Self::of_bounds(ty.bounds.iter(), Holder::Bare),
            Type::Tuple(ty) => Self::of_tuple(ty),
            Type::Path(ty) => Self::of_path(ty),
            _ => Self::Value,
        }
    }

    fn of_tuple(ty: &syn::TypeTuple) -> Self {
        let places = ty.elems.iter().map(Self::of_type).enumerate();
        let first = places.into_iter().find(|(_, place)| !place.is_value());
        first.map_or(Self::Value, |(at, inner)| Self::Tuple {
            of: ty.elems.len(),
            at,
            inner: Box::new(inner),
        })
    }

    fn of_path(ty: &TypePath) -> Self {
        let Some(segment) = ty.path.segments.last() else {
            return Self::Value;
        };
        let first = first_type(segment);
        let deferred = |what| Self::Deferred {
            what,
            holder: Holder::PinnedBox,
            yields: first.and_then(nameable),
        };
        match (segment.ident.to_string().as_str(), first) {
            ("BoxFuture" | "LocalBoxFuture", Some(_)) => deferred(What::Future),
            ("BoxStream" | "LocalBoxStream", Some(_)) => deferred(What::Stream),
            ("Pin", Some(Type::Path(boxed))) => match boxed.path.segments.last() {
                Some(boxed) if boxed.ident == "Box" => Self::of_boxed(boxed, Holder::PinnedBox),
                _ => Self::Value,
            },
            ("Box", _) => Self::of_boxed(segment, Holder::Box),
            ("Result", Some(ty)) => Self::of_type(ty).within(Self::Ok),
            ("Option", Some(ty)) => Self::of_type(ty).within(Self::Some),
            _ => Self::Value,
        }
    }

    fn within(self, wrap: fn(Box<Self>) -> Self) -> Self {
        if self.is_value() {
            self
        } else {
            wrap(Box::new(self))
        }
    }

    fn of_boxed(segment: &PathSegment, holder: Holder) -> Self {
        match first_type(segment) {
            Some(Type::TraitObject(ty)) => Self::of_bounds(ty.bounds.iter(), holder),
            Some(Type::ImplTrait(ty)) => Self::of_bounds(ty.bounds.iter(), holder),
            _ => Self::Value,
        }
    }

    /// Bounds that a wrapper could not promise leave the value as it is.
    fn of_bounds<'a>(bounds: impl Iterator<Item = &'a TypeParamBound>, holder: Holder) -> Self {
        let (mut found, mut unpin) = (None, false);
        for bound in bounds {
            let TypeParamBound::Trait(bound) = bound else {
                continue;
            };
            let Some(segment) = bound.path.segments.last() else {
                return Self::Value;
            };
            let what = match segment.ident.to_string().as_str() {
                "Future" => What::Future,
                "Stream" | "FusedStream" => What::Stream,
                "Iterator" | "DoubleEndedIterator" | "ExactSizeIterator" | "FusedIterator" => What::Iterator,
                "Unpin" => {
                    unpin = true;
                    continue;
                }
                "Send" | "Sync" => continue,
                _ => return Self::Value,
            };
            let yields = assigned_type(segment, if what == What::Future { "Output" } else { "Item" });
            match &mut found {
                None => found = Some((what, yields.and_then(nameable))),
                Some((first, known)) if *first == what => *known = known.take().or(yields.and_then(nameable)),
                Some(_) => return Self::Value,
            }
        }
        match found {
            Some((What::Future | What::Stream, _)) if holder == Holder::Box && !unpin => Self::Value,
            Some((what, yields)) => Self::Deferred { what, holder, yields },
            None => Self::Value,
        }
    }

    pub(crate) const fn is_value(&self) -> bool {
        matches!(self, Self::Value)
    }

    /// What anything handed out yields, as far as the return type says it.
    pub(crate) fn yields(&self) -> Option<Option<&Type>> {
        match self {
            Self::Value => None,
            Self::Deferred { yields, .. } => Some(yields.as_deref()),
            Self::Tuple { inner, .. } | Self::Ok(inner) | Self::Some(inner) => inner.yields(),
        }
    }

    /// What is handed out, if anything.
    pub(crate) const fn what(&self) -> Option<What> {
        match self {
            Self::Value => None,
            Self::Deferred { what, .. } => Some(*what),
            Self::Tuple { inner, .. } | Self::Ok(inner) | Self::Some(inner) => inner.what(),
        }
    }
}

fn first_type(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn assigned_type<'a>(segment: &'a PathSegment, name: &str) -> Option<&'a Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assigned) if assigned.ident == name => Some(&assigned.ty),
        _ => None,
    })
}

fn nameable(ty: &Type) -> Option<Box<Type>> {
    Some(Box::new(in_body(ty)))
}

/// The return type as a body can write it: `impl Trait` becomes `_`.
pub(crate) fn in_body(ty: &Type) -> Type {
    struct Infer;

    impl VisitMut for Infer {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if matches!(ty, Type::ImplTrait(_)) {
                let underscore_token = syn::Token![_](Span::mixed_site());
                *ty = Type::Infer(TypeInfer {
                    attrs: Vec::new(),
                    underscore_token,
                });
            } else {
                syn::visit_mut::visit_type_mut(self, ty);
            }
        }
    }

    let mut ty = ty.clone();
    Infer.visit_type_mut(&mut ty);
    ty
}

/// Whether it is `impl Fn(…)`: then the signature of a returned closure is inferred from the return type.
pub(crate) fn is_impl_fn(output: &ReturnType) -> bool {
    let ReturnType::Type(_, ty) = output else {
        return false;
    };
    let Type::ImplTrait(ty) = &**ty else { return false };
    ty.bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .is_some_and(|segment| matches!(segment.arguments, PathArguments::Parenthesized(_))),
        _ => false,
    })
}

/// Whether it is a type of this name, wherever that is from.
pub(crate) fn is_named(output: &ReturnType, name: &str) -> bool {
    let last = match output {
        ReturnType::Type(_, ty) => match &**ty {
            Type::Path(ty) => ty.path.segments.last(),
            _ => None,
        },
        ReturnType::Default => None,
    };
    last.is_some_and(|last| last.ident == name)
}

/// Whether the function never returns.
pub(crate) fn is_never(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)))
}
