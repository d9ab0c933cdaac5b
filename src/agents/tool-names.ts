/** How a tool's arguments are read. */
export type Shape = 'bash' | 'write' | 'edit' | 'delete' | 'read' | 'patch' | 'fetch' | 'sql' | 'search' | 'none' | 'unknown';

/**
 * Every tool of every supported agent, in lower case. One table for all: hooks in one agent's format are loaded by others with
 * their own tools, and a name that two agents share means the same in both. A tool that is not here is judged by its arguments.
 * Tools whose arguments need a reading of their own are in special-tools.ts.
 */
const names: Readonly<Record<Shape, string>> = {
  bash: `bash shell powershell pwsh monitor run_in_terminal send_to_terminal run_shell_command run_commands execute_command run_command
    exec_command shell_command local_shell execute_bash write_bash write_powershell write_stdin send_command_input shellcommand run_terminal_cmd
    execute_pwsh`,
  write: 'write create create_file write_file write_to_file new_rule filewrite create_directory',
  edit: `edit multiedit edit_file replace replace_string_in_file multi_replace_string_in_file insert_edit_into_file notebookedit notebook_edit
    edit_notebook_file editor replace_in_file str_replace replace_file_content multi_replace_file_content editnotebook undo_edit format_file
    vscode_renamesymbol search_replace strreplace`,
  delete: 'delete delete_file remove_file deletefile',
  read: `read view read_file read_files read_many_files view_image view_file view_file_outline view_code_item copilot_readfile read_notebook
    readfile`,
  patch: 'apply_patch applypatch patch',
  fetch: `fetch webfetch web_fetch fetch_webpage fetch_web_content read_web_page read_url_content open_simple_browser open_browser_page
    navigate_page browser_action`,
  sql: 'sql session_store_sql',
  search: 'grep grep_search search_codebase search_files search_file_content codebase_search',
  none: `agent askuserquestion bashoutput croncreate crondelete cronlist enterplanmode enterworktree exitplanmode glob killbash killshell listagents
    listmcpresourcestool lsp ls readmcpresourcetool reportfindings schedulewakeup sendmessage skill structuredoutput taskcreate taskget tasklist
    taskoutput taskstop taskupdate todoread todowrite toolsearch websearch teamcreate teamdelete workflow
    runsubagent run_subagent kill_terminal get_terminal_output terminal_last_command terminal_selection list_dir file_search
    semantic_search get_errors get_changed_files manage_todo_list vscode_askquestions vscode_listcodeusages vscode_searchextensions_internal
    get_vscode_api get_project_setup_info get_search_view_results list_code_usages test_failure test_search get_task_output runtests think
    read_bash read_powershell stop_bash stop_powershell list_bash list_powershell task report_intent update_todo ask_user skill
    fetch_copilot_cli_documentation list_agents read_agent update_plan spawn_agent wait_agent close_agent send_input resume_agent request_user_input
    web_search google_web_search list_directory write_todos activate_skill enter_plan_mode exit_plan_mode delegate_to_agent complete_task
    update_topic get_internal_docs todo_write list todoread question websearch codesearch plan_enter plan_exit
    list_files list_code_definition_names ask_followup_question attempt_completion plan_mode_respond new_task condense
    ask_question submit_and_exit skills team_status switch_mode update_todo_list todolist readlints
    find_by_name search_web command_status task_boundary notify_user view_content_chunk search_in_file
    oracle finder librarian mermaid look_at introspect thinking todo_list`,
  unknown: `config remotetrigger exitworktree run_notebook_cell install_extension run_task create_new_workspace browser_subagent
    use_subagents team_run_task`,
};

const shapes = new Map<string, Shape>();
for (const shape in names) for (const name of names[shape as Shape].split(/\s+/)) shapes.set(name, shape as Shape);

/** The shape of a tool's arguments, or nothing for a tool that is in no table. */
export function shapeOf(name: string): Shape | undefined {
  return shapes.get(name.toLowerCase());
}
