"""Hetzner's official Python client against the sandbox: creates, lists, pages, waits, protects and deletes every kind.

Prints one line for each kind that went through; anything unexpected ends it with a traceback.
"""

import os
import sys

from hcloud import APIException, Client
from hcloud.firewalls import FirewallRule
from hcloud.images import Image
from hcloud.load_balancer_types import LoadBalancerType
from hcloud.load_balancers import (
    LoadBalancerAlgorithm,
    LoadBalancerCreatePublicNetwork,
    LoadBalancerHealthCheck,
    LoadBalancerService,
    LoadBalancerTarget,
)
from hcloud.locations import Location
from hcloud.networks import NetworkRoute, NetworkSubnet
from hcloud.server_types import ServerType
from hcloud.servers import ServerCreatePublicNetwork
from hcloud.storage_box_types import StorageBoxType
from hcloud.storage_boxes import StorageBoxAccessSettings
from hcloud.zones import ZoneRecord

ENDPOINTS = (
    {}
    if os.environ.get("HARD_CODED") == "1"
    else {
        "api_endpoint": os.environ["HCLOUD_ENDPOINT"],
        "api_endpoint_hetzner": os.environ["HETZNER_ENDPOINT"],
    }
)
client = Client(token=os.environ["HCLOUD_TOKEN"], poll_interval=0.02, **ENDPOINTS)
hel1 = Location(name="hel1")


