/**
 * Rego rules for Conftest to judge the same plan by, as its users write them: each walks `resource_changes` and compares one or two
 * attributes. Simpler than lukko's own, which follow references and read payloads: the comparison is kind to Conftest.
 */
const four: readonly string[] = [
  `deny contains msg if {
  some change in input.resource_changes
  location := change.change.after.location
  not location in {"hel1", "fsn1", "nbg1"}
  msg := sprintf("%s stands in %s", [change.address, location])
}`,
  `deny contains msg if {
  some change in input.resource_changes
  change.type == "hcloud_server"
  count(object.get(change.change.after, "ssh_keys", [])) == 0
  msg := sprintf("%s is created with a root password", [change.address])
}`,
  `deny contains msg if {
  some change in input.resource_changes
  change.type == "hcloud_volume"
  not change.change.after.delete_protection
  msg := sprintf("%s is not protected from deletion", [change.address])
}`,
  `deny contains msg if {
  some change in input.resource_changes
  change.type == "hcloud_firewall"
  some rule in change.change.after.rule
  rule.direction == "in"
  "0.0.0.0/0" in rule.source_ips
  not rule.port in {"80", "443"}
  msg := sprintf("%s admits everybody to %s", [change.address, rule.port])
}`,
];

/** A policy file with that many rules: the four, then as many more of the same kind about other attributes. */
export function regoRules(count: number): string {
  const types = [
    'hcloud_server',
    'hcloud_volume',
    'hcloud_network',
    'hcloud_firewall',
    'hcloud_rdns',
    'hcloud_volume_attachment',
  ];
  const more = Array.from({ length: Math.max(0, count - four.length) }, (_, index) => {
    const type = types[index % types.length];
    return `deny contains msg if {
  some change in input.resource_changes
  change.type == "${type}"
  change.change.after.labels["rule-${index}"] == "no"
  msg := sprintf("%s says no to ${index}", [change.address])
}`;
  });
  return ['package main', 'import rego.v1', ...four.slice(0, count), ...more].join('\n\n');
}
