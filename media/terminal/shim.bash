# A stand-in for a program, first in PATH: asks, and becomes the real program, which is the next of that name in PATH.
__agent_policy_name=${0##*/}
__agent_policy_real=
__agent_policy_rest=$PATH:
while [ -n "$__agent_policy_rest" ]; do
  __agent_policy_folder=${__agent_policy_rest%%:*}
  __agent_policy_rest=${__agent_policy_rest#*:}
  [ "$__agent_policy_folder" = "${AGENT_POLICY_SHIMS-}" ] || [ "$__agent_policy_folder" = "${0%/*}" ] && continue
  if [ -x "$__agent_policy_folder/$__agent_policy_name" ] && [ ! -d "$__agent_policy_folder/$__agent_policy_name" ]; then
    __agent_policy_real=$__agent_policy_folder/$__agent_policy_name
    break
  fi
done
if [ -z "$__agent_policy_real" ]; then
  printf '%s: command not found\n' "$__agent_policy_name" >&2
  exit 127
fi
if [ -n "${AGENT_POLICY_GUARD-}" ]; then
  . "$AGENT_POLICY_MEDIA/ask.sh"
  if ! __agent_policy_ask argv sh "$__agent_policy_name" "$@"; then
    if __agent_policy_alive || ! __agent_policy_harmless "$__agent_policy_name $*"; then
      __agent_policy_say "$__agent_policy_reason"
      exit 126
    fi
  fi
  case $__agent_policy_name in
    bash) export AGENT_POLICY_START=$AGENT_POLICY_MEDIA/start.bash PROMPT_COMMAND='${AGENT_POLICY_START:+. "$AGENT_POLICY_START"}' ;;
    zsh) export ZDOTDIR=$AGENT_POLICY_MEDIA/zsh ;;
  esac
fi
exec "$__agent_policy_real" "$@"
