/**
 * The 34 controls of ISO/IEC 27001:2022 Annex A.8 by number. The standard's text and titles are copyrighted: every sentence here
 * is ours, and says what this tool takes the control to be about. Whoever holds a licence reads the standard beside it.
 */
export interface Control {
  /** `A.8.24` */
  readonly id: string;
  readonly summary: string;
  /**
   * `strong`: machines can collect most of the technical substance. `supporting`: real technical evidence, and a decisive part
   * that is process, people or outside the stack. `none`: only a signed statement or a document can show it.
   */
  readonly class: 'strong' | 'supporting' | 'none';
  /** What remains to be shown by people and documents. */
  readonly outside: string;
}

const control = (number: number, grade: Control['class'], summary: string, outside: string): Control => ({
  id: `A.8.${number}`,
  summary,
  class: grade,
  outside,
});

export const annexA8: readonly Control[] = [
  control(
    1,
    'none',
    "People's laptops and phones are kept safe",
    'Device management, encryption of laptops, private devices: outside this stack',
  ),
  control(
    2,
    'supporting',
    'Administrator powers are given narrowly and looked at again',
    'Approvals, periodic review, members and tokens of the hosting account',
  ),
  control(
    3,
    'supporting',
    'People and programs reach only the data they need',
    'Who needs what, and a test that one tenant cannot reach another',
  ),
  control(
    4,
    'supporting',
    'Only those who should can read or change program sources',
    'Membership and branch protection at the git host, also of applications',
  ),
  control(
    5,
    'supporting',
    'Signing in proves who it is',
    'Second factors enforced at the hosting console, the registrar and the git host',
  ),
  control(
    6,
    'supporting',
    'Disk, memory and computing power are watched before they run out',
    'Forecast and the minutes of its review',
  ),
  control(7, 'supporting', 'Hostile software is kept out and found', 'Endpoints, mail, awareness of people'),
  control(
    8,
    'supporting',
    'Known weaknesses are found and fixed in time',
    'Triage, deadlines, accepted exceptions, penetration tests',
  ),
  control(
    9,
    'strong',
    'Systems are set up as written down, and deviations are noticed',
    'A written baseline with an owner',
  ),
  control(
    10,
    'supporting',
    'Data is erased when nobody needs it any more',
    'Requests of persons concerned, disposal of disks at the provider',
  ),
  control(
    11,
    'supporting',
    'Personal and secret values are hidden from those who do not need them',
    'Rules for databases and for data used in tests',
  ),
  control(12, 'supporting', 'Data does not leave unseen', 'Endpoints and mail, and which data is sensitive'),
  control(
    13,
    'strong',
    'Copies of data exist apart from it, and restoring them is tried',
    'Approved recovery point and time, a restore that somebody watched',
  ),
  control(
    14,
    'strong',
    'Losing one machine or one place does not stop the service',
    'What the business can bear, a failover that was exercised',
  ),
  control(
    15,
    'strong',
    'What happens on systems is recorded, and the records are kept from harm',
    'Somebody reads them, and administrators cannot alter them',
  ),
  control(16, 'supporting', 'Unusual events are seen and acted upon', 'Who is called, and the tickets that show it'),
  control(17, 'strong', 'All machines agree on the time', 'Why this time source'),
  control(
    18,
    'supporting',
    'Tools that can bypass safeguards are held back',
    'Who may use them, and the review of that list',
  ),
  control(19, 'strong', 'Only chosen software in chosen versions runs in production', 'Who approves an update'),
  control(20, 'strong', 'Networks admit only what they must', 'A diagram, an owner, who administers devices'),
  control(
    21,
    'supporting',
    'What is bought or offered on the network meets stated terms',
    'Agreements and service levels with providers',
  ),
  control(22, 'strong', 'Groups of systems are kept apart from each other', 'Why the zones are cut this way'),
  control(
    23,
    'supporting',
    'Outgoing access to harmful places is stopped',
    'What people browse: mostly outside this stack',
  ),
  control(
    24,
    'strong',
    'Data is encrypted at rest and on the way, and keys are looked after',
    'A policy, custody of keys, a rotation and a recovery that were tried',
  ),
  control(
    25,
    'supporting',
    'Software is made with security in mind from start to end',
    'How applications are developed',
  ),
  control(26, 'none', 'What an application must withstand is decided beforehand', 'Requirements and their approval'),
  control(
    27,
    'supporting',
    'Systems are designed by principles that keep failures small',
    'The written principles and design reviews',
  ),
  control(
    28,
    'none',
    'Programs are written so that common weaknesses do not arise',
    'Rules for application code, training',
  ),
  control(
    29,
    'supporting',
    'Software is tried for weaknesses before it is taken into use',
    'Tests of applications and who signed them off',
  ),
  control(
    30,
    'none',
    'Work on software given to others is directed and checked',
    'Contracts; often not applicable, with a reason',
  ),
  control(31, 'strong', 'Places for trying things and live systems do not mix', 'Who may deploy to which'),
  control(
    32,
    'strong',
    'Changes are planned, approved and recorded',
    'The emergency rule, judgement of impact, an approver who is not the author',
  ),
  control(33, 'none', 'Data used in tests is chosen with care and guarded', 'Selection, masking, approval'),
  control(34, 'none', 'Audits and scans do not harm the systems they look at', 'Agreement with whoever tests'),
];
