terraform {
  required_version = ">= 1.5"

  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "1.68.0"
    }
  }
}

variable "encrypted" {
  description = "Given for each environment."
  type        = bool
}

resource "hcloud_ssh_key" "operator" {
  name       = "operator"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW operator"
}

resource "hcloud_firewall" "data" {
  name = "data"

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

resource "hcloud_server" "luks" {
  name         = "luks"
  server_type  = "cx23"
  image        = "debian-13"
  location     = "hel1"
  ssh_keys     = [hcloud_ssh_key.operator.id]
  firewall_ids = [hcloud_firewall.data.id]

  user_data = templatefile("${path.module}/luks.yaml.tftpl", {
    device = "/dev/disk/by-id/scsi-0HC_Volume_${hcloud_volume.data.id}"
  })
}

resource "hcloud_server" "plain" {
  name         = "plain"
  server_type  = "cx23"
  image        = "debian-13"
  location     = "hel1"
  ssh_keys     = [hcloud_ssh_key.operator.id]
  firewall_ids = [hcloud_firewall.data.id]

  user_data = templatefile("${path.module}/plain.yaml.tftpl", {
    device = "/dev/disk/by-id/scsi-0HC_Volume_${hcloud_volume.data.id}"
  })
}

resource "hcloud_volume_attachment" "data" {
  volume_id = hcloud_volume.data.id
  server_id = var.encrypted ? hcloud_server.luks.id : hcloud_server.plain.id
  automount = false
}
