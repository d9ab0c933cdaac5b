const day = 86_400_000;

/**
 * `Date.prototype.toISOString` for the years 1970 to 9999, which has the time zone looked up that it does not need.
 * Days since 1970 as year, month and day: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
 */
export function isoTime(milliseconds: number): string {
  const days = Math.floor(milliseconds / day);
  const rest = milliseconds - days * day;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const date = `${year}-${digits(month, 2)}-${digits(dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1, 2)}`;
  const [hours, minutes, seconds] = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60, Math.floor(rest / 1000) % 60];
  return `${date}T${digits(hours, 2)}:${digits(minutes, 2)}:${digits(seconds, 2)}.${digits(Math.floor(rest) % 1000, 3)}Z`;
}

function digits(number: number, count: number): string {
  return String(number).padStart(count, '0');
}
