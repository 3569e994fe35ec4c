terraform {
  required_version = ">= 1.5"

  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "1.68.0"
    }
  }

  backend "s3" {
    bucket    = "lukko-example-state"
    key       = "encrypted-volume.tfstate"
    region    = "fsn1"
    endpoints = { s3 = "https://fsn1.your-objectstorage.com" }
    encrypt   = true
  }
}

provider "hcloud" {}

locals {
  name = "logs"

  admin  = ["198.51.100.16/28"]
  anyone = ["0.0.0.0/0", "::/0"]

  rules = [
    { direction = "in", port = "22", networks = local.admin },
    { direction = "out", port = "443", networks = local.anyone },
  ]
}

resource "hcloud_ssh_key" "operator" {
  name       = "operator"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW operator"
}

resource "hcloud_firewall" "logs" {
  name = local.name
  labels = { owner = "platform" }

  dynamic "rule" {
    for_each = local.rules

    content {
      direction       = rule.value.direction
      protocol        = "tcp"
      port            = rule.value.port
      source_ips      = rule.value.direction == "in" ? rule.value.networks : null
      destination_ips = rule.value.direction == "out" ? rule.value.networks : null
    }
  }
}

resource "hcloud_volume" "data" {
  name              = "data"
  labels = { owner = "platform", data-class = "logs" }
  size              = 10
  location          = var.location
  delete_protection = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "hcloud_volume_attachment" "data" {
  volume_id = hcloud_volume.data.id
  server_id = hcloud_server.logs.id
  automount = false
}

resource "hcloud_server" "logs" {
  name         = local.name
  labels = { owner = "platform" }
  server_type  = "cx23"
  image        = "debian-13"
  location     = var.location
  ssh_keys     = [hcloud_ssh_key.operator.id]
  firewall_ids = [hcloud_firewall.logs.id]

  user_data = templatefile("${path.module}/payload.yaml.tftpl", {
    volume = hcloud_volume.data.id
  })

  public_net {
    ipv4_enabled = true
    ipv6_enabled = true
  }
}
