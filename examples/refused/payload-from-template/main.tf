terraform {
  required_version = ">= 1.5"

  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "1.68.0"
    }
  }
}

variable "model" {
  type    = string
  default = "gpt-4o"
}

locals {
  # Ends in the payload through two files and a multipart message, packed and encoded.
  api = "https://api.openai.com/v1"
}

data "cloudinit_config" "assistant" {
  gzip          = true
  base64_encode = true

  part {
    filename     = "base.yaml"
    content_type = "text/cloud-config"
    content      = file("${path.module}/base.yaml")
  }

  part {
    filename     = "assistant.yaml"
    content_type = "text/cloud-config"
    content = templatefile("${path.module}/assistant.yaml.tftpl", {
      address = hcloud_primary_ip.assistant.ip_address
      api     = local.api
      model   = var.model
    })
  }
}

resource "hcloud_ssh_key" "operator" {
  name       = "operator"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW operator"
}

resource "hcloud_primary_ip" "assistant" {
  name        = "assistant"
  type        = "ipv4"
  location    = "hel1"
  auto_delete = false
}

resource "hcloud_firewall" "assistant" {
  name = "assistant"

  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "22"
    source_ips = ["198.51.100.16/28"]
  }
}

resource "hcloud_server" "assistant" {
  name         = "assistant"
  server_type  = "cx23"
  image        = "debian-13"
  location     = "hel1"
  ssh_keys     = [hcloud_ssh_key.operator.id]
  firewall_ids = [hcloud_firewall.assistant.id]
  user_data    = data.cloudinit_config.assistant.rendered

  public_net {
    ipv4         = hcloud_primary_ip.assistant.id
    ipv6_enabled = false
  }
}
