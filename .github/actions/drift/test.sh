#!/usr/bin/env bash
# Tests the scripts of the action with the environment that a runner gives them. A bare repository
# stands in for the one on GitHub, a JSON file for its pull requests. Needs bash, git and jq.
#
#   XTASK=target/debug/xtask bash .github/actions/drift/test.sh
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
action=.github/actions/drift
xtask="$(realpath "${XTASK:?set it to the xtask program, for example target/debug/xtask}")"
# The space in its name reveals what is not quoted. Tests that are still running write to it.
temp="$(mktemp -d "${TMPDIR:-/tmp}/drift test.XXXXXX")"
trap 'wait; rm -rf "$temp"' EXIT
trap 'exit 141' PIPE
mkdir "$temp/bin" "$temp/hooks"

cat >"$temp/bin/cargo" <<'CARGO'
#!/usr/bin/env bash
# `cargo xtask` is the program that is already built, with some more output. It must not see the token.
[ "$1" = xtask ] && [ -z "${GH_TOKEN:-}" ] || exit 70
case " $* " in *" --root "*) shift ;; *) set -- "$2" --root "$PWD" "${@:3}" ;; esac
"$XTASK" "$@"
code=$? && echo "##[error]pwned" && printf "no newline at the end" >&2 && exit "$code"
CARGO

cat >"$temp/bin/gh" <<'GH'
#!/usr/bin/env bash
# Keeps pull requests in $PULL_REQUESTS, oldest first.
set -euo pipefail
fail() { echo "gh: $*" >&2; exit 1; }
[ "${GH_TOKEN:-}" = "the token" ] || fail "no token"
command="$1 $2" url="" && shift 2
declare -A flag=([state]=open)
while [ $# -gt 0 ]; do
  case "$1" in --*) flag[${1#--}]="$2" && shift 2 ;; *) url="$1" && shift ;; esac
done
change() {
  jq --arg url "$url" --arg base "${flag[base]:-}" --arg head "${flag[head]:-}" --arg title "${flag[title]}" \
    --rawfile body "${flag[body-file]}" "$1" "$PULL_REQUESTS" >"$PULL_REQUESTS.new"
  mv "$PULL_REQUESTS.new" "$PULL_REQUESTS"
}
case "$command" in
  "pr list")
    jq --arg head "${flag[head]}" --arg state "${flag[state]}" 'reverse
      | map(select(.head == $head and ($state == "all" or .state == ($state | ascii_upcase))))
      | map({state, url, isCrossRepository})' "$PULL_REQUESTS" | jq -r "${flag[jq]}"
    ;;
  "pr create")
    url="https://github.com/owner/name/pull/$(jq 'length + 1' "$PULL_REQUESTS")"
    change '. + [{$url, state: "OPEN", isCrossRepository: false, $base, $head, $title, $body, edits: 0}]'
    echo "$url"
    ;;
  "pr edit") change 'map(if .url == $url then . + {$title, $body, edits: (.edits + 1)} else . end)' ;;
  *) fail "$command is not expected" ;;
esac
GH

