import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { display, known, type Text, unknownFrom } from '../shell/value.ts';
import { elsewhere } from './containers.ts';
import { bigQuery } from './databases.ts';
import type { Program } from './registry.ts';
import { type CommandLine, commandLine, judgeVerb, type LineGrammar, readNamedSecrets, verbProgram, verbs, does } from './verbs.ts';

/** Command lines of clouds, of infrastructure as code and of password stores. Source: their references. */

const awsValues =
  '--profile --region --output --endpoint-url --query --cli-input-json --instance-ids --bucket --key --name --function-name --stack-name --body --secret-id --role-arn --role-session-name --exclude --include --acl';

const awsTable = verbs(`
  s3 rm|rb|sync|mv --dryrun                    none
  s3 rb --force                                cloud.destroy
  s3 rm --recursive                            cloud.destroy
  s3 sync|mv --delete                          cloud.delete
  s3 rm|rb !--dryrun                           cloud.delete
  s3api delete-bucket|delete-objects           cloud.destroy
  s3api put-bucket-acl|put-bucket-policy|put-public-access-block|delete-public-access-block  cloud.change
  ec2 terminate-instances !--dry-run           cloud.destroy
  rds delete-db-*                              cloud.destroy
  dynamodb delete-table|delete-backup          cloud.destroy
  cloudformation delete-stack*                 cloud.destroy
  kms schedule-key-deletion|disable-key        cloud.destroy
  iam delete-*|detach-*|remove-*               cloud.delete
  organizations leave-organization|delete-*|close-account  cloud.destroy
  * delete-*|terminate-*|deregister-*|purge-*|remove-*|destroy-*|batch-delete-* !--dry-run  cloud.delete
  secretsmanager get-secret-value|batch-get-secret-value  secret.print
  ssm get-parameter* --with-decryption         secret.print
  sts get-session-token|assume-role*|get-federation-token  secret.print
  ecr get-login-password|get-authorization-token secret.print
  ecr-public get-login-password                secret.print
  iam create-access-key                        secret.print
  configure get                                secret.print
  configure export-credentials                 secret.print
  codeartifact get-authorization-token         secret.print
  eks get-token                                secret.print
  rds generate-db-auth-token                   secret.print
  iam put-*|attach-*|create-*|update-*|add-*   cloud.change
  * create-*|update-*|put-*|modify-*|run-*|start-*|stop-*|reboot-*|attach-*|detach-*|set-*|publish* !--dry-run  cloud.change
`);

function aws(call: Invocation): Result | undefined {
  const line = commandLine(call.args, { values: awsValues });
  const [service, verb, from, to] = line.words.map((word) => known(word));
  if (service === 'configure' && verb === 'get' && !/secret|token|key/i.test(from ?? 'secret')) return undefined;
  if (service === 's3' && /^(?:cp|mv|sync)$/.test(verb ?? '')) {
    const remote = to?.startsWith('s3://') ?? true;
    if (line.words[2] !== undefined && !from?.startsWith('s3://'))
      call.read(line.words[2], remote && call.isSecret(line.words[2]) ? { act: 'secret.send' } : {});
    if (remote && line.words[3] !== undefined && !from?.startsWith('s3://')) call.network(line.words[3], 'net.upload');
    if (!remote && line.words[3] !== undefined && to !== '-') call.write(line.words[3], { content: unknownFrom('download') });
    if (!remote && line.has('--delete') && line.words[3] !== undefined) {
      call.remove(line.words[3], { recursive: true, evidence: 'sync --delete' });
      return undefined;
    }
  } else
    readNamedSecrets(
      call,
      [...line.words, ...line.all('--body', '--cli-input-json', '--zip-file', '--secret-string')].map(withoutFileUrl),
      'secret.send',
    );
  judgeVerb(call, line, awsTable);
  return service === 's3' && to === '-' ? { out: unknownFrom('download') } : undefined;
}

