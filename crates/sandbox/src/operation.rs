//! The operations: where they are served, and which tokens they take.

pub use webex_precheck_contract::OperationId as Operation;

/// The operation that is served under a path.
pub(crate) fn by_path(path: &str) -> Option<Operation> {
    let mut all = Operation::ALL.into_iter();
    all.find(|operation| self::path(*operation) == path)
}

pub(crate) fn path(operation: Operation) -> &'static str {
    match operation {
        Operation::Customer => "/v1/wholesale/customers/validate",
        Operation::Subscriber => "/v1/wholesale/subscribers/validate",
    }
}

/// The scope that an access token needs.
pub(crate) fn scope(operation: Operation) -> &'static str {
    match operation {
        Operation::Customer => "spark-admin:wholesale_customers_write",
        Operation::Subscriber => "spark-admin:wholesale_subscribers_write",
    }
}

/// The end of a token that has the scope of this operation only.
pub(crate) fn token_suffix(operation: Operation) -> &'static str {
    match operation {
        Operation::Customer => "-customers-only",
        Operation::Subscriber => "-subscribers-only",
    }
}

/// Whether a request takes one package only, in `package` or `packages`.
pub(crate) fn takes_one_package(operation: Operation) -> bool {
    operation == Operation::Subscriber
}
