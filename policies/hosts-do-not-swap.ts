import { rule } from '@lukko/policy-engine';
import { hiddenSetUp, setUp, stated } from './shared/host-setup.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

export const hostsDoNotSwap = rule({
  id: 'hosts-do-not-swap',
  title: 'Hosts write no memory to a disk',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.10', 'GDPR/32(1)(a)'],
  rationale:
    'Swap writes what programs hold in memory, keys of volumes among it, to the root disk, which nobody encrypts; it stays there after the program has ended. Compressed swap in memory (zram) writes nothing.',
  remediation: 'Turn swap off, or use zram',
  sources: [
    'https://man7.org/linux/man-pages/man8/swapon.8.html',
    'https://docs.kernel.org/admin-guide/blockdev/zram.html',
  ],
  appliesTo: ['server'],
  check: (host, facts) => stated(host, facts.hostSettings(host.resource).noSwap),
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to keep its memory off the disk`)
      : fit(`${addressOf(resource)} writes memory to a disk: ${truth.because[0]?.saw}`),
  examples: [
    { name: 'no swap', verdict: 'pass', terraform: setUp({}, [['systemctl', 'daemon-reload']]) },
    { name: 'swap in memory', verdict: 'pass', terraform: setUp({}, [['swapon', '/dev/zram0']]) },
    { name: 'a swap file', verdict: 'fail', terraform: setUp({}, [['swapon', '/swapfile']]) },
    {
      name: 'a package that makes a swap file',
      verdict: 'fail',
      terraform: setUp({}, [['apt-get', 'install', '-y', 'dphys-swapfile']]),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
