#!/usr/bin/env bash
# A checkpoint with demonstration data: an issuer, its published trust data, sample codes on paper
# and on a screen, and the page that checks them. Ctrl+C ends it.
# Usage: examples/checkpoint.sh FOLDER [options of serve]  (`make run` does it in out/checkpoint)
# All persons are invented.
set -euo pipefail
here=$(dirname "$0")
out=${1:?usage: checkpoint.sh FOLDER [options of serve]}
shift
rm -rf "$out"
mkdir -p "$out"
# A passphrase for this demonstration only; it is kept nowhere (people are asked for theirs).
STATUSQR_PASSPHRASE=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export STATUSQR_PASSPHRASE

issuer() { # store id name
  for use in print live status; do
    statusqr-keys new --store "$1" --authority "$2" --name "$3" --use $use --valid-from 2026-01-01
  done
}
echo "Готовлю образцы…"
{
  issuer "$out/store" yar-social \
    "Министерство труда и социальной поддержки населения Ярославской области"
  issuer "$out/stranger" nobody "Орган, которого программа не знает"
  statusqr-issuer issue "$here/records.json" --store "$out/store" --out "$out/codes" --allow-ended
  statusqr-issuer issue "$here/records.json" --store "$out/store" --out "$out/screen" \
    --formats png,txt --presentation live --allow-ended
  statusqr-issuer issue "$here/records.json" --store "$out/stranger" --out "$out/unknown" \
    --formats png,txt --allow-ended
  statusqr-issuer revoke "$out/codes/disabled.txt" --store "$out/store" --reason "Бумага потеряна"
  statusqr-keys publish --store "$out/store" --to "$out/site"
  statusqr-verifier sync --from "$out/site" --root "$out/site/root.json" --cache "$out/cache"
} > "$out/prepared.log" 2>&1 || { cat "$out/prepared.log"; exit 1; }

sample() { # picture, caption
  printf '<figure><img src="%s" alt="QR-код" width="400" height="400"><figcaption>%s<br><small>%s</small></figcaption></figure>\n' "$1" "$2" "$1"
}
{
  printf '<!doctype html>\n<html lang="ru"><meta charset="utf-8"><title>Образцы кодов</title>\n'
  printf '<style>body{font:18px sans-serif;background:#fff;color:#000;margin:2rem}figure{margin:0 auto 4rem;min-height:95vh;width:400px}</style>\n'
  printf '<h1>Образцы кодов</h1><p>Показывайте их камере по одному, с другого экрана или с бумаги (PDF в папке codes); файлы можно перетащить на страницу. Все лица вымышлены.</p>\n<main>\n'
  sample codes/large-family.png "Многодетная семья: действует"
  sample codes/low-income.png "Малоимущая семья: действует, но этот пост её не принимает"
  sample codes/ended.png "Срок истёк"
  sample codes/future.png "Ещё не действует"
  sample codes/disabled.png "Отозван"
  sample screen/large-family.png "Код с экрана: живёт минуту и ещё минуту принимается, потом он устарел. Новый – при новом запуске"
  sample unknown/large-family.png "Орган, которого программа не знает"
  printf '</main></html>\n'
} > "$out/samples.html"

cat <<END

1. Откройте страницу проверки (адрес ниже) и нажмите «Начать смену».
2. Покажите камере образец: $out/samples.html на другом экране или распечатанный $out/codes/large-family.pdf.
3. Нет камеры? Перетащите файл из $out/codes прямо на страницу.
4. Этот пост принимает только многодетные семьи и инвалидов; другое место выберите на первой странице.

END
exec statusqr-verifier serve --cache "$out/cache" --from "$out/site" --place "Музей, вход 2" \
  --category large_family --category disabled_1 --category disabled_3 "$@"
