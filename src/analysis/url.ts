import type { Act } from '../model/act.ts';

/** Where a URL leads. */
export interface UrlFacts {
  readonly host: string;
  /** What reaching it amounts to. */
  readonly act?: Act;
  /** This machine itself. */
  readonly local: boolean;
}

const metadataHosts = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '192.0.0.192',
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'fd00:ec2::254',
]);
const localNames =
  /^(?:localhost|.*\.localhost|localhost\.localdomain|ip6-localhost|ip6-loopback|loopback|(?:.*\.)?localtest\.me|(?:.*\.)?lvh\.me|vcap\.me)$/;
const internalNames = /(?:^|\.)(?:internal|intranet|corp|lan|local|home\.arpa|localdomain)$/;
const embeddedAddress = /(?:^|[.-])(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})(?:\.(?:nip|sslip|xip)\.io)$/;

/** What is known of a URL's destination from its text alone. Names are not looked up: a public name that leads to a private address, and redirects, are out of reach. */
export function urlAct(url: string): UrlFacts {
  const text = url.trim();
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'file' || scheme === 'view-source') return { host: '', act: 'net.file-url', local: true };
  if (scheme === 'jar' || scheme === 'netdoc') return { host: '', act: 'net.file-url', local: true };
  if (scheme === 'unix') return { host: '', act: 'net.internal', local: true };
  const host = hostOf(text, scheme);
  return hostFacts(host);
}

function hostOf(text: string, scheme: string | undefined): string {
  const rest =
    scheme !== undefined && /^[A-Za-z][A-Za-z0-9+.-]*:\/*/.test(text) && !/^[\w.-]+:\d+(?:\/|$)/.test(text)
      ? text.replace(/^[A-Za-z][A-Za-z0-9+.-]*:[/\\]*/, '')
      : text;
  const authority = rest.split(/[/?#\\]/, 1)[0] ?? '';
  const withoutUser = authority.slice(authority.lastIndexOf('@') + 1);
  const bracket = /^\[([^\]]*)\]/.exec(withoutUser)?.[1];
  const name = bracket ?? (withoutUser.split(':').length > 2 ? withoutUser : withoutUser.replace(/:\d*$/, ''));
  return decode(name)
    .normalize('NFKC')
    .replace(/[\u3002\uff0e\uff61]/g, '.')
    .toLowerCase()
    .replace(/\.$/, '');
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What is known of a host: a name or an address in any spelling. */
export function hostFacts(host: string): UrlFacts {
  if (metadataHosts.has(host)) return { host, act: 'net.metadata', local: false };
  if (localNames.test(host)) return { host, act: 'net.internal', local: true };
  const embedded = embeddedAddress.exec(host);
  const v4 = embedded ? embedded.slice(1, 5).map(Number) : parseV4(host);
  if (v4) return addressFacts(v4, host);
  if (host.includes(':')) return v6Facts(host);
  if (internalNames.test(host)) return { host, act: 'net.internal', local: false };
  return { host, local: false };
}

/** The four bytes of an IPv4 address in any spelling inet_aton(3) takes: decimal, octal, hexadecimal, fewer than four parts. */
export function parseV4(host: string): readonly number[] | undefined {
  const parts = host.split('.');
  if (parts.length > 4 || host === '') return undefined;
  const numbers: number[] = [];
  for (const part of parts) {
    if (!/^(?:0[xX][\da-fA-F]*|\d+)$/.test(part)) return undefined;
    const value = /^0[xX]/.test(part)
      ? Number.parseInt(part.slice(2) || '0', 16)
      : /^0\d/.test(part)
        ? Number.parseInt(part, 8)
        : Number(part);
    if (Number.isNaN(value)) return undefined;
    numbers.push(value);
  }
  const last = numbers.pop() ?? 0;
  if (numbers.some((n) => n > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  const bytes = [...numbers];
  for (let i = 3 - numbers.length; i >= 0; i--) bytes.push(Math.floor(last / 256 ** i) % 256);
  return bytes;
}

function addressFacts(bytes: readonly number[], host: string): UrlFacts {
  const [a = 0, b = 0] = bytes;
  const text = bytes.join('.');
  if (metadataHosts.has(text)) return { host, act: 'net.metadata', local: false };
  if (a === 127 || a === 0) return { host, act: 'net.internal', local: true };
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127) ||
    (a === 192 && b === 0 && bytes[2] === 0) ||
    (a === 198 && (b === 18 || b === 19));
  return isPrivate ? { host, act: 'net.internal', local: false } : { host, local: false };
}

function v6Facts(host: string): UrlFacts {
  const address = host.split('%', 1)[0] ?? '';
  if (metadataHosts.has(address)) return { host, act: 'net.metadata', local: false };
  const groups = expandV6(address);
  if (!groups) return { host, local: false };
  const head = groups.slice(0, 6);
  // IPv4 in IPv6: mapped (::ffff:a.b.c.d), compatible (::a.b.c.d), NAT64 (64:ff9b::a.b.c.d), 6to4 (2002:…).
  const isMapped = head.slice(0, 5).every((g) => g === 0) && (groups[5] === 0xffff || groups[5] === 0);
  const isNat64 = groups[0] === 0x64 && groups[1] === 0xff9b;
  if (groups.every((g, i) => (i === 7 ? g <= 1 : g === 0))) return { host, act: 'net.internal', local: true };
  if (isMapped || isNat64) return addressFacts(bytesOf(groups[6] ?? 0, groups[7] ?? 0), host);
  if (groups[0] === 0x2002) return addressFacts(bytesOf(groups[1] ?? 0, groups[2] ?? 0), host);
  const first = groups[0] ?? 0;
  const isPrivate = (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 || (first & 0xffc0) === 0xfec0;
  return isPrivate ? { host, act: 'net.internal', local: false } : { host, local: false };
}

function bytesOf(high: number, low: number): readonly number[] {
  return [high >> 8, high & 255, low >> 8, low & 255];
}

function expandV6(address: string): readonly number[] | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const v4 = dotted ? parseV4(dotted[2] ?? '') : undefined;
  const text =
    dotted && v4
      ? `${dotted[1]}${(((v4[0] ?? 0) << 8) | (v4[1] ?? 0)).toString(16)}:${(((v4[2] ?? 0) << 8) | (v4[3] ?? 0)).toString(16)}`
      : address;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'));
  const left = groups(halves[0]);
  const right = groups(halves[1]);
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 0) return undefined;
  const all = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  return all.every((group) => /^[\da-fA-F]{1,4}$/.test(group)) ? all.map((group) => Number.parseInt(group, 16)) : undefined;
}
