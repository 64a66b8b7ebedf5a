//! What the answers mean together.
use webex_precheck::api::operations::{PRECHECK_CUSTOMER, PRECHECK_SUBSCRIBER};

use webex_precheck::{Precheck as _, Severity};

use super::*;

fn asked(replies: [Reply; 2], is_judged_without_sub_partner: bool) -> [Probe; 2] {
    let [customer, subscriber] = replies;
    [
        (&PRECHECK_CUSTOMER, customer),
        (&PRECHECK_SUBSCRIBER, subscriber),
    ]
    .map(|(operation, reply)| Probe {
        operation,
        reply,
        is_judged_without_sub_partner,
    })
}

fn with(checks: &[Check], health: Health) -> Vec<&'static str> {
    let found = checks.iter().filter(|check| check.health == health);
    found.map(|check| check.what).collect()
}

fn forbidden() -> Reply {
    Reply::Forbidden("HTTP 403".to_owned())
}

#[test]
fn what_is_ill_is_told_from_what_is_not() {
    use Reply::Judged;
    let refused = || Reply::Unauthorized("no".to_owned());
    let gone = || Reply::Unreachable("no route".to_owned());
    let ill = |replies| with(&diagnosis(&asked(replies, false), None), Health::Ill);
    assert!(ill([Judged, Judged]).is_empty());
    assert_eq!(ill([gone(), gone()]), ["network"]);
    assert_eq!(ill([refused(), refused()]), ["token"]);
    assert_eq!(ill([Judged, forbidden()]), ["subscribers"]);
    assert_eq!(ill([forbidden(), Judged]), ["customers"]);
    assert_eq!(
        ill([forbidden(), forbidden()]),
        ["customers", "subscribers"]
    );
    let without = asked([forbidden(), forbidden()], true);
    let found = diagnosis(&without, Some("x"));
    assert_eq!(
        with(&found, Health::Ill),
        ["customers", "subscribers", "sub-partner"]
    );
}

#[test]
fn what_cannot_be_told_is_not_claimed() {
    let asked = asked([forbidden(), forbidden()], false);
    let found = diagnosis(&asked, None);
    assert_eq!(with(&found, Health::Unknown), ["entitlement"]);
    let found = diagnosis(&asked, Some("x"));
    assert_eq!(
        with(&found, Health::Unknown),
        ["entitlement", "sub-partner"]
    );
    assert_eq!(exit(&asked, &found), Exit::Unauthorized);
}

#[test]
fn product_that_is_not_sold_is_no_fault() {
    let sold = OPERATIONS[0].product();
    let asked = OPERATIONS.iter().map(|operation| Probe {
        operation,
        reply: if operation.product() == sold {
            Reply::Judged
        } else {
            forbidden()
        },
        is_judged_without_sub_partner: false,
    });
    let asked: Vec<Probe> = asked.collect();
    let found = diagnosis(&asked, None);
    assert_eq!(with(&found, Health::Ill), [""; 0]);
    assert_eq!(exit(&asked, &found), Exit::Likely);
}

#[test]
fn samples_need_no_correction() {
    for operation in OPERATIONS {
        let checks = sample(operation).unwrap().findings();
        let errors = checks.iter().filter(|it| it.severity() == Severity::Error);
        assert_eq!(errors.count(), 0, "{}", operation.name);
    }
}
