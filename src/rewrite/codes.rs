//! Diagnostic codes of `rewrite`: `M2C52x`.

use crate::diagnostic::codes;

codes! {
    /// A label that is needed and could not be set.
    LABEL_NEEDED = "M2C520", "label that could not be set",
    "A Service that asks for a pool needs the label metallb2cilium.io/pool, since Cilium's pools select by \
labels only. Beside annotations of Kubernetes objects there are labels; in Helm values, in patches by \
operations and under other keys only the chart or the tool knows where they go. Set the label there, use \
--labels-in-values where the charts take `labels` beside `annotations`, or let the admission policy of \
`convert --emit admission-policy` set it in the cluster. The annotation that names the pool stays, even \
with --remove-metallb.";
    /// An annotation that MetalLB refuses.
    REFUSED = "M2C521", "annotation that MetalLB refuses",
    "MetalLB gives a Service with this annotation no address: it names no address or no known pool, is no \
text, or stands beside spec.loadBalancerIP. Translated it would mean something else to Cilium, so an \
annotation that cannot be read is left as it is.";
    /// Cilium's setting is there with another value.
    OTHER_VALUE = "M2C522", "setting that is there with another value",
    "An annotation or a label of Cilium's stands there already and says something else than MetalLB's \
annotations do. It is left as it is: decide which one is meant.";
    /// MetalLB in a place that is not edited.
    MENTION = "M2C523", "MetalLB in a text that is not edited",
    "A script, a template, a document or a string speaks of MetalLB's annotations or resources. Only YAML \
and JSON can be edited so that nothing else changes; look at these lines yourself.";
    /// A place that cannot be edited exactly.
    NOT_EDITED = "M2C524", "place that cannot be edited exactly",
    "A place is written so that an edit would change more than is meant, such as labels that an alias \
brings in, or that nothing but the whole file tells how it reads. It is left as it is, byte for byte.";
    /// A resource of MetalLB's that stays.
    RESOURCE_LEFT = "M2C525", "MetalLB resource that stays in the tree",
    "A resource of MetalLB's could not be replaced in its place: it is a patch of one that is not in the \
tree, stands in a string of Helm values or in an encrypted file, or another tool makes a ConfigMap of it. \
What it says for the others has been looked at only where it is a resource by itself. Convert it by hand, \
or write it as a document of its own and run rewrite again.";
    /// Pools that are not known.
    UNKNOWN_POOLS = "M2C527", "pools that are not taken into account",
    "With --keep-resources annotations are translated whatever MetalLB's resources in the tree say, even \
if they contradict each other, as those of several clusters do. Then it is not known which addresses \
belong to a pool that goes by label: a Service that asks for an address only, and for no pool, is not \
given the label. Name a tree of one cluster, or its pools with -f.";
    /// A link that was not followed.
    LINK = "M2C526", "link out of the tree",
    "A symbolic link in the tree leads to a place outside of it, or to nothing. What lies there belongs to \
somebody else, and is neither read nor written.";
    /// What Kustomize makes of a resource is not known.
    NOT_BUILT = "M2C528", "resource that Kustomize changes in a way that is not followed",
    "A kustomization of the tree patches or renames a resource of MetalLB's, and the patch is one that is not \
followed: its target goes by labels, it is for other resources as well, it has operations other than add, \
replace and remove, or several kustomizations build the resource differently. Converted without it the \
resource would mean something else, and Kustomize would fail where what it patches is gone: nothing is \
changed. Write what the patch says into the resource, or rewrite what `kustomize build` prints. With \
--keep-resources only annotations and labels are edited.";
    /// A resource that cannot be taken out of its file.
    NOT_REPLACED = "M2C529", "resource that cannot be replaced in its place",
    "MetalLB's configuration stands in a file in a way in which it cannot be taken out without touching what \
stands beside it. A part of the resources replaced would be worse than none, so nothing is changed. Write it \
as a document of its own, or use --keep-resources.";
    /// A file that came in, and nobody is known to apply it.
    NEW_FILE = "M2C530", "new file that no kustomization lists",
    "MetalLB's configuration in Helm values has no resource in whose place Cilium's could come. Behind a \
HelmRelease or another object with values they are written as documents of the same file; beside the values \
of a chart in the tree as one of its templates; else into a new file beside the values, which is put on the \
list of the kustomization there. Where there is none, see to it that the new file is applied.";
    /// A Secret that Kustomize moves to another namespace.
    SECRET_MOVED = "M2C531", "BGP password in a namespace where Cilium does not look",
    "Cilium reads BGP passwords from Secrets of one namespace (--bgp-secrets-namespace). The kustomization of \
the file to which the Secret is written sets another namespace on everything in it, so the session would be \
opened without password. Move the Secret to a place whose kustomization leaves its namespace, or let Cilium \
look there (bgpControlPlane.secretsNamespace.name in its Helm values).";
}
