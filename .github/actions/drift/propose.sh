#!/usr/bin/env bash
# Adopts the source on a branch, and opens or updates the pull request of that branch.
set -euo pipefail
# shellcheck source=common.sh
. "$GITHUB_ACTION_PATH/common.sh"

tree="$FOLDER/tree"
base="${BASE:-$GITHUB_REF_NAME}"
branch="${BRANCH:-documentation-drift-$CAPTURE}"
title="Follow Webex's documentation: $CAPTURE ($IMPACT)"
is_branch branch "$branch"
if [ "$branch" = "$base" ]; then
  say error "branch and base are both \`$base\`; the branch is overwritten, so choose another one"
  exit 2
fi

bot="41898282+github-actions[bot]@users.noreply.github.com"
export GIT_AUTHOR_NAME="github-actions[bot]" GIT_AUTHOR_EMAIL="$bot"
export GIT_COMMITTER_NAME="$GIT_AUTHOR_NAME" GIT_COMMITTER_EMAIL="$bot"

# The pull requests of the branch, newest first, as STATE ADDRESS. A fork's branch may have the same name.
known="$(remote_gh pr list --head "$branch" --state all --json state,url,isCrossRepository \
  --jq '.[] | select(.isCrossRepository | not) | .state + " " + .url')"
open="$(sed -n 's/^OPEN //p' <<<"$known" | head -n 1)"
output pull-request "$open"

if [ "$RESULT" = clean ]; then
  # It may contain a person's work, so a person closes it.
  [ -z "$open" ] || say notice "The source matches its capture again, but $open is still open; close it if you do not need it"
  exit 0
fi

code=0
muted cargo xtask adopt --root "$tree" --report "$FOLDER/adopt.md" -- "$SOURCE" || code=$?
case "$code" in
  # 1: something is left for a person; the report lists it.
  0 | 1) ;;
  3)
    say warning "The source can no longer be read, or cannot be adopted; nothing is proposed, and the output above says why"
    exit 0
    ;;
  *)
    say error "cargo xtask adopt ended with exit code $code; its output above says why"
    exit "$code"
    ;;
esac
shortened "$FOLDER/adopt.md" >"$FOLDER/body.md"
cat "$FOLDER/body.md" >>"$GITHUB_STEP_SUMMARY"

cd "$tree"
git add --all
if git diff --cached --quiet; then
  say notice "The source has changed, but nothing in the repository has to"
  exit 0
fi
muted git commit --message "$title"

# The commit that the branch has on the remote.
held="$(remote_git ls-remote origin "refs/heads/$branch" | cut -f 1)"
if [ -n "$held" ]; then
  muted remote_git fetch --no-tags origin "refs/heads/$branch"
  if git diff --quiet "$held" HEAD; then
    if [ -n "$open" ]; then
      say notice "$open is up to date"
      exit 0
    elif grep -q '^CLOSED ' <<<"$known"; then
      say notice "A pull request with the same content was closed; the next one is opened when the source changes again"
      exit 0
    fi
  elif [ "$(git log -1 --format=%ae "$held")" != "$bot" ]; then
    say warning "The source has changed again, but the last commit of $branch is a person's and is not overwritten. Merge or delete the branch"
    exit 0
  fi
fi
# The lease refuses to overwrite what somebody pushed in the meantime.
muted remote_git push --force-with-lease="refs/heads/$branch:$held" origin "HEAD:refs/heads/$branch"

if [ -n "$open" ]; then
  muted remote_gh pr edit "$open" --title "$title" --body-file "$FOLDER/body.md"
else
  open="$(remote_gh pr create --base "$base" --head "$branch" --title "$title" --body-file "$FOLDER/body.md")"
  output pull-request "$open"
fi
say notice "Proposed: $open"
