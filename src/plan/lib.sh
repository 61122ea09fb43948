# shellcheck shell=bash
# What the steps of the cut-over have in common. Each script sources this file.
#
# TIMEOUT  seconds that a check may take until it holds (default 180)
# PAUSE    seconds between two looks (default 2)
# PROBE    "no" leaves out the connections to the Services' addresses
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
TIMEOUT=${TIMEOUT:-180}
PAUSE=${PAUSE:-2}
PROBE=${PROBE:-yes}
YES=no
export LC_ALL=C

say() { printf '%s\n' "$*" >&2; }

die() {
  say "STOPPED: $*"
  exit 1
}

for setting in TIMEOUT PAUSE; do
  case ${!setting} in
    '' | *[!0-9]*) die "$setting is a whole number of seconds, not ${!setting}" ;;
  esac
done

# Shows a command and runs it.
run() {
  printf '+ %s\n' "$*" >&2
  "$@"
}

# begin TITLE ARGUMENT...: reads the arguments, and makes sure that it is the same
# cluster in every step.
begin() {
  local title=$1 argument context
  shift
  for argument in "$@"; do
    case $argument in
      --yes) YES=yes ;;
      *) die "unknown argument $argument (there is --yes)" ;;
    esac
  done
  mkdir -p state
  context=$(kubectl config current-context 2>/dev/null || echo in-cluster)
  say "== $title (context $context)"
  if [ ! -e state/context ]; then
    printf '%s\n' "$context" >state/context
  elif [ "$(cat state/context)" != "$context" ]; then
    die "the first step ran in context $(cat state/context), this one would run in $context"
  fi
}

# Asks, unless --yes was given.
confirm() {
  local answer
  [ "$YES" = yes ] && return 0
  printf '%s [y/N] ' "$*" >&2
  read -r answer || die "nobody answered; --yes goes on without asking"
  case $answer in
    y | Y | yes) ;;
    *) die "not confirmed" ;;
  esac
}

# A step needs the one before it.
requires() { [ -e "state/$1.done" ] || die "run the step before it first: $1"; }

# None of these steps, which come later, has been begun.
comes_before() {
  local later
  for later in "$@"; do
    [ ! -e "state/$later.begun" ] || die "$later has been begun; take it back first"
  done
}

# Whether a step is still to be done; a second run only looks whether all is well.
todo() {
  if [ -e "state/$1.done" ]; then
    say "done before; rm state/$1.done to do it again"
    return 1
  fi
}

begun() { : >"state/$1.begun"; }
was_begun() {
  [ -e "state/$1.begun" ] || {
    say "not begun: nothing is to be taken back"
    return 1
  }
}
finished() {
  : >"state/$1.done"
  say "== done"
}
taken_back() {
  rm -f "state/$1.done" "state/$1.begun"
  say "== taken back"
}

# wait_for SENTENCE FUNCTION ARGUMENT...: until the function succeeds.
wait_for() {
  local sentence=$1 end
  shift
  end=$((SECONDS + TIMEOUT))
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || die "this does not hold: $sentence"
    sleep "$PAUSE"
  done
  say "ok: $sentence"
}

# Each Service of type LoadBalancer with its addresses: NAMESPACE NAME A,B
addresses_now() {
  kubectl get services --all-namespaces -o jsonpath='{range .items[?(@.spec.type=="LoadBalancer")]}{.metadata.namespace}{"\t"}{.metadata.name}{"\t"}{range .status.loadBalancer.ingress[*]}{.ip}{","}{end}{"\n"}{end}' |
    awk -F '\t' 'NF >= 2 {
      n = split($3, parts, ","); count = 0
      for (i = 1; i <= n; i++) if (parts[i] != "") sorted[++count] = parts[i]
      for (i = 2; i <= count; i++)
        for (j = i; j > 1 && sorted[j] < sorted[j - 1]; j--) {
          swap = sorted[j]; sorted[j] = sorted[j - 1]; sorted[j - 1] = swap
        }
      list = ""
      for (i = 1; i <= count; i++) list = list (i > 1 ? "," : "") sorted[i]
      print $1 "\t" $2 "\t" list
    }' | sort
}

# Prints the lines of a file that are not as they should be.
address_differences() {
  addresses_now >state/addresses.now
  comm -23 "$1" state/addresses.now
}

# Every right that any step needs: a line each, as `kubectl auth can-i` takes it.
check_rights() {
  local missing="" right
  while read -ra right; do
    kubectl auth can-i --quiet "${right[@]}" </dev/null 2>/dev/null ||
      missing+=$'\n'"  kubectl auth can-i ${right[*]}"
  done <rights.txt
  [ -z "$missing" ] || die "you lack rights; these say no:$missing"
  say "ok: you have every right that the steps need"
}

