import { type FileReader, type Graph, readConfiguration, describe as words } from '@lukko/terraform-model';
import { resource } from '../stacks.ts';

type Texts = Readonly<Record<string, string>>;

/** A root in these files: `*.tf` at the top, values, and what lies below as modules or files to read. */
function graphOf(files: Texts): Graph {
  const at = (name: string) => ({ file: `infra/${name}`, text: files[name] ?? '' });
  const names = Object.keys(files);
  const own = names.filter((name) => /^[^/]+\.tf(\.json)?$/.test(name));
  const modules = [
    ...new Set(names.filter((name) => /\/.*\.tf$/.test(name)).map((name) => name.slice(0, name.lastIndexOf('/')))),
  ];
  const reads: FileReader = {
    read: (name) => {
      if (!name.startsWith('infra/')) return undefined;
      const text = files[name.slice('infra/'.length)];
      return text === undefined ? 'absent' : Buffer.from(text);
    },
  };
  return readConfiguration(own.map(at), {
    variableFiles: names.filter((name) => /\.tfvars(\.json)?$/.test(name)).map(at),
    lockFile: names.includes('.terraform.lock.hcl') ? at('.terraform.lock.hcl') : undefined,
    modules: modules.map((directory) => ({
      files: names.filter((name) => name.slice(0, name.lastIndexOf('/')) === directory && name.endsWith('.tf')).map(at),
    })),
    reads,
  });
}

const lines = (...text: readonly string[]) => `${text.join('\n')}\n`;
const value = (graph: Graph, id: string, ...path: (string | number)[]) =>
  words(resource(graph, id).attr(...path).value);

describe('lines', () => {
  const graph = graphOf({
    'main.tf': lines(
      '# servers', // 1
      'resource "hcloud_server" "a" {', // 2
      '  name     = "a"', // 3
      '  /* where', // 4
      '     it stands */', // 5
      '  location = var.where', // 6
      '  user_data = <<-EOT', // 7
      '    resource "hcloud_server" "not" {', // 8
      '    }', // 9
      '  EOT', // 10
      '  public_net {', // 11
      '    ipv4_enabled = true', // 12
      '  }', // 13
      '  labels = {', // 14
      '    role = "x" # why', // 15
      '    "a b" = "y"', // 16
      '  }', // 17
      '  dynamic "network" {', // 18
      '    for_each = [1]', // 19
      '    content {', // 20
      '      ip = "10.0.0.2"', // 21
      '    }', // 22
      '  }', // 23
      '  provisioner "local-exec" {', // 24
      '    command = "x"', // 25
      '  }', // 26
      '}', // 27
      'terraform {', // 28
      '  required_providers {', // 29
      '    hcloud = { source = "hetznercloud/hcloud" }', // 30
      '  }', // 31
      '  backend "s3" {', // 32
      '    bucket = "b"', // 33
      '  }', // 34
      '}', // 35
      'moved {', // 36
      '  from = hcloud_server.old', // 37
      '  to   = hcloud_server.a', // 38
      '}', // 39
      'import {', // 40
      '  to = hcloud_server.a', // 41
      '  id = "42"', // 42
      '}', // 43
    ),
  });
  const server = resource(graph, 'hcloud_server.a');
  const [root] = graph.roots;

  it('of blocks', () => {
    expect(graph.resources.map(({ id }) => id)).toEqual(['hcloud_server.a']);
    expect([
      server.place.line,
      server.provisioners?.[0]?.place.line,
      root?.requiredProviders[0]?.place.line,
      root?.backend.place.line,
      root?.moved[0]?.place.line,
      root?.imports[0]?.place.line,
    ]).toEqual([2, 24, 30, 32, 36, 40]);
  });

  it('of arguments', () => {
    expect(server.origins.map(({ attribute, place }) => `${attribute} ${place.file}:${place.line}`)).toEqual([
      'name infra/main.tf:3',
      'location infra/main.tf:6',
      'user_data infra/main.tf:7',
      'public_net[0].ipv4_enabled infra/main.tf:12',
      'labels.role infra/main.tf:15',
      'labels["a b"] infra/main.tf:16',
      'network infra/main.tf:18',
    ]);
    expect(root?.backend.origins).toEqual([{ attribute: 'bucket', place: { file: 'infra/main.tf', line: 33 } }]);
  });

  it('what is moved and imported', () => {
    expect(root?.moved).toMatchObject([{ from: 'hcloud_server.old', to: 'hcloud_server.a' }]);
    expect(root?.imports.map((one) => [one.to, one.attr('id').text])).toEqual([['hcloud_server.a', '42']]);
  });
});

