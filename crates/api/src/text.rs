//! Strings that are not to be mixed up: identifiers, e-mail addresses, countries, time zones.
//!
//! None of them judges its text: whether a value is good is for Webex to say.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Defines a type around a string, which is sent as that string.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(::std::borrow::Cow<'static, str>);

        impl $name {
            /// Takes any text.
            pub fn new(text: impl Into<::std::string::String>) -> Self {
                Self(::std::borrow::Cow::Owned(text.into()))
            }

            /// The text as it is sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<$name> for ::std::string::String {
            fn from(text: $name) -> Self {
                text.0.into_owned()
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                <::std::string::String as ::schemars::JsonSchema>::json_schema(generator)
            }
        }
    };
}

/// Reads any text as a [`text!`].
macro_rules! from_any_text {
    ($name:ident) => {
        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::new(text))
            }
        }
    };
}

/// Defines a [`text!`] that any string turns into by itself. Not for what stands beside another
/// string in an argument list.
macro_rules! named_text {
    ($(#[$doc:meta])* $name:ident) => {
        crate::text::text!($(#[$doc])* $name);
        crate::text::from_any_text!($name);

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<&::std::string::String> for $name {
            fn from(text: &::std::string::String) -> Self {
                Self::new(text)
            }
        }

        impl From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self::new(text)
            }
        }
    };
}

pub(crate) use {from_any_text, named_text, text};

named_text! {
    /// An e-mail address.
    Email
}

named_text! {
    /// The encoded organization ID of a sub-partner, for `onBehalfOfSubPartnerOrgId`.
    SubPartnerOrgId
}

text! {
    /// Name of a time zone in the IANA database, such as `America/Los_Angeles`.
    TimeZone
}

from_any_text!(TimeZone);

text! {
    /// An ISO 3166-1 alpha-2 country code. Each code has a constant. Parsing accepts only these
    /// codes; [`Country::new`] and JSON accept any text.
    ///
    /// ```
    /// use webex_precheck_api::Country;
    ///
    /// assert_eq!("US".parse(), Ok(Country::US));
    /// let error = "us".parse::<Country>().unwrap_err();
    /// assert_eq!(error.to_string(), "`us` is not a country code of ISO 3166-1 alpha-2; write US");
    /// ```
    Country
}

/// A text that is no country code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotACountry(String);

impl fmt::Display for NotACountry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(60).collect();
        let shown = shown.escape_debug();
        write!(f, "`{shown}` is not a country code of ISO 3166-1 alpha-2")?;
        let upper = self.0.trim().to_ascii_uppercase();
        match Country::assigned(&upper) {
            Some(code) => write!(f, "; write {code}"),
            None => f.write_str("; write two letters, such as US"),
        }
    }
}

impl std::error::Error for NotACountry {}

impl FromStr for Country {
    type Err = NotACountry;

    fn from_str(text: &str) -> Result<Self, NotACountry> {
        let code = Self::assigned(text).ok_or_else(|| NotACountry(text.to_owned()))?;
        Ok(Self(Cow::Borrowed(code)))
    }
}

impl Country {
    fn assigned(code: &str) -> Option<&'static str> {
        let place = Self::ASSIGNED.binary_search(&code).ok()?;
        Self::ASSIGNED.get(place).copied()
    }
}

macro_rules! countries {
    ($($code:ident)*) => {
        impl Country {
            $(
                #[allow(missing_docs, reason = "the code says all")]
                pub const $code: Self = Self(Cow::Borrowed(stringify!($code)));
            )*

            /// The codes that ISO 3166-1 assigns, in alphabetical order.
            pub const ASSIGNED: &'static [&'static str] = &[$(stringify!($code)),*];
        }
    };
}

countries! {
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ
    BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ
    DE DJ DK DM DO DZ
    EC EE EG EH ER ES ET
    FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY
    HK HM HN HR HT HU
    ID IE IL IM IN IO IQ IR IS IT
    JE JM JO JP
    KE KG KH KI KM KN KP KR KW KY KZ
    LA LB LC LI LK LR LS LT LU LV LY
    MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ
    NA NC NE NF NG NI NL NO NP NR NU NZ
    OM
    PA PE PF PG PH PK PL PM PN PR PS PT PW PY
    QA
    RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ
    TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
    UA UG UM US UY UZ
    VA VC VE VG VI VN VU
    WF WS
    YE YT
    ZA ZM ZW
}

#[cfg(test)]
mod tests {
    //! The table of countries, and what turns into what.
    use super::*;

    #[test]
    fn iso_3166_1_assigns_249_codes_of_two_letters() {
        let codes = Country::ASSIGNED;
        assert_eq!(codes.len(), 249);
        assert!(codes.is_sorted());
        assert!(codes.iter().all(|code| code.len() == 2));
        assert_eq!(Country::US, Country::new("US"));
    }

    #[test]
    fn what_is_no_country_is_told_when_parsed() {
        assert_eq!("DE".parse(), Ok(Country::DE));
        for (text, expected) in [
            (
                "nonsense",
                "`nonsense` is not a country code of ISO 3166-1 alpha-2; write two letters, such as US",
            ),
            (
                "us",
                "`us` is not a country code of ISO 3166-1 alpha-2; write US",
            ),
            (
                "XX",
                "`XX` is not a country code of ISO 3166-1 alpha-2; write two letters, such as US",
            ),
            (
                "",
                "`` is not a country code of ISO 3166-1 alpha-2; write two letters, such as US",
            ),
        ] {
            assert_eq!(text.parse::<Country>().unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn they_are_sent_as_their_text() {
        let sent = serde_json::to_string(&(Email::from("a@b.c"), Country::DE)).unwrap();
        assert_eq!(sent, r#"["a@b.c","DE"]"#);
        let read: TimeZone = serde_json::from_str(r#""Asia/Tokyo""#).unwrap();
        assert_eq!(read, TimeZone::new("Asia/Tokyo"));
    }
}
