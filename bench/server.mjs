// The vendor of the benchmarks, a process of its own: Convoso's success answer to whatever names a call log, on
// node:net, since node:http costs more than many a client. Its parent resets it and asks for its books over IPC.
import { createServer } from 'node:net';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const MISSING = '{"success":false,"code":6032,"text":"Missing Call Log ID"}';

const state = { latencyMs: 0, lose: 0 };
/** Since the last reset. Call log ids are numbers and amounts whole cents, as in every file of the benchmarks. */
let books = emptyBooks();
let isAskedForFirst = false;

function emptyBooks() {
  return { requests: 0, ids: [], cents: 0, firstAt: 0, lastAt: 0, cpu: process.cpuUsage() };
}

/** The answer to a body, which is booked on the way. */
function answerTo(body) {
  const [, id] = /(?:^|&)call_log_id=(\d+)/.exec(body) ?? [];
  const [, units, hundredths] = /(?:^|&)revenue=(\d+)\.(\d\d)(?:&|$)/.exec(body) ?? [];
  if (books.requests === 0) books.firstAt = now();
  books.requests += 1;
  tellFirst();
  if (id === undefined || units === undefined) return MISSING;
  // The one that is lost is answered as if it had been booked.
  if (books.requests !== state.lose) {
    books.ids.push(Number(id));
    books.cents += Number(units) * 100 + Number(hundredths);
  }
  return `{"success":true,"data":{"call_log_id":"${id}"}}`;
}

/** Requests may come several in a chunk, or one in many. */
function serve(socket) {
  let text = '';
  socket.setEncoding('latin1');
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    text = text === '' ? chunk : text + chunk;
    let answers = '';
    let last = false;
    for (let from = 0; ;) {
      const headEnd = text.indexOf('\r\n\r\n', from);
      const head = headEnd < 0 ? '' : text.slice(from, headEnd);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (headEnd < 0 || text.length < end) {
        text = text.slice(from);
        break;
      }
      const body = answerTo(text.slice(headEnd + 4, end));
      const closing = /\r\nconnection: *close/i.test(head);
      answers += `${HEAD}${closing ? 'Connection: close\r\n' : ''}Content-Length: ${body.length}\r\n\r\n${body}`;
      last ||= closing;
      from = end;
    }
    if (answers === '') return;
    if (state.latencyMs === 0) give(socket, answers, last);
    else setTimeout(give, state.latencyMs, socket, answers, last);
  });
}

function give(socket, answers, last) {
  if (socket.destroyed) return;
  books.lastAt = now();
  if (last) socket.end(answers, 'latin1');
  else socket.write(answers, 'latin1');
}

/** Milliseconds on the clock that all processes of a machine share. */
function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Whoever asked is told once a request has come. */
function tellFirst() {
  if (!isAskedForFirst || books.requests === 0) return;
  isAskedForFirst = false;
  process.send({});
}

/**
 * Numbers alone: requests, distinct ids, the sum of all amounts, seconds from the first request to the last answer,
 * and when that was given, in milliseconds of `hrtime`.
 */
function told() {
  const { user, system } = process.cpuUsage(books.cpu);
  return {
    requests: books.requests,
    distinct: new Set(books.ids).size,
    cents: books.cents,
    lastAt: books.lastAt,
    sendingSeconds: (books.lastAt - books.firstAt) / 1000,
    cpuSeconds: (user + system) / 1_000_000,
  };
}

process.on('message', (asked) => {
  if (asked.ask === 'books') return process.send(told());
  if (asked.ask === 'first') {
    isAskedForFirst = true;
    return tellFirst();
  }
  Object.assign(state, { latencyMs: asked.latencyMs, lose: asked.lose });
  books = emptyBooks();
  isAskedForFirst = false;
  process.send({});
});
// Nobody is left to ask.
process.on('disconnect', () => process.exit());

const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
