resource "kubernetes_service" "web" {
  metadata {
    annotations = {
      "metallb.universe.tf/address-pool" = "lan"
    }
  }
}
