//! The rules, and their sources.

use std::fmt;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Webex's documentation rules the request out: it is not sent.
    Error,
    /// The request looks wrong: it is sent, for Webex to judge.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $id:literal $severity:ident $source:expr, $remedy:literal;)*) => {
        /// The rule behind a finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(
                $(#[$doc])*
                ///
                #[doc = concat!("`", $id, "`, ", stringify!($severity), ".")]
                $name,
            )*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// A stable name, such as `country-size`.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// Whether a request that breaks it is sent.
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }

            /// How to fix it.
            pub fn remedy(self) -> &'static str {
                match self {
                    $(Self::$name => $remedy,)*
                }
            }

            /// Where it comes from.
            pub fn source(self) -> &'static str {
                match self {
                    $(Self::$name => $source,)*
                }
            }
        }
    };
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

const CUSTOMERS: &str = "Webex, precheck of a customer";
const SUBSCRIBERS: &str = "Webex, precheck of a subscriber";
const BROADWORKS: &str = "Webex, precheck of a BroadWorks subscriber";
const ALL: &str = "Webex, all prechecks";
const CUSTOM: &str = "custom of the country's post";

rules! {
    /// A required field is empty.
    RequiredEmpty "required-empty" Error ALL, "fill it in";
    /// A country code does not have the two characters that Webex states.
    CountrySize "country-size" Error CUSTOMERS, "write the two letters of ISO 3166-1, such as US";
    /// A subscriber has more than one package.
    OnePackage "one-package" Error SUBSCRIBERS, "keep one package";
    /// A line of an address has more than 50 characters.
    AddressLineLength "address-line-length" Warning CUSTOMERS, "shorten the line, or move a part to the second one";
    /// A country code is not assigned by ISO 3166-1.
    UnknownCountry "unknown-country" Warning "ISO 3166-1 alpha-2", "look the code up in ISO 3166-1 alpha-2";
    /// An e-mail address is invalid.
    NoEmail "no-email" Warning "RFC 5321 and 5322", "look for a typing error";
    /// A time zone is not in the IANA database.
    UnknownTimeZone "unknown-time-zone" Warning "IANA time zone database", "write a name of the IANA database, such as America/Los_Angeles";
    /// A package is unknown to this release.
    UnknownPackage "unknown-package" Warning ALL, "look for a typing error; if Webex offers it, leave it";
    /// A field is unknown to this release. It is sent as it is.
    UnknownField "unknown-field" Warning "fields that Webex documents", "look for a typing error; if Webex has such a field, leave it";
    /// An optional field is empty.
    EmptyValue "empty-value" Warning "fields that are not set are left out", "fill it in, or leave the field out";
    /// A package is missing another one that it needs.
    PackageDependency "package-dependency" Warning ALL, "add one of the packages that it needs";
    /// A subscriber with a calling package has neither a phone number nor an extension.
    NoNumber "no-number" Warning SUBSCRIBERS, "add a phone number or an extension";
    /// A subscriber names neither an existing customer nor a new one.
    NoCustomer "no-customer" Warning SUBSCRIBERS, "add customerId; for a new customer, provisioningId and customerInfo.primaryEmail";
    /// An address lacks the state or province that addresses of its country have.
    NoState "no-state" Warning CUSTOM, "add the state or province";
    /// An address lacks the postal code that addresses of its country have.
    NoPostalCode "no-postal-code" Warning CUSTOM, "add the postal code";
    /// A language is not a code of ISO 639-1.
    LanguageCode "language-code" Warning BROADWORKS, "write the two letters of ISO 639-1, such as en";
    /// A value is in quotation marks, which are sent with it.
    Quoted "quoted" Warning "as in some of Webex's own examples", "remove the quotation marks";
}
