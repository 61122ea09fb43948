//! Diagnostic codes of merged observations: `M2C72x`, `M2C73x`.

use crate::diagnostic::codes;

codes! {
    /// A line that is none of ours.
    NOT_AN_OBSERVATION = "M2C720", "Not an observation",
"verify --observations reads what `live probe`, `live watch` and `live peer` write with
`-o json`: one JSON object a line, each with its schema, metallb2cilium.io/observation/v1.
This line is something else, was cut off, or is of another version of the form.

`kubectl logs` adds prefixes with --prefix and --timestamps: leave both away. It shows
ten lines of each Pod only when it selects by label: add --tail=-1. What a Pod says for
people belongs to standard error, which `kubectl logs` mixes in: `live manifest` gives
its Pods -q and --error-format json.";
    /// No line is an observation.
    NOTHING_OBSERVED = "M2C721", "Nothing was observed",
"The files hold no observation, or none that could be judged, so nothing can be said. An
empty log is what a Pod leaves that never started, or that `kubectl logs` was asked
about too early. Look at the Pods: `kubectl get pods -o wide`.";
    /// The observations were made for both engines.
    TWO_ENGINES = "M2C722", "Observations for both engines",
"Each observation says whether it was made for MetalLB's Decision or for Cilium's. The
files hold both, so what they are to be held against does not follow from them. Name it:
--engine metallb before the switch, --engine cilium after it; or give the files of one
moment only.";
    /// Two answer for an address.
    ANSWERED_BY_TWO = "M2C723", "Address answered by more than one",
"More than one host answers for the address: one observer heard two link-layer addresses,
one heard another answer for an address that it has itself, or two observers heard those
of different Nodes. Clients then reach one or the other by
chance (RFC 5227). Frequent causes: MetalLB and Cilium both announce it, another host
has the address, or the leader changed between two observations that are minutes apart.";
    /// Somebody answers who may not.
    ANSWERED_BY_ANOTHER = "M2C724", "Address answered by no candidate",
"By the Decision some Nodes may answer for the address, and the link-layer address that
answers is of none of them: of another Node, or of a host that is no Node. Compare the
nodeSelectors of the L2Advertisement or CiliumL2AnnouncementPolicy, and look the address
up in the switch's table.";
    /// It is not known who answers.
    ANSWERED_BY_UNKNOWN = "M2C725", "Answered by an unknown link-layer address",
"Somebody answers, and it is not known whose link-layer address that is, while that of
some candidate is not known either. Observations of a Node say which are its own, so
run `live probe` on the candidates, too; or name them with the annotation
metallb2cilium.io/macs of the Node.";
    /// Nobody answers.
    NOT_ANSWERED = "M2C726", "Address that nobody answers for",
"By the Decision somebody is to answer for the address on the link, and nobody did for
those who asked. Frequent causes: the speaker or the agent does not run on the
candidates, the Service has no ready endpoint, the observer is on another link.";
    /// Nobody asked.
    NOT_PROBED = "M2C727", "Address that nobody asked for",
"Somebody is to answer for the address, and no observation is about it; or only the Node
that may be the one to answer has asked, which does not hear itself. Run `live probe` on
another Node, or on a host of the link.";
    /// Somebody answers for what was given to nobody.
    OCCUPIED = "M2C728", "Answered, but given to nobody",
"Somebody answers for an address that by the Decision nobody is to answer for: it belongs
to no Service, or to one that is not announced on the link. Another host may have it, a
speaker that was left over may still answer, or the input is older than the cluster.";
    /// A session does not come up.
    SESSION_NOT_UP = "M2C729", "BGP session that does not come up",
"The Node tried to open the session as it is configured, and it did not come up or did
not stay; the observation has the reason. The router's side has to name this Node's
address, AS number and password.";
    /// A session agrees on something else.
    NEGOTIATED_OTHERWISE = "M2C730", "BGP session with other values",
"The session came up, and what both sides agreed on is not what the configuration
expects: the smaller hold time counts (RFC 4271), and a family or capability is used only
where both sides offer it (RFC 5492). Change the router's side or the configuration.";
    /// A session that nobody looked at.
    SESSION_NOT_OBSERVED = "M2C731", "BGP session that was not observed",
"By the configuration the Node has the session, and no observation is about it: `live
peer` did not run there, refused, was cut off, or was asked for other peers. Look at the
Node's Pod; where a speaker of the cluster holds the session, the router's own view is
the better evidence. --only addresses leaves sessions out.";
    /// A Node ran with another configuration.
    OTHER_CONFIGURATION = "M2C732", "Observed with another configuration",
"The Node opened the session with other parameters than this input has, so what it saw
says nothing about this input. Give verify the input and the options that `live manifest`
had (--metallb-mode changes timers), or observe again.";
    /// A session that is not in the configuration.
    UNEXPECTED_SESSION = "M2C733", "Observed session that is not configured",
"A Node opened a session that by this input it does not have. It ran with another input,
for the other engine, or the Node's labels have changed.";
    /// A Node refused to look.
    NODE_REFUSED = "M2C734", "Node that could not look",
"Among the lines is a diagnostic that ended a command on a node: its code and message say
why it did not look, and `metallb2cilium explain` says more. What it was to see is
missing.";
}
