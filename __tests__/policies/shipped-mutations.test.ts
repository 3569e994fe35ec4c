import type { Finding } from '@lukko/formats';
import { changed, type Document, judgeStacks, replaced, replacedInFiles, type Stacks, synthesise } from './shipped.ts';

/*
 * Breaking the shipped stacks on purpose: each change must be refused by the rule that is there for it, with the message that
 * names it. A change that hides something must never pass.
 */
const stacks = synthesise();

function open(broken: Stacks, rule: string): readonly Finding[] {
  const report = judgeStacks(broken);
  expect(report.summary.exitCode).toBe(1);
  return report.findings.filter((one) => one.rule === rule && (one.verdict === 'fail' || one.verdict === 'unknown'));
}

const shown = ({ verdict, address, message, file, line, origins }: Finding) => ({
  verdict,
  address,
  message,
  place: `${file}${line === undefined ? '' : ':n'}`,
  ...(origins === undefined ? {} : { origins: origins.map((origin) => origin.file) }),
});
const about = (findings: readonly Finding[]) => findings.map(shown);

const otherServer = (document: Document) => {
  const { host_server: host, ...servers } = document.resource.hcloud_server ?? {};
  // Without the lifecycle of ours, under which user_data counts for nothing.
  const other = { ...host, name: 'other', user_data: '#cloud-config\npackages: [chrony]\n', lifecycle: {} };
  document.resource.hcloud_server = { ...servers, host_server: host ?? {}, other };
};
const attachment = (document: Document) => document.resource.hcloud_volume_attachment?.data_attachment ?? {};

describe('breaking the shipped stacks', () => {
  it('the live location is Ashburn', () => {
    const broken = synthesise((config) => {
      config.locations.live = 'ash';
    });
    const findings = open(broken, 'locations-in-eu');
    const server = findings.find(({ address }) => address === 'logs/hcloud_server.host_server');
    expect(server?.message).toBe('hcloud_server.host_server stands in ash (Ashburn, US)');
    expect(server?.file).toBe('stacks/logs.ts');
    expect(server?.line).toEqual(expect.any(Number));
    expect(server?.origins?.[0]?.file).toBe('config/example.yaml');
    expect(server?.origins?.[0]?.line).toEqual(expect.any(Number));
    expect(about(findings)).toMatchSnapshot();
  });

  it('a stack has a provider of AWS', () => {
    const broken = changed(stacks, 'logs', (document) => {
      document.terraform.required_providers.aws = { source: 'hashicorp/aws', version: '6.0.0' };
      document.provider.aws = [{ region: 'eu-central-1' }];
      document.resource.aws_s3_bucket = { logs: { bucket: 'logs' } };
    });
    const findings = open(broken, 'providers-reach-allowed-jurisdictions');
    expect(findings.map(({ verdict }) => verdict)).toEqual(['fail']);
    expect(about(findings)).toMatchSnapshot();
  });

  it('the payload has no LUKS step', () => {
    const broken = replacedInFiles(stacks, 'logs', / *cryptsetup luksFormat .*\n/g, '');
    const findings = open(broken, 'volume-encrypted-at-rest');
    expect(findings.map(({ verdict }) => verdict)).toEqual(['fail']);
    expect(about(findings)).toMatchSnapshot();
  });

  it('the payload mounts the bare device', () => {
    const broken = replacedInFiles(
      stacks,
      'logs',
      'mount -o nodev,nosuid /dev/mapper/lukko-data /srv/lukko',
      'mount "$LUKKO_VOLUME_DEVICE" /srv/lukko',
    );
    const findings = open(broken, 'volume-encrypted-at-rest');
    expect(findings.map(({ verdict }) => verdict)).toEqual(['fail']);
    expect(about(findings)).toMatchSnapshot();
  });

  it('the payload names another volume', () => {
    const broken = replaced(stacks, 'logs', 'scsi-0HC_Volume_${hcloud_volume.data_volume.id}', 'scsi-0HC_Volume_4711');
    const findings = open(broken, 'volume-encrypted-at-rest');
    expect(findings).toHaveLength(1);
    expect(about(findings)).toMatchSnapshot();
  });

  it('the volume is attached to another server', () => {
    const broken = changed(stacks, 'logs', (document) => {
      otherServer(document);
      attachment(document).server_id = '${hcloud_server.other.id}';
    });
    const findings = open(broken, 'volume-encrypted-at-rest');
    expect(findings.map(({ verdict }) => verdict)).toEqual(['fail']);
    expect(about(findings)).toMatchSnapshot();
  });

  it('the server of the attachment hides behind a conditional', () => {
    const broken = changed(stacks, 'logs', (document) => {
      otherServer(document);
      document.variable = { first: { type: 'bool' } };
      attachment(document).server_id = '${var.first ? hcloud_server.host_server.id : hcloud_server.other.id}';
    });
    const findings = open(broken, 'volume-encrypted-at-rest');
    expect(findings.map(({ verdict }) => verdict)).toEqual(['unknown']);
    expect(about(findings)).toMatchSnapshot();
  });

  it('the payload hides behind a variable', () => {
    const broken = changed(stacks, 'logs', (document) => {
      document.variable = { payload: { type: 'string' } };
      const { host_server: server } = document.resource.hcloud_server ?? {};
      const { host_rebuild: rebuild } = document.resource.terraform_data ?? {};
      if (server === undefined || rebuild === undefined) throw new Error('the stack logs has neither');
      server.user_data = '${var.payload}';
      rebuild.input = '${var.payload}';
    });
    const findings = open(broken, 'volume-encrypted-at-rest');
    expect(findings.map(({ verdict }) => verdict)).toEqual(['unknown']);
    expect(about(findings)).toMatchSnapshot();
  });

  it('a service keeps its data beside the volume', () => {
    const broken = replacedInFiles(
      stacks,
      'logs',
      'Volume=/srv/lukko/victoria-logs/',
      'Volume=/var/lib/victoria-logs/',
    );
    expect(about(open(broken, 'data-paths-on-encrypted-volume'))).toMatchSnapshot();
  });

  it('backups can be deleted by whoever sends them', () => {
    const broken = replacedInFiles(stacks, 'backups', ' --append-only', '');
    expect(about(open(broken, 'data-in-finland'))).toMatchSnapshot();
  });

  it('Tang answers everybody', () => {
    const broken = changed(stacks, 'keys', (document) => {
      const rules = document.resource.hcloud_firewall?.firewall?.rule as { port?: string; source_ips?: unknown }[];
      for (const rule of rules) if (rule.port === '7500') rule.source_ips = ['0.0.0.0/0'];
    });
    expect(about(open(broken, 'public-services-over-tls'))).toMatchSnapshot();
  });

  it('a destroyed resource runs a script', () => {
    const broken = replaced(stacks, 'logs', 'lukko host quiesce ', 'lukko host quiesce; sh cleanup.sh ');
    expect(about(open(broken, 'plan-runs-no-foreign-code'))).toMatchSnapshot();
  });

  it('the registry is Docker Hub, the bucket of the state at AWS', () => {
    const broken = synthesise((config) => {
      config.images.registry = 'docker.io';
      config.state = {
        backend: 's3',
        bucket: 'lukko-state',
        region: 'eu-central-1',
        endpoint: 'https://s3.eu-central-1.amazonaws.com',
      };
    });
    expect(about(open(broken, 'images-from-allowed-registries')).slice(0, 2)).toMatchSnapshot();
    expect(about(open(broken, 'state-backend-in-allowed-jurisdiction')).slice(0, 1)).toMatchSnapshot();
  });
});
