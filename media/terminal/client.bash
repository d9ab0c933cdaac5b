# Asks for a shell that cannot: KIND DIALECT TEXT [NAME=VALUE...]. Exit code 0 where it may run; else 126, and why on standard error.
. "$AGENT_POLICY_MEDIA/ask.sh"
__agent_policy_words=1
__agent_policy_ask "$@"
__agent_policy_code=$?
[ $__agent_policy_code -eq 0 ] && exit 0
! __agent_policy_alive && __agent_policy_harmless "$3" && exit 0
__agent_policy_say "$__agent_policy_reason"
exit 126
