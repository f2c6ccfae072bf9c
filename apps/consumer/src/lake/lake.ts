/** `--lake`: where the objects go. Chooses the store by how the address begins. */
import type { CommandContext } from '@pinpipe/service/command'
import { BadValue, types, type SettingType } from '@pinpipe/service/settings'
import { openFolderStore } from './folder-store.ts'
import type { S3Options } from './s3-put.ts'
import type { StoreObserver } from './s3-retry.ts'
import { openS3Store } from './s3-store.ts'
import type { Store } from './store.ts'

export type LakeAddress =
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'dir'; readonly path: string }

/** The setting's type: `s3://bucket/prefix` or `dir:<path>`. */
export const lakeType: SettingType<LakeAddress> = types.custom({
  takes: 'LAKE',
  parse: lakeAddressOf,
  show: (lake) => (lake.kind === 'dir' ? `dir:${lake.path}` : `s3://${lake.bucket}/${lake.prefix}`),
})

/** Reads an address. Throws a BadValue for anything that is neither `s3://…` nor `dir:…`. */
export function lakeAddressOf(text: string): LakeAddress {
  const folder = /^dir:(.+)$/s.exec(text)
  if (folder?.[1] !== undefined) return { kind: 'dir', path: folder[1] }
  const bucket = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text)
  if (bucket?.[1] === undefined) throw new BadValue('is no lake: write s3://bucket/prefix or dir:<path>')
  if (bucket[1].endsWith('--x-s3')) {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-differences.html: listings are in no order.
    throw new BadValue('is a directory bucket, whose listings are in no order: use a general purpose bucket')
  }
  const prefix = (bucket[2] ?? '').replaceAll(/^\/+|\/+$/g, '')
  if (prefix.split('/').some((part) => part === '.' || part === '..')) {
    throw new BadValue('has a prefix with . or .. in it, which S3 does not resolve: leave them out')
  }
  return { kind: 's3', bucket: bucket[1], prefix }
}

/**
 * Opens the store. Throws a Failure when a folder cannot be written; S3 is first asked when it is first used.
 * @param observer told when the store does not answer, and that it does again
 */
export async function openLake(
  settings: { readonly lake: LakeAddress } & S3Options,
  context: Pick<CommandContext, 'env' | 'addSecret'>,
  observer?: StoreObserver,
): Promise<Store> {
  const { lake } = settings
  if (lake.kind === 'dir') return openFolderStore(lake.path)
  return openS3Store({
    bucket: lake.bucket,
    prefix: lake.prefix,
    options: settings,
    env: context.env,
    onSecret: (secret) => context.addSecret(secret),
    ...(observer && { observer }),
  })
}
