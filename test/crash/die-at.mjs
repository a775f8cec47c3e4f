// Preloaded into a revsync process by the crash harness: sends it SIGKILL at the operation that
// REVSYNC_DIE_AT names, a JSON `DieAt` of points.ts. Operations are met by what they do (a statement's text,
// a file's name, a socket's traffic), so that no line of the program has to know of it.
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { Duplex } from 'node:stream';

const point = JSON.parse(process.env.REVSYNC_DIE_AT ?? 'null');
let met = 0;

function die() {
  process.kill(process.pid, 'SIGKILL');
  // Nothing may happen between the signal and its delivery.
  for (;;);
}

/** Does `work`, and dies before or after it where this is the occurrence that was asked for. */
function around(work) {
  met += 1;
  if (met !== point.nth) return work();
  if (point.when === 'before') die();
  work();
  return die();
}

switch (point?.on) {
  case 'start':
    die();
    break;
  case 'exit':
    process.on('exit', die);
    break;
  case 'statement':
  case 'transaction':
    watchLedger();
    break;
  case 'file':
    watchFiles();
    break;
  case 'socket':
    watchSockets();
    break;
}

/**
 * A transaction is met at its commit, if a statement with the text ran in it. The program has the ledger's driver in its
 * own files: what both share is its binary.
 */
function watchLedger() {
  const beside = createRequire(createRequire(import.meta.url).resolve('libsql'));
  const binary = beside(`@libsql/${beside('@neon-rs/load').currentTarget()}`);
  const texts = new WeakMap();
  let ranInTransaction = false;

  const run = (sql, work) => {
    const wanted = sql.includes(point.has);
    if (point.on === 'statement') return wanted ? around(work) : work();
    if (/^begin/i.test(sql)) ranInTransaction = false;
    if (wanted) ranInTransaction = true;
    return /^commit/i.test(sql) && ranInTransaction ? around(work) : work();
  };

  const { databaseExecSync, databasePrepareSync } = binary;
  binary.databaseExecSync = function (sql) {
    return run(sql, () => databaseExecSync.call(this, sql));
  };
  binary.databasePrepareSync = function (sql) {
    const statement = databasePrepareSync.call(this, sql);
    texts.set(statement, sql);
    return statement;
  };
  for (const name of ['statementRun', 'statementRowsSync']) {
    const original = binary[name];
    binary[name] = function (...params) {
      return run(texts.get(this), () => original.apply(this, params));
    };
  }
}

/** Calls on files whose name holds the text; `half` writes half of the bytes. */
function watchFiles() {
  const names = new Map();
  const { openSync } = fs;
  fs.openSync = (path, ...rest) => {
    const open = () => {
      const fd = openSync(path, ...rest);
      names.set(fd, String(path));
      return fd;
    };
    return point.call === 'openSync' && String(path).includes(point.has) ? around(open) : open();
  };
  if (point.call !== 'openSync') {
    const original = fs[point.call];
    fs[point.call] = (file, ...rest) => {
      const name = typeof file === 'number' ? (names.get(file) ?? '') : String(file);
      if (!name.includes(point.has)) return original(file, ...rest);
      return around(() => {
        const [bytes, ...where] = rest;
        return point.when === 'half' && met === point.nth
          ? original(file, bytes.subarray(0, bytes.length >> 1), ...where)
          : original(file, ...rest);
      });
    };
  }
  syncBuiltinESMExports();
}

/**
 * Traffic of TCP sockets: a `connect`; a `send`, which is one request handed to the system, or its head alone
 * where it is `half`; a `reply`, which has come: `before` it is read, or `after` it was.
 */
function watchSockets() {
  const { prototype } = net.Socket;
  const isTcp = (socket) => socket.remotePort !== undefined;
  if (point.step === 'connect') {
    const { connect } = prototype;
    prototype.connect = function (...args) {
      return around(() => connect.apply(this, args));
    };
  } else if (point.step === 'send' && point.when === 'half') {
    let halving;
    prototype.cork = function () {
      if (isTcp(this)) met += 1;
      if (isTcp(this) && met === point.nth) halving = this;
      else Duplex.prototype.cork.call(this);
    };
    prototype.write = function (...args) {
      const more = Duplex.prototype.write.apply(this, args);
      if (this === halving) die();
      return more;
    };
  } else if (point.step === 'send') {
    prototype.uncork = function () {
      const uncork = () => Duplex.prototype.uncork.call(this);
      return isTcp(this) ? around(uncork) : uncork();
    };
  } else if (point.step === 'reply') {
    prototype.push = function (...args) {
      const push = () => Duplex.prototype.push.apply(this, args);
      if (!isTcp(this) || args[0] === null) return push();
      met += 1;
      if (met === point.nth && point.when === 'before') die();
      if (met === point.nth) setImmediate(die);
      return push();
    };
  }
}
