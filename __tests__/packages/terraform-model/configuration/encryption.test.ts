import { type Graph, readConfiguration, readSynth, describe as words } from '@lukko/terraform-model';

const hcl = `terraform {
  backend "s3" {
    bucket = "state"
  }
  encryption {
    key_provider "aws_kms" "main" {
      kms_key_id = var.key
      region     = "eu-central-1"
    }
    key_provider "pbkdf2" "old" {
      passphrase = var.passphrase
    }
    method "aes_gcm" "main" {
      keys = key_provider.aws_kms.main
    }
    method "unencrypted" "plain" {}
    state {
      method = method.aes_gcm.main
      fallback {
        method = method.unencrypted.plain
      }
    }
  }
}
variable "key" { default = "1f2e" }
variable "passphrase" { sensitive = true }
`;
const json = {
  terraform: {
    backend: { s3: { bucket: 'state' } },
    encryption: {
      key_provider: {
        aws_kms: { main: { kms_key_id: '${var.key}', region: 'eu-central-1' } },
        pbkdf2: { old: { passphrase: '${var.passphrase}' } },
      },
      method: { aes_gcm: { main: { keys: 'key_provider.aws_kms.main' } }, unencrypted: { plain: {} } },
      state: { method: '${method.aes_gcm.main}', fallback: { method: '${method.unencrypted.plain}' } },
    },
  },
  variable: { key: { default: '1f2e' }, passphrase: { sensitive: true } },
};

function shown(graph: Graph): unknown {
  const { encryption, backend } = graph.roots[0] as Graph['roots'][number];
  return {
    backend: backend.type,
    state: encryption?.state,
    keys: encryption?.keyProviders.map((each) => `${each.id} ${words(each.attr('kms_key_id').value)}`),
    methods: encryption?.methods.map((each) => `${each.type}.${each.name} ${each.keys}`),
  };
}

const expected = {
  backend: 's3',
  state: 'method.aes_gcm.main',
  keys: [
    expect.stringMatching(/^key_provider\.aws_kms\.main "1f2e"/),
    expect.stringMatching(/^key_provider\.pbkdf2\.old /),
  ],
  methods: ['aes_gcm.main key_provider.aws_kms.main', 'unencrypted.plain undefined'],
};

describe('the encryption block of OpenTofu', () => {
  it('is read from HCL, each key provider with its line', () => {
    const graph = readConfiguration([{ file: 'main.tofu', text: hcl }]);
    expect(shown(graph)).toEqual(expected);
    expect(graph.roots[0]?.encryption?.keyProviders.map(({ place }) => place.line)).toEqual([6, 10]);
  });

  it('is read from the JSON syntax, with and without ${}', () => {
    const graph = readSynth({
      roots: [{ files: [{ file: 'cdk.tf.json', text: JSON.stringify(json) }] }],
      complete: true,
    });
    expect(shown(graph)).toEqual(expected);
  });

  it('is put together from several files', () => {
    const [first = '', second = ''] = [
      'terraform {\n encryption {\n  key_provider "openbao" "a" {\n  address = "https://bao.example"\n }\n }\n}\n',
      'terraform {\n encryption {\n  state {\n   method = method.aes_gcm.a\n  }\n }\n}\n',
    ];
    const graph = readConfiguration([
      { file: 'a.tf', text: first },
      { file: 'b.tf', text: second },
    ]);
    expect(graph.roots[0]?.encryption?.state).toBe('method.aes_gcm.a');
    expect(graph.roots[0]?.encryption?.keyProviders[0]?.attr('address').text).toBe('https://bao.example');
  });

  it('is not there when nobody wrote it', () => {
    expect(readConfiguration([{ file: 'main.tf', text: 'terraform {}\n' }]).roots[0]?.encryption).toBeUndefined();
  });
});
