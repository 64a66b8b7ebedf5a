//! Names as people write them.
use super::*;
use webex_precheck::api::operations::{PRECHECK_CUSTOMER, PRECHECK_SUBSCRIBER};

#[test]
fn names_are_found_however_they_are_written() {
    for name in [
        "customerId",
        "Customer ID",
        "customer_id",
        "CUSTOMER-ID",
        " customerid ",
    ] {
        assert_eq!(
            field(name, PRECHECK_SUBSCRIBER.fields).unwrap().path,
            "customerId",
            "{name}"
        );
    }
    for name in [
        "provisioningParameters.firstName",
        "ProvisioningParameters.First Name",
        "provisioningParameters/firstName",
        "First Name",
        "first-name",
    ] {
        let found = field(name, PRECHECK_SUBSCRIBER.fields).unwrap().path;
        assert_eq!(found, "provisioningParameters.firstName", "{name}");
    }
    let location = "provisioningParameters.calling.location.address.city";
    for (name, path) in [
        ("city", "address.city"),
        ("address.city", "address.city"),
        ("location-city", location),
        ("location.address.city", location),
        ("customerInfo.name", "customerInfo.name"),
        (
            "calling.location.timezone",
            "provisioningParameters.calling.location.timezone",
        ),
    ] {
        assert_eq!(
            field(name, PRECHECK_CUSTOMER.fields).unwrap().path,
            path,
            "{name}"
        );
    }
}

#[test]
fn what_is_no_field_is_told() {
    let ambiguous = field("timezone", PRECHECK_CUSTOMER.fields).err().unwrap();
    assert!(matches!(ambiguous, NoField::Ambiguous(paths) if paths.len() == 2));
    assert_eq!(
        field("Department", PRECHECK_CUSTOMER.fields).err(),
        Some(NoField::Unknown)
    );
    assert_eq!(
        field("", PRECHECK_CUSTOMER.fields).err(),
        Some(NoField::Unknown)
    );
    assert_eq!(nearest("e-mial", PRECHECK_SUBSCRIBER.fields), Some("email"));
    assert_eq!(
        nearest("extention", PRECHECK_SUBSCRIBER.fields),
        Some("provisioningParameters.extension")
    );
    assert_eq!(nearest("Department", PRECHECK_SUBSCRIBER.fields), None);
}

fn header(names: &[&str], mapping: &Mapping) -> Result<Vec<Option<&'static str>>, Vec<String>> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let uses = of_header(&names, PRECHECK_SUBSCRIBER.fields, mapping)?;
    Ok(uses
        .iter()
        .map(|it| it.field.map(|field| field.flag.path))
        .collect())
}

#[test]
fn headers_are_strict() {
    let none = Mapping::default();
    assert_eq!(
        header(&["Email", "", ""], &none),
        Ok(vec![Some("email"), None, None])
    );
    let wrong = header(&["email", "E-Mail", "Team", "email"], &none).unwrap_err();
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert!(wrong[0].contains("column B `E-Mail` and column A `email` both hold email"));
    assert!(wrong[1].contains("column C `Team` is no field"));
    assert!(wrong[2].contains("column D `email` has the name of column A"));
    let email = field("email", PRECHECK_SUBSCRIBER.fields).unwrap();
    let mapping = Mapping {
        map: vec![("Mail Adresse".to_owned(), email)],
        ignore: vec!["*".to_owned()],
        keep: vec!["Team".to_owned()],
    };
    assert_eq!(
        header(&["mail adresse", "Team", "Floor"], &mapping),
        Ok(vec![Some("email"), None, None])
    );
    let wrong = header(&["email", "Floor"], &mapping).unwrap_err();
    assert_eq!(wrong.len(), 2, "{wrong:?}");
}
