import { spawnSync } from 'node:child_process';

/** Node before 20.19 looks behind `--` too for an `--env-file`, and reads it itself: revsync is not begun where there is none. */
export const READS_ENV_FILE =
  spawnSync(process.execPath, ['--', '/dev/null', '--env-file=/nope']).status === 9;
