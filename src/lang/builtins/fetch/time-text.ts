/** Points in time as `YYYYMMDDhhmmss` in UTC, by the Gregorian calendar. */

const daysIn400Years = 146_097;
/** From 1 March of the year 0 to 1 January 1970. */
const daysBefore1970 = 719_468;

/** @param seconds since 1970 */
export function timeText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60];
  return dateText(days) + clock.map(twoDigits).join('');
}

/** Years that begin in March have their leap day last, which makes months easy to count. */
function dateText(days: number): string {
  const all = days + daysBefore1970;
  const era = Math.floor(all / daysIn400Years);
  const day = all - era * daysIn400Years;
  const yearOfEra = Math.floor(
    (day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365,
  );
  const dayOfYear = day - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}${twoDigits(month)}${twoDigits(dayOfMonth)}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
