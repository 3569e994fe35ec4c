import type { Config } from '@lukko/formats';
import {
  DataTerraformRemoteStateLocal,
  DataTerraformRemoteStateS3,
  LocalBackend,
  S3Backend,
  type TerraformStack,
} from 'cdktf';

export type RemoteState = DataTerraformRemoteStateLocal | DataTerraformRemoteStateS3;

/** Declares where the state of a stack lies: below `state/<environment>/`, or in the configured bucket. */
export function declareBackend(stack: TerraformStack, config: Config, name: string): LocalBackend | S3Backend {
  if (config.state.backend === 'local') {
    return new LocalBackend(stack, { path: localPath(config, name) });
  }
  const backend = new S3Backend(stack, bucket(config, config.state, name));
  // cdktf 0.21 has no property for it. Without the lock two applies write one state; without skip_s3_checksum (below) the
  // lock's conditional PUT is refused by Hetzner's object storage: https://github.com/opentofu/opentofu/issues/2605
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
  return backend;
}

/** The state of another stack, to read what it publishes. */
export function readState(stack: TerraformStack, config: Config, name: string): RemoteState {
  return config.state.backend === 'local'
    ? new DataTerraformRemoteStateLocal(stack, name, { path: localPath(config, name) })
    : new DataTerraformRemoteStateS3(stack, name, bucket(config, config.state, name));
}

/** Relative to the stack's directory in cdktf.out, which is deleted with the build: so it leads out of it. */
function localPath(config: Config, name: string): string {
  return `../../../state/${config.environment.name}/${name}.tfstate`;
}

/** Credentials come from the environment only: what stands here is written into .terraform and plans. */
function bucket(config: Config, state: Extract<Config['state'], { backend: 's3' }>, name: string) {
  return {
    bucket: state.bucket,
    key: `${config.environment.name}/${name}.tfstate`,
    region: state.region,
    endpoints: { s3: state.endpoint },
    usePathStyle: true,
    // These five ask AWS, or expect of a store what only AWS answers.
    skipCredentialsValidation: true,
    skipRegionValidation: true,
    skipMetadataApiCheck: true,
    skipRequestingAccountId: true,
    skipS3Checksum: true,
  };
}
