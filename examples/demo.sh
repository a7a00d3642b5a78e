#!/usr/bin/env bash
# The whole way of a status, with the three commands: a key, credentials, and the check of each.
# Usage: examples/demo.sh FOLDER  (what `make run` does with out/demo). All persons are invented.
set -euo pipefail
here=$(dirname "$0")
out=${1:?usage: demo.sh FOLDER}
at=2026-11-21T12:00:00+03:00      # a fixed moment, so that everybody sees the same
rm -rf "$out"
mkdir -p "$out"
# A passphrase for this demonstration only; it is kept nowhere (people are asked for theirs).
STATUSQR_PASSPHRASE=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export STATUSQR_PASSPHRASE

step() { printf '\n\033[1m%s\033[0m\n' "$1"; }
show() {
  local word
  printf '$'
  for word; do
    case $word in *' '*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '\n'
  "$@"
}

step "1. An issuer makes a signing key and tells verifiers whom to trust"
show statusqr-keys new --store "$out/store" --authority yar-social \
  --name "Министерство труда и социальной поддержки населения Ярославской области" \
  --valid-from 2026-01-01
show statusqr-keys trust-list --store "$out/store" --out "$out/trust.json"

step "2. Register records become signed QR codes and PDFs"
show statusqr-issuer issue "$here/records.json" --store "$out/store" --out "$out/codes" \
  --at "$at" --allow-ended

step "3. A record that breaks the rules is refused, with every reason"
show statusqr-issuer issue "$here/refused.json" --store "$out/store" --out "$out/codes" --at "$at" \
  || echo "(exit status $?)"

step "4. A checkpoint reads a picture and a PDF, offline"
show statusqr-verifier verify "$out/codes/large-family.png" --trust "$out/trust.json" --at "$at"
show statusqr-verifier verify "$out/codes/ended.pdf" --trust "$out/trust.json" --at "$at" \
  || echo "(exit status $?: the status does not hold)"

step "5. All of them, a line each"
show statusqr-verifier verify "$out"/codes/*.pdf --trust "$out/trust.json" --at "$at" --brief \
  || echo "(exit status $?: some do not hold)"

step "6. A code with one digit misread asks to be shown again"
sed 's/\(.\{200\}\)0/\11/; t; s/\(.\{200\}\)./\10/' "$out/codes/large-family.txt" > "$out/changed.txt"
show statusqr-verifier verify "$out/changed.txt" --trust "$out/trust.json" --at "$at" \
  || echo "(exit status $?)"

step "Look at $out/codes/large-family.pdf"
