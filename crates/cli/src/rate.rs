//! Rates as people write them.

use std::fmt;
use std::time::Duration;

/// So many requests in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) requests: u32,
    pub(crate) per: Duration,
}

/// Why a text is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RateError {
    Form,
    Zero,
    TooMany,
}

impl fmt::Display for RateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("write it as 300/min, 5/s or 1000/h"),
            Self::Zero => f.write_str("it is at least 1"),
            Self::TooMany => write!(f, "at most {} requests", u32::MAX),
        }
    }
}

impl std::error::Error for RateError {}

impl Rate {
    /// Reads `300/min`.
    pub(crate) fn read(text: &str) -> Result<Rate, RateError> {
        let (requests, unit) = text.split_once('/').ok_or(RateError::Form)?;
        let per = match unit {
            "s" => 1,
            "min" | "m" => 60,
            "h" => 3600,
            _ => return Err(RateError::Form),
        };
        let is_number = !requests.is_empty() && requests.bytes().all(|byte| byte.is_ascii_digit());
        let requests: u32 = match requests.parse() {
            Ok(requests) => requests,
            Err(_) if is_number => return Err(RateError::TooMany),
            Err(_) => return Err(RateError::Form),
        };
        match requests {
            0 => Err(RateError::Zero),
            requests => Ok(Rate {
                requests,
                per: Duration::from_secs(per),
            }),
        }
    }

    /// Requests a second.
    pub(crate) fn per_second(self) -> f64 {
        f64::from(self.requests) / self.per.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    //! Rates as people write them.
    use super::*;

    #[test]
    fn rates_are_read() {
        let per = |requests, seconds| {
            let per = Duration::from_secs(seconds);
            Ok(Rate { requests, per })
        };
        assert_eq!(Rate::read("300/min"), per(300, 60));
        assert_eq!(Rate::read("5/s"), per(5, 1));
        assert_eq!(Rate::read("1000/h"), per(1000, 3600));
        for wrong in ["", "5", "5/", "/s", "0/s", "-1/s", "5/day", "1.5/s"] {
            assert!(Rate::read(wrong).is_err(), "{wrong}");
        }
    }
}