function withoutFileUrl(text: Text): Text {
  return (known(text) ?? '').replace(/^(?:fileb?|file):\/\//, '');
}

const gcloudTable = `
  auth print-*                               secret.print
  auth application-default print-access-token secret.print
  secrets versions access                    secret.print
  projects delete                            cloud.destroy
  sql instances|databases delete             cloud.destroy
  container clusters delete                  cloud.destroy
  storage rm --recursive|-r|-R               cloud.destroy
  storage buckets delete                     cloud.destroy
  storage rm                                 cloud.delete
  delete                                     cloud.delete
  * delete                                   cloud.delete
  * * delete*                                cloud.delete
  * * * delete*                              cloud.delete
  * remove-iam-policy-binding                cloud.delete
  * * remove-iam-policy-binding              cloud.delete
  app|run|functions deploy                   cloud.change
  * * create|update|deploy|start|stop|reset|resize|add-*|set-*  cloud.change
`;

const azTable = `
  group delete                               cloud.destroy
  account get-access-token                   secret.print
  keyvault secret show|download              secret.print
  keyvault delete|purge                      cloud.destroy
  storage account keys list                  secret.print
  acr credential show                        secret.print
  cosmosdb keys list                         secret.print
  ad sp create-for-rbac                      secret.print
  ad sp credential reset                     secret.print
  storage blob delete-batch                  cloud.destroy
  * delete*|purge                            cloud.delete
  * * delete*|purge                          cloud.delete
  * * * delete*|purge                        cloud.delete
  * create|update|start|stop|restart|set|deploy  cloud.change
  * * create|update|start|stop|restart|set|deploy  cloud.change
`;

const platforms = `
  down                                       cloud.delete
  auth:token                                 secret.print
  authorizations:create                      secret.print
  config:get                                 secret.print
  config -s|--shell|--json|-j                secret.print
  config                                     secret.print
  apps:destroy|addons:destroy|pg:reset|destroy  cloud.destroy
  apps|postgres|volumes|volume|postgresql|machine|machines|app destroy|rm|remove|delete  cloud.destroy
  pg:psql                                    none
  *:destroy|*:remove|*:reset|*:kill          cloud.delete
  auth token                                 secret.print
  tokens create                              secret.print
  secrets unset|remove                       cloud.delete
  env rm|remove                              cloud.delete
  env pull                                   secret.print
  env ls|list --json                         none
  rm|remove|delete|destroy                   cloud.delete
  * rm|remove|delete|destroy                 cloud.delete
  * * rm|remove|delete|destroy               cloud.delete
  sites:delete|env:unset                     cloud.delete
  env:get|env:list                           secret.print
  deploy --prod|--production|-p              cloud.change
  deploy                                     cloud.change
  *:delete                                   cloud.delete
`;

const gcloud: LineGrammar = {
  values: '--project --account --region --zone --format --configuration --filter --secret --instance --impersonate-service-account',
};
const terraform: LineGrammar = { singleDash: true, values: '-chdir' };

const terraformTable = `
  destroy                                    cloud.destroy
  apply -destroy|--destroy                   cloud.destroy
  apply|up -auto-approve|--auto-approve|--yes|-y|--terragrunt-non-interactive  cloud.delete
  run-all|run destroy                        cloud.destroy
  run-all apply                              cloud.delete
  state rm|push|replace-provider             cloud.delete
  state pull                                 secret.print
  workspace delete                           cloud.delete
  output -raw|-json                          secret.print
  force-unlock|taint|untaint|import          cloud.change
  apply                                      cloud.change
`;

const terraformRules = verbs(terraformTable);

/** Options come from variables, too: `TF_CLI_ARGS_apply=-destroy`. Source: Terraform, "Environment Variables". */
const judgeVariables = does((call: Invocation, line: CommandLine): void => {
  const verb = known(line.words[0] ?? '') ?? '';
  const given = ['TF_CLI_ARGS', `TF_CLI_ARGS_${verb}`].flatMap((name) =>
    (call.state.variable(name)?.values ?? []).map((value) => value ?? ''),
  );
  if (given.some((value) => known(value) === undefined)) call.opaque(`options of ${call.name} that cannot be known`);
  const options = given.flatMap((value) => (known(value) ?? '').split(/\s+/).filter((word) => word !== ''));
  if (options.length > 0) judgeVerb(call, commandLine([...call.args, ...options], terraform), terraformRules);
});

const stacksTable = `
  destroy|down|remove|delete --preview-only  none
  destroy|down|remove|delete                 cloud.destroy
  stack rm                                   cloud.destroy
  up|update|deploy -y|--yes|--skip-preview|--require-approval|--force  cloud.delete
  state delete                               cloud.delete
  stack export --show-secrets                secret.print
  config --show-secrets                      secret.print
  config get                                 none
  up|update|deploy|refresh                   cloud.change
`;

function playbook(call: Invocation): Result | Outcome | undefined {
  const line = commandLine(call.args, {
    values:
      '-i --inventory -m --module-name -a --args -e --extra-vars -l --limit -t --tags -u --user --private-key --vault-password-file --vault-id -f --forks',
  });
  if (call.name === 'ansible-vault') {
    if (/^(?:view|decrypt|edit)$/.test(known(line.words[0] ?? '') ?? ''))
      call.act('secret.print', `ansible-vault ${display(line.words[0] ?? '')}`, 'read');
    return undefined;
  }
  if (call.name !== 'ansible') {
    if (!line.has('--check', '-C', '--syntax-check', '--list-tasks', '--list-hosts', '--list-tags')) call.act('cloud.change', call.name);
    return undefined;
  }
  const text = line.value('-a', '--args');
  const module = known(line.value('-m', '--module-name') ?? 'command') ?? '';
  if (text !== undefined && /^(?:ansible\.builtin\.)?(?:command|shell|raw|script)$/.test(module)) return call.shell(text);
  if (module === 'file' && /state=absent/.test(known(text ?? '') ?? '')) call.act('cloud.delete', 'state=absent', 'delete');
  return undefined;
}

/** `op run -- command`: the command runs here, with secrets in its environment. */
function startWithSecrets(call: Invocation, { rest }: CommandLine): undefined {
  if (rest !== undefined && rest.length > 0 && /^(?:run|exec)$/.test(call.word(0) ?? '')) call.start(rest);
}

/** Programs that show what a password store holds. */
const stores: Readonly<Record<string, string>> = {
  vault: `
    kv get            secret.print
    read              secret.print
    print token       secret.print
    token lookup      secret.print
    token create      secret.print
    operator init|unseal|rekey|seal|generate-root  secret.print
    kv destroy|metadata delete*  cloud.destroy
    kv delete|destroy cloud.delete
    delete            cloud.delete
    secrets|auth|policy disable|delete  cloud.destroy
    token|lease revoke cloud.delete
  `,
  op: `
    read              secret.print
    item get          secret.print
    get item          secret.print
    inject|signin     secret.print
    item|vault|document|user|group delete  cloud.delete
    document get      secret.print
  `,
  bw: `
    get|export|unlock|list  secret.print
    delete            cloud.delete
  `,
  pass: `
    ls|list|git|init|help|version|find|search  none
    rm|remove|delete  cloud.delete
    insert|generate|edit|mv|cp  cloud.change
    *                 secret.print
  `,
  gopass: `
    ls|list|git|init|help|version|find|search|config|sync  none
    rm|remove|delete  cloud.delete
    insert|generate|edit|mv|cp  cloud.change
    *                 secret.print
  `,
  security: `
    find-generic-password -w|-g   secret.print
    find-internet-password -w|-g  secret.print
    dump-keychain     secret.print
    export            secret.print
    delete-*          cloud.delete
  `,
  'secret-tool': `
    lookup|search     secret.print
    clear             cloud.delete
  `,
  keyring: `
    get               secret.print
    del               cloud.delete
  `,
  sops: `
    -d|--decrypt      secret.print
    decrypt|exec-env|exec-file  secret.print
  `,
  age: '-d|--decrypt  secret.print',
  chamber: 'read|export|env  secret.print',
  doppler: 'secrets  secret.print',
  infisical: 'secrets|export  secret.print',
  lpass: 'show|export  secret.print',
  'kwallet-query': '-r|--read-password  secret.print',
  'docker-credential-desktop': 'get|list  secret.print',
  'docker-credential-pass': 'get|list  secret.print',
  'docker-credential-osxkeychain': 'get|list  secret.print',
  'docker-credential-secretservice': 'get|list  secret.print',
};

export const cloudPrograms: Readonly<Record<string, Program>> = {
  aws,
  awslocal: () => undefined,
  gcloud: verbProgram(gcloudTable, gcloud, (call, line) => {
    const at = line.words.findIndex((word) => known(word) === 'ssh');
    const command = line.value('--command');
    return at >= 0 && command !== undefined ? elsewhere(call, () => call.shell(command)) : undefined;
  }),
  bq: verbProgram(
    `
    rm -r|-f|--recursive|--force  cloud.destroy
    rm        cloud.delete
    `,
    { values: '--project_id --location --format' },
    does((call, line) =>
      known(line.words[0] ?? '') === 'query' && !line.has('--dry_run') ? bigQuery(call, line.words.slice(1)) : undefined,
    ),
  ),
  gsutil: verbProgram(
    `
    rm -r|-R  cloud.destroy
    rb|rm     cloud.delete
    rsync -d  cloud.delete
    `,
    { values: '-h -o' },
    (call, line) => {
      const target = known(line.words.at(-1) ?? '') ?? '';
      if (/^(?:cp|mv|rsync)$/.test(known(line.words[0] ?? '') ?? '') && /^gs:/.test(target))
        readNamedSecrets(call, line.words.slice(1, -1), 'secret.send');
      return undefined;
    },
  ),
  az: verbProgram(azTable, { values: '-g --resource-group -n --name -o --output --subscription --query' }),
  azcopy: verbProgram(
    'remove|rm  cloud.delete',
    {},
    does((call, line) => readNamedSecrets(call, line.words.slice(1), 'secret.send')),
  ),
  s3cmd: verbProgram(
    'del|rm|rb  cloud.delete',
    {},
    does((call, line) =>
      /^put|^sync/.test(known(line.words[0] ?? '') ?? '') ? readNamedSecrets(call, line.words.slice(1), 'secret.send') : undefined,
    ),
  ),
  mc: verbProgram(
    `
    rm --recursive|-r --force  cloud.destroy
    rm|rb                      cloud.delete
    `,
  ),
  doctl: verbProgram(platforms, { values: '-t --access-token -c --context -o --output' }),
  heroku: verbProgram(platforms, { values: '-a --app -r --remote' }, (call, line) => {
    const verb = known(line.words[0] ?? '');
    return verb === 'run' && line.words.length > 1 ? elsewhere(call, () => call.start(line.words.slice(1))) : undefined;
  }),
  fly: verbProgram(platforms, { values: '-a --app -c --config' }),
  flyctl: verbProgram(platforms, { values: '-a --app -c --config' }),
  vercel: verbProgram(platforms, { values: '-t --token -S --scope --cwd' }),
  netlify: verbProgram(platforms, { values: '-s --site --auth' }),
  railway: verbProgram(platforms, { values: '-s --service -e --environment' }),
  render: verbProgram(platforms),
  wrangler: verbProgram(
    platforms,
    { values: '-c --config -e --env --command --file' },
    does((call, line) => (known(line.words[0] ?? '') === 'd1' ? bigQuery(call, line.all('--command')) : undefined)),
  ),
  firebase: verbProgram(platforms, { values: '-P --project -t --token' }, (call, line) => {
    if (/^(?:firestore|database|hosting|functions|auth):(?:delete|remove|disable)$/.test(known(line.words[0] ?? '') ?? ''))
      call.act('cloud.destroy', display(line.words[0] ?? ''), 'delete');
    return undefined;
  }),
  supabase: verbProgram(
    `
    db reset --linked|--db-url  cloud.destroy
    db reset          db.drop
    projects|branches|functions delete  cloud.delete
    `,
  ),
  terraform: verbProgram(terraformTable, terraform, judgeVariables),
  tofu: verbProgram(terraformTable, terraform, judgeVariables),
  terragrunt: verbProgram(terraformTable, terraform, judgeVariables),
  pulumi: verbProgram(stacksTable, { values: '-s --stack -C --cwd' }),
  cdk: verbProgram(stacksTable, { values: '-a --app -c --context --profile' }),
  cdktf: verbProgram(stacksTable),
  serverless: verbProgram(stacksTable, { values: '-s --stage -r --region' }),
  sls: verbProgram(stacksTable, { values: '-s --stage -r --region' }),
  sam: verbProgram('delete  cloud.destroy'),
  ansible: playbook,
  'ansible-playbook': playbook,
  'ansible-vault': playbook,
  ...Object.fromEntries(
    Object.entries(stores).map(([name, table]) => [
      name,
      verbProgram(table, name === 'security' ? { values: '-s -a -l' } : {}, startWithSecrets),
    ]),
  ),
};
