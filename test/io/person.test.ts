import { hostname, userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { personOf } from '../../src/io/person.js';

const own = userInfo().username;

it.each([
  ['the user of the process', {}, 1000, own],
  ['who called sudo', { SUDO_USER: 'ann', SUDO_UID: '1001' }, 0, 'ann'],
  ['the user of the process where sudo changed nobody', { SUDO_USER: 'ann', SUDO_UID: '0' }, 0, own],
  ['the user of the process where only a name is told', { SUDO_USER: 'ann' }, 0, own],
])('a process works for %s', (_, env, uid, name) => {
  expect(personOf(env, uid)).toEqual({ name, host: hostname() });
});
