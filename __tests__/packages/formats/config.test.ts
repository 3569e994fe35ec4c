import { changed, problems } from './changed-config.ts';

describe('form is checked, policy is not', () => {
  test.each([
    ['a location in the United States', 'live: hel1', 'live: ash'],
    ['a public registry', 'registry: registry.lukko.example', 'registry: docker.io'],
    ['an image without the registry of the operator', 'registry: registry.lukko.example', 'registry: ghcr.io'],
    [
      'another authority',
      'https://acme-api.actalis.com/acme/directory',
      'https://acme-v02.api.letsencrypt.org/directory',
    ],
    ['backups in the live location', 'backups: fsn1', 'backups: hel1'],
    [
      'a bucket on AWS',
      'backend: local',
      'backend: s3\n  endpoint: https://s3.eu-central-1.amazonaws.com\n  bucket: lukko-state\n  region: eu-central-1',
    ],
  ])('%s parses', (_name, from, to) => {
    expect(problems(changed([from, to]))).toBe('nothing is wrong');
  });
});

describe('bad input', () => {
  test('an unknown field names the one that was meant', () => {
    expect(problems(changed(['  live: hel1', '  lvie: hel1']))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:21: locations.live: expected lower-case letters, digits and single hyphens, starting with a letter, found nothing; add it
      config/mine.yaml:22: locations.lvie: expected a field that is known in locations, found lvie; did you mean live?
      "
    `);
  });

  test('an unknown field that is like no other names those that are known', () => {
    expect(problems(changed(['  ttl: 300', '  ttl: 300\n  provider: cloudflare']))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:20: dns.provider: expected a field that is known in dns, found provider; remove it (known in dns: managed, ttl)
      "
    `);
  });

  test('wrong types', () => {
    const text = changed(
      ['serverType: cx33', 'serverType: 33'],
      ['tag: "17.10"', 'tag: 17.10'],
      ['threshold: 2', 'threshold: two'],
      ['size: 100', "size: '100'"],
      ['managed: true', 'managed: yes'],
      [
        '  clocks:\n    - ntp1.hetzner.de\n    - ntp2.hetzner.com\n    - ntp3.hetzner.net\n',
        '  clocks: ntp1.hetzner.de\n',
      ],
      ['state:\n  backend: local', 'state: local'],
    );
    expect(problems(text)).toMatchInlineSnapshot(`
      "
      config/mine.yaml:18: dns.managed: expected true or false, found "yes"; write true or false, without quotes
      config/mine.yaml:42: keys.threshold: expected a number, found "two"; correct it
      config/mine.yaml:63: hosts.logs.serverType: expected lower-case letters, digits and single hyphens, starting with a letter, found the number 33; put it in quotes
      config/mine.yaml:65: hosts.logs.volume.size: expected a number, found "100"; write it without quotes
      config/mine.yaml:79: system.clocks: expected a list, found "ntp1.hetzner.de"; write each entry on a line that starts with a hyphen
      config/mine.yaml:103: images.postgresql.tag: expected a tag such as v1.52.0, found the number 17.1; put it in quotes
      config/mine.yaml:116: state: expected a group of fields, found "local"; write its fields on the lines below, indented
      "
    `);
  });

  test('missing and empty values', () => {
    const text = changed(
      ['  backups: 30\n', ''],
      ['domain: lukko.example', 'domain:'],
      ['name: Lukko Example Oy', "name: ''"],
    );
    expect(problems(text)).toMatchInlineSnapshot(`
      "
      config/mine.yaml:12: organisation.name: expected at least 1 character, found empty text; write more
      config/mine.yaml:16: domain: expected a DNS name in lower case, such as logs.lukko.example, found an empty value; give it a value, or remove the line
      config/mine.yaml:123: retention.backups: expected a number, found nothing; add it
      "
    `);
  });

  test('values outside what there is', () => {
    const text = changed(
      ['class: production', 'class: prod'],
      ['backend: local', 'backend: gcs'],
      ['minimumTls: "1.3"', 'minimumTls: "1.1"'],
      ['size: 50', 'size: 5'],
      ['audit: 365', 'audit: 0'],
      ['schemaVersion: 1', 'schemaVersion: 2'],
    );
    expect(problems(text)).toMatchInlineSnapshot(`
      "
      config/mine.yaml:5: schemaVersion: expected 1, found the number 2; write the number this lukko knows, or use the lukko that wrote the file
      config/mine.yaml:9: environment.class: expected one of production, staging, disposable, found "prod"; did you mean production?
      config/mine.yaml:69: hosts.errors.volume.size: expected at least 10, found the number 5; choose a larger value
      config/mine.yaml:113: certificates.minimumTls: expected one of 1.2, 1.3, found "1.1"; choose one of them
      config/mine.yaml:120: state.backend: expected one of local, s3, found "gcs"; choose one of them
      config/mine.yaml:124: retention.audit: expected at least 1, found the number 0; choose a larger value
      "
    `);
  });

  test('domains, hosts and addresses on the web', () => {
    const text = changed(
      ['domain: lukko.example', 'domain: Lukko..example'],
      ['- ntp1.hetzner.de', '- https://ntp1.hetzner.de'],
      ['securityContact: security@lukko.example', 'securityContact: security'],
      ['packageMirror: https://', 'packageMirror: http://'],
      ['to: https://errors.lukko.example', 'to: errors.lukko.example'],
      ['registry: registry.lukko.example', 'registry: https://registry.lukko.example'],
    );
    expect(problems(text)).toMatchInlineSnapshot(`
      "
      config/mine.yaml:13: organisation.securityContact: expected an e-mail address such as security@lukko.example, found "security"; correct it
      config/mine.yaml:16: domain: expected a DNS name in lower case, such as logs.lukko.example, found "Lukko..example"; correct it
      config/mine.yaml:77: system.packageMirror: expected a URL that starts with https://, found "http://mirror.hetzner.com/debian/packages"; correct it
      config/mine.yaml:80: system.clocks[0]: expected a DNS name in lower case, such as logs.lukko.example, found "https://ntp1.hetzner.de"; correct it
      config/mine.yaml:91: images.registry: expected the host of a registry, such as registry.lukko.example, found "https://registry.lukko.example"; correct it
      config/mine.yaml:117: upstreams[0].to: expected a URL of scheme, name and port alone, such as https://errors.lukko.example, found "errors.lukko.example"; correct it
      "
    `);
  });

  test.each([
    'https://errors.lukko.example/issues',
    'https://errors.lukko.example/',
    'https://errors.lukko.example?team=1',
    'https://user:password@errors.lukko.example',
    'https://errors.lukko.example:70000',
    'https://errors..example',
    '"https://errors.lukko.example/} respond 200 {"',
  ])('%s is no upstream: Caddy would not start with it, or a login lies in the payload', (to) => {
    expect(problems(changed(['to: https://errors.lukko.example', `to: ${to}`]))).toContain(
      'upstreams[0].to: expected a URL of scheme, name and port alone',
    );
    expect(problems(changed(['to: https://errors.lukko.example', 'to: https://errors.lukko.example:8443']))).toBe(
      'nothing is wrong',
    );
  });

  test.each(['registry..example', 'registry.lukko.example:0', 'registry.lukko.example:65536', 'registry.example:'])(
    '%s is no registry',
    (registry) => {
      expect(problems(changed(['registry: registry.lukko.example', `registry: "${registry}"`]))).toContain(
        'images.registry: expected the host of a registry',
      );
      expect(problems(changed(['registry: registry.lukko.example', 'registry: registry.lukko.example:65535']))).toBe(
        'nothing is wrong',
      );
    },
  );

  test('networks and addresses', () => {
    const text = changed(
      ['range: 10.20.0.0/16', 'range: 10.20.0.0/33'],
      ['- 198.51.100.16/28', '- 198.51.100.16/28/8'],
      ['privateAddress: 10.20.1.10', 'privateAddress: 10.20.1.256'],
      ['- 185.12.64.1', '- resolver.hetzner.com'],
    );
    expect(problems(text)).toMatchInlineSnapshot(`
      "
      config/mine.yaml:28: network.range: expected an IPv4 network without bits set behind its prefix, such as 10.20.0.0/16, found "10.20.0.0/33"; correct it
      config/mine.yaml:34: access.operatorNetworks[0]: expected a network such as 198.51.100.0/24 or 2001:db8::/32, found "198.51.100.16/28/8"; correct it
      config/mine.yaml:60: hosts.edge.privateAddress: expected an IPv4 address such as 10.20.1.10, found "10.20.1.256"; correct it
      config/mine.yaml:84: system.resolvers[0]: expected an IP address such as 192.0.2.53 or 2001:db8::53, found "resolver.hetzner.com"; correct it
      "
    `);
  });

  test("operators' networks with bits behind their prefix", () => {
    const text = changed(
      ['- 198.51.100.16/28', '- 198.51.100.17/28'],
      ['- 2001:db8:6c75::/48', '- 2001:db8:6c75::1/48'],
    );
    expect(problems(text)).toMatchInlineSnapshot(`
      "
      config/mine.yaml:34: access.operatorNetworks[0]: expected a network without bits set behind its prefix, such as 198.51.100.0/24 or 2001:db8::/32, found "198.51.100.17/28"; correct it
      config/mine.yaml:35: access.operatorNetworks[1]: expected a network without bits set behind its prefix, such as 198.51.100.0/24 or 2001:db8::/32, found "2001:db8:6c75::1/48"; correct it
      "
    `);
  });

  test('an upstream by the name of a host', () => {
    expect(problems(changed(['name: issues.lukko.example', 'name: logs.lukko.example']))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:116: upstreams[0].name: expected a name of its own, found logs.lukko.example, the name of the host logs; choose another, such as issues, below the domain
      "
    `);
  });

  test('a network with bits behind its prefix', () => {
    expect(problems(changed(['subnet: 10.20.1.0/24', 'subnet: 10.20.1.7/24']))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:29: network.subnet: expected an IPv4 network without bits set behind its prefix, such as 10.20.0.0/16, found "10.20.1.7/24"; correct it
      "
    `);
  });

  test('a public network, and a subnet outside its range', () => {
    expect(problems(changed(['range: 10.20.0.0/16', 'range: 203.0.113.0/24']))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:28: network.range: expected a network inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918), found 203.0.113.0/24; choose a private one
      config/mine.yaml:29: network.subnet: expected a network inside network.range 203.0.113.0/24, found 10.20.1.0/24; move it inside, or widen the range
      "
    `);
  });

  test('private addresses outside the subnet, taken or twice', () => {
    const text = changed(
      ['privateAddress: 10.20.1.10', 'privateAddress: 10.21.1.10'],
      ['privateAddress: 10.20.1.11', 'privateAddress: 10.20.1.255'],
      ['privateAddress: 10.20.1.12', 'privateAddress: 10.20.1.13'],
    );
    expect(problems(text)).toMatchInlineSnapshot(`
      "
      config/mine.yaml:60: hosts.edge.privateAddress: expected an address inside network.subnet 10.20.1.0/24, found 10.21.1.10; choose one inside
      config/mine.yaml:64: hosts.logs.privateAddress: expected an address that is free, found 10.20.1.255, its broadcast address; choose another
      config/mine.yaml:72: hosts.backups.privateAddress: expected each value once, found 10.20.1.13 a second time; choose another address for one of the two
      "
    `);
  });

  test("the provider's gateway is nobody's address", () => {
    const text = changed(
      ['subnet: 10.20.1.0/24', 'subnet: 10.20.0.0/16'],
      ['privateAddress: 10.20.1.10', 'privateAddress: 10.20.0.1'],
    );
    expect(problems(text)).toMatchInlineSnapshot(`
      "
      config/mine.yaml:60: hosts.edge.privateAddress: expected an address that is free, found 10.20.0.1, Hetzner's gateway, the first address of network.range; choose another
      "
    `);
  });

  test('names and keys that stand twice', () => {
    const text = changed(
      ['name: tang-nbg1', 'name: tang-fsn1'],
      [
        'thumbprint: ljfY-6fRtq5K7L9ttYR1hZCtwvRGxbxvc7LLB7BCKfo',
        'thumbprint: _B-RULRne9KyUoCWN9AyhEjfwz0MXfEVlXaEAlJSIrw',
      ],
      [
        'age1zutcplmm30qy5ksrqzx79ujgkqcw6fc75w6yjfeu6pphtl8zl4ssze5axg',
        'age12hqhndad0qhrye8a29puspt773zljeas4rdc2ta6xjes2wrft3us598s8p',
      ],
      ['upstreams:\n', 'upstreams:\n  - name: issues.lukko.example\n    to: https://edge.lukko.example\n'],
      ['- ntp3.hetzner.net', '- ntp1.hetzner.de'],
    );
    expect(problems(text)).toMatchInlineSnapshot(`
      "
      config/mine.yaml:38: access.ageRecipients[1]: expected each value once, found age12hqhndad0qhrye8a29puspt773zljeas4rdc2ta6xjes2wrft3us598s8p a second time; name a second identity
      config/mine.yaml:48: keys.servers[1].name: expected each value once, found tang-fsn1 a second time; rename one of the two
      config/mine.yaml:51: keys.servers[1].thumbprint: expected each value once, found _B-RULRne9KyUoCWN9AyhEjfwz0MXfEVlXaEAlJSIrw a second time; give each server a key of its own and write what \`tang-show-keys\` prints there
      config/mine.yaml:82: system.clocks[2]: expected each value once, found ntp1.hetzner.de a second time; name another clock
      config/mine.yaml:118: upstreams[1].name: expected each value once, found issues.lukko.example a second time; remove one of the two
      "
    `);
  });

  test('a quorum that cannot be met, or that one location decides', () => {
    expect(problems(changed(['threshold: 2', 'threshold: 3']))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:42: keys.threshold: expected fewer than the 3 servers, so that one may be lost, found 3; lower it, or add a server
      "
    `);
    expect(problems(changed(['location: nbg1', 'location: fsn1']))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:43: keys.servers: expected at most 1 in one location, found 2 in fsn1: losing it would lose the quorum; move one elsewhere
      "
    `);
    expect(problems(changed(['threshold: 2', 'threshold: 1']))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:42: keys.threshold: expected at least 2, found the number 1; choose a larger value
      "
    `);
  });

  test('keys and digests of another form', () => {
    const text = changed(
      ['IDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW', 'IDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1'],
      ['age12hqhndad0', 'age12hqhndae0'],
      ['thumbprint: 3BSY5hXQ', 'thumbprint: 3BSY5hX'],
      ['sha256:df7f1c2f', 'sha256:DF7F1C2F'],
      ['repository: glitchtip/glitchtip', 'repository: docker.io/glitchtip/glitchtip:6'],
    );
    expect(problems(text)).toMatchInlineSnapshot(`
      "
      config/mine.yaml:32: access.sshUserCa: expected an OpenSSH public key on one line, such as "ssh-ed25519 AAAA… comment", found "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgI…"; correct it
      config/mine.yaml:37: access.ageRecipients[0]: expected an age recipient with a valid checksum (age1 and 58 characters, as age-keygen prints it), found "age12hqhndae0qhrye8a29puspt773zljeas4rdc2ta6xjes2wrft3us5…"; correct it
      config/mine.yaml:55: keys.servers[2].thumbprint: expected a JWK thumbprint of 43 characters, as \`tang-show-keys\` prints it, found "3BSY5hXu96J8byK2Nw1RH3m7633Cuc-l6D5ElgzD6Y"; correct it
      config/mine.yaml:95: images.caddy.digest: expected sha256: and 64 hexadecimal digits, found "sha256:DF7F1C2Fb114453b951de51a98efc010db1655a92c2e86be67…"; correct it
      config/mine.yaml:101: images.glitchtip.repository: expected a repository without registry and tag, such as victoriametrics/victoria-logs, found "docker.io/glitchtip/glitchtip:6"; correct it
      "
    `);
  });

  test('a private key or a token is never shown', () => {
    const secret = `-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXktdjEAAAAABG5vbmU`;
    const token = `${'Xq7'.repeat(21)}Z`;
    const text = changed(
      ['sshUserCa: ssh-ed25519', `sshUserCa: ${secret} ssh-ed25519`],
      ['- age12hqhndad0qhrye8a29puspt773zljeas4rdc2ta6xjes2wrft3us598s8p', `- AGE-SECRET-KEY-1${'Q'.repeat(58)}`],
      ['name: example', `name: ${token}`],
    );
    const message = problems(text);
    expect(message).not.toMatch(/b3Blbn|QQQQ|Xq7Xq7/);
    expect(message).toMatchInlineSnapshot(`
      "
      config/mine.yaml:8: environment.name: expected lower-case letters, digits and single hyphens, starting with a letter, found what looks like a secret (not shown); remove it from the file, and replace the secret wherever it is used
      config/mine.yaml:32: access.sshUserCa: expected an OpenSSH public key on one line, such as "ssh-ed25519 AAAA… comment", found what looks like a secret (not shown); remove it from the file, and replace the secret wherever it is used
      config/mine.yaml:37: access.ageRecipients[0]: expected an age recipient with a valid checksum (age1 and 58 characters, as age-keygen prints it), found what looks like a secret (not shown); remove it from the file, and replace the secret wherever it is used
      "
    `);
  });
});
