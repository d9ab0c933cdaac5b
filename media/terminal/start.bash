# Runs once, at the first prompt of an interactive bash in VS Code, where PROMPT_COMMAND came with the environment: after all of the user's files.
case ${PROMPT_COMMAND-} in
  '${AGENT_POLICY_START:+. "$AGENT_POLICY_START"}') unset PROMPT_COMMAND ;;
  *'${AGENT_POLICY_START:+. "$AGENT_POLICY_START"}'*) PROMPT_COMMAND=${PROMPT_COMMAND/'${AGENT_POLICY_START:+. "$AGENT_POLICY_START"}'/:} ;;
esac
if [ "${__vsc_original_prompt_command-}" = '${AGENT_POLICY_START:+. "$AGENT_POLICY_START"}' ]; then
  unset __vsc_original_prompt_command
fi
export -n PROMPT_COMMAND 2>/dev/null
__agent_policy_media=$AGENT_POLICY_MEDIA
. "$__agent_policy_media/marker.sh"
if [ -n "${AGENT_POLICY_GUARD-}" ]; then
  . "$__agent_policy_media/guard.bash"
  __agent_policy_prompt_end
fi
unset __agent_policy_media
