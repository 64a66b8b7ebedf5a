//! The rules that rest on what a source changed.

use webex_precheck_contract::diff::Comparison;
use webex_precheck_contract::rules::Rules;

use crate::source::Fresh;

/// Names, at each difference of wording, the rules that rest on what changed.
pub(crate) fn name_rules(comparison: &mut Comparison, rules: &Rules, fresh: &Fresh) {
    for difference in &mut comparison.differences {
        let id = difference.operation;
        // Descriptions without names stand in one place for the rules.
        let at = match difference.at.split_once(".unnamed[") {
            Some((section, _)) => format!("{section}.unnamed"),
            None => difference.at.clone(),
        };
        let lost = rules.that_lost(&fresh.capture, id, &at, &fresh.inventory);
        difference.rules = lost.map(str::to_owned).collect();
    }
}
