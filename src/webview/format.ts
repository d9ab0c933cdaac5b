/** How numbers and times are written in the person's language. */
export interface Formats {
  count(value: number): string;
  /** A duration in milliseconds, such as `3.2 ms` or `1.4 s`. */
  duration(ms: number): string;
  /** Day and time to the second. */
  moment(timestamp: string): string;
  /** The two apart: where there is little room, the time alone is shown. */
  dayAndTime(timestamp: string): readonly [day: string, time: string];
  /** Date and time to the millisecond, with the zone. */
  exact(timestamp: string): string;
  /** The beginning of a bucket of that length. */
  bucket(start: number, lengthMs: number): string;
  percent(part: number, whole: number): string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Formats for a language; `zone` is the machine's own unless given. */
export function formats(language: string, zone?: string): Formats {
  const locale = localeOf(language);
  const inZone = zone === undefined ? {} : { timeZone: zone };
  const number = new Intl.NumberFormat(locale);
  const fraction = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  const moment = new Intl.DateTimeFormat(locale, { ...inZone, month: 'short', day: 'numeric', ...time });
  const exact = new Intl.DateTimeFormat(locale, {
    ...inZone,
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    ...time,
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
  });
  const clock = new Intl.DateTimeFormat(locale, { ...inZone, ...time });
  const day = new Intl.DateTimeFormat(locale, { ...inZone, month: 'short', day: 'numeric' });
  const minute = new Intl.DateTimeFormat(locale, { ...inZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const dayAndMinute = new Intl.DateTimeFormat(locale, {
    ...inZone,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const at = (timestamp: string, format: Intl.DateTimeFormat): string => {
    const ms = Date.parse(timestamp);
    return Number.isNaN(ms) ? timestamp : plain(format.format(ms));
  };
  return {
    count: (value) => plain(number.format(value)),
    duration: (ms) => plain(ms < 1000 ? `${fraction.format(ms)} ms` : `${fraction.format(ms / 1000)} s`),
    moment: (timestamp) => at(timestamp, moment),
    dayAndTime: (timestamp) => [at(timestamp, day), at(timestamp, clock)],
    exact: (timestamp) => at(timestamp, exact),
    bucket: (start, lengthMs) => plain((lengthMs >= dayMs ? day : lengthMs >= hourMs ? dayAndMinute : minute).format(start)),
    percent: (part, whole) => plain(share.format(whole === 0 ? 0 : part / whole)),
  };
}

/** Languages put special spaces into numbers, which would be taken for those of an attacker. */
function plain(text: string): string {
  return text.replace(/[\u00a0\u202f\u2009]/g, ' ');
}

/** The language where the runtime knows it, else English. */
function localeOf(language: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
