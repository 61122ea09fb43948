#!/bin/sh
kubectl annotate service web metallb.universe.tf/loadBalancerIPs=192.168.1.20
cat <<EOF | kubectl apply -f -
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
EOF
