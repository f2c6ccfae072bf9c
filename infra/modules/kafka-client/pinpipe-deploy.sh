#!/bin/bash
# pinpipe-deploy <producer|consumer|topic-admin> <archive> <sha256>
# Makes one app run from an archive (https:// or s3://) that `pnpm package-app` made, with the settings in
# /etc/pinpipe/<app>.settings. With the same archive and the same settings again it does nothing.
set -euo pipefail
umask 022

stop() {
  echo "pinpipe-deploy: $1" >&2
  exit "${2:-1}"
}

[ $# = 3 ] || stop 'Name the app, its archive and the SHA-256 of the archive: pinpipe-deploy <app> <archive> <sha256>.' 64
app=$1 archive=$2 sha256=$3
case $app in
  producer | consumer | topic-admin) ;;
  *) stop "There is no app $app: name producer, consumer or topic-admin." 64 ;;
esac
[[ $archive =~ ^(https|s3):// ]] || stop "$archive is no archive's address: give one that begins with https:// or s3://." 64
[[ $sha256 =~ ^[0-9a-f]{64}$ ]] || stop "$sha256 is no SHA-256: give the 64 hexadecimal digits that \`pnpm package-app\` printed." 64
[ "$(id -u)" = 0 ] || stop 'Only root can do this: begin the command with sudo.'

settings=/etc/pinpipe/$app.settings
environment=/etc/pinpipe/$app.env
unit=pinpipe-$app.service
release=/opt/pinpipe/releases/$app-$sha256

[ -e "$settings" ] || stop "$settings is missing: add $app to the Terraform variable \`apps\` and apply."

# The role of this app alone may read its archive and its secrets.
export AWS_CONFIG_FILE=/etc/pinpipe/aws-config AWS_PROFILE=$app

# One deployment of an app at a time, and nothing is left of one that fails.
exec 9<"$settings"
flock 9
work=$(mktemp --directory --tmpdir=/var/tmp pinpipe-deploy.XXXXXX)
trap 'rm -rf "$work" "$release.new"' EXIT

# Settings become systemd's EnvironmentFile. A value `ssm:<parameter>` is read from the Parameter Store: only there and in
# the file of mode 0640 is the secret itself.
while IFS= read -r line; do
  name=${line%%=*} value=${line#*=}
  case $value in
    ssm:*) value=$(aws ssm get-parameter --with-decryption --name "${value#ssm:}" --query Parameter.Value --output text) ;;
  esac
  printf '%s="%s"\n' "$name" "$(printf '%s' "$value" | sed 's/[\\"$`]/\\&/g')"
done <"$settings" >"$work/env"

if [ -e "$release/.running" ] && [ "$(readlink "/opt/pinpipe/$app")" = "$release" ] && cmp --silent "$work/env" "$environment"; then
  echo "pinpipe-deploy: $app has this archive and these settings already."
  exit
fi

# Verified before it is unpacked, and whole before it has its name.
if [ ! -d "$release" ]; then
  /usr/local/bin/pinpipe-fetch "$archive" "$sha256" "$work/archive.tgz"
  rm -rf "$release.new"
  mkdir -p "$release.new"
  tar --extract --gzip --no-same-owner --no-same-permissions --file "$work/archive.tgz" --directory "$release.new"
  for file in "$app.js" "$unit"; do
    [ -f "$release.new/$file" ] || stop "$archive holds no $file: make the archive with \`pnpm package-app $app\`."
  done
  mv --no-target-directory "$release.new" "$release"
fi

# From here to .running a run that was cut short is made up for by the next one.
rm -f "$release/.running"
install --compare --mode=0640 "$work/env" "$environment"
install --compare --mode=0644 "$release/$unit" "/etc/systemd/system/$unit"
ln --symbolic "$release" "$release.new"
mv --no-target-directory "$release.new" "/opt/pinpipe/$app"
systemctl daemon-reload
systemctl enable "$unit"
# SIGTERM lets the old process finish what it took.
systemctl restart "$unit"
touch "$release/.running"

find /opt/pinpipe/releases -mindepth 1 -maxdepth 1 -name "$app-*" ! -path "$release" -exec rm -rf {} +
echo "pinpipe-deploy: $app runs from $archive."
