terraform {
  required_version = ">= 1.5"
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "1.68.0"
    }
  }
}

resource "hcloud_ssh_key" "operator" {
  name       = "operator"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW operator"
}

resource "hcloud_firewall" "host" {
  name = "host"
  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "22"
    source_ips = ["198.51.100.16/28"]
  }
}

resource "hcloud_server" "shop" {
  name         = "shop"
  server_type  = "cx23"
  image        = "debian-13"
  location     = "hel1"
  ssh_keys     = [hcloud_ssh_key.operator.id]
  firewall_ids = [hcloud_firewall.host.id]
  user_data    = <<-EOT
    #cloud-config
    packages: [podman]
    write_files:
      - path: /etc/containers/systemd/shop.container
        content: |
          [Container]
          Image=registry.shop.example/shop:1.4@sha256:47b820890d64c4575a2a0a46415dcd8a4fd59a0f1fcd6a377693d7aea639442e
          Environment=SENTRY_DSN=https://key@o1.ingest.de.sentry.io/1
    runcmd:
      - [systemctl, start, shop.service]
  EOT
}
