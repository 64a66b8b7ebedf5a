//! A flag for every field of the two requests.

/// A flag, and the field that it sets.
#[derive(Debug)]
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    /// Path of the field in the request.
    pub(crate) field: &'static str,
    pub(crate) help: &'static str,
    /// What a template has; empty where another field stands for it.
    pub(crate) example: &'static str,
    pub(crate) shape: Shape,
}

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    /// One of the packages that are known, or any other.
    Package,
    /// Several packages, separated by commas or by repeating the flag.
    Packages,
}

const fn text(
    name: &'static str,
    field: &'static str,
    help: &'static str,
    example: &'static str,
) -> Flag {
    Flag {
        name,
        field,
        help,
        example,
        shape: Shape::Text,
    }
}

/// Flags of `webex-precheck customer`.
pub(crate) const CUSTOMER: &[Flag] = &[
    text(
        "provisioning-id",
        "provisioningId",
        "Customer template to provision by",
        "",
    ),
    Flag {
        name: "packages",
        field: "packages",
        example: "webex_calling,webex_meetings",
        help: "Packages of the customer",
        shape: Shape::Packages,
    },
    text(
        "org-id",
        "orgId",
        "Webex organization of the customer, where it has one",
        "",
    ),
    text(
        "external-id",
        "externalId",
        "The partner's own ID for the customer",
        "acme-milpitas",
    ),
    text(
        "address-line1",
        "address.addressLine1",
        "Required. Street and number of the billing address",
        "771 Alder Drive",
    ),
    text(
        "address-line2",
        "address.addressLine2",
        "Building, floor, suite",
        "",
    ),
    text("city", "address.city", "Required. City or town", "Milpitas"),
    text(
        "state-or-province",
        "address.stateOrProvince",
        "State, province or region",
        "CA",
    ),
    text(
        "zip-or-postal-code",
        "address.zipOrPostalCode",
        "Postal code",
        "95035",
    ),
    text(
        "country",
        "address.country",
        "Required. ISO 3166-1 alpha-2 country code",
        "US",
    ),
    text(
        "customer-name",
        "customerInfo.name",
        "Name of the customer",
        "Acme, Inc.",
    ),
    text(
        "customer-email",
        "customerInfo.primaryEmail",
        "The customer's main e-mail address",
        "john.anderson@acme.com",
    ),
    text(
        "location-name",
        "provisioningParameters.calling.location.name",
        "Required with a location. Name of the calling location",
        "Head Office",
    ),
    text(
        "location-address-line1",
        "provisioningParameters.calling.location.address.addressLine1",
        "Required with a location. Street and number of the location",
        "771 Alder Drive",
    ),
    text(
        "location-address-line2",
        "provisioningParameters.calling.location.address.addressLine2",
        "Building, floor, suite of the location",
        "",
    ),
    text(
        "location-city",
        "provisioningParameters.calling.location.address.city",
        "Required with a location. City or town of the location",
        "Milpitas",
    ),
    text(
        "location-state-or-province",
        "provisioningParameters.calling.location.address.stateOrProvince",
        "State, province or region of the location",
        "CA",
    ),
    text(
        "location-zip-or-postal-code",
        "provisioningParameters.calling.location.address.zipOrPostalCode",
        "Postal code of the location",
        "95035",
    ),
    text(
        "location-country",
        "provisioningParameters.calling.location.address.country",
        "Required with a location. Country code of the location",
        "US",
    ),
    text(
        "location-timezone",
        "provisioningParameters.calling.location.timezone",
        "Required with a location. Time zone of the location, such as America/Los_Angeles",
        "America/Los_Angeles",
    ),
    text(
        "location-language",
        "provisioningParameters.calling.location.language",
        "Required with a location. Language of e-mails and announcements, such as en_us",
        "en_us",
    ),
    text(
        "emergency-location-identifier",
        "provisioningParameters.calling.location.emergencyLocationIdentifier",
        "Goes into the SIP header of emergency calls",
        "",
    ),
    text(
        "meetings-timezone",
        "provisioningParameters.meetings.timezone",
        "Time zone of the meetings, such as America/Los_Angeles",
        "America/Los_Angeles",
    ),
];

/// Flags of `webex-precheck subscriber`.
pub(crate) const SUBSCRIBER: &[Flag] = &[
    text(
        "provisioning-id",
        "provisioningId",
        "Customer template to provision by",
        "",
    ),
    text(
        "customer-id",
        "customerId",
        "Wholesale customer of the subscriber",
        "ZjViMzYx",
    ),
    text(
        "email",
        "email",
        "Required. E-mail address of the subscriber",
        "alice.anderson@acme.com",
    ),
    Flag {
        name: "package",
        field: "package",
        example: "",
        help: "Package of the subscriber, in the older of two fields; prefer --packages",
        shape: Shape::Package,
    },
    Flag {
        name: "packages",
        field: "packages",
        example: "webex_calling",
        help: "Packages of the subscriber; Webex takes one for now",
        shape: Shape::Packages,
    },
    text(
        "first-name",
        "provisioningParameters.firstName",
        "Given name",
        "Alice",
    ),
    text(
        "last-name",
        "provisioningParameters.lastName",
        "Family name",
        "Anderson",
    ),
    text(
        "primary-phone-number",
        "provisioningParameters.primaryPhoneNumber",
        "Main phone number",
        "+14085550100",
    ),
    text(
        "extension",
        "provisioningParameters.extension",
        "Extension",
        "0100",
    ),
    text(
        "location-id",
        "provisioningParameters.locationId",
        "Calling location, by its ID in the Locations API",
        "",
    ),
    text(
        "customer-email",
        "customerInfo.primaryEmail",
        "The customer's main e-mail address",
        "",
    ),
];
