# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_metallb2cilium_global_optspecs
    string join \n f/filename= R/recursive set= env-file= max-input= cilium-version= cilium-values= from-cluster context= kubeconfig= color= error-format= v/verbose q/quiet h/help V/version
end

function __fish_metallb2cilium_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_metallb2cilium_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_metallb2cilium_using_subcommand
    set -l cmd (__fish_metallb2cilium_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -s V -l version -d 'Print version'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "convert" -d 'Write the Cilium resources for a MetalLB configuration'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "simulate" -d 'Show what a controller decides: addresses, announcements, routes'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "verify" -d 'Compare what MetalLB and Cilium decide, at hand and for every Service and Node'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "diff" -d 'Show what applying the conversion would change, and what that means'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "rewrite" -d 'Edit a tree of manifests in place so that it asks Cilium for addresses'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "check" -d 'Look what is to be mended before the cut-over, or is left after it'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "plan" -d 'Write the runbook of the cut-over: steps, checks, scripts, the way back'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "snapshot" -d 'Keep what a way back needs in one file'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "live" -d 'Look at the wire: who really answers for which address'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "explain" -d 'Explain a diagnostic code'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "version" -d 'Show the version, and which versions of Cilium are supported'
complete -c metallb2cilium -n "__fish_metallb2cilium_needs_command" -f -a "generate" -d 'Write completions/, man/ and docs/src/reference/ into a directory'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -s o -l output -d 'Format of the manifests' -r -f -a "yaml\t'A stream of YAML documents'
json\t'One List in JSON'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l output-dir -d 'Write a file for each object into DIR instead of standard output' -r -f -a "(__fish_complete_directories)"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l emit -d 'Parts to write' -r -f -a "pools\t'CiliumLoadBalancerIPPools'
l2\t'CiliumL2AnnouncementPolicies'
bgp\t'CiliumBGP resources'
secrets\t'Secrets with BGP passwords'
services\t'Labels and annotations of Services, for server-side apply'
admission-policy\t'A MutatingAdmissionPolicy that translates what Services to come ask of MetalLB; needs --kubernetes-version'
helm-values\t'Helm values of Cilium; on its own only'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l kubernetes-version -d 'The version of Kubernetes, such as 1.34, for the admission policy' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l verify-budget -d 'How long to try to prove that Cilium decides as MetalLB does for every Service and Node' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l only-pool -d 'Convert this IPAddressPool only; may be repeated' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l skip-pool -d 'Leave this IPAddressPool out; may be repeated' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l default-pool -d 'The pool for Services without a pool label, where open pools are advertised differently' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l blocks -d 'How ranges of addresses are written' -r -f -a "auto\t'A CIDR where the range is exactly one, else start and stop'
range\t'Always start and stop'
cidr\t'The shortest exact list of CIDRs'
compact\t'As cidr, with the inside of one CIDR written as that CIDR'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l bgp-secrets-namespace -d 'Where Cilium looks for BGP passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l no-verify -d 'Neither run both controllers on the cluster at hand to compare them and to see which Services have no address, nor prove that they decide alike'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l strict -d 'End with status 1 when a loss touches traffic'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l no-pin -d 'Do not pin the addresses that Services hold'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l keep-pending -d 'Keep Services that MetalLB leaves without an address from getting one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l allow-missing-secrets -d 'Go on when a Secret that a BGPPeer names is not in the input'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand convert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -s o -l output -d 'Format of the decision' -r -f -a "table\t'For people'
json\t'The form of the golden scenarios'
yaml\t'The same in YAML'
markdown\t'Markdown, for a comment on a change'
html\t'A page for a browser, which needs no network'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l max-outcomes -d 'Stop after so many possible outcomes' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l events -d 'Replay what happens after the start, as schemas/events.json describes it' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l explain -d 'Say step by step why this Service is decided so' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand simulate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -s o -l output -d 'Format of the verdict' -r -f -a "text\t'For people'
json\t'One JSON object'
markdown\t'Markdown, for a comment on a change'
html\t'A page for a browser, which needs no network'
sarif\t'A SARIF 2.1.0 log, a result for each difference'
junit\t'JUnit XML, a test case for each Service and session'
github\t'Annotations of GitHub Actions at the lines of the differences, no more of each level than GitHub shows of a step'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l against -d 'Cilium\'s resources to compare with, a file or directory; may be repeated [default: the conversion of the input]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l accept -d 'End with status 0 although a difference of this code touches traffic, where all that do are accepted; may be repeated' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l max-outcomes -d 'How many possible outcomes of each controller are compared' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l observations -d 'Judge what was observed on the wire: lines of `live probe`, `watch` and `peer` with -o json, of many nodes; `-` is standard input; may be repeated' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l engine -d 'Whose Decision the observations are held against [default: the one that they were made for, else metallb]' -r -f -a "metallb\t'MetalLB\'s controller and speakers'
cilium\t'Cilium\'s operator and agents'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l only -d 'Judge only a part of the observations' -r -f -a "addresses\t'Who answers for addresses'
sessions\t'BGP sessions'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l default-pool -d 'The pool for Services without a pool label, where open pools are advertised differently' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l blocks -d 'How ranges of addresses are written' -r -f -a "auto\t'A CIDR where the range is exactly one, else start and stop'
range\t'Always start and stop'
cidr\t'The shortest exact list of CIDRs'
compact\t'As cidr, with the inside of one CIDR written as that CIDR'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l bgp-secrets-namespace -d 'Where Cilium looks for BGP passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l no-pin -d 'Do not pin the addresses that Services hold'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l keep-pending -d 'Keep Services that MetalLB leaves without an address from getting one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l allow-missing-secrets -d 'Go on when a Secret that a BGPPeer names is not in the input'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -s o -l output -d 'Format of the differences' -r -f -a "text\t'A unified diff, and its meaning in words'
json\t'One JSON object'
markdown\t'Markdown, for a comment on a change'
sarif\t'A SARIF 2.1.0 log, a result for each object and each difference in meaning'
junit\t'JUnit XML, a test case for each object that changes, each Service and session'
github\t'Annotations of GitHub Actions at the lines of objects and differences, no more of each level than GitHub shows of a step'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l max-outcomes -d 'How many possible outcomes of each side are compared' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l default-pool -d 'The pool for Services without a pool label, where open pools are advertised differently' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l blocks -d 'How ranges of addresses are written' -r -f -a "auto\t'A CIDR where the range is exactly one, else start and stop'
range\t'Always start and stop'
cidr\t'The shortest exact list of CIDRs'
compact\t'As cidr, with the inside of one CIDR written as that CIDR'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l bgp-secrets-namespace -d 'Where Cilium looks for BGP passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l against -d 'Cilium\'s resources that are there, a file or directory; may be repeated' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l semantic -d 'Only a change of meaning makes the status 1'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l no-pin -d 'Do not pin the addresses that Services hold'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l keep-pending -d 'Keep Services that MetalLB leaves without an address from getting one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l allow-missing-secrets -d 'Go on when a Secret that a BGPPeer names is not in the input'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -s o -l output -d 'How changes are shown' -r -f -a "diff\t'A unified diff, as `patch -p1` and `git apply` take it'
json\t'One JSON object'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l default-pool -d 'The pool for Services without a pool label, where open pools are advertised differently' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l blocks -d 'How ranges of addresses are written' -r -f -a "auto\t'A CIDR where the range is exactly one, else start and stop'
range\t'Always start and stop'
cidr\t'The shortest exact list of CIDRs'
compact\t'As cidr, with the inside of one CIDR written as that CIDR'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l bgp-secrets-namespace -d 'Where Cilium looks for BGP passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l write -d 'Change the files, rather than show what would change'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l remove-metallb -d 'Take MetalLB\'s annotations out where Cilium\'s are set'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l labels-in-values -d 'Set `labels` beside `annotations` in Helm values, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l keep-resources -d 'Leave MetalLB\'s resources as they are: annotations and labels only'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l no-pin -d 'Do not pin the addresses that Services hold'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l keep-pending -d 'Keep Services that MetalLB leaves without an address from getting one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l allow-missing-secrets -d 'Go on when a Secret that a BGPPeer names is not in the input'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand rewrite" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l gateway -d 'An address of a router, which no pool may hold; may be repeated' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -s o -l output -d 'Format of the findings' -r -f -a "text\t'For people'
json\t'One JSON object'
markdown\t'Markdown, for a comment on a change'
sarif\t'A SARIF 2.1.0 log, a result for each finding'
junit\t'JUnit XML, a test case for each finding'
github\t'Annotations of GitHub Actions at the lines of the findings, no more of each level than GitHub shows of a step'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l default-pool -d 'The pool for Services without a pool label, where open pools are advertised differently' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l blocks -d 'How ranges of addresses are written' -r -f -a "auto\t'A CIDR where the range is exactly one, else start and stop'
range\t'Always start and stop'
cidr\t'The shortest exact list of CIDRs'
compact\t'As cidr, with the inside of one CIDR written as that CIDR'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l bgp-secrets-namespace -d 'Where Cilium looks for BGP passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l after -d 'Look for what is left of MetalLB instead'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l ask-rights -d 'Ask the API server whether you have each right that the cut-over needs, by SelfSubjectAccessReviews: they are posted and kept nowhere'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l no-pin -d 'Do not pin the addresses that Services hold'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l keep-pending -d 'Keep Services that MetalLB leaves without an address from getting one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l allow-missing-secrets -d 'Go on when a Secret that a BGPPeer names is not in the input'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -s o -l output -d 'Format of the runbook' -r -f -a "markdown\t'Markdown, to be read and ticked off'
json\t'One JSON object'
html\t'A page for a browser, which needs no network'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l output-dir -d 'Write the runbook, the manifests and a script for each step into DIR' -r -f -a "(__fish_complete_directories)"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l rollback -d 'Plan the way back to this snapshot from where the cluster stands' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l accept -d 'Plan although a loss of this code touches traffic; may be repeated' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l pools-per-wave -d 'How many pools move at once on L2' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l max-outcomes -d 'How many possible outcomes of each controller are compared' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l default-pool -d 'The pool for Services without a pool label, where open pools are advertised differently' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l blocks -d 'How ranges of addresses are written' -r -f -a "auto\t'A CIDR where the range is exactly one, else start and stop'
range\t'Always start and stop'
cidr\t'The shortest exact list of CIDRs'
compact\t'As cidr, with the inside of one CIDR written as that CIDR'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l bgp-secrets-namespace -d 'Where Cilium looks for BGP passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l no-pin -d 'Do not pin the addresses that Services hold'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l keep-pending -d 'Keep Services that MetalLB leaves without an address from getting one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l allow-missing-secrets -d 'Go on when a Secret that a BGPPeer names is not in the input'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l output-file -d 'Write it to FILE, which only its owner may read, and which must not be there yet' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l with-secrets -d 'Keep BGP passwords and the Secrets that hold them, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand snapshot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -f -a "probe" -d 'Ask by ARP and NDP who answers for addresses'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -f -a "watch" -d 'Listen to who asks and who answers; send nothing'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -f -a "announce" -d 'Answer for the addresses that are this Node\'s; dry unless told'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -f -a "peer" -d 'Open this Node\'s BGP sessions, look, and leave; dry unless told'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -f -a "manifest" -d 'Print manifests that run probe, watch or peer on the nodes; dry runs only'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and not __fish_seen_subcommand_from probe watch announce peer manifest help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l address -d 'An address to ask for; may be repeated [default: those of Services]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l pool -d 'Ask for every address of this pool; may be repeated' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l family -d 'Ask for addresses of this family only' -r -f -a "ipv4\t'IPv4, by ARP'
ipv6\t'IPv6, by NDP'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l engine -d 'Whose Decision the answers are compared with' -r -f -a "metallb\t'MetalLB\'s controller and speakers'
cilium\t'Cilium\'s operator and agents'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l interface -d 'An interface to ask on; may be repeated [default: those with the addresses\' subnets]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l attempts -d 'How often an address is asked for that nobody answers for' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l rate -d 'Questions a second, at most' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l interval -d 'The time from one round to the next' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l for -d 'End after so long' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -s o -l output -d 'Format of the observations' -r -f -a "text\t'For people'
json\t'One JSON object a line'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l nodes-mac -d 'A link-layer address of a Node; may be repeated [also: the annotation metallb2cilium.io/macs, the neighbour table]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l node -d 'The Node that this host is [default: the host\'s name]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l default-pool -d 'The pool for Services without a pool label, where open pools are advertised differently' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l blocks -d 'How ranges of addresses are written' -r -f -a "auto\t'A CIDR where the range is exactly one, else start and stop'
range\t'Always start and stop'
cidr\t'The shortest exact list of CIDRs'
compact\t'As cidr, with the inside of one CIDR written as that CIDR'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l bgp-secrets-namespace -d 'Where Cilium looks for BGP passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l all -d 'Ask for every address of every pool'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l watch -d 'Ask again and again, and print what changes'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l no-pin -d 'Do not pin the addresses that Services hold'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l keep-pending -d 'Keep Services that MetalLB leaves without an address from getting one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l allow-missing-secrets -d 'Go on when a Secret that a BGPPeer names is not in the input'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from probe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l interface -d 'An interface to listen on; may be repeated [default: those on which this Node may answer, and those with a subnet of the pools]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l for -d 'End after so long [default: at SIGINT or SIGTERM]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -s o -l output -d 'Format of the observations' -r -f -a "text\t'For people'
json\t'One JSON object a line'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l nodes-mac -d 'A link-layer address of a Node; may be repeated [also: the annotation metallb2cilium.io/macs, the neighbour table]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l node -d 'The Node that this host is [default: the host\'s name]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l default-pool -d 'The pool for Services without a pool label, where open pools are advertised differently' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l blocks -d 'How ranges of addresses are written' -r -f -a "auto\t'A CIDR where the range is exactly one, else start and stop'
range\t'Always start and stop'
cidr\t'The shortest exact list of CIDRs'
compact\t'As cidr, with the inside of one CIDR written as that CIDR'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l bgp-secrets-namespace -d 'Where Cilium looks for BGP passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l no-pin -d 'Do not pin the addresses that Services hold'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l keep-pending -d 'Keep Services that MetalLB leaves without an address from getting one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l allow-missing-secrets -d 'Go on when a Secret that a BGPPeer names is not in the input'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l engine -d 'Whose Decision is followed' -r -f -a "metallb\t'MetalLB\'s controller and speakers'
cilium\t'Cilium\'s operator and agents'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l address -d 'Only these of the Node\'s addresses; may be repeated' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l for -d 'Fall silent after so long, counted from the first announcement' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -s o -l output -d 'Format of what is told' -r -f -a "text\t'For people'
json\t'One JSON object a line'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l node -d 'The Node that this host is [default: the host\'s name]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l default-pool -d 'The pool for Services without a pool label, where open pools are advertised differently' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l blocks -d 'How ranges of addresses are written' -r -f -a "auto\t'A CIDR where the range is exactly one, else start and stop'
range\t'Always start and stop'
cidr\t'The shortest exact list of CIDRs'
compact\t'As cidr, with the inside of one CIDR written as that CIDR'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l bgp-secrets-namespace -d 'Where Cilium looks for BGP passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l as-leader -d 'Also what this Node answers for only if it wins Cilium\'s lease'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l really-answer -d 'Really announce and answer: traffic comes to this host'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l even-on-another-host -d 'Answer although this host has none of the Node\'s own addresses'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l take-over -d 'Announce without asking first whether somebody else has an address'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l no-pin -d 'Do not pin the addresses that Services hold'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l keep-pending -d 'Keep Services that MetalLB leaves without an address from getting one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l allow-missing-secrets -d 'Go on when a Secret that a BGPPeer names is not in the input'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from announce" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l engine -d 'Whose sessions are opened' -r -f -a "metallb\t'MetalLB\'s controller and speakers'
cilium\t'Cilium\'s operator and agents'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l peer -d 'Only the session with this peer; may be repeated [default: all]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l listen -d 'Where to wait for the peer [default: port 179 of the session\'s source address]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l connect-timeout -d 'How long to wait for the connection [default: 10s, with --passive 3m]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l for -d 'How long to stay once a session is up [default: 3s]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -s o -l output -d 'Format of the observations' -r -f -a "text\t'For people'
json\t'One JSON object a line'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l node -d 'The Node that this host is [default: the host\'s name]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l default-pool -d 'The pool for Services without a pool label, where open pools are advertised differently' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l blocks -d 'How ranges of addresses are written' -r -f -a "auto\t'A CIDR where the range is exactly one, else start and stop'
range\t'Always start and stop'
cidr\t'The shortest exact list of CIDRs'
compact\t'As cidr, with the inside of one CIDR written as that CIDR'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l bgp-secrets-namespace -d 'Where Cilium looks for BGP passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l metallb-mode -d 'MetalLB\'s BGP implementation [default: as deployed, else frr-k8s]' -r -f -a "frr-k8s\t'FRR in a DaemonSet of its own'
frr\t'FRR beside each speaker'
native\t'MetalLB\'s own implementation'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l lb-class -d 'MetalLB\'s --lb-class: only Services of this class are served' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l speaker-node-selector -d 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l passive -d 'Wait until the peer connects instead of dialling'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l really-advertise -d 'Really send the Decision\'s routes: traffic comes to this host'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l even-if-connected -d 'Dial even where this host has a session to that peer, which the peer may tear down for the second one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l no-pin -d 'Do not pin the addresses that Services hold'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l keep-pending -d 'Keep Services that MetalLB leaves without an address from getting one'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l allow-missing-secrets -d 'Go on when a Secret that a BGPPeer names is not in the input'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l ignore-exclude-lb -d 'MetalLB\'s --ignore-exclude-lb: the exclude label of Nodes is ignored'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from peer" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -f -a "probe" -d 'Ask by ARP and NDP who answers for addresses'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -f -a "watch" -d 'Listen to who asks and who answers; send nothing'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -f -a "peer" -d 'Open each Node\'s BGP sessions, look, and leave; no route is sent'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from manifest" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from help" -f -a "probe" -d 'Ask by ARP and NDP who answers for addresses'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from help" -f -a "watch" -d 'Listen to who asks and who answers; send nothing'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from help" -f -a "announce" -d 'Answer for the addresses that are this Node\'s; dry unless told'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from help" -f -a "peer" -d 'Open this Node\'s BGP sessions, look, and leave; dry unless told'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from help" -f -a "manifest" -d 'Print manifests that run probe, watch or peer on the nodes; dry runs only'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand live; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "convert" -d 'Write the Cilium resources for a MetalLB configuration'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "simulate" -d 'Show what a controller decides: addresses, announcements, routes'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "verify" -d 'Compare what MetalLB and Cilium decide, at hand and for every Service and Node'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "diff" -d 'Show what applying the conversion would change, and what that means'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "rewrite" -d 'Edit a tree of manifests in place so that it asks Cilium for addresses'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "check" -d 'Look what is to be mended before the cut-over, or is left after it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "plan" -d 'Write the runbook of the cut-over: steps, checks, scripts, the way back'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "snapshot" -d 'Keep what a way back needs in one file'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "live" -d 'Look at the wire: who really answers for which address'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "explain" -d 'Explain a diagnostic code'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "version" -d 'Show the version, and which versions of Cilium are supported'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "generate" -d 'Write completions/, man/ and docs/src/reference/ into a directory'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and not __fish_seen_subcommand_from convert simulate verify diff rewrite check plan snapshot live explain version generate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and __fish_seen_subcommand_from live" -f -a "probe" -d 'Ask by ARP and NDP who answers for addresses'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and __fish_seen_subcommand_from live" -f -a "watch" -d 'Listen to who asks and who answers; send nothing'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and __fish_seen_subcommand_from live" -f -a "announce" -d 'Answer for the addresses that are this Node\'s; dry unless told'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and __fish_seen_subcommand_from live" -f -a "peer" -d 'Open this Node\'s BGP sessions, look, and leave; dry unless told'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand help; and __fish_seen_subcommand_from live" -f -a "manifest" -d 'Print manifests that run probe, watch or peer on the nodes; dry runs only'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -s o -l output -d 'Format of the text' -r -f -a "text\t'For people'
json\t'JSON'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l list -d 'List every code with its title'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -s o -l output -d 'Format of the text' -r -f -a "text\t'For people'
json\t'JSON'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -s f -l filename -d 'File or directory to read; `-` is standard input, which is also read when there is no -f' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -l set -d 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -l env-file -d 'Give placeholders values from a file of NAME=VALUE lines' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -l max-input -d 'Refuse input that is larger than this in all' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -l cilium-version -d 'The version of Cilium, 1.Y or 1.Y.Z' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -l cilium-values -d 'Helm values of Cilium, where its settings matter' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -l context -d 'The context of the kubeconfig to use' -r
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -l kubeconfig -d 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod\'s own]' -r -F
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -l color -d 'When to use colours; NO_COLOR is honoured' -r -f -a "auto\t'On terminals, unless `NO_COLOR` is set'
always\t'Even into files and pipes'
never\t'Not at all'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -l error-format -d 'How diagnostics are written to standard error' -r -f -a "human\t'For people, with the places in the input'
json\t'One JSON object a line'
github\t'Workflow commands of GitHub Actions'
sarif\t'One SARIF 2.1.0 log'"
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -s R -l recursive -d 'Read subdirectories, too'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -l from-cluster -d 'Read what is needed from the cluster, with get and list only; -f adds to it'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -s v -l verbose -d 'Say more: each thing by itself and in full, what was passed over'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -s q -l quiet -d 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress'
complete -c metallb2cilium -n "__fish_metallb2cilium_using_subcommand generate" -s h -l help -d 'Print help (see more with \'--help\')'