describe('values', () => {
  it('defaults, then files of values in their order; types convert, HCL escapes', () => {
    const graph = graphOf({
      'main.tf': lines(
        'variable "a" {\n  default = "default"\n}',
        'variable "b" {\n  type = set(string)\n}',
        'variable "c" {\n  type = object({ port = optional(number, 22), name = string })\n}',
        'variable "d" {}',
        'resource "terraform_data" "x" {',
        '  input = [var.a, join(",", var.b), var.c.port, var.c.name, var.d]',
        '}',
      ),
      'terraform.tfvars': 'a = "first"\nb = ["y", "x", "y"]\nc = { name = "$${n}" }\n',
      'z.auto.tfvars': 'a = "second"\n',
    });
    expect(value(graph, 'terraform_data.x', 'input', 0)).toBe('"second"');
    expect(value(graph, 'terraform_data.x', 'input', 1)).toBe('"x,y"');
    expect(value(graph, 'terraform_data.x', 'input', 2)).toBe('22');
    expect(value(graph, 'terraform_data.x', 'input', 3)).toBe('"${n}"');
    expect(value(graph, 'terraform_data.x', 'input', 4)).toBe('unknown (variable: var.d)');
  });

  it('overrides replace arguments and whole blocks, of lifecycle one argument', () => {
    const graph = graphOf({
      'main.tf': lines(
        'terraform {\n  backend "s3" {}\n}',
        'resource "hcloud_server" "a" {',
        '  name = "a"',
        '  location = "hel1"',
        '  lifecycle {\n    prevent_destroy = true\n    ignore_changes = [name]\n  }',
        '}',
      ),
      'prod_override.tf': lines(
        'terraform {\n  backend "local" {}\n}',
        'resource "hcloud_server" "a" {\n  location = "ash"\n  lifecycle {\n    ignore_changes = all\n  }\n}',
      ),
    });
    const server = resource(graph, 'hcloud_server.a');
    expect([server.attr('name').text, server.attr('location').text, server.lifecycle]).toEqual([
      'a',
      'ash',
      { preventDestroy: true, ignoreChanges: 'all', createBeforeDestroy: false },
    ]);
    expect(graph.roots[0]?.backend.type).toBe('local');
  });

  it('modules through their callers, nested, counted and by key; a remote one is not given', () => {
    const graph = graphOf({
      'main.tf': lines(
        'module "net" {\n  for_each = toset(["fi", "de"])\n  source   = "./net"\n  place    = each.key == "fi" ? "hel1" : "fsn1"\n}',
        'module "far" {\n  source  = "team/servers/hcloud"\n  version = "~> 2.0"\n}',
        'resource "hcloud_server" "a" {\n  count = 2\n  name = "${module.net["fi"].names[count.index]}-${count.index}"\n  image = module.far.image\n}',
        'resource "hcloud_server" "b" {\n  provider = hcloud.eu\n  name = join(",", hcloud_server.a[*].name)\n}',
        'provider "hcloud" {\n  alias = "eu"\n}',
      ),
      'net/main.tf': lines(
        'variable "place" {}',
        'module "disk" {\n  count  = 2\n  source = "./disk"\n  place  = var.place\n  number = count.index\n}',
        'output "names" {\n  value = module.disk[*].name\n}',
      ),
      'net/disk/main.tf': lines(
        'variable "place" {}\nvariable "number" {}',
        'resource "hcloud_volume" "v" {\n  name     = "v${var.number}"\n  location = var.place\n  size     = 10\n}',
        'output "name" {\n  value = hcloud_volume.v.name\n}',
      ),
    });
    expect(
      graph
        .ofType('hcloud_volume')
        .map(({ id, place }) => `${id} ${value(graph, id, 'location')} ${place.file}:${place.line}`),
    ).toEqual([
      'module.net["de"].module.disk[0].hcloud_volume.v "fsn1" infra/net/disk/main.tf:3',
      'module.net["de"].module.disk[1].hcloud_volume.v "fsn1" infra/net/disk/main.tf:3',
      'module.net["fi"].module.disk[0].hcloud_volume.v "hel1" infra/net/disk/main.tf:3',
      'module.net["fi"].module.disk[1].hcloud_volume.v "hel1" infra/net/disk/main.tf:3',
    ]);
    expect(value(graph, 'hcloud_server.b', 'name')).toBe('"v0-0,v1-1"');
    expect(value(graph, 'hcloud_server.a[0]', 'image')).toBe('unknown (outside: module.far.image)');
    expect(
      graph.roots[0]?.modules
        .filter(({ loaded }) => !loaded)
        .map(({ id, version, place }) => [id, version, place.line]),
    ).toEqual([['module.far', '~> 2.0', 6]]);
    expect(graph.roots[0]?.providers.map(({ id }) => id)).toContain('provider.hcloud.eu');
  });

  it('files of the tree alone, templates with what is known around what is not', () => {
    const graph = graphOf({
      'main.tf': lines(
        'resource "hcloud_volume" "v" {\n  name = "v"\n}',
        'resource "hcloud_server" "a" {\n  user_data = templatefile("${path.module}/p.tftpl", { id = hcloud_volume.v.id, on = true })\n}',
        'resource "hcloud_server" "b" {\n  user_data = base64gzip(templatefile("p.tftpl", { id = hcloud_volume.v.id, on = false }))\n}',
        'resource "hcloud_server" "c" {\n  user_data = file("../secret")\n}',
        'resource "hcloud_server" "d" {\n  user_data = try(file("missing"), "none")\n}',
        'resource "hcloud_server" "e" {\n  user_data = templatefile("loop.tftpl", {})\n}',
        'resource "hcloud_server" "f" {\n  user_data = file("/etc/passwd")\n}',
      ),
      'p.tftpl': 'dev=${id}\n%{ if on ~}\nON\n%{ endif ~}\n$${HOME}\n',
      'loop.tftpl': '${templatefile("loop.tftpl", {})}',
    });
    const payload = (name: string) => value(graph, `hcloud_server.${name}`, 'user_data');
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map(payload)).toEqual([
      '"dev=${id}\\nON\\n${HOME}\\n"',
      '"dev=${id}\\n${HOME}\\n"',
      'unknown (outside: file("../secret"))',
      '"none"',
      'unknown (function: templatefile("loop.tftpl", {}))',
      'unknown (outside: file("/etc/passwd"))',
    ]);
  });

  it('data sources that only compute', () => {
    const graph = graphOf({
      'main.tf': lines(
        'data "template_file" "t" {\n  template = "hello ${"$"}{name}"\n  vars = {\n    name = "x"\n  }\n}',
        'data "cloudinit_config" "plain" {\n  gzip = false\n  base64_encode = false\n  boundary = "B"\n  part {\n    content_type = "text/x-shellscript"\n    content = data.template_file.t.rendered\n    filename = "a.sh"\n  }\n}',
        'data "cloudinit_config" "packed" {\n  part {\n    content = "#!/bin/sh\\necho ${hcloud_volume.v.id}"\n  }\n}',
        'resource "hcloud_volume" "v" {}',
        'resource "hcloud_server" "a" {\n  user_data = data.cloudinit_config.plain.rendered\n}',
        'resource "hcloud_server" "b" {\n  user_data = data.cloudinit_config.packed.rendered\n}',
      ),
    });
    expect(resource(graph, 'hcloud_server.a').attr('user_data').text).toBe(
      'Content-Type: multipart/mixed; boundary="B"\nMIME-Version: 1.0\r\n\r\n--B\r\nContent-Disposition: attachment; filename="a.sh"\r\nContent-Transfer-Encoding: 7bit\r\nContent-Type: text/x-shellscript\r\nMime-Version: 1.0\r\n\r\nhello x\r\n--B--\r\n',
    );
    const { value: packed } = resource(graph, 'hcloud_server.b').attr('user_data');
    expect(
      packed.state === 'text' && packed.parts.map((part) => (typeof part === 'string' ? part : part.expression)),
    ).toEqual([
      'Content-Type: multipart/mixed; boundary="MIMEBOUNDARY"\nMIME-Version: 1.0\r\n\r\n--MIMEBOUNDARY\r\nContent-Transfer-Encoding: 7bit\r\nContent-Type: text/plain\r\nMime-Version: 1.0\r\n\r\n#!/bin/sh\necho ',
      'hcloud_volume.v.id',
      '\r\n--MIMEBOUNDARY--\r\n',
    ]);
  });

  it('what the lock file pins', () => {
    const graph = graphOf({
      'main.tf': 'resource "hcloud_server" "a" {}\n',
      '.terraform.lock.hcl': lines(
        'provider "registry.terraform.io/hetznercloud/hcloud" {',
        '  version     = "1.68.0"',
        '  constraints = "~> 1.50"',
        '  hashes = [\n    "h1:abc=",\n    "zh:def",\n  ]',
        '}',
      ),
    });
    expect(graph.roots[0]?.lock).toEqual([
      {
        source: 'registry.terraform.io/hetznercloud/hcloud',
        version: '1.68.0',
        constraints: '~> 1.50',
        hashes: ['h1:abc=', 'zh:def'],
        place: { file: 'infra/.terraform.lock.hcl', line: 1 },
      },
    ]);
    expect(graphOf({ 'main.tf': '' }).roots[0]?.lock).toBeUndefined();
  });
});
