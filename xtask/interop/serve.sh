# shellcheck shell=sh
# A server beside a judge, for the scripts of the rows.

# Starts a server, which ends with the script, and sets `url` to the address that it prints.
# Usage: serve BEFORE COMMAND...; BEFORE is what precedes the address on its line
serve() {
  before="$1"
  shift
  "$@" >server.log 2>&1 &
  server=$!
  trap 'kill "$server" 2>/dev/null || :' EXIT
  url="" tries=0
  while [ -z "$url" ]; do
    # It has ended, or is not up after a minute.
    if [ "$tries" = 600 ] || ! kill -0 "$server" 2>/dev/null; then
      echo "$1 did not start:"
      cat server.log
      exit 1
    fi
    sleep 0.1
    tries=$((tries + 1))
    url="$(sed -n "s|^$before\(http://[^ ]*\).*|\1|p" server.log | head -n 1)"
  done
}
