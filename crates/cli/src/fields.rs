//! A flag for every field of the two requests.

/// A flag, and the field that it sets.
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    /// Path of the field in the request.
    pub(crate) field: &'static str,
    pub(crate) help: &'static str,
    pub(crate) shape: Shape,
}

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    /// One of the packages that are known, or any other.
    Package,
    /// Several packages, separated by commas or by repeating the flag.
    Packages,
}

const fn text(name: &'static str, field: &'static str, help: &'static str) -> Flag {
    Flag {
        name,
        field,
        help,
        shape: Shape::Text,
    }
}

/// Flags of `webex-precheck customer`.
pub(crate) const CUSTOMER: &[Flag] = &[
    text(
        "provisioning-id",
        "provisioningId",
        "Customer template to provision by",
    ),
    Flag {
        name: "packages",
        field: "packages",
        help: "Packages of the customer",
        shape: Shape::Packages,
    },
    text(
        "org-id",
        "orgId",
        "Webex organization of the customer, where it has one",
    ),
    text(
        "external-id",
        "externalId",
        "The partner's own ID for the customer",
    ),
    text(
        "address-line1",
        "address.addressLine1",
        "Required. Street and number of the billing address",
    ),
    text(
        "address-line2",
        "address.addressLine2",
        "Building, floor, suite",
    ),
    text("city", "address.city", "Required. City or town"),
    text(
        "state-or-province",
        "address.stateOrProvince",
        "State, province or region",
    ),
    text(
        "zip-or-postal-code",
        "address.zipOrPostalCode",
        "Postal code",
    ),
    text(
        "country",
        "address.country",
        "Required. ISO 3166-1 alpha-2 country code",
    ),
    text("customer-name", "customerInfo.name", "Name of the customer"),
    text(
        "customer-email",
        "customerInfo.primaryEmail",
        "The customer's main e-mail address",
    ),
    text(
        "location-name",
        "provisioningParameters.calling.location.name",
        "Required with a location. Name of the calling location",
    ),
    text(
        "location-address-line1",
        "provisioningParameters.calling.location.address.addressLine1",
        "Required with a location. Street and number of the location",
    ),
    text(
        "location-address-line2",
        "provisioningParameters.calling.location.address.addressLine2",
        "Building, floor, suite of the location",
    ),
    text(
        "location-city",
        "provisioningParameters.calling.location.address.city",
        "Required with a location. City or town of the location",
    ),
    text(
        "location-state-or-province",
        "provisioningParameters.calling.location.address.stateOrProvince",
        "State, province or region of the location",
    ),
    text(
        "location-zip-or-postal-code",
        "provisioningParameters.calling.location.address.zipOrPostalCode",
        "Postal code of the location",
    ),
    text(
        "location-country",
        "provisioningParameters.calling.location.address.country",
        "Required with a location. Country code of the location",
    ),
    text(
        "location-timezone",
        "provisioningParameters.calling.location.timezone",
        "Required with a location. Time zone of the location, such as America/Los_Angeles",
    ),
    text(
        "location-language",
        "provisioningParameters.calling.location.language",
        "Required with a location. Language of e-mails and announcements, such as en_us",
    ),
    text(
        "emergency-location-identifier",
        "provisioningParameters.calling.location.emergencyLocationIdentifier",
        "Goes into the SIP header of emergency calls",
    ),
    text(
        "meetings-timezone",
        "provisioningParameters.meetings.timezone",
        "Time zone of the meetings, such as America/Los_Angeles",
    ),
];

/// Flags of `webex-precheck subscriber`.
pub(crate) const SUBSCRIBER: &[Flag] = &[
    text(
        "provisioning-id",
        "provisioningId",
        "Customer template to provision by",
    ),
    text(
        "customer-id",
        "customerId",
        "Wholesale customer of the subscriber",
    ),
    text(
        "email",
        "email",
        "Required. E-mail address of the subscriber",
    ),
    Flag {
        name: "package",
        field: "package",
        help: "Package of the subscriber, in the older of two fields; prefer --packages",
        shape: Shape::Package,
    },
    Flag {
        name: "packages",
        field: "packages",
        help: "Packages of the subscriber; Webex takes one for now",
        shape: Shape::Packages,
    },
    text(
        "first-name",
        "provisioningParameters.firstName",
        "Given name",
    ),
    text(
        "last-name",
        "provisioningParameters.lastName",
        "Family name",
    ),
    text(
        "primary-phone-number",
        "provisioningParameters.primaryPhoneNumber",
        "Main phone number",
    ),
    text("extension", "provisioningParameters.extension", "Extension"),
    text(
        "location-id",
        "provisioningParameters.locationId",
        "Calling location, by its ID in the Locations API",
    ),
    text(
        "customer-email",
        "customerInfo.primaryEmail",
        "The customer's main e-mail address",
    ),
];
