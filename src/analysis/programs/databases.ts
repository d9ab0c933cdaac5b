import type { Act } from '../../model/act.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { display, known, type Text, unknownFrom } from '../shell/value.ts';
import { parseSql } from '../sql.ts';
import type { Program } from './registry.ts';
import { type CommandLine, commandLine, does, kindOf, verbProgram } from './verbs.ts';

/** Database clients and what moves their schemas. Source: the clients' manuals. */

/** The statements of a text, each with what it does; a client's own commands are taken out by `escapes` first. */
function statements(call: Invocation, text: Text, escapes?: (line: string) => boolean): void {
  const source = known(text) ?? display(text);
  const isKnown = known(text) !== undefined;
  const kept =
    escapes === undefined
      ? source
      : source
          .split('\n')
          .filter((line) => !escapes(line))
          .join('\n');
  for (const statement of parseSql(kept)) {
    call.run.emit({
      kind: statement.reads ? 'read' : 'write',
      certainty: isKnown ? 'exact' : 'approximate',
      statement: statement.text.slice(0, 2000),
      ...(statement.act ? { act: statement.act } : {}),
    });
    if (statement.isComputed) call.opaque('a statement that is put together while it runs');
    const program = /\bprogram\s+(?:e?'((?:''|[^'])*)')/i.exec(statement.text)?.[1];
    if (statement.verb === 'copy' && program !== undefined) call.shell(program.replaceAll("''", "'"));
    const file =
      /^\s*copy\b[\s\S]*\bto\s+e?'([^']+)'/i.exec(statement.text)?.[1] ??
      /\binto\s+(?:out|dump)file\s+['"]([^'"]+)/i.exec(statement.text)?.[1];
    if (file !== undefined) call.write(file);
    if (/\bxp_cmdshell\b/i.test(statement.text)) call.opaque('xp_cmdshell');
    if (/\b(?:sys_exec|sys_eval|lo_export|pg_read_file|load_file)\s*\(/i.test(statement.text))
      call.opaque('a function that reaches the machine of the database');
  }
  if (!isKnown && !/^\s*(?:select|show|explain|describe|desc|with)\b/i.test(source))
    call.run.emit({ kind: 'unknown', certainty: 'opaque', evidence: 'a statement that cannot be known' });
}

/** A library that a statement loads into the database is code. Source: SQLite's `load_extension`, PostgreSQL's `LOAD`. */
const loads = /\bload_extension\s*\(|^[ \t]*load\s+'/im;

/** Statements from the command line, from files, else from what comes through a pipe. */
function feed(call: Invocation, texts: readonly Text[], files: readonly Text[], escapes?: (line: string) => boolean): void {
  for (const text of texts) {
    if (loads.test(known(text) ?? '')) call.opaque('a library that a statement loads');
    statements(call, text, escapes);
  }
  for (const file of files) {
    if (known(file) !== '-') call.read(file);
    const content = known(file) === '-' ? call.io.input : call.content(file);
    if (content) statements(call, content.text, escapes);
  }
  if (texts.length === 0 && files.length === 0 && call.io.input) statements(call, call.io.input.text, escapes);
}

const psqlValues =
  '-c --command -f --file -d --dbname -h --host -p --port -U --username -v --set --variable -o --output -L --log-file -F --field-separator -R --record-separator -P --pset -T --table-attr';

/** psql: `\!` is a shell, `\copy … program` and `\o |` start programs, `\i` reads a file. */
function psql(call: Invocation): Result {
  const line = commandLine(call.args, { values: psqlValues });
  for (const out of line.all('-o', '--output', '-L', '--log-file')) if (!display(out).startsWith('|')) call.write(out);
  const escapes = (text: string): boolean => {
    // What follows a statement in its line is a command of psql, too: `SELECT 1 \g |sh`.
    const match = /^((?:[^'\\]|'[^']*')*)\\([^\s|]*)\s*([\s\S]*)$/.exec(text);
    if (!match) return false;
    const [, before = '', name = '', rest = ''] = match;
    if (name === 'gexec') call.opaque('statements that a query writes');
    const piped = /^\|\s*([\s\S]*)$/.exec(rest)?.[1] ?? /\bprogram\s+'([^']*)'/i.exec(rest)?.[1];
    if (name.startsWith('!')) call.shell(`${name.slice(1)} ${rest}`);
    else if (piped !== undefined) call.shell(piped);
    else if (/^(?:i|ir|include|include_relative)$/.test(name)) feed(call, [], [rest.trim()], escapes);
    else if (/^(?:o|out|w|write|s|gx?)$/.test(name) && rest.trim() !== '') call.write(rest.trim());
    else if (name === 'copy' && /\bto\s+'?([^\s']+)/i.test(rest)) call.write(/\bto\s+'?([^\s']+)/i.exec(rest)?.[1] ?? '');
    return before.trim() === '';
  };
  feed(call, line.all('-c', '--command'), line.all('-f', '--file'), escapes);
  return { out: unknownFrom('unknown-output') };
}

