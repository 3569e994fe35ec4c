import { clockWrong, crashing, diskFull, networkLate } from './bad-input.ts';
import { figures } from './figures.ts';
import { firstBoot } from './first-boot.ts';
import { keyServer, otherHosts } from './hosts.ts';
import { foreignDisks, grown, otherKeys, volumeLate } from './other-disks.ts';
import { powerCuts } from './power-cuts.ts';
import { oneAway, reboot, recoveryByHand, twoAway } from './reboot.ts';
import { rebuild } from './rebuild.ts';
import { scan } from './scan.ts';
import { secrets } from './secrets.ts';
import { steps } from './steps.ts';
import type { Scenario } from './suite.ts';
import { units } from './units.ts';

/** Everything the boot test does, in the order of a run. The first saves the guests the others go on from. */
export const SCENARIOS: readonly Scenario[] = [
  firstBoot,
  reboot,
  oneAway,
  twoAway,
  foreignDisks,
  scan,
  rebuild,
  ...powerCuts,
  units,
  otherKeys,
  volumeLate,
  grown,
  secrets,
  recoveryByHand,
  networkLate,
  clockWrong,
  diskFull,
  crashing,
  ...otherHosts,
  keyServer,
  steps,
  figures,
];
