import type { Invocation } from '../shell/invocation.ts';
import type { Program } from './registry.ts';
import { known, type Text, unknownFrom } from '../shell/value.ts';

/**
 * Programs that print settings for the shell that asked, meant for `eval "$(…)"` and `source <(…)`: what they print is their own
 * code, as trusted as the program itself. Source: the set-up instructions of each.
 */
const generators = (): Readonly<Record<string, RegExp>> => ({
  'ssh-agent': /^(?:$|-)/,
  'gpg-agent': /^--daemon/,
  keychain: /^--/,
  dircolors: /^(?:$|-b|-c|--sh|--bourne-shell)/,
  brew: /^shellenv/,
  pyenv: /^(?:init|virtualenv-init)/,
  rbenv: /^init/,
  nodenv: /^init/,
  jenv: /^init/,
  goenv: /^init/,
  plenv: /^init/,
  fnm: /^(?:env|completions)/,
  starship: /^(?:init|completions)/,
  zoxide: /^init/,
  opam: /^(?:env|config env)/,
  conda: /^shell\./,
  mamba: /^shell/,
  micromamba: /^shell/,
  mise: /^(?:activate|env|hook-env)/,
  rtx: /^(?:activate|env)/,
  thefuck: /^--alias/,
  atuin: /^init/,
  mcfly: /^init/,
  fzf: /^--(?:bash|zsh|fish)/,
  navi: /^widget/,
  register_python_argcomplete: /^\w/,
  'register-python-argcomplete': /^\w/,
  minikube: /^(?:docker-env|podman-env|completion)/,
  'docker-machine': /^env/,
  luarocks: /^path/,
  kubectl: /^completion/,
  helm: /^completion/,
  gh: /^completion/,
  kind: /^completion/,
  npm: /^completion/,
  pip: /^completion/,
  rustup: /^completions/,
  poetry: /^(?:completions|env activate)/,
  lesspipe: /^/,
  'lesspipe.sh': /^/,
  hub: /^alias/,
  'oh-my-posh': /^init/,
  pixi: /^(?:shell-hook|completion)/,
  devbox: /^(?:shellenv|global shellenv)/,
  nix: /^print-dev-env/,
  resize: /^/,
  tset: /^-s/,
  'cs-setup': /^/,
});
let made: Readonly<Record<string, RegExp>> | undefined;

/** What such a program prints with these arguments; `undefined` where it is no such use. */
export function generatedOutput(call: Invocation): Text | undefined {
  made ??= generators();
  const uses = Object.hasOwn(made, call.name) ? made[call.name] : undefined;
  return uses?.test(call.args.map((arg) => known(arg) ?? '…').join(' ')) ? unknownFrom('generated') : undefined;
}

/** The same program, of which is known what it prints where that are settings. */
export function orGenerated(program: Program): Program {
  return (call) => {
    const printed = generatedOutput(call);
    return printed === undefined ? program(call) : { out: printed };
  };
}
