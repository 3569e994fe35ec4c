import { built, documentOf, shipped } from './built.ts';

const bucket = {
  backend: 's3',
  endpoint: 'https://fsn1.your-objectstorage.com',
  bucket: 'lukko-state',
  region: 'fsn1',
} as const;

test('remote state: the bucket is not asked what only AWS answers, and it is locked', () => {
  const remote = built(shipped('example.yaml', (config) => Object.assign(config, { state: bucket })));
  const { terraform, data } = documentOf(remote, 'logs') as unknown as {
    terraform: { backend: unknown };
    data: { terraform_remote_state: { network: { config: unknown } } };
  };
  const shared = {
    bucket: 'lukko-state',
    endpoints: { s3: 'https://fsn1.your-objectstorage.com' },
    region: 'fsn1',
    skip_credentials_validation: true,
    skip_metadata_api_check: true,
    skip_region_validation: true,
    skip_requesting_account_id: true,
    skip_s3_checksum: true,
    use_path_style: true,
  };
  const written = { metadata: { path: 'logs/backend', stackTrace: expect.any(Array), origins: expect.any(Array) } };
  expect(terraform.backend).toEqual({
    s3: { '//': written, ...shared, key: 'example/logs.tfstate', use_lockfile: true },
  });
  expect(data.terraform_remote_state.network.config).toEqual({ ...shared, key: 'example/network.tfstate' });
});

test('local state lies outside cdktf.out, below the name of its environment', () => {
  const { terraform } = documentOf(built(shipped('unpinned.yaml')), 'keys') as unknown as {
    terraform: { backend: unknown };
  };
  expect(terraform.backend).toMatchObject({ local: { path: '../../../state/unpinned/keys.tfstate' } });
});

test('every state says which environment it belongs to, and asks for the verdict', () => {
  for (const [name, { output, '//': header }] of built(shipped('example.yaml')).documents) {
    expect(output.lukko_environment?.value).toBe('example');
    expect(header.metadata.environment).toEqual({ name: 'example', class: 'production' });
    expect(output.lukko_verdict?.precondition).toEqual([
      {
        condition: `\${try(jsondecode(file("\${path.module}/../../lukko-verdict.json")).stacks["${name}"], "") == filesha256("\${path.module}/cdk.tf.json")}`,
        error_message: expect.stringContaining(`the stack ${name}`),
      },
    ]);
  }
});
