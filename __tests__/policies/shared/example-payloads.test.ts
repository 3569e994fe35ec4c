import { readFileSync } from 'node:fs';
import path from 'node:path';
import { config, parseFile } from '@lukko/formats';
import { parse } from 'yaml';
import { caddyImage, cloudConfig, victoriaLogsImage } from '../../../policies/shared/example-payloads.ts';

const file = 'config/example.yaml';
const { value } = parseFile(config, readFileSync(path.join(__dirname, '../../..', file), 'utf8'), file);

it.each([
  ['caddy', caddyImage],
  ['victoriaLogs', victoriaLogsImage],
] as const)('the example image %s is the one that is shipped, so that no digest is invented', (name, image) => {
  const { registry } = value.images;
  const { repository, tag, digest } = value.images[name];
  expect(image).toBe(`${registry}/${repository}:${tag}@${digest}`);
});

it('a cloud-config holds its files and commands as they were given', () => {
  const files = { '/usr/local/bin/run': '#!/bin/sh\n\n  echo "a: b"\n', '/etc/plain': 'key: value\n' };
  const commands = [['systemctl', 'start', 'a.service'], ['true']];
  const document = parse(cloudConfig(files, commands));
  expect(document.runcmd).toEqual(commands);
  expect(document.write_files).toEqual([
    { path: '/usr/local/bin/run', permissions: '0755', content: files['/usr/local/bin/run'] },
    { path: '/etc/plain', permissions: '0644', content: files['/etc/plain'] },
  ]);
  expect(cloudConfig({})).toBe('#cloud-config\n');
});
