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

resource "hcloud_firewall" "operators" {
  name = "operators"

  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "22"
    source_ips = ["198.51.100.16/28"]
  }
}

resource "hcloud_server" "jump" {
  name        = "jump"
  server_type = "cx23"
  image       = "debian-13"
  location    = "nbg1"
  ssh_keys    = [hcloud_ssh_key.operator.id]

  user_data = <<-EOT
    #cloud-config
    apt:
      primary:
        - arches: [default]
          uri: https://mirror.hetzner.com/debian/packages
      security:
        - arches: [default]
          uri: https://mirror.hetzner.com/debian/security
    packages: [unattended-upgrades]
  EOT
}

resource "hcloud_firewall_attachment" "jump" {
  firewall_id = hcloud_firewall.operators.id
  server_ids  = [hcloud_server.jump.id]
}
