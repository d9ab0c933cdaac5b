# Found by every fish that is started with the guard's folder in XDG_DATA_DIRS. fish has no hook that could keep a command from running, so a script
# is decided as a whole before it begins, and a line when Enter is pressed.
if set -q AGENT_POLICY_START
    set -l markers $AGENT_POLICY_GUARD $AI_AGENT $COPILOT_AGENT $CLAUDECODE $GEMINI_CLI $CODEX_SANDBOX $CODEX_THREAD_ID $OPENCODE $QWEN_CODE $CURSOR_AGENT $CLINE_ACTIVE
    set -e AGENT_POLICY_START
    set -e PROMPT_COMMAND
    if test -n "$markers"
        set -gx AGENT_POLICY_GUARD 1
        set -gx BASH_ENV $AGENT_POLICY_MEDIA/guard.bash
        contains -- $AGENT_POLICY_SHIMS $PATH; or set -gx PATH $AGENT_POLICY_SHIMS $PATH
    else
        set -gx XDG_DATA_DIRS (string replace -- "$AGENT_POLICY_MEDIA/data:" '' "$XDG_DATA_DIRS")
        for name in AGENT_POLICY_MEDIA AGENT_POLICY_SHIMS AGENT_POLICY_NODE AGENT_POLICY_DECIDER AGENT_POLICY_RUNTIME AGENT_POLICY_USER_ZDOTDIR
            set -e $name
        end
    end
end

if set -q AGENT_POLICY_GUARD; and not functions -q __agent_policy_ask
    if not set -q AGENT_POLICY_TERMINAL
        set -gx AGENT_POLICY_TERMINAL $AGENT_POLICY_RUNTIME/terminal-$fish_pid-(random)
        set -gx AGENT_POLICY_OWNER $fish_pid
    end

    # The text with the functions and the variables that it names: what they hold is what would run.
    function __agent_policy_ask -a text
        set -l known
        for name in (string match -ra '[A-Za-z_][A-Za-z0-9_.-]*' -- $text | sort -u)[1..50]
            if functions -q -- $name; and not string match -q -- "$__fish_data_dir*" (functions --details $name)
                set -a known (functions --no-details -- $name | string collect)
            end
        end
        set -l values
        for name in (string match -rag '\$([A-Za-z_]\w*)' -- $text | sort -u)[1..50]
            set -q $name; and set -a values "$name=$$name"
        end
        /bin/bash -p $AGENT_POLICY_MEDIA/client.bash line fish (string join \n -- $known $text | string collect) $values
    end

    if status is-interactive
        set -g __agent_policy_count 0
        function __agent_policy_enter
            set -l text (commandline -b | string collect)
            commandline --is-valid
            if test $status -eq 0; and string match -qr '\S' -- $text
                set -g __agent_policy_count (math $__agent_policy_count + 1)
                set -gx AGENT_POLICY_LINE $fish_pid.$__agent_policy_count
                # Expanded now, so that what is decided is what runs.
                if not __agent_policy_ask $text
                    echo
                    commandline -r ''
                    commandline -f repaint
                    return 126
                end
            end
            commandline -f execute
        end
        # At the first prompt, after the user's own key bindings.
        function __agent_policy_bind --on-event fish_prompt
            for mode in default insert visual
                bind -M $mode \r __agent_policy_enter 2>/dev/null
                bind -M $mode \n __agent_policy_enter 2>/dev/null
                bind -M $mode enter __agent_policy_enter 2>/dev/null
            end
        end
    else
        set -l words
        if test -r /proc/$fish_pid/cmdline
            set words (string split0 < /proc/$fish_pid/cmdline)
        else
            set words (string split ' ' -- (ps -o args= -p $fish_pid))
        end
        set -l code
        set -l file
        set -l skip
        for index in (seq 2 (count $words))
            if test -n "$skip"
                set -e skip
                continue
            end
            switch $words[$index]
                case -c --command
                    set -a code $words[(math $index + 1)]
                    set skip 1
                case '--command=*'
                    set -a code (string replace -- --command= '' $words[$index])
                case '-c*'
                    set -a code (string sub -s 3 -- $words[$index])
                case '-*'
                case '*'
                    test -z "$code"; and set file $words[$index]
                    break
            end
        end
        # An exit from a start-up file would only end that file.
        if test -n "$code"
            __agent_policy_ask (string join \n -- $code | string collect); or exec /bin/sh -c 'exit 126'
        else if test -n "$file" -a -r "$file"
            __agent_policy_ask (string collect < $file); or exec /bin/sh -c 'exit 126'
        end
    end
end
