#!/bin/sh
# What `cargo xtask interop` runs: installs the judges at the versions that this folder pins, into
# `target/interop`, and prints a table. Exits with 1 if a row is red, with 2 if a
# tool is missing.
# Usage: CARGO=cargo EXAMPLES=100 SEED=1 PUBLISHED=FILE run.sh schemathesis|prism|clients...
set -u
here="$(cd "${0%/*}" && pwd)"
tools="${here%/xtask/interop}/target/interop"
export CONTRACT="${here%/xtask/interop}/spec/openapi.json"
export PATH="$tools/python/bin:$tools/node/node_modules/.bin:$PATH"
red=0

# Refuses to go on without a program.
need() {
  "$1" --version >/dev/null || lack
}

lack() {
  echo "interop needs Python 3.11 with venv, Node.js 20 with npm, Java 11, or newer, and the package registries" >&2
  exit 2
}

# Installs packages into a folder, unless it has these pins already. Usage: install FOLDER PINS COMMAND
install() {
  if cmp -s "$here/$2" "$tools/$1/installed"; then return; fi
  echo "Installing packages into $tools/$1" >&2
  if ! {
    rm -rf "${tools:?}/$1" && mkdir -p "$tools/$1" && cp "$here/$2" "$here/package.json" "$tools/$1" &&
      (cd "$tools/$1" && eval "$3" >&2) && cp "$here/$2" "$tools/$1/installed"
  }; then lack; fi
}

install_python() {
  need python3
  install python requirements.txt \
    'python3 -m venv . && bin/python -m pip install --quiet --require-hashes -r requirements.txt'
}

install_node() {
  need npm
  # Without the last three flags npm waits for minutes before it says that there is no network.
  install node package-lock.json \
    'npm ci --no-audit --no-fund --ignore-scripts --prefer-offline --fetch-retries 1'
}

# Runs a script of this folder in an empty folder. The row is green if the script succeeds, and says the
# last line of its stdout. Usage: row PACKAGE WHAT SCRIPT [ARGUMENT]...
row() {
  version="$(sed -n "s|^$1==||p; s|.*\"$1\": \"\(.*\)\"|\1|p" "$here/requirements.in" "$here/package.json")"
  name="$1 $version, $2" script="$3" start="$(date +%s)"
  shift 3
  work="$tools/work/$script $*"
  rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 3
  if sh "$here/$script" "$@" >stdout.log 2>stderr.log; then
    mark="green" said="$(tail -n 1 stdout.log)"
  else
    mark="RED  " said="$(cat stdout.log stderr.log | grep -v '^ *$' | tail -n 60)" red=1
  fi
  printf '%s  %s (%s s): %s\n' "$mark" "$name" "$(($(date +%s) - start))" "$said"
}

for judge; do
  case "$judge" in
  prism) install_node ;;
  schemathesis) install_python ;;
  clients) need java && install_python && install_node ;;
  esac
done
build="$("$CARGO" build --quiet --package webex-precheck-cli --message-format json-render-diagnostics)" || exit 3
PRECHECK="$(printf '%s\n' "$build" | sed -n 's|.*"executable":"\([^"]*\)".*|\1|p' | tail -n 1)"
export PRECHECK
for judge; do
  case "$judge" in
  schemathesis)
    row schemathesis "sandbox, all checks and phases" schemathesis.sh
    ;;
  clients)
    for generator in openapi-generator-cli openapi-python-client; do
      row "$generator" "client of the contract" clients.sh "$generator" contract
      if [ -n "$PUBLISHED" ]; then
        row "$generator" "client of the published file" clients.sh "$generator" published
      fi
    done
    for language in Python TypeScript; do
      row openapi-generator-cli "$language in docs/other-languages.md" other_languages.sh "$language"
    done
    ;;
  prism)
    row @stoplight/prism-cli "library: all operations" prism.sh library_all_operations
    row @stoplight/prism-cli "library: error examples" prism.sh library_error_examples
    row @stoplight/prism-cli "library: all statuses" prism.sh library_every_status_of_the_contract
    row @stoplight/prism-cli "program: all operations" prism.sh program_all_operations
    row @stoplight/prism-cli "program: error examples" prism.sh program_error_examples
    ;;
  esac
done
exit "$red"
