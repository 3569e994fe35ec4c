import { readFileSync } from 'node:fs';
import { canonicalSchema } from '../../../packages/provider-hcloud/src/schema.ts';
import { providerVersion, schemaFile } from '../../../scripts/provider.ts';
import { NoProviderError, printSchema, readProviderSchema } from '../../../scripts/schema.ts';

const committed = readFileSync(schemaFile, 'utf8');

test('the committed schema is in its canonical form', () => {
  expect(printSchema(canonicalSchema(JSON.parse(committed)))).toBe(committed);
});

test('descriptions go, attributes and names called description stay', () => {
  const schema = {
    provider_schemas: {
      'registry.terraform.io/hetznercloud/hcloud': {
        resource_schemas: {
          description: {
            version: 0,
            block: {
              description: 'prose',
              description_kind: 'plain',
              attributes: {
                rules: { type: ['list', ['object', { description: 'string', a: 'bool' }]], description: 'prose' },
                description: { type: 'string', optional: true, description: 'prose' },
              },
            },
          },
        },
      },
    },
    format_version: '1.0',
  };
  expect(JSON.stringify(canonicalSchema(schema))).toBe(
    JSON.stringify({
      format_version: '1.0',
      provider_schemas: {
        'registry.terraform.io/hetznercloud/hcloud': {
          resource_schemas: {
            description: {
              block: {
                attributes: {
                  description: { optional: true, type: 'string' },
                  rules: { type: ['list', ['object', { a: 'bool', description: 'string' }]] },
                },
              },
              version: 0,
            },
          },
        },
      },
    }),
  );
});

/** The real provider's answer, or why there is none; only the absence of a provider is an answer. */
function ask(): { readonly text: string } | { readonly missing: string } {
  try {
    return { text: printSchema(readProviderSchema(providerVersion())) };
  } catch (error) {
    if (error instanceof NoProviderError) return { missing: error.message };
    throw error;
  }
}

const answer = ask();
if ('text' in answer) {
  test('the committed schema is that of the real provider', () => {
    expect(answer.text).toBe(committed);
  });
} else {
  process.stderr.write(`\nNOT RUN: "the committed schema is that of the real provider": ${answer.missing}\n`);
}
