#!/usr/bin/env bash
# Stands for kubectl, helm and metallb2cilium: records what it is told, and answers as
# a small cluster would. $FAKE is its memory; $FAKE/fail holds an expression: a call
# that it fits fails.
set -euo pipefail
name=$(basename "$0")
call="$name $*"
if [ -s "$FAKE/fail" ] && grep -qE "$(cat "$FAKE/fail")" <<<"$call"; then
  echo "refused: $call" >&2
  exit 1
fi
case "$call" in
  "kubectl get "* | "kubectl auth can-i "* | "kubectl config "* | "kubectl rollout status "* | "helm get "* | "helm status "*) ;;
  *) printf '%s\n' "$call" >>"$FAKE/calls" ;;
esac

announcer() { cat "$FAKE/node-$1" 2>/dev/null || true; }
replicas() { cat "$FAKE/replicas-$1"; }

case "$call" in
  "kubectl config current-context") cat "$FAKE/context" ;;
  "kubectl get services "*) cat "$FAKE/services" ;;
  "kubectl get configmap cilium-config "*)
    key=$(sed -E 's/.*\{\.data\.([^}]*)\}.*/\1/' <<<"$call")
    sed -n "s/^$key=//p" "$FAKE/settings"
    ;;
  "kubectl get pods -n metallb-system "* | "kubectl get pods -n kube-system "*)
    case $call in
      *"status.phase!=Failed"*) ;;
      *) cat "$FAKE/evicted" 2>/dev/null || true ;;
    esac
    for node in worker-a worker-b control; do
      case $call in
        *kube-system*) ;;
        *)
          case $(announcer "$node") in
            metallb | "") [ -e "$FAKE/removed" ] || echo "DaemonSet/speaker $node $(cat "$FAKE/unready-$node" 2>/dev/null || echo True)" ;;
          esac
          ;;
      esac
    done
    case $call in
      *kube-system*) [ "$(replicas cilium-operator)" = 0 ] || echo "ReplicaSet/cilium-operator-5d4 worker-a True" ;;
      *) [ "$(replicas controller)" = 0 ] || echo "ReplicaSet/controller-7f worker-b True" ;;
    esac
    ;;
  "kubectl get daemonset "*"--ignore-not-found -o name") echo "daemonset.apps/$5" ;;
  "kubectl get daemonset "*) echo "3 3 3" ;;
  "kubectl get deployment "*) echo "3 3 1" ;;
  "kubectl get nodes "*) cat "$FAKE/nodes" 2>/dev/null || true ;;
  "kubectl get ciliumloadbalancerippools.cilium.io "*) cat "$FAKE/pools" 2>/dev/null || echo "office cilium.io/IPsTotal False" ;;
  "kubectl get leases "*)
    for file in "$FAKE"/wave-*; do
      [ -e "$file" ] || continue
      awk -F '\t' '{ print "cilium-l2announce-" $1 "-" $2 "\tworker-a" }' "$file"
    done
    ;;
  "kubectl get ciliumbgpnodeconfigs.cilium.io "*)
    [ "$(announcer "$3")" != cilium ] || case $call in
      *"-o name"*) echo "ciliumbgpnodeconfig.cilium.io/$3" ;;
      *) echo established ;;
    esac
    ;;
  "kubectl get crd "*) [ -e "$FAKE/removed" ] || echo "customresourcedefinition/$3" ;;
  "kubectl get validatingwebhookconfigurations -o name") [ -e "$FAKE/no-webhook" ] || echo validatingwebhookconfiguration.admissionregistration.k8s.io/metallb-webhook-configuration ;;
  "kubectl get crds,validatingwebhookconfigurations,clusterroles,clusterrolebindings -o name")
    [ -e "$FAKE/removed" ] || echo customresourcedefinition.apiextensions.k8s.io/bgppeers.metallb.io
    [ -e "$FAKE/no-webhook" ] || echo validatingwebhookconfiguration.admissionregistration.k8s.io/metallb-webhook-configuration
    [ -e "$FAKE/no-clusterrole" ] || echo clusterrole.rbac.authorization.k8s.io/metallb-system:controller
    ;;
  "kubectl get crds "*) [ -e "$FAKE/removed" ] || echo customresourcedefinition.apiextensions.k8s.io/bgppeers.metallb.io ;;
  "kubectl get clusterroles -o name") [ -e "$FAKE/no-clusterrole" ] || echo clusterrole.rbac.authorization.k8s.io/metallb-system:controller ;;
  "kubectl delete clusterrole.rbac"*) : >"$FAKE/no-clusterrole" ;;
  "kubectl get configmaps -n "*" -o name") printf 'configmap/%s\n' metallb-excludel2 kube-root-ca.crt ours ;;
  "kubectl get secrets -n "*" -o name") printf 'secret/%s\n' memberlist metallb-passwords ;;
  "kubectl get serviceaccounts -n "*" -o name") printf 'serviceaccount/%s\n' default speaker controller ;;
  "kubectl get pods,deployments,"*) cat "$FAKE/held" 2>/dev/null || true ;;
  "kubectl get validatingwebhookconfiguration metallb-webhook-configuration --ignore-not-found -o name")
    [ -e "$FAKE/no-webhook" ] || echo validatingwebhookconfiguration/metallb-webhook-configuration
    ;;
  "kubectl get validatingwebhookconfiguration metallb-webhook-configuration -o yaml")
    printf 'kind: ValidatingWebhookConfiguration\nmetadata:\n  name: metallb-webhook-configuration\n  resourceVersion: "7"\n  uid: u\n'
    ;;
  "kubectl delete validatingwebhookconfiguration"*) : >"$FAKE/no-webhook" ;;
  "kubectl apply -f state/metallb-webhook-configuration.yaml") rm -f "$FAKE/no-webhook" ;;
  "kubectl delete customresourcedefinition"*) : >"$FAKE/removed" ;;
  "kubectl label --overwrite node "*)
    value=${*: -1}
    for node in "${@:4:$#-4}"; do
      case $value in
        *-) rm -f "$FAKE/node-$node" ;;
        *) printf '%s\n' "${value#*=}" >"$FAKE/node-$node" ;;
      esac
    done
    ;;
  "kubectl label --overwrite -f "*)
    case $5 in
      *=cilium) cp "${4%.yaml}.tsv" "$FAKE/wave-$4" ;;
      *-) rm -f "$FAKE/wave-$4" ;;
    esac
    ;;
  "kubectl scale "*)
    workload=${2#*/}
    printf '%s\n' "${*: -1}" | sed 's/--replicas=//' >"$FAKE/replicas-$workload"
    ;;
  "helm get metadata cilium "*) echo '{"chart":"cilium","version":"1.19.4"}' ;;
  "helm get metadata "*) cat "$FAKE/release" ;;
  "helm status "*) [ -e "$FAKE/release" ] ;;
  "helm upgrade "*) cp "$FAKE/settings-wanted" "$FAKE/settings" ;;
  "metallb2cilium snapshot "*) : >"${*: -1}" ;;
esac
