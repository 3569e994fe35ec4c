import type { Cause } from './value.ts';

/** One thing that was seen, and decided: what makes a verdict evidence. Absences are seen too. */
export interface Reason {
  /** Qualified attribute (`logs/hcloud_volume.data.location`), element id, or a place inside a payload (`logs/hcloud_server.host.user_data:/etc/fstab`). */
  readonly at: string;
  /** What stood there, in a few words; never a secret. */
  readonly saw: string;
  /** Why it could not be known; absent when it was. */
  readonly causes?: readonly Cause[];
}
