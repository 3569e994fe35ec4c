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

resource "hcloud_volume" "data" {
  name              = "data"
  size              = 10
  location          = "hel1"
  delete_protection = true
  lifecycle {
    prevent_destroy = true
  }
}

resource "hcloud_volume" "spare" {
  name              = "spare"
  size              = 10
  location          = "hel1"
  delete_protection = true
  lifecycle {
    prevent_destroy = true
  }
}

resource "hcloud_server" "logs" {
  name         = "logs"
  server_type  = "cx23"
  image        = "debian-13"
  location     = "hel1"
  ssh_keys     = [hcloud_ssh_key.operator.id]
  firewall_ids = [hcloud_firewall.host.id]
  user_data    = templatefile("${path.module}/payload.yaml", { volume_id = hcloud_volume.spare.id })
}

resource "hcloud_volume_attachment" "data" {
  volume_id = hcloud_volume.data.id
  server_id = hcloud_server.logs.id
}

resource "hcloud_volume_attachment" "spare" {
  volume_id = hcloud_volume.spare.id
  server_id = hcloud_server.logs.id
}
