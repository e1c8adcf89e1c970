#!/usr/bin/env bash
# The step of action.yml: runs `nectar onboard --json`, and reports the result to the runner. Exits with its status.
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
# A flag where the input has this value; the other one is the default.
switch() {
  local name=$1 value=$2 at=$3 flag=$4
  case "$value" in
    "$at") words+=("$flag") ;;
    true | false | "") ;;
    *)
      echo "::error title=nectar onboard::$(escaped "$name: \"$value\" is not allowed; it takes true or false")"
      exit 2
      ;;
  esac
}
switch wait "$INPUT_WAIT" false --no-wait
switch new-connection "$INPUT_NEW_CONNECTION" true --new-connection
switch local "$INPUT_LOCAL" true --local
[[ -z "$password" ]] || words+=(--password-stdin)

version=$INPUT_VERSION
if [[ -z "$version" && "$ACTION_REF" =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then version=${ACTION_REF#v}; fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The output may hold text of a server's: only this script gives the runner commands.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
set +e
printf '%s' "$password" | npx --yes "nectar-cli@${version:-latest}" "${words[@]}" \
  2>&1 >"$folder/result" | tee "$folder/said"
status=${PIPESTATUS[1]}
set -e
cat "$folder/result"
echo "::$token::"

NECTAR_EXIT=$status node "$GITHUB_ACTION_PATH/report.cjs" "$folder/result" "$folder/said"
exit "$status"
