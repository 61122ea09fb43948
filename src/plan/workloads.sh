
# pods_of KIND NAMESPACE NAME: its Pods, those that are ending too, with their Nodes
# and whether they are ready. What is left of evicted Pods runs nowhere, and may stay
# for ever.
pods_of() {
  local owner
  case $1 in
    deployment) owner="^ReplicaSet/$3-[a-z0-9]+ " ;;
    *) owner="^DaemonSet/$3 " ;;
  esac
  kubectl get pods -n "$2" --field-selector 'status.phase!=Failed,status.phase!=Succeeded' \
    -o jsonpath='{range .items[*]}{.metadata.ownerReferences[0].kind}{"/"}{.metadata.ownerReferences[0].name}{" "}{.spec.nodeName}{" "}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' |
    sed -nE "s#$owner##p"
}

# has_no_pods KIND NAMESPACE NAME [NODE...]: on these Nodes, or at all.
has_no_pods() {
  local pods node
  pods=$(pods_of "$1" "$2" "$3") || return 1
  if [ $# -eq 3 ]; then
    [ -z "$pods" ]
    return
  fi
  for node in "${@:4}"; do
    ! grep -q "^$node " <<<"$pods" || return 1
  done
}

check_stopped() { wait_for "no Pod of $1 $3 is left${4:+ on ${*:4}}" has_no_pods "$@"; }

# Nodes whose kubelet does not say that they are ready.
nodes_down() {
  kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name}{" "}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' |
    awk '$2 != "True" { print $1 }'
}

# A Pod is wherever one is wanted, and ready but on Nodes that are down. (kubectl rollout
# status knows no DaemonSet that is updated on deletion, and waits for such Nodes.)
daemonset_is_ready() {
  local generation observed wanted pods down node state ready=0
  read -r generation observed wanted < <(kubectl get daemonset -n "$1" "$2" -o jsonpath='{.metadata.generation} {.status.observedGeneration} {.status.desiredNumberScheduled}{"\n"}') || return 1
  [ "$generation" = "$observed" ] && [ "${wanted:-0}" -gt 0 ] || return 1
  pods=$(pods_of daemonset "$1" "$2") || return 1
  [ "$(grep -c . <<<"$pods")" -ge "$wanted" ] || return 1
  down=$(nodes_down) || return 1
  while read -r node state; do
    if [ "$state" = True ]; then
      ready=$((ready + 1))
    elif ! grep -qxF -e "$node" <<<"$down"; then
      return 1
    fi
  done <<<"$pods"
  [ "$ready" -gt 0 ]
}

# One leads and the others wait; where there are fewer Nodes than replicas, some find
# no place.
deployment_is_ready() {
  local generation observed ready
  read -r generation observed ready < <(kubectl get deployment -n "$1" "$2" -o jsonpath='{.metadata.generation} {.status.observedGeneration} {.status.readyReplicas}{"\n"}') || return 1
  [ "$generation" = "$observed" ] && [ "${ready:-0}" -gt 0 ]
}

check_ready() {
  if [ "$1" = daemonset ]; then
    # Its controller needs a moment to see what changed.
    sleep $((PAUSE * 2))
    wait_for "all Pods of $3 are ready" daemonset_is_ready "$2" "$3"
  else
    wait_for "a Pod of $3 is ready" deployment_is_ready "$2" "$3"
  fi
}

# Ready on those of the Nodes on which it was at the start: taints keep it off others.
has_ready_pods() {
  local pods node
  pods=$(pods_of "$1" "$2" "$3") || return 1
  for node in "${@:4}"; do
    if grep -qx "$node" state/speakers; then
      grep -qx "$node True" <<<"$pods" || return 1
    fi
  done
}

check_ready_on() { wait_for "$3 is ready on ${*:4}" has_ready_pods "$@"; }
