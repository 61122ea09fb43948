//! What is said of the policy.

use super::*;

#[test]
fn where_the_policy_does_not_exist_that_is_said() {
    let refused = converted(POOLS, options("1.31")).unwrap_err();
    let codes: Vec<&str> =
        refused.iter().filter(|one| one.is_error()).map(|one| one.code.id).collect();
    assert_eq!(codes, ["M2C509"]);
    let said = |version: &str| {
        let conversion = converted(POOLS, options(version)).unwrap();
        conversion.diagnostics.iter().any(|one| one.code.id == "M2C510")
    };
    assert!(said("1.32") && said("1.34") && said("1.35") && !said("1.36"));
}

#[test]
fn a_policy_that_no_server_would_parse_is_refused() {
    let pools: Vec<String> = (0..600)
        .map(|n| {
            format!(
                "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {{name: p{n}}}\n\
                 spec: {{addresses: [10.{}.{}.1-10.{}.{}.254], autoAssign: false}}\n",
                n / 250,
                n % 250,
                n / 250,
                n % 250
            )
        })
        .collect();
    let refused = converted(&pools.join("---\n"), options("1.36")).unwrap_err();
    assert!(refused.iter().any(|one| one.code.id == "M2C511"));
}

#[test]
fn a_pool_that_later_services_ask_for_in_vain_is_named() {
    let pools = "\
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: open}
spec: {addresses: [10.0.0.0/24]}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: shop}
spec: {addresses: [10.1.0.0/24], serviceAllocation: {namespaces: [shop]}}
";
    let said = |pools: &str| {
        let conversion = converted(pools, options("1.36")).unwrap();
        let found = conversion.diagnostics.into_iter().find(|one| one.code.id == "M2C512");
        found.map(|one| one.message)
    };
    let message = said(pools).unwrap();
    assert!(message.contains("an address of open and that"), "not of shop: {message}");
    assert_eq!(said(POOLS), None, "a label reaches the others");
}
