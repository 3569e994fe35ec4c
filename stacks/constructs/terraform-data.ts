import { type TerraformMetaArguments, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';

export interface TerraformDataConfig extends TerraformMetaArguments {
  readonly input?: string;
  readonly triggersReplace: string;
}

/**
 * `terraform_data`, which needs no provider; https://developer.hashicorp.com/terraform/language/resources/terraform-data.
 * cdktf's own class asks a terraform binary for its version at synth, and synth must run where there is none.
 */
export class TerraformData extends TerraformResource {
  private readonly values: Record<string, string>;

  constructor(scope: Construct, id: string, { input, triggersReplace, ...meta }: TerraformDataConfig) {
    super(scope, id, { ...meta, terraformResourceType: 'terraform_data' });
    this.values = { ...(input === undefined ? {} : { input }), triggers_replace: triggersReplace };
  }

  protected override synthesizeAttributes(): Record<string, string> {
    return this.values;
  }
}
