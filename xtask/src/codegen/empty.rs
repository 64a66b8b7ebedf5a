//! Objects of requests in which nothing is set: they are not sent.

use std::collections::BTreeSet;

use quote::{ToTokens, quote};
use syn::{Ident, Item, ItemStruct, Type, parse_quote};

use super::contract::Contract;
use super::fields::{Field, Kind, fields};

/// Gives each object of a request without required fields its `is_empty`, and leaves optional fields
/// out that hold such an object in which nothing is set.
pub(super) fn leave_out(items: &mut [Item], contract: &Contract<'_>) -> Vec<Item> {
    let structs = items.iter().filter_map(|item| match item {
        Item::Struct(item) if contract.is_sent(&item.ident.to_string()) => Some(item),
        _ => None,
    });
    let without_required = structs.filter(|item| fields(item, contract).0.is_empty());
    let optional: Vec<ItemStruct> = without_required.cloned().collect();
    let names: BTreeSet<Ident> = optional.iter().map(|item| item.ident.clone()).collect();
    for item in items.iter_mut() {
        if let Item::Struct(item) = item {
            skip_empty(item, &names);
        }
    }
    let methods = optional.iter().map(|item| {
        let (_, fields) = fields(item, contract);
        methods(&item.ident, &fields, &names)
    });
    methods.collect()
}

fn skip_empty(item: &mut ItemStruct, names: &BTreeSet<Ident>) {
    for field in &mut item.fields {
        let Some(name) = super::fields::wrapped(&field.ty)
            .filter(|(wrapper, _)| *wrapper == "Option")
            .and_then(|(_, ty)| named(ty, names))
        else {
            continue;
        };
        let is_unset = format!("{name}::is_unset");
        for attribute in field
            .attrs
            .iter_mut()
            .filter(|it| it.path().is_ident("serde"))
        {
            let text = attribute.meta.to_token_stream().to_string();
            let text = text.replace("::std::option::Option::is_none", &is_unset);
            if let Ok(meta) = syn::parse_str(&text) {
                attribute.meta = meta;
            }
        }
    }
}

/// The type, if it is one of these.
fn named<'a>(ty: &Type, names: &'a BTreeSet<Ident>) -> Option<&'a Ident> {
    let Type::Path(ty) = ty else { return None };
    names.get(ty.path.get_ident()?)
}

fn methods(name: &Ident, fields: &[Field], names: &BTreeSet<Ident>) -> Item {
    let empty = fields.iter().map(|field| {
        let ident = &field.ident;
        match field.kind {
            Kind::List | Kind::Map => quote!(self.#ident.is_empty()),
            _ => match named(&field.ty, names) {
                Some(ty) => quote!(#ty::is_unset(&self.#ident)),
                None => quote!(self.#ident.is_none()),
            },
        }
    });
    parse_quote! {
        impl #name {
            /// Whether nothing is set. A request that holds such an object is sent without it.
            pub fn is_empty(&self) -> bool {
                #(#empty)&&*
            }

            fn is_unset(value: &Option<Self>) -> bool {
                value.as_ref().is_none_or(Self::is_empty)
            }
        }
    }
}
