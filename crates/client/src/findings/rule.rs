//! The rules, and who says so.

use std::fmt;

/// Whether a request is sent despite a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Webex's documentation rules it out: not sent.
    Hard,
    /// It looks wrong: sent, for Webex to judge.
    Soft,
}

impl Severity {
    /// `hard` or `soft`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
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
        /// What a finding is about.
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

            /// A name that stays the same from release to release, such as `country-size`.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// Whether a request that does not follow it is refused.
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }

            /// What to do about it.
            pub fn remedy(self) -> &'static str {
                match self {
                    $(Self::$name => $remedy,)*
                }
            }

            /// Who says so.
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
    /// A field that is required is empty.
    RequiredEmpty "required-empty" Hard ALL, "fill it in";
    /// A country code does not have the two characters that Webex states.
    CountrySize "country-size" Hard CUSTOMERS, "write the two letters of ISO 3166-1, such as US";
    /// A subscriber has more than one package.
    OnePackage "one-package" Hard SUBSCRIBERS, "keep one package";
    /// A line of an address has more than 50 characters.
    AddressLineLength "address-line-length" Soft CUSTOMERS, "shorten the line, or move a part to the second one";
    /// A country code is none that ISO 3166-1 assigns.
    UnknownCountry "unknown-country" Soft "ISO 3166-1 alpha-2", "look the code up in ISO 3166-1 alpha-2";
    /// An e-mail address is none.
    NoEmail "no-email" Soft "RFC 5321 and 5322", "look for a typing error";
    /// A time zone is not in the IANA database.
    UnknownTimeZone "unknown-time-zone" Soft "IANA time zone database", "write a name of the IANA database, such as America/Los_Angeles";
    /// A package is none that this release knows.
    UnknownPackage "unknown-package" Soft ALL, "look for a typing error; if Webex offers it, leave it";
    /// A package stands without another that it needs.
    PackageDependency "package-dependency" Soft ALL, "add one of the packages that it needs";
    /// A subscriber with a calling package has neither a phone number nor an extension.
    NoNumber "no-number" Soft SUBSCRIBERS, "add a phone number or an extension";
    /// A subscriber says neither of which customer, nor of what new one.
    NoCustomer "no-customer" Soft SUBSCRIBERS, "add customerId; for a new customer, provisioningId and customerInfo.primaryEmail";
    /// An address lacks the state or province that addresses of its country have.
    NoState "no-state" Soft CUSTOM, "add the state or province";
    /// An address lacks the postal code that addresses of its country have.
    NoPostalCode "no-postal-code" Soft CUSTOM, "add the postal code";
    /// A language is not a code of ISO 639-1.
    LanguageCode "language-code" Soft BROADWORKS, "write the two letters of ISO 639-1, such as en";
    /// A value stands in quotation marks, which are sent with it.
    Quoted "quoted" Soft "as in some of Webex's own examples", "remove the quotation marks";
}
