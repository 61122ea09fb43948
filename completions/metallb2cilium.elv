
use builtin;
use str;

set edit:completion:arg-completer[metallb2cilium] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'metallb2cilium'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'metallb2cilium'= {
            cand -f 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --filename 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --set 'Give the placeholder ${NAME} a value'
            cand --env-file 'Give placeholders values from a file of NAME=VALUE lines'
            cand --max-input 'Refuse input that is larger than this in all'
            cand --cilium-version 'The version of Cilium, 1.Y or 1.Y.Z'
            cand --cilium-values 'Helm values of Cilium, where its settings matter'
            cand --color 'When to use colours; NO_COLOR is honoured'
            cand --error-format 'How diagnostics are written to standard error'
            cand -R 'Read subdirectories, too'
            cand --recursive 'Read subdirectories, too'
            cand -v 'Say more: notes in full, what was passed over'
            cand --verbose 'Say more: notes in full, what was passed over'
            cand -q 'Say less: errors and losses only'
            cand --quiet 'Say less: errors and losses only'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand convert 'Write the Cilium resources for a MetalLB configuration'
            cand simulate 'Show what a controller decides: addresses, announcements, routes'
            cand verify 'Compare what MetalLB and Cilium decide on the cluster at hand'
            cand diff 'Show what applying the conversion would change, and what that means'
            cand help 'Print this message or the help of the given subcommand(s)'
            cand explain 'Explain a diagnostic code'
            cand version 'Show the version, and which versions of Cilium are supported'
            cand generate 'Write completions/ and man/ into a directory'
        }
        &'metallb2cilium;convert'= {
            cand -o 'Format of the manifests'
            cand --output 'Format of the manifests'
            cand --output-dir 'Write a file for each object into DIR instead of standard output'
            cand --emit 'Parts to write'
            cand --only-pool 'Convert this IPAddressPool only; may be repeated'
            cand --skip-pool 'Leave this IPAddressPool out; may be repeated'
            cand --default-pool 'The pool for Services without a pool label, where open pools are advertised differently'
            cand --blocks 'How ranges of addresses are written'
            cand --bgp-secrets-namespace 'Where Cilium looks for BGP passwords'
            cand --metallb-mode 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]'
            cand --lb-class 'MetalLB''s --lb-class: only Services of this class are served'
            cand --speaker-node-selector 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]'
            cand -f 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --filename 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --set 'Give the placeholder ${NAME} a value'
            cand --env-file 'Give placeholders values from a file of NAME=VALUE lines'
            cand --max-input 'Refuse input that is larger than this in all'
            cand --cilium-version 'The version of Cilium, 1.Y or 1.Y.Z'
            cand --cilium-values 'Helm values of Cilium, where its settings matter'
            cand --color 'When to use colours; NO_COLOR is honoured'
            cand --error-format 'How diagnostics are written to standard error'
            cand --no-verify 'Do not run both controllers on the cluster at hand to compare them and to see which Services have no address'
            cand --strict 'End with status 1 when a loss touches traffic'
            cand --no-pin 'Do not pin the addresses that Services hold'
            cand --keep-pending 'Keep Services that MetalLB leaves without an address from getting one'
            cand --allow-missing-secrets 'Go on when a Secret that a BGPPeer names is not in the input'
            cand --ignore-exclude-lb 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored'
            cand -R 'Read subdirectories, too'
            cand --recursive 'Read subdirectories, too'
            cand -v 'Say more: notes in full, what was passed over'
            cand --verbose 'Say more: notes in full, what was passed over'
            cand -q 'Say less: errors and losses only'
            cand --quiet 'Say less: errors and losses only'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'metallb2cilium;simulate'= {
            cand -o 'Format of the decision'
            cand --output 'Format of the decision'
            cand --max-outcomes 'Stop after so many possible outcomes'
            cand --events 'Replay what happens after the start, as schemas/events.json describes it'
            cand --explain 'Say step by step why this Service is decided so'
            cand --metallb-mode 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]'
            cand --lb-class 'MetalLB''s --lb-class: only Services of this class are served'
            cand --speaker-node-selector 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]'
            cand -f 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --filename 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --set 'Give the placeholder ${NAME} a value'
            cand --env-file 'Give placeholders values from a file of NAME=VALUE lines'
            cand --max-input 'Refuse input that is larger than this in all'
            cand --cilium-version 'The version of Cilium, 1.Y or 1.Y.Z'
            cand --cilium-values 'Helm values of Cilium, where its settings matter'
            cand --color 'When to use colours; NO_COLOR is honoured'
            cand --error-format 'How diagnostics are written to standard error'
            cand --ignore-exclude-lb 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored'
            cand -R 'Read subdirectories, too'
            cand --recursive 'Read subdirectories, too'
            cand -v 'Say more: notes in full, what was passed over'
            cand --verbose 'Say more: notes in full, what was passed over'
            cand -q 'Say less: errors and losses only'
            cand --quiet 'Say less: errors and losses only'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'metallb2cilium;verify'= {
            cand -o 'Format of the verdict'
            cand --output 'Format of the verdict'
            cand --against 'Cilium''s resources to compare with, a file or directory; may be repeated [default: the conversion of the input]'
            cand --max-outcomes 'How many possible outcomes of each controller are compared'
            cand --default-pool 'The pool for Services without a pool label, where open pools are advertised differently'
            cand --blocks 'How ranges of addresses are written'
            cand --bgp-secrets-namespace 'Where Cilium looks for BGP passwords'
            cand --metallb-mode 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]'
            cand --lb-class 'MetalLB''s --lb-class: only Services of this class are served'
            cand --speaker-node-selector 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]'
            cand -f 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --filename 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --set 'Give the placeholder ${NAME} a value'
            cand --env-file 'Give placeholders values from a file of NAME=VALUE lines'
            cand --max-input 'Refuse input that is larger than this in all'
            cand --cilium-version 'The version of Cilium, 1.Y or 1.Y.Z'
            cand --cilium-values 'Helm values of Cilium, where its settings matter'
            cand --color 'When to use colours; NO_COLOR is honoured'
            cand --error-format 'How diagnostics are written to standard error'
            cand --no-pin 'Do not pin the addresses that Services hold'
            cand --keep-pending 'Keep Services that MetalLB leaves without an address from getting one'
            cand --allow-missing-secrets 'Go on when a Secret that a BGPPeer names is not in the input'
            cand --ignore-exclude-lb 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored'
            cand -R 'Read subdirectories, too'
            cand --recursive 'Read subdirectories, too'
            cand -v 'Say more: notes in full, what was passed over'
            cand --verbose 'Say more: notes in full, what was passed over'
            cand -q 'Say less: errors and losses only'
            cand --quiet 'Say less: errors and losses only'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'metallb2cilium;diff'= {
            cand -o 'Format of the differences'
            cand --output 'Format of the differences'
            cand --max-outcomes 'How many possible outcomes of each side are compared'
            cand --default-pool 'The pool for Services without a pool label, where open pools are advertised differently'
            cand --blocks 'How ranges of addresses are written'
            cand --bgp-secrets-namespace 'Where Cilium looks for BGP passwords'
            cand --metallb-mode 'MetalLB''s BGP implementation [default: as deployed, else frr-k8s]'
            cand --lb-class 'MetalLB''s --lb-class: only Services of this class are served'
            cand --speaker-node-selector 'Which Nodes run a speaker, as kubectl -l takes it [default: every Node]'
            cand --against 'Cilium''s resources that are there, a file or directory; may be repeated'
            cand -f 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --filename 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --set 'Give the placeholder ${NAME} a value'
            cand --env-file 'Give placeholders values from a file of NAME=VALUE lines'
            cand --max-input 'Refuse input that is larger than this in all'
            cand --cilium-version 'The version of Cilium, 1.Y or 1.Y.Z'
            cand --cilium-values 'Helm values of Cilium, where its settings matter'
            cand --color 'When to use colours; NO_COLOR is honoured'
            cand --error-format 'How diagnostics are written to standard error'
            cand --semantic 'Only a change of meaning makes the status 1'
            cand --no-pin 'Do not pin the addresses that Services hold'
            cand --keep-pending 'Keep Services that MetalLB leaves without an address from getting one'
            cand --allow-missing-secrets 'Go on when a Secret that a BGPPeer names is not in the input'
            cand --ignore-exclude-lb 'MetalLB''s --ignore-exclude-lb: the exclude label of Nodes is ignored'
            cand -R 'Read subdirectories, too'
            cand --recursive 'Read subdirectories, too'
            cand -v 'Say more: notes in full, what was passed over'
            cand --verbose 'Say more: notes in full, what was passed over'
            cand -q 'Say less: errors and losses only'
            cand --quiet 'Say less: errors and losses only'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'metallb2cilium;help'= {
            cand convert 'Write the Cilium resources for a MetalLB configuration'
            cand simulate 'Show what a controller decides: addresses, announcements, routes'
            cand verify 'Compare what MetalLB and Cilium decide on the cluster at hand'
            cand diff 'Show what applying the conversion would change, and what that means'
            cand explain 'Explain a diagnostic code'
            cand version 'Show the version, and which versions of Cilium are supported'
            cand generate 'Write completions/ and man/ into a directory'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'metallb2cilium;help;convert'= {
        }
        &'metallb2cilium;help;simulate'= {
        }
        &'metallb2cilium;help;verify'= {
        }
        &'metallb2cilium;help;diff'= {
        }
        &'metallb2cilium;help;explain'= {
        }
        &'metallb2cilium;help;version'= {
        }
        &'metallb2cilium;help;generate'= {
        }
        &'metallb2cilium;help;help'= {
        }
        &'metallb2cilium;explain'= {
            cand -o 'Format of the text'
            cand --output 'Format of the text'
            cand -f 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --filename 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --set 'Give the placeholder ${NAME} a value'
            cand --env-file 'Give placeholders values from a file of NAME=VALUE lines'
            cand --max-input 'Refuse input that is larger than this in all'
            cand --cilium-version 'The version of Cilium, 1.Y or 1.Y.Z'
            cand --cilium-values 'Helm values of Cilium, where its settings matter'
            cand --color 'When to use colours; NO_COLOR is honoured'
            cand --error-format 'How diagnostics are written to standard error'
            cand --list 'List every code with its title'
            cand -R 'Read subdirectories, too'
            cand --recursive 'Read subdirectories, too'
            cand -v 'Say more: notes in full, what was passed over'
            cand --verbose 'Say more: notes in full, what was passed over'
            cand -q 'Say less: errors and losses only'
            cand --quiet 'Say less: errors and losses only'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'metallb2cilium;version'= {
            cand -o 'Format of the text'
            cand --output 'Format of the text'
            cand -f 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --filename 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --set 'Give the placeholder ${NAME} a value'
            cand --env-file 'Give placeholders values from a file of NAME=VALUE lines'
            cand --max-input 'Refuse input that is larger than this in all'
            cand --cilium-version 'The version of Cilium, 1.Y or 1.Y.Z'
            cand --cilium-values 'Helm values of Cilium, where its settings matter'
            cand --color 'When to use colours; NO_COLOR is honoured'
            cand --error-format 'How diagnostics are written to standard error'
            cand -R 'Read subdirectories, too'
            cand --recursive 'Read subdirectories, too'
            cand -v 'Say more: notes in full, what was passed over'
            cand --verbose 'Say more: notes in full, what was passed over'
            cand -q 'Say less: errors and losses only'
            cand --quiet 'Say less: errors and losses only'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'metallb2cilium;generate'= {
            cand -f 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --filename 'File or directory to read; `-` is standard input, which is also read when there is no -f'
            cand --set 'Give the placeholder ${NAME} a value'
            cand --env-file 'Give placeholders values from a file of NAME=VALUE lines'
            cand --max-input 'Refuse input that is larger than this in all'
            cand --cilium-version 'The version of Cilium, 1.Y or 1.Y.Z'
            cand --cilium-values 'Helm values of Cilium, where its settings matter'
            cand --color 'When to use colours; NO_COLOR is honoured'
            cand --error-format 'How diagnostics are written to standard error'
            cand -R 'Read subdirectories, too'
            cand --recursive 'Read subdirectories, too'
            cand -v 'Say more: notes in full, what was passed over'
            cand --verbose 'Say more: notes in full, what was passed over'
            cand -q 'Say less: errors and losses only'
            cand --quiet 'Say less: errors and losses only'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
