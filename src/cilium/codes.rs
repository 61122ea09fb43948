//! Diagnostic codes of Cilium's objects and settings: `M2C17x`.

use crate::diagnostic::codes;

codes! {
    /// An apiVersion that the target Cilium does not serve.
    NOT_SERVED = "M2C170", "Cilium does not serve this apiVersion of the kind",
"Each Cilium version serves its kinds in certain versions of the API group
`cilium.io`; any other is refused (`no matches for kind …`). Pools and the BGP kinds
are `cilium.io/v2alpha1` up to 1.17 and `cilium.io/v2` from 1.18 on, where the old
version is still served. CiliumL2AnnouncementPolicy is `cilium.io/v2alpha1` in every
version. CiliumBGPPeeringPolicy is gone since 1.19.

Write the apiVersion that the help line names, or choose another `--cilium-version`.";

    /// A field that the schema does not have.
    UNKNOWN_FIELD = "M2C171", "A Cilium object has a field that its schema does not know",
"Under strict validation (`kubectl apply` validates so by default) the API server
refuses an object with an unknown field; without it the field is dropped in silence,
which is worse. Fields come and go with versions: `aggregationLengthIPv4` is there
from 1.18 on, `transport.sourceInterface` from 1.19 on; `peerConfigRef.group`,
`peerConfigRef.kind` and `transport.localPort` are in `cilium.io/v2alpha1` only.

Remove the field, or choose the Cilium version that has it.";

    /// A value that the schema refuses.
    REFUSED_VALUE = "M2C172", "A value of a Cilium object is refused by its schema",
"The API server checks each field's type, its range, its form and whether it is
required, and refuses the whole object when one check fails. A frequent case is
`allowFirstLastIPs: No` without quotes, which YAML reads as a boolean.

Write a value of the form that the message names.";

    /// A validation rule (CEL) that does not hold.
    BROKEN_RULE = "M2C173", "A Cilium object breaks a validation rule of its schema",
"Beside the form of single fields, the schemas hold rules over several fields, and
the API server refuses an object that breaks one. They are checked after defaults are
filled in: `holdTimeSeconds: 9` alone breaks the rule that the keepalive time is not
above the hold time, since the keepalive time then is 30.

Follow what the message says; for timers, write both.";

    /// A name or a label that the API machinery refuses.
    REFUSED_METADATA = "M2C174", "The metadata of a Cilium object is refused",
"Names are DNS subdomains (RFC 1123): lower case letters, digits, `-` and `.`, at
most 253 characters. Label keys and values have the form that Kubernetes prescribes
for every object.";

    /// A setting that cannot be read.
    UNREADABLE_SETTING = "M2C175", "A setting of Cilium cannot be read",
"Cilium's settings are taken from a ConfigMap `cilium-config` or from Helm values
(`--cilium-values`). One of those that matter here has a value that Cilium itself
would not take: it would not start with it.";

    /// A kind that is read by nobody here.
    NOT_MODELLED = "M2C176", "A Cilium object that is not simulated",
"CiliumBGPPeeringPolicy belongs to the first BGP control plane, which Cilium 1.18
deprecates and 1.19 no longer has. What it announces is not simulated.

Move to CiliumBGPClusterConfig, CiliumBGPPeerConfig and CiliumBGPAdvertisement.";

    /// An apiVersion on its way out.
    DEPRECATED_VERSION = "M2C177", "An apiVersion of a Cilium object that is on its way out",
"`cilium.io/v2alpha1` of CiliumLoadBalancerIPPool is deprecated since 1.19. The
development tree of 1.20 still serves it; a report on 1.20.1 says that it is gone there.

Write `cilium.io/v2`, which every version since 1.18 serves.";
}
