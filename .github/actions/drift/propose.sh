#!/usr/bin/env bash
# Follows the source on a branch of its own, and opens a pull request or brings it up to date.
set -euo pipefail
# shellcheck source=common.sh
. "$GITHUB_ACTION_PATH/common.sh"

tree="$FOLDER/tree"
base="${BASE:-$GITHUB_REF_NAME}"
branch="${BRANCH:-documentation-drift-$CAPTURE}"
title="Follow Webex's documentation: $CAPTURE ($IMPACT)"
git check-ref-format "refs/heads/$branch" || {
  say error "branch is \`$branch\`, which is no name for a branch"
  exit 2
}
if [ "$branch" = "$base" ]; then
  say error "branch and base are both \`$base\`; the branch is overwritten, so name another one"
  exit 2
fi

bot="41898282+github-actions[bot]@users.noreply.github.com"
export GIT_AUTHOR_NAME="github-actions[bot]" GIT_AUTHOR_EMAIL="$bot"
export GIT_COMMITTER_NAME="$GIT_AUTHOR_NAME" GIT_COMMITTER_EMAIL="$bot"

# The pull requests of the branch, the newest first: STATE ADDRESS. A fork's branch may have the same name.
known="$(gh pr list --head "$branch" --state all --json state,url,isCrossRepository \
  --jq '.[] | select(.isCrossRepository | not) | .state + " " + .url')"
open="$(sed -n 's/^OPEN //p' <<<"$known" | head -n 1)"
output pull-request "$open"

if [ "$RESULT" = clean ]; then
  # Whoever opened it may have put work into it, so it is a person who closes it.
  [ -z "$open" ] || say notice "There is no drift any more, and $open is still open; close it if nothing else is in it"
  exit 0
fi

code=0
muted cargo xtask adopt --root "$tree" --report "$FOLDER/adopt.md" -- "$SOURCE" || code=$?
case "$code" in
  # 1: something is left for a person, which the report tells.
  0 | 1) ;;
  3)
    say warning "The source could not be read again, or not be followed; nothing is proposed, and the output above tells why"
    exit 0
    ;;
  *)
    say error "cargo xtask adopt ended with $code; its output above tells why"
    exit "$code"
    ;;
esac
shortened "$FOLDER/adopt.md" >"$FOLDER/body.md"
cat "$FOLDER/body.md" >>"$GITHUB_STEP_SUMMARY"

cd "$tree"
git add --all
if git diff --cached --quiet; then
  say notice "There is a drift, but nothing follows from it for the repository"
  exit 0
fi
muted git commit --message "$title"

# What the branch holds already.
held="$(git ls-remote origin "refs/heads/$branch" | cut -f 1)"
if [ -n "$held" ]; then
  muted git fetch --no-tags origin "refs/heads/$branch"
  if git diff --quiet "$held" HEAD; then
    if [ -n "$open" ]; then
      say notice "$open is up to date"
      exit 0
    elif grep -q '^CLOSED ' <<<"$known"; then
      say notice "A pull request with the same content was closed; no other one is opened before the source changes again"
      exit 0
    fi
  elif [ "$(git log -1 --format=%ae "$held")" != "$bot" ]; then
    say warning "The source has changed again, but the last commit of $branch is a person's, and stays. Merge it, or delete the branch"
    exit 0
  fi
fi
# Nobody else's push since then is overwritten.
muted git push --force-with-lease="refs/heads/$branch:$held" origin "HEAD:refs/heads/$branch"

if [ -n "$open" ]; then
  muted gh pr edit "$open" --title "$title" --body-file "$FOLDER/body.md"
else
  open="$(gh pr create --base "$base" --head "$branch" --title "$title" --body-file "$FOLDER/body.md")"
  output pull-request "$open"
fi
say notice "Proposed: $open"
