# The guard in a bash: read by interactive shells through rc.bash or the first prompt, by scripts through BASH_ENV.

if [ -n "${AGENT_POLICY_USER_BASH_ENV-}" ] && [[ $- != *i* ]] && [ -r "$AGENT_POLICY_USER_BASH_ENV" ]; then
  . "$AGENT_POLICY_USER_BASH_ENV"
fi

if [ -n "${AGENT_POLICY_GUARD-}" ] && [ -z "${__agent_policy_on-}" ] && [ -n "${BASH_VERSION-}" ]; then
  __agent_policy_on=1
  . "$AGENT_POLICY_MEDIA/ask.sh"

  # Subshells of the guard's own code have the trap, too.
  __agent_policy_busy=
  __agent_policy_decide() {
    __agent_policy_busy=1
    __agent_policy_ask "$@" || { ! __agent_policy_alive && __agent_policy_harmless "$3"; }
    local code=$?
    __agent_policy_busy=
    return $code
  }

  # The names that stand-ins are there for: a bash that is guarded itself calls the real programs.
  __agent_policy_hash() {
    local name=${1%%[[:space:]]*} folder rest=$PATH:
    [[ $name == */* || ! -e $AGENT_POLICY_SHIMS/$name ]] && return 0
    # What runs text of its own is looked at once more where its input comes from a pipe.
    [[ $name == *sh || $name == python* || $name == node || $name == perl || $name == ruby ]] && return 0
    while [[ -n $rest ]]; do
      folder=${rest%%:*} rest=${rest#*:}
      if [[ $folder != "$AGENT_POLICY_SHIMS" && -x $folder/$name && ! -d $folder/$name ]]; then
        hash -p "$folder/$name" "$name" 2>/dev/null
        return 0
      fi
    done
    return 0
  }

  # Decides one command; a function's own commands are decided when it comes to them.
  __agent_policy_command() {
    local text=$1 word=${1%%[[:space:];<>|&()]*}
    # Of what has a body the trap tells the head only.
    case $text in
      'for '* | 'select '*) text=": ${text#* in}" ;;
      'case '*) text=": ${text#case }" ;;
    esac
    if [[ -n $word && $word != *[!A-Za-z0-9_.:-]* ]] && declare -F -- "$word" >/dev/null; then
      text=:${text#"$word"}
      [[ $text == *[\$\`\<\>]* ]] || return 0
    fi
    __agent_policy_decide command bash "$text" || return 1
    __agent_policy_hash "$word"
  }

  if [[ $- == *i* ]]; then
    # Gives the user's own settings of the history back.
    __agent_policy_history_back() {
      [[ -n $__agent_policy_histcontrol ]] && HISTCONTROL=$__agent_policy_histcontrol
      [[ -n $__agent_policy_histignore ]] && HISTIGNORE=$__agent_policy_histignore
      __agent_policy_histcontrol= __agent_policy_histignore=
    }

    # The decision on the whole line comes first: it sees pipes and loops as one.
    __agent_policy_line() {
      local line= number= saved_format=${HISTTIMEFORMAT-} had_format=${HISTTIMEFORMAT+x}
      if [[ -o history ]]; then
        unset HISTTIMEFORMAT
        line=$(builtin history 1)
        [[ -n $had_format ]] && HISTTIMEFORMAT=$saved_format
        [[ $line =~ ^\ *([0-9]+)\*?\ ?\ ?(.*)$ ]] && number=${BASH_REMATCH[1]} line=${BASH_REMATCH[2]}
      fi
      # What the user's own settings keep out of the history goes out of it now.
      if [[ -n $__agent_policy_histcontrol$__agent_policy_histignore ]]; then
        __agent_policy_history_back
        if [[ -n $number ]]; then
          case :$HISTCONTROL: in
            *:ignorespace:* | *:ignoreboth:*) [[ $line == ' '* ]] && builtin history -d "$number" && number= ;;
          esac
          [[ -n $number ]] && builtin history -d "$number" && builtin history -s "$line"
        fi
      fi
      [[ -n $line ]] || line=$1
      __agent_policy_count=$((__agent_policy_count + 1))
      export AGENT_POLICY_LINE=$$.$__agent_policy_count
      __agent_policy_text=$line
      __agent_policy_decide line bash "$line"
    }

    __agent_policy_debug() {
      [[ -n $__agent_policy_busy || -n $__agent_policy_prompting || -n ${COMP_LINE-} || -n ${READLINE_LINE-} ]] && return 0
      # Our own functions at the prompt; nobody may define or call them: what names them is denied.
      [[ ${FUNCNAME[1]-}$BASH_COMMAND == __agent_policy_prompt_* ]] && return 0
      local first=
      if [[ -n $__agent_policy_ready ]]; then
        __agent_policy_ready= __agent_policy_denied= first=1
        __agent_policy_line "$BASH_COMMAND" || __agent_policy_denied=1
      fi
      if [[ -z $__agent_policy_denied ]]; then
        if [[ $BASH_COMMAND == "$__agent_policy_text" ]] || __agent_policy_command "$BASH_COMMAND"; then
          [[ -n $first ]] && __agent_policy_hash "$BASH_COMMAND"
          [[ -n $__agent_policy_chain ]] && eval "$__agent_policy_chain"
          return 0
        fi
        __agent_policy_denied=1
      fi
      [[ -n $__agent_policy_reason ]] && __agent_policy_say "$__agent_policy_reason"
      __agent_policy_reason=
      # Half of a line must not run on: `cd build && rm -rf *` without its cd. A subshell ends; a line is given up, which a pipeline that has
      # begun cannot be, so there each command is left out.
      [[ $BASHPID == "$$" ]] || exit 126
      shopt -s extdebug
      __agent_policy_left_out=$((__agent_policy_left_out + 1))
      if [[ ${__agent_policy_text//||/} != *[\|\&]* || $__agent_policy_left_out -gt 30 ]]; then
        kill -INT $$
      fi
      return 1
    }

    __agent_policy_prompt_begin() {
      __agent_policy_prompting=1
      # A line that was a subshell only had its trap there.
      __agent_policy_history_back
    }

    __agent_policy_prompt_end() {
      shopt -u extdebug
      set -T
      __agent_policy_left_out=0 __agent_policy_reason=
      __agent_policy_histcontrol=${HISTCONTROL-} __agent_policy_histignore=${HISTIGNORE-}
      [[ -n $__agent_policy_histcontrol ]] && HISTCONTROL=
      [[ -n $__agent_policy_histignore ]] && HISTIGNORE=
      __agent_policy_prompt_hooks
      [[ -n $__agent_policy_denied ]] && { __agent_policy_denied= __agent_policy_ready=1 __agent_policy_prompting=; return 126; }
      __agent_policy_ready=1 __agent_policy_prompting=
    }

    # First and last at each prompt, whatever the user's own files or commands make of it.
    __agent_policy_prompt_hooks() {
      local begin=__agent_policy_prompt_begin end=__agent_policy_prompt_end
      if [[ "$(declare -p PROMPT_COMMAND 2>/dev/null)" == 'declare -a'* ]]; then
        [[ ${PROMPT_COMMAND[0]-} == "$begin" && ${PROMPT_COMMAND[${#PROMPT_COMMAND[@]} - 1]} == "$end" ]] && return 0
        local -a kept=()
        local each
        for each in "${PROMPT_COMMAND[@]}"; do
          [[ $each == "$begin" || $each == "$end" ]] || kept+=("$each")
        done
        PROMPT_COMMAND=("$begin" "${kept[@]}" "$end")
      elif [[ ${PROMPT_COMMAND-} != "$begin"*"$end" ]]; then
        PROMPT_COMMAND="$begin"$'\n'"${PROMPT_COMMAND-}"$'\n'"$end"
      fi
    }

    __agent_policy_count=0 __agent_policy_left_out=0
    __agent_policy_ready= __agent_policy_denied= __agent_policy_text= __agent_policy_reason=
    __agent_policy_histcontrol= __agent_policy_histignore=
    __agent_policy_chain=$(trap -p DEBUG)
    if [[ -n $__agent_policy_chain ]]; then
      eval "set -- $__agent_policy_chain"
      __agent_policy_chain=$3
      set --
    elif declare -F __vsc_preexec_only >/dev/null; then
      # VS Code's own, which is not seen from within a function.
      __agent_policy_chain='__vsc_preexec_only "$_"'
    fi
    __agent_policy_prompting=1
    __agent_policy_prompt_hooks
    set -T
    trap '__agent_policy_debug "$_"' DEBUG
  else
    __agent_policy_debug() {
      [[ -n $__agent_policy_busy ]] && return 0
      __agent_policy_command "$BASH_COMMAND" && return 0
      __agent_policy_say "$__agent_policy_reason"
      exit 126
    }
    if [[ -n ${BASH_EXECUTION_STRING-} ]]; then
      if ! __agent_policy_decide line bash "$BASH_EXECUTION_STRING"; then
        __agent_policy_say "$__agent_policy_reason"
        # An exit from here, or before the first command, would have code 0.
        exec /bin/sh -c 'exit 126'
      fi
    fi
    set -T
    trap '__agent_policy_debug "$_"' DEBUG
  fi
fi
