//! Which rights the user has, as the API server says: SelfSubjectAccessReviews, which
//! are sent to be answered and are kept nowhere.

use http::Request;
use kube::Client;
use serde_json::json;

use super::fetch::{Problem, ask};
use crate::plan::Right;

const PATH: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const RESOURCE: &str = "selfsubjectaccessreviews.authorization.k8s.io";

/// Those of the rights that the user does not have.
///
/// # Errors
/// Why the API server did not say.
pub async fn denied(client: &Client, rights: &[Right]) -> Result<Vec<Right>, Problem> {
    let mut denied = Vec::new();
    for right in rights {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": right},
        });
        let request = || {
            Request::post(PATH)
                .header(http::header::CONTENT_TYPE, "application/json")
                .body(review.to_string().into_bytes())
        };
        let failed = |reason: &str| Problem::Failed {
            resource: RESOURCE.to_owned(),
            reason: reason.to_owned(),
        };
        let answer = ask(client, &request)
            .await
            .map_err(|failure| failure.about("create", RESOURCE, None, true))?
            .ok_or_else(|| failed("the API server has no such resource"))?;
        match answer["status"]["allowed"].as_bool() {
            Some(true) => {}
            Some(false) => denied.push(right.clone()),
            None => return Err(failed("the answer does not say whether it is allowed")),
        }
    }
    Ok(denied)
}