const mysqlValues =
  '-e --execute -h --host -P --port -u --user -D --database -S --socket --defaults-file --defaults-extra-file --protocol --init-command --default-character-set --pager --tee';

function mysql(call: Invocation): Result {
  const line = commandLine(
    call.args.filter((arg) => !/^-p./.test(known(arg) ?? '')),
    { values: mysqlValues },
  );
  for (const file of line.all('--defaults-file', '--defaults-extra-file')) call.read(file);
  const escapes = (text: string): boolean => {
    const command = /^\s*(?:\\!|system\s)\s*([\s\S]*?);?$/i.exec(text)?.[1];
    if (command !== undefined) call.shell(command);
    const source = /^\s*(?:\\\.|source\s)\s*(\S+?);?$/i.exec(text)?.[1];
    if (source !== undefined) feed(call, [], [source]);
    return command !== undefined || source !== undefined;
  };
  feed(call, [...line.all('-e', '--execute', '--init-command')], [], escapes);
  return { out: unknownFrom('unknown-output') };
}

/** sqlite3 and duckdb: dot commands reach the machine. */
function sqlite(call: Invocation): Result {
  const line = commandLine(call.args, { singleDash: true, values: '-cmd -init -separator -newline -nullvalue -c -s -f' });
  const [file, ...texts] = line.words;
  const escapes = (text: string): boolean => {
    const match = /^\s*\.(\w+)\s*([\s\S]*)$/.exec(text);
    if (!match) return false;
    const [, name = '', rest = ''] = match;
    const argument = rest.trim().replace(/^['"]|['"]$/g, '');
    if (/^(?:shell|system|sh)$/.test(name)) call.shell(rest);
    else if (/^(?:output|once|out)$/.test(name) && argument !== '' && argument !== 'stdout')
      argument.startsWith('|') ? call.shell(argument.slice(1)) : call.write(argument.split(/\s/).at(-1) ?? '');
    else if (/^(?:read|import)$/.test(name))
      argument.startsWith('|')
        ? call.shell(argument.slice(1))
        : name === 'read'
          ? feed(call, [], [argument], escapes)
          : call.read(argument.split(/\s/)[0] ?? '');
    else if (/^(?:backup|save|clone|dump_to)$/.test(name)) call.write(argument.split(/\s/).at(-1) ?? '');
    else if (/^(?:load|archive|ar|restore|edit|excel)$/.test(name)) call.opaque(`.${name} of ${call.name}`);
    return true;
  };
  for (const init of line.all('-init', '-f')) feed(call, [], [init], escapes);
  if (file !== undefined && known(file) !== ':memory:') call.read(file);
  const before = call.run.effects.length;
  feed(call, [...line.all('-cmd', '-c', '-s', '--cmd'), ...texts], [], escapes);
  // What changes the database changes its file.
  if (
    file !== undefined &&
    known(file) !== ':memory:' &&
    !line.has('-readonly', '--readonly') &&
    call.run.effects.slice(before).some((effect) => effect.statement !== undefined && effect.kind === 'write')
  )
    call.change(file);
  return { out: unknownFrom('unknown-output') };
}

/** Clients that take statements by one option. */
function client(values: string, texts: readonly string[], files: readonly string[]): Program {
  return (call) => {
    const line = commandLine(call.args, { values });
    feed(call, line.all(...texts), line.all(...files));
    return { out: unknownFrom('unknown-output') };
  };
}

const mongoActs: readonly (readonly [RegExp, Act])[] = [
  [/\.dropDatabase\s*\(/, 'db.drop'],
  [/\.drop(?:Index(?:es)?|User|Role|AllUsersFromDatabase)?\s*\(/, 'db.drop'],
  [/\.(?:deleteMany|remove)\s*\(\s*(?:\{\s*\}\s*)?[,)]/, 'db.delete-all'],
  [/\.(?:updateMany|update)\s*\(\s*\{\s*\}/, 'db.update-all'],
  [
    /\.(?:deleteOne|deleteMany|remove|update\w*|insert\w*|replaceOne|bulkWrite|renameCollection|createCollection|findOneAnd\w+)\s*\(/,
    'db.write',
  ],
  [/["']?\b(?:dropDatabase|drop)["']?\s*:\s*(?:1|["'])/, 'db.drop'],
  [/\$(?:out|merge)\b/, 'db.write'],
];

function mongo(call: Invocation): Result {
  const line = commandLine(call.args, {
    values: '--eval -f --file --host --port -u --username -p --password --authenticationDatabase --db',
  });
  const scripts = [...line.words.filter((word) => /\.m?js$/.test(known(word) ?? '')), ...line.all('-f', '--file')];
  const texts: Text[] = [...line.all('--eval')];
  for (const file of scripts) {
    call.read(file);
    const content = call.content(file);
    if (content) texts.push(content.text);
  }
  if (texts.length === 0 && call.io.input) texts.push(call.io.input.text);
  for (const text of texts) {
    const source = known(text);
    if (source === undefined) call.opaque('code of mongosh that cannot be known');
    const code = (source ?? display(text)).replace(/\/\*[\s\S]*?\*\//g, ' ');
    const found = mongoActs.find(([pattern]) => pattern.test(code));
    if (found) call.act(found[1], code.slice(0, 120), kindOf(found[1]));
    // `db['drop' + 'Database']()` is called by a name that nobody reads.
    if (/\bdb\b[^;\n]*\[(?!\s*(?:\d+|'[\w.]+'|"[\w.]+")\s*\])[^\]]*\]\s*\(/.test(code))
      call.opaque('a method of mongosh that cannot be known');
    if (/\b(?:require|process|child_process|eval|Function|fs|load|runProgram|cat)\s*[(.]/.test(code))
      call.opaque('code of mongosh that reaches the machine');
  }
  return { out: unknownFrom('unknown-output') };
}

const redisActs: Readonly<Record<string, Act>> = {
  FLUSHALL: 'db.flush',
  FLUSHDB: 'db.flush',
  SHUTDOWN: 'service.change',
  DEBUG: 'db.flush',
  SWAPDB: 'db.update-all',
  REPLICAOF: 'db.flush',
  SLAVEOF: 'db.flush',
};
const redisReads =
  /^(?:GET|MGET|KEYS|SCAN|[HSZ]SCAN|HGETALL|HGET|HMGET|HKEYS|HVALS|HLEN|LRANGE|LLEN|LINDEX|SMEMBERS|SCARD|SISMEMBER|ZRANGE\w*|ZCARD|ZSCORE|TTL|PTTL|TYPE|EXISTS|DBSIZE|INFO|PING|ECHO|TIME|MEMORY|OBJECT|STRLEN|XRANGE|XLEN|XINFO|CLIENT|COMMAND|LATENCY|SLOWLOG|MONITOR|SUBSCRIBE|PSUBSCRIBE|ROLE|SELECT|AUTH|HELLO|GETRANGE|RANDOMKEY|DUMP|LASTSAVE|WAIT|PUBSUB|CLUSTER|MODULE|ACL|GEO\w*)$/;

function redis(call: Invocation): Result {
  const line = commandLine(call.args, {
    values: '-h -p -a -u -n -r -i -s -x -D --user --pass --eval --pattern --cluster --cacert --cert --key --tls -d',
  });
  const lines: (readonly Text[])[] = [line.words];
  if (line.words.length === 0 && call.io.input)
    lines.push(...(known(call.io.input.text) ?? '').split('\n').map((text) => text.trim().split(/\s+/)));
  for (const [verb, argument, ...rest] of lines) {
    const name = known(verb ?? '')?.toUpperCase();
    if (verb === undefined || name === '') continue;
    if (name === undefined) {
      call.opaque('a command of redis that cannot be known');
      continue;
    }
    const act = redisActs[name];
    if (act) call.act(act, `redis ${name}`, kindOf(act));
    else if (name === 'CONFIG' && /^(?:set|rewrite)$/i.test(known(argument ?? '') ?? 'set'))
      call.act(
        rest.some((word) => /^(?:dir|dbfilename|rename-command|requirepass)$/i.test(known(word) ?? '')) || argument === undefined
          ? 'code.unknown'
          : 'db.write',
        'redis CONFIG SET',
      );
    else if (name === 'CONFIG') continue;
    else if (name === 'EVAL' && /flush(?:all|db)/i.test(display(argument ?? ''))) call.act('db.flush', 'redis EVAL', 'delete');
    else if (
      /^(?:DEL|UNLINK)$/.test(name) &&
      [argument, ...rest].some((word) => word !== undefined && (known(word) === '*' || known(word) === undefined))
    )
      call.act('db.delete-all', `redis ${name}`, 'delete');
    else if (!redisReads.test(name)) call.act('db.write', `redis ${name}`, 'write');
  }
  return { out: unknownFrom('unknown-output') };
}

function restore(call: Invocation): Result | undefined {
  const line = commandLine(call.args, {
    values: '-d --dbname -h --host -p --port -U --username -f --file -j --jobs -t --table -n --schema -F --format',
  });
  for (const file of line.words) call.read(file);
  if (line.has('-c', '--clean')) call.act('db.drop', `${call.name} --clean`, 'delete');
  else if (!line.has('-l', '--list') && !line.has('-f', '--file')) call.act('db.write', call.name, 'write');
  return undefined;
}

function dump(call: Invocation): Result {
  const line: CommandLine = commandLine(call.args, {
    values:
      '-f --file -d --dbname -h --host -p --port -U --username -t --table -n --schema -F --format -r --result-file -o --out -u --user --tab -T',
  });
  for (const out of line.all('-f', '--file', '-r', '--result-file', '-o', '--out')) call.write(out);
  return { out: unknownFrom('unknown-output') };
}

const drops = (evidence?: string): Program =>
  does(
    (call) =>
      call.args.some((arg) => /^(?:--help|--version)$/.test(known(arg) ?? '')) || call.act('db.drop', evidence ?? call.name, 'delete'),
  );

/** `rails db:drop`, `manage.py flush`, `artisan migrate:fresh`: the words that empty a database, in the tools that move schemas. */
const migrations: Readonly<Record<string, string>> = {
  prisma: `
    migrate reset                          db.drop
    db push --force-reset|--accept-data-loss  db.drop
    migrate|db deploy|push|execute|seed|dev   db.write
  `,
  rails: `
    db:drop*|db:reset|db:migrate:reset|db:schema:load|db:purge|db:truncate_all|db:setup  db.drop
    db:migrate*|db:rollback|db:seed*       db.write
    credentials:show|secrets:show|credentials:edit  secret.print
    destroy                                none
  `,
  alembic: 'downgrade !--sql  db.drop',
  'django-admin': `
    flush|reset_db                         db.flush
    migrate * zero                         db.drop
    migrate                                db.write
  `,
  knex: `
    migrate:rollback --all                 db.drop
    migrate:*                              db.write
  `,
  sequelize: 'db:drop|db:migrate:undo:all  db.drop',
  'sequelize-cli': 'db:drop|db:migrate:undo:all  db.drop',
  typeorm: 'schema:drop  db.drop',
  'typeorm-ts-node-commonjs': 'schema:drop  db.drop',
  'typeorm-ts-node-esm': 'schema:drop  db.drop',
  'mikro-orm': `
    schema:drop|schema:fresh|migration:fresh  db.drop
    database:drop                          db.drop
  `,
  'drizzle-kit': `
    drop                                   db.drop
    push --force                           db.drop
  `,
  artisan: 'migrate:fresh|migrate:reset|migrate:refresh|db:wipe  db.drop',
  dbmate: 'drop  db.drop',
  flyway: 'clean  db.drop',
  liquibase: 'drop-all|dropAll  db.drop',
  goose: 'reset|down-to  db.drop',
  migrate: 'drop|down  db.drop',
  diesel: `
    database reset|drop                    db.drop
    migration revert                       db.write
  `,
  sqlx: 'database drop|reset  db.drop',
  'doctrine:database': 'drop  db.drop',
  hasura: 'metadata clear  db.drop',
  atlas: 'schema clean  db.drop',
  rabbitmqctl: `
    reset|force_reset                      db.drop
    delete_*|purge_queue                   cloud.delete
  `,
  etcdctl: `
    del --prefix|--from-key                db.drop
    del                                    cloud.delete
  `,
  influx: 'delete  db.delete-all',
  mysqladmin: `
    drop                                   db.drop
    shutdown|kill|flush-*                  service.change
    * drop                                 db.drop
  `,
  dynamodb: 'delete-table  db.drop',
};

/** Scripts of frameworks that interpreters start: `python manage.py flush`, `php artisan migrate:fresh`, `bin/rails db:drop`. */
function console(call: Invocation): Result | Outcome | undefined {
  const words = commandLine(call.args, {}).words.map((word) => known(word) ?? '');
  if (words.some((word) => /^doctrine:(?:database|schema):drop$/.test(word))) call.act('db.drop', 'doctrine:database:drop', 'delete');
  return undefined;
}

/** `rails runner CODE`, and what is typed into `rails console`. */
function railsCode(call: Invocation, words: readonly (string | undefined)[]): Outcome | undefined {
  if (/^(?:runner|r)$/.test(words[0] ?? '') && words[1] !== undefined)
    return call.start(/^[\w./-]+\.rb$/.test(words[1]) ? ['ruby', words[1]] : ['ruby', '-e', words[1]]);
  return /^(?:console|c)$/.test(words[0] ?? '') && call.io.input ? call.start(['ruby', '-e', call.io.input.text]) : undefined;
}

/** Kafka's own scripts. */
function topics(call: Invocation): undefined {
  if (call.args.some((arg) => known(arg) === '--delete')) call.act('db.drop', 'kafka-topics --delete', 'delete');
}

/** BigQuery: `bq query STATEMENT`. */
export function bigQuery(call: Invocation, texts: readonly Text[]): void {
  feed(call, texts, []);
}

export const databasePrograms: Readonly<Record<string, Program>> = {
  psql,
  pgcli: psql,
  mysql,
  mariadb: mysql,
  mycli: mysql,
  sqlite3: sqlite,
  sqlite: sqlite,
  duckdb: sqlite,
  litecli: sqlite,
  sqlcmd: client('-Q -q -i -S -U -P -d -o -s -h -W', ['-Q', '-q'], ['-i']),
  'mssql-cli': client('-Q -i -S -U -P -d', ['-Q'], ['-i']),
  sqlplus: client('-s -l', [], []),
  cqlsh: client('-e --execute -f --file -u -p -k', ['-e', '--execute'], ['-f', '--file']),
  'clickhouse-client': client(
    '-q --query -h --host --port -u --user --password -d --database --queries-file',
    ['-q', '--query'],
    ['--queries-file'],
  ),
  clickhouse: client('-q --query -h --host --port -u --user --password -d --database', ['-q', '--query'], []),
  cockroach: client('-e --execute -f --file --url --host -d', ['-e', '--execute'], ['-f', '--file']),
  snowsql: client('-q --query -f --filename -a -u -d', ['-q', '--query'], ['-f', '--filename']),
  trino: client('--execute -f --file --server --catalog --schema', ['--execute'], ['-f', '--file']),
  usql: client('-c --command -f --file', ['-c', '--command'], ['-f', '--file']),
  isql: client('-i -o -u -p', [], ['-i']),
  mongo,
  mongosh: mongo,
  'redis-cli': redis,
  'valkey-cli': redis,
  'keydb-cli': redis,
  dropdb: drops(),
  dropuser: drops(),
  createdb: () => undefined,
  mongorestore: does((call) => call.act(call.args.some((arg) => known(arg) === '--drop') ? 'db.drop' : 'db.write', call.name, 'write')),
  pg_restore: restore,
  pg_dump: dump,
  pg_dumpall: dump,
  mysqldump: dump,
  mongodump: dump,
  pg_resetwal: drops('pg_resetwal'),
  pg_dropcluster: drops('pg_dropcluster'),
  ...Object.fromEntries(
    Object.entries(migrations).map(([name, table]) => [
      name,
      verbProgram(
        table,
        { values: '--schema -c -n -h -u -P -S --host --user --database -path -database --config -x --settings --file --url' },
        (call, line) => {
          if (line.words.some((word) => known(word) === 'execute')) feed(call, [], line.all('--file'));
          return name === 'rails'
            ? railsCode(
                call,
                line.words.map((word) => known(word)),
              )
            : undefined;
        },
      ),
    ]),
  ),
  'kafka-topics': topics,
  'kafka-topics.sh': topics,
  'manage.py': verbProgram(migrations['django-admin'] ?? '', {}, console),
  console,
};