# The remote asks for no credentials, so a hook notes where git would look for them.
cat >"$temp/hooks/pre-push" <<'HOOK'
#!/bin/sh
[ -z "$RUNNER_TEMP" ] || git config --get-all credential.helper >"$RUNNER_TEMP/helpers"
HOOK
chmod +x "$temp"/bin/* "$temp/hooks/pre-push"

# Runs a command without the caller's environment: neither its git configuration nor its tokens count.
clean() {
  env -i PATH="$temp/bin:$PATH" HOME="$temp" TMPDIR="$temp" XTASK="$xtask" GIT_CONFIG_NOSYSTEM=1 \
    GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0="$temp/hooks" GIT_TEMPLATE_DIR="" "$@"
}
person() { clean git -c user.name="A person" -c user.email=person@example.com "$@"; }

# publish [STATUS [TEXT]]: makes the source the contract, as if Webex published it, with one more status.
publish() {
  jq --arg status "${1:-}" --arg text "${2:-Only for a test.}" '
    if $status == "" then . else .paths |= map_values(map_values(
      if type == "object" and has("responses") then .responses[$status] = {description: $text} else . end))
    end' "$root/spec/openapi.json" >"$source"
}

# step SCRIPT: runs it with the variables that action.yml gives it.
step() {
  local name value variables=()
  while read -r name value; do
    case "$value" in inputs.*) value="${inputs[${value#*.}]}" ;; *) value="$(output "${value##*.}")" ;; esac
    variables+=("$name=$value")
  done < <(sed -nE "/\/$1\"/,/^\$/s/^ +([A-Z_]+): \\$\{\{ ([a-z.-]+) \}\}\$/\1 \2/p" "$checkout/$action/action.yml")
  (cd "$checkout" && clean CI=true GITHUB_ACTIONS=true GITHUB_ACTION_PATH="$PWD/$action" GITHUB_WORKSPACE="$PWD" \
    RUNNER_TEMP="$run" GITHUB_OUTPUT="$run/outputs" GITHUB_STEP_SUMMARY="$run/summary" GITHUB_REF_NAME=main \
    PULL_REQUESTS="$pull_requests" "${variables[@]}" bash "$action/$1" </dev/null) >>"$run/log" 2>&1 || failed="$1"
}

# act EXPECTED [INPUT=VALUE]...: runs the action in a new checkout. EXPECTED is its result, or the script that fails.
act() {
  local input failed="" checkout
  run="$(mktemp -d "$folder/run.XXXXXX")" checkout="$run/checkout"
  declare -gA inputs=([source]="$source" [fail-on]=never [ignore-file]="" [branch]="" [base]=""
    [token]="the token" [pull-request]=true)
  for input in "${@:2}"; do inputs[${input%%=*}]="${input#*=}"; done
  touch "$run/outputs" "$run/summary"
  clean git clone --quiet --depth 1 --branch main "file://$remote" "$checkout"
  step drift.sh
  if [ -z "$failed" ] && [ "$(output result)" != broken ] && [ "${inputs[pull-request]}" = true ]; then
    between
    step propose.sh
  fi
  if [ -z "$failed" ] && [ "$(output result)" = drift ]; then step judge.sh; fi
  obeyed <"$run/log" >"$run/commands"
  is "${failed:-$(output result)}" "$1"
  is "$(grep -vE '^(notice|warning|error)\|(title=Documentation drift|file=[^,]+,line=[0-9]+,title=[^,]+)\|' "$run/commands")" ""
}
between() { :; }
output() { sed -n "s/^$1=//p" "$run/outputs" | tail -n 1; }

# The workflow commands that a runner obeys, in both of their forms: NAME|PROPERTIES|DATA.
obeyed() {
  tr '\r' '\n' | awk '
    { line = $0; sub(/^[ \t]+/, "", line); end = 0 }
    line ~ /^::/ { line = substr(line, 3); end = index(line, "::"); width = 2 }
    !end && /##\[/ { line = substr($0, index($0, "##[") + 3); end = index(line, "]"); width = 1 }
    !end { next }
    { data = substr(line, end + width); line = substr(line, 1, end - 1)
      name = line; sub(/ .*/, "", name); sub(/^[^ ]* ?/, "", line) }
    stopped { if (name == stopped) stopped = ""; next }
    name == "stop-commands" { stopped = data; next }
    { print name "|" line "|" data }'
}

is() { [ "$1" = "$2" ] || { printf 'expected: %s\n     got: %s\n' "$2" "$1"; return 1; }; }
told() { grep -q "^$1|title=Documentation drift|.*$2" "$run/commands" || { echo "no $1: $2"; return 1; }; }
pr() { jq -r "$1" "$pull_requests"; }
change_pr() { jq "$1" "$pull_requests" >"$folder/changed"; mv "$folder/changed" "$pull_requests"; }
branches() { git --git-dir "$remote" for-each-ref --format '%(refname:short)' refs/heads | sed '/^main$/d'; }
tip() { git --git-dir "$remote" rev-parse "$1"; }
nothing_proposed() { is "$(output pull-request) $(pr length) $(branches)" " 0 "; }

test_a_clean_source_proposes_nothing() {
  act clean
  is "$(output impact)$(cat "$run/commands")" ""
  [ -s "$run/summary" ]; nothing_proposed
}

