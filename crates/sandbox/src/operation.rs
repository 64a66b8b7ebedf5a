//! The operations that are served.

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `POST /v1/wholesale/customers/validate`
    Customer,
    /// `POST /v1/wholesale/subscribers/validate`
    Subscriber,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Customer, Self::Subscriber];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Subscriber => "subscriber",
        }
    }
}
