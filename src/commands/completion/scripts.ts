/**
 * The scripts that make a shell complete this tool's commands. Each hands the words before the cursor to `__complete`,
 * and the one at the cursor behind a `=`, because some shells drop empty words. What comes back is taken as plain words:
 * nothing of it is ever evaluated. Without a candidate, a shell offers file names.
 */

/**
 * Bash splits words at `=` and `:`, and replaces only the part after them: whole words are put together again, and what
 * stands before that part is taken off the candidates. Descriptions are shown only in a list, never inserted. For Bash 3.2
 * and later.
 */
const BASH = `
_nectar() {
  local rest=\${COMP_LINE:0:COMP_POINT} trimmed word i last value description widest=0
  local -a words=() values=() descriptions=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    trimmed=\${rest#"\${rest%%[![:space:]]*}"}
    ((i == COMP_CWORD)) && word=$trimmed
    if ((\${#words[@]} > 0)) && [[ -n $word && $trimmed == "$rest" ]]; then
      words[last]+=$word
    else
      words+=("$word")
    fi
    last=$((\${#words[@]} - 1))
    rest=\${trimmed#"$word"}
  done
  local whole=\${words[last]} before=
  [[ $whole == *[=:]* && $COMP_WORDBREAKS == *[=:]* ]] && before=\${whole%"\${whole##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r value description; do
    values+=("\${value#"$before"}")
    descriptions+=("$description")
    ((\${#value} > widest)) && widest=\${#value}
  done < <(nectar __complete "\${words[@]:1:last-1}" "=$whole" 2>/dev/null)
  for ((i = 0; i < \${#values[@]}; i++)); do
    value=\${values[i]}
    if ((\${#values[@]} > 1)) && [[ $COMP_TYPE == 33 || $COMP_TYPE == 63 ]] && [[ -n \${descriptions[i]} ]]; then
      printf -v value '%-*s  (%s)' "$widest" "$value" "\${descriptions[i]}"
    fi
    COMPREPLY+=("$value")
  done
  if ((\${#COMPREPLY[@]} == 1)) && [[ \${COMPREPLY[0]} == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -o default -F _nectar nectar
`;

/** Both as a file in the function path, where it is run as the function itself, and for \`source\`. */
const ZSH = `#compdef nectar
_nectar() {
  local value description
  local -a values shown open
  while IFS=$'\\t' read -r value description; do
    [[ -n $description ]] && description="$value  -- $description" || description=$value
    if [[ $value == *= ]]; then
      open+=("$value")
    else
      values+=("$value")
      shown+=("$description")
    fi
  done < <(nectar __complete "\${(@)words[2,CURRENT-1]}" "=$PREFIX" 2>/dev/null)
  (( $#values + $#open )) || { _files; return }
  (( $#open )) && compadd -S '' -a open
  (( $#values )) && compadd -l -d shown -a values
  return 0
}
if [[ $funcstack[1] == _nectar ]]; then
  _nectar "$@"
else
  compdef _nectar nectar
fi
`;

const FISH = `
function __nectar_complete
    set -l words (commandline -opc)
    set -l found (nectar __complete $words[2..-1] (string join -- "" = (commandline -ct)) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c nectar -f -a '(__nectar_complete)'
`;

const POWERSHELL = `
Register-ArgumentCompleter -Native -CommandName nectar -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    & nectar __complete @words "=$wordToComplete" 2>$null | ForEach-Object {
        $value, $description = $_ -split [char]9, 2
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
}
`;

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

const SCRIPTS: Readonly<Record<Shell, string>> = {
  ...{ bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL },
};

/** The script for a shell, with a line end. */
export function scriptFor(shell: Shell): string {
  return SCRIPTS[shell].trimStart();
}
