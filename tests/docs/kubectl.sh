#!/usr/bin/env bash
# Stands for kubectl and helm on the pages. What changes the cluster is noted in
# $FAKE/log, from which the API server of the test shows it; what it does not know is
# left to the stand-in of the plan's tests, in $FAKE/under.
set -euo pipefail
name=$(basename "$0")
call="$name $*"

# note KIND: keeps standard input.
note() {
  local count
  count=$(find "$FAKE/log" -type f | wc -l)
  cat >"$FAKE/log/$(printf '%04d' "$count").$1"
}

# The objects of a stream: KIND.GROUP/NAME
names() {
  awk '
    /^apiVersion:/ { group = $2; if (!sub("/.*", "", group)) group = "" }
    /^kind:/ { kind = tolower($2) }
    /^metadata:/ { inside = 1 }
    inside && /^  name:/ { print kind (group == "" ? "" : "." group) "/" $2; inside = 0 }
  ' "$1"
}

# The file that follows -f; standard input is kept in one.
file_of() {
  while [ "$1" != -f ]; do shift; done
  case $2 in
    -) cat >"$FAKE/stdin"; echo "$FAKE/stdin" ;;
    *) echo "$2" ;;
  esac
}

# The object that the arguments name: KIND/NAME, or KIND for all of it.
object_of() {
  local object=
  while [ $# -gt 0 ]; do
    case $1 in
      -n) shift ;;
      -*) ;;
      *) object=${object:+$object/}$1 ;;
    esac
    shift
  done
  echo "$object"
}

under() { "$FAKE/under/$name" "$@"; }

case "$call" in
  "kubectl get -A -o yaml "*) cat "$FAKE/before.yaml" ;;
  "kubectl apply "*)
    file=$(file_of "$@")
    note apply <"$file"
    names "$file" | while read -r object; do
      verb=created
      if grep -qxF "$object" "$FAKE/known"; then verb=configured; fi
      case $call in *--server-side*) verb=serverside-applied ;; esac
      printf '%s\n' "$object" >>"$FAKE/known"
      echo "$object $verb"
    done
    under "$@" </dev/null
    ;;
  "kubectl delete -f "*)
    file=$(file_of "$@")
    note delete <"$file"
    names "$file" | sed -E 's#/(.*)# "\1" deleted#'
    under "$@"
    ;;
  "kubectl delete "*)
    object=$(object_of "${@:2}")
    printf '%s\n' "$object" | note remove
    case $object in
      */*) echo "${object%%/*} \"${object#*/}\" deleted" ;;
    esac
    under "$@"
    ;;
  "kubectl scale "*)
    workload=${2#*/}
    last=${*: -1}
    printf '%s %s\n' "$workload" "${last#--replicas=}" | note scale
    echo "${2%%/*}.apps/$workload scaled"
    under "$@"
    ;;
  "kubectl patch "*)
    printf '%s\n%s\n' "$(object_of "${@:2:$#-3}")" "${*: -1}" | note patch
    under "$@"
    ;;
  "kubectl label --overwrite node "*)
    printf '%s\n' "node ${*:4}" | note label
    for node in "${@:4:$#-4}"; do echo "node/$node labeled"; done
    under "$@"
    ;;
  "kubectl label --overwrite -f "*)
    objects=$(names "$4" | sed 's#.*/##' | tr '\n' ' ')
    printf '%s\n' "service $objects ${*: -1}" | note label
    names "$4" | sed 's/$/ labeled/'
    under "$@"
    ;;
  "helm upgrade "*)
    # The settings that the plan's step will look for.
    sed -n 's/^SETTINGS=(\(.*\))$/\1/p' 02-settings.sh | tr ' ' '\n' >"$FAKE/wanted"
    { grep -vFf <(sed 's/=.*/=/' "$FAKE/wanted") "$FAKE/settings" || true; cat "$FAKE/wanted"; } >"$FAKE/settings-wanted"
    note settings <"$FAKE/settings-wanted"
    under "$@"
    ;;
  *) under "$@" ;;
esac
