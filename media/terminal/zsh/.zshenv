# Read by every zsh that is started with the guard's ZDOTDIR: gives the user's own folder back, reads the user's own file, then guards.
if [[ -n ${AGENT_POLICY_USER_ZDOTDIR-} ]]; then
  ZDOTDIR=$AGENT_POLICY_USER_ZDOTDIR
elif [[ -n ${USER_ZDOTDIR-} || -n ${VSCODE_INJECTION-} ]]; then
  ZDOTDIR=$HOME
else
  unset ZDOTDIR
fi
[[ -r ${ZDOTDIR:-$HOME}/.zshenv ]] && . "${ZDOTDIR:-$HOME}/.zshenv"
if [[ -n ${AGENT_POLICY_START-} ]]; then
  . "$AGENT_POLICY_MEDIA/marker.sh"
fi
if [[ -n ${AGENT_POLICY_GUARD-} ]]; then
  . "$AGENT_POLICY_MEDIA/guard.zsh"
fi
