import { AMOUNT_DECIMALS } from '../../../core/amount.js';
import { USUAL } from '../attempts.js';

/*
 * What a warehouse may read, and build on: columns are added, never changed or taken away. Amounts stand there as whole
 * numbers of 1/10000 of the currency's unit and as decimals.
 */

function decimal(units: string): string {
  return `(${units} / ${10 ** AMOUNT_DECIMALS}.0)::numeric(20, ${AMOUNT_DECIMALS})`;
}

function instant(milliseconds: string): string {
  return `to_timestamp(${milliseconds} / 1000.0)`;
}

/** What is taken back, or is no sale, is held with nothing. */
const HELD = `case when entries.digest is null then null when entries.intent = 'set' then entries.amount else 0 end`;

/**
 * `held`: a row for each key of an account of which something was accepted, is in doubt or is being sent. `trail`: a row for each time that
 * something was sent for a key, or that a person settled it, with the attempt `before` it.
 */
export const VIEWS = `
  create view held as
    select vendor, account, origin, entries.key, ${HELD} as amount_units, ${decimal(HELD)} as amount,
      coalesce(entries.intent <> 'set', false) as taken_back, entries.ref, entries.run, ${instant('entries.at')} as accepted_at,
      entries.doubt, entries.holder is not null as in_flight, entries.last_attempt as attempt
    from entries join namespaces on namespaces.id = entries.namespace
    where entries.digest is not null or entries.doubt is not null or entries.holder is not null;
  create view trail as
    select vendor, account, origin, attempts.key, attempts.id as attempt, attempts.before, attempts.run,
      coalesce(inputs.name, attempts.input) as file, attempts.line,
      coalesce(nullif(attempts.action, ''), '${USUAL.action}') as action,
      coalesce(nullif(attempts.intent, ''), '${USUAL.intent}') as intent, attempts.status,
      attempts.amount as amount_units, ${decimal('attempts.amount')} as amount,
      attempts.previous_amount as previous_units, ${decimal('attempts.previous_amount')} as previous,
      attempts.http_status, attempts.code, attempts.message, attempts.warning, attempts.ref, attempts.corrects_ref,
      ${instant('attempts.at')} as settled_at, runs.who, runs.plan, runs.undoes
    from attempts join namespaces on namespaces.id = attempts.namespace left join runs on runs.id = attempts.run
      left join inputs on inputs.run = attempts.run and inputs.number = attempts.file;
`;