same_addresses() { [ -z "$(address_differences "$1")" ]; }

check_plan_is_fresh() {
  local differences
  differences=$(address_differences addresses.tsv)
  [ -z "$differences" ] || die "the cluster has changed since the plan was made; make a new one. \
These had other addresses then:
$differences"
  say "ok: the addresses are those that the plan was made for"
}

check_addresses() {
  if ! same_addresses addresses.tsv; then
    # A controller may be writing at this moment.
    sleep "$PAUSE"
  fi
  local differences
  differences=$(address_differences addresses.tsv)
  [ -z "$differences" ] || die "these Services had the addresses
$differences"
  say "ok: every Service has its address"
}

# shellcheck disable=SC2016
answers() { timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/$2"' probe "$1" "$2" 2>/dev/null; }

# Of probes.tsv (ADDRESS PORT), those that can be connected to from here.
probe_all() {
  local address port
  while IFS=$'\t' read -r address port; do
    if answers "$address" "$port"; then printf '%s\t%s\n' "$address" "$port"; fi
  done <probes.tsv
}

# baseline KIND NAMESPACE NAME: where speakers are ready, and what answers.
baseline() {
  if [ ! -e state/speakers ]; then
    pods_of "$@" | sed -n 's/ True$//p' >state/speakers.new
    mv state/speakers.new state/speakers
  fi
  if [ "$PROBE" = no ] || [ -e state/probes ]; then return 0; fi
  probe_all >state/probes.new
  mv state/probes.new state/probes
  say "$(grep -c . state/probes || true) of $(grep -c . probes.tsv || true) ports answer from here"
}

still_answer() {
  local address port
  while IFS=$'\t' read -r address port; do
    answers "$address" "$port" || return 1
  done <state/probes
}

check_probes() {
  if [ "$PROBE" = no ]; then return 0; fi
  [ -e state/probes ] || die "there is no state/probes to compare with: run the first step"
  wait_for "what answered at the start still does" still_answer
}

# settings_hold KEY=VALUE...
settings_hold() {
  local setting value
  for setting in "$@"; do
    value=$(kubectl get configmap cilium-config -n "$CILIUM_NAMESPACE" \
      -o jsonpath="{.data.${setting%%=*}}")
    [ "$value" = "${setting#*=}" ] || return 1
  done
}

check_settings() {
  settings_hold "$@" || die "cilium-config does not have all of: $*"
  say "ok: cilium-config has the settings"
}

# Upgrades nothing but the values: the chart's version stays.
helm_upgrade() {
  local version
  version=$(helm get metadata cilium -n "$CILIUM_NAMESPACE" -o json |
    sed -n 's/.*"version":"\([^"]*\)".*/\1/p') || version=""
  [ -n "$version" ] || die "Helm knows no release cilium in $CILIUM_NAMESPACE: give Cilium the \
values of $1 in the way in which it was installed, then run this step again"
  run helm upgrade cilium cilium --repo https://helm.cilium.io -n "$CILIUM_NAMESPACE" \
    --version "$version" --reuse-values -f "$1" --wait
  run kubectl rollout restart -n "$CILIUM_NAMESPACE" daemonset/cilium deployment/cilium-operator
  run kubectl rollout status -n "$CILIUM_NAMESPACE" daemonset/cilium --timeout 30m
  run kubectl rollout status -n "$CILIUM_NAMESPACE" deployment/cilium-operator --timeout 10m
}

labels_are_seen() {
  local seen node
  seen=$(kubectl get ciliumnodes.cilium.io -l metallb2cilium.io/announcer=cilium -o name) || return 1
  for node in "$@"; do
    grep -qx "ciliumnode.cilium.io/$node" <<<"$seen" || return 1
  done
}

# check_seen COUNT NODE...: controllers watch each kind by itself, so that what comes
# next must not overtake what was changed last.
check_seen() {
  if [ "$1" -gt 0 ]; then
    wait_for "Cilium has seen the labels of its Nodes" labels_are_seen "${@:2}"
  fi
  sleep $((PAUSE * 3))
}

# Cilium has counted the addresses of each pool, and found no conflict: one that it has
# not looked at yet has none either.
pools_are_sound() {
  local conditions
  conditions=$(kubectl get ciliumloadbalancerippools.cilium.io -o jsonpath='{range .items[*]}{.metadata.name}{" "}{.status.conditions[?(@.type=="cilium.io/IPsTotal")].type}{" "}{.status.conditions[?(@.type=="cilium.io/PoolConflict")].status}{"\n"}{end}') || return 1
  [ -n "$conditions" ] && ! grep -qvE ' cilium.io/IPsTotal (False)?$' <<<"$conditions"
}

check_pools_without_conflict() { wait_for "no two pools of Cilium's overlap" pools_are_sound; }

# is_there RESOURCE NAMESPACE NAME. Whoever gets no answer must not take it for a no.
is_there() {
  local name
  name=$(kubectl get "$1" ${2:+-n "$2"} "$3" --ignore-not-found -o name) ||
    die "it is not known whether $1 $3 is there"
  [ -n "$name" ]
}

has_resource() { is_there crd '' "$1"; }

# The Services for which MetalLB answers: NAMESPACE NAME
metallb_answers_for() {
  kubectl get servicel2statuses.metallb.io --all-namespaces -o jsonpath='{range .items[*]}{.status.serviceNamespace}{"\t"}{.status.serviceName}{"\n"}{end}' | sort
}

is_silent() {
  local left
  left=$(metallb_answers_for) || return 1
  ! grep -qxFf "$1" <<<"$left"
}

check_silent_on_l2() {
  if ! [ -s "$1" ]; then
    say "ok: MetalLB answers for no Service of this wave"
  elif has_resource servicel2statuses.metallb.io; then
    wait_for "MetalLB answers for none of the Services of this wave" is_silent "$1"
  else
    # Older versions do not say for what they answer; the speakers stop within a
    # second of the change.
    sleep 10
    say "ok: waited 10 s for MetalLB's speakers to fall silent"
  fi
}

# The leases that are held: NAME
leases_held() {
  kubectl get leases -n "$CILIUM_NAMESPACE" -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.spec.holderIdentity}{"\n"}{end}' |
    awk -F '\t' '$1 ~ /^cilium-l2announce-/ && $2 != "" { print $1 }' | sort
}

