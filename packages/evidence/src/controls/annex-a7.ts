import { theme } from './control.ts';

/** Places: for rented computing all of it is the provider's, and is shown by the provider's certificate, never as our own. */
export const annexA7 = theme('A.7', [
  ['none', 'Buildings have borders that are guarded', "The provider's certificate; own offices"],
  ['none', 'Only those who may come in do', "The provider's certificate; own offices"],
  ['none', 'Rooms suit what happens in them', "The provider's certificate; own offices"],
  ['none', 'Buildings are watched', "The provider's certificate; own offices"],
  ['none', 'Fire, water and the like were thought of', "The provider's certificate; own offices"],
  ['none', 'Work in guarded rooms follows rules', "The provider's certificate"],
  ['none', 'Papers and screens are not left open', 'Rules for people'],
  ['none', 'Machines stand where they come to no harm', "The provider's certificate"],
  ['none', 'What leaves the building stays guarded', 'Rules for people and their equipment'],
  ['none', 'Disks and other carriers are tracked until they are destroyed', "The provider's certificate; disposal"],
  ['none', 'Power and cooling do not fail at once', "The provider's certificate"],
  ['none', 'Cables are out of reach', "The provider's certificate"],
  ['none', 'Machines are kept in repair', "The provider's certificate"],
  ['none', 'Nothing readable is left on machines that go', "The provider's certificate; erased keys help"],
]);
