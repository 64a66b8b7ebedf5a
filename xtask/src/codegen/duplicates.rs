//! Names of the contract that become one name in Rust: code with both does not compile, so that it is
//! refused before anything is written.

use std::collections::BTreeSet;

use syn::{Ident, ImplItem, Item};

/// What the items of a file define twice, and where, if anything.
pub(super) fn find(items: &[Item]) -> Option<String> {
    let types = items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        _ => None,
    });
    match twice(types) {
        Some(name) => Some(format!("two types are called `{name}`")),
        None => items.iter().find_map(in_item),
    }
}

fn in_item(item: &Item) -> Option<String> {
    let (what, name) = match item {
        Item::Mod(module) => return find(&module.content.as_ref()?.1),
        Item::Struct(item) => {
            let fields = item.fields.iter().filter_map(|field| field.ident.as_ref());
            (format!("fields of `{}`", item.ident), twice(fields))
        }
        Item::Enum(item) => {
            let values = item.variants.iter().map(|variant| &variant.ident);
            (format!("values of `{}`", item.ident), twice(values))
        }
        Item::Impl(item) if item.trait_.is_none() => {
            let methods = item.items.iter().filter_map(|item| match item {
                ImplItem::Fn(method) => Some(&method.sig.ident),
                _ => None,
            });
            ("methods".to_owned(), twice(methods))
        }
        _ => return None,
    };
    Some(format!("two {what} are called `{}`", name?))
}

/// The first name that is there a second time.
pub(super) fn twice<'a>(mut names: impl Iterator<Item = &'a Ident>) -> Option<&'a Ident> {
    let mut seen = BTreeSet::new();
    names.find(|name| !seen.insert(*name))
}

#[cfg(test)]
mod tests {
    //! What cannot compile is found, wherever it is.
    use super::*;

    #[test]
    fn finds_what_is_there_twice() {
        let found = |code: &str| find(&syn::parse_file(code).unwrap().items);
        for (code, name) in [
            (
                "struct A { a: u8, a: u8 }",
                "two fields of `A` are called `a`",
            ),
            (
                "mod m { enum E { X, Y, X } }",
                "two values of `E` are called `X`",
            ),
            (
                "struct A; impl A { fn new() {} fn new(self) {} }",
                "two methods are called `new`",
            ),
            ("struct A; enum A {}", "two types are called `A`"),
        ] {
            assert_eq!(found(code).as_deref(), Some(name));
        }
        assert_eq!(
            found("struct A { a: u8 } impl A { fn a() {} } impl T for A { fn a() {} }"),
            None
        );
    }
}
