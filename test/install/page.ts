import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { ROOT } from './dockerfile.js';

export const PAGE = readFileSync(`${ROOT}docs/install.md`, 'utf8');

/** What stands in the page as this kind of text, in its order. */
export function fence(kind: string): string[] {
  return [...PAGE.matchAll(/^```(\w+)\n(.*?)\n```$/gms)].flatMap(([, name, text = '']) =>
    name === kind ? [text] : [],
  );
}

/** The lines that are typed in a part of the page, without what they print. */
export function typed(title: string): string[] {
  const [, part = ''] = PAGE.split(new RegExp(`^#+ ${title}$`, 'm'));
  return [...(part.split(/^#+ /m)[0] ?? '').matchAll(/^ {4}\$ (.*)$/gm)].map(([, line = '']) => line);
}

/** What a unit says under a name, each time that it says it. */
export function unit(kind: 'service' | 'timer'): (name: string) => string[] {
  const lines = (fence('ini')[kind === 'service' ? 0 : 1] ?? '').split('\n');
  return (name) => lines.flatMap((line) => (line.startsWith(`${name}=`) ? line.slice(name.length + 1) : []));
}

interface Container {
  readonly args: string[];
  readonly env: { name: string; value: string }[];
  readonly securityContext: object;
  readonly volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface Pod {
  readonly restartPolicy: string;
  readonly securityContext: { runAsUser: number; runAsGroup: number };
  readonly volumes: { name: string }[];
  readonly containers: Container[];
}

interface Job {
  readonly schedule: string;
  readonly jobTemplate: { spec: { template: { spec: Pod } } };
}

/** The CronJob of the page. */
export class CronJob {
  readonly job: Job;
  readonly pod: Pod;
  readonly container: Container;

  constructor() {
    const documents = parseAllDocuments(fence('yaml')[0] ?? '').map(
      (one) => one.toJS() as { kind: string; spec: Job },
    );
    const job = documents.find(({ kind }) => kind === 'CronJob');
    if (job === undefined) throw new Error('docs/install.md has no CronJob');
    this.job = job.spec;
    this.pod = job.spec.jobTemplate.spec.template.spec;
    const [container] = this.pod.containers;
    if (container === undefined || this.pod.containers.length > 1)
      throw new Error('a CronJob has one container');
    this.container = container;
  }
}
