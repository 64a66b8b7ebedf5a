//! Scenarios: what requests a test expects, and the reply to each.

mod file;
pub(crate) mod script;
pub(crate) mod step;

use std::collections::VecDeque;

use step::Step;

/// The replies to prechecks in their order, and to renewals of access tokens.
///
/// A sandbox panics when it is dropped before all steps were taken, or after a request that its
/// steps did not expect.
///
/// ```
/// use webex_precheck_sandbox::{Answer, Scenario, Step};
///
/// let scenario = Scenario::new()
///     .step(Step::judged().operation("customer"))
///     .step(Step::answer(Answer::new(429).header("Retry-After", "1")).times(2))
///     .step(Step::test_value("unlikely").field("email", "alice@example.com"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    steps: VecDeque<Step>,
    renewals: VecDeque<Step>,
    strict: bool,
}

impl Scenario {
    /// A scenario without steps.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step for the next prechecks.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push_back(step);
        self
    }

    /// Adds a step for the next renewals of an access token.
    ///
    /// # Panics
    ///
    /// If the step expects an operation or a field, which a renewal does not have.
    #[must_use]
    pub fn renewal(mut self, step: Step) -> Self {
        assert!(
            !step.expects_precheck(),
            "a renewal has neither operation nor fields"
        );
        self.renewals.push_back(step);
        self
    }

    /// Does not expect a precheck after the last step. Default: such a precheck is judged as
    /// without a scenario.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }
}
