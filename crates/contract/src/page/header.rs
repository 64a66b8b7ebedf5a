//! Which operation a page is about, its title, description and dependencies.

use crate::dependencies;
use crate::endpoints::{Endpoint, Endpoints};
use crate::inventory::Operation;
use crate::problem::Problem;
use crate::text_digest::TextDigest;

use super::incomplete::incomplete;
use super::tree::{self, Page, RequestLine};

/// Tells which of the operations a page is about: by its path, or by its title where the page does
/// not show the path.
pub(super) fn identify<'k>(
    endpoint: Option<&RequestLine>,
    title: Option<&str>,
    known: &'k Endpoints,
) -> Result<&'k Endpoint, Problem> {
    let paths: Vec<String> = known.iter().map(|it| format!("`{}`", it.path)).collect();
    let paths = paths.join(" or ");
    if let Some(RequestLine { method, path, line }) = endpoint {
        let place = format!("line {}", line + 1);
        let message = format!("the page of `{path}`; capture the page of {paths}");
        let found = known.at(path).find(|it| it.method == *method);
        let found = found.or_else(|| known.at(path).next());
        return found.ok_or_else(|| Problem::broken(place, message));
    }
    let title = title.map(str::to_lowercase).unwrap_or_default();
    let mut found = known
        .iter()
        .filter(|it| it.words().all(|word| title.contains(word)));
    match (found.next(), found.next()) {
        (Some(endpoint), None) => Ok(endpoint),
        _ => Err(Problem::broken(
            "",
            format!(
                "neither a path nor a title says which operation this page is about; \
                 capture the whole page of {paths}"
            ),
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
