import { factsOf } from './sample.ts';

const keepers = (keyProvider: object) =>
  factsOf({ terraform: { encryption: { key_provider: keyProvider } } })
    .hosts.filter(({ position }) => position === 'keeper of the state key')
    .map(({ at, host, implicit, causes }) => `${at} ${host ?? `? ${causes.join()}`}${implicit ? ' implicit' : ''}`);

describe('who keeps the key of a state', () => {
  it.each([
    ['aws_kms', { kms_key_id: 'k', region: 'eu-central-1' }, ['key_provider.aws_kms.a kms.amazonaws.com implicit']],
    [
      'aws_kms',
      { kms_key_id: 'k', endpoints: { sts: 'https://sts.lukko.example' } },
      ['key_provider.aws_kms.a kms.amazonaws.com implicit', 'key_provider.aws_kms.a.endpoints.sts sts.lukko.example'],
    ],
    ['gcp_kms', { kms_encryption_key: 'k' }, ['key_provider.gcp_kms.a cloudkms.googleapis.com implicit']],
    [
      'azure_vault',
      { az_vault_uri: 'https://lukko.vault.azure.net' },
      ['key_provider.azure_vault.a.az_vault_uri lukko.vault.azure.net'],
    ],
    ['azure_vault', {}, ['key_provider.azure_vault.a vault.azure.net implicit']],
    ['stackit_kms', { key_id: 'k' }, ['key_provider.stackit_kms.a kms.api.stackit.cloud implicit']],
    ['openbao', { address: 'https://bao.lukko.example:8200' }, ['key_provider.openbao.a.address bao.lukko.example']],
    ['openbao', { key_name: 'k' }, ['key_provider.openbao.a ? outside implicit']],
    ['openbao', { address: '${var.nowhere}' }, [expect.stringMatching(/^key_provider\.openbao\.a\.address \? /)]],
    ['external', { command: ['./key'] }, ['key_provider.external.a ? outside implicit']],
    ['unheard_of', {}, ['key_provider.unheard_of.a ? outside implicit']],
    ['pbkdf2', { passphrase: '${var.passphrase}' }, []],
  ])('%s %j', (type, body, expected) => {
    expect(keepers({ [type]: { a: body } }).map((text) => text.replace('stack0/', ''))).toEqual(expected);
  });
});
