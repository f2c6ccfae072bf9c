/**
 * A machine that has just been started, as far as the client's user data can tell: a root folder of its own with this machine's
 * programs (read-only), no network, and stubs of what belongs to Amazon Linux or reaches out. It ends with the script;
 * what the script made stays in the folder.
 *
 * Needs root and Linux's mount namespaces.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Outcome, runProgram } from '@pinpipe/local-stack/run-program'

const folders = ['dev', 'etc/profile.d', 'etc/systemd/system', 'opt', 'run', 'tmp', 'usr', 'var/tmp']
const accounts = {
  'etc/passwd': 'root:x:0:0::/root:/bin/bash\nec2-user:x:1000:1000::/home/ec2-user:/bin/bash\n',
  'etc/group': 'root:x:0:\nec2-user:x:1000:\n',
}

/** Each stub writes its command line to /stubs/calls. */
const stubs = {
  rpm: 'for name; do case $name in -*) ;; *) grep -qsx "$name" /stubs/packages || exit 1 ;; esac; done',
  dnf: 'for name; do case $name in install | -*) ;; *) echo "$name" >>/stubs/packages ;; esac; done',
  systemctl: '[ ! -e "/stubs/systemctl-$1-fails" ]',
  curl: `while [ "$1" != --output ]; do shift; done
cp "/stubs/served/\${3#*://}" "$2"`,
  // As the real one: the profile must be in the file.
  aws: `grep -qsx "\\[profile $AWS_PROFILE\\]" "$AWS_CONFIG_FILE" || exit 255
case "$1 $2 $3" in
  's3 cp --only-show-errors') cp "/stubs/served/\${4#*://}" "$5" ;;
  'ssm get-parameter --with-decryption') cat /stubs/parameter ;;
  *) exit 252 ;;
esac`,
}

// What is mounted is gone when the script has ended: outside, usr/ is an empty folder and usr-local/ what the script put there.
const enter = `set -eu
cd "$1"
mount --bind -o ro /usr usr
mount --bind usr-local usr/local
mount --rbind /dev dev
for name in bin sbin lib lib64; do [ -e "$name" ] || cp --no-dereference "/$name" "$name"; done
shift
exec chroot . /usr/bin/env -i HOME=/root PATH=/stubs:/usr/local/bin:/usr/sbin:/usr/bin "$@"`

/** Nothing but these programs, without which there is no sandbox. @throws Error that says what is missing */
export async function needSandbox(): Promise<string> {
  const { code, stderr } = await runProgram('unshare', ['--mount', '--net', 'true'])
  if (code !== 0)
    throw new Error(`no sandbox to run the user data in (root and unshare are needed): ${stderr.trim()}`)
  return 'unshare'
}

export class SandboxMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'pinpipe-machine-'))

  constructor() {
    for (const folder of [...folders, 'stubs', 'usr-local/bin'])
      mkdirSync(join(this.root, folder), { recursive: true })
    for (const [name, content] of Object.entries(accounts)) this.write(name, content)
    for (const [name, body] of Object.entries(stubs)) {
      this.write(
        `stubs/${name}`,
        `#!/bin/bash\necho "${name}${name === 'aws' ? ' as $AWS_PROFILE:' : ''} $*" >>/stubs/calls\n${body}\n`,
      )
      chmodSync(join(this.root, 'stubs', name), 0o755)
    }
  }

  /** What an address (https:// or s3://) answers from now on. */
  serve(address: string, content: Buffer): void {
    this.write(join('stubs/served', address.replace(/^\w+:\/\//, '')), content)
  }

  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), content)
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8')
  }

  /** Runs a command on the machine, to its end. */
  async run(...command: readonly string[]): Promise<Outcome & { readonly calls: readonly string[] }> {
    this.write('stubs/calls', '')
    const args = ['--mount', '--propagation', 'private', '--net', 'bash', '-c', enter, 'enter', this.root]
    const outcome = await runProgram('unshare', [...args, ...command], { timeoutMs: 60_000 })
    return { ...outcome, calls: this.read('stubs/calls').split('\n').slice(0, -1) }
  }

  /** Every file and folder that is not a stub: type and mode, owner, time of the last change, and content. */
  tree(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#entries('').filter(([path]) => !/^(stubs|dev|usr$)/.test(path)))
  }

  remove(): void {
    rmSync(this.root, { recursive: true })
  }

  #entries(folder: string): [string, string][] {
    return readdirSync(join(this.root, folder))
      .toSorted()
      .flatMap((name) => {
        const path = join(folder, name)
        const { mode, uid, gid, mtimeMs } = lstatSync(join(this.root, path))
        const kind = mode & 0o170000
        const content =
          kind === 0o120000
            ? readlinkSync(join(this.root, path))
            : kind === 0o100000
              ? createHash('sha256')
                  .update(readFileSync(join(this.root, path)))
                  .digest('hex')
              : ''
        const entry: [string, string] = [path, `${mode.toString(8)} ${uid}:${gid} ${mtimeMs} ${content}`]
        return kind === 0o040000 ? [entry, ...this.#entries(path)] : [entry]
      })
  }
}
