#!/usr/bin/env bash
# Ask one server the same things with the real argo and with tiphys, and show where their answers on stdout differ.
#
#   tools/compare_with_argo.sh ARGO        ARGO is the binary; docs/decisions/0029 says how it is built
#
# No registry that CI reaches has the binary, so this is for a person.  Ages and durations are made alike first.
set -euo pipefail
argo=${1:?usage: tools/compare_with_argo.sh ARGO}
tiphys=$(dirname "$0")/../.venv/bin/tiphys
home=$(mktemp -d)
printf 'persistence: {archive: true}\n' >"$home/config.yaml"
"$tiphys" server --home "$home" --port 0 >"$home/out" 2>"$home/err" &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -rf "$home"' EXIT
until [ "$(wc -l <"$home/out")" -ge 2 ]; do kill -0 "$server"; sleep 0.2; done
url=$(awk 'NR == 1 {print $NF}' "$home/out")
ARGO_TOKEN="Bearer $(awk 'NR == 2 {print $2}' "$home/out")"
ARGO_SERVER=${url#http://}
export ARGO_TOKEN ARGO_SERVER=${ARGO_SERVER%/} ARGO_HTTP1=true ARGO_SECURE=false ARGO_NAMESPACE=default KUBECONFIG=/dev/null

alike() {
    sed -E 's/\x1b\[[0-9;]*m//g; s/\((now|[0-9]+ (second|minute)s? (ago|from now))\)/(AGO)/
        s/([0-9]+ minutes )?[0-9]+ seconds?$/DURATION/; s/\b[0-9]+[sm]\b/DURATION/g; s/ +/ /g; s/ $//'
}
ask() { { timeout 60 "$@" 2>/dev/null || echo "exit $?"; } | alike; }
both() {
    if diff <(ask "$argo" "$@") <(ask "$tiphys" "$@") >"$home/diff"; then echo "= $*"; else
        echo "≠ $*"
        cat "$home/diff"
    fi
}
cat >"$home/wf.yaml" <<'Y'
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: one, labels: {team: a}}
spec:
  entrypoint: main
  templates:
  - name: main
    steps: [[{name: a, template: say}, {name: b, template: say}]]
  - name: say
    container: {image: busybox, command: [echo, hi]}
Y
sed 's/kind: Workflow/kind: WorkflowTemplate/' "$home/wf.yaml" >"$home/tpl.yaml"
"$tiphys" submit "$home/wf.yaml" --wait >/dev/null
"$tiphys" template create "$home/tpl.yaml" >/dev/null
while read -r line; do
    # shellcheck disable=SC2086 # the words of one call
    [ -z "$line" ] || both $line
done <<CALLS
get one
get one -o short
get one -o name
get one --no-utf8 --node-field-selector displayName=a
get nobody
list
list -A -o wide --no-headers
list --prefix zzz -o yaml
list --completed --running
logs one
logs nobody
wait one
wait nobody
delete nobody
delete --all --dry-run
suspend one
retry one
template list -A
template get one
template get nobody
lint $home/wf.yaml
lint $home/tpl.yaml -o simple
archive list
cron list
auth token
CALLS
