import { ConstructsMakerProviderTarget, Language, TerraformProviderConstraint } from '@cdktf/commons';
import { TerraformProviderGenerator } from '@cdktf/provider-generator/lib/get/generator/provider-generator';
import { CodeMaker } from 'codemaker';
import type { ProviderSchema } from './schema.ts';

/** Where Terraform finds the provider, without the host that is its default. */
export const providerSource = 'hetznercloud/hcloud';

/**
 * Writes the TypeScript of the bindings below `<directory>/providers/hcloud`: one folder for each resource and each data
 * source, one for the provider.
 *
 * @param schema what `terraform providers schema -json` prints for the provider
 * @param version exact version that every synthesised stack requires; cdktf writes none unless the constraint has one
 * @throws when the schema holds another provider
 */
export async function generateSources(schema: ProviderSchema, version: string, directory: string): Promise<void> {
  const present = Object.keys(schema.provider_schemas);
  if (!present.includes(`registry.terraform.io/${providerSource}`)) {
    const found = present.length === 0 ? 'no provider' : present.join(', ');
    throw new Error(
      `expected the schema of ${providerSource}, found ${found}; run \`npm run schema\` to read it again`,
    );
  }
  const code = new CodeMaker();
  // The generator's own types describe the schema more narrowly than Terraform's output is documented.
  const generator = new TerraformProviderGenerator(code, schema as never);
  const constraint = new TerraformProviderConstraint({ name: 'hcloud', source: providerSource, version } as never);
  generator.generate(new ConstructsMakerProviderTarget(constraint, Language.TYPESCRIPT));
  await code.save(directory);
}
