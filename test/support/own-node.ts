import { spawnSync } from 'node:child_process';

/** Node before 20.19 looks behind `--` too for an `--env-file`, and reads it itself: revsync is not begun where there is none. */
export const READS_ENV_FILE =
  spawnSync(process.execPath, ['--', '/dev/null', '--env-file=/nope']).status === 9;

/** Node from 24 on takes a whole answer behind which the connection was reset, and sends the next request into that connection. */
export const SENDS_BEHIND_RESET = Number(process.versions.node.split('.')[0]) >= 24;
