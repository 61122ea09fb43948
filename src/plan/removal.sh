
# What MetalLB's manifests and its chart create in its namespace, but for Secrets: those
# that people made, such as passwords, are not taken.
METALLB_NAMES='(metallb.*|controller|speaker|pod-lister|config|config-watcher|frr-startup|webhook-service|(controller|speaker)-monitor-service)'
METALLB_SECRETS='((metallb-)?memberlist|metallb-webhook-cert|webhook-server-cert)'
FRR_NAMES='((metallb-)?frr-k8s.*)'

# remove_named KIND NAMESPACE PATTERN: objects whose whole name fits.
remove_named() {
  local name
  for name in $(kubectl get "$1" ${2:+-n "$2"} -o name | grep -E "/$3\$" || true); do
    run kubectl delete "$name" ${2:+-n "$2"} --ignore-not-found
  done
}

# remove_metallb NAMESPACE CONTROLLER SPEAKER RELEASE: nothing is left that waits for a
# program that is gone.
remove_metallb() {
  local namespace=$1 resource kind
  if [ -n "$(kubectl get crd bgppeers.metallb.io --ignore-not-found -o name)" ]; then
    # Its conversion webhook is answered by the controller, which is stopped.
    run kubectl patch crd bgppeers.metallb.io --type merge \
      -p '{"spec":{"conversion":{"strategy":"None","webhook":null}}}'
  fi
  remove_named validatingwebhookconfigurations '' '.*metallb.*'
  for resource in bgpadvertisements l2advertisements bgppeers bfdprofiles communities ipaddresspools addresspools; do
    if has_resource "$resource.metallb.io"; then
      run kubectl delete "$resource.metallb.io" -n "$namespace" --all
    fi
  done
  if [ -n "$4" ] && helm status "$4" -n "$namespace" >/dev/null 2>&1; then
    run helm uninstall "$4" -n "$namespace" --wait
  fi
  run kubectl delete deployment "$2" -n "$namespace" --ignore-not-found
  run kubectl delete daemonset "$3" -n "$namespace" --ignore-not-found
  for kind in services configmaps rolebindings roles serviceaccounts; do
    remove_named "$kind" "$namespace" "$METALLB_NAMES"
  done
  remove_named secrets "$namespace" "$METALLB_SECRETS"
  remove_named clusterrolebindings '' '(metallb(-system)?[:-].*)'
  remove_named clusterroles '' '(metallb(-system)?[:-].*)'
  remove_frr_k8s "$namespace"
  for resource in $(kubectl get crds -o name | grep -E '\.metallb\.io$' | grep -v '\.frrk8s\.metallb\.io$' || true); do
    run kubectl delete "$resource" --ignore-not-found
  done
  wait_for "no Pod of MetalLB's is left" is_without_pods "$namespace" "$2" "$3"
  remove_namespace "$namespace"
}

is_without_pods() {
  has_no_pods deployment "$1" "$2" && has_no_pods daemonset "$1" "$3"
}

# frr-k8s stays where it has configurations that are not MetalLB's.
remove_frr_k8s() {
  local kind others
  has_resource frrconfigurations.frrk8s.metallb.io || return 0
  others=$(kubectl get frrconfigurations.frrk8s.metallb.io --all-namespaces -o name)
  if [ -n "$others" ]; then
    say "frr-k8s stays, since it has configurations of its own: $others"
    return 0
  fi
  remove_named validatingwebhookconfigurations '' '.*frr-k8s.*'
  for kind in deployments daemonsets services configmaps secrets rolebindings roles serviceaccounts; do
    remove_named "$kind" "$1" "$FRR_NAMES"
  done
  remove_named clusterrolebindings '' "$FRR_NAMES"
  remove_named clusterroles '' "$FRR_NAMES"
  remove_named crds '' '.*[.]frrk8s[.]metallb[.]io'
}

# What is in a namespace beside what every one has.
held_in() {
  kubectl get pods,deployments,daemonsets,statefulsets,services,configmaps,secrets,persistentvolumeclaims -n "$1" -o name |
    grep -vE '^(configmap/(kube-root-ca|openshift-service-ca)[.]crt|secret/.*-(token|dockercfg)-.*)$' || true
}

remove_namespace() {
  local left
  case $1 in
    default | kube-*)
      say "the namespace $1 stays"
      return 0
      ;;
  esac
  left=$(held_in "$1")
  if [ -n "$left" ]; then
    say "the namespace $1 stays, since it holds
$left"
  else
    run kubectl delete namespace "$1" --ignore-not-found
  fi
}

check_metallb_gone() {
  local left
  left=$(
    kubectl get crds -o name | grep -E '\.metallb\.io$' | grep -v '\.frrk8s\.metallb\.io$' || true
    kubectl get validatingwebhookconfigurations -o name | grep -E 'metallb' || true
    kubectl get clusterroles,clusterrolebindings -o name | grep -E '/metallb(-system)?[:-]' || true
  )
  [ -z "$left" ] || die "this is left of MetalLB:
$left"
  has_no_pods daemonset "$1" "$2" || die "Pods of $2 are left"
  say "ok: nothing of MetalLB's API, webhooks and roles is left"
}
