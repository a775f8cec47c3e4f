import type { Sealer } from '../core/ports.js';
import type { EventSink } from '../core/events.js';
import type { Vendor } from '../core/vendor.js';
import { planRun, pushRun, recover, type PlannedRun } from '../push/run.js';
import { systemClock } from '../io/clock.js';
import { LedgerError, type OpenLedger } from '../core/ledger.js';
import { openForDryRun, openForPush } from '../io/open-ledger.js';
import { headerLine, resultsText } from '../io/results.js';
import { redactor, secretOnly, type Environment } from '../io/secrets.js';
import type { Sandbox } from '../sandbox/server.js';
import { Console, UsageError } from './console.js';
import { unusedProfile, withProfile } from './profile.js';
import { previewRequests } from './dry-run.js';
import { EXIT, exitCodeOf, interruptCode } from './exit-codes.js';
import type { Host } from './host.js';
import { baseUrlOf, ledgerPath, vendorOf } from './options.js';
import { discardOutputs, openOutputs, type Outputs } from './push-outputs.js';
import {
  checkOptions,
  environment,
  jobOf,
  secretsFor,
  settingsOf,
  type PushOptions,
} from './push-options.js';
import { progress } from './progress.js';
import { sandboxBooks, SANDBOX_ORIGIN, SANDBOX_URL } from './sandbox-books.js';
import { jsonSummary, rowsShown, targetWords, textSummary, type PushReport } from './print/push.js';

/** `revsync push`: stage, judge and plan the files, send what is new, write the results. */
export async function push(
  host: Host,
  files: readonly string[],
  written: PushOptions,
  given: ReadonlySet<string>,
): Promise<number> {
  const console = new Console(host, written.color);
  const options = await withProfile(host, written, given);
  if (options.vendor === undefined) {
    throw new UsageError(
      "required option '--vendor <id>' not specified; `revsync vendors` lists them, --profile names one too",
    );
  }
  const started = systemClock.now();
  const began = systemClock.elapsed();
  const vendor = vendorOf(options.vendor);
  checkOptions(host, files, options, vendor);
  const env = environment(host, options);
  const baseUrl = options.sandbox === true ? SANDBOX_URL : baseUrlOf(vendor, options.baseUrl, env);
  const origin = options.sandbox === true ? SANDBOX_ORIGIN : baseUrl.origin;
  const { secrets, missing } = secretsFor(vendor, options, { ...host, env });
  console.redact = redactor(secretOnly(vendor.secrets, secrets));

  const namespace = { vendor: vendor.id, account: options.account, origin };
  const path = ledgerPath(options.ledger, { ...host, env });
  const [ledger] = await Promise.all([
    options.dryRun === true ? openForDryRun(path, namespace) : openForPush(path, namespace),
    // Its thread starts while this one loads what it sends with.
    options.dryRun === true ? undefined : import('../io/http/transport.js'),
  ]);
  const unused = unusedProfile(host, options);
  if (unused !== undefined && options.quiet !== true) console.say(unused);
  const interrupt = host.signal;
  const { emit, stop: stopProgress } = progress(console, options);
  const { account } = options;
  const target = targetWords(options, given, env);
  const { cwd } = host;
  const base = { cwd, vendor, account, origin, files, target, started, dryRun: options.dryRun === true };
  let sending = false;
  const conclude = async (
    end: Omit<PushReport, keyof typeof base | 'tookMs' | 'problems' | 'corrections'>,
  ): Promise<number> => {
    stopProgress();
    const failures = [...(end.failures ?? []), ...(await ledger.rescue())];
    const exitCode = withFailure(end.exitCode, failures);
    const tookMs = systemClock.elapsed() - began;
    const shown = await rowsShown(ledger, end, base.dryRun);
    const summary: PushReport = { ...base, ...end, ...shown, failures, exitCode, tookMs };
    const data = jsonSummary(summary, systemClock.now());
    if (options.quiet !== true || exitCode !== EXIT.done) {
      const lines = options.logFormat === 'json';
      console.say(
        lines ? JSON.stringify({ event: 'summary', ...data }) : textSummary(summary, console.paint, options),
      );
    }
    if (options.json === true) await console.print(`${JSON.stringify(data)}\n`);
    return exitCode;
  };

  try {
    if (options.dryRun !== true) await recover(ledger, vendor, systemClock.now(), emit);
    const job = jobOf(host, files, options, vendor, missing.length > 0);
    const planned = await planRun(job, { ledger, clock: systemClock, emit, interrupt });
    if (planned.kind === 'refused')
      return await conclude({ refused: planned.files, exitCode: EXIT.fileRefused });
    if (planned.kind === 'interrupted') {
      return await conclude({ stop: planned.stop, exitCode: interruptCode(planned.stop.signal) });
    }
    if (missing.length > 0 && !bringsOwnSecrets(planned, vendor)) {
      await ledger.dropRun(planned.run);
      throw new UsageError(missing.join('\n'));
    }
    const outputs = await openOutputs(host, ledger, planned.run, options);
    if (!outputs.ok) {
      await ledger.dropRun(planned.run);
      throw new UsageError(`${outputs.error}; nothing was sent`);
    }
    const { run } = planned;
    const view = { run };
    if (options.dryRun === true) {
      const previews = await previewRequests(ledger, planned, vendor, baseUrl, secrets);
      const written = await writeOutputs(outputs.value, console, ledger, run, base, options);
      const exitCode = exitCodeOf(planned.totals, undefined, true);
      return await conclude({ ...view, totals: planned.totals, previews, ...written, exitCode });
    }
    sending = true;
    const finished = await send(planned, {
      vendor,
      options,
      secrets,
      sealer: job.map.sealer,
      baseUrl,
      env,
      path,
      ledger,
      emit,
      interrupt,
    });
    if (finished.stop?.kind === 'ledger_failed') {
      discardOutputs(outputs.value);
      return await conclude({ stop: finished.stop, exitCode: EXIT.stopped });
    }
    const written = await writeOutputs(outputs.value, console, ledger, run, base, options);
    const exitCode = exitCodeOf(finished.totals, finished.stop, false);
    return await conclude({ ...view, totals: finished.totals, stop: finished.stop, ...written, exitCode });
  } catch (error) {
    // Before anything was sent it is a matter of configuration; from then on the run has stopped.
    if (!sending || !(error instanceof LedgerError)) throw error;
    const stop = { kind: 'ledger_failed', message: error.message, unsaved: [] } as const;
    return await conclude({ stop, exitCode: EXIT.stopped });
  } finally {
    stopProgress();
    await ledger.close();
  }
}

