//! The fields of generated structs: their names in JSON, their types, and the methods that set them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, GenericArgument, Ident, ItemStruct, LitStr, Meta, PathArguments, Type};
use syn::{Token, parse_quote};

use super::contract::{Contract, members};

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Required,
    Optional,
    List,
    /// Values by their keys.
    Map,
}

/// A field of a generated struct.
pub(super) struct Field {
    pub(super) ident: Ident,
    /// Its name in JSON.
    pub(super) name: String,
    /// Type of the value; of one value of a list or a map.
    pub(super) ty: Type,
    pub(super) kind: Kind,
    docs: Vec<Attribute>,
}

/// The required fields of a struct and the others, in the order of the contract: progenitor sorts
/// them by name.
pub(super) fn fields(item: &ItemStruct, contract: &Contract<'_>) -> (Vec<Field>, Vec<Field>) {
    let mut fields: Vec<Field> = item.fields.iter().filter_map(Field::read).collect();
    let properties = members(contract.schema(&item.ident.to_string()).get("properties"));
    let order: Vec<&str> = properties.map(|(name, _)| name).collect();
    let place = |field: &Field| order.iter().position(|name| *name == field.name);
    fields.sort_by_key(|field| place(field).unwrap_or(usize::MAX));
    let fields = fields.into_iter();
    fields.partition(|field| field.kind == Kind::Required)
}

