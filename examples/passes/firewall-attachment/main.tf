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

resource "hcloud_server" "jump" {
  name         = "jump"
  server_type  = "cx23"
  image        = "debian-13"
  location     = "hel1"
  ssh_keys     = [hcloud_ssh_key.operator.id]
}

resource "hcloud_firewall_attachment" "host" {
  firewall_id = hcloud_firewall.host.id
  server_ids  = [hcloud_server.jump.id]
}
