terraform {
  required_version = ">= 1.5"

  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "1.68.0"
    }
  }
}

locals {
  # Who may reach what: one line per service, as in most repositories.
  services = {
    ssh   = { port = "22", from = local.anywhere }
    https = { port = "443", from = local.anywhere }
    node  = { port = "9100", from = ["10.0.0.0/16"] }
  }

  anywhere = ["0.0.0.0/0", "::/0"]
}

resource "hcloud_ssh_key" "operator" {
  name       = "operator"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW operator"
}

resource "hcloud_firewall" "web" {
  name = "web"

  dynamic "rule" {
    for_each = local.services

    content {
      description = rule.key
      direction   = "in"
      protocol    = "tcp"
      port        = rule.value.port
      source_ips  = rule.value.from
    }
  }
}

resource "hcloud_server" "web" {
  count = 2

  name         = format("web-%02d", count.index + 1)
  server_type  = "cx23"
  image        = "debian-13"
  location     = element(["nbg1", "fsn1"], count.index)
  ssh_keys     = [hcloud_ssh_key.operator.id]
  firewall_ids = [hcloud_firewall.web.id]
}
