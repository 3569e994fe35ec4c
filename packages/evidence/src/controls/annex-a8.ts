import { theme } from './control.ts';

/** Technology: the theme this tool is about. What each tier can show of a control stands in annex-a8-evidence.ts. */
export const annexA8 = theme('A.8', [
  [
    'none',
    "People's laptops and phones are kept safe",
    'Device management, encryption of laptops, private devices: outside this stack',
  ],
  [
    'supporting',
    'Administrator powers are given narrowly and looked at again',
    'Approvals, periodic review, members and tokens of the hosting account',
  ],
  [
    'supporting',
    'People and programs reach only the data they need',
    'Who needs what, and a test that one tenant cannot reach another',
  ],
  [
    'supporting',
    'Only those who should can read or change program sources',
    'Membership and branch protection at the git host, also of applications',
  ],
  [
    'supporting',
    'Signing in proves who it is',
    'Second factors enforced at the hosting console, the registrar and the git host',
  ],
  [
    'supporting',
    'Disk, memory and computing power are watched before they run out',
    'Forecast and the minutes of its review',
  ],
  ['supporting', 'Hostile software is kept out and found', 'Endpoints, mail, awareness of people'],
  [
    'supporting',
    'Known weaknesses are found and fixed in time',
    'Triage, deadlines, accepted exceptions, penetration tests',
  ],
  ['strong', 'Systems are set up as written down, and deviations are noticed', 'A written baseline with an owner'],
  [
    'supporting',
    'Data is erased when nobody needs it any more',
    'Requests of persons concerned, disposal of disks at the provider',
  ],
  [
    'supporting',
    'Personal and secret values are hidden from those who do not need them',
    'Rules for databases and for data used in tests',
  ],
  ['supporting', 'Data does not leave unseen', 'Endpoints and mail, and which data is sensitive'],
  [
    'strong',
    'Copies of data exist apart from it, and restoring them is tried',
    'Approved recovery point and time, a restore that somebody watched',
  ],
  [
    'strong',
    'Losing one machine or one place does not stop the service',
    'What the business can bear, a failover that was exercised',
  ],
  [
    'strong',
    'What happens on systems is recorded, and the records are kept from harm',
    'Somebody reads them, and administrators cannot alter them',
  ],
  ['supporting', 'Unusual events are seen and acted upon', 'Who is called, and the tickets that show it'],
  ['strong', 'All machines agree on the time', 'Why this time source'],
  ['supporting', 'Tools that can bypass safeguards are held back', 'Who may use them, and the review of that list'],
  ['strong', 'Only chosen software in chosen versions runs in production', 'Who approves an update'],
  ['strong', 'Networks admit only what they must', 'A diagram, an owner, who administers devices'],
  [
    'supporting',
    'What is bought or offered on the network meets stated terms',
    'Agreements and service levels with providers',
  ],
  ['strong', 'Groups of systems are kept apart from each other', 'Why the zones are cut this way'],
  ['supporting', 'Outgoing access to harmful places is stopped', 'What people browse: mostly outside this stack'],
  [
    'strong',
    'Data is encrypted at rest and on the way, and keys are looked after',
    'A policy, custody of keys, a rotation and a recovery that were tried',
  ],
  ['supporting', 'Software is made with security in mind from start to end', 'How applications are developed'],
  ['none', 'What an application must withstand is decided beforehand', 'Requirements and their approval'],
  [
    'supporting',
    'Systems are designed by principles that keep failures small',
    'The written principles and design reviews',
  ],
  ['none', 'Programs are written so that common weaknesses do not arise', 'Rules for application code, training'],
  [
    'supporting',
    'Software is tried for weaknesses before it is taken into use',
    'Tests of applications and who signed them off',
  ],
  [
    'none',
    'Work on software given to others is directed and checked',
    'Contracts; often not applicable, with a reason',
  ],
  ['strong', 'Places for trying things and live systems do not mix', 'Who may deploy to which'],
  [
    'strong',
    'Changes are planned, approved and recorded',
    'The emergency rule, judgement of impact, an approver who is not the author',
  ],
  ['none', 'Data used in tests is chosen with care and guarded', 'Selection, masking, approval'],
  ['none', 'Audits and scans do not harm the systems they look at', 'Agreement with whoever tests'],
]);
