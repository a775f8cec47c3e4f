/**
 * What `source <(revsync completion bash)` runs. That of @bomb.sh/tab evaluates what has been typed, `$(…)` in it
 * too, needs the bash-completion package, complains when it is read twice, and never offers a file. This one runs on
 * bash alone and goes by the same answers.
 */
export const BASH_COMPLETION = `# bash completion for revsync
_revsync() {
  local words=() word line joined= directive=0
  # Bash breaks words at these marks too.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ -n $joined || $word =~ ^[=:@]+$ ]] && (( \${#words[@]} > 0 )); then
      words[\${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    [[ $word =~ ^[=:@]+$ ]] && joined=yes || joined=
  done
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      ?*) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(revsync completion complete -- "\${words[@]}" 2>/dev/null)
  if (( directive & 4 )); then
    compopt +o default +o bashdefault 2>/dev/null
  fi
}
complete -o default -o bashdefault -F _revsync revsync
`;
