
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'metallb2cilium' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'metallb2cilium'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'metallb2cilium' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Write the Cilium resources for a MetalLB configuration')
            [CompletionResult]::new('simulate', 'simulate', [CompletionResultType]::ParameterValue, 'Show what a controller decides: addresses, announcements, routes')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compare what MetalLB and Cilium decide, at hand and for every Service and Node')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what applying the conversion would change, and what that means')
            [CompletionResult]::new('rewrite', 'rewrite', [CompletionResultType]::ParameterValue, 'Edit a tree of manifests in place so that it asks Cilium for addresses')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Look what is to be mended before the cut-over, or is left after it')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Write the runbook of the cut-over: steps, checks, scripts, the way back')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Keep what a way back needs in one file')
            [CompletionResult]::new('live', 'live', [CompletionResultType]::ParameterValue, 'Look at the wire: who really answers for which address')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a diagnostic code')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Show the version, and which versions of Cilium are supported')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Write completions/, man/ and docs/src/reference/ into a directory')
            break
        }
        'metallb2cilium;convert' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the manifests')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the manifests')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, 'Write a file for each object into DIR instead of standard output')
            [CompletionResult]::new('--emit', '--emit', [CompletionResultType]::ParameterName, 'Parts to write')
            [CompletionResult]::new('--kubernetes-version', '--kubernetes-version', [CompletionResultType]::ParameterName, 'The version of Kubernetes, such as 1.34, for the admission policy')
            [CompletionResult]::new('--verify-budget', '--verify-budget', [CompletionResultType]::ParameterName, 'How long to try to prove that Cilium decides as MetalLB does for every Service and Node')
            [CompletionResult]::new('--only-pool', '--only-pool', [CompletionResultType]::ParameterName, 'Convert this IPAddressPool only; may be repeated')
            [CompletionResult]::new('--skip-pool', '--skip-pool', [CompletionResultType]::ParameterName, 'Leave this IPAddressPool out; may be repeated')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--no-verify', '--no-verify', [CompletionResultType]::ParameterName, 'Neither run both controllers on the cluster at hand to compare them and to see which Services have no address, nor prove that they decide alike')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'End with status 1 when a loss touches traffic')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;simulate' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the decision')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the decision')
            [CompletionResult]::new('--max-outcomes', '--max-outcomes', [CompletionResultType]::ParameterName, 'Stop after so many possible outcomes')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Replay what happens after the start, as schemas/events.json describes it')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Say step by step why this Service is decided so')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;verify' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the verdict')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the verdict')
            [CompletionResult]::new('--against', '--against', [CompletionResultType]::ParameterName, 'Cilium''s resources to compare with, a file or directory; may be repeated [default: the conversion of the input]')
            [CompletionResult]::new('--accept', '--accept', [CompletionResultType]::ParameterName, 'End with status 0 although a difference of this code touches traffic, where all that do are accepted; may be repeated')
            [CompletionResult]::new('--max-outcomes', '--max-outcomes', [CompletionResultType]::ParameterName, 'How many possible outcomes of each controller are compared')
            [CompletionResult]::new('--observations', '--observations', [CompletionResultType]::ParameterName, 'Judge what was observed on the wire: lines of `live probe`, `watch` and `peer` with -o json, of many nodes; `-` is standard input; may be repeated')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'Whose Decision the observations are held against [default: the one that they were made for, else metallb]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Judge only a part of the observations')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;diff' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the differences')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the differences')
            [CompletionResult]::new('--max-outcomes', '--max-outcomes', [CompletionResultType]::ParameterName, 'How many possible outcomes of each side are compared')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('--against', '--against', [CompletionResultType]::ParameterName, 'Cilium''s resources that are there, a file or directory; may be repeated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--semantic', '--semantic', [CompletionResultType]::ParameterName, 'Only a change of meaning makes the status 1')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;rewrite' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How changes are shown')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How changes are shown')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Change the files, rather than show what would change')
            [CompletionResult]::new('--remove-metallb', '--remove-metallb', [CompletionResultType]::ParameterName, 'Take MetalLB''s annotations out where Cilium''s are set')
            [CompletionResult]::new('--labels-in-values', '--labels-in-values', [CompletionResultType]::ParameterName, 'Set `labels` beside `annotations` in Helm values, too')
            [CompletionResult]::new('--keep-resources', '--keep-resources', [CompletionResultType]::ParameterName, 'Leave MetalLB''s resources as they are: annotations and labels only')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;check' {
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'An address of a router, which no pool may hold; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the findings')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the findings')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--after', '--after', [CompletionResultType]::ParameterName, 'Look for what is left of MetalLB instead')
            [CompletionResult]::new('--ask-rights', '--ask-rights', [CompletionResultType]::ParameterName, 'Ask the API server whether you have each right that the cut-over needs, by SelfSubjectAccessReviews: they are posted and kept nowhere')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;plan' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the runbook')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the runbook')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, 'Write the runbook, the manifests and a script for each step into DIR')
            [CompletionResult]::new('--rollback', '--rollback', [CompletionResultType]::ParameterName, 'Plan the way back to this snapshot from where the cluster stands')
            [CompletionResult]::new('--accept', '--accept', [CompletionResultType]::ParameterName, 'Plan although a loss of this code touches traffic; may be repeated')
            [CompletionResult]::new('--pools-per-wave', '--pools-per-wave', [CompletionResultType]::ParameterName, 'How many pools move at once on L2')
            [CompletionResult]::new('--max-outcomes', '--max-outcomes', [CompletionResultType]::ParameterName, 'How many possible outcomes of each controller are compared')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;snapshot' {
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write it to FILE, which only its owner may read, and which must not be there yet')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--with-secrets', '--with-secrets', [CompletionResultType]::ParameterName, 'Keep BGP passwords and the Secrets that hold them, too')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;live' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask by ARP and NDP who answers for addresses')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Listen to who asks and who answers; send nothing')
            [CompletionResult]::new('announce', 'announce', [CompletionResultType]::ParameterValue, 'Answer for the addresses that are this Node''s; dry unless told')
            [CompletionResult]::new('peer', 'peer', [CompletionResultType]::ParameterValue, 'Open this Node''s BGP sessions, look, and leave; dry unless told')
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Print manifests that run probe, watch or peer on the nodes; dry runs only')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'metallb2cilium;live;probe' {
            [CompletionResult]::new('--address', '--address', [CompletionResultType]::ParameterName, 'An address to ask for; may be repeated [default: those of Services]')
            [CompletionResult]::new('--pool', '--pool', [CompletionResultType]::ParameterName, 'Ask for every address of this pool; may be repeated')
            [CompletionResult]::new('--family', '--family', [CompletionResultType]::ParameterName, 'Ask for addresses of this family only')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'Whose Decision the answers are compared with')
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'An interface to ask on; may be repeated [default: those with the addresses'' subnets]')
            [CompletionResult]::new('--attempts', '--attempts', [CompletionResultType]::ParameterName, 'How often an address is asked for that nobody answers for')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Questions a second, at most')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'The time from one round to the next')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'End after so long')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the observations')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the observations')
            [CompletionResult]::new('--nodes-mac', '--nodes-mac', [CompletionResultType]::ParameterName, 'A link-layer address of a Node; may be repeated [also: the annotation metallb2cilium.io/macs, the neighbour table]')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'The Node that this host is [default: the host''s name]')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Ask for every address of every pool')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Ask again and again, and print what changes')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;live;watch' {
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'An interface to listen on; may be repeated [default: those on which this Node may answer, and those with a subnet of the pools]')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'End after so long [default: at SIGINT or SIGTERM]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the observations')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the observations')
            [CompletionResult]::new('--nodes-mac', '--nodes-mac', [CompletionResultType]::ParameterName, 'A link-layer address of a Node; may be repeated [also: the annotation metallb2cilium.io/macs, the neighbour table]')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'The Node that this host is [default: the host''s name]')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;live;announce' {
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'Whose Decision is followed')
            [CompletionResult]::new('--address', '--address', [CompletionResultType]::ParameterName, 'Only these of the Node''s addresses; may be repeated')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Fall silent after so long, counted from the first announcement')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of what is told')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of what is told')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'The Node that this host is [default: the host''s name]')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--as-leader', '--as-leader', [CompletionResultType]::ParameterName, 'Also what this Node answers for only if it wins Cilium''s lease')
            [CompletionResult]::new('--really-answer', '--really-answer', [CompletionResultType]::ParameterName, 'Really announce and answer: traffic comes to this host')
            [CompletionResult]::new('--even-on-another-host', '--even-on-another-host', [CompletionResultType]::ParameterName, 'Answer although this host has none of the Node''s own addresses')
            [CompletionResult]::new('--take-over', '--take-over', [CompletionResultType]::ParameterName, 'Announce without asking first whether somebody else has an address')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;live;peer' {
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'Whose sessions are opened')
            [CompletionResult]::new('--peer', '--peer', [CompletionResultType]::ParameterName, 'Only the session with this peer; may be repeated [default: all]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to wait for the peer [default: port 179 of the session''s source address]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long to wait for the connection [default: 10s, with --passive 3m]')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'How long to stay once a session is up [default: 3s]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the observations')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the observations')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'The Node that this host is [default: the host''s name]')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--passive', '--passive', [CompletionResultType]::ParameterName, 'Wait until the peer connects instead of dialling')
            [CompletionResult]::new('--really-advertise', '--really-advertise', [CompletionResultType]::ParameterName, 'Really send the Decision''s routes: traffic comes to this host')
            [CompletionResult]::new('--even-if-connected', '--even-if-connected', [CompletionResultType]::ParameterName, 'Dial even where this host has a session to that peer, which the peer may tear down for the second one')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;live;manifest' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask by ARP and NDP who answers for addresses')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Listen to who asks and who answers; send nothing')
            [CompletionResult]::new('peer', 'peer', [CompletionResultType]::ParameterValue, 'Open each Node''s BGP sessions, look, and leave; no route is sent')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'metallb2cilium;live;manifest;probe' {
            [CompletionResult]::new('--address', '--address', [CompletionResultType]::ParameterName, 'An address to ask for; may be repeated [default: those of Services]')
            [CompletionResult]::new('--pool', '--pool', [CompletionResultType]::ParameterName, 'Ask for every address of this pool; may be repeated')
            [CompletionResult]::new('--family', '--family', [CompletionResultType]::ParameterName, 'Ask for addresses of this family only')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'Whose Decision the answers are compared with')
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'An interface to ask on; may be repeated [default: those with the addresses'' subnets]')
            [CompletionResult]::new('--attempts', '--attempts', [CompletionResultType]::ParameterName, 'How often an address is asked for that nobody answers for')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Questions a second of all nodes together, at most; one for each at least')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'The time from one round of a DaemonSet to the next')
            [CompletionResult]::new('--nodes-mac', '--nodes-mac', [CompletionResultType]::ParameterName, 'A link-layer address of a Node; may be repeated [also: the annotation metallb2cilium.io/macs, the neighbour table]')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image that has this program')
            [CompletionResult]::new('--program', '--program', [CompletionResultType]::ParameterName, 'The program in the image')
            [CompletionResult]::new('--image-pull-secret', '--image-pull-secret', [CompletionResultType]::ParameterName, 'A Secret for the image''s registry')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'A Namespace that is there, and that admits host network [default: a Namespace metallb2cilium of its own]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'What the objects are called, or begin with [default: metallb2cilium-COMMAND]')
            [CompletionResult]::new('--nodes', '--nodes', [CompletionResultType]::ParameterName, 'Only these Nodes; may be repeated [default: all; with peer: all that have a session]')
            [CompletionResult]::new('--node-selector', '--node-selector', [CompletionResultType]::ParameterName, 'Only Nodes with these labels, as kubectl -l takes it')
            [CompletionResult]::new('--run-as-user', '--run-as-user', [CompletionResultType]::ParameterName, 'The user''s number; another than 0 needs an image whose program has the file capabilities cap_net_raw,cap_net_admin+ep (setcap)')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long an ended Job and its log are kept')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'When a Job is given up, which takes its log away, too [default: 30m; with --for: 10m more than that]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the manifests')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the manifests')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Ask for every address of every pool')
            [CompletionResult]::new('--daemon-set', '--daemon-set', [CompletionResultType]::ParameterName, 'A DaemonSet that asks again and again, and prints what changes')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;live;manifest;watch' {
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'An interface to listen on; may be repeated [default: those on which the Node may answer, and those with a subnet of the pools]')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'How long each Job listens [default: 10m]')
            [CompletionResult]::new('--nodes-mac', '--nodes-mac', [CompletionResultType]::ParameterName, 'A link-layer address of a Node; may be repeated [also: the annotation metallb2cilium.io/macs, the neighbour table]')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image that has this program')
            [CompletionResult]::new('--program', '--program', [CompletionResultType]::ParameterName, 'The program in the image')
            [CompletionResult]::new('--image-pull-secret', '--image-pull-secret', [CompletionResultType]::ParameterName, 'A Secret for the image''s registry')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'A Namespace that is there, and that admits host network [default: a Namespace metallb2cilium of its own]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'What the objects are called, or begin with [default: metallb2cilium-COMMAND]')
            [CompletionResult]::new('--nodes', '--nodes', [CompletionResultType]::ParameterName, 'Only these Nodes; may be repeated [default: all; with peer: all that have a session]')
            [CompletionResult]::new('--node-selector', '--node-selector', [CompletionResultType]::ParameterName, 'Only Nodes with these labels, as kubectl -l takes it')
            [CompletionResult]::new('--run-as-user', '--run-as-user', [CompletionResultType]::ParameterName, 'The user''s number; another than 0 needs an image whose program has the file capabilities cap_net_raw,cap_net_admin+ep (setcap)')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long an ended Job and its log are kept')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'When a Job is given up, which takes its log away, too [default: 30m; with --for: 10m more than that]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the manifests')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the manifests')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--daemon-set', '--daemon-set', [CompletionResultType]::ParameterName, 'A DaemonSet that listens until it is taken away')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;live;manifest;peer' {
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'Whose sessions are opened')
            [CompletionResult]::new('--peer', '--peer', [CompletionResultType]::ParameterName, 'Only the session with this peer; may be repeated [default: all]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'How long to wait for the connection')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'How long to stay once a session is up')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image that has this program')
            [CompletionResult]::new('--program', '--program', [CompletionResultType]::ParameterName, 'The program in the image')
            [CompletionResult]::new('--image-pull-secret', '--image-pull-secret', [CompletionResultType]::ParameterName, 'A Secret for the image''s registry')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'A Namespace that is there, and that admits host network [default: a Namespace metallb2cilium of its own]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'What the objects are called, or begin with [default: metallb2cilium-COMMAND]')
            [CompletionResult]::new('--nodes', '--nodes', [CompletionResultType]::ParameterName, 'Only these Nodes; may be repeated [default: all; with peer: all that have a session]')
            [CompletionResult]::new('--node-selector', '--node-selector', [CompletionResultType]::ParameterName, 'Only Nodes with these labels, as kubectl -l takes it')
            [CompletionResult]::new('--run-as-user', '--run-as-user', [CompletionResultType]::ParameterName, 'The user''s number; another than 0 needs an image whose program has the file capabilities cap_net_raw,cap_net_admin+ep (setcap)')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long an ended Job and its log are kept')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'When a Job is given up, which takes its log away, too [default: 30m; with --for: 10m more than that]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the manifests')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the manifests')
            [CompletionResult]::new('--default-pool', '--default-pool', [CompletionResultType]::ParameterName, 'The pool for Services without a pool label, where open pools are advertised differently')
            [CompletionResult]::new('--blocks', '--blocks', [CompletionResultType]::ParameterName, 'How ranges of addresses are written')
            [CompletionResult]::new('--bgp-secrets-namespace', '--bgp-secrets-namespace', [CompletionResultType]::ParameterName, 'Where Cilium looks for BGP passwords')
            [CompletionResult]::new('--metallb-mode', '--metallb-mode', [CompletionResultType]::ParameterName, 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]')
            [CompletionResult]::new('--lb-class', '--lb-class', [CompletionResultType]::ParameterName, 'MetalLB''s --lb-class: only Services of this class are served')
            [CompletionResult]::new('--speaker-node-selector', '--speaker-node-selector', [CompletionResultType]::ParameterName, 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Do not pin the addresses that Services hold')
            [CompletionResult]::new('--keep-pending', '--keep-pending', [CompletionResultType]::ParameterName, 'Keep Services that MetalLB leaves without an address from getting one')
            [CompletionResult]::new('--allow-missing-secrets', '--allow-missing-secrets', [CompletionResultType]::ParameterName, 'Go on when a Secret that a BGPPeer names is not in the input')
            [CompletionResult]::new('--ignore-exclude-lb', '--ignore-exclude-lb', [CompletionResultType]::ParameterName, 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;live;manifest;help' {
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask by ARP and NDP who answers for addresses')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Listen to who asks and who answers; send nothing')
            [CompletionResult]::new('peer', 'peer', [CompletionResultType]::ParameterValue, 'Open each Node''s BGP sessions, look, and leave; no route is sent')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'metallb2cilium;live;manifest;help;probe' {
            break
        }
        'metallb2cilium;live;manifest;help;watch' {
            break
        }
        'metallb2cilium;live;manifest;help;peer' {
            break
        }
        'metallb2cilium;live;manifest;help;help' {
            break
        }
        'metallb2cilium;live;help' {
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask by ARP and NDP who answers for addresses')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Listen to who asks and who answers; send nothing')
            [CompletionResult]::new('announce', 'announce', [CompletionResultType]::ParameterValue, 'Answer for the addresses that are this Node''s; dry unless told')
            [CompletionResult]::new('peer', 'peer', [CompletionResultType]::ParameterValue, 'Open this Node''s BGP sessions, look, and leave; dry unless told')
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Print manifests that run probe, watch or peer on the nodes; dry runs only')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'metallb2cilium;live;help;probe' {
            break
        }
        'metallb2cilium;live;help;watch' {
            break
        }
        'metallb2cilium;live;help;announce' {
            break
        }
        'metallb2cilium;live;help;peer' {
            break
        }
        'metallb2cilium;live;help;manifest' {
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask by ARP and NDP who answers for addresses')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Listen to who asks and who answers; send nothing')
            [CompletionResult]::new('peer', 'peer', [CompletionResultType]::ParameterValue, 'Open each Node''s BGP sessions, look, and leave; no route is sent')
            break
        }
        'metallb2cilium;live;help;manifest;probe' {
            break
        }
        'metallb2cilium;live;help;manifest;watch' {
            break
        }
        'metallb2cilium;live;help;manifest;peer' {
            break
        }
        'metallb2cilium;live;help;help' {
            break
        }
        'metallb2cilium;help' {
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Write the Cilium resources for a MetalLB configuration')
            [CompletionResult]::new('simulate', 'simulate', [CompletionResultType]::ParameterValue, 'Show what a controller decides: addresses, announcements, routes')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compare what MetalLB and Cilium decide, at hand and for every Service and Node')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what applying the conversion would change, and what that means')
            [CompletionResult]::new('rewrite', 'rewrite', [CompletionResultType]::ParameterValue, 'Edit a tree of manifests in place so that it asks Cilium for addresses')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Look what is to be mended before the cut-over, or is left after it')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Write the runbook of the cut-over: steps, checks, scripts, the way back')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Keep what a way back needs in one file')
            [CompletionResult]::new('live', 'live', [CompletionResultType]::ParameterValue, 'Look at the wire: who really answers for which address')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a diagnostic code')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Show the version, and which versions of Cilium are supported')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Write completions/, man/ and docs/src/reference/ into a directory')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'metallb2cilium;help;convert' {
            break
        }
        'metallb2cilium;help;simulate' {
            break
        }
        'metallb2cilium;help;verify' {
            break
        }
        'metallb2cilium;help;diff' {
            break
        }
        'metallb2cilium;help;rewrite' {
            break
        }
        'metallb2cilium;help;check' {
            break
        }
        'metallb2cilium;help;plan' {
            break
        }
        'metallb2cilium;help;snapshot' {
            break
        }
        'metallb2cilium;help;live' {
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask by ARP and NDP who answers for addresses')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Listen to who asks and who answers; send nothing')
            [CompletionResult]::new('announce', 'announce', [CompletionResultType]::ParameterValue, 'Answer for the addresses that are this Node''s; dry unless told')
            [CompletionResult]::new('peer', 'peer', [CompletionResultType]::ParameterValue, 'Open this Node''s BGP sessions, look, and leave; dry unless told')
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Print manifests that run probe, watch or peer on the nodes; dry runs only')
            break
        }
        'metallb2cilium;help;live;probe' {
            break
        }
        'metallb2cilium;help;live;watch' {
            break
        }
        'metallb2cilium;help;live;announce' {
            break
        }
        'metallb2cilium;help;live;peer' {
            break
        }
        'metallb2cilium;help;live;manifest' {
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask by ARP and NDP who answers for addresses')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Listen to who asks and who answers; send nothing')
            [CompletionResult]::new('peer', 'peer', [CompletionResultType]::ParameterValue, 'Open each Node''s BGP sessions, look, and leave; no route is sent')
            break
        }
        'metallb2cilium;help;live;manifest;probe' {
            break
        }
        'metallb2cilium;help;live;manifest;watch' {
            break
        }
        'metallb2cilium;help;live;manifest;peer' {
            break
        }
        'metallb2cilium;help;explain' {
            break
        }
        'metallb2cilium;help;version' {
            break
        }
        'metallb2cilium;help;generate' {
            break
        }
        'metallb2cilium;help;help' {
            break
        }
        'metallb2cilium;explain' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the text')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the text')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List every code with its title')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;version' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the text')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the text')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'metallb2cilium;generate' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'File or directory to read; `-` is standard input, which is also read when there is no -f')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give the placeholder ${NAME} a value; other users of the host can see it: take --env-file for passwords')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Give placeholders values from a file of NAME=VALUE lines')
            [CompletionResult]::new('--max-input', '--max-input', [CompletionResultType]::ParameterName, 'Refuse input that is larger than this in all')
            [CompletionResult]::new('--cilium-version', '--cilium-version', [CompletionResultType]::ParameterName, 'The version of Cilium, 1.Y or 1.Y.Z')
            [CompletionResult]::new('--cilium-values', '--cilium-values', [CompletionResultType]::ParameterName, 'Helm values of Cilium, where its settings matter')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The context of the kubeconfig to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'The kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the Pod''s own]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR is honoured')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'How diagnostics are written to standard error')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Read subdirectories, too')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Read what is needed from the cluster, with get and list only; -f adds to it')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: each thing by itself and in full, what was passed over')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less: errors, losses, and what must not be missed; no notes, no summary, no progress')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
