/**
 * Owns the secrets of the running process and removes them from text. Rule: whatever leaves the process on stderr or
 * over HTTP as text (log lines, error sentences, progress) goes through `redact` first. A secret is registered where it
 * enters: by `parseSettings` for every setting with `secret: true`, and by whoever reads one from a file.
 */
const replacement = '[secret]'

/** Shorter secrets are only removed where they stand as a word: `a` would otherwise make every sentence unreadable. */
const shortestAnywhere = 4

/**
 * A password in a URL. It may hold unescaped `/` and `@` (a user's typing), so it reaches to the last `@` of the word;
 * digits and a slash right after the colon are a port. The
 * look-behind keeps it linear: a scheme is only looked for where a word begins.
 */
const urlPassword = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/[^\s:/@"'<>]*):(?!\d{1,5}\/)([^\s"'<>]+)@/gi

const secretVariable = /(?:PASSWORD|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|AUTHORIZATION_TOKEN)$/

export class Redactor {
  /** Longest first, so that a secret that contains another one disappears as a whole. */
  #forms: string[] = []
  readonly #short = new Set<string>()

  /** Registers a secret in the forms in which it may show up: as it is, percent-encoded, in JSON, in base64 (also inside of a longer text). */
  register(secret: string): void {
    if (secret.trim() === '') return
    if (secret.length < shortestAnywhere) {
      this.#short.add(secret)
      return
    }
    const forms = new Set([...this.#forms, ...formsOf(secret)])
    this.#forms = [...forms].toSorted((a, b) => b.length - a.length)
  }

  /**
   * Registers the values of variables that hold secrets by their name. Also those that no setting declares: the AWS SDK
   * reads some for itself, and a server may repeat in its error what it was sent.
   */
  registerEnvironment(env: Readonly<Record<string, string | undefined>>): void {
    for (const [name, value] of Object.entries(env))
      if (value !== undefined && secretVariable.test(name)) this.register(value)
  }

  /** Registers the password of each URL in the text, if it has one; returns whether it has. */
  registerUrlPasswords(text: string): boolean {
    let found = false
    for (const [, , password] of text.matchAll(urlPassword)) {
      if (password === undefined) continue
      found = true
      this.register(password)
      this.register(percentDecoded(password))
    }
    return found
  }

  /** The text without registered secrets and without passwords in URLs. */
  redact(text: string): string {
    let clean = text.replaceAll(urlPassword, `$1:${replacement}@`)
    for (const form of this.#forms) clean = clean.replaceAll(form, replacement)
    for (const word of this.#short) clean = withoutWord(clean, word)
    return clean
  }

  /** A copy of a JSON value with every text in it redacted, keys included; numbers and booleans are left alone. */
  redactJson(value: unknown): unknown {
    if (typeof value === 'string') return this.redact(value)
    if (typeof value === 'number') return this.#forms.includes(String(value)) ? replacement : value
    if (Array.isArray(value)) return value.map((item) => this.redactJson(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.redact(key), this.redactJson(item)]),
    )
  }
}

/** The secrets of this process. One for the whole process: a secret is one wherever it is printed. */
export const processRedactor: Redactor = new Redactor()

/** The text without the secrets of this process. */
export function redact(text: string): string {
  return processRedactor.redact(text)
}

/** Registers a secret that did not come from a declared setting, for example one that was read from a file. */
export function registerSecret(secret: string): void {
  processRedactor.register(secret)
}

function formsOf(secret: string): readonly string[] {
  const percent = percentEncoded(secret)
  const strict = percent.replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const json = JSON.stringify(secret).slice(1, -1)
  const plain = [
    secret,
    percent,
    strict,
    percent.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    strict.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    percent.replaceAll('%20', '+'),
    new URLSearchParams({ '': secret }).toString().slice(1),
    json,
    JSON.stringify(json).slice(1, -1),
  ]
  const encoded = [...new Set(plain)].flatMap(base64Of)
  return [...plain, ...encoded].filter((form) => form.length >= shortestAnywhere)
}

/**
 * A text in base64 and base64url, alone and inside of a longer one: three bytes are four characters, so what stands there
 * depends on how many bytes are in front. The characters at both ends hold bits of the neighbours and are left out.
 */
function base64Of(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8')
  return (['base64', 'base64url'] as const).flatMap((encoding) => {
    const inside = [0, 1, 2].map((before) => {
      const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding)
      return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    })
    return [bytes.toString(encoding), ...inside]
  })
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    // A lone surrogate has no percent-encoding.
    return text
  }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function withoutWord(text: string, word: string): string {
  const pattern = word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return text.replaceAll(
    new RegExp(String.raw`(?<![\p{L}\p{N}_])${pattern}(?![\p{L}\p{N}_])`, 'gu'),
    replacement,
  )
}