test_one_pull_request_follows_the_source() {
  local url branch commit
  publish 418; act drift
  url="$(pr '.[0].url')" branch="$(branches)" commit="$(tip "$(branches)")"
  is "$(output impact) $(output pull-request)" "additive $url"
  is "$(pr '.[] | "\(.base) \(.head) \(.title)"')" \
    "main documentation-drift-$(output capture) Follow Webex's documentation: $(output capture) (additive)"
  is "$branch $(git --git-dir "$remote" log --format=%an "main..$branch")" "$(pr '.[].head') github-actions[bot]"
  [[ "$(pr '.[0].body')" == *418* && "$(cat "$run/summary")" == *"$(pr '.[0].body')"* ]]
  [[ "$(git --git-dir "$remote" diff --name-only main "$branch")" == *spec/documented/*spec/openapi.json* ]]
  is "$(cat "$run/helpers")" $'\n!gh auth git-credential'
  act drift
  told notice "$url is up to date"
  is "$(output pull-request) $(tip "$branch") $(pr '.[].edits')" "$url $commit 0"
  publish 451; act drift
  is "$(pr '.[].edits') $(branches) $(git --git-dir "$remote" rev-list --count "main..$branch")" "1 $branch 1"
  [[ "$(pr '.[0].body')" == *451* && "$(pr '.[0].body')" != *418* ]]
  commit="$(tip "$branch")"; publish; act clean
  told notice "$url is still open"
  is "$(output pull-request) $(tip "$branch") $(pr '.[] | "\(.state) \(.edits)"')" "$url $commit OPEN 1"
}

test_a_closed_pull_request_is_opened_again_only_for_a_new_change() {
  publish 418; act drift
  change_pr '.[0].state = "CLOSED"'; act drift
  told notice "was closed"; is "$(pr length)$(output pull-request)" 1
  publish 451; act drift
  is "$(pr 'map(.state) | join(" ")')" "CLOSED OPEN"
}

test_a_pull_request_of_a_fork_is_left_alone() {
  publish 418; act drift
  change_pr '.[0].isCrossRepository = true'; publish 451; act drift
  is "$(output pull-request) $(pr '.[0].edits')" "$(pr '.[1].url') 0"
}

test_the_commit_of_a_person_is_not_overwritten() {
  local branch commit
  publish 418; act drift
  branch="$(branches)"
  clean git clone --quiet --branch "$branch" "file://$remote" "$folder/person"
  person -C "$folder/person" commit --quiet --allow-empty --message "Add a note"
  person -C "$folder/person" push --quiet origin HEAD
  commit="$(tip "$branch")"; publish 451; act drift
  told warning "a person's"
  is "$(tip "$branch") $(pr '.[].edits')" "$commit 0"
}

test_an_unreadable_source_is_a_warning() {
  local text
  for text in missing "" "<!doctype html><body>Not found</body>" '{"openapi": "3.0.3", "paths": {}}' '{"openapi": "3.0'; do
    echo "$text" | tee "$source"
    case "$text" in missing) rm "$source" ;; "") truncate -s 0 "$source" ;; esac
    act broken fail-on=wording; told warning "was not compared"
    [[ "$(cat "$run/summary")$(output impact)" == *"was not compared:"$'\n\n    '* ]]
    nothing_proposed
  done
}

test_a_source_that_breaks_after_the_comparison_is_a_warning() {
  between() { : >"$source"; }
  publish 418; act drift
  told warning "nothing is proposed"; nothing_proposed
}

test_the_job_fails_after_the_pull_request_is_made() {
  local run_of
  publish 418
  for run_of in "judge.sh additive" "judge.sh wording" "drift breaking" "drift never"; do
    act "${run_of% *}" fail-on="${run_of#* }"
    is "$(output pull-request) $(pr length)" "https://github.com/owner/name/pull/1 1"
  done
}

test_inputs_are_followed_or_refused() {
  local input
  publish 418; act drift pull-request=false; nothing_proposed
  for input in fail-on=serious fail-on= base="two words" base=none base=main:refs/heads/x \
    branch="two words" branch=$'x\nresult=clean' branch=$'x\r::error::pwned' branch=main; do
    echo "$input"
    case "$input" in branch=*) act propose.sh "$input" ;; *) act drift.sh "$input" ;; esac
    told error "${input%%=*} "; nothing_proposed
  done
}

test_ignored_differences_do_not_count() {
  printf '[[ignore]]\nid = "*:status.418*"\nreason = "A test"\n' >"$folder/ignore.toml"
  publish 418; act clean ignore-file="$folder/ignore.toml" fail-on=wording; nothing_proposed
  publish; act drift.sh ignore-file="$folder/ignore.toml"
  told error "matches nothing"
}

test_the_base_can_be_another_branch() {
  clean git clone --quiet "file://$remote" "$folder/person"
  person -C "$folder/person" commit --quiet --allow-empty --message "Only on next"
  person -C "$folder/person" push --quiet origin HEAD:next
  publish 418; act drift base=next branch=drift/next
  is "$(pr '.[] | "\(.base) \(.head)"') $(tip drift/next~1)" "next drift/next $(tip next)"
}

test_hostile_texts_are_never_obeyed() {
  local text result
  text=$'`cd ..;touch pwned` $(cd ..;touch pwned) \'; cd ..;touch pwned; \' " ${{ inputs.token }} ##[error]pwned
::set-output name=result::broken\n::error::pwned\r::error::pwned\n##[set-output name=impact]pwned\n::add-mask::pwned\n'
  # In the new status, in all other descriptions, and in the name of the file.
  publish 418 "$text"
  jq --arg text "$text" 'walk(if type == "object" and (.description | type) == "string"
    then .description = $text + .description else . end)' "$source" >"$folder/$text.json"
  source="$folder/$text.json"
  for result in drift drift broken; do
    [ "$result" = drift ] || : >"$source"; act "$result"; is "$(grep pwned "$run/outputs")" ""
    is "$(find "$folder" -name pwned) $(branches | wc -l) $(pr length)" " 1 1"
  done
  is "$(pr '.[].title')" "Follow Webex's documentation: $(pr '.[].head[20:]') (additive)"
  GITHUB_OUTPUT="$folder/output" bash -c '. "$0"; output name "$1"' "$root/$action/common.sh" "$text"
  is "$(wc -l <"$folder/output")" 1
  [[ "$(pr '.[].body | length < 65536')" == true && "$(pr '.[].body')" == *"The rest is omitted"* ]]
}

test_workflow_and_action_agree() {
  local name workflow="$root/.github/workflows/drift.yml" definition="$root/$action/action.yml"
  while read -r name; do
    is "$name $(grep -cE "^          $name: " "$workflow")" "$name 1"
    # A run by hand and a call from another workflow offer it, but no token.
    is "$name $(grep -A 2 "^      $name:\$" "$workflow" | grep -c "type:")" "$name $([ "$name" = token ] && echo 0 || echo 2)"
  done < <(sed -nE '/^inputs:/,/^outputs:/s/^  ([a-z-]+):$/\1/p' "$definition")
  is "$(grep -o "https://raw[^' ]*" "$workflow")" "$(grep -o "https://raw[^' ]*" "$definition")"
  is "$(sed -n '/ run:/{/{{/p}' "$definition")" ""
}

# The workspace as it is, with the contract captured as if it were what Webex publishes.
clean git init --quiet --initial-branch main "$temp/seed"
person --git-dir "$temp/seed/.git" --work-tree "$root" add --all
person -C "$temp/seed" commit --quiet --message "The workspace"
clean git -C "$temp/seed" reset --quiet --hard
cd "$temp/seed"
clean cargo xtask capture spec/openapi.json --root "$PWD" >"$temp/capture" 2>&1 || { cat "$temp/capture"; exit 1; }
person commit --quiet --allow-empty --all --message "Capture the contract"

declare -A running; declare -i passed=0 failed=0
names="$(compgen -A function test_ | sed s/^test_//)"
for name in $names; do
  folder="$temp/$name" remote="$temp/$name/remote.git" source="$temp/$name/published.json" pull_requests="$temp/$name/pulls.json"
  clean git clone --quiet --bare "file://$temp/seed" "$remote" && echo '[]' >"$pull_requests" && publish
  (set -E; trap '[ "$BASH_SUBSHELL" != 1 ] || { tail -n 9 "${run:-}/log"; echo "line $LINENO: $BASH_COMMAND"; }' ERR
    "test_$name") >"$folder/log" 2>&1 &
  running[$name]=$!
done
for name in $names; do
  if wait "${running[$name]}"; then
    passed+=1 && echo "ok      ${name//_/ }"
  else
    failed+=1 && echo "FAILED  ${name//_/ }"
    # A runner would obey commands in this output too, but not behind the bar.
    tail -n 30 "$temp/$name/log" | cut -c 1-300 | sed 's/^/      | /'
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
