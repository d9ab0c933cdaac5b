/**
 * Takes secrets out of what is stored or shown. Two questions are asked of every text: does the name beside it say that it is a secret,
 * and does it look like one. All patterns run in linear time: every repetition is bounded or over a class that cannot match what follows.
 */

/** What stands in the place of a secret. */
export const mask = '[redacted]';

export interface SecretShape {
  /** Whose form it is. */
  readonly source: string;
  /** Of these every match contains one, in any letter case. */
  readonly hints: readonly string[];
  /** Made when a text needs it, which most do not. */
  readonly pattern: () => RegExp;
  /** What the match becomes, where not all of it is secret. */
  readonly replacement?: string;
}

/** Makes something when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const secretWord =
  'passw(?:or)?d|passwd|passphrase|secret|token|(?:api|access|private|account|signing|encryption|master|auth)[-_]?key|client[-_]?secret|credentials?|_auth';

/** What {@link secretWord} can begin with. */
const secretWords = ['passw', 'passphrase', 'secret', 'token', 'credential', '_auth'].concat(
  ['api', 'access', 'private', 'account', 'signing', 'encryption', 'master', 'auth'].flatMap((word) => [
    `${word}key`,
    `${word}-key`,
    `${word}_key`,
  ]),
);

/** Forms with a published prefix first, then forms that are secret by where they stand. */
export const secretShapes: readonly SecretShape[] = [
  {
    source: 'RFC 7468 private keys, also OpenSSH and PGP',
    hints: ['private key'],
    pattern: () => /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!-----?END ))*(?:-----END [A-Z0-9 ]{0,40}-----|$)/g,
  },
  {
    source: 'AWS IAM reference, access key ids',
    hints: ['akia', 'asia', 'abia', 'acca'],
    pattern: () => /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  },
  {
    source: 'GitHub docs, token formats',
    hints: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: () => /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255})/g,
  },
  {
    source: 'GitLab docs, token prefixes',
    hints: ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glft-', 'glsoat-', 'glcbt-', 'glimt-', 'glagent-', 'glffct-', 'gloas-'],
    pattern: () => /\bgl(?:pat|dt|rt|ptt|ft|soat|cbt|imt|agent|ffct|oas)-[A-Za-z0-9_.-]{16,320}/g,
  },
  {
    source: 'Slack docs, token types and webhooks',
    hints: ['xox', 'xapp-', 'hooks.slack.com'],
    pattern: () => /\b(?:xox[abcdeoprs]|xapp)-[A-Za-z0-9-]{8,255}|hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,120}/g,
  },
  { source: 'OpenAI and Anthropic keys', hints: ['sk-'], pattern: () => /\bsk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{20,255}/g },
  {
    source: 'Stripe docs, API keys',
    hints: ['sk_', 'rk_', 'whsec_'],
    pattern: () => /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}|\bwhsec_[A-Za-z0-9+/=]{16,255}/g,
  },
  {
    source: 'Google API keys and OAuth tokens',
    hints: ['aiza', 'ya29.', 'gocspx-'],
    pattern: () => /\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,512}|\bGOCSPX-[A-Za-z0-9_-]{20,64}/g,
  },
  { source: 'npm and PyPI token formats', hints: ['npm_', 'pypi-'], pattern: () => /\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{32,512}/g },
  {
    source: 'Hugging Face, DigitalOcean, SendGrid, Databricks, Vault, Linear',
    hints: ['hf_', '_v1_', 'sg.', 'dapi', 'hvs.', 'hvb.', 'hvr.', 'lin_api_'],
    pattern: () =>
      /\b(?:hf_[A-Za-z0-9]{30,64}|do[opr]_v1_[a-f0-9]{64}|SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}|dapi[a-f0-9]{32}|hv[sbr]\.[A-Za-z0-9_-]{20,255}|lin_api_[A-Za-z0-9]{32,64})/g,
  },
  {
    source: 'Model providers: Groq, xAI, Perplexity, Replicate, NVIDIA, Tavily, Amazon Bedrock',
    hints: ['gsk_', 'xai-', 'pplx-', 'r8_', 'nvapi-', 'tvly-', 'absk'],
    pattern: () =>
      /\b(?:gsk_[A-Za-z0-9]{32,128}|xai-[A-Za-z0-9]{40,128}|pplx-[A-Za-z0-9]{32,128}|r8_[A-Za-z0-9]{32,64}|nvapi-[A-Za-z0-9_-]{40,128}|tvly-[A-Za-z0-9-]{20,64}|ABSK[A-Za-z0-9+/]{100,280}={0,2})/g,
  },
  {
    source: 'Registries and builds: Docker, RubyGems, Buildkite, CircleCI, Sonar, Terraform, Pulumi, Postman',
    hints: ['dckr_', 'rubygems_', 'bkua_', 'ccipat_', 'sqp_', 'squ_', 'sqa_', '.atlasv1.', 'pul-', 'pmak-'],
    pattern: () =>
      /\b(?:dckr_[op]at_[A-Za-z0-9_-]{20,64}|rubygems_[a-f0-9]{48}|bkua_[a-z0-9]{40}|CCIPAT_[A-Za-z0-9_]{20,128}|sq[pua]_[a-f0-9]{40}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,128}|pul-[a-f0-9]{40}|PMAK-[a-f0-9]{24}-[a-f0-9]{34})/g,
  },
  {
    source:
      'Clouds and networks: Azure client secrets and shared access signatures, Supabase, PlanetScale, Netlify, Fly, Tailscale, Doppler',
    hints: [
      'q~',
      'sig=',
      'sbp_',
      'sb_secret_',
      'pscale_',
      'nfp_',
      'fm2_',
      'tskey-',
      'dp.pt.',
      'dp.st.',
      'dp.ct.',
      'dp.sa.',
      'dp.scim.',
      'dp.audit.',
    ],
    pattern: () =>
      /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}|(?<=[?&;]sig=)[A-Za-z0-9%+/=]{30,128}|\b(?:sbp_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{20,64}|pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}|nfp_[A-Za-z0-9]{36,64}|fm2_[A-Za-z0-9+/=_-]{40,2048}|tskey-[a-z]{2,12}-[A-Za-z0-9-]{16,128}|dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,80})/g,
  },
  {
    source: 'Services: Atlassian, Grafana, Sentry, New Relic, Shopify, Square, Notion, Figma, Mailgun, Telegram, Discord, 1Password',
    hints: [
      ...[
        'atatt3',
        'atctt3',
        'atbb',
        'glsa_',
        'glc_',
        'sntrys_',
        'sntryu_',
        'nrak-',
        'shpat_',
        'shpss_',
        'shpca_',
        'shppa_',
        'sq0',
        'ntn_',
      ],
      ...['figd_', 'key-', ':aa', '/api/webhooks/', 'ops_eyj'],
    ],
    pattern: () =>
      /\b(?:AT(?:ATT|CTT)3[A-Za-z0-9_=-]{60,400}|ATBB[A-Za-z0-9_=-]{20,64}|glsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2}|sntry[su]_[A-Za-z0-9+/=_-]{40,500}|NRAK-[A-Z0-9]{27}|shp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}|sq0(?:atp|csp)-[A-Za-z0-9_-]{22,64}|ntn_[A-Za-z0-9]{40,64}|figd_[A-Za-z0-9_-]{40,64}|key-[a-f0-9]{32}\b|[0-9]{8,10}:AA[A-Za-z0-9_-]{32,34}|ops_eyJ[A-Za-z0-9+/]{100,2048}={0,3})|(?<=\/api\/webhooks\/[0-9]{16,20}\/)[A-Za-z0-9_-]{60,80}/g,
  },
  {
    source: 'RFC 7519 JSON Web Tokens',
    hints: ['eyj'],
    pattern: () => /\beyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,4096}/g,
  },
  { source: 'age and SOPS keys', hints: ['age-secret'], pattern: () => /\bAGE-SECRET-KEY-1[A-Z0-9]{40,80}/g },
  {
    source: 'RFC 3986 user information',
    hints: ['://'],
    pattern: () => /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/?#@"']{0,256}:)[^\s/?#@"']{1,512}(?=@)/gi,
    replacement: `$1${mask}`,
  },
  {
    source: 'RFC 9110 credentials',
    hints: ['authorization'],
    pattern: () => /(\bauthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:bearer|basic|token|digest|negotiate|apikey)?\s{0,4})[^\s"',]{4,4096}/gi,
    replacement: `$1${mask}`,
  },
  {
    source: 'RFC 6750 bearer tokens',
    hints: ['bearer'],
    pattern: () => /(\bbearer\s{1,4})[A-Za-z0-9._~+/-]{8,4096}={0,2}/gi,
    replacement: `$1${mask}`,
  },
  {
    source: 'Secret headers',
    hints: ['x-', 'private-token', 'cookie'],
    pattern: () => /(\b(?:x-[a-z-]{0,40}(?:key|token|secret)|private-token|cookie|set-cookie)["']?\s{0,4}:\s{0,4})[^\r\n"']{4,4096}/gi,
    replacement: `$1${mask}`,
  },
  // `PGPASSWORD=x`, `api_key: "x"`, `token=x` in a query: the name says it.
  {
    source: 'Assignments',
    hints: [...secretWords, 'pwd'],
    pattern: once(
      () =>
        new RegExp(
          `((?<![A-Za-z0-9])[A-Za-z0-9_.-]{0,60}(?:${secretWord}|pwd)[A-Za-z0-9_]{0,20}["']?\\s{0,4}(?:=|:\\s)\\s{0,4})(?:"[^"\\r\\n]{1,1024}"|'[^'\\r\\n]{1,1024}'|(?!["'$]|process\\.|os\\.)[^\\s"'&;,|)]{3,1024})`,
          'gi',
        ),
    ),
    replacement: `$1${mask}`,
  },
  {
    source: 'Options',
    hints: secretWords,
    pattern: once(
      () =>
        new RegExp(
          `((?<![A-Za-z0-9])--?[a-z-]{0,40}(?:${secretWord})[a-z-]{0,20}\\s{1,4})(?:"[^"\\r\\n]{1,1024}"|'[^'\\r\\n]{1,1024}'|(?!["'$-])[^\\s"']{1,1024})`,
          'gi',
        ),
    ),
    replacement: `$1${mask}`,
  },
  {
    source: 'curl -u, sshpass -p, mysql -p',
    hints: ['curl', 'sshpass', 'mysql'],
    pattern: () =>
      /(\bcurl\b[^\r\n|;&]{0,256}\s(?:-u|--user)[\s=]?["']?[^\s:"']{1,128}:|\bsshpass\s{1,4}-p\s{0,4}|\bmysql(?:dump|admin)?\b[^\r\n|;&]{0,256}\s-p)[^\s"']{1,256}/g,
    replacement: `$1${mask}`,
  },
];

/** Of these every name of a secret contains one, in any letter case. */
const secretNameHints = ['passw', 'passphrase', 'secret', 'token', 'key', 'credential', 'auth', 'pwd', 'cookie', 'bearer'];
const secretName = once(
  () => new RegExp(`(?:^|[^a-z])(?:${secretWord}|pwd|cookie|bearer)(?:$|[^a-z])|(?:password|secret|token|api_?key)s?$`, 'i'),
);
/** Names that end like a secret's and hold none. */
const plainName = /^(?:max|min|num|total|input|output|prompt|completion|cached)[-_]?tokens?$|tokens$|author|keyboard/i;

/** Whether a value of that name is a secret by its name. */
export function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  if (name.length > 200 || !hasOne(lower, secretNameHints)) return false;
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return secretName().test(words) && !plainName.test(name);
}

const allHints = once(() => [...new Set(secretShapes.flatMap(({ hints }) => hints))]);
/** What a secret of fewer than {@link shortest} characters has in it, by whatever shape: a sign that is no letter and no digit. */
const plainWord = /^[A-Za-z0-9/]*$/;
/** Characters of the shortest secret that is made of letters and digits alone, an access key id of AWS. */
const shortest = 20;

/** Whether one of the hints is in a text. For an interpreter: a call for each hint takes longer than to look for it. */
function hasOne(text: string, hints: readonly string[]): boolean {
  for (let index = 0; index < hints.length; index += 1) if (text.includes(hints[index] as string)) return true;
  return false;
}

/** The text with its secrets replaced by {@link mask}. Linear in its length. */
export function redactText(text: string): string {
  if (text.length < shortest && plainWord.test(text)) return text;
  // Most texts hold nothing: compiling twenty patterns to see that would take longer than all else that is done with a call.
  const lower = text.toLowerCase();
  if (!hasOne(lower, allHints())) return text;
  let result = text;
  for (const { pattern, replacement } of secretShapes) result = result.replace(pattern(), replacement ?? mask);
  return result;
}

/** A value without secrets. */
export interface Redacted {
  readonly value: unknown;
  /** JSON pointers (RFC 6901) of the texts in which something was replaced. */
  readonly masked: readonly string[];
}

/** Limits of what is kept of a value. */
export interface RedactLimits {
  /** Characters of one text. */
  readonly text: number;
  /** Members of one list or object. */
  readonly members: number;
  readonly depth: number;
  /** No text of the value looks like a secret, as {@link looksLikeSecret} has said of its JSON. */
  readonly isClean?: boolean;
}

/** Whether something in the JSON of a value may look like a secret: one question for all of its texts. */
export function looksLikeSecret(json: string): boolean {
  return hasOne(json.toLowerCase(), allHints());
}

/** Characters beyond what is kept of a text that are looked at too. */
const margin = 16_384;
/** Characters that are looked at in one value: bounds the time that a large call costs. */
const mostCharacters = 65_536;

const usualLimits: RedactLimits = { text: 3000, members: 100, depth: 8 };

/** A bounded copy of a plain value without secrets. What is cut is said in its place. */
export function redactValue(value: unknown, limits: RedactLimits = usualLimits): Redacted {
  const masked: string[] = [];
  let budget = mostCharacters;
  const visit = (item: unknown, pointer: string, depth: number, secret: boolean): unknown => {
    if (typeof item === 'string' || (secret && typeof item === 'number')) {
      const text = String(item);
      if (text.length > 64 && budget <= 0) return `[${text.length} characters]`;
      budget -= Math.min(text.length, limits.text + margin);
      const clean =
        secret && text !== ''
          ? { text: mask, changed: true }
          : limits.isClean && text.length <= limits.text
            ? { text, changed: false }
            : cutClean(text, limits.text);
      if (clean.changed) masked.push(pointer);
      return clean.text;
    }
    if (typeof item !== 'object' || item === null) return item;
    if (depth >= limits.depth) return '[deeper]';
    if (Array.isArray(item)) {
      const kept: unknown[] = item.slice(0, limits.members).map((each, index) => {
        const before: unknown = item[index - 1];
        return visit(each, `${pointer}/${index}`, depth + 1, secret || (typeof before === 'string' && isSecretOption(before)));
      });
      return item.length > limits.members ? [...kept, `[${item.length - limits.members} more]`] : kept;
    }
    const entries = Object.entries(item);
    const kept: [string, unknown][] = entries.slice(0, limits.members).map(([key, each]) => {
      const name = limits.isClean ? key.slice(0, 200) : redactText(key.slice(0, 200));
      const step = /[~/]/.test(name) ? name.replace(/~/g, '~0').replace(/\//g, '~1') : name;
      return [name, visit(each, `${pointer}/${step}`, depth + 1, secret || isSecretName(key))];
    });
    if (entries.length > limits.members) kept.push(['…', `[${entries.length - limits.members} more]`]);
    return Object.fromEntries(kept);
  };
  return { value: visit(value, '', 0, false), masked };
}

/** `--password`, `-token`: the word after it is a secret. */
function isSecretOption(word: string): boolean {
  return word.startsWith('-') && word.length < 60 && !word.includes('=') && isSecretName(word.replace(/^-+/, ''));
}

/** Redacts and cuts. More is looked at than is kept, so that a secret on the edge of the cut is still seen whole. */
function cutClean(text: string, length: number): { readonly text: string; readonly changed: boolean } {
  const seen = text.slice(0, length + margin);
  const clean = redactText(seen);
  if (clean.length <= length && seen.length === text.length) return { text: clean, changed: clean !== seen };
  // Where a long secret became short, text from the edge moves up: it may begin a secret that could not be recognised.
  const safe = seen.length === text.length ? clean : clean.slice(0, Math.max(0, clean.length - 4096));
  return { text: `${safe.slice(0, length)} [${text.length} characters]`, changed: clean !== seen };
}
