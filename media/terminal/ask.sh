# Asks the decider of this terminal. Read by bash, by zsh and by the programs' stand-ins: only what bash 3.2 and zsh both know.
#
# A question is a file of NUL-ended fields, announced by one line in the pipe `ask`; its answer is one line in the asker's own pipe.
# Pipes are opened for reading and writing, which never blocks, so a dead decider is noticed instead of waited for.

# Sets __agent_policy_pid: `$$` is the same in every subshell, and two of them may ask at once.
__agent_policy_who() {
  if [ -n "${ZSH_VERSION-}" ]; then
    __agent_policy_pid=${sysparams[pid]}
  else
    __agent_policy_pid=${BASHPID-}
    [ -n "$__agent_policy_pid" ] || __agent_policy_pid=$(exec /bin/sh -c 'echo $PPID')
  fi
}

# Makes the session's folder where there is none yet.
__agent_policy_session() {
  if [ -z "${AGENT_POLICY_TERMINAL-}" ]; then
    AGENT_POLICY_TERMINAL=$AGENT_POLICY_RUNTIME/terminal-$$-$RANDOM$RANDOM
    AGENT_POLICY_OWNER=$$
    export AGENT_POLICY_TERMINAL AGENT_POLICY_OWNER
  fi
  [ -p "$AGENT_POLICY_TERMINAL/ask" ] && return 0
  (umask 077 && mkdir -p "$AGENT_POLICY_TERMINAL" && mkfifo "$AGENT_POLICY_TERMINAL/ask") 2>/dev/null
  [ -p "$AGENT_POLICY_TERMINAL/ask" ]
}

# Whether the decider runs.
__agent_policy_alive() {
  local pid=
  { IFS= read -r pid < "$AGENT_POLICY_TERMINAL/pid"; } 2>/dev/null
  [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
}

# Starts the decider: once, and once more where it has died. Of several that try at once, one does.
__agent_policy_start() {
  local turn
  for turn in 1 2; do
    if mkdir "$AGENT_POLICY_TERMINAL/start.$turn" 2>/dev/null; then
      (
        trap '' INT QUIT TSTP TTIN TTOU HUP
        unset BASH_ENV NODE_OPTIONS
        {
          ELECTRON_RUN_AS_NODE=1 "$AGENT_POLICY_NODE" "$AGENT_POLICY_DECIDER" "$AGENT_POLICY_TERMINAL" "${AGENT_POLICY_OWNER-$$}"
          : > "$AGENT_POLICY_TERMINAL/ended.$turn"
        } </dev/null >/dev/null 2>"$AGENT_POLICY_TERMINAL/errors" 8>&- &
      )
      return 0
    fi
    # Somebody else is starting it just now.
    [ -e "$AGENT_POLICY_TERMINAL/ended.$turn" ] || return 0
  done
  return 1
}

# Waits for the answer on standard input: sets `answer`. Fails where the decider is gone.
__agent_policy_wait() {
  local quiet=0
  while ! IFS= read -r -t 1 answer; do
    quiet=$((quiet + 1))
    __agent_policy_alive && continue
    # It may still be starting.
    if [ "$quiet" -ge 20 ] || [ -e "$AGENT_POLICY_TERMINAL/ended.2" ]; then return 1; fi
    if [ -e "$AGENT_POLICY_TERMINAL/ended.1" ] && [ ! -d "$AGENT_POLICY_TERMINAL/start.2" ]; then return 1; fi
  done
  return 0
}

# What standard input is: an interpreter that is fed by a pipe runs what nobody has seen.
__agent_policy_stdin() {
  if [ -p /dev/stdin ]; then stdin=pipe; elif [ -t 0 ]; then stdin=tty; else stdin=file; fi
}

# __agent_policy_ask KIND DIALECT WORD...: succeeds where it may run, else fails with the reason in __agent_policy_reason.
# What comes after the first $__agent_policy_words of them are variables, NAME=VALUE.
# KIND: line (a whole line or program text), command (one command of it), argv (a program and its arguments).
__agent_policy_ask() {
  local kind=$1 dialect=$2 answer= stdin=tty name value try
  shift 2
  __agent_policy_reason='Agent Policy cannot run here, so only harmless commands may. Close this terminal and open it again.'
  __agent_policy_session || return 1
  __agent_policy_who
  local here=$AGENT_POLICY_TERMINAL id=$__agent_policy_pid
  [ "$kind" = argv ] && __agent_policy_stdin
  if [ ! -p "$here/r.$id" ]; then
    (umask 077 && mkfifo "$here/r.$id") 2>/dev/null || return 1
  fi
  (( $# )) || set -- ''
  local count=${__agent_policy_words:-$#}
  for try in 1 2 3 4; do
    printf '%s\0' "$kind" "$dialect" "$PWD" "${AGENT_POLICY_LINE-}" "$stdin" "$count" "$@" >| "$here/q.$id" || return 1
    __agent_policy_alive || __agent_policy_start || return 1
    {
      printf '%s\n' "$id" >&8
      if ! __agent_policy_wait; then
        __agent_policy_start || return 1
        printf '%s\n' "$id" >&8
        __agent_policy_wait || return 1
      fi
      # Held open meanwhile: what lies in a pipe that nobody holds is lost, and the decider may still be starting.
    } <>"$here/r.$id" 8<>"$here/ask"
    case $answer in
      ok) return 0 ;;
      'no '*)
        __agent_policy_reason=${answer#no }
        return 1 ;;
      'need '*)
        answer="${answer#need } "
        while [ -n "$answer" ]; do
          name=${answer%% *}
          answer=${answer#* }
          eval "if [ -n \"\${$name+x}\" ]; then set -- \"\$@\" \"$name=\${$name}\"; else set -- \"\$@\" '$name'; fi" 2>/dev/null || return 1
        done ;;
      *) return 1 ;;
    esac
  done
  return 1
}

# What may run without a decider: what only looks at names.
__agent_policy_harmless() {
  case $1 in
    *[!A-Za-z0-9_./\ ,:=+-]*) return 1 ;;
    ls | ls\ * | pwd | cd | cd\ * | echo | echo\ * | true | false | exit | exit\ * | clear | logout) return 0 ;;
  esac
  return 1
}

__agent_policy_say() {
  printf 'agent-policy: %s\n' "$1" >&2
}