function bringsOwnSecrets({ files }: PlannedRun, vendor: Vendor): boolean {
  const column = vendor.columns.find(({ kind }) => kind.is === 'secret');
  return column !== undefined && files.every(({ columns }) => columns.cells.has(column.field));
}

interface Sending {
  readonly vendor: Vendor;
  readonly options: PushOptions;
  readonly secrets: Readonly<Record<string, string>>;
  readonly sealer: Sealer;
  readonly baseUrl: URL;
  readonly env: Environment;
  readonly path: string;
  readonly ledger: OpenLedger;
  readonly emit: EventSink;
  readonly interrupt: AbortSignal;
}

async function send(planned: PlannedRun, sending: Sending): ReturnType<typeof pushRun> {
  const { vendor, options, secrets, sealer, env, ledger, emit, interrupt } = sending;
  const settings = settingsOf(vendor, options);
  const sandbox = options.sandbox === true ? await ownSandbox(sending) : undefined;
  const { HttpTransport } = await import('../io/http/transport.js');
  const transport = new HttpTransport({
    baseUrl: sandbox === undefined ? sending.baseUrl : new URL(sandbox.url),
    connections: settings.concurrency,
    timeoutMs: (options.timeout ?? vendor.limits.timeoutSeconds) * 1000,
    freshConnections: vendor.semantics.repeat.kind === 'appends',
    redact: redactor(secretOnly(vendor.secrets, secrets)),
    env,
  });
  try {
    const ports = { ledger, transport, clock: systemClock, secrets, sealer, emit, interrupt };
    return await pushRun(planned, vendor, settings, ports);
  } finally {
    await transport.close();
    await sandbox?.close();
  }
}

async function ownSandbox({ vendor, options, path }: Sending): Promise<Sandbox> {
  const [{ FAKES }, { startSandbox }] = await Promise.all([
    import('../sandbox/index.js'),
    import('../sandbox/server.js'),
  ]);
  const make = FAKES.get(vendor.id);
  if (make === undefined) throw new Error(`no fake for ${vendor.id}`);
  const fake = make({ journal: sandboxBooks(path, vendor.id, options.account) });
  return startSandbox({ fakes: [fake], port: 0, faults: () => undefined, latencyMs: 0 });
}

interface Written {
  readonly results: readonly string[];
  readonly failures: readonly string[];
  /** The report's page. */
  readonly page?: string;
}

async function writeOutputs(
  outputs: Outputs,
  console: Console,
  ledger: OpenLedger,
  run: number,
  pushed: Pick<PushReport, 'vendor' | 'account' | 'dryRun'>,
  options: PushOptions,
): Promise<Written> {
  const results: string[] = [];
  const failures: string[] = [];
  if (outputs.toStdout !== undefined) {
    const { header, input } = outputs.toStdout;
    let open = await console.print(headerLine(header));
    for await (const text of resultsText(ledger, run, input)) open = open && (await console.print(text));
  }
  for (const { file, input } of outputs.files) {
    const written = await file.finishWith(resultsText(ledger, run, input));
    if (written.ok) results.push(file.path);
    else
      failures.push(
        `${written.error}; the ledger has every row, write them with: revsync results run-${run} --out FILE`,
      );
  }
  if (outputs.page !== undefined) {
    const { writeRunPage } = await import('./run-page.js');
    const { vendor, account, dryRun } = pushed;
    const about = { run, vendor: vendor.id, account, dryRun };
    const written = await writeRunPage(outputs.page, ledger, about, options);
    if (written.ok) return { results, failures, page: outputs.page.path };
    const again = dryRun ? '' : `; write it with: revsync report --run ${run} --format html --out FILE`;
    failures.push(`${written.error}${again}`);
  }
  return { results, failures };
}

/** Rows may all be fine and their results unwritten, or the ledger gone: then the exit code may not say that all is well. */
function withFailure(code: number, failures: readonly string[]): number {
  return code === EXIT.done && failures.length > 0 ? EXIT.someRowsBad : code;
}