impl Field {
    fn read(field: &syn::Field) -> Option<Self> {
        let name = wire_name(field)?;
        let wrapped = wrapped(&field.ty).and_then(|(wrapper, ty)| match &*wrapper.to_string() {
            "Option" => Some((Kind::Optional, ty)),
            "Vec" => Some((Kind::List, ty)),
            "BTreeMap" if has_option(field, "default") || is_flattened(field) => {
                Some((Kind::Map, ty))
            }
            _ => None,
        });
        let (kind, ty) = wrapped.unwrap_or((Kind::Required, &field.ty));
        let docs = field.attrs.iter().filter(|it| it.path().is_ident("doc"));
        let mut docs: Vec<Attribute> = docs.cloned().collect();
        if is_flattened(field) {
            docs =
                vec![parse_quote!(#[doc = " Sets a value whose key this release does not know."])];
        }
        Some(Self {
            ident: field.ident.clone()?,
            name,
            ty: ty.clone(),
            kind,
            docs,
        })
    }

    /// The parameter of a constructor.
    pub(super) fn parameter(&self) -> TokenStream {
        let Self { ident, ty, .. } = self;
        quote!(#ident: impl Into<#ty>)
    }

    /// The method that sets the field of `owner` and clears its rivals: Webex takes one of them.
    pub(super) fn setter(&self, owner: &TokenStream, rivals: &[&Self]) -> TokenStream {
        let (ident, ty, docs) = (&self.ident, &self.ty, &self.docs);
        let notes = rivals.iter().map(|rival| {
            let name = &rival.name;
            let text = format!(" Takes the place of `{name}`: Webex takes one of them.");
            quote! {
                ///
                #[doc = #text]
            }
        });
        let others = rivals.iter().map(|rival| &rival.ident);
        let clear = quote!(#(#owner.#others = Default::default();)*);
        let (signature, set) = match self.kind {
            Kind::List => (
                quote!(<T: Into<#ty>>(mut self, values: impl IntoIterator<Item = T>)),
                quote!(#owner.#ident = values.into_iter().map(Into::into).collect();),
            ),
            Kind::Map => (
                quote!((mut self, key: impl Into<::std::string::String>, value: impl Into<#ty>)),
                quote!(#owner.#ident.insert(key.into(), value.into());),
            ),
            Kind::Required | Kind::Optional => (
                quote!((mut self, value: impl Into<#ty>)),
                quote!(#owner.#ident = Some(value.into());),
            ),
        };
        let set_option = self.option_setter(owner);
        let set_and_clear = match self.kind {
            // An empty list counts as absent.
            Kind::List if !rivals.is_empty() => {
                quote!(#set if !#owner.#ident.is_empty() { #clear })
            }
            _ => quote!(#clear #set),
        };
        quote! {
            #(#docs)*
            #(#notes)*
            #[must_use]
            pub fn #ident #signature -> Self {
                #set_and_clear
                self
            }
            #set_option
        }
    }

    /// The method that sets or clears the field, as `Option`s of a database ask for.
    fn option_setter(&self, owner: &TokenStream) -> TokenStream {
        let (ident, ty) = (&self.ident, &self.ty);
        let name = format_ident!("set_{}", ident.unraw());
        let (signature, set, clear) = match self.kind {
            Kind::List => (
                quote!(<T: Into<#ty>>(mut self, values: Option<impl IntoIterator<Item = T>>)),
                quote!(Some(values) => self.#ident(values)),
                quote!(#owner.#ident.clear();),
            ),
            Kind::Map => (
                quote!((mut self, key: impl Into<::std::string::String>, value: Option<impl Into<#ty>>)),
                quote!(Some(value) => self.#ident(key, value)),
                quote!(#owner.#ident.remove(&key.into());),
            ),
            Kind::Required | Kind::Optional => (
                quote!((mut self, value: Option<impl Into<#ty>>)),
                quote!(Some(value) => self.#ident(value)),
                quote!(#owner.#ident = None;),
            ),
        };
        let given = match self.kind {
            Kind::List => quote!(values),
            _ => quote!(value),
        };
        let doc = format!(" Like [`{0}`](Self::{0}), or clears it.", ident.unraw());
        quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #name #signature -> Self {
                match #given {
                    #set,
                    None => {
                        #clear
                        self
                    }
                }
            }
        }
    }
}

/// Name and last argument of a generic type: `Option` and `T` of `Option<T>`.
pub(super) fn wrapped(ty: &Type) -> Option<(&Ident, &Type)> {
    if let Type::Path(ty) = ty
        && let Some(wrapper) = ty.path.segments.last()
        && let PathArguments::AngleBracketed(arguments) = &wrapper.arguments
        && let Some(GenericArgument::Type(inner)) = arguments.args.last()
    {
        return Some((&wrapper.ident, inner));
    }
    None
}

/// Whether a field holds whatever the other fields do not.
pub(super) fn is_flattened(field: &syn::Field) -> bool {
    has_option(field, "flatten")
}

fn has_option(field: &syn::Field, name: &str) -> bool {
    serde_options(field).any(|option| option.path().is_ident(name))
}

/// The name of a field in JSON: that of `#[serde(rename = "…")]`, else its own.
pub(super) fn wire_name(field: &syn::Field) -> Option<String> {
    let mut options = serde_options(field).filter(|option| option.path().is_ident("rename"));
    let Some(rename) = options.next() else {
        return Some(field.ident.as_ref()?.to_string());
    };
    let name = &rename.require_name_value().ok()?.value;
    let name: LitStr = syn::parse2(quote!(#name)).ok()?;
    Some(name.value())
}

/// The options in a field's `#[serde(…)]` attributes.
fn serde_options(field: &syn::Field) -> impl Iterator<Item = Meta> {
    let attributes = field.attrs.iter().filter(|it| it.path().is_ident("serde"));
    let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
    let options = attributes.filter_map(move |it| it.parse_args_with(parser).ok());
    options.flatten()
}

#[cfg(test)]
mod tests {
    //! What progenitor's fields are read as, and how they are set.
    use syn::ItemStruct;

    use super::*;

    fn read(field: TokenStream) -> Field {
        let item: ItemStruct = parse_quote!(struct A { #field });
        Field::read(item.fields.iter().next().unwrap()).unwrap()
    }

    #[test]
    fn kinds_follow_from_types_and_options() {
        let free = quote!(a: ::std::collections::BTreeMap<::std::string::String, crate::Json>);
        for (field, kind, ty) in [
            (quote!(a: bool), Kind::Required, quote!(bool)),
            (
                quote!(a: ::std::option::Option<crate::Code>),
                Kind::Optional,
                quote!(crate::Code),
            ),
            (quote!(a: ::std::vec::Vec<A>), Kind::List, quote!(A)),
            (
                quote!(#[serde(flatten)] a: ::std::collections::BTreeMap<::std::string::String, i64>),
                Kind::Map,
                quote!(i64),
            ),
            (
                quote!(#[serde(default)] #free),
                Kind::Map,
                quote!(crate::Json),
            ),
        ] {
            let field = read(field);
            assert!(field.kind == kind, "{ty}");
            assert!(field.ty == parse_quote!(#ty), "{ty}");
        }
        assert!(read(free).kind == Kind::Required);
    }

    #[test]
    fn name_in_json_is_that_of_rename() {
        assert_eq!(read(quote!(org_id: u8)).name, "org_id");
        let renamed = quote!(#[serde(default, rename = "orgId")] org_id: u8);
        assert_eq!(read(renamed).name, "orgId");
    }

    #[test]
    fn setter_clears_rivals_unless_list_is_empty() {
        let one = read(quote!(one: ::std::option::Option<u8>));
        let list = read(quote!(list: ::std::vec::Vec<u8>));
        let owner = quote!(self.0);
        let code = one.setter(&owner, &[&list]).to_string();
        assert!(
            code.contains("self . 0 . list = Default :: default () ; self . 0 . one"),
            "{code}"
        );
        let code = list.setter(&owner, &[&one]).to_string();
        assert!(
            code.contains("is_empty () { self . 0 . one = Default"),
            "{code}"
        );
    }
}
