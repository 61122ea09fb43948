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
    "A resource of MetalLB's could not be replaced in its place: it is a patch of another one, lies in a \
List with other objects, in Helm values or in an encrypted file. What it says for the others has been \
looked at only where it is a resource by itself. Convert it by hand, or write it as a document of its \
own and run rewrite again.";
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
}
