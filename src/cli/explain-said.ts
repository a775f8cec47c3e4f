import { shellText } from '../core/text.js';
import type { Said } from '../explain/read-notes.js';
import type { Setting } from '../io/setting.js';
import type { PushOptions } from './push-options.js';
import { SETTINGS, type OptionsOf } from './settings.js';

/**
 * Where a setting comes from: an option that was given, as it would be typed, else a key of the profile. `written` are
 * the options without the profile.
 */
export function saidBy(
  written: OptionsOf<'explain'>,
  { profile, refundSides }: PushOptions,
  given: ReadonlySet<string>,
): Said {
  return (name, value, field) => {
    const ofSides = name === 'constant' && field === 'refund_sides' && refundSides === value;
    const setting = ofSides ? 'refundSides' : name;
    const { flag = '', key }: Setting = SETTINGS[setting as keyof typeof SETTINGS];
    const [option = ''] = flag.split(' ');
    const isWritten = field === undefined || ofSides ? given.has(setting) : hasField(written, setting, field);
    if (!isWritten && profile !== undefined) {
      const place = [key ?? 'reversal', ...(field === undefined || ofSides ? [] : [field])].join('.');
      return `${place}${value === '' ? '' : `: ${value}`} of profile ${profile}`;
    }
    const mark = setting === 'value' ? ':' : '=';
    const said = field === undefined || ofSides ? value : `${field}${mark}${value}`;
    return said === '' ? option : `${option} ${shellText(said)}`;
  };
}

/** Maps by field. */
function hasField(written: OptionsOf<'explain'>, setting: string, field: string): boolean {
  const map = (written as Readonly<Record<string, unknown>>)[setting];
  return map instanceof Map && map.has(field);
}
