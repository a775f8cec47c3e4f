import { z } from 'zod';
import { head, problems, type Told } from './outputs.js';

// What `revsync explain --json` prints, as `outputs.ts` has it of the other commands.

const text = z.string();
const maybe = z.string().nullable();

const explainedCode = z.object({
  ...{ code: text, of: z.enum(['row', 'status', 'break', 'problem', 'vendor']), vendor: maybe },
  ...{ means: text, effect: maybe, remedy: maybe, example: maybe },
});

export const explain = z.object({ ...head('explain'), codes: z.array(explainedCode), problems });

export type ExplainedCode = Told<typeof explainedCode>;
export type ExplainOutput = Told<typeof explain>;
