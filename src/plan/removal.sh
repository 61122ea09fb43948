
# What MetalLB's manifests and its chart create in its namespace, but for Secrets: those
# that people made, such as passwords, are not taken.
METALLB_NAMES='metallb.*'
# In a namespace of its own alone: elsewhere others have a `controller`, too.
PLAIN_NAMES='controller|speaker|pod-lister|config|config-watcher|frr-startup|webhook-service|(controller|speaker)-monitor-service'
METALLB_SECRETS='((metallb-)?memberlist|metallb-webhook-cert|webhook-server-cert)'
FRR_NAMES='((metallb-)?frr-k8s.*)'

# remove_named KIND NAMESPACE PATTERN: objects whose whole name fits.
remove_named() {
  local names name
  names=$(kubectl get "$1" ${2:+-n "$2"} -o name) || die "it is not known which $1 are there"
  for name in $(grep -E "/$3\$" <<<"$names" || true); do
    run kubectl delete "$name" ${2:+-n "$2"} --ignore-not-found
  done
}

# remove_metallb NAMESPACE CONTROLLER SPEAKER RELEASE FRR_NAMESPACE: nothing is left that
# waits for a program that is gone.
remove_metallb() {
  local namespace=$1 names=$METALLB_NAMES resource kind
  case $1 in *metallb*) names+="|$PLAIN_NAMES" ;; esac
  for resource in bgppeers addresspools; do
    if has_resource "$resource.metallb.io"; then
      # Their conversion webhooks are answered by the controller, which is stopped.
      run kubectl patch crd "$resource.metallb.io" --type merge \
        -p '{"spec":{"conversion":{"strategy":"None","webhook":null}}}'
    fi
  done
  remove_named validatingwebhookconfigurations '' '.*metallb.*'
  for resource in bgpadvertisements l2advertisements bgppeers bfdprofiles communities ipaddresspools addresspools; do
    if has_resource "$resource.metallb.io"; then
      run kubectl delete "$resource.metallb.io" -n "$namespace" --all
    fi
  done
  if [ -n "$4" ]; then remove_release "$namespace" "$4" "$3"; fi
  run kubectl delete deployment "$2" -n "$namespace" --ignore-not-found
  run kubectl delete daemonset "$3" -n "$namespace" --ignore-not-found
  for kind in services configmaps rolebindings roles serviceaccounts; do
    remove_named "$kind" "$namespace" "($names)"
  done
  remove_named secrets "$namespace" "$METALLB_SECRETS"
  remove_named clusterrolebindings '' '(metallb(-system)?[:-].*)'
  remove_named clusterroles '' '(metallb(-system)?[:-].*)'
  if [ "$5" = "$namespace" ]; then
    remove_frr_k8s "$namespace"
  else
    say "frr-k8s stays, since it is installed by itself in the namespace $5"
  fi
  remove_named crds '' '[a-z0-9]+[.]metallb[.]io'
  wait_for "no Pod of MetalLB's is left" is_without_pods "$namespace" "$2" "$3"
  remove_namespace "$namespace"
}

is_without_pods() {
  has_no_pods deployment "$1" "$2" && has_no_pods daemonset "$1" "$3"
}

# remove_release NAMESPACE RELEASE SPEAKER: a chart of which MetalLB is only a part
# would take everything else with it.
remove_release() {
  local chart
  helm status "$2" -n "$1" >/dev/null 2>&1 || return 0
  chart=$(helm get metadata "$2" -n "$1" -o json | sed -n 's/.*"chart":"\([^"]*\)".*/\1/p') || chart=""
  if [ "$chart" = metallb ]; then
    run helm uninstall "$2" -n "$1" --wait
  elif is_there daemonset "$1" "$3"; then
    die "Helm's release $2 is of the chart ${chart:-?}, which may hold more than MetalLB: take \
MetalLB out of it by its values, then run this step again"
  fi
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
  local held
  held=$(kubectl get pods,deployments,daemonsets,statefulsets,services,configmaps,secrets,persistentvolumeclaims -n "$1" -o name) || return 1
  grep -vE '^(configmap/(kube-root-ca|openshift-service-ca)[.]crt|secret/.*-(token|dockercfg)-.*)$' <<<"$held" || true
}

remove_namespace() {
  local left
  case $1 in
    default | kube-*)
      say "the namespace $1 stays"
      return 0
      ;;
  esac
  left=$(held_in "$1") || die "it is not known what the namespace $1 holds"
  if [ -n "$left" ]; then
    say "the namespace $1 stays, since it holds
$left"
  else
    run kubectl delete namespace "$1" --ignore-not-found
  fi
}

check_metallb_gone() {
  local there left
  there=$(kubectl get crds,validatingwebhookconfigurations,clusterroles,clusterrolebindings -o name) ||
    die "it is not known what is left of MetalLB"
  left=$(grep -E '^customresource.*/[a-z0-9]+[.]metallb[.]io$|^validatingwebhook.*metallb|/metallb(-system)?[:-]' <<<"$there" || true)
  [ -z "$left" ] || die "this is left of MetalLB:
$left"
  has_no_pods daemonset "$1" "$2" || die "Pods of $2 are left"
  say "ok: nothing of MetalLB's API, webhooks and roles is left"
}
