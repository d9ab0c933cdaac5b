import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { generate } from '../oracle/grammar.ts';
import { quote, textOf } from '../oracle/tree.ts';
import { analyze, short } from './everyday-commands.ts';
import { type Figure, median } from './statistics.ts';

const fill = (part: string, length = 65_000): string => part.repeat(Math.max(1, Math.floor(length / part.length)));

/** Inputs of nearly 64 KiB made to be as slow as they can. */
export const worst: Readonly<Record<string, string>> = {
  'many commands': fill('rm a; '),
  'many pipes': `${fill('cat | ')}cat`,
  'many words': `rm ${fill('abc ')}`,
  'many and': `${fill('true && ')}true`,
  'many or': `${fill('alpha || ')}true`,
  subshells: `${'('.repeat(32_000)}a${')'.repeat(32_000)}`,
  substitutions: `${'$('.repeat(21_000)}a${')'.repeat(21_000)}`,
  'default values': `a ${'${x:-'.repeat(10_000)}y${'}'.repeat(10_000)}`,
  braces: `a ${'{b,c}'.repeat(12_000)}`,
  'open braces': `a ${'{'.repeat(60_000)}`,
  'open braces with commas': `a ${'{a,'.repeat(20_000)}`,
  'nested braces': `a ${'{a,'.repeat(15_000)}b${'}'.repeat(15_000)}`,
  'many brace words': fill('a {b,c,d}{e,f}{1..9}; '),
  'long loop': `for i in ${fill('a ', 60_000)}; do alpha "$i"; rm "$i"; done`,
  'nested loops': `${'for i in 1 2 3 4 5 6 7 8 9; do '.repeat(8)}alpha $i${'; done'.repeat(8)}`,
  'loops without end': `x=a; ${fill('while alpha; do x=$x$y; done; ', 60_000)}`,
  'functions calling functions': `${Array.from({ length: 900 }, (_, i) => `f${i}() { f${i + 1}; f${i + 1}; }`).join('\n')}\nf0`,
  'eval chain': `x=alpha; ${fill('eval "x=\\"\\$x a\\""; ', 60_000)}`,
  'value that doubles': `x=aaaaaaaaaaaaaaaa; ${fill('x=$x$x; ', 60_000)}rm "$x"`,
  'suffix removed': `x=${'a'.repeat(60_000)}; echo "\${x%%*b}" "\${x##*b}" "\${x//a*b/c}"`,
  'suffix with stars': `x=${'a'.repeat(60_000)}; echo "\${x%%*a*a*a*a*a*b}" "\${x/*a*a*a*b/c}"`,
  'case with stars': `x=${'a'.repeat(60_000)}; case $x in *a*a*a*a*a*a*a*b) rm a;; esac`,
  'test with stars': `x=${'a'.repeat(60_000)}; [[ $x == *a*a*a*a*a*a*a*b ]] && rm a`,
  'extended patterns': `x=${'a'.repeat(60_000)}; case $x in +(a|+(a|aa))b) rm a;; esac`,
  'many variables': `${Array.from({ length: 4500 }, (_, i) => `v${i}=$v${i - 1}x`).join('\n')}`,
  'ways that meet': fill('if a; then x=1; else x=2; fi; '),
  'ways with values': fill('a && x=$x$y; rm "$x$y"; '),
  'here-documents': fill('cat <<E\n$x\nE\n'),
  'one here-document': `sh <<'E'\n${fill('rm a; ', 60_000)}\nE`,
  'quoted text': `echo ${quote('a'.repeat(60_000))} | sh`,
  'shells in shells': Array.from({ length: 9 })
    .reduce<string>((inner) => `sh -c ${quote(inner)}`, 'rm a')
    .slice(0, 65_000),
  'wrappers in a row': `${fill('env ', 60_000)}rm a`,
  'xargs with many words': `echo ${fill('ab ', 60_000)} | xargs -n1 rm`,
  slashes: `rm ${'/'.repeat(60_000)}a ${'../'.repeat(1000)}`,
  'dots in a path': `cd ${'a/../'.repeat(12_000)}b && rm x`,
  'tildes and colons': `x=${'~:'.repeat(30_000)}; rm $x`,
  dollars: `a ${'$'.repeat(60_000)}`,
  backticks: `a ${'`'.repeat(60_000)}`,
  quotes: `a ${`"'`.repeat(30_000)}`,
  backslashes: `echo -e '${'\\'.repeat(60_000)}' | sh`,
  arithmetic: `a $((${fill('1+', 60_000)}1))`,
  arrays: `x=(${fill('a ', 30_000)}); ${fill('x+=(b); ', 30_000)} rm "\${x[@]}"`,
  positional: `set -- ${fill('a ', 30_000)}; ${fill('shift; rm $1; ', 30_000)}`,
  globs: `rm ${fill('*a*b*c* ', 60_000)}`,
  'files made': fill('echo a > f; cat f; '),
  'many files made': Array.from({ length: 4000 }, (_, i) => `echo a > f${i}`).join('\n'),
  'empty lines for sed': `sed -i '${fill('\n ')}x' .husky/pre-commit`,
  'empty lines for another language': `R -e '${fill('\n ')}x'`,
  'empty lines for a database': `psql -c '${fill('\n ')}x'`,
  'brackets as numbers': `let '${fill('[[')}'`,
  'open brackets': `split a '${fill('[[')}'`,
  'names that call': `node -e '${fill('$')}'`,
  'braces for parallel': `parallel '${fill('{')}'`,
  'folders in a target': `mv a b '${fill('s/')}' d`,
};

