# The guard in a zsh. A DEBUG trap that is a function and returns non-zero gives up the whole line, or ends a script.
if [[ -z ${__agent_policy_on-} ]]; then
  __agent_policy_on=1
  zmodload zsh/system
  . "$AGENT_POLICY_MEDIA/ask.sh"
  functions[__agent_policy_ask_raw]=$functions[__agent_policy_ask]

  # The user's options must not change how the guard's own code reads.
  __agent_policy_ask() {
    emulate -L zsh
    setopt no_xtrace no_err_exit no_err_return
    __agent_policy_ask_raw "$@"
  }

  __agent_policy_hash() {
    local name=${1%%[[:space:]]*} folder
    [[ -z $name || $name == */* || ! -e $AGENT_POLICY_SHIMS/$name ]] && return 0
    [[ $name == *sh || $name == python* || $name == node || $name == perl || $name == ruby ]] && return 0
    for folder in $path; do
      if [[ $folder != $AGENT_POLICY_SHIMS && -x $folder/$name && ! -d $folder/$name ]]; then
        hash "$name=$folder/$name"
        return 0
      fi
    done
    return 0
  }

  __agent_policy_command() {
    emulate -L zsh
    local text=$1 word=${1%%[[:space:]\;\<\>\|\&\(\)]*}
    if [[ -n $word && -n ${functions[$word]-} && $1 != *[\;\|\&$'\n']* ]]; then
      text=:${text#$word}
      [[ $text == *[\$\`\<\>=]* ]] || return 0
    fi
    __agent_policy_ask command zsh "$text" || { ! __agent_policy_alive && __agent_policy_harmless "$1" } || return 1
    __agent_policy_hash $word
  }

  TRAPDEBUG() {
    [[ -n $__agent_policy_active ]] || return 0
    local __agent_policy_now=$ZSH_DEBUG_CMD
    case $__agent_policy_now in
      __agent_policy_*) return 0 ;;
    esac
    if [[ -z $__agent_policy_denied ]]; then
      [[ $__agent_policy_now == $__agent_policy_text ]] && return 0
      __agent_policy_command "$__agent_policy_now" && return 0
    fi
    __agent_policy_say "$__agent_policy_reason"
    __agent_policy_denied=
    [[ -o interactive ]] && (( ZSH_SUBSHELL == 0 )) && __agent_policy_active=
    return 126
  }

  if [[ -o interactive ]]; then
    __agent_policy_count=0
    __agent_policy_preexec() {
      local line=${3:-$1}
      (( __agent_policy_count += 1 ))
      export AGENT_POLICY_LINE=$$.$__agent_policy_count
      __agent_policy_text=$line __agent_policy_denied=
      __agent_policy_ask line zsh "$line" || { ! __agent_policy_alive && __agent_policy_harmless "$line" } || __agent_policy_denied=1
      # The command of a line that is one command is the line.
      __agent_policy_hash "$line"
      __agent_policy_active=1
    }
    __agent_policy_precmd() {
      __agent_policy_active= __agent_policy_denied=
    }
    # At the first prompt, after all of the user's files: the first of precmd and the last of preexec.
    __agent_policy_install() {
      precmd_functions=(${precmd_functions:#__agent_policy_*})
      precmd_functions=(__agent_policy_precmd $precmd_functions)
      preexec_functions=(${preexec_functions:#__agent_policy_*} __agent_policy_preexec)
    }
    typeset -ga precmd_functions preexec_functions
    precmd_functions+=(__agent_policy_install)
    preexec_functions+=(__agent_policy_preexec)
  else
    __agent_policy_text= __agent_policy_denied=
    if [[ -n ${ZSH_EXECUTION_STRING-} ]] && ! __agent_policy_ask line zsh "$ZSH_EXECUTION_STRING"; then
      if __agent_policy_alive || ! __agent_policy_harmless "$ZSH_EXECUTION_STRING"; then
        __agent_policy_say "$__agent_policy_reason"
        exit 126
      fi
    fi
    __agent_policy_active=1
  fi
fi
