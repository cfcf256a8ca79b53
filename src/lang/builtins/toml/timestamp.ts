/** TOML dates and times: checked, and written in one form, whatever precision they came in. */
import type { TomlSource } from './source.ts';

/** A date, a time, or both with or without an offset from UTC, as text. */
export interface Timestamp {
  readonly timestamp: string;
}

const dateText = /([0-9]{4})-([0-9]{2})-([0-9]{2})/y;
const timeText = /([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?/y;
const offsetText = /[zZ]|[+-][0-9]{2}:[0-9]{2}/y;

/** The timestamp that begins here; undefined when what is here is something else. */
export function parseTimestamp(source: TomlSource): Timestamp | undefined {
  const start = source.at;
  const date = parseDate(source);
  if (date === undefined) {
    const time = parseTime(source);
    return time === undefined ? undefined : { timestamp: time };
  }
  const next = source.text.slice(source.at, source.at + 2);
  if (!/^(?:[tT]| [0-9])/.test(next)) return { timestamp: date };
  source.at += 1;
  const time = parseTime(source);
  if (time === undefined) {
    throw source.here('bad time: must be HH:MM:SS.subsec', 'here', [
      'valid  : 1979-05-27T07:32:00, 1979-05-27 07:32:00.999999',
      'invalid: 1979-05-27T7:32:00, 1979-05-27 17:32',
    ]);
  }
  return { timestamp: `${date}T${time}${parseOffset(source, start)}` };
}

function parseDate(source: TomlSource): string | undefined {
  const start = source.at;
  const found = source.match(dateText);
  if (found === undefined) return undefined;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)) return found[0];
  source.at = start;
  const range = 'month must be 01-12, day must be any of 01-28,29,30,31 depending on the month/year.';
  throw source.here('toml::parse_local_date: invalid date.', range);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function parseTime(source: TomlSource): string | undefined {
  const start = source.at;
  const found = source.match(timeText);
  if (found === undefined) return undefined;
  const [, hour, minute, second, fraction = ''] = found;
  if (Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 60) {
    return `${hour}:${minute}:${second}${fractionText(fraction)}`;
  }
  source.at = start;
  throw source.here('toml::parse_local_time: invalid time.', 'hour must be 00-23, minute must be 00-59.');
}

/** Three, six or nine digits, as many as are needed; more than nine are cut. */
function fractionText(digits: string): string {
  const nano = digits.slice(0, 9).padEnd(9, '0');
  if (/^0*$/.test(nano)) return '';
  return `.${nano.replace(/(?:000){1,2}$/, '')}`;
}

function parseOffset(source: TomlSource, start: number): string {
  const found = source.match(offsetText)?.[0];
  if (found === undefined) return '';
  if (found.length === 1 || /^.00:00$/.test(found)) return 'Z';
  const [hour, minute] = [Number(found.slice(1, 3)), Number(found.slice(4))];
  if (hour <= 24 && minute <= 60) return found;
  const title = 'toml::parse_offset_datetime: too large offset: |hour| <= 24, |minute| <= 60';
  throw source.error(title, { start, end: source.at, text: 'here' });
}
