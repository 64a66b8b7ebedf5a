//! Which operations a source is searched for, and by what they are known in it.

use crate::inventory::{Inventory, OperationId};

/// Operations by their methods and paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints(Vec<Endpoint>);

/// An operation by its method and path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The ID under which it is documented.
    pub id: OperationId,
    /// HTTP method, upper case.
    pub method: String,
    /// Path, with or without a version before it.
    pub path: String,
}

impl Endpoints {
    /// Those of the operations of an inventory whose paths are known.
    pub fn of(known: &Inventory) -> Self {
        let endpoints = known.operations.iter().filter_map(|operation| {
            Some(Endpoint {
                id: operation.id.clone(),
                method: operation.method.clone().unwrap_or("POST".to_owned()),
                path: operation.path.clone()?,
            })
        });
        endpoints.collect()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Endpoint> {
        self.0.iter()
    }

    /// Those at a path: sources show it with or without the version.
    pub fn at<'e>(&'e self, path: &str) -> impl Iterator<Item = &'e Endpoint> + use<'e> {
        let path = without_version(path).to_owned();
        let is_there = move |it: &&Endpoint| without_version(&it.path) == path;
        self.0.iter().filter(is_there)
    }
}

impl FromIterator<Endpoint> for Endpoints {
    fn from_iter<I: IntoIterator<Item = Endpoint>>(endpoints: I) -> Self {
        Self(endpoints.into_iter().collect())
    }
}

impl Endpoint {
    /// How its path ends wherever it is shown.
    pub(crate) fn path_without_version(&self) -> &str {
        without_version(&self.path)
    }

    /// What people call the operation: the segments of its path, each in the singular.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        let segments = self.path_without_version().split('/');
        let segments = segments.filter(|it| !it.is_empty() && *it != "validate");
        segments.map(|it| it.strip_suffix('s').unwrap_or(it))
    }
}

/// `/v1/wholesale/customers/validate` -> `/wholesale/customers/validate`
fn without_version(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let is_version = |segment: &str| {
        let number = segment.strip_prefix('v').unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    match path.strip_prefix('/').and_then(|it| it.split_once('/')) {
        Some((first, rest)) if is_version(first) => &path[path.len() - rest.len() - 1..],
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    //! Which paths are one.
    use super::*;

    #[test]
    fn version_and_last_slash_do_not_count() {
        for (path, expected) in [
            ("/v1/a/b", "/a/b"),
            ("/a/b/", "/a/b"),
            ("/v12/a", "/a"),
            ("/voice/a", "/voice/a"),
            ("/v1", "/v1"),
            ("/a/v1/b", "/a/v1/b"),
            ("", ""),
        ] {
            assert_eq!(without_version(path), expected, "{path}");
        }
    }
}
