#!/usr/bin/env bash
# The whole of it with demonstration data: an authority with a registry, the citizen's account, the
# publisher of trust data, and a checkpoint. Ctrl+C ends them all. All persons are invented.
# Usage: examples/office.sh FOLDER [port of the account [port of the checkpoint]]  (`make run` uses out/office)
set -euo pipefail
here=$(dirname "$0")
out=${1:?usage: office.sh FOLDER [ACCOUNT_PORT [CHECKPOINT_PORT]]}
account_port=${2:-8654}
check_port=${3:-8653}
mkdir -p "$out"
out=$(cd "$out" && pwd)
# Each run begins from nothing, so it must not pull the ground from under one that is running.
exec 9> "$out.lock"
flock -n 9 || { echo "Уже запущено в $out: остановите прежний запуск (Ctrl+C) или выберите другую папку." >&2; exit 1; }
for port in "$account_port" "$check_port"; do
  if [ "$port" != 0 ] && (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then
    echo "Порт $port занят. Другие: make run PORTS=\"8700 8701\"" >&2
    exit 1
  fi
done
rm -rf "$out"
mkdir -p "$out"
# A passphrase for this demonstration only. People are asked for theirs; this file is for those who
# want to try further commands in another terminal.
STATUSQR_PASSPHRASE=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export STATUSQR_PASSPHRASE PYTHONUNBUFFERED=1
(umask 077 && printf 'export STATUSQR_PASSPHRASE=%s\nexport PATH=%q:$PATH\n' \
  "$STATUSQR_PASSPHRASE" "$(dirname "$(command -v statusqr-issuer)")" > "$out/env")

children=()
trap 'trap - EXIT; kill "${children[@]}" 2>/dev/null; wait' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

echo "Готовлю орган, реестр и пост проверки…"
cp "$here/records.json" "$out/records.json"
{
  for use in print live status; do
    statusqr-keys new --store "$out/store" --authority yar-social --use $use --valid-from 2026-01-01 \
      --name "Министерство труда и социальной поддержки населения Ярославской области"
  done
  statusqr-issuer load "$out/records.json" --store "$out/store"
  statusqr-issuer publish --store "$out/store" --to "$out/site"
  statusqr-verifier sync --from "$out/site" --root "$out/site/root.json" --cache "$out/cache"
} > "$out/prepared.log" 2>&1 || { cat "$out/prepared.log"; exit 1; }

statusqr-issuer publish --store "$out/store" --to "$out/site" --watch > "$out/publisher.log" 2>&1 &
children+=($!)
statusqr-verifier serve --cache "$out/cache" --from "$out/site" --every 0.25 --place "Музей, вход 2" \
  --port "$check_port" > "$out/checkpoint.log" 2>&1 &
children+=($!)
statusqr-issuer serve --store "$out/store" --demo "$out/records.json" --port "$account_port" \
  > "$out/account.log" 2>&1 &
children+=($!)

address() { # log file: waits for the address that a server tells once it is ready
  for _ in $(seq 300); do
    if grep -oEm1 'http://127\.0\.0\.1:[0-9]+/' "$1"; then return; fi
    if ! kill -0 "${children[@]}" 2>/dev/null; then break; fi
    sleep 0.1
  done
  cat "$out/publisher.log" "$1" >&2
  exit 1
}
account=$(address "$out/account.log")
checkpoint=$(address "$out/checkpoint.log")

cat <<END

1. Кабинет гражданина $account: войдите как Лебедева Ольга Сергеевна, дайте согласие, нажмите «Показать код».
2. Пост проверки $checkpoint: «Начать смену» и покажите камере код с экрана; нет камеры – перетащите на страницу снимок экрана: ДЕЙСТВУЕТ.
3. Тот же снимок через две минуты: КОД УСТАРЕЛ. В кабинете скачайте PDF и перетащите его на пост: ДЕЙСТВУЕТ.
4. Отзовите распечатку в кабинете («Напечатанные коды»), через минуту проверьте её ещё раз: ОТОЗВАН.
5. Другие команды – во втором терминале: source ${out/#$PWD\//}/env (какие – в README). Остановить всё: Ctrl+C.
END
wait -n "${children[@]}" || true
echo "Одна из программ остановилась; записи – в $out/*.log" >&2
exit 1