def refused(code, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except APIException as error:
        assert error.code == code, f"{error.code} instead of {code}: {error.message}"
        assert error.correlation_id, "an error has a correlation id"
        return
    raise AssertionError(f"{call} was not refused with {code}")


def wait(result):
    """Waits for every action that an answer holds."""
    actions = [getattr(result, "action", None), *(getattr(result, "next_actions", None) or []), *(getattr(result, "actions", None) or [])]
    for action in actions:
        if action is not None:
            action.wait_until_finished()


def common(kind, one, protect=None, remove=None):
    """What all kinds share: list, find, change labels, protect, delete."""
    print(f"{kind}:", end=" ")
    assert one.id in [each.id for each in kind_client(kind).get_all()]
    assert kind_client(kind).get_by_id(one.id).id == one.id
    if hasattr(kind_client(kind), "get_by_name") and one.name is not None:
        assert kind_client(kind).get_by_name(one.name).id == one.id
    changed = kind_client(kind).update(one, labels={"by": "python"})
    assert changed.labels == {"by": "python"}
    found = kind_client(kind).get_all(label_selector="by=python")
    assert [each.id for each in found] == [one.id], found
    if protect is not None:
        kind_client(kind).change_protection(one, **protect).wait_until_finished()
        refused("protected", kind_client(kind).delete, one)
        kind_client(kind).change_protection(one, **{key: False for key in protect}).wait_until_finished()
        print("protected,", end=" ")
    deleted = (remove or kind_client(kind).delete)(one)
    if deleted is not None and deleted is not True:
        (getattr(deleted, "action", None) or deleted).wait_until_finished()
    refused("not_found", kind_client(kind).get_by_id, one.id)
    print("deleted", flush=True)


def kind_client(kind):
    return getattr(client, kind)


# Catalogue: read only.
for kind in ("locations", "server_types", "load_balancer_types", "isos", "images", "storage_box_types"):
    every = kind_client(kind).get_all()
    assert every, kind
    assert kind_client(kind).get_by_id(every[0].id).id == every[0].id
    print(f"{kind}: read")

key = client.ssh_keys.create("ops", os.environ["SSH_KEY"])
group = client.placement_groups.create("spread", "spread").placement_group
network = client.networks.create(
    "private", "10.0.0.0/16", subnets=[NetworkSubnet("10.0.1.0/24", type="cloud", network_zone="eu-central")]
)
firewall_result = client.firewalls.create(
    "web", rules=[FirewallRule("in", "tcp", ["0.0.0.0/0", "::/0"], port="443", description="https")]
)
wait(firewall_result)
firewall = firewall_result.firewall
address = client.primary_ips.create("ipv4", "first", location=hel1).primary_ip
server_result = client.servers.create(
    "web",
    ServerType(name="cx23"),
    Image(name="debian-13"),
    ssh_keys=[key],
    networks=[network],
    firewalls=[firewall],
    location=hel1,
    placement_group=group,
    user_data="#cloud-config\n",
    public_net=ServerCreatePublicNetwork(ipv4=address, enable_ipv6=True),
)
wait(server_result)
assert server_result.root_password is None
server = client.servers.get_by_id(server_result.server.id)
assert server.status == "running"
assert server.public_net.ipv4.ip == client.primary_ips.get_by_id(address.id).ip
assert [each.network.id for each in server.private_net] == [network.id]

volume_result = client.volumes.create(10, "data", location=hel1)
wait(volume_result)
volume = volume_result.volume
volume.attach(server).wait_until_finished()
refused("service_error", client.volumes.delete, volume)
client.volumes.get_by_id(volume.id).resize(20).wait_until_finished()
client.volumes.get_by_id(volume.id).detach().wait_until_finished()
common("volumes", client.volumes.get_by_id(volume.id), {"delete": True})

floating = client.floating_ips.create("ipv4", home_location=hel1, name="floating", description="moves")
wait(floating)
floating = client.floating_ips.get_by_id(floating.floating_ip.id)
floating.assign(server).wait_until_finished()
floating.change_dns_ptr(floating.ip, "moves.lukko.example").wait_until_finished()
client.floating_ips.get_by_id(floating.id).unassign().wait_until_finished()
common("floating_ips", client.floating_ips.get_by_id(floating.id), {"delete": True})

certificate = client.certificates.create("tls", os.environ["CERTIFICATE"], os.environ["CERTIFICATE_KEY"])
front = client.primary_ips.create("ipv4", "front", location=hel1).primary_ip
balancer_result = client.load_balancers.create(
    "front",
    LoadBalancerType(name="lb11"),
    location=hel1,
    network=network,
    public_net=LoadBalancerCreatePublicNetwork(ipv4=front),
    algorithm=LoadBalancerAlgorithm("round_robin"),
    services=[
        LoadBalancerService(
            protocol="tcp",
            listen_port=443,
            destination_port=443,
            proxyprotocol=False,
            health_check=LoadBalancerHealthCheck(protocol="tcp", port=443, interval=15, timeout=10, retries=3),
        )
    ],
)
wait(balancer_result)
balancer = client.load_balancers.get_by_id(balancer_result.load_balancer.id)
balancer.add_target(LoadBalancerTarget(type="server", server=server, use_private_ip=True)).wait_until_finished()
assert len(client.load_balancers.get_by_id(balancer.id).targets) == 1
assert balancer.public_net.ipv4.ip == client.primary_ips.get_by_id(front.id).ip
assert balancer.public_net.ipv4.primary_ip.id == front.id
members = network.get_member_all(sort=["type:asc"])
assert [(each.type, each.id) for each in members] == [("load_balancer", balancer.id), ("server", server.id)]
common("load_balancers", client.load_balancers.get_by_id(balancer.id), {"delete": True})
client.primary_ips.get_by_id(front.id).delete()
common("certificates", certificate)

snapshot = server.create_image(description="before", type="snapshot")
snapshot.action.wait_until_finished()
common("images", client.images.get_by_id(snapshot.image.id), {"delete": True})

server.power_off().wait_until_finished()
server.change_type(ServerType(name="cx33"), upgrade_disk=False).wait_until_finished()
server.rebuild(Image(name="debian-13")).action.wait_until_finished()
server.change_alias_ips(network, ["10.0.1.100"]).wait_until_finished()
server = client.servers.get_by_id(server.id)
server.power_off().wait_until_finished()
common("servers", client.servers.get_by_id(server.id), {"delete": True, "rebuild": True})

network = client.networks.get_by_id(network.id)
network.add_route(NetworkRoute("10.100.0.0/24", "10.0.1.1")).wait_until_finished()
network.add_subnet(NetworkSubnet("10.0.2.0/24", type="cloud", network_zone="eu-central")).wait_until_finished()
common("networks", client.networks.get_by_id(network.id), {"delete": True})

firewall = client.firewalls.get_by_id(firewall.id)
for action in firewall.set_rules([FirewallRule("in", "icmp", ["0.0.0.0/0"])]):
    action.wait_until_finished()
common("firewalls", client.firewalls.get_by_id(firewall.id))
common("primary_ips", client.primary_ips.get_by_id(address.id), {"delete": True})
common("placement_groups", client.placement_groups.get_by_id(group.id))
common("ssh_keys", key)

zone_result = client.zones.create(name="lukko.example", mode="primary", ttl=3600)
wait(zone_result)
zone = client.zones.get("lukko.example")
rrset_result = zone.create_rrset(name="www", type="A", ttl=300, records=[ZoneRecord("192.0.2.1")])
wait(rrset_result)
rrset = zone.get_rrset("www", "A")
assert [record.value for record in rrset.records] == ["192.0.2.1"]
rrset.set_rrset_records([ZoneRecord("192.0.2.2")]).wait_until_finished()
assert "192.0.2.2" in zone.export_zonefile().zonefile
zone.change_protection(delete=True).wait_until_finished()
refused("protected", client.zones.delete, zone)
zone.change_protection(delete=False).wait_until_finished()
client.zones.delete(zone).action.wait_until_finished()
refused("not_found", client.zones.get, "lukko.example")
print("zones: protected, deleted", flush=True)

box_result = client.storage_boxes.create(
    name="backups",
    password=os.environ["PASSWORD"],
    location=hel1,
    storage_box_type=StorageBoxType(name="bx11"),
    access_settings=StorageBoxAccessSettings(ssh_enabled=True),
)
wait(box_result)
box = client.storage_boxes.get_by_id(box_result.storage_box.id)
made = box.create_snapshot(description="first")
made.action.wait_until_finished()
assert len(box.get_snapshot_all()) == 1
account = box.create_subaccount(home_directory="drill", password=os.environ["PASSWORD"])
account.action.wait_until_finished()
assert len(box.get_subaccount_all()) == 1
common("storage_boxes", box, {"delete": True})

# Pages: more than two of the largest size.
for number in range(120):
    client.volumes.create(10, f"volume-{number:03}", location=hel1)
pages = client.volumes.get_list(page=3, per_page=50)
assert len(pages.volumes) == 20 and pages.meta.pagination.total_entries == 120
every = client.volumes.get_all()
assert len(every) == 120
for each in every:
    each.delete()
assert client.volumes.get_all() == []
print("pages: 120 read")

left = [
    kind
    for kind in ("servers", "volumes", "networks", "firewalls", "floating_ips", "primary_ips", "load_balancers", "certificates", "placement_groups", "ssh_keys", "zones", "storage_boxes")
    if kind_client(kind).get_all()
]
assert left == [], left
sys.exit(0)