/** A script as an agent would write it. */
const usual = `#!/usr/bin/env bash
set -euo pipefail
ROOT="$(cd "$(dirname "\${BASH_SOURCE[0]}")/.." && pwd)"
OUT="$ROOT/build/report"
LOG="$OUT/run.log"
MODE="\${1:-all}"

log() {
  local level="$1"; shift
  printf '[%s] %s: %s\\n' "$(date +%H:%M:%S)" "$level" "$*" | tee -a "$LOG"
}

need() {
  if ! command -v "$1" >/dev/null 2>&1; then
    log error "$1 is missing"
    exit 1
  fi
}

build_package() {
  local name="$1"
  local dir="$ROOT/packages/$name"
  if [ ! -f "$dir/package.json" ]; then
    log warn "no package in $dir"
    return 0
  fi
  (cd "$dir" && npm run build --silent && npm run docs --silent)
  cp -r "$dir/dist" "$OUT/$name"
  log info "built $name"
}

mkdir -p "$OUT"
: > "$LOG"
for tool in node npm git jq tar; do need "$tool"; done

cat > "$OUT/config.json" <<EOF
{
  "root": "$ROOT",
  "mode": "$MODE",
  "stamp": "$(git rev-parse --short HEAD)",
  "branch": "$(git branch --show-current)"
}
EOF

case "$MODE" in
  all)
    for package in core web cli docs; do
      build_package "$package"
    done
    ;;
  lint)
    npx eslint "$ROOT/src" --ext .ts,.tsx --max-warnings 0 || log warn "lint failed"
    npx prettier --check "$ROOT/src" || log warn "the style differs"
    ;;
  *)
    log error "unknown mode $MODE"
    exit 2
    ;;
esac

count=0
while IFS= read -r file; do
  lines=$(wc -l < "$file")
  if [ "$lines" -gt 500 ]; then
    log warn "$file has $lines lines"
    count=$((count + 1))
  fi
done < <(find "$ROOT/src" -name '*.ts' -not -path '*/generated/*')

jq -r '.scripts | keys[]' "$ROOT/package.json" | sort | while read -r script; do
  echo "script: $script"
done

if [ "$count" -gt 0 ]; then
  git diff --name-only origin/main...HEAD | grep -E '[.]tsx?$' | xargs -r npx prettier --check
fi

npm test -- --reporter dot 2>&1 | tail -n 20 >> "$LOG"
tar czf "$OUT.tgz" -C "$ROOT/build" report
log info "done: $count long files"
`;

/** What is promised of the analysis: its speed with common, long and malicious input, and its memory. */
export function benchAnalysis(): readonly Figure[] {
  for (let i = 0; i < 3000; i++) analyze(short[i % short.length] ?? '');
  const rates = Array.from({ length: 5 }, () => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < 20_000; i++) analyze(short[i % short.length] ?? '');
    return 20_000 / (Number(process.hrtime.bigint() - start) / 1e9);
  });
  const once = (command: string): number => {
    const start = process.hrtime.bigint();
    analyze(command);
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  const time = (command: string): number => Math.min(once(command), once(command), once(command));
  const scripts = Array.from({ length: 60 }, (_, i) => {
    let text = '';
    for (let seed = 5000 + i * 10; text.length < 2000; seed++) text += `${textOf(generate(seed).tree)}\n`;
    return text.slice(0, 2000);
  });
  for (const script of scripts) analyze(script);
  for (let i = 0; i < 500; i++) analyze(usual);
  const usuals = Array.from({ length: 101 }, () => once(usual));
  const slowest = Object.entries(worst).map(([name, command]) => ({ name, took: time(command) }));
  slowest.sort((a, b) => b.took - a.took);
  if (process.env['BENCH_DETAILS']) for (const { name, took } of slowest) console.log(`${took.toFixed(1).padStart(9)} ms  ${name}`);
  return [
    {
      what: 'short commands analysed',
      how: 'one thread, 20 everyday commands, median of 5',
      value: median(rates),
      unit: '/s',
      budget: 50_000,
      best: 'high',
    },
    {
      what: 'usual script of 2 kB',
      how: 'functions, loops, here-documents; median of 101, warmed up like the short commands',
      value: median(usuals),
      unit: 'ms',
      budget: 1,
      best: 'low',
    },
    {
      what: 'random script of 2 kB',
      how: 'median of 60 from the grammar of the oracle: a hundred lines of nothing but what makes shells hard to follow',
      value: median(scripts.map(time)),
      unit: 'ms',
      budget: 5,
      best: 'low',
    },
    {
      what: 'worst of 64 KiB',
      how: `${slowest.length} malicious inputs; slowest: ${slowest[0]?.name}`,
      value: slowest[0]?.took ?? Number.NaN,
      unit: 'ms',
      budget: 50,
      best: 'low',
    },
    {
      what: 'memory after 20,000 different commands',
      how: 'resident set of a process that does only that',
      value: Number(spawnSync(process.execPath, [join(import.meta.dirname, 'memory-child.ts')], { encoding: 'utf8' }).stdout) / 1e6,
      unit: 'MB',
      budget: 200,
      best: 'low',
    },
  ];
}
