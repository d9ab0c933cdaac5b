# What a guarded interactive bash reads instead of ~/.bashrc: the user's own file first, then the guard.
[ -r /etc/bash.bashrc ] && . /etc/bash.bashrc
[ -r ~/.bashrc ] && . ~/.bashrc
. "$AGENT_POLICY_MEDIA/guard.bash"
