//! Names of the contract that become one name in Rust: code with both does not compile, so that it is
//! refused before anything is written.

use std::collections::BTreeSet;

use syn::{ImplItem, Item};

/// What a file defines twice, and where, if anything.
pub(super) fn find(file: &syn::File) -> Option<String> {
    in_items(&file.items)
}

fn in_items(items: &[Item]) -> Option<String> {
    let named = items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    });
    twice(named)
        .map(|name| format!("two types are called `{name}`"))
        .or_else(|| items.iter().find_map(in_item))
}

fn in_item(item: &Item) -> Option<String> {
    match item {
        Item::Mod(module) => in_items(&module.content.as_ref()?.1),
        Item::Struct(item) => {
            let fields = item.fields.iter().filter_map(|field| field.ident.as_ref());
            let name = twice(fields.map(ToString::to_string))?;
            Some(format!(
                "two fields of `{}` are called `{name}`",
                item.ident
            ))
        }
        Item::Enum(item) => {
            let name = twice(item.variants.iter().map(|it| it.ident.to_string()))?;
            Some(format!(
                "two values of `{}` are called `{name}`",
                item.ident
            ))
        }
        Item::Impl(item) if item.trait_.is_none() => {
            let methods = item.items.iter().filter_map(|item| match item {
                ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                _ => None,
            });
            let name = twice(methods)?;
            Some(format!("two methods are called `{name}`"))
        }
        _ => None,
    }
}

fn twice(names: impl Iterator<Item = String>) -> Option<String> {
    let mut seen = BTreeSet::new();
    names.into_iter().find(|name| !seen.insert(name.clone()))
}

#[cfg(test)]
mod tests {
    //! What cannot compile is found, wherever it is.
    use super::*;

    #[test]
    fn finds_what_is_there_twice() {
        let found = |code: &str| find(&syn::parse_file(code).unwrap());
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