wanted_leases() { awk -F '\t' '{ print "cilium-l2announce-" $1 "-" $2 }' "$1" | sort -u; }

all_leases_held() {
  local held
  held=$(leases_held) || return 1
  [ -z "$(comm -23 <(wanted_leases "$1") <(printf '%s\n' "$held"))" ]
}

no_lease_held() {
  local held
  held=$(leases_held) || return 1
  [ -z "$(comm -12 <(wanted_leases "$1") <(printf '%s\n' "$held"))" ]
}

check_leases() { wait_for "a node holds the lease of each Service of this wave" all_leases_held "$1"; }
check_no_leases() { wait_for "no node holds a lease of this wave" no_lease_held "$1"; }

established() {
  local states
  states=$(kubectl get ciliumbgpnodeconfigs.cilium.io "$1" \
    -o jsonpath='{range .status.bgpInstances[*].peers[*]}{.peeringState}{"\n"}{end}') || return 1
  [ "$(grep -c '^established$' <<<"$states" || true)" -ge "$2" ]
}

check_sessions() { wait_for "$2 BGP sessions of $1 are established" established "$@"; }

is_without_sessions() {
  local name
  name=$(kubectl get ciliumbgpnodeconfigs.cilium.io "$1" --ignore-not-found -o name) || return 1
  [ -z "$name" ]
}

check_no_sessions() { wait_for "Cilium has no BGP session on $1" is_without_sessions "$1"; }

# check_exist [RESOURCE NAMESPACE NAME]...: all of them are there.
check_exist() {
  local missing=""
  while [ $# -ge 3 ]; do
    is_there "$1" "$2" "$3" || missing+=$'\n'"  $1 $3 in the namespace $2"
    shift 3
  done
  [ -z "$missing" ] || die "MetalLB's workloads need what is not there:$missing"
  say "ok: what MetalLB's workloads need is there"
}

# Keeps an object in state/, without what belongs to its former life, and deletes it.
save_and_delete() {
  local kept="state/$3.yaml"
  if is_there "$@"; then
    kubectl get "$1" ${2:+-n "$2"} "$3" -o yaml |
      sed -E '/^  (resourceVersion|uid|creationTimestamp|generation):/d' >"$kept.new"
    mv "$kept.new" "$kept"
    run kubectl delete "$1" ${2:+-n "$2"} "$3" --ignore-not-found
  fi
}

# delete_known RESOURCE NAMESPACE NAME: if the cluster knows such objects at all.
delete_known() {
  if has_resource "$1"; then run kubectl delete "$1" -n "$2" "$3" --ignore-not-found; fi
}

restore() {
  if [ -e "state/$3.yaml" ]; then run kubectl apply -f "state/$3.yaml"; fi
}
