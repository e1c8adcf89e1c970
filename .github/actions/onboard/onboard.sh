#!/usr/bin/env bash
# The step of action.yml: runs `nectar onboard --json`, and tells the runner what came of it. Ends with its exit status.
set -euo pipefail

# An empty key is no key.
[[ -n "${NECTAR_API_KEY:-}" ]] || unset NECTAR_API_KEY
password=${INPUT_PASSWORD:-}
unset INPUT_PASSWORD

# A workflow command is one line; see "Workflow commands" in GitHub's documentation.
escaped() {
  local text=${1//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '%s' "${text//$'\n'/%0A}"
}

# The runner masks line by line.
for secret in "${NECTAR_API_KEY:-}" "$password"; do
  while IFS= read -r line; do
    [[ -z "$line" ]] || echo "::add-mask::$(escaped "$line")"
  done <<<"$secret"
done

words=(onboard --json)
option() { [[ -z "$2" ]] || words+=("$1=$2"); }
# Each line of an input is one value.
options() {
  while IFS= read -r line; do option "$1" "${line%$'\r'}"; done <<<"$2"
}
option --company-name "$INPUT_COMPANY_NAME"
option --company-external-id "$INPUT_COMPANY_EXTERNAL_ID"
option --company-id "$INPUT_COMPANY_ID"
options --site "$INPUT_SITES"
options --site-id "$INPUT_SITE_IDS"
option --country "$INPUT_COUNTRY"
option --url "$INPUT_URL"
option --username "$INPUT_USERNAME"
option --timeout "$INPUT_TIMEOUT"
option --profile "$INPUT_PROFILE"
option --api-url "$INPUT_API_URL"
[[ "$INPUT_WAIT" != false ]] || words+=(--no-wait)
[[ "$INPUT_NEW_CONNECTION" != true ]] || words+=(--new-connection)
[[ "$INPUT_LOCAL" != true ]] || words+=(--local)
[[ -z "$password" ]] || words+=(--password-stdin)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
printf '%s' "$password" | npx --yes "nectar-cli@$INPUT_VERSION" "${words[@]}" \
  >"$folder/result" 2>"$folder/said" || status=$?

# What it said may hold text of a server's: only this script gives the runner commands.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
cat "$folder/result" "$folder/said"
echo "::$token::"

NECTAR_EXIT=$status node "$GITHUB_ACTION_PATH/report.cjs" "$folder/result" "$folder/said"
exit "$status"
