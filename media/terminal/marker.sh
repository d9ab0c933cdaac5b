# Whether an agent owns this terminal: agents of VS Code and those of the command line say so in the environment.
# Read by bash and zsh. In a person's own terminal it leaves nothing behind.
if [ -n "${AGENT_POLICY_GUARD-}${AI_AGENT-}${COPILOT_AGENT-}${CLAUDECODE-}${GEMINI_CLI-}${CODEX_SANDBOX-}${CODEX_THREAD_ID-}${OPENCODE-}${QWEN_CODE-}${CURSOR_AGENT-}${CLINE_ACTIVE-}" ]; then
  export AGENT_POLICY_GUARD=1
  if [ -n "${BASH_ENV-}" ] && [ "$BASH_ENV" != "$AGENT_POLICY_MEDIA/guard.bash" ]; then
    export AGENT_POLICY_USER_BASH_ENV=$BASH_ENV
  fi
  export BASH_ENV=$AGENT_POLICY_MEDIA/guard.bash
  case $PATH: in
    "$AGENT_POLICY_SHIMS":*) ;;
    *) export PATH=$AGENT_POLICY_SHIMS:$PATH ;;
  esac
else
  unset AGENT_POLICY_MEDIA AGENT_POLICY_SHIMS AGENT_POLICY_NODE AGENT_POLICY_DECIDER AGENT_POLICY_RUNTIME AGENT_POLICY_USER_ZDOTDIR
fi
unset AGENT_POLICY_START
if [ -z "${BASH_VERSION-}" ]; then unset PROMPT_COMMAND; fi
