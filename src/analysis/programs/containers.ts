import type { Effect } from '../../model/effect.ts';
import { absolute, isWithin, withoutEnd } from '../paths.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { concat, display, fromPieces, isMany, known, type Text, unknownFrom } from '../shell/value.ts';
import type { Program } from './registry.ts';
import { type CommandLine, commandLine, judgeVerb, type LineGrammar, readNamedSecrets, verbProgram, verbs } from './verbs.ts';

/** Containers and clusters: what they do to this machine, to what they hold, and what runs inside. Source: docker(1), podman(1), kubectl and helm references. */

const engineGlobals =
  '-H --host -c --context --config -l --log-level --tlscacert --tlscert --tlskey -f --file -p --project-name --profile --env-file --project-directory --root --runroot --url --connection --namespace -n';

const composeGlobals = '-f --file -p --project-name --profile --env-file --project-directory --parallel --ansi --progress -t --timeout';

const engineTable = verbs(`
  system prune --volumes             cloud.destroy
  system prune -a|--all              cloud.delete
  system reset                       cloud.destroy
  volume rm|remove                   cloud.destroy
  volume prune                       cloud.destroy
  compose down|rm -v|--volumes       cloud.destroy
  stack|service|secret|config|swarm|node|context rm|remove|leave  cloud.delete
  swarm leave                        cloud.delete
  push                               package.publish
  image|manifest|compose push        package.publish
  buildx build --push                package.publish
  build --push                       package.publish
  machine rm|remove                  cloud.destroy
  rm|kill|stop -f|--force            none
`);

const runValues =
  '-a --attach --add-host --annotation --blkio-weight --cap-add --cap-drop --cgroup-parent --cgroupns --cidfile --cpu-period --cpu-quota -c --cpu-shares --cpus --cpuset-cpus --cpuset-mems --detach-keys --device --device-cgroup-rule --dns --dns-option --dns-search --domainname --entrypoint -e --env --env-file --expose --gpus --group-add --health-cmd --health-interval --health-retries --health-start-period --health-timeout -h --hostname --ip --ip6 --ipc --isolation -l --label --label-file --link --log-driver --log-opt --mac-address -m --memory --memory-reservation --memory-swap --mount --name --network --net --network-alias --oom-score-adj --pid --pids-limit --platform -p --publish --pull --restart --runtime --security-opt --shm-size --stop-signal --stop-timeout --storage-opt --sysctl --tmpfs --ulimit -u --user --userns --uts -v --volume --volume-driver --volumes-from -w --workdir --index --scale --pod --secret --cpu-rt-period --cpu-rt-runtime --env-from-file --detach-key';

function engine(call: Invocation): Result | Outcome | undefined {
  const globals = commandLine(call.args, { values: engineGlobals });
  const first = call.name === 'docker-compose' || call.name === 'podman-compose' ? undefined : globals.at[0];
  const verb = first === undefined ? (call.name.endsWith('-compose') ? 'compose' : undefined) : call.word(first);
  let args = first === undefined ? call.args : call.args.slice(first + 1);
  let name = verb;
  if (verb === 'container' || verb === 'compose') {
    const inner = commandLine(args, { values: engineGlobals });
    name = inner.at[0] === undefined ? verb : known(args[inner.at[0]] ?? '');
    args = inner.at[0] === undefined ? args : args.slice(inner.at[0] + 1);
  }
  readNamedSecrets(call, verb === 'compose' ? args : call.args);
  if (verb === 'compose' && /^(?:up|run|create|start|watch)$/.test(name ?? '')) startComposed(call);
  switch (name) {
    case 'run':
    case 'create':
      return runContainer(call, args, verb === 'compose');
    case 'exec': {
      const line = commandLine(args, { values: runValues, stopsAfter: 1 });
      grants(call, line);
      return inside(call, line.rest ?? []);
    }
    case 'cp': {
      const { words } = commandLine(args, { values: '' });
      const [from, to] = words;
      if (from !== undefined && !isRemote(from)) call.read(from, call.isSecret(from) ? { act: 'secret.copy' } : {});
      if (to !== undefined && !isRemote(to) && known(to) !== '-') call.write(to, { content: unknownFrom('unknown-output') });
      return undefined;
    }
    case 'inspect': {
      // Variables of a container are where its passwords are.
      if (args.some((arg) => /\.Config\.Env|\.Env\b/.test(known(arg) ?? '')))
        call.act('secret.print', 'environment of a container', 'read');
      return undefined;
    }
    case 'save':
    case 'export': {
      const out = commandLine(args, { values: '-o --output' }).value('-o', '--output');
      if (out !== undefined) call.write(out);
      return undefined;
    }
  }
  const isCompose = verb === 'compose';
  if (isCompose && commandLine(call.args, { values: composeGlobals }).has('--dry-run')) return undefined;
  const line = commandLine(first === undefined ? call.args : call.args.slice(first), { values: isCompose ? composeGlobals : '-t --tag' });
  // `docker rm -f $(docker ps -aq)` is every container there is.
  if (verb === 'rm' && line.has('-f', '--force') && line.words.some(isMany)) call.act('cloud.delete', 'rm -f', 'delete');
  judgeVerb(call, isCompose && first === undefined ? { ...line, words: ['compose', ...line.words] } : line, engineTable);
  return undefined;
}

const composeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

// What a file that was just written starts is looked at as `docker run` is; one of the project is the project's own business.
function startComposed(call: Invocation): void {
  const named = commandLine(call.args, { values: composeGlobals }).all('-f', '--file');
  for (const file of named.length > 0 ? named : composeFiles) {
    const content = call.content(file);
    const text = content?.fresh ? known(content.text) : undefined;
    if (text === undefined) {
      if (content?.fresh) call.opaque(`the services of ${display(file)} cannot be known`);
      continue;
    }
    // Written at length, from elsewhere, or by variables: it is not looked through.
    if (
      /^\s*-?\s*(?:source|target|cap_add|devices|include|extends|<<)\s*:|^\s*(?:command|entrypoint):\s*(?:[>|#].*)?$|:\s*[&*]\w/m.test(
        text,
      ) ||
      /\$\{(?!HOME\})/.test(text)
    )
      call.opaque(`services of ${display(file)} that cannot be known`);
    const mounts = [...text.matchAll(/(?<=["'\s[,])((?:\/|~\/?|\.{1,2}\/|\$\{?HOME\}?)[^:"'\s,\]]*):(\/[^:"'\s,\]]*)(?::([\w,]+))?/g)];
    const flags = mounts.flatMap(([, from = '', to = '', how]) => [
      '-v',
      `${from.replace(/^\$\{?HOME\}?/, call.run.places.home)}:${to}${how === undefined ? '' : `:${how}`}`,
    ]);
    if (/\bprivileged["']?\s*:\s*["']?(?:true|yes|on)/im.test(text)) flags.push('--privileged');
    if (/^\s*pid:\s*["']?host/m.test(text)) flags.push('--pid=host');
    const commands = [...text.matchAll(/^\s*(?:command|entrypoint):[ \t]*(\S.*)$/gm)].map(([, command = '']) => composedWords(command));
    for (const words of commands.length > 0 ? commands : [[]]) call.start(['docker', 'run', ...flags, 'image', ...words]);
  }
}

function composedWords(command: string): readonly string[] {
  const list = /^\[(.*)\]\s*$/.exec(command)?.[1];
  const plain = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, '$2');
  return list === undefined ? ['sh', '-c', plain(command)] : list.split(',').map(plain);
}

function isRemote(text: Text): boolean {
  return /^[\w.-]+:/.test(display(text)) && !/^[A-Za-z]:[\\/]/.test(display(text));
}

/** Most mounts of one container that are looked at. */
const maxMounts = 100;

/** `docker run`: what of this machine it is given, and the command inside. */
function runContainer(call: Invocation, args: readonly Text[], isCompose: boolean): Outcome | undefined {
  const line = commandLine(args, { values: runValues, stopsAfter: 1 });
  grants(call, line);
  const mounts: Mount[] = [];
  const volumes = line.all('-v', '--volume');
  for (const volume of volumes.slice(0, maxMounts)) addMount(mounts, /^([^:]+):(\/[^:]*)(?::(.*))?$/.exec(known(volume) ?? ''), call);
  if (volumes.length > maxMounts) call.opaque('more mounts than can be looked at');
  for (const volume of volumes.slice(0, maxMounts))
    mounted(
      call,
      /^([^:]*(?:\\[^:]*)*):/.exec(known(volume) ?? '')?.[1] ?? (known(volume) === undefined ? volume : undefined),
      /:ro(?:,|$)/.test(display(volume)),
    );
  for (const mount of line.all('--mount')) {
    const text = display(mount);
    const source = /(?:^|,)(?:source|src)=([^,]*)/.exec(text)?.[1];
    const target = /(?:^|,)(?:target|dst|destination)=([^,]*)/.exec(text)?.[1];
    if (source !== undefined && target !== undefined && mounts.length < maxMounts)
      addMount(mounts, [text, source, target, /(?:^|,)(?:ro|readonly)\b/.test(text) ? 'ro' : ''], call);
    if (/(?:^|,)type=bind/.test(text)) mounted(call, source, /(?:^|,)(?:ro|readonly)(?:=true)?(?:,|$)/.test(text));
  }
  for (const file of line.all('--env-file')) call.read(file);
  for (const device of line.all('--device')) {
    const path = (known(device) ?? '').split(':')[0] ?? '';
    if (path.startsWith('/dev/') && !/^\/dev\/(?:dri|kvm|fuse|net|snd|video|bus|nvidia|kfd|shm|null)/.test(path)) call.change(path);
  }
  const entry = line.value('--entrypoint');
  const rest = line.rest ?? [];
  const words = entry !== undefined && known(entry) !== '' ? [...(known(entry) ?? 'unknown').split(' '), ...rest] : rest;
  if (isCompose && line.words.length === 0) return undefined;
  return words.length > 0 ? inside(call, words, mounts, known(line.value('-w', '--workdir') ?? '/')) : undefined;
}

/** A folder of this machine that is seen under another name, and can be changed there. */
interface Mount {
  readonly source: string;
  readonly target: string;
}

function addMount(mounts: Mount[], parts: readonly (string | undefined)[] | null, call: Invocation): void {
  const [, from = '', target = '', options = ''] = parts ?? [];
  if (target === '' || /(?:^|,)(?:ro|readonly)(?:,|$)/.test(options)) return;
  const expanded = /^~(?:\/|$)/.test(from) ? call.run.places.home + from.slice(1) : from;
  // A bare name is a volume of the engine's own.
  if (!/^[/.]/.test(expanded)) return;
  const source = absolute(expanded, call.state.cwds[0] ?? '/');
  mounts.push({ source, target: target.length > 1 ? withoutEnd(target) : target });
}

/** Options that take down the wall between a container and this machine. */
function grants(call: Invocation, line: CommandLine): void {
  if (line.has('--privileged')) raise(call, '--privileged');
  for (const name of ['--pid', '--ipc', '--uts', '--userns', '--cgroupns'])
    if (known(line.value(name) ?? '') === 'host' && name !== '--uts' && name !== '--cgroupns') raise(call, `${name}=host`);
  for (const capability of line.all('--cap-add'))
    if (/^(?:CAP_)?(?:ALL|SYS_ADMIN|SYS_MODULE|SYS_RAWIO|SYS_BOOT|DAC_READ_SEARCH|SYS_PTRACE|MKNOD|BPF)$/i.test(known(capability) ?? 'ALL'))
      raise(call, `--cap-add=${display(capability)}`);
  for (const option of line.all('--security-opt'))
    if (/(?:seccomp|apparmor)[=:]unconfined|label[=:]disable/.test(known(option) ?? '')) raise(call, `--security-opt=${display(option)}`);
}

function raise(call: Invocation, evidence: string): void {
  call.act('privilege.raise', evidence);
  call.opaque(`a container with ${evidence} can do anything on this machine`);
}

/** A folder of this machine inside a container: whatever runs there may read it, and change it unless it is read-only. */
function mounted(call: Invocation, given: Text | undefined, readOnly: boolean): void {
  if (given === undefined) return;
  // The engine expands it where the shell has not.
  const source = /^~(?:\/|$)/.test(known(given) ?? '') ? call.run.places.home + (known(given) ?? '').slice(1) : given;
  const text = known(source);
  if (text === undefined) {
    if (display(source).startsWith('…')) return;
  } else if (!/[/\\~.]/.test(text)) return;
  if (/(?:^|\/)(?:docker|podman|containerd|crio)\.sock$/.test(text ?? '')) {
    call.act('privilege.raise', display(source));
    call.opaque('a container with the socket of the container engine can do anything on this machine');
    return;
  }
  const isProject =
    text !== undefined &&
    !call.isIn(source, 'secret-dir') &&
    !call.isSecret(source) &&
    (call.isIn(source, 'workspace') || call.isIn(source, 'temp'));
  const wide = call.isRecursiveTarget(source) && !isProject;
  call.read(source, wide || call.isIn(source, 'secret-dir') ? { act: 'secret.read', evidence: display(source) } : {});
  // The whole project inside a container is how containers are used.
  if (!readOnly && !isProject) call.change(source, { evidence: display(source) });
}

/** What runs inside: its paths are not those of this machine, what it amounts to is the same. */
function inside(
  call: Invocation,
  words: readonly Text[],
  mounts: readonly Mount[] = [],
  folder?: string,
  note?: (there: readonly Effect[]) => void,
): Outcome | undefined {
  // A pattern of this machine's files is what the image's own program is given: `docker run shellcheck scripts/*.sh`.
  const first = words[0];
  const isPattern =
    first !== undefined && typeof first !== 'string' && first.pieces.some((piece) => typeof piece !== 'string' && 'glob' in piece);
  if (first === undefined || (isPattern && /[^/]\/|\.\w+$/.test(display(first)))) return undefined;
  const state = call.state.fork();
  if (folder !== undefined) state.cwds = [outside(folder, mounts) ?? folder];
  const there: Effect[] = [];
  const outcome = elsewhere(
    call,
    () => call.start(words, { state }),
    (path) => mounts.some((mount) => isWithin(path, mount.source)),
    there,
  );
  note?.(there);
  // What is done to a mounted folder is done to the folder of this machine.
  for (const { kind, path, act } of there) {
    const mapped = path === undefined ? undefined : outside(path, mounts);
    if (mapped === undefined) continue;
    const target = fromPieces(mapped.split(/([*?])/).map((part) => (part === '*' || part === '?' ? { glob: part } : part)));
    if (kind === 'delete') call.remove(target, { recursive: act === 'files.delete.recursive' });
    else if (kind === 'write') call.change(target);
    else if (kind === 'read') call.read(target);
  }
  return outcome;
}

/** The path on this machine of one inside a container; `undefined` where it is the container's own. */
function outside(path: string, mounts: readonly Mount[]): string | undefined {
  const mount = mounts.find(({ target }) => isWithin(path, target));
  return (
    (mount && (mount.source === '/' ? '' : mount.source) + path.slice(mount.target === '/' ? 0 : mount.target.length)) || mount?.source
  );
}

/** Runs something on another file system: effects on paths are taken out again, all others stay. */
export function elsewhere<T>(call: Invocation, body: () => T, isHere: (path: string) => boolean = () => false, there: Effect[] = []): T {
  const { effects } = call.run;
  const start = effects.length;
  const result = body();
  for (const effect of effects.splice(start)) {
    if (effect.path === undefined || effect.zones?.includes('secret') || isHere(effect.path)) effects.push(effect);
    else there.push(effect);
  }
  return result;
}

const kubeValues =
  '-n --namespace --context --cluster --kubeconfig --user --token -s --server --as --as-group --request-timeout -f --filename -k --kustomize -l --selector --field-selector -o --output -c --container --image --replicas --type -p --patch --port --tail --since --timeout --grace-period --overrides --restart --from-literal --from-file --from-env-file --env --dry-run --cascade --template --sort-by -v --raw --subresource --field-manager --requests --limits --labels --schedule --certificate-authority --client-certificate --client-key --max-log-requests';

const kubeTable = verbs(`
  delete --all|-A|--all-namespaces   cloud.destroy
  delete --raw                       cloud.delete
  delete ns|namespace*|pv|persistentvolume*|pvc|crd|customresourcedefinition*|node*|no|statefulset*|sts|ns/*|namespace/*|pvc/*|pv/*  cloud.destroy
  delete                             cloud.delete
  drain                              cloud.delete
  replace --force                    cloud.delete
  apply --prune                      cloud.delete
  config view --raw                  secret.print
  config delete-*|unset              cloud.change
  create token                       secret.print
  create|apply|patch|edit|replace|annotate|label|set|rollout|scale|autoscale|cordon|uncordon|taint|expose|run|attach|cp|debug|certificate  cloud.change
  adm policy                         cloud.delete
  adm drain                          cloud.delete
`);

function kubectl(call: Invocation): Result | Outcome | undefined {
  const line = commandLine(call.args, { values: kubeValues });
  const verb = known(line.words[0] ?? '');
  const noun = known(line.words[1] ?? '') ?? '';
  if (verb === 'exec') {
    const words = line.rest ?? line.words.slice(2);
    return inside(call, words, [], undefined, (there) => {
      // What a pod holds is deleted, and nobody has it elsewhere.
      if (there.some((effect) => effect.act === 'files.delete.recursive')) call.act('cloud.delete', `${call.name} exec`, 'delete');
    });
  }
  readNamedSecrets(call, [...line.all('--from-file', '--from-env-file', '-f', '--filename'), ...line.words.slice(1)], 'secret.send');
  const dry = known(line.value('--dry-run') ?? '');
  if (line.has('--dry-run') && dry !== 'none') return undefined;
  if (verb === 'get' || verb === 'view-secret') {
    const named =
      noun.split(',').some((part) => /^secrets?(?:\/|$|\.)/i.test(part)) ||
      line.words.slice(1).some((word) => /^secrets?\//i.test(known(word) ?? ''));
    const output = known(line.value('-o', '--output', '--template') ?? '') ?? '';
    if (verb === 'view-secret' || (named && (line.has('--template') || /^(?:ya?ml|json|jsonpath|go-template|custom-columns)/.test(output))))
      call.act('secret.print', `${call.name} get ${noun}`, 'read');
    return undefined;
  }
  if (verb === 'scale' && known(line.value('--replicas') ?? '') === '0') call.act('cloud.delete', 'scale --replicas=0', 'delete');
  if (verb === 'run' && line.rest !== undefined) inside(call, line.rest);
  if (verb === 'proxy' || verb === 'port-forward') return undefined;
  if ((verb === 'apply' || verb === 'create') && line.all('-f', '--filename').some((file) => /^https?:/.test(known(file) ?? '')))
    for (const file of line.all('-f', '--filename')) call.network(file);
  judgeVerb(call, line, kubeTable);
  return undefined;
}

const helm: LineGrammar = {
  values:
    '-n --namespace --kube-context --kubeconfig -f --values --set --set-string --set-file --version --timeout -o --output --repo --username --password',
};

export const containerPrograms: Readonly<Record<string, Program>> = {
  docker: engine,
  podman: engine,
  nerdctl: engine,
  'docker-compose': engine,
  'podman-compose': engine,
  kubectl,
  oc: kubectl,
  k: kubectl,
  'kubectl.exe': kubectl,
  k3s: (call) => (call.word(0) === 'kubectl' ? call.start(call.args) : undefined),
  microk8s: verbProgram('reset  cloud.destroy', {}, (call) =>
    /^(?:kubectl|helm)$/.test(call.word(0) ?? '') ? call.start(call.args) : undefined,
  ),
  kubeadm: verbProgram('reset cloud.destroy'),
  helm: verbProgram(
    `
    delete|uninstall|del !--dry-run          cloud.delete
    rollback|install|upgrade !--dry-run      cloud.change
    push|cm-push                             package.publish
    get values|all                           none
    `,
    helm,
  ),
  minikube: verbProgram(
    `
    delete --all|--purge  cloud.destroy
    delete                cloud.delete
    `,
    { values: '-p --profile' },
  ),
  kind: verbProgram('delete cluster*  cloud.delete'),
  k3d: verbProgram('cluster|node|registry delete  cloud.delete'),
  eksctl: verbProgram(
    `
    delete !--dry-run  cloud.destroy
    create|scale|upgrade !--dry-run  cloud.change
    `,
  ),
  skaffold: verbProgram('delete  cloud.delete'),
  argocd: verbProgram('app|proj|cluster|repo delete|rm  cloud.delete'),
  flux: verbProgram('delete|uninstall  cloud.delete'),
  crictl: verbProgram('rm|rmp|rmi|stop|stopp  cloud.delete'),
  ctr: verbProgram('*  none'),
  nomad: verbProgram(
    `
    job stop --purge|-purge  cloud.destroy
    job|system stop|gc       cloud.delete
    stop                     cloud.delete
    namespace delete         cloud.delete
    `,
    { singleDash: true },
  ),
  vagrant: verbProgram('destroy  cloud.destroy', {}, (call, line) =>
    known(line.words[0] ?? '') === 'ssh' ? remoteText(call, line.value('-c', '--command')) : undefined,
  ),
  multipass: verbProgram('delete|purge  cloud.delete'),
  limactl: verbProgram('delete|rm  cloud.delete'),
  lxc: verbProgram('delete|image|storage delete*|rm  cloud.delete'),
  virsh: verbProgram('undefine|destroy|vol-delete|pool-delete|snapshot-delete  cloud.delete'),
  VBoxManage: verbProgram('unregistervm --delete  cloud.destroy'),
};

function remoteText(call: Invocation, text: Text | undefined): Outcome | undefined {
  return text === undefined ? undefined : elsewhere(call, () => call.shell(concat(text)));
}
