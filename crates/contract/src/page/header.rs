//! Which operation a page is about, its title, description and dependencies.

use crate::dependencies;
use crate::inventory::{Operation, OperationId};
use crate::problem::Problem;
use crate::text_digest::TextDigest;

use super::incomplete::incomplete;
use super::tree::{self, Endpoint, Page};

/// Tells which of the operations a page is about: by its path, or by its title where the page does
/// not show the path.
pub(super) fn identify(
    endpoint: Option<&Endpoint>,
    title: Option<&str>,
) -> Result<OperationId, Problem> {
    if let Some(Endpoint { path, line, .. }) = endpoint {
        let [customer, subscriber] = OperationId::ALL.map(OperationId::path_suffix);
        let message = format!(
            "the page of `{path}`; capture the page of a precheck, \
             `/v1{customer}` or `/v1{subscriber}`"
        );
        let place = format!("line {}", line + 1);
        return OperationId::of_path(path).ok_or_else(|| Problem::broken(place, message));
    }
    let title = title.map(str::to_lowercase).unwrap_or_default();
    let is_of = |id: &OperationId| title.contains("wholesale") && title.contains(id.as_str());
    let mut found = OperationId::ALL.into_iter().filter(is_of);
    match (found.next(), found.next()) {
        (Some(id), None) => Ok(id),
        _ => Err(Problem::broken(
            "",
            "neither a path nor a title says that this is the page of a wholesale precheck; \
             capture the whole page of one",
        )),
    }
}

/// Reads what stands above the parameters.
pub(super) fn read(operation: &mut Operation, page: &Page) -> Result<(), Problem> {
    let endpoint = page.endpoint.as_ref();
    operation.method = endpoint.map(|endpoint| endpoint.method.clone());
    operation.path = endpoint.map(|endpoint| endpoint.path.clone());
    let header = page.header.as_ref();
    let header = header.ok_or_else(|| incomplete("", "no title above the description"))?;
    operation.title = Some(TextDigest::new(&header.heading));
    let (dependencies, rest) = dependencies::split(&tree::markdown(&header.blocks));
    operation.description = Some(TextDigest::new(&rest));
    operation.dependencies = Some(dependencies);
    Ok(())
}
